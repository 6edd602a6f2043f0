"""See how a clip was written, from its tags and a bounded look at its head and its tail."""

import re
from typing import BinaryIO, NamedTuple

from forensics.ingest.media import Media
from forensics.ingest.regular import open_regular
from forensics.metadata.reading import clean_text
from forensics.metadata.signatures import Seen
from forensics.model.encoder import SoftwareText, VideoCoding
from forensics.model.findings import VideoFacts
from forensics.model.outcome import Absent

MAX_BOXES = 64
"""Boxes at the top of a container that are listed; fragmented clips have thousands."""

LOOK_BYTES = 1 << 19
"""What is read of the head, of the index and of the first pictures, each."""

_HEADER = 8
_LARGE_HEADER = 16
_ISO = ("mp4", "mov", "3gp")
# What encoders say of themselves in the stream (x264 and x265: an SEI message of type 5, user data
# unregistered, ITU-T H.264 annex D) or the container; each up to the first byte that is no text.
_LIBRARY = re.compile(
    rb"x264 - core \d+|x265 \(build \d+\)|Lavc[\d.]{2,20} [\w-]{1,20}|libvpx|SVT-AV1"
    rb"|HandBrake [\d.]|Elemental H\.264 Encoder"
)
_SETTINGS = re.compile(rb"options: ([ -~]{1,2000})")
_PRINTED = re.compile(rb"[ -~]+")
_HANDLER = re.compile(rb"hdlr.{8}(vide|soun|meta|mdir|mdta|tmcd|hint|subt|text).{12}", re.S)
_MAX_NAME = 100
_TAG_TEXTS = (
    "encoder", "video:encoder", "audio:encoder", "encoding_tool", "comment", "software",
    "com.apple.quicktime.software", "com.android.version", "writing_application", "muxer",
    "make", "com.apple.quicktime.make", "com.android.manufacturer", "make-eng",
)  # fmt: skip


class Box(NamedTuple):
    """A box at the top of an ISO container.

    Parameters
    ----------
    name : str
        Its four letters.
    start, end : int
        Where it begins and ends, header included.
    """

    name: str
    start: int
    end: int


def see_video(media: Media) -> Seen | Absent:
    """See how a clip was written.

    Parameters
    ----------
    media : Media
        As `ingest.open_media` gives it.

    Returns
    -------
    Seen or Absent
        `Absent` when the container could not be opened.
    """
    if not media.tags and not isinstance(media.facts, VideoFacts):
        return Absent("unreadable", "the container does not open")
    with open_regular(media.path) as file:
        head = file.read(LOOK_BYTES)
        is_iso = media.type.format in _ISO or head[4:8] == b"ftyp"
        boxes = list_boxes(file, media.bytes) if is_iso else ()
        looks = [head, *(_read(file, box) for box in boxes if box.name in ("moov", "mdat"))]
    library, settings = find_library(looks)
    behind = _behind(boxes, media.bytes)
    return Seen(
        format=media.type.format,
        parts=tuple(dict.fromkeys(box.name for box in boxes)),
        texts=_texts(media.tags),
        trailing="data behind the last box" if behind else "",
        trailing_bytes=behind,
        images=0,
        video=VideoCoding(
            major_brand=media.tags.get("major_brand"),
            brands=_split_brands(media.tags.get("compatible_brands", "")),
            handlers=_handlers(looks, media.tags),
            library=library,
            settings=settings,
            keyframe_every=_keyframe_every(media),
        ),
    )


def list_boxes(file: BinaryIO, size: int) -> tuple[Box, ...]:
    """List the boxes at the top of an ISO container.

    Parameters
    ----------
    file : binary file
        Its position is changed.
    size : int
        Bytes of the file.

    Returns
    -------
    tuple of Box
        In order, at most `MAX_BOXES`; what claims to go beyond the file ends with it.

    References
    ----------
    ISO/IEC 14496-12:2022, 4.2.
    """
    boxes: list[Box] = []
    start = 0
    while start + _HEADER <= size and len(boxes) < MAX_BOXES:
        file.seek(start)
        header = file.read(_LARGE_HEADER)
        length, name = int.from_bytes(header[:4], "big"), header[4:8]
        if length == 1:  # a 64-bit length follows
            length = int.from_bytes(header[8:16], "big")
        if not name.isascii() or length == 0:  # to the end of the file
            length = size - start
        if length < _HEADER:
            break
        label = name.decode("ascii", "backslashreplace")
        if label.isprintable():
            boxes.append(Box(label, start, min(start + length, size)))
        start += length
    return tuple(boxes)


def find_library(looks: list[bytes]) -> tuple[str | None, str | None]:
    """Find what the encoder of the pictures says of itself inside the stream.

    Parameters
    ----------
    looks : list of bytes
        Stretches of the file.

    Returns
    -------
    library, settings : str or None
        For example ``x264 - core 164`` and its options; None when it says nothing.

    Examples
    --------
    >>> find_library([b"..x264 - core 164 r3095 baee400 - H.264/MPEG-4 - options: cabac=1 ref=3"])
    ('x264 - core 164 r3095 baee400', 'cabac=1 ref=3')
    """
    for look in looks:
        found = _LIBRARY.search(look)
        if found is None:
            continue
        line = _PRINTED.match(look, found.start(), found.start() + _MAX_NAME)[0].decode("ascii")  # type: ignore[index]  # it begins with what was found
        parts = line.split(" - ")
        is_x264 = line.startswith("x264")
        name = " - ".join(parts[:2]) if is_x264 else parts[0].split(":")[0]
        options = _SETTINGS.search(look, found.start(), found.start() + 1000)
        settings = clean_text(options[1]) if options else None
        return (name.strip() or None), settings
    return None, None


def _read(file: BinaryIO, box: Box) -> bytes:
    file.seek(box.start)
    return file.read(min(box.end - box.start, LOOK_BYTES))


def _behind(boxes: tuple[Box, ...], size: int) -> int:
    return size - boxes[-1].end if boxes and len(boxes) < MAX_BOXES else 0


def _texts(tags: dict[str, str]) -> tuple[SoftwareText, ...]:
    found = ((name, clean_text(tags[name])) for name in _TAG_TEXTS if name in tags)
    return tuple(SoftwareText(f"tag {name}", text) for name, text in found if text)


def _split_brands(brands: str) -> tuple[str, ...]:
    return tuple(brands[at : at + 4] for at in range(0, min(len(brands), 4 * MAX_BOXES), 4))


def _handlers(looks: list[bytes], tags: dict[str, str]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for look in looks:
        for found in _HANDLER.finditer(look):
            raw = look[found.end() : found.end() + _MAX_NAME].split(b"\0")[0]
            if raw and raw[0] < len(raw) and raw[0] == len(raw) - 1:
                raw = raw[1:]  # QuickTime counts its letters
            text = clean_text(raw)
            if text:
                names[text] = None
    for tag, value in tags.items():
        if tag.endswith("handler_name") and (text := clean_text(value)):
            names[text[:_MAX_NAME]] = None
    return tuple(names)[:MAX_BOXES]


def _keyframe_every(media: Media) -> float | None:
    facts = media.facts
    if not isinstance(facts, VideoFacts) or not facts.keyframes:
        return None
    return round(facts.packets / facts.keyframes, 1)
