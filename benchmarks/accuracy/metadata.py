"""Compare what `forensics.metadata` reads with ExifTool, field by field, on real files.

    FORENSICS_MEDIA=... python benchmarks/accuracy/metadata.py

Prints, for positions, capture times and their offsets, how often the package and each of its
engines alone gave ExifTool's value, none, or another one, and how often each note was given.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from forensics.ingest import open_media
from forensics.metadata.notes import find_notes
from forensics.metadata.read import read_fields
from forensics.model.errors import UnreadableMedia
from forensics.model.findings import MetadataTable, Position

FOLDERS = ("metadata", "c2pa", "reuse/stills")
TOLERANCE_DEG = 1e-4
EXIFTOOL_LIMIT_S = 300
UNSET = re.compile(r"0000|   |1904:01:01|1970:01:01|1903:12:31|1969:12:31")


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
            disagreements.update(name for name, each in fields.items() if each.agree is False)
            faults += [
                f"{path.name}: {engine}: {said}" for engine, said in table.failed_engines.items()
            ]
        expected = expected_values(truth.get(str(path), {}))
        for name, (field, value) in expected.items():
            found = fields.get(field)
            readings = dict(found.sources) if found else {}
            readings["package"] = found.value if found else None
            for engine in ("package", "pillow", "exifread", "pyav"):
                scores[name, engine, judge(readings.get(engine), value)] += 1
        for name, field in (("position", "position"), ("capture time", "captured_at")):
            if name not in expected and field in fields:
                scores[name, "package", "only here"] += 1
                print(f"only here: {path.name} {field} {fields[field].value}")
    print_table(scores)
    print(f"\n{examined} files examined, {with_metadata} with metadata")
    print("engines disagree on:", dict(disagreements) or "nothing")
    print("notes:", dict(sorted(notes.items())) or "none")
    print(f"{len(faults)} files on which an engine gave up in part or whole")
    for fault in faults:
        print("  ", fault[:160])
    return 0


def ask_exiftool(exiftool: str, files: list[Path]) -> dict[str, dict[str, Any]]:
    """Give every file's tags as ExifTool reads them, by path."""
    command = [
        exiftool, "-j", "-n", "-G1", "-EXIF:all", "-Keys:CreationDate",
        "-Composite:GPSLatitude", "-Composite:GPSLongitude",
    ]  # fmt: skip
    ran = subprocess.run(
        [*command, *map(str, files)],
        capture_output=True,
        text=True,
        timeout=EXIFTOOL_LIMIT_S,
        check=False,
    )
    return {each["SourceFile"]: each for each in json.loads(ran.stdout)}


def expected_values(tags: dict[str, Any]) -> dict[str, tuple[str, Any]]:
    """Give the values to be found: name, field of this package, value."""
    values: dict[str, tuple[str, Any]] = {}
    lat, lon = tags.get("Composite:GPSLatitude"), tags.get("Composite:GPSLongitude")
    if isinstance(lat, int | float) and isinstance(lon, int | float) and (lat, lon) != (0, 0):
        values["position"] = "position", Position(lat, lon)
    times = {
        "capture time": ("captured_at", "ExifIFD:DateTimeOriginal"),
        "digitized time": ("digitized_at", "ExifIFD:CreateDate"),
        "modified time": ("modified_at", "IFD0:ModifyDate"),
        "video capture time": ("captured_at", "Keys:CreationDate"),
        "capture offset": ("captured_offset", "ExifIFD:OffsetTimeOriginal"),
        "digitized offset": ("digitized_offset", "ExifIFD:OffsetTimeDigitized"),
        "modified offset": ("modified_offset", "ExifIFD:OffsetTime"),
    }
    for name, (field, tag) in times.items():
        text = str(tags.get(tag, ""))
        is_usable = re.match(r"\d{4}.\d\d.\d\d \d\d:\d\d|[+-]\d\d:\d\d", text)
        if is_usable and not UNSET.match(text):
            values[name] = field, text
    return values


def judge(found: Any, expected: Any) -> str:
    if found is None:
        return "missed"
    if isinstance(expected, Position):
        near = max(abs(found.lat - expected.lat), abs(found.lon - expected.lon)) <= TOLERANCE_DEG
        return "right" if near else "WRONG"
    digits = re.sub(r"\D", "", str(found)), re.sub(r"\D", "", expected)
    is_offset = re.match(r"[+-]", expected)
    same = found == expected if is_offset else digits[0][:14] == digits[1][:14]
    return "right" if same else "WRONG"


def print_table(scores: Counter[tuple[str, str, str]]) -> None:
    print("| field | reader | right | missed | wrong |\n|---|---|---|---|---|")
    for name in dict.fromkeys(name for name, _, _ in scores):
        for engine in ("package", "pillow", "exifread", "pyav"):
            counts = [scores[name, engine, word] for word in ("right", "missed", "WRONG")]
            if counts[0] + counts[2] or engine == "package":
                print(f"| {name} | {engine} | {counts[0]} | {counts[1]} | {counts[2]} |")


if __name__ == "__main__":
    sys.exit(main())
