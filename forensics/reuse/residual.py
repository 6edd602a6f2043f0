"""What is left between two pictures that lie over each other: misfit in units of its noise."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy import float32, float64
from numpy.typing import NDArray

from forensics.reuse.tones import MAD, foretold, misfit_back
from forensics.reuse.warp import Mask, Overlay, Plane

BLURS_PX = (0.5, 0.8, 1.2, 1.7, 2.4, 3.4, 4.8)
"""How much blurrier one of two pictures may be; the sharper one is blurred by the same."""

_BLUR_WORTH = 0.002
_DETAIL_PX = 2.0
_BLOCK_PX = 16
_FIELD_SHARE = 6
"""Light that changes over a sixth of the picture is no change of what it shows."""

_LEAST_NOISE = 0.7
_LEAST_EDGE_NOISE = 0.15
"""Edges never fit better than this share of their slope: pixels are sampled differently."""


@dataclass(frozen=True, eq=False)
class Residual:
    """Two pictures made as alike as blur, brightness and light can, and what is left.

    Parameters
    ----------
    query, reference : (H, W) float32
        Luma, blurred alike, with the tones of the query.
    inside : (H, W) bool
        Where both have pixels.
    misfit : (H, W) float32
        Query minus reference, in grey levels.
    noise : (H, W) float32
        How large misfit is expected to be there from compression and sampling.
    flat_noise : float
        The same on plain surfaces.
    blur_px : float
        By how much the reference was blurred; negative when the query was.
    recoloured : bool
        Whether brightness was made to follow the reference's colours, which were changed.
    """

    query: Plane
    reference: Plane
    inside: Mask
    misfit: Plane
    noise: Plane
    flat_noise: float
    blur_px: float
    recoloured: bool

    @property
    def strength(self) -> Plane:
        """Misfit in units of noise, (H, W) float32."""
        return np.asarray(np.abs(self.misfit) / self.noise, dtype=float32)


def find_residual(
    over: Overlay,
    inside: Mask,
    *,
    basis: Mask | None = None,
    colours: tuple[Plane, Plane] | None = None,
) -> Residual:
    """Make two pictures alike and measure what is left.

    Parameters
    ----------
    over : Overlay
        The pictures.
    inside : (H, W) bool
        Where to compare.
    basis : (H, W) bool, optional
        Where the pictures are known to show the same: blur, tones and noise are read there.
    colours : two of (H, W, 2) float32, optional
        Cr and Cb of query and reference, of pictures whose colours were changed.

    Returns
    -------
    Residual
        The misfit and what is expected of it.

    Notes
    -----
    Blur is matched on fine detail, block by block, so that what was laid over the picture does
    not decide; tones by the medians of sixteenths of the reference's; slow changes of light are
    taken off. What compression leaves is read from the pictures themselves: the median misfit on
    plain surfaces, and how it grows with the slope of edges.

    With colours, tones follow the reference's colours too, and the misfit is the larger one of both
    ways round: what only one picture has would else be explained by its own colour. Colours
    are known coarsely, so misfit is expected where what they add changes.
    """
    query, reference = over.query, over.reference
    known = inside if basis is None else inside & basis
    ours, theirs = (None, None) if colours is None else colours
    toned, _ = foretold(query, reference, theirs, known)
    blur_px = _blur_between(query, toned, known)
    if blur_px > 0:
        reference = _blurred(reference, blur_px)
    elif blur_px < 0:
        query = _blurred(query, -blur_px)
    toned, added = foretold(query, reference, theirs, known)
    misfit = query - toned
    if ours is not None:
        back = misfit_back(query, reference, ours, known)
        misfit = np.where(np.abs(back) > np.abs(misfit), back, misfit)
    misfit = _blurred((misfit - _light(misfit, inside, known)) * inside.astype(float32), 0.8)
    slope = np.minimum(_slope(query), _slope(toned))
    noise, flat_noise = _noise(misfit, slope, known)
    if added is not None:
        noise = np.hypot(noise, _COLOUR_NOISE * _slope(added))
    recoloured = colours is not None
    return Residual(query, toned, inside, misfit, noise, flat_noise, blur_px, recoloured)


_COLOUR_NOISE = 2.0


def block_correlations(
    query: Plane, reference: Plane, inside: Mask, *, least_energy: float
) -> NDArray[float32]:
    """Correlate the fine detail of two pictures block by block.

    Parameters
    ----------
    query, reference : (H, W) float32
        Luma.
    inside : (H, W) bool
        Where to compare.
    least_energy : float
        Variance of detail, in grey levels squared, that a block must have in both.

    Returns
    -------
    (N,) float32
        One for each block with detail, -1 to 1.
    """
    one, other = detail(query), detail(reference)
    products, ones, others, filled = (
        _blocks(each, inside) for each in (one * other, one * one, other * other, np.ones_like(one))
    )
    kept = (filled > 1 / 2) & (np.minimum(ones, others) > least_energy)
    power = np.sqrt(ones[kept] * others[kept])
    return np.asarray(products[kept] / np.maximum(power, 1e-6), dtype=float32)


def local_shifts(
    query: Plane, reference: Plane, inside: Mask, *, block_px: int, max_error_px: float
) -> NDArray[float32]:
    """Measure how far the detail of blocks is shifted against that of the whole.

    Parameters
    ----------
    query, reference : (H, W) float32
        Luma.
    inside : (H, W) bool
        Where to compare.
    block_px : int
        Side of the blocks.
    max_error_px : float
        Blocks whose shift is less certain, by what else differs in them, are left out.

    Returns
    -------
    (N,) float32
        Pixels, one for each block that is certain enough; by one step of Lucas and Kanade (1981).
    """
    one, other = (
        _blurred(each, 1.0) - _blurred(each, 2 * _DETAIL_PX) for each in (query, reference)
    )
    across, down = (
        np.asarray(cv2.Sobel(other, cv2.CV_32F, *order, scale=1 / 8), dtype=float32)
        for order in ((1, 0), (0, 1))
    )
    error = one - other
    xx, xy, yy, xe, ye, ee, filled = (
        _blocks(each, inside, side_px=block_px).astype(float64)
        for each in (
            across * across,
            across * down,
            down * down,
            across * error,
            down * error,
            error * error,
            np.ones_like(error),
        )
    )
    weaker = (xx + yy - np.hypot(xx - yy, 2 * xy)) / 2
    samples = block_px**2 / _PIXELS_A_SAMPLE
    errors_px = np.sqrt(np.maximum(ee, 0) / (np.maximum(weaker, 1e-9) * samples))
    kept = (filled > 0.7) & (weaker > _LEAST_SLOPE) & (errors_px < max_error_px)  # noqa: PLR2004
    if not kept.any():
        return np.zeros(0, float32)
    determinant = (xx * yy - xy * xy)[kept]
    moved_x = (yy * xe - xy * ye)[kept] / determinant
    moved_y = (xx * ye - xy * xe)[kept] / determinant
    shifts = np.hypot(moved_x - np.median(moved_x), moved_y - np.median(moved_y))
    return np.asarray(shifts, dtype=float32)


_LEAST_SLOPE = 1e-4
_PIXELS_A_SAMPLE = 12
"""Blurred by a pixel, about twelve neighbours are as good as one."""


def plain_correlation(query: Plane, reference: Plane, inside: Mask) -> float:
    """Correlate the finest detail of two pictures where there is least of it.

    What a sensor and its codec leave on plain surfaces is the same in copies that were saved well,
    and another at another moment.

    Parameters
    ----------
    query, reference : (H, W) float32
        Luma, as finely as both have it.
    inside : (H, W) bool
        Where to compare.

    Returns
    -------
    float
        Median of the plainest quarter of the blocks, -1 to 1; 0 when there are too few.
    """
    one, other = (_blurred(each, 0.5) - _blurred(each, 1.5) for each in (query, reference))
    products, ones, others, filled = (
        _blocks(each, inside) for each in (one * other, one * one, other * other, np.ones_like(one))
    )
    kept = filled > 0.6  # noqa: PLR2004 - most of a block
    if kept.sum() < _LEAST_PLAIN_BLOCKS:
        return 0.0
    power = np.sqrt(np.maximum(ones[kept] * others[kept], 0))
    order = np.argsort(power, kind="stable")
    chosen = order[: max(_LEAST_PLAIN_BLOCKS // 2, len(order) // 4)]
    return float(np.median(products[kept][chosen] / (power[chosen] + _LEAST_POWER)))


_LEAST_PLAIN_BLOCKS = 8
_LEAST_POWER = 0.02


def _blurred(plane: Plane, sigma_px: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma_px), dtype=float32)


def detail(plane: Plane) -> Plane:
    """Give the fine detail of a picture.

    Parameters
    ----------
    plane : (H, W) float32
        Luma.

    Returns
    -------
    (H, W) float32
        What a blur of 2 pixels takes away.
    """
    return plane - _blurred(plane, _DETAIL_PX)


def _blocks(plane: Plane, inside: Mask, *, side_px: int = _BLOCK_PX) -> Plane:
    means = cv2.boxFilter(plane * inside.astype(float32), -1, (side_px, side_px))
    return np.asarray(means[side_px // 2 :: side_px, side_px // 2 :: side_px], dtype=float32)


def _slope(plane: Plane) -> Plane:
    across = cv2.Sobel(plane, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(plane, cv2.CV_32F, 0, 1, scale=1 / 8)
    return np.sqrt(_blurred(across * across + down * down, 2.0))


def _blur_between(query: Plane, reference: Plane, inside: Mask) -> float:
    """Say by how much the reference is sharper; negative when the query is."""

    def fit(one: Plane, other: Plane) -> float:
        one, other = detail(one), detail(other)
        products, ones, others, filled = (
            _blocks(each, inside)
            for each in (one * other, one * one, other * other, np.ones_like(one))
        )
        kept = (filled > 1 / 2) & (np.maximum(ones, others) > 1 / 2)
        if not kept.any():
            return 0.0
        # Of like shape and like strength: too much blur lowers it as too little does.
        return float(np.median(2 * products[kept] / (ones[kept] + others[kept] + 1e-6)))

    start = fit(query, reference)
    best, chosen = start, 0.0
    for sign in (1, -1):
        before = start
        for blur_px in BLURS_PX:
            pair = (query, _blurred(reference, blur_px))
            now = fit(*pair) if sign > 0 else fit(_blurred(query, blur_px), reference)
            if now > best + _BLUR_WORTH:
                best, chosen = now, sign * blur_px
            if now < before - _BLUR_WORTH:
                break
            before = now
    return chosen


def _light(misfit: Plane, inside: Mask, known: Mask) -> Plane:
    """Give the slow part of the misfit, from the pixels that fit."""
    spread = MAD * float(np.median(np.abs(misfit[known]))) + 0.5
    weight = np.clip(1 - (misfit / (4 * spread + 8)) ** 2, 0, 1) ** 2 * inside
    height, width = misfit.shape
    small = (max(2, width // 8), max(2, height // 8))
    sigma = max(height, width) / _FIELD_SHARE / 8
    above, below = (
        cv2.GaussianBlur(
            cv2.resize(each.astype(float32), small, interpolation=cv2.INTER_AREA), (0, 0), sigma
        )
        for each in (misfit * weight, weight)
    )
    return np.asarray(cv2.resize(above / (below + 0.05), (width, height)), dtype=float32)


def _noise(misfit: Plane, slope: Plane, inside: Mask) -> tuple[Plane, float]:
    size = np.abs(misfit)
    plain = inside & (slope <= np.quantile(slope[inside], 0.4))
    steep = inside & (slope >= np.quantile(slope[inside], 0.7))
    flat = MAD * float(np.median(size[plain]))
    extra = np.median((MAD * size[steep]) ** 2 - flat**2) / (np.median(slope[steep] ** 2) + 1e-3)
    by_slope = max(float(np.sqrt(max(extra, 0.0))), _LEAST_EDGE_NOISE)
    noise = np.sqrt(max(flat, _LEAST_NOISE) ** 2 + (by_slope * slope) ** 2)
    return noise.astype(float32), flat
