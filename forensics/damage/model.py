"""The small model that names what the measures show: a logistic regression over named measures."""

import json
from functools import cache
from importlib import resources

import numpy as np
from msgspec import Struct, convert
from numpy import float64
from numpy.typing import NDArray

from forensics.damage.measures import NAMES

CLASSES = ("nothing", "scorch", "hole", "object")
"""What a cell of the deck may be; an object (a vehicle) hides it, and is not examined."""

COLUMNS = ("there", "missing_deck")
"""What the deck may be across its whole width."""

_CLIP = 4.0


class Weights(Struct, frozen=True):
    """What was fitted.

    Parameters
    ----------
    measures : tuple of str
        Names of those that are used, in order.
    centre, scale : tuple of float
        By measure: subtracted, divided by.
    weights : tuple of tuple of float
        By class: one for each term of `expand`.
    products : bool
        Whether products of two measures are terms, too.
    """

    measures: tuple[str, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    products: bool = True


class Model(Struct, frozen=True):
    """The two decisions: on cells, and on columns across the whole width.

    Parameters
    ----------
    cells, columns : Weights
        Of `CLASSES` and of `COLUMNS`.
    """

    cells: Weights
    columns: Weights


@cache
def fitted_model() -> Model:
    """Load the weights that ship with the package.

    Returns
    -------
    Model
        As fitted by ``benchmarks/accuracy/damage``.
    """
    file = resources.files("forensics.calibration") / "damage.decide.weights.json"
    return convert(json.loads(file.read_text("utf-8")), Model)


def expand(maps: NDArray[np.generic], fitted: Weights) -> NDArray[float64]:
    """Give the terms of the model: 1, each measure, and perhaps products of two.

    Parameters
    ----------
    maps : (..., M) float
        All measures.
    fitted : Weights
        Names, centre and scale.

    Returns
    -------
    (..., T) float64
        Terms.
    """
    chosen = np.asarray(maps, dtype=float64)[..., [NAMES.index(each) for each in fitted.measures]]
    unit = (chosen - fitted.centre) / fitted.scale
    unit = np.clip(unit, -_CLIP, _CLIP)
    one = np.ones((*unit.shape[:-1], 1))
    if not fitted.products:
        return np.concatenate([one, unit], axis=-1)
    upper = np.triu_indices(unit.shape[-1])
    pairs = unit[..., upper[0]] * unit[..., upper[1]]
    return np.concatenate([one, unit, pairs], axis=-1)


def scores(maps: NDArray[np.generic], fitted: Weights) -> NDArray[float64]:
    """Score each class.

    Parameters
    ----------
    maps : (..., M) float
        Measures.
    fitted : Weights
        The model.

    Returns
    -------
    (..., classes) float64
        Shares that sum to 1.
    """
    logits = expand(maps, fitted) @ np.asarray(fitted.weights).T
    logits -= logits.max(axis=-1, keepdims=True)
    share = np.exp(logits)
    return np.asarray(share / share.sum(axis=-1, keepdims=True))
