"""JPEGs that end with their end marker but lack coded data are called degraded, others are not."""

import io
import re

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from forensics.ingest.jpeg_structure import read_structure
from forensics.ingest.sniff import sniff
from forensics.ingest.stills import decode_still
from forensics.model.findings import StillFacts

END = b"\xff\xd9"
PHOTO = Image.fromarray(skimage.data.coffee())
CODINGS: dict[str, dict[str, object]] = {
    "baseline": {},
    "optimised": {"optimize": True},
    "full colour": {"subsampling": 0, "quality": 95},
    "restart rows": {"restart_marker_rows": 1},
    "restart blocks": {"restart_marker_blocks": 3},
    "progressive": {"progressive": True},
    "progressive restart": {"progressive": True, "restart_marker_rows": 2},
}
SEQUENTIAL = [name for name in CODINGS if "progressive" not in name]


def encode(image: Image.Image, options: dict[str, object]) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", **options)
    return buffer.getvalue()


def place(data: bytes, share: float) -> int:
    begin = read_structure(data).scans[0].header.end
    return begin + int((len(data) - begin) * share)


def degraded(data: bytes) -> str | None:
    kind = sniff(data)
    assert kind is not None
    facts, _ = decode_still(data, kind)
    assert isinstance(facts, StillFacts)
    return facts.degraded


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("coding", CODINGS)
def test_cut_picture_that_was_closed_again_is_noticed(coding: str, share: float) -> None:
    data = encode(PHOTO, CODINGS[coding])

    said = degraded(data[: place(data, share)] + END)

    assert said is not None
    assert said.startswith("the file is cut short: ")


@pytest.mark.parametrize("coding", SEQUENTIAL)
def test_share_that_is_missing_is_said(coding: str) -> None:
    data = encode(PHOTO, CODINGS[coding])
    broken = data[: place(data, 0.4)] + END

    said = re.search(r"the bottom (\d+) % of the picture is missing", degraded(broken) or "")

    whole, left = (np.asarray(Image.open(io.BytesIO(each))) for each in (data, broken))
    same = (whole == left).all(axis=(1, 2))
    assert said is not None
    assert int(said[1]) / 100 == pytest.approx(1 - np.argmin(same) / len(same), abs=0.04)


def test_missing_part_is_grey_and_turned_with_the_picture() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3
    data = encode(PHOTO, {"exif": exif})
    broken = data[: place(data, 0.5)] + END
    kind = sniff(broken)
    assert kind is not None

    facts, (frame,) = decode_still(broken, kind)

    assert isinstance(facts, StillFacts)
    assert "the top" in (facts.degraded or "")
    assert np.all(frame.pixels[0] == 128)


@pytest.mark.parametrize("coding", SEQUENTIAL)
def test_open_cut_is_said_like_before(coding: str) -> None:
    data = encode(PHOTO, CODINGS[coding])

    said = degraded(data[: place(data, 0.5)])

    assert re.search(r"^the file is cut short: the bottom [45]\d % of the picture", said or "")


@pytest.mark.parametrize("coding", CODINGS)
def test_bytes_left_out_within_are_noticed(coding: str) -> None:
    data = encode(PHOTO, CODINGS[coding])
    at = place(data, 0.4)

    assert degraded(data[:at] + data[at + 3000 :]) is not None


@pytest.mark.parametrize("coding", CODINGS)
def test_lost_sector_of_zeros_is_noticed(coding: str) -> None:
    data = encode(PHOTO, CODINGS[coding])
    at = place(data, 0.4)

    said = degraded(data[:at] + bytes(4096) + data[at + 4096 :])

    assert said is not None
    assert said.startswith("the file is damaged inside: ")


def test_missing_scans_are_called_coarser() -> None:
    data = encode(PHOTO, {"progressive": True})
    end = read_structure(data).scans[4].end

    said = degraded(data[:end] + END)

    assert "scans are missing after the first 5" in (said or "")


def test_swapped_restart_intervals_are_noticed() -> None:
    data = encode(PHOTO, {"restart_marker_rows": 4})
    first, second = data.index(b"\xff\xd0"), data.index(b"\xff\xd1")
    third = data.index(b"\xff\xd2")

    swapped = data[:first] + data[second:third] + data[first:second] + data[third:]

    assert "out of order" in (degraded(swapped) or "")


def test_cut_first_picture_before_another_is_noticed() -> None:
    data = encode(PHOTO, {})

    assert degraded(data[: place(data, 0.5)] + END + data) is not None


@pytest.mark.parametrize("behind", [b"", bytes(5000), b"x" * 5000, encode(PHOTO, {})])
@pytest.mark.parametrize("coding", CODINGS)
def test_whole_picture_with_anything_behind_it_is_quiet(coding: str, behind: bytes) -> None:
    assert degraded(encode(PHOTO, CODINGS[coding]) + behind) is None


@pytest.mark.parametrize("grey", [0, 128, 255])
@pytest.mark.parametrize("coding", CODINGS)
def test_even_bottom_is_quiet(coding: str, grey: int) -> None:
    picture = PHOTO.copy()
    picture.paste((grey, grey, grey), (0, 120, picture.width, picture.height))

    assert degraded(encode(picture, CODINGS[coding])) is None


@pytest.mark.parametrize("mode", ["L", "CMYK"])
@pytest.mark.parametrize("coding", CODINGS)
def test_other_components_are_quiet(coding: str, mode: str) -> None:
    assert degraded(encode(PHOTO.convert(mode), CODINGS[coding])) is None


def test_files_of_another_encoder_are_quiet() -> None:
    bgr = np.asarray(PHOTO)[:, :, ::-1]
    settings_ = ([], [cv2.IMWRITE_JPEG_OPTIMIZE, 1], [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])

    said = [degraded(cv2.imencode(".jpg", bgr, each)[1].tobytes()) for each in settings_]

    assert said == [None, None, None]


@pytest.mark.parametrize("coding", CODINGS)
def test_watched_picture_has_the_pixels_of_an_unwatched_one(coding: str) -> None:
    data = encode(PHOTO, CODINGS[coding])
    kind = sniff(data)
    assert kind is not None

    _, (frame,) = decode_still(data, kind)

    assert np.array_equal(frame.pixels, np.asarray(Image.open(io.BytesIO(data))))


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(sorted(CODINGS)), st.floats(0, 1), st.binary(max_size=40))
def test_changed_bytes_never_raise(coding: str, share: float, noise: bytes) -> None:
    data = encode(PHOTO.resize((90, 60)), CODINGS[coding])
    at = int(len(data) * share)
    broken = data[:4] + data[4:at] + noise + data[at + len(noise) :]
    kind = sniff(broken)

    if kind is not None and kind.format == "jpeg":
        decode_still(broken, kind)


def test_real_jpegs_are_quiet(media_root) -> None:
    for folder in ("metadata/exif-samples/jpg", "registration", "c2pa", "reuse/stills"):
        for path in sorted((media_root / folder).rglob("*.jpg")):
            data = path.read_bytes()
            if data.startswith(b"\xff\xd8\xff") and path.stem != "corrupted":
                assert degraded(data) is None, path
