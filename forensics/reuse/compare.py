"""Compare two pictures that look alike, pixel by pixel: a copy, or another moment?"""

import cv2
import numpy as np
from msgspec import Struct
from numpy import uint8
from numpy.typing import NDArray

from forensics.calibration import load
from forensics.vision.views import Pixels

BLOCK_PX = 8
"""Side of the blocks that residuals are averaged over, in a 256-pixel view."""

BLUR_SIGMA_PX = 1.0
"""Takes the noise of compression off both pictures before they are compared."""


class Comparison(Struct, frozen=True):
    """How far two aligned pictures differ.

    Parameters
    ----------
    is_copy : bool
        Whether they differ by no more than size and compression explain.
    block_residual : float
        Mean difference in the block that differs most, in grey levels of 255, after brightness
        and contrast were fitted.
    correlation : float
        Pearson correlation of the grey values.
    reason : str
        Why, in one sentence.
    """

    is_copy: bool
    block_residual: float
    correlation: float
    reason: str


def compare_views(query: Pixels, reference: Pixels) -> Comparison:
    """Decide whether two upright grey views show the same picture.

    The views must be the right way round already: mirror or turn one first. Something that
    moved, appeared or vanished raises the residual of its blocks; size, compression, brightness
    and contrast raise all blocks a little or not at all.

    Parameters
    ----------
    query, reference : (H, W) uint8
        Grey views, at most 256 pixels on the longest side.

    Returns
    -------
    Comparison
        The verdict with its measures.

    Notes
    -----
    Limits: a change smaller than about 1/32 of the picture's longest side, or fainter than the
    threshold, is not seen; two moments of a motionless scene before a fixed camera cannot be
    told from a copy.

    Examples
    --------
    >>> import numpy as np
    >>> ramp = np.tile(np.arange(64, dtype=np.uint8), (48, 1))
    >>> compare_views(ramp, ramp).is_copy
    True
    """
    thresholds = load("reuse.compare")
    aspect_query = query.shape[1] / query.shape[0]
    aspect_reference = reference.shape[1] / reference.shape[0]
    stretch = abs(np.log(aspect_query / aspect_reference))
    if stretch > thresholds.value("max_aspect_difference"):
        return Comparison(False, 255.0, 0.0, "the ratios of width to height differ")
    one, other = _same_size(query, reference)
    fitted, correlation = _fit_brightness(one, other)
    residual = float(_block_means(np.abs(one - fitted)).max())
    limit = thresholds.value("max_block_residual")
    is_copy = residual <= limit
    relation = "at most" if is_copy else "more than"
    reason = (
        f"after fitting brightness, the block that differs most differs by {residual:.1f} of 255 "
        f"grey levels, {relation} the {limit:g} that compression explains"
    )
    return Comparison(is_copy, round(residual, 2), round(correlation, 4), reason)


def _same_size(query: Pixels, reference: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Bring both to the smaller size, so that neither has detail the other cannot have."""
    height = min(query.shape[0], reference.shape[0])
    width = min(query.shape[1], reference.shape[1])
    small = [
        cv2.resize(view, (width, height), interpolation=cv2.INTER_AREA)
        for view in (query, reference)
    ]
    blurred = [cv2.GaussianBlur(view, (0, 0), BLUR_SIGMA_PX).astype(np.float32) for view in small]
    return blurred[0], blurred[1]


def _fit_brightness(
    one: NDArray[np.float32], other: NDArray[np.float32]
) -> tuple[NDArray[np.float32], float]:
    """Fit gain and offset of `other` to `one` by least squares."""
    centred_one, centred_other = one - one.mean(), other - other.mean()
    variance = float((centred_other**2).mean())
    covariance = float((centred_one * centred_other).mean())
    if variance == 0:
        return np.full_like(one, one.mean()), 0.0
    correlation = covariance / max(float(np.sqrt(variance * (centred_one**2).mean())), 1e-9)
    return centred_other * (covariance / variance) + one.mean(), correlation


def _block_means(values: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = values.shape
    # Small pictures still give at least one block.
    rows, columns = max(1, height // BLOCK_PX), max(1, width // BLOCK_PX)
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
