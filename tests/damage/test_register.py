import cv2
import numpy as np
import pytest

from forensics.damage.register import register
from forensics.damage.settle import settle
from forensics.damage.strip import lay_strip
from forensics.damage.unrolled import unroll_before
from forensics.vision.alignment import moved
from forensics.vision.views import grey


def worst_px(laid, strip, matrix):
    points = strip.deck_points()
    before = moved(points, strip.matrix)
    after = moved(before, matrix)
    inside = (after >= 0).all(axis=1) & (after < (640, 400)).all(axis=1)
    off = moved(after, laid.homography(strip)) - before
    return np.linalg.norm(off[inside], axis=1).max()


def test_a_deck_seen_again_is_found_to_a_pixel_and_says_how_sure(bridge, again, deck):
    strip, (after, matrix) = lay_strip(deck), again

    laid = register(bridge, after, strip)

    assert laid.reason is None
    assert worst_px(laid, strip, matrix) < 1.0
    assert worst_px(laid, strip, matrix) <= laid.error_px < 4
    assert laid.errors_px.shape == (25, 5)


def test_one_picture_twice_is_laid_on_itself(bridge, deck):
    strip = lay_strip(deck)

    laid = register(bridge, bridge, strip)

    assert worst_px(laid, strip, np.eye(3)) < 0.2


def test_a_mirrored_picture_is_found_and_said_so(bridge, again, deck):
    laid = register(bridge, np.ascontiguousarray(again[0][:, ::-1]), lay_strip(deck))

    assert laid.reason is None
    assert laid.mirrored


def test_a_deck_seen_from_far_aside_is_found(bridge, deck):
    strip = lay_strip(deck)
    matrix = np.array([[0.92, 0.16, 2.0], [-0.1, 0.6, 110.0], [-1e-4, 4e-4, 1.0]])
    after = cv2.warpPerspective(bridge, matrix, (640, 400), borderMode=cv2.BORDER_REFLECT)

    laid = register(bridge, after, strip)

    assert laid.reason is None
    assert worst_px(laid, strip, matrix) < 2.0


def test_a_place_a_width_off_is_settled_to_a_tenth_of_it(bridge, again, deck):
    strip, (after, matrix) = lay_strip(deck), again
    off = np.array([[1.0, 0.02, 40.0], [0.03, 1.0, -18.0], [0.0, 0.0, 1.0]])

    settled = settle(unroll_before(grey(bridge), strip), grey(after), matrix @ strip.matrix @ off)

    points = strip.deck_points()
    there, true = moved(points, settled[0].matrix), moved(points, matrix @ strip.matrix)
    assert np.linalg.norm(there - true, axis=1).max() < 5.0


def test_which_of_two_twin_bridges_is_meant_is_not_guessed(bridge, other_bridge, deck):
    twins = other_bridge.copy()
    twins[60:120] = twins[280:340] = bridge[170:230]

    laid = register(bridge, twins, lay_strip(deck))

    assert laid.matrix is None
    assert "two places" in laid.reason


def test_another_bridge_is_refused_with_what_would_help(bridge, other_bridge, deck):
    laid = register(bridge, other_bridge, lay_strip(deck))

    assert laid.matrix is None
    assert "would help" in laid.reason


def test_a_watermark_at_one_place_does_not_hold_the_picture_there(bridge, again, deck):
    strip, (after, matrix) = lay_strip(deck), again
    marked = [bridge.copy(), after.copy()]
    for each in marked:
        cv2.putText(
            each, "CHANNEL 16.08.2024", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (255,) * 3, 4
        )

    laid = register(*marked, strip)

    assert worst_px(laid, strip, matrix) < 1.0


@pytest.mark.parametrize(
    "after",
    [
        np.zeros((400, 640, 3), np.uint8),
        np.full((400, 640, 3), 255, np.uint8),
        np.full((1, 1, 3), 120, np.uint8),
        np.random.default_rng(0).integers(0, 256, (400, 640, 3), dtype=np.uint8),
        np.tile(
            np.indices((40, 40)).sum(axis=0)[..., None].astype(np.uint8) % 2 * 200 + 20, (10, 16, 3)
        ),
    ],
    ids=["black", "white", "one pixel", "noise", "chequered"],
)
def test_pictures_that_show_no_bridge_are_refused(bridge, deck, after):
    laid = register(bridge, after, lay_strip(deck))

    assert laid.matrix is None
    assert laid.reason
