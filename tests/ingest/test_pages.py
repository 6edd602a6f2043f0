"""Animations are played with the right times, and never for too long."""

import struct
import time
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from forensics.ingest import pages
from forensics.ingest.media import Media
from forensics.model.findings import StillFacts

Encode = Callable[..., bytes]
Opened = Callable[..., Media]
TIMED = ("GIF", "PNG", "WEBP", "AVIF")


def _shades(count: int, side: int = 40) -> list[Image.Image]:
    return [Image.new("RGB", (side, side), (each * 200 // count, 60, 90)) for each in range(count)]


def _animate(
    encode: Encode, format_name: str, pictures: list[Image.Image], **options: object
) -> bytes:
    return encode(
        pictures[0], format_name, save_all=True, append_images=pictures[1:], loop=0, **options
    ) if format_name != "AVIF" else encode(
        pictures[0], format_name, save_all=True, append_images=pictures[1:], **options
    )  # fmt: skip


@pytest.mark.parametrize("format_name", TIMED)
def test_times_start_at_zero_and_add_up(format_name: str, encode: Encode, opened: Opened) -> None:
    delays_ms = [100, 250, 40, 1000]

    media = opened(_animate(encode, format_name, _shades(4), duration=delays_ms))

    facts = media.facts
    assert isinstance(facts, StillFacts)
    assert media.type.kind == "animation"
    assert (facts.frames, facts.frames_examined) == (4, 4)
    assert [frame.moment_s for frame in media.frames] == [0.0, 0.1, 0.35, 0.39]
    assert facts.duration_s == pytest.approx(1.39)
    reds = [int(frame.pixels[20, 20, 0]) for frame in media.frames]
    assert reds == pytest.approx([0, 50, 100, 150], abs=6)


@pytest.mark.parametrize("format_name", TIMED)
def test_many_pictures_are_spread_over_the_animation(
    format_name: str, encode: Encode, opened: Opened
) -> None:
    pictures = _shades(150, 16)
    for index, picture in enumerate(pictures):  # encoders join pictures that are the same
        picture.putpixel((index % 16, index // 16), (255, 255, 255))

    media = opened(_animate(encode, format_name, pictures, duration=100))

    assert isinstance(media.facts, StillFacts)
    assert media.facts.frames == 150
    assert len(media.frames) == pages.MAX_FRAMES
    assert media.frames[0].moment_s == 0.0
    assert media.frames[-1].moment_s == pytest.approx(14.9)
    assert media.facts.duration_s == pytest.approx(15.0)


def test_picture_without_a_delay_is_shown_as_players_do(encode: Encode, opened: Opened) -> None:
    media = opened(_animate(encode, "GIF", _shades(3), duration=0))

    assert [frame.moment_s for frame in media.frames] == [0.0, 0.1, 0.2]


def test_gif_with_one_picture_is_a_still(encode: Encode, opened: Opened) -> None:
    media = opened(encode(_shades(1)[0], "GIF"))

    assert media.type.kind == "still"
    assert media.frames[0].moment_s is None


def test_transparent_gif_pictures_build_on_each_other(opened: Opened) -> None:
    base = np.full((20, 20), 1, np.uint8)
    patch = np.full((20, 20), 0, np.uint8)
    patch[5:10, 5:10] = 2
    palette = [0, 0, 0, 255, 0, 0, 0, 0, 255]
    pictures = [Image.fromarray(each, "P") for each in (base, patch)]
    for each in pictures:
        each.putpalette(palette)

    media = opened(_gif(pictures))

    last = media.frames[-1].pixels
    assert last[7, 7].tolist() == [0, 0, 255]
    assert last[1, 1].tolist() == [255, 0, 0]


def _gif(pictures: list[Image.Image]) -> bytes:
    import io

    buffer = io.BytesIO()
    pictures[0].save(
        buffer, "GIF", save_all=True, append_images=pictures[1:], transparency=0, disposal=1,
        duration=100, optimize=False,
    )  # fmt: skip
    return buffer.getvalue()


def test_stand_in_picture_of_an_apng_takes_no_time(encode: Encode, opened: Opened) -> None:
    data = _animate(encode, "PNG", _shades(3), duration=500, default_image=True)

    media = opened(data)

    assert isinstance(media.facts, StillFacts)
    assert media.facts.duration_s == pytest.approx(1.0)
    assert [frame.moment_s for frame in media.frames] == [0.0, 0.0, 0.5]


def test_apng_that_declares_too_many_pictures(encode: Encode, opened: Opened) -> None:
    data = _animate(encode, "PNG", _shades(3), duration=100)
    at = data.index(b"acTL")
    body = struct.pack(">II", 4_000_000, 0)
    lie = data[: at + 4] + body + struct.pack(">I", zlib.crc32(b"acTL" + body)) + data[at + 16 :]

    media = opened(lie)

    assert isinstance(media.facts, StillFacts)
    assert len(media.frames) >= 1
    assert "breaks off in picture 4" in str(media.facts.degraded)


@pytest.mark.parametrize("format_name", TIMED)
def test_cut_animation_keeps_its_beginning(
    format_name: str, photo: Image.Image, encode: Encode, opened: Opened
) -> None:
    pictures = [photo.resize((120, 120)).rotate(10 * turn) for turn in range(12)]
    data = _animate(encode, format_name, pictures, duration=100)

    media = opened(data[: int(len(data) * 0.6)])

    assert isinstance(media.facts, StillFacts)
    assert str(media.facts.degraded).startswith("the file is cut short: ")
    if format_name != "AVIF":  # its decoder needs all or nothing: the first picture is left
        assert 4 <= len(media.frames) <= 9
        assert media.facts.duration_s == pytest.approx(len(media.frames) / 10)


@pytest.mark.parametrize(("side", "limit_s"), [(4, 10), (300, 20)])
def test_ten_thousand_pictures_take_seconds(side: int, limit_s: float, opened: Opened) -> None:
    picture = _raw_gif_picture(side)
    head = b"GIF89a" + struct.pack("<HH", side, side) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    data = head + picture * 10_000 + b";"
    started = time.process_time()

    media = opened(data)

    assert time.process_time() - started < limit_s
    assert isinstance(media.facts, StillFacts)
    assert media.facts.frames == 10_000
    assert len(media.frames) == pages.MAX_FRAMES
    if side > 100:
        assert "too long to be played in full" in str(media.facts.degraded)


def _raw_gif_picture(side: int) -> bytes:
    import io

    buffer = io.BytesIO()
    Image.new("P", (side, side)).save(buffer, "GIF")
    whole = buffer.getvalue()
    start = whole.index(b",\0\0\0\0")
    return b"!\xf9\x04\0\x0a\0\0\0" + whole[start:-1]


def test_number_of_counted_pictures_is_bounded(opened: Opened) -> None:
    head = b"GIF89a" + struct.pack("<HH", 1, 1) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    started = time.process_time()

    media = opened(head + _raw_gif_picture(1) * 30_000 + b";")

    assert time.process_time() - started < 15
    assert isinstance(media.facts, StillFacts)
    assert media.facts.frames == 10_000
