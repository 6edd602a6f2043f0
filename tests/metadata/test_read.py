"""Every field is read by every engine there is; none is read wrongly."""

import io
import json
import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from forensics.ingest.media import open_media
from forensics.metadata.exif import read_with_exifread
from forensics.metadata.read import read, read_fields
from forensics.model.errors import UnreadableMedia
from forensics.model.findings import MetadataTable, Position
from forensics.model.outcome import Absent

Read = Callable[..., MetadataTable | Absent]
Make = Callable[..., tuple[int, int, int, bytes]]

MAKE, MODEL, SOFTWARE, DATE_TIME = 0x010F, 0x0110, 0x0131, 0x0132
ORIENTATION, ARTIST, DESCRIPTION = 0x0112, 0x013B, 0x010E
ORIGINAL, DIGITIZED, OFFSET, OFFSET_ORIGINAL, SUBSEC_ORIGINAL = (
    0x9003, 0x9004, 0x9010, 0x9011, 0x9291,
)  # fmt: skip
LAT_REF, LAT, LON_REF, LON, ALT_REF, ALT, GPS_TIME, GPS_DATE = 1, 2, 3, 4, 5, 6, 7, 29


def _table(table: MetadataTable | Absent) -> MetadataTable:
    assert isinstance(table, MetadataTable), table
    return table


def _values(table: MetadataTable | Absent) -> dict[str, object]:
    return {name: field.value for name, field in _table(table).fields.items()}


@pytest.fixture
def gps(ascii_tag: Make, rational_tag: Make) -> Callable[..., list[object]]:
    def make(
        lat: tuple[tuple[int, int], ...] = ((51, 1), (20, 1), (606, 100)),
        lon: tuple[tuple[int, int], ...] = ((34, 1), (39, 1), (3528, 100)),
        refs: str = "NE",
    ) -> list[object]:
        return [
            ascii_tag(LAT_REF, refs[0]), rational_tag(LAT, *lat),
            ascii_tag(LON_REF, refs[1]), rational_tag(LON, *lon),
        ]  # fmt: skip

    return make


def test_fields_of_both_engines_agree(read_exif: Read, ascii_tag: Make, gps: Callable) -> None:
    table = read_exif(
        image=[ascii_tag(MAKE, "Maker"), (ORIENTATION, 3, 1, struct.pack("<H", 6))],
        exif=[
            ascii_tag(ORIGINAL, "2024:08:16 14:22:07"), ascii_tag(OFFSET_ORIGINAL, "+03:00"),
            ascii_tag(SUBSEC_ORIGINAL, "12"),
        ],
        gps=gps(),
    )  # fmt: skip

    values = _values(table)
    assert values["make"] == "Maker"
    assert values["orientation"] == 6
    assert values["captured_at"] == "2024-08-16T14:22:07.12+03:00"
    assert values["captured_offset"] == "+03:00"
    position = values["position"]
    assert isinstance(position, Position)
    assert (position.lat, position.lon) == pytest.approx((51.335017, 34.6598), abs=1e-6)
    for field in _table(table).fields.values():
        assert set(field.sources) == {"pillow", "exifread"}
        assert field.agree is True
    assert _table(table).failed_engines == {}


def test_time_without_an_offset_has_none(read_exif: Read, ascii_tag: Make) -> None:
    values = _values(read_exif(exif=[ascii_tag(ORIGINAL, "2024:08:16 14:22:07")]))

    assert values == {"captured_at": "2024-08-16T14:22:07"}


def test_offset_in_the_time_itself_is_kept(read_exif: Read, ascii_tag: Make) -> None:
    values = _values(read_exif(exif=[ascii_tag(ORIGINAL, "2024:08:16 14:22:07+03:00")]))

    assert values["captured_at"] == "2024-08-16T14:22:07+03:00"


@pytest.mark.parametrize(
    "text",
    [
        "0000:00:00 00:00:00", "    :  :     :  :  ", "", "1970:01:01 00:00:00",
        "1904:01:01 00:00:00", "0001:01:01 00:00:00", "2024:13:01 00:00:00", "2024:02:30 00:00:00",
        "2024:08:16 25:00:00", "garbage", "2024:08:16",
    ],
)  # fmt: skip
def test_time_that_was_never_set_is_missing(text: str, read_exif: Read, ascii_tag: Make) -> None:
    values = _values(read_exif(image=[ascii_tag(MAKE, "M")], exif=[ascii_tag(ORIGINAL, text)]))

    assert values == {"make": "M"}


ZERO = ((0, 1),) * 3


@pytest.mark.parametrize(
    ("lat", "lon", "refs"),
    [
        (ZERO, ZERO, "NE"),
        (((51, 0), (0, 1), (0, 1)), ((34, 1), (0, 1), (0, 1)), "NE"),
        (((0, 0),) * 3, ((0, 0),) * 3, "NE"),
        (((91, 1), (0, 1), (0, 1)), ((34, 1), (0, 1), (0, 1)), "NE"),
        (((51, 1), (0, 1), (0, 1)), ((181, 1), (0, 1), (0, 1)), "NE"),
        (((51, 1), (0, 1), (0, 1)), ((34, 1), (0, 1), (0, 1)), "  "),
        (((51, 1), (0, 1), (0, 1)), ((34, 1), (0, 1), (0, 1)), "EN"),
        (((51, 1),), ((34, 1),), "NE"),
    ],
)
def test_position_that_is_none_is_missing(
    lat: tuple, lon: tuple, refs: str, read_exif: Read, ascii_tag: Make, gps: Callable
) -> None:
    values = _values(read_exif(image=[ascii_tag(MAKE, "M")], gps=gps(lat, lon, refs)))

    assert values == {"make": "M"}


@pytest.mark.parametrize(("refs", "signs"), [("NE", (1, 1)), ("SE", (-1, 1)), ("sW", (-1, -1))])
def test_hemispheres(refs: str, signs: tuple, read_exif: Read, gps: Callable) -> None:
    position = _values(read_exif(gps=gps(refs=refs)))["position"]

    assert isinstance(position, Position)
    assert (position.lat * signs[0] > 51, position.lon * signs[1] > 34) == (True, True)


def test_empty_gps_directory_is_missing(read_exif: Read, ascii_tag: Make) -> None:
    table = read_exif(image=[ascii_tag(MAKE, "M")], gps=[(0, 1, 4, b"\2\3\0\0")])

    assert _values(table) == {"make": "M"}


def test_gps_clock_is_utc(read_exif: Read, ascii_tag: Make, rational_tag: Make) -> None:
    clock = rational_tag(GPS_TIME, (11, 1), (22, 1), (705, 100))

    values = _values(read_exif(gps=[clock, ascii_tag(GPS_DATE, "2024:08:16")]))

    assert values == {"gps_at": "2024-08-16T11:22:07Z"}


def test_altitude_below_the_sea(read_exif: Read, rational_tag: Make) -> None:
    below = (ALT_REF, 1, 1, b"\1")

    values = _values(read_exif(gps=[below, rational_tag(ALT, (4305, 10))]))

    assert values == {"altitude_m": -430.5}


def test_text_in_utf8_and_in_other_bytes(read_exif: Read, ascii_tag: Make) -> None:
    table = read_exif(
        image=[
            ascii_tag(ARTIST, "Олена \U0001f4f7"), ascii_tag(MAKE, b"\xc2\xeb\xe0\xe4"),
            ascii_tag(MODEL, "A\0B  "), ascii_tag(DESCRIPTION, "red\x1b[31m\r\n"),
        ]
    )  # fmt: skip

    values = _values(table)
    assert values["artist"] == "Олена \U0001f4f7"
    assert values["make"] == r"\xc2\xeb\xe0\xe4"
    assert values["model"] == "A"
    assert values["description"] == r"red\x1b[31m"
    assert all(field.agree for field in _table(table).fields.values())
    assert _table(table).fields["make"].raw == r"\xc2\xeb\xe0\xe4"


def test_padding_of_every_kind_is_no_text(read_exif: Read, ascii_tag: Make) -> None:
    table = read_exif(image=[ascii_tag(MAKE, b"\0" * 30), ascii_tag(MODEL, b" " * 30)])

    assert isinstance(table, Absent)
    assert table.reason == "not_present"


def test_broken_tag_does_not_lose_the_others(read_exif: Read, ascii_tag: Make) -> None:
    table = read_exif(
        image=[
            (MAKE, 99, 4, b"abcd"), (MODEL, 5, 1, 0xFFFFFF), (ORIENTATION, 2, 5, b"six\0\0"),
            (SOFTWARE, 2, 0xFFFFFFF0, 40), ascii_tag(ARTIST, "Still here"),
        ],
        exif=[ascii_tag(ORIGINAL, "2024:08:16 14:22:07"), (DIGITIZED, 12, 3, b"\0" * 24)],
    )  # fmt: skip

    values = _values(table)
    assert values["artist"] == "Still here"
    assert values["captured_at"] == "2024-08-16T14:22:07"
    assert "orientation" not in values
    assert set(_table(table).fields["artist"].sources) >= {"exifread"}


def test_wrong_types_are_no_values(read_exif: Read, ascii_tag: Make) -> None:
    table = read_exif(
        image=[
            (MAKE, 3, 1, b"\x05\0"), (MODEL, 1, 5, b"Model"), (DATE_TIME, 4, 1, b"\1\0\0\0"),
            ascii_tag(ARTIST, "A"),
        ],
        gps=[ascii_tag(LAT_REF, "N"), ascii_tag(LAT, "51.3"), ascii_tag(LON_REF, "E")],
    )  # fmt: skip

    assert _values(table) == {"artist": "A", "model": "Model"}


@pytest.mark.parametrize("pointer", [8, 0, 0xFFFFFFFF, 9])
def test_directories_in_circles_end(
    pointer: int, read_exif: Read, exif_block: Callable[..., bytes], ascii_tag: Make
) -> None:
    block = exif_block(
        image=[ascii_tag(MAKE, "M"), (0x8769, 4, 1, pointer), (0x8825, 4, 1, pointer)]
    )
    started = time.process_time()

    table = read_exif(block=block[:4] + block[4:8] + block[8:])

    assert _values(table)["make"] == "M"
    assert time.process_time() - started < 2


def test_ten_thousand_tags_are_read_in_a_moment(
    exif_block: Callable[..., bytes], ascii_tag: Make, tmp_path: Path
) -> None:
    tags = [ascii_tag(MAKE, "M"), *((0xC000, 2, 0xFFFF, 8) for _ in range(10_000))]
    buffer = io.BytesIO()
    Image.new("L", (8, 8)).save(buffer, "PNG")
    block = exif_block(image=tags, exif=[ascii_tag(ORIGINAL, "2024:08:16 14:22:07")])
    chunk = struct.pack(">I", len(block)) + b"eXIf" + block
    data = buffer.getvalue()[:33] + chunk + struct.pack(">I", _crc(b"eXIf" + block))
    path = tmp_path / "many.png"
    path.write_bytes(data + buffer.getvalue()[33:])
    started = time.process_time()

    table = read_fields(open_media(path))

    assert time.process_time() - started < 5
    assert _values(table) == {"captured_at": "2024-08-16T14:22:07", "make": "M"}


def _crc(data: bytes) -> int:
    import zlib

    return zlib.crc32(data)


def test_tags_that_all_claim_the_whole_file_do_not_fill_memory(
    exif_block: Callable[..., bytes], tmp_path: Path
) -> None:
    resource = pytest.importorskip("resource")
    tags = [(0xC000 + index, 7, 20_000_000, 8) for index in range(5_000)]
    path = tmp_path / "greedy.tif"
    path.write_bytes(exif_block(image=tags) + bytes(20_000_000))
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()

    table = read_fields(open_media(path))

    assert isinstance(table, Absent)
    assert time.process_time() - started < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 300_000


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_scrambled_exif_never_crashes(
    data: st.DataObject, read_exif: Read, exif_block: Callable[..., bytes],
    ascii_tag: Make, gps: Callable,
) -> None:  # fmt: skip
    block = bytearray(
        exif_block(
            image=[ascii_tag(MAKE, "Maker"), ascii_tag(DATE_TIME, "2024:08:16 14:22:07")],
            exif=[ascii_tag(ORIGINAL, "2024:08:16 14:22:07"), ascii_tag(OFFSET, "+03:00")],
            gps=gps(),
        )
    )
    for at in data.draw(st.lists(st.integers(8, len(block) - 1), max_size=12)):
        block[at] = data.draw(st.integers(0, 255))

    table = read_exif(block=bytes(block))

    assert isinstance(table, MetadataTable | Absent)
    if isinstance(table, MetadataTable):
        json.dumps({name: field.raw for name, field in table.fields.items()}).encode("utf-8")


def test_orientation_of_the_container_is_not_taken_for_exif(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[MAKE], exif[ORIENTATION] = "M", 6
    path = tmp_path / "a.avif"
    Image.new("RGB", (32, 16)).save(path, exif=exif)

    values = _values(read(path))

    assert values.get("make") == "M"
    assert "orientation" not in values


def test_heic_is_read_without_the_library_for_its_pixels(
    media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)

    table = _table(read(media_root / "metadata" / "exif-samples" / "heic" / "IMG_5195.HEIC"))

    assert set(table.fields["captured_at"].sources) == {"pillow", "exifread", "xmp"}
    assert table.failed_engines == {}


def test_video_without_its_library_says_so(
    sample: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    for name in [each for each in sys.modules if each.startswith("forensics.ingest.video")]:
        monkeypatch.delitem(sys.modules, name)

    table = read(sample("VID_20240816_131418.mp4"))

    assert isinstance(table, Absent)
    assert table.reason == "not_available"
    assert "pip install av" in table.advice


def test_video_that_does_not_open_is_unreadable_not_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\0\0\x10\0mdat" + bytes(100))

    table = read(path)

    assert isinstance(table, Absent)
    assert table.reason == "unreadable"


def test_samples_are_read_as_their_manifest_says(
    manifest: dict[str, dict[str, object]], sample: Callable[[str], Path]
) -> None:
    for path, entry in manifest.items():
        truth = entry["truth"]
        assert isinstance(truth, dict)
        if not path.startswith("glushkovo/") or "position" not in truth:
            continue
        position = _values(read(sample(path.removeprefix("glushkovo/"))))["position"]
        assert isinstance(position, Position)
        expected = truth["position"]["lat"], truth["position"]["lon"]
        assert (position.lat, position.lon) == pytest.approx(expected, abs=1e-4), path


def test_nothing_is_read_other_than_exiftool_reads_it(media_root: Path, repository: Path) -> None:
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not installed")

    ran = subprocess.run(
        [sys.executable, "benchmarks/accuracy/metadata.py"], cwd=repository, text=True,
        capture_output=True, check=True, timeout=300,
        env={**os.environ, "FORENSICS_MEDIA": str(media_root), "PYTHONPATH": "."},
    )  # fmt: skip

    rows = [line.strip("| ").split(" | ") for line in ran.stdout.splitlines() if " | " in line][1:]
    assert len(rows) > 10
    assert {row[0]: row[4] for row in rows if row[4] != "0"} == {}
    position = next(row for row in rows if row[:2] == ["position", "package"])
    assert (int(position[2]), int(position[3])) >= (23, 0)


def test_no_hostile_file_breaks_the_engines(media_root: Path) -> None:
    for path in sorted((media_root / "hostile").rglob("*")):
        if not path.is_file():
            continue
        try:
            media = open_media(path)
        except UnreadableMedia:
            continue
        assert isinstance(read_fields(media), MetadataTable | Absent)


def _box(kind: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body


@pytest.mark.parametrize(
    "looping",
    [
        pytest.param(b"\0\0\0\1free" + bytes(8), id="a box of no size"),
        pytest.param(_box(b"iloc", bytes(6) + b"\xff" * 20_000), id="parts of no bytes"),
    ],
)
def test_boxes_that_are_read_over_and_over_are_given_up(looping: bytes) -> None:
    data = _box(b"ftyp", b"heic" + bytes(4)) + _box(b"meta", bytes(4) + looping)

    readings, faults = read_with_exifread(data)

    assert readings == {}
    assert "circle" in faults[0]
