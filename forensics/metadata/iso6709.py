"""Positions as one text, by ISO 6709: the way in which phones write them into clips."""

import re

from msgspec import Struct

from forensics.metadata.reading import clean_position
from forensics.model.findings import Position

MAX_ALTITUDE_M = 100_000
"""The edge of space; a larger number is no height that a camera was at."""

_NUMBER = r"([+-])(\d{1,7})(\.\d{1,12})?"
_TEXT = re.compile(rf"{_NUMBER}{_NUMBER}(?:([+-]\d{{1,7}}(?:\.\d{{1,12}})?)(?!\d))?", re.ASCII)
_AFTER = ("", "/", "C", "\0")
"""What may follow: the end, the solidus, a reference system; FFmpeg puts a place behind it."""

_DEGREES, _MINUTES, _SECONDS = range(3)
# By the number of digits before the point: degrees, with minutes, or with seconds, too. Fewer
# digits than the standard asks for can only be degrees.
_LAT_FORMS = {1: _DEGREES, 2: _DEGREES, 3: _DEGREES, 4: _MINUTES, 6: _SECONDS}
_LON_FORMS = {1: _DEGREES, 2: _DEGREES, 3: _DEGREES, 5: _MINUTES, 7: _SECONDS}
_PARTS = 60


class GeoPoint(Struct, frozen=True):
    """A position with the height that was written with it.

    Parameters
    ----------
    position : Position
        WGS 84 degrees; the text may name another system, which is not looked at.
    altitude_m : float or None
        Metres; None when the text gives none.
    """

    position: Position
    altitude_m: float | None


def read_iso_6709(text: str) -> GeoPoint | None:
    """Read a position, and the height with it, from ISO 6709 text.

    Parameters
    ----------
    text : str
        Degrees (``+51.3350+034.6600+150.2/``), degrees and minutes (``+5120.10+03439.60/``), or
        degrees, minutes and seconds (``+512006.0+0343936.0/``).

    Returns
    -------
    GeoPoint or None
        None when `text` is no such position, is out of range, gives latitude and longitude in
        different forms, or is the 0, 0 that stands for none.

    References
    ----------
    ISO 6709:2022, Annex H.

    Examples
    --------
    >>> read_iso_6709("+5120.10+03439.60+150.2/")
    GeoPoint(position=Position(lat=51.335, lon=34.66), altitude_m=150.2)
    """
    text = text.strip()
    match = _TEXT.match(text)
    if match is None or text[match.end() : match.end() + 1] not in _AFTER:
        return None
    north, lat, lat_fraction, east, lon, lon_fraction, height = match.groups()
    form = _LAT_FORMS.get(len(lat))
    if form is None or form != _LON_FORMS.get(len(lon)):
        return None
    degrees = (_angle(lat, lat_fraction, form), _angle(lon, lon_fraction, form))
    if degrees[0] is None or degrees[1] is None:
        return None
    position = clean_position(
        -degrees[0] if north == "-" else degrees[0], -degrees[1] if east == "-" else degrees[1]
    )
    if position is None:
        return None
    altitude = None if height is None else clean_altitude(float(height))
    return GeoPoint(position, altitude)


def parse_iso_6709(text: str) -> Position | None:
    """Read a position from ISO 6709 text, as `read_iso_6709` does, without its height.

    Parameters
    ----------
    text : str
        For example ``+51.3350+034.6600+150.2/``.

    Returns
    -------
    Position or None
        None when `text` is no such position, or the 0, 0 that stands for none.

    Examples
    --------
    >>> parse_iso_6709("+51.3350+034.6600/")
    Position(lat=51.335, lon=34.66)
    """
    point = read_iso_6709(text)
    return None if point is None else point.position


def clean_altitude(metres: float) -> float | None:
    """Give a height to the centimetre; None when no camera was ever there.

    Parameters
    ----------
    metres : float
        Above the ellipsoid or the sea: the files do not say which.

    Returns
    -------
    float or None
        None beyond `MAX_ALTITUDE_M`, and for what is no number.
    """
    return round(metres, 2) if abs(metres) <= MAX_ALTITUDE_M else None


def _angle(digits: str, fraction: str | None, form: int) -> float | None:
    """Give the degrees of one of the two numbers; the last of its parts has the fraction."""
    tail = fraction or ""
    if form == _DEGREES:
        return float(digits + tail)
    if form == _MINUTES:
        parts = [digits[:-2], digits[-2:] + tail]
    else:
        parts = [digits[:-4], digits[-4:-2], digits[-2:] + tail]
    numbers = [float(part) for part in parts]
    if max(numbers[1:]) >= _PARTS:
        return None
    scales = (1, _PARTS, _PARTS * _PARTS)
    return sum(number / scale for number, scale in zip(numbers, scales, strict=False))
