"""Lay the reference over the query to a fraction of a pixel."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy import float32, float64
from numpy.typing import NDArray

from forensics.vision.alignment import Matrix3, resizing
from forensics.vision.views import Pixels

Plane = NDArray[float32]
Mask = NDArray[np.bool_]

FINE_PX, COARSE_PX = 1.0, 4.0
"""Sigmas of the band of detail that is aligned: finer is noise of compression, coarser is light."""

_ENERGY_PX = 8.0
_FLOOR = 1.5
"""Detail is divided by what there is of it around, and by so many grey levels at least."""

_AFFINE, _FULL = 6, 8
"""Numbers that an affine movement and a homography are made of; a similarity has four."""

_HORIZON = 1e-6
_HALF_PX = 0.5
_TRIANGLE = 3
_STEPS = 8
_STILL_PX = 0.02
_TUKEY = 2.5
_MIN_PIXELS = 200
_WORTH = 0.97
"""More freedom must leave so much less misfit."""


@dataclass(frozen=True, eq=False)
class Overlay:
    """The query and the reference warped onto it, at the coarser one's scale.

    Parameters
    ----------
    query, reference : (H, W) float32
        Luma, 0 to 255.
    inside : (H, W) bool
        Where the reference has pixels.
    matrix : (3, 3) float64
        Maps pixels of these planes -> pixels of the reference's view.
    to_query : (3, 3) float64
        Maps pixels of these planes -> pixels of the query's view.
    freedom : int
        How many numbers the movement was fitted with: 4, 6 or 8.
    """

    query: Plane
    reference: Plane
    inside: NDArray[np.bool_]
    matrix: Matrix3
    to_query: Matrix3
    freedom: int


def overlay(query: Pixels, reference: Pixels, matrix: Matrix3, *, side_px: int) -> Overlay | None:
    """Warp the reference onto the query and refine the movement.

    Parameters
    ----------
    query, reference : (H, W) uint8
        Luma.
    matrix : (3, 3) float64
        Maps query -> reference, (x, y), pixel centres; right to a few pixels.
    side_px : int
        Longest side at most of what both have in common, in the planes given back.

    Returns
    -------
    Overlay or None
        None when nothing is in common.
    """
    planes = _shrunk(query, reference, matrix, side_px)
    if planes is None:
        return None
    small, small_reference, start, to_query, to_reference = planes
    found, freedom = refine(small, small_reference, start)
    warped, inside = warp(small_reference, found, small.shape)
    return Overlay(small, warped, inside, to_reference @ found, to_query, freedom)


def finer(
    over: Overlay, query: Pixels, reference: Pixels, *, side_px: int
) -> tuple[Plane, Plane] | None:
    """Give the two of an overlay once more, at a finer scale.

    Parameters
    ----------
    over : Overlay
        Of the two pictures.
    query, reference : (H, W) uint8
        Luma.
    side_px : int
        Longest side at most of what both have in common, in the planes given back.

    Returns
    -------
    (query, reference) or None
        (h, w) float32 each; None when nothing is in common.
    """
    planes = _shrunk(query, reference, over.matrix @ np.linalg.inv(over.to_query), side_px)
    if planes is None:
        return None
    small, small_reference, movement, _, _ = planes
    return small, warp(small_reference, movement, small.shape)[0]


def _shrunk(
    query: Pixels, reference: Pixels, matrix: Matrix3, side_px: int
) -> tuple[Plane, Plane, Matrix3, Matrix3, Matrix3] | None:
    """Bring two pictures to the coarser one's scale: both, the movement, and the ways back."""
    region = common_region(query.shape, reference.shape, matrix)
    if region is None:
        return None
    span = np.ptp(region, axis=0)
    scale = scale_at(matrix, region.mean(axis=0))
    if not np.isfinite(scale) or scale <= 0 or span.min() < 1:
        return None
    shrink = min(1.0, scale, side_px / float(span.max()))
    size = (max(1, round(query.shape[1] * shrink)), max(1, round(query.shape[0] * shrink)))
    small = cv2.resize(query, size, interpolation=cv2.INTER_AREA).astype(float32)
    to_query = resizing(size, (query.shape[1], query.shape[0]))
    # The reference is shrunk by area first, so that warping does not skip pixels.
    factor = min(1.0, shrink / scale)
    ref_size = (
        max(1, round(reference.shape[1] * factor)),
        max(1, round(reference.shape[0] * factor)),
    )
    small_reference = cv2.resize(reference, ref_size, interpolation=cv2.INTER_AREA).astype(float32)
    to_reference = resizing(ref_size, (reference.shape[1], reference.shape[0]))
    start = np.linalg.inv(to_reference) @ matrix @ to_query
    return small, small_reference, start / start[2, 2], to_query, to_reference


def warp(
    reference: Plane, matrix: Matrix3, shape: tuple[int, ...]
) -> tuple[Plane, NDArray[np.bool_]]:
    """Give the reference as the query would show it, and where it has pixels.

    Parameters
    ----------
    reference : (H, W) float32
        The picture to warp.
    matrix : (3, 3) float64
        Maps pixels of the result -> pixels of the reference.
    shape : tuple of int
        Height and width of the result.

    Returns
    -------
    (plane, inside)
        (h, w) float32, with the nearest pixels repeated outside; and (h, w) bool, where the
        reference has pixels.
    """
    size = (shape[1], shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    plane = cv2.warpPerspective(
        reference, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    x, y = np.meshgrid(np.arange(size[0], dtype=float32), np.arange(size[1], dtype=float32))
    m = matrix.astype(float32)
    depth = m[2, 0] * x + m[2, 1] * y + m[2, 2]
    depth = np.where(np.abs(depth) < _HORIZON, float32(_HORIZON), depth)
    to_x = (m[0, 0] * x + m[0, 1] * y + m[0, 2]) / depth
    to_y = (m[1, 0] * x + m[1, 1] * y + m[1, 2]) / depth
    height, width = reference.shape
    edge = -_HALF_PX
    inside = (to_x >= edge) & (to_x <= width + edge) & (to_y >= edge) & (to_y <= height + edge)
    inside &= depth > 0
    return np.asarray(plane, dtype=float32), np.asarray(inside)


def band(plane: Plane) -> Plane:
    """Give the detail of a picture, evened out over it.

    Parameters
    ----------
    plane : (H, W) float32
        Luma.

    Returns
    -------
    (H, W) float32
        About -1 to 1.
    """
    fine = cv2.GaussianBlur(plane, (0, 0), FINE_PX) - cv2.GaussianBlur(plane, (0, 0), COARSE_PX)
    energy = np.sqrt(cv2.GaussianBlur(fine * fine, (0, 0), _ENERGY_PX))
    return np.asarray(fine / (energy + _FLOOR), dtype=float32)


def refine(query: Plane, reference: Plane, matrix: Matrix3) -> tuple[Matrix3, int]:
    """Refine a movement until the detail of both pictures fits best.

    Parameters
    ----------
    query, reference : (H, W) float32
        Luma.
    matrix : (3, 3) float64
        Maps query -> reference, right to a few pixels.

    Returns
    -------
    (matrix, freedom)
        The refined one, and how many numbers it was fitted with: 4, 6 or 8.

    Notes
    -----
    Gauss-Newton steps with Tukey's weights, so that what differs does not pull; a movement with
    more freedom is taken when it leaves clearly less misfit.

    References
    ----------
    S. Baker, I. Matthews, "Lucas-Kanade 20 Years On", 2004,
    https://doi.org/10.1023/B:VISI.0000011205.11775.fd.
    """
    template = band(query)
    # Detail of the reference is found before warping, so borders of the warp are not detail.
    detail = band(reference)
    best, cost = _descend(template, detail, matrix, 4)
    freedom = 4
    for more in (_AFFINE, _FULL):
        other, other_cost = _descend(template, detail, best, more)
        if other_cost < _WORTH * cost:
            best, cost, freedom = other, other_cost, more
    return best, freedom


def _descend(
    template: Plane, detail: Plane, matrix: Matrix3, freedom: int
) -> tuple[Matrix3, float]:
    height, width = template.shape
    to_unit = np.array([[1, 0, -(width - 1) / 2], [0, 1, -(height - 1) / 2], [0, 0, 1.0]])
    unit = max(width, height) / 2
    to_unit = np.diag([1 / unit, 1 / unit, 1.0]) @ to_unit
    from_unit = np.linalg.inv(to_unit)
    best, best_cost, current = matrix, np.inf, matrix
    for step in range(_STEPS):
        moved, inside = warp(detail, current, template.shape)
        core = cv2.erode(inside.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=0) > 0
        if core.sum() < _MIN_PIXELS:
            break
        rows, columns = np.nonzero(core)
        error = template[core] - moved[core]
        spread = 1.4826 * float(np.median(np.abs(error))) + 1e-3
        weight = np.clip(1 - (error / (_TUKEY * spread)) ** 2, 0, None) ** 2
        cost = float(np.minimum((error / (_TUKEY * 0.4)) ** 2, 1).mean())
        if cost < best_cost:
            best, best_cost = current, cost
        elif step:
            break
        gx = _gradient(template, 1, 0)[core] + _gradient(moved, 1, 0)[core]
        gy = _gradient(template, 0, 1)[core] + _gradient(moved, 0, 1)[core]
        x = (columns * to_unit[0, 0] + to_unit[0, 2]).astype(float32)
        y = (rows * to_unit[1, 1] + to_unit[1, 2]).astype(float32)
        gx, gy = gx * float32(unit / 2), gy * float32(unit / 2)
        columns_of = [gx, gy, x * gx + y * gy, x * gy - y * gx]
        if freedom >= _AFFINE:
            columns_of += [x * gx - y * gy, y * gx + x * gy]
        if freedom == _FULL:
            radial = x * gx + y * gy
            columns_of += [x * radial, y * radial]
        jacobian = np.stack(columns_of)
        weighted = jacobian * weight.astype(float32)
        hessian = (weighted @ jacobian.T).astype(float64)
        hessian += 1e-6 * np.trace(hessian) * np.eye(freedom)
        try:
            delta = np.linalg.solve(hessian, (weighted @ error).astype(float64))
        except np.linalg.LinAlgError:
            break
        increment = _increment(delta)
        current = current @ from_unit @ increment @ to_unit
        current = current / current[2, 2]
        if not np.isfinite(current).all():
            break
        shift, all_of_it = (float(np.abs(each).max()) * unit for each in (delta[:2], delta))
        if shift < _STILL_PX and all_of_it < 2 * _STILL_PX:
            break
    return best, best_cost


def _gradient(plane: Plane, dx: int, dy: int) -> Plane:
    return np.asarray(cv2.Sobel(plane, cv2.CV_32F, dx, dy, ksize=3, scale=1 / 8), dtype=float32)


def _increment(delta: NDArray[float64]) -> Matrix3:
    tx, ty, grow, turn = delta[:4]
    p, q = delta[4:6] if len(delta) >= _AFFINE else (0.0, 0.0)
    # Projective columns: d/dh of (x, y) / (1 - h . (x, y)).
    h, k = delta[6:8] if len(delta) == _FULL else (0.0, 0.0)
    return np.array([[1 + grow + p, -turn + q, tx], [turn + q, 1 + grow - p, ty], [-h, -k, 1.0]])


def common_region(
    query: tuple[int, ...], reference: tuple[int, ...], matrix: Matrix3
) -> NDArray[float64] | None:
    """Give the polygon of the query that shows the reference, or None when there is none.

    Parameters
    ----------
    query, reference : tuple of int
        Shapes of the two pictures, height first.
    matrix : (3, 3) float64
        Maps query -> reference.

    Returns
    -------
    (N, 2) float64 or None
        Corners in pixels of the query; None when there is nothing in common.
    """
    height, width = reference[:2]
    low, right, bottom = -_HALF_PX, width - _HALF_PX, height - _HALF_PX
    frame = np.array([[low, low], [right, low], [right, bottom], [low, bottom]])
    back = np.linalg.inv(matrix)
    lifted = np.c_[frame, np.ones(4)] @ back.T
    if not np.isfinite(lifted).all() or (lifted[:, 2] * np.sign(lifted[0, 2]) <= _HORIZON).any():
        return None
    polygon = lifted[:, :2] / lifted[:, 2:]
    return clip(polygon, query)


def clip(polygon: NDArray[float64], shape: tuple[int, ...]) -> NDArray[float64] | None:
    """Cut a polygon to a picture's frame.

    Parameters
    ----------
    polygon : (N, 2) float64
        Its corners.
    shape : tuple of int
        Height and width of the frame.

    Returns
    -------
    (M, 2) float64 or None
        None when nothing is left.

    References
    ----------
    I. Sutherland, G. Hodgman, "Reentrant Polygon Clipping", 1974, https://doi.org/10.1145/360767.360802.
    """
    height, width = shape[:2]
    points = polygon
    low, right, bottom = -_HALF_PX, width - _HALF_PX, height - _HALF_PX
    for axis, bound, sign in ((0, low, 1), (0, right, -1), (1, low, 1), (1, bottom, -1)):
        kept = []
        for one, other in zip(points, np.roll(points, -1, axis=0), strict=True):
            a, b = sign * (one[axis] - bound), sign * (other[axis] - bound)
            if a >= 0:
                kept.append(one)
            if (a >= 0) != (b >= 0):
                kept.append(one + (other - one) * a / (a - b))
        if len(kept) < _TRIANGLE:
            return None
        points = np.array(kept)
    return points


def scale_at(matrix: Matrix3, point: NDArray[float64]) -> float:
    """Give how many pixels of the reference lie to one of the query, there.

    Parameters
    ----------
    matrix : (3, 3) float64
        Maps query -> reference.
    point : (2,) float64
        Where, in the query.

    Returns
    -------
    float
        Not a number on the horizon.
    """
    x, y = point
    depth = matrix[2] @ (x, y, 1.0)
    if depth == 0:
        return float("nan")
    to = matrix[:2] @ (x, y, 1.0) / depth
    jacobian = (matrix[:2, :2] - np.outer(to, matrix[2, :2])) / depth
    return float(np.sqrt(abs(np.linalg.det(jacobian))))
