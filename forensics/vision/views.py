"""Named views of a picture: which size, which colours, which interpolation.

Convention: pixel (0, 0) is the centre of the top-left pixel, x right, y down, the picture the
right way up. Colour arrays are (H, W, 3) uint8, sRGB, R-G-B; grey ones (H, W) uint8.
"""

import cv2
import numpy as np
from numpy import uint8
from numpy.typing import NDArray

Pixels = NDArray[uint8]

DECODE_SIDE_PX = 375
"""Stills may be decoded at any scale that leaves both sides at least this long.

Enough for a 12-megapixel JPEG to be decoded at an eighth of its sides. Against decoding in full,
PDQ hashes of 123 camera JPEGs moved by 0.8 bits on average and by at most 2 on 95 % of them."""

FRAME_SIDE_PX = 1024
"""Longest side of the pictures kept in memory while an item is examined."""

CLIP_SIDE_PX = 640
"""The same for the frames of clips, of which hundreds are kept."""

HASH_SIDE_PX = 512
"""PDQ is defined on 512 x 512; other sizes move it by up to 24 bits."""

THUMB_SIDE_PX = 400
"""Longest side of thumbnails: twice the width of a report's column, for sharp screens."""

COMPARE_SIDE_PX = 512
"""Longest side of the views that stills are compared on."""

CLIP_COMPARE_SIDE_PX = 256
"""The same for the frames of clips, of which there are hundreds."""


FEATURE_AREA_PX = 512 * 512
"""Local features are looked for in pictures of at most this area.

Twice the area finds hardly more copies and takes twice as long; see docs/methods/reuse.md."""

_LONGEST_PX = 1023
"""Positions of features are stored in 16 bits, to a sixty-fourth of a pixel."""


def fit(pixels: Pixels, *, longest_side_px: int) -> Pixels:
    """Shrink a picture to a longest side, by area; never enlarge.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) uint8
        The picture.
    longest_side_px : int
        Longest side wanted.

    Returns
    -------
    ndarray
        The same picture, or a smaller one of the same shape of sides to within a pixel.
    """
    height, width = pixels.shape[:2]
    longest = max(height, width)
    if longest <= longest_side_px:
        return pixels
    # Halving is many times faster than shrinking by area to any other size, and exact.
    while longest >= 2 * longest_side_px and height % 2 == 0 and width % 2 == 0:
        height, width, longest = height // 2, width // 2, longest // 2
        pixels = np.asarray(
            cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), dtype=uint8
        )
    size = _fitted(width, height, longest_side_px)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=uint8)


def preview(pixels: Pixels, *, longest_side_px: int) -> Pixels:
    """Shrink a picture for people to look at: faster than `fit`, for nothing to be measured on.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) uint8
        The picture.
    longest_side_px : int
        Longest side wanted; smaller pictures are not enlarged.

    Returns
    -------
    ndarray
        The same picture, or a smaller one.
    """
    height, width = pixels.shape[:2]
    if max(height, width) <= longest_side_px:
        return pixels
    return _quickly(pixels, _fitted(width, height, longest_side_px))


def hash_view(pixels: Pixels) -> Pixels:
    """Give the 512 x 512 view that perceptual hashes are computed from.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) uint8
        Grey or sRGB.

    Returns
    -------
    (512, 512) or (512, 512, 3) uint8
        Shrunk by area to less than twice the size, then linearly.
    """
    return _quickly(pixels, (HASH_SIDE_PX, HASH_SIDE_PX))


def grey(pixels: Pixels) -> Pixels:
    """Give the luma of a colour picture.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        sRGB.

    Returns
    -------
    (H, W) uint8
        Luma by ITU-R BT.601 weights.
    """
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=uint8)


def _fitted(width: int, height: int, longest_side_px: int) -> tuple[int, int]:
    longest = max(width, height)
    return (
        max(1, round(width * longest_side_px / longest)),
        max(1, round(height * longest_side_px / longest)),
    )


def feature_view(luma: Pixels) -> Pixels:
    """Give the view that local features are looked for in.

    Area rather than a side is bounded: a phone's screenshot is narrow, and the photo in it as wide
    as the screen.

    Parameters
    ----------
    luma : (H, W) uint8
        The picture.

    Returns
    -------
    (h, w) uint8
        The same picture, or a smaller one of the same shape; at most 1,023 pixels a side.
    """
    height, width = luma.shape
    shrink = min(
        1.0, float(np.sqrt(FEATURE_AREA_PX / (width * height))), _LONGEST_PX / max(luma.shape)
    )
    if shrink == 1.0:
        return luma
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), dtype=uint8)


def _quickly(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Resize by area, exactly, down to less than twice the size, and from there linearly.

    Two pixels a side, which linear interpolation looks at, are then all there is to average, and
    it is four to ten times faster.
    """
    height, width = pixels.shape[:2]
    near = (_halved(width, down_to=size[0]), _halved(height, down_to=size[1]))
    shrunk = cv2.resize(pixels, near, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(shrunk, size, interpolation=cv2.INTER_LINEAR), dtype=uint8)


def _halved(side_px: int, *, down_to: int) -> int:
    while side_px >= 2 * down_to:
        side_px = (side_px + 1) // 2
    return side_px
