import cv2
import numpy as np
import pytest
import skimage.data

from forensics.reuse.feature_index import build_index
from forensics.reuse.feature_search import find_pictures
from forensics.reuse.features import ARCHIVED_FEATURES, describe
from forensics.vision.alignment import moved

NAMES = ("astronaut", "cat", "coffee", "rocket", "retina", "immunohistochemistry")


@pytest.fixture(scope="module")
def photos():
    return [np.ascontiguousarray(getattr(skimage.data, name)()) for name in NAMES]


@pytest.fixture(scope="module")
def known(photos):
    return [describe(each).first(ARCHIVED_FEATURES) for each in photos]


@pytest.fixture(scope="module")
def search(known):
    index = build_index(known)
    return lambda pixels: find_pictures(index, known.__getitem__, describe(pixels))


def test_a_photo_in_a_screenshot_is_found_and_located(photos, known, search):
    screen = np.full((1200, 600, 3), 20, np.uint8)
    photo = cv2.resize(photos[2], (600, 400), interpolation=cv2.INTER_AREA)
    screen[500:900] = photo

    (first, *_) = search(screen)

    assert first.picture == 2
    shrink = known[2].size_px[0] / 600
    view = describe(screen).size_px[0] / 600
    corner = moved(np.array([[0.0, 500 * view]]), first.alignment.matrix)
    assert np.abs(corner).max() < 4
    assert abs(np.sqrt(np.linalg.det(first.alignment.matrix[:2, :2])) - shrink / view) < 0.02


def test_both_photos_of_a_collage_are_found(photos, search):
    parts = [cv2.resize(photos[each], (400, 400), interpolation=cv2.INTER_AREA) for each in (0, 3)]

    found = search(np.hstack(parts))

    assert {0, 3} <= {each.picture for each in found}


def test_a_mirrored_crop_is_found(photos, search):
    crop = np.ascontiguousarray(photos[2][80:320, 100:460][:, ::-1])

    (first, *_) = search(crop)

    assert first.picture == 2
    assert first.alignment.mirrored


@pytest.mark.parametrize("name", ["grass", "brick", "page", "hubble_deep_field"])
def test_other_pictures_find_nothing(search, name):
    pixels = getattr(skimage.data, name)()
    pixels = pixels if pixels.ndim == 3 else np.dstack([pixels] * 3)

    assert search(np.ascontiguousarray(pixels[..., :3])) == ()


def test_a_flat_picture_finds_nothing(search):
    assert search(np.full((300, 400, 3), 128, np.uint8)) == ()
