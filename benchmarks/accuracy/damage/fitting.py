"""Fit the model that names what the measures show, on the tuning bridges alone."""

from dataclasses import dataclass

import numpy as np
from accuracy.damage.scenes import (
    HOLE,
    MISSING,
    SOOT,
    TUNING,
    VEHICLE,
    Shot,
    degraded,
    drawn,
    load,
    null_pairs,
    pairs,
    true_map,
    truth_strip,
)
from msgspec.structs import replace
from numpy import float32, float64
from numpy.typing import NDArray
from scipy.optimize import minimize

from forensics.damage.decide import column_means
from forensics.damage.measures import NAMES, Measures, measure
from forensics.damage.model import CLASSES, COLUMNS, Model, Weights, expand
from forensics.damage.strip import unroll

_JITTER_PX = 0.6
_PER_CLASS = 700
_PENALTY = 3e-3
_CELL_MEASURES = (
    "texture_small",
    "texture_large",
    "darkening",
    "roughness",
    "like_beside",
    "off_deck_colour",
    "colour_change",
)
_COLUMN_MEASURES = (
    "texture_column",
    "texture_stretch",
    "edges_stretch",
    "either_edge_stretch",
    "off_deck_stretch",
    "roughness",
)
"""Few, of geometry and texture: fitted to three bridges, more did worse on the one left out."""

_LABELS = {1: 0, SOOT: 1, HOLE: 2, VEHICLE: 3}


@dataclass(frozen=True, eq=False)
class Labelled:
    """Cells, or columns, of the decks of some pairs: their measures, and what they are."""

    maps: NDArray[float32]
    classes: NDArray[np.int_]
    groups: NDArray[np.int_]
    bridges: NDArray[np.int_]

    def without(self, bridge: int) -> "Labelled":
        """Leave one bridge out."""
        kept = self.bridges != bridge
        return Labelled(self.maps[kept], self.classes[kept], self.groups[kept], self.bridges[kept])


def measured(before: Shot, after: Shot, seed: int) -> tuple[Measures, NDArray[np.uint8]]:
    """Measure a pair laid as registration lays it: off by a fraction of a pixel."""
    rng = np.random.default_rng(seed)
    strip = drawn(before)
    matrix = true_map(before, after) @ strip.matrix
    shift = np.eye(3)
    shift[:2, 2] = rng.normal(0, _JITTER_PX, 2)
    one, seen = unroll(degraded(before.pixels, seed), strip.matrix, strip.grid)
    other, too = unroll(degraded(after.pixels, seed + 1), matrix @ shift, strip.grid)
    truth = truth_strip(before, after, strip)[strip.grid.deck]
    return measure(one, other, seen & too, strip.grid), truth


def collect(bridges: tuple[int, ...]) -> tuple[Labelled, Labelled]:
    """Draw labelled cells and columns from every pair; there are more nulls than anything."""
    if not set(bridges) <= set(TUNING):
        raise SystemExit("only the tuning bridges may be fitted to")
    cells: list[tuple[NDArray[float32], int, int, int]] = []
    columns: list[tuple[NDArray[float32], int, int, int]] = []
    rng = np.random.default_rng(0)
    for at, (one, other) in enumerate([*pairs(bridges), *null_pairs(bridges)]):
        before, after = load(one), load(other)
        found, truth = measured(before, after, 2 * at)
        for label, number in _LABELS.items():
            place = np.flatnonzero((truth == label) & found.seen)
            some = rng.choice(place, min(len(place), _PER_CLASS), replace=False)
            taken = found.maps.reshape(-1, len(NAMES))[some]
            cells.append((taken, number, number, before.bridge))
        means = column_means(found)
        known = found.seen.mean(axis=0) > 0.5
        gone = (truth == MISSING).mean(axis=0)
        burnt = np.isin(truth, (SOOT, HOLE)).any(axis=0)
        # Columns in part missing are left out; damage that leaves the deck is a group of its own.
        for group, which in enumerate(((gone == 0) & ~burnt, (gone == 0) & burnt, gone > 0.6)):
            columns.append((means[which & known], int(group == 2), group, before.bridge))
    return _joined(cells), _joined(columns)


def fit_model(cells: Labelled, columns: Labelled) -> Model:
    """Fit both decisions."""
    return Model(
        fit(cells, len(CLASSES), (2.0, 1, 1, 1), _CELL_MEASURES),
        fit(columns, len(COLUMNS), (1.0, 1, 1), _COLUMN_MEASURES),
    )


def fit(
    labelled: Labelled, count: int, shares: tuple[float, ...], names: tuple[str, ...]
) -> Weights:
    """Fit a logistic regression; `shares` say how much each group counts together."""
    used = labelled.maps[:, [NAMES.index(each) for each in names]]
    centre, scale = used.mean(axis=0), used.std(axis=0) + 1e-6
    start = Weights(names, _floats(centre), _floats(scale), (), products=False)
    terms, classes = expand(labelled.maps, start), labelled.classes
    weight = np.array(shares) / np.maximum(np.bincount(labelled.groups, minlength=len(shares)), 1)
    weight = weight[labelled.groups] / weight[labelled.groups].sum()
    wanted = np.eye(count)[classes]

    def loss(flat: NDArray[float64]) -> tuple[float, NDArray[float64]]:
        matrix = flat.reshape(count, -1)
        logits = terms @ matrix.T
        logits -= logits.max(axis=1, keepdims=True)
        share = np.exp(logits)
        share /= share.sum(axis=1, keepdims=True)
        right = np.log(share[np.arange(len(classes)), classes] + 1e-12)
        slope = ((share - wanted) * weight[:, None]).T @ terms + 2 * _PENALTY * matrix
        return float(-(weight * right).sum() + _PENALTY * (matrix**2).sum()), slope.ravel()

    found = minimize(
        loss,
        np.zeros(count * terms.shape[1]),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 200},
    )
    rows = np.round(found.x.reshape(count, -1), 4)
    return replace(start, weights=tuple(_floats(row) for row in rows))


def _floats(values: NDArray[np.generic]) -> tuple[float, ...]:
    return tuple(round(float(each), 5) for each in values)


def _joined(parts: list[tuple[NDArray[float32], int, int, int]]) -> Labelled:
    return Labelled(
        np.concatenate([maps for maps, *_ in parts]).astype(float32),
        *(np.concatenate([np.full(len(part[0]), part[at]) for part in parts]) for at in (1, 2, 3)),
    )
