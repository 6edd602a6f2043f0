"""reuse.judge: fit and count the judgement of stills that lie over each other.

Weights are fitted and thresholds chosen on one half of the sources, rates counted on the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from accuracy.copies.corpus import Half, Queries, plan
from accuracy.copies.sources import Media
from accuracy.copies.views import same_view_pairs
from accuracy.judge.fitting import Example, as_toml, example, fit_copy, fit_overlay, scores_of
from accuracy.judge.pairs import Kept, Trial, trials
from accuracy.rates import Count

from forensics.calibration import load
from forensics.reuse.judge_weights import Weights
from forensics.reuse.pair_measures import PAIR_MEASURES

MARGIN = 0.1
"""A copy's score must lie so far above the highest score of another moment."""

LOW_COPIES = 0.02
"""Share of the copies below which a score says another moment, or another view."""

SHIFTED_COPIES = 0.005
"""Share of the copies in which blocks are shifted more than is allowed."""


@dataclass(frozen=True)
class Rates:
    """What was fitted, chosen and counted."""

    weights: dict[str, Weights]
    min_copy_score: float
    highest_other: float
    tuning_others: int
    max_other_score: float
    max_block_shift: float
    false_alarms: dict[str, Count]
    misses: dict[str, Count]

    def weights_toml(self) -> str:
        """Give the file that the package reads its weights from."""
        return "\n".join(as_toml(name, each) for name, each in self.weights.items())


def measure(root: Path, work: Path) -> Rates:
    """Fit and choose on the tuning half, count on the other."""
    tuning = _examples(root, work, "tuning")
    known = [each for each in tuning if isinstance(each, Example)]
    overlay = fit_overlay(known)
    copy = fit_copy(known, overlay)
    judged = [_Judged(each, overlay, copy) for each in known]
    max_block_shift = _quantile([j.shift_px for j in judged if j.trial.is_copy], 1 - SHIFTED_COPIES)
    others = [j for j in judged if not j.trial.is_copy and j.trial.is_visible]
    highest = max(j.score for j in others if j.is_unchanged and j.shift_px <= max_block_shift)
    min_copy_score = round(highest + MARGIN, 1)
    max_other_score = _quantile([j.score for j in judged if j.trial.is_copy], LOW_COPIES)
    calls: list[tuple[Trial, bool]] = []
    for each in _examples(root, work, "test"):
        if not isinstance(each, Example):
            calls.append((each, False))
            continue
        j = _Judged(each, overlay, copy)
        fits = j.is_unchanged and j.shift_px <= max_block_shift
        calls.append((j.trial, fits and j.score >= min_copy_score))
    return Rates(
        weights={"overlay": overlay, "copy": copy},
        min_copy_score=min_copy_score,
        highest_other=round(highest, 2),
        tuning_others=sum(not each.is_copy and each.is_visible for each in map(_trial, tuning)),
        max_other_score=round(max_other_score, 1),
        max_block_shift=round(max_block_shift, 2),
        false_alarms=_false_alarms(calls),
        misses=_misses(calls),
    )


class _Judged:
    """An example as the fitted scores see it."""

    def __init__(self, each: Example, overlay: Weights, copy: Weights) -> None:
        limits = load("reuse.judge")
        measures = np.array(each.measures(overlay))
        named = dict(zip(PAIR_MEASURES, measures, strict=True))
        self.trial = each.trial
        self.score = float(scores_of(copy, measures[None])[0])
        self.shift_px = float(np.exp(named["shifts of blocks (log)"])) - 0.02
        noise = float(np.exp(named["noise (log)"])) - 0.3
        happened = float(np.exp(named["what happened (log)"])) - 3e-4
        self.is_unchanged = (
            noise <= limits.value("max_noise")
            and happened <= limits.value("max_happened")
            and named["correlation of the median block"] > -1
        )


def _examples(root: Path, work: Path, half: Half) -> list[Example | Trial]:
    """Measure every trial of a half; those that features do not lay over each other stay trials."""
    media = Media(root, work)
    chosen = plan(root, half, media=media)
    pairs = same_view_pairs(root, tuning=half == "tuning")
    of_pairs = (source for pair in pairs for source in (pair.query, pair.reference))
    media.make_moments([*chosen.archive, *of_pairs])
    Queries(media, work).make_posts(chosen.posts)
    kept, found = Kept(work, half), []
    for trial in trials(chosen, pairs, media=media, work=work):
        laid = kept.get(trial)
        measured = None if laid is None else example(laid)
        found.append(trial if measured is None else measured)
    return found


def _trial(each: Example | Trial) -> Trial:
    return each.trial if isinstance(each, Example) else each


def _quantile(values: Sequence[float], share: float) -> float:
    return float(np.quantile(np.array(values), share))


def _false_alarms(calls: Sequence[tuple[Trial, bool]]) -> dict[str, Count]:
    counts = {}
    for kind in sorted({trial.kind for trial, _ in calls if not trial.is_copy}):
        for is_visible in (True, False):
            mine = [
                (trial, called)
                for trial, called in calls
                if not trial.is_copy and trial.kind == kind and trial.is_visible == is_visible
            ]
            if mine:
                views = len({trial.view for trial, _ in mine})
                label = kind if is_visible else f"{kind}, nothing visible changed"
                corpus = f"{views} views, pairs saved well and as reposts"
                counts[label.replace(" ", "_").replace(",", "")] = Count.of(
                    (called for _, called in mine), corpus
                )
    return counts


def _misses(calls: Sequence[tuple[Trial, bool]]) -> dict[str, Count]:
    counts = {}
    for edit in sorted({trial.edit for trial, _ in calls if trial.edit}):
        mine = [(trial, called) for trial, called in calls if trial.edit == edit]
        sources = len({trial.source for trial, _ in mine})
        counts[edit] = Count.of((not called for _, called in mine), f"{sources} originals")
    return counts
