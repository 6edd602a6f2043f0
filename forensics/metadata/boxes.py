"""Find metadata among the items of a HEIF file: HEIC and AVIF."""

from collections.abc import Iterator

from msgspec import Struct

from forensics.metadata.block_parts import MAX_BLOCK_BYTES, MAX_PARTS, Blocks

_META = b"meta"
_HEADER_BYTES = 8
_TYPES = (b"Exif", b"mime")
_XMP_TYPE = b"application/rdf+xml"
_EXIF_MARKS = (b"II*\0", b"MM\0*")
_IN_FILE, _IN_IDAT = 0, 1
_WIDE = 2


class _Cursor:
    """Reads whole numbers one after the other; zeros when the bytes end."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def number(self, size: int) -> int:
        self.at += size
        return int.from_bytes(self.data[self.at - size : self.at], "big")

    @property
    def is_over(self) -> bool:
        return self.at >= len(self.data)


class _Place(Struct, frozen=True):
    """Where an item's bytes are."""

    method: int
    extents: tuple[tuple[int, int], ...]


def find_in_boxes(data: bytes, blocks: Blocks) -> None:
    """Find EXIF, XMP and the colour profile of a HEIF file.

    Parameters
    ----------
    data : bytes
        The file.
    blocks : Blocks
        Is filled.

    References
    ----------
    ISO/IEC 14496-12:2022, 8.11 (meta, iloc, iinf, idat); ISO/IEC 23008-12:2022, annex A.
    """
    meta = next((body for kind, body in _boxes(data) if kind == _META), None)
    if meta is None:
        return
    parts: dict[bytes, bytes] = {}
    for kind, body in _boxes(meta[4:]):
        parts.setdefault(kind, body)
    places = dict(_places(parts.get(b"iloc", b"")))
    idat = parts.get(b"idat", b"")
    for number, kind in _wanted_items(parts.get(b"iinf", b"")):
        body = _body(data, idat, places.get(number))
        if kind == b"Exif":
            blocks.exif = blocks.exif or _exif_of(body)
        else:
            blocks.xmp = blocks.xmp or body
    blocks.icc = _profile_of(parts.get(b"iprp", b""))


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    for _ in range(MAX_PARTS):
        if at + _HEADER_BYTES > len(data):
            return
        size, head = int.from_bytes(data[at : at + 4], "big"), _HEADER_BYTES
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 2 * _HEADER_BYTES
        elif size == 0:
            size = len(data) - at
        if size < head:
            return
        kind = data[at + 4 : at + 8]
        # The pixels are not copied.
        yield kind, b"" if kind == b"mdat" else data[at + head : at + size]
        at += size


def _wanted_items(body: bytes) -> Iterator[tuple[int, bytes]]:
    head = 8 if body[:1] != b"\0" else 6
    for kind, entry in _boxes(body[head:]):
        if kind != b"infe" or entry[:1] < b"\2":
            continue
        cursor = _Cursor(entry, 4)
        number = cursor.number(2 if entry[0] == _WIDE else 4)
        item_type = entry[cursor.at + 2 : cursor.at + 6]
        texts = entry[cursor.at + 6 :].split(b"\0")
        if item_type == b"Exif" or (item_type == b"mime" and _XMP_TYPE in texts[1:2]):
            yield number, item_type


def _places(body: bytes) -> Iterator[tuple[int, _Place]]:
    cursor = _Cursor(body, 0)
    version = cursor.number(1)
    cursor.number(3)
    sizes = cursor.number(2)
    offset_bytes, length_bytes, base_bytes, index_bytes = (
        sizes >> shift & 15 for shift in (12, 8, 4, 0)
    )
    count = cursor.number(2 if version < _WIDE else 4)
    for _ in range(min(count, MAX_PARTS)):
        if cursor.is_over:
            return
        number = cursor.number(2 if version < _WIDE else 4)
        method = cursor.number(2) & 15 if version else _IN_FILE
        cursor.number(2)
        base = cursor.number(base_bytes)
        extents: list[tuple[int, int]] = []
        for _ in range(cursor.number(2)):
            if cursor.is_over or len(extents) >= MAX_PARTS:
                return
            if version:
                cursor.number(index_bytes)
            start = base + cursor.number(offset_bytes)
            extents.append((start, cursor.number(length_bytes)))
            if not offset_bytes + length_bytes:
                break  # all the same, and taking no bytes of the box
        yield number, _Place(method, tuple(extents))


def _body(data: bytes, idat: bytes, place: _Place | None) -> bytes:
    if place is None or place.method not in (_IN_FILE, _IN_IDAT):
        return b""
    source = data if place.method == _IN_FILE else idat
    joined = b""
    for start, size in place.extents:
        room = MAX_BLOCK_BYTES - len(joined)
        if room <= 0:
            break
        joined += source[start : start + min(size, room)] if size else source[start : start + room]
    return joined


def _exif_of(body: bytes) -> bytes | None:
    """Step over what stands before the TIFF header, as the first four bytes say."""
    start = 4 + int.from_bytes(body[:4], "big")
    if body[start : start + 4] in _EXIF_MARKS:
        return body[start:]
    found = [at for mark in _EXIF_MARKS if (at := body.find(mark, 0, 64)) >= 0]
    return body[min(found) :] if found else None


def _profile_of(properties: bytes) -> bytes:
    for kind, body in _boxes(properties):
        if kind != b"ipco":
            continue
        for name, colour in _boxes(body):
            if name == b"colr" and colour[:4] in (b"prof", b"rICC"):
                return colour[4:]
    return b""
