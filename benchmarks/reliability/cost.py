"""What the engine adds to the work, and what it saves."""

import json
import statistics
import sys
from pathlib import Path

import cv2
import numpy as np
from runs import command, cost, fresh, record
from skimage import data

STILLS = 500
SIZE_PX = (4000, 3000)
PHOTOS = ("astronaut", "chelsea", "coffee", "rocket", "retina", "hubble_deep_field",
          "stereo_motorcycle")  # fmt: skip
ROUNDS = 3
FILES = 50_000

LOOP = """
import sys
from pathlib import Path
import cv2
from forensics.engine.runner import run_steps
from forensics.ingest.media import open_media
from forensics.stages import STEPS
cv2.setNumThreads(1)
rows = [step for step in STEPS if step.is_part_of_a_visit]
for path in sorted(Path(sys.argv[1]).iterdir()):
    media = open_media(path)
    list(run_steps(rows, sha256=media.sha256, kind=media.type.kind, media=media))
"""
FLOOR = """
import hashlib, sys
from pathlib import Path
import cv2, numpy
cv2.setNumThreads(1)
for path in sorted(Path(sys.argv[1]).iterdir()):
    content = path.read_bytes()
    hashlib.sha256(content).hexdigest()
    pixels = numpy.frombuffer(content, numpy.uint8)
    cv2.imdecode(pixels, cv2.IMREAD_REDUCED_GRAYSCALE_8)
"""


def measure_overhead(work: Path) -> dict[str, object]:
    """Compare a scan with one worker with a plain loop over the same functions."""
    stills, out = _stills(work), work / "overhead-report"
    loops, visits, added = [], [], []
    for _ in range(ROUNDS):
        loops.append(cost([sys.executable, "-c", LOOP, str(stills)]))
        ran = cost(command(stills, fresh(out), "--jobs", "1"))
        visits.append(_visits_s(out))
        added.append(ran.cpu_s)
    loop_s = min(each.wall_s for each in loops)
    return {
        "stills": STILLS,
        "loop wall_s": round(loop_s, 2),
        "visits wall_s": round(min(visits), 2),
        "overhead": round(min(visits) / loop_s - 1, 3),
        "loop cpu_s": round(min(each.cpu_s for each in loops), 2),
        "whole scan cpu_s": round(min(added), 2),
    }


def measure_rescan(work: Path) -> dict[str, object]:
    """Scan an unchanged folder again, against the floor of reading, hashing and decoding it."""
    stills, out = _stills(work), work / "overhead-report"
    cost(command(stills, out))  # all is known afterwards
    floors = [cost([sys.executable, "-c", FLOOR, str(stills)]) for _ in range(ROUNDS)]
    scans = [cost(command(stills, out)) for _ in range(ROUNDS)]
    floor_s, scan_s = min(each.cpu_s for each in floors), min(each.cpu_s for each in scans)
    return {
        "floor cpu_s": round(floor_s, 2),
        "rescan cpu_s": round(scan_s, 2),
        "of the floor": round(scan_s / floor_s, 3),
        "of the floor, wall": round(
            min(each.wall_s for each in scans) / min(each.wall_s for each in floors), 3
        ),
    }


def measure_workers(work: Path) -> dict[str, object]:
    """Compare two workers with one, over the visits alone."""
    stills = _stills(work)
    times: dict[str, list[float]] = {"1": [], "2": []}
    for _ in range(ROUNDS):
        for jobs, each in times.items():
            out = fresh(work / f"jobs-{jobs}-report")
            cost(command(stills, out, "--jobs", jobs))
            each.append(_visits_s(out))
    ratios = [one / two for one, two in zip(times["1"], times["2"], strict=True)]
    return {
        "one_s": round(min(times["1"]), 2),
        "two_s": round(min(times["2"]), 2),
        "speedup": round(min(times["1"]) / min(times["2"]), 2),
        "median": round(statistics.median(ratios), 2),
    }


def measure_many_files(work: Path) -> dict[str, object]:
    """Scan very many files: one picture in ten different ones, the rest texts."""
    folder = work / "many"
    if not folder.exists():
        _make_many(folder)
    out = fresh(work / "many-report")
    ran = cost(command(folder, out))
    again = cost(command(folder, out))
    report = json.loads((out / "report.json").read_bytes())
    return {
        "files": FILES,
        "named": sum(len(item["paths"]) for item in report["items"]) + len(report["unread"]),
        "wall_s": round(ran.wall_s, 1),
        "again_s": round(again.wall_s, 1),
        "status": ran.status,
    }


def _visits_s(out: Path) -> float:
    """Give the time between the start of a run and its last visit, from the run's record."""
    from datetime import datetime

    lines = record(out)
    first = datetime.fromisoformat(lines[0]["time"])
    last = [line["time"] for line in lines if line["event"] == "visited"][-1]
    return (datetime.fromisoformat(last) - first).total_seconds()


def _make_many(folder: Path) -> None:
    for number in range(FILES):
        place = folder / f"{number // 1000:02}"
        place.mkdir(parents=True, exist_ok=True)
        if number % 10:
            (place / f"{number:05}.txt").write_text(f"text {number}")
        else:
            pixels = np.random.default_rng(number).integers(0, 256, (12, 16, 3), np.uint8)
            picture = cv2.resize(pixels, (160, 120), interpolation=cv2.INTER_CUBIC)
            cv2.imwrite(str(place / f"{number:05}.jpg"), picture)


def _stills(work: Path) -> Path:
    """Make photos of twelve megapixels: cut from real ones, enlarged, with grain."""
    folder = work / "stills"
    folder.mkdir(exist_ok=True)
    sources = []
    for name in PHOTOS:
        picture = getattr(data, name)()
        pixels = picture[0] if isinstance(picture, tuple) else picture
        sources.append(np.asarray(pixels)[:, :, :3])
    width, height = SIZE_PX
    grain = np.random.default_rng(0).normal(0, 4, (height, width, 3)).astype(np.int16)
    for number in range(STILLS):
        path = folder / f"{number:04}.jpg"
        if path.exists():
            continue
        chance = np.random.default_rng(number)
        source = sources[number % len(sources)]
        rows, columns = source.shape[:2]
        wide = int(chance.uniform(0.3, 0.8) * min(columns, rows * 4 / 3))
        high = wide * 3 // 4
        left, top = chance.integers(0, columns - wide + 1), chance.integers(0, rows - high + 1)
        part = source[top : top + high, left : left + wide]
        large = cv2.resize(part, SIZE_PX, interpolation=cv2.INTER_CUBIC).astype(np.int16)
        large += np.roll(grain, int(chance.integers(0, height)), 0)
        pixels = large.clip(0, 255).astype(np.uint8)[:, :, ::-1]
        cv2.imwrite(str(path), pixels, [cv2.IMWRITE_JPEG_QUALITY, 88])
    return folder
