"""Read the headers of an MP4 or QuickTime file: brands, clocks, tracks, and where its data are."""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from forensics.metadata.isobmff_boxes import Box, BoxReader, name_of
from forensics.metadata.isobmff_text import decoded, language_of
from forensics.metadata.reading import clean_text, clean_time

MAX_BRANDS = 50
"""Brands of a file that are told."""

MAX_REFERENCES = 100
"""Data references of a track that are looked at; a track has one."""

_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNIX_S = int((_UNIX_EPOCH - _EPOCH).total_seconds())
_MAX_S = int((datetime(2200, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())
_NAME_BYTES = 256
_REFERENCE_BYTES = 4096
_SELF_CONTAINED = 1
_FULL_BOX_BYTES = 4
_ALIAS_NAME_AT, _ALIAS_TAGS_AT = 50, 150
_ALIAS_MAC_PATH, _ALIAS_POSIX_PATH = 2, 18
_COMPRESSOR_AT, _COMPRESSOR_BYTES = 50, 32
_STILL_KEY = b"com.apple.quicktime.still-image-time"
_EMPTY_EDIT = -1
_EDIT_BYTES = {0: 12, 1: 20}
MAX_EDITS = 1000
"""Edits of a track that are looked at."""

MAX_ALIAS_TAGS = 64
"""Kinds of parts of an alias that are looked at; Mac OS writes a dozen."""


class Clock(Struct, frozen=True):
    """A time of a header.

    Parameters
    ----------
    time : str
        ISO 8601 without an offset.
    seconds : int
        The number in the file.
    is_from_1970 : bool
        Whether it was counted from there, against the standard.
    """

    time: str
    seconds: int
    is_from_1970: bool


class Header(Struct, frozen=True):
    """The clocks of a movie, track or media header, and what follows them.

    Parameters
    ----------
    created, modified : Clock or None
        None when they were never set.
    scale : int
        Units of a second, in movie and media headers.
    after : bytes
        Behind the duration: the language, in a media header.
    """

    created: Clock | None
    modified: Clock | None
    scale: int
    after: bytes


def read_brands(body: bytes) -> tuple[str | None, str | None]:
    """Read the brands of a file.

    Parameters
    ----------
    body : bytes
        Content of ``ftyp``.

    Returns
    -------
    major : str or None
        The first.
    compatible : str or None
        The others, with commas between them.

    References
    ----------
    ISO/IEC 14496-12:2022, 4.3.
    """
    brands = [body[at : at + 4] for at in range(8, min(len(body) - 3, 8 + 4 * MAX_BRANDS), 4)]
    named = [name_of(brand).strip() for brand in brands if any(brand)]
    return clean_text(name_of(body[:4])), clean_text(", ".join(filter(None, named)))


def read_header(body: bytes) -> Header | None:
    """Read the clocks of ``mvhd``, ``tkhd`` or ``mdhd``.

    Parameters
    ----------
    body : bytes
        Content of the box.

    Returns
    -------
    Header or None
        None when it is cut short or of an unknown version.

    References
    ----------
    ISO/IEC 14496-12:2022, 8.2.2, 8.3.2 and 8.4.2.
    """
    wide = {0: 4, 1: 8}.get(body[0]) if body else None
    if wide is None or len(body) < _FULL_BOX_BYTES + 3 * wide + 4:
        return None
    created, modified = (
        int.from_bytes(body[at : at + wide], "big")
        for at in (_FULL_BOX_BYTES, _FULL_BOX_BYTES + wide)
    )
    scale_at = _FULL_BOX_BYTES + 2 * wide
    scale = int.from_bytes(body[scale_at : scale_at + 4], "big")
    return Header(clock(created), clock(modified), scale, body[scale_at + 4 + wide :])


def clock(seconds: int) -> Clock | None:
    """Turn the number of a header into a time.

    Parameters
    ----------
    seconds : int
        Seconds since the start of 1904. A number that would mean a day before 1970 was counted
        from 1970, as some cameras do: there was no such file before.

    Returns
    -------
    Clock or None
        None for zero, for the days that clocks stand on before they are set, and beyond 2200.
    """
    is_from_1970 = seconds < _UNIX_S
    if seconds == 0 or seconds > _MAX_S:
        return None
    moment = (_UNIX_EPOCH if is_from_1970 else _EPOCH) + timedelta(seconds=seconds)
    time = clean_time(moment.strftime("%Y-%m-%dT%H:%M:%S"))
    return None if time is None else Clock(time, seconds, is_from_1970)


def read_handler(body: bytes) -> tuple[bytes, str | None]:
    """Read what a track is for, and the name of its handler.

    Parameters
    ----------
    body : bytes
        Content of ``hdlr``.

    Returns
    -------
    kind : bytes
        ``vide``, ``soun``, ``meta`` and so on.
    name : str or None
        A Pascal string in QuickTime files, text up to a zero in others.
    """
    name = body[24 : 24 + _NAME_BYTES]
    if name and name[0] == len(name) - 1:
        name = name[1:]
    return body[8:12], clean_text(name)


def read_language(header: Header) -> str | None:
    """Read the language of a track from its media header.

    Parameters
    ----------
    header : Header
        Of ``mdhd``.

    Returns
    -------
    str or None
        Three letters; None when undetermined.
    """
    return language_of(int.from_bytes(header.after[:2], "big"))


def read_compressor(body: bytes) -> str | None:
    """Read the name that the encoder of a video track gave itself.

    Parameters
    ----------
    body : bytes
        Content of ``stsd``.

    Returns
    -------
    str or None
        None when there is none.

    References
    ----------
    ISO/IEC 14496-12:2022, 12.1.3.
    """
    at = _FULL_BOX_BYTES + 4 + _COMPRESSOR_AT
    field = body[at : at + _COMPRESSOR_BYTES]
    return clean_text(field[1 : 1 + field[0]]) if field and field[0] < len(field) else None


def external_references(boxes: BoxReader, dref: Box) -> list[str]:
    """Name the other files that a track says its data are in. None is ever opened.

    Parameters
    ----------
    boxes : BoxReader
        Of the file.
    dref : Box
        Its list of data references.

    Returns
    -------
    list of str
        Kind and name or address; empty when the data are in this file.

    References
    ----------
    ISO/IEC 14496-12:2022, 8.7.2; QuickTime File Format, "Data Reference Atoms".
    """
    found: list[str] = []
    for number, box in enumerate(boxes.inside(dref, skip=_FULL_BOX_BYTES + 4)):
        if number == MAX_REFERENCES:
            break
        body = boxes.content(box, most=_REFERENCE_BYTES)
        if len(body) < _FULL_BOX_BYTES or int.from_bytes(body[1:4], "big") & _SELF_CONTAINED:
            continue
        kind, data = name_of(box.kind).strip(), body[_FULL_BOX_BYTES:]
        is_alias = box.kind in (b"alis", b"rsrc")
        text = _alias_name(data) if is_alias else clean_text(data.replace(b"\0", b" "))
        found.append(f"{kind} {text or 'without a name'}")
    return found


def _alias_name(record: bytes) -> str | None:
    """Give the path in an alias of Mac OS, or the name of the file."""
    position = _ALIAS_TAGS_AT
    paths: dict[int, bytes] = {}
    while position + 4 <= len(record) and len(paths) < MAX_ALIAS_TAGS:
        tag, size = (int.from_bytes(record[at : at + 2], "big") for at in (position, position + 2))
        if tag in paths:
            break
        paths[tag] = record[position + 4 : position + 4 + size]
        position += 4 + size + size % 2
    for tag, charset in ((_ALIAS_POSIX_PATH, None), (_ALIAS_MAC_PATH, "mac_roman")):
        path = clean_text(decoded(paths.get(tag, b""), charset).value)
        if path is not None:
            return path
    name = record[_ALIAS_NAME_AT : _ALIAS_NAME_AT + 64]
    return clean_text(decoded(name[1 : 1 + name[0]], "mac_roman").value) if name else None


def still_moment(edits: bytes, samples: bytes, *, scale: int) -> float | None:
    """Tell from a timed track when a Live Photo's still was taken.

    Parameters
    ----------
    edits : bytes
        Content of the track's ``elst``.
    samples : bytes
        Content of its ``stsd``.
    scale : int
        Units of a second in the movie's header.

    Returns
    -------
    float or None
        Seconds from the start of the clip; None when the track marks no still.

    References
    ----------
    The track has one sample, put to its place by an empty edit before it (ISO/IEC 14496-12:2022,
    8.6.6).
    """
    if _STILL_KEY not in samples or not scale or not edits:
        return None
    size = _EDIT_BYTES.get(edits[0])
    if size is None:
        return None
    half = (size - 4) // 2
    empty = 0
    for at in range(8, min(len(edits) - size + 1, 8 + size * MAX_EDITS), size):
        media_time = int.from_bytes(edits[at + half : at + 2 * half], "big", signed=True)
        if media_time != _EMPTY_EDIT:
            return round(empty / scale, 3)
        empty += int.from_bytes(edits[at : at + half], "big")
    return None
