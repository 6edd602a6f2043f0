"""Find metadata in the segments of a JPEG file."""

import re
from collections.abc import Iterator

from forensics.metadata.block_parts import MAX_BLOCK_BYTES, MAX_PARTS, Blocks

_EXIF = b"Exif\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_MORE = b"http://ns.adobe.com/xmp/extension/\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
_ICC = b"ICC_PROFILE\0"
_TIFF_MARKS = (b"II*\0", b"MM\0*")
_GUID = re.compile(rb"HasExtendedXMP[^0-9A-Fa-f]{1,40}([0-9A-Fa-f]{32})")
_GUID_BYTES, _PLACE_BYTES = 32, 40
_ALONE = (0x01, *range(0xD0, 0xD9))  # markers without a length (ITU-T T.81, table B.1)
_SCAN, _END, _COMMENT, _APP1, _APP2, _APP13 = 0xDA, 0xD9, 0xFE, 0xE1, 0xE2, 0xED
# Where lengths lie, the next segment that may hold metadata is searched for.
_NEXT = re.compile(rb"\xff[\xe1\xe2\xed\xfe\xda]")
_FILL = re.compile(rb"\xff+")
_IPTC_RESOURCE = 0x0404
_RESOURCE_MARKS = (b"8BIM", b"PHUT", b"DCSR", b"AgHg", b"MeSa")


def find_in_jpeg(data: bytes, blocks: Blocks) -> None:
    """Find the blocks of metadata before the first scan.

    Parameters
    ----------
    data : bytes
        The file.
    blocks : Blocks
        Is filled.

    References
    ----------
    ITU-T T.81, B.1; CIPA DC-008-2019, 4.7; ISO 16684-3:2021, 6.1.3 (XMP and its extension);
    ICC.1:2022, B.4.
    """
    more_xmp: dict[bytes, list[tuple[int, bytes]]] = {}
    icc: dict[int, bytes] = {}
    photoshop: list[bytes] = []
    exif: list[bytes] = []
    room = MAX_BLOCK_BYTES  # for what is stored in parts
    for marker, body in _segments(data, blocks):
        if marker == _COMMENT:
            blocks.add_text("", body, None, "JPEG comment")
        elif marker == _APP1 and body.startswith(_EXIF):
            part = body[len(_EXIF) + 1 :]
            # A long block goes on in the next segment; a second block has a head of its own.
            if room > 0 and (not exif or not part.startswith(_TIFF_MARKS)):
                exif.append(part)
                room -= len(part)
        elif marker == _APP1 and body.startswith(_XMP):
            blocks.xmp = blocks.xmp or body[len(_XMP) :]
        elif marker == _APP1 and body.startswith(_XMP_MORE) and room > 0:
            _keep_more(body[len(_XMP_MORE) :], more_xmp)
            room -= len(body)
        elif marker == _APP2 and body.startswith(_ICC):
            number = body[len(_ICC)] if len(body) > len(_ICC) else 0
            icc.setdefault(number, body[len(_ICC) + 2 :])
        elif marker == _APP13 and body.startswith(_PHOTOSHOP) and room > 0:
            photoshop.append(body[len(_PHOTOSHOP) :])
            room -= len(body)
    blocks.exif = b"".join(exif) if exif else None
    blocks.icc = b"".join(icc[number] for number in sorted(icc))
    blocks.iptc = iptc_of_photoshop(b"".join(photoshop))
    if more_xmp:
        _join_extended(more_xmp, blocks)


def iptc_of_photoshop(resources: bytes) -> bytes:
    """Find the IPTC datasets among Photoshop's image resources.

    Parameters
    ----------
    resources : bytes
        A list of resources.

    Returns
    -------
    bytes
        Empty when there are none.

    References
    ----------
    Adobe Photoshop File Formats Specification, November 2019: Image Resource Blocks.
    """
    at = 0
    for _ in range(MAX_PARTS):
        if resources[at : at + 4] not in _RESOURCE_MARKS:
            break
        number = int.from_bytes(resources[at + 4 : at + 6], "big")
        name_bytes = 1 + (resources[at + 6] if len(resources) > at + 6 else 0)
        at += 6 + name_bytes + name_bytes % 2
        size = int.from_bytes(resources[at : at + 4], "big")
        if number == _IPTC_RESOURCE:
            return resources[at + 4 : at + 4 + size]
        at += 4 + size + size % 2
    return b""


def _segments(data: bytes, blocks: Blocks) -> Iterator[tuple[int, bytes]]:
    at = 2
    for _ in range(MAX_PARTS):
        if data[at : at + 1] != b"\xff":
            found = _NEXT.search(data, at)
            if found is None:
                return
            blocks.add_fault("a JPEG segment is not as long as it says")
            at = found.start()
        at = _FILL.match(data, at).end() - 1  # type: ignore[union-attr] # it begins with FF
        marker = data[at + 1] if len(data) > at + 1 else _END
        if marker in (_SCAN, _END):
            return
        if marker in _ALONE:
            at += 2
            continue
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        yield marker, data[at + 4 : at + 2 + size]
        at += 2 + max(size, 2)
    blocks.add_fault(f"more than {MAX_PARTS:,} segments; the others were not read")


def _keep_more(body: bytes, parts: dict[bytes, list[tuple[int, bytes]]]) -> None:
    guid, offset = body[:_GUID_BYTES], int.from_bytes(body[_GUID_BYTES + 4 : _PLACE_BYTES], "big")
    parts.setdefault(guid, []).append((offset, body[_PLACE_BYTES:]))


def _join_extended(parts: dict[bytes, list[tuple[int, bytes]]], blocks: Blocks) -> None:
    """Put together the part of a long packet that the packet itself names."""
    named = _GUID.search(blocks.xmp)
    pieces = parts.get(named.group(1)) if named is not None else None
    if not pieces:
        blocks.add_fault("XMP is continued by a part that it does not name; that was left out")
        return
    joined = bytearray()
    for offset, piece in sorted(pieces):
        if offset != len(joined) or offset > MAX_BLOCK_BYTES:
            blocks.add_fault("a part of the extended XMP is missing; the rest was left out")
            break
        joined += piece
    blocks.xmp_extended = bytes(joined)
