"""Fields from the tags of a video container, as FFmpeg (PyAV) reads them."""

import re
from collections.abc import Mapping

from forensics.metadata.reading import (
    Reading,
    Readings,
    clean_position,
    clean_text,
    clean_time,
    raw_text,
    trailing_offset,
)
from forensics.model.findings import Position

_TEXTS = (
    ("make", ("com.apple.quicktime.make", "make", "com.android.manufacturer")),
    ("model", ("com.apple.quicktime.model", "model", "com.android.model")),
    ("software", ("com.apple.quicktime.software", "software")),
    ("artist", ("artist", "com.apple.quicktime.author", "author")),
    ("copyright", ("copyright", "com.apple.quicktime.copyright")),
    ("description", ("description", "com.apple.quicktime.description", "comment")),
    ("title", ("title",)),
    ("encoder", ("encoder", "encoding_tool")),
    ("video_encoder", ("video:encoder",)),
    ("video_handler", ("video:handler_name",)),
    ("brand", ("major_brand",)),
    ("date_tag", ("date",)),
)
# The plain tag "date" is not among them: downloaders write the day of publication into it.
_CAPTURED = ("com.apple.quicktime.creationdate", "DATE_RECORDED")
_POSITION = ("com.apple.quicktime.location.ISO6709", "location", "location-eng")
_CREATED = ("creation_time", "video:creation_time")
_ISO_6709 = re.compile(
    r"([+-]\d{1,3}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)([+-]\d+(?:\.\d+)?)?.*", re.S
)


def read_container(tags: Mapping[str, str]) -> Readings:
    """Read fields from container and stream tags.

    Parameters
    ----------
    tags : mapping of str to str
        As `ingest.Media.tags`.

    Returns
    -------
    dict of str to Reading
        The fields that are there. ``created_at`` is the header's creation time: nominally UTC,
        but devices differ, so it carries no offset.
    """
    readings: Readings = {}
    for field, names in _TEXTS:
        _take_first(readings, field, tags, names)
    for name in _CAPTURED:
        if name in tags and "captured_at" not in readings:
            _put_time(readings, "captured", tags[name])
    for name in _CREATED:
        if name in tags and "created_at" not in readings:
            time = clean_time(tags[name])
            if time is not None:
                readings["created_at"] = Reading(time, raw_text(tags[name]))
    for name in _POSITION:
        position = parse_iso_6709(tags.get(name, ""))
        if position is not None and "position" not in readings:
            readings["position"] = Reading(position, raw_text(tags[name]))
    return readings


def parse_iso_6709(text: str) -> Position | None:
    """Read a position in ISO 6709 decimal degrees, as phones write it into videos.

    Parameters
    ----------
    text : str
        For example ``+51.3350+034.6600+150.2/``.

    Returns
    -------
    Position or None
        None when `text` is no such position, or the 0, 0 that stands for none.

    References
    ----------
    ISO 6709:2022, Annex H.

    Examples
    --------
    >>> parse_iso_6709("+51.3350+034.6600/")
    Position(lat=51.335, lon=34.66)
    """
    match = _ISO_6709.fullmatch(text.strip())
    if match is None:
        return None
    return clean_position(float(match.group(1)), float(match.group(2)))


def _take_first(
    readings: Readings, field: str, tags: Mapping[str, str], names: tuple[str, ...]
) -> None:
    for name in names:
        value = clean_text(tags.get(name, ""))
        if value is not None:
            readings[field] = Reading(value, raw_text(tags[name]))
            return


def _put_time(readings: Readings, field: str, text: str) -> None:
    time = clean_time(text)
    if time is None:
        return
    readings[f"{field}_at"] = Reading(time, raw_text(text))
    offset = trailing_offset(text)
    if offset is not None:
        readings[f"{field}_offset"] = Reading(offset, raw_text(text))
