"""Fields from the tags of a video container, as FFmpeg (PyAV) reads them."""

from collections.abc import Mapping

from forensics.metadata.iso6709 import read_iso_6709
from forensics.metadata.iso_time import read_iso_time
from forensics.metadata.isobmff_fields import clean_number
from forensics.metadata.isobmff_text import undo_mac_roman
from forensics.metadata.reading import Reading, Readings, clean_text, clean_time, raw_text
from forensics.model.findings import FieldValue

# Field, then FFmpeg's names of the tags, the preferred one first; letters of any case, as Matroska
# writes capitals.
_TEXTS = (
    ("make", "com.apple.quicktime.make", "make", "com.android.manufacturer"),
    ("model", "com.apple.quicktime.model", "model", "com.android.model"),
    ("software", "com.apple.quicktime.software", "software"),
    ("os_version", "com.android.version"),
    ("artist", "artist", "com.apple.quicktime.author", "com.apple.quicktime.artist", "author"),
    ("copyright", "copyright", "com.apple.quicktime.copyright"),
    ("description", "description", "com.apple.quicktime.description"),
    ("comment", "comment", "com.apple.quicktime.comment"),
    ("title", "title", "com.apple.quicktime.title"),
    ("encoder", "encoder", "encoding_tool"),
    ("video_encoder", "video:encoder"),
    ("video_handler", "video:handler_name"),
    ("brand", "major_brand"),
    ("date_tag", "date"),
    ("content_id", "com.apple.quicktime.content.identifier"),
    ("place_name", "com.apple.quicktime.location.name"),
)
_NUMBERS = (
    ("capture_fps", "com.android.capture.fps"),
    ("position_accuracy_m", "com.apple.quicktime.location.accuracy.horizontal"),
)
# The plain tag "date" is not among them: downloaders write the day of publication into it.
_CAPTURED = ("com.apple.quicktime.creationdate", "date_recorded")
_POSITION = ("com.apple.quicktime.location.iso6709", "location", "location-eng")
_CREATED = ("creation_time", "video:creation_time")
_BRANDS, _BRAND_CHARS = "compatible_brands", 4
_MAC_TEXTS = ("mov", "mp4")
_RECORDING_CLOCKS = ("avi",)
"""Containers whose time, IDIT, is that of the recording, by the camera's clock."""


def read_container(tags: Mapping[str, str], *, container: str = "") -> Readings:
    """Read fields from container and stream tags.

    Parameters
    ----------
    tags : mapping of str to str
        As `ingest.Media.tags`.
    container : str, optional
        The format, as `sniff` names it.

    Returns
    -------
    dict of str to Reading
        The fields that are there. ``created_at`` is the header's creation time: nominally UTC,
        but devices differ, so it carries no offset.
    """
    readings: Readings = {}
    named = {name.lower(): value for name, value in sorted(tags.items(), reverse=True)}
    if container in _MAC_TEXTS:
        named = {name: undo_mac_roman(value) for name, value in named.items()}
    for field, *names in _TEXTS:
        for name in names:
            _put(readings, field, clean_text(named.get(name)), named.get(name), name)
    for field, *names in _NUMBERS:
        for name in names:
            _put(readings, field, clean_number(named.get(name, "")), named.get(name), name)
    for name in _CAPTURED:
        _put_captured(readings, named.get(name, ""), name)
    made = "captured_at" if container in _RECORDING_CLOCKS else "created_at"
    for name in _CREATED:
        _put(readings, made, clean_time(named.get(name)), named.get(name), name)
    for name in _POSITION:
        point = read_iso_6709(clean_text(named.get(name)) or "")
        if point is not None and "position" not in readings:
            _put(readings, "position", point.position, named[name], name)
            _put(readings, "altitude_m", point.altitude_m, named[name], name)
    brands = named.get(_BRANDS, "")
    _put(readings, "compatible_brands", _brands(brands), brands, _BRANDS)
    return readings


def _put(readings: Readings, field: str, value: FieldValue, raw: str | None, name: str) -> None:
    if value is not None and field not in readings:
        readings[field] = Reading(value, raw_text(raw), f"tag {name}")


def _put_captured(readings: Readings, text: str, name: str) -> None:
    time = read_iso_time(text)
    if time is not None and "captured_at" not in readings:
        _put(readings, "captured_at", time.value, text, name)
        _put(readings, "captured_offset", time.offset, text, name)


def _brands(text: str) -> str | None:
    """Put commas between brands; FFmpeg gives them as one text, from which bytes may be missing."""
    if len(text) % _BRAND_CHARS or not text.isascii() or "\\" in text:
        return None
    brands = (text[at : at + _BRAND_CHARS].strip() for at in range(0, len(text), _BRAND_CHARS))
    return clean_text(", ".join(brand for brand in brands if brand))
