"""How surely the ends of a stretch are placed."""

from dataclasses import replace

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from forensics.reuse.clip_change import Changes
from forensics.reuse.clip_timing import misfit_of
from forensics.reuse.clip_trail import Line, compare_along, gap_s

_UNTOLD_S = 0.05
"""Seconds of agreement won or lost by which an end may be anywhere."""

_SHIFTS_S = (0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56)
_WORSE = 1.5
"""A shift at which frames differ by so many times as much is not the right one."""


def vagueness_s(query: Changes, reference: Changes, line: Line) -> float:
    """Say how vaguely the ends of a stretch are placed, before calibration.

    Parameters
    ----------
    query, reference : Changes
        Of the two clips.
    line : Line
        The stretch.

    Returns
    -------
    float
        Seconds: the quadratic mean of the step of the frames, of half the width of where its ends
        could be on the query, and of half of what it could be shifted by along the reference.
        Where nothing moves both are as wide as the shot.
    """
    return float(
        np.sqrt(
            _STEP_S**2
            + (_end_width_s(query, reference, line) / 2) ** 2
            + (_shift_width_s(query, reference, line) / 2) ** 2
        )
    )


_STEP_S = 0.04


def _end_width_s(query: Changes, reference: Changes, line: Line) -> float:
    """Say by how much the vaguer end could be elsewhere: where nothing speaks for or against it."""
    times = query.times_s
    gap = gap_s(times)
    lasting = np.minimum(np.diff(times, append=times[-1] + gap), 4 * gap)
    gains = np.asarray(compare_along(query, reference, line).value * lasting, float64)
    first, last = np.searchsorted(times, [line.start_s - gap / 2, line.end_s + gap / 2])
    widths = [
        _untold(gains[:first][::-1], lasting[:first][::-1])
        + _untold(gains[first:], lasting[first:]),
        _untold(gains[last:], lasting[last:]) + _untold(gains[:last][::-1], lasting[:last][::-1]),
    ]
    return float(min(max(widths) / 2, line.end_s - line.start_s))


def _untold(gains: NDArray[float64], lasting: NDArray[float64]) -> float:
    """Say for how long nothing is said, from the end on."""
    said = np.abs(np.cumsum(gains)) > _UNTOLD_S
    count = int(said.argmax()) if said.any() else len(said)
    return float(lasting[:count].sum())


def _shift_width_s(query: Changes, reference: Changes, line: Line) -> float:
    """Say by how much the whole stretch could be shifted before frames differ clearly more."""
    least = misfit_of(query, reference, line)
    for shift in _SHIFTS_S:
        moved = [
            misfit_of(query, reference, replace(line, offset_s=line.offset_s + side * shift))
            for side in (-1, 1)
        ]
        if min(moved) > _WORSE * least:
            return shift
    return _SHIFTS_S[-1]
