"""Compare what `forensics.metadata` reads with ExifTool, field by field, on real files.

    FORENSICS_MEDIA=... python benchmarks/accuracy/metadata.py [--write]

Prints, for each field, how often the package and each of its engines alone gave ExifTool's value,
none, or another one; on which fields sources disagree; and how often each note was given. With
``--write`` the counts go to ``benchmarks/results/metadata.json``.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from forensics.ingest import open_media
from forensics.metadata.notes import find_notes
from forensics.metadata.read import read_fields
from forensics.metadata.reading import MAX_TEXT_CHARS
from forensics.model.errors import UnreadableMedia
from forensics.model.findings import MetadataTable, Position

FOLDERS = ("metadata", "c2pa", "reuse/stills", "registration", "reuse/photos")
RESULTS = Path(__file__).resolve().parents[1] / "results/metadata.json"
TOLERANCE_DEG = 1e-4
NUMBER_TOLERANCE = 0.005
CUT_CHARS = 1_500
EXIFTOOL_LIMIT_S = 300
UNSET = re.compile(r"0000|   |1904:01:01|1970:01:01|1903:12:31|1969:12:31")
ENGINES = ("package", "pillow", "exifread", "pyav")
PACKAGE = "package"

# What is compared: name, field of this package, ExifTool's tag, whose reading counts.
TIMES = (
    ("capture time", "captured_at", "ExifIFD:DateTimeOriginal", PACKAGE),
    ("digitized time", "digitized_at", "ExifIFD:CreateDate", PACKAGE),
    ("modified time", "modified_at", "IFD0:ModifyDate", PACKAGE),
    ("video capture time", "captured_at", "Keys:CreationDate", PACKAGE),
    ("XMP DateTimeOriginal", "captured_at", "XMP-exif:DateTimeOriginal", "xmp"),
    ("XMP CreateDate", "xmp_created_at", "XMP-xmp:CreateDate", "xmp"),
    ("XMP ModifyDate", "xmp_modified_at", "XMP-xmp:ModifyDate", "xmp"),
    ("XMP MetadataDate", "metadata_changed_at", "XMP-xmp:MetadataDate", "xmp"),
    ("IPTC DateCreated", "iptc_created_at", "IPTC:DateCreated", "iptc"),
)
OFFSETS = (
    ("capture offset", "captured_offset", "ExifIFD:OffsetTimeOriginal", PACKAGE),
    ("digitized offset", "digitized_offset", "ExifIFD:OffsetTimeDigitized", PACKAGE),
    ("modified offset", "modified_offset", "ExifIFD:OffsetTime", PACKAGE),
)
TEXTS = (
    ("make", "make", "IFD0:Make", PACKAGE),
    ("model", "model", "IFD0:Model", PACKAGE),
    ("software", "software", "IFD0:Software", PACKAGE),
    ("EXIF artist", "artist", "IFD0:Artist", PACKAGE),
    ("EXIF copyright", "copyright", "IFD0:Copyright", PACKAGE),
    ("EXIF description", "description", "IFD0:ImageDescription", PACKAGE),
    ("host computer", "host_computer", "IFD0:HostComputer", PACKAGE),
    ("lens", "lens", "ExifIFD:LensModel", PACKAGE),
    ("body serial", "body_serial", "ExifIFD:SerialNumber", PACKAGE),
    ("image unique ID", "image_unique_id", "ExifIFD:ImageUniqueID", PACKAGE),
    ("user comment", "user_comment", "ExifIFD:UserComment", PACKAGE),
    ("Windows title", "windows_title", "IFD0:XPTitle", PACKAGE),
    ("Windows author", "windows_author", "IFD0:XPAuthor", PACKAGE),
    ("XMP make", "make", "XMP-tiff:Make", "xmp"),
    ("XMP model", "model", "XMP-tiff:Model", "xmp"),
    ("XMP toolkit", "xmp_toolkit", "XMP-x:XMPToolkit", "xmp"),
    ("XMP creator tool", "creator_tool", "XMP-xmp:CreatorTool", "xmp"),
    ("XMP document ID", "document_id", "XMP-xmpMM:DocumentID", "xmp"),
    ("XMP original document", "original_document_id", "XMP-xmpMM:OriginalDocumentID", "xmp"),
    ("XMP instance ID", "instance_id", "XMP-xmpMM:InstanceID", "xmp"),
    ("XMP derived from", "derived_from", "XMP-xmpMM:DerivedFromDocumentID", "xmp"),
    ("XMP creator", "artist", "XMP-dc:Creator", "xmp"),
    ("XMP description", "description", "XMP-dc:Description", "xmp"),
    ("XMP title", "title", "XMP-dc:Title", "xmp"),
    ("XMP rights", "copyright", "XMP-dc:Rights", "xmp"),
    ("XMP credit", "credit", "XMP-photoshop:Credit", "xmp"),
    ("XMP source type", "digital_source_type", "XMP-iptcExt:DigitalSourceType", "xmp"),
    ("IPTC by-line", "artist", "IPTC:By-line", "iptc"),
    ("IPTC caption", "description", "IPTC:Caption-Abstract", "iptc"),
    ("IPTC keywords", "keywords", "IPTC:Keywords", "iptc"),
    ("IPTC copyright", "copyright", "IPTC:CopyrightNotice", "iptc"),
    ("colour profile", "icc_profile", "ICC_Profile:ProfileDescription", PACKAGE),
    ("JPEG comment", "comment", "File:Comment", PACKAGE),
    ("Canon firmware", "firmware", "Canon:CanonFirmwareVersion", PACKAGE),
    ("Canon owner", "owner_name", "Canon:OwnerName", PACKAGE),
    ("Canon serial", "body_serial", "Canon:SerialNumber", "maker_note"),
    ("Nikon serial", "body_serial", "Nikon:SerialNumber", "maker_note"),
    ("Olympus serial", "body_serial", "Olympus:SerialNumber", "maker_note"),
    ("internal serial", "internal_serial", "Olympus:InternalSerialNumber", "maker_note"),
    ("internal serial", "internal_serial", "Panasonic:InternalSerialNumber", "maker_note"),
    ("internal serial", "internal_serial", "Canon:InternalSerialNumber", "maker_note"),
    ("internal serial", "internal_serial", "FujiFilm:InternalSerialNumber", "maker_note"),
)
NUMBERS = (
    ("orientation", "orientation", "IFD0:Orientation", PACKAGE),
    ("exposure time", "exposure_time_s", "ExifIFD:ExposureTime", PACKAGE),
    ("aperture", "f_number", "ExifIFD:FNumber", PACKAGE),
    ("sensitivity", "iso", "ExifIFD:ISO", PACKAGE),
    ("focal length", "focal_length_mm", "ExifIFD:FocalLength", PACKAGE),
    ("direction", "direction_deg", "GPS:GPSImgDirection", PACKAGE),
    ("position error", "position_error_m", "GPS:GPSHPositioningError", PACKAGE),
    ("thumbnail bytes", "thumbnail_bytes", "IFD1:ThumbnailLength", PACKAGE),
    ("shutter count", "shutter_count", "Nikon:ShutterCount", PACKAGE),
)
ZONES = (
    ("camera clock's zone", "time_zone", "Canon:TimeZone", "maker_note"),
    ("camera clock's zone", "time_zone", "Nikon:TimeZone", "maker_note"),
)


def main() -> int:
    root, exiftool = os.environ.get("FORENSICS_MEDIA"), shutil.which("exiftool")
    if root is None or exiftool is None:
        print("needs FORENSICS_MEDIA and exiftool")
        return 1
    files = [
        path for folder in FOLDERS for path in sorted((Path(root) / folder).rglob("*"))
        if path.is_file()
    ]  # fmt: skip
    truth = ask_exiftool(exiftool, files)
    scores: Counter[tuple[str, str, str]] = Counter()
    notes: Counter[str] = Counter()
    disagreements: Counter[str] = Counter()
    faults: list[str] = []
    examined = with_metadata = 0
    for path in files:
        try:
            table = read_fields(open_media(path))
        except UnreadableMedia:
            continue
        examined += 1
        fields = table.fields if isinstance(table, MetadataTable) else {}
        if isinstance(table, MetadataTable):
            with_metadata += 1
            notes.update(f"{note.severity} {note.id}" for note in find_notes(table).notes)
            disagreements.update(disagreements_of(fields))
            faults += [
                f"{path.name}: {engine}: {said}" for engine, said in table.failed_engines.items()
            ]
        expected = list(expected_values(truth.get(str(path), {})))
        for name, field, value, whose in expected:
            found = fields.get(field)
            readings = dict(found.sources) if found else {}
            readings[PACKAGE] = readings.get(whose) if whose != PACKAGE else found and found.value
            for engine in ENGINES if whose == PACKAGE else (PACKAGE,):
                verdict = judge(readings.get(engine), value)
                scores[name, engine, verdict] += 1
                if engine == PACKAGE and verdict != "right":
                    print(f"{verdict}: {path.name} {name}: {readings.get(engine)!r}, not {value!r}")
        known = {name for name, *_ in expected}
        for name, field in (("position", "position"), ("capture time", "captured_at")):
            if name not in known and field in fields:
                scores[name, PACKAGE, "only here"] += 1
                print(f"only here: {path.name} {field} {fields[field].value}")
    print_table(scores)
    print(f"\n{examined} files examined, {with_metadata} with metadata")
    print("sources disagree on:", dict(disagreements) or "nothing")
    print("notes:", dict(sorted(notes.items())) or "none")
    print(f"{len(faults)} files on which an engine gave up in part or whole")
    for fault in faults:
        print("  ", fault[:160])
    if "--write" in sys.argv:
        write(scores, examined, with_metadata, disagreements, len(faults))
    return 0


def ask_exiftool(exiftool: str, files: list[Path]) -> dict[str, dict[str, Any]]:
    """Give every file's tags as ExifTool reads them, by path."""
    command = [exiftool, "-j", "-n", "-G1", "-sep", ", ", "-all:all", "-Composite:GPS*"]
    ran = subprocess.run(
        [*command, *map(str, files)],
        capture_output=True,
        timeout=EXIFTOOL_LIMIT_S,
        check=False,
    )
    return {
        each["SourceFile"]: each
        for each in json.loads(
            ran.stdout.decode("utf-8", "replace"), parse_float=str, parse_int=str
        )
    }


def disagreements_of(fields: dict[str, Any]) -> Iterator[str]:
    """Say on which fields sources disagree: about one block, or block against block."""
    for name, field in fields.items():
        if field.agree is False:
            by_block: dict[str, set[str]] = {}
            for engine, value in field.sources.items():
                block = field.where.get(engine, engine).partition(" ")[0]
                by_block.setdefault(block, set()).add(repr(value))
            is_one = any(len(values) > 1 for values in by_block.values())
            yield f"{name} ({'one block' if is_one else 'between blocks'})"


def expected_values(tags: dict[str, Any]) -> Iterator[tuple[str, str, Any, str]]:
    """Give the values to be found: name, field of this package, value, whose reading counts."""
    lat, lon = number(tags, "Composite:GPSLatitude"), number(tags, "Composite:GPSLongitude")
    if lat is not None and lon is not None and (lat, lon) != (0, 0):
        yield "position", "position", Position(lat, lon), PACKAGE
    for name, field, tag, whose in (*TIMES, *OFFSETS):
        text = str(tags.get(tag, ""))
        is_usable = re.match(r"\d{4}.\d\d(.\d\d( \d\d:\d\d)?)?|[+-]\d\d:\d\d", text)
        is_whole = whose != PACKAGE or re.match(r"\d{4}.\d\d.\d\d \d\d:\d\d|[+-]\d\d:\d\d", text)
        if is_usable and is_whole and not UNSET.match(text):
            yield name, field, text, whose
    for name, field, tag, whose in TEXTS:
        text = str(tags.get(tag, "")).split("\0")[0].strip()
        # ExifTool writes a question mark for each byte that it cannot decode.
        if text and not (field.endswith("_serial") and not text.strip("0 ")) and text != "undef":
            yield name, field, text, whose
    for name, field, tag, whose in NUMBERS:
        value = number(tags, tag)
        if value is not None and value > 0:
            yield name, field, value, whose
    for name, field, tag, whose in ZONES:
        value = number(tags, tag)
        if value is not None:
            minutes = abs(int(value))
            zone = f"{'-' if value < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
            yield name, field, zone, whose


def number(tags: dict[str, Any], tag: str) -> float | None:
    """Give a tag's value as a number; JSON's are read as texts, so that none loses a zero."""
    try:
        return float(tags.get(tag, ""))
    except (TypeError, ValueError):
        return None


def judge(found: Any, expected: Any) -> str:
    if found is None:
        return "missed"
    if isinstance(expected, Position):
        near = max(abs(found.lat - expected.lat), abs(found.lon - expected.lon)) <= TOLERANCE_DEG
        return "right" if near else "WRONG"
    if isinstance(expected, float):
        return "right" if abs(float(found) - expected) <= NUMBER_TOLERANCE * expected else "WRONG"
    is_time = re.match(r"\d{4}[:-]\d\d", expected) and re.match(r"\d{4}-\d\d", str(found))
    if is_time:
        digits = [re.sub(r"\D", "", re.sub(r"(Z|[+-]\d\d:\d\d)$", "", text))[:14]
                  for text in (str(found), expected)]  # fmt: skip
        zones = [re.findall(r"(Z|[+-]\d\d:\d\d)$", text) for text in (str(found), expected)]
        differ = all(zones) and len({each[0].replace("Z", "+00:00") for each in zones}) > 1
        length = min(map(len, digits))
        same = digits[0][:length] == digits[1][:length] and not differ
        return "right" if same else "WRONG"
    ours, theirs = _plain(str(found)), _plain(expected)
    is_cut = len(str(found)) >= MAX_TEXT_CHARS and theirs.startswith(ours[:CUT_CHARS])
    return "right" if is_cut or ours == theirs else "WRONG"


def _plain(text: str) -> str:
    """Leave out what is only told differently: spaces, cut ends, bytes that are no UTF-8."""
    text = re.sub(r"\\x[0-9a-f]{2}|[^\x00-\x7f]", "?", text)
    return " ".join(text.split())


def print_table(scores: Counter[tuple[str, str, str]]) -> None:
    print("| field | reader | right | missed | wrong |\n|---|---|---|---|---|")
    for name in dict.fromkeys(name for name, _, _ in scores):
        for engine in ENGINES:
            counts = [scores[name, engine, word] for word in ("right", "missed", "WRONG")]
            if counts[0] + counts[2] or engine == PACKAGE:
                print(f"| {name} | {engine} | {counts[0]} | {counts[1]} | {counts[2]} |")


def write(
    scores: Counter[tuple[str, str, str]],
    examined: int,
    with_metadata: int,
    disagreements: Counter[str],
    faults: int,
) -> None:
    counted: dict[str, dict[str, dict[str, int]]] = {}
    for (name, engine, word), count in sorted(scores.items()):
        if count and (engine == PACKAGE or scores[name, engine, "right"]):
            counted.setdefault(name, {}).setdefault(engine, {})[word.lower()] = count
    answer = {
        "command": "python benchmarks/accuracy/metadata.py --write",
        "folders": FOLDERS,
        "examined": examined,
        "with_metadata": with_metadata,
        "files_on_which_an_engine_gave_up": faults,
        "sources_disagree": dict(sorted(disagreements.items())),
        "against_exiftool": counted,
    }
    RESULTS.write_text(json.dumps(answer, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
