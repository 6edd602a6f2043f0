"""EXIF and GPS fields by two engines: exifread and Pillow."""

import io
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import exifread
from PIL import ExifTags

from forensics.ingest.stills import open_image
from forensics.metadata.reading import (
    Reading,
    Readings,
    clean_offset,
    clean_position,
    clean_text,
    clean_time,
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
_NUMBERS = (("orientation", "Image", "Orientation"),)
_DEGREE_PARTS = (1, 60, 3600)

Lookup = Callable[[str, str], Any]  # Any: engines return texts, numbers, rationals or lists


def read_with_exifread(data: bytes) -> Readings:
    """Read EXIF and GPS with exifread, without maker notes and thumbnails.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    dict of str to Reading
        The fields that are there.
    """
    tags = exifread.process_file(io.BytesIO(data), details=False, extract_thumbnail=False)

    def lookup(ifd: str, name: str) -> Any:
        name = _EXIFREAD_NAMES.get(name, name)
        # Some files keep the capture time in the wrong directory; exifread names where it was.
        tag = tags.get(f"{ifd} {name}") or tags.get(f"Image {name}")
        return None if tag is None else _plain(tag)

    return _collect(lookup)


def read_with_pillow(data: bytes, kind: SniffedType) -> Readings:
    """Read EXIF and GPS with Pillow (and pillow-heif for HEIC).

    Parameters
    ----------
    data : bytes
        The whole file.
    kind : SniffedType
        What its content says it is.

    Returns
    -------
    dict of str to Reading
        The fields that are there.
    """
    with open_image(data, kind) as image:
        root = image.getexif()
        original_orientation = image.info.get("original_orientation")
        ifds: dict[str, Mapping[int, Any]] = {
            "Image": root,
            "EXIF": root.get_ifd(ExifTags.IFD.Exif),
            "GPS": root.get_ifd(ExifTags.IFD.GPSInfo),
        }

    def lookup(ifd: str, name: str) -> Any:
        if name == "Orientation" and original_orientation is not None:
            return original_orientation  # pillow-heif has already applied and reset it
        tag = _GPS_TAGS[name] if ifd == "GPS" else _BASE_TAGS[name]
        value = ifds[ifd].get(tag)
        return ifds["Image"].get(tag) if value is None and ifd == "EXIF" else value

    return _collect(lookup)


_EXIFREAD_NAMES = {"GPSDateStamp": "GPSDate"}
# Pillow spells the sub-second tags "Subsec".
_BASE_TAGS = {tag.name.replace("Subsec", "SubSec"): tag.value for tag in ExifTags.Base}
_GPS_TAGS = {tag.name: tag.value for tag in ExifTags.GPS}


def _collect(lookup: Lookup) -> Readings:
    readings: Readings = {}
    for field, ifd, name in _TEXTS:
        _put(readings, field, clean_text(_or_empty(lookup(ifd, name))), lookup(ifd, name))
    for field, ifd, name, subsecond, offset in _TIMES:
        raw, raw_offset = lookup(ifd, name), lookup("EXIF", offset)
        time = clean_time(_or_empty(raw), subsecond=lookup("EXIF", subsecond))
        _put(readings, f"{field}_at", time, raw)
        if time is not None:
            _put(readings, f"{field}_offset", clean_offset(_or_empty(raw_offset)), raw_offset)
    for field, ifd, name in _NUMBERS:
        value = lookup(ifd, name)
        _put(readings, field, value if isinstance(value, int) and value else None, value)
    _put_gps(readings, lookup)
    return readings


def _put_gps(readings: Readings, lookup: Lookup) -> None:
    lat = _degrees(lookup("GPS", "GPSLatitude"), lookup("GPS", "GPSLatitudeRef"), "S")
    lon = _degrees(lookup("GPS", "GPSLongitude"), lookup("GPS", "GPSLongitudeRef"), "W")
    if lat is not None and lon is not None:
        raw = f"{lookup('GPS', 'GPSLatitude')} {lookup('GPS', 'GPSLongitude')}"
        _put(readings, "position", clean_position(lat, lon), raw)
    altitude = _number(lookup("GPS", "GPSAltitude"))
    if altitude is not None:
        below = lookup("GPS", "GPSAltitudeRef") in (1, b"\x01")
        _put(readings, "altitude_m", round(-altitude if below else altitude, 2), altitude)
    date, clock = lookup("GPS", "GPSDateStamp"), lookup("GPS", "GPSTimeStamp")
    parts = [_number(part) for part in clock] if isinstance(clock, list | tuple) else []
    if date is not None and len(parts) == len(_DEGREE_PARTS) and None not in parts:
        hours, minutes, seconds = (int(part or 0) for part in parts)
        text = clean_time(f"{clean_text(date)} {hours:02}:{minutes:02}:{seconds:02}")
        # GPS time stamps are UTC by EXIF 2.32, 4.6.6.
        _put(readings, "gps_at", f"{text}Z" if text else None, f"{date} {clock}")


def _put(readings: Readings, field: str, value: FieldValue, raw: object) -> None:
    if value is not None:
        readings[field] = Reading(value, clean_text(raw) or "")


def _plain(tag: Any) -> Any:  # Any: exifread's IfdTag, untyped
    """Turn an exifread tag into the plain value Pillow would give."""
    values = tag.values
    if isinstance(values, list):
        return values[0] if len(values) == 1 else values
    return values


def _or_empty(value: object) -> object:
    return "" if value is None else value


def _number(value: object) -> float | None:
    """Read an integer, float or rational; None for x/0 and for anything else."""
    try:
        if isinstance(value, list | tuple) and len(value) == 1:
            value = value[0]
        number = float(Fraction(str(value))) if not isinstance(value, int | float) else float(value)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if abs(number) != float("inf") and number == number else None


def _degrees(value: object, ref: object, negative: str) -> float | None:
    if not isinstance(value, list | tuple) or len(value) != len(_DEGREE_PARTS):
        return None
    parts = [_number(part) for part in value]
    if any(part is None for part in parts):
        return None
    degrees = sum((part or 0.0) / unit for part, unit in zip(parts, _DEGREE_PARTS, strict=True))
    sign = -1 if (clean_text(_or_empty(ref)) or "").upper().startswith(negative) else 1
    return sign * degrees
