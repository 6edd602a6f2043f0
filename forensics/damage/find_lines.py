"""Long straight lines of a picture, and pairs of them that may be the two edges of a deck."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy import float64, uint8
from numpy.typing import NDArray

Points = NDArray[float64]
Ends = NDArray[float64]

_MIN_SEGMENT = 0.01
"""Shorter segments, as a share of the picture's diagonal, are texture."""

_STRAY_PX = 2.0
_TURN_RAD = np.deg2rad(3.0)
"""Segments that stray or turn less than this from a line continue it; a gentle curve may."""

_ROUNDS = 3
_PIECES = 512
_MIN_SUPPORT = 0.06
"""Of a line, as a share of the diagonal: its segments together."""

_LINES = 60
_SAME_PX = 1.2
_PROBE_PX = 2.0

_MAX_ANGLE_RAD = np.deg2rad(16.0)
_WIDTHS = (0.008, 0.34)
"""Of the band in its middle, as shares of the diagonal."""

_SLENDER = 3.0
_MAX_TAPER = 5.0
_MIN_OVERLAP = 0.1
_PAIRS = 120
_HALF, _LEVEL = 0.5, 1e-9


@dataclass(frozen=True, eq=False)
class Lines:
    """Long straight lines.

    Parameters
    ----------
    middle : (N, 2) float64
        A point on each, (x, y), pixel centres.
    along : (N, 2) float64
        Its direction, of unit length; x is not negative.
    pieces : tuple of (K, 2) float64
        By line: where its segments start and end, pixels along it from the middle.
    """

    middle: Points
    along: Points
    pieces: tuple[Ends, ...]

    def __len__(self) -> int:
        """Count them."""
        return len(self.middle)


def find_lines(grey: NDArray[uint8]) -> Lines:
    """Find the long straight lines of a picture, the best supported first.

    Parameters
    ----------
    grey : (H, W) uint8
        The picture.

    Returns
    -------
    Lines
        May be none.

    Notes
    -----
    Segments that continue each other on one straight line are joined, and the line is fitted to
    them by least squares.

    References
    ----------
    R. Grompone von Gioi et al., "LSD: a line segment detector", Image Processing On Line, 2012,
    https://doi.org/10.5201/ipol.2012.gjmr-lsd.
    """
    ends = _segments(grey)
    diagonal = float(np.hypot(*grey.shape))
    lengths = np.linalg.norm(ends[:, 2:] - ends[:, :2], axis=1)
    left = np.ones(len(ends), dtype=bool)
    found: list[tuple[float, Points, Points, Ends]] = []
    for seed in np.argsort(-lengths, kind="stable"):
        if not left[seed] or lengths[seed] < 2 * _MIN_SEGMENT * diagonal:
            continue
        middle, along, members = _grown(ends, lengths, int(seed))
        left[members] = False
        places = np.sort(
            np.stack([(ends[members, at : at + 2] - middle) @ along for at in (0, 2)], axis=1)
        )
        support = _covered(places)
        if support >= _MIN_SUPPORT * diagonal:
            found.append((support, middle, along, places))
    found.sort(key=lambda each: -each[0])
    kept: list[tuple[float, Points, Points, Ends]] = []
    for each in found:
        if len(kept) < _LINES and not any(_same(each, other) for other in kept):
            kept.append(each)
    if not kept:
        return Lines(np.zeros((0, 2)), np.zeros((0, 2)), ())
    return Lines(
        np.stack([each[1] for each in kept]),
        np.stack([each[2] for each in kept]),
        tuple(each[3] for each in kept),
    )


def pair_lines(lines: Lines, shape: tuple[int, int]) -> list[tuple[int, int, Points]]:
    """Pair lines that may be the edges of one band.

    Parameters
    ----------
    lines : Lines
        Of a picture.
    shape : tuple of int
        Its height and width.

    Returns
    -------
    list of (int, int, (4, 2) float64)
        Numbers of the two lines, and the corners of the band between them as far as both are in
        the picture: along the first line, back along the second. Best supported first.
    """
    diagonal = float(np.hypot(*shape))
    found: list[tuple[float, int, int, Points]] = []
    supports = [_covered(each) for each in lines.pieces]
    for one in range(len(lines)):
        for two in range(one + 1, len(lines)):
            cos = float(lines.along[one] @ lines.along[two])
            if abs(cos) < np.cos(_MAX_ANGLE_RAD):
                continue
            corners = band(lines, one, two, shape)
            if corners is None or not _plausible(corners, diagonal):
                continue
            shared = _shared(lines, one, two, corners)
            if shared < _MIN_OVERLAP:
                continue
            found.append((min(supports[one], supports[two]) * shared, one, two, corners))
    found.sort(key=lambda each: -each[0])
    return [each[1:] for each in found[:_PAIRS]]


def band(lines: Lines, one: int, two: int, shape: tuple[int, int]) -> Points | None:
    """Give the corners of the band between two lines, as far as its axis is in the picture.

    Parameters
    ----------
    lines : Lines
        Of a picture.
    one, two : int
        Numbers of the lines.
    shape : tuple of int
        Height and width of the picture.

    Returns
    -------
    (4, 2) float64 or None
        Corners; None when the axis is not in the picture.
    """
    first, second = lines.along[one], lines.along[two]
    if first @ second < 0:
        second = -second
    axis = (first + second) / np.linalg.norm(first + second)
    across = np.array([-axis[1], axis[0]])
    starts = [_reach(lines.middle[at], lines.along[at], axis) for at in (one, two)]
    # A point between the lines, where both are near the middle of their segments.
    centre = (lines.middle[one] + lines.middle[two]) / 2
    hits = [_across(centre, across, *each) for each in starts]
    centre = centre + across * (hits[0] + hits[1]) / 2
    run = _clipped(centre, axis, shape)
    if run is None:
        return None
    edges = []
    for middle, along in starts:
        edges.append(
            [
                centre + axis * t + across * _across(centre + axis * t, across, middle, along)
                for t in run
            ]
        )
    if _across(centre, across, *starts[0]) > _across(centre, across, *starts[1]):
        edges.reverse()
    return np.array([edges[0][0], edges[0][1], edges[1][1], edges[1][0]])


def covered(pieces: Ends, start: float, end: float) -> float:
    """Give the share of a stretch of a line that its segments cover.

    Parameters
    ----------
    pieces : (K, 2) float64
        Starts and ends of the segments.
    start, end : float
        The stretch.

    Returns
    -------
    float
        0 to 1.
    """
    cut = np.clip(pieces, min(start, end), max(start, end))
    return _covered(cut) / max(abs(end - start), 1e-9)


def _segments(grey: NDArray[uint8]) -> NDArray[float64]:
    """Find segments, directed so that the brighter side is on the same hand."""
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    if found is None:
        return np.zeros((0, 4))
    ends = np.asarray(found, dtype=float64).reshape(-1, 4)
    steps = ends[:, 2:] - ends[:, :2]
    lengths = np.linalg.norm(steps, axis=1)
    kept = lengths >= _MIN_SEGMENT * np.hypot(*grey.shape)
    ends, steps, lengths = ends[kept], steps[kept], lengths[kept]
    normal = np.stack([-steps[:, 1], steps[:, 0]], axis=1) / lengths[:, None]
    sums = np.zeros(len(ends))
    for at in (0.25, 0.5, 0.75):
        for side in (-1.0, 1.0):
            place = ends[:, :2] + steps * at + normal * side * _PROBE_PX
            column, row = np.round(place).astype(int).T
            sums += side * grey[
                np.clip(row, 0, grey.shape[0] - 1), np.clip(column, 0, grey.shape[1] - 1)
            ].astype(float64)
    turned = sums < 0
    ends[turned] = ends[turned][:, [2, 3, 0, 1]]
    return np.asarray(ends)


def _grown(
    ends: NDArray[float64], lengths: NDArray[float64], seed: int
) -> tuple[Points, Points, NDArray[np.int_]]:
    """Grow a line from a segment: join those that continue it, fit, and again."""
    start, end = ends[seed, :2], ends[seed, 2:]
    middle, along = (start + end) / 2, (end - start) / lengths[seed]
    directions = (ends[:, 2:] - ends[:, :2]) / np.maximum(lengths, 1e-9)[:, None]
    members = np.array([seed])
    for _ in range(_ROUNDS):
        normal = np.array([-along[1], along[0]])
        stray = np.maximum(
            np.abs((ends[:, :2] - middle) @ normal), np.abs((ends[:, 2:] - middle) @ normal)
        )
        agree = (stray < _STRAY_PX) & (directions @ along > np.cos(_TURN_RAD))
        members = np.flatnonzero(agree)
        if not len(members):
            members = np.array([seed])
        middle, along_new = _fitted(ends[members], lengths[members])
        along = along_new if along_new @ along > 0 else -along_new
    return middle, along, members


def _fitted(ends: NDArray[float64], lengths: NDArray[float64]) -> tuple[Points, Points]:
    """Fit a line to segments by least squares, each counted by its length."""
    weight = np.repeat(lengths, 2)[:, None] / (2 * lengths.sum())
    points = ends.reshape(-1, 2)
    middle = (points * weight).sum(axis=0)
    spread = ((points - middle) * weight).T @ (points - middle)
    return middle, np.asarray(np.linalg.eigh(spread)[1][:, 1], dtype=float64)


def _covered(pieces: Ends) -> float:
    """Give the length that segments cover together."""
    total, reached = 0.0, -np.inf
    for start, end in pieces[np.argsort(pieces[:, 0])]:
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return float(total)


def _same(
    one: tuple[float, Points, Points, Ends], other: tuple[float, Points, Points, Ends]
) -> bool:
    if one[2] @ other[2] < np.cos(_TURN_RAD / 2):
        return False
    normal = np.array([-other[2][1], other[2][0]])
    places = one[1] + one[2] * np.array([[one[3].min()], [one[3].max()]])
    return bool(np.abs((places - other[1]) @ normal).max() < _SAME_PX)


def _reach(middle: Points, along: Points, axis: Points) -> tuple[Points, Points]:
    return middle, along if along @ axis > 0 else -along


def _across(point: Points, across: Points, middle: Points, along: Points) -> float:
    """Give how far from a point, in a direction, a line is."""
    normal = np.array([-along[1], along[0]])
    return float(((middle - point) @ normal) / (across @ normal))


def _clipped(point: Points, along: Points, shape: tuple[int, int]) -> tuple[float, float] | None:
    """Clip a line to the picture; give where it enters and leaves, along it."""
    low, high = -np.inf, np.inf
    for at, size in ((0, shape[1]), (1, shape[0])):
        # A direction of exactly 0 would divide by it: nearly parallel to a side is as good.
        slope = along[at] if abs(along[at]) > _LEVEL else _LEVEL
        ends = sorted((edge - point[at]) / slope for edge in (-_HALF, size - _HALF))
        low, high = max(low, ends[0]), min(high, ends[1])
    return (float(low), float(high)) if high - low > 1 else None


def _plausible(corners: Points, diagonal: float) -> bool:
    length = float(np.linalg.norm(corners[[1, 2]].mean(axis=0) - corners[[0, 3]].mean(axis=0)))
    start, end = corners[3] - corners[0], corners[2] - corners[1]
    axis = corners[[1, 2]].mean(axis=0) - corners[[0, 3]].mean(axis=0)
    across = np.array([-axis[1], axis[0]]) / max(length, 1e-9)
    widths = np.array([start @ across, end @ across])
    if widths.min() <= 0 or widths.max() > _MAX_TAPER * widths.min():
        return False
    width = widths.mean()
    is_wide = _WIDTHS[0] * diagonal <= width <= _WIDTHS[1] * diagonal
    return bool(is_wide and length >= _SLENDER * width)


def _shared(lines: Lines, one: int, two: int, corners: Points) -> float:
    """Give the share of the band's length that both lines' segments span."""
    spans = []
    start = corners[[0, 3]].mean(axis=0)
    axis = corners[[1, 2]].mean(axis=0) - start
    for at in (one, two):
        ends = lines.middle[at] + lines.along[at] * np.array(
            [[lines.pieces[at].min()], [lines.pieces[at].max()]]
        )
        spans.append(np.sort((ends - start) @ axis / (axis @ axis)))
    low, high = max(spans[0][0], spans[1][0], 0), min(spans[0][1], spans[1][1], 1)
    return float(max(0.0, high - low))
