"""What is laid on a clip that shows a part of another, or is shown in a part of its picture."""

from collections.abc import Sequence

import numpy as np
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.model.match import Edit, Region, Segment
from forensics.reuse.clip_hits import Matrix3, unit_to_pixels
from forensics.reuse.clip_pictures import (
    BEST,
    MIN_PICTURES,
    SIMULTANEOUS_S,
    boxes_laid_on,
    paired_pictures,
)
from forensics.reuse.compare import compare_blocks
from forensics.reuse.views import Probe
from forensics.reuse.warp import common_region, overlay
from forensics.vision.views import CLIP_COMPARE_SIDE_PX

MAX_PICTURES = 12
"""Pictures that are compared, spread evenly."""

_UPRIGHT = 0.9
"""Share of the common part that an upright box must cover; else the one is turned."""

_COVERED = 0.98
_MARGIN = 0.01

Box = NDArray[float64]


def find_overlays_on_part(
    query: Probe, reference: Probe, segments: Sequence[Segment], matrix: Matrix3
) -> tuple[Edit, ...]:
    """Say what is laid on the part of the picture that two clips have in common.

    Parameters
    ----------
    query, reference : Probe
        The two clips.
    segments : sequence of Segment
        Common stretches.
    matrix : (3, 3) float64
        Maps query -> reference, (x, y), in shares of width and height; refined on each picture.

    Returns
    -------
    tuple of Edit
        ``overlay`` with its region for what differs at most moments.

    Notes
    -----
    Each known picture is laid over the one of the same moment before blocks are compared. Nothing
    is said where fewer than three pictures show the same moment, or where the one is turned.
    """
    if query.views is None or reference.views is None:
        return ()
    pairs = [
        (here, there)
        for apart_s, here, there in paired_pictures(query, reference, segments)
        if apart_s <= SIMULTANEOUS_S
    ]
    if len(pairs) < MIN_PICTURES:
        return ()
    kept = np.unique(np.linspace(0, len(pairs) - 1, MAX_PICTURES).astype(int)).tolist()
    sizes = [(each.shape[2], each.shape[1]) for each in (query.views.grey, reference.views.grey)]
    pixels = unit_to_pixels(matrix, query_px=sizes[0], reference_px=sizes[1])
    box = _common_box(sizes, pixels)
    if box is None:
        return ()
    found = []
    for here, there in (pairs[at] for at in kept):
        blocks = _compared(query.views.grey[here], reference.views.grey[there], pixels, box)
        if blocks is not None:
            found.append(blocks)
    return tuple(
        Edit("overlay", _in_query(each, box, query.size_px)) for each in boxes_laid_on(found)
    )


def _common_box(sizes: Sequence[tuple[int, int]], pixels: Matrix3) -> Box | None:
    """Give left, top, right and bottom of what is common, in shares of the query's picture."""
    region = common_region(sizes[0][::-1], sizes[1][::-1], pixels)
    if region is None:
        return None
    shares = (region + 0.5) / np.array(sizes[0], dtype=float64)
    low, high = shares.min(axis=0), shares.max(axis=0)
    x, y = shares.T
    area = abs(float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())) / 2
    if area < _UPRIGHT * float(np.prod(high - low)):
        return None
    return np.asarray(np.clip(np.r_[low + _MARGIN, high - _MARGIN], 0.0, 1.0), float64)


def _compared(
    query: NDArray[uint8], reference: NDArray[uint8], pixels: Matrix3, box: Box
) -> NDArray[np.float32] | None:
    over = overlay(query, reference, pixels, side_px=CLIP_COMPARE_SIDE_PX)
    if over is None:
        return None
    height, width = over.query.shape
    left, top, right, bottom = np.rint(box * [width, height, width, height]).astype(int).tolist()
    inner = np.s_[top:bottom, left:right]
    if not over.inside[inner].size or float(over.inside[inner].mean()) < _COVERED:
        return None
    mine, theirs = (
        np.clip(np.rint(each[inner]), 0, np.iinfo(uint8).max).astype(uint8)
        for each in (over.query, over.reference)
    )
    found = compare_blocks(mine, theirs, best=BEST)
    return None if isinstance(found, str) else found.residuals


def _in_query(part: Box, box: Box, size_px: tuple[int, int]) -> Region:
    """Give a box (x, y, width, height), in shares of the common part, in query pixels."""
    start, span = box[:2], box[2:] - box[:2]
    low, high = start + part[:2] * span, start + (part[:2] + part[2:]) * span
    corners = ((low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1]))
    width, height = size_px
    return tuple(
        (round(float(x * width - 0.5), 2), round(float(y * height - 0.5), 2)) for x, y in corners
    )
