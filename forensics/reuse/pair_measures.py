"""Measure how two stills that lie over each other differ: around their changes, and in them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy import float32, float64, uint8
from numpy.typing import NDArray

from forensics.reuse.changes import Change, Changes, cut_strips, find_changes
from forensics.reuse.judge_weights import score_of
from forensics.reuse.movement import movement_at
from forensics.reuse.picture import Picture
from forensics.reuse.picture_edits import hides_something
from forensics.reuse.residual import (
    Residual,
    block_correlations,
    find_residual,
    local_shifts,
    plain_correlation,
)
from forensics.reuse.tones import are_recoloured
from forensics.reuse.warp import Mask, Overlay, Plane, finer, overlay, warp
from forensics.vision.alignment import Alignment, moved, resizing

COMPARED_SIDE_PX = 256
"""What is common is compared at this longest side."""

FINE_SIDE_PX = 512
"""What a sensor and its codec leave is compared at this longest side, where there are as many."""

PAIR_MEASURES = (
    "share that hardly fits (log)",
    "share that does not quite fit (log)",
    "misfit beyond noise (log)",
    "correlation of the worse blocks",
    "correlation of the median block",
    "shifts of blocks (log)",
    "noise (log)",
    "difference in blur",
    "turn (log)",
    "perspective (log)",
    "goes on beyond the edge",
    "pixels compared (log)",
    "correlation of plain places",
    "what happened (log)",
    "the most that happened in one place (log)",
    "lowest score of a change",
)
"""What is measured of a pair: first of what lies around the changes, then of the changes."""

_LUKEWARM, _WARM, _TAIL = 1.8, 2.5, 3.0
_DETAIL_ENERGY, _SHIFT_BLOCK_PX, _SHIFT_ERROR_PX = 1.5, 24, 0.15
_AROUND_PX = 9
_EDGE_PX = 3
_LEAST_EDGE = 20
_SMALL_TURN_DEG = 5.0
MOST_SURE = 6.0
"""Log odds beyond these are no surer."""
_LEAST_SHARE = 0.0005
"""Smaller changes do not decide by their score."""


@dataclass(frozen=True, eq=False)
class Fit:
    """How well two pictures fit around the places where they differ.

    Parameters
    ----------
    hardly, not_quite : float
        Shares of it that misfit by more than 2.5 and 1.8 times the noise.
    tail : float
        Mean misfit beyond three times the noise, in units of it.
    correlations : (N,) float32
        Of the detail of blocks.
    shifts_px : (M,) float32
        Of blocks against the whole.
    plain : float
        Correlation of the finest detail in plain places.
    """

    hardly: float
    not_quite: float
    tail: float
    correlations: NDArray[float32]
    shifts_px: NDArray[float32]
    plain: float

    def correlation(self, share: float) -> float:
        """Give the correlation that a share of the blocks is below.

        Parameters
        ----------
        share : float
            0 to 1.

        Returns
        -------
        float
            -1 without blocks.
        """
        kept = self.correlations
        return float(np.quantile(kept, share)) if len(kept) else -1.0

    @property
    def shift_px(self) -> float:
        """Shift that a quarter of the blocks is above; 0 when too few are certain."""
        enough = len(self.shifts_px) >= _LEAST_SHIFTS
        return float(np.quantile(self.shifts_px, 0.75)) if enough else 0.0


_LEAST_SHIFTS = 4


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
    fit : Fit
        How they fit around the changes.
    scores : (N,) float64
        Of each change, the log odds that it was laid on.
    """

    over: Overlay
    residual: Residual
    changes: Changes
    fit: Fit
    scores: NDArray[float64]

    @property
    def shares(self) -> NDArray[float64]:
        """Of what is common, the share of each change, (N,)."""
        common = max(1, int(self.residual.inside.sum()))
        return np.array([each.area_px for each in self.changes.changes], dtype=float64) / common

    @property
    def happened(self) -> float:
        """Share of what is common that changed, weighed by how likely it was not laid on."""
        return float(_happened(self.shares, self.scores).sum())

    def pair(self) -> tuple[float, ...]:
        """Give the measures of the pair.

        Returns
        -------
        tuple of float
            What `PAIR_MEASURES` names.
        """
        fit, left = self.fit, self.residual
        turn_deg, perspective = _movement(self.over)
        return (
            float(np.log(fit.hardly + 1e-3)),
            float(np.log(fit.not_quite + 3e-3)),
            float(np.log(fit.tail + 1e-3)),
            fit.correlation(0.25),
            fit.correlation(0.5),
            float(np.log(fit.shift_px + 0.02)),
            float(np.log(left.flat_noise + 0.3)),
            abs(left.blur_px),
            float(np.log(turn_deg + 0.01)) if turn_deg < _SMALL_TURN_DEG else 0.0,
            float(np.log(perspective + 0.003)),
            float(_goes_on(self.over)),
            float(np.log(left.inside.sum())),
            fit.plain,
            *of_changes(self.shares, self.scores),
        )


def of_changes(shares: NDArray[float64], scores: NDArray[float64]) -> tuple[float, float, float]:
    """Measure how much of what changed was not laid on.

    Parameters
    ----------
    shares : (N,) float64
        Of what is common, the share of each change.
    scores : (N,) float64
        Of each, the log odds that it was laid on.

    Returns
    -------
    tuple of float
        The last three that `PAIR_MEASURES` names.
    """
    happened, telling = _happened(shares, scores), scores[shares > _LEAST_SHARE]
    return (
        float(np.log(happened.sum() + 3e-4)),
        float(np.log(happened.max(initial=0.0) + 3e-4)),
        float(telling.min(initial=MOST_SURE)),
    )


def _happened(shares: NDArray[float64], scores: NDArray[float64]) -> NDArray[float64]:
    return np.asarray(shares / (1 + np.exp(scores)))


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
    colours = _colours(over, query, reference)
    basis = _around_features(over, alignment, inside)
    changed = colours if are_recoloured(over, inside if basis is None else basis, colours) else None
    first = find_residual(over, inside, basis=basis, colours=changed)
    left = cut_strips(first)
    core = _core(left)
    # What is left may be too thin to have a core: then nothing is cut off.
    is_cut = left.sum() < first.inside.sum() and core.sum() >= _LEAST_COMMON_PX
    # What is neither a bar nor a neighbour is a change like others, and has to be explained.
    is_cut = is_cut and not hides_something(over, core, reference)
    found = find_residual(over, core, colours=changed) if is_cut else first
    changes = find_changes(found, colours)
    fit = _fit(over, found, changes, query, reference)
    scores = [score_of("overlay", overlay_measures(each, fit)) for each in changes.changes]
    surest = np.clip(np.array(scores, dtype=float64), -MOST_SURE, MOST_SURE)
    return Measured(over, found, changes, fit, surest)


def overlay_measures(change: Change, fit: Fit) -> tuple[float, ...]:
    """Give what says whether a change was laid on.

    Parameters
    ----------
    change : Change
        One place where two pictures differ.
    fit : Fit
        How they fit around it: what happened is less rare where the rest does not fit.

    Returns
    -------
    tuple of float
        What `changes.MEASURES` names, and the share that hardly fits.
    """
    return (*change.measures, float(np.log(fit.hardly + 1e-3)))


_LEAST_COMMON_PX = 400


def feature_hull(over: Overlay, alignment: Alignment) -> NDArray[float32]:
    """Give the convex hull of the features that agree.

    Parameters
    ----------
    over : Overlay
        One picture over the other.
    alignment : Alignment
        That it was made from; of one feature at least.

    Returns
    -------
    (N, 1, 2) float32
        Corners, x and y, in pixels of the planes.
    """
    to_planes = np.linalg.inv(over.to_query).astype(float64)
    points = moved(alignment.query_points.astype(float64), to_planes)
    return np.asarray(cv2.convexHull(points.astype(float32)), dtype=float32)


def _around_features(over: Overlay, alignment: Alignment, inside: Mask) -> Mask | None:
    """Give where features agree; None when that is too little of what may be common.

    A neighbour in a collage, a headline or a player's buttons must not be taken for the picture.
    """
    if len(alignment) < _LEAST_FEATURES:
        return None
    filled = np.zeros(inside.shape, uint8)
    cv2.fillConvexPoly(filled, np.rint(feature_hull(over, alignment)).astype(np.int32), 1)
    known = inside & (filled > 0)
    return known if known.sum() >= max(_LEAST_COMMON_PX, _LEAST_KNOWN * inside.sum()) else None


_LEAST_FEATURES = 8
_LEAST_KNOWN = 0.15


def _core(inside: Mask) -> Mask:
    # Not up to the very edge: codecs and scalers treat it in their own ways.
    core = cv2.erode(inside.astype(uint8), np.ones((5, 5), uint8), borderValue=0)
    return core > 0


def _colours(over: Overlay, query: Picture, reference: Picture) -> tuple[Plane, Plane]:
    height, width = over.query.shape
    ours = cv2.resize(query.chroma, (width, height), interpolation=cv2.INTER_LINEAR)
    small = reference.chroma.shape[1], reference.chroma.shape[0]
    matrix = resizing(reference.view_px, small) @ over.matrix
    planes = (np.ascontiguousarray(reference.chroma[..., each], dtype=float32) for each in range(2))
    theirs = [warp(plane, matrix, over.query.shape)[0] for plane in planes]
    return ours.reshape(height, width, 2).astype(float32), np.dstack(theirs)


def _fit(
    over: Overlay, left: Residual, changes: Changes, query: Picture, reference: Picture
) -> Fit:
    """Measure how well two pictures fit around the places where they differ."""
    places = (changes.labels > 0).astype(uint8)
    rest = left.inside & ~(cv2.dilate(places, np.ones((_AROUND_PX, _AROUND_PX), uint8)) > 0)
    strength = left.strength[rest]
    shifts_px = local_shifts(
        left.query,
        left.reference,
        rest,
        block_px=_SHIFT_BLOCK_PX,
        max_error_px=_SHIFT_ERROR_PX,
    )
    fine = finer(over, query.luma, reference.luma, side_px=FINE_SIDE_PX)
    plain = 0.0
    if fine is not None:
        size = (fine[0].shape[1], fine[0].shape[0])
        around = cv2.resize(rest.astype(uint8), size, interpolation=cv2.INTER_NEAREST) > 0
        plain = plain_correlation(*fine, around)
    count = max(1, strength.size)
    return Fit(
        hardly=float((strength > _WARM).sum() / count),
        not_quite=float((strength > _LUKEWARM).sum() / count),
        tail=float(np.maximum(strength - _TAIL, 0).sum() / count),
        correlations=block_correlations(
            left.query, left.reference, rest, least_energy=_DETAIL_ENERGY
        ),
        shifts_px=shifts_px,
        plain=plain,
    )


def _movement(over: Overlay) -> tuple[float, float]:
    """Give the turn in degrees off the nearest quarter turn, and how far it is in perspective."""
    height, width = over.query.shape
    degrees = movement_at(over.matrix, np.array([width / 2, height / 2])).rotation_deg
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
