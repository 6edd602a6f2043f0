"""The example step of the page works when its blocks are put where they say."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCAN = """
import pathlib
import forensics
from forensics.report.write import decode_case

case = forensics.scan("photos", out="out")
(found,) = [each for each in case.outcomes if each.step == "ingest.exposure"]
print(type(found.outcome).__name__, type(found.outcome.finding).__name__)
assert decode_case(pathlib.Path("out/report.json").read_bytes()) == case
"""


@pytest.fixture
def package(pages, repository: Path, tmp_path: Path) -> Path:
    """A copy of the package with the page's blocks in it."""
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(repository / "forensics", tmp_path / "forensics", ignore=unwanted)
    for block in pages["docs/adding-a-step.md"].blocks:
        head, _, body = block.text.partition("\n")
        path, _, where = head.removeprefix("# ").partition(", ")
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        place, _, landmark = where.rstrip("`").partition(" `")
        old = target.read_text("utf-8") if where else ""
        target.write_text(_put(body, place, landmark, old), "utf-8")
    return tmp_path


def _put(body: str, place: str, landmark: str, old: str) -> str:
    if not place:
        return body
    found = re.search(rf"^{re.escape(landmark)}.*\n", old, re.M)
    assert found is not None, landmark
    if place == "before":
        return f"{old[: found.start()]}{body}{old[found.start() :]}"
    return f"{old[: found.end() - 1]}{body}{old[found.end() :]}"


def run_python(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, *arguments],
        check=False, cwd=folder, env=environment, capture_output=True, text=True,
    )  # fmt: skip


def test_example_step_is_in_the_report(package: Path, sample) -> None:
    (package / "photos").mkdir()
    shutil.copy(sample("DJI_0142.JPG"), package / "photos")

    scanned = run_python("-c", SCAN, folder=package)

    assert scanned.stdout == "Result Exposure\n", scanned.stderr


def test_tests_and_example_of_the_step_pass(package: Path) -> None:
    tested = run_python(
        "-m", "pytest", "-p", "no:cacheprovider", "-q", "--doctest-modules",
        "tests", "forensics/ingest/exposure.py", folder=package,
    )  # fmt: skip

    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "8 passed" in tested.stdout
