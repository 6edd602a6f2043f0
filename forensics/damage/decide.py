"""Name what the measures of a deck show: nothing, scorch, hole or missing deck, and where."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.calibration import Calibration
from forensics.damage.measures import NAMES, Measures
from forensics.damage.model import CLASSES, COLUMNS, STATES, Model, Weights, mean_scores, scores
from forensics.damage.strip import Mask
from forensics.model.damage import HOLE, MISSING, NOT_EXAMINED, NOTHING, SCORCH, FindingClass

_NAMED: dict[int, FindingClass] = {SCORCH: "scorch", HOLE: "hole", MISSING: "missing_deck"}
_CODES = {"none": NOTHING, "scorched": SCORCH, "holed": HOLE, "collapsed": MISSING}
_SMOOTH = 0.06
"""Scores are smoothed over so many deck widths (sigma): cells, not pixels, are decided on."""

_SMOOTH_COLUMNS, _SMOOTH_RUN = 0.15, 0.5
_SHOWN = ("texture_small", "darkening", "was_dark", "edges", "like_beside")

DECK = (
    "scorch_small",
    "scorch_top",
    "scorch_wide",
    "scorch_share",
    "hole_small",
    "hole_top",
    "hole_in_scorch",
    "hole_share",
    "missing_top",
    "missing_run",
    "missing_share",
    "missing_cells",
    "object_share",
    "held",
    "examined",
)
"""What the whole deck is judged by, see `summary`."""

_TOPS = {
    "scorch": {"scorch_small": 0.01, "scorch_top": 0.03, "scorch_wide": 0.1},
    "hole": {"hole_small": 0.003, "hole_top": 0.01},
}
_TOP_COLUMNS = 0.08
"""Shares of the deck over which the highest scores are averaged."""

_AROUND = 0.5
"""How far around a hole scorch is looked for, in deck widths (sigma)."""

_LEAST_SCORE = 1e-3


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
        Score of the state that it stands for, or for lesser damage the mean score of its class.
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
        Score of the state that was decided on.
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


@dataclass(frozen=True, eq=False)
class Scored:
    """What cells and columns score.

    Parameters
    ----------
    cells : (rows, columns, classes) float64
        Smoothed, by `CLASSES`.
    lost : (columns,) float64
        Score of missing deck across the whole width.
    seen : (rows, columns) bool
        Where both pictures show the deck.
    held : float
        Correlation of the textures over most of the deck.
    """

    cells: NDArray[float64]
    lost: NDArray[float64]
    seen: Mask
    held: float


def decide(measures: Measures, fitted: Model, limits: Calibration) -> Decided:
    """Decide on a deck as a whole, and where its damage is.

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
    Cells and columns are scored by their measures, the state of the deck by the highest of these
    scores and by how much of the deck reaches them. Places are then drawn for that state and for
    lesser ones, never for worse. Limits: a dark patch may be wet, oil, new asphalt or a shadow.
    """
    rows, columns = measures.seen.shape
    if not measures.seen.any():
        nothing = np.full((rows, columns), NOT_EXAMINED, uint8)
        return Decided(nothing, (), (), 0.0, 0.0, measures.held)
    scored = score(measures, fitted.cells, fitted.columns)
    states = scores(summary(scored, limits), DECK, fitted.deck)
    state, sure = STATES[int(states.argmax())], float(states.max())
    codes = np.full((rows, columns), NOTHING, uint8)
    best = scored.cells.argmax(axis=2)
    codes[best == CLASSES.index("object")] = NOT_EXAMINED
    for name in ("scorch", "hole"):
        found = best == CLASSES.index(name)
        codes[found] = SCORCH if name == "scorch" else HOLE
    if state == "collapsed":
        codes[:, _gone(scored, limits)] = MISSING
    codes[~measures.seen] = NOT_EXAMINED
    codes[(codes != NOT_EXAMINED) & (codes > _CODES[state])] = NOTHING
    if state != "none" and not (codes == _CODES[state]).any():
        codes[_likeliest(state, scored) & measures.seen] = _CODES[state]
    places = _kept(codes, state, sure, scored, measures, limits)
    if state != "none" and not any(place.code == _CODES[state] for place in places):
        sure = 0.0  # Damage that can be shown nowhere is not said to be there.
    gaps = _runs((codes == MISSING).any(axis=0), columns)
    examined = float((codes != NOT_EXAMINED).mean())
    return Decided(codes, places, gaps, sure, examined, measures.held)


def score(measures: Measures, cells: Sequence[Weights], columns: Sequence[Weights]) -> Scored:
    """Score the cells and the columns of a deck.

    Parameters
    ----------
    measures : Measures
        Of the deck.
    cells, columns : sequence of Weights
        The networks of each.

    Returns
    -------
    Scored
        Smoothed scores.
    """
    rows = measures.seen.shape[0]
    share = mean_scores(measures.maps, NAMES, cells)
    # A picture of five channels is more than cv2 blurs at once.
    blurred = [
        cv2.GaussianBlur(np.ascontiguousarray(share[..., at]), (0, 0), max(0.8, rows * _SMOOTH))
        for at in range(len(CLASSES))
    ]
    lost = mean_scores(column_means(measures), NAMES, columns)
    lost = lost[:, COLUMNS.index("missing_deck")]
    lost = cv2.GaussianBlur(lost[None], (0, 0), max(1.0, rows * _SMOOTH_COLUMNS))[0]
    return Scored(np.stack(blurred, axis=2), np.asarray(lost), measures.seen, measures.held)


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


def summary(scored: Scored, limits: Calibration) -> NDArray[float64]:
    """Sum the scores of a deck up.

    Parameters
    ----------
    scored : Scored
        Of its cells and columns.
    limits : Calibration
        How much of a column must be seen.

    Returns
    -------
    (len(DECK),) float64
        `*_small`, `*_top`, `*_wide`, `missing_run`: log odds of the mean over fewer or more of the
        highest scores; `hole_in_scorch` counts holes with scorch around; `*_share` and
        `missing_cells`: square root of the share of the deck, or of its length, whose likeliest
        class it is; the rest as it is.
    """
    seen = scored.seen
    if not seen.any():
        return np.zeros(len(DECK))
    best = scored.cells.argmax(axis=2)
    told: dict[str, float] = {}
    for name, tops in _TOPS.items():
        told |= {
            key: _top(scored.cells[..., CLASSES.index(name)][seen], top)
            for key, top in tops.items()
        }
        told[f"{name}_share"] = float((best == CLASSES.index(name))[seen].mean()) ** 0.5
    scorch, hole = (
        np.ascontiguousarray(scored.cells[..., CLASSES.index(name)]) for name in ("scorch", "hole")
    )
    around = cv2.GaussianBlur(scorch + hole, (0, 0), max(1.0, seen.shape[0] * _AROUND))
    told["hole_in_scorch"] = _top((hole * around)[seen], _TOPS["hole"]["hole_top"])
    known = seen.mean(axis=0) > limits.value("min_column_seen")
    lost = scored.lost[known] if known.any() else np.zeros(1)
    told["missing_top"] = _top(lost, _TOP_COLUMNS)
    told["missing_share"] = float((lost > limits.value("min_missing_score")).mean()) ** 0.5
    wide = np.ascontiguousarray(lost)[None]
    wide = cv2.GaussianBlur(wide, (0, 0), max(1.0, seen.shape[0] * _SMOOTH_RUN))[0]
    told["missing_run"] = _top(wide, _TOP_COLUMNS)
    for name, of in (("missing_cells", "missing_deck"), ("object_share", "object")):
        told[name] = float((best == CLASSES.index(of))[seen].mean()) ** 0.5
    told["held"], told["examined"] = scored.held, float(seen.mean())
    return np.array([told[name] for name in DECK])


def _top(values: NDArray[float64], share: float) -> float:
    """Give the log odds of the mean of the highest values."""
    count = max(1, round(share * values.size))
    mean = float(np.sort(values.ravel())[-count:].mean())
    mean = min(max(mean, _LEAST_SCORE), 1 - _LEAST_SCORE)
    return float(np.log(mean / (1 - mean)))


def _likeliest(state: str, scored: Scored) -> Mask:
    """Give the cells that speak most for a state that no cell reaches by itself."""
    if state == "collapsed":
        high = scored.lost >= np.quantile(scored.lost, 1 - _TOP_COLUMNS)
        return np.broadcast_to(high, scored.seen.shape)
    name = _NAMED[_CODES[state]]
    told = np.where(scored.seen, scored.cells[..., CLASSES.index(name)], -1.0)
    return np.asarray(told >= np.quantile(told[scored.seen], 1 - _TOPS[name][f"{name}_top"]))


def _gone(scored: Scored, limits: Calibration) -> Mask:
    """Tell the columns in which the deck is missing across its width."""
    rows = scored.seen.shape[0]
    seen = scored.seen.mean(axis=0) > limits.value("min_column_seen")
    gone = (scored.lost > limits.value("min_missing_score")) & seen
    # A stretch between two gaps that is shorter than half a deck width is a slab in the gap.
    kernel = np.ones((1, max(1, rows // 2)), uint8)
    closed = cv2.morphologyEx(gone[None].astype(uint8), cv2.MORPH_CLOSE, kernel)
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, max(1, rows // 3)), uint8))
    return np.asarray(opened[0].astype(bool) & seen)


def _kept(
    codes: NDArray[uint8],
    state: str,
    sure: float,
    scored: Scored,
    measures: Measures,
    limits: Calibration,
) -> tuple[Place, ...]:
    """Find the places, and take those that are too small out of the codes."""
    places: list[Place] = []
    for code in (MISSING, HOLE, SCORCH):
        found = _places(codes, code, scored, measures)
        large = [each for each in found if each.share >= limits.value(f"min_{each.name}_share")]
        if code == _CODES[state]:
            # The state was decided on the whole deck: its largest place stands, however small.
            large = [
                Place(each.code, each.cells, each.share, sure, each.because)
                for each in large or sorted(found, key=lambda each: -each.share)[:1]
            ]
        for each in found:
            if not any(each.cells is kept.cells for kept in large):
                codes[each.cells] = NOTHING
        places += large
    return tuple(sorted(places, key=lambda each: -each.share))


def _places(codes: NDArray[uint8], code: int, scored: Scored, measures: Measures) -> list[Place]:
    count, labels = cv2.connectedComponents((codes == code).astype(uint8), connectivity=8)
    name = _NAMED[code]
    told = scored.cells[..., CLASSES.index(name)]
    found = []
    for number in range(1, count):
        cells = np.asarray(labels == number)
        middle = np.median(measures.maps[cells], axis=0)
        because = ", ".join(
            f"{each.replace('_', ' ')} {middle[NAMES.index(each)]:.2f}" for each in _SHOWN
        )
        mean = float(told[cells].mean())
        found.append(Place(code, cells, float(cells.mean()), mean, because))
    return found


def _runs(flags: Mask, length: int) -> tuple[tuple[float, float], ...]:
    steps = np.diff(np.r_[0, flags.astype(int), 0])
    starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    return tuple((float(a) / length, float(b) / length) for a, b in zip(starts, ends, strict=True))
