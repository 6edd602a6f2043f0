"""Grain and the unrolled band that changes are drawn on.

Nothing here comes from tools/scenes, so that a mistake of one source of truth is not in the other:
grain is blurred white noise there, value noise here is not used.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from accuracy.damage_truth.pair import Photo, Pixels, Truth
from numpy import float32
from numpy.typing import NDArray

Field = NDArray[float32]

_FINE = 4.0
"""How much finer than the picture changes are drawn, so that their borders are soft by a pixel."""
_MOST_ROWS = 240


def grain(rng: np.random.Generator, shape: tuple[int, int], sigmas: tuple[float, ...]) -> Field:
    """Add white noise blurred by several sigmas, each of unit variance; mean 0, variance 1."""
    total = np.zeros(shape, float32)
    for sigma in sigmas:
        # Noise on a coarse grid, enlarged: a wide blur of the full size would cost seconds.
        step = max(1, int(sigma / 2))
        small = (shape[0] // step + 8, shape[1] // step + 8)
        white = rng.standard_normal(small).astype(float32)
        blurred = np.asarray(cv2.GaussianBlur(white, (0, 0), sigma / step), float32)
        noise = blurred / max(float(blurred.std()), 1e-6)
        size = (small[1] * step, small[0] * step)
        total += cv2.resize(noise, size, interpolation=cv2.INTER_CUBIC)[: shape[0], : shape[1]]
    return np.asarray(total / float32(len(sigmas) ** 0.5), float32)


def to_light(pixels: Pixels) -> Field:
    """Undo the sRGB curve."""
    v = pixels.astype(float32) / 255
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4).astype(float32)


def to_pixels(light: Field) -> Pixels:
    """Apply the sRGB curve."""
    v = np.clip(light, 0, 1)
    curve = np.where(v <= 0.0031308, 12.92 * v, 1.055 * np.maximum(v, 1e-6) ** (1 / 2.4) - 0.055)
    return np.asarray(curve * 255 + 0.5, np.uint8)


@dataclass(eq=False)
class Canvas:
    """A photograph in linear light that changes are put on, with the mask of what was put."""

    photo: Photo
    rng: np.random.Generator
    light: Field = field(init=False)
    mask: Pixels = field(init=False)

    def __post_init__(self) -> None:
        self.light = to_light(self.photo.pixels)
        inside = np.zeros(self.photo.pixels.shape[:2], np.uint8)
        # Sub-pixel corners: a whole pixel is a large part of a narrow band.
        corners = np.round(self.photo.outline * 16).astype(np.int32)
        cv2.fillPoly(inside, [corners], 1, shift=4)
        self.mask = np.where(inside == 1, Truth.NOTHING, Truth.OUTSIDE).astype(np.uint8)

    @property
    def strip_shape(self) -> tuple[int, int]:
        """Rows and columns of the unrolled band."""
        rows = int(min(_MOST_ROWS, self.photo.width_px * _FINE))
        return rows, int(rows * self.photo.length_in_widths)

    def strip_xy(self) -> tuple[Field, Field]:
        """Give the place along the band in widths of it, and across it, 0 to 1."""
        rows, columns = self.strip_shape
        y, x = np.mgrid[:rows, :columns].astype(float32)
        return x / float32(rows), y / float32(rows)

    def into_image(self, strip: Field, *, spill_px: int = 0) -> Field:
        """Roll a map of the band into the picture; 0 outside.

        With a spill it goes on that far beyond both edges, so that no line of them is left.
        """
        height, width = self.mask.shape
        rows, columns = self.strip_shape
        matrix = self.photo.strip_to_image(rows, columns)
        fine = max(rows / self.photo.width_px, 1.5)
        soft = cv2.GaussianBlur(np.asarray(strip, float32), (0, 0), fine / 2.5)
        if not spill_px:
            return np.asarray(cv2.warpPerspective(soft, matrix, (width, height)), float32)
        whole = cv2.warpPerspective(soft, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        inside = (self.mask != Truth.OUTSIDE).astype(np.uint8)
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * spill_px + 1, 2 * spill_px + 1))
        return np.asarray(whole * cv2.dilate(inside, disc), float32)

    def blend(self, alpha: Field, colour: Field) -> None:
        """Lay a colour, (3,) or (H, W, 3), over the picture."""
        self.light = self.light * (1 - alpha[..., None]) + colour * alpha[..., None]

    def dim(self, alpha: Field, factor: float | Field) -> None:
        """Multiply the light where `alpha` is 1."""
        self.light = self.light * (1 - alpha[..., None] * (1 - np.asarray(factor, float32)))

    def mark(self, alpha: Field, truth: Truth, *, from_alpha: float = 0.5) -> None:
        """Write what is true into the mask, within the deck."""
        self.mask[(alpha > from_alpha) & (self.mask != Truth.OUTSIDE)] = truth

    def behind(self) -> Field:
        """Fill the frame with what lies behind the band: a part of the photograph, mirrored on."""
        left, top, right, bottom = self.photo.behind
        patch = self.light_of_photo()[top:bottom, left:right]
        height, width = self.mask.shape
        shift_x, shift_y = (int(v) for v in self.rng.integers(0, 2000, 2))
        columns = _mirrored(np.arange(width) + shift_x, patch.shape[1])
        rows = _mirrored(np.arange(height) + shift_y, patch.shape[0])
        return np.asarray(patch[np.ix_(rows, columns)], float32)

    def light_of_photo(self) -> Field:
        """Give the photograph as it was, in linear light."""
        return to_light(self.photo.pixels)


def _mirrored(index: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    folded = index % (2 * size)
    return np.where(folded < size, folded, 2 * size - 1 - folded)
