"""A deck is found where there is one, and nothing is called a deck where there is none."""

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from forensics.damage.find import FoundDeck, find_deck
from forensics.model.outcome import Absent


@pytest.fixture(scope="module")
def finding(media_root):
    """Read renders with their truth; a bridge that was tuned on."""
    sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
    from accuracy.damage import finding_data, scenes

    there = scenes.renders(scenes.LADDER)
    return lambda name: scenes.load((there[name], there[name])), finding_data


@pytest.mark.parametrize(
    "name", ["s305_before_nadir", "s305_null_oblique_return", "s304_scorch_nadir_12"]
)
def test_the_deck_of_a_render_is_found(finding, name):
    load, data = finding
    shot = load(name)

    found = find_deck(shot.before)

    assert isinstance(found, FoundDeck)
    assert data.overlap(found.polygon, shot.deck, shot.before.shape) > 0.7
    assert 0 < found.confidence <= 1
    assert found.edges_px > 0
    assert "cover" in found.because


def test_twice_the_size_gives_the_same_outline_twice_as_large(finding):
    load, _ = finding
    pixels = load("s305_before_nadir").before
    large = cv2.resize(pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)

    found, again = find_deck(pixels), find_deck(large)

    assert np.abs((found.polygon + 0.5) * 2 - 0.5 - again.polygon).max() < 0.03 * large.shape[1]


def test_the_same_picture_gives_the_same_outline(finding):
    load, _ = finding
    pixels = load("s305_before_nadir").before

    found, again = find_deck(pixels), find_deck(pixels.copy())

    assert np.array_equal(found.polygon, again.polygon)


@pytest.mark.parametrize("shape", [(1, 1, 3), (128, 900, 3), (300, 1, 3), (300, 400, 3)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_flat_pictures_of_any_size_have_no_deck(shape, level):
    found = find_deck(np.full(shape, level, np.uint8))

    assert isinstance(found, Absent)
    assert found.detail


def _noise():
    return np.random.default_rng(0).integers(0, 256, (400, 600, 3), dtype=np.uint8)


def _stripes():
    stripes = np.where(np.arange(600) // 20 % 2, 190, 60).astype(np.uint8)
    return np.tile(stripes[None, :, None], (400, 1, 3))


def _text():
    page = np.full((500, 640, 3), 245, np.uint8)
    for row in range(40, 480, 28):
        cv2.putText(page, "the quick brown fox jumps over it", (30, row), 0, 0.9, (20, 20, 20), 2)
    return page


def _map():
    page = np.full((500, 640, 3), (236, 232, 220), np.uint8)
    for start, end in (((0, 80), (640, 300)), ((200, 0), (260, 500)), ((0, 420), (640, 350))):
        cv2.line(page, start, end, (250, 250, 250), 14, cv2.LINE_AA)
        cv2.line(page, start, end, (252, 214, 164), 9, cv2.LINE_AA)
    cv2.fillPoly(page, [np.array([[400, 0], [640, 0], [640, 180]])], (170, 211, 223))
    return page


def _checks():
    board = (np.indices((400, 600)) // 40).sum(axis=0) % 2
    return np.repeat((board * 200 + 20).astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize("drawn", [_noise, _stripes, _text, _map, _checks])
def test_textures_text_and_maps_have_no_deck(drawn):
    assert isinstance(find_deck(drawn()), Absent)
