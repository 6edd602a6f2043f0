"""Lay pairs as they are, and one span off, and ask whether another place would do as well."""

import json

import numpy as np
from accuracy.damage.scenes import drawn, load, null_pairs, pairs, true_map
from msgspec import Struct

from forensics.damage.shifts import rival_shift
from forensics.damage.strip import unroll

_JITTER_PX = 0.6


class Shifted(Struct, frozen=True):
    """One pair laid so many spans off."""

    before: str
    after: str
    spans_off: int
    tuning: bool
    score: float
    chosen: float
    ratio: float


def shifted(bridges: tuple[int, ...], *, tuning: bool) -> list[Shifted]:
    """Ask about every pair, with the true deck and map, both a little off."""
    asked = []
    known = dict.fromkeys([*pairs(bridges), *null_pairs(bridges)])
    for number, (one, other) in enumerate(known):
        pair = load((one, other))
        strip = drawn(pair)
        matrix = true_map(pair) @ strip.matrix
        spans = json.loads(one.read_text())["n_spans"]
        near, seen = unroll(pair.before, strip.matrix, strip.grid)
        rng = np.random.default_rng(number)
        for off in (0, 1, -1):
            shift = np.eye(3)
            shift[0, 2] = off * strip.grid.length_px / spans
            shift[:2, 2] += rng.normal(0, _JITTER_PX, 2)
            far, too = unroll(pair.after, matrix @ shift, strip.grid)
            rival = rival_shift(near, far, seen & too, strip.grid)
            asked.append(
                Shifted(
                    one.stem,
                    other.stem,
                    off,
                    tuning,
                    round(rival.score, 4),
                    round(rival.chosen, 4),
                    rival.ratio,
                )
            )
    return asked


def print_shifts(rows: list[Shifted], least: float) -> None:
    """Print how many right and wrong places have a rival."""
    print("\nPlaces along the deck that have a rival, pairs laid with the true deck and map\n")
    print("| bridges | views | right, refused | one span off, refused |\n|---|---|---|---|")
    for tuning in (True, False):
        for view, ends in (
            ("came back", ("return", "nadir", "oblique")),
            ("12 nadir", ("12",)),
            ("15 oblique", ("15",)),
            ("30 oblique", ("30",)),
        ):
            some = [r for r in rows if r.tuning == tuning and r.after.endswith(ends)]
            right = [row.ratio > least for row in some if row.spans_off == 0]
            wrong = [row.ratio > least for row in some if row.spans_off != 0]
            half = "tuning" if tuning else "test"
            counts = f"{sum(right)} of {len(right)} | {sum(wrong)} of {len(wrong)}"
            print(f"| {half} | {view} | {counts} |")
