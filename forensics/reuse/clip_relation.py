"""What segments say about how one clip was made from another."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from msgspec import Struct

from forensics.model.match import Edit, Relation, Segment
from forensics.reuse.clip_change import Changes
from forensics.reuse.clip_evidence import Evidence
from forensics.reuse.clip_space import Layout
from forensics.reuse.clip_trace import ClipTrace

WHOLE = 0.92
"""Share of a clip from which on all of it is said to be covered; the rest is rounding and edges."""

OVERLAID = 0.02
"""Share of the common picture that must differ throughout for an overlay to be named."""

EDGE_S = 0.5
"""A stretch that begins or ends this near to the clip's start or end reaches it."""

_SAME_SPEED = 0.015
_SAME_RATE = 0.1
_CROPPED = 0.88  # share of the reference's picture that is seen
_CONTINUES_S = 0.25
_INTRO_SHARE = 0.6


@dataclass(frozen=True, eq=False)
class Findings:
    """What was found about two clips.

    Parameters
    ----------
    query, reference : ClipTrace
        The clips.
    here, there : Changes
        Of both.
    segments : tuple of Segment
        Common stretches, at least one.
    layout : Layout
        How the one picture lies in the other.
    """

    query: ClipTrace
    reference: ClipTrace
    here: Changes
    there: Changes
    segments: tuple[Segment, ...]
    layout: Layout


class Conclusion(Struct, frozen=True):
    """A relation and why.

    Parameters
    ----------
    relation : str
        As in ``forensics.model.match``.
    because : str
        Why, in one sentence.
    query_covered, reference_covered : float
        Share of each clip in segments.
    edits : tuple of Edit
        What was done.
    """

    relation: Relation
    because: str
    query_covered: float
    reference_covered: float
    edits: tuple[Edit, ...]


def conclude(found: Findings, evidence: Sequence[Evidence]) -> Conclusion:
    """Say how one clip was made from another.

    Parameters
    ----------
    found : Findings
        Common stretches.
    evidence : sequence of Evidence
        What speaks for each.

    Returns
    -------
    Conclusion
        A copy, or ``lead`` when only the opening or the end is common.
    """
    query_covered = covered([s.query for s in found.segments], found.query.duration_s)
    reference_covered = covered([s.reference for s in found.segments], found.reference.duration_s)
    edits = tuple(Edit(kind, None) for kind in _edits(found, query_covered, evidence))
    explained, lowest = (
        min(each.explained for each in evidence),
        min(each.score for each in evidence),
    )
    relation = _relation(found, query_covered, reference_covered, bool(edits))
    because = (
        f"{len(found.segments)} {'stretch' if len(found.segments) == 1 else 'stretches'}, "
        f"{query_covered:.0%} of the query and {reference_covered:.0%} of the known clip: what "
        f"changes in both goes together at the same moments (at least {explained:.0%} of the "
        f"change is the same on both sides; score {lowest:.1f} or more)"
    )
    if relation == "lead":
        because += "; but only a title or another insert that both clips cut away from is common"
    return Conclusion(
        relation, because, round(query_covered, 4), round(reference_covered, 4), edits
    )


def covered(spans: Sequence[tuple[float, float]], duration_s: float) -> float:
    """Give the share of a clip that lies in at least one span.

    Parameters
    ----------
    spans : sequence of (float, float)
        Start and end in seconds.
    duration_s : float
        Length of the clip.

    Returns
    -------
    float
        0 to 1.
    """
    total, reached = 0.0, 0.0
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return min(1.0, total / max(duration_s, 1e-3))


def other_speed(segment: Segment) -> bool:
    """Say whether a stretch surely plays faster or slower.

    Parameters
    ----------
    segment : Segment
        The stretch.

    Returns
    -------
    bool
        False where what the speed makes of its length is within what its ends may be off.
    """
    if segment.speed is None or abs(segment.speed - 1) <= _SAME_SPEED:
        return False
    longer_s = abs(segment.speed - 1) * (segment.query[1] - segment.query[0])
    return longer_s > _SURELY * (segment.uncertainty_s or 0.0)


_SURELY = 3.0
"""Times the uncertainty: of 1, 2 and 3 the one with fewest false speeds on the tuning half, where
it misses none of 16."""


def _edits(found: Findings, query_covered: float, evidence: Sequence[Evidence]) -> list[str]:
    edits = []
    if len(found.segments) > 1 or query_covered < WHOLE:
        edits.append("cut")
    if any(other_speed(each) for each in found.segments):
        edits.append("speed")
    if any(s.reversed for s in found.segments):
        edits.append("reversed")
    if found.layout.mirrored:
        edits.append("mirror")
    seen = abs(float(np.linalg.det(found.layout.matrix[:2, :2])))
    if seen < _CROPPED:
        edits.append("crop")
    if min(each.hidden for each in evidence) >= OVERLAID:
        edits.append("overlay")
    rates = found.query.native_rate, found.reference.native_rate
    if min(rates) > 0 and abs(np.log(rates[0] / rates[1])) > _SAME_RATE:
        edits.append("frame_rate")
    return edits


def _relation(
    found: Findings, query_covered: float, reference_covered: float, edited: bool
) -> Relation:
    if _only_an_insert(found):
        return "lead"
    whole_query, whole_reference = query_covered >= WHOLE, reference_covered >= WHOLE
    if whole_query and whole_reference:
        return "edited_copy" if edited else "reencoded"
    if whole_query:
        return "contained_in" if len(found.segments) == 1 else "edited_copy"
    if whole_reference:
        return "contains"
    return "same_footage" if _overlapping(found) else "contains"


def _overlapping(found: Findings) -> bool:
    """Say whether the clips are two overlapping parts of one recording."""
    if len(found.segments) != 1 or found.segments[0].reversed:
        return False
    (start, end), (their_start, their_end) = found.segments[0].query, found.segments[0].reference
    first = start <= EDGE_S and their_end >= found.reference.duration_s - EDGE_S
    last = end >= found.query.duration_s - EDGE_S and their_start <= EDGE_S
    return first or last


def _only_an_insert(found: Findings) -> bool:
    """Say whether all that is common is an opening or an ending that both clips cut away from."""
    if len(found.segments) != 1:
        return False
    segment = found.segments[0]
    (start, end), (their_start, their_end) = segment.query, segment.reference
    if segment.reversed or (end - start) > _INTRO_SHARE * found.query.duration_s:
        return False
    if (their_end - their_start) > _INTRO_SHARE * found.reference.duration_s:
        return False
    if start <= EDGE_S and their_start <= EDGE_S:
        return _cut_near(found.here, end) and _cut_near(found.there, their_end)
    last = end >= found.query.duration_s - EDGE_S
    if last and their_end >= found.reference.duration_s - EDGE_S:
        return _cut_near(found.here, start) and _cut_near(found.there, their_start)
    return False


def _cut_near(changes: Changes, when_s: float) -> bool:
    around = np.flatnonzero(np.abs(changes.times_s - when_s) <= _CONTINUES_S)
    return len(around) > 1 and bool(np.ptp(changes.shots[around]))
