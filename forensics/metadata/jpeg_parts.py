"""Name the segments of a JPEG, and read the texts in them by which programs name themselves."""

import re
from collections.abc import Iterator

from forensics.ingest.jpeg_structure import (
    APP,
    COM,
    DAC,
    DHT,
    DNL,
    DQT,
    DRI,
    SOF,
    SOS,
    JpegStructure,
    Segment,
)
from forensics.metadata.reading import clean_text
from forensics.metadata.software_texts import iptc_texts, tiff_texts, xmp_texts
from forensics.model.encoder import SoftwareText

_NAMES = {
    COM: "COM", DAC: "DAC", DHT: "DHT", DNL: "DNL", DQT: "DQT", DRI: "DRI", SOS: "SOS",
}  # fmt: skip
_APP0 = APP.start
# Identifiers as their makers document them; by number of the APP segment.
_IDENTIFIERS = (
    (0, b"JFIF\0", "JFIF"),
    (0, b"JFXX\0", "JFXX"),
    (0, b"AVI1", "AVI1"),
    (1, b"Exif\0", "Exif"),
    (1, b"http://ns.adobe.com/xap/1.0/\0", "XMP"),
    (1, b"http://ns.adobe.com/xmp/extension/\0", "XMP extension"),
    (2, b"ICC_PROFILE\0", "ICC"),
    (2, b"MPF\0", "MPF"),
    (2, b"FPXR\0", "FlashPix"),
    (2, b"urn:iso:std:iso:ts:21496:-1\0", "gain map"),
    (3, b"Meta\0", "Meta"),
    (10, b"AROT", "AROT"),
    (11, b"JP", "JUMBF"),
    (11, b"HDR_RI", "HDR_RI"),
    (12, b"Ducky", "Ducky"),
    (12, b"PictureInfo", "PictureInfo"),
    (13, b"Photoshop 3.0\0", "Photoshop"),
    (13, b"Adobe_CM", "Adobe_CM"),
    (14, b"Adobe", "Adobe"),
)
_IDENTIFIER = re.compile(rb"[A-Za-z][A-Za-z0-9_ .:/-]{2,15}")
MAX_PARTS = 60
"""Segments, chunks or boxes that are listed; runs of equal ones count once."""

MAX_COMMENTS = 5
_MAX_COMMENT_BYTES = 300


def name_parts(data: bytes, structure: JpegStructure) -> tuple[str, ...]:
    """Name the segments of a picture in their order.

    Parameters
    ----------
    data : bytes
        The file.
    structure : JpegStructure
        Where its parts stand.

    Returns
    -------
    tuple of str
        A run of equal ones once; at most `MAX_PARTS`. The repeated tables and scans of progressive
        pictures are left out behind the first scan.

    Examples
    --------
    >>> from forensics.ingest.jpeg_structure import read_structure
    >>> picture = bytes.fromhex("ffd8 fffe0003 41 ffdb0002 ffdb0002 ffd9")
    >>> name_parts(picture, read_structure(picture))
    ('COM', 'DQT')
    """
    names: list[str] = []
    for segment in structure.segments:
        name = name_segment(data, segment)
        if not names or names[-1] != name:
            names.append(name)
        if segment.marker == SOS or len(names) == MAX_PARTS:
            break
    return tuple(names)


def name_segment(data: bytes, segment: Segment) -> str:
    """Name one segment.

    Parameters
    ----------
    data : bytes
        The file.
    segment : Segment
        Where it stands.

    Returns
    -------
    str
        Its marker's name, of application segments with what they identify themselves as.
    """
    marker = segment.marker
    if marker in SOF:
        return f"SOF{marker & 15}"
    if marker not in APP:
        return _NAMES.get(marker, f"marker {marker:02X}")
    number = marker - _APP0
    head = data[segment.start : min(segment.end, segment.start + 40)]
    for wanted, prefix, name in _IDENTIFIERS:
        if number == wanted and head.startswith(prefix):
            return f"APP{number} {name}"
    own = _IDENTIFIER.match(head)
    return f"APP{number} {own[0].decode('ascii').strip()}" if own else f"APP{number}"


def find_texts(data: bytes, structure: JpegStructure) -> tuple[SoftwareText, ...]:
    """Read the texts by which programs name themselves.

    Parameters
    ----------
    data : bytes
        The file.
    structure : JpegStructure
        Where its parts stand.

    Returns
    -------
    tuple of SoftwareText
        In order of the file, each once.
    """
    return tuple(dict.fromkeys(_texts(data, structure)))


def _texts(data: bytes, structure: JpegStructure) -> Iterator[SoftwareText]:
    comments = 0
    for segment in structure.segments:
        body = data[segment.start : segment.end]
        if segment.marker == COM and comments < MAX_COMMENTS:
            comments += 1
            text = clean_text(body[:_MAX_COMMENT_BYTES])
            if text:
                yield SoftwareText("COM", text)
        elif segment.marker in APP:
            name = name_segment(data, segment)
            if name == "APP1 Exif":
                yield from tiff_texts(body[6:])
            elif name == "APP1 XMP":
                yield from xmp_texts(body)
            elif name == "APP13 Photoshop":
                yield from iptc_texts(body)
