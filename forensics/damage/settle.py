"""Settle a rough place of the deck: its edges first, as lines, then along them by what crosses it.

A rough place is wrong by a good part of the deck's width, and by more at its ends. Patches that
are each searched for by themselves then take one line along the deck for another. Here nothing is
decided for any part of the deck alone: what each part says of every movement is added up for
movements of the whole deck, and the best sums are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product

import cv2
import numpy as np
from numpy import float32, float64, uint8
from numpy.typing import NDArray

from forensics.damage.strip import Grid, unroll
from forensics.damage.unrolled import (
    ALONG_PARTS,
    Unrolled,
    detail_along,
    steps_across,
    work_scale,
)
from forensics.vision.alignment import Matrix3

_ACROSS, _ALONG = 0.8, 1.5
"""How far the edges, and joints along them, are looked for, in deck widths."""

_EDGE_PARTS = 12
"""Parts of the deck's length whose profiles across are compared."""

_LINES, _PAIRS = 7, 6
"""So many places of either edge, and of both together, are followed up."""

_APART = 0.1
"""Places of an edge nearer to each other than this, in deck widths, are one."""

_NARROWEST, _WIDEST = 0.6, 1.6
"""Of the deck at its ends, against where it was put roughly."""

_BESIDE = 0.15
"""What is unrolled beside the deck to look along it, in widths: piers and water are elsewhere."""

_SHEARS, _BENDS = np.linspace(-0.3, 0.3, 7), np.linspace(-0.5, 0.5, 5)
"""How far the two sides shift against each other, and the middle against the ends, in widths."""

_STRETCH = 0.25
_LEVEL_FLOOR = 2.0


@dataclass(frozen=True, eq=False)
class Settled:
    """A place of the deck in the after picture.

    Parameters
    ----------
    likeness : float
        Correlation of what varies along the deck, -1 to 1.
    matrix : (3, 3) float64
        Maps strip -> after picture.
    """

    likeness: float
    matrix: Matrix3


@dataclass(frozen=True)
class _Movement:
    """Along the deck, strip pixels: of its ends, one side against the other, of its middle."""

    likeness: float
    left: float
    right: float
    shear: float
    bend: float


def settle(before: Unrolled, after: NDArray[uint8], matrix: Matrix3) -> list[Settled]:
    """Find where the deck lies near a rough place.

    Parameters
    ----------
    before : Unrolled
        The before picture.
    after : (H, W) uint8
        The other, grey.
    matrix : (3, 3) float64
        Maps strip -> after, roughly: off by up to about a width.

    Returns
    -------
    list of Settled
        The likeliest first; places to start from, not answers.

    Notes
    -----
    Edges are matched by saturated gradients, so that a parapet in the sun and in the shade are one
    edge. With both edges known, where they meet says how the deck recedes, and what remains is a
    movement along it, which joints, marks and stains tell.
    """
    grid = before.strip.grid
    found = []
    for offsets in _edges(before.edges, after, grid, matrix):
        there = matrix @ _on_edges(grid, offsets)
        found += [
            Settled(each.likeness, there @ _along(grid, each))
            for each in _movements(before.detail, after, grid, there)
        ]
    return sorted(found, key=lambda each: -each.likeness)


def likeness(before: Unrolled, after: NDArray[uint8], matrix: Matrix3) -> float:
    """Tell how alike two pictures are in what varies along the deck, where it is put.

    Parameters
    ----------
    before : Unrolled
        The before picture.
    after : (H, W) uint8
        The other, grey.
    matrix : (3, 3) float64
        Maps strip -> after.

    Returns
    -------
    float
        Correlation, -1 to 1: of the deck and a little beside it, its edges and lanes taken off.
    """
    grid = before.strip.grid
    other, seen = unroll(after, matrix, grid)
    rows, both = _deck_rows(grid), before.seen & seen
    one, two = (detail_along(each, both, grid)[rows] for each in (before.pixels, other))
    power = float(np.sqrt((one**2).sum(dtype=float64) * (two**2).sum(dtype=float64)))
    return float((one * two).sum(dtype=float64)) / (power + _LEVEL_FLOOR)


def _deck_rows(grid: Grid) -> slice:
    """Give the rows of a shrunk strip that show the deck and a little beside it."""
    scale = work_scale(grid)
    beside = _BESIDE * grid.width_px
    end = grid.side_px + grid.width_px + beside
    return slice(int((grid.side_px - beside) * scale), int(np.ceil(end * scale)))


def _edges(
    edges: NDArray[float32], after: NDArray[uint8], grid: Grid, matrix: Matrix3
) -> list[tuple[float, ...]]:
    """Give how far both edges are off at both ends: upper left and right, lower left and right."""
    wide = grid.width_px
    reach, half = round(_ACROSS * wide), grid.shape[0] // 2
    larger = Grid(grid.length_px, wide, grid.end_px, grid.side_px + reach)
    other, seen = unroll(after, matrix @ _shifted(0, -reach), larger)
    one, two = edges, steps_across(other, seen, wide)
    upper, lower = [], []
    for part in _parts(grid.shape[1], _EDGE_PARTS):
        here, there = one[:, part].mean(axis=1), two[:, part].mean(axis=1)
        upper.append(np.correlate(there, here[:half], "valid")[: 2 * reach + 1])
        lower.append(np.correlate(there, here[half:], "valid")[half : half + 2 * reach + 1])
    apart = max(1, round(_APART * wide))
    places = [_best_lines(_stacked(each, 0.0), _LINES, apart) for each in (upper, lower)]
    pairs = []
    for (left, right, score), (low_left, low_right, other_score) in product(*places):
        widths = wide + low_left - left, wide + low_right - right
        if min(widths) >= _NARROWEST * wide and max(widths) <= _WIDEST * wide:
            pairs.append((score + other_score, (left, right, low_left, low_right)))
    pairs.sort(key=lambda each: -each[0])
    return [offsets for _, offsets in pairs[:_PAIRS]]


def _on_edges(grid: Grid, offsets: tuple[float, ...]) -> Matrix3:
    """Give the map of the strip that moves both edges, and nothing along them at the ends."""
    columns = grid.shape[1]
    top, bottom = grid.side_px - 0.5, grid.side_px - 0.5 + grid.width_px
    box = np.array([[0.0, top], [columns, top], [0, bottom], [columns, bottom]])
    moved = box + np.c_[np.zeros(len(box)), offsets]
    return np.asarray(cv2.getPerspectiveTransform(box.astype(float32), moved.astype(float32)))


def _movements(
    detail: NDArray[float32], after: NDArray[uint8], grid: Grid, matrix: Matrix3
) -> list[_Movement]:
    """Give the two likeliest movements along the deck, given the detail of the before picture."""
    wide, scale = grid.width_px, work_scale(grid)
    margin = round(_ALONG * wide)
    larger = Grid(grid.length_px, wide, grid.end_px + margin, grid.side_px)
    other, seen = unroll(after, matrix @ _shifted(-margin, 0), larger)
    rows = _deck_rows(grid)
    one, two = detail[rows], detail_along(other, seen, larger)[rows]
    reach, half = (two.shape[1] - one.shape[1]) // 2, len(one) // 2
    sides = [_curves(one[rows], two[rows], reach) for rows in (slice(half), slice(half, None))]
    power = float((one**2).sum() * (two**2).sum()) * one.shape[1] / two.shape[1]
    norm = np.sqrt(power) + _LEVEL_FLOOR
    steps = np.arange(-reach, reach + 1)
    too_far = np.abs(steps[:, None] - steps) > _STRETCH * one.shape[1]
    found: list[_Movement] = []
    for shear in np.unique(np.rint(_SHEARS * wide * scale).astype(int)):
        both = np.zeros_like(sides[0])
        inner = slice(abs(shear), both.shape[1] - abs(shear))
        for side, way in zip(sides, (shear, -shear), strict=True):
            both[:, inner] += side[:, inner.start + way : inner.stop + way]
        for bend in _BENDS * wide * scale:
            scores = np.where(too_far, -np.inf, _stacked(both, round(float(bend), 3)))
            for left, right, score in _best_lines(scores, 2, max(1, round(wide * scale))):
                places = (float(each) / scale for each in (left, right, shear, bend))
                found.append(_Movement(score / norm, *places))
    found.sort(key=lambda each: -each.likeness)
    best = found[0]
    others = [each for each in found if _differ(best, each) > wide / 2]
    return [best, *others[:1]]


def _differ(one: _Movement, other: _Movement) -> float:
    return max(abs(one.left - other.left), abs(one.right - other.right))


def _curves(one: NDArray[float32], two: NDArray[float32], reach: int) -> NDArray[float32]:
    """Give what each part of the length says of every shift along: (parts, 2 * reach + 1)."""
    curves = [
        cv2.matchTemplate(
            np.ascontiguousarray(two[:, part.start : part.stop + 2 * reach]),
            np.ascontiguousarray(one[:, part]),
            cv2.TM_CCORR,
        )[0]
        for part in _parts(one.shape[1], ALONG_PARTS)
    ]
    return np.array([each[: 2 * reach + 1] for each in curves], dtype=float32)


def _along(grid: Grid, movement: _Movement) -> Matrix3:
    """Give the map of the strip for a movement: projective along it, and a shear."""
    columns, wide = grid.shape[1], grid.width_px
    middle = grid.side_px - 0.5 + wide / 2
    left, right = movement.left, columns + movement.right
    centre = (left + right) / 2 + movement.bend
    recede = 4 * movement.bend / (right - left)
    slope = 2 * (centre - left * (1 - recede / 2))
    to_unit = np.array([[1 / columns, 0, -0.5], [0, 1, -middle], [0, 0, 1]])
    stretch = np.array([[slope, 0, centre], [0, 1, 0], [recede, 0, 1]])
    # The halves that were compared have their middles a quarter of the height off the middle.
    tilt = -movement.shear / (wide * (1 + 2 * _BESIDE) / 4)
    back = np.array([[1, tilt, 0], [0, 1, middle], [0, 0, 1]])
    return np.asarray(back @ stretch @ to_unit)


def _parts(length: int, count: int) -> list[slice]:
    ends = np.linspace(0, length, count + 1).astype(int).tolist()
    return [slice(start, end) for start, end in pairwise(ends)]


def _shifted(right: float, down: float) -> Matrix3:
    return np.array([[1.0, 0, right], [0, 1, down], [0, 0, 1]])


def _stacked(
    curves: Sequence[NDArray[float32]] | NDArray[float32], bend: float
) -> NDArray[float32]:
    """Add up what the parts say for every movement of the left and of the right end."""
    table = np.asarray(curves, dtype=float32)
    return np.asarray(table.ravel()[_places(*table.shape, bend)].sum(axis=0), dtype=float32)


@lru_cache(maxsize=16)
def _places(parts: int, shifts: int, bend: float) -> NDArray[np.intp]:
    """Give where in the curves each movement reads: (parts, left end, right end)."""
    reach = shifts // 2
    along = ((np.arange(parts) + 0.5) / parts)[:, None, None]
    end = np.arange(-reach, reach + 1)
    shift = end[:, None] * (1 - along) + end * along + bend * 4 * along * (1 - along)
    column = np.clip(np.rint(shift + reach), 0, shifts - 1).astype(np.intp)
    return np.asarray(column + np.arange(parts)[:, None, None] * shifts)


def _best_lines(
    scores: NDArray[float32], count: int, apart: int
) -> list[tuple[float, float, float]]:
    """Give the best movements of both ends with their scores, each apart from the better ones."""
    left, reach = scores.copy(), len(scores) // 2
    found = []
    for _ in range(count):
        row, column = divmod(int(left.argmax()), left.shape[1])
        if not np.isfinite(left[row, column]):
            break
        found.append((float(row - reach), float(column - reach), float(left[row, column])))
        rows = slice(max(0, row - apart), row + apart + 1)
        left[rows, max(0, column - apart) : column + apart + 1] = -np.inf
    return found
