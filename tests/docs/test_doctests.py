"""The examples in the docstrings run and print what they show."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import forensics

MODULES = [each.name for each in pkgutil.walk_packages(forensics.__path__, "forensics.")]


@pytest.mark.parametrize("name", ["forensics", *MODULES])
def test_examples_run(name: str, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    module = importlib.import_module(name)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)

    for example in doctest.DocTestFinder(exclude_empty=True).find(module, name):
        runner.run(example, out=said.append)

    assert "".join(said) == ""
