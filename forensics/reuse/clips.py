"""Decide what a clip is to another clip or to a still."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy import float64
from numpy.typing import NDArray

from forensics.calibration import load
from forensics.ingest.guard import guarded
from forensics.model.match import COPIES, Edit, Region, Relation, Segment, Transform
from forensics.model.outcome import Problem
from forensics.reuse.clip_align import ClipAlignment, align_clips
from forensics.reuse.clip_cropped import find_overlays_on_part
from forensics.reuse.clip_hits import Hit, Matrix3, hit_of, unit_matrix, unit_to_pixels
from forensics.reuse.clip_pictures import find_picture_edits, simultaneous
from forensics.reuse.clip_trace import ARCHIVE_RATE, ClipTrace
from forensics.reuse.hashes import ORIENTATIONS
from forensics.reuse.known_pictures import Sighting
from forensics.reuse.movement import movement_at
from forensics.reuse.pair import NearPair, Verdict, as_tuples, orientation_matrix
from forensics.reuse.stills import RANK, decide_stills, has_enough
from forensics.reuse.views import Probe, moment_of, only_picture
from forensics.reuse.warp import common_region
from forensics.vision.alignment import moved

MAX_TRIED = 3
"""Moments of a clip that a still is laid over, those with most features in common first."""

_UNIT = (1, 1)


def decide_clips(
    query: Probe,
    reference: Probe,
    *,
    near: Sequence[NearPair] = (),
    sighted: Sequence[Sighting] = (),
) -> Verdict | None:
    """Decide what two items are to each other, of which at least one is a clip.

    Parameters
    ----------
    query, reference : Probe
        The two items.
    near : sequence of NearPair, optional
        Their pictures with near hashes.
    sighted : sequence of Sighting, optional
        Their pictures with common features.

    Returns
    -------
    Verdict or None
        The strongest relation that was shown; None when nothing speaks for one.

    Notes
    -----
    Near hashes and common features only propose how the picture of the one lies in that of the
    other. Two clips are then compared by what changes in them over time; a still is laid over
    those moments of the clip that were examined; it was taken from the clip only where it fits one
    moment and not its neighbours.
    """
    if query.is_video and reference.is_video:
        return _two_clips(query, reference, near, sighted)
    return _still_and_clip(query, reference, near, sighted)


def _two_clips(
    query: Probe, reference: Probe, near: Sequence[NearPair], sighted: Sequence[Sighting]
) -> Verdict | None:
    best = min(near, key=_likeness) if near else None
    traces = _trace(query), _trace(reference)
    if traces[0] is None or traces[1] is None:
        return _by_hash(query, reference, near, _NO_TRACE)
    hits = [*hits_of(query, reference, sighted), *_hits_of_hashes(query, reference, near)]
    told = align_clips(traces[0], traces[1].at_rate(ARCHIVE_RATE), hits)
    if told.relation is None:
        return _by_hash(query, reference, near, told.because)
    features = max((len(each.alignment) for each in sighted), default=None)
    edits = _edits(told, query, reference)
    relation: Relation = told.relation
    if relation == "reencoded" and edits:
        relation = "edited_copy"
    if relation == "same_view_other_moment" and not sighted:
        # Near hashes say that pictures are alike, not that they show one view.
        relation = "lead"
    return Verdict(
        relation,
        best,
        told.because,
        told.segments,
        edits,
        _transform(told, query, reference),
        features,
    )


_NO_TRACE = (
    "what one of them looks like over time is not known, and hashes alone never show a copy; "
    "adding the file to the archive again keeps it"
)


def _still_and_clip(
    query: Probe, reference: Probe, near: Sequence[NearPair], sighted: Sequence[Sighting]
) -> Verdict | None:
    """Lay a still over the moments of a clip with which it has most in common."""
    found: list[Verdict] = []
    ranked = sorted(sighted, key=lambda each: -len(each.alignment))[:MAX_TRIED]
    if query.views is not None and reference.views is not None:
        for each in ranked:
            one = only_picture(query, each.query), only_picture(reference, each.reference)
            verdict = decide_stills(*one, aligned=[each.alignment])
            if verdict.relation in COPIES or has_enough(verdict):
                found.append(_at_moment(verdict, query, reference, each))
    if not found:
        return _by_hash(query, reference, near, "no examined moment of the clip fits the still")
    copies = [each for each in found if each.relation in COPIES]
    if len(copies) > 1:
        return _at_rest(copies, query_is_clip=query.is_video)
    return min(found, key=lambda verdict: (RANK.index(verdict.relation), -(verdict.features or 0)))


def _at_rest(copies: Sequence[Verdict], *, query_is_clip: bool) -> Verdict:
    """Leave it at a lead where a still fits several moments of a clip in which nothing moves."""
    spans = [
        each.segments[0].query if query_is_clip else each.segments[0].reference for each in copies
    ]
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    best = max(copies, key=lambda verdict: verdict.features or 0)
    moment = (0.0, 0.0)
    shown = ((first, last), moment) if query_is_clip else (moment, (first, last))
    segment = msgspec.structs.replace(
        best.segments[0],
        query=shown[0],
        reference=shown[1],
        uncertainty_s=round((last - first) / 2 + (best.segments[0].uncertainty_s or 0.0), 3),
    )
    reason = (
        f"it fits the clip from {first:.1f} to {last:.1f} s alike, where nothing moves: a picture "
        f"of the same view at another time would, too ({best.reason})"
    )
    return msgspec.structs.replace(
        best, relation="lead", reason=reason, segments=(segment,), edits=()
    )


def _at_moment(verdict: Verdict, query: Probe, reference: Probe, where: Sighting) -> Verdict:
    moments = moment_of(query, where.query), moment_of(reference, where.reference)
    mirrored = verdict.transform.mirrored if verdict.transform else None
    spans = [(each, each) for each in moments]
    clip, position = (query, where.query) if query.is_video else (reference, where.reference)
    segment = Segment(spans[0], spans[1], None, mirrored, None, _half_gap_s(clip, position))
    relation: Relation = "contains" if query.is_video else "contained_in"
    reason = verdict.reason
    if verdict.relation not in COPIES:
        # What the clip shows between the moments that were examined was not compared.
        relation = "lead"
        reason = f"no examined moment of the clip was shown to be the still: {reason}"
    return msgspec.structs.replace(verdict, relation=relation, reason=reason, segments=(segment,))


def _half_gap_s(clip: Probe, position: int) -> float | None:
    """Say how near an examined moment is to any that is nearer to it than to other ones."""
    when = moment_of(clip, position)
    others = [moment_of(clip, each) for each in clip.described]
    before = max((each for each in others if each < when), default=None)
    after = min((each for each in others if each > when), default=None)
    gaps = [abs(each - when) for each in (before, after) if each is not None]
    return round(max(gaps) / 2, 3) if gaps else None


def _by_hash(
    query: Probe, reference: Probe, near: Sequence[NearPair], reason: str
) -> Verdict | None:
    """Leave it at a lead where hashes are near and nothing else was shown."""
    if not near:
        return None
    best = min(near, key=_likeness)
    alike = [each for each in near if each.orientation == best.orientation]
    spans = [
        (min(moments), max(moments))
        for moments in (
            [moment_of(query, each.query_frame) for each in alike],
            [moment_of(reference, each.reference_frame) for each in alike],
        )
    ]
    segment = Segment(spans[0], spans[1], None, ORIENTATIONS[best.orientation][0], None)
    return Verdict("lead", best, reason, (segment,))


def _likeness(pair: NearPair) -> tuple[int, int, int, int]:
    return pair.distance_bits, pair.orientation, pair.query_frame, pair.reference_frame


def _trace(probe: Probe) -> ClipTrace | None:
    read = probe.read_trace
    if read is None:
        return None
    found = guarded(lambda: ClipTrace.from_bytes(read()), doing="reading the trace of a clip")
    return None if isinstance(found, Problem) else found


def hits_of(query: Probe, reference: Probe, sighted: Sequence[Sighting]) -> list[Hit]:
    """Give the moments at which two clips look alike, by common features.

    Parameters
    ----------
    query, reference : Probe
        The two clips.
    sighted : sequence of Sighting
        Their pictures with common features.

    Returns
    -------
    list of Hit
        Those with enough features that move together.
    """
    hits = []
    for each in sighted:
        found = hit_of(
            moment_of(query, each.query),
            moment_of(reference, each.reference),
            each.alignment,
            query=query.features_of(each.query),
            reference=reference.features_of(each.reference),
        )
        if found is not None:
            hits.append(found)
    return hits


def _hits_of_hashes(query: Probe, reference: Probe, near: Sequence[NearPair]) -> list[Hit]:
    """Let near hashes propose that the one is the other, turned: what has no features needs it."""
    return [
        Hit(
            moment_of(query, each.query_frame),
            moment_of(reference, each.reference_frame),
            1.0,
            mirrored,
            unit_matrix(matrix, query_px=_UNIT, reference_px=_UNIT),
        )
        for each in near
        for matrix, mirrored in (orientation_matrix(_UNIT, _UNIT, each.orientation),)
    ]


def _edits(told: ClipAlignment, query: Probe, reference: Probe) -> tuple[Edit, ...]:
    if told.relation not in COPIES or told.matrix is None:
        return ()
    pairs = simultaneous(query, reference, told.segments, np.array(told.matrix, float64))
    seen = find_picture_edits(query, reference, pairs)
    if not pairs:
        matrix = np.array(told.matrix, float64)
        seen = find_overlays_on_part(query, reference, told.segments, matrix)
        if _colours_differ_throughout(query, reference, told):
            seen = (Edit("colour", None), *seen)
    kinds = {each.kind for each in seen}
    return (*(each for each in told.edits if each.kind not in kinds), *seen)


def _colours_differ_throughout(query: Probe, reference: Probe, told: ClipAlignment) -> bool:
    """Compare colours over the common stretches, where no pictures show the same moment."""
    mine = _colour(query, [each.query for each in told.segments])
    theirs = _colour(reference, [each.reference for each in told.segments])
    if mine is None or theirs is None:
        return False
    limit = load("reuse.compare").value("max_chroma_difference")
    return bool(np.abs(mine - theirs).max() > limit)


def _colour(probe: Probe, spans: Sequence[tuple[float, float]]) -> NDArray[float64] | None:
    """Give mean tint and mean strength of colour over the pictures of some stretches."""
    shown = [
        position
        for position in range(len(probe.hashes.frames))
        if any(start <= moment_of(probe, position) <= end for start, end in spans)
    ]
    if probe.views is None or not shown:
        return None
    chroma = probe.views.chroma[shown].astype(float64) - _COLOURLESS
    tint = chroma.mean(axis=(0, 1, 2))
    return np.asarray(np.r_[tint, np.abs(chroma).mean()], dtype=float64)


_COLOURLESS = 128


def _transform(told: ClipAlignment, query: Probe, reference: Probe) -> Transform | None:
    sizes = query.size_px, reference.size_px
    if told.matrix is None or 0 in (*sizes[0], *sizes[1]):
        return None
    matrix = unit_to_pixels(
        np.array(told.matrix, float64), query_px=sizes[0], reference_px=sizes[1]
    )
    shown = common_region(sizes[0][::-1], sizes[1][::-1], matrix)
    if shown is None:
        return None
    told_as = movement_at(matrix, shown.mean(axis=0))
    return Transform(
        mirrored=told_as.mirrored,
        rotation_deg=round(told_as.rotation_deg, 2),
        scale=round(told_as.scale, 6),
        matrix=as_tuples(matrix),
        query_region=_region(shown),
        reference_region=_region(moved(shown, matrix)),
    )


def _region(polygon: Matrix3) -> Region:
    return tuple((round(float(x), 2), round(float(y), 2)) for x, y in polygon)
