"""ExifTool is one more engine: bounded, told no names, and never required."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from forensics.ingest.media import open_media
from forensics.ingest.programs import Program, asking_exiftool, find_exiftool
from forensics.metadata import exiftool
from forensics.metadata.exiftool import read_with_exiftool
from forensics.metadata.read import read_fields
from forensics.model.errors import UnreadableMedia
from forensics.model.findings import MetadataTable

Make = Callable[..., tuple[int, int, int, bytes]]


@pytest.fixture
def picture(
    tmp_path: Path, exif_block: Callable[..., bytes], in_jpeg: Callable[[bytes], bytes],
    ascii_tag: Make,
) -> Path:  # fmt: skip
    path = tmp_path / "-config\n--evil; name.jpg"
    block = exif_block(
        image=[ascii_tag(0x010F, "Maker"), ascii_tag(0x0110, "007")],
        exif=[ascii_tag(0x9003, "2024:08:16 14:22:07"), ascii_tag(0x9011, "+03:00")],
    )
    path.write_bytes(in_jpeg(block))
    return path


@pytest.fixture
def fake(tmp_path: Path) -> Callable[[str], Program]:
    def make(script: str) -> Program:
        path = tmp_path / "exiftool"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return Program(str(path), "13.00")

    return make


def test_real_exiftool_agrees_whatever_the_file_is_called(picture: Path) -> None:
    program = find_exiftool()
    if not isinstance(program, Program):
        pytest.skip(f"exiftool cannot be asked: {program.detail}")

    with asking_exiftool(program):
        table = read_fields(open_media(picture))

    assert isinstance(table, MetadataTable)
    assert table.fields["captured_at"].value == "2024-08-16T14:22:07+03:00"
    for name in ("captured_at", "captured_offset", "make", "model"):
        assert set(table.fields[name].sources) == {"pillow", "exifread", "exiftool"}, name
        assert table.fields[name].agree is True, name
    assert table.failed_engines == {}


def test_nobody_is_asked_without_a_wish(picture: Path) -> None:
    table = read_fields(open_media(picture))

    assert isinstance(table, MetadataTable)
    assert set(table.fields["make"].sources) == {"pillow", "exifread"}


def test_one_that_hangs_is_stopped_with_all_it_started(
    picture: Path, fake: Callable[[str], Program], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(exiftool, "LIMIT_S", 0.5)
    program = fake(f"(sleep 2; touch {tmp_path}/alive) & sleep 30")
    started = time.monotonic()

    with asking_exiftool(program):
        table = read_fields(open_media(picture))

    assert time.monotonic() - started < 2
    assert isinstance(table, MetadataTable)
    assert table.fields["make"].value == "Maker"
    assert "not done in 0.5 s" in table.failed_engines["exiftool"]
    time.sleep(2)
    assert not (tmp_path / "alive").exists()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo garbage", "understood"),
        ("exit 3", "understood"),
        ("echo '[]'", "understood"),
        ("echo '[1]'", "understood"),
        ("echo '{}'", "understood"),
        ("head -c 100000 /dev/zero | tr '\\0' '['", "understood"),
        ("cat /dev/zero", "too much"),
        ("kill -9 $$", "understood"),
    ],
)
def test_one_that_talks_nonsense_is_not_believed(
    script: str, said: str, picture: Path, fake: Callable[[str], Program]
) -> None:
    with pytest.raises(UnreadableMedia, match=said):
        read_with_exiftool(picture, fake(script))


def test_one_that_is_gone_is_a_failed_engine(picture: Path) -> None:
    with asking_exiftool(Program("/nonexistent/exiftool", "13.00")):
        table = read_fields(open_media(picture))

    assert isinstance(table, MetadataTable)
    assert "exiftool" in table.failed_engines


def test_the_evidence_is_standard_input_and_settings_are_not_read(
    picture: Path, fake: Callable[[str], Program], tmp_path: Path
) -> None:
    program = fake(
        f'for word; do echo "<$word>"; done > {tmp_path}/words; wc -c > {tmp_path}/bytes; '
        f"echo '[{{}}]'; env > {tmp_path}/env"
    )

    assert read_with_exiftool(picture, program) == ({}, [])

    words = (tmp_path / "words").read_text().splitlines()
    assert words[:2] == ["<-config>", "<>"]
    assert words[-1] == "<->"
    assert not any("evil" in word for word in words)
    assert int((tmp_path / "bytes").read_text()) == picture.stat().st_size
    assert "PERL" not in (tmp_path / "env").read_text()


def test_memory_and_processor_time_are_bounded(
    picture: Path, fake: Callable[[str], Program], tmp_path: Path
) -> None:
    program = fake(
        f"sleep 0.2; ulimit -d > {tmp_path}/data; ulimit -t > {tmp_path}/cpu; echo '[{{}}]'"
    )

    read_with_exiftool(picture, program)

    assert int((tmp_path / "data").read_text()) * 1024 == exiftool.MEMORY_BYTES
    assert int((tmp_path / "cpu").read_text()) == int(exiftool.LIMIT_S)


def test_tags_become_fields(picture: Path, fake: Callable[[str], Program]) -> None:
    tags = {
        "SourceFile": "-", "IFD0:Model": 7, "ExifIFD:DateTimeOriginal": "0000:00:00 00:00:00",
        "ExifIFD:OffsetTimeOriginal": "+03:00", "GPS:GPSLatitude": 51.335,
        "GPS:GPSLatitudeRef": "S", "GPS:GPSLongitude": 34.66, "GPS:GPSLongitudeRef": "E",
        "XMP-dc:Creator": "A, B", "IFD0:Orientation": 6, "Keys:Make": ["x"],
        "QuickTime:CreateDate": "2024:08:16 11:22:07", "IFD0:Software": "\0 ",
    }  # fmt: skip

    readings, _ = read_with_exiftool(picture, fake(f"echo '{json.dumps([tags])}'"))

    values = {name: each.value for name, each in readings.items()}
    position = values.pop("position")
    assert (position.lat, position.lon) == (-51.335, 34.66)
    assert values == {
        "model": "7", "captured_offset": "+03:00", "artist": "A, B", "orientation": 6,
        "created_at": "2024-08-16T11:22:07",
    }  # fmt: skip
    assert readings["artist"].where == "XMP dc:creator"
