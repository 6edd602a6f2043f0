"""Join what is one stretch."""

from dataclasses import replace

import numpy as np

from forensics.reuse.clip_change import Changes
from forensics.reuse.clip_trail import Line, follow

SAME_S = 0.12
"""Two stretches are one when the line of the first passes the second this near."""

_AGAINST = -0.25  # a gap that speaks no louder against a line is bridged


def bounded(lines: list[Line], query: Changes, reference: Changes) -> list[Line]:
    """Join the parts of one stretch, with what is flat or hidden between them.

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
    return found


def _is_one(first: Line, second: Line, query: Changes, reference: Changes) -> bool:
    ends = np.array([second.start_s, second.end_s])
    if first.pace * second.pace < 0 or (np.abs(first.at(ends) - second.at(ends)) > SAME_S).any():
        return False
    between = (query.times_s > first.end_s) & (query.times_s < second.start_s)
    value = follow(query, reference, first).value[between]
    return not len(value) or float(value.mean()) > _AGAINST
