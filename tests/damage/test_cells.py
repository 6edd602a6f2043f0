"""The networks of cells: what goes in, what comes out."""

import numpy as np
import pytest

from forensics.damage.cells import CLASSES, ROWS, Cells, cell_scores, cells_of, fitted_networks
from forensics.damage.measures import NAMES, Measures


def measured(rows, columns, seed=1):
    rng = np.random.default_rng(seed)
    maps = rng.normal(0, 1, (rows, columns, len(NAMES))).astype(np.float32)
    return Measures(maps, np.ones((rows, columns), bool), 0.5)


@pytest.mark.parametrize("shape", [(8, 8), (33, 401), (96, 1200)])
def test_decks_of_any_size_become_square_cells(shape):
    cells = cells_of(measured(*shape))

    columns = max(8, round(shape[1] * ROWS / shape[0]))
    assert cells.maps.shape == (len(NAMES), ROWS, columns)
    assert cell_scores(cells, fitted_networks()).shape == (ROWS, columns, len(CLASSES))


def test_scores_are_shares():
    scores = cell_scores(cells_of(measured(30, 300)), fitted_networks())

    np.testing.assert_allclose(scores.sum(axis=2), 1, atol=1e-5)
    assert (scores >= 0).all()


def test_a_deck_turned_round_scores_the_same_turned_round():
    cells = cells_of(measured(24, 240))
    turned = Cells(cells.maps[:, ::-1, ::-1], cells.seen[::-1, ::-1])

    there, back = (cell_scores(each, fitted_networks()) for each in (cells, turned))

    np.testing.assert_allclose(there, back[::-1, ::-1], atol=1e-4)
