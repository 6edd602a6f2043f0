import cv2
import numpy as np
import pytest

from forensics.vision.features import find_features, mirrored


def test_descriptors_are_of_unit_length(photo):
    found = find_features(photo, limit=200)

    assert np.allclose(np.linalg.norm(found.descriptors, axis=1), 1, atol=1e-5)
    assert len(found) == 200


def test_mirrored_features_are_those_of_the_mirror_image(photo):
    seen = find_features(np.ascontiguousarray(photo[:, ::-1]), limit=3000)

    told = mirrored(find_features(photo, limit=3000), width_px=photo.shape[1])

    likeness = told.descriptors @ seen.descriptors.T
    best = likeness.argmax(axis=1)
    shifted = np.linalg.norm(told.points - seen.points[best], axis=1)
    same = (likeness.max(axis=1) > 0.98) & (shifted < 1)
    assert same.mean() > 0.7


def test_first_features_of_a_half_picture_are_spread_over_it(photo):
    half = photo.copy()
    half[:, :300] = cv2.GaussianBlur(half[:, :300], (0, 0), 3)

    found = find_features(half, limit=200)

    assert 40 < (found.points[:, 0] < 300).sum() < 160


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (64, 64)])
def test_flat_pictures_have_no_features(shape):
    found = find_features(np.full(shape, 128, np.uint8), limit=10)

    assert len(found) == 0
    assert found.descriptors.shape == (0, 128)
