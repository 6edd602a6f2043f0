"""Fit the model that names what the measures show, on tuning sources alone.

Networks of cells are trained first. What they score on bridges that were left out is what the
decision on the whole deck is fitted to, so that it knows how far they can be trusted.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from accuracy.damage.examples import Sample, mixed, rendered
from accuracy.damage.network import even, fit_network
from accuracy.damage.scenes import ASIDE, CHECKED, NULLS_ONLY, TEST, TUNING
from numpy import float64
from numpy.typing import NDArray

from forensics.calibration import load
from forensics.damage.cells import CellNetwork, cell_scores, unpacked
from forensics.damage.measures import NAMES
from forensics.damage.model import STATES, Weights, scores
from forensics.damage.summary import DECK, score, summary

FOLDS = (
    ("304", "406"),
    ("305", "401", "403"),
    ("307", "404"),
    ("407",),
    ("402", "405"),
)
"""Bridges that are left out together."""

_SHIPPED = 4
"""The networks of so many folds ship: a fifth would take the file over 300 kB."""

_MIXED, _MIXED_SEED = 600, 1
_PENALTY_DECK, _ROUNDS_DECK = 1e-2, 300
"""Of 0.01, 0.03 and 0.06 the penalty that is likeliest to be right on left-out bridges."""

_DECK_SHARES = (2.0, 1.0, 1.0, 1.0)
"""How much each state counts together: what is undamaged counts most."""

Arrays = dict[str, NDArray[np.generic]]


def tuning_samples() -> Iterator[Sample]:
    """Measure what may be fitted to: rendered pairs, and mixtures of them."""
    if set(TUNING) & {*ASIDE, *TEST, *NULLS_ONLY}:
        raise SystemExit("bridges that are kept aside or reported on may not be fitted to")
    fitted = [bridge for bridge in TUNING if bridge not in CHECKED]
    for bridge in fitted:
        yield from rendered(bridge)
    yield from mixed(fitted, _MIXED, _MIXED_SEED)


def fit_cells(samples: Sequence[Sample]) -> tuple[Arrays, NDArray[float64]]:
    """Train a network for each fold, on the bridges outside it; most of them ship together.

    Gives, too, what each rendered deck sums up to by the network that never saw its bridge.
    """
    real = [each for each in samples if each.real]
    summed = np.zeros((len(real), len(DECK)))
    whole: Arrays = {"names": np.array(NAMES), "count": np.array(_SHIPPED)}
    for number, fold in enumerate(FOLDS):
        kept = [each for each in samples if not set(each.sources) & set(fold)]
        arrays = named(number, _trained(kept))
        if number < _SHIPPED:
            whole |= arrays
        network = unpacked(arrays, number)
        for at, sample in enumerate(real):
            if set(sample.sources) & set(fold):
                summed[at] = summed_up(sample, [network])
    return whole, summed


def summed_up(sample: Sample, networks: Sequence[CellNetwork]) -> NDArray[float64]:
    """Score a deck and sum the scores up."""
    limits = load("damage.decide")
    cells = sample.cells
    return summary(score(cell_scores(cells, networks), cells, sample.held, limits), limits)


def fit_deck(summed: NDArray[float64], samples: Sequence[Sample]) -> tuple[Weights, NDArray]:
    """Fit the decision on the whole deck; give, too, its scores with each bridge left out."""
    states = np.array([STATES.index(each.state) for each in samples])
    sources = np.array([each.sources[0] for each in samples])
    told = np.zeros((len(samples), len(STATES)))
    for source in sorted(set(sources)):
        out = sources == source
        told[out] = scores(summed[out], DECK, _fit_deck(summed[~out], states[~out]))
    return _fit_deck(summed, states), told


def print_cuts(samples: Sequence[Sample], told: NDArray[float64]) -> None:
    """Print what each cut-off of the score would answer, on bridges that were left out.

    The share that is wrong is that of pairs among which each state is as frequent as the others.
    """
    states = np.array([STATES.index(each.state) for each in samples])
    unhurt = states == 0
    best, sure = told.argmax(axis=1), told.max(axis=1)
    alike = 1 / np.bincount(states, minlength=len(STATES))[states]
    print("\n| state | cut-off | said | wrong | share | said on nulls |\n|---|---|---|---|---|---|")
    for number, state in enumerate(STATES):
        for cut in np.arange(0.4, 0.96, 0.05):
            said = (best == number) & (sure >= cut)
            wrong, nulls = said & (states != number), (said & unhurt).sum()
            share = alike[wrong].sum() / max(alike[said].sum(), 1e-9)
            told_of = f"{said.sum()} | {wrong.sum()} | {share:.3f} | {nulls} of {unhurt.sum()}"
            print(f"| {state} | {cut:.2f} | {told_of} |")


def named(number: int, arrays: Arrays) -> Arrays:
    """Give the arrays of a network the names they are saved under."""
    return {f"{number}.{name}": each for name, each in arrays.items()}


def _trained(samples: Sequence[Sample]) -> Arrays:
    from accuracy.damage.training import train  # the only thing that needs torch

    return train(samples, seed=0)


def _fit_deck(summed: NDArray[float64], states: NDArray[np.int_]) -> Weights:
    """Fit the decision on the whole deck: a logistic regression."""
    return fit_network(
        summed,
        states,
        even(states, _DECK_SHARES),
        names=DECK,
        used=DECK,
        count=len(STATES),
        hidden=0,
        penalty=_PENALTY_DECK,
        rounds=_ROUNDS_DECK,
    )
