"""Measure how pictures are laid over each other, and nothing else; needs FORENSICS_MEDIA.

python benchmarks/accuracy/damage/registering.py             the tables, from the results
python benchmarks/accuracy/damage/registering.py --write     ask about the test bridges first
python benchmarks/accuracy/damage/registering.py --tuning    the tuning bridges, asked and printed;
                                                             FORENSICS_SCENES: further renders
"""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

# One core: processor time is measured.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec
import numpy as np
from accuracy.damage.scenes import TEST, TUNING, drawn, load, pairs, renders, worst_px
from accuracy.damage_truth.pair import TruthPair
from accuracy.rates import clopper_pearson
from msgspec import Struct

from forensics.damage.register import register

_EXACT_PX, _FAR_PX = 3.0, 10.0
_OTHERS_STEP = 4
RESULTS = Path(__file__).resolve().parents[2] / "results/damage_registering.json"

_GROUPS: dict[str, Callable[[str], bool]] = {
    "up to 5 degrees": lambda view: view.endswith("return"),
    "8 degrees": lambda view: view.endswith("8"),
    "12 degrees, nadir": lambda view: view.endswith("nadir_12"),
    "15 degrees, oblique": lambda view: view.endswith("oblique_15"),
    "30 degrees, oblique": lambda view: view.endswith("30"),
    "12 to 30 degrees": lambda view: view.endswith(("12", "15", "30")),
}


class Placed(Struct, frozen=True):
    """One pair: what it shows, then where the deck was put."""

    name: str
    source: str
    view: str
    same: bool
    registered: bool
    worst_px: float | None
    error_px: float | None
    support: float
    cpu_s: float


def main(arguments: list[str]) -> None:
    """Run what was asked for."""
    if "--tuning" in arguments:
        print_tables(list(asked(TUNING)))
        return
    if "--write" in arguments:
        rows = list(asked(TEST))
        RESULTS.write_bytes(msgspec.json.encode(rows).replace(b"},{", b"},\n{") + b"\n")
    print_tables(msgspec.json.decode(RESULTS.read_bytes(), type=list[Placed]))


def asked(bridges: tuple[int, ...]) -> Iterator[Placed]:
    """Lay every later picture over the earlier one, and some over that of another bridge."""
    planned, there = pairs(bridges), renders(bridges)
    following = {bridge: bridges[(at + 1) % len(bridges)] for at, bridge in enumerate(bridges)}
    for each in planned:
        yield place(load(each), same=True)
    for before, after in planned[::_OTHERS_STEP]:
        name = f"s{following[int(after.stem[1:4])]}{before.stem[4:]}"
        yield place(load((there[name], after)), same=False)


def place(pair: TruthPair, *, same: bool) -> Placed:
    """Lay one picture over the other, the deck drawn as it is."""
    strip, start = drawn(pair), time.process_time()
    laid = register(pair.before, pair.after, strip)
    cpu_s = round(time.process_time() - start, 2)
    off = worst_px(laid.homography(strip), pair) if laid.reason is None and same else None
    error = laid.error_px if laid.reason is None else None
    registered = laid.reason is None
    return Placed(
        pair.name, pair.source, pair.view, same, registered, off, error, laid.support, cpu_s
    )


def print_tables(rows: Sequence[Placed]) -> None:
    """Print the table of views, what was put wrongly, the bound, and the processor time."""
    same = [row for row in rows if row.same]
    print("| views | pairs | registered | <= 3 px of all pairs | interval |\n|---|---|---|---|---|")
    for name, belongs in _GROUPS.items():
        group = [row for row in same if belongs(row.view)]
        if group:
            exact = sum(row.worst_px is not None and row.worst_px <= _EXACT_PX for row in group)
            held, (low, high) = _count(group), clopper_pearson(exact, len(group))
            rate = exact / len(group)
            print(f"| {name} | {len(group)} | {held} | {rate:.2f} | {low:.2f} to {high:.2f} |")
    placed = [(row.worst_px, row.error_px or 0.0) for row in same if row.worst_px is not None]
    far = sum(off > _FAR_PX for off, _ in placed)
    within = sum(off <= bound for off, bound in placed)
    width = np.median([bound for _, bound in placed])
    others = [row for row in rows if not row.same]
    print(f"\nRegistered but > {_FAR_PX:.0f} px off: {far} of {len(placed)}")
    print(f"Another bridge registered: {_count(others)} of {len(others)}")
    print(f"Within the 90 % bound: {within} of {len(placed)}; median bound {width:.2f} px")
    times = [row.cpu_s for row in rows]
    print(f"CPU: median {np.median(times):.1f} s, 90th percentile {np.quantile(times, 0.9):.1f} s")


def _count(rows: Iterable[Placed]) -> int:
    return sum(row.registered for row in rows)


if __name__ == "__main__":
    main(sys.argv[1:])
