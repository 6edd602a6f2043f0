"""Fit the model that names what the measures show, on tuning sources alone.

Cells and columns are fitted first. What they score on sources that were left out is what the
decision on the whole deck is fitted to, so that it knows how far they can be trusted.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
from accuracy.damage.examples import Deck, Labelled, cells_of, columns_of, deck_of
from accuracy.damage.network import even, fit_network
from accuracy.damage.scenes import (
    ASIDE,
    NULLS_ONLY,
    TEST,
    TUNING,
    later_pairs,
    load,
    null_pairs,
    pairs,
)
from numpy import float64
from numpy.typing import NDArray

from forensics.calibration import load as load_limits
from forensics.damage.decide import DECK, score, summary
from forensics.damage.measures import NAMES
from forensics.damage.model import CLASSES, COLUMNS, STATES, Model, Weights, scores

_FOLDS = 6
_HIDDEN_CELLS, _HIDDEN_COLUMNS = 12, 10
_PENALTY_CELLS, _PENALTY_COLUMNS, _PENALTY_DECK = 3e-3, 5e-3, 2e-2
"""Of several sizes and penalties those that name cells of left-out tuning bridges best."""

_ROUNDS, _ROUNDS_DECK = 100, 400
_BEGINNINGS = 3
_CELL_SHARES = (3.0, 1.0, 1.0, 1.0, 1.0)
_COLUMN_SHARES = (1.5, 1.0, 1.5)
_DECK_SHARES = (2.0, 1.0, 1.0, 1.0)
"""How much each group counts together: what is undamaged counts most."""

_COLUMN_MEASURES = tuple(name for name in NAMES if name != "held")
_EVERY_NULL, _EVERY_LATER = 2, 3
"""Of the further pairs of a bridge, every so many are used: they share their pictures."""


def tuning_decks() -> Iterator[Deck]:
    """Measure what may be fitted to: rendered pairs, nulls more than any kind of damage.

    Pairs with damage are taken twice, made worse in two ways.
    """
    if set(TUNING) & {*ASIDE, *TEST, *NULLS_ONLY}:
        raise SystemExit("bridges that are kept aside or reported on may not be fitted to")
    for bridge in TUNING:
        some = (bridge,)
        further = chain(null_pairs(some)[::_EVERY_NULL], later_pairs(some)[::_EVERY_LATER])
        for at, each in enumerate(chain(pairs(some), further)):
            pair = load(each)
            for again in range(1 if pair.is_null else 2):
                yield deck_of(pair, 2 * at + 1000 * again)


def fit_model(decks: Sequence[Deck]) -> tuple[Model, NDArray[float64]]:
    """Fit the three decisions; give, too, what each deck scores with its source left out."""
    cells = [cells_of(deck, at) for at, deck in enumerate(decks)]
    columns = [columns_of(deck) for deck in decks]
    sources = np.array([deck.source for deck in decks])
    states = np.array([deck.state for deck in decks])
    order = {source: at % _FOLDS for at, source in enumerate(sorted(set(sources)))}
    fold = np.array([order[source] for source in sources])
    limits = load_limits("damage.decide")
    summed = np.zeros((len(decks), len(DECK)))
    for left in range(_FOLDS):
        kept, out = np.flatnonzero(fold != left), np.flatnonzero(fold == left)
        part = _fit_places([cells[at] for at in kept], [columns[at] for at in kept])
        for at in out:
            summed[at] = summary(score(decks[at].measures, *part), limits)
    told = np.zeros((len(decks), len(STATES)))
    for source in order:
        out = sources == source
        told[out] = scores(summed[out], DECK, _fit_deck(summed[~out], states[~out]))
    return Model(*_fit_places(cells, columns), _fit_deck(summed, states)), told


def print_cuts(decks: Sequence[Deck], told: NDArray[float64]) -> None:
    """Print what each cut-off of the score would answer, on sources that were left out."""
    states = np.array([deck.state for deck in decks])
    unhurt = states == 0
    best, sure = told.argmax(axis=1), told.max(axis=1)
    print("\n| state | cut-off | said | wrong | said on nulls |\n|---|---|---|---|---|")
    for number, state in enumerate(STATES):
        for cut in np.arange(0.4, 0.96, 0.05):
            said = (best == number) & (sure >= cut)
            wrong, nulls = (said & (states != number)).sum(), (said & unhurt).sum()
            told_of = f"{said.sum()} | {wrong} | {nulls} of {unhurt.sum()}"
            print(f"| {state} | {cut:.2f} | {told_of} |")


def _fit_places(
    cells: Sequence[Labelled], columns: Sequence[Labelled]
) -> tuple[tuple[Weights, ...], tuple[Weights, ...]]:
    """Fit the networks of cells and of columns, each from several beginnings."""
    one, other = Labelled.joined(cells), Labelled.joined(columns)
    return (
        _fit_several(
            one,
            _CELL_SHARES,
            used=NAMES,
            count=len(CLASSES),
            hidden=_HIDDEN_CELLS,
            penalty=_PENALTY_CELLS,
        ),
        _fit_several(
            other,
            _COLUMN_SHARES,
            used=_COLUMN_MEASURES,
            count=len(COLUMNS),
            hidden=_HIDDEN_COLUMNS,
            penalty=_PENALTY_COLUMNS,
        ),
    )


def _fit_several(
    examples: Labelled,
    shares: Sequence[float],
    *,
    used: tuple[str, ...],
    count: int,
    hidden: int,
    penalty: float,
) -> tuple[Weights, ...]:
    return tuple(
        fit_network(
            examples.maps,
            examples.classes,
            even(examples.groups, shares),
            names=NAMES,
            used=used,
            count=count,
            hidden=hidden,
            penalty=penalty,
            rounds=_ROUNDS,
            seed=seed,
        )
        for seed in range(_BEGINNINGS)
    )


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
