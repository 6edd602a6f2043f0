"""Find metadata in the chunks of PNG, WebP and GIF files."""

import re
from collections.abc import Iterator

from forensics.metadata.block_parts import MAX_BLOCK_BYTES, MAX_PARTS, Blocks
from forensics.metadata.segments import iptc_of_photoshop

MAX_KEYWORD_BYTES = 79
"""PNG's own limit."""

MAX_TEXT_BYTES = 1 << 20
MAX_GIF_STEPS = 200_000
"""Data blocks of GIF, at most 255 bytes each, that are stepped over."""

_PNG_HEAD_BYTES, _RIFF_HEAD_BYTES, _GIF_HEAD_BYTES = 8, 12, 13
_XMP_KEYWORD = b"XML:com.adobe.xmp"
_PROFILE = b"Raw profile type "
_NO_HEX = re.compile(rb"[^0-9A-Fa-f]+")
_EXIF = b"Exif\0\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
_GIF_PICTURE, _GIF_EXTENSION, _GIF_COMMENT, _GIF_APPLICATION = 0x2C, 0x21, 0xFE, 0xFF
_GIF_RAMP = b"\x01\xff\xfe\xfd"
_GIF_XMP, _GIF_ICC = b"XMP DataXMP", b"ICCRGBG1012"


def find_in_png(data: bytes, blocks: Blocks) -> None:
    """Find the blocks of metadata of a PNG file, before and behind its pixels.

    Parameters
    ----------
    data : bytes
        The file.
    blocks : Blocks
        Is filled.

    References
    ----------
    W3C PNG, third edition, 11.3.2 and 11.3.3; "Raw profile type" texts are ImageMagick's.
    """
    for kind, body in _png_chunks(data, blocks):
        if kind == b"eXIf":
            blocks.exif = blocks.exif or body.removeprefix(_EXIF)
        elif kind == b"iCCP":
            _, _, packed = body.partition(b"\0")
            blocks.icc = blocks.unpack(packed[1:], "the colour profile")
        elif kind in (b"tEXt", b"zTXt", b"iTXt"):
            _keep_png_text(kind, body, blocks)


def find_in_webp(data: bytes, blocks: Blocks) -> None:
    """Find the blocks of metadata of a WebP file.

    Parameters
    ----------
    data : bytes
        The file.
    blocks : Blocks
        Is filled.

    References
    ----------
    RFC 9649, 2.7.1.
    """
    at = _RIFF_HEAD_BYTES
    for _ in range(MAX_PARTS):
        if at + 8 > len(data):
            return
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if kind in (b"EXIF", b"XMP ", b"ICCP"):
            body = data[at + 8 : at + 8 + min(size, MAX_BLOCK_BYTES)]
            if kind == b"EXIF":
                blocks.exif = blocks.exif or body.removeprefix(_EXIF)
            elif kind == b"XMP ":
                blocks.xmp = blocks.xmp or body
            else:
                blocks.icc = blocks.icc or body
        at += 8 + size + size % 2


def find_in_gif(data: bytes, blocks: Blocks) -> None:
    """Find comments, XMP and the colour profile of a GIF file.

    Parameters
    ----------
    data : bytes
        The file.
    blocks : Blocks
        Is filled.

    References
    ----------
    GIF89a, 24 and 26; ISO 16684-3:2021, 6.1.1 (XMP).
    """
    at = _GIF_HEAD_BYTES + _palette_bytes(data[10:11])
    steps = 0
    while at < len(data) and steps < MAX_GIF_STEPS:
        if data[at] == _GIF_PICTURE:
            start = at + 11 + _palette_bytes(data[at + 9 : at + 10])
            at, taken = _skip_gif_data(data, start)
        elif data[at] == _GIF_EXTENSION and at + 1 < len(data):
            start = at + 2
            label = data[at + 1]
            at, taken = _skip_gif_data(data, start)
            if label in (_GIF_COMMENT, _GIF_APPLICATION):
                _keep_gif_extension(label, data[start : min(at, start + MAX_BLOCK_BYTES)], blocks)
        else:
            return
        steps += taken


def _png_chunks(data: bytes, blocks: Blocks) -> Iterator[tuple[bytes, bytes]]:
    at = _PNG_HEAD_BYTES
    for _ in range(MAX_PARTS):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if kind in (b"", b"IEND"):
            return
        if kind != b"IDAT" and kind != b"fdAT":
            yield kind, data[at + 8 : at + 8 + min(size, MAX_BLOCK_BYTES)]
        at += 12 + size
    blocks.add_fault(f"more than {MAX_PARTS:,} chunks; the others were not read")


def _keep_png_text(kind: bytes, body: bytes, blocks: Blocks) -> None:
    keyword, _, rest = body.partition(b"\0")
    name = keyword[:MAX_KEYWORD_BYTES].decode("latin-1")
    is_block = keyword == _XMP_KEYWORD or keyword.startswith(_PROFILE)
    limit = MAX_BLOCK_BYTES if is_block else MAX_TEXT_BYTES
    charset = "latin-1"
    if kind == b"zTXt":
        rest = blocks.unpack(rest[1:], f"the text {name!r}", limit=limit)
    elif kind == b"iTXt":
        charset = "utf-8"
        is_packed, rest = rest[:1] == b"\1", rest[2:].partition(b"\0")[2].partition(b"\0")[2]
        if is_packed:
            rest = blocks.unpack(rest, f"the text {name!r}", limit=limit)
    if keyword == _XMP_KEYWORD:
        blocks.xmp = blocks.xmp or rest
    elif keyword.startswith(_PROFILE):
        _keep_profile(keyword[len(_PROFILE) :], rest, blocks)
    else:
        blocks.add_text(name, rest[:MAX_TEXT_BYTES], charset, f"PNG {kind.decode('ascii')}")


def _keep_profile(kind: bytes, text: bytes, blocks: Blocks) -> None:
    """Unpack a block that was written as hexadecimal digits: name, length, digits."""
    lines = text.strip(b"\n").split(b"\n", 2)
    digits = _NO_HEX.sub(b"", lines[2]) if len(lines) > 2 else b""  # noqa: PLR2004
    body = bytes.fromhex(digits[: len(digits) & ~1].decode("ascii"))
    if kind in (b"exif", b"APP1") and not body.startswith(b"http"):
        blocks.exif = blocks.exif or body.removeprefix(_EXIF)
    elif kind in (b"xmp", b"APP1"):
        blocks.xmp = blocks.xmp or body.partition(b"\0")[2] or body
    elif kind in (b"iptc", b"8bim"):
        resources = body.removeprefix(_PHOTOSHOP)
        blocks.iptc = blocks.iptc or iptc_of_photoshop(resources) or resources
    elif kind in (b"icc", b"icm"):
        blocks.icc = blocks.icc or body


def _keep_gif_extension(label: int, body: bytes, blocks: Blocks) -> None:
    if label == _GIF_COMMENT:
        blocks.add_text("", b"".join(_gif_data(body)), None, "GIF comment")
    elif body[1:12] == _GIF_XMP:
        # The packet is not cut into data blocks; a ramp of bytes behind it leads out.
        packet = body[12:]
        blocks.xmp = blocks.xmp or packet.rpartition(_GIF_RAMP)[0] or packet
    elif body[1:12] == _GIF_ICC:
        blocks.icc = blocks.icc or b"".join(_gif_data(body[12:]))


def _gif_data(body: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(body) and (size := body[at]):
        yield body[at + 1 : at + 1 + size]
        at += 1 + size


def _skip_gif_data(data: bytes, at: int) -> tuple[int, int]:
    """Step over data blocks; give where they end and how many they were."""
    steps = 0
    while at < len(data):
        size = data[at]
        at += 1 + size
        steps += 1
        if size == 0:
            break
    return at, steps


def _palette_bytes(flags: bytes) -> int:
    packed = flags[0] if flags else 0
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0
