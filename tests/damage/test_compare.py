import cv2
import numpy as np
import pytest

from forensics.damage import compare_views
from forensics.model.damage import NOT_EXAMINED, NOTHING, OUTSIDE
from forensics.vision.alignment import moved

QUIET = {"none", "undetermined"}


def test_without_a_deck_it_is_looked_for(bridge, again):
    compared = compare_views(bridge, again[0])

    assert compared.deck.source == "found"
    assert compared.damage.state in ("none", "undetermined")
    assert 0 < compared.deck.confidence <= 1
    assert compared.deck.edges_px > 0


def test_without_a_deck_nothing_is_said_of_a_picture_without_a_bridge():
    lawn = np.random.default_rng(2).normal(120, 20, (240, 320, 3)).clip(0, 255).astype(np.uint8)

    compared = compare_views(lawn, lawn)

    assert compared.damage.state == "undetermined"
    assert compared.deck.source == "none"
    assert "drawn" in compared.damage.reason


def test_one_picture_twice_shows_no_change(bridge, deck):
    compared = compare_views(bridge, bridge, deck=deck)

    assert compared.damage.state == "none"
    assert compared.damage.reason.startswith("No change found on")


def test_the_mask_lies_in_the_frame_of_the_before_picture(compared, bridge):
    assert compared.mask.shape == bridge.shape[:2]
    assert compared.mask[100, 300] == OUTSIDE
    assert set(np.unique(compared.mask[180:220, 100:500])) <= {NOTHING, NOT_EXAMINED}


def test_a_camera_that_moved_is_no_damage(compared):
    assert compared.registration.status == "registered"
    assert compared.damage.state in QUIET


def test_a_mirrored_copy_is_no_damage(bridge, deck):
    compared = compare_views(bridge, np.ascontiguousarray(bridge[:, ::-1]), deck=deck)

    assert compared.damage.state == "undetermined"
    assert "mirror" in compared.damage.reason
    assert compared.damage.findings == ()


@pytest.mark.parametrize("kind", ["other bridge", "thumbnail", "night", "map"])
def test_what_cannot_be_compared_is_never_damage(bridge, other_bridge, deck, kind):
    after = {
        "other bridge": other_bridge,
        "thumbnail": cv2.resize(bridge, (200, 125), interpolation=cv2.INTER_AREA),
        "night": (bridge * 0.05).astype(np.uint8),
        "map": cv2.polylines(
            np.full_like(bridge, 250), [deck.astype(np.int32)], True, (90, 90, 90), 2
        ),
    }[kind]

    compared = compare_views(bridge, after, deck=deck)

    assert compared.damage.state == "undetermined"
    assert compared.registration.status == "refused"
    assert compared.damage.reason


@pytest.mark.parametrize("kind", ["infra-red", "drawing", "screenshot", "caption"])
def test_what_changed_the_picture_alone_is_never_damage_to_the_bridge(bridge, again, deck, kind):
    seen = again[0]
    grey = cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY)
    after = {
        "infra-red": np.dstack([255 - cv2.GaussianBlur(grey, (0, 0), 1.5)] * 3),
        "drawing": np.dstack([255 - cv2.Canny(grey, 60, 140)] * 3),
        "screenshot": cv2.copyMakeBorder(
            seen, 110, 160, 40, 40, cv2.BORDER_CONSTANT, value=(245, 245, 245)
        ),
        "caption": cv2.putText(
            seen.copy(), "BREAKING NEWS", (90, 215), cv2.FONT_HERSHEY_DUPLEX, 1.6, (255, 255, 0), 4
        ),
    }[kind]

    compared = compare_views(bridge, after, deck=deck)

    assert compared.damage.state in {"none", "undetermined"}


def test_in_swapped_order_a_deck_that_is_whole_again_is_not_called_damaged(bridge, again, deck):
    broken = bridge.copy()
    broken[170:230, 270:390] = bridge[250:310, 270:390]  # the water beside it

    compared = compare_views(broken, again[0], deck=deck)

    assert compared.damage.state in {"none", "undetermined"}


def test_the_same_question_gets_the_same_answer(compared, bridge, again, deck):
    second = compare_views(bridge, again[0], deck=deck)

    assert second.registration == compared.registration
    assert second.damage == compared.damage


def test_large_pictures_get_answers_in_their_own_pixels(bridge, again, deck):
    before = cv2.resize(bridge, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)

    compared = compare_views(before, again[0], deck=(deck + 0.5) * 2 - 0.5)

    matrix = np.array(compared.registration.homography)
    ends = moved(moved(deck, again[1]), matrix)
    assert np.abs(ends - ((deck + 0.5) * 2 - 0.5)).max() < 2
    assert compared.mask.shape == before.shape[:2]
