"""Read texts by which devices and programs name themselves, from the bytes of EXIF, XMP, IPTC."""

import re
from collections.abc import Iterator
from itertools import islice

from forensics.metadata.reading import clean_text
from forensics.model.encoder import SoftwareText

MAX_TEXT_BYTES = 300
"""Names of programs are short; what is longer is cut."""

_MAX_ENTRIES = 200
_MAX_XMP_BYTES = 1 << 20
_MAX_XMP_TEXTS = 1000
_MAKE, _SOFTWARE, _PROCESSING = 0x010F, 0x0131, 0x000B
_TIFF_TEXTS = {
    _PROCESSING: "EXIF ProcessingSoftware",
    _MAKE: "EXIF Make",
    _SOFTWARE: "EXIF Software",
}
_ASCII = 2
_ENTRY_BYTES, _INLINE_BYTES = 12, 4

# Attribute or element, and the value up to its end; no nesting, no backtracking.
_XMP_NAMES = (
    b"xmp:CreatorTool", b"xap:CreatorTool", b"tiff:Software", b"stEvt:softwareAgent",
    b"crs:Version", b"GCamera:MicroVideo", b"GCamera:MotionPhoto", b"hdrgm:Version",
)  # fmt: skip
_XMP = re.compile(
    rb"(" + b"|".join(re.escape(name) for name in _XMP_NAMES) + rb")(?:=[\"']|>)([^\"'<]{1,300})"
)
_XMP_TOOLKIT = re.compile(rb"x:xmptk=[\"']([^\"'<]{1,300})")

_SPECIAL_INSTRUCTIONS, _ORIGINATING_PROGRAM = 40, 65
_IPTC_TEXTS = {
    _SPECIAL_INSTRUCTIONS: "IPTC SpecialInstructions",
    _ORIGINATING_PROGRAM: "IPTC OriginatingProgram",
}
_IPTC_RESOURCE = b"8BIM\x04\x04"


def tiff_texts(data: bytes) -> Iterator[SoftwareText]:
    """Read the names of device and program from EXIF's first directory.

    Parameters
    ----------
    data : bytes
        A TIFF structure.

    Yields
    ------
    SoftwareText
        As they stand there.

    References
    ----------
    TIFF 6.0, section 2; tags 010F and 0131.
    """
    order = {b"II": "little", b"MM": "big"}.get(data[:2])
    if order is None:
        return

    def number(at: int, size: int) -> int:
        return int.from_bytes(data[at : at + size], order)  # type: ignore[arg-type]  # of the two

    start = number(4, 4)
    for index in range(min(number(start, 2), _MAX_ENTRIES)):
        at = start + 2 + _ENTRY_BYTES * index
        name = _TIFF_TEXTS.get(number(at, 2))
        if name is None or number(at + 2, 2) != _ASCII:
            continue
        count = number(at + 4, 4)
        place = at + 8 if count <= _INLINE_BYTES else number(at + 8, 4)
        text = clean_text(data[place : place + min(count, MAX_TEXT_BYTES)])
        if text:
            yield SoftwareText(name, text)


def xmp_texts(data: bytes) -> Iterator[SoftwareText]:
    """Read the names of programs from XMP.

    Parameters
    ----------
    data : bytes
        An XMP packet, or bytes around one.

    Yields
    ------
    SoftwareText
        As they stand there.

    References
    ----------
    ISO 16684-1:2019, 8.4 (xmp:CreatorTool); Adobe XMP specification part 2, stEvt:softwareAgent.
    """
    head = data[:_MAX_XMP_BYTES]
    toolkit = _XMP_TOOLKIT.search(head)
    if toolkit is not None and (text := clean_text(toolkit[1])):
        yield SoftwareText("XMP toolkit", text)
    found: dict[str, str] = {}
    for each in islice(_XMP.finditer(head), _MAX_XMP_TEXTS):
        text = clean_text(each[2])
        if text:
            # A history names one program after the other; the last one saved the file.
            found[each[1].decode("ascii")] = text
    for name, text in found.items():
        yield SoftwareText(f"XMP {name}", text)


def iptc_texts(data: bytes) -> Iterator[SoftwareText]:
    """Read the IPTC fields in which programs and platforms leave their mark.

    Parameters
    ----------
    data : bytes
        A Photoshop segment.

    Yields
    ------
    SoftwareText
        As they stand there.

    References
    ----------
    IPTC-NAA Information Interchange Model 4.2, datasets 2:40 and 2:65.
    """
    start = data.find(_IPTC_RESOURCE)
    if start < 0:
        return
    name_bytes = data[start + 6] + 1 if start + 6 < len(data) else 0
    at = start + 6 + name_bytes + name_bytes % 2
    size = int.from_bytes(data[at : at + 4], "big")
    block = data[at + 4 : at + 4 + size]
    position = 0
    for _ in range(_MAX_ENTRIES):
        head = block[position : position + 5]
        if len(head) < 5 or head[0] != 0x1C:  # noqa: PLR2004 - tag marker and 5 bytes, IIM 1.5
            return
        length = int.from_bytes(head[3:5], "big")
        name = _IPTC_TEXTS.get(head[2]) if head[1] == 2 else None  # noqa: PLR2004 - record 2
        text = clean_text(block[position + 5 : position + 5 + min(length, MAX_TEXT_BYTES)])
        if name and text:
            yield SoftwareText(name, text)
        position += 5 + length
