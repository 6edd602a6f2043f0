"""Follow small patches of the deck from one strip to another, and say how well each is held."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.damage.strip import Mask

Points = NDArray[float64]


@dataclass(frozen=True, eq=False)
class Tracks:
    """Patches of the before strip, found again in the after strip.

    Parameters
    ----------
    points : (N, 2) float64
        Centres in strip pixels.
    shifts : (N, 2) float64
        How far the patch moved, before -> after.
    likeness : (N,) float64
        Normalised correlation at the best place, -1 to 1.
    information : (N, 2, 2) float64
        Inverse covariance of the shift, in pixels^-2: a patch on an edge holds the place across
        the edge and not along it, which is how the edges of the deck take part as lines.
    tried : int
        Patches that both pictures show, found or not.
    """

    points: Points
    shifts: Points
    likeness: NDArray[float64]
    information: NDArray[float64]
    tried: int = 0

    def __len__(self) -> int:
        """Count the patches."""
        return len(self.points)


_MIN_SPREAD = 2.0
"""Grey levels: a patch flatter than this follows noise."""

_MIN_LIKENESS = 0.3
"""Correlations below this place nothing: of noise, a search over 200 places finds as much."""

_LEAST_SIGMA_PX = 0.25
"""No patch is believed to be placed better than a quarter of a pixel."""

_NOISE = 1.5
"""Neighbouring pixels' errors go together: the variance of a place is so many times larger."""


def follow(
    before: NDArray[uint8],
    after: NDArray[uint8],
    seen: Mask,
    *,
    patch_px: int,
    step_px: int,
    reach_px: int,
) -> Tracks:
    """Follow patches from one strip to another by normalised correlation.

    Parameters
    ----------
    before, after : (H, W) uint8
        The strips, grey.
    seen : (H, W) bool
        Where both pictures show the strip.
    patch_px : int
        Side of a patch.
    step_px : int
        From one patch to the next, along and across.
    reach_px : int
        How far each is searched for, in either direction.

    Returns
    -------
    Tracks
        Patches with detail that were found inside the reach.

    Notes
    -----
    The covariance is that of a least-squares match: the residual variance 2 (1 - correlation)
    over the sum of squared gradients of the patch of unit variance (A. Gruen, "Adaptive Least
    Squares Correlation", 1985).
    """
    rows, columns = before.shape
    starts = [
        (y, x)
        for x in range(0, columns - patch_px + 1, step_px)
        for y in range(0, rows - patch_px + 1, step_px)
    ]
    padded = np.pad(after, reach_px, mode="edge")
    known = np.pad(seen.astype(uint8), reach_px)
    starts = [(y, x) for y, x in starts if seen[y : y + patch_px, x : x + patch_px].all()]
    found = [
        each
        for y, x in starts
        if (
            each := _find(
                before[y : y + patch_px, x : x + patch_px],
                padded[y : y + patch_px + 2 * reach_px, x : x + patch_px + 2 * reach_px],
                known[y : y + patch_px + 2 * reach_px, x : x + patch_px + 2 * reach_px],
                (x, y),
            )
        )
        is not None
    ]
    if not found:
        return Tracks(
            np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0), np.zeros((0, 2, 2)), len(starts)
        )
    points, shifts, likeness, information = zip(*found, strict=True)
    return Tracks(
        np.array(points),
        np.array(shifts),
        np.array(likeness),
        np.array(information),
        len(starts),
    )


def _find(
    patch: NDArray[uint8], around: NDArray[uint8], known: NDArray[uint8], corner: tuple[int, int]
) -> tuple[Points, Points, float, NDArray[float64]] | None:
    if patch.std() < _MIN_SPREAD or around.std() < _MIN_SPREAD:
        return None
    scores = np.asarray(cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED), dtype=np.float32)
    reach = scores.shape[0] // 2
    place = np.unravel_index(int(scores.argmax()), scores.shape)
    row, column = int(place[0]), int(place[1])
    best = float(scores[row, column])
    side = len(patch)
    if not np.isfinite(best) or best < _MIN_LIKENESS:
        return None
    # A best place at the rim of the search, or beyond the picture, is none.
    if not known[row : row + side, column : column + side].all():
        return None
    if not 0 < row < 2 * reach or not 0 < column < 2 * reach:
        return None
    shift = np.array([column - reach, row - reach], dtype=float64)
    shift += _subpixel(scores[row - 1 : row + 2, column - 1 : column + 2])
    centre = np.array(corner, dtype=float64) + (side - 1) / 2
    return centre, shift, best, _information(patch, best)


def _subpixel(scores: NDArray[np.float32]) -> Points:
    """Give the top of the parabolas through a peak and its neighbours."""
    middle = float(scores[1, 1])
    steps = []
    for low, high in ((scores[1, 0], scores[1, 2]), (scores[0, 1], scores[2, 1])):
        bend = float(low) + float(high) - 2 * middle
        steps.append(0.0 if bend >= 0 else (float(low) - float(high)) / (2 * bend))
    return np.asarray(np.clip(np.array(steps), -0.5, 0.5), dtype=float64)


def _information(patch: NDArray[uint8], likeness: float) -> NDArray[float64]:
    grey = np.asarray(cv2.GaussianBlur(patch.astype(float64), (0, 0), 0.7), dtype=float64)
    grey = (grey - grey.mean()) / max(float(grey.std()), 1e-3)
    down, right = np.gradient(grey)
    tensor = np.array(
        [[(right * right).sum(), (right * down).sum()], [(right * down).sum(), (down * down).sum()]]
    )
    tensor = tensor / (_NOISE * 2 * max(1 - likeness, 0.02))
    values, vectors = np.linalg.eigh(tensor)
    values = np.minimum(values, 1 / _LEAST_SIGMA_PX**2)
    return np.asarray((vectors * values) @ vectors.T)
