"""Turn single values of a sidecar into statements: texts, times, numbers, positions."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from forensics.metadata.reading import clean_position, clean_text, clean_time, raw_text
from forensics.metadata.sidecar_formats.loose_json import MAX_QUOTED_CHARS
from forensics.model.dates import parse_date
from forensics.model.findings import FieldValue
from forensics.model.sidecars import Asserted

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,12}", re.ASCII)
_ISO_TAIL = re.compile(r"(?:Z|[+-]\d{2}:?\d{2})$", re.ASCII)
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_DAY_S = 86_400
_EARLIEST_S = -4_544_208_000  # 1826, the year of the oldest photo there is
_LATEST_S = 253_402_300_800  # year 10000

Convert = Callable[[object], FieldValue]


def text_value(value: object) -> str | None:
    """Give a text; None when it is none, or empty.

    Parameters
    ----------
    value : object
        A value of the sidecar; whole numbers count as texts, for identifiers.

    Returns
    -------
    str or None
        Cut and cleaned like every text of a file.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return clean_text(encodable(value)) if isinstance(value, str) else None


def encodable(text: str) -> str:
    """Replace what JSON can hold and no file and no name: lone surrogates that stand for no byte.

    Parameters
    ----------
    text : str
        A text of a sidecar.

    Returns
    -------
    str
        With a question mark for each.
    """
    return text if text.isascii() else _NO_BYTE.sub("?", text)


def unix_time(value: object) -> str | None:
    """Read seconds since 1970, which are UTC by definition.

    Parameters
    ----------
    value : object
        A number, or a text of digits.

    Returns
    -------
    str or None
        RFC 3339 time with ``Z``; None when it is no such number, was never set (within a day of
        1970), or is outside the years 1826 to 9999.
    """
    seconds = _seconds(value)
    if seconds is None or not _EARLIEST_S <= seconds < _LATEST_S:
        return None
    if abs(seconds) < _DAY_S:
        return None
    moment = _EPOCH + timedelta(seconds=seconds)
    text = moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def _seconds(value: object) -> int | float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        match = _WHOLE.fullmatch(value.strip())
        return int(match.group()) if match is not None else None
    if isinstance(value, int | float) and math.isfinite(value):
        return value
    return None


def day_value(value: object) -> str | None:
    """Read a day without a time.

    Parameters
    ----------
    value : object
        ``20240816`` or ``2024-08-16``.

    Returns
    -------
    str or None
        ``2024-08-16``; None when there is no such day.
    """
    match = _DAY.fullmatch(text_value(value) or "")
    if match is None:
        return None
    day = "-".join(match.groups())
    return day if _is_date(day) else None


def wall_time(value: object) -> str | None:
    """Read a time of day without trusting any zone: what stands behind it is left out.

    Parameters
    ----------
    value : object
        For example ``2024-08-16T14:22:07``.

    Returns
    -------
    str or None
        Without an offset; None when it is no such time.
    """
    return clean_time(_ISO_TAIL.sub("", text_value(value) or ""))


def zoned_time(value: object) -> str | None:
    """Read an ISO 8601 time with the offset that stands behind it, if there is one.

    Parameters
    ----------
    value : object
        For example ``2024-08-16T14:22:07+00:00``.

    Returns
    -------
    str or None
        RFC 3339; without an offset when none is stated.
    """
    text = text_value(value) or ""
    time = wall_time(text)
    tail = _ISO_TAIL.search(text)
    if time is None or tail is None:
        return time
    zone = tail.group()
    zone = zone if zone == "Z" or ":" in zone else f"{zone[:3]}:{zone[3:]}"
    full = f"{time}{'Z' if zone in ('+00:00', '-00:00') else zone}"
    return full if _is_date(full) else time


def _is_date(text: str) -> bool:
    try:
        parse_date(text)
    except ValueError:
        return False
    return True


def number_value(value: object) -> int | float | None:
    """Give a number that measures something, so neither negative nor infinite.

    Parameters
    ----------
    value : object
        A number, or a text of digits.

    Returns
    -------
    int, float or None
        None when it is none, or 0.
    """
    number = _seconds(value)
    return number if number is not None and 0 < number < _LATEST_S else None


def position_value(value: object) -> FieldValue:
    """Read an object with latitude and longitude.

    Parameters
    ----------
    value : object
        With the keys ``latitude`` and ``longitude``, WGS 84 degrees.

    Returns
    -------
    Position or None
        None when it is none, or the 0, 0 that stands for none.
    """
    if not isinstance(value, Mapping):
        return None
    degrees = [value.get("latitude"), value.get("longitude")]
    lat, lon = (
        float(each)
        if isinstance(each, int | float) and not isinstance(each, bool) and math.isfinite(each)
        else math.nan
        for each in degrees
    )
    return clean_position(lat, lon)


def assert_fields(
    values: Mapping[str, object],
    table: Iterable[tuple[str, Convert, tuple[str, ...]]],
    faults: list[str],
) -> dict[str, Asserted]:
    """Read the fields of a table, each from the first key that states it.

    Parameters
    ----------
    values : mapping of str to object
        The record.
    table : iterable of (field, convert, keys)
        What to read. A key with dots leads into objects: ``photoTakenTime.timestamp``.
    faults : list of str
        Values that cannot be read are named here.

    Returns
    -------
    dict of str to Asserted
        The fields that are there.
    """
    fields: dict[str, Asserted] = {}
    for field, convert, keys in table:
        for key in keys:
            value = dig(values, key)
            if value is None or value in ("", [], {}):
                continue
            meant = convert(value)
            if meant is not None:
                fields.setdefault(field, Asserted(meant, raw_value(value), key))
            elif convert in _MUST_BE_READ and value not in (0, "0"):
                faults.append(f"{key} cannot be read: {raw_value(value)[:MAX_QUOTED_CHARS]}")
    return fields


_MUST_BE_READ = (unix_time, day_value, wall_time, zoned_time)


def dig(values: Mapping[str, object], key: str) -> object:
    """Follow a key with dots into nested objects.

    Parameters
    ----------
    values : mapping of str to object
        The outermost object.
    key : str
        For example ``photoTakenTime.timestamp``.

    Returns
    -------
    object
        None when it leads nowhere.
    """
    found: object = values
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def raw_value(value: object) -> str:
    """Give a value as it stands in the sidecar, as short text.

    Parameters
    ----------
    value : object
        A value of JSON or CSV.

    Returns
    -------
    str
        Texts as they are, numbers in their shortest form, objects as key=value.
    """
    if isinstance(value, Mapping):
        return raw_text(", ".join(f"{name}={each}" for name, each in list(value.items())[:8]))
    return raw_text(value)
