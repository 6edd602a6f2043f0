"""EXIF written by hand, so that it can be wrong in every way."""

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from forensics.ingest.media import open_media
from forensics.metadata.read import read_fields
from forensics.metadata.rule import Subject
from forensics.model.findings import Field, MetadataTable
from forensics.model.item import Item
from forensics.model.outcome import Absent

Tag = tuple[int, int, int, bytes | int]  # number, type, count, value or offset of it

_TINY_JPEG = bytes.fromhex(
    "ffd8ffdb004300"
    + "01" * 64
    + "ffc0000b080008000801011100ffc40014000100000000000000000000000000"
    "000009ffc40014100100000000000000000000000000000000ffda0008010100003f0054bfffd9"
)


def _ascii(number: int, text: str | bytes) -> Tag:
    raw = (text.encode() if isinstance(text, str) else text) + b"\0"
    return number, 2, len(raw), raw


def _rationals(number: int, *pairs: tuple[int, int]) -> Tag:
    return number, 5, len(pairs), b"".join(struct.pack("<II", *pair) for pair in pairs)


def _directory(tags: Sequence[Tag], start: int, following: int = 0) -> bytes:
    """Lay out one directory at `start`, its longer values behind it."""
    behind = start + 2 + 12 * len(tags) + 4
    entries, values = b"", b""
    for number, kind, count, value in tags:
        if isinstance(value, int):
            field = struct.pack("<I", value)
        elif len(value) <= 4:
            field = value.ljust(4, b"\0")
        else:
            field = struct.pack("<I", behind + len(values))
            values += value + b"\0" * (len(value) % 2)
        entries += struct.pack("<HHI", number, kind, count) + field
    return struct.pack("<H", len(tags)) + entries + struct.pack("<I", following) + values


def _block(
    image: Sequence[Tag] = (), exif: Sequence[Tag] = (), gps: Sequence[Tag] = (), following: int = 0
) -> bytes:
    pointers = [(0x8769, exif), (0x8825, gps)]
    image = [*image, *((number, 4, 1, 0) for number, tags in pointers if tags)]
    first = _directory(image, 8)
    places, at = {}, 8 + len(first)
    parts = b""
    for number, tags in pointers:
        if tags:
            places[number] = at
            parts += _directory(tags, at)
            at = 8 + len(first) + len(parts)
    image = [(n, k, c, places.get(n, v)) for n, k, c, v in image]
    return b"II*\0" + struct.pack("<I", 8) + _directory(image, 8, following) + parts


def _in_jpeg(block: bytes) -> bytes:
    segment = b"Exif\0\0" + block
    head = b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment
    return _TINY_JPEG[:2] + head + _TINY_JPEG[2:]


@pytest.fixture(scope="session")
def ascii_tag() -> Callable[..., Tag]:
    return _ascii


@pytest.fixture(scope="session")
def rational_tag() -> Callable[..., Tag]:
    return _rationals


@pytest.fixture(scope="session")
def exif_block() -> Callable[..., bytes]:
    return _block


@pytest.fixture(scope="session")
def in_jpeg() -> Callable[[bytes], bytes]:
    return _in_jpeg


@pytest.fixture
def read_exif(tmp_path: Path) -> Callable[..., MetadataTable | Absent]:
    """Read the metadata of a JPEG with this EXIF."""

    def read(*, block: bytes | None = None, **directories: Sequence[Tag]) -> MetadataTable | Absent:
        path = tmp_path / "file.jpg"
        path.write_bytes(_in_jpeg(block if block is not None else _block(**directories)))
        return read_fields(open_media(path))

    return read


@pytest.fixture(scope="session")
def subject_of() -> Callable[..., Subject]:
    """Make what the rules of notes look at; other names than its parts' are metadata fields."""

    def make(**given: object) -> Subject:
        parts = {name: given.pop(name) for name in Subject.__dataclass_fields__ if name in given}
        fields = {
            name: each if isinstance(each, Field) else Field(each, "", {"pillow": each}, None)  # type: ignore[arg-type, dict-item]
            for name, each in given.items()
        }
        item = Item("0" * 64, 1, "still", "jpeg", ("a.jpg",), (), "ok", None)
        return Subject(item=item, fields=fields, **parts)  # type: ignore[arg-type]

    return make
