import numpy as np
import pytest

from forensics.damage.strip import Grid, lay_strip, narrower, unroll
from forensics.model.deck import DeckError
from forensics.vision.alignment import moved


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("step", [1, -1])
def test_a_deck_drawn_another_way_round_gives_the_same_place(deck, turn, step):
    drawn = np.roll(deck, turn, axis=0)[::step]

    strip = lay_strip(drawn)

    ends = strip.corners[[0, 3]].mean(axis=0), strip.corners[[1, 2]].mean(axis=0)
    assert ends[0] == pytest.approx((60, 200))
    assert ends[1] == pytest.approx((580, 200))


def test_the_strip_maps_the_corners_of_the_deck(deck):
    strip = lay_strip(deck)

    points = strip.deck_points(along=2, across=2)

    assert sorted(map(tuple, moved(points, strip.matrix).round(3))) == sorted(map(tuple, deck))


def test_a_deck_that_reaches_outside_is_seen_in_part(bridge, deck):
    strip = lay_strip(deck + np.array([200, 0]))

    _, seen = unroll(bridge, strip.matrix, strip.grid)

    inside = seen[strip.grid.deck].mean()
    assert 0.7 < inside < 0.9


@pytest.mark.parametrize(
    "polygon",
    [
        [[0, 0], [10, 0], [10, 10]],
        [[0, 0], [100, 0], [100, 100], [0, 100]],
        [[0, 0], [100, 0], [200, 0], [300, 0]],
        [[0, 0], [1e9, 0], [1e9, 10], [0, 10]],
        [[0, 0], [np.nan, 0], [10, 10], [0, 10]],
        np.zeros((0, 2)),
    ],
)
def test_an_outline_that_is_no_deck_is_refused(polygon):
    with pytest.raises(DeckError):
        lay_strip(np.array(polygon, dtype=float))


def test_a_narrower_deck_lies_within_the_deck_in_the_rows_that_are_kept():
    grid = Grid(length_px=400, width_px=50, end_px=25, side_px=25)

    rows, inner = narrower(grid, 0.12)

    kept = np.arange(grid.shape[0])[rows]
    assert len(kept) == inner.shape[0]
    assert inner.shape[1] == grid.shape[1]
    assert kept[inner.deck[0]].tolist() == list(range(25 + 6, 25 + 50 - 6))
