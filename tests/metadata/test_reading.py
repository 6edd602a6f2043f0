"""Texts, times, offsets and positions are cleaned without inventing anything."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.metadata.reading import (
    MAX_TEXT_CHARS,
    clean_offset,
    clean_position,
    clean_text,
    clean_time,
    raw_text,
    trailing_offset,
)

ANYTHING = st.one_of(
    st.none(), st.text(), st.binary(), st.integers(), st.floats(), st.lists(st.integers(-5, 300))
)


@given(ANYTHING)
def test_anything_can_be_cleaned(value: object) -> None:
    for text in (clean_text(value), raw_text(value)):
        assert text is None or len(text.encode("utf-8")) <= 4 * MAX_TEXT_CHARS
    assert clean_time(value) is None or isinstance(clean_time(value), str)
    assert clean_offset(value) is None or isinstance(clean_offset(value), str)
    assert trailing_offset(value) is None or isinstance(trailing_offset(value), str)


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(9999, 12, 31)))  # noqa: DTZ001
def test_real_times_are_kept(moment: datetime) -> None:
    text = moment.strftime("%Y:%m:%d %H:%M:%S")

    assert clean_time(text) == moment.replace(microsecond=0).isoformat()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024:08:16 14:22:07", "2024-08-16T14:22:07"),
        ("2024-08-16T14:22:07+0300", "2024-08-16T14:22:07"),
        ("2024:8:6 4:02:07", "2024-08-06T04:02:07"),
        ("2024:08:16 14:22", "2024-08-16T14:22"),
        ("2024:08:16 14:22:60", None),
        (b"2024:08:16 14:22:07\0", "2024-08-16T14:22:07"),
    ],
)
def test_spellings_of_times(text: object, expected: str | None) -> None:
    assert clean_time(text) == expected


@pytest.mark.parametrize(
    ("subsecond", "tail"), [("12", ".12"), ("007", ".007"), ("", ""), ("a", ""), (None, "")]
)
def test_digits_after_the_second(subsecond: object, tail: str) -> None:
    assert clean_time("2024:08:16 14:22:07", subsecond=subsecond) == f"2024-08-16T14:22:07{tail}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+03:00", "+03:00"), ("-0930", "-09:30"), ("Z", "+00:00"), ("+16:00", None),
        ("+03:75", None), ("   :  ", None), ("3", None),
    ],
)  # fmt: skip
def test_offsets(text: str, expected: str | None) -> None:
    assert clean_offset(text) == expected


def test_impossible_positions_are_none() -> None:
    assert clean_position(0, 0) is None
    assert clean_position(90.1, 0) is None
    assert clean_position(0, -180.1) is None
    assert clean_position(float("nan"), 1) is None
    assert clean_position(0, 10) is not None
