"""Something large that lies on a clip, such as an inset: which cells it hides."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy import float64
from numpy.typing import NDArray

from forensics.reuse.clip_change import PLAIN_POWER
from forensics.reuse.clip_hits import Hit
from forensics.reuse.clip_space import Grids
from forensics.reuse.clip_trace import ClipTrace

HIDDEN = 0.2
"""Share of the contrast: what lies on a picture differs by more, throughout."""

_LARGE = 4  # cells a side
_MOST = 0.75  # of the picture: what differs on more of it does not lie on it
_LEAST = 0.08
_MAX_HITS = 40


def laid_on(differs: NDArray[np.bool_], grids: Grids) -> NDArray[np.bool_]:
    """Give the cells under something large that lies on the one picture, and those beside it.

    What two walks over one place differ in are lines, along all edges.

    Parameters
    ----------
    differs : (C,) bool
        Cells that differ throughout.
    grids : Grids
        The grid.

    Returns
    -------
    (C,) bool
        None of them when most of the picture differs.
    """
    laid = np.zeros(grids.shape, dtype=np.uint8)
    laid[tuple(grids.cells.T)] = differs
    large = cv2.morphologyEx(laid, cv2.MORPH_OPEN, np.ones((_LARGE, _LARGE), np.uint8))
    around = cv2.dilate(large, np.ones((3, 3), np.uint8))
    under = np.asarray(around[tuple(grids.cells.T)] > 0)
    return under if under.mean() < _MOST else np.zeros_like(under)


def without_hidden(
    grids: Grids, query: ClipTrace, reference: ClipTrace, hits: Sequence[Hit]
) -> Grids | None:
    """Leave out the cells that something large hides at the moments which look alike.

    Parameters
    ----------
    grids : Grids
        Frames of both on one grid.
    query, reference : ClipTrace
        The clips.
    hits : sequence of Hit
        Moments that look alike, by the movement of the grid.

    Returns
    -------
    Grids or None
        With fewer cells; None when nothing large is hidden.
    """
    chosen = hits[:_MAX_HITS]
    here = [int(np.abs(query.times_s - hit.query_s).argmin()) for hit in chosen]
    there = [int(np.abs(reference.times_s - hit.reference_s).argmin()) for hit in chosen]
    if not chosen:
        return None
    mine, theirs = (_from_middle(each) for each in (grids.query[here], grids.reference[there]))
    error = np.median((mine - theirs) ** 2, axis=0)
    # The variance, from the median of squares: what is hidden shall not count.
    contrast = _NORMAL * float(np.median(theirs**2, axis=1).mean())
    under = laid_on(error > HIDDEN * contrast + PLAIN_POWER, grids)
    if float(under.mean()) < _LEAST:
        return None
    return replace(
        grids,
        query=np.ascontiguousarray(grids.query[:, ~under]),
        reference=np.ascontiguousarray(grids.reference[:, ~under]),
        cells=grids.cells[~under],
    )


_NORMAL = 2.2  # of a normal distribution the variance is 2.198 times the median of squares


def _from_middle(frames: NDArray[np.float32]) -> NDArray[float64]:
    return np.asarray(frames - np.median(frames, axis=1, keepdims=True), float64)
