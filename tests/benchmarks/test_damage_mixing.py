"""Mixtures of strips: their truth is that of what was laid on them."""

import cv2
import numpy as np
import pytest
from accuracy.damage.examples import Mixer
from accuracy.damage.holes import compare_holes
from accuracy.damage.making import burnt, fallen, shadowed, veiled
from accuracy.damage.mixing import pasted
from accuracy.damage.opening import holed
from accuracy.damage.strips import Strips
from accuracy.damage.surfaces import retextured
from accuracy.damage.unharmed import latticed, queued, repaved, wet
from accuracy.damage_truth.pair import Truth, TruthPair

from forensics.damage.strip import Grid

GRID = Grid(length_px=320, width_px=40, end_px=20, side_px=20)


def whole(name="base", source="1", level=150):
    rng = np.random.default_rng(int(source))
    strip = np.full((*GRID.shape, 3), (60, 85, 95), np.uint8)
    strip[GRID.deck[0]] = rng.integers(level - 20, level + 20, (40, GRID.shape[1], 1))
    truth = np.full(GRID.shape, Truth.OUTSIDE, np.uint8)
    truth[GRID.deck] = Truth.NOTHING
    seen = np.ones(GRID.shape, bool)
    return Strips(name, (source,), "none", strip, strip.copy(), seen, GRID, truth)


def scorched():
    made = whole("donor", "2", level=190)
    made.after[30:50, 100:140] //= 4
    made.truth[30:50, 100:140] = Truth.SCORCH
    return Strips(**{**vars(made), "state": "scorched"})


def random(seed=3):
    return np.random.default_rng(seed)


def test_soot_of_one_deck_darkens_another_as_much():
    made = next(filter(None, (pasted(whole(), scorched(), random(seed)) for seed in range(9))))

    marked = cv2.erode((made.truth == Truth.SCORCH).astype(np.uint8), np.ones((5, 5))) > 0
    factor = np.median(made.after[marked] / made.before[marked].astype(float))
    assert marked.sum() > 300
    assert 0.1 < factor < 0.45
    assert made.state == "scorched"
    assert made.sources == ("1", "2")
    assert not made.real


def test_a_fallen_stretch_is_missing_across_the_whole_width():
    made = fallen(whole(), random())

    columns = (made.truth[GRID.deck] == Truth.MISSING).mean(axis=0)
    assert made.state == "collapsed"
    assert (columns == 1).sum() > 30
    assert not (made.truth[: GRID.side_px] == Truth.MISSING).any()


def test_soot_alone_makes_no_hole():
    made = burnt(whole(), random())

    assert made.state == "scorched"
    assert (made.truth == Truth.SCORCH).any()
    assert not (made.truth == Truth.HOLE).any()


def test_holes_are_made_with_much_soot_around_or_hardly_any():
    made = [holed(whole(), random(seed)) for seed in range(12)]

    shares = []
    for each in made:
        holes = (each.truth == Truth.HOLE).astype(np.uint8)
        near = cv2.dilate(holes, np.ones((15, 15), np.uint8)) > 0
        shares.append(float((each.truth[near & (holes == 0)] == Truth.SCORCH).mean()))
        assert each.state == "holed"
        assert not holes[: GRID.side_px].any()
    assert min(shares) < 0.2
    assert max(shares) > 0.5


@pytest.mark.parametrize("made_by", [shadowed, latticed, repaved, wet])
def test_what_is_no_damage_leaves_the_truth_as_it_was(made_by):
    made = made_by(whole(), random())

    assert (made.after != made.before).any()
    assert made.state == "none"
    np.testing.assert_array_equal(made.truth, whole().truth)


def test_vehicles_hide_what_is_beneath_them():
    made = next(
        each
        for each in (queued(whole(), random(seed)) for seed in range(9))
        if (each.truth == Truth.NOT_SEEN).any()
    )

    hidden = made.truth == Truth.NOT_SEEN
    assert made.state == "none"
    assert set(np.unique(made.truth)) == {Truth.NOTHING, Truth.OUTSIDE, Truth.NOT_SEEN}
    assert (made.after[hidden] != made.before[hidden]).any()


def test_mixtures_are_made_again_alike_and_are_never_taken_for_rendered_pairs():
    photo = random(7).integers(0, 255, (200, 300)).astype(np.uint8)
    mixer = Mixer({1: [whole()], 2: [whole("other", "2"), scorched()]}, [photo])

    once, again = ([mixer.mix(random(seed)) for seed in range(20)] for _ in range(2))

    for one, other in zip(once, again, strict=True):
        np.testing.assert_array_equal(one.after, other.after)
        np.testing.assert_array_equal(one.truth, other.truth)
        assert not one.real
    assert {each.state for each in once} >= {"none", "scorched", "holed", "collapsed"}


def test_texture_of_a_photograph_is_laid_on_both_strips():
    photo = random(7).integers(0, 255, (200, 300)).astype(np.uint8)

    made = retextured(whole(), photo, random())

    detail = [cv2.Laplacian(each[GRID.deck][..., 0].astype(np.float32), cv2.CV_32F)
              for each in (made.before, made.after)]  # fmt: skip
    assert (made.before != whole().before).any()
    assert np.corrcoef(*(each.ravel() for each in detail))[0, 1] > 0.95


def test_through_a_thick_veil_nothing_is_seen():
    made = veiled(whole(), random())

    assert made.state == "none"
    assert set(np.unique(made.truth)) <= {Truth.NOTHING, Truth.OUTSIDE, Truth.NOT_SEEN}
    assert (made.truth == Truth.NOT_SEEN).any()


def marked(*places):
    mask = np.zeros((100, 300), np.uint8)
    for x, y in places:
        mask[y : y + 14, x : x + 14] = Truth.HOLE
    return mask


@pytest.mark.parametrize(
    ("said", "found"), [(((50, 40), (200, 40)), 2), (((56, 40),), 1), (((120, 40),), 0), ((), 0)]
)
def test_holes_are_found_where_their_middles_are_near(said, found):
    there = marked((50, 40), (200, 40))
    blank = np.zeros((100, 300, 3), np.uint8)
    scale = np.diag([0.2, 0.2, 1.0])
    pair = TruthPair(
        "a", "1", "render", "deck", "hole", False, blank, blank,
        np.zeros((4, 2)), there, np.eye(3), to_metres=scale,
    )  # fmt: skip

    compared = compare_holes(pair, marked(*said))

    assert (compared.there, compared.said, compared.found) == (2, len(said), found)
