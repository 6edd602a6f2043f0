# The same commands as CI. `make venv` once, then `make check` before every push.
PYTHON ?= .venv/bin/python
BIN := $(dir $(PYTHON))

.PHONY: venv check lint types test lowest docs bench bench-damage bench-damage-found reliability calibrate samples schema fuzz

venv:
	python3 -m venv .venv
	.venv/bin/pip install -e ".[dev]"

check: lint types test docs

lint:
	$(BIN)ruff format --check .
	$(BIN)ruff check .
	$(BIN)lint-imports
	$(PYTHON) tools/lint_docstrings.py

types:
	$(BIN)mypy

test:
	$(BIN)pytest

# The tests with the lowest versions of the libraries; those of `make test` are the newest.
lowest:
	python3 -m venv .venv-lowest
	.venv-lowest/bin/pip install -c tests/constraints-lowest.txt ".[test]"
	.venv-lowest/bin/pytest

docs:
	$(BIN)pytest tests/docs -n 0

bench:
	$(PYTHON) benchmarks/speed/stills.py
	$(PYTHON) benchmarks/speed/startup.py
	$(PYTHON) benchmarks/speed/video.py

# The tables of docs/methods/damage.md; WRITE=--write asks again, which takes half an hour.
bench-damage:
	$(PYTHON) benchmarks/accuracy/damage $(WRITE)

# The tables of docs/methods/damage-deck.md; WRITE=--write asks again, FIT=--fit fits again.
bench-damage-found:
	$(PYTHON) benchmarks/accuracy/damage/finding.py $(WRITE) $(FIT)

reliability:
	$(PYTHON) benchmarks/reliability all --write

calibrate:
	$(PYTHON) benchmarks/calibrate.py

samples:
	$(PYTHON) tools/make_samples.py --check

schema:
	$(PYTHON) -m forensics.report.schema

# Options in FUZZ, for example: make fuzz FUZZ="--minutes 5 --target jpeg"
fuzz:
	$(BIN)pip install --quiet -e ".[fuzz]"
	$(PYTHON) -m tools.fuzz --results benchmarks/results/fuzz.json $(FUZZ)
