"""Sharpness falls with blur, and is measured at one size."""

import cv2
import numpy as np
import pytest
import skimage.data

from forensics.vision.sharpness import sharpness

PHOTO = skimage.data.astronaut()


@pytest.mark.parametrize("sigma_px", [1, 2, 4])
def test_blurred_picture_is_less_sharp(sigma_px: int) -> None:
    assert sharpness(cv2.GaussianBlur(PHOTO, (0, 0), sigma_px)) < sharpness(PHOTO) / 2


def test_picture_stored_at_twice_the_size_is_as_sharp() -> None:
    large = cv2.resize(PHOTO, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)

    assert sharpness(large) == sharpness(PHOTO)


def test_even_picture_has_none() -> None:
    assert sharpness(np.full((90, 160, 3), 77, np.uint8)) == 0.0
