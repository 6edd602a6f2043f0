"""EXIF and GPS fields by two engines: exifread and Pillow."""

from fractions import Fraction
from typing import Any

from forensics.metadata.engines import Lookup, ask_exifread, ask_pillow
from forensics.metadata.reading import (
    Reading,
    Readings,
    clean_offset,
    clean_position,
    clean_text,
    clean_time,
    raw_text,
    trailing_offset,
)
from forensics.model.findings import FieldValue
from forensics.model.item import SniffedType

# Field, EXIF IFD, tag name. Names are EXIF 2.32's (CIPA DC-008), so that both engines share them.
_TEXTS = (
    ("make", "Image", "Make"),
    ("model", "Image", "Model"),
    ("software", "Image", "Software"),
    ("artist", "Image", "Artist"),
    ("copyright", "Image", "Copyright"),
    ("description", "Image", "ImageDescription"),
    ("lens", "EXIF", "LensModel"),
    ("body_serial", "EXIF", "BodySerialNumber"),
)
_TIMES = (
    ("captured", "EXIF", "DateTimeOriginal", "SubSecTimeOriginal", "OffsetTimeOriginal"),
    ("digitized", "EXIF", "DateTimeDigitized", "SubSecTimeDigitized", "OffsetTimeDigitized"),
    ("modified", "Image", "DateTime", "SubSecTime", "OffsetTime"),
)
_GPS = (
    "GPSLatitude",
    "GPSLatitudeRef",
    "GPSLongitude",
    "GPSLongitudeRef",
    "GPSAltitude",
    "GPSAltitudeRef",
    "GPSDateStamp",
    "GPSTimeStamp",
)
_WANTED = frozenset(
    (
        *(name for _, _, name in _TEXTS),
        *(name for _, _, *names in _TIMES for name in names),
        *_GPS,
        "Orientation",
    )
)
_DEGREE_PARTS = (1, 60, 3600)
_ORIENTATIONS = range(1, 9)


def read_with_exifread(data: bytes) -> tuple[Readings, list[str]]:
    """Read EXIF and GPS with exifread, without maker notes and thumbnails.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    readings : dict of str to Reading
        The fields that are there.
    faults : list of str
        Tags that could not be read.
    """
    faults: list[str] = []
    return _collect(ask_exifread(data, _WANTED, faults)), faults


def read_with_pillow(data: bytes, kind: SniffedType) -> tuple[Readings, list[str]]:
    """Read EXIF and GPS with Pillow (and pillow-heif for HEIC).

    Parameters
    ----------
    data : bytes
        The whole file.
    kind : SniffedType
        What its content says it is.

    Returns
    -------
    readings : dict of str to Reading
        The fields that are there.
    faults : list of str
        Tags that could not be read.
    """
    faults: list[str] = []
    return _collect(ask_pillow(data, kind, faults)), faults


def _collect(lookup: Lookup) -> Readings:
    readings: Readings = {}
    for field, ifd, name in _TEXTS:
        raw = lookup(ifd, name)
        _put(readings, field, clean_text(raw), raw)
    for field, ifd, name, subsecond, offset in _TIMES:
        raw = lookup(ifd, name)
        time = clean_time(raw, subsecond=lookup("EXIF", subsecond))
        if time is not None:
            _put(readings, f"{field}_at", time, raw)
            raw_offset = lookup("EXIF", offset)
            known = clean_offset(raw_offset)
            _put(readings, f"{field}_offset", known or trailing_offset(raw), raw_offset or raw)
    orientation = lookup("Image", "Orientation")
    is_known = isinstance(orientation, int) and orientation in _ORIENTATIONS
    _put(readings, "orientation", orientation if is_known else None, orientation)
    _put_gps(readings, lookup)
    return readings


def _put_gps(readings: Readings, lookup: Lookup) -> None:
    lat = _degrees(lookup("GPS", "GPSLatitude"), lookup("GPS", "GPSLatitudeRef"), "NS")
    lon = _degrees(lookup("GPS", "GPSLongitude"), lookup("GPS", "GPSLongitudeRef"), "EW")
    if lat is not None and lon is not None:
        raw = " ".join(raw_text(lookup("GPS", name)) for name in _GPS[:4])
        _put(readings, "position", clean_position(lat, lon), raw)
    altitude = _number(lookup("GPS", "GPSAltitude"))
    if altitude is not None:
        below = lookup("GPS", "GPSAltitudeRef") in (1, b"\x01", [1], (1,))
        _put(readings, "altitude_m", round(-altitude if below else altitude, 2), altitude)
    date, clock = lookup("GPS", "GPSDateStamp"), lookup("GPS", "GPSTimeStamp")
    parts = [_number(part) for part in clock] if isinstance(clock, list | tuple) else []
    if date is not None and len(parts) == len(_DEGREE_PARTS) and None not in parts:
        hours, minutes, seconds = (int(part or 0) for part in parts)
        text = clean_time(f"{clean_text(date)} {hours:02}:{minutes:02}:{seconds:02}")
        # GPS time stamps are UTC by EXIF 2.32, 4.6.6.
        _put(readings, "gps_at", f"{text}Z" if text else None, f"{raw_text(date)} {clock}")


def _put(readings: Readings, field: str, value: FieldValue, raw: object) -> None:
    if value is not None:
        readings[field] = Reading(value, raw_text(raw))


def _number(value: Any) -> float | None:  # Any: numbers of three libraries
    """Read an integer, float or rational; None for x/0 and for anything else."""
    try:
        if isinstance(value, list | tuple) and len(value) == 1:
            value = value[0]
        number = float(value) if isinstance(value, int | float) else float(Fraction(str(value)))
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if abs(number) != float("inf") and number == number else None


def _degrees(value: object, ref: object, hemispheres: str) -> float | None:
    """Read an angle; None when a part is no number or the hemisphere is not said."""
    letter = (clean_text(ref) or "?").upper()[0]
    if letter not in hemispheres or not isinstance(value, list | tuple):
        return None
    parts = [_number(part) for part in value]
    if len(parts) != len(_DEGREE_PARTS) or any(part is None or part < 0 for part in parts):
        return None
    degrees = sum((part or 0.0) / unit for part, unit in zip(parts, _DEGREE_PARTS, strict=True))
    return -degrees if letter == hemispheres[1] else degrees
