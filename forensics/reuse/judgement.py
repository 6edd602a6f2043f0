"""Judge two stills that lie over each other: a copy, another moment, another view, or open?"""

import cv2
import numpy as np
from msgspec import Struct
from numpy import float32, float64

from forensics.calibration import load
from forensics.model.match import Matrix, Region, Relation
from forensics.reuse.judge_weights import score_of
from forensics.reuse.pair_measures import PAIR_MEASURES, Measured, measure
from forensics.reuse.picture import Picture
from forensics.reuse.picture_edits import account
from forensics.vision.alignment import Alignment, moved


class Judgement(Struct, frozen=True):
    """What two stills are to each other.

    Parameters
    ----------
    relation : str
        As in the report format.
    matrix : 3 x 3 tuple of float or None
        Maps query -> reference, in pixels of the real pictures.
    mirrored : bool
        Whether the query is a mirror image.
    rotation_deg : float or None
        Of the query's content against the reference, clockwise, -180 to 180.
    scale : float or None
        Reference pixels per query pixel.
    query_region, reference_region : polygon or None
        What is common, in pixels of each real picture.
    edits : tuple of (str, polygon or None)
        What was done to the reference.
    measures : dict of str to float
        What it rests on.
    reason : str
        Why, in one sentence.
    has_detail : bool
        Whether there was enough detail to decide by.
    """

    relation: Relation
    matrix: Matrix | None
    mirrored: bool
    rotation_deg: float | None
    scale: float | None
    query_region: Region | None
    reference_region: Region | None
    edits: tuple[tuple[str, Region | None], ...]
    measures: dict[str, float]
    reason: str
    has_detail: bool


def judge(query: Picture, reference: Picture, alignment: Alignment) -> Judgement:
    """Judge two stills that lie over each other.

    Parameters
    ----------
    query, reference : Picture
        The two.
    alignment : Alignment
        From query to reference, in pixels of their views; right to a few pixels.

    Returns
    -------
    Judgement
        The strongest relation that was shown; ``lead`` when none was.

    Notes
    -----
    The pictures are laid over each other to a fraction of a pixel and made alike in blur, tones
    and light. Connected places that then differ are changes; a score tells what was laid on (flat,
    inked, sharply bordered, standing out from what was there) from what happened. How well the
    pictures fit around all changes, and how much of these happened, decides. Both scores are
    linear in the measures; their weights were fitted and their thresholds chosen on one half of
    the sources, see ``docs/methods/reuse.md``.

    Limits: two moments at which nothing visible differs cannot be told from a copy; what was
    pasted in with soft borders cannot be told from what happened.
    """
    found = measure(query, reference, alignment)
    if found is None:
        return _open(alignment.mirrored, "they have too little in common to be compared")
    limits = load("reuse.judge")
    pair, fit = found.pair(), found.fit
    score = score_of("copy", pair)
    laid_on = found.scores >= limits.value("min_overlay_score")
    told = account(found.over, found.residual, found.changes, laid_on, query, reference)
    detailed = len(fit.correlations) >= limits.value("min_detailed_blocks")
    worse, happened = fit.correlation(0.25), found.happened
    still = fit.shift_px <= limits.value("max_block_shift")
    rigid = still and worse >= limits.value("min_correlation")
    unchanged = happened <= limits.value("max_happened")
    unchanged &= found.residual.flat_noise <= limits.value("max_noise")
    enough = told.common_of_query >= limits.value("min_common_of_query")
    enough &= told.common_of_reference >= limits.value("min_common_of_reference")
    said = (
        f"correlation of detail {fit.correlation(0.5):.2f}, of the worse quarter {worse:.2f}; "
        f"{fit.hardly:.1%} hardly fits; what changed and was not laid on takes {happened:.1%}; "
        f"score {score:.1f}, a copy from {limits.value('min_copy_score'):g}"
    )
    if not enough:
        relation: Relation = "lead"
        why = "what is common is too small a part of both"
    elif not detailed:
        relation, why = "lead", "there is too little detail to decide"
    elif still and unchanged and score >= limits.value("min_copy_score"):
        relation, why = told.relation, "it fits but for what was laid on and small places"
    elif score > limits.value("max_other_score") or not _is_spread(alignment, found):
        relation, why = "lead", "what differs does not decide"
    elif rigid:
        relation, why = "same_view_other_moment", "the view is the same and something else differs"
    else:
        relation, why = "same_place", "parts are shifted against each other, or look otherwise"
    is_copy = relation in ("reencoded", "edited_copy", "contains", "contained_in")
    named = dict(zip(PAIR_MEASURES, pair, strict=True))
    return Judgement(
        relation=relation,
        matrix=told.matrix,
        mirrored=alignment.mirrored,
        rotation_deg=told.rotation_deg,
        scale=told.scale,
        query_region=told.query_region,
        reference_region=told.reference_region,
        edits=told.edits if is_copy else (),
        measures={name: round(value, 4) for name, value in named.items()} | {"score": score},
        reason=f"{why} ({said})",
        has_detail=detailed,
    )


def _is_spread(alignment: Alignment, found: Measured) -> bool:
    """Say whether the features that agree are spread over what is common, and not a logo's."""
    if len(alignment) < _LEAST_SPREAD:
        return False
    to_planes = np.linalg.inv(found.over.to_query)
    points = moved(alignment.query_points.astype(float64), to_planes.astype(float64))
    hull = cv2.convexHull(points.astype(float32))
    limits = load("reuse.judge")
    common = float(found.residual.inside.sum())
    return float(cv2.contourArea(hull)) >= limits.value("min_feature_spread") * common


_LEAST_SPREAD = 6


def _open(mirrored: bool, reason: str) -> Judgement:
    return Judgement("lead", None, mirrored, None, None, None, None, (), {}, reason, False)
