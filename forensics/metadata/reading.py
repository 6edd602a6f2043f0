"""What one engine read of one field, before the engines are compared."""

import re

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
    """

    value: FieldValue
    raw: str


Readings = dict[str, Reading]
"""Field name to reading."""

MAX_TEXT_CHARS = 2000
"""Longer texts are cut: a field is shown to people, the file keeps the rest."""

_EXIF_TIME = re.compile(
    r"(\d{4})[:\-/.](\d{1,2})[:\-/.](\d{1,2})[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2}))?"
)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})|Z")
_MAX_OFFSET_HOURS = 15


def clean_text(value: object) -> str | None:
    """Give a text field without padding; None when nothing is left.

    Parameters
    ----------
    value : object
        What an engine returned.

    Returns
    -------
    str or None
        Text that can be encoded as UTF-8, at most `MAX_TEXT_CHARS` long.
    """
    if isinstance(value, bytes):
        value = value.decode("utf-8", "backslashreplace")
    text = str(value).split("\0", 1)[0].strip()
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text[:MAX_TEXT_CHARS] or None


def clean_time(value: object, *, subsecond: object = None) -> str | None:
    """Read an EXIF time into ISO 8601, without an offset; None when it is missing or all zero.

    Parameters
    ----------
    value : object
        ``YYYY:MM:DD HH:MM:SS`` or a spelling near it.
    subsecond : object, optional
        Digits after the decimal point.

    Returns
    -------
    str or None
        For example ``2024-08-16T14:22:07.12``.
    """
    match = _EXIF_TIME.match(clean_text(value) or "")
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    if not _is_real_time(year, month, day, hour, minute, second):
        return None
    digits = clean_text(subsecond) if subsecond is not None else None
    fraction = f".{digits[:9]}" if digits and digits.isdigit() and digits.isascii() else ""
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}"


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


def _is_real_time(year: int, month: int, day: int, hour: int, minute: int, second: int) -> bool:
    from datetime import datetime

    try:
        # A wall clock without a zone is meant here; it only has to exist.
        datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001
    except ValueError:
        return False
    leap_second = 60
    return second <= leap_second
