"""Movements that single features propose: each has a direction and a size, not only a place."""

from collections.abc import Iterator

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from forensics.damage.propose import Matches
from forensics.vision.alignment import Matrix3

_SHIFT_PX, _DRIFT = 6.0, 0.12
_TURN_RAD, _LOG_SCALE = 0.5, 0.5
"""How far a feature may be from another's movement: views apart by 30 degrees shear that much."""

_LEAST = 5
_COUNT = 2
_BLOCK = 64
"""Matches that are held against all at once: of two pictures that are the same there are 6,000."""


def turns(matches: Matches) -> Iterator[Matrix3]:
    """Find affine movements among matches of which few are right.

    Where one match in twenty is right, drawing four at random finds four right ones once in
    160,000 draws; one match with its direction and size is enough here.

    Parameters
    ----------
    matches : Matches
        Points that look alike.

    Yields
    ------
    (3, 3) float64
        Maps before -> after.
    """
    if len(matches) < _LEAST:
        return
    agree = _agreeing(matches)
    left = np.ones(len(matches), dtype=bool)
    for _ in range(_COUNT):
        votes = np.count_nonzero(agree & left, axis=1) * left
        chosen = agree[int(votes.argmax())] & left
        if chosen.sum() < _LEAST:
            return
        matrix = _affine(matches.before[chosen], matches.after[chosen])
        if matrix is not None:
            yield matrix
        left &= ~chosen


def _agreeing(matches: Matches) -> NDArray[np.bool_]:
    """Tell which matches, by column, went where the movement of each, by row, takes them."""
    (x, y), (to_x, to_y), growth = matches.before.T, matches.after.T, matches.growth
    side = -y if matches.mirrored else y
    cos, sin = np.cos(matches.turn_rad), np.sin(matches.turn_rad)
    across = np.stack([growth * cos, -growth * sin, to_x - growth * (cos * x - sin * side)], axis=1)
    down = np.stack([growth * sin, growth * cos, to_y - growth * (sin * x + cos * side)], axis=1)
    places, turns_to = np.stack([x, side, np.ones(len(x))]), np.stack([cos, sin])
    reach_px, log_scale = _SHIFT_PX * np.maximum(1.0, growth), np.log(growth)
    agree = np.empty((len(x), len(x)), dtype=bool)
    for first in range(0, len(x), _BLOCK):
        rows = slice(first, first + _BLOCK)
        one = (rows, None)
        far = np.sqrt((x - x[one]) ** 2 + (y - y[one]) ** 2) * _DRIFT * growth[one] + reach_px[one]
        near = (across[rows] @ places - to_x) ** 2 + (down[rows] @ places - to_y) ** 2 <= far**2
        near &= np.abs(log_scale[one] - log_scale) <= _LOG_SCALE
        # The cosine of the angle between both turns.
        agree[rows] = near & (turns_to.T[rows] @ turns_to >= np.cos(_TURN_RAD))
    return agree


def _affine(start: NDArray[float64], end: NDArray[float64]) -> Matrix3 | None:
    solved, _, rank, _ = np.linalg.lstsq(np.c_[start, np.ones(len(start))], end, rcond=None)
    return np.vstack([solved.T, [0.0, 0.0, 1.0]]) if rank == solved.shape[0] else None
