"""Whether the texture and the edges of the deck persist, or are found again near by."""

import cv2
import numpy as np
from numpy import float32
from numpy.typing import NDArray

from forensics.damage.light import LEAST_LIGHT, Lit, Map, blurred, grown, shrunk
from forensics.damage.strip import Grid

_SEARCH_PX = 2
"""Textures are compared at shifts of so many pixels either way: registration is no better."""

_FINE, _SMALL, _LARGE = 0.1, 0.18, 0.4
"""Windows of the correlation, in deck widths (sigma of a Gaussian)."""

_DETAIL = 0.25
_FLAT_LOG = 1e-4
"""Variance of the logarithm of light, added likewise: a grain of 1 %."""

_GRAIN = 0.06
_SHRUNK_SIGMA_PX = 3.0
_FLAT = 4.0
"""Variance, in grey levels squared, added so that noise on plain surfaces is no texture."""

_EDGE_REACH, _EDGE_SEARCH, _EDGE_SMOOTH = 0.22, 0.25, 0.3
_LEAST_BEND = 1e-3
_FITTING = 2
_PATCH, _STEP, _REACH = 0.4, 0.2, 0.33
"""Patches that are looked for near by: side, distance of the next, and how far, in deck widths."""

_LEAST_PATCH_PX, _LEAST_REACH_PX = 12, 6


def texture_measures(lit: Lit, grid: Grid) -> dict[str, Map]:
    """Measure texture and edges.

    Parameters
    ----------
    lit : Lit
        The strips.
    grid : Grid
        Where the deck is.

    Returns
    -------
    dict of (rows, columns) float32
        By name, see `forensics.damage.measures.measure`.
    """
    wide = lit.wide
    fine, small, large = (
        _texture(lit.before, lit.after, wide * each, _FLAT) for each in (_FINE, _SMALL, _LARGE)
    )
    old_log, new_log = (_log_detail(each, wide) for each in (lit.before, lit.after))
    old, new = (
        0.5 * np.log(_variance(each, wide * _SMALL) + _FLAT) for each in (lit.before, lit.after)
    )
    grain = 0.5 * np.log(_variance(lit.after, wide * _GRAIN) + _FLAT)
    weaker, stronger, shift, narrower = _edges(lit.before, lit.after, grid)
    elsewhere, moved, drift, along, across = _elsewhere(lit.before, lit.after, wide)
    deck = grid.deck
    return {
        "texture_fine": fine,
        "texture_small": small,
        "texture_large": large,
        "texture_log": _texture(old_log, new_log, wide * _FINE, _FLAT_LOG),
        "elsewhere": elsewhere,
        "moved": moved,
        "drift": drift,
        "drift_along": along,
        "drift_across": across,
        "roughness": new - old - np.median((new - old)[deck]),
        "grain": grain - np.median(grain[deck]),
        "detail": new - np.median(new[deck]),
        "edges": weaker,
        "either_edge": stronger,
        "edge_shift": shift,
        "narrower": narrower,
    }


def _log_detail(values: Map, wide: int) -> Map:
    """Give what varies over less than a quarter of the width, as ratios of light.

    Soot takes the same share of the light from light and dark grains: as ratios they persist.
    """
    log = np.log(values + LEAST_LIGHT)
    return np.asarray(log - blurred(log, wide * _DETAIL), dtype=float32)


def _texture(one: Map, other: Map, sigma: float, flat: float) -> Map:
    """Correlate under a Gaussian window, at the best of small shifts by pixel."""
    step = max(1, int(sigma / _SHRUNK_SIGMA_PX))
    narrow = max(0.6, sigma / step)

    def mean(values: Map) -> Map:
        small = shrunk(values, step) if step > 1 else values
        return np.asarray(cv2.GaussianBlur(small, (0, 0), narrow), dtype=float32)

    first = mean(one)
    spread_one = np.maximum(mean(one * one) - first**2, 0) + flat
    best = np.full(first.shape, -1, float32)
    padded = np.pad(other, _SEARCH_PX, mode="edge")
    rows, columns = one.shape
    for down in range(2 * _SEARCH_PX + 1):
        for right in range(2 * _SEARCH_PX + 1):
            shifted = np.ascontiguousarray(padded[down : down + rows, right : right + columns])
            second = mean(shifted)
            spread = np.maximum(mean(shifted * shifted) - second**2, 0) + flat
            shared = mean(one * shifted) - first * second
            best = np.maximum(best, shared / np.sqrt(spread_one * spread))
    return grown(best, one.shape) if step > 1 else best


def _variance(values: Map, sigma: float) -> Map:
    spread = blurred(values * values, sigma) - blurred(values, sigma) ** 2
    return np.asarray(np.maximum(spread, 0), dtype=float32)


def _elsewhere(one: Map, other: Map, wide: int) -> tuple[Map, ...]:
    """Look for patches near by: how much better they fit there, and how far away that is.

    The third map is the distance weighed by how well the patch fits, from all patches; the fourth
    and fifth are that distance along the deck and across it.
    """
    side, step = max(_LEAST_PATCH_PX, round(wide * _PATCH)), max(4, round(wide * _STEP))
    reach = max(_LEAST_REACH_PX, round(wide * _REACH))
    rows = range(0, one.shape[0] - side + 1, step)
    columns = range(0, one.shape[1] - side + 1, step)
    if not len(rows) or not len(columns):
        return (np.zeros(one.shape, float32),) * 5
    padded = np.pad(other, reach, mode="edge")
    gain, away, drift, along, across = np.zeros((5, len(rows), len(columns)), float32)
    near = slice(reach - _SEARCH_PX, reach + _SEARCH_PX + 1)
    for i, y in enumerate(rows):
        for j, x in enumerate(columns):
            patch = one[y : y + side, x : x + side]
            around = padded[y : y + side + 2 * reach, x : x + side + 2 * reach]
            scores = np.nan_to_num(cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED))
            here, (_, best, _, place) = float(scores[near, near].max()), cv2.minMaxLoc(scores)
            best = max(0.0, min(best, 1.0))
            on, down = (abs(each - reach) / wide for each in place)
            far = np.hypot(on, down)
            gain[i, j] = max(0.0, best - max(here, 0.0))
            away[i, j], drift[i, j] = gain[i, j] * far, best**_FITTING * far
            along[i, j], across[i, j] = best**_FITTING * on, best**_FITTING * down
    found = (gain, away, drift, along, across)
    return tuple(_spread_out(each, one.shape, side, step) for each in found)


def _spread_out(
    values: NDArray[float32], shape: tuple[int, ...], side: int, step: int
) -> NDArray[float32]:
    """Interpolate values at the middles of patches over the whole strip."""
    middle = (side - 1) / 2
    matrix = np.array([[1 / step, 0, -middle / step], [0, 1 / step, -middle / step]])
    laid = cv2.warpAffine(
        values,
        matrix,
        (shape[1], shape[0]),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(laid, dtype=float32)


def _edges(one: Map, other: Map, grid: Grid) -> tuple[Map, Map, Map, Map]:
    """Correlate the slope of the profile across each deck edge: the weaker and the stronger edge.

    Of the profile, mostly the inner side counts: outside, water and shadows change by themselves.
    The third and fourth map tell how far both edges lie aside, and how much nearer to each other,
    in deck widths and against the rest of the deck: a slab that sank is smaller seen from above.
    """
    wide = grid.width_px
    inner = max(3, round(wide * _EDGE_REACH))
    outer, reach = max(2, inner // 3), max(_SEARCH_PX + 1, round(wide * _EDGE_SEARCH))
    low, high = grid.side_px, grid.side_px + wide
    slopes = [_slope(each, grid) for each in (one, other)]
    shifts = np.arange(-reach, reach + 1)
    found, aside = [], []
    for band in (slice(low - outer, low + inner), slice(high - inner, high + outer)):
        first = slopes[0][band]
        power = (first**2).mean(axis=0) + _FLAT
        fits = np.empty((len(shifts), one.shape[1]), float32)
        for at, down in enumerate(shifts):
            second = np.roll(slopes[1], -down, axis=0)[band]
            strength = np.sqrt(power * ((second**2).mean(axis=0) + _FLAT))
            fits[at] = (first * second).mean(axis=0) / strength
        found.append(fits[np.abs(shifts) <= _SEARCH_PX].max(axis=0))
        smooth = np.asarray(
            cv2.GaussianBlur(fits, (0, 0), sigmaX=max(0.6, wide * _EDGE_SMOOTH), sigmaY=0.8),
            dtype=float32,
        )
        place = (shifts[smooth.argmax(axis=0)] + _between(smooth)) / np.float32(wide)
        surely = np.clip(smooth.max(axis=0), 0, 1)
        aside.append((place - np.median(place[grid.deck[1]])) * surely)
    apart, nearer = np.abs(aside[0]) + np.abs(aside[1]), aside[0] - aside[1]
    maps = [np.minimum(*found), np.maximum(*found), apart, nearer]
    whole = [np.broadcast_to(each.astype(float32), one.shape) for each in maps]
    return whole[0], whole[1], whole[2], whole[3]


def _slope(values: Map, grid: Grid) -> Map:
    along = cv2.blur(values, (max(3, grid.width_px // 4), 1))
    return np.asarray(cv2.Sobel(along, cv2.CV_32F, 0, 1, ksize=3), dtype=float32)


def _between(fits: Map) -> Map:
    """Give the fraction of a step by which the best of each column lies off the highest value."""
    best = np.clip(fits.argmax(axis=0), 1, len(fits) - 2)
    on = np.arange(fits.shape[1])
    left, middle, right = (fits[best + step, on] for step in (-1, 0, 1))
    bend = np.minimum(left - 2 * middle + right, -_LEAST_BEND)
    return np.asarray(np.clip((left - right) / (2 * bend), -0.5, 0.5), dtype=float32)
