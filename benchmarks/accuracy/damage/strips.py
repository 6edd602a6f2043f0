"""Pairs of strips with known truth: what the model is fitted to, before it is measured."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from accuracy.damage.scenes import (
    degraded,
    drawn,
    later_pairs,
    load,
    null_pairs,
    pairs,
    true_map,
    truth_strip,
)
from accuracy.damage_truth.pair import Pixels, Truth
from numpy import float64
from numpy.typing import NDArray

from forensics.damage.strip import Grid, Mask, unroll

_SHIFT_PX, _WOBBLE_PX = 0.5, 0.6
"""Registration is off by so much: of the whole strip, and more at its ends (sigma)."""

_EVERY_NULL, _EVERY_LATER = 2, 3
"""Of the further pairs of a bridge, every so many are used: they share their pictures."""

UNSURE = 254
"""Truth of what is half hidden by a veil: it is neither asked for nor held against an answer."""


@dataclass(frozen=True, eq=False)
class Strips:
    """Two strips of a deck, margins included, and what happened between them."""

    name: str
    sources: tuple[str, ...]
    """Bridges that anything in it is from: all of them must be left out together."""

    state: str
    before: Pixels
    after: Pixels
    seen: Mask
    grid: Grid
    truth: Pixels
    real: bool = True
    gap: float = 0.0

    @property
    def sound(self) -> Mask:
        """Where the deck is seen and nothing happened to it."""
        return np.asarray((self.truth == Truth.NOTHING) & self.seen)


def planned(bridge: int) -> Iterator[Strips]:
    """Lay every pair of a bridge exactly: as planned, nulls, and damaged again after scorch."""
    some = (bridge,)
    further = null_pairs(some)[::_EVERY_NULL] + later_pairs(some)[::_EVERY_LATER]
    for files in pairs(some) + further:
        pair = load(files)
        if pair.state == "holed" and pair.name.count(" "):
            continue  # Whether soot or a hole is new cannot be told where both were there before.
        strip = drawn(pair)
        before, one = unroll(pair.before, strip.matrix, strip.grid)
        after, other = unroll(pair.after, true_map(pair) @ strip.matrix, strip.grid)
        truth = truth_strip(pair, strip)
        yield Strips(
            pair.name,
            (str(bridge),),
            pair.state,
            before,
            after,
            one & other,
            strip.grid,
            truth,
            gap=pair.gap,
        )


def made_worse(strips: Strips, rng: np.random.Generator) -> Strips:
    """Degrade both, lay the later one off by part of a pixel, and turn them round by chance."""
    pictures = strips.before, laid_off(strips, rng)
    before, after = (degraded(each, int(rng.integers(1 << 30))) for each in pictures)
    parts = [before, after, strips.seen, strips.truth]
    for axis in (0, 1):
        if rng.integers(2):
            parts = [np.ascontiguousarray(np.flip(each, axis)) for each in parts]
    return replace(strips, before=parts[0], after=parts[1], seen=parts[2], truth=parts[3])


def laid_off(strips: Strips, rng: np.random.Generator) -> Pixels:
    """Lay the later strip as registration does: off by part of a pixel, more so at its ends."""
    rows, columns = strips.grid.shape
    off: NDArray[float64] = np.eye(3)
    off[:2, 2] = rng.normal(0, _SHIFT_PX, 2)
    off[0, :2] += rng.normal(0, _WOBBLE_PX, 2) / (columns / 2, rows / 2)
    off[1, :2] += rng.normal(0, _WOBBLE_PX, 2) / (columns / 2, rows / 2)
    middle = np.array([[1.0, 0, columns / 2], [0, 1, rows / 2], [0, 0, 1]])
    off = middle @ off @ np.linalg.inv(middle)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpPerspective(
        strips.after, off, (columns, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(laid, dtype=np.uint8)
