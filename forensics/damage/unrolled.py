"""The before picture unrolled once, and what every place in the other is compared with by."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy import float32, uint8
from numpy.typing import NDArray

from forensics.damage.strip import Grid, Mask, Strip, unroll
from forensics.damage.track import Pattern, pattern_of

ALONG_PARTS = 16
"""Parts of the deck's length that are looked for along it, each at least a column wide."""

_WORK_WIDTH_PX = 20
"""Joints are looked for on strips whose deck is so wide; finer ones make thin lines miss."""

_DETAIL = 0.5
"""What is constant along the deck over more than so many widths (edges, lanes) tells no place."""

_LEVEL_FLOOR, _CLIP = 2.0, 2.5

_AROUND = 0.25
_MIDDLE, _CONTRAST, _SPREAD_FLOOR = 128.0, 40.0, 4.0
"""Contrast is evened out over a quarter of the deck's width; what is flat stays so."""

_EDGE_SMOOTH, _EDGE_AROUND = 1 / 32, 1 / 3
_LEAST_SMOOTH_PX = 0.8
_GRADIENT_FLOOR = 2.0


@dataclass(frozen=True, eq=False)
class Unrolled:
    """The before picture unrolled.

    Parameters
    ----------
    strip : Strip
        Where the deck is in the picture.
    pixels : (rows, columns) uint8
        Unrolled, grey.
    seen : (rows, columns) bool
        Where the strip lies inside the picture.
    pattern : Pattern
        Evened out, to take patches from.
    edges : (rows, columns) float32
        Steps across the deck, -1 to 1; 0 where it is not seen.
    detail : float32
        What varies along the deck, shrunk by `work_scale`.
    """

    strip: Strip
    pixels: NDArray[uint8]
    seen: Mask
    pattern: Pattern
    edges: NDArray[float32]
    detail: NDArray[float32]


def unroll_before(picture: NDArray[uint8], strip: Strip) -> Unrolled:
    """Unroll the before picture, for all places in the other that are tried.

    Parameters
    ----------
    picture : (H, W) uint8
        Grey.
    strip : Strip
        Where the deck is in it.

    Returns
    -------
    Unrolled
        All that does not depend on the other picture.
    """
    pixels, seen = unroll(picture, strip.matrix, strip.grid)
    wide = strip.grid.width_px
    return Unrolled(
        strip,
        pixels,
        seen,
        pattern_of(evened(pixels, wide)),
        steps_across(pixels, seen, wide),
        detail_along(pixels, seen, strip.grid),
    )


def evened(strip: NDArray[uint8], wide: int) -> NDArray[uint8]:
    """Even out brightness and contrast: a shadow over half a patch is no detail of it.

    Parameters
    ----------
    strip : (rows, columns) uint8
        Grey.
    wide : int
        Width of the deck in it.

    Returns
    -------
    (rows, columns) uint8
        Of the same mean and spread everywhere, but where it is flat.
    """
    values, around = strip.astype(float32), wide * _AROUND
    mean = cv2.GaussianBlur(values, (0, 0), around)
    square = cv2.GaussianBlur(values * values, (0, 0), around)
    spread = np.sqrt(np.maximum(square - mean * mean, 0))
    even = _MIDDLE + _CONTRAST * (values - mean) / (spread + _SPREAD_FLOOR)
    return np.asarray(np.clip(even, 0, 255), dtype=uint8)


def steps_across(strip: NDArray[uint8], seen: Mask, wide: int) -> NDArray[float32]:
    """Give steps of brightness across the deck, saturated: lit and shaded ones count alike.

    Parameters
    ----------
    strip : (rows, columns) uint8
        Grey.
    seen : (rows, columns) bool
        Where it is seen.
    wide : int
        Width of the deck in it.

    Returns
    -------
    (rows, columns) float32
        -1 to 1; 0 where the strip is not seen.
    """
    smooth = cv2.GaussianBlur(
        strip.astype(float32), (0, 0), max(_LEAST_SMOOTH_PX, wide * _EDGE_SMOOTH)
    )
    across, down = (cv2.Sobel(smooth, cv2.CV_32F, *way, scale=1 / 8) for way in ((1, 0), (0, 1)))
    strength = np.hypot(across, down)
    around = cv2.GaussianBlur(strength, (0, 0), wide * _EDGE_AROUND)
    return np.asarray(down / (strength + around + _GRADIENT_FLOOR) * seen, dtype=float32)


def detail_along(strip: NDArray[uint8], seen: Mask, grid: Grid) -> NDArray[float32]:
    """Leave what varies along the deck, of even strength everywhere.

    Parameters
    ----------
    strip : (rows, columns) uint8
        Grey.
    seen : (rows, columns) bool
        Where it is seen.
    grid : Grid
        How wide the deck is in it.

    Returns
    -------
    (rows, columns) float32
        Shrunk by `work_scale`; 0 where the strip is not seen.
    """
    rows, columns = strip.shape
    scale = work_scale(grid)
    size = (max(ALONG_PARTS, round(columns * scale)), max(4, round(rows * scale)))
    small = cv2.resize(strip, size, interpolation=cv2.INTER_AREA).astype(float32)
    known = cv2.resize(seen.astype(uint8), size, interpolation=cv2.INTER_NEAREST).astype(float32)
    window = max(3, 2 * round(_DETAIL * grid.width_px * scale) + 1)
    weight = cv2.blur(known, (window, 1)) + float32(1e-6)
    left = (small - cv2.blur(small * known, (window, 1)) / weight) * known
    # Rounding may leave a running mean of squares a hair below 0.
    power = np.maximum(cv2.blur(left**2, (window, window // 2)), 0)
    even = left / (np.sqrt(power / weight) + _LEVEL_FLOOR)
    return np.asarray(np.clip(even, -_CLIP, _CLIP), dtype=float32)


def work_scale(grid: Grid) -> float:
    """Give how much a strip is shrunk before what varies along it is looked for.

    Parameters
    ----------
    grid : Grid
        Size of the strip.

    Returns
    -------
    float
        At most 1.
    """
    return min(1.0, _WORK_WIDTH_PX / grid.width_px)
