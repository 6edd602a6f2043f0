"""Propose where the deck of one picture may lie in another: places to start from, not answers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

import cv2
import numpy as np
from numpy import float32, float64, uint8
from numpy.typing import NDArray

from forensics.damage.strip import Strip
from forensics.vision.alignment import Matrix3, moved, resizing
from forensics.vision.features import Features, find_features
from forensics.vision.views import fit

Points = NDArray[float64]

FEATURE_AREA_PX = 1_200_000
"""Pictures are enlarged to twice their size for features, up to this area; larger ones shrunk.

Twice the size finds the fine detail of small decks: see docs/methods/damage.md."""

_LIMIT = 7000
_CLIP, _TILES = 3.0, (8, 8)
_MAX_RATIO, LOOSE_RATIO = 0.9, 0.97
"""Nearest over second nearest; the looser one where only features near the deck compete."""

_REPROJECTION_PX = 3.0
_PLANES = 3
"""Water, bank and deck level make planes of their own: so many are looked for, in turn."""

_LEAST = 6
_BLOCK = 256
"""Features of one picture that are compared with all of the other at once."""

_ITERATIONS, _CONFIDENCE = 5000, 0.999
_SEED = 7


_REMEMBERED = 2
"""Pictures whose features are kept: that with the deck is compared with many, or either way."""


@dataclass(frozen=True, eq=False)
class Matches:
    """Points of two pictures that look alike.

    Parameters
    ----------
    before, after : (N, 2) float64
        In pixels of each picture.
    growth, turn_rad : (N,) float64
        Size after over size before, and how far the direction turned, clockwise.
    mirrored : bool
        That the features of the after picture were taken from its mirror image; the points are
        those of the picture as it is.
    """

    before: Points
    after: Points
    growth: NDArray[float64]
    turn_rad: NDArray[float64]
    mirrored: bool = False

    def __len__(self) -> int:
        """Count them."""
        return len(self.before)

    def kept(self, which: NDArray[np.bool_]) -> Self:
        """Keep some of them.

        Parameters
        ----------
        which : (N,) bool
            Those to keep.

        Returns
        -------
        Matches
            Those.
        """
        return replace(
            self,
            before=self.before[which],
            after=self.after[which],
            growth=self.growth[which],
            turn_rad=self.turn_rad[which],
        )


def tied(points: NDArray[float64]) -> Matches:
    """Give points marked by a person as matches.

    Parameters
    ----------
    points : (N, 4) float64
        x and y in the before picture, x and y in the after picture.

    Returns
    -------
    Matches
        Without sizes and directions.
    """
    return Matches(points[:, :2], points[:, 2:], np.ones(len(points)), np.zeros(len(points)))


@dataclass(frozen=True, eq=False)
class Described:
    """Features of a picture, in its own pixels.

    Parameters
    ----------
    features : Features
        As found, in the enlarged picture.
    points : (N, 2) float64
        Where they are in the picture itself.
    per_pixel : float
        Pixels of the picture per pixel of the enlarged one.
    is_mirrored : bool
        That the features are those of the mirror image, at the places in the picture as it is.
    """

    features: Features
    points: Points
    per_pixel: float = 1.0
    is_mirrored: bool = False


def describe(grey: NDArray[uint8]) -> Described:
    """Find the features of a picture after evening out its contrast.

    Parameters
    ----------
    grey : (H, W) uint8
        The picture.

    Returns
    -------
    Described
        Features and where they are.
    """
    return _described(grey.tobytes(), (grey.shape[0], grey.shape[1]))


@lru_cache(maxsize=_REMEMBERED)
def _described(pixels: bytes, shape: tuple[int, int]) -> Described:
    height, width = shape
    grey = np.frombuffer(pixels, dtype=uint8).reshape(shape)
    even = np.asarray(cv2.createCLAHE(_CLIP, _TILES).apply(grey), dtype=uint8)
    factor = min(2.0, (FEATURE_AREA_PX / (height * width)) ** 0.5)
    if factor > 1:
        size = (round(width * factor), round(height * factor))
        even = np.asarray(cv2.resize(even, size, interpolation=cv2.INTER_CUBIC), dtype=uint8)
    else:
        even = fit(even, longest_side_px=max(1, round(max(height, width) * factor)))
    features = find_features(even, limit=_LIMIT)
    back = resizing((even.shape[1], even.shape[0]), (width, height))
    return Described(features, moved(features.points.astype(float64), back), float(back[0, 0]))


def match(before: Described, after: Described, *, ratio: float = _MAX_RATIO) -> Matches:
    """Pair features that are each other's nearest, and clearly so.

    Parameters
    ----------
    before, after : Described
        Features of the two pictures.
    ratio : float, optional
        Largest distance to the nearest, as a share of that to the second nearest.

    Returns
    -------
    Matches
        May be empty.
    """
    if len(before.points) < _LEAST or len(after.points) < _LEAST:
        return tied(np.zeros((0, 4)))
    best, near, next_near = _nearest(after.features.descriptors, before.features.descriptors)
    kept = (best >= 0) & (near < ratio * next_near)
    growth = after.features.sizes_px[kept] * after.per_pixel
    growth = growth / (before.features.sizes_px[best[kept]] * before.per_pixel)
    turn = after.features.angles_deg[kept] - before.features.angles_deg[best[kept]]
    if after.is_mirrored:
        # Directions of the mirror image, seen in the picture as it is.
        turn = 180.0 - after.features.angles_deg[kept] + before.features.angles_deg[best[kept]]
    return Matches(
        before.points[best[kept]],
        after.points[kept],
        growth.astype(float64),
        np.deg2rad(turn).astype(float64),
        after.is_mirrored,
    )


def _nearest(
    queries: NDArray[float32], others: NDArray[float32]
) -> tuple[NDArray[np.intp], NDArray[float32], NDArray[float32]]:
    """Give which other each query is nearest to, how far that is, and how far the second is.

    The first is -1 where the other has a nearer query. The table of all products is made a block
    of rows at a time: whole, it takes 140 MB, and waits for memory.
    """
    first, second = np.empty((2, len(queries)), float32)
    best = np.empty(len(queries), dtype=np.intp)
    to_others = np.full(len(others), -np.inf, dtype=float32)
    for start in range(0, len(queries), _BLOCK):
        block = slice(start, start + _BLOCK)
        alike = queries[block] @ others.T
        np.maximum(to_others, alike.max(axis=0), out=to_others)
        rows, best[block] = np.arange(len(alike)), alike.argmax(axis=1)
        first[block] = alike[rows, best[block]]
        alike[rows, best[block]] = -1.0
        second[block] = alike.max(axis=1)
    mutual = np.flatnonzero(first == to_others[best])
    # Of queries that are the same as each other the first is taken.
    _, unique = np.unique(best[mutual], return_index=True)
    nearest = np.full(len(queries), -1, dtype=np.intp)
    nearest[mutual[unique]] = best[mutual[unique]]
    # Descriptors are of unit length: the distance follows from the product.
    near, next_near = (np.sqrt(np.maximum(2 - 2 * each, 0)) for each in (first, second))
    return nearest, near, next_near


def only(described: Described, kept: NDArray[np.bool_]) -> Described:
    """Keep some of the features.

    Parameters
    ----------
    described : Described
        Features of a picture.
    kept : (N,) bool
        Which to keep.

    Returns
    -------
    Described
        Those.
    """
    found = described.features
    part = Features(
        found.points[kept], found.sizes_px[kept], found.angles_deg[kept], found.descriptors[kept]
    )
    return replace(described, features=part, points=described.points[kept])


def planes(
    matches: Matches, *, count: int = _PLANES, least: int = _LEAST
) -> Iterator[tuple[Matrix3, int]]:
    """Find planes among matches, one after the other, each among what the last ones left.

    Parameters
    ----------
    matches : Matches
        Points that look alike.
    count : int, optional
        How many planes at most.
    least : int, optional
        Matches that must be left to look for another one.

    Yields
    ------
    matrix : (3, 3) float64
        Maps before -> after.
    inliers : int
        Matches that agree.

    References
    ----------
    D. Barath et al., "MAGSAC++, a fast, reliable and accurate robust estimator", 2020,
    https://doi.org/10.1109/CVPR42600.2020.00138.
    """
    left = np.ones(len(matches), dtype=bool)
    for _ in range(count):
        if left.sum() < least:
            return
        cv2.setRNGSeed(_SEED)
        matrix, inliers = cv2.findHomography(
            matches.before[left].astype(float32),
            matches.after[left].astype(float32),
            cv2.USAC_MAGSAC,
            _REPROJECTION_PX,
            maxIters=_ITERATIONS,
            confidence=_CONFIDENCE,
        )
        if matrix is None or not np.isfinite(matrix).all() or abs(np.linalg.det(matrix)) == 0:
            return
        agree = inliers.ravel().astype(bool)
        yield np.asarray(matrix, dtype=float64), int(agree.sum())
        left[np.flatnonzero(left)[agree]] = False


def near_deck(points: Points, strip: Strip) -> NDArray[np.bool_]:
    """Tell which points of the before picture lie on the deck or its margin.

    Parameters
    ----------
    points : (N, 2) float64
        In pixels of the before picture.
    strip : Strip
        Where the deck is.

    Returns
    -------
    (N,) bool
        True on the strip.
    """
    at = moved(points, np.asarray(np.linalg.inv(strip.matrix), dtype=float64))
    rows, columns = strip.grid.shape
    return np.asarray((at >= 0).all(axis=1) & (at[:, 0] <= columns - 1) & (at[:, 1] <= rows - 1))
