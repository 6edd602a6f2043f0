"""The thumbnail inside a photo is found, compared, and judged with care."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy import uint8
from numpy.typing import NDArray
from PIL import Image, ImageOps
from skimage import data

from forensics.ingest.media import open_media
from forensics.metadata.embedded_thumbnail import compare_thumbnail, lay_over, turn
from forensics.metadata.thumbnail_pixels import take_thumbnail
from forensics.model.outcome import Absent, Made
from forensics.model.thumbnail import EmbeddedThumbnail
from forensics.vision.views import grey

Pixels = NDArray[uint8]


def photo(name: str = "astronaut") -> Image.Image:
    return Image.fromarray(getattr(data, name)())


def jpeg_of(image: Image.Image, quality: int = 75) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def with_thumbnail(
    image: Image.Image, thumbnail: bytes, *, orientation: int = 1, claimed: int | None = None
) -> bytes:
    """Write a JPEG whose EXIF holds these bytes as its thumbnail."""
    first = struct.pack("<HHHII", 1, 0x112, 3, 1, orientation) + struct.pack("<I", 26)
    length = len(thumbnail) if claimed is None else claimed
    second = struct.pack("<H", 3) + b"".join(
        struct.pack("<HHII", tag, 4, 1, value)
        for tag, value in ((0x103, 6), (0x201, 26 + 42), (0x202, length))
    )
    block = b"II*\0" + struct.pack("<I", 8) + first + second + struct.pack("<I", 0) + thumbnail
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90, exif=b"Exif\0\0" + block)
    return buffer.getvalue()


_FRAME = b"\xff\xc0\x00\x11\x08"
AS_WIDE_AS_A_ROAD = jpeg_of(Image.new("RGB", (8, 8))).replace(
    _FRAME + b"\0\x08\0\x08", _FRAME + b"\xff\xff\xff\xff"
)


@pytest.fixture
def compare(tmp_path: Path):
    def run(content: bytes) -> Made | Absent:
        path = tmp_path / "photo.jpg"
        path.write_bytes(content)
        media = open_media(path)
        return compare_thumbnail(media, media.frames)

    return run


def small(image: Image.Image) -> bytes:
    copy = image.copy()
    copy.thumbnail((160, 160))
    return jpeg_of(copy)


def relation(made: Made | Absent) -> str:
    assert isinstance(made, Made)
    assert isinstance(made.finding, EmbeddedThumbnail)
    return made.finding.relation


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket"])
def test_own_thumbnail_shows_the_same(compare, name: str) -> None:
    made = compare(with_thumbnail(photo(name), small(photo(name))))

    assert relation(made) == "same"
    with Image.open(io.BytesIO(made.artefacts["embedded_thumbnail"].data)) as picture:
        assert max(picture.size) == 160


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee"])
def test_cropped_photo_shows_less_than_its_thumbnail(compare, name: str) -> None:
    whole = photo(name)
    width, height = whole.size
    part = whole.crop((width // 5, height // 6, width // 5 + width // 2, height // 6 + height // 2))

    made = compare(with_thumbnail(part, small(whole)))

    assert relation(made) == "shows_more"
    assert made.finding.shown_fraction == pytest.approx(0.25, abs=0.04)


def test_thumbnail_of_another_photo_does_not_show_it(compare) -> None:
    assert relation(compare(with_thumbnail(photo(), small(photo("coffee"))))) == "other"


def test_brightness_and_colour_make_no_other_picture(compare) -> None:
    brighter = Image.eval(photo(), lambda value: min(255, value // 2 + 90))

    assert relation(compare(with_thumbnail(photo(), small(brighter)))) == "same"
    assert relation(compare(with_thumbnail(ImageOps.grayscale(photo()), small(photo())))) == "same"


def test_bars_around_the_picture_do_not_count(compare) -> None:
    wide = photo("coffee").crop((0, 60, 600, 360))
    framed = Image.new("RGB", (160, 120))
    framed.paste(wide.resize((160, 80)), (0, 20))

    assert relation(compare(with_thumbnail(wide, jpeg_of(framed)))) == "same"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_thumbnail_is_turned_like_the_photo(compare, orientation: int) -> None:
    made = compare(with_thumbnail(photo("coffee"), small(photo("coffee")), orientation=orientation))

    assert relation(made) == "same"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turning_is_that_of_the_standard(orientation: int) -> None:
    pixels = np.arange(72, dtype=uint8).reshape(4, 6, 3)
    image = Image.fromarray(pixels)
    exif = image.getexif()
    exif[0x112] = orientation
    buffer = io.BytesIO()
    image.save(buffer, "PNG", exif=exif)

    with Image.open(buffer) as stored:
        expected = np.asarray(ImageOps.exif_transpose(stored))

    assert np.array_equal(turn(pixels, orientation), expected)


@pytest.mark.parametrize(
    "thumbnail",
    [b"", b"\xff\xd8", b"not a picture" * 20, AS_WIDE_AS_A_ROAD],
)
def test_what_is_no_thumbnail_is_not_compared(compare, thumbnail: bytes) -> None:
    made = compare(with_thumbnail(photo(), thumbnail))

    assert isinstance(made, Absent)
    assert made.reason in ("unreadable", "not_present")


@pytest.mark.parametrize("claimed", [0, 1, 10**6, 2**31, 2**32 - 1])
def test_lying_lengths_are_bounded(compare, claimed: int) -> None:
    made = compare(with_thumbnail(photo(), small(photo()), claimed=claimed))

    assert isinstance(made, Made | Absent)


@pytest.mark.parametrize("pixels", [np.zeros((120, 160, 3), uint8), np.full((9, 9, 3), 7, uint8)])
def test_flat_thumbnails_are_not_called_the_same(pixels: Pixels) -> None:
    overlay = lay_over(grey(pixels), grey(np.asarray(photo())))

    assert overlay.correlation == 0.0


def test_photo_without_a_thumbnail_has_none(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg_of(photo()))

    found = take_thumbnail(open_media(path))

    assert isinstance(found, Absent)
    assert found.reason == "not_present"


def test_real_photos_show_what_their_thumbnails_show(media_root: Path) -> None:
    relations: dict[str, list[str]] = {}
    for path in sorted((media_root / "metadata/exif-samples/jpg").rglob("*.jp*g")):
        media = open_media(path)
        if not media.frames:
            continue
        made = compare_thumbnail(media, media.frames)
        if isinstance(made, Made):
            relations.setdefault(relation(made), []).append(path.name)

    assert len(relations["same"]) > 45
    # Looked at: a car that was cropped closer than its thumbnail.
    assert relations["shows_more"] == ["35-empty.jpg"]
    assert "other" not in relations
