"""What a matrix does to a picture, in words that people use: turn, scale, stretch, mirror."""

from typing import NamedTuple

import numpy as np
from numpy import float64
from numpy.typing import NDArray


class Movement(NamedTuple):
    """What a matrix does at one point.

    Parameters
    ----------
    rotation_deg : float
        Rotation of the query's content against the reference, clockwise, -180 to 180: the
        reference, mirrored left to right if ``mirrored``, then turned, looks like the query.
    scale : float
        Reference pixels per query pixel.
    stretch : float
        How much longer one direction became than the other; 0 for none.
    mirrored : bool
        Whether it mirrors.
    """

    rotation_deg: float
    scale: float
    stretch: float
    mirrored: bool


def movement_at(matrix: NDArray[float64], centre: NDArray[float64]) -> Movement:
    """Say what a matrix does to the surroundings of a point.

    Parameters
    ----------
    matrix : (3, 3) float64
        Maps query -> reference, (x, y).
    centre : (2,) float64
        The point, on the query.

    Returns
    -------
    Movement
        Turn, scale, stretch and mirror.
    """
    at = matrix @ np.r_[centre, 1.0]
    local = (matrix[:2, :2] - np.outer(at[:2] / at[2], matrix[2, :2])) / at[2]
    scale = float(np.sqrt(abs(np.linalg.det(local))))
    mirrored = bool(np.linalg.det(local) < 0)
    back = np.linalg.inv(local) @ np.diag([-1.0 if mirrored else 1.0, 1.0])
    left, lengths, right = np.linalg.svd(back)
    turn = left @ right
    degrees = float(np.degrees(np.arctan2(turn[1, 0], turn[0, 0])))
    stretch = float(lengths[0] / max(float(lengths[1]), 1e-9)) - 1
    return Movement((degrees + 180) % 360 - 180, scale, stretch, mirrored)
