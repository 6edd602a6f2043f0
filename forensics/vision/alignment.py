"""Align two pictures by their local features: where is the one in the other, and how turned?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from msgspec import Struct
from numpy import float32, float64
from numpy.typing import NDArray

from forensics.vision.codes import CODE_BITS, CodedFeatures, differing_bits

Matrix3 = NDArray[float64]


class Tolerances(Struct, frozen=True):
    """How exactly features must fit one movement of the picture.

    Parameters
    ----------
    max_differing_bits : int
        Codes that differ in more, of 128, are not of the same feature.
    max_likeness_ratio : float
        The second best partner must differ in so many more bits: best / second.
    shift_px : float
        How far a point may lie from where the movement takes it.
    drift : float
        How much further it may lie, as a share of its distance from the feature that the movement
        was read from: directions and diameters are read off roughly.
    turn_rad, log_scale : float
        How far direction and diameter may differ from the movement's.
    min_inliers : int
        How many features must agree.
    """

    max_differing_bits: int = 40
    max_likeness_ratio: float = 0.85
    shift_px: float = 3.0
    drift: float = 0.06
    turn_rad: float = 0.45
    log_scale: float = 0.45
    min_inliers: int = 4


TOLERANCES = Tolerances()

MAX_PAIRS = 400
"""Pairs of features that are looked at, those with the fewest differing bits first."""

_REFITS = 4
_MIN_AFFINE, _MIN_HOMOGRAPHY = 8, 16
"""Features from which on a movement with more freedom is tried."""

_WORTH = 1.1
"""A movement with more freedom must explain a tenth more features."""

_APART_PX = 2.0
"""Features nearer to each other than this count as one: strong corners are found several times."""


Sizes = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Features of two pictures that look alike.

    Parameters
    ----------
    query, reference : (N,) int
        Positions in the lists of features.
    """

    query: NDArray[np.intp]
    reference: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Alignment:
    """A movement that takes one picture to another.

    Parameters
    ----------
    matrix : (3, 3) float64
        Maps query -> reference, (x, y), pixel centres, in pixels of the pictures the features
        were found in; a mirror is inside it.
    mirrored : bool
        Whether it mirrors.
    query_points, reference_points : (N, 2) float32
        The features that agree.
    """

    matrix: Matrix3
    mirrored: bool
    query_points: NDArray[float32]
    reference_points: NDArray[float32]

    def __len__(self) -> int:
        """Count the features that agree."""
        return len(self.query_points)

    def rescaled(self, query: Sizes, reference: Sizes) -> Self:
        """Give the same movement between larger or smaller versions of the two pictures.

        Parameters
        ----------
        query, reference : ((int, int), (int, int))
            Width and height that the matrix is for now, and those wanted.

        Returns
        -------
        Alignment
            Between pictures of the wanted sizes.
        """
        before, after = resizing(*query), resizing(*reference)
        matrix = after @ self.matrix @ np.linalg.inv(before)
        return type(self)(
            matrix / matrix[2, 2],
            self.mirrored,
            moved(self.query_points.astype(float64), before).astype(float32),
            moved(self.reference_points.astype(float64), after).astype(float32),
        )


def align(
    query: CodedFeatures,
    reference: CodedFeatures,
    *,
    mirrored: bool = False,
    pairs: Pairs | None = None,
    tolerances: Tolerances = TOLERANCES,
) -> Alignment | None:
    """Find the movement that takes most features of one picture to those of another.

    Every pair of features proposes a movement: its shift, turn and scale. The one that most other
    pairs agree with is fitted to them. Nothing is drawn at random.

    Parameters
    ----------
    query, reference : CodedFeatures
        Features of the two pictures.
    mirrored : bool, optional
        That the features of the query are those of its mirror image: the movement is then that
        from the query as it is.
    pairs : Pairs, optional
        Which features look alike; all are compared unless given.
    tolerances : Tolerances, optional
        How exactly they must agree.

    Returns
    -------
    Alignment or None
        None when too few features agree. That is no proof that the pictures have nothing in
        common.

    Notes
    -----
    Direction and diameter of the features must fit, too. That leaves pictures with nothing in
    common three features that agree by chance, where shifts alone leave eight.

    Limits: repeated ornaments fit at several places; one of them is given.
    """
    found = match_codes(query, reference, tolerances=tolerances) if pairs is None else pairs
    if len(found.query) < tolerances.min_inliers:
        return None
    agreeing = _largest_agreement(query, reference, found, tolerances)
    from_points = query.points[found.query].astype(float64)
    to_points = reference.points[found.reference].astype(float64)
    if agreeing.sum() < tolerances.min_inliers:
        return None
    matrix, inliers = _refined(from_points, to_points, agreeing, tolerances)
    chosen = _distinct(from_points, to_points, inliers)
    if len(chosen) < tolerances.min_inliers:
        return None
    ends = from_points[chosen].astype(float32), to_points[chosen].astype(float32)
    if mirrored:
        flip = np.array([[-1.0, 0.0, query.size_px[0] - 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
        matrix = matrix @ flip
        ends[0][:, 0] = query.size_px[0] - 1 - ends[0][:, 0]
    return Alignment(matrix / matrix[2, 2], mirrored, *ends)


def match_codes(
    query: CodedFeatures, reference: CodedFeatures, *, tolerances: Tolerances = TOLERANCES
) -> Pairs:
    """Pair the features of two pictures that look alike, and not like others of the reference.

    Parameters
    ----------
    query, reference : CodedFeatures
        Features of the two pictures.
    tolerances : Tolerances, optional
        How much codes may differ.

    Returns
    -------
    Pairs
        Those with the fewest differing bits first, at most `MAX_PAIRS`.
    """
    if not len(query) or not len(reference):
        return Pairs(np.zeros(0, np.intp), np.zeros(0, np.intp))
    bits = differing_bits(query.codes, reference.codes)
    best = bits.argmin(axis=1)
    rows = np.arange(len(bits))
    least = bits[rows, best].astype(int)
    second = _second(bits, best)
    near = least <= tolerances.max_differing_bits
    near &= least <= tolerances.max_likeness_ratio * second
    kept = np.flatnonzero(near)
    kept = kept[np.argsort(least[kept], kind="stable")][:MAX_PAIRS]
    return Pairs(kept, best[kept])


def _second(bits: NDArray[np.uint8], best: NDArray[np.intp]) -> NDArray[np.int_]:
    if bits.shape[1] == 1:
        return np.full(len(bits), CODE_BITS // 2)
    others = bits.copy()
    others[np.arange(len(bits)), best] = np.iinfo(np.uint8).max
    return np.asarray(others.min(axis=1), dtype=int)


def _largest_agreement(
    query: CodedFeatures, reference: CodedFeatures, pairs: Pairs, tolerances: Tolerances
) -> NDArray[np.bool_]:
    """Give the pairs that agree with the movement that most pairs agree with."""
    ends = [
        (side.points[at, 0] + 1j * side.points[at, 1], side.sizes_px[at], side.angles_deg[at])
        for side, at in ((query, pairs.query), (reference, pairs.reference))
    ]
    (start, from_px, from_deg), (end, to_px, to_deg) = ends
    # A complex number holds scale and turn of a movement, another one its shift.
    scale = (to_px / from_px).astype(float64)
    movement = scale * np.exp(1j * np.deg2rad(to_deg - from_deg))
    distance = start[None] - start[:, None]
    missed = np.abs(movement[:, None] * distance - (end[None] - end[:, None]))
    allowed = tolerances.shift_px * np.maximum(1.0, scale)[:, None]
    allowed = allowed + tolerances.drift * scale[:, None] * np.abs(distance)
    ratio = np.log(scale)
    turned = np.angle(movement[:, None] * movement[None].conj())
    agree = missed <= allowed
    agree &= np.abs(ratio[:, None] - ratio[None]) <= tolerances.log_scale
    agree &= np.abs(turned) <= tolerances.turn_rad
    best = int(agree.sum(axis=1).argmax())
    return np.asarray(agree[best])


def _refined(
    start: NDArray[float64],
    end: NDArray[float64],
    agreeing: NDArray[np.bool_],
    tolerances: Tolerances,
) -> tuple[Matrix3, NDArray[np.bool_]]:
    """Fit a similarity, and more freedom where that explains more features."""
    matrix, inliers = _fit(start, end, agreeing, tolerances, _similarity)
    for freer, needed in ((_affine, _MIN_AFFINE), (_homography, _MIN_HOMOGRAPHY)):
        if inliers.sum() < needed:
            break
        other, more = _fit(start, end, inliers, tolerances, freer)
        if more.sum() >= _WORTH * inliers.sum():
            matrix, inliers = other, more
    return matrix, inliers


def _fit(
    start: NDArray[float64],
    end: NDArray[float64],
    agreeing: NDArray[np.bool_],
    tolerances: Tolerances,
    solve: Callable[[NDArray[float64], NDArray[float64]], Matrix3 | None],
) -> tuple[Matrix3, NDArray[np.bool_]]:
    """Fit a movement to the features that agree, and see which agree with it, by turns."""
    inliers = agreeing
    matrix = np.eye(3)
    for _ in range(_REFITS):
        if len(np.unique(start[inliers], axis=0)) < tolerances.min_inliers:
            break
        solved = solve(start[inliers], end[inliers])
        if solved is None or not np.isfinite(solved).all():
            break
        matrix = solved
        scale = np.sqrt(abs(np.linalg.det(matrix[:2, :2])))
        error = np.linalg.norm(moved(start, matrix) - end, axis=1)
        inliers = error <= tolerances.shift_px * max(1.0, scale)
    return matrix, inliers


def resizing(before_px: tuple[int, int], after_px: tuple[int, int]) -> Matrix3:
    """Give the matrix of a change of size.

    Parameters
    ----------
    before_px, after_px : (int, int)
        Width and height.

    Returns
    -------
    (3, 3) float64
        Maps pixel centres: the edge of a picture is half a pixel outside the first centre.
    """
    across, down = after_px[0] / before_px[0], after_px[1] / before_px[1]
    return np.array([[across, 0, across / 2 - 0.5], [0, down, down / 2 - 0.5], [0, 0, 1.0]])


def moved(points: NDArray[float64], matrix: Matrix3) -> NDArray[float64]:
    """Move points by a matrix.

    Parameters
    ----------
    points : (N, 2) float
        x and y.
    matrix : (3, 3) float
        Homography.

    Returns
    -------
    (N, 2) float64
        Where they go.
    """
    lifted = np.c_[points, np.ones(len(points))] @ matrix.T
    depth = lifted[:, 2:]
    return np.asarray(lifted[:, :2] / np.where(np.abs(depth) < _HORIZON, _HORIZON, depth))


_HORIZON = 1e-12
"""Points on the horizon of a homography go very far, not to infinity."""


def _similarity(start: NDArray[float64], end: NDArray[float64]) -> Matrix3 | None:
    one, other = start[:, 0] + 1j * start[:, 1], end[:, 0] + 1j * end[:, 1]
    centre, target = one.mean(), other.mean()
    spread = float((np.abs(one - centre) ** 2).sum())
    if spread == 0:
        return None
    turn = ((other - target) * (one - centre).conj()).sum() / spread
    shift = target - turn * centre
    return np.array(
        [[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag], [0, 0, 1.0]]
    )


def _affine(start: NDArray[float64], end: NDArray[float64]) -> Matrix3 | None:
    lifted = np.c_[start, np.ones(len(start))]
    solved, _, rank, _ = np.linalg.lstsq(lifted, end, rcond=None)
    if rank < lifted.shape[1]:
        return None
    return np.vstack([solved.T, [0.0, 0.0, 1.0]])


def _homography(start: NDArray[float64], end: NDArray[float64]) -> Matrix3 | None:
    matrix, _ = cv2.findHomography(start, end, 0)
    return None if matrix is None else np.asarray(matrix, dtype=float64)


def _distinct(
    start: NDArray[float64], end: NDArray[float64], inliers: NDArray[np.bool_]
) -> NDArray[np.intp]:
    """Leave out features that lie on others, on either side."""
    kept = np.flatnonzero(inliers)
    for points in (start, end):
        squares = np.floor(points[kept] / _APART_PX)
        kept = kept[np.sort(np.unique(squares, axis=0, return_index=True)[1])]
    return kept
