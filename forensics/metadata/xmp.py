"""Fields from XMP, the block that editing programs write."""

import re
from fractions import Fraction

from forensics.metadata.iso_time import IsoTime, read_iso_time
from forensics.metadata.reading import (
    Reading,
    Readings,
    clean_position,
    clean_text,
    raw_text,
)
from forensics.metadata.values import rounded
from forensics.metadata.xmp_tree import XmpTree, parse_xmp
from forensics.model.findings import FieldValue, Position

# Field, then the properties that state it, the preferred one first.
_TEXTS = (
    ("make", "tiff:Make"),
    ("model", "tiff:Model"),
    ("software", "tiff:Software"),
    ("creator_tool", "xmp:CreatorTool"),
    ("xmp_toolkit", "x:xmptk"),
    ("copyright", "dc:rights", "tiff:Copyright"),
    ("description", "dc:description", "tiff:ImageDescription"),
    ("title", "dc:title"),
    ("headline", "photoshop:Headline"),
    ("credit", "photoshop:Credit"),
    ("source_of_picture", "photoshop:Source"),
    ("instructions", "photoshop:Instructions"),
    ("caption_writer", "photoshop:CaptionWriter"),
    ("job", "photoshop:TransmissionReference"),
    ("usage_terms", "xmpRights:UsageTerms"),
    ("city", "photoshop:City"),
    ("region", "photoshop:State"),
    ("country", "photoshop:Country"),
    ("country_code", "Iptc4xmpCore:CountryCode"),
    ("sublocation", "Iptc4xmpCore:Location"),
    ("lens", "exifEX:LensModel", "aux:Lens"),
    ("lens_make", "exifEX:LensMake"),
    ("lens_serial", "exifEX:LensSerialNumber", "aux:LensSerialNumber"),
    ("body_serial", "exifEX:BodySerialNumber", "aux:SerialNumber"),
    ("owner_name", "exifEX:CameraOwnerName", "aux:OwnerName"),
    ("image_unique_id", "exif:ImageUniqueID"),
    ("user_comment", "exif:UserComment"),
    ("document_id", "xmpMM:DocumentID"),
    ("original_document_id", "xmpMM:OriginalDocumentID"),
    ("instance_id", "xmpMM:InstanceID"),
    ("derived_from", "xmpMM:DerivedFrom/stRef:documentID", "xmpMM:DerivedFrom/stRef:instanceID"),
    ("provenance_link", "dcterms:provenance"),
)
_LISTS = (
    ("artist", "dc:creator", "tiff:Artist"),
    ("keywords", "dc:subject"),
)
# Field without "_at", then the properties that state it.
_TIMES = (
    ("captured", "exif:DateTimeOriginal", "photoshop:DateCreated"),
    # xmp:CreateDate is the time of digitisation (ISO 16684-2; MWG guidelines 2.0, 5.8).
    ("digitized", "exif:DateTimeDigitized", "xmp:CreateDate"),
    ("modified", "tiff:DateTime", "xmp:ModifyDate"),
)
_OWN_TIMES = (
    ("xmp_created_at", "xmp:CreateDate"),
    ("xmp_modified_at", "xmp:ModifyDate"),
    ("metadata_changed_at", "xmp:MetadataDate"),
)
_NUMBERS = (
    ("exposure_time_s", "exif:ExposureTime"),
    ("f_number", "exif:FNumber"),
    ("focal_length_mm", "exif:FocalLength"),
    ("iso", "exifEX:PhotographicSensitivity", "exif:ISOSpeedRatings"),
)
_SOURCE_TYPE = "Iptc4xmpExt:DigitalSourceType"
_HISTORY = "xmpMM:History"
MAX_EVENTS = 40
"""Steps of the editing history that are told; the file keeps the rest."""

_DIGITS = r"(\d{1,3}(?:\.\d{1,12})?)"
_ANGLE = re.compile(rf"{_DIGITS}(?:,{_DIGITS}(?:,{_DIGITS})?)?([NSEW])", re.ASCII)
_DECIMAL = re.compile(rf"([+-]?){_DIGITS}", re.ASCII)
_RATIO = re.compile(r"([+-]?\d{1,12})(?:/(\d{1,12})|(\.\d{1,12})?)", re.ASCII)
_LIMIT_OF_PART = 60
_ORIENTATIONS = range(1, 9)


def read_xmp(packet: bytes, *, extended: bytes = b"") -> tuple[Readings, list[str]]:
    """Read fields from an XMP packet.

    Parameters
    ----------
    packet : bytes
        The packet, with or without its wrapper and padding.
    extended : bytes, optional
        The rest of it, which JPEG stores apart when it is long.

    Returns
    -------
    readings : dict of str to Reading
        The fields that are there.
    faults : list of str
        What could not be read.
    """
    tree = parse_xmp(packet)
    faults = list(tree.faults)
    if extended:
        more = parse_xmp(extended)
        tree = XmpTree(more.properties | tree.properties, more.languages | tree.languages, ())
        faults += more.faults
    return xmp_fields(tree), faults


def xmp_fields(tree: XmpTree) -> Readings:
    """Name what an XMP packet states as this package names it.

    Parameters
    ----------
    tree : XmpTree
        As `parse_xmp` gives it.

    Returns
    -------
    dict of str to Reading
        The fields that are there. Times carry an offset only as a field of its own, and only when
        the packet states one.
    """
    readings: Readings = {}
    for field, *names in _TEXTS:
        for name in names:
            _put_text(readings, field, name, tree.first(name))
    for field, *names in _LISTS:
        for name in names:
            _put_text(readings, field, name, ", ".join(tree.all(name)))
    for field, *names in _TIMES:
        for name in names:
            _put_time(readings, field, name, tree.first(name))
    for field, name in _OWN_TIMES:
        text = tree.first(name)
        time = read_iso_time(text or "")
        if text and time:
            _put(readings, field, name, f"{time.value}{_zone(time)}", text)
    for field, *names in _NUMBERS:
        for name in names:
            number = _number(tree.first(name))
            known = rounded(number) if number and number > 0 else None
            _put(readings, field, name, known, tree.first(name))
    _put_orientation(readings, tree)
    _put_position(readings, tree)
    _put_editing(readings, tree)
    return readings


def _put(readings: Readings, field: str, name: str, value: FieldValue, raw: str | None) -> None:
    if value is not None and field not in readings:
        readings[field] = Reading(value, raw_text(raw), f"XMP {name}")


def _put_text(readings: Readings, field: str, name: str, text: str | None) -> None:
    _put(readings, field, name, clean_text(text), text)


def _put_time(readings: Readings, field: str, name: str, text: str | None) -> None:
    time = read_iso_time(text or "")
    if time is None or f"{field}_at" in readings:
        return
    _put(readings, f"{field}_at", name, time.value, text)
    _put(readings, f"{field}_offset", name, time.offset, text)


def _zone(time: IsoTime) -> str:
    return time.offset or ""


def _put_orientation(readings: Readings, tree: XmpTree) -> None:
    text = tree.first("tiff:Orientation") or ""
    if text.isascii() and text.isdigit() and len(text) == 1 and int(text) in _ORIENTATIONS:
        _put(readings, "orientation", "tiff:Orientation", int(text), text)


def _put_position(readings: Readings, tree: XmpTree) -> None:
    lat, lon = tree.first("exif:GPSLatitude"), tree.first("exif:GPSLongitude")
    position = _position(tree, lat or "", lon or "")
    _put(readings, "position", "exif:GPSLatitude, exif:GPSLongitude", position, f"{lat} {lon}")
    altitude = _number(tree.first("exif:GPSAltitude"))
    if altitude is not None:
        is_below = tree.first("exif:GPSAltitudeRef") == "1"
        altitude = round(-altitude if is_below else altitude, 2)
        _put(readings, "altitude_m", "exif:GPSAltitude", altitude, tree.first("exif:GPSAltitude"))
    direction = _number(tree.first("exif:GPSImgDirection"))
    raw = tree.first("exif:GPSImgDirection")
    _put(readings, "direction_deg", "exif:GPSImgDirection", direction, raw)
    text = tree.first("exif:GPSTimeStamp") or ""
    time = read_iso_time(text)
    # GPS clocks show UTC (EXIF 2.32, 4.6.6); a text with another zone is not by the standard.
    if time is not None and "T" in time.value and time.offset in (None, "+00:00"):
        _put(readings, "gps_at", "exif:GPSTimeStamp", f"{time.value}Z", text)


def _position(tree: XmpTree, lat: str, lon: str) -> Position | None:
    north = _degrees(lat, "NS", tree.first("exif:GPSLatitudeRef"))
    east = _degrees(lon, "EW", tree.first("exif:GPSLongitudeRef"))
    return None if north is None or east is None else clean_position(north, east)


def _degrees(text: str, hemispheres: str, reference: str | None) -> float | None:
    """Read ``51,20.1N`` or ``51,20,6N``; of plain numbers only those that say the hemisphere."""
    match = _ANGLE.fullmatch(text.strip())
    if match is not None:
        *parts, letter = match.groups()
        numbers = [float(part or 0) for part in parts]
        if letter not in hemispheres or max(numbers[1:]) > _LIMIT_OF_PART:
            return None
        degrees = numbers[0] + numbers[1] / 60 + numbers[2] / 3600
        return -degrees if letter == hemispheres[1] else degrees
    match = _DECIMAL.fullmatch(text.strip())
    letter = (reference or "?").strip().upper()[:1]
    if match is None or not (match.group(1) or letter in tuple(hemispheres)):
        return None
    degrees = float(match.group(2))
    return -degrees if "-" in match.group(1) or letter == hemispheres[1] else degrees


def _number(text: str | None) -> float | None:
    """Read ``1500/10`` or a plain number; None for x/0 and anything else."""
    match = _RATIO.fullmatch((text or "").strip())
    if match is None:
        return None
    whole, below, fraction = match.groups()
    if below is None:
        return float(whole + (fraction or ""))
    return None if int(below) == 0 else round(float(Fraction(int(whole), int(below))), 6)


def _put_editing(readings: Readings, tree: XmpTree) -> None:
    kind = tree.first(_SOURCE_TYPE)
    if kind:
        # A term of IPTC's vocabulary, an address whose last part is its name.
        _put_text(readings, "digital_source_type", _SOURCE_TYPE, kind.rstrip("/").split("/")[-1])
        if "digital_source_type" in readings:
            name = readings["digital_source_type"].value
            readings["digital_source_type"] = Reading(name, raw_text(kind), f"XMP {_SOURCE_TYPE}")
    events: list[str] = []
    while len(events) < MAX_EVENTS and (event := _event(tree, len(events) + 1)):
        events.append(event)
    _put_text(readings, "history", _HISTORY, "; ".join(events))


def _event(tree: XmpTree, number: int) -> str:
    place = f"{_HISTORY}[{number}]/stEvt:"
    action, agent, when = (tree.first(place + part) for part in ("action", "softwareAgent", "when"))
    told = [action or ""]
    told += [f"by {agent}"] if agent else []
    told += [f"at {when}"] if when else []
    return " ".join(part for part in told if part)
