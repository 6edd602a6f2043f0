"""The deck unrolled: a straight strip of pixels, in which both pictures are laid side by side."""

from dataclasses import dataclass

import cv2
import numpy as np
from msgspec import Struct
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.model.deck import DeckError
from forensics.vision.alignment import Matrix3

Points = NDArray[float64]
Mask = NDArray[np.bool_]

MAX_LENGTH_PX = 1200
MIN_WIDTH_PX, MAX_WIDTH_PX = 32, 96
"""Strips are kept near the resolution of the picture: wider ones hold no more, only cost more."""

SIDE_MARGIN, END_MARGIN = 0.5, 0.5
"""What is unrolled beyond the sides and ends of the deck, in widths of the deck."""

ALONG, ACROSS = 25, 5
"""Points over the deck at which errors are counted."""

_CORNERS = 4
_MIN_AREA_PX = 64.0
_MIN_SLENDERNESS = 1.2
_FAR_PX = 1e5


class Grid(Struct, frozen=True):
    """Size of a strip: the deck in the middle, a margin around it.

    Parameters
    ----------
    length_px, width_px : int
        Of the deck alone.
    end_px, side_px : int
        Margins.
    """

    length_px: int
    width_px: int
    end_px: int
    side_px: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the whole strip."""
        return self.width_px + 2 * self.side_px, self.length_px + 2 * self.end_px

    @property
    def deck(self) -> tuple[slice, slice]:
        """Rows and columns of the deck in the strip."""
        return (
            slice(self.side_px, self.side_px + self.width_px),
            slice(self.end_px, self.end_px + self.length_px),
        )


def narrower(grid: Grid, share: float) -> tuple[slice, Grid]:
    """Take a share of the deck's width off either side.

    Parameters
    ----------
    grid : Grid
        Of a strip.
    share : float
        Of the width, below 0.5.

    Returns
    -------
    rows : slice
        Of the strip, the margin beside the narrower deck included.
    grid : Grid
        Where the narrower deck is in these rows.
    """
    off = round(share * grid.width_px)
    wide = grid.width_px - 2 * off
    side = min(round(wide * SIDE_MARGIN), grid.side_px + off)
    first = grid.side_px + off - side
    return slice(first, first + wide + 2 * side), Grid(grid.length_px, wide, grid.end_px, side)


@dataclass(frozen=True, eq=False)
class Strip:
    """Where the strip lies in the before picture.

    Parameters
    ----------
    grid : Grid
        Its size.
    matrix : (3, 3) float64
        Maps strip -> before picture, (x, y), pixel centres.
    corners : (4, 2) float64
        Of the deck in the before picture: along one side, back along the other.
    """

    grid: Grid
    matrix: Matrix3
    corners: Points

    @property
    def extent_px(self) -> tuple[float, float]:
        """Length and width of the deck in the before picture, of each the longer side."""
        return _extent(self.corners)

    def deck_points(self, *, along: int = ALONG, across: int = ACROSS) -> Points:
        """Give points spread over the deck, its edges included.

        Parameters
        ----------
        along, across : int, optional
            How many.

        Returns
        -------
        (along * across, 2) float64
            In strip pixels.
        """
        grid = self.grid
        columns = grid.end_px - 0.5 + np.linspace(0, grid.length_px, along)
        rows = grid.side_px - 0.5 + np.linspace(0, grid.width_px, across)
        return np.stack(np.meshgrid(columns, rows, indexing="ij"), axis=-1).reshape(-1, 2)


def lay_strip(polygon: Points) -> Strip:
    """Lay a strip over a drawn deck.

    Parameters
    ----------
    polygon : (N, 2) float64
        Outline of the deck in the before picture, in either direction; may lie partly outside.

    Returns
    -------
    Strip
        Its long side is the long side of the outline.

    Raises
    ------
    DeckError
        When the outline is no slender convex shape.

    Notes
    -----
    Outlines of more than four corners are reduced to four, so a curved deck is cut straight.
    """
    corners = _four_corners(np.asarray(polygon, dtype=float64))
    length, width = _extent(corners)
    scale = np.clip(width, MIN_WIDTH_PX, MAX_WIDTH_PX) / width
    scale = min(scale, MAX_LENGTH_PX / length)
    wide, long = max(8, round(width * scale)), max(8, round(length * scale))
    grid = Grid(long, wide, round(wide * END_MARGIN), round(wide * SIDE_MARGIN))
    x0, y0 = grid.end_px - 0.5, grid.side_px - 0.5
    box = np.array([[x0, y0], [x0 + long, y0], [x0 + long, y0 + wide], [x0, y0 + wide]])
    matrix = cv2.getPerspectiveTransform(box.astype(np.float32), corners.astype(np.float32))
    return Strip(grid, np.asarray(matrix, dtype=float64), corners)


def unroll(pixels: NDArray[uint8], matrix: Matrix3, grid: Grid) -> tuple[NDArray[uint8], Mask]:
    """Unroll a picture into a strip.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) uint8
        The picture.
    matrix : (3, 3) float64
        Maps strip -> this picture.
    grid : Grid
        Size of the strip.

    Returns
    -------
    strip : uint8
        The unrolled picture.
    seen : bool
        Where the strip lies inside the picture and in front of the camera.
    """
    rows, columns = grid.shape
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    strip = cv2.warpPerspective(
        pixels, matrix, (columns, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(strip, dtype=uint8), seen_from(matrix, grid, pixels.shape)


def seen_from(matrix: Matrix3, grid: Grid, shape: tuple[int, ...]) -> Mask:
    """Tell which pixels of a strip lie in a picture.

    Parameters
    ----------
    matrix : (3, 3) float64
        Maps strip -> picture.
    grid : Grid
        Size of the strip.
    shape : tuple of int
        Height and width of the picture.

    Returns
    -------
    bool, rows x columns
        True where the strip is seen.
    """
    rows, columns = grid.shape
    x, y = np.arange(columns, dtype=float64)[None], np.arange(rows, dtype=float64)[:, None]
    across, down, depth = (m[0] * x + (m[1] * y + m[2]) for m in matrix)
    # The sign of a homography is free: the middle of the deck is in front of the camera. With the
    # depth positive, the borders need no division.
    sign = np.sign(depth[rows // 2, columns // 2])
    across, down, depth = across * sign, down * sign, depth * sign
    inside = (across >= 0) & (across <= (shape[1] - 1) * depth)
    inside &= (down >= 0) & (down <= (shape[0] - 1) * depth)
    return np.asarray(inside & (depth > 0))


def _extent(corners: Points) -> tuple[float, float]:
    sides = _sides(corners)
    return float(max(sides[0], sides[2])), float(max(sides[1], sides[3]))


def _sides(corners: Points) -> NDArray[float64]:
    return np.asarray(np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1))


def _four_corners(polygon: Points) -> Points:
    if polygon.shape[1:] != (2,) or len(polygon) < _CORNERS or not np.isfinite(polygon).all():
        raise DeckError("the deck has fewer than four corners")
    if np.abs(polygon).max() > _FAR_PX:
        raise DeckError("the deck reaches too far outside the picture")
    hull = cv2.convexHull(polygon.astype(np.float32)).reshape(-1, 2).astype(float64)
    hull = _fewer(hull)
    area = float(cv2.contourArea(hull.astype(np.float32)))
    if len(hull) < _CORNERS or area < _MIN_AREA_PX:
        raise DeckError("the deck's outline is too thin or has fewer than four corners")
    sides = _sides(hull)
    along = sides[0] + sides[2] >= sides[1] + sides[3]
    corners = hull if along else np.roll(hull, -1, axis=0)
    sides = _sides(corners)
    if sides[0] + sides[2] < _MIN_SLENDERNESS * (sides[1] + sides[3]):
        raise DeckError("the deck is drawn nearly square: which way it runs cannot be told")
    if np.ptp(corners[[0, 3], 0]) + np.ptp(corners[[0, 3], 1]) == 0:
        raise DeckError("the deck's outline is too thin")
    # The strip begins at the end of the deck that is further left, so that drawing it another
    # way round changes nothing.
    start, end = corners[[0, 3]].mean(axis=0), corners[[1, 2]].mean(axis=0)
    return corners if tuple(start) <= tuple(end) else np.roll(corners, -2, axis=0)


def _fewer(hull: Points) -> Points:
    """Leave out the corner that changes the outline least, until four are left."""
    while len(hull) > _CORNERS:
        before, after = np.roll(hull, 1, axis=0), np.roll(hull, -1, axis=0)
        cut = np.abs(
            (hull[:, 0] - before[:, 0]) * (after[:, 1] - before[:, 1])
            - (hull[:, 1] - before[:, 1]) * (after[:, 0] - before[:, 0])
        )
        hull = np.delete(hull, int(cut.argmin()), axis=0)
    return hull
