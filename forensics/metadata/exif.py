"""EXIF fields by two engines: exifread and Pillow."""

from forensics.metadata.charsets import read_text
from forensics.metadata.engines import Lookup, ask_exifread, ask_pillow
from forensics.metadata.exif_gps import GPS_TAGS, put_gps
from forensics.metadata.reading import (
    Reading,
    Readings,
    clean_offset,
    clean_time,
    raw_text,
    trailing_offset,
)
from forensics.metadata.user_comment import read_user_comment, read_xp_text
from forensics.metadata.values import number_of, rounded

# Field, EXIF IFD, tag name. Names are EXIF 2.32's (CIPA DC-008), so that both engines share them.
_TEXTS = (
    ("make", "Image", "Make"),
    ("model", "Image", "Model"),
    ("software", "Image", "Software"),
    ("artist", "Image", "Artist"),
    ("copyright", "Image", "Copyright"),
    ("description", "Image", "ImageDescription"),
    ("host_computer", "Image", "HostComputer"),
    ("lens", "EXIF", "LensModel"),
    ("lens_make", "EXIF", "LensMake"),
    ("lens_serial", "EXIF", "LensSerialNumber"),
    ("body_serial", "EXIF", "BodySerialNumber"),
    ("owner_name", "EXIF", "CameraOwnerName"),
    ("image_unique_id", "EXIF", "ImageUniqueID"),
)
_XP_TEXTS = (
    ("windows_title", "XPTitle"),
    ("windows_comment", "XPComment"),
    ("windows_author", "XPAuthor"),
    ("windows_keywords", "XPKeywords"),
    ("windows_subject", "XPSubject"),
)
_TIMES = (
    ("captured", "EXIF", "DateTimeOriginal", "SubSecTimeOriginal", "OffsetTimeOriginal"),
    ("digitized", "EXIF", "DateTimeDigitized", "SubSecTimeDigitized", "OffsetTimeDigitized"),
    ("modified", "Image", "DateTime", "SubSecTime", "OffsetTime"),
)
_NUMBERS = (
    ("exposure_time_s", "ExposureTime"),
    ("f_number", "FNumber"),
    ("iso", "ISOSpeedRatings"),
    ("focal_length_mm", "FocalLength"),
    ("focal_length_35mm_mm", "FocalLengthIn35mmFilm"),
)
_WANTED = frozenset(
    (
        *(name for _, _, name in _TEXTS),
        *(name for _, name in _XP_TEXTS),
        *(name for _, _, *names in _TIMES for name in names),
        *(name for _, name in _NUMBERS),
        *GPS_TAGS,
        "Orientation",
        "UserComment",
        "Flash",
        "ExifImageWidth",
        "ExifImageHeight",
    )
)
_ORIENTATIONS = range(1, 9)
_FIRED = 1
_UNKNOWN_ISO = 65_535
"""Written when the sensitivity does not fit into the tag (EXIF 2.32, 4.6.5)."""


def read_with_exifread(data: bytes, block: bytes | None = None) -> tuple[Readings, list[str]]:
    """Read EXIF and GPS with exifread, without maker notes and thumbnails.

    Parameters
    ----------
    data : bytes
        The whole file; exifread finds the block by itself.
    block : bytes, optional
        The block, for files in which it does not.

    Returns
    -------
    readings : dict of str to Reading
        The fields that are there.
    faults : list of str
        Tags that could not be read.
    """
    faults: list[str] = []
    return _collect(ask_exifread(data, block, _WANTED, faults)), faults


def read_with_pillow(block: bytes) -> tuple[Readings, list[str]]:
    """Read EXIF and GPS with Pillow.

    Parameters
    ----------
    block : bytes
        The EXIF block, from its byte order mark on; or a TIFF file.

    Returns
    -------
    readings : dict of str to Reading
        The fields that are there.
    faults : list of str
        Tags that could not be read.
    """
    faults: list[str] = []
    return _collect(ask_pillow(block, faults)), faults


def _collect(lookup: Lookup) -> Readings:
    readings: Readings = {}
    for field, ifd, name in _TEXTS:
        text = read_text(lookup(ifd, name))
        if text is not None:
            readings[field] = Reading(text.value, text.raw, f"EXIF {name}", text.charset)
    for field, name in _XP_TEXTS:
        text = read_xp_text(lookup("Image", name))
        if text is not None:
            readings[field] = Reading(text.value, text.raw, f"EXIF {name}", text.charset)
    comment = read_user_comment(lookup("EXIF", "UserComment"))
    if comment is not None:
        where = "EXIF UserComment"
        readings["user_comment"] = Reading(comment.value, comment.raw, where, comment.charset)
    for time in _TIMES:
        _put_time(readings, lookup, *time)
    for field, name in _NUMBERS:
        _put_number(readings, lookup, field, name)
    _put_rest(readings, lookup)
    put_gps(readings, lookup)
    return readings


def _put_time(
    readings: Readings, lookup: Lookup, field: str, ifd: str, name: str, subsecond: str, offset: str
) -> None:
    raw = lookup(ifd, name)
    time = None if raw is None else clean_time(raw, subsecond=lookup("EXIF", subsecond))
    if time is not None:
        readings[f"{field}_at"] = Reading(time, raw_text(raw), f"EXIF {name}")
    raw_offset = lookup("EXIF", offset)
    known = None if raw_offset is None else clean_offset(raw_offset)
    if known is not None:
        # An offset is stated even where the time is not there.
        readings[f"{field}_offset"] = Reading(known, raw_text(raw_offset), f"EXIF {offset}")
    elif time is not None and (trailing := trailing_offset(raw)) is not None:
        readings[f"{field}_offset"] = Reading(trailing, raw_text(raw), f"EXIF {name}")


def _put_number(readings: Readings, lookup: Lookup, field: str, name: str) -> None:
    raw = lookup("EXIF", name)
    number = None if raw is None else number_of(raw)
    if number and number > 0 and (name, number) != ("ISOSpeedRatings", _UNKNOWN_ISO):
        readings[field] = Reading(rounded(number), raw_text(raw), f"EXIF {name}")


def _put_rest(readings: Readings, lookup: Lookup) -> None:
    orientation = lookup("Image", "Orientation")
    if isinstance(orientation, int) and orientation in _ORIENTATIONS:
        readings["orientation"] = Reading(orientation, str(orientation), "EXIF Orientation")
    flash = lookup("EXIF", "Flash")
    if isinstance(flash, int):
        said = "fired" if flash & _FIRED else "did not fire"
        readings["flash"] = Reading(said, str(flash), "EXIF Flash")
    sides = [number_of(lookup("EXIF", f"ExifImage{side}")) for side in ("Width", "Height")]
    if all(side and side == int(side) for side in sides):
        said = "x".join(str(int(side or 0)) for side in sides)
        where = "EXIF PixelXDimension, PixelYDimension"
        readings["declared_size"] = Reading(said, said, where)
