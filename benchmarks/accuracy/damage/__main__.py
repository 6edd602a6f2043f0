"""Measure the comparison of two views of a bridge; needs FORENSICS_MEDIA.

python benchmarks/accuracy/damage            the tables, from benchmarks/results/damage.json
python benchmarks/accuracy/damage --write    ask about every pair of the test bridges first
python benchmarks/accuracy/damage --fit      fit the model again, on the tuning bridges
"""

import os
import sys
from pathlib import Path

# One core: processor time is measured.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec
from accuracy.damage import fitting
from accuracy.damage.asking import Row, ask
from accuracy.damage.baselines import print_baselines
from accuracy.damage.scenes import TEST, TUNING, null_pairs, pairs
from accuracy.damage.table import print_tables

RESULTS = Path(__file__).resolve().parents[2] / "results/damage.json"
WEIGHTS = Path(__file__).resolve().parents[3] / "forensics/calibration/damage.decide.weights.json"


def main(arguments: list[str]) -> None:
    """Run what was asked for."""
    if "--fit" in arguments:
        model = fitting.fit_model(*fitting.collect(TUNING))
        WEIGHTS.write_bytes(msgspec.json.format(msgspec.json.encode(model), indent=1) + b"\n")
        return
    if "--write" in arguments:
        rows: list[Row] = []
        for one, other, kind in questions():
            rows.append(ask(one, other, kind))
            RESULTS.write_bytes(msgspec.json.encode(rows).replace(b"},{", b"},\n{") + b"\n")
    print_baselines()
    print_tables(msgspec.json.decode(RESULTS.read_bytes(), type=list[Row]))


def questions() -> list[tuple[str, str, str]]:
    """Give the pairs: the ladder, pairs without damage in between, and pairs of two bridges."""
    ladder = pairs(TEST)
    asked = [(*each, "ladder") for each in ladder]
    following = {bridge: TEST[(at + 1) % len(TEST)] for at, bridge in enumerate(TEST)}
    asked += [
        (f"s{following[int(after[1:4])]}{before[4:]}", after, "another bridge")
        for before, after in ladder[::2]
    ]
    known = set(ladder)
    asked += [(*each, "null") for each in null_pairs(TEST) if each not in known]
    return asked


if __name__ == "__main__":
    main(sys.argv[1:])
