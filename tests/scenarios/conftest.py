"""Hostile files that are made for the tests, and a scan of them as a program of its own."""

import hashlib
import json
import os
import stat
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Scanned:
    """A scan that ended: its status, what it printed, what it took and what it wrote."""

    status: int
    out: str
    err: str
    seconds: float
    peak_mib: int
    report: dict
    page: str


def picture_of(folder):
    """What of a folder must not change: every entry with its kind, times, rights and content."""
    seen = {}
    for path in sorted(Path(folder).rglob("*")):
        facts = path.lstat()
        content = ""
        if stat.S_ISREG(facts.st_mode):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
        elif stat.S_ISLNK(facts.st_mode):
            content = os.fspath(path.readlink())
        seen[os.fsencode(path)] = (facts.st_mode, facts.st_size, facts.st_mtime_ns, content)
    return seen


# A process counts the memory of the one that started it until it becomes a program of its own, and
# the tests have grown large by now: a small program starts the scan, and waits for it.
_RUN_ALONE = """
import resource, subprocess, sys
status = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as peak:
    peak.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(status)
"""


def run_scan(folder, out, *, cwd, before=(), limit_s=300):
    """Scan a folder as a program of its own; `before` goes before the command, as ``strace``."""
    command = [*before, sys.executable, "-m", "forensics.cli.main", "scan", str(folder),
               "--out", str(out)]  # fmt: skip
    with tempfile.NamedTemporaryFile() as peak:
        started = time.monotonic()
        ran = subprocess.run(
            [sys.executable, "-c", _RUN_ALONE, peak.name, *command], cwd=cwd, timeout=limit_s,
            check=False, capture_output=True, stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        )  # fmt: skip
        seconds = time.monotonic() - started
        peak_kib = int(peak.read())
    assert (Path(out) / "report.json").exists(), ran.stderr.decode("utf-8", "replace")[-3000:]
    return Scanned(
        ran.returncode,
        ran.stdout.decode("utf-8"),
        ran.stderr.decode("utf-8"),
        seconds,
        peak_kib // 1024,
        json.loads((Path(out) / "report.json").read_text("utf-8")),
        (Path(out) / "report.html").read_text("utf-8"),
    )


@pytest.fixture(scope="session")
def nasties():
    """The package that makes hostile files; it is for development only and not installed."""
    sys.path.insert(0, str(REPOSITORY / "tools"))
    try:
        import nasties
    finally:
        sys.path.pop(0)
    return nasties


@pytest.fixture(scope="session")
def scan_alone():
    return run_scan


@pytest.fixture(scope="session")
def state_of():
    return picture_of
