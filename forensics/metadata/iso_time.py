"""Times as XMP, IPTC and PNG text write them: of any precision, with the zone in the text."""

import re

from msgspec import Struct

from forensics.metadata.reading import clean_offset, clean_text, clean_time

_ISO = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9})\d*)?)?"
    r" ?(Z|[+-]\d{2}:?\d{2})?)?)?)?",
    re.ASCII,
)


class IsoTime(Struct, frozen=True):
    """A time as it is written, split from its zone.

    Parameters
    ----------
    value : str
        ISO 8601 as precise as it was given: ``2024``, ``2024-08``, ``2024-08-16``,
        ``2024-08-16T14:22`` or with seconds; without an offset.
    offset : str or None
        ``+03:00`` when the text says so; None when it says nothing.
    """

    value: str
    offset: str | None


def read_iso_time(text: str) -> IsoTime | None:
    """Read a time of any precision; None when it is missing, impossible or was never set.

    Parameters
    ----------
    text : str
        ``2024-08``, ``2024-08-16T14:22:07.5+03:00`` or EXIF's spelling of a time.

    Returns
    -------
    IsoTime or None
        As precise as the text.

    References
    ----------
    ISO 16684-1:2019, 8.2.1.1 (XMP Date).

    Examples
    --------
    >>> read_iso_time("2024-08-16T14:22:07+03:00")
    IsoTime(value='2024-08-16T14:22:07', offset='+03:00')
    >>> read_iso_time("2024-08")
    IsoTime(value='2024-08', offset=None)
    """
    cleaned = clean_text(text) or ""
    match = _ISO.fullmatch(cleaned)
    if match is None:
        exif = clean_time(cleaned)
        return None if exif is None else IsoTime(exif, None)
    year, month, day, clock, second, fraction, zone = match.groups()
    if clock is not None:
        seconds = "" if second is None else f":{second}"
        value = clean_time(f"{year}-{month}-{day}T{clock}{seconds}", subsecond=fraction)
        return None if value is None else IsoTime(value, clean_offset(zone))
    # A day that does not exist, or on which clocks stand before they are set, is none.
    whole = f"{year}-{month or '06'}-{day or '15'}"
    if clean_time(f"{whole}T00:00") is None or (month is None and year in _UNSET_YEARS):
        return None
    return IsoTime("-".join(part for part in (year, month, day) if part), None)


_UNSET_YEARS = ("1904", "1970")
