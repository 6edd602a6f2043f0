"""Headers that are cut short, of an unknown version, or never set."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.metadata.isobmff_headers import (
    MAX_BRANDS,
    clock,
    read_brands,
    read_compressor,
    read_handler,
    read_header,
    still_moment,
)


@pytest.mark.parametrize(
    ("seconds", "time"),
    [
        (3646801557, "2019-07-24T08:25:57"), (1563956757, "2019-07-24T08:25:57"), (0, None),
        (1, None), (2082844800, None), (2082844800 + 86399, None), (2**63, None), (2**32 - 1, None),
    ],
)  # fmt: skip
def test_clocks(seconds: int, time: str | None) -> None:
    found = clock(seconds)

    assert (found and found.time) == (time if seconds != 2**32 - 1 else "2040-02-06T06:28:15")


def test_brands_are_told_up_to_a_limit() -> None:
    major, compatible = read_brands(b"qt  " + bytes(4) + b"isom" * 1000)

    assert major == "qt"
    assert compatible is not None
    assert compatible.count("isom") == MAX_BRANDS


def test_brands_of_zeros_are_none() -> None:
    assert read_brands(bytes(24)) == (r"\x00\x00\x00\x00", None)


@pytest.mark.parametrize("body", [b"", b"\0", bytes(15), b"\2" + bytes(200), b"\1" + bytes(20)])
def test_header_that_is_cut_short_is_none(body: bytes) -> None:
    assert read_header(body) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (b"VideoHandler\0", "VideoHandler"), (b"\x10Core Media Video", "Core Media Video"),
        (b"\0", None), (b"", None),
    ],
)  # fmt: skip
def test_names_of_handlers(name: bytes, expected: str | None) -> None:
    assert read_handler(bytes(8) + b"vide" + bytes(12) + name) == (b"vide", expected)


@pytest.mark.parametrize("body", [b"", bytes(50), bytes(57) + b"\0\xff", bytes(58) + b"\x20AVC"])
def test_encoder_without_a_name_has_none(body: bytes) -> None:
    assert read_compressor(body) is None


@given(st.binary(max_size=120), st.binary(max_size=80), st.integers(0, 2**32))
def test_any_bytes_can_be_read(body: bytes, samples: bytes, scale: int) -> None:
    read_brands(body)
    read_handler(body)
    read_header(body)
    read_compressor(body)
    moment = still_moment(body, samples + b"com.apple.quicktime.still-image-time", scale=scale)

    assert moment is None or moment >= 0


def test_edits_with_64_bits() -> None:
    edits = b"\1\0\0\0" + struct.pack(">I", 2) + struct.pack(">Qqi", 900, -1, 0x10000)
    edits += struct.pack(">Qqi", 1, 0, 0x10000)

    found = still_moment(edits, b"com.apple.quicktime.still-image-time", scale=600)

    assert found == 1.5
