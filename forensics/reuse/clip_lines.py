"""Lines in the time-time plane of two clips: how fast, which way round, and how late."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from forensics.reuse.clip_change import Changes
from forensics.reuse.clip_course import choose_course
from forensics.reuse.clip_trail import MIN_CORRELATION, Line, Trail, follow, gap_s

SPEEDS = np.exp(np.arange(-30, 31) * 0.03)
"""0.4 to 2.5 times, in steps of 3 %; a line is then fitted."""

MAX_LINES = 24
"""Stretches that are looked for."""


MIN_SCORE_S = 0.12
"""Seconds of full agreement that a line needs to be looked at."""

MAX_LOSS_S = 0.15
"""Seconds of disagreement at which a line ends, and another one may begin."""

_BIN_S = 0.1
_PEAKS = 3  # of the correlation with one moment
_TRIED = 10
_ROUNDS = 3
_SEARCH_S = 0.3
_TABLE = 1 << 25  # moments of both clips that are compared, at four bytes each
_UNCHANGED = 0.015
_MIN_FITTED = 4
_MIN_SEARCHED = 3
_HUBER_S = 0.05
_SAME_S = 0.04
_MAX_FOLLOWED = 48
_EPSILON = 1e-6
_NEAR_PACE = 0.3


def find_lines(query: Changes, reference: Changes) -> list[Line]:
    """Find the lines along which two clips agree.

    Parameters
    ----------
    query, reference : Changes
        Of the two clips, on one grid.

    Returns
    -------
    list of Line
        By start; no moment of the query lies on two.
    """
    here, there, weight = _candidates(query, reference)
    free = np.ones(len(query.times_s), dtype=bool)
    found: list[Line] = []
    taken: list[Line] = []
    while len(taken) < MAX_LINES:
        open_ = free[here]
        tried = [
            _settled(query, reference, line, free)
            for line in _peaks(query.times_s[here[open_]], there[open_], weight[open_])
        ]
        # What was done to one stretch was often done to all, and mostly nothing.
        usual = sorted({line.pace for line in taken} | {1.0, -1.0})
        tried += [
            _kept_pace(query, reference, line, pace, free)
            for line in tried
            for pace in usual
            if line.score_s > 0
            and line.pace != pace
            and abs(np.log(max(line.pace / pace, _EPSILON))) < _NEAR_PACE
        ]
        tried = [line for line in tried if line.score_s > 0]
        found += tried
        best = max(tried, key=lambda line: line.score_s, default=None)
        if best is None or best.score_s < MIN_SCORE_S:
            break
        taken.append(best)
        free &= (query.times_s < best.start_s - _EPSILON) | (query.times_s > best.end_s + _EPSILON)
    return choose_course(query, reference, _distinct(found))


def _distinct(lines: list[Line]) -> list[Line]:
    """Leave out lines that run along better ones."""
    kept: list[Line] = []
    for line in sorted(lines, key=lambda each: (-each.score_s, each.start_s)):
        ends = np.array([line.start_s, line.end_s])
        if not any(
            line.pace * other.pace > 0 and (np.abs(line.at(ends) - other.at(ends)) < _SAME_S).all()
            for other in kept
        ):
            kept.append(line)
    return kept[:_MAX_FOLLOWED]


def _candidates(
    query: Changes, reference: Changes
) -> tuple[NDArray[np.intp], NDArray[float64], NDArray[float64]]:
    """Give pairs of moments whose changes go together best, from either side."""
    step = max(1, -(-len(query.moving) * len(reference.moving) // _TABLE))
    rows = np.arange(0, len(query.moving), step)
    table = query.moving[rows] @ reference.moving.T
    found = []
    for turned, each in ((False, table), (True, table.T)):
        padded = np.pad(each, ((0, 0), (1, 1)), constant_values=-1)
        peak = (each >= padded[:, :-2]) & (each > padded[:, 2:]) & (each > MIN_CORRELATION)
        scored = np.where(peak, each, 0)
        best = np.argsort(-scored, axis=1, kind="stable")[:, :_PEAKS]
        owner = np.repeat(np.arange(len(each)), best.shape[1])
        kept = scored[owner, best.ravel()] > 0
        pair = owner[kept], best.ravel()[kept]
        found.append(pair[::-1] if turned else pair)
    here = np.concatenate([each[0] for each in found])
    there = np.concatenate([each[1] for each in found])
    return rows[here], reference.times_s[there], table[here, there].astype(float64)


def _peaks(
    here: NDArray[float64], there: NDArray[float64], weight: NDArray[float64]
) -> Iterator[Line]:
    """Let pairs of moments vote on pace and offset; give the strongest."""
    if not len(here):
        return
    votes = []
    for speed in np.r_[SPEEDS, -SPEEDS]:
        offset = there - speed * here
        lowest = float(offset.min())
        place = ((offset - lowest) / _BIN_S).astype(int)
        sums = np.bincount(place, weights=weight**2, minlength=3)
        sums = np.convolve(sums, _KERNEL, mode="same")
        for at in np.argsort(-sums, kind="stable")[:_PEAKS]:
            votes.append((float(sums[at]), float(speed), lowest + (float(at) + 0.5) * _BIN_S))
    votes.sort(key=lambda vote: (-vote[0], abs(abs(vote[1]) - 1), vote[1], vote[2]))
    kept: list[Line] = []
    middle = float(np.median(here))
    for _, pace, offset_s in votes:
        if len(kept) >= _TRIED:
            break
        near = (abs(pace * middle + offset_s - line.at(np.array(middle))) for line in kept)
        if all(distance > 3 * _BIN_S for distance in near):
            kept.append(Line(pace, offset_s))
    yield from kept


_KERNEL = np.array([0.5, 1.0, 0.5])


def _settled(query: Changes, reference: Changes, line: Line, free: NDArray[np.bool_]) -> Line:
    """Find where a line begins and ends and fit it to what lies between, by turns."""
    line = _run(query, follow(query, reference, line), line, free, wide=True)
    for _ in range(_ROUNDS):
        if line.score_s <= 0:
            return line
        line = _run(query, *_fitted(query, reference, line), free, wide=False)
    return line


def _kept_pace(
    query: Changes, reference: Changes, line: Line, pace: float, free: NDArray[np.bool_]
) -> Line:
    """Settle a line again, at a given pace."""
    for _ in range(2):
        middle = (line.start_s + line.end_s) / 2
        turned = replace(line, pace=pace, offset_s=(line.pace - pace) * middle + line.offset_s)
        line = _run(query, *_fitted(query, reference, turned, pace=pace), free, wide=False)
        if line.score_s <= 0:
            break
    return line


def _run(query: Changes, trail: Trail, line: Line, free: NDArray[np.bool_], *, wide: bool) -> Line:
    """Give the run of frames along a line that speaks for it most."""
    times = query.times_s
    gap = gap_s(times)
    lasting = np.minimum(np.diff(times, append=times[-1] + gap), 4 * gap)
    gain = np.where(free, trail.value + (0.1 if wide else 0.0), -_NEVER) * lasting
    best, start, best_run, sum_, highest = 0.0, 0, (0, -1), 0.0, 0.0
    for at, each in enumerate(gain.tolist()):
        if sum_ <= 0:
            sum_, start = 0.0, at
        sum_ += each
        if sum_ > best:
            best, best_run = sum_, (start, at)
        highest = max(highest, sum_) if at > start else sum_
        if sum_ < highest - MAX_LOSS_S:
            sum_ = 0.0
    if best <= 0:
        return replace(line, score_s=0.0)
    first, last = best_run
    return replace(line, start_s=float(times[first]), end_s=float(times[last]), score_s=float(best))


_NEVER = 1e3


def _fitted(
    query: Changes, reference: Changes, line: Line, *, pace: float | None = None
) -> tuple[Trail, Line]:
    """Fit a line to where the changes go together best."""
    moments = np.sort(line.at(np.array([line.start_s, line.end_s])))
    first, last = np.searchsorted(reference.times_s, moments)
    there = np.arange(first, min(last + 1, len(reference.times_s)))
    pairs = []
    for at in there:
        expected = (reference.times_s[at] - line.offset_s) / line.pace
        low, high = np.searchsorted(query.times_s, [expected - _SEARCH_S, expected + _SEARCH_S])
        if high - low < _MIN_SEARCHED:
            continue
        against = query.moving[low:high] @ reference.moving[at]
        best = int(against.argmax())
        if against[best] < MIN_CORRELATION or not 0 < best < len(against) - 1:
            continue
        # Weighed by how sharp the maximum is: what moves slowly fits many moments.
        sharp = float(against[best] - against.mean())
        pairs.append((query.times_s[low + best], reference.times_s[at], sharp))
    fitted = line
    if len(pairs) >= _MIN_FITTED:
        x, y, weight = np.array(pairs).T
        fitted = _robust(x, y, weight, line, pace)
    return follow(query, reference, fitted), fitted


def _robust(
    x: NDArray[float64],
    y: NDArray[float64],
    weight: NDArray[float64],
    line: Line,
    fixed: float | None,
) -> Line:
    """Fit a line by least squares with Huber's weights; keep the pace at 1 where that fits."""
    pace, offset = line.pace, line.offset_s
    for _ in range(8):
        missed = np.abs(pace * x + offset - y)
        each = weight * np.minimum(1.0, _HUBER_S / np.maximum(missed, _HUBER_S))
        middle_x, middle_y = np.average(x, weights=each), np.average(y, weights=each)
        spread = float((each * (x - middle_x) ** 2).sum())
        if spread <= 0:
            return line
        free_pace = float((each * (x - middle_x) * (y - middle_y)).sum() / spread)
        pace = free_pace if fixed is None else fixed
        offset = float(middle_y - pace * middle_x)
    if not SPEEDS[0] / 1.1 < abs(pace) < SPEEDS[-1] * 1.1 or pace * line.pace < 0:
        return line
    # A cut leaves few frames: their own rounding moves the pace more than an editor would.
    spread_s = float(np.sqrt((each * (x - middle_x) ** 2).sum() / each.sum()))
    if fixed is None and abs(abs(pace) - 1) < _UNCHANGED + _HUBER_S / 2 / max(spread_s, _HUBER_S):
        pace = float(np.sign(pace))
        offset = float(middle_y - pace * middle_x)
    return replace(line, pace=pace, offset_s=offset)
