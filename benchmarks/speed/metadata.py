"""What it costs to read all metadata of a still, against exifread alone without maker notes.

    FORENSICS_MEDIA=... python benchmarks/speed/metadata.py [--rounds N] [--profile]

Both read the same bytes from memory, in one process and in turns, so that a busy machine slows
both. The goal is a ratio of at most 2.
"""

import argparse
import cProfile
import io
import json
import logging
import os
import pstats
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import exifread

from forensics.ingest.guard import guarded
from forensics.ingest.media import Media
from forensics.ingest.programs import Program, find_exiftool
from forensics.ingest.sniff import HEAD_BYTES, sniff
from forensics.metadata.exiftool import read_with_exiftool
from forensics.metadata.read import read_fields
from forensics.model.item import SniffedType
from forensics.model.outcome import Absent

RESULTS = Path(__file__).resolve().parents[1] / "results/metadata-speed.json"
FOLDER = "metadata"
GOAL = 2.0
EXIFTOOL_FILES = 40
KINDS = ("still", "animation")
UNDECODED = Absent("not_applicable", "the pixels were not decoded")

Loaded = tuple[Path, bytes, SniffedType]


def main() -> int:
    """Measure and print; the exit status says whether the goal was reached."""
    parser = argparse.ArgumentParser(description="Measure what reading metadata costs.")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--profile", action="store_true", help="say where the time goes instead")
    arguments = parser.parse_args()
    root = os.environ.get("FORENSICS_MEDIA")
    if root is None:
        print("needs FORENSICS_MEDIA")
        return 1
    logging.getLogger("exifread").disabled = True
    files = list(load(Path(root, FOLDER)))
    if arguments.profile:
        profile(files)
        return 0
    readers: dict[str, Callable[[Loaded], object]] = {"exifread": by_exifread, "package": by_us}
    times: dict[str, list[float]] = {name: [] for name in readers}
    for number in range(arguments.rounds + 1):  # the first warms up
        for name, read in readers.items():
            spent = measure(read, files)
            if number:
                times[name].append(spent)
    ratios = [
        ours / theirs for ours, theirs in zip(times["package"], times["exifread"], strict=True)
    ]
    ratio = statistics.median(ratios)
    per_file = {name: 1000 * statistics.median(each) / len(files) for name, each in times.items()}
    print(f"{len(files)} stills, {arguments.rounds} rounds")
    for name, milliseconds in per_file.items():
        print(f"{name}: {milliseconds:.2f} ms a file (median)")
    print(f"ratio {ratio:.2f} (from {min(ratios):.2f} to {max(ratios):.2f}); goal {GOAL}")
    exiftool_ms = ask_exiftool(files)
    if exiftool_ms is not None:
        print(
            f"ExifTool: {exiftool_ms:.0f} ms of processor time a file (median), where it is asked"
        )
    RESULTS.write_text(
        json.dumps(
            {
                "command": "python benchmarks/speed/metadata.py",
                "stills": len(files),
                "rounds": arguments.rounds,
                "ratio_median": round(ratio, 2),
                "ratio_range": [round(min(ratios), 2), round(max(ratios), 2)],
                "goal": GOAL,
                "exiftool_ms_a_file": exiftool_ms and round(exiftool_ms),
            },
            indent=2,
        )
        + "\n"
    )
    return 0 if ratio <= GOAL else 1


def load(folder: Path) -> list[Loaded]:
    """Read the stills of a folder into memory."""
    loaded = []
    for path in sorted(folder.rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        kind = sniff(data[:HEAD_BYTES])
        if kind is not None and kind.kind in KINDS:
            loaded.append((path, data, kind))
    return loaded


def by_exifread(file: Loaded) -> object:
    """Read as exifread does by itself; what it raises on some files costs it no more."""
    try:
        return exifread.process_file(io.BytesIO(file[1]), details=False)
    except Exception:  # noqa: BLE001 - it raises bare assertions on HEIC
        return None


def by_us(file: Loaded) -> object:
    """Read with every engine of this package."""
    path, data, kind = file
    return read_fields(Media(path, "", len(data), kind, data, UNDECODED, (), {}))


def ask_exiftool(files: list[Loaded]) -> float | None:
    """Give the processor time in milliseconds that ExifTool takes; None when it is missing."""
    program = find_exiftool()
    if not isinstance(program, Program):
        return None
    spent = []
    for path, _, _ in files[:EXIFTOOL_FILES]:
        before = os.times()
        guarded(lambda path=path: read_with_exiftool(path, program), doing="asking")
        after = os.times()
        took = after.children_user + after.children_system
        spent.append(1000 * (took - before.children_user - before.children_system))
    return statistics.median(spent)


def measure(read: Callable[[Loaded], object], files: list[Loaded]) -> float:
    """Give the processor time of reading all files once."""
    start = time.process_time()
    for file in files:
        read(file)
    return time.process_time() - start


def profile(files: list[Loaded]) -> None:
    """Print where this package's time goes."""
    by_us(files[0])
    profiler = cProfile.Profile()
    profiler.runcall(measure, by_us, files)
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    sys.exit(main())
