"""Pictures whose colours were changed: what brightness the colours of one give in the other."""

import cv2
import numpy as np
from numpy import float32, float64, intp
from numpy.typing import NDArray

from forensics.reuse.warp import Mask, Plane

_Cells = NDArray[float64]

_LUMA_CELLS, _CHROMA_CELLS = 16, 12
_CHROMA_STEP = 11.0
"""Grey levels a cell: twelve reach 66 to either side of no colour; few are stronger."""

_PASSES = 3
"""Neighbouring cells are averaged, which bends steep curves; fitting what is left mends that."""

_PRIOR_PIXELS = 2.0
_MOST_PIXELS = 400
"""A cell of more pixels is no surer: neighbours with few must not be outvoted."""

_PIXEL_STEP = 2
_APART_SHARE = 0.7
"""Much of a picture may be grey, and stays grey."""

_CHROMA_BLUR_PX = 5.0
"""Chroma is kept coarsely; what differs over some way was changed."""


def chroma_apart(query: Plane, reference: Plane, known: Mask) -> float:
    """Measure how far the colours of two pictures lie apart in three tenths of the places.

    Parameters
    ----------
    query, reference : (H, W, 2) float32
        Cr and Cb, 128 is colourless.
    known : (H, W) bool
        Where the pictures are known to show the same.

    Returns
    -------
    float
        Grey levels of the channel that differs more; 0 when nothing is known.
    """
    if not known.any():
        return 0.0
    apart = np.abs(cv2.GaussianBlur(query - reference, (0, 0), _CHROMA_BLUR_PX))
    return float(np.quantile(apart.max(axis=2)[known], _APART_SHARE))


def recolouring(target: Plane, fitted: Plane, luma: Plane, chroma: Plane, known: Mask) -> Plane:
    """Say how much brighter another picture is at each colour than its tones alone say.

    Parameters
    ----------
    target : (H, W) float32
        Luma of the other picture.
    fitted : (H, W) float32
        Luma of this one, with the tones of the other.
    luma : (H, W) float32
        Luma of this one, 0 to 255.
    chroma : (H, W, 2) float32
        Its Cr and Cb, 128 is colourless.
    known : (H, W) bool
        Where both are known to show the same.

    Returns
    -------
    (H, W) float32
        To be added to `fitted`, in grey levels.

    Notes
    -----
    A bilateral grid (Chen, Paris and Durand 2007) of brightness and two colours holds the median
    of what is left in each cell; what lies between cells is interpolated. A colour that is seen in
    one place only is explained by itself: whoever compares must look the other way round, too.
    """
    place = _places(luma, chroma)
    at = np.flatnonzero(known.ravel())[::_PIXEL_STEP]
    near = np.ravel_multi_index(
        tuple(np.rint(each.ravel()[at]).astype(intp) for each in place), _SHAPE
    )
    added = np.zeros(luma.shape, float32)
    for _ in range(_PASSES):
        left = (target - fitted - added).ravel()[at]
        added += _between(_cells(near, left), place)
    return added


_SHAPE = (_LUMA_CELLS, _CHROMA_CELLS, _CHROMA_CELLS)


def _places(luma: Plane, chroma: Plane) -> tuple[Plane, Plane, Plane]:
    """Give where in the grid each pixel lies, in cells."""
    middle = (_CHROMA_CELLS - 1) / 2
    bright = np.clip(luma / 255 * (_LUMA_CELLS - 1), 0, _LUMA_CELLS - 1)
    red, blue = (
        np.clip((chroma[..., each] - 128) / _CHROMA_STEP + middle, 0, _CHROMA_CELLS - 1)
        for each in range(2)
    )
    return bright.astype(float32), red.astype(float32), blue.astype(float32)


def _cells(near: NDArray[intp], left: Plane) -> _Cells:
    """Give the median of each cell, averaged with its neighbours by their pixels."""
    order = np.lexsort((left, near))
    cells, first, counts = np.unique(near[order], return_index=True, return_counts=True)
    medians = left[order][first + counts // 2]
    weights, sums = np.zeros(_SHAPE), np.zeros(_SHAPE)
    weights.flat[cells] = np.minimum(counts, _MOST_PIXELS)
    sums.flat[cells] = medians * weights.flat[cells]
    return _spread(sums) / (_spread(weights) + _PRIOR_PIXELS)


def _spread(cells: _Cells) -> _Cells:
    """Average every cell with its neighbours, 1 2 1 along each axis."""
    for axis in range(cells.ndim):
        along = np.moveaxis(np.pad(cells, [(int(each == axis),) * 2 for each in range(3)]), axis, 0)
        cells = np.moveaxis(along[:-2] / 4 + along[1:-1] / 2 + along[2:] / 4, 0, axis)
    return cells


def _between(cells: _Cells, place: tuple[Plane, Plane, Plane]) -> Plane:
    """Interpolate between the eight cells around each pixel."""
    low = [
        np.minimum(each.astype(intp), size - 2) for each, size in zip(place, _SHAPE, strict=True)
    ]
    past = [each - start for each, start in zip(place, low, strict=True)]
    found = np.zeros(place[0].shape)
    for corner in np.ndindex(2, 2, 2):
        share = np.ones(place[0].shape)
        for is_next, along in zip(corner, past, strict=True):
            share = share * (along if is_next else 1 - along)
        index = tuple(start + step for start, step in zip(low, corner, strict=True))
        found += share * cells[index]
    return np.asarray(found, dtype=float32)
