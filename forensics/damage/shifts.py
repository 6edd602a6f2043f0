"""Guard against decks that look the same further along: one span off, and everything fits."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy import float32, float64, uint8
from numpy.typing import NDArray

from forensics.calibration import load
from forensics.damage.strip import Grid, Mask
from forensics.vision.views import grey

CALIBRATION = "damage.shifts"

_WORK_WIDTH_PX = 32
"""Strips are shrunk until the deck is so wide: a shift of a span is much larger than a pixel."""

_NEAR = 0.02
"""Shifts below this share of the deck's length are the chosen place itself."""

_FARTHEST = 0.7
_DETAIL = 0.5
"""What is constant along the deck over more than so many widths (edges, lanes) tells no shift."""

_LEVEL_FLOOR = 2.0
_CLIP = 2.5
_ACROSS_PX = (-1, 0, 1)
_LEAST_SEEN = 0.25
_FLOOR = 0.02
_FAINT = 1e-3
"""Mean power below which there is nothing but rounding to correlate."""


@dataclass(frozen=True, eq=False)
class RivalShift:
    """The best place further along the deck.

    Parameters
    ----------
    share : float
        How far it is along the deck from the chosen place, as a share of its length; 0 when none
        could be tried.
    score, chosen : float
        Correlation of the textures there, and at the chosen place, -1 to 1.
    ratio : float
        The first over the second; about 1 means that either place would do.
    """

    share: float
    score: float
    chosen: float
    ratio: float

    @property
    def is_rival(self) -> bool:
        """Tell whether the place cannot be told from the chosen one."""
        return self.ratio > load(CALIBRATION).value("max_ratio")


def rival_shift(
    before: NDArray[uint8], after: NDArray[uint8], seen: Mask, grid: Grid
) -> RivalShift:
    """Look for a shift along the deck that fits about as well as the chosen place.

    Use it after a registration, on the strips that it unrolls.

    Parameters
    ----------
    before, after : (rows, columns) or (rows, columns, 3) uint8
        Both pictures unrolled by the fit, margins included.
    seen : (rows, columns) bool
        Where both pictures show the strip.
    grid : Grid
        Size of the strip.

    Returns
    -------
    RivalShift
        The best place farther than the smallest shift that counts.

    Notes
    -----
    What remains of the brightness after taking off its mean along the deck is correlated at every
    shift, on the deck and beside it alike, a pixel up and down. Limits: a shift is tried along the
    deck alone; spans that differ in nothing but what is farther away than half a width are rivals.
    """
    factor = min(1.0, _WORK_WIDTH_PX / grid.width_px)
    one, known = _detail(before, seen, factor, grid)
    other, _ = _detail(after, seen, factor, grid)
    length = max(1.0, grid.length_px * factor)
    least = load(CALIBRATION).value("min_shift")
    reach = int(min(_FARTHEST * length, known.shape[1] - 2))
    steps = np.arange(-reach, reach + 1)
    scores = np.max([_along(one, other, known, reach, each) for each in _ACROSS_PX], axis=0)
    near = np.abs(steps) <= max(1.0, _NEAR * length)
    far = (np.abs(steps) >= least * length) & np.isfinite(scores)
    chosen = float(np.nanmax(scores[near])) if np.isfinite(scores[near]).any() else 0.0
    if not far.any():
        return RivalShift(0.0, 0.0, chosen, 0.0)
    best = int(np.where(far, scores, -np.inf).argmax())
    score = float(scores[best])
    ratio = max(score, 0.0) / max(chosen, _FLOOR)
    return RivalShift(round(float(steps[best] / length), 4), score, chosen, round(ratio, 4))


def _detail(
    strip: NDArray[uint8], seen: Mask, factor: float, grid: Grid
) -> tuple[NDArray[float32], Mask]:
    """Leave what varies along the deck, of even strength everywhere."""
    luma = grey(strip) if strip.ndim > 2 else strip  # noqa: PLR2004  colours or none
    rows, columns = luma.shape
    size = (max(4, round(columns * factor)), max(4, round(rows * factor)))
    small = cv2.resize(luma, size, interpolation=cv2.INTER_AREA).astype(float32)
    known = cv2.resize(seen.astype(uint8), size, interpolation=cv2.INTER_NEAREST).astype(bool)
    window = max(3, 2 * round(_DETAIL * grid.width_px * factor) + 1)
    weight = cv2.blur(known.astype(float32), (window, 1)) + float32(1e-6)
    mean = cv2.blur(small * known, (window, 1)) / weight
    left = (small - mean) * known
    # Rounding may leave a running mean of squares a hair below 0.
    power = np.maximum(cv2.blur(left**2, (window, window // 2)), 0)
    spread = np.sqrt(power / weight)
    return np.clip(left / (spread + _LEVEL_FLOOR), -_CLIP, _CLIP).astype(float32), known


def _along(
    one: NDArray[float32], other: NDArray[float32], known: Mask, reach: int, across: int
) -> NDArray[float64]:
    """Correlate where both strips are seen, the other one shifted; -inf where too little is.

    By Fourier transforms of the rows: a strip has a thousand shifts, and each costs as much as all.
    """
    rows, columns = known.shape
    here = slice(max(0, -across), rows - max(0, across))
    there = slice(max(0, across), rows - max(0, -across))
    length = cv2.getOptimalDFTSize(columns + reach)

    def summed(first: NDArray[float64], second: NDArray[float64]) -> NDArray[float64]:
        start, end = np.fft.rfft(first[here], length), np.fft.rfft(second[there], length)
        sums = np.fft.irfft((start.conj() * end).sum(axis=0), length)
        return np.asarray(np.roll(sums, reach)[: 2 * reach + 1])

    # What is not seen is 0 in both already.
    before, after, seen = (each.astype(float64) for each in (one, other, known))
    shared, both = summed(before, after), np.rint(summed(seen, seen))
    # Sums of squares of which nothing is seen may come out a hair below 0.
    power = np.sqrt(np.maximum(summed(before**2, seen) * summed(seen, after**2), 0))
    found = np.zeros_like(shared)
    np.divide(shared, power, out=found, where=power > _FAINT * both)
    return np.where(both < _LEAST_SEEN * known.size, -np.inf, found)
