"""Tags of video containers become fields; unset clocks do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.metadata.container import read_container
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
    assert readings["captured_at"].where == "tag com.apple.quicktime.creationdate"
    assert values == {
        "altitude_m": 28.52,
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


def test_names_in_capitals_are_the_same_tags() -> None:
    readings = read_container({"MAKE": "M", "COM.APPLE.QUICKTIME.MODEL": "P", "ENCODER": "E"})

    assert {name: each.value for name, each in readings.items()} == {
        "make": "M", "model": "P", "encoder": "E",
    }  # fmt: skip


def test_text_that_ffmpeg_took_for_macroman_is_given_back() -> None:
    tags = {"title": "Олена".encode().decode("mac_roman"), "artist": "café", "comment": "✓"}

    readings = read_container(tags, container="mov")

    found = {name: each.value for name, each in readings.items()}
    assert found == {"title": "Олена", "artist": "café", "comment": "✓"}


@pytest.mark.parametrize(("container", "field"), [("avi", "captured_at"), ("mp4", "created_at")])
def test_clock_of_an_avi_is_that_of_the_recording(container: str, field: str) -> None:
    readings = read_container({"creation_time": "2024-08-16 13:22:07"}, container=container)

    assert {name: each.value for name, each in readings.items()} == {field: "2024-08-16T13:22:07"}


@pytest.mark.parametrize(
    ("text", "brands"),
    [
        ("isomiso2avc1mp41", "isom, iso2, avc1, mp41"), ("qt  ", "qt"), ("M4V M4A ", "M4V, M4A"),
        ("isom3", None), (r"\xff12", None), ("", None),
    ],
)  # fmt: skip
def test_brands_are_told_apart(text: str, brands: str | None) -> None:
    found = read_container({"compatible_brands": text}).get("compatible_brands")

    assert (found and found.value) == brands


@given(st.dictionaries(st.sampled_from(["location", "creation_time", "make", "date"]), st.text()))
def test_any_tags_can_be_read(tags: dict[str, str]) -> None:
    for reading in read_container(tags).values():
        reading.raw.encode("utf-8")
