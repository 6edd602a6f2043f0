"""How dark and of what colour the deck is, before and after, and how that changed."""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy import float32, uint8
from numpy.typing import NDArray

from forensics.damage.strip import Grid, Mask

Map = NDArray[float32]

_FINE, _SMOOTH, _NEAR = 0.04, 0.08, 0.3
"""Windows, in deck widths: for borders (sigma), for brightness (sigma), for what is near by."""

_COLUMN = 0.3
LEAST_LIGHT = 8.0
"""Grey levels added before a logarithm: noise in what is black is no ratio of light."""

_WHOLE_SIGMA_PX = 4.0
"""Wider blurs are made at a fraction of the size, so that their sigma is about this there."""


def blurred(values: Map, sigma: float) -> Map:
    """Blur; widely at a fraction of the size, which costs as little as a narrow blur.

    Parameters
    ----------
    values : (rows, columns) or (rows, columns, channels) float32
        A map.
    sigma : float
        Of the Gaussian, pixels.

    Returns
    -------
    float32
        Of the same shape.
    """
    step = int(sigma / _WHOLE_SIGMA_PX)
    if step <= 1:
        found = cv2.GaussianBlur(values, (0, 0), max(0.6, sigma))
    else:
        small = shrunk(values, step)
        small = np.asarray(cv2.GaussianBlur(small, (0, 0), sigma / step), dtype=float32)
        found = grown(small, values.shape)
    return np.asarray(found, dtype=float32).reshape(values.shape)


def shrunk(values: Map, step: int) -> Map:
    """Average squares of `step` pixels.

    Parameters
    ----------
    values : (rows, columns, ...) float32
        A map.
    step : int
        Side of the squares.

    Returns
    -------
    float32
        A smaller map.
    """
    size = (max(1, values.shape[1] // step), max(1, values.shape[0] // step))
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), dtype=float32)


def grown(small: Map, shape: tuple[int, ...]) -> Map:
    """Enlarge a map.

    Parameters
    ----------
    small : (r, c, ...) float32
        A map.
    shape : tuple of int
        Rows and columns wanted.

    Returns
    -------
    float32
        Interpolated.
    """
    size = (shape[1], shape[0])
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), dtype=float32)


@dataclass(frozen=True, eq=False)
class Lit:
    """Two strips as light and colour.

    Parameters
    ----------
    before, after : (rows, columns) float32
        Grey, 0 to 255.
    lab_before, lab_after : (rows, columns, 3) float32
        CIELAB.
    wide : int
        Width of the deck in the strip, pixels.
    """

    before: Map
    after: Map
    lab_before: Map
    lab_after: Map
    wide: int

    @classmethod
    def of(cls, before: NDArray[uint8], after: NDArray[uint8], grid: Grid) -> Self:
        """Prepare two strips.

        Parameters
        ----------
        before, after : (rows, columns, 3) uint8
            sRGB.
        grid : Grid
            Where the deck is.

        Returns
        -------
        Lit
            Both.
        """
        (grey_one, lab_one), (grey_other, lab_other) = _light(before), _light(after)
        return cls(grey_one, grey_other, lab_one, lab_other, grid.width_px)

    def across(self, values: Map, grid: Grid, *, reach: float) -> Map:
        """Average a map across the deck, and along it over a reach.

        Parameters
        ----------
        values : (rows, columns) float32
            A map.
        grid : Grid
            Where the deck is.
        reach : float
            In deck widths, sigma.

        Returns
        -------
        (rows, columns) float32
            The same in all rows.
        """
        mean = np.asarray(values[grid.deck[0]].mean(axis=0), dtype=float32)
        smooth = cv2.GaussianBlur(mean[None], (0, 0), max(0.6, self.wide * reach))
        return np.broadcast_to(np.asarray(smooth, dtype=float32), values.shape)


def light_measures(lit: Lit, seen: Mask, grid: Grid) -> dict[str, Map]:
    """Measure brightness and colour.

    Parameters
    ----------
    lit : Lit
        The strips.
    seen : (rows, columns) bool
        Where both pictures show the strip.
    grid : Grid
        Where the deck is.

    Returns
    -------
    dict of (rows, columns) float32
        By name, see `forensics.damage.measures.measure`.
    """
    wide, known = lit.wide, np.zeros(seen.shape, dtype=bool)
    known[grid.deck] = seen[grid.deck]
    old, new = (
        np.log(blurred(each, wide * _SMOOTH) + LEAST_LIGHT) for each in (lit.before, lit.after)
    )
    fine = [np.log(blurred(each, wide * _FINE) + LEAST_LIGHT) for each in (lit.before, lit.after)]
    change = blurred(lit.lab_after - lit.lab_before, wide * _SMOOTH)
    change = change - _middle(change, known)
    smooth = [blurred(each, wide * _SMOOTH) for each in (lit.lab_before, lit.lab_after)]
    off = [np.linalg.norm(each - _middle(each, known), axis=2) for each in smooth]
    beside = _to_beside(smooth[1], grid)
    plain = {
        f"{axis}_{when}": lab[..., at] - _middle(lab, known)[at]
        for when, lab in (("before", lit.lab_before), ("after", lit.lab_after))
        for at, axis in enumerate("lab")
    }
    return plain | {
        "darkening": new - old - _middle(new - old, known),
        "dark_near": blurred(new - old - _middle(new - old, known), wide * _NEAR),
        "darkness": new - _middle(new, known),
        "was_dark": old - _middle(old, known),
        "border": _steepness(fine[1] - fine[0], wide),
        "blue_shift": -change[..., 2],
        "colour_change": np.log1p(np.linalg.norm(change[..., 1:], axis=2)),
        "off_deck": np.log1p(off[1]),
        "was_off_deck": np.log1p(off[0]),
        "like_beside": off[1] / (off[1] + beside + 1.0),
    }


def _light(strip: NDArray[uint8]) -> tuple[Map, Map]:
    """Give the grey and the CIELAB of a strip."""
    grey = cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY).astype(float32)
    lab = cv2.cvtColor(strip.astype(float32) / 255, cv2.COLOR_RGB2LAB)
    return grey, np.asarray(lab, dtype=float32)


def _middle(values: Map, known: Mask) -> Map:
    inside = values[known]
    if not len(inside):
        return np.zeros(values.shape[2:], float32)
    return np.asarray(np.median(inside, axis=0), dtype=float32)


def _steepness(change: Map, wide: int) -> Map:
    """Give the steepest slope of the darkening near by, per deck width."""
    slopes = [cv2.Sobel(change, cv2.CV_32F, *way, ksize=3, scale=1 / 8) for way in ((1, 0), (0, 1))]
    steep = np.asarray(np.hypot(*slopes), dtype=float32) * wide
    side = max(3, round(wide * _NEAR))
    near = cv2.dilate(steep, np.ones((side, side), uint8))
    return blurred(np.log1p(np.asarray(near, dtype=float32)), wide * _SMOOTH)


def _to_beside(smooth: Map, grid: Grid) -> Map:
    """Give the distance in colour to what is beside the deck in the same columns."""
    nearest = np.full(grid.shape, np.inf, float32)
    # The outer half of the margin: the inner one may show the girder and the parapet.
    half = max(1, grid.side_px // 2)
    for side in (smooth[:half], smooth[-half:]):
        middle = np.asarray(np.median(side, axis=0), dtype=float32)[None]
        colour = cv2.GaussianBlur(middle, (0, 0), max(0.6, grid.width_px * _COLUMN))
        nearest = np.minimum(nearest, np.linalg.norm(smooth - colour, axis=2))
    return nearest
