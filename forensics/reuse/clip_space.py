"""How the picture of one clip lies in that of another, the same throughout a stretch."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy import float32, float64
from numpy.typing import NDArray

from forensics.reuse.clip_hits import Hit, Matrix3, plausible
from forensics.reuse.clip_trace import ClipTrace

MAX_LAYOUTS = 5
GRID_SIDE = 36
"""Cells of the longer side of the grid on which frames are compared."""

NEAR = 0.06
"""Two movements are one when the corners of the common part end up this near, in shares."""

_SCALED = 0.05  # and so much further for what is magnified
_CORNERS = np.array([[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]])
_MAX_VOTERS = 600
_MIN_CELLS = 60
_MIN_SIDE = 3


@dataclass(frozen=True, eq=False)
class Layout:
    """A movement that hits agree on.

    Parameters
    ----------
    matrix : (3, 3) float64
        Maps query -> reference, in shares of width and height.
    mirrored : bool
        Whether it mirrors.
    weight : float
        Of the hits that agree.
    hits : tuple of Hit
        Those hits.
    """

    matrix: Matrix3
    mirrored: bool
    weight: float
    hits: tuple[Hit, ...]


@dataclass(frozen=True, eq=False)
class Grids:
    """Frames of two clips on one grid over what both show.

    Parameters
    ----------
    query, reference : (N, C) float32
        Grey levels in the C cells that lie in both pictures.
    cells : (C, 2) int
        Row and column of each.
    shape : (int, int)
        Rows and columns of the whole grid.
    share : float
        Share of the query's picture that is common.
    """

    query: NDArray[float32]
    reference: NDArray[float32]
    cells: NDArray[np.intp]
    shape: tuple[int, int]
    share: float


def find_layouts(hits: Sequence[Hit]) -> list[Layout]:
    """Find the movements that most hits agree on.

    What was copied lies in the same way throughout: hits of one moment agree, those of different
    moments of a moving camera scatter.

    Parameters
    ----------
    hits : sequence of Hit
        Of one query and one reference.

    Returns
    -------
    list of Layout
        The heaviest first, at most five.
    """
    usable = [hit for hit in hits if np.isfinite(hit.matrix).all() and hit.weight > 0]
    usable = [hit for hit in usable if plausible(hit.matrix, mirrored=hit.mirrored)]
    usable.sort(key=lambda hit: (-hit.weight, hit.query_s, hit.reference_s))
    usable = usable[:_MAX_VOTERS]
    layouts: list[Layout] = []
    if not usable:
        return layouts
    ends = np.stack([_ends(hit.matrix) for hit in usable])
    allowed = NEAR + _SCALED * np.linalg.norm(ends[:, 0] - ends[:, 2], axis=1)
    apart = np.linalg.norm(ends[:, None] - ends[None], axis=3).max(axis=2)
    handed = np.array([hit.mirrored for hit in usable])
    agree = (apart <= allowed[:, None]) & (handed[:, None] == handed)
    # A moment of the query votes once: a still camera would drown what moves.
    left = np.array([hit.weight for hit in usable])
    while len(layouts) < MAX_LAYOUTS and left.max() > 0:
        sums = agree @ left
        sums[left == 0] = 0
        best = int(sums.argmax())
        members = np.flatnonzero(agree[best] & (left > 0))
        chosen = tuple(usable[at] for at in members)
        centre = _median(chosen)
        if plausible(centre, mirrored=bool(handed[best])):
            layouts.append(Layout(centre, bool(handed[best]), float(sums[best]), chosen))
        left[members] = 0
    return layouts


def lay(query: ClipTrace, reference: ClipTrace, matrix: Matrix3) -> Grids | None:
    """Lay the frames of two clips over each other.

    Parameters
    ----------
    query, reference : ClipTrace
        The clips.
    matrix : (3, 3) float64
        Maps query -> reference, in shares of width and height.

    Returns
    -------
    Grids or None
        None when too little is common.
    """
    if not len(query) or not len(reference) or min(query.frames.shape[1:]) < _MIN_SIDE:
        return None
    height, width = query.frames.shape[1:]
    longest = max(height, width)
    inner = _inner(matrix, (height, width))
    if inner is None:
        return None
    (left, top), (right, bottom) = inner
    # As many cells as the query has pixels there, within the bound.
    sides = np.array([(bottom - top) * height, (right - left) * width])
    rows, columns = np.maximum(
        _MIN_SIDE, np.rint(sides * min(1.0, GRID_SIDE / sides.max())).astype(int)
    )
    y, x = np.meshgrid(
        top + (np.arange(rows) + 0.5) / rows * (bottom - top),
        left + (np.arange(columns) + 0.5) / columns * (right - left),
        indexing="ij",
    )
    here = np.stack([x, y], axis=2)
    there = _moved(here.reshape(-1, 2), matrix).reshape(here.shape)
    inside = ((there > 0) & (there < 1)).all(axis=2)
    if inside.sum() < _MIN_CELLS:
        return None
    cell = longest and (right - left) * width / columns
    stretch = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    theirs = reference.frames.shape[1:]
    scale = stretch * float(np.sqrt(theirs[0] * theirs[1] / (height * width)))
    return Grids(
        _sampled(query, here, inside, cell),
        _sampled(reference, there, inside, cell * scale),
        np.argwhere(inside),
        (int(rows), int(columns)),
        float(inside.mean() * (right - left) * (bottom - top)),
    )


def _sampled(
    trace: ClipTrace, where: NDArray[float64], inside: NDArray[np.bool_], cell_px: float
) -> NDArray[float32]:
    height, width = trace.frames.shape[1:]
    x = (where[..., 0] * width - 0.5).astype(float32)
    y = (where[..., 1] * height - 0.5).astype(float32)
    sigma = 0.5 * cell_px
    found = np.empty((len(trace), int(inside.sum())), dtype=float32)
    for number, frame in enumerate(trace.frames):
        soft = frame.astype(float32)
        if sigma > _SHARP_PX:
            soft = np.asarray(cv2.GaussianBlur(soft, (0, 0), sigma))
        laid = cv2.remap(soft, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        found[number] = laid[inside]
    return found


_SHARP_PX = 0.4


def _inner(
    matrix: Matrix3, shape: tuple[int, int]
) -> tuple[NDArray[float64], NDArray[float64]] | None:
    """Give the box of the query's picture that the reference covers, in shares."""
    fine = (np.arange(_FINE) + 0.5) / _FINE
    y, x = np.meshgrid(fine, fine, indexing="ij")
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    ends = _moved(points, matrix)
    inside = ((ends > 0) & (ends < 1)).all(axis=1)
    if not inside.any():
        return None
    half = 0.5 / _FINE
    low, high = points[inside].min(axis=0) - half, points[inside].max(axis=0) + half
    if ((high - low) * np.array(shape[::-1]) < _MIN_SIDE).any():
        return None
    return low, high


_FINE = 48


def _ends(matrix: Matrix3) -> NDArray[float64]:
    return _moved(_CORNERS, matrix)


def _moved(points: NDArray[float64], matrix: Matrix3) -> NDArray[float64]:
    lifted = np.c_[points, np.ones(len(points))] @ matrix.T
    depth = np.where(np.abs(lifted[:, 2:]) < _HORIZON, _HORIZON, lifted[:, 2:])
    return np.asarray(lifted[:, :2] / depth)


_HORIZON = 1e-9


def _median(hits: Sequence[Hit]) -> Matrix3:
    """Give the affine movement through the weighted middle of where hits take the corners."""
    ends = np.stack([_ends(hit.matrix) for hit in hits])
    weights = np.array([hit.weight for hit in hits])
    middle = np.empty((4, 2))
    for corner in range(4):
        for axis in range(2):
            values = ends[:, corner, axis]
            order = np.argsort(values, kind="stable")
            sums = np.cumsum(weights[order])
            middle[corner, axis] = values[order][int(np.searchsorted(sums, sums[-1] / 2))]
    solved, *_ = np.linalg.lstsq(np.c_[_CORNERS, np.ones(4)], middle, rcond=None)
    return np.vstack([solved.T, [0.0, 0.0, 1.0]])
