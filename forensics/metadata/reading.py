"""What one engine read of one field, before the engines are compared."""

import re
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from forensics.model.findings import FieldValue, Position


class Reading(Struct, frozen=True):
    """One field as one engine read it.

    Parameters
    ----------
    value : str, int, float or Position
        The interpreted value.
    raw : str
        The value as it stands in the file.
    where : str
        Where it stands, in the standard's words: ``EXIF DateTimeOriginal``; empty when the engine
        does not say. Its first word names the block.
    charset : str or None
        The character set a text was decoded by, when it is not ASCII or UTF-8.
    """

    value: FieldValue
    raw: str
    where: str = ""
    charset: str | None = None


Readings = dict[str, Reading]
"""Field name to reading."""

MAX_TEXT_CHARS = 2000
"""Longer texts are cut: a field is shown to people, the file keeps the rest."""

_EXIF_TIME = re.compile(
    r"(\d{4})[:\-/.](\d{1,2})[:\-/.](\d{1,2})[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?!\d)"
)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})|Z")
_TRAILING_OFFSET = re.compile(r":\d{2}(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})$")
_MAX_OFFSET_HOURS = 15
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_EARLIEST_YEAR = 1826
"""Year of the oldest photo there is; programs write year 1 for a date that was never set."""

# QuickTime counts from 1904, Unix from 1970; a clock that stands there, in any zone, was not set.
_UNSET_DAYS = ("1903-12-31", "1904-01-01", "1969-12-31", "1970-01-01")


def clean_text(value: object) -> str | None:
    r"""Give a text field without padding; None when nothing is left or it is no text.

    Parameters
    ----------
    value : object
        What an engine returned: text, bytes, or small numbers of a text stored as bytes.

    Returns
    -------
    str or None
        Text that can be encoded as UTF-8, at most `MAX_TEXT_CHARS` long. Bytes that are not UTF-8
        and control characters are written as ``\xNN``.
    """
    if isinstance(value, list | tuple):
        value = _as_bytes(value)
    if isinstance(value, str):
        if value.isascii() and value.isprintable():
            return value.strip()[:MAX_TEXT_CHARS] or None
        value = value.encode("utf-8", "surrogateescape" if _is_escaped(value) else "replace")
    if not isinstance(value, bytes):
        return None
    text = value.split(b"\0", 1)[0].decode("utf-8", "backslashreplace").strip()
    return _CONTROL.sub(_escape, text)[:MAX_TEXT_CHARS] or None


def raw_text(value: object) -> str:
    r"""Give a value as it stands in the file, as text that loses as little as it can.

    Parameters
    ----------
    value : object
        What an engine returned.

    Returns
    -------
    str
        At most `MAX_TEXT_CHARS` long; bytes that are not UTF-8 and control characters as
        ``\xNN``, padding at the end left out.
    """
    if value is None:
        return ""
    if isinstance(value, str) and value.isascii() and value.isprintable():
        return value[:MAX_TEXT_CHARS]
    if isinstance(value, list | tuple) and (packed := _as_bytes(value)) is not None:
        value = packed
    if isinstance(value, bytes):
        text = value.rstrip(b"\0").decode("utf-8", "backslashreplace")
    else:
        text = str(value).rstrip("\0").encode("utf-8", "backslashreplace").decode("utf-8")
    return _CONTROL.sub(_escape, text)[:MAX_TEXT_CHARS]


def clean_time(value: object, *, subsecond: object = None) -> str | None:
    """Read an EXIF time into ISO 8601, without an offset; None when it is missing or never set.

    Parameters
    ----------
    value : object
        ``YYYY:MM:DD HH:MM:SS`` or a spelling near it.
    subsecond : object, optional
        Digits after the decimal point.

    Returns
    -------
    str or None
        For example ``2024-08-16T14:22:07.12``; without seconds when the file gives none.
    """
    match = _EXIF_TIME.match(clean_text(value) or "")
    if match is None:
        return None
    has_seconds = match.group(6) is not None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    if year < _EARLIEST_YEAR or not _is_real_time(year, month, day, hour, minute, second):
        return None
    date = f"{year:04}-{month:02}-{day:02}"
    if date in _UNSET_DAYS:
        return None
    if not has_seconds:
        return f"{date}T{hour:02}:{minute:02}"
    digits = clean_text(subsecond)
    fraction = f".{digits[:9]}" if digits and digits.isdigit() and digits.isascii() else ""
    return f"{date}T{hour:02}:{minute:02}:{second:02}{fraction}"


def clean_offset(value: object) -> str | None:
    """Read a UTC offset; None when it is missing or out of range.

    Parameters
    ----------
    value : object
        ``+03:00``, ``+0300`` or ``Z``.

    Returns
    -------
    str or None
        ``+03:00``.
    """
    match = _OFFSET.fullmatch(clean_text(value) or "")
    if match is None:
        return None
    if match.group(0) == "Z":
        return "+00:00"
    sign, hours, minutes = match.groups()
    if int(hours) > _MAX_OFFSET_HOURS or int(minutes) > 59:  # noqa: PLR2004 - minutes of an hour
        return None
    return f"{sign}{hours}:{minutes}"


def trailing_offset(value: object) -> str | None:
    """Read the UTC offset that stands behind a time in the same text.

    Parameters
    ----------
    value : object
        For example ``2024-08-16T14:22:07+0300``.

    Returns
    -------
    str or None
        ``+03:00``; None when there is none.
    """
    match = _TRAILING_OFFSET.search(clean_text(value) or "")
    return None if match is None else clean_offset(match.group(1))


def clean_position(lat: float, lon: float) -> Position | None:
    """Give a position, or None when it is impossible or the 0, 0 that devices write for none.

    Parameters
    ----------
    lat, lon : float
        WGS 84 degrees.

    Returns
    -------
    Position or None
        Rounded to 1e-7 degrees, about a centimetre.
    """
    if not (-90 <= lat <= 90 and -180 <= lon <= 180) or (lat == 0 and lon == 0):  # noqa: PLR2004
        return None
    return Position(round(lat, 7), round(lon, 7))


def _as_bytes(values: Sequence[object]) -> bytes | None:
    is_bytes = all(isinstance(each, int) and 0 <= each < 256 for each in values)  # noqa: PLR2004
    return bytes(values) if values and is_bytes else None  # type: ignore[arg-type]  # checked


def _is_escaped(text: str) -> bool:
    """Say whether a text holds bytes that Python escaped as lone surrogates."""
    return any("\udc80" <= each <= "\udcff" for each in text)


def _escape(match: re.Match[str]) -> str:
    return f"\\x{ord(match.group()):02x}"


def _is_real_time(year: int, month: int, day: int, hour: int, minute: int, second: int) -> bool:
    try:
        # A wall clock without a zone is meant here; it only has to exist.
        datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return False
    return True
