"""ExifTool is asked only when wished, and only in a version that is safe."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from forensics.ingest.programs import (
    VARIABLE,
    Program,
    asked_exiftool,
    asking_exiftool,
    find_exiftool,
)
from forensics.model.outcome import Absent


@pytest.fixture
def exiftool_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    def make(script: str) -> Path:
        path = tmp_path / "exiftool"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        return path

    return make


@pytest.mark.parametrize("version", ["12.24", "12.57", "13.00", "12.100"])
def test_safe_version_is_taken(version: str, exiftool_that: Callable[[str], Path]) -> None:
    path = exiftool_that(f"echo {version}")

    assert find_exiftool() == Program(str(path), version)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 12.23", "executes code"), ("echo 9.99", "executes code"), ("echo hello", "version"),
        ("exit 1", "version"), ("head -c 5000000 /dev/zero", "version"),
    ],
)  # fmt: skip
def test_other_answers_are_refused(
    script: str, said: str, exiftool_that: Callable[[str], Path]
) -> None:
    exiftool_that(script)

    found = find_exiftool()

    assert isinstance(found, Absent)
    assert said in found.detail
    assert "12.24" in found.advice


def test_without_it_the_advice_says_where_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")

    found = find_exiftool()

    assert isinstance(found, Absent)
    assert "libimage-exiftool-perl" in found.advice


def test_the_wish_holds_as_long_as_it_is_said() -> None:
    program = Program("/a path/exiftool", "13.00")

    assert asked_exiftool() is None
    with asking_exiftool(program):
        assert asked_exiftool() == program
        with asking_exiftool(None):
            assert asked_exiftool() is None
        assert asked_exiftool() == program
    assert VARIABLE not in os.environ
