"""Which stretch of a clip shows which stretch of known footage, as a plot of time against time."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from forensics.model.match import Segment
from forensics.report.text import markup

WIDTH_PX, HEIGHT_PX = 420, 260
_LEFT, _TOP, _RIGHT, _BOTTOM = 46, 12, 14, 40
_TICKS = 5
_STEPS = (1.0, 2.0, 5.0, 10.0)
_LEAST_S = 0.1
_MAX_DRAWN = 200
"""Stretches that are drawn; all of them stand in the list beneath."""


def draw_time_plot(segments: Sequence[Segment], *, query_s: float | None = None) -> Markup:
    """Draw stretches of a query against the stretches of known footage they show.

    Parameters
    ----------
    segments : sequence of Segment
        What was found; stills in clips are moments and are left out.
    query_s : float, optional
        Length of the query, in seconds; else the plot ends with the last stretch.

    Returns
    -------
    Markup
        An ``svg`` element for the page's style sheet; nothing when no stretch lasts. A line that
        rises is a stretch that plays forwards, one that falls plays backwards, and a steeper one
        plays faster. The same arguments give the same text.

    Examples
    --------
    >>> draw_time_plot([])
    Markup('')
    """
    lasting = [each for each in segments if each.query[1] > each.query[0]]
    if not lasting:
        return Markup("")
    ends = max(each.query[1] for each in lasting), max(each.reference[1] for each in lasting)
    across = max(ends[0], query_s or 0.0, _LEAST_S)
    up = max(ends[1], _LEAST_S)
    lines = Markup("").join(_line(each, across, up) for each in lasting[:_MAX_DRAWN])
    return markup(
        '<svg class="time-plot" role="img" viewBox="0 0 {} {}"><title>{}</title><desc>{}</desc>'
        '{}{}<path class="time-plot-axes" d="M{} {}V{}H{}"/>{}'
        '<text class="time-plot-name" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text class="time-plot-name" transform="translate(11 {}) rotate(-90)" '
        'text-anchor="middle">{}</text></svg>',
        WIDTH_PX,
        HEIGHT_PX,
        "Which moment of this file shows which moment of the known footage",
        f"{len(lasting)} {'stretch' if len(lasting) == 1 else 'stretches'}, listed beside the plot",
        Markup("").join(_tick_across(when, across) for when in ticks(across)),
        Markup("").join(_tick_up(when, up) for when in ticks(up)),
        _LEFT,
        _TOP,
        HEIGHT_PX - _BOTTOM,
        WIDTH_PX - _RIGHT,
        lines,
        (_LEFT + WIDTH_PX - _RIGHT) / 2,
        HEIGHT_PX - 6,
        "seconds of this file",
        (_TOP + HEIGHT_PX - _BOTTOM) / 2,
        "seconds of the known footage",
    )


def ticks(end_s: float) -> list[float]:
    """Choose round values from 0 to an end.

    Parameters
    ----------
    end_s : float
        The end, above 0.

    Returns
    -------
    list of float
        Ascending, at most six of them.

    Examples
    --------
    >>> ticks(22.4)
    [0.0, 5.0, 10.0, 15.0, 20.0]
    """
    rough = end_s / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each * power for each in _STEPS if each * power >= rough * (1 - 1e-9))
    return [round(step * at, 9) for at in range(math.floor(end_s / step + 1e-9) + 1)]


def _line(segment: Segment, across: float, up: float) -> Markup:
    start, end = segment.reference[::-1] if segment.reversed else segment.reference
    told = f"{segment.query[0]:.2f}-{segment.query[1]:.2f} s"
    return markup(
        '<path class="time-plot-line" d="M{} {}L{} {}"><title>{}</title></path>',
        _x(segment.query[0], across),
        _y(start, up),
        _x(segment.query[1], across),
        _y(end, up),
        told,
    )


def _tick_across(when: float, across: float) -> Markup:
    x, bottom = _x(when, across), HEIGHT_PX - _BOTTOM
    return markup(
        '<path class="time-plot-grid" d="M{} {}V{}"/><text x="{}" y="{}" text-anchor="middle">{}'
        "</text>",
        x,
        _TOP,
        bottom,
        x,
        bottom + 14,
        f"{when:g}",
    )


def _tick_up(when: float, up: float) -> Markup:
    y = _y(when, up)
    return markup(
        '<path class="time-plot-grid" d="M{} {}H{}"/><text x="{}" y="{}" text-anchor="end">{}'
        "</text>",
        _LEFT,
        y,
        WIDTH_PX - _RIGHT,
        _LEFT - 5,
        y + 4,
        f"{when:g}",
    )


def _x(when: float, across: float) -> float:
    return round(_LEFT + when / across * (WIDTH_PX - _LEFT - _RIGHT), 1)


def _y(when: float, up: float) -> float:
    return round(HEIGHT_PX - _BOTTOM - when / up * (HEIGHT_PX - _TOP - _BOTTOM), 1)
