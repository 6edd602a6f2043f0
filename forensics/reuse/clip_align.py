"""Align two clips: which stretch of the one shows which stretch of the other."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import msgspec
import numpy as np
from msgspec import Struct

from forensics.calibration import load
from forensics.model.match import Edit, Relation, Segment
from forensics.reuse.clip_bounds import bounded
from forensics.reuse.clip_certainty import vagueness_s
from forensics.reuse.clip_course import choose_course
from forensics.reuse.clip_evidence import NOTHING, Evidence, weigh
from forensics.reuse.clip_hits import Hit, Matrix3
from forensics.reuse.clip_laid import Laid, lay_clips
from forensics.reuse.clip_relation import Findings, conclude, covered
from forensics.reuse.clip_timing import sharpened
from forensics.reuse.clip_trace import ClipTrace
from forensics.reuse.clip_trail import Line, follow
from forensics.reuse.clip_view import StillView


@dataclass(frozen=True)
class ClipLimits:
    """The thresholds, from ``reuse.clips``.

    Parameters
    ----------
    min_copy_score, min_lead_score, min_view_likeness, min_moving, uncertainty_factor : float
        What each means stands in the calibration.
    """

    min_copy_score: float
    min_lead_score: float
    min_view_likeness: float
    min_moving: float
    uncertainty_factor: float

    @classmethod
    def load(cls) -> "ClipLimits":
        """Load those that ship with the package.

        Returns
        -------
        ClipLimits
            The thresholds.
        """
        calibration = load("reuse.clips")
        return cls(*(calibration.value(each.name) for each in fields(cls)))


class ClipAlignment(Struct, frozen=True):
    """How a query clip relates to a reference clip.

    Parameters
    ----------
    relation : str or None
        As in ``forensics.model.match``; None when nothing in common was found.
    because : str
        Why, in one sentence.
    segments : tuple of Segment
        By start on the query.
    evidence : tuple of Evidence
        One for each segment.
    query_covered, reference_covered : float
        Share of each clip that lies in segments.
    edits : tuple of Edit
        ``cut``, ``speed``, ``reversed``, ``mirror``, ``crop``, ``frame_rate``.
    unplaced_s : float or None
        For a shot without motion: how wide the stretch of the reference is that it may be from.
        None when motion places it.
    matrix : 3 x 3 tuple of float, or None
        Maps query -> reference, (x, y), in shares of width and height; a mirror is inside it.
    """

    relation: Relation | None
    because: str
    segments: tuple[Segment, ...]
    evidence: tuple[Evidence, ...]
    query_covered: float
    reference_covered: float
    edits: tuple[Edit, ...]
    unplaced_s: float | None
    matrix: tuple[tuple[float, float, float], ...] | None


def align_clips(
    query: ClipTrace,
    reference: ClipTrace,
    hits: Sequence[Hit],
    *,
    ignored_s: Sequence[tuple[float, float]] = (),
    limits: ClipLimits | None = None,
) -> ClipAlignment:
    """Find which stretches of a clip show which stretches of another.

    Hits only say how the picture of the one lies in that of the other. Where in time is then read
    off what changes in both: a copy changes alike at the same moments, however much its logo,
    its colours or a fixed camera's view are alike at others.

    Parameters
    ----------
    query : ClipTrace
        The clip that is asked about, at `QUERY_RATE`.
    reference : ClipTrace
        The known clip, at `ARCHIVE_RATE`.
    hits : sequence of Hit
        Moments that look alike.
    ignored_s : sequence of (float, float), optional
        Stretches of the reference that many clips share, such as a title: nothing is found there.
    limits : ClipLimits, optional
        Thresholds; those that ship with the package unless given.

    Returns
    -------
    ClipAlignment
        With relation None when nothing in common was found.

    Notes
    -----
    Limits: a shot without motion is placed only as well as its frames differ. What moves evenly
    and for ever the same, a fan or waves, fits at several moments.
    """
    limits = ClipLimits.load() if limits is None else limits
    reference = _without(reference, ignored_s)
    best, view = lay_clips(query, reference, hits, limits)
    if best is None:
        return _from_view(query, reference, view)
    found = _told(query, reference, best, limits)
    holds = [evidence.change_left <= _MOST_LEFT for _, evidence in found]
    if any(holds) and not all(holds):
        # What does not hold took moments from what does.
        kept = [line for line, good in zip(best.lines, holds, strict=True) if good]
        again = choose_course(best.query, best.reference, kept)
        best = replace(best, lines=bounded(again, best.query, best.reference))
        found = _told(query, reference, best, limits)
    likely = [each for each in found if each[1].score >= limits.min_lead_score]
    if not likely:
        return _from_view(query, reference, view)
    # Beside a stretch that is sure, others of the same two clips are worth more than a look.
    if max(each[1].score for each in likely) < limits.min_copy_score:
        return _open(query, reference, likely, best)
    segments, evidence = (tuple(each) for each in zip(*likely, strict=True))
    told = conclude(
        Findings(query, reference, best.query, best.reference, segments, best.layout), evidence
    )
    return ClipAlignment(
        told.relation,
        told.because,
        segments,
        evidence,
        told.query_covered,
        told.reference_covered,
        told.edits,
        None,
        _plain(best.layout.matrix),
    )


_MOST_LEFT = 0.5
"""Lines along which more of the change than this is left unexplained are given up: of copies of
the tuning half it is at most 0.3."""


def _told(
    query: ClipTrace, reference: ClipTrace, laid: Laid, limits: ClipLimits
) -> list[tuple[Segment, Evidence]]:
    """Give the stretches of the lines, and what speaks for them."""
    paces = sorted({line.pace for line in laid.lines} | {1.0, -1.0}, key=_plainness)
    told = []
    for line in laid.lines:
        sharp = sharpened(laid.query, laid.reference, line, usual=paces)
        vague_s = limits.uncertainty_factor * vagueness_s(laid.query, laid.reference, sharp)
        segment = _segment(sharp, query, reference, laid.layout.mirrored)
        segment = msgspec.structs.replace(segment, uncertainty_s=round(vague_s, 3))
        told.append((segment, _weighed(sharp, laid)))
    return told


def _plainness(pace: float) -> tuple[float, float]:
    return abs(abs(pace) - 1), pace


def _open(
    query: ClipTrace,
    reference: ClipTrace,
    leads: Sequence[tuple[Segment, Evidence]],
    laid: Laid,
) -> ClipAlignment:
    """Leave open whether stretches that go together somewhat are copies."""
    segments, evidence = (tuple(each) for each in zip(*leads, strict=True))
    best = max(each.score for each in evidence)
    return ClipAlignment(
        "lead",
        "stretches go together, but not so well that another moment of a like scene is ruled out "
        f"(score {best:.1f})",
        segments,
        evidence,
        covered([each.query for each in segments], query.duration_s),
        covered([each.reference for each in segments], reference.duration_s),
        (),
        None,
        _plain(laid.layout.matrix),
    )


def _weighed(line: Line, laid: Laid) -> Evidence:
    trail = follow(laid.query, laid.reference, line)
    times = laid.query.times_s
    inside = (times >= line.start_s) & (times <= line.end_s)
    telling = trail.telling[inside]
    total = float(telling.sum())
    together = float((trail.correlation[inside] * telling).sum())
    return weigh(
        line,
        laid.query,
        laid.reference,
        laid.grids,
        correlation=round(together / total, 4) if total > 0 else 0.0,
        score_s=round(line.score_s, 4),
    )


def _segment(line: Line, query: ClipTrace, reference: ClipTrace, mirrored: bool) -> Segment:
    gap = float(np.median(np.diff(query.times_s))) if len(query) > 1 else 0.0
    here = np.array([line.start_s, min(line.end_s + gap, query.duration_s)])
    # Both ends stay in the reference; what the query shows before or after is not of it.
    there = np.clip(line.at(here), 0.0, reference.duration_s)
    start_s, end_s = ((there - line.offset_s) / line.pace).tolist()
    theirs = np.sort(there)
    return Segment(
        (abs(round(start_s, 3)), round(end_s, 3)),
        (round(float(theirs[0]), 3), round(float(theirs[1]), 3)),
        round(abs(line.pace), 3),
        mirrored,
        line.pace < 0,
    )


def _from_view(query: ClipTrace, reference: ClipTrace, view: StillView | None) -> ClipAlignment:
    """Answer from the view alone, when no motion places the one clip in the other."""
    if view is None:
        return ClipAlignment(
            None, "no stretch of one clip was found in the other", (), (), 0.0, 0.0, (), None, None
        )
    if view.moving:
        return ClipAlignment(
            "same_view_other_moment",
            f"frames are alike (correlation {view.likeness:.2f}), but what moves in both clips "
            "goes together at no moment",
            (),
            (),
            0.0,
            0.0,
            (),
            None,
            _plain(view.layout.matrix),
        )
    width_s = view.reference_s[1] - view.reference_s[0]
    # The stretch that it shows may lie anywhere in there.
    segment = Segment(
        view.query_s, view.reference_s, None, view.layout.mirrored, None, round(width_s, 3)
    )
    return ClipAlignment(
        "lead",
        f"frames are alike (correlation {view.likeness:.2f}), but too little moves to tell whether "
        f"it is the same moment; it may be any within {width_s:.1f} s",
        (segment,),
        (NOTHING,),
        _share(view.query_s, query),
        _share(view.reference_s, reference),
        (),
        round(width_s, 3),
        _plain(view.layout.matrix),
    )


def _share(span_s: tuple[float, float], trace: ClipTrace) -> float:
    return round((span_s[1] - span_s[0]) / max(trace.duration_s, 1e-3), 4)


def _plain(matrix: Matrix3) -> tuple[tuple[float, float, float], ...]:
    return tuple((float(a), float(b), float(c)) for a, b, c in (matrix / matrix[2, 2]).tolist())


def _without(trace: ClipTrace, ignored_s: Sequence[tuple[float, float]]) -> ClipTrace:
    """Make stretches flat, which match nothing."""
    if not ignored_s:
        return trace
    frames = trace.frames.copy()
    for start_s, end_s in ignored_s:
        frames[(trace.times_s >= start_s) & (trace.times_s < end_s)] = 0
    return replace(trace, frames=frames)
