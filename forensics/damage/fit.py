"""Fit a small correction of the deck plane to places that are held better one way than another."""

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from forensics.damage.track import Tracks
from forensics.vision.alignment import Matrix3

_ROUNDS = 12
_SCALE = 2.5
"""Distance, in standard deviations, at which a place counts half (Cauchy)."""

_PERSPECTIVE = 6
"""Parameters of an affine map; the two after them are the perspective."""

_STIFF_AFFINE, _STIFF_PERSPECTIVE = 1e-3, 4.0
"""Pull towards no correction, as inverse variances in strip half-lengths: keeps what few places
hold from bending the ends of the deck."""


def fit_correction(
    tracks: Tracks,
    shape: tuple[int, int],
    *,
    weights: NDArray[float64] | None = None,
    perspective: bool = True,
) -> tuple[Matrix3, NDArray[float64]]:
    """Fit the map that takes strip points to where their patches went.

    Parameters
    ----------
    tracks : Tracks
        The patches.
    shape : (int, int)
        Rows and columns of the strip.
    weights : (N,) float64, optional
        Of each patch, for resampling.
    perspective : bool, optional
        Fit eight parameters; otherwise the six of an affine map.

    Returns
    -------
    matrix : (3, 3) float64
        Maps strip -> strip, before -> after.
    trust : (N,) float64
        Weight each place ended with, 0 to 1.

    Notes
    -----
    Iteratively reweighted least squares with Cauchy weights on the Mahalanobis distance.
    """
    rows, columns = shape
    scale = columns / 2
    centre = np.array([(columns - 1) / 2, (rows - 1) / 2])
    start = (tracks.points - centre) / scale
    goal = (tracks.points + tracks.shifts - centre) / scale
    information = tracks.information * scale**2
    given = np.ones(len(tracks)) if weights is None else weights
    count = _PERSPECTIVE + 2 if perspective else _PERSPECTIVE
    stiff = np.full(count, _STIFF_AFFINE)
    stiff[_PERSPECTIVE:] = _STIFF_PERSPECTIVE
    theta = np.zeros(count)
    for step in range(_ROUNDS):
        missed = goal - _apply(start, theta)
        distance = np.sqrt(np.einsum("ni,nij,nj->n", missed, information, missed))
        # Starts wide and narrows, so that a few wrong places cannot hold the fit where it began.
        width = _SCALE * max(1.0, 6.0 - step)
        trust = 1 / (1 + (distance / width) ** 2)
        slopes = _slopes(start, theta)
        weighted = np.einsum("nik,nij->nkj", slopes, information) * (trust * given)[:, None, None]
        normal = np.einsum("nkj,njl->kl", weighted, slopes) + np.diag(stiff)
        push = np.einsum("nkj,nj->k", weighted, missed) - stiff * theta
        theta = theta + np.linalg.solve(normal, push)
    inner = np.eye(3)
    inner[0], inner[1] = inner[0] + theta[:3], inner[1] + theta[3:6]
    inner[2, :2] += theta[6:] if perspective else 0
    to_unit = np.array(
        [[1 / scale, 0, -centre[0] / scale], [0, 1 / scale, -centre[1] / scale], [0, 0, 1]]
    )
    return np.linalg.inv(to_unit) @ inner @ to_unit, trust


def _apply(points: NDArray[float64], theta: NDArray[float64]) -> NDArray[float64]:
    x, y = points[:, 0], points[:, 1]
    depth = 1.0 if len(theta) == _PERSPECTIVE else 1 + theta[6] * x + theta[7] * y
    across = (x + theta[0] * x + theta[1] * y + theta[2]) / depth
    down = (y + theta[3] * x + theta[4] * y + theta[5]) / depth
    return np.stack([across, down], axis=1)


def _slopes(points: NDArray[float64], theta: NDArray[float64]) -> NDArray[float64]:
    """Give the derivatives of `_apply`: (N, 2, parameters)."""
    x, y = points[:, 0], points[:, 1]
    one = np.ones(len(x))
    full = len(theta) > _PERSPECTIVE
    depth = 1 + theta[6] * x + theta[7] * y if full else one
    out = np.zeros((len(x), 2, len(theta)))
    for axis in (0, 1):
        out[:, axis, 3 * axis : 3 * axis + 3] = np.stack([x, y, one], axis=1) / depth[:, None]
    if full:
        moved = _apply(points, theta)
        out[:, :, 6] = -moved * (x / depth)[:, None]
        out[:, :, 7] = -moved * (y / depth)[:, None]
    return out
