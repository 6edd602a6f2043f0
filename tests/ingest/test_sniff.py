"""Content decides what a file is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from forensics.ingest.sniff import MEDIA_EXTENSIONS, name_other, sniff


@pytest.mark.parametrize(
    ("format_name", "expected"),
    [
        ("JPEG", "jpeg"), ("MPO", "jpeg"), ("PNG", "png"), ("WEBP", "webp"), ("AVIF", "avif"),
        ("HEIF", "heic"), ("TIFF", "tiff"), ("GIF", "gif"), ("BMP", "bmp"),
    ],
)  # fmt: skip
def test_stills_are_known_by_content(
    format_name: str, expected: str, photo: Image.Image, encode: Callable[..., bytes]
) -> None:
    options = {"save_all": True, "append_images": [photo]} if format_name == "MPO" else {}

    kind = sniff(encode(photo, format_name, **options)[:4096])

    assert kind is not None
    assert kind.format == expected
    assert set(kind.extensions) <= MEDIA_EXTENSIONS


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "avif"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "heic"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "mov"),
        (b"\0\0\0\x14ftyp3gp5\0\0\0\0isom", "mp4"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "mov"),
        (b"\x1aE\xdf\xa3" + bytes(20), "matroska"),
        (b"\0\0\x01\xba" + bytes(20), "mpeg"),
        (b"\0\0\x01\xb3" + bytes(20), "mpegvideo"),
        ((b"G" + bytes(187)) * 5, "mpegts"),
        ((bytes(4) + b"G" + bytes(187)) * 5, "mpegts"),
        (b"\xff\xfb\x90\x64" + bytes(20), "mp3"),
        (b"\xff\xf1\x50\x80" + bytes(20), "aac"),
    ],
)
def test_containers_are_known_by_content(head: bytes, expected: str) -> None:
    kind = sniff(head)

    assert kind is not None
    assert kind.format == expected


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff",
        b"\xff\xfb",
        b"\xff\xfe\xff\xff text in UTF-16",
        b"BM and so on" * 9,
        b"G" * 100,
    ],
)
def test_other_content_is_no_media(head: bytes) -> None:
    assert sniff(head) is None


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"  <!DOCTYPE html><html>", "a web page"),
        (b"\xef\xbb\xbf<html lang='en'>", "a web page"),
        (b"<svg xmlns='x'>", "an SVG drawing"),
        (b"#EXTM3U\n", "a playlist that points to other files"),
        (b"\xff\x0a123", "a JPEG XL picture"),
        (b"%PDF-1.7", "a PDF document"),
        (b"some notes", None),
    ],
)
def test_content_that_is_no_media_is_named(head: bytes, name: str | None) -> None:
    assert sniff(head) is None
    assert name_other(head) == name


@given(st.binary(max_size=300))
def test_any_bytes_can_be_asked_about(head: bytes) -> None:
    kind = sniff(head)

    assert kind is None or kind.extensions
    assert name_other(head) is None or isinstance(name_other(head), str)


def test_kind_of_every_sample_is_what_the_manifest_says(
    manifest: dict[str, dict[str, object]], sample: Callable[[str], Path]
) -> None:
    for path, entry in manifest.items():
        truth = entry["truth"]
        assert isinstance(truth, dict)
        if not path.startswith("glushkovo/") or truth["format"] == "text":
            continue
        kind = sniff(sample(path.removeprefix("glushkovo/")).read_bytes()[:4096])
        assert kind is not None
        assert kind.format == truth["format"], path
