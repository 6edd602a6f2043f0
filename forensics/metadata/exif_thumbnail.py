"""Facts about the small picture that EXIF carries, without decoding it."""

from forensics.metadata.directories import Directory
from forensics.metadata.reading import Reading, Readings

_WIDTH, _HEIGHT, _STRIPS, _JPEG, _JPEG_BYTES = 0x0100, 0x0101, 0x0111, 0x0201, 0x0202
_WANTED = (_WIDTH, _HEIGHT, _STRIPS, _JPEG, _JPEG_BYTES)
_START, _SCAN = b"\xff\xd8", 0xDA
# Frame headers (ITU-T T.81, table B.1): all of C0 to CF but tables, the extension and conditioning.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MAX_SEGMENTS = 100


def read_thumbnail(block: bytes) -> Readings:
    """Say how large the small picture in an EXIF block is.

    Parameters
    ----------
    block : bytes
        From its byte order mark on.

    Returns
    -------
    dict of str to Reading
        ``thumbnail_size``, such as ``160x120``, and ``thumbnail_bytes``; empty when there is no
        small picture. A size that is not there belongs to a small picture that is broken.

    References
    ----------
    CIPA DC-008-2019, 4.5.5: the first IFD's successor holds the thumbnail.
    """
    first = Directory.first_of(block)
    second = first.following() if first is not None else None
    tags = second.read(_WANTED) if second is not None else {}
    readings: Readings = {}
    if _JPEG in tags:
        start = next(iter(tags[_JPEG].numbers()), 0)
        claimed = next(iter(tags[_JPEG_BYTES].numbers()), 0) if _JPEG_BYTES in tags else 0
        data = block[start : start + claimed]
        if not data.startswith(_START):
            return {}
        where = "EXIF JPEGInterchangeFormat"
        readings["thumbnail_bytes"] = Reading(len(data), str(claimed), where)
        size = _jpeg_size(data)
    elif _STRIPS in tags and _WIDTH in tags and _HEIGHT in tags:
        sides = [next(iter(tags[tag].numbers()), 0) for tag in (_WIDTH, _HEIGHT)]
        where, size = "EXIF ImageWidth, ImageLength of IFD1", (sides[0], sides[1])
    else:
        return {}
    if all(size):
        shown = f"{size[0]}x{size[1]}"
        readings["thumbnail_size"] = Reading(shown, shown, where)
    return readings


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    for _ in range(_MAX_SEGMENTS):
        if data[at : at + 1] != b"\xff" or at + 9 > len(data) or data[at + 1] == _SCAN:
            break
        if data[at + 1] in _FRAMES:
            height, width = (int.from_bytes(data[at + n : at + n + 2], "big") for n in (5, 7))
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0, 0
