"""Copies saved again are told from other moments, and nothing is said about too little."""

import io
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy import uint8
from numpy.typing import NDArray
from PIL import Image
from skimage import data

from forensics.calibration import load
from forensics.reuse.compare import compare_views
from forensics.vision.views import COMPARE_SIDE_PX, fit, grey

Pixels = NDArray[uint8]

PHOTOS = ("astronaut", "chelsea", "coffee", "rocket")
FIXED_CAMERA = "video/vtest.avi"


def _view(pixels: Pixels) -> Pixels:
    return fit(grey(pixels), longest_side_px=COMPARE_SIDE_PX)


def _photo(name: str) -> Pixels:
    return np.asarray(getattr(data, name)(), dtype=uint8)


def _saved(pixels: Pixels, *, quality: int, scale: float = 1.0) -> Pixels:
    image = Image.fromarray(pixels)
    size = (round(image.width * scale), round(image.height * scale))
    buffer = io.BytesIO()
    image.resize(size, Image.Resampling.LANCZOS).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer).convert("RGB"), dtype=uint8)


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize(("quality", "scale"), [(95, 1.0), (70, 0.5), (50, 0.5), (50, 0.25)])
def test_a_photo_saved_again_is_a_copy(name: str, quality: int, scale: float) -> None:
    photo = _photo(name)

    result = compare_views(_view(_saved(photo, quality=quality, scale=scale)), _view(photo))

    assert result.is_copy, result.reason


@pytest.mark.parametrize("name", PHOTOS)
def test_brightness_and_contrast_do_not_hide_a_copy(name: str) -> None:
    photo = _photo(name)
    faded = (photo * 0.7 + 40).astype(uint8)

    assert compare_views(_view(faded), _view(photo)).is_copy


@pytest.mark.parametrize("name", PHOTOS)
def test_something_put_in_is_seen(name: str) -> None:
    altered = _photo(name).copy()
    height, width = altered.shape[:2]
    centre = (width // 3, height // 3)
    cv2.circle(altered, centre, max(altered.shape) // 25, (230, 230, 230), -1)

    result = compare_views(_view(_saved(altered, quality=80)), _view(_photo(name)))

    assert not result.is_copy, result.reason


@pytest.mark.parametrize("name", PHOTOS)
def test_other_photos_are_no_copies(name: str) -> None:
    others = [other for other in PHOTOS if other != name]
    size = (256, 192)
    view = cv2.resize(_view(_photo(name)), size)

    results = [compare_views(view, cv2.resize(_view(_photo(other)), size)) for other in others]

    assert not any(result.is_copy for result in results)


def test_a_negative_is_no_copy() -> None:
    view = _view(_photo("coffee"))

    assert not compare_views(255 - view, view).is_copy


def test_a_mirrored_view_is_no_copy_until_it_is_turned_back() -> None:
    view = _view(_photo("coffee"))

    assert not compare_views(np.ascontiguousarray(view[:, ::-1]), view).is_copy


def test_two_noises_are_no_copies() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.integers(0, 256, (2, 192, 256), dtype=uint8)

    assert not compare_views(one, other).is_copy


def test_two_dark_frames_are_no_copies() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.poisson(3, (2, 192, 256)).astype(uint8)

    result = compare_views(one, other)

    assert not result.is_copy
    assert "detail" in result.reason


@pytest.mark.parametrize(("level", "other_level"), [(0, 0), (0, 255), (128, 128)])
def test_flat_pictures_are_no_copies(level: int, other_level: int) -> None:
    one = np.full((192, 256), level, dtype=uint8)
    other = np.full((192, 256), other_level, dtype=uint8)

    result = compare_views(one, other)

    assert not result.is_copy
    assert "detail" in result.reason


def test_a_photo_and_a_flat_picture_are_no_copies() -> None:
    view = _view(_photo("coffee"))
    flat = np.full_like(view, 90)

    assert not compare_views(view, flat).is_copy
    assert not compare_views(flat, view).is_copy


@pytest.mark.parametrize("shape", [(1, 1), (1, 256), (256, 1), (3, 256), (23, 23)])
def test_tiny_and_narrow_views_are_not_compared(shape: tuple[int, int]) -> None:
    view = np.random.default_rng(0).integers(0, 256, shape, dtype=uint8)

    result = compare_views(view, view)

    assert not result.is_copy
    assert "too small" in result.reason


def test_other_ratios_of_sides_are_not_compared() -> None:
    view = _view(_photo("coffee"))
    squeezed = cv2.resize(view, (view.shape[1] * 9 // 10, view.shape[0]))

    result = compare_views(squeezed, view)

    assert not result.is_copy
    assert "width to height" in result.reason


def test_views_are_not_changed() -> None:
    view = _view(_photo("coffee"))
    before = view.copy()

    compare_views(view, view)

    assert np.array_equal(view, before)


def test_the_order_hardly_matters() -> None:
    one, other = _view(_photo("coffee")), _view(_saved(_photo("coffee"), quality=40, scale=0.5))

    there, back = compare_views(one, other), compare_views(other, one)

    assert there.is_copy == back.is_copy
    assert there.block_residual == pytest.approx(back.block_residual, abs=1.0)


def test_the_reason_tells_both_numbers() -> None:
    view = _view(_photo("coffee"))

    result = compare_views(view, view)

    assert "0.0 of 255" in result.reason
    assert f"{load('reuse.compare').value('max_block_residual'):.1f}" in result.reason


def test_another_moment_of_a_fixed_camera_is_no_copy() -> None:
    root = os.environ.get("FORENSICS_MEDIA")
    if not root or not (Path(root) / FIXED_CAMERA).exists():
        pytest.skip(f"FORENSICS_MEDIA does not hold {FIXED_CAMERA}")
    capture = cv2.VideoCapture(str(Path(root) / FIXED_CAMERA))
    frames = [capture.read()[1] for _ in range(40)]

    results = [compare_views(_view(frames[0]), _view(frame)) for frame in frames[4::5]]

    assert not any(result.is_copy for result in results)
