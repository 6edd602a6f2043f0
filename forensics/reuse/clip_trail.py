"""How well two clips agree along a line in the plane of their times."""

from dataclasses import dataclass

import numpy as np
from numpy import float32, float64
from numpy.typing import NDArray

from forensics.reuse.clip_change import AROUND_S, NOISE_POWER, PLAIN_POWER, Changes

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


def compare_along(query: Changes, reference: Changes, line: Line) -> Trail:
    """See how well two clips agree along a line, each change against the same moments of both.

    More telling than `follow` where stretches are joined: what differs from the mean of the moments
    before, or after, is taken along the line on both sides. A cut that goes on elsewhere in the
    same view changes the one mean and not the other.

    Parameters
    ----------
    query, reference : Changes
        Of the two clips.
    line : Line
        The line; its ends do not matter.

    Returns
    -------
    Trail
        At every frame of the query; that of the frame of the reference which is shown next to it.
    """
    times, theirs = query.times_s, reference.times_s
    shown = (theirs - line.offset_s) / line.pace
    at = np.flatnonzero((shown > times[0] - gap_s(times)) & (shown < times[-1] + gap_s(times)))
    count = len(times)
    if not len(at):
        nothing = np.zeros(count, dtype=float32)
        return Trail(nothing, nothing, nothing, np.full(count, -1.0, dtype=float32))
    at = at[np.argsort(shown[at], kind="stable")]
    shown = shown[at]
    here = _nearest(times, shown)
    plain = (query.structure[here] < PLAIN_POWER) & (reference.structure[at] < PLAIN_POWER)
    likeness = (query.still[here] * reference.still[at]).sum(axis=1)
    sides = [
        _changes_along(query, reference, line, (here, at), after=after) for after in (False, True)
    ]
    telling = [each.motion / (each.motion + 2 * NOISE_POWER) for each in sides]
    values = [
        tells * (each.correlation - MIN_CORRELATION)
        + (1 - tells)
        * np.where(
            plain,
            0,
            np.minimum(likeness - MIN_LIKENESS, 0) + _STILL_GAIN * (likeness > MIN_LIKENESS),
        )
        for tells, each in zip(telling, sides, strict=True)
    ]
    # At a cut only one side has anything to be compared with.
    lasts = np.minimum(np.stack([each.length_s for each in sides]), _WINDOW_S)
    side = np.where(
        lasts[0] == lasts[1], np.argmax(np.stack(values), axis=0), np.argmax(lasts, axis=0)
    )
    best, correlation, tells = (
        np.choose(side, each) for each in (values, [each.correlation for each in sides], telling)
    )
    which = _nearest(shown, times)
    inside = np.abs(shown[which] - times) <= _REACH * gap_s(theirs) / abs(line.pace)
    return Trail(
        np.where(inside, correlation[which], 0).astype(float32),
        np.where(inside, likeness[which], 0).astype(float32),
        tells[which].astype(float32),
        np.where(inside, best[which], -1.0).astype(float32),
    )


_REACH = 0.75
"""Frames of the reference speak for so many of their intervals around them."""


_WINDOW_S = 0.4
"""The side on which shots last longer is compared, up to this; beyond, the one that fits better."""


@dataclass(frozen=True, eq=False)
class _Side:
    correlation: NDArray[float64]
    motion: NDArray[float64]
    length_s: NDArray[float64]


def _changes_along(
    query: Changes,
    reference: Changes,
    line: Line,
    pairs: tuple[NDArray[np.intp], NDArray[np.intp]],
    *,
    after: bool,
) -> _Side:
    """Correlate what differs from the mean before, or after; and say how much does."""
    here, at = pairs
    backwards = line.pace < 0
    lasts = _left_of_shot(query, here, after=after)
    # What the known clip cuts to is in the query, too, where it is a copy.
    end = reference.times_s[0 if after is backwards else -1]
    theirs = np.abs(end - reference.times_s[at]) / abs(line.pace)
    length = np.minimum(np.minimum(lasts, AROUND_S), theirs)
    moving = [
        changes.level[where] - _mean(changes, where, length * pace, after=ahead)
        for changes, where, pace, ahead in (
            (query, here, 1.0, after),
            (reference, at, abs(line.pace), after is not backwards),
        )
    ]
    product = (moving[0] * moving[1]).mean(axis=1)
    power = [(each**2).mean(axis=1) for each in moving]
    correlation = product / np.sqrt((power[0] + NOISE_POWER) * (power[1] + NOISE_POWER))
    return _Side(np.asarray(correlation, float64), np.asarray(np.minimum(*power), float64), length)


def _left_of_shot(changes: Changes, where: NDArray[np.intp], *, after: bool) -> NDArray[float64]:
    """Say for how long a shot goes on after some frames, or went on before."""
    shots = changes.shots
    end = (
        np.searchsorted(shots, shots[where], side="right") - 1
        if after
        else np.searchsorted(shots, shots[where], side="left")
    )
    return np.asarray(np.abs(changes.times_s[end] - changes.times_s[where]), float64)


def _mean(
    changes: Changes, where: NDArray[np.intp], length_s: NDArray[float64], *, after: bool
) -> NDArray[float32]:
    times = changes.times_s
    ends = times[where] + (length_s if after else -length_s)
    low, high = np.minimum(ends, times[where]), np.maximum(ends, times[where])
    first = np.minimum(np.searchsorted(times, low - _EPSILON), where)
    last = np.maximum(np.searchsorted(times, high + _EPSILON), where + 1)
    sums = changes.sums[last] - changes.sums[first]
    return np.asarray(sums / (last - first)[:, None], dtype=float32)


_EPSILON = 1e-6


def _nearest(times: NDArray[float64], wanted: NDArray[float64]) -> NDArray[np.intp]:
    high = np.clip(np.searchsorted(times, wanted), 0, len(times) - 1)
    low = np.maximum(high - 1, 0)
    nearer = np.abs(times[low] - wanted) < np.abs(times[high] - wanted)
    return np.asarray(np.where(nearer, low, high), dtype=np.intp)
