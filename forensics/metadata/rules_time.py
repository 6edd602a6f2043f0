"""Rules on times: which clock contradicts which."""

from collections.abc import Iterator
from datetime import timedelta

from forensics.metadata.clocks import (
    in_words,
    offset_in_words,
    read_time,
    reads_later,
    surely_apart,
    surely_later,
    wall_clock,
)
from forensics.metadata.rule import Seen, Subject
from forensics.metadata.zones import time_at
from forensics.model.dates import DateSpan, parse_instant
from forensics.model.findings import Position
from forensics.model.outcome import Absent

CLOCK_TOLERANCE = timedelta(minutes=10)
"""Camera clocks drift by minutes in a year."""

SUMMER_TIME = timedelta(hours=1)

_OFFSET_STEP = timedelta(minutes=15)
"""All offsets from UTC in use are whole quarters of an hour."""

_WIDEST_OFFSET = timedelta(hours=14)


def modified_before_captured(subject: Subject) -> Iterator[Seen]:
    """See a last change that lies before the capture.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        A conflict only where both times carry their offset: without one they may come from
        different clocks of one camera.
    """
    captured, modified = _time(subject, "captured_at"), _time(subject, "modified_at")
    if captured is None or modified is None:
        return
    is_certain = surely_later(captured, modified) > timedelta(0)
    have_zones = captured.zone is not None and modified.zone is not None
    if not is_certain and (have_zones or not reads_later(captured, modified)):
        return
    unless = "" if is_certain else ", unless the two clocks stood in different time zones"
    yield Seen(
        {"modified": modified.value, "captured": captured.value, "unless": unless},
        ("modified_at", "captured_at"),
        None if is_certain and have_zones else "notice",
    )


def future_date(subject: Subject) -> Iterator[Seen]:
    """See dates that lie after the time of the investigation.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        One for all its dates.
    """
    as_of = read_time(subject.as_of) if subject.as_of is not None else None
    if as_of is None:
        return
    late = [
        name
        for name in subject.fields
        if name.endswith("_at")
        and (time := _time(subject, name)) is not None
        and surely_later(time, as_of) > CLOCK_TOLERANCE
    ]
    if late:
        dates = ", ".join(f"{name} {subject.fields[name].value}" for name in late)
        yield Seen({"dates": dates, "as_of": as_of.value}, tuple(late))


def clock_against_gps(subject: Subject) -> Iterator[Seen]:
    """See a camera clock that differs from satellite time in every possible zone.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        How far they are apart at least.
    """
    captured, gps = _time(subject, "captured_at"), _time(subject, "gps_at")
    if captured is None or gps is None:
        return
    apart = surely_apart(captured, gps)
    if apart > CLOCK_TOLERANCE:
        yield Seen(
            {"captured": captured.value, "gps": gps.value, "apart": in_words(apart)},
            ("captured_at", "gps_at"),
        )


def clock_against_place(subject: Subject) -> Iterator[Seen]:
    """See a clock that keeps another zone's time than the place of the file's own position.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        Notice for a stated offset, information where the offset was worked out from satellite
        time, or where summer time explains it.
    """
    captured = _time(subject, "captured_at")
    position = subject.fields.get("position")
    if captured is None or position is None or not isinstance(position.value, Position):
        return
    offset, evidence = _stated_or_implied_offset(subject, captured)
    wall = wall_clock(captured)
    if offset is None or wall is None:
        return
    place = time_at(position.value, parse_instant(wall.earliest) - offset)
    if isinstance(place, Absent) or not place.offsets or offset in place.offsets:
        return
    by_summer = min(abs(offset - each) for each in place.offsets) == SUMMER_TIME
    is_stated = "captured_offset" in evidence
    yield Seen(
        {
            "how": "is stated to keep" if is_stated else "kept, compared with satellite time,",
            "offset": offset_in_words(offset),
            "zone": place.zone,
            "kept": " or ".join(offset_in_words(each) for each in place.offsets),
        },
        (*evidence, "position"),
        None if is_stated and not by_summer else "info",
    )


def posted_before_captured(subject: Subject) -> Iterator[Seen]:
    """See a post that is older than the stated capture.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        One for each file beside it that says so.
    """
    captured = _time(subject, "captured_at")
    for sidecar in subject.sidecars:
        stated = sidecar.fields.get("posted_at")
        posted = read_time(stated.value) if stated is not None else None
        if captured is None or posted is None:
            continue
        early = surely_later(captured, posted)
        if early > CLOCK_TOLERANCE:
            yield Seen(
                {
                    "sidecar": sidecar.path,
                    "posted": posted.value,
                    "captured": captured.value,
                    "early": in_words(early),
                },
                ("captured_at", f"{sidecar.path} posted_at"),
                "conflict" if captured.zone is not None and posted.zone is not None else "notice",
            )


def name_before_captured(subject: Subject) -> Iterator[Seen]:
    """See a file name whose date lies before the stated capture.

    A name that is later says nothing: most names are given when a file is sent or saved.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        One for each name.
    """
    captured = _time(subject, "captured_at")
    for reading in subject.names:
        named = read_time(reading.stated_at) if reading.stated_at is not None else None
        if captured is None or named is None:
            continue
        if surely_later(captured, named) > CLOCK_TOLERANCE:
            yield Seen(
                {"name": reading.path, "named": named.value, "captured": captured.value},
                ("captured_at", reading.path),
            )


def _time(subject: Subject, name: str) -> DateSpan | None:
    field = subject.fields.get(name)
    return None if field is None else read_time(field.value)


def _stated_or_implied_offset(
    subject: Subject, captured: DateSpan
) -> tuple[timedelta | None, tuple[str, ...]]:
    wall = wall_clock(captured)
    if wall is None:
        return None, ()
    if captured.zone is not None:
        offset = parse_instant(wall.earliest) - parse_instant(captured.earliest)
        return offset, ("captured_offset",)
    gps = _time(subject, "gps_at")
    if gps is None:
        return None, ()
    difference = parse_instant(wall.earliest) - parse_instant(gps.earliest)
    steps = round(difference / _OFFSET_STEP)
    offset = steps * _OFFSET_STEP
    # An older position or a clock that is wrong tells nothing about the zone.
    if abs(difference - offset) > _CLOSE or abs(offset) > _WIDEST_OFFSET:
        return None, ()
    return offset, ("captured_at", "gps_at")


_CLOSE = timedelta(minutes=3)
"""A clock this near to a whole offset from satellite time is taken to be right but for its zone."""
