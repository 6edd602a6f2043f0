"""Which frames are wanted of a clip: named moments, steady ones, one of every shot."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from forensics.ingest.timeline import MOMENT_DIGITS, Timeline
from forensics.model.errors import FrameChoiceError

MAX_FRAMES = 500
"""Frames exported in one run; as 4K PNG they take some 5 GB."""

PART_S = 10.0
"""Unless told otherwise, shots longer than this give one frame for every such part."""

NEAR_S = 0.5
"""How far from the middle of its stretch a sharper frame is looked for."""

Reason = Literal["at", "every", "shot", "still"]


class Want(Struct, frozen=True):
    """A frame that is wanted.

    Parameters
    ----------
    reason : {"at", "every", "shot", "still"}
        Which wish it is: a named moment, a steady one, a shot or part of one, the only picture.
    asked_s : float or None
        The moment, in seconds after the first presented frame; None for a still.
    within_s : (float, float) or None, optional
        The sharpest frame from the first moment to before the second will do; None wants the one
        on the screen at the asked moment.
    """

    reason: Reason
    asked_s: float | None
    within_s: tuple[float, float] | None = None


def want_at(
    moments_s: Sequence[float], timeline: Timeline, *, degraded: str | None = None
) -> list[Want]:
    """Want the frames that are on the screen at named moments.

    Parameters
    ----------
    moments_s : sequence of float
        Seconds after the first presented frame.
    timeline : Timeline
        Of the clip.
    degraded : str, optional
        What is missing of the clip, for the error.

    Returns
    -------
    list of Want
        One for each.

    Raises
    ------
    FrameChoiceError
        When one lies outside the clip, or there are too many.
    """
    for moment_s in moments_s:
        # The end itself is let pass: players and reports print it as the clip's length.
        if not 0 <= moment_s <= timeline.end_s:
            raise FrameChoiceError(
                f"{moment_s:g} s lies outside the clip: its frames are presented from 0 to "
                f"{timeline.end_s:g} s, the last from {timeline.moments_s[-1]:g} s on"
                + (f" ({degraded})" if degraded else ""),
                advice="Seconds count from the first presented frame.",
            )
    _check_count(len(moments_s), "Name fewer moments at a time.")
    return [Want("at", round(moment_s, MOMENT_DIGITS)) for moment_s in moments_s]


def want_every(
    every_s: float, timeline: Timeline, *, cuts_s: Sequence[float] | None = None
) -> list[Want]:
    """Want a frame at 0 and after every so many seconds.

    Parameters
    ----------
    every_s : float
        Seconds from one to the next, more than 0.
    timeline : Timeline
        Of the clip.
    cuts_s : sequence of float, optional
        Moments of the first frames of new shots. When given, the sharpest frame close by is wanted,
        on the same side of every cut.

    Returns
    -------
    list of Want
        As many as fit into the clip.

    Raises
    ------
    FrameChoiceError
        When the distance is no such number, or makes too many.
    """
    if not (math.isfinite(every_s) and every_s > 0):
        raise FrameChoiceError(
            f"no distance between frames: {every_s:g} s", advice="Give seconds, more than 0."
        )
    count = max(1, math.ceil(min(timeline.end_s / every_s, float(MAX_FRAMES + 1))))
    least_s = math.ceil(timeline.end_s / MAX_FRAMES * 1000) / 1000
    _check_count(count, f"Take one every {least_s:g} s or more, or name moments with --at.")
    moments_s = [round(i * every_s, MOMENT_DIGITS) for i in range(count)]
    if cuts_s is None:
        return [Want("every", moment_s) for moment_s in moments_s]
    near_s = min(NEAR_S, every_s / 4)
    wants = []
    for moment_s in moments_s:
        start_s = max((cut_s for cut_s in cuts_s if cut_s <= moment_s), default=0.0)
        end_s = min((cut_s for cut_s in cuts_s if cut_s > moment_s), default=math.inf)
        within_s = (max(moment_s - near_s, start_s), min(moment_s + near_s, end_s))
        wants.append(Want("every", moment_s, within_s))
    return wants


def want_per_shot(
    cuts_s: Sequence[float], timeline: Timeline, *, part_s: float = math.inf
) -> list[Want]:
    """Want the sharpest frame near the middle of every shot, or of every part of a long one.

    Parameters
    ----------
    cuts_s : sequence of float
        Moments of the first frames of new shots.
    timeline : Timeline
        Of the clip.
    part_s : float, optional
        Longer shots count as several parts of at most this length.

    Returns
    -------
    list of Want
        At least one.

    Raises
    ------
    FrameChoiceError
        When there are too many shots.
    """
    inside = sorted({cut_s for cut_s in cuts_s if 0 < cut_s < timeline.end_s})
    edges = [0.0, *inside, timeline.end_s]
    shots = list(pairwise(edges))
    _check_count(len(shots), "Take one every so many seconds with --every, or name moments.")
    parts = _parts(shots, part_s)
    while len(parts) > MAX_FRAMES:
        part_s *= 2
        parts = _parts(shots, part_s)
    wants = []
    for start_s, end_s in parts:
        middle_s, near_s = (start_s + end_s) / 2, min(NEAR_S, (end_s - start_s) / 4)
        within_s = (middle_s - near_s, middle_s + near_s)
        wants.append(Want("shot", round(middle_s, MOMENT_DIGITS), within_s))
    return wants


def _parts(shots: Sequence[tuple[float, float]], part_s: float) -> list[tuple[float, float]]:
    parts = []
    for start, end in shots:
        count = max(1, math.ceil((end - start) / part_s))
        step = (end - start) / count
        parts += [(start + i * step, start + (i + 1) * step) for i in range(count)]
    return parts


def _check_count(count: int, advice: str) -> None:
    if count > MAX_FRAMES:
        raise FrameChoiceError(f"more than {MAX_FRAMES} frames would be exported", advice=advice)
