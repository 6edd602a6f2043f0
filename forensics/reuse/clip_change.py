"""What changes in a clip, moment by moment: what moves, without what stands still.

A fixed camera gives the same picture hours apart, and a logo is the same on every frame. What is
left when the mean of the moments around is taken off belongs to its moment alone.
"""

from dataclasses import dataclass

import numpy as np
from numpy import float32, float64
from numpy.typing import NDArray

NOISE_POWER = 1.0
"""Squared grey levels that compression and noise change by, on a grid of some hundred cells."""

PLAIN_POWER = 16.0
"""Squared grey levels of structure below which a picture is flat."""

AROUND_S = 2.0
"""How far around a moment the mean is taken."""

_LOOK_S = 0.25
_ALIKE, _UNLIKE, _DROP = 0.55, 0.75, 0.75
"""Neighbours within a shot correlate by more than the first, frames across a cut by less than the
second, and by less than this share of what neighbours do."""


@dataclass(frozen=True, eq=False)
class Changes:
    """Frames of one clip, as what is constant and what changes.

    Parameters
    ----------
    times_s : (N,) float64
        Their moments.
    moving : (N, C) float32
        What differs from the moments around, of unit length where much does, near zero where
        nothing does: dot products of two clips' are correlations.
    still : (N, C) float32
        The same of the structure of the whole frame.
    motion, structure : (N,) float32
        Power of both, in squared grey levels.
    shots : (N,) int
        Number of the shot each frame belongs to.
    """

    times_s: NDArray[float64]
    moving: NDArray[float32]
    still: NDArray[float32]
    motion: NDArray[float32]
    structure: NDArray[float32]
    shots: NDArray[np.intp]


def find_changes(frames: NDArray[float32], times_s: NDArray[float64]) -> Changes:
    """Tell what changes in a clip from what stands still.

    Parameters
    ----------
    frames : (N, C) float32
        Grey levels of the cells of a grid.
    times_s : (N,) float64
        Moments, ascending.

    Returns
    -------
    Changes
        Of every frame.
    """
    level = frames - frames.mean(axis=1, keepdims=True)
    still, structure = _scaled(level, PLAIN_POWER)
    shots = _shots(still, structure, times_s)
    first = np.searchsorted(shots, shots, side="left")
    last = np.searchsorted(shots, shots, side="right")
    low = np.maximum(first, np.searchsorted(times_s, times_s - AROUND_S, side="left"))
    high = np.minimum(last, np.searchsorted(times_s, times_s + AROUND_S, side="right"))
    sums = np.zeros((len(level) + 1, level.shape[1]), dtype=float64)
    np.cumsum(level, axis=0, out=sums[1:])
    mean = ((sums[high] - sums[low]) / (high - low)[:, None]).astype(float32)
    moving, motion = _scaled(level - mean, NOISE_POWER)
    return Changes(times_s, moving, still, motion, structure, shots)


def _scaled(values: NDArray[float32], noise: float) -> tuple[NDArray[float32], NDArray[float32]]:
    power = (values**2).mean(axis=1)
    length = np.sqrt((power + noise) * values.shape[1])
    return np.asarray(values / length[:, None], float32), np.asarray(power, float32)


def _shots(
    still: NDArray[float32], structure: NDArray[float32], times_s: NDArray[float64]
) -> NDArray[np.intp]:
    """Number the shots: what is alike before, alike after, and unlike across is a cut."""
    count = len(still)
    starts = np.zeros(count, dtype=np.intp)
    if count > 1:
        next_to = (still[1:] * still[:-1]).sum(axis=1)
        flat = structure < PLAIN_POWER
        for at in (np.flatnonzero(next_to < _UNLIKE) + 1).tolist():
            before = max(0, int(np.searchsorted(times_s, times_s[at] - _LOOK_S)))
            after = min(count - 1, int(np.searchsorted(times_s, times_s[at] + _LOOK_S)))
            # A logo that stays makes frames across a cut alike, too: less than within shots.
            within = [
                1.0 if flat[one] or flat[other] else float(still[one] @ still[other])
                for one, other in ((min(before, max(at - 2, 0)), at - 1), (at, after))
            ]
            starts[at] = min(within) > _ALIKE and next_to[at - 1] < _DROP * min(within)
    return np.cumsum(starts)
