"""ExifTool as one more engine, in a process that can be killed; never required."""

import json
import math
import os
import selectors
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from typing import IO, cast

from forensics.ingest.programs import ENVIRONMENT, Program
from forensics.ingest.regular import open_regular
from forensics.metadata.reading import (
    Reading,
    Readings,
    clean_offset,
    clean_position,
    clean_text,
    clean_time,
    raw_text,
)
from forensics.model.errors import UnreadableMedia
from forensics.model.findings import Position

LIMIT_S = 15.0
"""Time on the wall for one file; some hang it."""

MEMORY_BYTES = 512 << 20
MAX_OUTPUT_BYTES = 4 << 20

_CHUNK_BYTES = 1 << 16
_COMMAND = (
    # Settings files are Perl code: none is read. The file comes through standard input, so that
    # no name of a stranger's is ever a word of the command.
    "-config", "", "-json", "-n", "-G1", "-q", "-q", "-m", "-charset", "UTF8",
    "-api", "QuickTimeUTC=0", "-sep", ", ",
)  # fmt: skip
# Field, then tags by ExifTool's names with their group, the preferred one first, each with where
# it stands in the standard's words.
_TEXTS: dict[str, tuple[tuple[str, str], ...]] = {
    "make": (("IFD0:Make", "EXIF Make"), ("XMP-tiff:Make", "XMP tiff:Make"),
             ("Keys:Make", "QuickTime Keys Make")),
    "model": (("IFD0:Model", "EXIF Model"), ("XMP-tiff:Model", "XMP tiff:Model"),
              ("Keys:Model", "QuickTime Keys Model")),
    "software": (("IFD0:Software", "EXIF Software"), ("PNG:Software", "PNG Software"),
                 ("Keys:Software", "QuickTime Keys Software")),
    "artist": (("IFD0:Artist", "EXIF Artist"), ("XMP-dc:Creator", "XMP dc:creator"),
               ("IPTC:By-line", "IPTC 2:80 By-line")),
    "copyright": (("IFD0:Copyright", "EXIF Copyright"), ("XMP-dc:Rights", "XMP dc:rights"),
                  ("IPTC:CopyrightNotice", "IPTC 2:116 Copyright Notice")),
    "description": (("IFD0:ImageDescription", "EXIF ImageDescription"),
                    ("XMP-dc:Description", "XMP dc:description"),
                    ("IPTC:Caption-Abstract", "IPTC 2:120 Caption/Abstract")),
    "lens": (("ExifIFD:LensModel", "EXIF LensModel"),),
    "body_serial": (("ExifIFD:SerialNumber", "EXIF BodySerialNumber"),),
    "creator_tool": (("XMP-xmp:CreatorTool", "XMP xmp:CreatorTool"),),
    "xmp_toolkit": (("XMP-x:XMPToolkit", "XMP x:xmptk"),),
    "document_id": (("XMP-xmpMM:DocumentID", "XMP xmpMM:DocumentID"),),
    "credit": (("XMP-photoshop:Credit", "XMP photoshop:Credit"),
               ("IPTC:Credit", "IPTC 2:110 Credit")),
    "icc_profile": (("ICC_Profile:ProfileDescription", "ICC desc"),),
}  # fmt: skip
_TIMES = (
    ("captured", "ExifIFD:DateTimeOriginal", "ExifIFD:SubSecTimeOriginal",
     "ExifIFD:OffsetTimeOriginal", "EXIF DateTimeOriginal", "EXIF OffsetTimeOriginal"),
    ("digitized", "ExifIFD:CreateDate", "ExifIFD:SubSecTimeDigitized",
     "ExifIFD:OffsetTimeDigitized", "EXIF DateTimeDigitized", "EXIF OffsetTimeDigitized"),
    ("modified", "IFD0:ModifyDate", "ExifIFD:SubSecTime", "ExifIFD:OffsetTime",
     "EXIF DateTime", "EXIF OffsetTime"),
)  # fmt: skip
_KEYS_CAPTURED, _CREATED = "Keys:CreationDate", "QuickTime:CreateDate"
_GPS = ("GPS:GPSLatitude", "GPS:GPSLatitudeRef", "GPS:GPSLongitude", "GPS:GPSLongitudeRef")
_GPS_TEXTS = ("Keys:GPSCoordinates", "UserData:GPSCoordinates", "ItemList:GPSCoordinates")
_ASKED = (
    *(tag for tags in _TEXTS.values() for tag, _ in tags),
    *(tag for _, *tags in _TIMES for tag in tags[:3]),
    *_GPS, *_GPS_TEXTS, _KEYS_CAPTURED, _CREATED, "IFD0:Orientation",
)  # fmt: skip


def read_with_exiftool(path: Path, program: Program) -> tuple[Readings, list[str]]:
    """Read a file's fields with ExifTool.

    Parameters
    ----------
    path : Path
        The file.
    program : Program
        ExifTool, of a version that is safe.

    Returns
    -------
    readings : dict of str to Reading
        The fields that are there.
    faults : list of str
        None: what ExifTool cannot read it leaves out.

    Raises
    ------
    UnreadableMedia
        When it took too long, failed, or said nothing that can be understood.
    """
    with open_regular(path) as file:
        output = _run([program.path, *_COMMAND, *(f"-{tag}" for tag in _ASKED), "-"], file)
    try:
        # Numbers stay as they are written: a serial number is a text.
        answer = json.loads(
            output.decode("utf-8", "backslashreplace"), parse_int=str, parse_float=str
        )
        tags = answer[0]
    except (ValueError, IndexError, KeyError, TypeError, RecursionError) as error:
        raise UnreadableMedia("ExifTool gave no answer that can be understood") from error
    if not isinstance(tags, dict):
        raise UnreadableMedia("ExifTool gave no answer that can be understood")
    return _fields({str(name): value for name, value in tags.items()}), []


def _run(command: list[str], file: IO[bytes]) -> bytes:
    process = subprocess.Popen(  # noqa: S603 - the evidence is its standard input
        command,
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
        start_new_session=True,
    )
    try:
        _limit(process.pid)
        return _listen(cast("IO[bytes]", process.stdout))
    finally:
        # The group: what it may have started ends with it.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, SIGKILL)
        cast("IO[bytes]", process.stdout).close()
        process.wait()


def _limit(pid: int) -> None:
    """Bound memory and processor time, so that it ends even when this process has gone."""
    import resource

    prlimit = getattr(resource, "prlimit", None)  # Linux only
    if prlimit is None:
        return
    # Whole seconds, rounded up: a limit of none kills at once, or lets one start and not the next.
    cpu_s = math.ceil(LIMIT_S)
    for kind, value in ((resource.RLIMIT_DATA, MEMORY_BYTES), (resource.RLIMIT_CPU, cpu_s)):
        # It may have ended already, or be bound more tightly.
        with suppress(ProcessLookupError, PermissionError, ValueError):
            prlimit(pid, kind, (value, value))


def _listen(stdout: IO[bytes]) -> bytes:
    os.set_blocking(stdout.fileno(), False)
    end = time.monotonic() + LIMIT_S
    said = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(stdout, selectors.EVENT_READ)
        while (left := end - time.monotonic()) > 0:
            if not selector.select(left):
                continue
            data = os.read(stdout.fileno(), _CHUNK_BYTES)
            if not data:
                return bytes(said)
            said += data
            if len(said) > MAX_OUTPUT_BYTES:
                raise UnreadableMedia("ExifTool said too much")
    raise UnreadableMedia(f"ExifTool was not done in {LIMIT_S:g} s")


def _fields(tags: Mapping[str, object]) -> Readings:
    readings: Readings = {}
    for field, places in _TEXTS.items():
        for tag, where in places:
            if field not in readings and (text := _text(tags, tag)):
                readings[field] = Reading(text, raw_text(text), where)
    for field, tag, subsecond, offset, where, offset_where in _TIMES:
        time_text = clean_time(_text(tags, tag), subsecond=_text(tags, subsecond))
        if time_text is not None:
            readings[f"{field}_at"] = Reading(time_text, raw_text(_text(tags, tag)), where)
        known = clean_offset(_text(tags, offset))
        if known is not None:
            readings[f"{field}_offset"] = Reading(known, known, offset_where)
    _put_position(readings, tags)
    _put_container(readings, tags)
    orientation = _text(tags, "IFD0:Orientation")
    if orientation in tuple("12345678"):
        readings["orientation"] = Reading(int(orientation), orientation, "EXIF Orientation")
    return readings


def _text(tags: Mapping[str, object], tag: str) -> str:
    value = tags.get(tag)
    return (clean_text(value) or "") if isinstance(value, str) else ""


def _put_position(readings: Readings, tags: Mapping[str, object]) -> None:
    lat, lat_ref, lon, lon_ref = (_text(tags, tag) for tag in _GPS)
    if lat_ref[:1] in tuple("NSns") and lon_ref[:1] in tuple("EWew"):
        south, west = lat_ref[0] in "Ss", lon_ref[0] in "Ww"
        position = _position(f"{'-' if south else ''}{lat}", f"{'-' if west else ''}{lon}")
        if position is not None:
            raw = f"{lat} {lat_ref} {lon} {lon_ref}"
            readings["position"] = Reading(position, raw, "EXIF GPSLatitude, GPSLongitude")
    for tag in _GPS_TEXTS:
        parts = _text(tags, tag).split()
        position = _position(*parts[:2]) if len(parts) > 1 else None
        if position is not None and "position" not in readings:
            where = f"QuickTime {tag.replace(':', ' ')}"
            readings["position"] = Reading(position, _text(tags, tag), where)


def _position(lat: str, lon: str) -> Position | None:
    try:
        return clean_position(float(lat), float(lon))
    except ValueError:
        return None


def _put_container(readings: Readings, tags: Mapping[str, object]) -> None:
    for field, tag, where in (
        ("captured_at", _KEYS_CAPTURED, "QuickTime Keys CreationDate"),
        ("created_at", _CREATED, "QuickTime mvhd creation time"),
    ):
        text = _text(tags, tag)
        time_text = clean_time(text)
        if time_text is not None and field not in readings:
            readings[field] = Reading(time_text, raw_text(text), where)
            offset = clean_offset(text[19:])
            if field == "captured_at" and offset is not None:
                readings["captured_offset"] = Reading(offset, raw_text(text), where)
