"""GPS fields of EXIF."""

from forensics.metadata.engines import Lookup
from forensics.metadata.reading import (
    Reading,
    Readings,
    clean_position,
    clean_text,
    clean_time,
    raw_text,
)
from forensics.metadata.values import degrees_of, number_of, numbers_of

_PLACE = ("GPSLatitude", "GPSLatitudeRef", "GPSLongitude", "GPSLongitudeRef")
_DESTINATION = (
    "GPSDestLatitude",
    "GPSDestLatitudeRef",
    "GPSDestLongitude",
    "GPSDestLongitudeRef",
)
GPS_TAGS = (
    *_PLACE,
    *_DESTINATION,
    "GPSAltitude",
    "GPSAltitudeRef",
    "GPSDateStamp",
    "GPSTimeStamp",
    "GPSImgDirection",
    "GPSImgDirectionRef",
    "GPSSpeed",
    "GPSSpeedRef",
    "GPSMapDatum",
    "GPSHPositioningError",
)
"""Tags that `put_gps` asks for."""

_FULL_CIRCLE_DEG = 360
_NORTHS = {"T": "true north", "M": "magnetic north"}
# Kilometres, miles and knots an hour (EXIF 2.32, 4.6.6).
_KMH = {"K": 1.0, "M": 1.609344, "N": 1.852}


def put_gps(readings: Readings, lookup: Lookup) -> None:
    """Read the GPS fields of EXIF.

    Parameters
    ----------
    readings : dict of str to Reading
        Is filled.
    lookup : callable
        As an engine gives it.
    """
    _put_position(readings, lookup, "position", _PLACE)
    _put_position(readings, lookup, "destination", _DESTINATION)
    altitude = number_of(lookup("GPS", "GPSAltitude"))
    if altitude is not None:
        below = lookup("GPS", "GPSAltitudeRef") in (1, b"\x01", [1], (1,))
        value = round(-altitude if below else altitude, 2)
        _put(readings, "altitude_m", value, lookup("GPS", "GPSAltitude"), "GPSAltitude")
    error = number_of(lookup("GPS", "GPSHPositioningError"))
    if error:
        raw = lookup("GPS", "GPSHPositioningError")
        _put(readings, "position_error_m", round(error, 2), raw, "GPSHPositioningError")
    datum = lookup("GPS", "GPSMapDatum")
    if (text := clean_text(datum)) is not None:
        _put(readings, "gps_datum", text, datum, "GPSMapDatum")
    _put_motion(readings, lookup)
    _put_clock(readings, lookup)


def _put(readings: Readings, field: str, value: str | float, raw: object, where: str) -> None:
    readings[field] = Reading(value, raw_text(raw), f"EXIF {where}")


def _put_position(readings: Readings, lookup: Lookup, field: str, names: tuple[str, ...]) -> None:
    lat_values, lat_ref, lon_values, lon_ref = (lookup("GPS", name) for name in names)
    lat, lon = degrees_of(lat_values, lat_ref, "NS"), degrees_of(lon_values, lon_ref, "EW")
    if lat is None or lon is None:
        return
    position = clean_position(lat, lon)
    if position is not None:
        raw = " ".join(raw_text(each) for each in (lat_values, lat_ref, lon_values, lon_ref))
        readings[field] = Reading(position, raw, f"EXIF {names[0]}, {names[2]}")


def _put_motion(readings: Readings, lookup: Lookup) -> None:
    raw = lookup("GPS", "GPSImgDirection")
    direction = number_of(raw)
    if direction is not None and 0 <= direction <= _FULL_CIRCLE_DEG:
        _put(readings, "direction_deg", round(direction, 2), raw, "GPSImgDirection")
        ref = lookup("GPS", "GPSImgDirectionRef")
        north = _NORTHS.get((clean_text(ref) or "").upper()[:1])
        if north is not None:
            _put(readings, "direction_reference", north, ref, "GPSImgDirectionRef")
    raw = lookup("GPS", "GPSSpeed")
    speed, unit = number_of(raw), (clean_text(lookup("GPS", "GPSSpeedRef")) or "").upper()[:1]
    if speed is not None and unit in _KMH:
        _put(readings, "speed_kmh", round(speed * _KMH[unit], 2), raw, "GPSSpeed, GPSSpeedRef")


def _put_clock(readings: Readings, lookup: Lookup) -> None:
    date, clock = lookup("GPS", "GPSDateStamp"), lookup("GPS", "GPSTimeStamp")
    parts = numbers_of(clock)
    if date is None or parts is None:
        return
    hours, minutes, seconds = (int(part) for part in parts)
    text = clean_time(f"{clean_text(date)} {hours:02}:{minutes:02}:{seconds:02}")
    if text is not None:
        # GPS time stamps are UTC by EXIF 2.32, 4.6.6.
        raw = f"{raw_text(date)} {clock}"
        _put(readings, "gps_at", f"{text}Z", raw, "GPSDateStamp, GPSTimeStamp")
