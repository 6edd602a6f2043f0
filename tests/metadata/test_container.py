"""Tags of video containers become fields; unset clocks do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.metadata.container import read_container
from forensics.metadata.iso6709 import parse_iso_6709
from forensics.model.findings import Position


def test_tags_of_a_phone() -> None:
    readings = read_container(
        {
            "com.apple.quicktime.creationdate": "2019-07-24T11:25:40+0300",
            "com.apple.quicktime.location.ISO6709": "+32.0929+034.8620+028.516/",
            "com.apple.quicktime.model": "iPhone 6",
            "creation_time": "2019-07-24T08:25:57.000000Z",
        }
    )

    values = {name: each.value for name, each in readings.items()}
    assert values == {
        "captured_at": "2019-07-24T11:25:40",
        "captured_offset": "+03:00",
        "created_at": "2019-07-24T08:25:57",
        "model": "iPhone 6",
        "position": Position(32.0929, 34.862),
    }


@pytest.mark.parametrize(
    "text",
    ["1904-01-01T00:00:00.000000Z", "1970-01-01T00:00:00Z", "1903-12-31T23:00:00Z", "", "nonsense"],
)
def test_unset_clock_is_missing(text: str) -> None:
    assert read_container({"creation_time": text, "DATE_RECORDED": text}) == {}


def test_date_of_publication_is_not_the_capture_time() -> None:
    assert set(read_container({"date": "20240816"})) == {"date_tag"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+51.4169-000.0806/", Position(51.4169, -0.0806)),
        ("+51.3350+034.6600+150.2/", Position(51.335, 34.66)),
        ("+00.0000+000.0000/", None),
        ("+5120.10-00004.84/", None),
        ("+91.0+000.1/", None),
        ("", None),
    ],
)
def test_positions(text: str, expected: Position | None) -> None:
    assert parse_iso_6709(text) == expected


@given(st.dictionaries(st.sampled_from(["location", "creation_time", "make", "date"]), st.text()))
def test_any_tags_can_be_read(tags: dict[str, str]) -> None:
    for reading in read_container(tags).values():
        reading.raw.encode("utf-8")
