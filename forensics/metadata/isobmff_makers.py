"""What camera makers keep in boxes of their own: GoPro, Canon, Samsung, Panasonic, Sony."""

import re
from collections.abc import Callable, Iterator

from forensics.metadata.isobmff_text import Text, decoded, plain_text, user_text

MAX_GPMF_ITEMS = 10_000
"""Entries of GoPro's settings that are looked at; a camera writes a hundred."""

# GoPro's GPMF: four letters, type, size of a sample, number of samples, padded to four bytes.
_GPMF_HEAD_BYTES = 8
_GPMF_NESTED, _GPMF_TEXT = 0, ord("c")
_GPMF_WANTED = (b"MINF", b"CASN", b"FMWR")
_PADDED_TEXT = bytes(6)
_SAMSUNG_MODEL = b"mdln"

# Sony's "non-real-time metadata"; attributes are short, so no pattern can run far.
_SONY = (
    ("nrtm CreationDate", re.compile(rb'<CreationDate\s{1,9}value="([^"<>]{1,40})"')),
    ("nrtm manufacturer", re.compile(rb'<Device\s[^<>]{0,200}?manufacturer="([^"<>]{1,100})"')),
    ("nrtm modelName", re.compile(rb'<Device\s[^<>]{0,200}?modelName="([^"<>]{1,100})"')),
    ("nrtm serialNo", re.compile(rb'<Device\s[^<>]{0,200}?serialNo="([^"<>]{1,100})"')),
)


def maker_tags(kind: bytes, body: bytes) -> dict[str, Text]:
    """Read what one maker's box says.

    Parameters
    ----------
    kind : bytes
        One of `MAKER_BOXES`.
    body : bytes
        Its content.

    Returns
    -------
    dict of str to Text
        By a name that tells the box: ``GPMF MINF``.

    References
    ----------
    GoPro, "GPMF introduction" (its public format description). The others are known from files;
    ExifTool's tag tables describe them.
    """
    return _READERS[kind](kind, body)


def _named(kind: bytes, body: bytes) -> dict[str, Text]:
    return {kind.decode(): plain_text(body)}


def _panasonic(kind: bytes, body: bytes) -> dict[str, Text]:
    # Panasonic puts six zeros and a language before the text.
    is_padded = body.startswith(_PADDED_TEXT)
    return {kind.decode(): plain_text(body[8:]) if is_padded else user_text(body)}


def _samsung(_: bytes, body: bytes) -> dict[str, Text]:
    """Find the model in Samsung's box, which holds boxes behind a version."""
    position = 4
    while position + 8 <= len(body):
        size = int.from_bytes(body[position : position + 4], "big")
        if size < 8:  # noqa: PLR2004 - a box has a head
            break
        if body[position + 4 : position + 8] == _SAMSUNG_MODEL:
            return {"smta mdln": plain_text(body[position + 8 : position + size])}
        position += size
    return {}


def _gopro(_: bytes, body: bytes) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for name, kind, value in _gpmf_items(body):
        if name in _GPMF_WANTED and kind == _GPMF_TEXT:
            found.setdefault(f"GPMF {name.decode()}", decoded(value, "latin_1"))
    return found


def _gpmf_items(body: bytes) -> Iterator[tuple[bytes, int, bytes]]:
    """Go through GoPro's entries; those that hold others are entered by passing their head."""
    position = 0
    for _ in range(MAX_GPMF_ITEMS):
        head = body[position : position + _GPMF_HEAD_BYTES]
        if len(head) < _GPMF_HEAD_BYTES:
            return
        size = head[5] * int.from_bytes(head[6:8], "big")
        position += _GPMF_HEAD_BYTES
        if head[4] != _GPMF_NESTED:
            yield head[:4], head[4], body[position : position + size]
            position += -(-size // 4) * 4


def _sony(_: bytes, body: bytes) -> dict[str, Text]:
    found = ((name, pattern.search(body)) for name, pattern in _SONY)
    return {name: plain_text(match.group(1)) for name, match in found if match is not None}


_READERS: dict[bytes, Callable[[bytes, bytes], dict[str, Text]]] = {
    b"FIRM": _named,
    b"CNMN": _named,
    b"CNFV": _named,
    b"manu": _panasonic,
    b"modl": _panasonic,
    b"smta": _samsung,
    b"GPMF": _gopro,
    b"xml ": _sony,
}
MAKER_BOXES = frozenset(_READERS)
"""Boxes that `maker_tags` reads."""
