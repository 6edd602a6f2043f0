"""What pictures of two clips at the same moments say: small things laid on, and other colours."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.calibration import load
from forensics.model.match import Edit, Region, Segment
from forensics.reuse.clip_hits import Matrix3, unit_matrix
from forensics.reuse.compare import compare_blocks
from forensics.reuse.hashes import ORIENTATIONS, orient
from forensics.reuse.pair import NearPair, colours_differ, orientation_matrix
from forensics.reuse.views import Probe, moment_of
from forensics.vision.alignment import moved

SIMULTANEOUS_S = 0.06
"""Pictures of two clips that are no further apart show the same moment."""

MIN_PICTURES = 3
"""What is laid on must be seen at so many moments."""

BEST = 0.6
"""Share of the pixels that set brightness and contrast: what is laid on takes less."""

_MOST = 0.4  # of the picture: what differs on more of it was done to all of it
_UNIT = (1, 1)
_CORNERS = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
_WHOLE = 0.02
"""Corners of the picture may lie so far apart, as a share of its sides, and it is still whole."""


def simultaneous(
    query: Probe, reference: Probe, segments: Sequence[Segment], matrix: Matrix3
) -> list[NearPair]:
    """Pair the pictures of two clips that show the same moment.

    Parameters
    ----------
    query, reference : Probe
        The two clips.
    segments : sequence of Segment
        Common stretches.
    matrix : (3, 3) float64
        Maps query -> reference, (x, y), in shares of width and height.

    Returns
    -------
    list of NearPair
        Empty unless the one picture is the whole of the other, turned or mirrored.
    """
    orientation = _orientation(matrix)
    if orientation is None:
        return []
    return [
        NearPair(here, there, 0, orientation)
        for apart_s, here, there in paired_pictures(query, reference, segments)
        if apart_s <= SIMULTANEOUS_S
    ]


def paired_pictures(
    query: Probe, reference: Probe, segments: Sequence[Segment]
) -> list[tuple[float, int, int]]:
    """Pair each picture of a clip with the one that is nearest to the moment it shows.

    Parameters
    ----------
    query, reference : Probe
        The two items.
    segments : sequence of Segment
        Common stretches.

    Returns
    -------
    list of (float, int, int)
        How far apart they are, in seconds of the reference, and the positions of both.
    """
    there = np.array([frame.moment_s or 0.0 for frame in reference.hashes.frames])
    pairs = []
    for position in range(len(query.hashes.frames)):
        wanted = _shown_at(moment_of(query, position), segments)
        if wanted is not None and len(there):
            nearest = int(np.abs(there - wanted).argmin())
            pairs.append((float(abs(there[nearest] - wanted)), position, nearest))
    return pairs


def find_picture_edits(
    query: Probe, reference: Probe, pairs: Sequence[NearPair]
) -> tuple[Edit, ...]:
    """Say what was done to the pictures of a clip that is a copy.

    Parameters
    ----------
    query, reference : Probe
        The two clips.
    pairs : sequence of NearPair
        Pictures of the same moments.

    Returns
    -------
    tuple of Edit
        ``colour``, and ``overlay`` with its region for what differs at most moments.
    """
    edits = []
    # The most colourful moment tells; a grey copy of a grey wall looks like nothing was done.
    if any(colours_differ(query, reference, pair) for pair in pairs):
        edits.append(Edit("colour", None))
    return (*edits, *(Edit("overlay", region) for region in _overlays(query, reference, pairs)))


def _orientation(matrix: Matrix3) -> int | None:
    for row in range(len(ORIENTATIONS)):
        turned, _ = orientation_matrix(_UNIT, _UNIT, row)
        whole = unit_matrix(turned, query_px=_UNIT, reference_px=_UNIT)
        corners = _CORNERS + 0.5
        if np.abs(moved(corners, whole) - moved(corners, matrix)).max() <= _WHOLE:
            return row
    return None


def _shown_at(moment_s: float, segments: Sequence[Segment]) -> float | None:
    """Give the moment of the reference that a moment of the query shows."""
    for each in segments:
        start, end = each.query
        if start <= moment_s <= end and end > start:
            share = (moment_s - start) / (end - start)
            share = 1 - share if each.reversed else share
            return each.reference[0] + share * (each.reference[1] - each.reference[0])
    return None


def boxes_laid_on(residuals: Sequence[NDArray[np.float32]]) -> list[NDArray[float64]]:
    """Find what differs at most moments by more than compression explains.

    Parameters
    ----------
    residuals : sequence of (h, w) float32
        Mean differences of the blocks of two pictures of one moment each.

    Returns
    -------
    list of (4,) float64
        x, y, width and height in shares of the picture; none when fewer than three pictures were
        compared, or most of the picture differs.
    """
    if len(residuals) < MIN_PICTURES:
        return []
    limits = load("reuse.clips")
    least, granted = limits.value("min_overlay_residual"), limits.value("overlay_typical_share")
    over = [each - np.float32(least + granted * float(np.median(each))) for each in residuals]
    differs: NDArray[uint8] = (np.median(np.stack(over), axis=0) > 0).astype(uint8)
    if differs.mean() > _MOST:
        return []
    count, _, boxes, _ = cv2.connectedComponentsWithStats(differs, connectivity=8)
    blocks = np.tile(differs.shape[::-1], 2)
    return [np.asarray(boxes[label, :4] / blocks, float64) for label in range(1, count)]


def _overlays(query: Probe, reference: Probe, pairs: Sequence[NearPair]) -> list[Region]:
    if query.views is None or reference.views is None or len(pairs) < MIN_PICTURES:
        return []
    found: list[NDArray[np.float32]] = []
    for pair in pairs:
        mine = orient(query.views.grey[pair.query_frame], ORIENTATIONS[pair.orientation])
        blocks = compare_blocks(mine, reference.views.grey[pair.reference_frame], best=BEST)
        if not isinstance(blocks, str):
            found.append(blocks.residuals)
    matrix, _ = orientation_matrix(_UNIT, _UNIT, pairs[0].orientation)
    return [_in_query(each, matrix, query) for each in boxes_laid_on(found)]


def _in_query(box: NDArray[float64], matrix: Matrix3, query: Probe) -> Region:
    """Give a box (x, y, width, height) in shares of the turned picture, in query pixels."""
    x, y, width, height = box
    corners = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]]) - 0.5
    size = np.array(query.size_px, dtype=float64)
    shares = moved(corners, np.asarray(np.linalg.inv(matrix), float64)) + 0.5
    return tuple((round(float(a), 2), round(float(b), 2)) for a, b in shares * size - 0.5)
