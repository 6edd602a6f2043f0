"""What names the measures: networks of cells, and a regression that judges the whole deck."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from msgspec import Struct, convert
from numpy import float64
from numpy.typing import NDArray

from forensics.damage.cells import CellNetwork, fitted_networks

STATES = ("none", "scorched", "holed", "collapsed")
"""What the whole deck may be."""

_CLIP = 4.0


class Layer(Struct, frozen=True):
    """One layer of a network.

    Parameters
    ----------
    weights : tuple of tuple of float
        By output: one for each input.
    bias : tuple of float
        By output.
    """

    weights: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]


class Weights(Struct, frozen=True):
    """What was fitted.

    Parameters
    ----------
    measures : tuple of str
        Names of those that are used, in order.
    centre, scale : tuple of float
        By measure: subtracted, divided by.
    layers : tuple of Layer
        Between layers stands the hyperbolic tangent; after the last, shares that sum to 1. A single
        layer is a logistic regression.
    """

    measures: tuple[str, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    layers: tuple[Layer, ...]


@dataclass(frozen=True, eq=False)
class Model:
    """The two decisions: on cells, and on the whole deck.

    Parameters
    ----------
    cells : tuple of CellNetwork
        Of the classes of a cell: several networks, whose scores are averaged.
    deck : Weights
        Of `STATES`.
    """

    cells: tuple[CellNetwork, ...]
    deck: Weights


@cache
def fitted_model() -> Model:
    """Load the weights that ship with the package.

    Returns
    -------
    Model
        As fitted by ``benchmarks/accuracy/damage``.
    """
    file = resources.files("forensics.calibration") / "damage.decide.weights.json"
    return Model(fitted_networks(), convert(json.loads(file.read_text("utf-8")), Weights))


def unit(values: NDArray[np.generic], names: tuple[str, ...], fitted: Weights) -> NDArray[float64]:
    """Give the measures that a network uses, brought to one scale and bounded.

    Parameters
    ----------
    values : (..., M) float
        All measures.
    names : tuple of str
        Their names.
    fitted : Weights
        Names, centre and scale.

    Returns
    -------
    (..., N) float64
        Those that are used.
    """
    chosen = values[..., [names.index(each) for each in fitted.measures]].astype(float64)
    return np.clip((chosen - fitted.centre) / fitted.scale, -_CLIP, _CLIP)


def scores(
    values: NDArray[np.generic], names: tuple[str, ...], fitted: Weights
) -> NDArray[float64]:
    """Score each class.

    Parameters
    ----------
    values : (..., M) float
        Measures.
    names : tuple of str
        Their names.
    fitted : Weights
        The network.

    Returns
    -------
    (..., classes) float64
        Shares that sum to 1.
    """
    state = unit(values, names, fitted)
    for at, layer in enumerate(fitted.layers):
        state = (np.tanh(state) if at else state) @ np.array(layer.weights).T + layer.bias
    state = np.exp(state - state.max(axis=-1, keepdims=True))
    return np.asarray(state / state.sum(axis=-1, keepdims=True))


def mean_scores(
    values: NDArray[np.generic], names: tuple[str, ...], fitted: Sequence[Weights]
) -> NDArray[float64]:
    """Average what several networks score: one alone depends on where its fit began.

    Parameters
    ----------
    values : (..., M) float
        Measures.
    names : tuple of str
        Their names.
    fitted : sequence of Weights
        The networks.

    Returns
    -------
    (..., classes) float64
        Shares that sum to 1.
    """
    return np.asarray(np.mean([scores(values, names, each) for each in fitted], axis=0))
