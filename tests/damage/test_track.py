"""Patches of a strip that are followed to another, and the map that is fitted to them."""

import cv2
import numpy as np
import pytest

from forensics.damage.fit import fit_correction
from forensics.damage.track import follow, pattern_of
from forensics.vision.alignment import moved

SHAPE = (80, 400)


@pytest.fixture(scope="module")
def strip():
    coarse = np.random.default_rng(4).normal(0, 60, SHAPE).astype(np.float32)
    return np.clip(128 + 3 * cv2.GaussianBlur(coarse, (0, 0), 1.5), 0, 255).astype(np.uint8)


def followed(before, after, seen=None):
    seen = np.ones(SHAPE, bool) if seen is None else seen
    return follow(pattern_of(before), after, seen, patch_px=16, step_px=8, reach_px=6)


def warped(strip, matrix):
    return cv2.warpPerspective(strip, matrix, SHAPE[::-1], borderMode=cv2.BORDER_REFLECT)


def test_patches_are_found_where_they_went_to_a_tenth_of_a_pixel(strip):
    tracks = followed(strip, warped(strip, np.array([[1, 0, 2.5], [0, 1, -1.25], [0, 0, 1]])))

    assert len(tracks) > 0.8 * tracks.tried  # those at the rim went out of it
    assert np.median(np.abs(tracks.shifts - (2.5, -1.25)), axis=0).max() < 0.1


def test_what_is_not_seen_is_not_followed(strip):
    seen = np.arange(SHAPE[1])[None] < np.full((SHAPE[0], 1), 200)

    tracks = followed(strip, strip, seen)

    assert tracks.tried > 0
    assert tracks.points[:, 0].max() < 200 - 7


@pytest.mark.parametrize("level", [0, 255])
def test_flat_strips_hold_no_patches(strip, level):
    flat = np.full(SHAPE, level, np.uint8)

    for before, after in ((flat, strip), (strip, flat), (flat, flat)):
        tracks = followed(before, after)

        assert len(tracks) == 0
        assert tracks.tried > 0


@pytest.mark.parametrize("is_projective", [False, True])
def test_the_map_is_fitted_though_a_fifth_of_the_patches_went_elsewhere(strip, is_projective):
    bend = 1e-5 if is_projective else 0.0
    matrix = np.array([[1.004, 0.006, 1.5], [-0.002, 0.995, 0.5], [bend, 0, 1]])
    after = warped(strip, matrix)
    after[:, 160:240] = np.roll(strip, 3, axis=1)[:, 160:240]

    fitted, trust = fit_correction(followed(strip, after), SHAPE, perspective=is_projective)

    ends = np.array([[20.0, 10], [380, 10], [20, 70], [380, 70]])
    assert np.abs(moved(ends, fitted) - moved(ends, matrix)).max() < 0.25
    assert ((trust >= 0) & (trust <= 1)).all()
