"""Dates of any precision, with and without a zone."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.model.dates import parse_date, parse_instant


@pytest.mark.parametrize(
    ("text", "precision", "earliest", "latest"),
    [
        ("2014", "year", "2013-12-31T10:00:00Z", "2015-01-01T12:00:00Z"),
        ("2014-08", "month", "2014-07-31T10:00:00Z", "2014-09-01T12:00:00Z"),
        ("2014-08-01", "day", "2014-07-31T10:00:00Z", "2014-08-02T12:00:00Z"),
        ("2014-08-01T12:30Z", "minute", "2014-08-01T12:30:00Z", "2014-08-01T12:31:00Z"),
        ("2014-08-01T12:30:05+03:00", "second", "2014-08-01T09:30:05Z", "2014-08-01T09:30:06Z"),
        ("2024-02-29", "day", "2024-02-28T10:00:00Z", "2024-03-01T12:00:00Z"),
    ],
)
def test_a_date_means_an_interval(text: str, precision: str, earliest: str, latest: str) -> None:
    span = parse_date(text)

    assert (span.precision, span.earliest, span.latest) == (precision, earliest, latest)


@pytest.mark.parametrize("text", ["", "14-08-01", "2014-13", "2014-02-30", "1.8.2014", "2014-8-1"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|month|day|year"):
        parse_date(text)


@pytest.mark.parametrize(
    "text", ["0001-01-01", "9999-12-31", "9999", "9999-12", "0001-01-01T13:59:59+14:00"]
)
def test_the_ends_of_the_calendar_do_not_crash(text: str) -> None:
    span = parse_date(text)

    assert span.earliest <= span.latest


@given(st.integers(min_value=-2_000_000_000, max_value=4_000_000_000))
def test_an_unknown_zone_holds_every_known_one(seconds: int) -> None:
    text = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()
    unknown = parse_date(text)

    for zone in ("+14:00", "+03:00", "Z", "-12:00"):
        known = parse_date(text + zone)
        assert parse_instant(unknown.earliest) <= parse_instant(known.earliest)
        assert parse_instant(known.latest) <= parse_instant(unknown.latest)


def test_an_instant_needs_an_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        parse_instant("2024-08-16T12:00:00")


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("0001-01-01T00:00:00+14:00", datetime.min.replace(tzinfo=UTC)),
        ("9999-12-31T23:59:59-12:00", datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_an_instant_beyond_the_calendar_is_its_end(text: str, nearest: datetime) -> None:
    assert parse_instant(text) == nearest
