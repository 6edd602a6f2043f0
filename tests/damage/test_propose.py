"""Places that matched features propose."""

import numpy as np
import pytest

from forensics.damage.propose import Described, Matches, describe, match
from forensics.damage.turns import turns
from forensics.vision.alignment import moved
from forensics.vision.features import Features
from forensics.vision.views import grey


def described(descriptors):
    count = len(descriptors)
    points = np.arange(2.0 * count).reshape(count, 2)
    ones = np.ones(count, np.float32)
    return Described(Features(points.astype(np.float32), ones, ones, descriptors), points)


def unit(values):
    return (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)


def test_pairs_are_those_of_the_whole_table_whatever_the_blocks():
    rng = np.random.default_rng(1)
    before = unit(rng.random((700, 128)))
    after = unit(np.r_[before[:400] + rng.normal(0, 0.01, (400, 128)), rng.random((300, 128))])
    after[350] = after[20]  # one that looks the same, in another block

    found = match(described(before), described(after), ratio=0.9)

    alike = after @ before.T
    best, rows = alike.argmax(axis=1), np.arange(len(after))
    mutual = alike.argmax(axis=0)[best] == rows
    first, second = np.sort(np.sqrt(np.maximum(2 - 2 * alike, 0)), axis=1)[:, :2].T
    kept = mutual & (first < 0.9 * second)
    assert kept.sum() > 380
    np.testing.assert_array_equal(found.before[:, 0], 2 * best[kept])
    np.testing.assert_array_equal(found.after[:, 0], 2 * rows[kept])


def test_a_picture_that_was_changed_is_described_anew(bridge):
    picture = grey(bridge).copy()
    first = describe(picture)

    picture[100:300] = 90

    assert len(describe(picture).points) < len(first.points)


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize("right", [12, 200])
def test_few_right_matches_among_many_tell_how_the_picture_moved(right, is_mirrored):
    rng = np.random.default_rng(2)
    matrix = np.array([[0.9, -0.3, 40.0], [0.3, 0.9, -20.0], [0, 0, 1.0]])
    if is_mirrored:
        matrix = matrix @ np.diag([-1.0, 1, 1])
    before, after = rng.uniform(0, 600, (2, 300, 2))
    after[:right] = moved(before[:right], matrix)
    growth, turn = np.hypot(0.9, 0.3), np.arctan2(0.3, 0.9) + np.pi * is_mirrored
    sizes, directions = np.full(300, growth), np.r_[np.full(right, turn), rng.uniform(-3, 3, 300)]

    found = next(turns(Matches(before, after, sizes, directions[:300], is_mirrored)))

    corners = np.array([[0.0, 0], [600, 0], [0, 600], [600, 600]])
    assert np.abs(moved(corners, found) - moved(corners, matrix)).max() < 3
