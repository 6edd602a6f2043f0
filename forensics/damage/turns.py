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
    start = matches.before[:, 0] + 1j * matches.before[:, 1]
    end = matches.after[:, 0] + 1j * matches.after[:, 1]
    left = np.ones(len(matches), dtype=bool)
    if len(matches) < _LEAST:
        return
    movement = matches.growth * np.exp(1j * matches.turn_rad)
    distance = start[None] - start[:, None]
    if matches.mirrored:
        distance = distance.conj()
    missed = np.abs(movement[:, None] * distance - (end[None] - end[:, None]))
    scale = np.maximum(1.0, matches.growth)[:, None]
    agree = missed <= _SHIFT_PX * scale + _DRIFT * matches.growth[:, None] * np.abs(distance)
    ratio = np.log(matches.growth)
    agree &= np.abs(ratio[:, None] - ratio[None]) <= _LOG_SCALE
    agree &= np.abs(np.angle(movement[:, None] * movement[None].conj())) <= _TURN_RAD
    for _ in range(_COUNT):
        votes = (agree & left[None] & left[:, None]).sum(axis=1)
        chosen = agree[int(votes.argmax())] & left
        if chosen.sum() < _LEAST:
            return
        matrix = _affine(matches.before[chosen], matches.after[chosen])
        if matrix is not None:
            yield matrix
        left &= ~chosen


def _affine(start: NDArray[float64], end: NDArray[float64]) -> Matrix3 | None:
    solved, _, rank, _ = np.linalg.lstsq(np.c_[start, np.ones(len(start))], end, rcond=None)
    return np.vstack([solved.T, [0.0, 0.0, 1.0]]) if rank == solved.shape[0] else None
