"""Dates as people know them: to the year, the day or the second, with or without a zone."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from msgspec import Struct

Precision = Literal["year", "month", "day", "minute", "second"]

# The widest offsets in use on Earth; an unknown zone may be any of them.
_WESTMOST = timezone(timedelta(hours=-12))
_EASTMOST = timezone(timedelta(hours=14))
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)

_PATTERN = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d{2})(-(?P<day>\d{2})"
    r"([T ](?P<hour>\d{2}):(?P<minute>\d{2})(:(?P<second>\d{2})(\.\d{1,9})?)?"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2})?)?)?)?",
    re.ASCII,
)


class DateSpan(Struct, frozen=True):
    """A date with its precision, as the interval of instants it may mean.

    Parameters
    ----------
    value : str
        The date as it was given, in ISO 8601: ``2014``, ``2014-08``, ``2014-08-01``,
        ``2014-08-01T12:30+03:00``.
    precision : {"year", "month", "day", "minute", "second"}
        How much of it was given.
    zone : str or None
        Offset as given, ``Z`` for UTC; None when it is unknown.
    earliest, latest : str
        RFC 3339 bounds in UTC: `earliest` is included, `latest` is the first instant that is not.
        An unknown zone widens both, from UTC+14 to UTC-12.
    """

    value: str
    precision: Precision
    zone: str | None
    earliest: str
    latest: str


def parse_date(text: str) -> DateSpan:
    """Read an ISO 8601 date of any precision.

    Parameters
    ----------
    text : str
        For example ``2014-08`` or ``2023-05-02T11:20:00+03:00``.

    Returns
    -------
    DateSpan
        The date and the instants it may mean.

    Raises
    ------
    ValueError
        When `text` is no such date, or names a day that does not exist.

    Examples
    --------
    >>> parse_date("2014-08-01").earliest
    '2014-07-31T10:00:00Z'
    >>> parse_date("2014-08-01T00:00:00+03:00").earliest
    '2014-07-31T21:00:00Z'
    """
    match = _PATTERN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not an ISO 8601 date: {text!r}; write for example 2014-08-01")
    part = match.groupdict()
    precision = _precision(part)
    zone = part["zone"]
    start = datetime(
        int(part["year"]), int(part["month"] or 1), int(part["day"] or 1),
        int(part["hour"] or 0), int(part["minute"] or 0), int(part["second"] or 0),
        tzinfo=UTC,
    )  # fmt: skip
    end = _end_of(start, precision)
    first_zone, last_zone = (_offset(zone),) * 2 if zone else (_EASTMOST, _WESTMOST)
    return DateSpan(
        value=text.strip(),
        precision=precision,
        zone=zone,
        earliest=_shift_to_utc(start, first_zone),
        latest=_shift_to_utc(end, last_zone),
    )


def parse_instant(text: str) -> datetime:
    """Read one bound of a `DateSpan` as an aware time.

    Parameters
    ----------
    text : str
        RFC 3339 time with an offset or ``Z``.

    Returns
    -------
    datetime
        Aware, in UTC; the end of the calendar for the hours beyond it.

    Raises
    ------
    ValueError
        When it is no such time, or there is no offset.
    """
    moment = datetime.fromisoformat(text)
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError(f"a time without an offset: {text!r}")
    return _in_utc(moment.replace(tzinfo=UTC), offset)


def _precision(part: dict[str, str | None]) -> Precision:
    order: tuple[Precision, ...] = ("second", "minute")
    for name in order:
        if part[name]:
            return name
    if part["day"]:
        return "day"
    return "month" if part["month"] else "year"


def _end_of(start: datetime, precision: Precision) -> datetime:
    # The interval is half open. Its end may lie past year 9999, which has no datetime.
    try:
        if precision == "year":
            return start.replace(year=start.year + 1)
        if precision == "month":
            return (start.replace(day=28) + timedelta(days=4)).replace(day=1)
        step = {"day": timedelta(days=1), "minute": timedelta(minutes=1)}
        return start + step.get(precision, timedelta(seconds=1))
    except (OverflowError, ValueError):
        return _LAST


def _offset(zone: str) -> timezone:
    if zone == "Z":
        return UTC
    sign = -1 if zone[0] == "-" else 1
    digits = zone[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))


def _in_utc(wall: datetime, offset: timedelta) -> datetime:
    try:
        return wall - offset
    except OverflowError:  # the first or last hours of the calendar: its end is the nearest
        return _FIRST if offset > timedelta(0) else _LAST


def _shift_to_utc(wall: datetime, zone: timezone) -> str:
    moment = _in_utc(wall, zone.utcoffset(None))
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
