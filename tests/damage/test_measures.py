"""What each measure answers to, and what it does not answer to."""

import warnings

import cv2
import numpy as np
import pytest

from forensics.calibration import load
from forensics.damage.decide import decide
from forensics.damage.measures import NAMES, measure
from forensics.damage.model import fitted_model
from forensics.damage.strip import Grid

GRID = Grid(length_px=320, width_px=40, end_px=20, side_px=20)


def draw_strip(seed=3):
    """Give a strip: a deck with grain, bright edges and joints between water."""
    rng = np.random.default_rng(seed)
    rows, columns = GRID.shape
    strip = np.full((rows, columns), 70.0)
    deck = cv2.GaussianBlur(rng.normal(0, 40, (GRID.width_px, columns)), (0, 0), 1.0)
    strip[GRID.deck[0]] = 140 + deck
    strip[20:23] = strip[57:60] = 205
    strip[20:60, ::67] = 60
    return np.repeat(np.clip(strip, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


@pytest.fixture(scope="module")
def strip():
    return draw_strip()


def of(measures, name, columns):
    return float(np.median(measures.maps[8:32, columns, NAMES.index(name)]))


def everywhere():
    return np.ones(GRID.shape, dtype=bool)


def darkened(strip, columns):
    """Darken the inner part of some columns of the deck."""
    dark = strip.astype(float)
    dark[26:54, columns] = 25
    return dark.astype(np.uint8)


def test_soot_in_both_pictures_is_no_darkening_but_was_dark(strip):
    old = darkened(strip, slice(120, 160))

    both = measure(old, old, everywhere(), GRID)
    new = measure(strip, old, everywhere(), GRID)

    middle = slice(110, 130)
    assert abs(of(both, "darkening", middle)) < 0.05
    assert of(both, "was_dark", middle) < -0.7
    assert of(new, "darkening", middle) < -0.7
    assert abs(of(new, "was_dark", middle)) < 0.3


def test_grain_under_soot_persists_as_ratios_of_light_and_not_in_a_hole(strip):
    sooty, holed = strip.copy(), strip.copy()
    sooty[26:54, 120:160] = (strip[26:54, 120:160] * 0.2).astype(np.uint8)
    rubble = np.random.default_rng(5).integers(10, 60, (28, 40, 1))
    holed[26:54, 120:160] = rubble.astype(np.uint8)

    soot, hole = (measure(strip, each, everywhere(), GRID) for each in (sooty, holed))

    middle = slice(108, 132)
    assert of(soot, "texture_log", middle) > of(hole, "texture_log", middle) + 0.3


def test_a_slab_that_slid_aside_moved_across_the_deck(strip):
    after = strip.copy()
    after[:, 120:220] = np.roll(strip, 6, axis=0)[:, 120:220]

    found = measure(strip, after, everywhere(), GRID)

    slab = slice(120, 180)
    assert of(found, "drift_across", slab) > 2 * of(found, "drift_along", slab) + 0.02


def test_shifts_of_edges_are_told_to_a_fraction_of_a_pixel(strip):
    fine = cv2.resize(strip, None, fx=1, fy=4, interpolation=cv2.INTER_CUBIC)
    told = []

    for quarters in (4, 5, 6, 7, 8):
        laid = cv2.resize(np.roll(fine, quarters, axis=0), strip.shape[1::-1],
                          interpolation=cv2.INTER_AREA)  # fmt: skip
        after = strip.copy()
        after[:, 120:220] = laid[:, 120:220]
        found = measure(strip, after, everywhere(), GRID)
        told.append(of(found, "edge_shift", slice(130, 170)))

    assert (np.diff(told) > 0.1 / GRID.width_px).all()


def test_exposure_is_no_darkening(strip):
    found = measure(strip, (strip * 0.7).astype(np.uint8), everywhere(), GRID)

    assert abs(of(found, "darkening", slice(0, 320))) < 0.05
    assert of(found, "texture_large", slice(0, 320)) > -0.05


def test_a_slab_that_lies_aside_is_seen_to_have_moved(strip):
    after = strip.copy()
    after[20:60, 120:220] = np.roll(strip, (-5, 4), axis=(0, 1))[20:60, 120:220]

    found = measure(strip, after, everywhere(), GRID)

    slab, rest = slice(120, 180), slice(240, 300)
    for name in ("elsewhere", "moved", "edge_shift"):
        assert of(found, name, slab) > 3 * of(found, name, rest) + 0.01, name


def test_one_strip_twice_is_a_deck_without_change(strip):
    found = measure(strip, strip, everywhere(), GRID)

    decided = decide(found, fitted_model(), load("damage.decide"))

    assert decided.places == ()
    assert decided.gaps == ()


@pytest.mark.parametrize("level", [0, 255])
def test_flat_and_unseen_strips_are_measured_without_complaint(level):
    flat = np.full((*GRID.shape, 3), level, np.uint8)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for seen in (everywhere(), ~everywhere()):
            found = measure(flat, flat, seen, GRID)
            decide(found, fitted_model(), load("damage.decide"))

    assert np.isfinite(found.maps).all()
