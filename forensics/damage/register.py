"""Lay the deck of one picture over that of another, or refuse."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.calibration import Calibration, load
from forensics.damage.propose import (
    LOOSE_RATIO,
    Described,
    Matches,
    describe,
    match,
    near_deck,
    only,
    planes,
    tied,
)
from forensics.damage.refine import (
    COARSE_ROUNDS,
    FINE,
    PARTS,
    ROUNDS,
    Held,
    hold,
    is_plausible,
    spread_px,
)
from forensics.damage.settle import Settled, likeness, settle
from forensics.damage.strip import ACROSS, ALONG, Strip
from forensics.damage.turns import turns
from forensics.damage.unrolled import Unrolled, unroll_before
from forensics.vision.alignment import Matrix3, moved
from forensics.vision.features import mirrored
from forensics.vision.views import grey

CALIBRATION = "damage.register"
_REFINED = 2
_SETTLED = 4
"""So many of the likeliest places are followed down to single pixels."""

_SAME = 0.15
"""Places nearer to each other than this, in deck widths at every corner, are one."""

_ELSEWHERE = 0.5
"""Places at least so many deck widths apart at some corner are not one place found twice."""

_TWIN = "The deck fits at two places of the after picture, as where two bridges stand side by side"

_FIXED_PX = 1.0
_SCENE_MOVES = 0.5
"""Matches that did not move are an overlay's, unless they are more than half of all."""

_TIES = 4
_END_PARTS = PARTS // 2
_HELP = (
    "What would help: a frame nearer in angle to the other one, a larger picture, "
    "or tie points marked by a person"
)


@dataclass(frozen=True, eq=False)
class Laid:
    """The deck found in the after picture, or why not.

    Parameters
    ----------
    reason : str or None
        Why it is refused; None when it is registered.
    matrix : (3, 3) float64 or None
        Maps strip -> after picture.
    support : float
        Share of the deck's patches that agree, 0 to 1.
    inliers : int
        Patches that agree.
    error_px : float
        90 % bound of the worst point, pixels of the before picture.
    errors_px : (25, 5) float64 or None
        The same by point, along and across the deck; NaN where not seen.
    mirrored : bool
        That the after picture is a mirror image.
    """

    reason: str | None
    matrix: Matrix3 | None
    support: float = 0.0
    inliers: int = 0
    error_px: float = float("inf")
    errors_px: NDArray[float64] | None = None
    mirrored: bool = False

    def homography(self, strip: Strip) -> Matrix3:
        """Give the map after -> before on the plane of the deck.

        Parameters
        ----------
        strip : Strip
            Where the deck is in the before picture.

        Returns
        -------
        (3, 3) float64
            In (x, y), pixel centres; a mirror is inside it.
        """
        if self.matrix is None:
            raise ValueError("not registered")
        matrix = strip.matrix @ np.linalg.inv(self.matrix)
        return np.asarray(matrix / matrix[2, 2])


def register(
    before: NDArray[uint8],
    after: NDArray[uint8],
    strip: Strip,
    *,
    tie_points: NDArray[float64] | None = None,
) -> Laid:
    """Find the deck of the before picture in the after picture.

    Parameters
    ----------
    before, after : (H, W, 3) uint8
        The two pictures, sRGB.
    strip : Strip
        Where the deck is in the before picture.
    tie_points : (N, 4) float64, optional
        Points marked by a person, at least four: x and y before, x and y after.

    Returns
    -------
    Laid
        Where it is, or why it is refused.

    Notes
    -----
    Planes of matched features and single features' turns propose places, which are settled by the
    deck's edges and what crosses it; patches of the deck are followed from each, and the place that
    most patches support is taken. Limits: a deck of many equal spans and nothing else in sight
    looks the same one span on; what stands above or hangs below the deck does not lie on its plane.
    """
    limits = load(CALIBRATION)
    one, other = grey(before), grey(after)
    reason = _unfit(one, strip, limits) or _too_poor(other, limits)
    if reason:
        return Laid(reason, None)
    found, places = describe(one), describe(other)
    laid_before = unroll_before(one, strip)
    straight = _likeliest(laid_before, other, _starts(found, places, strip, tie_points))
    laid = _judge(straight, laid_before, other, limits)
    if laid.support >= limits.value("clear_support"):
        return laid
    turned = _turned(places, other.shape[1])
    flipped = _likeliest(laid_before, other, _mirrored_starts(found, turned, strip))
    copy = _judge(flipped, laid_before, other, limits)
    is_copy = copy.reason is None and (laid.reason is not None or copy.support > laid.support)
    return copy if is_copy else laid


def _unfit(before: NDArray[uint8], strip: Strip, limits: Calibration) -> str | None:
    if strip.extent_px[1] < limits.value("min_deck_width_px"):
        return "The deck is too narrow in the before picture; a larger or nearer one is needed"
    return _too_poor(before, limits)


def _too_poor(picture: NDArray[uint8], limits: Calibration) -> str | None:
    if min(picture.shape) < limits.value("min_side_px"):
        size = f"{picture.shape[1]} x {picture.shape[0]}"
        return f"A picture is only {size} pixels; a larger one is needed"
    if float(np.median(picture)) < limits.value("min_median_grey"):
        return "A picture is too dark, as at night; one taken in daylight is needed"
    if float(picture.std()) < limits.value("min_spread_grey"):
        return "A picture shows next to nothing: fog, smoke or an empty frame"
    return None


def _turned(described: Described, width: int) -> Described:
    """Give the features of the mirror image, at their places in the picture as it is."""
    found = described.features
    extent = int(np.ceil(found.points[:, 0].max())) + 1 if len(found) else width
    return replace(described, features=mirrored(found, width_px=extent), is_mirrored=True)


def _starts(
    found: Described,
    places: Described,
    strip: Strip,
    tie_points: NDArray[float64] | None,
) -> Iterator[Matrix3]:
    """Propose places, the likeliest kinds first."""
    if tie_points is not None and len(tie_points) >= _TIES:
        for matrix, _ in planes(tied(tie_points), count=1, least=_TIES):
            yield matrix @ strip.matrix
    everywhere = _without_overlays(match(found, places))
    local = only(found, near_deck(found.points, strip))
    deck = _without_overlays(match(local, places, ratio=LOOSE_RATIO))
    seeds = chain(
        (each for each, _ in planes(everywhere)),
        (each for each, _ in planes(deck, count=2)),
        turns(everywhere),
        turns(deck),
    )
    for matrix in seeds:
        yield matrix @ strip.matrix


def _mirrored_starts(found: Described, turned: Described, strip: Strip) -> Iterator[Matrix3]:
    """Propose places in a mirror image, which is a copy: no other plane than the features'."""
    everywhere = _without_overlays(match(found, turned))
    for matrix in chain((each for each, _ in planes(everywhere)), turns(everywhere)):
        yield matrix @ strip.matrix


def _without_overlays(matches: Matches) -> Matches:
    """Leave out what is at the same place in both pictures while the rest moves: logos, text."""
    still = np.linalg.norm(matches.before - matches.after, axis=1) < _FIXED_PX
    return matches if not len(still) or still.mean() > _SCENE_MOVES else matches.kept(~still)


def _likeliest(before: Unrolled, after: NDArray[uint8], seeds: Iterator[Matrix3]) -> list[Held]:
    """Follow patches a little way from every place, all the way from the likeliest: best first."""
    strip = before.strip
    rough: list[Held] = []
    settled: list[Settled] = []
    tried: list[Matrix3] = []
    for seed in seeds:
        if _among(seed, tried, strip) or not is_plausible(seed, strip):
            continue
        tried.append(seed)
        held = hold(before, after, seed, rounds=ROUNDS[:COARSE_ROUNDS])
        if held is not None and not _among(held.matrix, [each.matrix for each in rough], strip):
            rough.append(held)
        settled += settle(before, after, seed)
    rough.sort(key=lambda each: -each.support)
    fine: list[Held] = []
    for start, rounds in (
        *((each, FINE) for each in _distinct(settled, strip)),
        *((each.matrix, ROUNDS[1:]) for each in rough[:_REFINED]),
    ):
        held = hold(before, after, start, rounds=rounds)
        if held is not None:
            fine.append(held)
    return sorted(fine, key=lambda each: -each.support)


def _distinct(places: list[Settled], strip: Strip) -> list[Matrix3]:
    """Give the likeliest places that differ."""
    kept: list[Matrix3] = []
    for each in sorted(places, key=lambda each: -each.likeness):
        if is_plausible(each.matrix, strip) and not _among(each.matrix, kept, strip):
            kept.append(each.matrix)
        if len(kept) == _SETTLED:
            break
    return kept


def _among(place: Matrix3, others: list[Matrix3], strip: Strip, *, within: float = _SAME) -> bool:
    """Tell whether a place of the deck is one of others, to so many deck widths."""
    rows, columns = strip.grid.shape
    box = np.array([[0.0, 0], [columns, 0], [columns, rows], [0, rows]])
    at = moved(box, place)
    wide = float(np.linalg.norm(at[[0, 1]] - at[[3, 2]], axis=1).min()) / rows
    limit = within * wide * strip.grid.width_px
    return any(float(np.abs(moved(box, each) - at).max()) < limit for each in others)


def _judge(
    places: list[Held],
    before: Unrolled,
    after: NDArray[uint8],
    limits: Calibration,
) -> Laid:
    if not places:
        return Laid(f"The deck was not found in the after picture. {_HELP}", None)
    held, strip = places[0], before.strip
    support, inliers = held.support, int(held.supporting.sum())
    few = support < limits.value("min_support") or inliers < limits.value("min_inliers")
    few = few or held.along < limits.value("min_along")
    alike = likeness(before, after, held.matrix)
    unlike = alike < limits.value("min_likeness") and held.along < limits.value("clear_along")
    if few or unlike:
        share = f"{support:.0%} of the deck's patches agree, likeness along it {alike:.2f}"
        return Laid(
            f"The pictures cannot be laid over each other: {share}. {_HELP}", None, support, inliers
        )
    if _has_rival(held, places[1:], strip, limits):
        return Laid(f"{_TWIN}. {_HELP}", None, support, inliers)
    parts = held.by_part(strip.grid.shape[1])
    ends = min(parts[:_END_PARTS].sum(), parts[-_END_PARTS:].sum())
    if ends < limits.value("min_end_patches"):
        return Laid(f"One end of the deck has nothing to hold it. {_HELP}", None, support, inliers)
    points = strip.deck_points()
    at_before, at_after = moved(points, strip.matrix), moved(points, held.matrix)
    seen = (at_after >= 0).all(axis=1) & (at_after < after.shape[::-1]).all(axis=1)
    seen &= (at_before >= 0).all(axis=1)
    if not seen.any():
        return Laid("The two pictures show no part of the deck in common", None, support, inliers)
    spread = spread_px(held, strip, points) * limits.value("error_factor")
    spread = spread + limits.value("error_floor_px")
    errors = np.where(seen, spread, np.nan).reshape(ALONG, ACROSS)
    worst = float(np.nanmax(errors))
    if worst > limits.value("max_error_px"):
        return Laid(
            f"The place of the deck is uncertain by {worst:.1f} pixels. {_HELP}",
            None,
            support,
            inliers,
        )
    laid = Laid(None, held.matrix, support, inliers, worst, errors)
    return replace(laid, mirrored=_is_mirror(laid.homography(strip), at_after[seen][0]))


def _has_rival(held: Held, others: list[Held], strip: Strip, limits: Calibration) -> bool:
    """Tell whether the deck fits nearly as well at another place, as on the other of two twins."""
    enough = limits.value("max_rival") * held.support
    return any(
        each.support > enough and not _among(each.matrix, [held.matrix], strip, within=_ELSEWHERE)
        for each in others
    )


def _is_mirror(matrix: Matrix3, point: NDArray[float64]) -> bool:
    """Tell whether a map turns the neighbourhood of a point over."""
    depth = float(matrix[2] @ np.append(point, 1.0))
    return bool(np.linalg.det(matrix) * np.sign(depth) < 0)
