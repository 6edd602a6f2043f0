"""A still is read block by block, and the blocks are sources of the same fields."""

import io
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from forensics.ingest.media import open_media
from forensics.metadata.read import read_fields
from forensics.metadata.stills import read_still
from forensics.model.findings import MetadataTable, Position

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
    'syntax-ns#"><rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" '
    'exif:DateTimeOriginal="{time}" exif:GPSLatitude="51,20,6.06N" '
    'exif:GPSLongitude="34,39,35.28E"/></rdf:RDF></x:xmpmeta>'
)
Make = Callable[..., tuple[int, int, int, bytes]]


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def xmp_segment(time: str) -> bytes:
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP.format(time=time).encode())


def iptc_segment(day: bytes) -> bytes:
    iptc = b"\x1c\2\x37\0\x08" + day
    return segment(
        0xED, b"Photoshop 3.0\x008BIM\4\4\0\0" + struct.pack(">I", len(iptc)) + iptc + b"\0"
    )


@pytest.fixture
def read(
    tmp_path: Path, exif_block: Callable[..., bytes], in_jpeg: Callable[[bytes], bytes]
) -> Callable[..., MetadataTable]:
    def make(*segments: bytes, **directories: object) -> MetadataTable:
        data = in_jpeg(exif_block(**directories)) if directories else _plain()
        path = tmp_path / "a.jpg"
        path.write_bytes(data[:2] + b"".join(segments) + data[2:])
        table = read_fields(open_media(path))
        assert isinstance(table, MetadataTable)
        return table

    return make


def _plain() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG")
    return buffer.getvalue()


def test_file_with_xmp_alone_has_time_and_position(read: Callable[..., MetadataTable]) -> None:
    fields = read(xmp_segment("2024-08-16T14:22:07+03:00")).fields

    assert fields["captured_at"].value == "2024-08-16T14:22:07+03:00"
    assert fields["captured_at"].sources == {"xmp": "2024-08-16T14:22:07"}
    assert fields["captured_at"].where == {"xmp": "XMP exif:DateTimeOriginal"}
    assert fields["position"].value == Position(51.3350167, 34.6598)
    assert fields["position"].agree is None


def test_blocks_that_say_the_same_agree(
    read: Callable[..., MetadataTable], ascii_tag: Make
) -> None:
    table = read(
        xmp_segment("2024-08-16T14:22:07"), iptc_segment(b"20240816"),
        exif=[ascii_tag(0x9003, "2024:08:16 14:22:07")],
    )  # fmt: skip

    captured = table.fields["captured_at"]
    assert set(captured.sources) == {"pillow", "exifread", "xmp", "iptc"}
    assert captured.agree is True
    assert captured.where["iptc"] == "IPTC 2:55"


def test_blocks_that_say_different_things_disagree_and_exif_stays(
    read: Callable[..., MetadataTable], ascii_tag: Make
) -> None:
    table = read(
        xmp_segment("2023-01-01T00:00:00"), exif=[ascii_tag(0x9003, "2024:08:16 14:22:07")]
    )

    assert table.fields["captured_at"].value == "2024-08-16T14:22:07"
    assert table.fields["captured_at"].agree is False


def test_offset_alone_is_reported_and_joined_to_nothing(
    read: Callable[..., MetadataTable], ascii_tag: Make
) -> None:
    fields = read(
        exif=[ascii_tag(0x9011, "+03:00"), ascii_tag(0x9004, "2024:08:16 14:22:07")]
    ).fields

    assert fields["captured_offset"].value == "+03:00"
    assert fields["captured_offset"].agree is True
    assert "captured_at" not in fields
    assert fields["digitized_at"].value == "2024-08-16T14:22:07"


def test_camera_settings(
    read: Callable[..., MetadataTable], ascii_tag: Make, rational_tag: Make
) -> None:
    fields = read(
        image=[ascii_tag(0x013C, "Computer")],
        exif=[
            rational_tag(0x829A, (1, 250)), rational_tag(0x829D, (28, 10)),
            rational_tag(0x920A, (0, 0)), (0x8827, 3, 1, b"\x64\0"), (0x9209, 3, 1, b"\x10\0"),
            ascii_tag(0xA430, "Owner"), ascii_tag(0xA433, "Lens maker"),
            (0xA002, 4, 1, struct.pack("<I", 40)), (0xA003, 4, 1, struct.pack("<I", 30)),
            (0x9286, 7, 12, b"ASCII\0\0\0note"),
        ],
        gps=[
            rational_tag(17, (905, 10)), ascii_tag(16, "T"), rational_tag(13, (10, 1)),
            ascii_tag(12, "N"), ascii_tag(18, "WGS-84"), rational_tag(31, (5, 1)),
        ],
    ).fields  # fmt: skip

    assert {name: field.value for name, field in fields.items()} == {
        "host_computer": "Computer", "exposure_time_s": 0.004, "f_number": 2.8, "iso": 100,
        "flash": "did not fire", "owner_name": "Owner", "lens_make": "Lens maker",
        "declared_size": "40x30", "user_comment": "note", "direction_deg": 90.5,
        "direction_reference": "true north", "speed_kmh": 18.52, "gps_datum": "WGS-84",
        "position_error_m": 5.0,
    }  # fmt: skip
    assert all(field.agree in (True, None) for field in fields.values())


def test_windows_texts(read: Callable[..., MetadataTable]) -> None:
    text = "Міст".encode("utf-16-le") + b"\0\0"
    fields = read(image=[(0x9C9B, 1, len(text), text)]).fields

    assert fields["windows_title"].value == "Міст"
    assert fields["windows_title"].charset == "utf-16-le"


def test_faults_of_one_block_do_not_lose_the_others(
    read: Callable[..., MetadataTable], ascii_tag: Make
) -> None:
    table = read(
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<!DOCTYPE x []>"),
        segment(0xE2, b"ICC_PROFILE\0\1\1junk"), iptc_segment(b"20240816")[:-2] + b"\xff\0",
        image=[ascii_tag(0x010F, "M")],
    )  # fmt: skip

    assert table.fields["make"].value == "M"
    assert {"xmp", "icc"} <= set(table.failed_engines)


@pytest.mark.parametrize("format_name", ["jpeg", "png", "webp", "gif", "tiff", "heic", "bmp"])
@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"\xff" * 100])
def test_nothing_is_found_in_nothing(format_name: str, data: bytes) -> None:
    good, _ = read_still(data, format_name)

    assert not any(good.values())
