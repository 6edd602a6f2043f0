"""Damage and nulls that are put on photographs: the truth is exact, and nulls are none."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from accuracy.damage_truth.augment import LOOKS, WARPS, augment
from accuracy.damage_truth.composite import DAMAGE, NULLS, composite
from accuracy.damage_truth.pair import Photo, Truth, TruthPair, load_photos
from accuracy.media import is_tuning


@pytest.fixture(scope="module")
def photo() -> Photo:
    """A textured band over other texture, as far as a photograph matters here."""
    rng = np.random.default_rng(5)
    ground = cv2.GaussianBlur(rng.uniform(20, 120, (240, 360, 3)).astype(np.float32), (0, 0), 2)
    ground[..., 2] += 60
    outline = np.array([[10, 100], [350, 110], [350, 150], [10, 145]], float)
    band = cv2.GaussianBlur(rng.uniform(90, 240, (240, 360, 3)).astype(np.float32), (0, 0), 1)
    mask = cv2.fillPoly(np.zeros((240, 360), np.uint8), [outline.astype(np.int32)], 1)
    pixels = np.where(mask[..., None] == 1, band, ground).clip(0, 255).astype(np.uint8)
    return Photo("made", "deck", pixels, outline, (20, 170, 340, 235), 8.0)


def _changed(pair: TruthPair) -> np.ndarray:
    difference = np.abs(pair.after.astype(int) - pair.before.astype(int)).mean(-1)
    return cv2.GaussianBlur(difference, (0, 0), 2)


@pytest.mark.parametrize("change", [*DAMAGE, *NULLS])
def test_same_seed_gives_the_same_bytes_and_another_seed_others(photo: Photo, change: str) -> None:
    first, again, other = (composite(photo, change, seed) for seed in (0, 0, 1))

    assert np.array_equal(first.after, again.after)
    assert np.array_equal(first.mask, again.mask)
    assert not np.array_equal(first.after, other.after)


@pytest.mark.parametrize("change", NULLS)
@pytest.mark.parametrize("seed", range(3))
def test_null_has_no_damage_in_its_mask(photo: Photo, change: str, seed: int) -> None:
    pair = composite(photo, change, seed)

    values = set(np.unique(pair.mask).tolist())

    assert values <= {Truth.NOTHING, Truth.OUTSIDE, Truth.NOT_SEEN}
    assert pair.is_null
    assert pair.state == "none"


@pytest.mark.parametrize(
    ("change", "state"), [("scorch", "scorched"), ("hole", "holed"), ("missing", "collapsed")]
)
@pytest.mark.parametrize("seed", range(3))
def test_damage_is_where_its_mask_says(photo: Photo, change: str, state: str, seed: int) -> None:
    pair = composite(photo, change, seed)

    changed = _changed(pair)

    damaged = np.isin(pair.mask, (Truth.SCORCH, Truth.HOLE, Truth.MISSING))
    core = cv2.erode(damaged.astype(np.uint8), np.ones((5, 5))) == 1
    far = cv2.dilate(damaged.astype(np.uint8), np.ones((61, 61))) == 0
    assert pair.state == state
    assert np.median(changed[core]) > 20
    assert np.median(changed[far]) < 12
    assert not damaged[pair.mask == Truth.OUTSIDE].any()


def test_missing_stretch_reaches_across_and_hole_does_not(photo: Photo) -> None:
    missing, hole = composite(photo, "missing", 0), composite(photo, "hole", 0)

    columns = (missing.mask == Truth.MISSING).sum(0)
    deck = (missing.mask != Truth.OUTSIDE).sum(0)
    of_hole = (hole.mask == Truth.HOLE).sum(0)

    assert (columns == deck)[columns > 0].mean() > 0.6
    assert (of_hole < 0.85 * deck)[of_hole > 0].all()


def test_vehicles_tarpaulins_and_clouds_are_not_examined(photo: Photo) -> None:
    for change in ("vehicles", "tarpaulin", "cloud"):
        pair = composite(photo, change, 0)

        assert (pair.mask == Truth.NOT_SEEN).any()


@pytest.mark.parametrize("how", LOOKS)
def test_looks_change_the_second_picture_alone(photo: Photo, how: str) -> None:
    pair = composite(photo, "hole", 0)

    worse = augment(pair, how, 0)

    assert not np.array_equal(worse.after, pair.after)
    assert worse.after.shape == pair.after.shape
    assert np.array_equal(worse.mask, pair.mask)
    assert np.array_equal(worse.after_to_before, np.eye(3))


@pytest.mark.parametrize("how", WARPS)
@pytest.mark.parametrize("seed", range(3))
def test_moved_picture_comes_back_by_the_homography(photo: Photo, how: str, seed: int) -> None:
    pair = composite(photo, "nothing", 0)
    moved = augment(pair, how, seed)

    height, width = pair.mask.shape
    back = cv2.warpPerspective(moved.after, moved.after_to_before, (width, height))

    seen = cv2.erode((moved.mask == Truth.NOTHING).astype(np.uint8), np.ones((7, 7))) == 1
    a, b = (cv2.GaussianBlur(p, (0, 0), 2)[seen].astype(float) for p in (back, pair.after))
    assert seen.mean() > 0.05
    assert np.abs(a - b).mean() < 2.5
    assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.95


def test_what_left_the_frame_is_not_seen(photo: Photo) -> None:
    pair = composite(photo, "missing", 0)

    moved = augment(pair, "turned", 0)

    lost = (moved.mask == Truth.NOT_SEEN) & (pair.mask != Truth.NOT_SEEN)
    corners = np.argwhere(lost)[:, ::-1] @ np.eye(2)
    there = np.c_[corners, np.ones(len(corners))] @ np.linalg.inv(moved.after_to_before).T
    x, y = (there[:, :2] / there[:, 2:]).T
    height, width = moved.after.shape[:2]
    assert ((x < 0.5) | (y < 0.5) | (x > width - 1.5) | (y > height - 1.5)).all()


def test_every_outlined_photograph_is_found_with_its_band_inside(media_root: Path) -> None:
    photos = load_photos(media_root)

    for each in photos:
        height, width = each.pixels.shape[:2]
        assert (each.outline >= 0).all()
        assert (each.outline < (width, height)).all()
        left, top, right, bottom = each.behind
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
    assert len(photos) == 10
    assert {is_tuning(each.name) for each in photos} == {True, False}
