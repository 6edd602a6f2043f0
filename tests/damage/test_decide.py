"""What is decided on strips to which something was done: smoke, cloud and glare above all."""

import cv2
import numpy as np
import pytest

from forensics.calibration import load
from forensics.damage.compare import likeliest
from forensics.damage.decide import decide
from forensics.damage.measures import measure
from forensics.damage.model import fitted_model
from forensics.damage.strip import lay_strip, narrower, unroll
from forensics.model.damage import HOLE, MISSING, NOT_EXAMINED, SCORCH

DAMAGE = (SCORCH, HOLE, MISSING)


@pytest.fixture(scope="module")
def strip(bridge, deck):
    laid = lay_strip(deck)
    pixels, seen = unroll(bridge, laid.matrix, laid.grid)
    return pixels, seen, laid.grid


def decided(before, after, seen, grid):
    noise = np.random.default_rng(1).normal(0, 2, after.shape)
    after = np.clip(after + noise, 0, 255).astype(np.uint8)
    return decide(measure(before, after, seen, grid), fitted_model(), load("damage.decide"))


def veil(strip, grid, *, light, thick=0.95, reach=0.8, seed=4):
    """Lay a billowing veil over the middle of the deck; give the columns where it is thick."""
    rows, columns = grid.shape
    rng = np.random.default_rng(seed)
    billows = cv2.GaussianBlur(rng.normal(0, 1, (rows, columns)), (0, 0), grid.width_px * 0.3)
    across = (np.arange(columns) - columns / 2) / (grid.width_px * reach)
    near = np.exp(-0.5 * across**2)[None] * (1.4 + 0.3 * billows / billows.std())
    share = np.clip(near, 0, thick)[..., None]
    share[np.broadcast_to(np.abs(across) > 3, (rows, columns))] = 0
    laid = np.clip(strip * (1 - share) + light * share, 0, 255).astype(np.uint8)
    return laid, np.abs(across[grid.deck[1]]) < 0.5


@pytest.mark.parametrize("light", [95, 190, 255], ids=["smoke", "cloud", "glare"])
def test_a_veil_is_not_examined_and_is_no_damage(strip, light):
    before, seen, grid = strip
    after, thick = veil(before, grid, light=light)

    clear, veiled = (decided(before, each, seen, grid) for each in (before, after))

    state, _, firm = likeliest(veiled, load("damage.decide"))
    assert not (firm and state != "none")
    assert (veiled.codes[:, thick] == NOT_EXAMINED).mean() > 0.5
    assert veiled.examined < clear.examined - 0.03


def test_a_darker_second_picture_is_no_damage(strip):
    before, seen, grid = strip

    found = decided(before, before * 0.6, seen, grid)

    assert likeliest(found, load("damage.decide"))[0] == "none"
    assert not np.isin(found.codes, DAMAGE).any()


def test_water_across_the_whole_width_is_missing_deck(strip):
    before, seen, grid = strip
    after = before.copy()
    start, stop = grid.end_px + grid.length_px // 3, grid.end_px + grid.length_px // 2
    water = before[:4, start:stop].mean(axis=(0, 1))
    after[:, start:stop] = water

    found = decided(before, after, seen, grid)

    assert likeliest(found, load("damage.decide"))[0] == "collapsed"
    (gap,) = found.gaps
    assert gap[0] == pytest.approx(1 / 3, abs=0.03)
    assert gap[1] == pytest.approx(1 / 2, abs=0.03)


def test_a_black_patch_that_is_not_called_damage_leaves_the_deck_open(strip):
    before, seen, grid = strip
    after = before.copy()
    rows, columns = grid.deck
    wide = grid.width_px
    after[rows.start + 4 : rows.stop - 4, columns.start + 3 * wide : columns.start + 4 * wide] = 3

    found = decided(before, after, seen, grid)

    damaged = any(place.code in DAMAGE for place in found.places)
    assert damaged or found.unexplained > load("damage.decide").value("max_unexplained")


def test_the_same_deck_again_has_nothing_to_explain(strip):
    before, seen, grid = strip

    assert decided(before, before, seen, grid).unexplained < 0.05


def test_what_the_deck_says_only_with_its_margins_is_said_less_surely(strip):
    before, seen, grid = strip
    gone = before.copy()
    middle = grid.shape[1] // 2
    gone[:, middle - 60 : middle + 60] = before[2:3, middle - 60 : middle + 60]
    rows, narrow = narrower(grid, 0.12)
    limits, fitted = load("damage.decide"), fitted_model()
    whole = measure(before, gone, seen, grid)
    same, other = (measure(before[rows], each[rows], seen[rows], narrow) for each in (gone, before))

    alone, agreed, doubted = (
        decide(whole, fitted, limits, inner=each) for each in (None, same, other)
    )

    assert likeliest(alone, limits)[0] == likeliest(agreed, limits)[0] == "collapsed"
    assert likeliest(agreed, limits)[2]
    assert not likeliest(doubted, limits)[2]
