"""What is measured at each pixel of the deck: does it persist, is it darker, is it water?"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy import float32, uint8
from numpy.typing import NDArray

from forensics.damage.strip import Grid, Mask

Map = NDArray[float32]

NAMES = (
    "texture_small",
    "texture_large",
    "darkening",
    "roughness",
    "like_beside",
    "off_deck_colour",
    "colour_change",
    "edges",
    "either_edge",
    "texture_column",
    "like_beside_column",
    "darkening_column",
    "darkness",
    "texture_stretch",
    "edges_stretch",
    "either_edge_stretch",
    "off_deck_stretch",
)
"""The measures, in the order of the last axis of `measure`."""

_SEARCH_PX = 2
"""Textures are compared at shifts of so many pixels either way: registration is no better."""

_SMALL, _LARGE = 0.18, 0.4
_COLUMN, _STRETCH = 0.3, 0.8
"""Widths of the windows, in deck widths (sigma of a Gaussian)."""

_USUAL = 0.7
_RELATIVE = {name for name in NAMES if name.startswith(("texture", "edges", "either_edge"))}
"""Damage is local: how well texture and edges persist is counted from what is usual on this deck,
which haze, blur and the angle lower everywhere."""

_EDGE_REACH = 0.22
_FLAT = 4.0
"""Variance, in grey levels squared, added so that noise on plain surfaces is no texture."""

_LEAST_LIGHT = 8.0


@dataclass(frozen=True, eq=False)
class Measures:
    """Maps over the deck.

    Parameters
    ----------
    maps : (rows, columns, len(NAMES)) float32
        By pixel of the deck in the strip.
    seen : (rows, columns) bool
        Where both pictures show the deck.
    held : float
        Correlation of the textures over most of the deck: where it is low nothing can be told.
    """

    maps: NDArray[float32]
    seen: Mask
    held: float


def measure(before: NDArray[uint8], after: NDArray[uint8], seen: Mask, grid: Grid) -> Measures:
    """Measure the deck in two strips.

    Parameters
    ----------
    before, after : (rows, columns, 3) uint8
        The strips, sRGB, margins included.
    seen : (rows, columns) bool
        Where both pictures show the strip.
    grid : Grid
        Where the deck is in the strip.

    Returns
    -------
    Measures
        For the deck alone.

    Notes
    -----
    `texture_*`: normalised correlation under a Gaussian window, best of small shifts.
    `darkening`: log of after over before, less its median over the deck, so exposure drops out.
    `roughness`: log ratio of the local contrasts, likewise. `like_beside`: 0 looks like the deck,
    1 like the water or ground beside it in the same columns. `edges`: the weaker of both deck
    edges, as correlation of the slopes across them; `either_edge`: the stronger. The
    measures of columns and stretches are means across the width, near by and over a deck width
    either way.
    """
    wide, deck = grid.width_px, grid.deck
    one, other = (
        cv2.cvtColor(each, cv2.COLOR_RGB2GRAY).astype(float32) for each in (before, after)
    )
    lab_one, lab_other = (_lab(each) for each in (before, after))
    small, large = _textures(one, other, wide)
    light = np.log(_blurred(other, wide * 0.1) + _LEAST_LIGHT) - np.log(
        _blurred(one, wide * 0.1) + _LEAST_LIGHT
    )
    darkening = light - _middle(light, seen, deck)
    rough = 0.5 * np.log(_variance(other, wide * _SMALL) + _FLAT) - 0.5 * np.log(
        _variance(one, wide * _SMALL) + _FLAT
    )
    rough = rough - _middle(rough, seen, deck)
    to_deck, to_side = _likeness(lab_other, seen, grid)
    change = lab_other - lab_one
    shift = np.median(change[deck][seen[deck]], axis=0) if seen[deck].any() else 0.0
    colour = np.linalg.norm((_blurred(change, wide * 0.1) - shift)[..., 1:], axis=2)
    beside = to_deck / (to_deck + to_side + 1.0)
    own = np.log(_blurred(other, wide * 0.1) + _LEAST_LIGHT)
    edges, either = _edges(one, other, grid)
    whole = [
        small,
        large,
        darkening,
        rough,
        beside,
        np.log1p(to_deck),
        np.log1p(colour),
        edges,
        either,
        _across(small, grid),
        _across(beside, grid),
        _across(darkening, grid),
        own - _middle(own, seen, deck),
        _across(large, grid, reach=_STRETCH),
        _across(edges, grid, reach=_STRETCH),
        _across(either, grid, reach=_STRETCH),
        _across(np.log1p(to_deck), grid, reach=_STRETCH),
    ]
    maps = np.stack([np.asarray(each, dtype=float32)[deck] for each in whole], axis=2)
    maps, inside = np.nan_to_num(maps), seen[deck]
    held = 0.0
    if inside.any():
        usual = np.quantile(maps[inside], _USUAL, axis=0)
        held = float(usual[NAMES.index("texture_large")])
        maps = maps - np.where([name in _RELATIVE for name in NAMES], usual, 0).astype(float32)
    return Measures(maps, inside, held)


def _lab(strip: NDArray[uint8]) -> Map:
    return np.asarray(cv2.cvtColor(strip.astype(float32) / 255, cv2.COLOR_RGB2LAB), dtype=float32)


def _blurred(values: Map, sigma: float) -> Map:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), max(0.6, sigma)), dtype=float32)


def _variance(values: Map, sigma: float) -> Map:
    spread = _blurred(values * values, sigma) - _blurred(values, sigma) ** 2
    return np.asarray(np.maximum(spread, 0), dtype=float32)


def _middle(values: Map, seen: Mask, deck: tuple[slice, slice]) -> float:
    inside = values[deck][seen[deck]]
    return float(np.median(inside)) if inside.size else 0.0


def _textures(one: Map, other: Map, wide: int) -> tuple[Map, Map]:
    best = [np.full(one.shape, -1, float32), np.full(one.shape, -1, float32)]
    sigmas = (wide * _SMALL, wide * _LARGE)
    means = [_blurred(one, sigma) for sigma in sigmas]
    spreads = [_variance(one, sigma) + _FLAT for sigma in sigmas]
    for down in range(-_SEARCH_PX, _SEARCH_PX + 1):
        for right in range(-_SEARCH_PX, _SEARCH_PX + 1):
            move = np.array([[1.0, 0, right], [0, 1, down]])
            size = (one.shape[1], one.shape[0])
            shifted = cv2.warpAffine(other, move, size, borderMode=cv2.BORDER_REPLICATE)
            moved = np.asarray(shifted, dtype=float32)
            product, square = one * moved, moved * moved
            for at, sigma in enumerate(sigmas):
                mean = _blurred(moved, sigma)
                spread = np.maximum(_blurred(square, sigma) - mean**2, 0) + _FLAT
                shared = _blurred(product, sigma) - means[at] * mean
                best[at] = np.maximum(best[at], shared / np.sqrt(spreads[at] * spread))
    return best[0], best[1]


def _likeness(lab: Map, seen: Mask, grid: Grid) -> tuple[Map, Map]:
    """Give the distances in colour to the deck and to what is beside it in the same columns."""
    rows, columns = grid.shape
    smooth = _blurred(lab, grid.width_px * 0.06)
    inside = seen[grid.deck]
    deck = np.median(smooth[grid.deck][inside], axis=0) if inside.any() else np.zeros(3)
    to_deck = np.linalg.norm(smooth - deck, axis=2)
    to_side = np.full((rows, columns), np.inf, float32)
    # The outer half of the margin: the inner one may show the girder and the parapet.
    half = max(1, grid.side_px // 2)
    for side in (smooth[:half], smooth[-half:]):
        colour = _blurred(np.median(side, axis=0)[None], grid.width_px * _COLUMN)
        to_side = np.minimum(to_side, np.linalg.norm(smooth - colour, axis=2))
    return to_deck, to_side


def _edges(one: Map, other: Map, grid: Grid) -> tuple[Map, Map]:
    """Correlate the slope of the profile across each deck edge: the weaker and the stronger edge.

    Of the profile, mostly the inner side counts: outside, water and shadows change by themselves.
    """
    inner = max(3, round(grid.width_px * _EDGE_REACH))
    outer = max(2, inner // 3)
    low, high = grid.side_px, grid.side_px + grid.width_px
    slopes = [_slope(each, grid) for each in (one, other)]
    found = []
    for band in (slice(low - outer, low + inner), slice(high - inner, high + outer)):
        best = np.full(one.shape[1], -1.0, float32)
        first = slopes[0][band]
        for down in range(-_SEARCH_PX, _SEARCH_PX + 1):
            second = np.roll(slopes[1], down, axis=0)[band]
            strength = np.sqrt(
                ((first**2).mean(axis=0) + _FLAT) * ((second**2).mean(axis=0) + _FLAT)
            )
            best = np.maximum(best, (first * second).mean(axis=0) / strength)
        found.append(best)
    weaker, stronger = np.minimum(*found), np.maximum(*found)
    return np.tile(weaker, (len(one), 1)), np.tile(stronger, (len(one), 1))


def _slope(values: Map, grid: Grid) -> Map:
    along = cv2.blur(values, (max(3, grid.width_px // 4), 1))
    return np.asarray(cv2.Sobel(along, cv2.CV_32F, 0, 1, ksize=3), dtype=float32)


def _across(values: Map, grid: Grid, *, reach: float = 0.12) -> Map:
    mean = np.asarray(values, dtype=float32)[grid.deck[0]].mean(axis=0)
    smooth = _blurred(mean[None], grid.width_px * reach)
    return np.broadcast_to(smooth, values.shape)
