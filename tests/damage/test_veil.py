"""What smoke and flames hide of a deck is not examined, and a missing deck is not taken for it."""

import warnings

import cv2
import numpy as np
import pytest

from forensics.damage import compare_views
from forensics.damage.strip import Grid, lay_strip
from forensics.damage.veil import NAMES, hidden_columns, veil_measures


@pytest.fixture(scope="module")
def strip(deck):
    return lay_strip(deck)


def smoke(picture, *, colour, at=(320, 190), radius=75):
    """Put a round, ragged cloud on a picture."""
    rng = np.random.default_rng(4)
    rows, columns = picture.shape[:2]
    coarse = rng.normal(0, 0.25, (rows // 16, columns // 16)).astype(np.float32)
    ragged = cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC)
    y, x = np.mgrid[:rows, :columns]
    cover = np.clip(2.4 - 2 * np.hypot(x - at[0], y - at[1]) / radius + ragged, 0, 0.97)[..., None]
    return np.clip(picture * (1 - cover) + np.array(colour) * cover, 0, 255).astype(np.uint8)


def hidden(before, after, matrix, strip):
    return hidden_columns((before, after), (strip.matrix, matrix @ strip.matrix), strip.grid)


@pytest.mark.parametrize("colour", [(45, 44, 43), (215, 213, 210), (250, 170, 60)])
def test_columns_under_smoke_dust_and_flames_are_hidden_and_others_are_not(
    bridge, again, strip, colour
):
    after, matrix = again

    said = hidden(bridge, smoke(after, colour=colour), matrix, strip)

    middle = len(said) // 2
    assert said[middle - 30 : middle + 30].mean() > 0.9
    assert said[: len(said) // 5].sum() == said[-len(said) // 5 :].sum() == 0


def test_on_a_deck_that_is_seen_nothing_is_hidden(bridge, again, strip):
    assert not hidden(bridge, again[0], again[1], strip).any()


def test_where_the_deck_alone_is_missing_nothing_is_hidden(bridge, again, strip):
    matrix = again[1]
    broken = bridge.copy()
    broken[170:230, 270:390] = bridge[250:310, 270:390]  # the water beside it
    size = bridge.shape[1::-1]
    broken = cv2.warpPerspective(broken, matrix, size, borderMode=cv2.BORDER_REFLECT)

    said = hidden(bridge, broken, matrix, strip)

    assert said.mean() < 0.03


@pytest.mark.parametrize("colour", [(45, 44, 43), (215, 213, 210), (250, 170, 60)])
def test_a_deck_under_a_veil_is_neither_called_damaged_nor_undamaged(bridge, again, deck, colour):
    compared = compare_views(bridge, smoke(again[0], colour=colour), deck=deck)

    assert compared.damage.state == "undetermined"
    assert "smoke" in compared.damage.reason


@pytest.mark.parametrize("fill", [0, 127, 255])
def test_flat_pictures_give_finite_measures(fill):
    grid, flat = Grid(40, 32, 16, 16), np.full((9, 13, 3), fill, np.uint8)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        told = veil_measures((flat, flat), (np.eye(3), np.eye(3)), grid)

    assert told.shape == (40, len(NAMES))
    assert np.isfinite(told).all()


def test_turning_the_deck_over_turns_the_answer(bridge, again, strip):
    after = smoke(again[0], colour=(45, 44, 43), at=(250, 160))
    rows, columns = strip.grid.shape
    turn = np.array([[-1.0, 0, columns - 1], [0, -1, rows - 1], [0, 0, 1]])
    pictures, to_after = (bridge, after), again[1] @ strip.matrix

    one = hidden_columns(pictures, (strip.matrix, to_after), strip.grid)
    other = hidden_columns(pictures, (strip.matrix @ turn, to_after @ turn), strip.grid)

    assert one.any()
    assert np.mean(one != other[::-1]) < 0.02
