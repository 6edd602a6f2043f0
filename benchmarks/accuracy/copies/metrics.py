"""How good the answers are: recall without false positives, micro-AP, and their intervals.

A pair of query and archive picture is right when the query was made from that picture, ignored
when both are of one series (they may show the same thing), and wrong otherwise.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from accuracy.copies.answers import Answer, Asked
from accuracy.rates import clopper_pearson
from numpy import float64
from numpy.typing import NDArray

RESAMPLES = 1000
SEED = 20240806


@dataclass(frozen=True)
class Judged:
    """Everything asked of one method, with the series of archive pictures."""

    asked: Sequence[Asked]
    series: dict[str, str]

    @property
    def copies(self) -> list[Asked]:
        """Queries whose original is in the archive."""
        return [each for each in self.asked if each.is_copy]

    def without(self, references: frozenset[str]) -> "Judged":
        """Leave some archive pictures out, as if they had never been in the archive."""
        return Judged(
            [
                msgspec.structs.replace(
                    each, answers=tuple(a for a in each.answers if a.reference not in references)
                )
                for each in self.asked
                if each.original not in references
            ],
            self.series,
        )

    def right(self, asked: Asked) -> Answer | None:
        """Give the answer that names the original."""
        if not asked.is_copy:
            return None
        return next((a for a in asked.answers if a.reference == asked.original), None)

    def wrong(self, asked: Asked) -> list[Answer]:
        """Give the answers that name something of another series."""
        return [a for a in asked.answers if self.series[a.reference] != asked.series]

    def threshold(self) -> float:
        """Give the best score of a wrong pair."""
        return max((a.score for q in self.asked for a in self.wrong(q)), default=-np.inf)

    def is_found(self, asked: Asked, above: float) -> bool:
        """Say whether the original is named with a score above another."""
        answer = self.right(asked)
        return answer is not None and answer.score > above


@dataclass(frozen=True)
class Rate:
    """A share with its 95 % interval, of so many trials from so many originals."""

    share: float
    low: float
    high: float
    trials: int
    clusters: int

    def __str__(self) -> str:
        """Write the share with its interval, in per cent."""
        return f"{self.share:.1%} ({self.low:.1%}-{self.high:.1%})"


def rate(hits: Sequence[bool], clusters: Sequence[str]) -> Rate:
    """Give a share and its interval: a bootstrap that draws whole clusters.

    Edits of one original are not independent, so originals are drawn and not edits. When every
    trial went the same way there is nothing to draw from; then the interval is Clopper and
    Pearson's with clusters as trials.
    """
    names = sorted(set(clusters))
    if not hits:
        return Rate(float("nan"), 0.0, 1.0, 0, 0)
    index = {name: number for number, name in enumerate(names)}
    number = np.array([index[each] for each in clusters])
    good = np.bincount(number, np.asarray(hits, float64), len(names))
    total = np.bincount(number, minlength=len(names)).astype(float64)
    share = float(good.sum() / total.sum())
    if share in (0.0, 1.0):
        low, high = clopper_pearson(0 if share == 0.0 else len(names), len(names))
        return Rate(share, low, high, len(hits), len(names))
    drawn = _draws(len(names))
    shares = good[drawn].sum(axis=1) / total[drawn].sum(axis=1)
    low, high = np.percentile(shares, [2.5, 97.5])
    return Rate(share, float(low), float(high), len(hits), len(names))


def recall(judged: Judged, *, edit: str | None = None, above: float | None = None) -> Rate:
    """Give the share of copies found with a score above that of every wrong pair."""
    threshold = judged.threshold() if above is None else above
    copies = [each for each in judged.copies if edit in (None, each.edit)]
    return rate([judged.is_found(q, threshold) for q in copies], [q.original for q in copies])


def decided(judged: Judged, *, edit: str | None = None) -> Rate:
    """Give the share of copies that a method itself calls copies."""
    copies = [each for each in judged.copies if edit in (None, each.edit)]
    named = [judged.right(each) for each in copies]
    return rate([a is not None and a.is_copy for a in named], [q.original for q in copies])


def leads(judged: Judged) -> Rate:
    """Give the share of copies that are named, but not called copies."""
    named = [judged.right(each) for each in judged.copies]
    hits = [a is not None and not a.is_copy for a in named]
    return rate(hits, [q.original for q in judged.copies])


def false_copies(judged: Judged) -> list[tuple[str, str, str | None]]:
    """List wrong pairs that a method itself calls copies."""
    return [(q.name, a.reference, a.relation)
            for q in judged.asked for a in judged.wrong(q) if a.is_copy]  # fmt: skip


@dataclass(frozen=True)
class MicroAp:
    """Average precision over all pairs in one ranking, with its 95 % interval."""

    value: float
    low: float
    high: float


def micro_ap(judged: Judged) -> MicroAp:
    """Compute micro-AP (Douze et al., 2021, arXiv:2106.09672), ties taken together.

    Wrong pairs of copies and of negatives are in one ranking. The interval draws originals,
    those in the archive and those that are not alike.
    """
    scores, is_right, cluster = [], [], []
    for asked in judged.asked:
        answer = judged.right(asked)
        pairs = [(each.score, False) for each in judged.wrong(asked)]
        if answer is not None:
            pairs.append((answer.score, True))
        for score, right in pairs:
            scores.append(score)
            is_right.append(right)
            cluster.append(asked.original)
    of_copies: dict[str, int] = defaultdict(int)
    for asked in judged.copies:
        of_copies[asked.original] += 1
    names = sorted({asked.original for asked in judged.asked})
    if not scores:
        return MicroAp(0.0, 0.0, 0.0)
    index = {name: number for number, name in enumerate(names)}
    order = np.argsort(-np.asarray(scores), kind="stable")
    sorted_scores = np.asarray(scores)[order]
    right = np.asarray(is_right)[order]
    number = np.array([index[each] for each in cluster])[order]
    totals = np.array([of_copies[name] for name in names], float64)
    ends = np.flatnonzero(np.append(np.diff(sorted_scores) != 0, True))
    value = _average_precision(right, np.ones(len(right)), ends, totals.sum())
    values = []
    for drawn in _draws(len(names)):
        times = np.bincount(drawn, minlength=len(names)).astype(float64)
        values.append(_average_precision(right, times[number], ends, float(totals @ times)))
    low, high = np.percentile(values, [2.5, 97.5])
    return MicroAp(value, float(low), float(high))


def _average_precision(
    right: NDArray[np.bool_], weight: NDArray[float64], ends: NDArray[np.int64], total: float
) -> float:
    hits = np.cumsum(weight * right)[ends]
    ranked = np.cumsum(weight)[ends]
    precision = np.divide(hits, ranked, out=np.zeros_like(hits), where=ranked > 0)
    return float((np.diff(hits, prepend=0.0) * precision).sum() / total) if total else 0.0


def _draws(count: int) -> NDArray[np.int64]:
    """Draw clusters with replacement, the same way each time."""
    return np.random.default_rng(SEED).integers(0, count, (RESAMPLES, count))
