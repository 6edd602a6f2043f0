"""Decide what two stills are to each other: lay one over the other, and judge what is left."""

from collections.abc import Sequence

import numpy as np

from forensics.calibration import load
from forensics.model.match import Edit, Relation, Transform
from forensics.reuse.judgement import Judgement, judge
from forensics.reuse.pair import (
    NearPair,
    Verdict,
    compare_plain,
    orientation_matrix,
    transform_of,
)
from forensics.reuse.picture import Picture
from forensics.reuse.views import Probe, Views
from forensics.vision.alignment import Alignment, align
from forensics.vision.codes import CodedFeatures

RANK: tuple[Relation, ...] = (
    "reencoded",
    "edited_copy",
    "contains",
    "contained_in",
    "same_footage",
    "same_view_other_moment",
    "same_place",
    "lead",
)
"""Relations of two pictures, the strongest first."""


def decide_stills(
    query: Probe,
    reference: Probe,
    *,
    near: Sequence[NearPair] = (),
    aligned: Sequence[Alignment] = (),
) -> Verdict:
    """Decide what two stills are to each other.

    Parameters
    ----------
    query, reference : Probe
        The two items.
    near : sequence of NearPair, optional
        Their pictures with near hashes.
    aligned : sequence of Alignment, optional
        Movements of shared features that take the first picture of the query to that of the
        reference, in pixels of the pictures the features were found in.

    Returns
    -------
    Verdict
        The strongest relation that was shown.
    """
    firsts = [pair for pair in near if pair.query_frame == pair.reference_frame == 0]
    best = min(near, key=_distance) if near else None
    if query.views is None or reference.views is None:
        reason = "only hashes are known of one of them, and hashes alone never show a copy"
        return _lead(query, reference, best, reason)
    if not firsts and not aligned:
        reason = "the pictures that look alike are further pages of a file"
        return _lead(query, reference, best, reason)
    pictures = _picture(query, query.views), _picture(reference, reference.views)
    starts = [_on_views(each, query, reference) for each in aligned]
    if firsts and not aligned:
        # Plain pictures have no features to align by; their hashes say how they are turned.
        starts = [_turned(min(firsts, key=_distance), *pictures)]
    told = [judge(*pictures, start) for start in starts]
    chosen = min(range(len(told)), key=lambda i: (RANK.index(told[i].relation), -len(starts[i])))
    shown = min(firsts, key=_distance) if firsts else None
    if shown is not None and told[chosen].relation == "lead":
        # Block by block, whole pictures of little detail or strong compression can still agree.
        plain = compare_plain(query, reference, shown)
        if plain.relation != "lead" or not told[chosen].has_detail:
            return plain
    return _verdict(told[chosen], shown, len(starts[chosen]) or None)


def has_enough(verdict: Verdict) -> bool:
    """Say whether two pictures share so much that a person should look.

    Parameters
    ----------
    verdict : Verdict
        What was decided.

    Returns
    -------
    bool
        Whether more features move together than by chance, and detail goes together.
    """
    enough = load("reuse.search").value("min_lead_features")
    return verdict.fits and (verdict.features or 0) >= enough


def align_probes(query: Probe, reference: Probe) -> tuple[Alignment, ...]:
    """Align the first pictures of two items by all their features.

    Parameters
    ----------
    query, reference : Probe
        The two items.

    Returns
    -------
    tuple of Alignment
        As they are or mirrored, whichever more features agree with; empty when too few do.
    """
    if not query.features or not reference.features:
        return ()
    one, other = query.features[0], reference.features[0]
    both = (align(one, other), align(one.mirrored(), other, mirrored=True))
    found = [each for each in both if each is not None]
    return (max(found, key=len),) if found else ()


def _distance(pair: NearPair) -> tuple[int, int, int, int]:
    return pair.distance_bits, pair.orientation, pair.query_frame, pair.reference_frame


def _picture(probe: Probe, views: Views) -> Picture:
    height, width = views.grey.shape[1:]
    size = probe.size_px if 0 not in probe.size_px else (width, height)
    return Picture(views.grey[0], views.chroma[0], size)


def _on_views(alignment: Alignment, query: Probe, reference: Probe) -> Alignment:
    sizes = [(_described(each).size_px, _view_size(each)) for each in (query, reference)]
    return alignment.rescaled(*sizes)


def _described(probe: Probe) -> CodedFeatures:
    return probe.features[0]


def _view_size(probe: Probe) -> tuple[int, int]:
    if probe.views is None:
        raise ValueError("only pictures with views are laid over each other")
    height, width = probe.views.grey.shape[1:]
    return width, height


def _turned(pair: NearPair, query: Picture, reference: Picture) -> Alignment:
    sizes = [(each.luma.shape[1], each.luma.shape[0]) for each in (query, reference)]
    matrix, mirrored = orientation_matrix(sizes[0], sizes[1], pair.orientation)
    none = np.zeros((0, 2), np.float32)
    return Alignment(matrix, mirrored, none, none)


def _lead(query: Probe, reference: Probe, best: NearPair | None, reason: str) -> Verdict:
    orientation = 0 if best is None else best.orientation
    transform = transform_of(query, reference, orientation)
    return Verdict("lead", best, reason, (), (), transform)


def _verdict(told: Judgement, pair: NearPair | None, features: int | None) -> Verdict:
    edits = tuple(Edit(kind, region) for kind, region in told.edits)
    transform = Transform(
        mirrored=told.mirrored,
        rotation_deg=told.rotation_deg,
        scale=told.scale,
        matrix=told.matrix,
        query_region=told.query_region,
        reference_region=told.reference_region,
    )
    together = told.measures.get("correlation of the median block", 0.0)
    fits = together >= load("reuse.judge").value("min_lead_correlation")
    score = told.measures.get("score")
    return Verdict(told.relation, pair, told.reason, (), edits, transform, features, fits, score)
