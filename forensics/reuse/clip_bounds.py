"""Where one stretch of a clip ends and the next begins."""

from dataclasses import replace

import numpy as np

from forensics.reuse.clip_change import Changes
from forensics.reuse.clip_lines import Line, follow

NEAR_S = 1.5
"""Stretches this near to each other may have their common boundary moved."""

SAME_S = 0.12
"""Two stretches are one when the line of the first passes the second this near."""

_CUT_S = 0.03  # seconds of agreement that a cut of the query is worth
_AGAINST = -0.25  # a gap that speaks no louder against a line is bridged


def bounded(lines: list[Line], query: Changes, reference: Changes) -> list[Line]:
    """Join the parts of one stretch and move boundaries to where they fit best.

    Parameters
    ----------
    lines : list of Line
        By start.
    query, reference : Changes
        Of the two clips.

    Returns
    -------
    list of Line
        By start; fewer when some were parts of one.
    """
    found: list[Line] = []
    for line in lines:
        if found and _is_one(found[-1], line, query, reference):
            last = found.pop()
            longer = max(last, line, key=lambda each: each.score_s)
            found.append(
                replace(
                    longer,
                    start_s=last.start_s,
                    end_s=line.end_s,
                    score_s=last.score_s + line.score_s,
                )
            )
        else:
            found.append(line)
    for at in range(len(found) - 1):
        found[at], found[at + 1] = _switched(found[at], found[at + 1], query, reference)
    return found


def _is_one(first: Line, second: Line, query: Changes, reference: Changes) -> bool:
    ends = np.array([second.start_s, second.end_s])
    if first.pace * second.pace < 0 or (np.abs(first.at(ends) - second.at(ends)) > SAME_S).any():
        return False
    between = (query.times_s > first.end_s) & (query.times_s < second.start_s)
    value = follow(query, reference, first).value[between]
    return not len(value) or float(value.mean()) > _AGAINST


def _switched(
    first: Line, second: Line, query: Changes, reference: Changes
) -> tuple[Line, Line]:
    """Choose the moment from which on the second line fits better than the first."""
    if second.start_s - first.end_s > NEAR_S:
        return first, second
    times = query.times_s
    inside = np.flatnonzero((times >= first.start_s) & (times <= second.end_s))
    if len(inside) < 4:
        return first, second
    gap = float(np.median(np.diff(times)))
    one, other = (
        follow(query, reference, line).value[inside].astype(float) * gap
        for line in (first, second)
    )
    # Frames that speak against both belong to neither: a title, black.
    split = np.r_[0, np.cumsum(one - other)]
    cut = np.r_[False, np.diff(query.shots[inside]) > 0, False]
    best = int((split + _CUT_S * cut)[1:-1].argmax()) + 1
    neither = (one < 0) & (other < 0)
    end, start = best - 1, best
    while end > 0 and neither[end]:
        end -= 1
    while start < len(inside) - 1 and neither[start]:
        start += 1
    return (
        replace(first, end_s=float(times[inside[end]])),
        replace(second, start_s=float(times[inside[start]])),
    )
