"""Spans that are all alike are told from one place: by a test of every shift along the deck."""

import cv2
import numpy as np
import pytest

from forensics.damage.shifts import rival_shift
from forensics.damage.strip import lay_strip, unroll

DECK = np.array([[40.0, 150], [760, 150], [760, 190], [40, 190]])
SPANS = 5
_SPAN_PX = round(720 / SPANS)


def _drawn(seed, *, same_spans):
    """Draw a deck over water: joints at every span; stains that repeat, or that do not."""
    rng = np.random.default_rng(0)
    picture = np.full((340, 800, 3), (70, 90, 95), np.float32)
    stain = cv2.GaussianBlur(rng.normal(0, 60, (40, 720)).astype(np.float32), (0, 0), 2)
    if same_spans:
        stain = np.tile(stain[:, :_SPAN_PX], (1, SPANS))
    picture[150:190, 40:760] = 140 + stain[..., None]
    picture[150:154] = picture[186:190] = 200
    for x in range(40, 761, _SPAN_PX):
        picture[150:190, x : x + 3] = 60
    noise = np.random.default_rng(seed).normal(0, 5, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def _rival(*, same_spans, shift_px=0.0):
    strip = lay_strip(DECK)
    shifted = strip.matrix.copy()
    shifted[0, 2] += shift_px
    before, seen = unroll(_drawn(1, same_spans=same_spans), strip.matrix, strip.grid)
    after, too = unroll(_drawn(2, same_spans=same_spans), shifted, strip.grid)
    return rival_shift(before, after, seen & too, strip.grid)


def test_equal_spans_and_nothing_else_in_sight_have_a_rival():
    rival = _rival(same_spans=True)

    assert rival.is_rival
    assert abs(rival.share) * SPANS == pytest.approx(round(abs(rival.share) * SPANS), abs=0.1)


def test_stains_that_do_not_repeat_leave_no_rival():
    assert not _rival(same_spans=False).is_rival


@pytest.mark.parametrize("spans", [-1, 1])
def test_a_place_one_span_off_has_the_right_one_as_its_rival(spans):
    rival = _rival(same_spans=False, shift_px=spans * _SPAN_PX)

    assert rival.is_rival
    assert rival.share == pytest.approx(-spans / SPANS, abs=0.03)


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize("level", [0, 255])
def test_flat_strips_name_no_rival_and_do_no_harm(level, seen):
    grid = lay_strip(DECK).grid
    flat = np.full(grid.shape, level, np.uint8)

    rival = rival_shift(flat, flat, np.full(grid.shape, seen), grid)

    assert not rival.is_rival
