"""Say what stands behind the end of a picture: other pictures, clips, padding."""

from typing import NamedTuple

from forensics.ingest.jpeg_structure import read_structure

MAX_PICTURES = 32
"""Pictures in one file that are counted; phones write two or three, depth maps included."""

_SAMSUNG_END = b"SEFT"
_FTYP_AT = 4
_BLANKS = b"\0 \t\r\n"
_MAX_LOOK = 1 << 16
_MOTION = (b"MotionPhoto_Data", b"mpv2", b"mpv3")


class Trailing(NamedTuple):
    """What stands behind the end of the first picture.

    Parameters
    ----------
    size : int
        Bytes.
    words : str
        What they look like; empty when there are none.
    pictures : int
        Whole JPEG pictures among them.
    """

    size: int
    words: str
    pictures: int


def look_behind(data: bytes, end: int) -> Trailing:
    """Look at what stands behind the end of the first picture.

    Parameters
    ----------
    data : bytes
        The file.
    end : int
        Where the first picture has ended.

    Returns
    -------
    Trailing
        How much, and what it looks like.
    """
    size = len(data) - end
    if size <= 0:
        return Trailing(0, "", 0)
    pictures, rest = _count_pictures(data, end)
    kinds = [f"{pictures} more JPEG picture{'s' if pictures > 1 else ''}"] if pictures else []
    if rest < len(data):
        kinds.append(_name_rest(data, rest))
    return Trailing(size, " and ".join(kinds), pictures)


def _count_pictures(data: bytes, start: int) -> tuple[int, int]:
    """Count whole pictures in a row, with zeros between; say where they end."""
    pictures, position = 0, start
    while pictures < MAX_PICTURES:
        begin = data.find(b"\xff\xd8\xff", position, position + _MAX_LOOK)
        if begin < 0 or data[position:begin].strip(b"\0"):
            break
        end = read_structure(data, start=begin).end
        if end is None:
            break
        pictures, position = pictures + 1, end + 2
    return pictures, position


def _name_rest(data: bytes, start: int) -> str:
    head = data[start : start + _MAX_LOOK]
    tail = data[max(start, len(data) - _MAX_LOOK) :]
    plain = _name_filling(data, start, head)
    if plain:
        return plain
    if tail.endswith(_SAMSUNG_END):
        motion = any(mark in tail or mark in head for mark in _MOTION)
        return "a Samsung trailer" + (" with a motion photo" if motion else "")
    if head[_FTYP_AT : _FTYP_AT + 4] == b"ftyp":
        return "an MP4 clip (motion photo)"
    if head.startswith(b"PK\x03\x04") or b"PK\x05\x06" in tail:
        return "a ZIP archive"
    if head.startswith(b"\xff\xd8\xff"):
        return "a JPEG picture that is cut short"
    if head.startswith((b"Rar!", b"7z\xbc\xaf")):
        return "an archive"
    if b"\xff\xd8\xff" in head:
        return "data with a JPEG picture in it"
    if b"ftyp" in head:
        return "data with an MP4 clip in it"
    return "data of an unknown kind"


def _name_filling(data: bytes, start: int, head: bytes) -> str:
    """Name padding; looked at in pieces, so that no copy of the whole is made."""
    first = head[:1]
    if first in (b"\0", b"\xff", b" ", b"\n", b"\r") and head == first * len(head):
        step = len(head)
        rest = memoryview(data)[start:]
        if all(rest[at : at + step] == head[: len(rest) - at] for at in range(0, len(rest), step)):
            return {b"\0": "zeros", b"\xff": "fill bytes (FF)"}.get(first, "blanks")
    is_all = start + len(head) == len(data)
    return "blanks" if head and is_all and not head.strip(_BLANKS) else ""
