"""See how stills other than JPEG were written: PNG, WebP, HEIC, AVIF, GIF, TIFF."""

import re
import zlib
from collections.abc import Callable, Iterator
from itertools import islice

from forensics.metadata.jpeg_parts import MAX_PARTS
from forensics.metadata.reading import clean_text
from forensics.metadata.signatures import Seen
from forensics.metadata.software_texts import MAX_TEXT_BYTES, tiff_texts, xmp_texts
from forensics.metadata.trailing import look_behind
from forensics.model.encoder import SoftwareText

_MAX_CHUNKS = 100_000
_MAX_TEXT_CHUNK = 1 << 20
_EXIF = b"Exif\0\0"
_PNG_KEYS = ("Software", "Comment", "Creation Time", "Source", "Title")
_XMP_KEY = b"XML:com.adobe.xmp"
# Two low bits of the second byte of a zlib stream, RFC 1950, 2.2: FLEVEL.
_ZLIB_LEVELS = ("fastest", "fast", "default", "slowest")
_COLOURS = {0: "grey", 2: "RGB", 3: "palette", 4: "grey with alpha", 6: "RGB with alpha"}
_ITEM = re.compile(rb"infe.{8}(....)", re.S)
_EXIF_ITEM = re.compile(rb"Exif\0\0(?=II\*\0|MM\0\*)")
_GIF_COMMENT = re.compile(rb"!\xfe([\x01-\xff])")
_GIF_PROGRAM = re.compile(rb"!\xff\x0b([ -~]{11})")
_LOOK_BYTES = 1 << 18

Chunk = tuple[str, int, int]
"""Name, and where its content begins and ends."""


def see_png(data: bytes) -> Seen:
    """See how a PNG was written.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    Seen
        Its chunks, texts, and how its pixels are packed.

    References
    ----------
    PNG specification (3rd edition), 5.3 and 11.
    """
    chunks = list(islice(_png_chunks(data), _MAX_CHUNKS))
    traits: dict[str, str] = {}
    texts: list[SoftwareText] = []
    for name, start, end in chunks:
        body = data[start : min(end, start + _MAX_TEXT_CHUNK)]
        if name == "IHDR" and len(body) >= 13:  # noqa: PLR2004 - 11.2.1
            interlaced = ", interlaced" if body[12] else ""
            traits["coding"] = f"{_COLOURS.get(body[9], body[9])}, {body[8]} bits{interlaced}"
        elif name == "IDAT" and "packing" not in traits:
            level = _ZLIB_LEVELS[body[1] >> 6] if len(body) > 1 else "unknown"
            traits["packing"] = f"zlib level {level}, first chunk of {end - start:,} bytes"
        elif name == "pHYs" and len(body) >= 9:  # noqa: PLR2004 - 11.3.4.3
            across, down = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")
            traits["density"] = f"{across} x {down} per metre" if body[8] else f"{across}:{down}"
        elif name in ("tEXt", "zTXt", "iTXt"):
            texts += _png_texts(name, body)
        elif name == "eXIf":
            texts += tiff_texts(body)
    last = chunks[-1] if chunks else ("", 8, 8)
    behind = look_behind(data, last[2] + 4 if last[0] == "IEND" else len(data))
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    return Seen(
        format="png",
        parts=_runs(name for name, _, _ in chunks),
        texts=tuple(dict.fromkeys(texts)),
        longest_side_px=max(width, height),
        trailing=behind.words,
        trailing_bytes=behind.size,
        traits=traits,
    )


def see_webp(data: bytes) -> Seen:
    """See how a WebP was written.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    Seen
        Its chunks and texts.

    References
    ----------
    RFC 9649, section 2.
    """
    chunks = list(islice(_webp_chunks(data), _MAX_CHUNKS))
    texts: list[SoftwareText] = []
    for name, start, end in chunks:
        body = data[start : min(end, start + _MAX_TEXT_CHUNK)]
        if name == "EXIF":
            texts += tiff_texts(body.removeprefix(_EXIF))
        elif name == "XMP":
            texts += xmp_texts(body)
    names = {name for name, _, _ in chunks}
    coding = "lossless (VP8L)" if "VP8L" in names else "lossy (VP8)"
    behind = look_behind(data, 8 + int.from_bytes(data[4:8], "little"))
    return Seen(
        format="webp",
        parts=_runs(name for name, _, _ in chunks),
        texts=tuple(dict.fromkeys(texts)),
        trailing=behind.words,
        trailing_bytes=behind.size,
        traits={"coding": "animation" if "ANIM" in names else coding},
    )


def see_heif(data: bytes, format_name: str) -> Seen:
    """See how a HEIC or AVIF was written.

    Parameters
    ----------
    data : bytes
        The file.
    format_name : str
        As `sniff` names it.

    Returns
    -------
    Seen
        Its boxes, brands, items and texts.

    References
    ----------
    ISO/IEC 14496-12:2022, 4.2, 4.3 and 8.11.6; ISO/IEC 23008-12.
    """
    boxes = list(islice(_boxes(data), MAX_PARTS))
    meta = b"".join(data[start:end][:_LOOK_BYTES] for name, start, end in boxes if name == "meta")
    items: dict[str, int] = {}
    for found in _ITEM.finditer(meta):
        name = clean_text(found[1]) or ""
        items[name] = items.get(name, 0) + 1
    brands = (
        [data[at : at + 4] for at in range(16, min(len(data), boxes[0][2]), 4)] if boxes else []
    )
    listed = " ".join(clean_text(each) or "" for each in brands[:MAX_PARTS])
    traits = {"brand": f"{clean_text(data[8:12])}, compatible with {listed}"}
    if items:
        traits["items"] = ", ".join(f"{count} {name}" for name, count in sorted(items.items()))
    exif = _EXIF_ITEM.search(data)
    texts = tiff_texts(data[exif.end() : exif.end() + _MAX_TEXT_CHUNK]) if exif else ()
    behind = look_behind(data, boxes[-1][2] if 0 < len(boxes) < MAX_PARTS else len(data))
    return Seen(
        format=format_name,
        parts=_runs(name for name, _, _ in boxes),
        texts=tuple(dict.fromkeys(texts)),
        trailing=behind.words,
        trailing_bytes=behind.size,
        traits=traits,
    )


def see_gif(data: bytes) -> Seen:
    """See how a GIF was written.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    Seen
        Its version, the programs its extensions name, and comments.

    References
    ----------
    GIF89a specification, sections 24 and 26.
    """
    head = data[:_LOOK_BYTES]
    texts = []
    for found in islice(_GIF_COMMENT.finditer(head), MAX_PARTS):
        text = clean_text(head[found.end() : found.end() + min(found[1][0], MAX_TEXT_BYTES)])
        if text:
            texts.append(SoftwareText("GIF comment", text))
    programs = dict.fromkeys(each[1].decode("ascii") for each in _GIF_PROGRAM.finditer(head))
    return Seen(
        format="gif",
        parts=tuple(f"extension {each}" for each in programs)[:MAX_PARTS],
        texts=tuple(dict.fromkeys(texts)),
        traits={"version": data[:6].decode("ascii", "backslashreplace")},
    )


def see_tiff(data: bytes) -> Seen:
    """See how a TIFF was written.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    Seen
        Its byte order and texts.
    """
    order = "low byte first" if data[:2] == b"II" else "high byte first"
    texts = tuple(dict.fromkeys(tiff_texts(data)))
    return Seen(format="tiff", parts=(), texts=texts, traits={"byte order": order})


SEERS: dict[str, Callable[[bytes], Seen]] = {
    "png": see_png,
    "apng": see_png,
    "webp": see_webp,
    "heic": lambda data: see_heif(data, "heic"),
    "avif": lambda data: see_heif(data, "avif"),
    "gif": see_gif,
    "tiff": see_tiff,
}
"""By format, as `sniff` names it."""


def _png_chunks(data: bytes) -> Iterator[Chunk]:
    at = 8
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        name = data[at + 4 : at + 8].decode("ascii", "backslashreplace")
        yield name, at + 8, min(at + 8 + size, len(data))
        if name == "IEND":
            return
        at += 12 + size


def _png_texts(kind: str, body: bytes) -> list[SoftwareText]:
    key, _, rest = body.partition(b"\0")
    if key == _XMP_KEY:
        return list(xmp_texts(rest))
    name = key.decode("latin-1")
    if name not in _PNG_KEYS:
        return []
    if kind == "zTXt":
        try:
            rest = zlib.decompressobj().decompress(rest[1:], MAX_TEXT_BYTES)
        except zlib.error:
            return []
    elif kind == "iTXt":
        rest = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    text = clean_text(rest[:MAX_TEXT_BYTES])
    return [SoftwareText(f"PNG {name}", text)] if text else []


def _webp_chunks(data: bytes) -> Iterator[Chunk]:
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        name = data[at : at + 4].decode("ascii", "backslashreplace").strip()
        yield name, at + 8, min(at + 8 + size, len(data))
        at += 8 + size + size % 2


def _boxes(data: bytes) -> Iterator[Chunk]:
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 1:  # a 64-bit size follows the type
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if size < 8:  # noqa: PLR2004 - 0: to the end; less than a header is broken
            size = len(data) - at
        yield (
            data[at + 4 : at + 8].decode("ascii", "backslashreplace"),
            at + 8,
            min(at + size, len(data)),
        )
        at += size


def _runs(names: Iterator[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for name in names:
        if not kept or kept[-1] != name:
            kept.append(clean_text(name) or "")
        if len(kept) == MAX_PARTS:
            break
    return tuple(kept)
