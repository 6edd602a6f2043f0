"""Compare what is read of video containers with ExifTool, field by field, and time the reading.

    FORENSICS_MEDIA=... python benchmarks/accuracy/metadata_video.py [--write]

Three corpora: real clips; clips with tags that FFmpeg writes here; the same clips with tags that
ExifTool writes into them. Prints for each field how often the package and each of its engines
alone gave ExifTool's value, none, or another one, and how long the package's own readers take.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from rates import Count

from forensics.ingest import open_media
from forensics.metadata.isobmff import read_isobmff
from forensics.metadata.matroska import read_matroska
from forensics.metadata.read import read_fields
from forensics.metadata.riff import read_riff
from forensics.model.errors import UnreadableMedia
from forensics.model.findings import MetadataTable, Position

FOLDERS = ("metadata/video", "reuse/videos", "video")
SAMPLES = Path(__file__).parents[2] / "samples/glushkovo"
RESULTS = Path(__file__).parents[1] / "results/metadata_video.json"
CLIPS = (".mp4", ".mov", ".m4v", ".3gp", ".mkv", ".webm", ".avi")
ENGINES = ("package", "own", "pyav")
OWN = ("isobmff", "matroska", "riff")
TOLERANCE_DEG = 1e-4
EXIFTOOL_LIMIT_S = 300
UNSET = re.compile(r"0000|   |1904:01:01|1970:01:01|1903:12:31|1969:12:31")
REPEATS = 30

TAGS: tuple[dict[str, str], ...] = (
    {"title": "Bridge", "make": "Google", "model": "Pixel 8", "artist": "Olena",
     "comment": "none", "copyright": "(c)", "creation_time": "2024-08-16T10:22:07Z",
     "location": "+51.3350+034.6600/", "date": "2024-08-16"},
    {"title": "Міст \u2713", "make": "Größe", "model": "M", "artist": "Олена",
     "creation_time": "2011-02-28T23:59:59Z", "location": "-33.8688-151.2093/",
     "com.apple.quicktime.creationdate": "2011-02-28T18:59:59-0500"},
    {"creation_time": "1904-01-01T00:00:00Z", "location": "+00.0000+000.0000/"},
    {"creation_time": "2036-02-07T06:28:16Z", "comment": "x" * 1500, "description": "café"},
)  # fmt: skip
CONTAINERS = (
    ("mov", {}), ("mp4", {}), ("3gp", {}), ("ipod", {}), ("matroska", {}), ("avi", {}),
    ("mov", {"movflags": "use_metadata_tags"}), ("mp4", {"movflags": "frag_keyframe+empty_moov"}),
)  # fmt: skip
BY_EXIFTOOL: tuple[tuple[str, ...], ...] = (
    ("-Keys:CreationDate=2024:08:16 13:22:07+03:00", "-Keys:Make=Apple", "-Keys:Model=iPhone 12",
     "-Keys:GPSCoordinates=51.335, 34.66, 150.2", "-Keys:Software=16.2"),
    ("-UserData:GPSCoordinates=-51.335, -34.66, -12.5", "-UserData:Title=Міст",
     "-UserData:Make=Canon", "-UserData:Model=R6", "-UserData:SoftwareVersion=1.2",
     "-UserData:Artist=café"),
    ("-ItemList:Title=Міст", "-ItemList:Artist=Олена", "-ItemList:Encoder=HandBrake",
     "-ItemList:Comment=none", "-ItemList:ContentCreateDate=2024:08:16 13:22:07+03:00"),
    ("-QuickTime:CreateDate=2019:07:24 08:25:57", "-QuickTime:ModifyDate=2019:07:24 08:25:58",
     "-Track1:TrackCreateDate=2019:07:24 08:25:50", "-Keys:AndroidVersion=14"),
)  # fmt: skip


def main() -> int:
    """Measure; give 1 when something is needed that is not there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.name}")
    write = parser.parse_args().write
    root, exiftool = os.environ.get("FORENSICS_MEDIA"), shutil.which("exiftool")
    if root is None or exiftool is None:
        print("needs FORENSICS_MEDIA and exiftool")
        return 1
    results: dict[str, Any] = {"exiftool": version_of(exiftool)}
    with tempfile.TemporaryDirectory() as folder:
        written = list(write_clips(Path(folder)))
        corpora = {
            "real": list(real_clips(Path(root))),
            "by FFmpeg": written,
            "by ExifTool": list(tag_clips(exiftool, written, Path(folder) / "tagged")),
        }
        for name, files in corpora.items():
            results[name] = compare(name, files, exiftool)
        results["time"] = measure_time(Path(folder))
    if write:
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    return 0


def version_of(exiftool: str) -> str:
    """Give ExifTool's version."""
    return subprocess.run([exiftool, "-ver"], capture_output=True, text=True, check=True).stdout[:5]


def real_clips(root: Path) -> Iterator[Path]:
    """Give the clips of the test media, and the samples'."""
    folders = [*(root / name for name in FOLDERS), SAMPLES]
    for path in (path for folder in folders for path in sorted(folder.rglob("*"))):
        if path.suffix.lower() in CLIPS:
            yield path


def write_clips(folder: Path) -> Iterator[Path]:
    """Write every set of tags into every container, with FFmpeg."""
    for number, (container, options) in enumerate(CONTAINERS):
        for choice, tags in enumerate(TAGS):
            path = folder / f"{number}-{choice}.{container}"
            try:
                encode(path, container, options, tags, frames=3, codec="mpeg4", size=(64, 48))
            except av.error.FFmpegError as error:
                print(f"FFmpeg does not write {path.name}: {error}")
                continue
            yield path


def tag_clips(exiftool: str, clips: list[Path], folder: Path) -> Iterator[Path]:
    """Write every set of tags into the first clip of each container, with ExifTool."""
    folder.mkdir()
    for clip in (each for each in clips if each.stem.endswith("-2")):
        for number, tags in enumerate(BY_EXIFTOOL):
            path = folder / f"{clip.stem}-{number}{clip.suffix}"
            command = [exiftool, "-q", "-q", "-m", *tags, "-o", str(path), str(clip)]
            ran = subprocess.run(
                command, capture_output=True, timeout=EXIFTOOL_LIMIT_S, check=False
            )
            if ran.returncode == 0 and path.exists():
                yield path


def encode(
    path: Path, container: str, options: dict[str, str], tags: dict[str, str], *, frames: int,
    codec: str, size: tuple[int, int],
) -> None:  # fmt: skip
    """Write a clip."""
    with av.open(str(path), "w", format=container, options=options) as output:
        output.metadata.update(tags)
        stream = output.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for number in range(frames):
            pixels = np.full((size[1], size[0], 3), number % 250, np.uint8)
            output.mux(stream.encode(av.VideoFrame.from_ndarray(pixels)))
        output.mux(stream.encode(None))


def compare(corpus: str, files: list[Path], exiftool: str) -> dict[str, Any]:
    """Compare all values of one corpus; print and give the counts."""
    truth = ask_exiftool(exiftool, files)
    scores: Counter[tuple[str, str, str]] = Counter()
    disagreeing: Counter[str] = Counter()
    examined = faulty = 0
    for path in files:
        try:
            table = read_fields(open_media(path))
        except UnreadableMedia:
            continue
        examined += 1
        fields = table.fields if isinstance(table, MetadataTable) else {}
        if isinstance(table, MetadataTable):
            faulty += bool(table.failed_engines)
            disagreeing.update(name for name, field in fields.items() if field.agree is False)
        for name, (field_name, value) in expected_values(truth.get(str(path), {})).items():
            field = fields.get(field_name)
            readings: dict[str, Any] = dict(field.sources) if field else {}
            readings["package"] = field.value if field else None
            readings["own"] = next((readings[each] for each in OWN if each in readings), None)
            for engine in ENGINES:
                word = judge(readings.get(engine), value)
                scores[name, engine, word] += 1
                if word == "wrong" or (word == "missed" and engine == "package"):
                    print(f"{word}: {path.name} {name} {engine}: {readings.get(engine)} / {value}")
    print(f"\n{corpus}: {examined} files; readers differ on {dict(disagreeing) or 'nothing'}; "
          f"{faulty} with faults\n")  # fmt: skip
    counts = table_of(scores)
    wrong, total = counts["all fields"]["package"][2], sum(counts["all fields"]["package"])
    interval = Count(wrong, total, corpus).interval if total else (0.0, 1.0)
    print(f"wrong, package: {wrong} of {total}, 95 % {interval[0]:.4f} to {interval[1]:.4f}\n")
    return {
        "files": examined, "fields": counts, "wrong_interval_95": [round(i, 4) for i in interval],
        "readers_differ": dict(disagreeing),
    }  # fmt: skip


def ask_exiftool(exiftool: str, files: list[Path]) -> dict[str, dict[str, Any]]:
    """Give every file's tags as ExifTool reads them, by path."""
    command = [exiftool, "-charset", "riff=UTF8", "-j", "-n", "-G1", "-a", *map(str, files)]
    ran = subprocess.run(
        command, capture_output=True, text=True, timeout=EXIFTOOL_LIMIT_S, check=False
    )
    return {each["SourceFile"]: each for each in json.loads(ran.stdout)}


TEXTS = {
    "make": ("make", ("Keys:Make", "UserData:Make", "ItemList:Make", "Matroska:Make")),
    "model": ("model", ("Keys:Model", "UserData:Model", "ItemList:Model", "Matroska:Model")),
    "software": ("software", ("Keys:Software", "UserData:SoftwareVersion", "RIFF:Software")),
    "title": ("title", ("Keys:Title", "UserData:Title", "ItemList:Title", "RIFF:Title",
                        "Matroska:Title")),
    "artist": ("artist", ("Keys:Artist", "UserData:Artist", "ItemList:Artist", "RIFF:Artist")),
    "comment": ("comment", ("Keys:Comment", "UserData:Comment", "ItemList:Comment",
                            "RIFF:Comment")),
    "encoder": ("encoder", ("UserData:Encoder", "ItemList:Encoder", "Matroska:MuxerApp",
                            "Matroska:MuxingApp", "Info:MuxingApp")),
    "writing program": ("writing_app", ("Matroska:WritingApp", "Info:WritingApp")),
    "brand": ("brand", ("QuickTime:MajorBrand",)),
    "Android version": ("os_version", ("Keys:AndroidVersion",)),
}  # fmt: skip
TIMES = {
    "capture time": ("captured_at", ("Keys:CreationDate", "UserData:DateTimeOriginal")),
    "created": ("created_at", ("QuickTime:CreateDate", "Matroska:DateTimeOriginal",
                               "Info:DateTimeOriginal")),
    "container modified": ("container_modified_at", ("QuickTime:ModifyDate",)),
}  # fmt: skip


def expected_values(tags: dict[str, Any]) -> dict[str, tuple[str, Any]]:
    """Give the values to be found: name, field of this package, value."""
    values: dict[str, tuple[str, Any]] = {}
    numbers = place_of(tags)
    if numbers[:2] not in ([], [0.0, 0.0]):
        values["position"] = "position", Position(*numbers[:2])
        if len(numbers) == 3:
            values["altitude"] = "altitude_m", numbers[2]
    brands = tags.get("QuickTime:CompatibleBrands")
    if isinstance(brands, list):
        values["compatible brands"] = "compatible_brands", ", ".join(map(str.strip, brands))
    for name, (field, keys) in {**TEXTS, **TIMES}.items():
        text = next((str(tags[key]).strip() for key in keys if tags.get(key) not in (None, "")), "")
        if text and not (name in TIMES and (UNSET.match(text) or not re.match(r"\d{4}:", text))):
            values[name] = field, text
    picture = next((key.partition(":")[0] for key in tags if key.endswith(":ImageWidth")
                    and key.startswith("Track")), None)  # fmt: skip
    made = str(tags.get(f"{picture}:TrackCreateDate", ""))
    if re.match(r"\d{4}:", made) and not UNSET.match(made):
        values["track created"] = "track_created_at", made
    return values


def place_of(tags: dict[str, Any]) -> list[float]:
    """Give latitude, longitude and, when it is written, height; empty when there is no place.

    By the tag, not by ExifTool's own choice, which takes the parts of one place from several tags.
    """
    for name in ("Keys:GPSCoordinates", "UserData:GPSCoordinates"):
        if name in tags:
            return [float(number) for number in str(tags[name]).split()]
    written = re.search(r"Lat=(\S+) Lon=(\S+) Alt=(\S+)", str(tags.get(LOCI)))
    numbers = [float(number) for number in written.groups()] if written else []
    return numbers if any(numbers[2:]) else numbers[:2]  # a height that cannot be left out


LOCI = "UserData:LocationInformation"


def judge(found: Any, expected: Any) -> str:
    """Say whether a value is ExifTool's."""
    if found is None:
        return "missed"
    if isinstance(expected, Position):
        near = max(abs(found.lat - expected.lat), abs(found.lon - expected.lon)) <= TOLERANCE_DEG
        return "right" if near else "wrong"
    if isinstance(expected, int | float):
        return "right" if abs(found - expected) <= 0.01 * max(1, abs(expected)) else "wrong"
    if re.match(r"\d{4}:\d\d:\d\d", expected):
        digits = re.sub(r"\D", "", str(found)), re.sub(r"\D", "", expected)
        return "right" if digits[0][:14] == digits[1][:14] else "wrong"
    return "right" if str(found) == expected else "wrong"


def table_of(scores: Counter[tuple[str, str, str]]) -> dict[str, dict[str, list[int]]]:
    """Print a table and give its numbers: right, missed, wrong."""
    print("| field | reader | right | missed | wrong |\n|---|---|---|---|---|")
    counts: dict[str, dict[str, list[int]]] = {}
    for name in dict.fromkeys(name for name, _, _ in scores):
        counts[name] = {
            engine: [scores[name, engine, word] for word in ("right", "missed", "wrong")]
            for engine in ENGINES
        }
    rows = [list(zip(*(each[engine] for each in counts.values()), strict=True))
            for engine in ENGINES]  # fmt: skip
    counts["all fields"] = {
        engine: [sum(column) for column in row] for engine, row in zip(ENGINES, rows, strict=True)
    }
    for name, each in counts.items():
        for engine in ENGINES:
            print(f"| {name} | {engine} | {' | '.join(map(str, each[engine]))} |")
    return counts


def measure_time(folder: Path) -> dict[str, dict[str, float]]:
    """Time the package's own readers on clips of 100 MB; milliseconds."""
    readers = {
        "mov": read_isobmff,
        "mp4": read_isobmff,
        "matroska": read_matroska,
        "avi": read_riff,
    }
    times: dict[str, dict[str, float]] = {}
    for container, reader in readers.items():
        path = folder / f"large.{container}"
        codec = "libx264" if container == "mp4" else "rawvideo"
        frames = 1 if codec == "libx264" else 300
        encode(path, container, {}, TAGS[0], frames=frames, codec=codec, size=(640, 360))
        if container == "mp4":
            # x264 makes little of one colour: what is missing is put into a box that is skipped.
            with path.open("ab") as file:
                file.write((100_000_000).to_bytes(4, "big") + b"free")
                file.truncate(file.tell() + 100_000_000 - 8)
        spent = []
        for _ in range(REPEATS):
            with path.open("rb") as file:
                start = time.perf_counter()
                reader(file)
                spent.append((time.perf_counter() - start) * 1000)
        megabytes = path.stat().st_size / 1e6
        times[container] = {
            "megabytes": round(megabytes), "median_ms": round(statistics.median(spent), 2),
            "slowest_ms": round(max(spent), 2),
        }  # fmt: skip
        print(f"{container}: {megabytes:.0f} MB, median {statistics.median(spent):.2f} ms, "
              f"slowest {max(spent):.2f} ms of {REPEATS}")  # fmt: skip
        path.unlink()
    return times


if __name__ == "__main__":
    sys.exit(main())
