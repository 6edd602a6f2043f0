"""Carry what was decided on the strip into the before picture, and draw it for people."""

import cv2
import numpy as np
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.damage.strip import Mask, Strip
from forensics.model.damage import HOLE, MISSING, NOT_EXAMINED, OUTSIDE, SCORCH, Region
from forensics.vision.alignment import moved

LEGEND = {
    SCORCH: ("scorch or shadow", (230, 159, 0)),
    HOLE: ("hole", (0, 114, 178)),
    MISSING: ("missing deck", (204, 51, 17)),
    NOT_EXAMINED: ("not examined, or not settled", (150, 150, 150)),
}
"""Words and colours, told apart by colour-blind readers (M. Okabe, K. Ito, 2008)."""

_HATCH_PX = {SCORCH: (7, 1), HOLE: (5, -1), MISSING: (9, 0), NOT_EXAMINED: (13, 1)}
"""Distance of the hatching's lines, and which way they lean."""

_TINT = 0.35
_LINE_PX, _TEXT_SCALE = 18, 0.45


def on_strip(codes: NDArray[uint8], strip: Strip) -> NDArray[uint8]:
    """Put the codes of the deck into the middle of a whole strip.

    Parameters
    ----------
    codes : (rows, columns) uint8
        Of the deck.
    strip : Strip
        Where it is.

    Returns
    -------
    (rows, columns) uint8
        `OUTSIDE` off the deck.
    """
    whole = np.full(strip.grid.shape, OUTSIDE, uint8)
    whole[strip.grid.deck] = codes
    return whole


def in_before(codes: NDArray[uint8], strip: Strip, shape: tuple[int, ...]) -> NDArray[uint8]:
    """Carry the codes of the deck into the frame of the before picture.

    Parameters
    ----------
    codes : (rows, columns) uint8
        Of the deck.
    strip : Strip
        Where it is.
    shape : (int, int)
        Height and width of the before picture.

    Returns
    -------
    (H, W) uint8
        `OUTSIDE` off the deck.
    """
    return np.asarray(
        cv2.warpPerspective(
            on_strip(codes, strip),
            strip.matrix,
            (shape[1], shape[0]),
            flags=cv2.INTER_NEAREST,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=OUTSIDE,
        ),
        dtype=uint8,
    )


def outline(cells: Mask, strip: Strip) -> Region:
    """Give the outline of a place on the deck, in the before picture.

    Parameters
    ----------
    cells : (rows, columns) bool
        On the deck of the strip.
    strip : Strip
        Where it is.

    Returns
    -------
    tuple of (x, y)
        Its hull.
    """
    rows, columns = np.nonzero(cells)
    points = np.stack([columns + strip.grid.end_px, rows + strip.grid.side_px], axis=1)
    hull = cv2.convexHull(points.astype(np.int32)).reshape(-1, 2).astype(float64)
    at = moved(hull, strip.matrix)
    return tuple((round(float(x), 1), round(float(y), 1)) for x, y in at)


def overlay(
    before: NDArray[uint8], mask: NDArray[uint8], corners: NDArray[float64]
) -> NDArray[uint8]:
    """Draw the classes over the before picture: colour, hatching, and a legend in words.

    Parameters
    ----------
    before : (H, W, 3) uint8
        The picture.
    mask : (H, W) uint8
        Codes.
    corners : (4, 2) float64
        Of the deck.

    Returns
    -------
    (H + legend, W, 3) uint8
        The drawing.
    """
    made = hatched(before, mask)
    far = np.clip(corners, -1e4, 1e4).round().astype(np.int32)
    cv2.polylines(made, [far], isClosed=True, color=(255, 255, 255), thickness=1)
    return np.vstack([made, _legend(before.shape[1], mask)])


def hatched(pixels: NDArray[uint8], codes: NDArray[uint8]) -> NDArray[uint8]:
    """Draw the classes over a picture or strip: colour and hatching.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        The picture.
    codes : (H, W) uint8
        Of each pixel.

    Returns
    -------
    (H, W, 3) uint8
        The drawing.
    """
    drawn = pixels.astype(np.float32)
    y, x = np.mgrid[: codes.shape[0], : codes.shape[1]]
    for code, (_, colour) in LEGEND.items():
        apart, lean = _HATCH_PX[code]
        place = codes == code
        lines = place & ((x + lean * y if lean else y) % apart == 0)
        drawn[place] = (1 - _TINT) * drawn[place] + _TINT * np.array(colour)
        drawn[lines] = colour
    return np.clip(drawn, 0, 255).astype(uint8)


def error_map(errors_px: NDArray[float64], shape: tuple[int, ...]) -> NDArray[uint8]:
    """Draw how far off each part of the deck may be: grey levels are tenths of a pixel.

    Parameters
    ----------
    errors_px : (along, across) float64
        90 % bounds; NaN where not seen by both pictures.
    shape : (int, int)
        Rows and columns of the strip.

    Returns
    -------
    (rows, columns) uint8
        0 to 254 tenths of a pixel; 255 where not seen.
    """
    tenths = np.where(np.isnan(errors_px), 255, np.clip(np.nan_to_num(errors_px) * 10, 0, 254))
    size = (shape[1], shape[0])
    return np.asarray(
        cv2.resize(tenths.T.astype(uint8), size, interpolation=cv2.INTER_NEAREST), dtype=uint8
    )


def _legend(width: int, mask: NDArray[uint8]) -> NDArray[uint8]:
    here = [code for code in LEGEND if (mask == code).any()]
    lines = [(LEGEND[code][0], LEGEND[code][1]) for code in here]
    lines = lines or [("no change found on the deck", (90, 90, 90))]
    box = np.full((_LINE_PX * len(lines) + 4, width, 3), 255, uint8)
    for at, (word, colour) in enumerate(lines):
        base = _LINE_PX * at + _LINE_PX - 4
        cv2.rectangle(box, (4, base - 10), (16, base), colour, -1)
        cv2.putText(box, word, (22, base), cv2.FONT_HERSHEY_SIMPLEX, _TEXT_SCALE, (20, 20, 20), 1)
    return box
