"""Places where two pictures that lie over each other differ, and which of them were laid on."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from msgspec import Struct
from numpy import float32
from numpy.typing import NDArray

from forensics.reuse.residual import Residual, detail
from forensics.reuse.warp import Mask, Plane

HOT, HOT_LEVELS = 5.0, 6.0
"""A pixel differs when its misfit is five times the noise and six grey levels."""

MAX_CHANGES = 15
"""Changes that are looked at one by one, the largest first."""

LEAST_PX = 8
"""Smaller ones are left to chance."""

_INKS = 3
_INK_LEVELS = 14.0
_INK_CELL = 12
_CELLS = 64
_RING_PX, _INNER_PX = 11, 5
_PAD_PX = 6
_FLAT_SLOPE = 1.5
_LUKEWARM = 2.0

_STRIP_WARM = 3.0
_STRIP_SHARE, _LINE_SHARE = 0.5, 0.4
_STEADY_SHARE = 0.85
_LEAST_STRIP_PX = 3
_MOST_STRIP = 0.6


class Change(Struct, frozen=True):
    """One connected place where two pictures differ.

    Parameters
    ----------
    box : (int, int, int, int)
        Left, top, width and height, in pixels of the planes.
    area_px : int
        How large it is.
    measures : tuple of float
        What `MEASURES` names.
    """

    box: tuple[int, int, int, int]
    area_px: int
    measures: tuple[float, ...]


MEASURES = (
    "how much more it stands out from its surroundings than what was there before (log)",
    "share in one ink, or in between that and the ground",
    "share in three inks",
    "share of what was there before in three inks",
    "steepest slopes (log)",
    "slopes against those before (log)",
    "share that is flat",
    "share that was flat before",
    "share of its surroundings that hardly fits",
    "strongest colour",
    "strongest colour before (log)",
    "strongest ink",
    "share of the place that differs",
    "misfit in grey levels (log)",
    "misfit in noise (log)",
    "area (log)",
    "correlation of its detail with what was there before",
    "thickness (log)",
    "share of its box",
    "width against height (log)",
    "how much of the misfit is of one sign",
    "spread of grey against that before (log)",
)
"""What is measured of a change, to tell what was laid on from what happened."""


@dataclass(frozen=True, eq=False)
class Changes:
    """All places where two pictures differ.

    Parameters
    ----------
    hot : (H, W) bool
        Pixels that differ.
    labels : (H, W) int32
        Which change a pixel belongs to: its place in `changes` plus one, 0 for none.
    changes : tuple of Change
        The largest first.
    """

    hot: Mask
    labels: NDArray[np.int32]
    changes: tuple[Change, ...]


def find_changes(found: Residual, colours: Sequence[Plane]) -> Changes:
    """Find the places where two pictures differ.

    Parameters
    ----------
    found : Residual
        What is left between them.
    colours : two of (H, W, 2) float32
        Cr and Cb of query and reference, laid over each other.

    Returns
    -------
    Changes
        The largest ones measured.
    """
    strength = found.strength
    hot = (strength > HOT) & (np.abs(found.misfit) > HOT_LEVELS) & found.inside
    closed = cv2.morphologyEx(hot.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    order = np.argsort(-boxes[1:, cv2.CC_STAT_AREA], kind="stable")[:MAX_CHANGES] + 1
    chosen = [int(each) for each in order if boxes[each, cv2.CC_STAT_AREA] >= LEAST_PX]
    ours = np.dstack([found.query, colours[0]])
    theirs = np.dstack([found.reference, colours[1]])
    slopes = [_slope(each) for each in (found.query, found.reference)]
    details = [detail(each) for each in (found.query, found.reference)]
    renamed = np.zeros(count, np.int32)
    changes = []
    for place, label in enumerate(chosen):
        renamed[label] = place + 1
        left, top, width, height, area = (int(each) for each in boxes[label])
        rows = slice(max(0, top - _PAD_PX), top + height + _PAD_PX)
        columns = slice(max(0, left - _PAD_PX), left + width + _PAD_PX)
        part = rows, columns
        measures = _measured(
            labels[part] == label,
            hot[part],
            found.inside[part],
            (ours[part], theirs[part]),
            (slopes[0][part], slopes[1][part]),
            found.misfit[part],
            strength[part],
        )
        measures += _shape(
            labels[part] == label,
            hot[part],
            (found.query[part], found.reference[part]),
            (details[0][part], details[1][part]),
            found.misfit[part],
        )
        changes.append(Change((left, top, width, height), area, measures))
    return Changes(hot, renamed[labels], tuple(changes))


def cut_strips(found: Residual) -> Mask:
    """Cut off strips along the edges of what is common in which nothing fits.

    A caption bar, a neighbour in a collage: they lie along an edge, straight across.

    Parameters
    ----------
    found : Residual
        What is left between two pictures.

    Returns
    -------
    (H, W) bool
        Where they are still to be compared.
    """
    warm = cv2.blur((found.strength > _STRIP_WARM).astype(float32), (5, 5)) > 1 / 3
    inside = found.inside.copy()
    for _ in range(2):
        for axis in (0, 1):
            for backwards in (False, True):
                depth = _strip(warm, inside, axis, backwards=backwards)
                if depth:
                    _cut(inside, axis, depth, backwards=backwards)
    return inside


def _strip(warm: Mask, inside: Mask, axis: int, *, backwards: bool) -> int:
    """Say how many lines from one edge do not fit."""
    filled = inside.sum(axis=1 - axis)
    lines = np.flatnonzero(filled)
    if len(lines) < 2 * _LEAST_STRIP_PX:
        return 0
    misfits = (warm & inside).sum(axis=1 - axis)
    lines = lines[::-1] if backwards else lines
    filled, misfits = filled[lines], misfits[lines]
    together = np.cumsum(misfits) / np.cumsum(filled)
    bad = misfits >= _LINE_SHARE * filled
    # Line by line from the very edge: writing leaves lines between that fit.
    steady = np.cumsum(bad) / np.arange(1, len(bad) + 1) >= _STEADY_SHARE
    good = (together >= _STRIP_SHARE) & bad & steady
    good &= np.arange(len(lines)) < _MOST_STRIP * len(lines)
    depth = int(np.flatnonzero(good)[-1]) + 1 if good.any() else 0
    return depth if depth >= _LEAST_STRIP_PX else 0


def _cut(inside: Mask, axis: int, depth: int, *, backwards: bool) -> None:
    lines = np.flatnonzero(inside.any(axis=1 - axis))
    chosen = lines[-depth:] if backwards else lines[:depth]
    if axis == 0:
        inside[chosen] = False
    else:
        inside[:, chosen] = False


def _slope(plane: Plane) -> Plane:
    across = cv2.Sobel(plane, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(plane, cv2.CV_32F, 0, 1, scale=1 / 8)
    return np.hypot(across, down)


def _measured(
    place: Mask,
    hot: Mask,
    inside: Mask,
    pictures: tuple[Plane, Plane],
    slopes: tuple[Plane, Plane],
    misfit: Plane,
    strength: Plane,
) -> tuple[float, ...]:
    changed = place & hot
    wide, near = (
        cv2.dilate(place.astype(np.uint8), np.ones((side, side), np.uint8)) > 0
        for side in (_RING_PX, _INNER_PX)
    )
    ring = wide & ~near & inside
    ground = ring if ring.sum() > _INNER_PX else place
    contrasts = []
    for picture in pictures:
        level = np.median(picture[ground], axis=0)
        contrasts.append(float(np.abs(picture[changed] - level).max(axis=1).mean()))
    ours, theirs = (picture[changed] for picture in pictures)
    shares, inks = _in_inks(ours, theirs)
    shares_before, _ = _in_inks(theirs, ours)
    strongest = max((float(np.abs(ink - 128).max()) for ink in inks), default=0.0)
    colours = [float(np.abs(each[:, 1:] - 128).max(axis=1).mean()) for each in (ours, theirs)]
    return (
        float(np.log((contrasts[0] + 2) / (contrasts[1] + 2))),
        shares[0],
        shares[-1],
        shares_before[-1],
        float(np.log(np.quantile(slopes[0][place], 0.9) + 1)),
        float(np.log((slopes[0][place].mean() + 1) / (slopes[1][place].mean() + 1))),
        float((slopes[0][changed] < _FLAT_SLOPE).mean()),
        float((slopes[1][changed] < _FLAT_SLOPE).mean()),
        float(((strength > _LUKEWARM) & ring).sum() / max(1, ring.sum())),
        min(colours[0], 70.0) / 70,
        float(np.log(min(colours[1], 70.0) + 3)),
        strongest / 127,
        float(changed.sum() / place.sum()),
        float(np.log(max(float(np.median(np.abs(misfit[changed]))), 1.0))),
        float(np.log(max(float(np.median(strength[changed])), 1.0))),
        float(np.log(place.sum())),
    )


def _shape(
    place: Mask,
    hot: Mask,
    pictures: tuple[Plane, Plane],
    details: tuple[Plane, Plane],
    misfit: Plane,
) -> tuple[float, ...]:
    """Measure what shows through a change, how thick its strokes are and how it fills its box."""
    changed = place & hot
    ours, theirs = (each[place] for each in details)
    power = float((ours * ours).sum()) * float((theirs * theirs).sum())
    thickness = cv2.distanceTransform(np.pad(changed.astype(np.uint8), 1), cv2.DIST_L2, 3).max()
    rows, columns = np.flatnonzero(place.any(axis=1)), np.flatnonzero(place.any(axis=0))
    height, width = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    spreads = [float(each[place].std()) + 2 for each in pictures]
    return (
        float((ours * theirs).sum()) / float(np.sqrt(power + 1e-3)),
        float(np.log(thickness + 0.5)),
        float(place.sum() / (width * height)),
        float(np.log(width / height)),
        abs(float(np.sign(misfit[changed]).mean())),
        float(np.log(spreads[0] / spreads[1])),
    )


def _in_inks(pixels: Plane, ground: Plane) -> tuple[list[float], list[Plane]]:
    """Say what share is painted in one, two, three inks, or half covers the ground with them."""
    left = np.ones(len(pixels), dtype=bool)
    inks: list[Plane] = []
    shares: list[float] = []
    for _ in range(_INKS):
        rest = pixels[left]
        if len(rest) < _INKS + 1:
            break
        cells = np.rint(rest / _INK_CELL).astype(int)
        # One number for three coordinates: far quicker to sort.
        keys = (cells[:, 0] * _CELLS + cells[:, 1]) * _CELLS + cells[:, 2]
        _, which, counts = np.unique(keys, return_inverse=True, return_counts=True)
        ink = np.median(rest[which.ravel() == counts.argmax()], axis=0)
        painted = np.abs(pixels - ink).max(axis=1) <= _INK_LEVELS
        painted |= _between(pixels, ground, ink) <= _INK_LEVELS
        for other in inks:
            painted |= _between(pixels, np.broadcast_to(other, pixels.shape), ink) <= _INK_LEVELS
        inks.append(ink)
        left &= ~painted
        shares.append(float(1 - left.mean()))
    return shares + [shares[-1] if shares else 1.0] * (_INKS - len(shares)), inks


def _between(pixels: Plane, start: Plane, end: Plane) -> NDArray[np.floating]:
    """Measure how far colours are from the straight line between two."""
    line = end - start
    along = ((pixels - start) * line).sum(axis=1) / ((line * line).sum(axis=1) + 1e-6)
    nearest = start + np.clip(along, 0, 1)[:, None] * line
    return np.asarray(np.abs(pixels - nearest).max(axis=1))
