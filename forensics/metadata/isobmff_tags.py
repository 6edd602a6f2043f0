"""Collect what MP4 and QuickTime files keep as user data, items and keys, whatever it means."""

from msgspec import Struct

from forensics.metadata.isobmff_boxes import Box, BoxReader, name_of
from forensics.metadata.isobmff_makers import MAKER_BOXES, maker_tags
from forensics.metadata.isobmff_text import (
    MAX_TEXT_BYTES,
    Text,
    box_text,
    item_value,
    plain_text,
    user_text,
)
from forensics.metadata.reading import clean_text

MAX_KEYS = 4096
"""Names in one list of keys; a phone writes ten."""

MAX_TAGS = 1000
"""Different tags that are kept of one file."""

MAX_XML_BYTES = 1 << 18
"""What is read of a camera's XML; Sony writes a few thousand bytes."""

_TEXT_MARKS = (0xA9, 0x40)
"""User data whose name begins with the sign © or, of some cameras, @ are texts."""

_BOX_TEXTS = (b"titl", b"dscp", b"auth", b"perf", b"cprt", b"gnre")
_META_BOX, _KEYS, _ITEMS, _DATA = b"meta", b"keys", b"ilst", b"data"
_FULL_BOX_BYTES = 4
_XML = b"xml "
_KEY_HEAD_BYTES = 8
_ITEM_HEAD_BYTES = 8
_LOCI = b"loci"


class Tag(Struct, frozen=True):
    """One tag of a file, as it stands there.

    Parameters
    ----------
    text : Text
        What it says.
    where : str
        Path of boxes, and the name of the tag.
    """

    text: Text
    where: str


Tags = dict[str, Tag]
"""By name: ``©day`` for user data, ``ilst ©day`` for items, the key itself for keys."""


def add_tag(tags: Tags, name: str, text: Text | None, where: str) -> None:
    """Keep a tag that says something; the first of its name counts.

    Parameters
    ----------
    tags : dict of str to Tag
        Where it is kept.
    name : str
        Its name.
    text : Text or None
        What it says; None when that could not be read.
    where : str
        Where it stands.
    """
    if text is None or name in tags or len(tags) >= MAX_TAGS:
        return
    if clean_text(text.value) is not None:
        tags[name] = Tag(text, where)


def read_user_data(boxes: BoxReader, udta: Box, where: str, tags: Tags) -> bytes:
    """Collect the tags of a user data box.

    Parameters
    ----------
    boxes : BoxReader
        Of the file.
    udta : Box
        The box.
    where : str
        Its path.
    tags : dict of str to Tag
        Where they are kept.

    Returns
    -------
    bytes
        The XMP packet that QuickTime files keep here; empty when there is none.

    References
    ----------
    QuickTime File Format, "User Data Atoms"; 3GPP TS 26.244, clause 8.
    """
    packet = b""
    for box in boxes.inside(udta):
        name = name_of(box.kind)
        place = f"{where} {name}"
        if name in tags:
            continue
        if box.kind == b"XMP_":
            packet = packet or boxes.content(box)
        elif box.kind == _META_BOX:
            read_meta(boxes, box, f"{where}/meta", tags)
        elif box.kind[0] in _TEXT_MARKS:
            add_tag(tags, name, user_text(boxes.content(box, most=MAX_TEXT_BYTES)), place)
        elif box.kind in _BOX_TEXTS:
            add_tag(tags, name, box_text(boxes.content(box, most=MAX_TEXT_BYTES)), place)
        elif box.kind == _LOCI:
            body = boxes.content(box, most=MAX_TEXT_BYTES)
            add_tag(tags, name, Text(body.hex(), body), place)
        elif box.kind == b"date":
            text = plain_text(boxes.content(box, most=MAX_TEXT_BYTES))
            add_tag(tags, f"{where} date", text, place)
        elif box.kind in MAKER_BOXES:
            for made, text in maker_tags(box.kind, boxes.content(box)).items():
                add_tag(tags, made, text, f"{where} {made}")
    return packet


def read_meta(boxes: BoxReader, meta: Box, where: str, tags: Tags) -> None:
    """Collect the items of a metadata box, by four letters or by keys of its own.

    Parameters
    ----------
    boxes : BoxReader
        Of the file.
    meta : Box
        The box: QuickTime's, or ISO's, which begins with version and flags.
    where : str
        Its path.
    tags : dict of str to Tag
        Where they are kept.

    References
    ----------
    QuickTime File Format, "Metadata"; ISO/IEC 14496-12:2022, 8.11.
    """
    head = boxes.content(meta, most=_KEY_HEAD_BYTES)
    skip = 0 if head[4:8] == b"hdlr" else _FULL_BOX_BYTES
    keys: list[str] = []
    for box in boxes.inside(meta, skip=skip):
        if box.kind == _KEYS:
            keys = _read_keys(boxes.content(box))
        elif box.kind == _ITEMS:
            _read_items(boxes, box, where, keys, tags)
        elif box.kind == _XML:
            body = boxes.content(box, most=MAX_XML_BYTES)[_FULL_BOX_BYTES:]
            for name, text in maker_tags(_XML, body).items():
                add_tag(tags, name, text, f"{where}/xml {name}")


def _read_keys(body: bytes) -> list[str]:
    """Give the names of a list of keys: size, namespace, name, and so on."""
    keys: list[str] = []
    position = _KEY_HEAD_BYTES
    while position + _KEY_HEAD_BYTES <= len(body) and len(keys) < MAX_KEYS:
        size = int.from_bytes(body[position : position + 4], "big")
        if size < _KEY_HEAD_BYTES:
            break
        name = body[position + _KEY_HEAD_BYTES : position + size]
        keys.append(clean_text(name) or "")
        position += size
    return keys


def _read_items(boxes: BoxReader, items: Box, where: str, keys: list[str], tags: Tags) -> None:
    for item in boxes.inside(items):
        number = int.from_bytes(item.kind, "big")
        if 1 <= number <= len(keys):
            name, place = keys[number - 1], f"{where} {keys[number - 1]}"
        else:
            name = f"ilst {name_of(item.kind)}"
            place = f"{where}/{name}"
        if name in tags:
            continue
        for data in boxes.inside(item):
            if data.kind == _DATA:
                body = boxes.content(data, most=MAX_TEXT_BYTES)
                # The first byte says that a well-known type follows.
                kind = int.from_bytes(body[:4], "big")
                add_tag(tags, name, item_value(kind, body[_ITEM_HEAD_BYTES:]), place)
                break
