"""Lay two clips over each other, in the ways that moments which look alike propose."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy import intp
from numpy.typing import NDArray

from forensics.reuse.clip_bounds import bounded
from forensics.reuse.clip_change import Changes, find_changes
from forensics.reuse.clip_hidden import without_hidden
from forensics.reuse.clip_hits import Hit
from forensics.reuse.clip_lines import find_lines
from forensics.reuse.clip_space import Grids, Layout, find_layouts, lay, refined, squared
from forensics.reuse.clip_trace import ClipTrace
from forensics.reuse.clip_trail import Line
from forensics.reuse.clip_view import StillView, ViewLimits, find_view

_SQUARE_GAIN = 1.05
_ENOUGH_S = 0.3
_LAYOUTS_TRIED = 4
_BESIDE_GAIN = 1.2
"""What is beside an inset must agree for so many times as long as the whole picture."""


@dataclass(frozen=True, eq=False)
class Laid:
    """Two clips, laid over each other in one way.

    Parameters
    ----------
    layout : Layout
        The way.
    grids : Grids
        Their frames on one grid.
    query, reference : Changes
        Of both, on the grid.
    lines : list of Line
        Along which they agree.
    """

    layout: Layout
    grids: Grids
    query: Changes
    reference: Changes
    lines: list[Line]

    @property
    def score_s(self) -> float:
        """Give the seconds of agreement in all."""
        return sum(line.score_s for line in self.lines)


def lay_clips(
    query: ClipTrace, reference: ClipTrace, hits: Sequence[Hit], limits: ViewLimits
) -> tuple[Laid | None, StillView | None]:
    """Lay the clips over each other in the ways hits propose, and keep the one that fits most.

    Parameters
    ----------
    query, reference : ClipTrace
        The clips.
    hits : sequence of Hit
        Moments that look alike.
    limits : ViewLimits
        When frames show one view.

    Returns
    -------
    laid : Laid or None
        None when no line was found.
    view : StillView or None
        A view that both show, whether or not at one moment.
    """
    best: Laid | None = None
    view: StillView | None = None
    seen: set[bytes] = set()
    for layout in find_layouts(hits)[:_LAYOUTS_TRIED]:
        square = squared(layout)
        for each in (layout,) if square is None else (square, layout):
            key = each.matrix.round(2).tobytes()
            if key in seen:
                continue
            seen.add(key)
            laid = _lay(query, reference, each)
            if laid is None:
                continue
            if square is not each and laid.lines:
                finer = _lay(query, reference, _refined(query, reference, laid))
                laid = max((each for each in (laid, finer) if each), key=lambda one: one.score_s)
            plain = laid
            beside = _beside(query, reference, laid)
            if beside is not None and beside.score_s > _BESIDE_GAIN * laid.score_s:
                laid = beside
            gain = _SQUARE_GAIN if square is each else 1.0
            if laid.lines and (best is None or laid.score_s * gain > best.score_s):
                best = laid
            found = find_view(plain.query, plain.reference, layout=each, limits=limits)
            if found is not None and (view is None or found.likeness > view.likeness):
                view = found
        if best is not None and best.score_s > _ENOUGH_S * max(1.0, query.duration_s / 2):
            break
    return best, view


def _lay(query: ClipTrace, reference: ClipTrace, layout: Layout) -> Laid | None:
    grids = lay(query, reference, layout.matrix)
    return None if grids is None else _on_grid(query, reference, layout, grids)


def _on_grid(query: ClipTrace, reference: ClipTrace, layout: Layout, grids: Grids) -> Laid:
    here = find_changes(grids.query, query.times_s)
    there = find_changes(grids.reference, reference.times_s)
    return Laid(layout, grids, here, there, bounded(find_lines(here, there), here, there))


def _beside(query: ClipTrace, reference: ClipTrace, laid: Laid) -> Laid | None:
    """Lay what is beside something large that lies on the one picture."""
    grids = without_hidden(laid.grids, query, reference, laid.layout.hits)
    return None if grids is None else _on_grid(query, reference, laid.layout, grids)


def _refined(query: ClipTrace, reference: ClipTrace, laid: Laid) -> Layout:
    here: list[NDArray[intp]] = []
    there: list[NDArray[intp]] = []
    for line in laid.lines:
        ends = np.sort(line.at(np.array([line.start_s, line.end_s])))
        at = np.flatnonzero((reference.times_s >= ends[0]) & (reference.times_s <= ends[1]))
        moments = (reference.times_s[at] - line.offset_s) / line.pace
        here.append(np.minimum(np.searchsorted(query.times_s, moments), len(query) - 1))
        there.append(at)
    return refined(
        query,
        reference,
        laid.layout,
        query_at=np.concatenate(here),
        reference_at=np.concatenate(there),
    )
