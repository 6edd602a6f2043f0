"""Targets that read the metadata of video containers without FFmpeg."""

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec

from forensics.metadata.isobmff import read_isobmff
from forensics.metadata.isobmff_boxes import MAX_FAULTS
from forensics.metadata.matroska import read_matroska
from forensics.metadata.notes import find_notes
from forensics.metadata.reading import MAX_TEXT_CHARS, Readings
from forensics.metadata.reconcile import reconcile
from forensics.metadata.riff import read_riff
from forensics.model.findings import MetadataTable, Position
from tools.fuzz.seeds import MAX_SEED_BYTES, of_format
from tools.fuzz.target import Target, require

_MAX_BYTES = 16_384
_POLE_DEG, _DATE_LINE_DEG = 90, 180
_MAX_READ_BYTES = 1 << 20
"""Of inputs this small the readers read no more than this, however often boxes repeat."""


class _Counting(io.BytesIO):
    """A file that counts what is read of it."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.count += len(data)
        return data


def _checked(reader: Callable[[BinaryIO], tuple[Readings, list[str]]], data: bytes) -> object:
    file = _Counting(data)
    readings, faults = reader(file)
    require(file.count <= _MAX_READ_BYTES, "little is read")
    require(len(faults) <= MAX_FAULTS, "faults are kept up to a limit")
    for name, reading in readings.items():
        require(reading.where, "every value says where it stands")
        require(len(reading.raw) <= MAX_TEXT_CHARS, "a field is cut to its longest length")
        if isinstance(reading.value, Position):
            require(abs(reading.value.lat) <= _POLE_DEG, "a position is on Earth")
            require(abs(reading.value.lon) <= _DATE_LINE_DEG, "a position is on Earth")
        if isinstance(reading.value, str):
            require(0 < len(reading.value) <= MAX_TEXT_CHARS, "a text is neither empty nor long")
        require(name, "a field has a name")
    fields = reconcile({"own": readings})
    return msgspec.json.encode((fields, find_notes(MetadataTable(fields, {})), faults))


def _boxes(data: bytes, _: Path) -> object:
    return _checked(lambda file: read_isobmff(file)[:2], data)


def _elements(data: bytes, _: Path) -> object:
    return _checked(read_matroska, data)


def _chunks(data: bytes, _: Path) -> object:
    return _checked(read_riff, data)


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def _words(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}I", *numbers)


def _said(kind: bytes, text: bytes, language: int) -> bytes:
    return _box(kind, struct.pack(">HH", len(text), language), text)


_KEYS = {
    b"com.apple.quicktime.creationdate": b"2024-08-16T13:22:07+0300",
    b"com.apple.quicktime.location.ISO6709": b"+51.3350+034.6600+150.2/",
    b"com.apple.quicktime.location.accuracy.horizontal": b"4.7",
    b"com.apple.quicktime.make": b"Apple",
    b"com.android.version": b"14",
}


def _movie() -> bytes:
    names = b"".join(_box(b"mdta", name) for name in _KEYS)
    items = [
        _box(_words(number), _box(b"data", _words(1, 0), value))
        for number, value in enumerate(_KEYS.values(), 1)
    ]
    keys = _box(b"keys", _words(0, len(_KEYS)), names)
    meta = _box(b"meta", _box(b"hdlr", bytes(8), b"mdta", bytes(13)), keys, _box(b"ilst", *items))
    songs = _box(b"ilst", _box(b"\xa9too", _box(b"data", _words(2, 0), b"\0L\0a\0v\0f")))
    place = struct.pack(">Biii", 0, 34 << 16, 51 << 16, 150 << 16) + b"earth\0\0"
    gopro = struct.pack(">4sBBH4scBH", b"DEVC", 0, 1, 16, b"MINF", b"c", 1, 8) + b"HERO9 Bl"
    user = _box(
        b"udta", _said(b"\xa9day", b"2024-08-16T13:22:07+0300", 0x15C7),
        _said(b"\xa9nam", b"caf\x8e", 0), _said(b"\xa9xyz", b"+5120.10+03439.60/", 0x55C4),
        _box(b"loci", bytes(4), b"\x15\xc7Bridge\0", place), _box(b"GPMF", gopro),
        _box(b"titl", bytes(4), b"\x15\xc7\xfe\xff\0A"),
        _box(b"smta", bytes(4), _box(b"mdln", b"SM-G991B")),
        _box(b"meta", bytes(4), _box(b"hdlr", bytes(25)), songs), _box(b"XMP_", b"<x:xmpmeta/>"),
    )  # fmt: skip
    header = _words(0, 3806648527, 3806648587, 600, 6000)
    alias = _box(b"dref", _words(0, 1), _box(b"alis", bytes(54), b"\6target", bytes(97)))
    media = _box(
        b"mdia", _box(b"mdhd", header, b"\x15\xc7\0\0"),
        _box(b"hdlr", bytes(8), b"meta", bytes(12), b"Handler\0"),
        _box(b"minf", _box(b"dinf", alias), _box(b"stbl", _box(
            b"stsd", _words(0, 1), _box(b"mebx", b"com.apple.quicktime.still-image-time")))),
    )  # fmt: skip
    edits = _box(b"edts", _box(b"elst", _words(0, 2, 900, 0xFFFFFFFF, 0x10000, 1, 0, 0x10000)))
    track = _box(b"trak", _box(b"tkhd", header), edits, media)
    sony = b'<Device manufacturer="Sony" modelName="A7"/><CreationDate value="2019-03-21"/>'
    return (
        _box(b"ftyp", b"mp42", bytes(4), b"isom")
        + _box(b"moov", _box(b"mvhd", header), track, user, meta)
        + _box(b"meta", bytes(4), _box(b"hdlr", bytes(25)), _box(b"xml ", bytes(4), sony))
    )


def _avi() -> bytes:
    def chunk(kind: bytes, *parts: bytes) -> bytes:
        body = b"".join(parts)
        return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)

    head = chunk(b"LIST", b"hdrl", chunk(b"IDIT", b"Fri Aug 16 13:22:07 2024\n"))
    info = chunk(b"LIST", b"INFO", chunk(b"ISFT", b"Camera"), chunk(b"ICRD", b"2024-08-16"))
    exif = chunk(b"LIST", b"exif", chunk(b"ecor", b"Canon"), chunk(b"emdl", b"IXUS"))
    return chunk(b"RIFF", b"AVI ", head, info, exif)


def _segment() -> bytes:
    def element(name: bytes, *parts: bytes) -> bytes:
        body = b"".join(parts)
        return name + ((1 << 56) + len(body)).to_bytes(8, "big") + body

    def simple(name: bytes, text: bytes) -> bytes:
        return element(b"\x67\xc8", element(b"\x45\xa3", name), element(b"\x44\x87", text))

    seek = element(
        b"\x4d\xbb", element(b"\x53\xab", b"\x12\x54\xc3\x67"), element(b"\x53\xac", b"\0")
    )
    date = element(b"\x44\x61", (745496527 * 10**9).to_bytes(8, "big"))
    info = element(b"\x15\x49\xa9\x66", date, element(b"\x4d\x80", b"Lavf"))
    track = element(b"\xae", element(b"\x83", b"\1"), element(b"\x73\xc5", b"\7"))
    told = [simple(b"MAKE", b"M"), simple(b"LOCATION", b"+51.3350+034.6600/")]
    told.append(simple(b"DATE_RECORDED", b"2024-08-16 13:22"))
    of_track = element(b"\x63\xc0", element(b"\x63\xc5", b"\7"))
    tags = element(
        b"\x12\x54\xc3\x67", element(b"\x73\x73", *told),
        element(b"\x73\x73", of_track, simple(b"ENCODER", b"libx264")),
    )  # fmt: skip
    parts = (element(b"\x11\x4d\x9b\x74", seek), info, element(b"\x16\x54\xae\x6b", track), tags)
    return element(b"\x1a\x45\xdf\xa3") + element(b"\x18\x53\x80\x67", *parts)


def _seeds(*formats: str) -> list[bytes]:
    known = [data for name in formats for data in of_format(name) if len(data) <= MAX_SEED_BYTES]
    return [data[:_MAX_BYTES] for data in known]


_BOX_TOKENS = (
    b"moov udta meta keys ilst data mdta trak mdia minf dinf dref stbl stsd mvhd tkhd mdhd hdlr "
    b"elst edts ftyp uuid XMP_ loci titl cprt smta mdln GPMF DEVC MINF alis FIRM manu \xa9day "
    b"\xa9xyz \0\0\0\1 \0\0\0\0 \xff\xff\xff\xff \0\0\0\x08 \0\0\0\2 \xfe\xff"
).split(b" ")
_ELEMENT_TOKENS = (
    b"\x18\x53\x80\x67", b"\x15\x49\xa9\x66", b"\x16\x54\xae\x6b", b"\x12\x54\xc3\x67", b"\x73\x73",
    b"\x67\xc8", b"\x45\xa3", b"\x44\x87", b"\x44\x61", b"\x11\x4d\x9b\x74", b"\x4d\xbb", b"\xae",
    b"\x1f\x43\xb6\x75", b"\x01" + b"\xff" * 7, b"\xff", b"\x80", b"MAKE", b"LOCATION",
    b"DATE_RECORDED", b"ENCODER", b"+51.3350+034.6600/", b"2024-08-16 13:22",
)  # fmt: skip
_CHUNK_TOKENS = (b"LIST", b"INFO", b"hdrl", b"IDIT", b"ISFT", b"RIFF", b"\xff" * 4, b"2024/08/16/")

TARGETS = tuple(
    Target(name, run, seeds, (), tokens, _MAX_BYTES, 4)
    for name, run, seeds, tokens in (
        ("boxes", _boxes, lambda: (_movie(), *_seeds("mp4", "mov")), tuple(_BOX_TOKENS)),
        ("elements", _elements, lambda: (_segment(), *_seeds("matroska")), _ELEMENT_TOKENS),
        ("chunks", _chunks, lambda: (_avi(), *_seeds("avi")), _CHUNK_TOKENS),
    )
)
