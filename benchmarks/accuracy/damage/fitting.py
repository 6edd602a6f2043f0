"""Fit the model that names what the measures show, on the tuning bridges alone."""

from dataclasses import dataclass

import numpy as np
from numpy import float64, float32
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.accuracy.damage.scenes import (
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
from forensics.damage.measures import NAMES, Measures, measure
from forensics.damage.model import CLASSES, Weights, expand
from forensics.damage.strip import unroll

_JITTER_PX = 0.6
_PER_CLASS = 700
_PENALTY = 3e-3
_LABELS = {1: 0, 2: 1, 3: 2, 4: 3, VEHICLE: 4}


@dataclass(frozen=True, eq=False)
class Labelled:
    """Pixels of the decks of some pairs."""

    maps: NDArray[float32]
    classes: NDArray[np.int_]
    bridges: NDArray[np.int_]


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


def collect(bridges: tuple[int, ...], *, rounds: int = 1) -> Labelled:
    """Draw labelled pixels from every pair; nulls are drawn from as often as damage."""
    if not set(bridges) <= set(TUNING):
        raise SystemExit("only the tuning bridges may be fitted to")
    maps, classes, origin = [], [], []
    rng = np.random.default_rng(0)
    for turn in range(rounds):
        for at, (one, other) in enumerate([*pairs(bridges), *null_pairs(bridges)]):
            before, after = load(one), load(other)
            found, truth = measured(before, after, 1000 * turn + 2 * at)
            for label, number in _LABELS.items():
                place = np.flatnonzero((truth == label) & found.seen)
                some = rng.choice(place, min(len(place), _PER_CLASS), replace=False)
                maps.append(found.maps.reshape(-1, len(NAMES))[some])
                classes.append(np.full(len(some), number))
                origin.append(np.full(len(some), before.bridge))
    return Labelled(np.concatenate(maps), np.concatenate(classes), np.concatenate(origin))


def fit(labelled: Labelled) -> Weights:
    """Fit a logistic regression, each class of equal weight but for nothing, which counts double."""
    centre = labelled.maps.mean(axis=0)
    scale = labelled.maps.std(axis=0) + 1e-6
    start = Weights(
        NAMES, tuple(map(float, centre)), tuple(map(float, scale)), ()
    )
    terms = expand(labelled.maps, start)
    classes, count = labelled.classes, len(CLASSES)
    weight = np.array([2.0, 1, 1, 1, 1]) / np.maximum(np.bincount(classes, minlength=count), 1)
    weight = weight[classes] / weight[classes].sum()
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

    found = minimize(loss, np.zeros(count * terms.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    rounded = np.round(found.x.reshape(count, -1), 4)
    return Weights(NAMES, start.centre, start.scale, tuple(tuple(map(float, row)) for row in rounded))
