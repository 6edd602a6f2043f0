"""Fit the model that names what the measures show, on tuning sources alone.

Networks of cells are trained first. What they score on bridges that were left out is what the
decision on the whole deck is fitted to, so that it knows how far they can be trusted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from accuracy.damage.examples import Sample, mixed, rendered
from accuracy.damage.network import even, fit_network
from accuracy.damage.scenes import ASIDE, CHECKED, FURTHER, NULLS_ONLY, TEST, TUNING
from accuracy.damage.states import macro_f1
from numpy import float64
from numpy.typing import NDArray

from forensics.calibration import load
from forensics.damage.cells import CellNetwork, cell_scores, unpacked
from forensics.damage.measures import NAMES
from forensics.damage.model import STATES, Weights, scores
from forensics.damage.summary import DECK, missing_columns, score, summary

FOLDS = (
    ("304", "406", "321", "416", "417"),
    ("305", "401", "403", "322", "418", "428"),
    ("307", "404", "323", "419", "420", "421"),
    ("407", "324", "422", "423", "427"),
    ("402", "405", "325", "424", "425", "426"),
)
"""Bridges that are left out together."""

_SHIPPED = 4
"""The networks of so many folds ship: a fifth would take the file over 300 kB."""

_MIXED, _MIXED_SEED = 2500, 1
_PENALTY_DECK, _ROUNDS_DECK = 1e-2, 300
"""Of 0.01, 0.03 and 0.06 the penalty that is likeliest to be right on left-out bridges."""

_DECK_SHARES = (2.0, 1.0, 1.0, 1.0)
"""How much each state counts together: what is undamaged counts most."""

Arrays = dict[str, NDArray[np.generic]]


def tuning_samples() -> Iterator[Sample]:
    """Measure what may be fitted to: rendered pairs, and mixtures of them."""
    if {*TUNING, *FURTHER} & {*ASIDE, *TEST, *NULLS_ONLY}:
        raise SystemExit("bridges that are kept aside or reported on may not be fitted to")
    fitted = [bridge for bridge in (*TUNING, *FURTHER) if bridge not in CHECKED]
    for bridge in fitted:
        yield from rendered(bridge)
    yield from mixed(fitted, _MIXED, _MIXED_SEED)


@dataclass(frozen=True, eq=False)
class LeftOut:
    """What is scored on each rendered deck by the network that never saw its bridge."""

    samples: Sequence[Sample]
    summed: NDArray[float64]  # (decks, len(DECK))
    gaps: NDArray[float64]
    """Share of the length that is likeliest missing, if the deck is called collapsed."""

    @property
    def states(self) -> NDArray[np.int_]:
        """What is true of each deck."""
        return np.array([STATES.index(each.state) for each in self.samples])


def fit_cells(samples: Sequence[Sample]) -> tuple[Arrays, LeftOut]:
    """Train a network for each fold, on the bridges outside it; most of them ship together."""
    from accuracy.damage.training import Shelf, train  # the only thing that needs torch

    real = [each for each in samples if each.real]
    left_out = LeftOut(real, np.zeros((len(real), len(DECK))), np.zeros(len(real)))
    whole: Arrays = {"names": np.array(NAMES), "count": np.array(_SHIPPED)}
    shelf = Shelf.of(samples)
    for number, fold in enumerate(FOLDS):
        kept = [at for at, each in enumerate(samples) if not set(each.sources) & set(fold)]
        arrays = named(number, train(shelf, np.array(kept), seed=number))
        if number < _SHIPPED:
            whole |= arrays
        network = unpacked(arrays, number)
        for at, sample in enumerate(real):
            if set(sample.sources) & set(fold):
                left_out.summed[at], left_out.gaps[at] = _scored(sample, network)
    return whole, left_out


def fit_deck(left_out: LeftOut) -> tuple[Weights, NDArray[float64]]:
    """Fit the decision on the whole deck; give, too, its scores with each bridge left out."""
    states, summed = left_out.states, left_out.summed
    sources = np.array([each.sources[0] for each in left_out.samples])
    told = np.zeros((len(states), len(STATES)))
    for source in sorted(set(sources)):
        out = sources == source
        told[out] = scores(summed[out], DECK, _fit_deck(summed[~out], states[~out]))
    return _fit_deck(summed, states), told


def print_left_out(left_out: LeftOut, told: NDArray[float64]) -> None:
    """Print how well the states of decks are told whose bridges were left out.

    The share that is wrong is that of pairs among which each state is as frequent as the others.
    """
    states = left_out.states
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
    near = np.array(["_30" not in each.name for each in left_out.samples])
    forced = macro_f1([STATES[at] for at in best[near]], [STATES[at] for at in states[near]])
    print(f"\nup to 15 degrees, if it had to answer: macro-F1 {forced:.3f} of {near.sum()}")
    limits = load("damage.decide")
    cuts = np.array([limits.value(f"min_{state}_score") for state in STATES])
    said = np.where(sure >= cuts[best], best, len(STATES))
    print(f"at the cut-offs that ship, rows are the truth: {', '.join(STATES)}, undetermined")
    for number, state in enumerate(STATES):
        print(state, np.bincount(said[near & (states == number)], minlength=len(STATES) + 1))
    gone = near & (states == len(STATES) - 1)
    off = np.abs(left_out.gaps - [each.gap for each in left_out.samples])[gone]
    print(f"gap off by {np.median(off):.3f} in the median, {np.quantile(off, 0.9):.3f} at 90 %")


def named(number: int, arrays: Arrays) -> Arrays:
    """Give the arrays of a network the names they are saved under."""
    return {f"{number}.{name}": each for name, each in arrays.items()}


def _scored(sample: Sample, network: CellNetwork) -> tuple[NDArray[float64], float]:
    """Score a deck: what the scores sum up to, and the share that is missing by them."""
    limits, cells = load("damage.decide"), sample.cells
    scored = score(cell_scores(cells, [network]), cells, sample.held, limits)
    return summary(scored, limits), float(missing_columns(scored, limits).mean())


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
