"""Maker notes give serial numbers, firmware and the clock's zone; moved ones give no nonsense."""

import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.metadata.blocks import find_blocks
from forensics.metadata.exif_thumbnail import read_thumbnail
from forensics.metadata.maker_notes import read_maker_notes

Entry = tuple[int, int, int, bytes]
FIRMWARE = b"Firmware Version 1.00\0\0\0"
ZONE = struct.pack("<iiii", 16, 120, 33, 60)


def directory(entries: list[Entry], at: int, base: int = 0) -> bytes:
    behind = at + 2 + 12 * len(entries) + 4
    made, longer = struct.pack("<H", len(entries)), b""
    for tag, kind, count, value in entries:
        if len(value) > 4:
            field = struct.pack("<I", behind + len(longer) - base)
            longer += value
        else:
            field = value.ljust(4, b"\0")
        made += struct.pack("<HHI", tag, kind, count) + field
    return made + bytes(4) + longer


def block(make: bytes, note: Callable[[int], bytes], *, moved: int = 0) -> bytes:
    """Lay out Make, the pointer to EXIF, and EXIF with a maker note, which may have been moved."""
    first_at, exif_at = 8, 8 + 2 + 24 + 4 + 16
    exif_bytes = 2 + 12 + 4
    note_at = exif_at + exif_bytes
    body = note(note_at - moved)
    first = directory(
        [(0x010F, 2, 16, make.ljust(16, b"\0")), (0x8769, 4, 1, struct.pack("<I", exif_at))],
        first_at,
    )
    exif = struct.pack("<HHHII", 1, 0x927C, 7, len(body), note_at) + bytes(4)
    return b"II*\0\x08\0\0\0" + first + exif + body


def canon(at: int) -> bytes:
    return directory(
        [
            (0x0006, 2, 12, b"IMG:Canon X\0"),
            (0x0007, 2, len(FIRMWARE), FIRMWARE),
            (0x000C, 4, 1, struct.pack("<I", 123456)),
            (0x0035, 9, 4, ZONE),
        ],
        at,
    )


def values(data: bytes) -> dict[str, object]:
    return {name: each.value for name, each in read_maker_notes(data)[0].items()}


CANON = {
    "firmware": "Firmware Version 1.00", "body_serial": "123456", "time_zone": "+02:00",
    "daylight_saving": "on",
}  # fmt: skip


def test_canon() -> None:
    readings, faults = read_maker_notes(block(b"Canon", canon))

    assert values(block(b"Canon", canon)) == CANON
    assert readings["time_zone"].where == "maker note Canon TimeInfo"
    assert faults == []


@pytest.mark.parametrize("moved", [-5_000, -100, -54, 6, 60])
def test_note_that_was_moved_without_its_offsets(moved: int) -> None:
    assert values(block(b"Canon", canon, moved=moved)) == CANON


def test_olympus_and_panasonic_and_fujifilm() -> None:
    def panasonic(at: int) -> bytes:
        head = b"Panasonic\0\0\0"
        return head + directory([(0x0002, 7, 4, b"\1\2\0\3")], at + len(head))

    def fujifilm(at: int) -> bytes:
        head = b"FUJIFILM" + struct.pack("<I", 12)
        return head + directory([(0x0010, 2, 8, b"FP 1234\0")], 12)

    def olympus(at: int) -> bytes:
        inner = directory([(0x0101, 2, 8, b"B123456\0"), (0x0104, 4, 1, b"\x05\x10\0\0")], 34)
        return (
            b"OLYMPUS\0II\3\0"
            + directory([(0x2010, 4, 1, struct.pack("<I", 34))], 12)[:22].ljust(22, b"\0")
            + inner
        )

    assert values(block(b"Panasonic", panasonic)) == {"firmware": "1.2.0.3"}
    assert values(block(b"FUJIFILM", fujifilm)) == {"internal_serial": "FP 1234"}
    assert values(block(b"OLYMPUS", olympus)) == {"body_serial": "B123456", "firmware": "1.005"}


def test_nikon_zone_and_counter() -> None:
    def nikon(_: int) -> bytes:
        inner = b"II*\0\x08\0\0\0" + directory(
            [(0x001D, 2, 8, b"2001234\0"), (0x0024, 7, 4, b"\x4c\xff\0\0"),
             (0x00A7, 4, 1, struct.pack("<I", 4321))],
            8,
        )  # fmt: skip
        return b"Nikon\0\2\x10\0\0" + inner

    assert values(block(b"NIKON", nikon)) == {
        "body_serial": "2001234", "time_zone": "-03:00", "daylight_saving": "off",
        "shutter_count": 4321,
    }  # fmt: skip


@pytest.mark.parametrize(
    "note",
    [
        b"", b"Canon", b"\xff" * 40, b"Nikon\0\2\x10\0\0II*\0\xff\xff\xff\xff",
        b"OLYMPUS\0II\3\0" + b"\x01\0\x10\x20\4\0\1\0\0\0\xff\xff\xff\xff",
        b"FUJIFILM\xff\xff\xff\xff", b"Apple iOS\0\0\1MM" + b"\xff" * 60,
        struct.pack("<HHHII", 1, 0x0007, 2, 0xFFFFFFFF, 0xFFFFFFF0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("make", [b"Canon", b"NIKON", b"CASIO", b"SAMSUNG"])
def test_wild_offsets_give_nothing(make: bytes, note: bytes) -> None:
    assert values(block(make, lambda _: note)) == {}


def test_thousands_of_entries_end_soon() -> None:
    entries = struct.pack("<H", 0xFFFF) + b"\x07\0\2\0\xff\xff\xff\0\x08\0\0\0" * 65_535
    started = time.process_time()

    values(block(b"Canon", lambda _: entries))

    assert time.process_time() - started < 1


@given(st.binary(max_size=300), st.sampled_from([b"Canon", b"NIKON", b"Panasonic", b"SAMSUNG"]))
def test_any_note_can_be_read(note: bytes, make: bytes) -> None:
    data = block(make, lambda _: note)

    for reading in (read_maker_notes(data)[0] | read_thumbnail(data)).values():
        reading.raw.encode("utf-8")


def thumbnail_block(jpeg: bytes, claimed: int | None = None) -> bytes:
    at = 8 + 6
    size = len(jpeg) if claimed is None else claimed
    entries = struct.pack("<HHII", 0x0201, 4, 1, at + 30) + struct.pack("<HHII", 0x0202, 4, 1, size)
    return (
        b"II*\0\x08\0\0\0" + struct.pack("<HI", 0, at) + struct.pack("<H", 2) + entries
        + bytes(4) + jpeg
    )  # fmt: skip


JPEG = b"\xff\xd8\xff\xc0\0\x0b\x08\0\x78\0\xa0\1\1\x11\0\xff\xd9"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (thumbnail_block(JPEG), {"thumbnail_size": "160x120", "thumbnail_bytes": len(JPEG)}),
        (thumbnail_block(JPEG[:4]), {"thumbnail_bytes": 4}),
        (thumbnail_block(JPEG, 0xFFFFFFFF),
         {"thumbnail_size": "160x120", "thumbnail_bytes": len(JPEG)}),
        (thumbnail_block(b"no JPEG"), {}),
        (b"II*\0\x08\0\0\0\0\0\0\0\0\0", {}),
        (b"II*\0\x08\0\0\0\0\0\x08\0\0\0", {}),
    ],
)  # fmt: skip
def test_thumbnails(data: bytes, expected: dict[str, object]) -> None:
    assert {name: each.value for name, each in read_thumbnail(data).items()} == expected


def test_notes_of_real_cameras(media_root: Path) -> None:
    folder = media_root / "metadata" / "exif-samples" / "jpg"
    found = {}
    for path in sorted(folder.rglob("*.jpg")):
        exif = find_blocks(path.read_bytes(), "jpeg").exif
        if exif is not None:
            found[path.name] = values(exif)

    assert found["canon_hdr_NO.jpg"]["time_zone"] == "+01:00"
    assert found["Panasonic_DMC-FZ30.jpg"]["internal_serial"] == "S010604030293"
    assert sum(bool(each) for each in found.values()) >= 12
