"""Pictures of a comparison for people: of a size to look at, aligned, with what was found."""

import cv2
import numpy as np
import pytest

from forensics.damage import compare_views
from forensics.damage.views import LONGEST_PX, SHORTEST_PX, draw_comparison


def read(artefact):
    return cv2.imdecode(np.frombuffer(artefact.data, np.uint8), cv2.IMREAD_UNCHANGED)


@pytest.fixture(scope="module")
def drawn(compared, bridge, again):
    return {name: read(each) for name, each in draw_comparison(compared, bridge, again[0]).items()}


def test_everything_is_drawn_and_the_mask_keeps_the_frame_of_the_photo(drawn, bridge):
    assert set(drawn) == {
        "before", "after", "overlay", "mask", "strip_before", "strip_after", "strip_classes",
        "error_map", "error_view",
    }  # fmt: skip
    assert drawn["mask"].shape == bridge.shape[:2]
    strips = [drawn[f"strip_{each}"].shape for each in ("before", "after", "classes")]
    assert strips[0] == strips[1] == strips[2] == drawn["error_view"].shape


def test_after_lies_on_before(drawn):
    before, after = (drawn[each][190:430, 250:1000].astype(float) for each in ("before", "after"))

    assert before.shape == after.shape
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.9


def test_pictures_that_do_not_lie_on_each_other_are_shown_as_they_are(bridge, deck):
    after = np.full((90, 2000, 3), 77, np.uint8)

    pictures = draw_comparison(compare_views(bridge, after, deck=deck), bridge, after)

    assert set(pictures) == {"before", "after"}
    assert read(pictures["after"]).shape[1] == LONGEST_PX


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 900, 3), (1500, 40, 3)])
def test_any_shape_becomes_a_picture_to_look_at(bridge, deck, shape):
    after = np.zeros(shape, np.uint8)

    pictures = draw_comparison(compare_views(bridge, after, deck=deck), bridge, after)

    assert SHORTEST_PX <= max(read(pictures["after"]).shape) <= LONGEST_PX


def test_the_same_comparison_is_drawn_the_same(compared, bridge, again):
    one, other = (draw_comparison(compared, bridge, again[0]) for _ in range(2))

    assert one == other
