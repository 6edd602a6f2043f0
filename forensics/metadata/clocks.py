"""Compare stated times, with or without a zone."""

import re
from datetime import timedelta

from forensics.model.dates import DateSpan, parse_date, parse_instant

_ZONE = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")
_HOURS_TOLD_AS_DAYS = 48


def read_time(value: object) -> DateSpan | None:
    """Read a stated time.

    Parameters
    ----------
    value : object
        Value of a metadata field.

    Returns
    -------
    DateSpan or None
        None when it is no date.
    """
    try:
        return parse_date(str(value))
    except (ValueError, OverflowError):
        return None


def surely_later(one: DateSpan, other: DateSpan) -> timedelta:
    """Say by how much one time is later than another at least, whatever the unknown zones are.

    Parameters
    ----------
    one, other : DateSpan
        The times.

    Returns
    -------
    timedelta
        Negative when it may be earlier.
    """
    return parse_instant(one.earliest) - parse_instant(other.latest)


def surely_apart(one: DateSpan, other: DateSpan) -> timedelta:
    """Say how far two times are apart at least, whatever the unknown zones are.

    Parameters
    ----------
    one, other : DateSpan
        The times.

    Returns
    -------
    timedelta
        Negative when they may be the same.
    """
    return max(surely_later(one, other), surely_later(other, one))


def reads_later(one: DateSpan, other: DateSpan) -> bool:
    """Compare two readings as if one clock had shown them, to the coarser one's precision.

    Parameters
    ----------
    one, other : DateSpan
        The times; their zones are not looked at.

    Returns
    -------
    bool
        Whether the first reads later.
    """
    first, second = (parse_date(_ZONE.sub("", each.value) + "Z") for each in _timed(one, other))
    return parse_instant(first.earliest) >= parse_instant(second.latest)


def _timed(*spans: DateSpan) -> tuple[DateSpan, ...]:
    """Cut all to the day when one has no time of day: a zone needs a clock to stand behind."""
    if all("T" in each.value or " " in each.value for each in spans):
        return spans
    return tuple(parse_date(f"{each.value[:10]}T00:00") for each in spans)


def wall_clock(span: DateSpan) -> DateSpan | None:
    """Give what the clock showed, as if it had been set to UTC.

    Parameters
    ----------
    span : DateSpan
        A stated time.

    Returns
    -------
    DateSpan or None
        None when it names no time of day.
    """
    if span.precision not in ("minute", "second"):
        return None
    return parse_date(_ZONE.sub("", span.value) + "Z")


def in_words(span: timedelta) -> str:
    """Say how long something is, for a person.

    Parameters
    ----------
    span : timedelta
        A span of time.

    Returns
    -------
    str
        In minutes, hours or days.
    """
    hours = abs(span.total_seconds()) / 3600
    if hours >= _HOURS_TOLD_AS_DAYS:
        return f"{hours / 24:,.1f} days"
    return f"{hours:.1f} hours" if hours >= 1 else f"{hours * 60:.0f} minutes"


def offset_in_words(offset: timedelta) -> str:
    """Write an offset from UTC.

    Parameters
    ----------
    offset : timedelta
        East is positive.

    Returns
    -------
    str
        For example ``UTC+03:00``.

    Examples
    --------
    >>> offset_in_words(timedelta(hours=-3, minutes=-30))
    'UTC-03:30'
    """
    minutes = round(offset.total_seconds() / 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
