"""Files are opened once; whatever is wrong with them is said."""

import hashlib
import io
import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from forensics.ingest.media import MAX_STILL_BYTES, Media, open_media
from forensics.model.errors import UnreadableMedia
from forensics.model.findings import StillFacts, VideoFacts
from forensics.model.outcome import Absent, Problem

HOSTILE_LIMIT_S = 60


def test_digest_is_of_the_whole_file(
    photo: Image.Image, encode: Callable[..., bytes], opened: Callable[..., Media]
) -> None:
    data = encode(photo, "JPEG")

    media = opened(data)

    assert media.sha256 == hashlib.sha256(data).hexdigest()
    assert media.bytes == len(data)
    assert media.data == data


def test_name_plays_no_part(
    photo: Image.Image, encode: Callable[..., bytes], opened: Callable[..., Media]
) -> None:
    media = opened(encode(photo, "PNG"), "video.mp4")

    assert media.type.format == "png"
    assert "mp4" not in media.type.extensions


@pytest.mark.parametrize(
    ("content", "match"),
    [(b"", "empty"), (b"hello", "by its content$"), (b"<html>404", "a web page")],
)
def test_what_is_no_media_is_said(content: bytes, match: str, opened: Callable[..., Media]) -> None:
    with pytest.raises(UnreadableMedia, match=match) as caught:
        opened(content)

    assert caught.value.advice


def test_missing_file_and_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableMedia, match="cannot be opened"):
        open_media(tmp_path / "nowhere.jpg")
    with pytest.raises(UnreadableMedia, match=r"not a regular file|cannot be opened"):
        open_media(tmp_path)


def test_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")

    with pytest.raises(UnreadableMedia, match="not a regular file"):
        open_media(tmp_path / "pipe.jpg")


def test_huge_still_is_refused_before_it_is_read(
    photo: Image.Image, encode: Callable[..., bytes], tmp_path: Path
) -> None:
    path = tmp_path / "huge.jpg"
    path.write_bytes(encode(photo, "JPEG"))
    os.truncate(path, MAX_STILL_BYTES + 1)

    with pytest.raises(UnreadableMedia, match="limit"):
        open_media(path)


def test_chatter_of_libtiff_is_kept_with_the_item(
    photo: Image.Image,
    opened: Callable[..., Media],
    capfd: pytest.CaptureFixture[str],
) -> None:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, np.asarray(photo), photometric="rgb", compression="zlib")

    media = opened(buffer.getvalue()[:100_000])

    assert media.decoder_messages
    assert capfd.readouterr() == ("", "")


def test_sample_case_is_read_as_its_manifest_says(
    manifest: dict[str, dict[str, object]], sample: Callable[[str], Path]
) -> None:
    for path, entry in manifest.items():
        truth = entry["truth"]
        assert isinstance(truth, dict)
        if not path.startswith("glushkovo/") or truth["format"] == "text":
            continue
        media = open_media(sample(path.removeprefix("glushkovo/")))
        assert isinstance(media.facts, StillFacts | VideoFacts)
        assert bool(media.facts.degraded) == bool(truth.get("truncated")), path
        assert media.frames, path


@settings(max_examples=40, deadline=None)
@given(
    format_name=st.sampled_from(["JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "AVIF", "HEIF"]),
    seed=st.integers(0, 10_000),
)
def test_scrambled_files_never_crash(
    format_name: str, seed: int, encode: Callable[..., bytes], tmp_path_factory: object
) -> None:
    random_source = random.Random(seed)
    data = bytearray(encode(Image.effect_noise((32, 32), 50).convert("RGB"), format_name))
    for _ in range(random_source.randrange(1, 8)):
        data[random_source.randrange(12, len(data))] = random_source.randrange(256)
    data = data[: random_source.randrange(20, len(data) + 1)]
    path = tmp_path_factory.getbasetemp() / "scrambled"  # type: ignore[attr-defined]
    path.write_bytes(data)

    try:
        media = open_media(path)
    except UnreadableMedia:
        return
    assert isinstance(media.facts, StillFacts | VideoFacts | Absent | Problem)
    assert bool(media.frames) == isinstance(media.facts, StillFacts)


def test_no_hostile_file_crashes(media_root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    paths = sorted(path for path in (media_root / "hostile").rglob("*") if path.is_file())
    started = time.monotonic()

    for path in paths:
        with suppress(UnreadableMedia):
            assert open_media(path).facts is not None

    assert len(paths) > 400
    assert time.monotonic() - started < HOSTILE_LIMIT_S
    assert capfd.readouterr() == ("", "")
