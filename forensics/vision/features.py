"""Local features: points of a picture that are found again in crops, screenshots and re-saves."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy import float32
from numpy.typing import NDArray

from forensics.vision.views import Pixels

DESCRIPTOR_SIZE = 128
"""A descriptor is 4 x 4 cells of 8 gradient directions (Lowe, 2004)."""

CONTRAST = 0.004
"""A tenth of Lowe's contrast: of dark and plain pictures there is little else to find."""

DETECTED = 6000
"""Points that are described at most; those of least contrast are dropped first.

A page of small text has some thousands, and must not crowd out the photo on it."""

_CELLS, _DIRECTIONS = 4, 8
_GRID = 8
"""Points are kept evenly over a grid of so many cells a side, so that crops keep some."""

_COARSE_SHARE = 0.6
"""Share of the kept points that coarse ones may take before fine ones are looked at."""

_COARSE_PX = 3.2
"""Diameter from which a point is called coarse: finer ones do not survive shrinking to a half."""


@dataclass(frozen=True, eq=False)
class Features:
    """Local features of one picture.

    Parameters
    ----------
    points : (N, 2) float32
        x and y in pixels of the picture they were found in.
    sizes_px : (N,) float32
        Diameter of each.
    angles_deg : (N,) float32
        Direction of each, clockwise from the x axis, 0 to 360.
    descriptors : (N, 128) float32
        RootSIFT: square roots of SIFT descriptors that sum to 1; of unit length.
    """

    points: NDArray[float32]
    sizes_px: NDArray[float32]
    angles_deg: NDArray[float32]
    descriptors: NDArray[float32]

    def __len__(self) -> int:
        """Count the points."""
        return len(self.points)


def find_features(luma: Pixels, *, limit: int) -> Features:
    """Find and describe the local features of a picture.

    Coarse points come first, spread over the picture, because they are found again in small
    and strongly compressed copies; fine ones fill up what is left.

    Parameters
    ----------
    luma : (H, W) uint8
        The picture.
    limit : int
        How many to keep at most.

    Returns
    -------
    Features
        Empty for pictures without detail.

    Notes
    -----
    Limits: pictures of sky, fog or water have few points or none, and repeated ornaments have
    points that look alike.

    References
    ----------
    D. Lowe, "Distinctive Image Features from Scale-Invariant Keypoints", 2004,
    https://doi.org/10.1023/B:VISI.0000029664.99615.94. RootSIFT: R. Arandjelovic, A. Zisserman,
    "Three things everyone should know to improve object retrieval", 2012,
    https://doi.org/10.1109/CVPR.2012.6248018.
    """
    sift = cv2.SIFT.create(nfeatures=DETECTED, contrastThreshold=CONTRAST)
    # Of some thousand points only those that are kept are described, which costs most; where all
    # may be kept, what was computed to find them serves to describe them, too.
    is_whole = limit >= DETECTED
    found, described = sift.detectAndCompute(luma, None) if is_whole else (sift.detect(luma), None)
    if not found:
        return _NONE
    points = np.array([each.pt for each in found], dtype=float32)
    sizes = np.array([each.size for each in found], dtype=float32)
    angles = np.array([each.angle for each in found], dtype=float32)
    strength = np.array([each.response for each in found], dtype=float32)
    kept = _chosen(points, sizes, strength, luma.shape[:2], limit)
    if described is None:
        _, described = sift.compute(luma, [found[each] for each in kept])
    else:
        described = described[kept]
    return Features(points[kept], sizes[kept], angles[kept], _root(described.astype(float32)))


def mirrored(features: Features, *, width_px: int) -> Features:
    """Give the features that the mirror image of the picture would have.

    Nothing is detected again: the cells and directions of the descriptors change places.

    Parameters
    ----------
    features : Features
        Of the picture.
    width_px : int
        Width of the picture.

    Returns
    -------
    Features
        Of the picture mirrored left to right, in the same order.
    """
    points = features.points.copy()
    points[:, 0] = width_px - 1 - points[:, 0]
    angles = (180.0 - features.angles_deg) % 360.0
    return Features(
        points, features.sizes_px, angles.astype(float32), features.descriptors[:, _MIRROR]
    )


def _mirror_order() -> NDArray[np.intp]:
    cells = np.arange(DESCRIPTOR_SIZE).reshape(_CELLS, _CELLS, _DIRECTIONS)
    directions = -np.arange(_DIRECTIONS) % _DIRECTIONS
    return np.asarray(cells[::-1][:, :, directions].ravel(), dtype=np.intp)


_MIRROR = _mirror_order()

_NONE = Features(
    np.zeros((0, 2), float32),
    np.zeros(0, float32),
    np.zeros(0, float32),
    np.zeros((0, DESCRIPTOR_SIZE), float32),
)


def _root(described: NDArray[float32]) -> NDArray[float32]:
    total = described.sum(axis=1, keepdims=True)
    return np.asarray(np.sqrt(described / np.maximum(total, 1.0)), dtype=float32)


def _chosen(
    points: NDArray[float32],
    sizes: NDArray[float32],
    strength: NDArray[float32],
    shape: tuple[int, ...],
    limit: int,
) -> NDArray[np.intp]:
    """Choose points evenly over the picture: coarse ones first, strong ones first."""
    height, width = shape[:2]
    column = np.minimum(points[:, 0] / width * _GRID, _GRID - 1).astype(int)
    row = np.minimum(points[:, 1] / height * _GRID, _GRID - 1).astype(int)
    cell = np.maximum(row, 0) * _GRID + np.maximum(column, 0)
    coarse = sizes >= _COARSE_PX
    first = _spread(np.flatnonzero(coarse), cell, strength)[: int(limit * _COARSE_SHARE)]
    rest = np.setdiff1d(np.arange(len(points)), first)
    return np.concatenate([first, _spread(rest, cell, strength)[: limit - len(first)]])


def _spread(
    among: NDArray[np.intp], cell: NDArray[np.intp], strength: NDArray[float32]
) -> NDArray[np.intp]:
    """Order points so that the strongest of every cell come first, then the second ones."""
    by_cell = among[np.lexsort((among, -strength[among], cell[among]))]
    cells = cell[by_cell]
    starts = np.r_[0, np.flatnonzero(np.diff(cells)) + 1] if len(cells) else np.zeros(0, int)
    rank = np.arange(len(cells)) - np.repeat(starts, np.diff(np.r_[starts, len(cells)]))
    return np.asarray(by_cell[np.lexsort((by_cell, -strength[by_cell], rank))], dtype=np.intp)
