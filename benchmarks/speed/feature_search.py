"""Measure the search for pictures that share local features, and extrapolate it.

Usage: python benchmarks/speed/feature_search.py --archive DB [--pictures N] [--write]

DB is an archive of photos. Up to N pictures are made of its features, drawn at random, so that
cells are filled as real pictures fill them; the queries are pictures of the archive themselves.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from forensics.reuse.archive import Archive
from forensics.reuse.feature_index import build_index, find_candidates
from forensics.reuse.feature_search import MAX_CANDIDATES
from forensics.reuse.features import ARCHIVED_FEATURES
from forensics.vision.codes import CodedFeatures, from_bytes, to_bytes

RESULTS = Path(__file__).resolve().parents[1] / "results/feature_search.json"
WANTED = 100_000
QUERIES = 40


def main() -> int:
    """Time the search in tables of growing size, and draw a line through the times."""
    parser = argparse.ArgumentParser(description="Measure the search by local features.")
    parser.add_argument("--archive", type=Path, required=True, metavar="DB")
    parser.add_argument("--pictures", type=int, default=20_000)
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.name}")
    arguments = parser.parse_args()
    with Archive.open(arguments.archive) as archive:
        kept = [from_bytes(each.pictures[0]) for _, each in archive.all_features()
                if each.pictures[0]]  # fmt: skip
    sizes = [arguments.pictures // part for part in (20, 8, 4, 2, 1)]
    rows = [_measured(kept, size) for size in sizes]
    print("| pictures | ordering them, s | searching, ms a query |\n|--:|--:|--:|")
    for row in rows:
        print(f"| {row['pictures']:,.0f} | {row['index_s']:.1f} | {row['search_ms']:.1f} |")
    slope, start = np.polyfit(sizes, [row["search_ms"] for row in rows], 1)
    wanted_ms = float(start + slope * WANTED)
    bytes_a_picture = float(np.mean([len(to_bytes(each)) for each in kept]))
    print(f"\nby a line: {wanted_ms:.0f} ms at {WANTED:,} pictures; {bytes_a_picture:,.0f} bytes a "
          f"picture of {len(kept)}")  # fmt: skip
    if arguments.write:
        result = {
            "date": f"{datetime.now(UTC):%Y-%m-%d}", "rows": rows, "pictures_of": len(kept),
            f"at_{WANTED}_ms": round(wanted_ms, 1), "bytes_a_picture": round(bytes_a_picture),
            "query": "candidates of one picture, as it is and mirrored, processor time, median",
            "versions": {"python": platform.python_version(), "numpy": np.__version__},
        }  # fmt: skip
        RESULTS.write_text(json.dumps(result, indent=1, sort_keys=True) + "\n", "utf-8")
    return 0


def _measured(kept: list[CodedFeatures], count: int) -> dict[str, float]:
    started = time.process_time()
    index = build_index(_mixed(kept, count))
    index_s = time.process_time() - started
    times = []
    for query in kept[:: max(1, len(kept) // QUERIES)][:QUERIES]:
        started = time.process_time()
        for side in (query, query.mirrored()):
            find_candidates(index, side, limit=MAX_CANDIDATES)
        times.append(time.process_time() - started)
    return {"pictures": count, "index_s": index_s, "search_ms": 1000 * float(np.median(times))}


def _mixed(kept: list[CodedFeatures], count: int) -> Iterator[CodedFeatures]:
    """Draw the features of pictures from those of all, a few bits of each changed."""
    rng = np.random.default_rng(0)
    cells = np.concatenate([each.cells for each in kept])
    codes = np.concatenate([each.codes for each in kept])
    for _ in range(count):
        chosen = rng.integers(0, len(cells), ARCHIVED_FEATURES)
        flips = np.uint64(1) << rng.integers(0, 64, (2, ARCHIVED_FEATURES, 2), dtype=np.uint64)
        none = np.zeros(ARCHIVED_FEATURES, np.float32)
        yield CodedFeatures(
            (512, 512), np.zeros((ARCHIVED_FEATURES, 2), np.float32), none, none,
            cells[chosen], codes[chosen] ^ flips[0] ^ flips[1],
        )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
