"""Which line each moment of a clip lies on."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from forensics.reuse.clip_change import Changes
from forensics.reuse.clip_trail import Line, compare_along, gap_s


def choose_course(query: Changes, reference: Changes, lines: list[Line]) -> list[Line]:
    """Choose which line each frame of the query lies on, so that they agree most in all.

    Parameters
    ----------
    query, reference : Changes
        Of the two clips, on one grid.
    lines : list of Line
        Those to choose among; their ends do not matter.

    Returns
    -------
    list of Line
        By start; no moment of the query lies on two.

    Notes
    -----
    By the Viterbi algorithm: entering a line costs some seconds of agreement, less where the query
    cuts.
    """
    if not lines:
        return []
    gap = gap_s(query.times_s)
    lasting = np.minimum(np.diff(query.times_s, append=query.times_s[-1] + gap), 4 * gap)
    gains = np.stack(
        [np.zeros(len(lasting))]
        + [compare_along(query, reference, line).value * lasting for line in lines]
    )
    paces = [line.pace for line in lines]
    entry = np.array(
        [0.0]
        + [ENTRY_S if abs(pace) == 1 or paces.count(pace) > 1 else ENTRY_ODD_S for pace in paces]
    )
    cuts = np.r_[False, np.diff(query.shots) > 0]
    count, many = len(lasting), len(lines) + 1
    came = np.zeros((count, many), dtype=np.intp)
    total = gains[:, 0] - entry
    stay = np.arange(many)
    for at in range(1, count):
        best = int(total.argmax())
        switched = total[best] - entry * (_AT_CUT if cuts[at] else 1.0)
        keep = total >= switched
        came[at] = np.where(keep, stay, best)
        total = np.where(keep, total, switched) + gains[:, at]
    path = np.empty(count, dtype=np.intp)
    path[-1] = int(total.argmax())
    for at in range(count - 1, 0, -1):
        path[at - 1] = came[at, path[at]]
    starts = np.r_[0, np.flatnonzero(np.diff(path)) + 1, count]
    return [
        replace(
            lines[path[first] - 1],
            start_s=float(query.times_s[first]),
            end_s=float(query.times_s[last - 1]),
            score_s=float(gains[path[first], first:last].sum()),
        )
        for first, last in pairwise(starts)
        if path[first] > 0
    ]


ENTRY_S, ENTRY_ODD_S = 0.12, 0.2
"""Seconds of agreement that a stretch must bring; more when its pace is that of no other and not
the original's."""

_AT_CUT = 0.7
