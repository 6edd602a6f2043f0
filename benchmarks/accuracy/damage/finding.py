"""Measure how decks are found without a person; needs FORENSICS_MEDIA.

python benchmarks/accuracy/damage/finding.py            the tables, from damage_found.json
python benchmarks/accuracy/damage/finding.py --write    look for a deck in every test picture first
python benchmarks/accuracy/damage/finding.py --fit [--more DIR]
    fit again on the tuning half, and on renders of further bridges in DIR
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# One core: processor time is measured.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import msgspec
import numpy as np
from accuracy.damage.finding_data import Asked, edges_off_px, overlap, rendered, without
from accuracy.damage.finding_fit import collect, fit, fit_ends, report_fit
from accuracy.damage.finding_shifts import Shifted, print_shifts, shifted
from accuracy.damage.scenes import TEST, TUNING
from accuracy.rates import clopper_pearson
from msgspec import Struct

from forensics.calibration import load
from forensics.damage.find import FoundDeck, FoundWeights, find_deck

RESULTS = Path(__file__).resolve().parents[2] / "results/damage_found.json"
WEIGHTS = Path(__file__).resolve().parents[3] / "forensics/calibration/damage.find.weights.json"
_GOOD, _HALF = 0.8, 0.5
_BINS = ((0.0, 0.7), (0.7, 0.85), (0.85, 1.01))
_DRAWS = 2000


class Found(Struct, frozen=True):
    """One picture: what is true first, then what was found."""

    name: str
    source: str
    kind: str
    view: str
    state: str
    confidence: float | None
    iou: float | None
    edge_off: float | None
    within: bool | None
    cpu_s: float


class Results(Struct, frozen=True):
    """What was measured: decks found, and places along the deck that have rivals."""

    found: list[Found]
    shifts: list[Shifted]


def main(arguments: list[str]) -> None:
    """Run what was asked for."""
    cv2.setNumThreads(1)
    if "--fit" in arguments:
        more = Path(arguments[arguments.index("--more") + 1]) if "--more" in arguments else None
        candidates = [
            *collect(rendered(tuning=True, more=more)),
            *collect(without(tuning=True)),
        ]
        fitted = FoundWeights(fit(candidates), fit_ends(candidates))
        WEIGHTS.write_bytes(msgspec.json.encode(fitted).replace(b"],", b"],\n") + b"\n")
        report_fit(candidates)
        return
    if "--write" in arguments:
        asked = (*rendered(tuning=False), *without(tuning=False))
        moved = [*shifted(TUNING, tuning=True), *shifted(TEST, tuning=False)]
        results = Results([ask(each) for each in asked], moved)
        RESULTS.write_bytes(msgspec.json.encode(results).replace(b"},{", b"},\n{") + b"\n")
    results = msgspec.json.decode(RESULTS.read_bytes(), type=Results)
    print_tables(results.found)
    print_shifts(results.shifts, load("damage.shifts").value("max_ratio"))


def ask(asked: Asked) -> Found:
    """Look for the deck of one picture."""
    start = time.process_time()
    found = find_deck(asked.pixels)
    cpu_s = round(time.process_time() - start, 3)
    kept = (asked.name, asked.source, asked.kind, asked.view, asked.state)
    if not isinstance(found, FoundDeck):
        return Found(*kept, None, None, None, None, cpu_s)
    if asked.deck is None:
        return Found(*kept, found.confidence, None, None, None, cpu_s)
    off = edges_off_px(found.polygon, asked.deck, asked.pixels.shape)
    return Found(
        *kept,
        found.confidence,
        round(overlap(found.polygon, asked.deck, asked.pixels.shape), 4),
        None if off is None else round(off[0] / max(off[1], 1e-9), 4),
        None if off is None else off[0] <= found.edges_px,
        cpu_s,
    )


def print_tables(rows: Sequence[Found]) -> None:
    """Print every table."""
    decks = [row for row in rows if row.kind == "render"]
    print(
        "| pictures | number | found | IoU >= 0.8 of found | IoU < 0.5 of found | IoU, median "
        "| edge off, median, share of width |\n|---|---|---|---|---|---|---|"
    )
    _row("all", decks)
    for view in sorted({row.view for row in decks}):
        _row(view, [row for row in decks if row.view == view])
    for state in ("intact", "scorched", "holed", "collapsed"):
        _row(state, [row for row in decks if row.state == state])
    for source in sorted({row.source for row in decks}):
        _row(source, [row for row in decks if row.source == source])
    low, high = _by_bridge(decks, lambda row: row.confidence is not None)
    print(f"\nFound, interval by bridge: {low:.2f} to {high:.2f}")
    told = [row for row in decks if row.iou is not None]
    low, high = _by_bridge(told, lambda row: (row.iou or 0) >= _GOOD)
    print(f"IoU >= 0.8 of found, interval by bridge: {low:.2f} to {high:.2f}")
    within = [row.within for row in told if row.within is not None and (row.iou or 0) >= _HALF]
    print(f"Edges within the stated bound where IoU >= 0.5: {sum(within)} of {len(within)}")
    for kind in ("photo", "drawn"):
        some = [row for row in rows if row.kind == kind]
        wrong = [row.name for row in some if row.confidence is not None]
        low, high = clopper_pearson(len(wrong), len(some))
        share = f"{len(wrong)} of {len(some)} ({low:.3f} to {high:.3f})"
        print(f"Decks found where none is, {kind}: {share}: {', '.join(wrong)}")
    print("\n| confidence | pictures | IoU >= 0.8 |\n|---|---|---|")
    for low, high in _BINS:
        group = [r for r in rows if r.confidence is not None and low <= r.confidence < high]
        if group:
            right = sum((row.iou or 0) >= _GOOD for row in group)
            print(f"| {low:.2f} to {min(high, 1):.2f} | {len(group)} | {right / len(group):.2f} |")
    times = [row.cpu_s for row in rows]
    print(
        f"\nCPU: median {np.median(times):.2f} s, 95th percentile {np.quantile(times, 0.95):.2f} s"
    )


def _row(name: str, rows: Sequence[Found]) -> None:
    told = [row for row in rows if row.iou is not None]
    if not rows:
        return
    if not told:
        print(f"| {name} | {len(rows)} | 0 | - | - | - | - |")
        return
    overlaps = np.array([row.iou or 0 for row in told])
    off = [row.edge_off for row in told if row.edge_off is not None]
    print(
        f"| {name} | {len(rows)} | {len(told)} ({len(told) / len(rows):.2f}) "
        f"| {np.mean(overlaps >= _GOOD):.2f} | {np.mean(overlaps < _HALF):.2f} "
        f"| {np.median(overlaps):.2f} | {np.median(off):.3f} |"
    )


def _by_bridge(rows: Sequence[Found], holds: Callable[[Found], bool]) -> tuple[float, float]:
    """Give the 95 % interval of a share, whole bridges drawn anew."""
    rng = np.random.default_rng(0)
    groups = [
        np.array([holds(row) for row in rows if row.source == source])
        for source in sorted({row.source for row in rows})
    ]
    shares = []
    for _ in range(_DRAWS):
        some = np.concatenate([groups[at] for at in rng.integers(0, len(groups), len(groups))])
        shares.append(float(some.mean()))
    return float(np.quantile(shares, 0.025)), float(np.quantile(shares, 0.975))


if __name__ == "__main__":
    main(sys.argv[1:])
