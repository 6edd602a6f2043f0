"""Make damage, shadows and veils on strips of tuning bridges: what renders hold too little of."""

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
from accuracy.damage.strips import UNSURE, Strips
from accuracy.damage_truth.pair import Pixels, Truth
from numpy import float32
from numpy.typing import NDArray

Map = NDArray[float32]
_HIDDEN, _THIN = 0.6, 0.25
"""Through veils of more than the first nothing can be seen; between, it cannot be said."""

_SOOTY = 0.12
"""Where soot takes more of the light than this, the deck is scorched."""

_SLABS, _ASIDE = 0.9, 0.5
"""How often what fell is in sight, and how often it slid aside."""

_LEAST_PIECE_PX = 6


def fallen(base: Strips, rng: np.random.Generator) -> Strips:
    """Let a stretch fall: one slab, or two that hang from either side; water shows beside them."""
    grid = base.grid
    rows, columns = grid.shape
    length = int(rng.uniform(1.2, 6) * grid.width_px)
    length = min(length, int(0.6 * grid.length_px))
    start = grid.end_px + int(rng.integers(0, max(1, grid.length_px - length)))
    stop = start + length
    after = base.after.copy()
    ragged = _ragged(rows, grid.width_px * 0.06, rng), _ragged(rows, grid.width_px * 0.06, rng)
    x = np.arange(columns)[None]
    gone = (x >= start + ragged[0][:, None]) & (x < stop + ragged[1][:, None])
    after[gone] = beside(base, rng)[gone]
    if rng.random() < _SLABS:
        aside = rng.uniform(-0.6, 0.6) if rng.random() < _ASIDE else rng.normal(0, 0.05)
        for left, right, hangs in _slabs(start, stop, rng):
            off = (aside + rng.normal(0, 0.03)) * grid.width_px
            after = _with_slab(after, base, (left, right), hangs, off, rng)
    truth = np.where(gone & on_deck(base), Truth.MISSING, base.truth).astype(np.uint8)
    return made(base, after, truth, "collapsed")


def _slabs(start: int, stop: int, rng: np.random.Generator) -> list[tuple[int, int, int]]:
    """Break a stretch: one slab, two that hang from its ends, or pieces, some of them gone.

    Of each its ends, and which is held: 1 the left, -1 the right, 0 none.
    """
    kind, middle = rng.random(), (start + stop) // 2 + int(rng.normal(0, (stop - start) / 8))
    if kind < 0.4:
        return [(start, stop, int(rng.choice([0, 1, -1])))]
    if kind < 0.75:
        return [(start, middle, 1), (middle, stop, -1)]
    cuts = np.sort(rng.integers(start, stop, int(rng.integers(1, 5)))).tolist()
    pieces = [(a, b, 0) for a, b in pairwise([start, *cuts, stop]) if b - a >= _LEAST_PIECE_PX]
    return [each for each in pieces if rng.random() < 0.8]


def burnt(base: Strips, rng: np.random.Generator) -> Strips:
    """Lay soot on the deck."""
    truth, after = base.truth, base.after.astype(float32)
    for _ in range(int(rng.integers(1, 4))):
        soot = blot(base, rng, reach=rng.uniform(0.2, 0.9))
        deep = rng.uniform(0.35, 0.9)
        after, truth = blackened(after, truth, base, soot=soot, deep=deep)
    return made(base, rounded(after), truth, "scorched")


def shadowed(base: Strips, rng: np.random.Generator) -> Strips:
    """Cast shadows on both sides of the deck's edges: bars, bands along it, foliage."""
    rows, columns = base.grid.shape
    wide = base.grid.width_px
    shade = np.zeros((rows, columns), float32)
    kind = rng.integers(3)
    for _ in range(int(rng.integers(1, 5))):
        x, lean = float(rng.uniform(0, columns)), rng.uniform(-1, 1) * rows
        across = wide * rng.uniform(0.1, 1.5)
        if kind == 0:
            shape = [[x, 0], [x + across, 0], [x + across + lean, rows], [x + lean, rows]]
            cv2.fillPoly(shade, [np.int32(np.round(shape))], 1.0)
        elif kind == 1:
            y, high = (
                base.grid.side_px + wide * rng.uniform(-0.2, 0.9),
                wide * rng.uniform(0.1, 0.6),
            )
            long = 4 * across
            shape = [[x, y], [x + long, y + rng.normal(0, 2)], [x + long, y + high], [x, y + high]]
            cv2.fillPoly(shade, [np.int32(np.round(shape))], 1.0)
        else:
            leaves = noise(shade.shape, wide * rng.uniform(0.04, 0.4), rng)
            near = np.exp(-0.5 * ((np.arange(columns) - x) / (wide * rng.uniform(0.5, 2.5))) ** 2)
            shade = np.maximum(shade, (leaves + 1.6 * near > 1.2) & (near > 0.15))
    shade = cv2.GaussianBlur(shade.astype(float32), (0, 0), rng.uniform(0.4, 2.5))
    return shaded(base, shade, light=rng.uniform(0.25, 0.75))


def veiled(strips: Strips, rng: np.random.Generator) -> Strips:
    """Draw smoke, cloud or glare over a part: nothing can be told where it is thick."""
    rows, columns = strips.grid.shape
    wide = strips.grid.width_px
    billows = noise((rows, columns), wide * rng.uniform(0.2, 0.6), rng)
    x, reach = rng.uniform(0, columns), wide * rng.uniform(0.5, 1.8)
    near = np.exp(-0.5 * ((np.arange(columns) - x) / reach) ** 2)[None]
    thick = np.clip(near * 1.5 + 0.25 * billows * near - 0.25, 0, rng.uniform(0.75, 1))
    thick = cv2.GaussianBlur(thick.astype(float32), (0, 0), 2.0)
    light = rng.choice([rng.uniform(60, 120), rng.uniform(150, 250), 255.0])
    colour = light * np.array([1, 1, rng.uniform(0.96, 1.05)], float32)
    folds = 1 + 0.06 * noise((rows, columns), 4.0, rng)[..., None]
    after = strips.after * (1 - thick[..., None]) + colour * folds * thick[..., None]
    truth = strips.truth.copy()
    truth[(thick > _THIN) & ~np.isin(truth, (Truth.NOTHING, Truth.OUTSIDE))] = UNSURE
    truth[(thick > _HIDDEN) & (truth != Truth.OUTSIDE)] = Truth.NOT_SEEN
    state = next(
        (
            state
            for value, state in (
                (Truth.MISSING, "collapsed"),
                (Truth.HOLE, "holed"),
                (Truth.SCORCH, "scorched"),
            )
            if (truth[strips.grid.deck] == value).any()
        ),
        "none",
    )
    return made(strips, rounded(after), truth, state)


def made(base: Strips, after: Pixels, truth: Pixels, state: str) -> Strips:
    """Give strips that were made of others."""
    return replace(base, after=after, truth=truth, state=state, real=False, gap=0.0)


def on_deck(base: Strips) -> NDArray[np.bool_]:
    """Tell which pixels of the strip are the deck."""
    deck = np.zeros(base.grid.shape, bool)
    deck[base.grid.deck] = True
    return deck


def blackened(
    after: Map, truth: Pixels, base: Strips, *, soot: Map, deep: float
) -> tuple[Map, Pixels]:
    """Lay soot over what is seen; what it takes much of the light from is scorched."""
    black = (deep * soot > _SOOTY) & on_deck(base) & (truth == Truth.NOTHING)
    scorched = np.where(black, Truth.SCORCH, truth).astype(np.uint8)
    return after * (1 - deep * soot)[..., None], scorched


def shaded(base: Strips, shade: Map, *, light: float) -> Strips:
    """Cast a shadow, 0 to 1, that leaves so much of the light; the sky's blue is left most."""
    left = light * np.array([1, 1.03, 1.12], float32)
    after = base.after * (1 - shade[..., None] * (1 - left))
    return made(base, rounded(after), base.truth, base.state)


def rounded(values: Map) -> Pixels:
    """Give pixels."""
    return np.asarray(np.clip(values, 0, 255), np.uint8)


def noise(shape: tuple[int, ...], sigma: float, rng: np.random.Generator) -> Map:
    """Give smooth noise of variance 1."""
    smooth = cv2.GaussianBlur(rng.normal(0, 1, shape).astype(float32), (0, 0), max(0.6, sigma))
    return np.asarray(smooth / (smooth.std() + 1e-6), float32)


def _ragged(count: int, sigma: float, rng: np.random.Generator) -> Map:
    line = noise((count, 1), 2.0, rng)[:, 0] + rng.uniform(-0.8, 0.8) * np.linspace(-1, 1, count)
    return np.asarray(line * max(1.0, sigma), float32)


def beside(base: Strips, rng: np.random.Generator) -> Pixels:
    """Give what lies under the deck as what lies beside it: colours of both sides, rippled."""
    rows, columns = base.grid.shape
    band = max(1, base.grid.side_px // 3)
    upper, lower = base.after[:band].mean(axis=0), base.after[-band:].mean(axis=0)
    down = np.linspace(0, 1, rows)[:, None, None]
    laid = cv2.GaussianBlur((upper * (1 - down) + lower * down).astype(float32), (0, 0), 3.0)
    laid *= rng.uniform(0.55, 1.1)
    ripples = noise((rows, columns), rng.uniform(0.6, 2.5), rng)[..., None]
    return rounded(laid + ripples * rng.uniform(1, 8))


def _with_slab(
    after: Pixels,
    base: Strips,
    ends: tuple[int, int],
    hangs: int,
    aside: float,
    rng: np.random.Generator,
) -> Pixels:
    """Lay a stretch of the deck aside and smaller, at one of its ends or at both."""
    grid = base.grid
    left, right = ends
    top, bottom = grid.side_px - 1, grid.side_px + grid.width_px + 1
    middle = (top + bottom) / 2
    sinks = [rng.uniform(0.3, 1), rng.uniform(0.3, 1)]
    if hangs:  # 1: held at its left end
        sinks[0 if hangs > 0 else 1] = 0.0
    least = rng.uniform(0.8, 0.99)
    shorter = rng.uniform(0.0, 0.12) * (right - left)
    old = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float32)
    new = old.copy()
    for at, (one, other) in enumerate(((0, 3), (1, 2))):
        size = 1 - (1 - least) * sinks[at]
        for corner in (one, other):
            new[corner, 1] = middle + (old[corner, 1] - middle) * size + aside * sinks[at]
            new[corner, 0] += (1, -1)[at] * shorter * sinks[at] + rng.normal(0, 0.5)
    matrix = cv2.getPerspectiveTransform(old, new)
    size_px = (after.shape[1], after.shape[0])
    moved = cv2.warpPerspective(base.after, matrix, size_px, borderMode=cv2.BORDER_REPLICATE)
    shape = np.zeros(after.shape[:2], float32)
    cv2.fillConvexPoly(shape, np.int32(np.round(new)), 1.0)
    shape = (shape + 0.2 * noise(shape.shape, 1.5, rng) * (shape > 0) > 0.6).astype(float32)
    shape = cv2.GaussianBlur(shape, (0, 0), 0.6)[..., None]
    shade = rng.uniform(0.6, 1.05)
    soot = 1 - rng.uniform(0, 0.7) * blot(base, rng, reach=0.8, at=(left + right) / 2)[..., None]
    return rounded(after * (1 - shape) + moved * shade * soot * shape)


def blot(base: Strips, rng: np.random.Generator, *, reach: float, at: float | None = None) -> Map:
    """Give a ragged blot on the deck, 0 to 1."""
    rows, columns = base.grid.shape
    wide = base.grid.width_px
    x = rng.uniform(base.grid.end_px, columns - base.grid.end_px) if at is None else at
    y = base.grid.side_px + wide * rng.uniform(0.1, 0.9)
    across = np.arange(columns)[None] - x
    down = np.arange(rows)[:, None] - y
    near = (across / (reach * wide * rng.uniform(0.8, 2))) ** 2 + (down / (reach * wide)) ** 2
    ragged = 0.5 * noise((rows, columns), wide * 0.15, rng)
    ragged = ragged + 0.25 * noise((rows, columns), wide * 0.03, rng)
    return np.asarray(np.clip(1.3 * np.exp(-near) * (1 + ragged) - 0.1, 0, 1), float32)
