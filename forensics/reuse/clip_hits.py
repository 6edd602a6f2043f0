"""Moments of two clips that look alike: where, and by which movement of the picture."""

from dataclasses import dataclass

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from forensics.vision.alignment import Alignment
from forensics.vision.codes import CodedFeatures

Matrix3 = NDArray[float64]

MIN_FEATURES = 6
"""Features that must agree; pictures with nothing in common have three that do."""


@dataclass(frozen=True, eq=False)
class Hit:
    """A moment of the query that looks like a moment of the reference.

    Parameters
    ----------
    query_s, reference_s : float
        The moments; 0 for a still.
    weight : float
        How many features agree.
    mirrored : bool
        Whether one is a mirror image of the other.
    matrix : (3, 3) float64
        Maps query -> reference, (x, y), in shares of width and height: (0, 0) is the top left
        corner of the picture, (1, 1) the bottom right one. A mirror is inside it.
    """

    query_s: float
    reference_s: float
    weight: float
    mirrored: bool
    matrix: Matrix3


def unit_matrix(
    matrix: Matrix3, *, query_px: tuple[int, int], reference_px: tuple[int, int]
) -> Matrix3:
    """Turn a movement of pixels into one of shares of width and height.

    Parameters
    ----------
    matrix : (3, 3) float64
        Maps query -> reference, (x, y), pixel centres.
    query_px, reference_px : (int, int)
        Width and height of the two pictures.

    Returns
    -------
    (3, 3) float64
        The same movement; the size of the pictures no longer matters.
    """
    return np.asarray(_to_units(reference_px) @ matrix @ np.linalg.inv(_to_units(query_px)))


def unit_to_pixels(
    matrix: Matrix3, *, query_px: tuple[int, int], reference_px: tuple[int, int]
) -> Matrix3:
    """Turn a movement of shares of width and height into one of pixels.

    Parameters
    ----------
    matrix : (3, 3) float64
        Maps query -> reference, (x, y), in shares.
    query_px, reference_px : (int, int)
        Width and height of the two pictures.

    Returns
    -------
    (3, 3) float64
        Maps query -> reference, (x, y), pixel centres.
    """
    pixels = np.linalg.inv(_to_units(reference_px)) @ matrix @ _to_units(query_px)
    return np.asarray(pixels / pixels[2, 2])


def hit_of(
    query_s: float,
    reference_s: float,
    found: Alignment | None,
    *,
    query: CodedFeatures,
    reference: CodedFeatures,
) -> Hit | None:
    """Make a hit of what aligning two frames gave.

    Parameters
    ----------
    query_s, reference_s : float
        The moments.
    found : Alignment or None
        What ``align`` gave.
    query, reference : CodedFeatures
        The frames' features.

    Returns
    -------
    Hit or None
        None when too few features agree, or the movement folds the picture.
    """
    if found is None or len(found) < MIN_FEATURES:
        return None
    matrix = unit_matrix(found.matrix, query_px=query.size_px, reference_px=reference.size_px)
    if not np.isfinite(matrix).all() or not plausible(matrix, mirrored=found.mirrored):
        return None
    return Hit(query_s, reference_s, float(len(found)), found.mirrored, matrix)


_MAX_STRETCH = 12.0


def plausible(matrix: Matrix3, *, mirrored: bool) -> bool:
    """Say whether a movement of the unit square neither folds nor crushes it.

    Parameters
    ----------
    matrix : (3, 3) float64
        The movement.
    mirrored : bool
        Whether it should mirror.

    Returns
    -------
    bool
        True for what a camera or an editor may have done.
    """
    corners = np.array([[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]], dtype=float64) @ matrix.T
    if (corners[:, 2] <= 0).any():
        return False
    x, y = (corners[:, :2] / corners[:, 2:]).T
    turned_x, turned_y = np.roll(x, -1), np.roll(y, -1)
    area = float((x * turned_y - turned_x * y).sum() / 2)
    area = -area if mirrored else area
    return 1 / _MAX_STRETCH**2 < area < _MAX_STRETCH**2


def _to_units(size_px: tuple[int, int]) -> Matrix3:
    width, height = size_px
    return np.array([[1 / width, 0, 0.5 / width], [0, 1 / height, 0.5 / height], [0, 0, 1.0]])
