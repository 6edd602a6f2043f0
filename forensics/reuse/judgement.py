"""Judge two stills that lie over each other: a copy, another moment, another view, or open?"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from msgspec import Struct
from numpy import float32, float64, uint8
from numpy.typing import NDArray

from forensics.calibration import load
from forensics.model.match import Matrix, Region, Relation
from forensics.reuse.changes import Change, Changes, cut_strips, find_changes
from forensics.reuse.judge_weights import score_of
from forensics.reuse.picture import Picture
from forensics.reuse.picture_edits import account
from forensics.reuse.residual import (
    Mask,
    Residual,
    block_correlations,
    find_residual,
    local_shifts,
)
from forensics.reuse.warp import Overlay, Plane, overlay, warp
from forensics.vision.alignment import Alignment, moved, resizing

COMPARED_SIDE_PX = 256
"""What is common is compared at this longest side."""

PAIR_MEASURES = (
    "share that hardly fits (log)",
    "share that does not quite fit (log)",
    "share that differs (log)",
    "misfit beyond noise (log)",
    "largest change (log)",
    "correlation of the worse blocks",
    "correlation of the median block",
    "shifts of blocks (log)",
    "noise (log)",
    "difference in blur",
    "turn (log)",
    "perspective (log)",
    "goes on beyond the edge",
)
"""What is measured of a pair, apart from what was laid on."""

_LUKEWARM, _WARM, _TAIL = 1.8, 2.5, 3.0
_DETAIL_ENERGY, _SHIFT_ENERGY, _SHIFT_BLOCK_PX = 1.5, 0.05, 24
_EDGE_PX = 3
_LEAST_EDGE = 20
_SMALL_TURN_DEG = 5.0


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


@dataclass(frozen=True, eq=False)
class Measured:
    """Two pictures laid over each other, and how they differ.

    Parameters
    ----------
    over : Overlay
        One over the other.
    residual : Residual
        What is left.
    changes : Changes
        Where they differ.
    laid_on : (N,) bool
        Which of the changes were laid on.
    """

    over: Overlay
    residual: Residual
    changes: Changes
    laid_on: NDArray[np.bool_]

    def pair(self) -> tuple[float, ...]:
        """Give the measures of the pair.

        Returns
        -------
        tuple of float
            What `PAIR_MEASURES` names.
        """
        return _pair_measures(self)

    @property
    def largest_px(self) -> int:
        """Area of the largest change that was not laid on."""
        areas = [
            change.area_px
            for change, laid in zip(self.changes.changes, self.laid_on, strict=True)
            if not laid
        ]
        return max(areas, default=0)


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
    and light. What then differs in one connected place is told apart into what was laid on (flat,
    inked, sharply bordered, standing out from what was there) and what happened. Only what was
    not laid on, and how the rest fits, decides. Both scores are linear in the measures; their
    weights were fitted and their thresholds chosen on one half of the sources, see
    ``docs/methods/reuse.md``.

    Limits: two moments at which nothing visible differs cannot be told from a copy; what was
    pasted in with soft borders cannot be told from what happened.
    """
    found = measure(query, reference, alignment)
    if found is None:
        return _open(alignment.mirrored, "they have too little in common to be compared")
    limits = load("reuse.judge")
    pair = found.pair()
    score = score_of("copy", pair)
    told = account(found.over, found.residual, found.changes, found.laid_on, query, reference)
    named = dict(zip(PAIR_MEASURES, pair, strict=True))
    detailed = len(_correlations(found)) >= limits.value("min_detailed_blocks")
    shift_px = float(np.exp(named["shifts of blocks (log)"])) - _LEAST_SHIFT
    worse = named["correlation of the worse blocks"]
    rigid = shift_px <= limits.value("max_block_shift") and worse >= limits.value("min_correlation")
    unchanged = found.largest_px <= limits.value("max_change") * found.residual.inside.sum()
    enough = told.common_of_query >= limits.value("min_common_of_query")
    enough &= told.common_of_reference >= limits.value("min_common_of_reference")
    misfit = float(np.exp(named["share that hardly fits (log)"]))
    largest = found.largest_px / int(found.residual.inside.sum())
    said = (
        f"correlation of detail {named['correlation of the median block']:.2f}, of the worse "
        f"quarter {worse:.2f}; {misfit:.1%} hardly fits; the largest change that was not laid on "
        f"takes {largest:.1%}; score {score:.1f}, a copy from {limits.value('min_copy_score'):g}"
    )
    if not enough:
        relation: Relation = "lead"
        why = "what is common is too small a part of both"
    elif not detailed:
        relation, why = "lead", "there is too little detail to decide"
    elif rigid and unchanged and score >= limits.value("min_copy_score"):
        relation, why = told.relation, "nothing differs but what was laid on"
    elif score > limits.value("max_other_score") or not _is_spread(alignment, found):
        relation, why = "lead", "what differs does not decide"
    elif rigid:
        relation, why = "same_view_other_moment", "the view is the same and something else differs"
    else:
        relation, why = "same_place", "parts are shifted against each other, or look otherwise"
    is_copy = relation in ("reencoded", "edited_copy", "contains", "contained_in")
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


def measure(query: Picture, reference: Picture, alignment: Alignment) -> Measured | None:
    """Lay two pictures over each other and measure how they differ.

    Parameters
    ----------
    query, reference : Picture
        The two.
    alignment : Alignment
        From query to reference, in pixels of their views.

    Returns
    -------
    Measured or None
        None when they have next to nothing in common.
    """
    over = overlay(query.luma, reference.luma, alignment.matrix, side_px=COMPARED_SIDE_PX)
    if over is None:
        return None
    inside = _core(over.inside)
    if inside.sum() < _LEAST_COMMON_PX:
        return None
    first = find_residual(over, inside)
    inside = cut_strips(first)
    if inside.sum() < _LEAST_COMMON_PX:
        inside = first.inside
    found = first if inside.sum() == first.inside.sum() else find_residual(over, _core(inside))
    changes = find_changes(found, _colours(over, query, reference))
    count = int(found.inside.sum())
    laid_on = [_is_laid_on(each, count) for each in changes.changes]
    return Measured(over, found, changes, np.array(laid_on, dtype=bool))


def _is_laid_on(change: Change, common_px: int) -> bool:
    limits = load("reuse.judge")
    large = change.area_px > limits.value("large_overlay") * common_px
    # People who walk in stand out, too: the larger a change, the more must speak for an overlay.
    least = "min_large_overlay_score" if large else "min_overlay_score"
    return score_of("overlay", change.measures) >= limits.value(least)


_LEAST_COMMON_PX = 400
_LEAST_SHIFT = 0.02


def _core(inside: Mask) -> Mask:
    # Not up to the very edge: codecs and scalers treat it in their own ways.
    core = cv2.erode(inside.astype(uint8), np.ones((5, 5), uint8), borderValue=0)
    return core > 0


def _colours(over: Overlay, query: Picture, reference: Picture) -> Sequence[Plane]:
    height, width = over.query.shape
    ours = cv2.resize(query.chroma, (width, height), interpolation=cv2.INTER_LINEAR)
    small = reference.chroma.shape[1], reference.chroma.shape[0]
    matrix = resizing(reference.view_px, small) @ over.matrix
    planes = (np.ascontiguousarray(reference.chroma[..., each], dtype=float32) for each in range(2))
    theirs = [warp(plane, matrix, over.query.shape)[0] for plane in planes]
    return ours.reshape(height, width, 2).astype(float32), np.dstack(theirs)


def _rest(found: Measured) -> Mask:
    """Give where nothing was laid on."""
    chosen = np.flatnonzero(found.laid_on) + 1
    laid = np.isin(found.changes.labels, chosen).astype(uint8)
    return found.residual.inside & ~(cv2.dilate(laid, np.ones((9, 9), uint8)) > 0)


def _correlations(found: Measured) -> NDArray[float32]:
    left = found.residual
    return block_correlations(left.query, left.reference, _rest(found), least_energy=_DETAIL_ENERGY)


def _pair_measures(found: Measured) -> tuple[float, ...]:
    left, rest = found.residual, _rest(found)
    strength = left.strength
    count = max(1, int(rest.sum()))
    correlations = _correlations(found)
    quarter, median = (
        (float(np.quantile(correlations, share)) for share in (0.25, 0.5))
        if len(correlations)
        else (-1.0, -1.0)
    )
    shifts = local_shifts(
        left.query,
        left.reference,
        rest,
        block_px=_SHIFT_BLOCK_PX,
        least_energy=_SHIFT_ENERGY,
    )
    shift = float(np.quantile(shifts, 0.75)) if len(shifts) else 0.0
    turn_deg, perspective = _movement(found.over)
    tail = float(np.maximum(strength[rest] - _TAIL, 0).mean()) if rest.any() else 0.0
    return (
        float(np.log(((strength > _WARM) & rest).sum() / count + 1e-3)),
        float(np.log(((strength > _LUKEWARM) & rest).sum() / count + 3e-3)),
        float(np.log((found.changes.hot & rest).sum() / count + 2e-4)),
        float(np.log(tail + 1e-3)),
        float(np.log(found.largest_px / max(1, left.inside.sum()) + 1e-4)),
        quarter,
        median,
        float(np.log(shift + _LEAST_SHIFT)),
        float(np.log(left.flat_noise + 0.3)),
        abs(left.blur_px),
        float(np.log(turn_deg + 0.01)) if turn_deg < _SMALL_TURN_DEG else 0.0,
        float(np.log(perspective + 0.003)),
        float(_goes_on(found.over)),
    )


def _movement(over: Overlay) -> tuple[float, float]:
    """Give the turn in degrees off the nearest quarter turn, and how far it is in perspective."""
    height, width = over.query.shape
    centre = np.array([width / 2, height / 2, 1.0])
    at = over.matrix @ centre
    local = (over.matrix[:2, :2] - np.outer(at[:2] / at[2], over.matrix[2, :2])) / at[2]
    if np.linalg.det(local) < 0:
        local = local @ np.diag([-1.0, 1.0])
    left, _, right = np.linalg.svd(local)
    turn = left @ right
    degrees = float(np.degrees(np.arctan2(turn[1, 0], turn[0, 0])))
    quarter = abs((degrees + 45) % 90 - 45)
    return quarter, float(np.hypot(*over.matrix[2, :2]) * max(width, height))


def _goes_on(over: Overlay) -> bool:
    """Say whether the query goes on beyond the reference's edge as if nothing were there.

    A copy ends there, in a bar or in something else; another frame of a moving camera goes on.
    """
    jumps, roughness, counts = [], [], []
    for down, across in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        step = (-down * _EDGE_PX, -across * _EDGE_PX)
        beyond = np.roll(~over.inside, step, (0, 1))
        _clear(beyond, down, across)
        border = over.inside & beyond
        if border.sum() < _LEAST_EDGE:
            continue
        after = np.roll(over.query, step, (0, 1))
        before = np.roll(over.query, (-step[0], -step[1]), (0, 1))
        there, here = np.abs(after - over.query)[border], np.abs(before - over.query)[border]
        jumps.append(float((np.median(there) + 1) / (np.median(here) + 1)))
        roughness.append(float(after[border].std()))
        counts.append(int(border.sum()))
    if not counts:
        return False
    jump, rough = (float(np.average(each, weights=counts)) for each in (jumps, roughness))
    return jump < _NO_JUMP and rough > _ROUGH


_NO_JUMP = 1.5
_ROUGH = 8.0


def _clear(mask: Mask, down: int, across: int) -> None:
    """Forget what `np.roll` brought in from the other side."""
    if across:
        mask[:, -_EDGE_PX:] &= across < 0
        mask[:, :_EDGE_PX] &= across > 0
    if down:
        mask[-_EDGE_PX:] &= down < 0
        mask[:_EDGE_PX] &= down > 0


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
