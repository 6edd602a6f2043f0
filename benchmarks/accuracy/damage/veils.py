"""Smoke and flames put on rendered pairs, and the fit of what tells where they hide the deck."""

from collections.abc import Iterator, Sequence
from itertools import chain
from unittest.mock import patch

import cv2
import numpy as np
from accuracy.damage.network import even, fit_network
from accuracy.damage.scenes import (
    bridge_of,
    degraded,
    drawn,
    load,
    near_pairs,
    null_pairs,
    pairs,
    true_map,
    truth_strip,
)
from accuracy.damage_truth.pair import Pixels, Truth, TruthPair
from msgspec import Struct
from numpy import float32, float64
from numpy.typing import NDArray

from forensics.damage import compare, compare_views
from forensics.damage.model import Weights, mean_scores
from forensics.damage.strip import Grid, Strip, unroll
from forensics.damage.veil import NAMES, veil_measures
from forensics.vision.alignment import moved

KINDS = ("dark smoke", "grey smoke", "white smoke", "flames")
_LIGHT = {"dark smoke": (25, 70), "grey smoke": (90, 140), "white smoke": (180, 230)}
_HIDDEN, _CLEAR = 0.4, 0.02
"""Mean cover of the deck's width from which on a column is hidden, and up to which it is clear."""

_SEEN, _GAP_MARGIN = 0.9, 2.5
_GONE, _ANY = 0.5, 0.02
"""Share of the width that is missing in a missing column; of columns, that is more than none."""

_EVERY_NULL, _EVERY_COLUMN, _EVERY_PAIR = 6, 16, 2
_HIDDEN_UNITS, _PENALTY, _ROUNDS = 10, 4e-3, 150
_SHARES = (2.0, 1.0, 1.0)
_BEGINNINGS = 3


class Columns(Struct, frozen=True):
    """Columns of one strip."""

    bridge: int
    kind: str
    values: NDArray[float64]
    hidden: NDArray[np.bool_]
    gone: NDArray[np.bool_]
    known: NDArray[np.bool_]


def veil(
    pixels: Pixels, centre: NDArray[float64], radius_px: float, kind: str, seed: int
) -> tuple[Pixels, NDArray[float32]]:
    """Put a cloud of smoke or flames on a picture; give, too, how much it covers."""
    rng = np.random.default_rng(seed)
    rows, columns = pixels.shape[:2]
    y, x = np.mgrid[:rows, :columns].astype(float32)
    off = np.hypot(x - centre[0], (y - centre[1]) * rng.uniform(0.7, 1.4)) / radius_px
    shape = (rows, columns)
    ragged = _noise(shape, rng, 6 * max(shape) / (radius_px * 6))
    cover = np.clip((1.15 - off + 0.9 * (ragged - 0.5)) * 2.2, 0, 1) * rng.uniform(0.75, 1)
    grain = _noise(shape, rng, 8.0)
    if kind == "flames":
        hot = np.clip(grain * 1.6 - 0.3 + (1 - off) * 0.5, 0, 1)[..., None]
        colour = (1 - hot) * np.array([120, 40, 15.0]) + hot * np.array([255, 215, 110.0])
    else:
        tint = np.array([1.0, 1.0, 1.0]) + rng.normal(0, 0.02, 3)
        colour = (rng.uniform(*_LIGHT[kind]) * (0.8 + 0.4 * grain))[..., None] * tint
    made = pixels * (1 - cover[..., None]) + colour * cover[..., None]
    return np.clip(made, 0, 255).astype(np.uint8), cover.astype(float32)


def _noise(shape: tuple[int, int], rng: np.random.Generator, base: float) -> NDArray[float32]:
    total = np.zeros(shape, float32)
    for octave in range(5):
        cells = base * 2**octave
        size = [max(2, int(cells * each / max(shape)) + 2) for each in shape]
        coarse = rng.random(size).astype(float32)
        total += 0.55**octave * cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray((total - total.min()) / np.ptp(total), dtype=float32)


def columns_of(bridges: Sequence[int]) -> Iterator[Columns]:
    """Measure the columns of pairs, each clear and under every kind of veil."""
    for bridge in bridges:
        some = (bridge,)
        for at, each in enumerate(chain(pairs(some), null_pairs(some)[::_EVERY_NULL])):
            pair = load(each)
            strip, to_after = drawn(pair), true_map(pair)
            gone = truth_strip(pair, strip)[strip.grid.deck] == Truth.MISSING
            yield _with_gap(pair, strip, to_after @ strip.matrix, 1000 * bridge + at)
            for number, kind in enumerate(("", *KINDS)):
                seed = 10 * at + number + 1000 * bridge
                rng = np.random.default_rng(seed)
                after = degraded(pair.after, seed)
                cover = np.zeros(after.shape[:2], float32)
                matrix = to_after @ strip.matrix
                if kind:
                    grid = strip.grid
                    place = [
                        grid.end_px + rng.uniform(0.1, 0.9) * grid.length_px,
                        grid.side_px + rng.uniform(-0.4, 1.4) * grid.width_px,
                    ]
                    ends = moved(np.array([place, [place[0], place[1] + grid.width_px]]), matrix)
                    wide = float(np.linalg.norm(ends[1] - ends[0]))
                    radius = wide * rng.uniform(0.9, 4)
                    after, cover = veil(after, ends[0], radius, kind, seed)
                jitter = np.eye(3)
                jitter[:2, 2] = rng.normal(0, 0.7, 2)
                matrices = (strip.matrix, jitter @ matrix)
                laid, seen = unroll((cover * 255).astype(np.uint8), matrix, strip.grid)
                known = seen[strip.grid.deck].mean(axis=0) > _SEEN
                share = laid[strip.grid.deck].mean(axis=0) / 255
                known &= (share > _HIDDEN) | (share < _CLEAR)
                values = veil_measures((pair.before, after), matrices, strip.grid)
                yield Columns(
                    bridge_of(pair), kind, values, share > _HIDDEN, gone.mean(axis=0) > _GONE, known
                )


def _with_gap(pair: TruthPair, strip: Strip, matrix: NDArray[float64], seed: int) -> Columns:
    """Take a stretch of the deck away and show there what lies beside it: that hides nothing."""
    rng, grid = np.random.default_rng(seed), strip.grid
    side = round(_GAP_MARGIN * grid.width_px)
    wide = Grid(grid.length_px, grid.width_px, grid.end_px, side)
    shift = np.eye(3)
    shift[1, 2] = side - grid.side_px
    to_wide = np.linalg.inv(shift)
    before, seen = unroll(pair.before, strip.matrix @ to_wide, wide)
    after, too = unroll(degraded(pair.after, seed), matrix @ to_wide, wide)
    start, share = rng.uniform(0.05, 0.6), rng.uniform(0.05, 0.4)
    first = grid.end_px + round(start * grid.length_px)
    last = min(first + round(share * grid.length_px), grid.end_px + grid.length_px)
    reach = round(0.1 * grid.width_px)
    rows = slice(side - reach, side + grid.width_px + reach)
    away = round(rng.choice([-1, 1]) * 1.4 * grid.width_px)
    after[rows, first:last] = after[rows.start + away : rows.stop + away, first:last]
    gone = np.zeros(grid.length_px, dtype=bool)
    gone[first - grid.end_px : last - grid.end_px] = True
    known = (seen & too)[side : side + grid.width_px].mean(axis=0) > _SEEN
    values = veil_measures((before, after), (shift, shift), grid)
    nothing = np.zeros(grid.length_px, dtype=bool)
    within = known[grid.end_px : grid.end_px + grid.length_px]
    return Columns(bridge_of(pair), "gap", values, nothing, gone, within)


def fit(strips: Sequence[Columns], *, beginnings: int = _BEGINNINGS) -> tuple[Weights, ...]:
    """Fit the networks to some strips, from several beginnings."""
    values = np.concatenate([each.values[each.known][::_EVERY_COLUMN] for each in strips])
    hidden = np.concatenate([each.hidden[each.known][::_EVERY_COLUMN] for each in strips])
    gone = np.concatenate([each.gone[each.known][::_EVERY_COLUMN] for each in strips])
    groups = np.where(hidden, 1, np.where(gone, 2, 0))
    return tuple(
        fit_network(
            values,
            hidden.astype(int),
            even(groups, _SHARES),
            names=NAMES,
            used=NAMES,
            count=2,
            hidden=_HIDDEN_UNITS,
            penalty=_PENALTY,
            rounds=_ROUNDS,
            seed=seed,
        )
        for seed in range(beginnings)
    )


def print_rates(strips: Sequence[Columns], told: Sequence[NDArray[float64]]) -> None:
    """Print how many columns are called hidden, by what they are, at several cut-offs."""
    print("\n| cut-off | hidden | clear | deck missing | strips without a veil with any |")
    print("|---|---|---|---|---|")
    for cut in (0.5, 0.7, 0.8, 0.9, 0.95, 0.98):
        said = [scores[:, 1] >= cut for scores in told]

        def share(name: str, said: Sequence[NDArray[np.bool_]] = said) -> str:
            found = []
            for each, called in zip(strips, said, strict=True):
                of = (
                    each.known
                    & {
                        "hidden": each.hidden,
                        "clear": ~each.hidden & ~each.gone,
                        "gone": ~each.hidden & each.gone,
                    }[name]
                )
                found.append((called[of].sum(), of.sum()))
            called, of = np.sum(found, axis=0)
            return f"{called / max(of, 1):.3f} of {of}"

        clear = [
            called[each.known] for each, called in zip(strips, said, strict=True) if not each.kind
        ]
        any_of = sum(called.mean() > _ANY for called in clear)
        told_of = " | ".join(share(name) for name in ("hidden", "clear", "gone"))
        print(f"| {cut} | {told_of} | {any_of} of {len(clear)} |")


def left_out(strips: Sequence[Columns]) -> list[NDArray[float64]]:
    """Score every strip by networks that were fitted without its bridge."""
    told: list[NDArray[float64]] = [np.zeros((0, 2))] * len(strips)
    for bridge in sorted({each.bridge for each in strips}):
        fitted = fit([each for each in strips if each.bridge != bridge], beginnings=1)
        for at, each in enumerate(strips):
            if each.bridge == bridge:
                told[at] = mean_scores(each.values, NAMES, fitted)
    return told


class Veiled(Struct, frozen=True):
    """What was said of one pair under a veil."""

    name: str
    kind: str
    true_state: str
    cover: float
    registered: bool
    state: str
    state_unguarded: str


def ask_veiled(bridges: Sequence[int]) -> Iterator[Veiled]:
    """Compare pairs up to 15 degrees under a veil, with and without what tells that it is one."""
    for at, each in enumerate(near_pairs(bridges)[::_EVERY_PAIR]):
        pair, kind = load(each), KINDS[at % len(KINDS)]
        strip, matrix = drawn(pair), true_map(pair) @ drawn(pair).matrix
        rng = np.random.default_rng(at)
        grid = strip.grid
        place = [
            grid.end_px + rng.uniform(0.2, 0.8) * grid.length_px,
            grid.side_px + rng.uniform(-0.4, 1.4) * grid.width_px,
        ]
        ends = moved(np.array([place, [place[0], place[1] + grid.width_px]]), matrix)
        radius = float(np.linalg.norm(ends[1] - ends[0])) * rng.uniform(1, 3)
        after, cover = veil(pair.after, ends[0], radius, kind, at)
        laid, _ = unroll((cover * 255).astype(np.uint8), matrix, grid)
        said = compare_views(pair.before, after, deck=pair.deck)
        with patch.object(compare, "hidden_columns", _nothing_hidden):
            unguarded = compare_views(pair.before, after, deck=pair.deck)
        yield Veiled(
            pair.name,
            kind,
            pair.state,
            round(float((laid[grid.deck].mean(axis=0) / 255 > _HIDDEN).mean()), 3),
            said.registration.status == "registered",
            said.damage.state,
            unguarded.damage.state,
        )


def _nothing_hidden(_pictures: object, _matrices: object, grid: Grid) -> NDArray[np.bool_]:
    return np.zeros(grid.length_px, dtype=bool)


def print_veiled(rows: Sequence[Veiled]) -> None:
    """Print what was said under veils, of the pairs that were laid over each other."""
    print("\n**Under smoke and flames**, pairs that were laid over each other:\n")
    print("| | pairs | damage said | of nothing new, damage said | wrong state | none said |")
    print("|---|---|---|---|---|---|")
    laid = [each for each in rows if each.registered]
    for name, state in (
        ("without a look for veils", lambda each: each.state_unguarded),
        ("with it", lambda each: each.state),
    ):
        hurt = [each for each in laid if state(each) not in {"none", "undetermined"}]
        nulls = [each for each in laid if each.true_state == "none"]
        false = sum(state(each) not in {"none", "undetermined"} for each in nulls)
        wrong = sum(state(each) not in {each.true_state, "undetermined"} for each in laid)
        none = sum(state(each) == "none" for each in laid)
        told_of = f"{len(laid)} | {len(hurt)} | {false} of {len(nulls)} | {wrong} | {none}"
        print(f"| {name} | {told_of} |")
