"""Kill runs and workers at random moments; the report must not show it."""

import json
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import psutil
from runs import SAMPLE, digest, fresh, media, record, start

KILLS = 20
SEED = 20241122
Work = set[tuple[str, str]]


def measure_parent_kills(work: Path) -> dict[str, object]:
    """Kill the whole run, again and again, until the kills are used up; then let it finish."""
    return _measure(work, "parent", _kill_parent)


def measure_worker_kills(work: Path) -> dict[str, object]:
    """Kill one worker in each run."""
    return _measure(work, "worker", _kill_worker)


Kill = Callable[[Path, Path, float], bool]


def _measure(work: Path, what: str, kill: Kill) -> dict[str, object]:
    chance = random.Random(SEED)
    folders = [SAMPLE, media("metadata/exif-samples"), media("reuse/videos")]
    present = [folder for folder in folders if folder is not None]
    result: dict[str, object] = {"folders": len(present), "kills": 0, "reports differ": 0,
                                 "outcomes found twice": 0}  # fmt: skip
    for number, folder in enumerate(present):
        reference, out = fresh(work / f"{what}-expected"), fresh(work / f"{what}-killed")
        started = time.perf_counter()
        start(folder, reference).communicate()
        length_s = time.perf_counter() - started
        share = KILLS // len(present) + (number < KILLS % len(present))
        done: Work = set()
        kills = 0
        while kills < share:
            before = len(record(out))
            kills += kill(folder, out, chance.uniform(0.2, 1.0) * length_s)
            result["outcomes found twice"] += _twice(record(out)[before:], done)
            done |= _kept(out)
            if (out / "report.json").exists() and kills < share:
                # It was quicker than the kill, or survived it: look at it, and begin anew.
                result["reports differ"] += digest(out) != digest(reference)
                done = set()
                fresh(out)
        before = len(record(out))
        start(folder, out).communicate()
        result["outcomes found twice"] += _twice(record(out)[before:], done)
        result["reports differ"] += digest(out) != digest(reference)
        result["kills"] += kills
    return result


def _kill_parent(folder: Path, out: Path, after_s: float) -> bool:
    running = start(folder, out)
    time.sleep(after_s)
    is_running = running.poll() is None
    running.kill()
    running.communicate()
    return is_running


def _kill_worker(folder: Path, out: Path, after_s: float) -> bool:
    running = start(folder, out)
    watched = psutil.Process(running.pid)
    time.sleep(after_s / 2)
    killed = False
    with suppress(psutil.NoSuchProcess):
        for worker in watched.children()[:1]:
            worker.kill()
            killed = True
    running.communicate()
    return killed


def _twice(lines: list[dict[str, object]], done: Work) -> int:
    """Count what one run found out that was in the store before, or that it found out twice."""
    ran = [(line["sha256"], step) for line in lines for step in line.get("ran") or ()]
    return len([each for each in ran if each in done]) + len(ran) - len(set(ran))


def _kept(out: Path) -> Work:
    if not (out / "store.db").exists():
        return set()
    with closing(sqlite3.connect(out / "store.db")) as connection:
        try:
            rows = connection.execute("SELECT subject, payload FROM found").fetchall()
        except sqlite3.OperationalError:
            return set()
    found = [(subject, json.loads(payload)) for subject, payload in rows if subject]
    return {(subject, each["step"]) for subject, each in found if "step" in each}
