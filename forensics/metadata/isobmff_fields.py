"""Name what the tags of MP4 and QuickTime files say as this package names it."""

import math
import re
import struct

from forensics.metadata.iso6709 import GeoPoint, clean_altitude, read_iso_6709
from forensics.metadata.iso_time import read_iso_time
from forensics.metadata.isobmff_tags import Tag, Tags
from forensics.metadata.reading import (
    Reading,
    Readings,
    clean_position,
    clean_text,
    raw_text,
)
from forensics.model.findings import FieldValue

# Field, then the tags that state it, the preferred one first: keys, user data, items.
_TEXTS: tuple[tuple[str, ...], ...] = (
    ("make", "com.apple.quicktime.make", "com.android.manufacturer", "©mak", "manu", "@mak",
     "nrtm manufacturer", "make", "ilst ©mak"),
    ("model", "com.apple.quicktime.model", "com.android.model", "©mod", "modl", "@mod",
     "nrtm modelName", "smta mdln", "CNMN", "GPMF MINF", "model", "ilst ©mod"),
    ("software", "com.apple.quicktime.software", "©swr", "@swr", "software", "ilst ©swr"),
    ("firmware", "FIRM", "CNFV", "GPMF FMWR"),
    ("os_version", "com.android.version"),
    ("artist", "com.apple.quicktime.artist", "com.apple.quicktime.author", "©ART", "©aut", "auth",
     "perf", "artist", "author", "ilst ©ART", "ilst ©aut"),
    ("copyright", "com.apple.quicktime.copyright", "©cpy", "cprt", "copyright", "ilst cprt",
     "ilst ©cpy"),
    ("description", "com.apple.quicktime.description", "©des", "dscp", "description",
     "ilst desc", "ilst ©des"),
    ("comment", "com.apple.quicktime.comment", "©cmt", "©inf", "comment", "ilst ©cmt"),
    ("title", "com.apple.quicktime.title", "©nam", "titl", "title", "ilst ©nam"),
    ("encoder", "©too", "©enc", "encoder", "ilst ©too", "ilst ©enc", "©swr"),
    ("date_tag", "©day", "@day", "date", "ilst ©day"),
    ("content_id", "com.apple.quicktime.content.identifier"),
    ("place_name", "com.apple.quicktime.location.name"),
    ("lens", "com.apple.quicktime.camera.lens_model",
     "track com.apple.quicktime.camera.lens_model"),
    ("body_serial", "GPMF CASN", "nrtm serialNo"),
    ("start_timecode", "©TIM"),
    ("edit_date", "©ed1"),
)  # fmt: skip
_NUMBERS: tuple[tuple[str, ...], ...] = (
    ("capture_fps", "com.android.capture.fps"),
    ("position_accuracy_m", "com.apple.quicktime.location.accuracy.horizontal"),
    ("focal_length_35mm_mm", "com.apple.quicktime.camera.focal_length.35mm_equivalent",
     "track com.apple.quicktime.camera.focal_length.35mm_equivalent"),
)  # fmt: skip
# The date of user data is when the recording was made (QuickTime File Format); that of items is
# when a song came out, and what downloaders write. It is no more than a day then, and not taken.
_CAPTURED = (
    "com.apple.quicktime.creationdate",
    "nrtm CreationDate",
    "moov/udta date",
    "©day",
    "@day",
)
_ONLY_WITH_A_ZONE = ("moov/udta date", "©day", "@day")
_POSITION = ("com.apple.quicktime.location.ISO6709", "©xyz", "@xyz", "ilst ©xyz")
_LOCI = "loci"
_BOM = b"\xfe\xff"
_FIXED_POINT = 65536
_SHOT_HERE, _REALLY_HERE = 0, 1
_EARTH = ("", "earth")
_DECIMAL = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,12})?", re.ASCII)


def put_tags(readings: Readings, tags: Tags) -> None:
    """Add the fields that the tags of a file state.

    Parameters
    ----------
    readings : dict of str to Reading
        Gets what is not there yet.
    tags : dict of str to Tag
        As `isobmff_tags` collects them.
    """
    for field, *names in _TEXTS:
        for name in names:
            if name in tags:
                _put(readings, field, clean_text(tags[name].text.value), tags[name])
    for field, *names in _NUMBERS:
        for name in names:
            if name in tags:
                _put(readings, field, clean_number(tags[name].text.value), tags[name])
    for name in _CAPTURED:
        if name in tags and "captured_at" not in readings:
            _put_captured(readings, name, tags[name])
    for name in _POSITION:
        if name in tags and "position" not in readings:
            _put_point(readings, read_iso_6709(tags[name].text.value), tags[name])
    if _LOCI in tags and "position" not in readings:
        point, place = read_loci(tags[_LOCI].text.raw)
        _put_point(readings, point, tags[_LOCI])
        _put(readings, "place_name", clean_text(place), tags[_LOCI])


def clean_number(text: str) -> float | None:
    """Read a number from a tag's text.

    Parameters
    ----------
    text : str
        Decimal, as FFmpeg and this package write it.

    Returns
    -------
    float or None
        None when it is no number, or not above zero: the fields count and measure.
    """
    if _DECIMAL.fullmatch(text.strip()) is None:
        return None
    number = float(text)
    return number if math.isfinite(number) and number > 0 else None


def read_loci(body: bytes) -> tuple[GeoPoint | None, str]:
    """Read the position of 3GPP's user data.

    Parameters
    ----------
    body : bytes
        Content of ``loci``: version, flags, language, name, role, three numbers with 16 bits behind
        the point, and the body in space.

    Returns
    -------
    point : GeoPoint or None
        None when it is cut short, at 0, 0, out of range, said to be of a story, or not on Earth. An
        altitude of zero stands for none, as the number cannot be left out.
    name : str
        Of the place.

    References
    ----------
    3GPP TS 26.244, clause 8 (location information).
    """
    rest = body[6:]
    is_wide = rest[:2] == _BOM
    end = _end_of_text(rest, 2 if is_wide else 1)
    name = rest[:end].decode("utf_16" if is_wide else "utf_8", "backslashreplace").rstrip("\0")
    numbers = rest[end : end + 13]
    if len(numbers) < 13:  # noqa: PLR2004 - a role and three numbers
        return None, name
    role, lon, lat, altitude = struct.unpack(">Biii", numbers)
    where = clean_text(rest[end + 13 : end + 13 + 64]) or ""
    position = clean_position(lat / _FIXED_POINT, lon / _FIXED_POINT)
    if position is None or role not in (_SHOT_HERE, _REALLY_HERE) or where.lower() not in _EARTH:
        return None, name
    height = clean_altitude(altitude / _FIXED_POINT) if altitude else None
    return GeoPoint(position, height), name


def _end_of_text(data: bytes, width: int) -> int:
    """Give the offset behind the zero that ends a text; its length when there is none."""
    for at in range(0, len(data), width):
        if not any(data[at : at + width]):
            return at + width
    return len(data)


def _put(readings: Readings, field: str, value: FieldValue, tag: Tag) -> None:
    if value is not None and field not in readings:
        readings[field] = Reading(value, raw_text(tag.text.raw), tag.where, tag.text.charset)


def _put_captured(readings: Readings, name: str, tag: Tag) -> None:
    time = read_iso_time(tag.text.value)
    if time is None or (name in _ONLY_WITH_A_ZONE and time.offset is None):
        return
    _put(readings, "captured_at", time.value, tag)
    _put(readings, "captured_offset", time.offset, tag)


def _put_point(readings: Readings, point: GeoPoint | None, tag: Tag) -> None:
    if point is not None:
        _put(readings, "position", point.position, tag)
        _put(readings, "altitude_m", point.altitude_m, tag)
