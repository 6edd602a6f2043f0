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
    start = ((tracks.points - centre) / scale).T
    goal = ((tracks.points + tracks.shifts - centre) / scale).T
    # Two by two and symmetric: along, both, both again, across.
    along, both, _, across = tracks.information.reshape(-1, 4).T * scale**2
    given = np.ones(len(tracks)) if weights is None else weights
    count = _PERSPECTIVE + 2 if perspective else _PERSPECTIVE
    stiff = np.full(count, _STIFF_AFFINE)
    stiff[_PERSPECTIVE:] = _STIFF_PERSPECTIVE
    theta = np.zeros(count)
    for step in range(_ROUNDS):
        there, (by_x, by_y) = _apply(start, theta)
        right, down = goal - there
        square = along * right**2 + 2 * both * right * down + across * down**2
        # Starts wide and narrows, so that a few wrong places cannot hold the fit where it began.
        width = _SCALE * max(1.0, 6.0 - step)
        trust = 1 / (1 + square / width**2)
        weighted_x = (along * by_x + both * by_y) * (trust * given)
        weighted_y = (both * by_x + across * by_y) * (trust * given)
        normal = weighted_x @ by_x.T + weighted_y @ by_y.T + np.diag(stiff)
        push = weighted_x @ right + weighted_y @ down - stiff * theta
        theta = theta + np.linalg.solve(normal, push)
    inner = np.eye(3)
    inner[0], inner[1] = inner[0] + theta[:3], inner[1] + theta[3:6]
    inner[2, :2] += theta[6:] if perspective else 0
    to_unit = np.array(
        [[1 / scale, 0, -centre[0] / scale], [0, 1 / scale, -centre[1] / scale], [0, 0, 1]]
    )
    return np.linalg.inv(to_unit) @ inner @ to_unit, trust


def _apply(
    points: NDArray[float64], theta: NDArray[float64]
) -> tuple[NDArray[float64], NDArray[float64]]:
    """Move points, (2, N), and give the derivatives of where they go: (2, parameters, N)."""
    x, y = points
    depth = 1.0 if len(theta) == _PERSPECTIVE else 1 + theta[6] * x + theta[7] * y
    level = np.stack([x, y, np.ones(len(x))]) / depth
    moved = points / depth + theta[:_PERSPECTIVE].reshape(2, 3) @ level
    slopes = np.zeros((2, len(theta), len(x)))
    slopes[0, :3] = slopes[1, 3:_PERSPECTIVE] = level
    if len(theta) > _PERSPECTIVE:
        slopes[:, _PERSPECTIVE:] = -moved[:, None] * level[:2]
    return moved, slopes
