"""What is said to be true of a made edit is: its map, regions and marks fit its pixels."""

import cv2
import numpy as np
import pytest
from accuracy.copies.edits import EDITS, make_edit
from accuracy.copies.shot import area, clip, rectangle

SIZE = (420, 300)
RECOLOURED = {"colour", "filmed_screen"}


def picture(seed, size=SIZE):
    """Make a picture with detail at every scale and no symmetry."""
    rng = np.random.default_rng(seed)
    out = np.zeros((size[1], size[0], 3), np.float32)
    for cell in (4, 9, 20, 60):
        small = rng.random((size[1] // cell + 2, size[0] // cell + 2, 1), np.float32)
        out += cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)[..., None] * cell**0.5
    out = (out - out.min()) / (out.max() - out.min())
    return (255 * out).astype(np.uint8)


REFERENCE = picture(1)
OTHERS = [picture(seed, (400, 320)) for seed in (2, 3, 4)]


def likeness(edited, matrix):
    """Correlate the reference with the query warped onto it, where the query shows it."""
    width, height = SIZE
    truth = edited.truth
    shown = np.zeros(edited.pixels.shape[:2], np.uint8)
    cv2.fillPoly(shown, [np.round(truth.query_region).astype(int)], 1)
    for mark in truth.marks:
        if mark.polygon:
            cv2.fillPoly(shown, [np.round(mark.polygon).astype(int)], 0)
    shown = cv2.erode(shown, np.ones((5, 5)), borderValue=0)
    back = cv2.warpPerspective(edited.pixels, matrix, (width, height))
    inside = cv2.warpPerspective(shown, matrix, (width, height), flags=cv2.INTER_NEAREST) > 0
    greys = [
        cv2.GaussianBlur(cv2.cvtColor(each, cv2.COLOR_RGB2GRAY), (0, 0), 2)[inside]
        for each in (back, REFERENCE)
    ]
    return float(np.corrcoef(*greys)[0, 1])


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", EDITS)
def test_query_warped_by_the_true_map_is_the_reference(name, seed):
    edited = make_edit(name, REFERENCE, seed=seed, others=OTHERS)
    matrix = np.array(edited.truth.matrix)
    shifts = [np.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]]) for x, y in ((4, 0), (0, -4))]

    exact = likeness(edited, matrix)
    shifted = max(likeness(edited, shift @ matrix) for shift in shifts)

    assert exact > (0.6 if name in RECOLOURED else 0.93)
    assert shifted < exact


@pytest.mark.parametrize("name", EDITS)
def test_regions_and_marks_lie_within_their_pictures(name):
    edited = make_edit(name, REFERENCE, seed=3, others=OTHERS)
    truth = edited.truth
    frames = {
        "query": rectangle(0, 0, edited.pixels.shape[1], edited.pixels.shape[0]),
        "reference": rectangle(0, 0, *SIZE),
    }

    outside = [
        beyond(truth.query_region, frames["query"]),
        beyond(truth.reference_region, frames["reference"]),
        *(beyond(mark.polygon, frames["query"]) for mark in truth.marks if mark.polygon),
    ]

    assert max(outside) < 0.01


def beyond(polygon, frame):
    return 1 - area(clip(polygon, frame)) / area(polygon)


@pytest.mark.parametrize(("name", "mirrored", "rotation"), [
    ("jpeg_30", False, 0), ("mirror", True, 0), ("rotate_10", False, 10), ("rotate_90", False, 90),
    ("collage", False, 0),
])  # fmt: skip
def test_mirror_and_rotation_are_told(name, mirrored, rotation):
    truth = make_edit(name, REFERENCE, seed=1, others=OTHERS).truth

    assert truth.mirrored is mirrored
    assert abs(truth.rotation_deg) == pytest.approx(rotation, abs=0.01)


def test_rotation_is_clockwise():
    """The reference turned clockwise shows its top left at the top right."""
    edited = make_edit("rotate_90", REFERENCE, seed=1)
    turned = np.rot90(REFERENCE, k=-1 if edited.truth.rotation_deg > 0 else 1)

    assert np.array_equal(edited.pixels, turned)


def test_same_seed_gives_the_same_file():
    files = [make_edit("text", REFERENCE, seed=seed).encoded() for seed in (5, 5, 6)]

    assert files[0] == files[1] != files[2]
