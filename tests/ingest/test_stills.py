"""Photos are decoded with the right pixels, the right way up."""

import io
import struct
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image, ImageCms

from forensics.ingest.media import Media, open_media
from forensics.ingest.sniff import sniff
from forensics.ingest.stills import decode_still, open_image
from forensics.model.errors import UnreadableMedia
from forensics.model.findings import StillFacts
from forensics.model.item import SniffedType
from forensics.model.outcome import Absent, Problem

Encode = Callable[..., bytes]
Opened = Callable[..., Media]
# Where the stored corners (top left, top right, bottom left, bottom right) are seen.
SEEN = {
    1: ("red", "green", "blue", "grey"),
    2: ("green", "red", "grey", "blue"),
    3: ("grey", "blue", "green", "red"),
    4: ("blue", "grey", "red", "green"),
    5: ("red", "blue", "green", "grey"),
    6: ("blue", "red", "grey", "green"),
    7: ("grey", "green", "blue", "red"),
    8: ("green", "grey", "red", "blue"),
}
ORIENTED = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF")


def _facts(media: Media) -> StillFacts:
    assert isinstance(media.facts, StillFacts), media.facts
    return media.facts


def _difference(pixels: np.ndarray, picture: Image.Image) -> float:
    return float(np.abs(pixels.astype(int) - np.asarray(picture.convert("RGB"))).mean())


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_name", ORIENTED)
def test_orientation_is_applied_once(
    format_name: str,
    orientation: int,
    corners: Callable[..., Image.Image],
    encode: Encode,
    oriented_exif: Callable[[int], bytes],
    opened: Opened,
    seen_corners: Callable[[np.ndarray], tuple[str, ...]],
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encode(corners(), format_name, exif=exif if format_name == "TIFF" else exif.tobytes())

    media = opened(data)

    facts = _facts(media)
    pixels = media.frames[0].pixels
    assert seen_corners(pixels) == SEEN[orientation]
    assert (facts.width_px, facts.height_px) == pixels.shape[1::-1]
    assert (facts.width_px > facts.height_px) == (orientation < 5)
    if format_name != "HEIF":  # there the container turns the picture, not EXIF
        assert facts.orientation == orientation
        assert (facts.stored_width_px, facts.stored_height_px) == (96, 64)


def test_orientation_in_xmp_alone_is_not_applied(
    corners: Callable[..., Image.Image], encode: Encode, opened: Opened
) -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'

    media = opened(encode(corners(), "JPEG", xmp=xmp))

    assert _facts(media).orientation == 1
    assert media.frames[0].pixels.shape == (64, 96, 3)


def test_heic_rotation_box_wins_over_exif(
    corners: Callable[..., Image.Image],
    encode: Encode,
    oriented_exif: Callable[[int], bytes],
    opened: Opened,
    seen_corners: Callable[[np.ndarray], tuple[str, ...]],
) -> None:
    boxed = encode(corners(), "HEIF", exif=oriented_exif(6))
    plain = encode(corners(), "HEIF", exif=oriented_exif(1))
    only_exif = plain.replace(oriented_exif(1)[6:], oriented_exif(6)[6:])

    turned, untouched = opened(boxed, "a.heic"), opened(only_exif, "b.heic")

    assert b"irot" in boxed
    assert only_exif != plain
    assert seen_corners(turned.frames[0].pixels) == SEEN[6]
    assert seen_corners(untouched.frames[0].pixels) == SEEN[1]


def test_avif_rotation_box_wins_over_exif(
    corners: Callable[..., Image.Image],
    encode: Encode,
    oriented_exif: Callable[[int], bytes],
    opened: Opened,
    seen_corners: Callable[[np.ndarray], tuple[str, ...]],
) -> None:
    exif = Image.Exif()
    exif[0x0113] = 6  # Pillow would turn an orientation into a box; it is named one below
    plain = encode(corners(), "AVIF", exif=exif.tobytes())
    tag, orientation = (b"\x13\x01", b"\x12\x01") if b"II*\0" in plain else (b"\1\x13", b"\1\x12")
    start = plain.index(b"II*\0" if b"II*\0" in plain else b"MM\0*")
    only_exif = plain[:start] + plain[start:].replace(tag, orientation, 1)

    media = opened(only_exif)

    assert only_exif != plain
    assert seen_corners(media.frames[0].pixels) == SEEN[1]


def test_heic_starts_with_its_main_picture(
    corners: Callable[..., Image.Image],
    photo: Image.Image,
    opened: Opened,
    tmp_path: Path,
    seen_corners: Callable[[np.ndarray], tuple[str, ...]],
) -> None:
    pair = pillow_heif.from_pillow(photo)
    pair.add_from_pillow(corners())
    pair.save(tmp_path / "pair.heic", primary_index=1)

    media = open_media(tmp_path / "pair.heic")

    assert _facts(media).frames == 2
    assert seen_corners(media.frames[0].pixels) == SEEN[1]
    assert media.frames[1].pixels.shape == (512, 512, 3)


def test_pictures_of_an_mpo_keep_their_own_size(
    photo: Image.Image, encode: Encode, opened: Opened
) -> None:
    large, small = photo.resize((1600, 1200)), photo.resize((600, 300)).convert("CMYK")

    media = opened(encode(large, "MPO", save_all=True, append_images=[small, photo]))

    assert _facts(media).frames == 3
    shapes = [frame.pixels.shape[:2] for frame in media.frames]
    assert shapes == [(600, 800), (300, 600), (512, 512)]
    assert _difference(media.frames[1].pixels, small) < 4


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "YCbCr"])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_colours(
    mode: str, progressive: bool, photo: Image.Image, encode: Encode, opened: Opened
) -> None:
    stored = photo.convert(mode)

    media = opened(encode(stored, "JPEG", quality=95, progressive=progressive))

    assert _facts(media).degraded is None
    assert _difference(media.frames[0].pixels, stored) < 4


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_png_modes(mode: str, photo: Image.Image, encode: Encode, opened: Opened) -> None:
    if mode == "I;16":
        stored = Image.fromarray(np.asarray(photo.convert("L")).astype(np.uint16) * 257)
        expected = photo.convert("L")
    else:
        stored = expected = photo.convert(mode)

    media = opened(encode(stored, "PNG"))

    assert _difference(media.frames[0].pixels, expected) < 1


def test_dark_sixteen_bit_png_stays_dark(encode: Encode, opened: Opened) -> None:
    dark = Image.fromarray(np.full((40, 40), 200, np.uint16))

    media = opened(encode(dark, "PNG"))

    assert media.frames[0].pixels.max() == 0


def test_sixteen_bit_colour_png(opened: Opened) -> None:
    samples = np.zeros((2, 2, 3), ">u2")
    samples[..., 0] = 0x8040
    rows = b"".join(b"\0" + row.tobytes() for row in samples)

    media = opened(_png(2, 2, 16, 2, zlib.compress(rows)))

    assert media.frames[0].pixels[0, 0].tolist() == [0x80, 0, 0]


def test_transparent_parts_are_white(encode: Encode, opened: Opened) -> None:
    hidden = Image.new("RGBA", (20, 20), (255, 0, 0, 0))

    for format_name in ("PNG", "WEBP", "TIFF", "GIF", "AVIF"):
        media = opened(encode(hidden, format_name))
        assert media.frames[0].pixels.min() >= 254, format_name


@pytest.mark.parametrize("kind", ["I;16", "float", "rgb16", "lab", "planar", "int16", "bool"])
def test_tiff_samples(kind: str, photo: Image.Image, encode: Encode, opened: Opened) -> None:
    grey = np.asarray(photo.convert("L"))
    expected = photo.convert("L")
    if kind == "I;16":
        data = _tiff(grey.astype(np.uint16) << 4)
    elif kind == "float":
        data = _tiff(grey.astype(np.float32) / 255)
    elif kind == "int16":
        data = _tiff(grey.astype(np.int16) - 300)
    elif kind == "bool":
        data = _tiff(grey > 128, photometric="minisblack")
        expected = expected.point(lambda value: 255 * (value > 128))
    elif kind == "lab":
        profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        data = encode(ImageCms.profileToProfile(photo, *profiles, outputMode="LAB"), "TIFF")
        expected = photo
    else:
        expected = photo
        values = np.asarray(photo).astype(np.uint16) << 8
        is_planar = kind == "planar"
        data = _tiff(
            np.moveaxis(values, -1, 0) if is_planar else values,
            photometric="rgb",
            planarconfig="separate" if is_planar else "contig",
        )

    media = opened(data)

    assert _difference(media.frames[0].pixels, expected) < 3, media.facts


@pytest.mark.parametrize("orientation", [3, 6])
def test_tiff_that_only_tifffile_reads_is_turned_once(
    orientation: int,
    corners: Callable[..., Image.Image],
    opened: Opened,
    seen_corners: Callable[[np.ndarray], tuple[str, ...]],
) -> None:
    values = np.asarray(corners()).astype(np.float32)
    data = _tiff(values, photometric="rgb", extratags=[(274, 3, 1, orientation, True)])

    media = opened(data)

    assert seen_corners(media.frames[0].pixels) == SEEN[orientation]
    assert _facts(media).orientation == orientation
    assert _facts(media).stored_width_px == 96


def test_big_tiff_with_pages_of_different_sizes(photo: Image.Image, tmp_path: Path) -> None:
    path = tmp_path / "big.tif"
    with tifffile.TiffWriter(path, bigtiff=True) as writer:
        for side in (100, 300, 200):
            writer.write(np.asarray(photo.resize((side, side))), photometric="rgb")

    media = open_media(path)

    assert _facts(media).frames == 3
    assert [frame.pixels.shape[0] for frame in media.frames] == [100, 300, 200]


def test_circular_chain_of_tiff_pages_ends(encode: Encode, opened: Opened) -> None:
    data = bytearray(encode(Image.new("L", (8, 8)), "TIFF"))
    first = int.from_bytes(data[4:8], "little")
    entries = int.from_bytes(data[first : first + 2], "little")
    data[first + 2 + 12 * entries :][:4] = b""
    link = first + 2 + 12 * entries
    data[link : link + 4] = first.to_bytes(4, "little")

    media = opened(bytes(data))

    assert _facts(media).frames == 1


@pytest.mark.parametrize("kind", ["bottom_up", "top_down", "rle8", "v5"])
def test_bmp_kinds(kind: str, opened: Opened) -> None:
    media = opened(_bmp(kind))

    assert _facts(media).degraded is None
    pixels = media.frames[0].pixels
    assert pixels.shape == (4, 4, 3)
    assert (pixels[0] > 200).all()
    assert (pixels[3] < 50).all()


def _header_bomb(format_name: str) -> bytes:
    side = 50_000
    if format_name == "png":
        return _png(side, side, 8, 2, zlib.compress(b"\0" * 10))
    if format_name == "gif":
        size = struct.pack("<HH", side, side)
        return (
            b"GIF89a" + size + b"\x80\0\0" + b"\0" * 6 + b",\0\0\0\0" + size + b"\0\x02\x01\x44\0;"
        )
    if format_name == "webp":
        canvas = (side - 1).to_bytes(3, "little")
        chunk = b"VP8X" + struct.pack("<I", 10) + b"\x10\0\0\0" + canvas + canvas
        return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk
    if format_name == "bmp":
        head = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 24, 0, 0, 0, 0, 0, 0)
        return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + head
    if format_name == "jpeg":
        buffer = io.BytesIO()
        Image.new("L", (8, 8)).save(buffer, "JPEG")
        size = struct.pack(">HH", side, side)
        return buffer.getvalue().replace(b"\0\x0b\x08\0\x08\0\x08", b"\0\x0b\x08" + size)
    small = np.zeros((8, 8), np.uint8)
    data = bytearray(_tiff(small))
    for tag in (256, 257):
        at = data.index(struct.pack("<HHI", tag, 4, 1)) + 8
        data[at : at + 4] = struct.pack("<I", side)
    return bytes(data)


@pytest.mark.parametrize("format_name", ["png", "gif", "webp", "tiff", "bmp", "jpeg"])
def test_header_bomb_is_refused_fast_and_lean(format_name: str, opened: Opened) -> None:
    resource = pytest.importorskip("resource")
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()

    media = opened(_header_bomb(format_name))

    assert isinstance(media.facts, Problem)
    assert "too large to be decoded: 50,000 x 50,000" in media.facts.error
    assert media.facts.advice
    assert time.perf_counter() - started < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 200_000


def _without_memory(*_: object) -> None:
    raise MemoryError


@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_picture_for_which_memory_is_wanting_is_not_called_broken(
    format_name: str,
    photo: Image.Image,
    encode: Encode,
    opened: Opened,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = encode(photo, format_name)
    monkeypatch.setattr("forensics.ingest.pages.upright_rgb", _without_memory)
    monkeypatch.setattr("forensics.ingest.tiff.to_eight_bit", _without_memory)

    facts = opened(data).facts

    assert isinstance(facts, Problem)
    assert "more memory" in facts.error
    assert "corrupted" not in facts.error
    assert "scale it down" in facts.advice


def test_memory_that_is_wanting_for_what_is_left_ends_nothing(
    photo: Image.Image, encode: Encode, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encode(photo, "PNG")
    monkeypatch.setattr("forensics.ingest.missing._differs", _without_memory)

    facts = opened(data[: len(data) // 2]).facts

    assert isinstance(facts, Problem)
    assert "the file is cut short: decoding what is left: more memory" in facts.error
    assert "scale it down" in facts.advice


def test_only_the_large_page_of_a_file_is_refused(photo: Image.Image, tmp_path: Path) -> None:
    path = tmp_path / "pages.tif"
    with tifffile.TiffWriter(path) as writer:
        writer.write(np.asarray(photo), photometric="rgb", metadata=None)
        writer.write(np.zeros((8, 8), np.uint8), metadata=None)
    data = bytearray(path.read_bytes())
    for tag in (256, 257):
        at = data.rindex(struct.pack("<HHI", tag, 4, 1)) + 8
        data[at : at + 4] = struct.pack("<I", 50_000)
    path.write_bytes(data)

    media = open_media(path)

    assert len(media.frames) == 1
    assert "picture 2 of 2: too large" in str(_facts(media).degraded)


def test_missing_heic_library_is_named(
    photo: Image.Image, encode: Encode, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encode(photo, "HEIF")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)

    media = opened(data)

    assert isinstance(media.facts, Absent)
    assert media.facts.reason == "not_available"
    assert "pip install pillow-heif" in media.facts.advice
    with pytest.raises(UnreadableMedia, match="pillow-heif"):
        open_image(data, media.type)


def test_video_has_no_still_decoder() -> None:
    with pytest.raises(UnreadableMedia, match="not a still"):
        open_image(b"", SniffedType("video", "mp4", ("mp4",)))


@pytest.mark.parametrize("name", ["landscape", "portrait"])
def test_real_photos_in_all_orientations_look_the_same(name: str, media_root: Path) -> None:
    folder = media_root / "metadata" / "exif-samples" / "jpg" / "orientation"

    pictures = [open_media(folder / f"{name}_{each}.jpg").frames[0].pixels for each in range(1, 9)]

    for other in pictures[1:]:
        apart = np.abs(other.astype(int) - pictures[0]).mean()
        apart_if_turned = np.abs(other[::-1].astype(int) - pictures[0]).mean()
        apart_if_mirrored = np.abs(other[:, ::-1].astype(int) - pictures[0]).mean()
        assert apart < 0.5 * min(apart_if_turned, apart_if_mirrored)


def test_real_rotated_photos_stand_upright(media_root: Path) -> None:
    folder = media_root / "reuse" / "stills" / "reg-test-input" / "exif-rotn"

    media = [open_media(folder / f"exif-rotn-{each}.jpg") for each in (1, 6, 8)]

    assert [_facts(each).orientation for each in media] == [1, 6, 8]
    # Three photos of one desk: bright wall above, dark desk below.
    for each in media:
        pixels = each.frames[0].pixels
        assert pixels[: len(pixels) // 4].mean() > pixels[-len(pixels) // 4 :].mean() + 10


def test_real_colour_modes_show_the_same(media_root: Path) -> None:
    folder = media_root / "reuse" / "stills" / "misc-images" / "modes"
    reference = _small(open_media(folder / "RGB.jpg").frames[0].pixels)

    for name in ("CMYK.jpg", "YCbCr.jpg", "HSV.webp"):
        pixels = _small(open_media(folder / name).frames[0].pixels)
        assert np.abs(pixels - reference).mean() < 12, name


def _small(pixels: np.ndarray) -> np.ndarray:
    """Bring a picture to one size: formats are decoded at different scales."""
    return np.asarray(Image.fromarray(pixels).resize((200, 126), Image.Resampling.BOX), dtype=int)


def _tiff(values: np.ndarray, **options: object) -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, values, metadata=None, **options)
    return buffer.getvalue()


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(width: int, height: int, bits: int, colour: int, packed: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", packed)
        + _chunk(b"IEND", b"")
    )


def _bmp(kind: str) -> bytes:
    """4 x 4 pixels: white above, black below."""
    light, dark = b"\xff" * 12, b"\0" * 12
    height, header, packing, bits, palette = 4, 40, 0, 24, b""
    rows = [light, light, dark, dark]
    if kind == "top_down":
        height, body = -4, b"".join(rows)
    elif kind == "rle8":
        bits, packing = 8, 1
        palette = b"\0\0\0\0" + b"\xff\xff\xff\0" + b"\0" * 4 * 254
        body = b"\x04\0\0\0" * 2 + b"\x04\x01\0\0" * 2 + b"\0\x01"
    else:
        body = b"".join(reversed(rows))
        header = 124 if kind == "v5" else 40
    start = 14 + header + len(palette)
    info = struct.pack("<IiiHHIIiiII", header, 4, height, 1, bits, packing, len(body), 0, 0, 0, 0)
    head = b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, start)
    return head + info.ljust(header, b"\0") + palette + body


def test_decoding_says_the_same_twice(photo: Image.Image, encode: Encode) -> None:
    data = encode(photo, "JPEG")[:9000]

    one, two = (decode_still(data, sniff(data)) for _ in range(2))

    assert one[0] == two[0]
    assert np.array_equal(one[1][0].pixels, two[1][0].pixels)


def _page(width: int, height: int, *more: tuple[int, int, int, int]) -> bytes:
    """A TIFF page of one strip, whose directory says what it is told to."""
    entries = [
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
        (273, 4, 1, 300), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, 1024), *more,
    ]  # fmt: skip
    directory = struct.pack("<H", len(entries))
    directory += b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    return (b"II*\0\x08\0\0\0" + directory + bytes(4)).ljust(300, b"\0") + bytes(range(256)) * 4


@pytest.mark.parametrize("size", [(0, 0), (32, 0), (0, 32)])
def test_picture_without_pixels_is_no_picture(opened: Opened, size: tuple[int, int]) -> None:
    media = opened(_page(*size))

    assert isinstance(media.facts, Problem)
    assert media.frames == ()


@pytest.mark.parametrize("offset", [1 << 30, 1 << 63, (1 << 64) - 1])
def test_directory_beyond_any_file_is_a_problem(opened: Opened, offset: int) -> None:
    media = opened(b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, offset) + bytes(100))

    assert isinstance(media.facts, Problem)


def test_tiles_of_a_pixel_are_refused_before_they_are_counted_out(opened: Opened) -> None:
    media = opened(_page(3000, 3000, (322, 4, 1, 1), (323, 4, 1, 1)))

    assert isinstance(media.facts, Problem)
    assert "more than a million parts" in media.facts.error


def test_picture_whose_palette_is_missing_is_a_problem(
    photo: Image.Image, encode: Encode, opened: Opened
) -> None:
    data = encode(photo.convert("P"), "PNG")
    start = data.index(b"PLTE") - 4
    length = 12 + int.from_bytes(data[start : start + 4], "big")

    media = opened(data[:start] + data[start + length :])

    assert isinstance(media.facts, Problem)
    assert "nothing of the picture could be decoded" in media.facts.error


@pytest.mark.parametrize("data", [b"\xff\xd8\xff\xd9", b"\xff\xd8\xff" + bytes(50)])
def test_jpeg_without_a_picture_is_told_in_words_about_the_file(
    opened: Opened, data: bytes
) -> None:
    media = opened(data)

    assert isinstance(media.facts, Problem)
    assert "KeyError" not in media.facts.error
    assert "MPO" not in media.facts.error
