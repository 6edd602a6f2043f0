"""Compare two pictures that look alike, pixel by pixel: a copy, or another moment?"""

from dataclasses import dataclass

import cv2
import numpy as np
from msgspec import Struct
from numpy import uint8
from numpy.typing import NDArray

from forensics.calibration import load
from forensics.vision.views import CLIP_COMPARE_SIDE_PX, Pixels, fit

BLOCK_PX = 8
"""Side of the blocks that residuals are averaged over, in a 256-pixel view."""

BLUR_SIGMA_PX = 1.0
"""Takes the noise of compression off both pictures before they are compared."""

_FLAT_VARIANCE = 1.0
"""Standard deviations of less than a grey level are rounding, not detail."""


class Comparison(Struct, frozen=True):
    """How far two aligned pictures differ.

    Parameters
    ----------
    is_copy : bool
        Whether they differ by no more than size and compression explain.
    block_residual : float
        Mean difference in the block that differs most, in grey levels of 255, after brightness
        and contrast were fitted; 255 when they were not compared.
    correlation : float
        Pearson correlation of the grey values.
    reason : str
        Why, in one sentence.
    typical_residual : float
        Mean difference in the median block, which compression leaves everywhere.
    """

    is_copy: bool
    block_residual: float
    correlation: float
    reason: str
    typical_residual: float = 0.0


def compare_views(query: Pixels, reference: Pixels) -> Comparison:
    """Decide whether two upright grey views show the same picture.

    The views must be the right way round already: mirror or turn one first. Something that
    moved, appeared or vanished raises the residual of its blocks; size, compression, brightness
    and contrast raise all blocks a little or not at all.

    Parameters
    ----------
    query, reference : (H, W) uint8
        Grey views; compared at no more than 256 pixels on the longest side.

    Returns
    -------
    Comparison
        The verdict with its measures.

    Notes
    -----
    Both are blurred alike and sampled at the smaller size, gain and offset are fitted, and
    absolute differences averaged over blocks of 8 x 8 pixels. Strong compression differs by a
    few grey levels in every block; a share of the median block's difference is therefore granted
    on top of the threshold. Normalising by local texture, signed means and blocks of other sizes
    told copies from other moments worse (see ``docs/methods/reuse.md``).

    Limits: a change smaller than about 1/32 of the picture's longest side, or fainter than the
    threshold, is not seen; two moments of a motionless scene before a fixed camera cannot be
    told from a copy. Pictures with too little detail are never called copies.

    Examples
    --------
    >>> import numpy as np
    >>> ramp = np.tile(np.arange(64, dtype=np.uint8), (48, 1))
    >>> compare_views(ramp, ramp).is_copy
    True
    """
    found = compare_blocks(query, reference)
    if isinstance(found, str):
        return _not_compared(found)
    most = float(found.residuals.max())
    least = load("reuse.compare").value("min_correlation")
    is_copy = most <= found.limit and found.correlation >= least
    if found.correlation < least:
        reason = (
            f"their grey values hardly go together (correlation {found.correlation:.2f}), or there "
            "is too little detail to compare"
        )
    else:
        reason = (
            f"after fitting brightness, the part that differs most differs by {most:.1f} of 255 "
            f"grey levels, {'at most' if is_copy else 'more than'} the {found.limit:.1f} that "
            "compression explains here"
        )
    typical = float(np.median(found.residuals))
    return Comparison(
        is_copy, round(most, 2), round(found.correlation, 4), reason, round(typical, 2)
    )


@dataclass(frozen=True, eq=False)
class Blocks:
    """Differences of two pictures block by block.

    Parameters
    ----------
    residuals : (rows, columns) float32
        Mean difference in each block of `BLOCK_PX`, in grey levels of 255.
    limit : float
        What compression explains.
    correlation : float
        Pearson correlation of the grey values.
    """

    residuals: NDArray[np.float32]
    limit: float
    correlation: float


def compare_blocks(query: Pixels, reference: Pixels, *, best: float = 1.0) -> Blocks | str:
    """Compare two upright grey views block by block.

    Parameters
    ----------
    query, reference : (H, W) uint8
        As for `compare_views`.
    best : float, optional
        Brightness and contrast are fitted on this share of the pixels, those that fit best; a large
        logo shifts them otherwise.

    Returns
    -------
    Blocks or str
        The differences, or why the views cannot be compared.
    """
    calibration = load("reuse.compare")
    query, reference = (
        fit(each, longest_side_px=CLIP_COMPARE_SIDE_PX) for each in (query, reference)
    )
    if min(*query.shape, *reference.shape) < calibration.value("min_side_px"):
        return "one of them is too small to compare"
    aspect_query = query.shape[1] / query.shape[0]
    aspect_reference = reference.shape[1] / reference.shape[0]
    stretch = abs(np.log(aspect_query / aspect_reference))
    if stretch > calibration.value("max_aspect_difference"):
        return "the ratios of width to height differ"
    one, other = _same_size(query, reference)
    fitted, correlation = _fit_brightness(one, other)
    for _ in range(_ROUNDS if best < 1 else 0):
        missed = np.abs(one - fitted)
        fitted = _fitted_on(missed <= np.quantile(missed, best), one, other)
    residuals = _block_means(np.abs(one - fitted))
    typical = float(np.median(residuals))
    limit = calibration.value("max_block_residual") + calibration.value("typical_share") * typical
    return Blocks(residuals, limit, correlation)


def _not_compared(reason: str) -> Comparison:
    return Comparison(False, 255.0, 0.0, reason, 255.0)


def _same_size(query: Pixels, reference: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Bring both to the smaller size, so that neither has detail the other cannot have."""
    height = min(query.shape[0], reference.shape[0])
    width = min(query.shape[1], reference.shape[1])
    return _blurred_at(query, width, height), _blurred_at(reference, width, height)


def _blurred_at(view: Pixels, width: int, height: int) -> NDArray[np.float32]:
    # Blurred before sampling, by the same amount in the smaller picture's pixels: area averaging
    # from 256 to 240 pixels blurs unevenly and left up to 5 grey levels between exact copies.
    blurred = cv2.GaussianBlur(
        view.astype(np.float32),
        (0, 0),
        sigmaX=BLUR_SIGMA_PX * view.shape[1] / width,
        sigmaY=BLUR_SIGMA_PX * view.shape[0] / height,
    )
    sampled = cv2.resize(blurred, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(sampled, dtype=np.float32)


def _fit_brightness(
    one: NDArray[np.float32], other: NDArray[np.float32]
) -> tuple[NDArray[np.float32], float]:
    """Fit gain and offset of `other` to `one` by least squares."""
    centred_one, centred_other = one - one.mean(), other - other.mean()
    variance_one = float((centred_one**2).mean())
    variance_other = float((centred_other**2).mean())
    if min(variance_one, variance_other) < _FLAT_VARIANCE:
        return np.full_like(one, one.mean()), 0.0
    covariance = float((centred_one * centred_other).mean())
    fitted = centred_other * np.float32(covariance / variance_other) + one.mean()
    return fitted, covariance / float(np.sqrt(variance_one * variance_other))


_ROUNDS = 4


def _fitted_on(
    used: NDArray[np.bool_], one: NDArray[np.float32], other: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Fit gain and offset of `other` to `one` on some of the pixels."""
    mine, theirs = one[used], other[used]
    centred = theirs - theirs.mean()
    variance = float((centred**2).mean())
    if variance < _FLAT_VARIANCE:
        return np.asarray(other - theirs.mean() + mine.mean())
    gain = float((centred * (mine - mine.mean())).mean()) / variance
    return np.asarray((other - theirs.mean()) * np.float32(gain) + mine.mean())


def _block_means(values: NDArray[np.float32]) -> NDArray[np.float32]:
    rows, columns = values.shape[0] // BLOCK_PX, values.shape[1] // BLOCK_PX
    return np.asarray(
        cv2.resize(values, (columns, rows), interpolation=cv2.INTER_AREA), dtype=np.float32
    )


def chroma_difference(query: NDArray[uint8], reference: NDArray[uint8]) -> float:
    """Measure how far the colours of two aligned pictures differ.

    Parameters
    ----------
    query, reference : (H, W, 2) uint8
        Cr and Cb, turned the same way.

    Returns
    -------
    float
        Mean absolute difference, in levels of 255.
    """
    height = min(query.shape[0], reference.shape[0])
    width = min(query.shape[1], reference.shape[1])
    one, other = (
        cv2.resize(each, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
        for each in (query, reference)
    )
    return float(np.abs(one - other).mean())
