"""What a photo costs: the whole chain of item steps against the floor, and against others.

Usage: python benchmarks/speed/stills.py [--rounds N] [--peer-python PYTHON]

The floor is what any program must pay: read the file, SHA-256, decode to grey at an eighth of the
size. PYTHON is an interpreter with `threatexchange` installed (its own environment; it is no
dependency of this project).
"""

import argparse
import hashlib
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# One thread each, before the libraries read it.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"

import cv2
import exifread
import imagehash
import numpy as np
import pdqhash
from PIL import Image
from skimage import data

from forensics.engine.runner import run_steps
from forensics.engine.step import Step
from forensics.ingest.media import Media, open_media
from forensics.stages import STEPS

RESULTS = Path(__file__).resolve().parents[1] / "results/stills.json"
SIZE_PX = (4000, 3000)
QUALITY = 90
GRAIN_LEVELS = 4
PHOTOS = ("astronaut", "chelsea", "coffee", "stereo_motorcycle", "rocket", "retina")
GOAL = 1.9
PEER_CODE = """
import sys, time
from pathlib import Path
from threatexchange.signal_type.pdq.pdq_hasher import pdq_from_file
files = [Path(each) for each in sys.argv[2:]]
for path in files: pdq_from_file(path)
for _ in range(int(sys.argv[1])):
    start = time.process_time()
    for path in files: pdq_from_file(path)
    print(time.process_time() - start)
"""

Chain = Callable[[Path], object]


def main() -> int:
    """Measure and print; the exit status says whether the goal was reached."""
    parser = argparse.ArgumentParser(description="Measure what a photo costs.")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--peer-python", default=os.environ.get("FORENSICS_PEER_PYTHON"))
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        files = [_make(name, seed, Path(folder)) for seed, name in enumerate(PHOTOS)]
        size_bytes = sum(path.stat().st_size for path in files) // len(files)
        times = _measure({"floor": _floor, "this package": _ours}, files, arguments.rounds)
        # The naive chain takes seconds a photo: two rounds say enough, against the same floor.
        times |= _measure({"naive chain": _naive}, files[:3], 2)
        peer, reason = _peer(arguments.peer_python, files[:3])
        steps = _steps(files, arguments.rounds)
    if peer:
        times["threatexchange PDQ alone"] = peer
    floor = min(times["floor"])
    print(f"{len(files)} JPEGs of {SIZE_PX[0]} x {SIZE_PX[1]}, {size_bytes / 1e6:.1f} MB each\n")
    print("| chain | min, ms a photo | median | spread | of the floor |")
    print("|---|--:|--:|--:|--:|")
    for name, each in times.items():
        spread = (max(each) - min(each)) / min(each)
        print(
            f"| {name} | {min(each) * 1e3:.1f} | {statistics.median(each) * 1e3:.1f} "
            f"| {spread:.0%} | {min(each) / floor:.2f} |"
        )
    if reason:
        print(f"\nthreatexchange: skipped, {reason}")
    print("\n| part of this package's chain | min, ms a photo |\n|---|--:|")
    for name, seconds in steps.items():
        print(f"| {name} | {seconds * 1e3:.2f} |")
    ratio = min(times["this package"]) / floor
    verdict = "reached" if ratio <= GOAL else "missed"
    print(f"\n{ratio:.2f} of the floor; the goal of {GOAL:g} is {verdict}")
    _save(times, steps, reason)
    return 0 if ratio <= GOAL else 1


def _make(name: str, seed: int, folder: Path) -> Path:
    """Make a camera-like photo: enlarged, with grain and EXIF."""
    picture = getattr(data, name)()
    pixels = np.asarray(picture[0] if isinstance(picture, tuple) else picture)
    height, width = pixels.shape[:2]
    kept = min(width, height * SIZE_PX[0] // SIZE_PX[1])
    rows = kept * SIZE_PX[1] // SIZE_PX[0]
    top, left = (height - rows) // 2, (width - kept) // 2
    crop = pixels[top : top + rows, left : left + kept]
    large = cv2.resize(crop, SIZE_PX, interpolation=cv2.INTER_CUBIC).astype(np.int16)
    grain = np.random.default_rng(seed).normal(0, GRAIN_LEVELS, large.shape).astype(np.int16)
    image = Image.fromarray((large + grain).clip(0, 255).astype(np.uint8))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0132] = "Maker", "Model", "2024:08:16 13:15:02"
    exif.get_ifd(0x8769)[0x9003] = "2024:08:16 13:15:02"
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 20.0, 6.0), 3: "E", 4: (34.0, 39.0, 36.0)})
    path = folder / f"{name}.jpg"
    image.save(path, "JPEG", quality=QUALITY, exif=exif)
    return path


def _floor(path: Path) -> object:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    with Image.open(io.BytesIO(content)) as image:
        image.draft("L", (SIZE_PX[0] // 8, SIZE_PX[1] // 8))
        image.load()
    return digest


def _ours(path: Path) -> object:
    return _run(open_media(path), _item_steps())


def _run(media: Media, steps: Sequence[Step]) -> object:
    return list(run_steps(steps, sha256=media.sha256, kind=media.type.kind, media=media))


def _item_steps() -> list[Step]:
    return [step for step in STEPS if step.scope == "item"]


def _naive(path: Path) -> object:
    """Let every tool open the file itself, at full size, as their first examples do."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with path.open("rb") as file:
        tags = exifread.process_file(file)
    hashes = [make(Image.open(path)) for make in (imagehash.phash, imagehash.dhash)]
    hashes.append(imagehash.whash(Image.open(path)))
    bits = pdqhash.compute(np.asarray(Image.open(path).convert("RGB")))
    thumb = Image.open(path).convert("RGB")
    thumb.thumbnail((400, 400))
    return digest, tags, hashes, bits, thumb


def _measure(
    chains: dict[str, Chain], files: Sequence[Path], rounds: int
) -> dict[str, list[float]]:
    """Time chains in alternating rounds, in CPU seconds a photo, after one round of warm-up."""
    times: dict[str, list[float]] = {name: [] for name in chains}
    for round_number in range(rounds + 1):
        for name, chain in chains.items():
            start = time.process_time()
            for path in files:
                chain(path)
            if round_number:
                times[name].append((time.process_time() - start) / len(files))
    return times


def _steps(files: Sequence[Path], rounds: int) -> dict[str, float]:
    """Time opening, and each step that looks at the file or its pictures."""
    opened = [open_media(path) for path in files]
    best = {"open: read, SHA-256, decode": min(_measure({"": open_media}, files, rounds)[""])}
    for step in _item_steps():
        if any(taken not in ("media", "frames") for taken in step.takes):
            continue  # what reads only other steps' findings costs next to nothing
        totals = []
        for _ in range(rounds):
            start = time.process_time()
            for media in opened:
                _run(media, [step])
            totals.append((time.process_time() - start) / len(opened))
        best[step.name] = min(totals)
    return best


def _peer(python: str | None, files: Sequence[Path]) -> tuple[list[float], str]:
    if not python:
        return [], "no --peer-python or FORENSICS_PEER_PYTHON was given"
    command = [python, "-c", PEER_CODE, "2", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return [], done.stderr.strip().splitlines()[-1]
    return [float(line) / len(files) for line in done.stdout.split()], ""


def _save(times: dict[str, list[float]], steps: dict[str, float], reason: str) -> None:
    floor = min(times["floor"])
    results = {
        "unit": "CPU seconds a photo, one thread",
        "chains": {
            name: {
                "min": round(min(each), 5),
                "median": round(statistics.median(each), 5),
                "max": round(max(each), 5),
                "rounds": len(each),
                "of_floor": round(min(each) / floor, 3),
            }
            for name, each in times.items()
        },
        "steps": {name: round(seconds, 5) for name, seconds in steps.items()},
        "skipped": {"threatexchange": reason} if reason else {},
    }
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
