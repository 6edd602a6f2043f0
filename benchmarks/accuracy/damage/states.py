"""The states of a deck, and how well they are told."""

from collections.abc import Sequence

import numpy as np

STATES = ("none", "scorched", "holed", "collapsed")
"""From the least to the worst."""


def macro_f1(said: Sequence[str], truth: Sequence[str]) -> float:
    """Give the mean F1 of the four states; anything else that is said is a miss."""
    scores = []
    for state in STATES:
        hits = sum(one == other == state for one, other in zip(said, truth, strict=True))
        total = sum(each == state for each in said) + sum(each == state for each in truth)
        scores.append(2 * hits / total if total else 0.0)
    return float(np.mean(scores))
