"""Fit a small network: one hidden layer, by L-BFGS on the whole of the examples."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from msgspec.structs import replace
from numpy import float64
from numpy.typing import NDArray
from scipy.optimize import minimize

from forensics.damage.model import Layer, Weights, unit

_DIGITS = 4


def fit_network(
    values: NDArray[np.generic],
    classes: NDArray[np.int_],
    weight: NDArray[float64],
    *,
    names: tuple[str, ...],
    used: tuple[str, ...],
    count: int,
    hidden: int,
    penalty: float,
    rounds: int,
    seed: int = 3,
) -> Weights:
    """Fit a network with `hidden` units, or a logistic regression where that is 0."""
    chosen = values[:, [names.index(each) for each in used]].astype(float64)
    centre, scale = chosen.mean(axis=0), chosen.std(axis=0) + 1e-6
    start = Weights(used, _floats(centre), _floats(scale), ())
    data = unit(values, names, start).astype(np.float32)
    sizes = [data.shape[1], *([hidden] if hidden else []), count]
    rng = np.random.default_rng(seed)
    parts = [(rng.normal(0, into**-0.5, (out, into)), np.zeros(out)) for into, out in _steps(sizes)]
    wanted = np.eye(count, dtype=np.float32)[classes]
    share = (weight / weight.sum()).astype(np.float32)

    def loss(flat: NDArray[float64]) -> tuple[float, NDArray[float64]]:
        layers = _unpacked(flat, sizes)
        states = [data]
        for at, (matrix, bias) in enumerate(layers):
            last = np.tanh(states[-1]) if at else states[-1]
            states[-1] = last
            states.append(last @ matrix.T.astype(np.float32) + bias.astype(np.float32))
        logits = states[-1] - states[-1].max(axis=1, keepdims=True)
        told = np.exp(logits)
        told /= told.sum(axis=1, keepdims=True)
        right = -np.log(told[np.arange(len(classes)), classes] + 1e-9)
        cost = float((share * right).sum()) + penalty * sum(float((m**2).sum()) for m, _ in layers)
        slope = (told - wanted) * share[:, None]
        slopes: list[NDArray[float64]] = []
        for at in range(len(layers) - 1, -1, -1):
            matrix = layers[at][0]
            into = states[at]
            slopes = [
                (slope.T @ into + 2 * penalty * matrix).ravel(),
                slope.sum(axis=0),
                *slopes,
            ]
            if at:
                slope = (slope @ matrix.astype(np.float32)) * (1 - into**2)
        return cost, np.concatenate([each.astype(float64) for each in slopes])

    begin = np.concatenate([np.concatenate([m.ravel(), b]) for m, b in parts])
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": rounds})
    layers = tuple(
        Layer(tuple(_floats(row) for row in matrix), _floats(bias))
        for matrix, bias in _unpacked(found.x, sizes)
    )
    return replace(start, layers=layers)


def even(groups: NDArray[np.int_], shares: Sequence[float]) -> NDArray[float64]:
    """Weigh examples so that each group counts together as much as its share says."""
    counts = np.maximum(np.bincount(groups, minlength=len(shares)), 1)
    return np.asarray((np.array(shares) / counts)[groups])


def _steps(sizes: list[int]) -> list[tuple[int, int]]:
    return list(pairwise(sizes))


def _unpacked(
    flat: NDArray[float64], sizes: list[int]
) -> list[tuple[NDArray[float64], NDArray[float64]]]:
    layers, at = [], 0
    for into, out in _steps(sizes):
        matrix = flat[at : at + into * out].reshape(out, into)
        at += into * out
        layers.append((matrix, flat[at : at + out]))
        at += out
    return layers


def _floats(values: NDArray[np.generic]) -> tuple[float, ...]:
    return tuple(round(float(each), _DIGITS) for each in values)
