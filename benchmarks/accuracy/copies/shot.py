"""A picture on its way from the reference to the query, and where each of its pixels came from.

Every change of geometry goes through here, so that what is true of an edit is known, not measured.
Pixel (0, 0) is the centre of the top-left pixel; matrices map query -> reference, (x, y).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy import float64, uint8
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[uint8]
Matrix = NDArray[float64]
Polygon = tuple[tuple[float, float], ...]

MIN_SHARE = 1e-4
"""Marks of which less than this share of the picture is left after a crop are dropped."""


@dataclass(frozen=True)
class Mark:
    """Something done to the query: where, and whether a detector must name it.

    `polygon` is None when it was done to the whole picture. Naming what is `optional` is neither
    asked for nor wrong; it is for what has no clear outline, as glare.
    """

    kind: str
    polygon: Polygon | None
    optional: bool = False


@dataclass(frozen=True, eq=False)
class Shot:
    """A picture, its map to the reference, the part that shows the reference, and its marks."""

    pixels: Pixels
    to_reference: Matrix
    region: Polygon
    marks: tuple[Mark, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]

    @property
    def image(self) -> Image.Image:
        """The picture, to draw on."""
        return Image.fromarray(self.pixels)


def start(pixels: Pixels) -> Shot:
    """Begin with the reference itself."""
    return Shot(pixels, np.eye(3), rectangle(0, 0, pixels.shape[1], pixels.shape[0]))


def rectangle(x: float, y: float, width: float, height: float) -> Polygon:
    """Give the outline of a block of pixels; pixel centres, so edges lie half a pixel outside."""
    left, top, right, bottom = map(float, (x - 0.5, y - 0.5, x + width - 0.5, y + height - 0.5))
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def repainted(shot: Shot, pixels: Pixels | Image.Image, *marks: Mark) -> Shot:
    """Change pixels and no geometry."""
    return replace(shot, pixels=np.asarray(pixels, uint8), marks=(*shot.marks, *marks))


def moved(shot: Shot, pixels: Pixels, to_old: Matrix) -> Shot:
    """Change geometry: `to_old` maps the new picture's pixels to those of `shot`."""
    height, width = pixels.shape[:2]
    frame = rectangle(0, 0, width, height)
    to_new = np.linalg.inv(to_old)
    marks = []
    for mark in shot.marks:
        if mark.polygon is None:
            marks.append(mark)
            continue
        left = clip(mapped(mark.polygon, to_new), frame)
        if len(left) and area(left) > MIN_SHARE * width * height:
            marks.append(replace(mark, polygon=left))
    region = clip(mapped(shot.region, to_new), frame)
    return Shot(pixels, shot.to_reference @ to_old, region, tuple(marks))


def scaled(shot: Shot, scale: float) -> Shot:
    """Resize as editors do, smoothed."""
    width, height = shot.size
    return scaled_to(shot, (max(8, round(width * scale)), max(8, round(height * scale))))


def scaled_to(shot: Shot, size: tuple[int, int]) -> Shot:
    """Resize to a size in pixels."""
    if size == shot.size:
        return shot
    pixels = np.asarray(shot.image.resize(size, Image.Resampling.LANCZOS))
    across, down = shot.size[0] / size[0], shot.size[1] / size[1]
    # Pixel edges coincide, so centres are half a pixel further in on the larger grid.
    to_old = np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1.0]])
    return moved(shot, pixels, to_old)


def cropped(shot: Shot, x: int, y: int, width: int, height: int) -> Shot:
    """Cut a rectangle out."""
    return moved(shot, shot.pixels[y : y + height, x : x + width], _shift(x, y))


def placed(shot: Shot, canvas: Pixels, x: int, y: int) -> Shot:
    """Lay the picture on a larger one."""
    pixels = canvas.copy()
    pixels[y : y + shot.size[1], x : x + shot.size[0]] = shot.pixels
    return moved(shot, pixels, _shift(-x, -y))


def mirrored(shot: Shot) -> Shot:
    """Mirror left to right."""
    flip = np.array([[-1, 0, shot.size[0] - 1], [0, 1, 0], [0, 0, 1.0]])
    return moved(shot, np.ascontiguousarray(shot.pixels[:, ::-1]), flip)


def turned(shot: Shot, quarters: int) -> Shot:
    """Turn clockwise by quarters of a circle."""
    for _ in range(quarters % 4):
        # Clockwise: what was at (x, y) goes to (height - 1 - y, x).
        back = np.array([[0, 1, 0], [-1, 0, shot.size[1] - 1], [0, 0, 1.0]])
        shot = moved(shot, np.ascontiguousarray(np.rot90(shot.pixels, k=-1)), back)
    return shot


def warped(
    shot: Shot, to_new: Matrix, size: tuple[int, int], *, behind: Pixels | None = None
) -> Shot:
    """Warp by a homography, old -> new, on what lies behind (black)."""
    options = {"flags": cv2.INTER_CUBIC, "borderMode": cv2.BORDER_REPLICATE}
    pixels = cv2.warpPerspective(shot.pixels, to_new, size, **options)
    if behind is None:
        behind = np.zeros_like(pixels)
    outline = mapped(rectangle(0, 0, *shot.size), to_new)
    inside = coverage(outline, size)[..., None]
    mixed = inside * pixels.astype(np.float32) + (1 - inside) * behind.astype(np.float32)
    return moved(shot, mixed.round().clip(0, 255).astype(uint8), np.linalg.inv(to_new))


def mapped(polygon: Sequence[Sequence[float]], matrix: Matrix) -> Polygon:
    """Map the corners of a polygon by a homography."""
    points = np.asarray(polygon, float64).reshape(-1, 1, 2)
    out = cv2.perspectiveTransform(points, np.asarray(matrix, float64)).reshape(-1, 2)
    return tuple((float(x), float(y)) for x, y in out)


def clip(polygon: Polygon, frame: Polygon) -> Polygon:
    """Give the part of a polygon inside a convex one; empty when there is none.

    Sutherland and Hodgman, 1974 (https://doi.org/10.1145/360767.360802).
    """
    kept = list(polygon)
    turn = 1.0 if _signed_area(frame) > 0 else -1.0
    for (ax, ay), (bx, by) in zip(frame, (*frame[1:], frame[0]), strict=True):
        sides = [turn * ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) for x, y in kept]
        following: list[tuple[float, float]] = []
        for i, (here, side) in enumerate(zip(kept, sides, strict=True)):
            before, side_before = kept[i - 1], sides[i - 1]
            if (side >= 0) != (side_before >= 0):
                at = side_before / (side_before - side)
                following.append(
                    (
                        before[0] + at * (here[0] - before[0]),
                        before[1] + at * (here[1] - before[1]),
                    )
                )
            if side >= 0:
                following.append(here)
        kept = following
    return tuple(kept)


def area(polygon: Polygon) -> float:
    """Area of a polygon in square pixels."""
    return abs(_signed_area(polygon))


def _signed_area(polygon: Polygon) -> float:
    following = (*polygon[1:], *polygon[:1])
    return sum(x * b - a * y for (x, y), (a, b) in zip(polygon, following, strict=True)) / 2


def coverage(polygon: Polygon, size: tuple[int, int]) -> NDArray[np.float32]:
    """Draw a convex polygon, 0 to 1, with soft edges."""
    bits = 8
    mask = np.zeros((size[1], size[0]), uint8)
    points = np.round(np.asarray(polygon) * (1 << bits)).astype(np.int32)
    cv2.fillConvexPoly(mask, points, 255, lineType=cv2.LINE_AA, shift=bits)
    return mask.astype(np.float32) / np.float32(255)


def _shift(x: float, y: float) -> Matrix:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]])
