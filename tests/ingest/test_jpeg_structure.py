"""Markers of a JPEG are followed to the end of its picture, whatever they claim."""

import io

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from forensics.ingest.jpeg_structure import DQT, MAX_SEGMENTS, SOS, read_structure


def encode(**options: object) -> bytes:
    buffer = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").save(buffer, "JPEG", **options)
    return buffer.getvalue()


def test_end_of_the_first_picture_is_found() -> None:
    picture = encode()

    structure = read_structure(picture + b"\0\0" + encode(quality=20))

    assert structure.end == len(picture) - 2


def test_every_scan_ends_where_the_next_marker_begins() -> None:
    picture = encode(progressive=True)

    scans = read_structure(picture).scans

    assert len(scans) == 10
    assert all(picture[scan.end] == 0xFF for scan in scans)
    assert scans[-1].end == len(picture) - 2


def test_picture_without_an_end_has_none() -> None:
    assert read_structure(encode()[:-2]).end is None


def test_restart_markers_are_part_of_the_coded_data() -> None:
    picture = encode(restart_marker_blocks=1)

    assert len(read_structure(picture).scans) == 1


def test_head_alone_stops_at_the_first_scan() -> None:
    structure = read_structure(encode(progressive=True), head_only=True)

    assert [each.marker for each in structure.segments].count(SOS) == 1


def test_segments_beyond_all_measure_are_not_followed() -> None:
    tables = b"\xff\xd8" + b"\xff\xdb\0\2" * (2 * MAX_SEGMENTS) + b"\xff\xd9"

    structure = read_structure(tables)

    assert len(structure.segments) == MAX_SEGMENTS
    assert structure.end is None


def test_length_beyond_the_end_stops_there() -> None:
    (segment,) = read_structure(b"\xff\xd8\xff\xdb\xff\xffabc").segments

    assert segment == (DQT, 6, 9)


@given(st.binary(max_size=300))
def test_segments_follow_each_other(data: bytes) -> None:
    structure = read_structure(b"\xff\xd8" + data)

    places = [place for each in structure.segments for place in (each.start, each.end)]
    assert all(0 <= scan.end <= len(data) + 2 for scan in structure.scans)
    assert max(places, default=0) <= len(data) + 2 or places[-1] == len(data) + 2
