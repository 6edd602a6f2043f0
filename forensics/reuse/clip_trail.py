"""How well two clips agree along a line in the plane of their times."""

from dataclasses import dataclass

import numpy as np
from numpy import float32, float64
from numpy.typing import NDArray

from forensics.reuse.clip_change import NOISE_POWER, PLAIN_POWER, Changes

MIN_CORRELATION = 0.22
"""Moments whose changes go together less say nothing for a line. Those of unrelated clips reach
0.2 on the median line."""

MIN_LIKENESS = 0.5
"""Moments without motion whose structure goes together less say something against it."""


@dataclass(frozen=True)
class Line:
    """A stretch of the query that runs along a stretch of the reference.

    ``reference = pace * query + offset_s``; the pace is negative when it runs backwards.

    Parameters
    ----------
    pace : float
        Seconds of the reference a second of the query.
    offset_s : float
        Moment of the reference at second 0 of the query.
    start_s, end_s : float
        Where it begins and ends, on the query.
    score_s : float
        Seconds of agreement, less those of disagreement.
    """

    pace: float
    offset_s: float
    start_s: float = 0.0
    end_s: float = 0.0
    score_s: float = 0.0

    def at(self, query_s: NDArray[float64]) -> NDArray[float64]:
        """Give the moments of the reference that moments of the query show.

        Parameters
        ----------
        query_s : (N,) float64
            Moments of the query, in seconds.

        Returns
        -------
        (N,) float64
            Moments of the reference; may lie outside it.
        """
        return self.pace * query_s + self.offset_s


@dataclass(frozen=True, eq=False)
class Trail:
    """How well the query agrees with the reference along a line.

    Parameters
    ----------
    correlation : (N,) float32
        Of what changes, at every frame of the query; 0 outside of the reference.
    likeness : (N,) float32
        Of the structure of the frames.
    telling : (N,) float32
        0 where nothing moves, towards 1 where much does.
    value : (N,) float32
        For the line above 0, against it below.
    """

    correlation: NDArray[float32]
    likeness: NDArray[float32]
    telling: NDArray[float32]
    value: NDArray[float32]


def follow(query: Changes, reference: Changes, line: Line) -> Trail:
    """See how well two clips agree along a line.

    Parameters
    ----------
    query, reference : Changes
        Of the two clips.
    line : Line
        The line; its ends do not matter.

    Returns
    -------
    Trail
        At every frame of the query.
    """
    moments = line.at(query.times_s)
    times = reference.times_s
    high = np.clip(np.searchsorted(times, moments), 0, len(times) - 1)
    low = np.maximum(high - 1, 0)
    gap = gap_s(times)
    inside = (moments > times[0] - gap) & (moments < times[-1] + gap)
    count = len(query.times_s)
    correlation = np.zeros(count, dtype=float32)
    likeness = np.zeros(count, dtype=float32)
    motion = np.minimum(query.motion, 0)
    plain = query.structure < PLAIN_POWER
    for which in (low, high):
        correlation = np.maximum(correlation, (query.moving * reference.moving[which]).sum(axis=1))
        likeness = np.maximum(likeness, (query.still * reference.still[which]).sum(axis=1))
        motion = np.maximum(motion, np.minimum(query.motion, reference.motion[which]))
        plain &= reference.structure[which] < PLAIN_POWER
    telling = np.asarray(motion / (motion + 2 * NOISE_POWER), dtype=float32)
    value = telling * (correlation - MIN_CORRELATION) + (1 - telling) * np.where(
        plain, 0, np.minimum(likeness - MIN_LIKENESS, 0) + _STILL_GAIN * (likeness > MIN_LIKENESS)
    )
    value[~inside] = -1.0
    return Trail(
        np.where(inside, correlation, 0).astype(float32),
        np.where(inside, likeness, 0).astype(float32),
        telling,
        value.astype(float32),
    )


_STILL_GAIN = 0.05
"""What stands still says little for a line: it only lets it go on."""


def gap_s(times: NDArray[float64]) -> float:
    """Give the usual time between frames.

    Parameters
    ----------
    times : (N,) float64
        Moments, ascending, in seconds.

    Returns
    -------
    float
        1 when there are fewer than two.
    """
    return float(np.median(np.diff(times))) if len(times) > 1 else 1.0
