"""A bridge over water, drawn so that the truth is exact."""

import cv2
import numpy as np
import pytest

from forensics.damage import compare_views

DECK = np.array([[60.0, 175], [580, 175], [580, 225], [60, 225]])


def draw_bridge(seed=5):
    """Give a photo-like picture: banks, water, a deck with joints, lane marks and grain."""
    rng = np.random.default_rng(seed)
    height, width = 400, 640
    coarse = rng.normal(0, 26, (height // 8, width // 8)).astype(np.float32)
    grain = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    picture = np.full((height, width, 3), (70, 90, 60), np.float32) + grain[..., None]
    picture[:, 120:520] = (60, 85, 95) + 0.2 * grain[:, 120:520, None]
    asphalt = cv2.GaussianBlur(rng.normal(0, 40, (50, width)).astype(np.float32), (0, 0), 1.2)
    picture[175:225] = 140 + asphalt[..., None]
    picture[175:180] = picture[220:225] = 205
    for x in (150, 262, 391, 480):
        picture[175:225, x : x + 3] = 60
    for x in rng.integers(0, width - 12, 14):
        picture[198:201, x : x + 12] = 220
    return np.clip(picture, 0, 255).astype(np.uint8)


def seen_again(picture, seed=1):
    """Give the same scene from a camera that moved a little, and the map between the two."""
    matrix = np.array([[1.02, 0.03, -9.0], [-0.025, 1.01, 7.0], [2e-5, -1e-5, 1.0]])
    size = picture.shape[1::-1]
    moved = cv2.warpPerspective(picture, matrix, size, borderMode=cv2.BORDER_REFLECT)
    noise = np.random.default_rng(seed).normal(0, 4, picture.shape)
    return np.clip(moved * 0.9 + noise, 0, 255).astype(np.uint8), matrix


@pytest.fixture(scope="session")
def bridge():
    return draw_bridge()


@pytest.fixture(scope="session")
def deck():
    return DECK


@pytest.fixture(scope="session")
def again(bridge):
    """The same bridge seen again, and the map before -> after."""
    return seen_again(bridge)


@pytest.fixture(scope="session")
def other_bridge():
    return draw_bridge(seed=99)


@pytest.fixture(scope="session")
def compared(bridge, again, deck):
    """The bridge compared with itself seen again: made once, it takes seconds."""
    return compare_views(bridge, again[0], deck=deck)
