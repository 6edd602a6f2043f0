"""What is left of a broken file is decoded, and what is missing is said rightly."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import skimage.data
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from forensics.ingest.media import Media
from forensics.ingest.missing import name_missing
from forensics.model.findings import StillFacts
from forensics.model.outcome import Problem

Encode = Callable[..., bytes]
Opened = Callable[..., Media]

LINE_BY_LINE = {
    "jpeg": ("JPEG", "RGB", {}),
    "grey jpeg": ("JPEG", "L", {}),
    "cmyk jpeg": ("JPEG", "CMYK", {}),
    "png": ("PNG", "RGB", {}),
    "palette png": ("PNG", "P", {}),
    "bilevel png": ("PNG", "1", {}),
    "webp": ("WEBP", "RGB", {}),
    "lossless webp": ("WEBP", "RGB", {"lossless": True}),
    "tiff": ("TIFF", "RGB", {}),
    "gif": ("GIF", "P", {"interlace": 0}),
    "bmp": ("BMP", "RGB", {}),
    "heic": ("HEIF", "RGB", {}),
}


def _named_share(reason: str) -> tuple[str, float]:
    found = re.search(r"the (bottom|top|left|right) (\d+) % of the picture is missing", reason)
    assert found is not None, reason
    return found[1], int(found[2]) / 100


@pytest.mark.parametrize("kept", [0.9, 0.5, 0.2])
@pytest.mark.parametrize("name", LINE_BY_LINE)
def test_cut_file_shows_its_beginning(
    name: str, kept: float, photo: Image.Image, encode: Encode, opened: Opened
) -> None:
    format_name, mode, options = LINE_BY_LINE[name]
    stored = photo.convert(mode)
    data = encode(stored, format_name, **options)

    media = opened(data[: int(len(data) * kept)])

    assert isinstance(media.facts, StillFacts), media.facts
    reason = str(media.facts.degraded)
    assert reason.startswith("the file is cut short: ")
    assert reason.endswith(")")
    side, missing = _named_share(reason)
    assert side == ("top" if name == "bmp" else "bottom")
    pixels = media.frames[0].pixels.astype(int)
    difference = np.abs(pixels - np.asarray(stored.convert("RGB"))).mean(axis=(1, 2))
    if side == "top":
        difference = difference[::-1]
    visible = int(len(difference) * (1 - missing)) - 32
    assert visible <= 0 or difference[:visible].mean() < 12
    assert difference[int(len(difference) * (1 - missing)) + 32 :].mean() > 12 or missing < 0.1


@pytest.mark.parametrize("kept", [0.9, 0.5])
def test_cut_avif_shows_its_beginning(
    kept: float, photo: Image.Image, encode: Encode, opened: Opened
) -> None:
    data = encode(photo, "AVIF")

    media = opened(data[: int(len(data) * kept)])

    assert isinstance(media.facts, StillFacts)
    assert "cut short" in str(media.facts.degraded)
    pixels = media.frames[0].pixels.astype(int)
    assert np.abs(pixels[:128] - np.asarray(photo)[:128]).mean() < 8
    assert np.abs(pixels[-16:, -16:] - 128).mean() < 1


def test_progressive_jpeg_cut_late_is_whole_but_coarse(
    photo: Image.Image, encode: Encode, opened: Opened
) -> None:
    data = encode(photo, "JPEG", progressive=True)

    media = opened(data[: len(data) // 2])

    assert isinstance(media.facts, StillFacts)
    assert "coarser than it was made" in str(media.facts.degraded)
    assert np.abs(media.frames[0].pixels.astype(int) - np.asarray(photo)).mean() < 15


def test_progressive_jpeg_cut_early_lacks_its_bottom(
    photo: Image.Image, encode: Encode, opened: Opened
) -> None:
    data = encode(photo.resize((1024, 1024)), "JPEG", progressive=True)

    media = opened(data[: int(len(data) * 0.06)])

    assert isinstance(media.facts, StillFacts)
    side, missing = _named_share(str(media.facts.degraded))
    assert side == "bottom"
    assert 0.2 < missing < 0.8


def test_interlaced_picture_lacks_pixels_everywhere(
    photo: Image.Image, encode: Encode, opened: Opened
) -> None:
    data = encode(photo.convert("P"), "GIF", interlace=1)

    media = opened(data[: len(data) // 2])

    assert isinstance(media.facts, StillFacts)
    assert "of the picture is missing, in several places" in str(media.facts.degraded)


def test_missing_part_is_named_as_it_is_seen(
    photo: Image.Image, encode: Encode, opened: Opened, oriented_exif: Callable[[int], bytes]
) -> None:
    data = encode(photo, "JPEG", exif=oriented_exif(6))

    media = opened(data[: len(data) // 2])

    assert isinstance(media.facts, StillFacts)
    assert _named_share(str(media.facts.degraded))[0] == "left"


def test_download_that_was_filled_with_zeros_is_cut_short(
    photo: Image.Image, encode: Encode, opened: Opened
) -> None:
    data = encode(photo, "JPEG")
    half = len(data) // 2

    media = opened(data[:half] + bytes(len(data) - half))

    assert isinstance(media.facts, StillFacts)
    assert 0.4 < _named_share(str(media.facts.degraded))[1] < 0.6


def test_missing_end_mark_alone_is_said_without_a_share(
    photo: Image.Image, encode: Encode, opened: Opened
) -> None:
    media = opened(encode(photo, "JPEG")[:-2])

    assert isinstance(media.facts, StillFacts)
    assert "the file is cut short" in str(media.facts.degraded)
    assert "%" not in str(media.facts.degraded)


def test_compressed_tiff_with_its_directory_first(
    photo: Image.Image, tmp_path: Path, opened: Opened
) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(
        path, np.asarray(photo), photometric="rgb", compression="zlib", rowsperstrip=64
    )
    data = path.read_bytes()

    media = opened(data[: len(data) // 2])

    assert isinstance(media.facts, StillFacts), media.facts
    side, missing = _named_share(str(media.facts.degraded))
    assert (side, 0.3 < missing < 0.7) == ("bottom", True)


def test_tiff_without_its_directory_is_rejected_in_plain_words(
    photo: Image.Image, encode: Encode, opened: Opened
) -> None:
    data = encode(photo, "TIFF", compression="tiff_lzw")

    media = opened(data[: len(data) // 2])

    assert isinstance(media.facts, Problem)
    assert media.facts.error.startswith("the file is cut short: no picture can be found in it (")
    assert media.facts.advice


@pytest.mark.parametrize(
    "format_name", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "HEIF", "AVIF", "BMP"]
)
@pytest.mark.parametrize("head", [30, 100])
def test_file_of_a_few_bytes_is_rejected_in_plain_words(
    format_name: str, head: int, photo: Image.Image, encode: Encode, opened: Opened
) -> None:
    media = opened(encode(photo, format_name)[:head])

    assert isinstance(media.facts, Problem) or format_name in ("TIFF", "BMP")
    said = media.facts.error if isinstance(media.facts, Problem) else media.facts.degraded
    assert str(said).startswith("the file is cut short: ")


@pytest.mark.parametrize(
    "format_name", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "HEIF", "AVIF", "BMP"]
)
@pytest.mark.parametrize("tone", [0, 64, 128, 255])
def test_intact_picture_with_an_even_bottom_lacks_nothing(
    format_name: str, tone: int, photo: Image.Image, encode: Encode, opened: Opened
) -> None:
    pixels = np.array(photo)
    pixels[200:] = tone

    media = opened(encode(Image.fromarray(pixels), format_name))

    assert isinstance(media.facts, StillFacts)
    assert media.facts.degraded is None


@pytest.mark.parametrize("tone", [0, 64, 128, 255])
def test_even_part_of_a_cut_picture_does_not_count_as_missing(
    tone: int, encode: Encode, opened: Opened
) -> None:
    pixels = np.full((512, 512, 3), tone, np.uint8)
    pixels[:100] = skimage.data.astronaut()[:100]
    pixels[450:] = skimage.data.astronaut()[:62]
    data = encode(Image.fromarray(pixels), "JPEG", quality=90)

    media = opened(data[:-400])

    assert isinstance(media.facts, StillFacts)
    assert _named_share(str(media.facts.degraded))[1] < 0.13


def test_trailing_data_after_a_photo_is_no_damage(
    photo: Image.Image, encode: Encode, opened: Opened
) -> None:
    media = opened(encode(photo, "JPEG") + b"SEFT trailer of a phone")

    assert isinstance(media.facts, StillFacts)
    assert media.facts.degraded is None


def test_no_real_photo_is_called_broken(media_root: Path) -> None:
    from forensics.ingest.media import open_media

    folders = ("reuse/stills", "c2pa", "metadata/exif-samples/heic", "metadata/exif-samples/tiff")
    paths = sorted(
        path
        for folder in folders
        for path in (media_root / folder).rglob("*")
        if path.suffix.lower() in (".jpg", ".png", ".webp", ".heic", ".heif", ".tiff")
    )

    facts = {path.name: open_media(path).facts for path in paths}

    assert len(facts) > 50
    assert {
        name: each for name, each in facts.items() if getattr(each, "degraded", "no facts")
    } == {}


@settings(max_examples=60, deadline=None)
@given(
    height=st.integers(10, 60),
    width=st.integers(10, 60),
    share=st.floats(0.05, 0.95),
    side=st.sampled_from(["bottom", "top", "right", "left"]),
)
def test_bands_are_named_by_side_and_share(
    height: int, width: int, share: float, side: str
) -> None:
    mask = np.zeros((height, width), np.bool_)
    turned = mask if side in ("bottom", "top") else mask.T
    lines = max(1, min(len(turned) - 1, round(len(turned) * share)))
    turned[slice(-lines, None) if side in ("bottom", "right") else slice(None, lines)] = True

    named, percent = _named_share(name_missing(mask))

    assert named == side
    assert percent == pytest.approx(lines / len(turned), abs=0.0051)
