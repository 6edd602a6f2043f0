"""Move a rough place of the deck to the exact one, and say how far off it may still be."""

from dataclasses import dataclass

import numpy as np
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.damage.fit import fit_correction
from forensics.damage.strip import Strip, unroll
from forensics.damage.track import Tracks, follow
from forensics.damage.unrolled import Unrolled, evened
from forensics.vision.alignment import Matrix3, moved

ROUNDS = (
    (1.0, 0.5, False),
    (1.0, 0.33, False),
    (1.5, 0.27, True),
    (2.0, 0.2, True),
    (2.0, 0.12, True),
    (3.0, 0.12, True),
)
"""Patch (deck width over this), reach (in deck widths), and whether perspective is fitted."""

COARSE_ROUNDS = 2

FINE = ((2.0, 0.12, False), (2.0, 0.12, True), (3.0, 0.12, True))
"""From a place that is off by little: wider searches take one line along the deck for another."""

_LEAST_PATCH_PX, _LEAST_STEP_PX, _LEAST_REACH_PX = 12, 4, 4
_LEAST_TRACKS = 8

TRUSTED, ALIKE = 0.5, 0.6
"""A patch supports a place of the deck when it fits and looks the same; counted, not decided on."""

_HOLDS_ALONG = 0.2
"""Patches with at least this share of their information along the deck are not mere edges."""

PARTS = 12
"""Parts of the deck's length that are counted, and left out in turn, together."""

_RESAMPLES = 30
_SEED = 11
_COVERED = 0.9
_MAX_STRETCH = 8.0


@dataclass(frozen=True, eq=False)
class Held:
    """A place of the deck in the after picture, and what holds it.

    Parameters
    ----------
    matrix : (3, 3) float64
        Maps strip -> after picture.
    tracks : Tracks
        The last patches.
    trust : (N,) float64
        How well each fits, 0 to 1.
    """

    matrix: Matrix3
    tracks: Tracks
    trust: NDArray[float64]

    @property
    def supporting(self) -> NDArray[np.bool_]:
        """Which patches support it."""
        return np.asarray((self.trust > TRUSTED) & (self.tracks.likeness > ALIKE))

    @property
    def support(self) -> float:
        """Share of the patches tried that support it, 0 to 1."""
        return float(self.supporting.sum()) / max(1, self.tracks.tried)

    @property
    def along(self) -> float:
        """Share that supports it of the patches that hold the place along the deck, 0 to 1.

        The edges of any two straight decks fit each other; joints, marks and stains do not.
        """
        information = self.tracks.information
        whole = np.maximum(np.trace(information, axis1=1, axis2=2), 1e-12)
        holding = information[:, 0, 0] / whole > _HOLDS_ALONG
        return float((holding & self.supporting).sum()) / max(1, int(holding.sum()))

    def by_part(self, columns: int) -> NDArray[np.int_]:
        """Count the supporting patches in each part of the strip's length.

        Parameters
        ----------
        columns : int
            Length of the strip.

        Returns
        -------
        (PARTS,) int
            Counts.
        """
        part = (self.tracks.points[:, 0] / columns * PARTS).astype(int)
        return np.bincount(part[self.supporting], minlength=PARTS)[:PARTS]


def hold(
    before: Unrolled,
    after: NDArray[uint8],
    matrix: Matrix3,
    *,
    rounds: tuple[tuple[float, float, bool], ...] = ROUNDS,
) -> Held | None:
    """Move a rough place of the deck to where its patches are.

    Parameters
    ----------
    before : Unrolled
        The before picture.
    after : (H, W) uint8
        The other, grey.
    matrix : (3, 3) float64
        Maps strip -> after, roughly.
    rounds : tuple, optional
        Sizes of the patches, coarse to fine, see `ROUNDS`.

    Returns
    -------
    Held or None
        None when too few patches are found, or the deck would be turned inside out.
    """
    strip, grid = before.strip, before.strip.grid
    wide = grid.width_px
    held = None
    for divisor, reach, perspective in rounds:
        if not is_plausible(matrix, strip):
            return None
        other, seen = unroll(after, matrix, grid)
        patch = max(_LEAST_PATCH_PX, int(wide / divisor))
        tracks = follow(
            before.pattern,
            evened(other, wide),
            before.seen & seen,
            patch_px=patch,
            step_px=max(_LEAST_STEP_PX, patch // (3 if perspective else 2)),
            reach_px=max(_LEAST_REACH_PX, round(wide * reach)),
        )
        if len(tracks) < _LEAST_TRACKS:
            return None
        correction, trust = fit_correction(tracks, grid.shape, perspective=perspective)
        matrix = matrix @ correction
        held = Held(matrix, tracks, trust)
    return held if is_plausible(matrix, strip) else None


def is_plausible(matrix: Matrix3, strip: Strip) -> bool:
    """Tell whether a map leaves the deck a deck: convex, in front of the camera, not shrunk away.

    Parameters
    ----------
    matrix : (3, 3) float64
        Maps strip -> after picture.
    strip : Strip
        Where the deck is in the before picture.

    Returns
    -------
    bool
        False for maps that fold it.
    """
    if not np.isfinite(matrix).all():
        return False
    rows, columns = strip.grid.shape
    box = np.array([[0.0, 0], [columns, 0], [columns, rows], [0, rows]])
    depth = np.c_[box, np.ones(len(box))] @ matrix[2]
    if depth.min() * depth.max() <= 0:
        return False
    sides = np.roll(moved(box, matrix), -1, axis=0) - moved(box, matrix)
    turns = (
        sides[:, 0] * np.roll(sides, -1, axis=0)[:, 1]
        - sides[:, 1] * np.roll(sides, -1, axis=0)[:, 0]
    )
    if turns.min() * turns.max() <= 0:
        return False
    stretch = np.linalg.norm(sides, axis=1) / np.array([columns, rows, columns, rows])
    return bool(stretch.max() < _MAX_STRETCH and stretch.min() > 1 / _MAX_STRETCH)


def spread_px(held: Held, strip: Strip, visible: NDArray[float64]) -> NDArray[float64]:
    """Estimate how far off each point of the deck may be, by resampling parts of the deck.

    Parameters
    ----------
    held : Held
        The place of the deck.
    strip : Strip
        Where it is in the before picture.
    visible : (N, 2) float64
        Points of the deck, in strip pixels.

    Returns
    -------
    (N,) float64
        Distance that 90 % of the resampled fits stay within, pixels of the before picture.

    Notes
    -----
    Patches overlap, so whole parts of the length are drawn with replacement, not patches
    (B. Efron, R. Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 8). It knows
    nothing of what moves all patches alike, such as a deck drawn in the wrong place.
    """
    rng = np.random.default_rng(_SEED)
    columns = strip.grid.shape[1]
    part = np.minimum((held.tracks.points[:, 0] / columns * PARTS).astype(int), PARTS - 1)
    whole, _ = fit_correction(held.tracks, strip.grid.shape)
    home = moved(moved(visible, whole), strip.matrix)
    off = []
    for _ in range(_RESAMPLES):
        drawn = np.bincount(rng.integers(0, PARTS, PARTS), minlength=PARTS)
        matrix, _ = fit_correction(
            held.tracks, strip.grid.shape, weights=drawn[part].astype(float64)
        )
        off.append(np.linalg.norm(moved(moved(visible, matrix), strip.matrix) - home, axis=1))
    return np.asarray(np.quantile(np.array(off), _COVERED, axis=0))
