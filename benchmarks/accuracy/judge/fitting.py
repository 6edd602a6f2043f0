"""Measure pairs of stills that lie over each other, and fit the two scores of their judgement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from accuracy.judge.pairs import Laid, Trial
from numpy import bool_, float64
from numpy.typing import NDArray

from forensics.reuse.changes import LEAST_PX, MEASURES
from forensics.reuse.judge_weights import Weights
from forensics.reuse.pair_measures import MOST_SURE, measure, of_changes, overlay_measures

MARKED_EDITS = ("text", "emoji", "drawn_marks", "news_bar")
"""Edits that lay something on, and change nothing else that is compared."""

OVERLAY_RIDGE = 3.0
COPY_RIDGE = 0.03
"""A share of the sum of all weights: sources are few, and other ones will be asked about."""

_STEPS = 60
_DIGITS = 5


@dataclass(frozen=True, eq=False)
class Example:
    """A trial as it was measured, apart from the scores.

    Parameters
    ----------
    trial : Trial
        What it is.
    pair : (13,) float64
        Measures of what lies around the changes.
    shares : (N,) float64
        Of each change.
    changes : (N, 23) float64
        Measures of each change.
    """

    trial: Trial
    pair: NDArray[float64]
    shares: NDArray[float64]
    changes: NDArray[float64]

    def measures(self, overlay: Weights) -> tuple[float, ...]:
        """Give all measures of the pair, with changes scored by some weights."""
        surest = np.clip(scores_of(overlay, self.changes), -MOST_SURE, MOST_SURE)
        return (*self.pair, *of_changes(self.shares, surest))


def example(laid: Laid) -> Example | None:
    """Measure one trial; None when its pictures have next to nothing in common."""
    found = measure(laid.query, laid.reference, laid.alignment)
    if found is None:
        return None
    rows = [overlay_measures(each, found.fit) for each in found.changes.changes]
    changes = np.array(rows, float64).reshape(len(rows), len(MEASURES) + 1)
    pair = np.array(found.pair()[:-3], float64)
    return Example(laid.trial, pair, found.shares, changes)


def fit_overlay(examples: Iterable[Example]) -> Weights:
    """Fit what tells marks and captions from what happened between two moments."""
    rows, laid_on, importance = [], [], []
    for each in examples:
        trial = each.trial
        if trial.edit not in MARKED_EDITS and not _differs(trial):
            continue
        for share, measures in zip(each.shares, each.changes, strict=True):
            rows.append(measures)
            laid_on.append(trial.is_copy)
            importance.append(np.sqrt(share))
    weights = np.array(importance) / np.mean(importance) * np.sqrt(LEAST_PX)
    return fit_logistic(np.array(rows), np.array(laid_on), weights, OVERLAY_RIDGE)


def fit_copy(examples: Sequence[Example], overlay: Weights) -> Weights:
    """Fit what tells copies from other moments and views that differ visibly."""
    used = [each for each in examples if each.trial.is_copy or _differs(each.trial)]
    rows = np.array([each.measures(overlay) for each in used])
    copies = np.array([each.trial.is_copy for each in used])
    return fit_logistic(rows, copies, np.ones(len(used)), COPY_RIDGE * len(used))


def scores_of(weights: Weights, rows: NDArray[float64]) -> NDArray[float64]:
    """Score rows of measures, (N, M), as `judge_weights.score_of` does one by one."""
    if not len(rows):
        return np.zeros(0)
    scaled = (rows - np.array(weights.mean)) / np.array(weights.spread)
    return np.asarray(scaled @ np.array(weights.weight) + weights.offset)


def as_toml(name: str, weights: Weights) -> str:
    """Write weights as the package keeps them."""

    def listed(values: Sequence[float]) -> str:
        return "[" + ", ".join(f"{value:.{_DIGITS}g}" for value in values) + "]"

    return (
        f"[{name}]\nmean = {listed(weights.mean)}\nspread = {listed(weights.spread)}\n"
        f"weight = {listed(weights.weight)}\noffset = {weights.offset:.{_DIGITS}g}\n"
    )


def _differs(trial: Trial) -> bool:
    # A picture painted twice in other colours is neither a copy nor another moment.
    return not trial.is_copy and trial.is_visible and trial.kind != "repainted"


def fit_logistic(
    rows: NDArray[float64], positive: NDArray[bool_], importance: NDArray[float64], ridge: float
) -> Weights:
    """Fit a logistic regression, both classes of equal weight, by Newton's method."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    scaled = np.c_[(rows - mean) / spread, np.ones(len(rows))]
    sums = importance[positive].sum(), importance[~positive].sum()
    balanced = np.where(positive, importance / sums[0], importance / sums[1]) * len(rows) / 2
    # The offset is free.
    penalty = ridge * np.r_[np.ones(rows.shape[1]), 1e-6]
    found = np.zeros(scaled.shape[1])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-scaled @ found))
        slope = scaled.T @ (balanced * (likely - positive)) + penalty * found
        curve = (scaled.T * (balanced * likely * (1 - likely))) @ scaled + np.diag(penalty)
        found -= np.linalg.solve(curve, slope)
    return Weights(tuple(mean), tuple(spread), tuple(found[:-1]), float(found[-1]))
