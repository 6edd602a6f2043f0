"""Elements of Matroska files become fields; what lies or leads astray does not stop the reader."""

import io
import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.metadata.ebml import MAX_ELEMENTS, MAX_FAULTS, ElementReader
from forensics.metadata.matroska import read_matroska
from forensics.model.findings import Position

SHOT_NS = 745496527000000000  # 2024-08-16T10:22:07 since 2001
UNKNOWN = b"\x01" + b"\xff" * 7


def element(number: int, *parts: bytes, size: bytes | None = None) -> bytes:
    body = b"".join(parts)
    name = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return name + ((1 << 56) + len(body)).to_bytes(8, "big") + body if size is None else (
        name + size + body
    )  # fmt: skip


def info(*parts: bytes) -> bytes:
    return element(0x1549A966, *parts)


def date(since: int) -> bytes:
    return element(0x4461, since.to_bytes(8, "big", signed=True))


def simple(name: str, text: str, *inner: bytes) -> bytes:
    return element(0x67C8, element(0x45A3, name.encode()), element(0x4487, text.encode()), *inner)


def tags(*simples: bytes, track: int = 0) -> bytes:
    targets = element(0x63C0, element(0x63C5, bytes((track,)))) if track else b""
    return element(0x1254C367, element(0x7373, targets, *simples))


def tracks(*entries: bytes) -> bytes:
    return element(0x1654AE6B, *(element(0xAE, entry) for entry in entries))


VIDEO = element(0x83, b"\1") + element(0x73C5, b"\7")
SOUND = element(0x83, b"\2") + element(0x73C5, b"\x08") + element(0x22B59C, b"ger")


def segment(*parts: bytes, size: bytes | None = None) -> bytes:
    return element(0x1A45DFA3) + element(0x18538067, *parts, size=size)


def values(data: bytes) -> dict[str, object]:
    readings, _ = read_matroska(io.BytesIO(data))
    return {name: each.value for name, each in readings.items()}


def test_header_and_tracks() -> None:
    data = segment(
        info(date(SHOT_NS), element(0x7BA9, "Міст".encode()), element(0x4D80, b"libebml"),
             element(0x5741, b"mkvmerge v70")),
        tracks(SOUND, VIDEO + element(0x22B59C, b"ukr") + element(0x536E, b"Camera")),
    )  # fmt: skip

    assert values(data) == {
        "created_at": "2024-08-16T10:22:07", "title": "Міст", "encoder": "libebml",
        "muxing_app": "libebml", "writing_app": "mkvmerge v70", "media_language": "ukr",
        "video_handler": "Camera",
    }  # fmt: skip


@pytest.mark.parametrize("since", [0, -(2**63), -SHOT_NS * 5, 2**63 - 1])
def test_date_that_was_never_set_is_missing(since: int) -> None:
    found = values(segment(info(date(since), element(0x7BA9, b"T"))))

    assert found.get("created_at") in (None, "2293-04-11T23:47:16")
    assert found["title"] == "T"


def test_tags() -> None:
    data = segment(
        tags(simple("MAKE", "Google"), simple("Model", "Pixel 8"), simple("ENCODER", "Lavf58"),
             simple("LOCATION", "+51.3350+034.6600+150.2/"), simple("DATE", "2024"),
             simple("DATE_RECORDED", "2024-08-16 13:22:07"),
             simple("ARTIST", "Olena", simple("URL", "x"))),
        tags(simple("ENCODER", "Lavc libx264"), track=7), tags(simple("ENCODER", "aac"), track=8),
        info(element(0x4D80, b"libebml")), tracks(VIDEO),
    )  # fmt: skip

    assert values(data) == {
        "make": "Google", "model": "Pixel 8", "encoder": "Lavf58", "muxing_app": "libebml",
        "video_encoder": "Lavc libx264", "position": Position(51.335, 34.66), "altitude_m": 150.2,
        "date_tag": "2024", "captured_at": "2024-08-16T13:22:07", "artist": "Olena",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["2024", "2024-08", "2024-08-16", "2024-08-16 13:22"])
def test_date_of_recording_keeps_its_precision(text: str) -> None:
    found = values(segment(tags(simple("DATE_RECORDED", text))))

    assert found == {"captured_at": text.replace(" ", "T")}


def test_offset_of_a_copied_time_is_kept() -> None:
    name = "COM.APPLE.QUICKTIME.CREATIONDATE"

    found = values(segment(tags(simple(name, "2024-08-16T13:22:07+0300"))))

    assert found == {"captured_at": "2024-08-16T13:22:07", "captured_offset": "+03:00"}


def test_tags_behind_the_pictures_are_found() -> None:
    clusters = element(0x1F43B675, bytes(500)) * 40

    assert values(segment(clusters, tags(simple("MAKE", "M")))) == {"make": "M"}


def test_tags_behind_pictures_of_unknown_length_are_found_by_the_contents() -> None:
    def built(place: int) -> bytes:
        entry = element(0x4DBB, element(0x53AB, b"\x12\x54\xc3\x67"),
                        element(0x53AC, struct.pack(">I", place)))  # fmt: skip
        return element(0x114D9B74, entry) + info(element(0x4D80, b"m"))

    live = element(0x1F43B675, element(0xA3, bytes(300)), size=UNKNOWN)
    place = len(built(0)) + len(live)
    data = segment(built(place), live, tags(simple("MAKE", "M")), size=UNKNOWN)

    assert values(data) == {"make": "M", "encoder": "m", "muxing_app": "m"}


def test_contents_that_lead_in_a_circle_are_followed_once() -> None:
    entry = element(0x4DBB, element(0x53AB, b"\x12\x54\xc3\x67"), element(0x53AC, b"\0"))
    data = segment(element(0x114D9B74, entry * 1000), tags(simple("MAKE", "M")))

    assert values(data) == {"make": "M"}


def test_tags_within_tags_end() -> None:
    deep = simple("A", "a")
    for _ in range(400):
        deep = simple("A", "a", deep)

    assert values(segment(tags(deep, simple("MAKE", "M")))) == {"make": "M"}


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "Segment"), (element(0x1A45DFA3), "Segment"), (bytes(100), "byte 0 is no element"),
        (segment(info())[:-5], "bytes more than there are"), (segment(bytes(9)), "is no element"),
        (segment(element(0x1549A966, size=b"\x01" + b"\0" * 6 + b"\xff")), "bytes more than there"),
    ],
)  # fmt: skip
def test_faults_are_named(data: bytes, fault: str) -> None:
    _, faults = read_matroska(io.BytesIO(data))

    assert any(fault in each for each in faults)


def test_a_million_elements_end_in_a_moment() -> None:
    elements = ElementReader(io.BytesIO(b"\xec\x80" * (MAX_ELEMENTS + 5)))
    started = time.process_time()

    count = sum(1 for _ in elements.between(0, elements.size))

    assert count == MAX_ELEMENTS
    assert time.process_time() - started < 5


_IDS = st.sampled_from([
    0x18538067, 0x1F43B675, 0x1549A966, 0x1654AE6B, 0x1254C367, 0x114D9B74, 0x4DBB, 0x53AB, 0x53AC,
    0x4461, 0x7BA9, 0x4D80, 0xAE, 0x83, 0x73C5, 0x22B59C, 0x7373, 0x63C0, 0x63C5, 0x67C8, 0x45A3,
    0x4487, 0xEC,
])  # fmt: skip
_SIZES = st.none() | st.sampled_from([UNKNOWN, b"\xff", b"\x80", b"\x01" + b"\0" * 7, b"\0"])


def _nested(children: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    bodies = st.lists(children, max_size=4).map(b"".join)
    return st.builds(lambda number, body, size: element(number, body, size=size),
                     _IDS, bodies, _SIZES)  # fmt: skip


_LEAVES = st.binary(max_size=12) | st.sampled_from([b"MAKE", b"LOCATION", b"\x12\x54\xc3\x67"])
_TREES = st.recursive(_LEAVES, _nested, max_leaves=25)


@settings(max_examples=250, deadline=None)
@given(st.lists(_TREES, min_size=1, max_size=5).map(b"".join))
def test_any_tree_of_elements_can_be_read(data: bytes) -> None:
    for whole in (data, segment(data)):
        readings, faults = read_matroska(io.BytesIO(whole))

        for reading in readings.values():
            reading.raw.encode("utf-8")
            assert reading.where
        assert len(faults) <= MAX_FAULTS
