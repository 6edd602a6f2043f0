"""Nothing a stranger's picture or outline holds makes it crash, warn or guess."""

import numpy as np
import pytest

from forensics.damage import compare_views

SHAPES = [(1, 1, 3), (300, 1, 3), (300, 400, 3)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("level", [0, 128, 255])
def test_flat_pictures_of_any_size_are_undetermined(bridge, deck, shape, level):
    flat = np.full(shape, level, np.uint8)

    for before, after in ((flat, bridge), (bridge, flat), (flat, flat)):
        compared = compare_views(before, after, deck=deck)

        assert compared.damage.state == "undetermined"
        assert compared.damage.reason


def test_a_deck_outside_the_picture_is_undetermined(bridge, again, deck):
    compared = compare_views(bridge, again[0], deck=deck + np.array([0, 900]))

    assert compared.damage.state == "undetermined"


def test_stripes_of_one_period_are_never_damage(deck):
    columns = np.arange(640)
    stripes = np.where(columns // 20 % 2, 190, 60).astype(np.uint8)
    picture = np.tile(stripes[None, :, None], (400, 1, 3))

    compared = compare_views(picture, np.roll(picture, 7, axis=1), deck=deck)

    assert compared.damage.state in {"none", "undetermined"}


def test_tie_points_that_are_all_one_point_do_no_harm(bridge, again, deck):
    ties = np.tile([[100.0, 200.0, 100.0, 200.0]], (5, 1))

    compared = compare_views(bridge, again[0], deck=deck, tie_points=ties)

    assert compared.registration.status == "registered"


def test_tie_points_of_a_person_find_what_features_do_not(bridge, again, deck):
    after, matrix = again
    places = deck[[0, 1, 2, 3]] * 0.8 + np.array([60, 40])
    lifted = np.c_[places, np.ones(4)] @ matrix.T
    ties = np.c_[places, lifted[:, :2] / lifted[:, 2:]]

    compared = compare_views(bridge, after, deck=deck, tie_points=ties)

    assert compared.registration.status == "registered"
    assert compared.registration.error_px < 4
