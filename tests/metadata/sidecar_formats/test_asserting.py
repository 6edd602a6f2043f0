"""Values of sidecars become statements, or nothing; never a time that was not stated."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.metadata.sidecar_formats.asserting import (
    assert_fields,
    day_value,
    number_value,
    position_value,
    text_value,
    unix_time,
    wall_time,
    zoned_time,
)
from forensics.model.dates import parse_date

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.integers(86_400, 4_000_000_000))
def test_seconds_read_back_as_the_same_moment(seconds: int) -> None:
    for value in (seconds, str(seconds), float(seconds)):
        text = unix_time(value)

        assert text is not None
        assert text.endswith("Z")
        assert datetime.fromisoformat(text) == datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(
    "value",
    [0, "0", 1, -1, True, None, "", "x", "1e9", " ", 10**13, "9" * 13, float("nan"), float("inf")],
)
def test_what_is_no_time_stays_none(value) -> None:
    assert unix_time(value) is None


@pytest.mark.parametrize("space", ["\x1f", "\x85", "\u2028", " "])
def test_space_of_any_kind_around_digits_is_no_fault(space: str) -> None:
    assert unix_time(f"{space}1723807327{space}") == "2024-08-16T11:22:07Z"


@given(ANYTHING)
def test_any_value_of_json_is_read_or_left(value: object) -> None:
    for convert in (unix_time, day_value, wall_time, zoned_time):
        text = convert(value)
        assert text is None or parse_date(text).value == text
    assert position_value(value) is None
    number_value(value)
    text_value(value)
    assert_fields({"a": {"b": value}}, [("x", text_value, ("a.b.c", "a.b"))], [])


@pytest.mark.parametrize(
    ("text", "wall", "zoned"),
    [
        ("2024-08-16T14:22:07", "2024-08-16T14:22:07", "2024-08-16T14:22:07"),
        ("2024-08-16T14:22:07Z", "2024-08-16T14:22:07", "2024-08-16T14:22:07Z"),
        ("2024-08-16T14:22:07+00:00", "2024-08-16T14:22:07", "2024-08-16T14:22:07Z"),
        ("2024-08-16 14:22:07.123456+0300", "2024-08-16T14:22:07", "2024-08-16T14:22:07+03:00"),
        ("2024-13-16T14:22:07Z", None, None),
        ("16/08/2024", None, None),
    ],
)
def test_zone_is_kept_only_where_it_is_trusted(text, wall, zoned) -> None:
    assert wall_time(text) == wall
    assert zoned_time(text) == zoned


@pytest.mark.parametrize(
    ("value", "day"),
    [("20240816", "2024-08-16"), (20240816, "2024-08-16"), ("20241399", None), ("2024", None)],
)
def test_days_are_days(value, day) -> None:
    assert day_value(value) == day


def test_time_that_cannot_be_read_is_named() -> None:
    faults: list[str] = []

    fields = assert_fields({"t": "yesterday"}, [("posted_at", unix_time, ("t",))], faults)

    assert fields == {}
    assert faults == ["t cannot be read: yesterday"]
