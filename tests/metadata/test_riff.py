"""Chunks of AVI files become fields."""

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.metadata.riff import MAX_CHUNKS, read_idit, read_riff


def chunk(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def avi(*parts: bytes) -> bytes:
    return chunk(b"RIFF", b"AVI ", *parts)


def values(data: bytes) -> dict[str, object]:
    readings, _ = read_riff(io.BytesIO(data))
    return {name: each.value for name, each in readings.items()}


def test_fields_of_a_camera() -> None:
    data = avi(
        chunk(b"LIST", b"hdrl", chunk(b"avih", bytes(56)),
              chunk(b"LIST", b"strl", chunk(b"strn", b"Camera\0")),
              chunk(b"IDIT", b"Fri Aug 16 13:22:07 2024\n\0")),
        chunk(b"LIST", b"movi", chunk(b"ISFT", b"not this")),
        chunk(b"LIST", b"INFO", chunk(b"ISFT", b"CanonMVI02"), chunk(b"ICRD", b"2024-08-16"),
              chunk(b"IART", b"Olena\0"), chunk(b"ICMT", b"\xec\xee\xf1\xf2")),
        chunk(b"LIST", b"exif", chunk(b"ecor", b"Canon\0"), chunk(b"emdl", b"IXUS\0")),
    )  # fmt: skip

    assert values(data) == {
        "captured_at": "2024-08-16T13:22:07", "software": "CanonMVI02", "date_tag": "2024-08-16",
        "artist": "Olena", "comment": r"\xec\xee\xf1\xf2", "make": "Canon", "model": "IXUS",
        "video_handler": "Camera",
    }  # fmt: skip
    assert read_riff(io.BytesIO(data))[0]["captured_at"].where == "hdrl IDIT"


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("Fri Aug 16 13:22:07 2024", "2024-08-16T13:22:07"),
        ("FRI AUG  6 03:22:07 2024", "2024-08-06T03:22:07"),
        ("2024/08/16/ 13:22", "2024-08-16T13:22"), ("2024:08:16 13:22:07", "2024-08-16T13:22:07"),
        ("2024-08-16T13:22:07", "2024-08-16T13:22:07"), ("2024-08-16", "2024-08-16"),
        ("Fri Foo 16 13:22:07 2024", None), ("Thu Jan  1 00:00:00 1970", None), ("", None),
        ("Fri Aug 32 13:22:07 2024", None), ("a" * 5000, None),
    ],
)  # fmt: skip
def test_times_of_recording(text: str, time: str | None) -> None:
    assert read_idit(text) == time


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (avi(chunk(b"LIST", b"INFO"))[:-2], "claims"),
        (avi(chunk(b"free") * (MAX_CHUNKS + 5)), "the rest were not looked at"),
        (avi(b"LIST\xff\xff\xff\xffINFO"), "bytes more than there are"),
    ],
)
def test_faults_are_named(data: bytes, fault: str) -> None:
    assert any(fault in each for each in read_riff(io.BytesIO(data))[1])


def test_lists_within_lists_end() -> None:
    data = chunk(b"ISFT", b"x")
    for _ in range(500):
        data = chunk(b"LIST", b"INFO", data)

    assert values(avi(data, chunk(b"LIST", b"INFO", chunk(b"INAM", b"T")))) == {"title": "T"}


_KINDS = st.sampled_from([b"LIST", b"RIFF", b"IDIT", b"ISFT", b"INFO", b"hdrl", b"movi", b"JUNK"])
_TREES = st.recursive(
    st.binary(max_size=30),
    lambda inner: st.builds(
        chunk, _KINDS, _KINDS, st.lists(inner, max_size=4).map(b"".join)
    ),
    max_leaves=20,
)  # fmt: skip


@given(_TREES)
def test_any_tree_of_chunks_can_be_read(data: bytes) -> None:
    for whole in (data, avi(data)):
        for reading in read_riff(io.BytesIO(whole))[0].values():
            reading.raw.encode("utf-8")
