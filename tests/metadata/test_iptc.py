"""IPTC datasets become fields, in the character set that they declare."""

import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.metadata.iptc import read_iptc

UTF_8, LATIN_1 = b"\x1b%G", b"\x1b.A"


def dataset(record: int, number: int, text: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(text)) + text


def values(block: bytes) -> dict[str, object]:
    return {name: each.value for name, each in read_iptc(block)[0].items()}


def test_texts_and_keywords() -> None:
    block = (
        dataset(1, 90, UTF_8) + dataset(2, 0, b"\0\4") + dataset(2, 80, "Олена".encode())
        + dataset(2, 25, b"bridge") + dataset(2, 25, b"river") + dataset(2, 110, b"Agency")
    )  # fmt: skip

    readings, faults = read_iptc(block)

    assert values(block) == {"artist": "Олена", "keywords": "bridge, river", "credit": "Agency"}
    assert readings["artist"].where == "IPTC 2:80 By-line"
    assert readings["artist"].charset is None
    assert faults == []


def test_declared_character_set_is_used() -> None:
    readings, _ = read_iptc(dataset(1, 90, LATIN_1) + dataset(2, 90, b"K\xf6ln"))

    assert readings["city"].value == "Köln"
    assert readings["city"].charset == "latin-1"
    assert readings["city"].raw == r"K\xf6ln"


def test_without_a_declaration_a_guess_says_so() -> None:
    readings, _ = read_iptc(dataset(2, 120, "Курская область".encode("cp1251")))

    assert readings["description"].value == "Курская область"
    assert readings["description"].charset == "cp1251 (guessed)"


def test_date_and_time_with_their_zone() -> None:
    block = dataset(2, 55, b"20240816") + dataset(2, 60, b"142207+0300")

    assert values(block) == {
        "captured_at": "2024-08-16T14:22:07",
        "captured_offset": "+03:00",
        "iptc_created_at": "2024-08-16T14:22:07+03:00",
    }


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (b"20240800", "2024-08"), (b"20240000", "2024"), (b"00000000", None), (b"2024", None),
        (b"20241301", None), (b"19700101", None), (b"        ", None),
    ],
)  # fmt: skip
def test_unknown_parts_of_a_date(day: bytes, expected: str | None) -> None:
    assert values(dataset(2, 55, day)).get("captured_at") == expected


def test_a_dataset_that_lies_about_its_size_keeps_those_before() -> None:
    block = dataset(2, 80, b"A") + struct.pack(">BBBHI", 0x1C, 2, 120, 0x8004, 0xFFFFFFF0) + b"rest"

    readings, faults = read_iptc(block)

    assert readings["artist"].value == "A"
    assert "claims more bytes" in faults[0]


@pytest.mark.parametrize(
    "block",
    [dataset(2, 25, b"k") * 200_000, dataset(2, 80, b"") * 200_000, b"\x1c" * 2_000_000,
     dataset(1, 90, b"\x1b" * 60_000)],
)  # fmt: skip
def test_bombs_end_soon(block: bytes) -> None:
    started = time.process_time()

    read_iptc(block)

    assert time.process_time() - started < 1


@given(st.binary(max_size=300))
def test_any_bytes_can_be_read(junk: bytes) -> None:
    for block in (junk, dataset(2, 80, junk), dataset(1, 90, junk) + dataset(2, 120, junk)):
        for reading in read_iptc(block)[0].values():
            reading.raw.encode("utf-8")
