"""Pictures of a comparison for people to look at, and its masks and maps as files."""

import cv2
import numpy as np
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.damage.compare import DamageComparison
from forensics.damage.draw import error_map, hatched, overlay
from forensics.model.outcome import ArtefactBytes
from forensics.vision.alignment import Matrix3, moved, resizing
from forensics.vision.encoding import jpeg, png
from forensics.vision.views import fit

LONGEST_PX, SHORTEST_PX = 1280, 640
"""Longest side of the pictures to look at: larger ones are shrunk, smaller ones enlarged."""

WORST_ERROR_PX = 5.0
"""Bounds of so many pixels and more are drawn alike: a comparison does not survive them."""

_OUTSIDE = 128
"""Grey of what the after picture does not show, and of strips where an error is not known."""


def draw_comparison(
    compared: DamageComparison, before: NDArray[uint8], after: NDArray[uint8]
) -> dict[str, ArtefactBytes]:
    """Draw all that a person needs to check a comparison.

    Parameters
    ----------
    compared : DamageComparison
        What was found.
    before, after : (H, W, 3) uint8
        The pictures.

    Returns
    -------
    dict of str to ArtefactBytes
        Always ``before`` and ``after``; the latter is laid over the former where it could be.
        With a deck that was examined also ``mask``, ``overlay``, ``strip_before``, ``strip_after``,
        ``strip_classes``, ``error_map`` (tenths of a pixel) and ``error_view`` (in colours).
    """
    small, scale = _for_people(before)
    matrix = compared.registration.homography
    if matrix is None:
        seen, _ = _for_people(after)
    else:
        seen = _laid_over(after, scale @ np.array(matrix, dtype=float64), small)
    corners = None if compared.corners is None else moved(compared.corners, scale)
    drawn: dict[str, ArtefactBytes] = {
        "before": jpeg(small if corners is None else _outlined(small, corners)),
        "after": jpeg(seen if corners is None or matrix is None else _outlined(seen, corners)),
    }
    if compared.mask is not None and corners is not None:
        size = (small.shape[1], small.shape[0])
        codes = cv2.resize(compared.mask, size, interpolation=cv2.INTER_NEAREST)
        drawn["mask"] = png(compared.mask)
        drawn["overlay"] = jpeg(overlay(seen, np.asarray(codes, dtype=uint8), corners))
    return drawn | _strips(compared)


def _strips(compared: DamageComparison) -> dict[str, ArtefactBytes]:
    drawn = {
        name: png(strip)
        for name, strip in zip(("strip_before", "strip_after"), compared.strips, strict=False)
    }
    if compared.cells is not None and compared.strips:
        drawn["strip_classes"] = png(hatched(compared.strips[1], compared.cells))
    if compared.errors_px is not None and compared.strips:
        shape = compared.strips[0].shape[:2]
        drawn["error_map"] = png(error_map(compared.errors_px, shape))
        drawn["error_view"] = png(_in_colours(compared.errors_px, shape))
    return drawn


def _for_people(pixels: NDArray[uint8]) -> tuple[NDArray[uint8], Matrix3]:
    """Give a picture of a size to look at, and the map into it."""
    height, width = pixels.shape[:2]
    longest = max(height, width)
    shown = fit(pixels, longest_side_px=LONGEST_PX)
    if longest < SHORTEST_PX:
        times = -(-SHORTEST_PX // longest)
        size = (width * times, height * times)
        larger = cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC)
        shown = np.asarray(larger, dtype=uint8)
    return shown, resizing((width, height), (shown.shape[1], shown.shape[0]))


def _laid_over(after: NDArray[uint8], matrix: Matrix3, small: NDArray[uint8]) -> NDArray[uint8]:
    # Warping looks at four pixels only: what is shrunk much is shrunk by area first.
    shown = fit(after, longest_side_px=2 * LONGEST_PX)
    sizes = [(each.shape[1], each.shape[0]) for each in (shown, after)]
    laid = cv2.warpPerspective(
        shown,
        matrix @ resizing(sizes[0], sizes[1]),
        (small.shape[1], small.shape[0]),
        flags=cv2.INTER_LINEAR,
        borderValue=(_OUTSIDE, _OUTSIDE, _OUTSIDE),
    )
    return np.asarray(laid, dtype=uint8)


def _outlined(pixels: NDArray[uint8], corners: NDArray[float64]) -> NDArray[uint8]:
    drawn = pixels.copy()
    far = np.clip(corners, -1e4, 1e4).round().astype(np.int32)
    for colour, thickness in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.polylines(drawn, [far], isClosed=True, color=colour, thickness=thickness)
    return drawn


def _in_colours(errors_px: NDArray[float64], shape: tuple[int, ...]) -> NDArray[uint8]:
    """Draw error bounds from dark (none) to light (`WORST_ERROR_PX` and more)."""
    size = (shape[1], shape[0])
    share = np.clip(np.nan_to_num(errors_px.T, nan=0.0) / WORST_ERROR_PX, 0, 1)
    levels = cv2.resize((share * 255).astype(uint8), size, interpolation=cv2.INTER_LINEAR)
    unseen = cv2.resize(np.isnan(errors_px.T).astype(uint8), size, interpolation=cv2.INTER_NEAREST)
    coloured = cv2.applyColorMap(levels, cv2.COLORMAP_VIRIDIS)[..., ::-1].copy()
    coloured[unseen > 0] = _OUTSIDE
    return np.asarray(coloured, dtype=uint8)
