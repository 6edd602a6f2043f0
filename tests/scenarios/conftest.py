"""Hostile files that are made for the tests, and a scan of them as a program of its own."""

import hashlib
import json
import os
import stat
import subprocess
import sys
import tempfile
import threading
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


def text_of(file):
    """All that was written to an open file."""
    file.seek(0)
    return file.read().decode("utf-8")


def run_scan(folder, out, *, cwd, before=(), limit_s=300):
    """Scan a folder as a program of its own; `before` goes before the command, as ``strace``."""
    command = [*before, sys.executable, "-m", "forensics.cli.main", "scan", str(folder),
               "--out", str(out)]  # fmt: skip
    started = time.monotonic()
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as complained:
        scan = subprocess.Popen(
            command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=printed, stderr=complained,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        )  # fmt: skip
        stop = threading.Timer(limit_s, scan.kill)
        stop.start()
        # Of this program and its workers alone: RUSAGE_CHILDREN is the largest of every
        # program that any test before this one started.
        _, status, usage = os.wait4(scan.pid, 0)
        scan.returncode = os.waitstatus_to_exitcode(status)
        stop.cancel()
        seconds = time.monotonic() - started
        out_text, err_text = (text_of(file) for file in (printed, complained))
    assert (Path(out) / "report.json").exists(), err_text[-3000:]
    return Scanned(
        scan.returncode,
        out_text,
        err_text,
        seconds,
        usage.ru_maxrss // 1024,
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
