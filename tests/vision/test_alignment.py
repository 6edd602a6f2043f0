import cv2
import numpy as np
import pytest

from forensics.vision.alignment import align, moved


def corners(picture):
    height, width = picture.shape
    return np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], float)


@pytest.mark.parametrize("turn_deg", [0, 10, 90, 180, -135])
@pytest.mark.parametrize("scale", [0.4, 1.0])
def test_turned_and_shrunk_copy_is_aligned(photo, coded, turn_deg, scale):
    height, width = photo.shape
    matrix = np.vstack(
        [cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, scale), [0, 0, 1]]
    )
    copy = cv2.warpAffine(photo, matrix[:2], (width, height), flags=cv2.INTER_AREA)

    found = align(coded(copy), coded(photo))

    assert found is not None
    inner = corners(photo) * 0.5 + np.array([width, height]) * 0.25
    assert np.abs(moved(moved(inner, matrix), found.matrix) - inner).max() < 4


def test_mirrored_copy_is_aligned_with_the_mirror_inside_the_matrix(photo, coded):
    copy = np.ascontiguousarray(photo[:, ::-1])
    width = copy.shape[1]

    found = align(coded(copy).mirrored(), coded(photo), mirrored=True)

    assert found is not None
    assert found.mirrored
    assert np.abs(moved(np.array([[0.0, 0.0]]), found.matrix) - [[width - 1, 0]]).max() < 1
    assert (
        np.abs(moved(found.query_points.astype(float), found.matrix) - found.reference_points).max()
        < 4
    )


def test_perspective_of_a_filmed_screen_is_found(photo, coded):
    start = corners(photo).astype(np.float32)
    end = np.array([[40, 30], [520, 80], [560, 370], [20, 330]], np.float32)
    matrix = cv2.getPerspectiveTransform(start, end)
    copy = cv2.warpPerspective(photo, matrix, photo.shape[::-1])

    found = align(coded(copy), coded(photo))

    assert found is not None
    assert np.abs(moved(end.astype(float), found.matrix) - start).max() < 6


def test_other_pictures_are_not_aligned(photo, other_photo, coded):
    assert align(coded(photo), coded(other_photo)) is None


def test_pictures_without_features_are_not_aligned(photo, coded):
    flat = np.full((200, 300), 90, np.uint8)

    assert align(coded(flat), coded(photo)) is None
    assert align(coded(photo), coded(flat)) is None


def test_repeated_ornament_gives_no_warning(coded):
    tile = np.random.default_rng(1).integers(0, 255, (20, 20)).astype(np.uint8)
    tile = cv2.resize(tile, (40, 40), interpolation=cv2.INTER_CUBIC)
    wall = np.tile(tile, (10, 12))

    found = align(coded(wall), coded(wall[40:, 40:]))

    assert found is None or np.isfinite(found.matrix).all()
