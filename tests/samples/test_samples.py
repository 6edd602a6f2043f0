"""The samples are what their manifest says."""

import csv
import hashlib
import importlib.util
import tomllib
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import av
import numpy as np
import pillow_heif
import pytest
from PIL import ExifTags, Image, ImageDraw

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
CASE = SAMPLES / "glushkovo"
MAX_BYTES = 8_000_000
MAX_MEAN_DIFFERENCE = 8.0
LIST_COLUMNS = "path,first_seen,basis,source,capture_url,event,place,licence,notes".split(",")
MAGIC = {
    "jpeg": (0, b"\xff\xd8\xff"),
    "png": (0, b"\x89PNG\r\n\x1a\n"),
    "gif": (0, b"GIF89a"),
    "webp": (8, b"WEBP"),
    "heic": (4, b"ftypheic"),
    "mp4": (4, b"ftypisom"),
}
EXTENSIONS = {"jpeg": {"jpg"}, "text": {"txt"}}
WRITTEN_BY_HAND = {CASE / "case.toml", CASE / "archive" / "list.csv"}

MANIFEST = tomllib.loads((SAMPLES / "manifest.toml").read_text(encoding="utf-8"))
FILES: dict[str, dict[str, Any]] = {entry["path"]: entry for entry in MANIFEST["file"]}
TRUTH = {path: entry["truth"] for path, entry in FILES.items()}


def _with(key: str) -> list[str]:
    return [path for path, truth in TRUTH.items() if truth.get(key)]


def _decodable(path: str) -> bool:
    return TRUTH[path]["format"] not in ("mp4", "text") and not TRUTH[path].get("truncated")


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "make_samples", ROOT / "tools" / "make_samples.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def first_seen() -> dict[str, str]:
    with (CASE / "archive" / "list.csv").open(encoding="utf-8", newline="") as table:
        return {row["path"]: row["first_seen"] for row in csv.DictReader(table)}


def test_manifest_covers_every_file() -> None:
    listed = {SAMPLES / entry["path"] for entry in MANIFEST["file"] + MANIFEST["scene"]}

    found = {path for path in SAMPLES.rglob("*") if path.is_file() and path.parent != SAMPLES}

    assert found - WRITTEN_BY_HAND - {SAMPLES / "scenes" / "README.md"} == listed


@pytest.mark.parametrize("entry", MANIFEST["file"] + MANIFEST["scene"], ids=lambda e: e["path"])
def test_digest_and_size_are_as_recorded(entry: dict[str, Any]) -> None:
    content = (SAMPLES / entry["path"]).read_bytes()

    digest = hashlib.sha256(content).hexdigest()

    assert (digest, len(content)) == (entry["sha256"], entry["bytes"])


def test_samples_stay_small() -> None:
    total = sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file())

    assert total <= MAX_BYTES


def test_sources_are_scenes_of_the_manifest() -> None:
    scenes = {scene["path"] for scene in MANIFEST["scene"]}

    sources = {source for entry in FILES.values() for source in entry.get("from", [])}

    assert sources == scenes


@pytest.mark.parametrize("path", [path for path in FILES if TRUTH[path]["format"] in MAGIC])
def test_bytes_are_of_the_named_format(path: str) -> None:
    offset, magic = MAGIC[TRUTH[path]["format"]]

    content = (SAMPLES / path).read_bytes()

    assert content[offset:].startswith(magic)


@pytest.mark.parametrize("path", FILES)
def test_extension_disagrees_only_where_the_truth_says_so(path: str) -> None:
    kind = TRUTH[path]["format"]

    disagrees = Path(path).suffix.lower()[1:] not in EXTENSIONS.get(kind, {kind})

    assert disagrees == TRUTH[path].get("extension_disagrees", False)


@pytest.mark.parametrize("path", [path for path in FILES if _decodable(path)])
def test_still_decodes_completely(path: str) -> None:
    pillow_heif.register_heif_opener()

    with Image.open(SAMPLES / path) as picture:
        picture.load()

    assert min(picture.size) > 0


def test_truncated_still_breaks_off() -> None:
    path = next(path for path in _with("truncated") if TRUTH[path]["format"] == "jpeg")

    with Image.open(SAMPLES / path) as picture, pytest.raises(OSError, match="truncated"):
        picture.load()


def test_truncated_clip_plays_until_the_recorded_moment() -> None:
    path = next(path for path in _with("truncated") if TRUTH[path]["format"] == "mp4")
    ends_s: list[float] = []

    with av.open(str(SAMPLES / path)) as container, pytest.raises(av.error.InvalidDataError):
        ends_s.extend(
            float((frame.pts + frame.duration) * frame.time_base)
            for frame in container.decode(video=0)
        )

    assert ends_s[-1] == pytest.approx(TRUTH[path]["playable_until_s"], abs=1e-3)
    assert ends_s[-1] < TRUTH[path]["declared_duration_s"]


@pytest.mark.parametrize("path", _with("declared_duration_s"))
def test_clip_declares_the_recorded_duration(path: str) -> None:
    with av.open(str(SAMPLES / path)) as container:
        declared_s = container.duration / av.time_base

    assert declared_s == pytest.approx(TRUTH[path]["declared_duration_s"], abs=0.05)


@pytest.mark.parametrize("path", _with("strike_onset_s"))
def test_flash_begins_at_the_recorded_onset(path: str) -> None:
    with av.open(str(SAMPLES / path), options={"err_detect": "ignore_err"}) as container:
        frames = container.decode(video=0)
        light = [(f.time, f.to_ndarray(format="gray").mean()) for _, f in zip(range(42), frames)]

    steps = np.diff([mean for _, mean in light])

    onset_s = light[int(np.argmax(steps)) + 1][0]
    assert onset_s == pytest.approx(TRUTH[path]["strike_onset_s"], abs=0.26)


def test_orientation_is_stored_and_not_applied() -> None:
    (path,) = _with("orientation")

    with Image.open(SAMPLES / path) as picture:
        orientation = picture.getexif()[ExifTags.Base.Orientation]

    assert orientation == TRUTH[path]["orientation"]
    assert picture.height > picture.width


@pytest.mark.parametrize("path", [path for path in _with("position") if _decodable(path)])
def test_position_and_gps_time_are_in_the_tags(path: str) -> None:
    pillow_heif.register_heif_opener()

    with Image.open(SAMPLES / path) as picture:
        exif = picture.getexif()
    gps, camera = exif.get_ifd(ExifTags.IFD.GPSInfo), exif.get_ifd(ExifTags.IFD.Exif)

    lat, lon = (
        sum(float(part) / 60**power for power, part in enumerate(gps[tag]))
        for tag in (ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLongitude)
    )
    clock = ":".join(f"{int(part):02}" for part in gps[ExifTags.GPS.GPSTimeStamp])
    seen = datetime.strptime(
        f"{gps[ExifTags.GPS.GPSDateStamp]} {clock}+0000", "%Y:%m:%d %H:%M:%S%z"
    )
    taken = datetime.strptime(
        camera[ExifTags.Base.DateTimeOriginal] + camera[ExifTags.Base.OffsetTimeOriginal],
        "%Y:%m:%d %H:%M:%S%z",
    )
    position = TRUTH[path]["position"]
    assert (lat, lon) == pytest.approx((position["lat"], position["lon"]), abs=1e-5)
    is_close = abs((taken - seen).total_seconds()) <= 2
    assert is_close == (TRUTH[path]["metadata"] == "consistent")


def test_contradictory_file_was_taken_after_it_was_modified() -> None:
    (path,) = _with("contradictions")

    with Image.open(SAMPLES / path) as picture:
        exif = picture.getexif()

    original = exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal]
    assert original > exif[ExifTags.Base.DateTime]
    assert "Photoshop" in exif[ExifTags.Base.Software]


@pytest.mark.parametrize("path", _with("matrix"))
def test_copy_lies_on_its_original_outside_the_edits(path: str) -> None:
    truth = TRUTH[path]
    with Image.open(SAMPLES / path) as query, Image.open(SAMPLES / truth["copy_of"]) as original:
        seen = np.asarray(query.convert("L"), dtype=float)
        common = Image.new("1", query.size, color=0 if "query_region" in truth else 1)
        coefficients = _pillow_coefficients(np.array(truth["matrix"]))
        expected = original.convert("L").transform(
            query.size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC
        )
    draw = ImageDraw.Draw(common)
    if "query_region" in truth:
        draw.polygon([tuple(point) for point in truth["query_region"]], fill=1)
    for edit in truth.get("edits", []):
        if "region" in edit:
            draw.polygon([tuple(point) for point in edit["region"]], fill=0)

    difference = np.abs(seen - np.asarray(expected, dtype=float))

    inside = np.asarray(common)
    assert difference[inside].mean() < MAX_MEAN_DIFFERENCE
    if not inside.all():
        assert difference[~inside].mean() > MAX_MEAN_DIFFERENCE


def _pillow_coefficients(matrix: np.ndarray) -> list[float]:
    """Move from pixel centres at whole numbers to Pillow's, which lie at halves."""
    to_halves = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    moved = to_halves @ matrix @ np.linalg.inv(to_halves)
    return list((moved / moved[2, 2]).ravel()[:8])


@pytest.mark.parametrize("path", [p for p in FILES if TRUTH[p].get("duplicate_relation")])
def test_duplicate_is_identical_only_where_the_truth_says_so(path: str) -> None:
    truth = TRUTH[path]

    same = FILES[path]["sha256"] == FILES[truth["duplicate_of"]]["sha256"]

    assert same == (truth["duplicate_relation"] == "identical")


@pytest.mark.parametrize("path", _with("copy_of"))
def test_copy_is_recycled_only_if_seen_before_the_event(
    path: str, first_seen: dict[str, str]
) -> None:
    start = tomllib.loads((CASE / "case.toml").read_text(encoding="utf-8"))["event"]["start"]

    seen = first_seen[Path(TRUTH[path]["copy_of"]).name]

    assert TRUTH[path]["recycled"] == (seen[:10] < start.date().isoformat())


def test_archive_list_names_every_archived_file(first_seen: dict[str, str]) -> None:
    header = (CASE / "archive" / "list.csv").read_text(encoding="utf-8").splitlines()[0]

    archived = {Path(path).name for path in FILES if "/archive/" in path}

    assert header.split(",") == LIST_COLUMNS
    assert set(first_seen) == archived


def test_case_file_names_things_that_exist() -> None:
    case = tomllib.loads((CASE / "case.toml").read_text(encoding="utf-8"))

    named = [CASE / case["archive"]["path"], *(CASE / r["path"] for r in case["reference"])]

    assert all(path.exists() for path in named)
    assert all(case["event"][edge].utcoffset() for edge in ("start", "end"))
    assert len({claim["id"] for claim in case["claim"]}) == len(case["claim"])


def test_remade_stills_show_the_same_pictures(tool: ModuleType, tmp_path: Path) -> None:
    pillow_heif.register_heif_opener()

    tool.make_samples(tmp_path)

    for path in filter(_decodable, FILES):
        with Image.open(SAMPLES / path) as kept, Image.open(tmp_path / path) as remade:
            pair = [np.asarray(p.convert("RGB"), dtype=float) for p in (kept, remade)]
        assert np.abs(pair[0] - pair[1]).mean() < MAX_MEAN_DIFFERENCE, path
