"""Follow small patches of the deck from one strip to another, and say how well each is held."""

from dataclasses import dataclass
from math import isfinite

import cv2
import numpy as np
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.damage.strip import Mask

Points = NDArray[float64]


@dataclass(frozen=True, eq=False)
class Tracks:
    """Patches of the before strip, found again in the after strip.

    Parameters
    ----------
    points : (N, 2) float64
        Centres in strip pixels.
    shifts : (N, 2) float64
        How far the patch moved, before -> after.
    likeness : (N,) float64
        Normalised correlation at the best place, -1 to 1.
    information : (N, 2, 2) float64
        Inverse covariance of the shift, in pixels^-2: a patch on an edge holds the place across
        the edge and not along it, which is how the edges of the deck take part as lines.
    tried : int
        Patches that both pictures show, found or not.
    """

    points: Points
    shifts: Points
    likeness: NDArray[float64]
    information: NDArray[float64]
    tried: int = 0

    def __len__(self) -> int:
        """Count the patches."""
        return len(self.points)


_MIN_SPREAD = 2.0
"""Grey levels: a patch flatter than this follows noise."""

_MIN_LIKENESS = 0.3
"""Correlations below this place nothing: of noise, a search over 200 places finds as much."""

_LEAST_SIGMA_PX = 0.25
"""No patch is believed to be placed better than a quarter of a pixel."""

_NOISE = 1.5
"""Neighbouring pixels' errors go together: the variance of a place is so many times larger."""


@dataclass(frozen=True, eq=False)
class Pattern:
    """A strip that patches are taken from, and what is asked of each, added up once.

    Parameters
    ----------
    pixels : (H, W) uint8
        The strip, grey.
    brightness, squares : (H + 1, W + 1) float64
        Sums over all that is above and to the left, of the strip.
    smooth, smooth_squares, right, both, down : (H + 1, W + 1) float64
        The same of the strip smoothed, and of the products of its slopes.
    """

    pixels: NDArray[uint8]
    brightness: NDArray[float64]
    squares: NDArray[float64]
    smooth: NDArray[float64]
    smooth_squares: NDArray[float64]
    right: NDArray[float64]
    both: NDArray[float64]
    down: NDArray[float64]


def pattern_of(pixels: NDArray[uint8]) -> Pattern:
    """Prepare a strip that patches are taken from.

    Parameters
    ----------
    pixels : (H, W) uint8
        The strip, grey.

    Returns
    -------
    Pattern
        To be followed to any number of other strips.
    """
    smooth = np.asarray(cv2.GaussianBlur(pixels.astype(float64), (0, 0), 0.7), dtype=float64)
    slopes: list[NDArray[float64]] = list(np.gradient(smooth))
    down, right = slopes
    products = (smooth, smooth * smooth, right * right, right * down, down * down)
    return Pattern(pixels, *_tables(pixels), *(_table(each) for each in products))


def follow(
    pattern: Pattern,
    after: NDArray[uint8],
    seen: Mask,
    *,
    patch_px: int,
    step_px: int,
    reach_px: int,
) -> Tracks:
    """Follow patches from one strip to another by normalised correlation.

    Parameters
    ----------
    pattern : Pattern
        The strip before.
    after : (H, W) uint8
        The strip after, grey.
    seen : (H, W) bool
        Where both pictures show the strip.
    patch_px : int
        Side of a patch.
    step_px : int
        From one patch to the next, along and across.
    reach_px : int
        How far each is searched for, in either direction.

    Returns
    -------
    Tracks
        Patches with detail that were found inside the reach.

    Notes
    -----
    The covariance is that of a least-squares match: the residual variance 2 (1 - correlation)
    over the sum of squared gradients of the patch of unit variance (A. Gruen, "Adaptive Least
    Squares Correlation", 1985).
    """
    before = pattern.pixels
    rows, columns = before.shape
    starts = np.array(
        [
            (y, x)
            for x in range(0, columns - patch_px + 1, step_px)
            for y in range(0, rows - patch_px + 1, step_px)
        ],
        dtype=np.intp,
    ).reshape(-1, 2)
    known = _table(np.pad(seen, reach_px).astype(uint8))
    starts = starts[_sums(known, starts + reach_px, patch_px) == patch_px**2]
    tried = len(starts)
    whole = patch_px + 2 * reach_px
    padded = np.pad(after, reach_px, mode="edge")
    around = _tables(padded)
    detailed = _spread((pattern.brightness, pattern.squares), starts, patch_px) >= _MIN_SPREAD
    starts = starts[detailed & (_spread(around, starts, whole) >= _MIN_SPREAD)]
    found = [
        _find(
            before[y : y + patch_px, x : x + patch_px],
            padded[y : y + whole, x : x + whole],
            reach_px,
        )
        for y, x in starts
    ]
    held = np.array([each is not None for each in found], dtype=bool)
    starts, places = starts[held], [each for each in found if each is not None]
    if not places:
        return Tracks(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0), np.zeros((0, 2, 2)), tried)
    rough = np.array([shift for shift, _ in places], dtype=np.intp)
    peaks = np.array([peak for _, peak in places], dtype=float64)
    # A best place beyond the picture is none.
    inside = _sums(known, starts + rough[:, ::-1] + reach_px, patch_px) == patch_px**2
    starts, likeness = starts[inside], peaks[inside, 1, 1]
    return Tracks(
        starts[:, ::-1] + (patch_px - 1) / 2,
        rough[inside] + _tops(peaks[inside]),
        likeness,
        _information(pattern, starts, patch_px, likeness),
        tried,
    )


def _find(
    patch: NDArray[uint8], around: NDArray[uint8], reach: int
) -> tuple[tuple[int, int], NDArray[np.float32]] | None:
    """Give the shift in whole pixels, x and y, and how alike it is there and beside."""
    scores = np.asarray(cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED), dtype=np.float32)
    _, best, _, (column, row) = cv2.minMaxLoc(scores)
    if not isfinite(best) or best < _MIN_LIKENESS:
        return None
    # A best place at the rim of the search is none.
    if not 0 < row < 2 * reach or not 0 < column < 2 * reach:
        return None
    return (column - reach, row - reach), scores[row - 1 : row + 2, column - 1 : column + 2]


def _table(values: NDArray[uint8] | NDArray[float64]) -> NDArray[float64]:
    """Add up all that is above and to the left."""
    return np.asarray(cv2.integral(values, sdepth=cv2.CV_64F), dtype=float64)


def _tables(values: NDArray[uint8]) -> tuple[NDArray[float64], NDArray[float64]]:
    """Add values and their squares up."""
    sums, squares = cv2.integral2(values, sdepth=cv2.CV_64F, sqdepth=cv2.CV_64F)
    return np.asarray(sums, dtype=float64), np.asarray(squares, dtype=float64)


def _sums(table: NDArray[float64], starts: NDArray[np.intp], side: int) -> NDArray[float64]:
    """Give sums over squares, whose upper left corners are given as rows and columns."""
    y, x = starts[:, 0], starts[:, 1]
    corners = table[y + side, x + side] - table[y, x + side] - table[y + side, x] + table[y, x]
    return np.asarray(corners)


def _spread(
    tables: tuple[NDArray[float64], NDArray[float64]], starts: NDArray[np.intp], side: int
) -> NDArray[float64]:
    """Give the standard deviations over squares."""
    mean, square = (_sums(each, starts, side) / side**2 for each in tables)
    return np.asarray(np.sqrt(np.maximum(square - mean * mean, 0)))


def _tops(peaks: NDArray[float64]) -> NDArray[float64]:
    """Give the tops of the parabolas through peaks, (N, 3, 3), and their neighbours, in x and y."""
    low, high = (
        np.stack([peaks[:, 1, 0], peaks[:, 0, 1]]),
        np.stack([peaks[:, 1, 2], peaks[:, 2, 1]]),
    )
    bend = low + high - 2 * peaks[:, 1, 1]
    steps = np.divide(low - high, 2 * bend, out=np.zeros_like(bend), where=bend < 0)
    return np.asarray(np.clip(steps, -0.5, 0.5).T)


def _information(
    pattern: Pattern, starts: NDArray[np.intp], side: int, likeness: NDArray[float64]
) -> NDArray[float64]:
    mean = _sums(pattern.smooth, starts, side) / side**2
    power = _sums(pattern.smooth_squares, starts, side) / side**2 - mean * mean
    tensor = np.empty((len(starts), 2, 2))
    tensor[:, 0, 0] = _sums(pattern.right, starts, side)
    tensor[:, 1, 1] = _sums(pattern.down, starts, side)
    tensor[:, 0, 1] = tensor[:, 1, 0] = _sums(pattern.both, starts, side)
    noise = _NOISE * 2 * np.maximum(1 - likeness, 0.02) * np.maximum(power, 1e-6)
    values, vectors = np.linalg.eigh(tensor / noise[:, None, None])
    values = np.clip(values, 0, 1 / _LEAST_SIGMA_PX**2)
    return np.asarray((vectors * values[:, None]) @ vectors.transpose(0, 2, 1))
