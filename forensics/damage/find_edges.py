"""Where the two long edges and the ends of a found band are, and how sure that is."""

import cv2
import numpy as np
from numpy import float32, float64, uint8
from numpy.typing import NDArray

from forensics.damage.find_bands import Band
from forensics.damage.find_lines import Points

_TINY = 1e-6
_STEP_PX, _HALF_PX = 0.25, 0.75
_STEPS = np.arange(-10, 11) * _STEP_PX
"""Where an edge is looked for, pixels of the picture that is worked on, around its line."""

_SAMPLES = 160
_STRONG = 60.0
"""Steps of brightness stronger than this count no more: one bright parapet is not an edge."""

_RIVALS = 24
_KIN = 0.35
"""Bands that share so much of their area across are guesses at one deck."""


def refined(luma: NDArray[uint8], band: Band) -> Points:
    """Move both edges of a band to where the brightness changes most.

    Parameters
    ----------
    luma : (H, W) uint8
        The picture.
    band : Band
        The band.

    Returns
    -------
    (4, 2) float64
        Its corners.
    """
    corners = band.corners.copy()
    smooth = cv2.GaussianBlur(luma, (0, 0), 0.7).astype(float32)
    share = np.linspace(band.start, band.end, _SAMPLES)
    for start, end in ((0, 1), (3, 2)):
        first, last = band.corners[start], band.corners[end]
        step = last - first
        normal = np.array([-step[1], step[0]]) / max(float(np.linalg.norm(step)), _TINY)
        at = first + step * share[:, None]
        places = at[:, None] + normal * _STEPS[:, None]
        sides = [_sampled(smooth, places + normal * side) for side in (-_HALF_PX, _HALF_PX)]
        change = sides[1] - sides[0]
        # An edge keeps its sign, dark to bright or the reverse, along most of the deck.
        change = np.clip(change * np.sign(np.median(change[:, len(_STEPS) // 2])), 0.0, _STRONG)
        offsets = _STEPS[:, None, None] * (1 - share) + _STEPS[None, :, None] * share
        columns = np.clip(np.round((offsets - _STEPS[0]) / _STEP_PX), 0, len(_STEPS) - 1).astype(
            int
        )
        strength = change[np.arange(_SAMPLES), columns].mean(axis=2)
        one, two = np.unravel_index(int(strength.argmax()), strength.shape)
        corners[start] = first + normal * _STEPS[one]
        corners[end] = last + normal * _STEPS[two]
    return corners


def outlined(corners: Points, start: float, end: float) -> Points:
    """Cut a band at its ends; where it leaves the picture it reaches one width outside.

    Parameters
    ----------
    corners : (4, 2) float64
        Of the band, from one side of the picture to the other.
    start, end : float
        Its ends, as shares of the length; 0 and 1 where it leaves the picture.

    Returns
    -------
    (4, 2) float64
        Outline; begins at the end further left.
    """
    widths = np.linalg.norm(corners[[3, 2]] - corners[[0, 1]], axis=1)
    length = float(np.linalg.norm(corners[[1, 2]].mean(axis=0) - corners[[0, 3]].mean(axis=0)))
    beyond = float(widths.mean()) / max(length, 1.0)
    first = start if start > 0 else -beyond
    last = end if end < 1 else 1 + beyond
    sides = [
        corners[one] + (corners[two] - corners[one]) * share
        for one, two, share in ((0, 1, first), (0, 1, last), (3, 2, last), (3, 2, first))
    ]
    polygon = np.array(sides)
    left, right = polygon[[0, 3]].mean(axis=0), polygon[[1, 2]].mean(axis=0)
    return polygon if tuple(left) <= tuple(right) else np.roll(polygon, -2, axis=0)


def rivals_px(bands: list[Band], scores: NDArray[float64], best: int) -> float:
    """Give how far the edges of rival guesses at the same deck are from the best, by their scores.

    Parameters
    ----------
    bands : list of Band
        All of them.
    scores : (N,) float64
        Theirs.
    best : int
        Number of the best.

    Returns
    -------
    float
        Root of the mean square, pixels.
    """
    corners = bands[best].corners
    width = float(np.linalg.norm(corners[[3, 2]] - corners[[0, 1]], axis=1).mean())
    total = squares = 0.0
    for at in np.argsort(-scores, kind="stable")[:_RIVALS]:
        off = _between(corners, bands[at].corners)
        if off > (1 - _KIN) * width:
            continue
        total += float(scores[at])
        squares += float(scores[at]) * off**2
    return float(np.sqrt(squares / max(total, _TINY)))


def _between(one: Points, two: Points) -> float:
    """Give the largest distance of two corners of one band from the edges of another."""
    worst = 0.0
    for start, end in ((0, 1), (3, 2)):
        step = one[end] - one[start]
        normal = np.array([-step[1], step[0]]) / max(float(np.linalg.norm(step)), _TINY)
        worst = max(worst, float(np.abs((two[[start, end]] - one[start]) @ normal).max()))
    return worst


def _sampled(picture: NDArray[float32], at: Points) -> NDArray[float32]:
    places = at.astype(float32)
    sampled = cv2.remap(
        picture,
        places[..., 0],
        places[..., 1],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(sampled, dtype=float32)
