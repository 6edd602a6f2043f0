"""Run scans as programs of their own, and read what they leave."""

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLE = REPOSITORY / "samples/glushkovo"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def media(name: str) -> Path | None:
    """Give a folder of real media, or None when there is none here."""
    root = os.environ.get("FORENSICS_MEDIA")
    folder = Path(root) / name if root else None
    return folder if folder is not None and folder.is_dir() else None


def command(folder: Path, out: Path, *options: str) -> list[str]:
    """Give the command line of a scan."""
    program = [sys.executable, "-m", "forensics.cli.main", "scan"]
    return [*program, str(folder), "--out", str(out), *options]


def start(folder: Path, out: Path, *options: str) -> subprocess.Popen[bytes]:
    """Start a scan."""
    return subprocess.Popen(
        command(folder, out, *options), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


@dataclass(frozen=True)
class Cost:
    """What a program cost."""

    status: int
    wall_s: float
    cpu_s: float


def cost(arguments: list[str]) -> Cost:
    """Run a program and count its time, and that of the processes it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    status = subprocess.run(
        arguments, check=False, capture_output=True, env={**os.environ, **ONE_THREAD}
    ).returncode
    wall_s = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(status, wall_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def fresh(path: Path) -> Path:
    """Give a path at which nothing is."""
    shutil.rmtree(path, ignore_errors=True)
    return path


def record(out: Path) -> list[dict[str, object]]:
    """Read the record of all runs; a killed one may have left half a line."""
    path = out / "run.jsonl"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def digest(out: Path) -> str:
    """Give one digest of all that a report consists of."""
    names = ("report.json", "report.html", "SHA256SUMS", "evidence.sha256")
    return hashlib.sha256(b"".join((out / name).read_bytes() for name in names)).hexdigest()
