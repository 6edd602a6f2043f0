"""Clips are read by two engines; when one fails, or the file does, the other's fields stay."""

import io
import socket
import struct
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from forensics.ingest.media import Media, open_media
from forensics.metadata.read import read_fields
from forensics.model.findings import MetadataTable, Position

TAGS = {
    "title": "Bridge", "make": "Google", "model": "Pixel 8", "artist": "Olena", "comment": "none",
    "copyright": "(c)", "location": "+51.3350+034.6600/", "creation_time": "2024-08-16T10:22:07Z",
    "date": "2024-08-16", "com.apple.quicktime.creationdate": "2024-08-16T13:22:07+0300",
}  # fmt: skip


@pytest.fixture(scope="module")
def encoded() -> Callable[..., bytes]:
    def encode(container: str, **options: str) -> bytes:
        buffer = io.BytesIO()
        with av.open(buffer, "w", format=container, options=options) as output:
            output.metadata.update(TAGS)
            stream = output.add_stream("mpeg4", rate=10)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            for number in range(3):
                pixels = np.full((48, 64, 3), number * 20, np.uint8)
                output.mux(stream.encode(av.VideoFrame.from_ndarray(pixels)))
            output.mux(stream.encode(None))
        return buffer.getvalue()

    return encode


def table_of(media: Media) -> MetadataTable:
    table = read_fields(media)
    assert isinstance(table, MetadataTable)
    return table


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[bytes], Media]:
    def open_bytes(data: bytes) -> Media:
        path = tmp_path / "clip"
        path.write_bytes(data)
        return open_media(path)

    return open_bytes


CONTAINERS = {
    "mov": ("isobmff", {}, {"make", "model", "title", "artist", "comment", "position", "date_tag"}),
    "mp4": ("isobmff", {}, {"title", "artist", "comment", "position", "date_tag", "encoder"}),
    "3gp": ("isobmff", {}, {"position", "created_at"}),
    "ipod": ("isobmff", {"movflags": "use_metadata_tags"}, {"make", "model", "captured_at"}),
    "matroska": ("matroska", {}, {"make", "model", "title", "captured_at", "position", "encoder"}),
    "avi": ("riff", {}, {"title", "artist", "comment", "copyright", "date_tag", "software"}),
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_both_engines_read_the_same(
    container: str, encoded: Callable[..., bytes], opened: Callable[[bytes], Media]
) -> None:
    engine, options, fields = CONTAINERS[container]

    table = table_of(opened(encoded(container, **options)))

    assert table.failed_engines == {}
    assert {name for name, field in table.fields.items() if field.agree is False} == set()
    assert fields <= {name for name, field in table.fields.items() if field.agree}
    assert all(engine in field.where for field in table.fields.values() if field.agree)


def test_position_of_both_engines_is_near(
    encoded: Callable[..., bytes], opened: Callable[[bytes], Media]
) -> None:
    position = table_of(opened(encoded("mp4"))).fields["position"]

    assert isinstance(position.value, Position)
    assert (position.value.lat, position.value.lon) == pytest.approx((51.335, 34.66), abs=1e-4)


def test_clip_that_was_cut_short_keeps_what_is_there(
    encoded: Callable[..., bytes], opened: Callable[[bytes], Media]
) -> None:
    data = encoded("mov", movflags="frag_keyframe+empty_moov")

    table = table_of(opened(data[: data.index(b"mdat") + 100]))

    assert table.fields["make"].value == "Google"
    assert "bytes more than there are" in table.failed_engines["isobmff"]


def test_clip_without_its_header_says_what_is_wrong(
    encoded: Callable[..., bytes], opened: Callable[[bytes], Media]
) -> None:
    data = encoded("mp4")

    table = table_of(opened(data[: data.index(b"moov") - 4]))

    assert set(table.fields) == {"brand", "compatible_brands"}
    assert "moov" in table.failed_engines["isobmff"]
    assert "does not open" in table.failed_engines["pyav"]


@pytest.mark.parametrize("change", ["gone", "grown", "folder"])
def test_file_that_changed_meanwhile_is_told(
    change: str, encoded: Callable[..., bytes], opened: Callable[[bytes], Media]
) -> None:
    media = opened(encoded("mov"))
    if change == "grown":
        media.path.write_bytes(media.path.read_bytes() + b"x")
    else:
        media.path.unlink()
    if change == "folder":
        media.path.mkdir()

    table = table_of(media)

    assert table.fields["make"].sources == {"pyav": "Google"}
    assert "file" in table.failed_engines["isobmff"]


def test_xmp_of_a_clip_is_read(
    encoded: Callable[..., bytes], opened: Callable[[bytes], Media]
) -> None:
    packet = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
        b'syntax-ns#"><rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        b'xmp:CreatorTool="Premiere"/></rdf:RDF></x:xmpmeta>'
    )
    uuid = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
    box = struct.pack(">I4s", 24 + len(packet), b"uuid") + uuid + packet

    table = table_of(opened(encoded("mp4") + box))

    assert table.fields["creator_tool"].sources == {"xmp": "Premiere"}


@pytest.mark.parametrize("kind", [b"url ", b"alis"])
def test_media_in_another_file_are_named_and_never_opened(
    kind: bytes, encoded: Callable[..., bytes], opened: Callable[[bytes], Media], tmp_path: Path
) -> None:
    target = tmp_path / "target.mov"
    target.write_bytes(encoded("mov"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/target.mov".encode()

        table = table_of(opened(_referring(target.read_bytes(), kind, address)))

        with pytest.raises(TimeoutError):
            server.accept()
    named = table.fields["external_media"].value
    assert (
        named == f"track 1: {'url ' + address.decode() if kind == b'url ' else 'alis target.mov'}"
    )


def _referring(data: bytes, kind: bytes, address: bytes) -> bytes:
    """Give the header of a clip alone, which says that the pictures are elsewhere."""
    alias = bytearray(150)
    struct.pack_into(">HH", alias, 4, 150, 2)
    alias[50:61] = b"\x0atarget.mov"
    body = address + b"\0" if kind == b"url " else bytes(alias)
    record = struct.pack(">I4sI", 12 + len(body), kind, 0) + body
    moov = bytearray(data[data.index(b"moov") - 4 :])
    at = moov.index(b"dref") - 4
    old = int.from_bytes(moov[at : at + 4], "big")
    grown = struct.pack(">I4sII", 16 + len(record), b"dref", 0, 1) + record
    moov[at : at + old] = grown
    for name in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        start = moov.index(name) - 4
        size = int.from_bytes(moov[start : start + 4], "big") + len(grown) - old
        moov[start : start + 4] = size.to_bytes(4, "big")
    return data[: data.index(b"ftyp") + 16] + bytes(moov)


def test_real_clips_are_read_alike(media_root: Path) -> None:
    paths = sorted((media_root / "metadata" / "video").iterdir())

    for path in paths:
        table = table_of(open_media(path))
        read_twice = [
            field for field in table.fields.values() if {"isobmff", "pyav"} <= set(field.sources)
        ]
        assert len(read_twice) > 2
        for field in read_twice:
            assert field.sources["isobmff"] == field.sources["pyav"], path
