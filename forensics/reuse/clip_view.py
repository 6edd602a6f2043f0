"""Clips that show one view, where motion does not say whether at one moment."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from forensics.reuse.clip_change import NOISE_POWER, PLAIN_POWER, Changes
from forensics.reuse.clip_space import Layout

_STEP = 1 << 24
_MIN_FRAMES = 3
_AS_GOOD = 0.03
"""Frames of the reference whose likeness is lower by no more are as good a place."""


class ViewLimits(Protocol):
    """The thresholds that are needed here."""

    @property
    def min_view_likeness(self) -> float:
        """Likeness from which on frames show one view."""

    @property
    def min_moving(self) -> float:
        """Motion from which on moments can be told apart."""


@dataclass(frozen=True, eq=False)
class StillView:
    """A view that two clips have in common.

    Parameters
    ----------
    likeness : float
        Correlation of the frames, -1 to 1.
    query_s, reference_s : (float, float)
        First and last moment that show it.
    moving : bool
        Whether enough moves in both to tell moments apart.
    layout : Layout
        How the one picture lies in the other.
    """

    likeness: float
    query_s: tuple[float, float]
    reference_s: tuple[float, float]
    moving: bool
    layout: Layout


def find_view(
    query: Changes, reference: Changes, *, layout: Layout, limits: ViewLimits
) -> StillView | None:
    """Find the view that two clips have in common.

    Parameters
    ----------
    query, reference : Changes
        Of the two clips, on one grid.
    layout : Layout
        How the one lies in the other.
    limits : ViewLimits
        Thresholds.

    Returns
    -------
    StillView or None
        None when no frames are alike enough.
    """
    step = max(1, -(-len(query.still) * len(reference.still) // _STEP))
    rows = np.arange(0, len(query.still), step)
    rows = rows[query.structure[rows] > PLAIN_POWER]
    if not len(rows):
        return None
    table = query.still[rows] @ reference.still.T
    best = table.max(axis=1)
    alike = best >= limits.min_view_likeness
    if alike.sum() < min(_MIN_FRAMES, len(rows)):
        return None
    mean = table[alike].mean(axis=0)
    there = np.flatnonzero(mean >= mean.max() - _AS_GOOD)
    moving = min(
        _moving(query, rows[alike]),
        _moving(reference, np.unique(table[alike].argmax(axis=1))),
    )
    here = rows[alike]
    return StillView(
        float(best[alike].mean()),
        (round(float(query.times_s[here[0]]), 3), round(float(query.times_s[here[-1]]), 3)),
        (
            round(float(reference.times_s[there[0]]), 3),
            round(float(reference.times_s[there[-1]]), 3),
        ),
        moving >= limits.min_moving,
        layout,
    )


def _moving(changes: Changes, at: np.ndarray[tuple[int], np.dtype[np.intp]]) -> float:
    power = changes.motion[at]
    return float((power / (power + 2 * NOISE_POWER)).mean())
