"""Fit the line of a stretch to the frames themselves: to fractions of their intervals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from forensics.reuse.clip_change import Changes
from forensics.reuse.clip_trail import Line

_MIN_MOMENTS = 4
_STEPS_S = (0.24, 0.12, 0.08, 0.08)
"""Slopes in time are taken over so much around a moment, from far to near."""

_MAX_SHIFT_S = 0.35
_MAX_STRETCH = 0.2
_HUBER = 1.5
_AS_GOOD = 1.03
"""A simpler pace is taken where frames then differ by no more than this times as much."""

_NEAR_PACE = 0.2
_EPSILON = 1e-9


@dataclass(frozen=True, eq=False)
class _Seen:
    times_s: NDArray[float64]
    frames: NDArray[float64]


def sharpened(
    query: Changes, reference: Changes, line: Line, *, usual: Sequence[float] = (1.0, -1.0)
) -> Line:
    """Fit pace and offset of a line by how frames change in time.

    Parameters
    ----------
    query, reference : Changes
        Of the two clips, on one grid.
    line : Line
        Where to start; right to about a fifth of a second.
    usual : sequence of float, optional
        Paces that are taken instead where they fit about as well.

    Returns
    -------
    Line
        With the same ends on the query; the given one where nothing better is found.

    Notes
    -----
    By Gauss's and Newton's method with Huber's weights: the difference of two frames, divided by
    how fast the picture changes, is how much too early or late the one is.
    """
    theirs = _within(reference, line)
    if len(theirs.times_s) < _MIN_MOMENTS:
        return line
    free, least = _descended(query, theirs, line, fixed=False)
    for pace in usual:
        if abs(np.log(max(free.pace / pace, _EPSILON))) > _NEAR_PACE:
            continue
        middle = (line.start_s + line.end_s) / 2
        turned = replace(
            free, pace=pace, offset_s=float((free.pace - pace) * middle) + free.offset_s
        )
        kept, loss = _descended(query, theirs, turned, fixed=True)
        if loss <= least * _AS_GOOD:
            return kept
    return free


def misfit_of(query: Changes, reference: Changes, line: Line) -> float:
    """Say by how much frames differ along a line.

    Parameters
    ----------
    query, reference : Changes
        Of the two clips, on one grid.
    line : Line
        The line.

    Returns
    -------
    float
        In squared grey levels, at most linear in large differences; 0 when no frame of the
        reference lies along it.
    """
    theirs = _within(reference, line)
    return _loss(query, theirs, line) if len(theirs.times_s) else 0.0


def _within(reference: Changes, line: Line) -> _Seen:
    shown = (reference.times_s - line.offset_s) / line.pace
    at = np.flatnonzero((shown >= line.start_s) & (shown <= line.end_s))
    return _Seen(reference.times_s[at], reference.level[at].astype(float64))


def _descended(query: Changes, theirs: _Seen, line: Line, *, fixed: bool) -> tuple[Line, float]:
    middle, half = (line.start_s + line.end_s) / 2, max((line.end_s - line.start_s) / 2, _EPSILON)
    best, least = line, _loss(query, theirs, line)
    now = line
    for step_s in _STEPS_S:
        away, slope = _differences(query, theirs, now, step_s)
        size = np.abs(away)
        weight = 1 / np.maximum(1.0, size / (_HUBER * np.median(size) + _EPSILON))
        x = ((theirs.times_s - now.offset_s) / now.pace - middle) / half
        square, side = (weight * slope**2).sum(axis=1), (weight * slope * away).sum(axis=1)
        if square.sum() <= 0:
            break
        if fixed:
            shift, turn = float(side.sum() / square.sum()), 0.0
        else:
            normal = np.array(
                [[square.sum(), (square * x).sum()], [(square * x).sum(), (square * x**2).sum()]]
            )
            normal += np.eye(2) * _EPSILON * normal[0, 0]
            shift, turn = np.linalg.solve(normal, [side.sum(), (side * x).sum()]).tolist()
        # query = (reference - offset) / pace becomes later by shift + turn x.
        stretch = 1 + turn / half
        if abs(shift) > _MAX_SHIFT_S or abs(stretch - 1) > _MAX_STRETCH:
            break
        pace = now.pace / stretch
        start = -now.offset_s / now.pace * stretch + shift - turn * middle / half
        now = replace(now, pace=pace, offset_s=-start * pace)
        loss = _loss(query, theirs, now)
        if loss < least:
            best, least = now, loss
    return best, least


def _loss(query: Changes, theirs: _Seen, line: Line) -> float:
    away, _ = _differences(query, theirs, line, None)
    size = np.abs(away)
    return float(np.minimum(size**2, size * 4.0).mean())


def _differences(
    query: Changes, theirs: _Seen, line: Line, step_s: float | None
) -> tuple[NDArray[float64], NDArray[float64]]:
    """Give by how much frames differ, and how fast the query changes."""
    shown = (theirs.times_s - line.offset_s) / line.pace
    mine = shown_at(query, shown, line)
    mine -= mine.mean(axis=0)
    other = theirs.frames - theirs.frames.mean(axis=0)
    power = float((other**2).sum())
    gain = float(np.clip((mine * other).sum() / power, *_GAINS)) if power > 0 else 1.0
    slope = np.zeros_like(mine)
    if step_s is not None:
        after, before = (
            np.clip(shown + side * step_s, line.start_s, line.end_s) for side in (1, -1)
        )
        lasts = np.maximum(after - before, _EPSILON)[:, None]
        slope = (shown_at(query, after, line) - shown_at(query, before, line)) / lasts
    return gain * other - mine, slope


_GAINS = (0.3, 3.0)


def shown_at(query: Changes, moments: NDArray[float64], line: Line) -> NDArray[float64]:
    """Give the picture of a clip at moments between its frames.

    Parameters
    ----------
    query : Changes
        Of the clip.
    moments : (N,) float64
        In seconds.
    line : Line
        Frames beyond its ends are not used.

    Returns
    -------
    (N, C) float64
        Grey levels less their mean over the frame, linear between frames.
    """
    times = query.times_s
    first, last = np.searchsorted(times, [line.start_s - _EPSILON, line.end_s + _EPSILON])
    last = max(int(last) - 1, int(first))
    high = np.clip(np.searchsorted(times, moments), first + 1, last) if last > first else first
    low = np.maximum(np.asarray(high) - 1, first)
    gap = np.maximum(times[high] - times[low], _EPSILON)
    share = np.clip((moments - times[low]) / gap, 0.0, 1.0)[:, None]
    return np.asarray((1 - share) * query.level[low] + share * query.level[high], float64)
