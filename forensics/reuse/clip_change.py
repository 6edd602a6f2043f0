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

_LOOK_S = 0.45
_LEAST_STEP, _FAR_MORE = 2.0, 2.5
"""Across a cut, frames differ by so many grey levels on average, and by so many times as much as
any neighbours within `_LOOK_S`: on made clips of the tuning half 45 of 49 cuts, and 1 false."""


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
    level : (N, C) float32
        Grey levels less their mean over the frame.
    sums : (N + 1, C) float64
        Their sums over time: row n is that of the frames before n.
    """

    times_s: NDArray[float64]
    moving: NDArray[float32]
    still: NDArray[float32]
    motion: NDArray[float32]
    structure: NDArray[float32]
    shots: NDArray[np.intp]
    level: NDArray[float32]
    sums: NDArray[float64]


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
    shots = _shots(level, times_s)
    first = np.searchsorted(shots, shots, side="left")
    last = np.searchsorted(shots, shots, side="right")
    low = np.maximum(first, np.searchsorted(times_s, times_s - AROUND_S, side="left"))
    high = np.minimum(last, np.searchsorted(times_s, times_s + AROUND_S, side="right"))
    sums = np.zeros((len(level) + 1, level.shape[1]), dtype=float64)
    np.cumsum(level, axis=0, out=sums[1:])
    mean = ((sums[high] - sums[low]) / (high - low)[:, None]).astype(float32)
    moving, motion = _scaled(level - mean, NOISE_POWER)
    return Changes(times_s, moving, still, motion, structure, shots, level, sums)


def _scaled(values: NDArray[float32], noise: float) -> tuple[NDArray[float32], NDArray[float32]]:
    power = (values**2).mean(axis=1)
    length = np.sqrt((power + noise) * values.shape[1])
    return np.asarray(values / length[:, None], float32), np.asarray(power, float32)


def _shots(level: NDArray[float32], times_s: NDArray[float64]) -> NDArray[np.intp]:
    """Number the shots: across a cut, frames differ by far more than any around it do."""
    count = len(level)
    starts = np.zeros(count, dtype=np.intp)
    steps = np.abs(np.diff(level, axis=0)).mean(axis=1)
    moments = times_s[1:]
    for at in np.flatnonzero(steps > _LEAST_STEP).tolist():
        low, high = np.searchsorted(moments, [moments[at] - _LOOK_S, moments[at] + _LOOK_S])
        around = np.r_[steps[low:at], steps[at + 1 : high]]
        # One flash makes two steps; a cut one. Frames shown twice make some steps small.
        starts[at + 1] = len(around) > 1 and steps[at] > _FAR_MORE * around.max()
    return np.cumsum(starts)
