"""Files with a manifest store are told from those without, and nothing is parsed for it."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.ingest.sniff import HEAD_BYTES, sniff
from forensics.metadata.credentials.scan import is_in_clip, is_in_still
from forensics.model.item import SniffedType

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif",
           "TIFF": "image/tiff", "AVIF": "image/avif"}  # fmt: skip
MP4 = SniffedType("video", "mp4", ())
AVI = SniffedType("video", "avi", ())
UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
HEAD = b"\0\0\0\x10ftypisom\0\0\0\0"


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        name + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) % 2)
        for name, data in chunks
    )
    return b"RIFF" + (4 + len(body)).to_bytes(4, "little") + b"AVI " + body


@pytest.mark.parametrize("name", FORMATS)
def test_manifest_is_seen_in_every_format_of_stills(picture, name):
    from tools.signing import action, sign

    made = action("c2pa.created", source="digitalCapture")
    data = sign(picture(name), media_type=FORMATS[name], actions=[made])

    assert is_in_still(data)


@pytest.mark.parametrize("name", [*FORMATS, "BMP"])
def test_no_manifest_is_seen_where_none_is(picture, name):
    assert not is_in_still(picture(name))


@pytest.mark.parametrize("text", [b"c2pa", b"jumb", b"jumd", b"caBX", b"C2PA", b"jumb....jumdc2pa"])
def test_words_of_the_format_alone_are_no_manifest(photo, text):
    assert not is_in_still(photo[:20] + text * 9 + photo[20:])


def test_segments_in_another_order_are_seen(photo, signed):
    from tools.signing import split, with_segments

    segments = split(signed)[0]
    other = with_segments(photo, segments[: len(segments) // 2] + segments)

    assert is_in_still(other)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (HEAD + b"\0\0\0\x28uuid" + UUID + b"\0" * 16, True),
        (HEAD + b"\0\0\0\x01uuid" + (48).to_bytes(8, "big") + UUID + b"\0" * 16, True),
        (HEAD + b"\0\0\0\0uuid" + UUID, True),
        (HEAD + b"\0\0\0\x28uuid" + b"\1" * 16 + b"\0" * 16, False),
        (HEAD + b"\0\0\0\x28mdat" + b"\0\0\0\x18uuid" + UUID, False),
        (HEAD + b"\0\0\0\x07uuid" + b"\0" * 40, False),
        (HEAD + b"\0\0\0\x01free" + b"\xff" * 8 + b"\0" * 16, False),
        (HEAD + b"\xff\xff\xff\xffmdat", False),
        (HEAD[:10], False),
        (b"", False),
    ],
)
def test_outermost_boxes_of_a_clip_are_followed(data, expected):
    assert is_in_clip(io.BytesIO(data), MP4) is expected


def test_chunk_of_an_avi_is_seen_behind_its_pictures():
    with_store = riff((b"LIST", b"movi" + b"\0" * 33), (b"C2PA", b"\0" * 9))

    assert is_in_clip(io.BytesIO(with_store), AVI)


def test_chunk_inside_pictures_of_an_avi_is_not_taken_for_one():
    without = riff((b"LIST", b"moviC2PA\0\0\0\0"), (b"idx1", b"\0" * 9))

    assert not is_in_clip(io.BytesIO(without), AVI)


def test_clip_of_many_small_boxes_is_followed_to_a_limit():
    data = HEAD + b"\0\0\0\x08free" * 200_000 + b"\0\0\0\x28uuid" + UUID

    assert not is_in_clip(io.BytesIO(data), MP4)


@given(st.binary(max_size=200), st.sampled_from(["mp4", "mov", "avi", "wav", "mp3", "matroska"]))
def test_any_bytes_give_an_answer(data, name):
    kind = SniffedType("video", name, ())

    assert is_in_clip(io.BytesIO(data), kind) in (True, False)
    assert is_in_still(data) is False


def test_samples_carry_none(repository):
    for path in sorted((repository / "samples" / "glushkovo").rglob("*")):
        if not path.is_file() or (kind := sniff(path.read_bytes()[:HEAD_BYTES])) is None:
            continue
        with path.open("rb") as file:
            assert not is_in_clip(file, kind), path
        assert not is_in_still(path.read_bytes()), path
