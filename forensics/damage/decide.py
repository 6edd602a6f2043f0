"""Name what the measures of a deck show: nothing, scorch, hole or missing deck, and where."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.calibration import Calibration
from forensics.damage.measures import NAMES, Measures
from forensics.damage.model import CLASSES, COLUMNS, Model, scores
from forensics.damage.strip import Mask
from forensics.model.damage import HOLE, MISSING, NOT_EXAMINED, NOTHING, SCORCH, FindingClass

_NAMED: dict[int, FindingClass] = {SCORCH: "scorch", HOLE: "hole", MISSING: "missing_deck"}
_SMOOTH = 0.06
"""Scores are smoothed over so many deck widths (sigma): cells, not pixels, are decided on."""

_SMOOTH_COLUMNS = 0.15
_ORDER = (*CLASSES, "missing_deck")
"""Last axis of the scores: those of the cells, then that of their column."""

_SHOWN = ("texture_small", "darkening", "edges", "like_beside")


@dataclass(frozen=True, eq=False)
class Place:
    """One damaged place on the strip.

    Parameters
    ----------
    code : int
        `SCORCH`, `HOLE` or `MISSING`.
    cells : (rows, columns) bool
        Where.
    share : float
        Of the deck.
    confidence : float
        Mean score of its class there.
    because : str
        Median measures there.
    """

    code: int
    cells: Mask
    share: float
    confidence: float
    because: str

    @property
    def name(self) -> FindingClass:
        """Give the word for it."""
        return _NAMED[self.code]


@dataclass(frozen=True, eq=False)
class Decided:
    """What was decided on the deck of a strip.

    Parameters
    ----------
    codes : (rows, columns) uint8
        0, 2, 3, 4 or 255, see `forensics.model.damage`.
    places : tuple of Place
        Largest first.
    gaps : tuple of (float, float)
        Missing stretches, as shares of the length.
    sureness : float
        Mean score of what was decided, over the examined deck.
    examined : float
        Share of the deck.
    held : float
        Correlation of the textures over most of the deck.
    """

    codes: NDArray[uint8]
    places: tuple[Place, ...]
    gaps: tuple[tuple[float, float], ...]
    sureness: float
    examined: float
    held: float


def decide(measures: Measures, fitted: Model, limits: Calibration) -> Decided:
    """Decide on every cell of a deck.

    Parameters
    ----------
    measures : Measures
        Of the deck.
    fitted : Model
        The model.
    limits : Calibration
        Smallest places that count.

    Returns
    -------
    Decided
        Cells and places.

    Notes
    -----
    Missing deck is decided by column, over the whole width; scorch and hole by cell where the deck
    is not missing. Limits: a dark patch may be wet, oil, new asphalt or a shadow; none of these is
    told apart from soot.
    """
    rows, columns = measures.seen.shape
    share = scores(measures.maps, fitted.cells)
    share = np.stack(
        [
            cv2.GaussianBlur(share[..., at], (0, 0), max(0.8, rows * _SMOOTH))
            for at in range(len(CLASSES))
        ],
        axis=2,
    )
    seen_columns = measures.seen.mean(axis=0) > limits.value("min_column_seen")
    lost = scores(column_means(measures), fitted.columns)[:, COLUMNS.index("missing_deck")]
    lost = cv2.GaussianBlur(lost[None], (0, 0), max(1.0, rows * _SMOOTH_COLUMNS))[0]
    gone = _gone(lost, rows, seen_columns, limits)
    share = np.concatenate(
        [share, np.broadcast_to(lost[None, :, None], (rows, columns, 1))], axis=2
    )
    codes = np.full((rows, columns), NOTHING, uint8)
    best = _best(share, limits)
    for code, name in ((SCORCH, "scorch"), (HOLE, "hole")):
        codes[best == CLASSES.index(name)] = code
    codes[best == CLASSES.index("object")] = NOT_EXAMINED
    codes[:, gone] = MISSING
    codes[~measures.seen] = NOT_EXAMINED
    places = []
    for code in (MISSING, HOLE, SCORCH):
        for place in _places(codes, code, share, measures):
            if place.share < limits.value(f"min_{place.name}_share"):
                codes[place.cells] = NOTHING
            else:
                places.append(place)
    gaps = _runs((codes == MISSING).any(axis=0), columns)
    known = codes != NOT_EXAMINED
    shares = [share[..., CLASSES.index("nothing")][codes == NOTHING]] + [
        share[..., _ORDER.index(place.name)][place.cells] for place in places
    ]
    joined = np.concatenate(shares) if known.any() else np.zeros(1)
    places.sort(key=lambda each: -each.share)
    return Decided(
        codes, tuple(places), gaps, float(joined.mean()), float(known.mean()), measures.held
    )


def column_means(measures: Measures) -> NDArray[float64]:
    """Give the means of what is seen of each column.

    Parameters
    ----------
    measures : Measures
        Of a deck.

    Returns
    -------
    (columns, measures) float64
        Means across the width.
    """
    seen = measures.seen[..., None]
    return np.asarray((measures.maps * seen).sum(axis=0) / np.maximum(seen.sum(axis=0), 1))


def _gone(lost: NDArray[float64], rows: int, seen: Mask, limits: Calibration) -> Mask:
    """Tell the columns in which the deck is missing across its width."""
    gone = (lost > limits.value("min_missing_score")) & seen
    # A stretch between two gaps that is shorter than half a deck width is a slab in the gap.
    kernel = np.ones((1, max(1, rows // 2)), uint8)
    closed = cv2.morphologyEx(gone[None].astype(uint8), cv2.MORPH_CLOSE, kernel)
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, max(1, rows // 3)), uint8))
    return np.asarray(opened[0].astype(bool) & seen)


def _best(share: NDArray[float64], limits: Calibration) -> NDArray[np.int_]:
    raised = share.copy()
    # A class must beat "nothing" by a margin, or nothing is said; missing deck is decided apart.
    raised[..., CLASSES.index("nothing")] += limits.value("damage_margin")
    return np.asarray(raised[..., : len(CLASSES)].argmax(axis=2))


def _places(
    codes: NDArray[uint8],
    code: int,
    share: NDArray[float64],
    measures: Measures,
) -> list[Place]:
    count, labels = cv2.connectedComponents((codes == code).astype(uint8), connectivity=8)
    found = []
    for number in range(1, count):
        cells = np.asarray(labels == number)
        middle = np.median(measures.maps[cells], axis=0)
        told = ", ".join(
            f"{name.replace('_', ' ')} {middle[NAMES.index(name)]:.2f}" for name in _SHOWN
        )
        score = float(share[..., _ORDER.index(_NAMED[code])][cells].mean())
        found.append(Place(code, cells, float(cells.mean()), score, told))
    return found


def _runs(flags: Mask, length: int) -> tuple[tuple[float, float], ...]:
    steps = np.diff(np.r_[0, flags.astype(int), 0])
    starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    return tuple((float(a) / length, float(b) / length) for a, b in zip(starts, ends, strict=True))
