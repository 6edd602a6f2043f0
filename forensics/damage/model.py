"""The small model that names what the measures show: a logistic regression over named measures."""

import json
from functools import cache
from importlib import resources

import numpy as np
from msgspec import Struct, convert
from numpy import float64
from numpy.typing import NDArray

CLASSES = ("nothing", "scorch", "hole", "missing_deck", "object")
"""What a pixel of the deck may be; an object (a vehicle) hides it, and is not examined."""

_CLIP = 4.0


class Weights(Struct, frozen=True):
    """What was fitted.

    Parameters
    ----------
    measures : tuple of str
        Names, in order.
    centre, scale : tuple of float
        By measure: subtracted, divided by.
    weights : tuple of tuple of float
        By class: one for each term of `expand`.
    """

    measures: tuple[str, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]


@cache
def weights() -> Weights:
    """Load the weights that ship with the package.

    Returns
    -------
    Weights
        As fitted by ``benchmarks/accuracy/damage``.
    """
    file = resources.files("forensics.calibration") / "damage.decide.weights.json"
    return convert(json.loads(file.read_text("utf-8")), Weights)


def expand(maps: NDArray[np.generic], fitted: Weights) -> NDArray[float64]:
    """Give the terms of the model: 1, each measure, and each product of two.

    Parameters
    ----------
    maps : (..., M) float
        Measures.
    fitted : Weights
        Centre and scale.

    Returns
    -------
    (..., T) float64
        Terms.
    """
    unit = (np.asarray(maps, dtype=float64) - fitted.centre) / fitted.scale
    unit = np.clip(unit, -_CLIP, _CLIP)
    upper = np.triu_indices(unit.shape[-1])
    pairs = unit[..., upper[0]] * unit[..., upper[1]]
    return np.concatenate([np.ones((*unit.shape[:-1], 1)), unit, pairs], axis=-1)


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
    (..., len(CLASSES)) float64
        Shares that sum to 1.
    """
    logits = expand(maps, fitted) @ np.asarray(fitted.weights).T
    logits -= logits.max(axis=-1, keepdims=True)
    share = np.exp(logits)
    return np.asarray(share / share.sum(axis=-1, keepdims=True))
