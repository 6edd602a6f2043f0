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


def squared(layout: Layout) -> Layout | None:
    """Give the layout of a copy of the whole picture, when that is near.

    Hits join moments that are a fraction of a second apart, which in a pan is a shift.

    Parameters
    ----------
    layout : Layout
        A movement that hits agree on.

    Returns
    -------
    Layout or None
        The same hits with the identity, or with a plain mirror; None when that is far.
    """
    plain = np.diag([-1.0, 1.0, 1.0]) if layout.mirrored else np.eye(3)
    plain[0, 2] = float(layout.mirrored)
    if np.linalg.norm(_ends(plain) - _ends(layout.matrix), axis=1).max() > _SQUARE:
        return None
    return Layout(plain, layout.mirrored, layout.weight, layout.hits)


def refined(
    query: ClipTrace,
    reference: ClipTrace,
    layout: Layout,
    *,
    query_at: NDArray[np.intp],
    reference_at: NDArray[np.intp],
) -> Layout:
    """Fit a layout to frames that show the same moment.

    Parameters
    ----------
    query, reference : ClipTrace
        The clips.
    layout : Layout
        Where to start.
    query_at, reference_at : (N,) int
        Positions of frames that show the same moment.

    Returns
    -------
    Layout
        The affine movement at which the frames differ least, by Gauss's and Newton's method with
        Huber's weights; the given one when there is none that is better.
    """
    if not len(query_at):
        return layout
    kept = np.unique(np.linspace(0, len(query_at) - 1, _FITTED_FRAMES).astype(int))
    pairs = (
        ClipTrace(query.frames[query_at[kept]], query.times_s[query_at[kept]], query.duration_s),
        ClipTrace(
            reference.frames[reference_at[kept]],
            reference.times_s[reference_at[kept]],
            reference.duration_s,
        ),
    )
    matrix, least = layout.matrix, np.inf
    best = matrix
    for _ in range(_FITS):
        found = _descended(*pairs, matrix)
        if found is None:
            break
        missed, matrix_next = found
        if missed < least:
            least, best = missed, matrix
        matrix = matrix_next
        if not plausible(matrix, mirrored=layout.mirrored):
            break
    return Layout(best, layout.mirrored, layout.weight, layout.hits)


_SQUARE = 0.16
_FITTED_FRAMES = 24
_FITS = 6
_STEP = 1e-2
_HUBER = 0.6
_RIDGE = 1e-3


def _descended(
    query: ClipTrace, reference: ClipTrace, matrix: Matrix3
) -> tuple[float, Matrix3] | None:
    """Say by how much frames differ, and give the movement at which they should differ less."""
    laid = lay(query, reference, matrix)
    if laid is None:
        return None
    missed = _normal(laid.reference) - _normal(laid.query)
    slopes = []
    for row in range(2):
        for column in range(3):
            changed = matrix.copy()
            changed[row, column] += _STEP
            # On the same grid: only the reference moves.
            other = lay_on(query, reference, changed, like=matrix)
            slopes.append((_normal(other) - _normal(laid.reference)) / _STEP)
    slope = np.stack([each.ravel() for each in slopes], axis=1)
    away = missed.ravel()
    weight = 1 / np.maximum(1.0, np.abs(away) / _HUBER)
    square = slope.T @ (slope * weight[:, None])
    square += _RIDGE * np.trace(square) / len(square) * np.eye(len(square))
    step = -np.linalg.solve(square, slope.T @ (weight * away)) if square.any() else np.zeros(6)
    loss = float((weight * away**2).mean())
    moved_ = matrix.copy()
    moved_[:2] += step.reshape(2, 3)
    return loss, moved_


def _normal(frames: NDArray[float32]) -> NDArray[float64]:
    level = frames - frames.mean(axis=1, keepdims=True)
    return np.asarray(level / np.sqrt((level**2).mean(axis=1, keepdims=True) + 1.0), float64)


def lay_on(
    query: ClipTrace, reference: ClipTrace, matrix: Matrix3, *, like: Matrix3
) -> NDArray[float32]:
    """Lay the reference on the grid of another movement.

    Parameters
    ----------
    query, reference : ClipTrace
        The clips.
    matrix : (3, 3) float64
        The movement.
    like : (3, 3) float64
        The movement whose grid is used.

    Returns
    -------
    (N, C) float32
        Grey levels of the reference; at its border beyond it.
    """
    grid = _grid(query, reference, like)
    if grid is None:
        return np.zeros((len(reference), 0), float32)
    there = _moved(grid.here.reshape(-1, 2), matrix).reshape(grid.here.shape)
    return _sampled(reference, there, grid.inside, grid.reference_px)


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
    grid = _grid(query, reference, matrix)
    if grid is None:
        return None
    return Grids(
        _sampled(query, grid.here, grid.inside, grid.query_px),
        _sampled(reference, grid.there, grid.inside, grid.reference_px),
        np.argwhere(grid.inside),
        grid.inside.shape,
        grid.share,
    )


@dataclass(frozen=True, eq=False)
class _Grid:
    here: NDArray[float64]
    there: NDArray[float64]
    inside: NDArray[np.bool_]
    query_px: float
    reference_px: float
    share: float


def _grid(query: ClipTrace, reference: ClipTrace, matrix: Matrix3) -> _Grid | None:
    """Choose the cells on which two clips are compared."""
    if not len(query) or not len(reference) or min(query.frames.shape[1:]) < _MIN_SIDE:
        return None
    height, width = query.frames.shape[1:]
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
    inside = np.asarray(((there > 0) & (there < 1)).all(axis=2))
    if inside.sum() < _MIN_CELLS:
        return None
    cell_px = float((right - left) * width / columns)
    stretch = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    theirs = reference.frames.shape[1:]
    scale = stretch * float(np.sqrt(theirs[0] * theirs[1] / (height * width)))
    share = float(inside.mean() * (right - left) * (bottom - top))
    return _Grid(here, there, inside, cell_px, cell_px * scale, share)


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
