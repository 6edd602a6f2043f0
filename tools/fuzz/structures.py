"""Targets that take the bytes of files without decoding pictures."""

import dataclasses
import io
import struct
from pathlib import Path

import msgspec
import numpy as np

from forensics.ingest.jpeg_structure import read_structure
from forensics.ingest.media import Media
from forensics.ingest.missing import name_missing
from forensics.ingest.sniff import HEAD_BYTES, name_other, sniff
from forensics.ingest.structure import (
    count_gif_pictures,
    declared_bytes,
    is_cut_short,
    webp_size,
    webp_whole_chunks,
)
from forensics.ingest.tiff_structure import MAX_COUNTED, claims_too_much, count_pages, end_of_pixels
from forensics.ingest.video_end import explain_no_opening, name_faults
from forensics.ingest.video_tally import Tally
from forensics.metadata.credentials.scan import is_in_clip, is_in_still
from forensics.metadata.encoder import identify_encoder
from forensics.model.encoder import EncoderIdentity
from forensics.model.item import SniffedType
from forensics.model.outcome import Absent, Problem
from tools.fuzz.seeds import heads, small_files
from tools.fuzz.target import Target, require

_STILLS = ("jpeg", "png", "apng", "gif", "webp", "avif", "heic", "bmp", "tiff", "mp4")
_MP4 = SniffedType("video", "mp4", ("mp4",))


def _sniff(data: bytes, _: Path) -> object:
    head = data[:HEAD_BYTES]
    kind = sniff(head)
    require(kind is None or sniff(data) == kind or len(data) > HEAD_BYTES, "only the head counts")
    return kind, name_other(head)


def _structure(data: bytes, _: Path) -> object:
    lengths = [declared_bytes(data, name) for name in ("webp", "avif")]
    require(min(lengths) >= 0, "a length is not negative")
    end = read_structure(data)
    require(len(end.scans) <= len(data), "a scan takes at least a byte")
    places = [each.end for each in end.segments]
    require(places == sorted(places), "segments follow each other")
    require(all(each.end >= 0 for each in end.scans), "every scan ends")
    require(len(webp_whole_chunks(data)) <= len(data) + 12, "cutting does not lengthen")
    cut = [is_cut_short(data, name) for name in _STILLS]
    return lengths, end, webp_size(data), count_gif_pictures(data), cut


def _tiff_structure(data: bytes, _: Path) -> object:
    pages = count_pages(data)
    require(0 <= pages <= MAX_COUNTED, "pages are counted up to a limit")
    return pages, end_of_pixels(data), claims_too_much(data)


def _name_missing(data: bytes, _: Path) -> object:
    if len(data) < 3:
        return None
    width = data[0] % 40 + 1
    bits = np.unpackbits(np.frombuffer(data[1:], np.uint8))
    rows = len(bits) // width
    return name_missing(bits[: rows * width].reshape(rows, width).astype(bool)) if rows else None


def _video_end(data: bytes, _: Path) -> object:
    why = explain_no_opening(io.BytesIO(data), _MP4, Problem("it does not open"))
    numbers = struct.unpack("<5d", data[:40].ljust(40, b"\0"))
    times = [None if number != number else number for number in numbers]
    tally = Tally(
        broken=data[0] if data else 0, start_s=times[0], end_s=times[1], other_start_s=times[2],
        other_end_s=times[3],
    )  # fmt: skip
    return why, name_faults(tally, declared_s=times[4], ended_early=None)


def _credentials_scan(data: bytes, _: Path) -> object:
    kinds = [SniffedType("video", name, ()) for name in ("mp4", "avi", "mp3")]
    seen = [is_in_clip(io.BytesIO(data), kind) for kind in kinds]
    require(seen[2] == is_in_still(data), "other containers are searched like stills")
    return seen


_SCAN_MARKS = (b"uuid", bytes.fromhex("d8fec3d61b0e483c92975828877ec481"), b"ftyp", b"mdat",
               b"RIFF", b"AVI ", b"LIST", b"C2PA", b"jumb",
               b"jumdc2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71",
               b"\0\0\0\1", b"\0\0\0\0", b"\xff" * 8)  # fmt: skip
_BY_HEAD = Media(Path("-"), "0" * 64, 0, _MP4, b"", Problem("not decoded"), (), {})


def _encoder(data: bytes, folder: Path) -> object:
    kind = sniff(data[:HEAD_BYTES]) or SniffedType("still", "jpeg", ("jpg",))
    media = dataclasses.replace(_BY_HEAD, type=kind, data=data, bytes=len(data))
    found = identify_encoder(media)
    path = folder / "clip"
    path.write_bytes(data)
    clip = identify_encoder(
        dataclasses.replace(
            media, data=None, path=path, tags={"encoder": "Lavf", "major_brand": "isom"}
        )
    )
    for each in (found, clip):
        encoded = msgspec.json.encode(each)
        require(msgspec.json.decode(encoded, type=EncoderIdentity | Absent) == each, "it is JSON")
        require(len(encoded) < MAX_FOUND_BYTES, "what is found is small")
    return found, clip


MAX_FOUND_BYTES = 100_000

_MARKS = (b"\xff\xd8\xff", b"\xff\xd9", b"\xff\xda", b"IEND\xaeB`\x82", b"IDAT", b"acTL", b"RIFF",
b"WEBP",
          b"VP8X", b"VP8L", b"VP8 ", b"ANMF", b"\0\0\0\x18ftyp", b"avif", b"avis", b"mif1",
          b"heic", b"moov",
          b"mdat", b"\0\0\0\1", b"\0\0\0\0", b"GIF89a", b"\x21\xf9\4", b"\x2c", b"\x3b", b"II*\0",
          b"MM\0*",
          b"II+\0", b"BM", b"\x11\1\4\0", b"\x69\x87\4\0", b"\x4a\1\4\0", b"G" * 1,
          b"\xff\xfb")  # fmt: skip

_NAMES = (
    b"JFIF\0", b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"Photoshop 3.0\0",
    b"8BIM\4\4\0\0", b"\x1c\2\x28", b"Adobe\0", b"MPF\0", b"xmp:CreatorTool=\"",
    b"x264 - core 1", b"options: ", b"hdlr", b"infe", b"zTXtSoftware\0\0", b"SEFT",
    b"\xff\xc2", b"\xff\xdd",
)  # fmt: skip

TARGETS = (
    Target("sniff", _sniff, heads, (), _MARKS, 8192),
    Target("structure", _structure, small_files, (), _MARKS, 16384),
    Target("tiff_structure", _tiff_structure, lambda: small_files("tiff"), (), _MARKS, 16384),
    Target("name_missing", _name_missing, lambda: (b"\x07" + b"\0" * 40 + b"\xff" * 40,
    b"\x20" + b"\x0f" * 64,
           b"\1\xff\xff", b"\x10" + b"\0" * 9, b"\x09" + bytes(range(256))), (), (), 1024),
    Target("credentials_scan", _credentials_scan, heads, (), _SCAN_MARKS, 4096),
    Target("encoder", _encoder, small_files, (), (*_MARKS, *_NAMES), 16384),
    Target("video_end", _video_end, heads, (), _MARKS, 4096),
)  # fmt: skip
