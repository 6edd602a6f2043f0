"""Look at what was fitted on tuning bridges that it was not fitted to, laid exactly."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from accuracy.damage.examples import Sample, sample_of
from accuracy.damage.states import STATES
from accuracy.damage.strips import planned

from forensics.calibration import load
from forensics.damage.cells import cell_scores
from forensics.damage.model import fitted_model, scores
from forensics.damage.summary import DECK, score, summary

UNDETERMINED = "undetermined"


def check(bridges: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Give what is true and what is said of every pair, both pictures made worse."""
    for bridge in bridges:
        for at, strips in enumerate(planned(bridge)):
            sample = sample_of(strips, np.random.default_rng([bridge, at, 0]))
            yield sample.state, said_of(sample)


def said_of(sample: Sample) -> str:
    """Give the likeliest state of a measured deck, if its score suffices."""
    limits, fitted, cells = load("damage.decide"), fitted_model(), sample.cells
    scored = score(cell_scores(cells, fitted.cells), cells, sample.held, limits)
    told = scores(summary(scored, limits), DECK, fitted.deck)
    state = STATES[int(told.argmax())]
    return state if told.max() >= limits.value(f"min_{state}_score") else UNDETERMINED


def print_check(told: Iterable[tuple[str, str]]) -> None:
    """Print a table: rows are the truth."""
    pairs = list(told)
    said = (*STATES, UNDETERMINED)
    print("| truth | " + " | ".join(said) + " |\n|---|" + "---|" * len(said))
    for true in STATES:
        counts = [sum(pair == (true, each) for pair in pairs) for each in said]
        print(f"| {true} | " + " | ".join(map(str, counts)) + " |")
    answered = [pair for pair in pairs if pair[1] != UNDETERMINED]
    wrong = sum(true != state for true, state in answered)
    print(f"\nanswered {len(answered)} of {len(pairs)}, {wrong} wrongly")
