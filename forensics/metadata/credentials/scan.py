"""Tell whether a file carries content credentials (C2PA), without a library and without parsing.

Libraries that check credentials are native code, and optional. Most files carry none, so they are
loaded only when the mark of a manifest store stands in the file.
"""

import os
import re
from collections.abc import Iterator
from typing import BinaryIO

from forensics.model.item import SniffedType

_STORE_UUID = rb"c2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x008\x9bq"
_STORE = re.compile(rb"jumb.{4}jumd" + _STORE_UUID, re.DOTALL)
"""Begin of a JUMBF superbox of the type "C2PA manifest store", whichever container carries it."""

_BMFF_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_BMFF_FORMATS = ("mp4", "mov")
_RIFF_FORMATS = ("avi", "wav")
_RIFF_CHUNK = b"C2PA"
_RIFF_FORM = b"RIFF"
_RIFF_FORM_BYTES = 12

MAX_BOXES = 100_000
"""Boxes looked at in one clip; one of an hour in fragments of a second has 7,200."""

MAX_HEAD_BYTES = 16 << 20
"""How much of clips in other containers is searched; tags stand at their beginning."""

_BOX_HEAD_BYTES = 8
_LONG_HEAD_BYTES = 16
_UUID_BYTES = 16
_LONG, _TO_THE_END = 1, 0


def is_in_still(data: bytes) -> bool:
    """Say whether the mark of a manifest store stands in the bytes of a still.

    The mark is 24 fixed bytes that JPEG (APP11), PNG (``caBX``), WebP (``C2PA``), HEIF and AVIF
    (``uuid``), TIFF (tag 0xCD41) and GIF (application extension) all carry unchanged.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    bool
        True also when it stands where no reader of the format looks for it.

    References
    ----------
    C2PA Technical Specification 2.2, 11.1 (JUMBF type of the store) and A.3 (embedding).
    ISO/IEC 19566-5:2023 (JUMBF), boxes ``jumb`` and ``jumd``.

    Examples
    --------
    >>> is_in_still(b"no such thing")
    False
    """
    return _STORE.search(data) is not None


def is_in_clip(file: BinaryIO, kind: SniffedType) -> bool:
    """Say whether a clip carries a manifest store, by walking its outermost boxes.

    Parameters
    ----------
    file : binary file
        Open for reading and seeking.
    kind : SniffedType
        What it is.

    Returns
    -------
    bool
        False also when it stands behind the first `MAX_BOXES` boxes, or, in containers of other
        kinds, behind the first `MAX_HEAD_BYTES`.

    References
    ----------
    C2PA Technical Specification 2.2, A.5 (ISO-BMFF ``uuid`` box) and A.3.6 (RIFF).
    """
    file.seek(0)
    if kind.format in _BMFF_FORMATS:
        return any(name == b"uuid" and mark == _BMFF_UUID for name, mark in _boxes(file))
    if kind.format in _RIFF_FORMATS:
        return any(name == _RIFF_CHUNK for name in _chunks(file))
    return is_in_still(file.read(MAX_HEAD_BYTES))


def _boxes(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Give name and first bytes of the outermost boxes, as far as their sizes can be followed."""
    end, at = file.seek(0, os.SEEK_END), 0
    for _ in range(MAX_BOXES):
        file.seek(at)
        head = file.read(_LONG_HEAD_BYTES + _UUID_BYTES)
        if len(head) < _BOX_HEAD_BYTES:
            return
        size, body = int.from_bytes(head[:4], "big"), _BOX_HEAD_BYTES
        if size == _LONG:
            size, body = int.from_bytes(head[8:16], "big"), _LONG_HEAD_BYTES
        elif size == _TO_THE_END:
            size = end - at
        yield head[4:8], head[body : body + _UUID_BYTES]
        at += size
        if size < body or at >= end:
            return


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    """Give the names of the chunks of a RIFF file; those in lists are stepped over."""
    at = 0  # a chunk's length has 32 bits, so `at` stays within what a file may be
    for _ in range(MAX_BOXES):
        file.seek(at)
        head = file.read(_BOX_HEAD_BYTES)
        if len(head) < _BOX_HEAD_BYTES:
            return
        name, size = head[:4], int.from_bytes(head[4:], "little")
        yield name
        # Large AVI files are several RIFF chunks in a row; inside them only the outermost count.
        at += _RIFF_FORM_BYTES if name == _RIFF_FORM else _BOX_HEAD_BYTES + size + size % 2
