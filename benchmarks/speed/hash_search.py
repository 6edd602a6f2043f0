"""Measure an exact search for near hashes against FAISS and against reading through the table.

Usage: python benchmarks/speed/hash_search.py [--rows N] [--write]

FAISS is no dependency; without it its column stays empty (pip install faiss-cpu).
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from forensics.reuse import hash_neighbours
from forensics.reuse.hash_neighbours import HashNeighbours

RESULTS = Path(__file__).resolve().parents[1] / "results/hash_search.json"
RADIUS_BITS = 31
QUERIES, ORIENTATIONS = 64, 8
MAX_FLIPPED = 40

Words = NDArray[np.uint64]


def main() -> int:
    """Time every way on the same tables and queries, and check that all say the same."""
    parser = argparse.ArgumentParser(description="Measure an exact search for near hashes.")
    parser.add_argument("--rows", type=int, help="size of the one table; by default three")
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.name}")
    arguments = parser.parse_args()
    sizes = [arguments.rows] if arguments.rows else [10_000, 100_000, 1_000_000]
    rows = [_measured(size) for size in sizes]
    print("| hashes | making the index, ms | looked up, ms a query | read through | FAISS flat "
          "| of FAISS |\n|--:|--:|--:|--:|--:|--:|")  # fmt: skip
    for row in rows:
        faiss = row["faiss_ms"]
        ratio = "" if faiss is None else f"{row['looked_up_ms'] / faiss:.2f}"
        print(f"| {row['rows']:,} | {row['index_ms']:.0f} | {row['looked_up_ms']:.2f} "
              f"| {row['read_through_ms']:.2f} | {'' if faiss is None else f'{faiss:.2f}'} "
              f"| {ratio} |")  # fmt: skip
    if arguments.write:
        result = {
            "date": f"{datetime.now(UTC):%Y-%m-%d}", "radius_bits": RADIUS_BITS, "rows": rows,
            "query": "one picture in eight orientations, processor time, median of 64",
            "versions": {"python": platform.python_version(), "numpy": np.__version__},
        }  # fmt: skip
        RESULTS.write_text(json.dumps(result, indent=1, sort_keys=True) + "\n", "utf-8")
    return 0


def _measured(count: int) -> dict[str, float | None]:
    words, queries = _table(count)
    table = HashNeighbours(words)
    first = queries[: hash_neighbours.SCANS_BEFORE_INDEX]
    read, read_ms = _timed(lambda query: table.within(query, RADIUS_BITS), first)
    started = time.process_time()
    # The next query makes the index.
    table.within(queries[0], RADIUS_BITS)
    index_ms = 1000 * (time.process_time() - started)
    found, found_ms = _timed(lambda query: table.within(query, RADIUS_BITS), queries)
    faiss_ms = None
    if find_spec("faiss"):
        import faiss

        faiss.omp_set_num_threads(1)
        flat = faiss.IndexBinaryFlat(256)
        flat.add(words.view(np.uint8).reshape(count, 32))
        told, faiss_ms = _timed(
            lambda query: flat.range_search(query.view(np.uint8).reshape(-1, 32), RADIUS_BITS + 1),
            queries,
        )
        for (rows, _, _), (_, _, others) in zip(found, told, strict=True):
            assert sorted(set(others.tolist())) == rows.tolist()
    for one, other in zip(read, found, strict=False):
        assert all((a == b).all() for a, b in zip(one, other, strict=True))
    return {"rows": count, "index_ms": index_ms, "looked_up_ms": found_ms,
            "read_through_ms": read_ms, "faiss_ms": faiss_ms}  # fmt: skip


def _timed(search: Callable[[Words], tuple], queries: Words) -> tuple[list[tuple], float]:
    answers, times = [], []
    for query in queries:
        started = time.process_time()
        answers.append(search(query))
        times.append(time.process_time() - started)
    return answers, 1000 * float(np.median(times))


def _table(count: int) -> tuple[Words, Words]:
    """Make random hashes, and queries of which one orientation is at 0 to 40 bits from one."""
    rng = np.random.default_rng(0)
    words = rng.integers(0, 2**64, (count, 4), dtype=np.uint64)
    queries = rng.integers(0, 2**64, (QUERIES, ORIENTATIONS, 4), dtype=np.uint64)
    for query in queries:
        near = words[rng.integers(count)].copy()
        flipped = rng.choice(256, rng.integers(0, MAX_FLIPPED), replace=False)
        np.bitwise_xor.at(near, flipped // 64, np.uint64(1) << (flipped % 64).astype(np.uint64))
        query[rng.integers(ORIENTATIONS)] = near
    return words, queries


if __name__ == "__main__":
    sys.exit(main())
