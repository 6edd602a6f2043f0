"""The two linear scores of the judgement: what was laid on, and what is a copy."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
from msgspec import Struct

WEIGHTS = "judge_weights.toml"
"""Written by ``benchmarks/accuracy/judge.py``."""

Score = Literal["overlay", "copy"]


class Weights(Struct, frozen=True):
    """A score that is linear in measures.

    Parameters
    ----------
    mean, spread, weight : tuple of float
        Of each measure, in order.
    offset : float
        What is added.
    """

    mean: tuple[float, ...]
    spread: tuple[float, ...]
    weight: tuple[float, ...]
    offset: float


@cache
def load_weights() -> dict[str, Weights]:
    """Read the weights that ship with the package.

    Returns
    -------
    dict of str to Weights
        By score.
    """
    text = files("forensics.reuse").joinpath(WEIGHTS).read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Weights])


def score_of(score: Score, measures: Sequence[float]) -> float:
    """Compute a score.

    Parameters
    ----------
    score : {"overlay", "copy"}
        Which.
    measures : sequence of float
        As many as it has weights.

    Returns
    -------
    float
        The log odds, on the half of the sources it was fitted on.
    """
    return linear(load_weights()[score], measures)


def linear(weights: Weights, measures: Sequence[float]) -> float:
    """Compute a linear score.

    Parameters
    ----------
    weights : Weights
        Its weights.
    measures : sequence of float
        As many as it has weights.

    Returns
    -------
    float
        The log odds, on the half of the sources it was fitted on.
    """
    parts = zip(measures, weights.mean, weights.spread, weights.weight, strict=True)
    return sum((value - mean) / spread * weight for value, mean, spread, weight in parts) + (
        weights.offset
    )
