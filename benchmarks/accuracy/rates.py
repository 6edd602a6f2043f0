"""Counts of errors and their intervals."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from scipy.stats import beta

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Count:
    """Errors of a number of trials, counted on one corpus.

    The interval takes the trials for independent. Frames of one clip and edits of one photo are
    not, so the corpus says how many sources there are; with few, the true interval is wider.
    """

    errors: int
    trials: int
    corpus: str

    @classmethod
    def of(cls, wrong: Iterable[bool], corpus: str) -> Self:
        """Count the wrong decisions."""
        decisions = [bool(each) for each in wrong]
        return cls(sum(decisions), len(decisions), corpus)

    @property
    def interval(self) -> tuple[float, float]:
        """Clopper-Pearson interval, 95 %."""
        return clopper_pearson(self.errors, self.trials)


def clopper_pearson(errors: int, trials: int) -> tuple[float, float]:
    """Give the exact binomial interval of an error rate, 95 %, two-sided."""
    tail = (1 - CONFIDENCE) / 2
    low = 0.0 if errors == 0 else float(beta.ppf(tail, errors, trials - errors + 1))
    high = 1.0 if errors == trials else float(beta.ppf(1 - tail, errors + 1, trials - errors))
    return low, high
