"""Pictures whose colours were changed."""

import cv2
import numpy as np
import pytest
from skimage import data

from forensics.model.match import COPIES
from forensics.reuse.judgement import judge
from forensics.reuse.pair_measures import measure
from forensics.reuse.picture import Picture
from forensics.reuse.recolour import chroma_apart, recolouring
from forensics.reuse.residual import find_residual
from forensics.reuse.warp import overlay
from forensics.vision.alignment import Alignment

HEIGHT, WIDTH = 240, 320
EVERYWHERE = np.ones((HEIGHT, WIDTH), bool)
MAGENTA = (230, 30, 200)
IN_THE_SKY = slice(20, 60), slice(20, 70)


def photo(name):
    pixels = cv2.resize(getattr(data, name)(), (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(pixels[..., :3])


def turned_hue(pixels, degrees):
    hsv = cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV).astype(np.int32)
    hsv[..., 0] = (hsv[..., 0] + degrees // 2) % 180
    return cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB)


def planes(pixels):
    ycc = cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb).astype(np.float32)
    return ycc[..., 0], ycc[..., 1:]


def as_picture(pixels):
    ycc = cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb)
    small = cv2.resize(ycc[..., 1:], (WIDTH // 4, HEIGHT // 4), interpolation=cv2.INTER_AREA)
    return Picture(np.ascontiguousarray(ycc[..., 0]), small, (WIDTH, HEIGHT))


def as_it_is():
    columns, rows = np.meshgrid(np.linspace(20, 300, 8), np.linspace(20, 220, 6))
    points = np.column_stack([columns.ravel(), rows.ravel()]).astype(np.float32)
    return Alignment(np.eye(3), mirrored=False, query_points=points, reference_points=points)


def judged(query, reference):
    return judge(as_picture(query), as_picture(reference), as_it_is())


def test_brightness_follows_colours():
    luma, chroma = planes(photo("coffee"))
    target, _ = planes(turned_hue(photo("coffee"), 60))

    added = recolouring(target, luma, luma, chroma, EVERYWHERE)

    assert np.median(np.abs(target - luma)) > 10
    assert np.median(np.abs(target - luma - added)) < 2


def test_nothing_known_adds_nothing():
    luma, chroma = planes(photo("coffee"))

    added = recolouring(luma + 40, luma, luma, chroma, EVERYWHERE & False)

    assert not added.any()


def test_colours_that_were_not_seen_add_nothing():
    luma, chroma = planes(photo("coffee"))
    blue = chroma.copy()
    blue[:, :160] = (60, 220)
    right = EVERYWHERE.copy()
    right[:, :160] = False

    added = recolouring(luma + 40, luma, luma, blue, right)

    assert np.abs(added[:, :160]).max() < 1
    assert np.median(added[:, 160:]) == pytest.approx(40, abs=1)


@pytest.mark.parametrize(("name", "degrees"), [("astronaut", 30), ("coffee", 70), ("rocket", -50)])
def test_photo_of_another_hue_is_a_copy_with_other_colours(name, degrees):
    found = judged(turned_hue(photo(name), degrees), photo(name))

    assert found.relation == "edited_copy"
    assert "colour" in [kind for kind, _ in found.edits]


@pytest.mark.parametrize("is_new", [True, False])
def test_what_only_one_photo_has_is_not_explained_by_its_colour(is_new):
    plain, changed = photo("rocket"), photo("rocket")
    noisy = np.random.default_rng(0).normal(MAGENTA, 4, (40, 50, 3))
    changed[IN_THE_SKY] = noisy.clip(0, 255).astype(np.uint8)
    query, reference = (changed, plain) if is_new else (plain, changed)

    (ours, our_chroma), (theirs, their_chroma) = planes(turned_hue(query, 70)), planes(reference)
    over = overlay(ours.astype(np.uint8), theirs.astype(np.uint8), np.eye(3), side_px=WIDTH)
    assert over is not None
    found = find_residual(over, over.inside, colours=(our_chroma, their_chroma))

    assert np.median(np.abs(found.misfit[IN_THE_SKY])) > 15


def test_same_colours_are_not_taken_to_be_changed():
    found = measure(as_picture(photo("coffee")), as_picture(photo("coffee")), as_it_is())

    assert found is not None
    assert not found.residual.recoloured


def test_another_photo_of_other_colours_is_no_copy():
    found = judged(turned_hue(photo("rocket"), 40), photo("coffee"))

    assert found.relation not in COPIES


def test_noise_of_chroma_is_no_other_colour():
    _, chroma = planes(photo("coffee"))
    noise = np.random.default_rng(0).normal(0, 6, chroma.shape).astype(np.float32)

    assert chroma_apart(chroma, chroma + noise, EVERYWHERE) < 3
    assert chroma_apart(chroma, chroma, EVERYWHERE & False) == 0
