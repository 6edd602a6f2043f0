"""Name what the measures of a deck show: nothing, scorch, hole or missing deck, and where."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy import float32, float64, uint8
from numpy.typing import NDArray

from forensics.calibration import Calibration
from forensics.damage.cells import CLASSES, ROWS, Cells, cell_scores, cells_of
from forensics.damage.measures import NAMES, Measures
from forensics.damage.model import STATES, Model, scores
from forensics.damage.strip import Mask
from forensics.damage.summary import (
    DECK,
    TOP_COLUMNS,
    TOPS,
    Scored,
    missing_columns,
    score,
    summary,
)
from forensics.model.damage import HOLE, MISSING, NOT_EXAMINED, NOTHING, SCORCH, FindingClass

_NAMED: dict[int, FindingClass] = {SCORCH: "scorch", HOLE: "hole", MISSING: "missing_deck"}
_CODES = {"none": NOTHING, "scorched": SCORCH, "holed": HOLE, "collapsed": MISSING}
_HALF = 0.5
_FLAT_AXES = 2
_SHOWN = ("texture_small", "darkening", "was_dark", "edges", "like_beside")


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
    unexplained : float
        Area of the largest patch that changed much and is not drawn as damage, in squares of the
        deck's width.
    """

    codes: NDArray[uint8]
    places: tuple[Place, ...]
    gaps: tuple[tuple[float, float], ...]
    sureness: float
    examined: float
    held: float
    unexplained: float = 0.0


def decide(
    measures: Measures, fitted: Model, limits: Calibration, *, inner: Measures | None = None
) -> Decided:
    """Decide on a deck as a whole, and where its damage is.

    Parameters
    ----------
    measures : Measures
        Of the deck.
    fitted : Model
        The model.
    limits : Calibration
        Smallest places that count.
    inner : Measures, optional
        Of the deck without a part of its width at either side.

    Returns
    -------
    Decided
        Cells and places.

    Notes
    -----
    Cells are scored by their measures and by what is around them, the state of the deck by the
    highest of these scores and by how much of the deck reaches them. Places are then drawn for that
    state and for lesser ones, never for worse. Missing deck is drawn across the whole width, from
    change to change of the columns' scores. Limits: a dark patch may be wet, oil, new asphalt or a
    shadow.
    """
    rows, columns = measures.seen.shape
    if not measures.seen.any():
        nothing = np.full((rows, columns), NOT_EXAMINED, uint8)
        return Decided(nothing, (), (), 0.0, 0.0, measures.held)
    cells, scored, states = _judged(measures, fitted, limits)
    if inner is not None:
        # An outline that takes in what is beside the deck makes soot look like a missing deck.
        states = (states + _judged(inner, fitted, limits)[2]) / 2
    state, sure = STATES[int(states.argmax())], float(states.max())
    shares = _by_pixel(scored.shares, (rows, columns))
    codes = _codes(state, shares, limits)
    gone = missing_columns(scored, limits) & (state == "collapsed")
    codes[:, _by_pixel(gone.astype(float32)[None], (1, columns))[0] > _HALF] = MISSING
    codes[~measures.seen] = NOT_EXAMINED
    if state != "none" and not (codes == _CODES[state]).any():
        codes[_likeliest(state, shares, measures.seen) & measures.seen] = _CODES[state]
    places = _kept(codes, state, sure, shares, measures, limits)
    if state != "none" and not any(place.code == _CODES[state] for place in places):
        sure = 0.0  # Damage that can be shown nowhere is not said to be there.
    gaps = _runs(gone, len(gone)) if (codes == MISSING).any() else ()
    examined = float((codes != NOT_EXAMINED).mean())
    unexplained = _unexplained(cells, codes, limits)
    return Decided(codes, places, gaps, sure, examined, measures.held, unexplained)


def _judged(
    measures: Measures, fitted: Model, limits: Calibration
) -> tuple[Cells, Scored, NDArray[float64]]:
    """Give the cells of a deck, what they score, and what the states of the deck score by it."""
    cells = cells_of(measures)
    scored = score(cell_scores(cells, fitted.cells), cells, measures.held, limits)
    return cells, scored, scores(summary(scored, limits), DECK, fitted.deck)


def _by_pixel(cells: NDArray[float32], shape: tuple[int, int]) -> NDArray[float32]:
    """Interpolate what is known by cell to the pixels of the strip."""
    size = (shape[1], shape[0])
    planes = cells if cells.ndim > _FLAT_AXES else cells[..., None]
    # A picture of five channels is more than cv2 enlarges at once.
    grown = [
        cv2.resize(np.ascontiguousarray(planes[..., at]), size, interpolation=cv2.INTER_LINEAR)
        for at in range(planes.shape[2])
    ]
    return np.asarray(np.stack(grown, axis=2), float32).reshape(*shape, *cells.shape[2:])


def _codes(state: str, shares: NDArray[float32], limits: Calibration) -> NDArray[uint8]:
    """Give the likeliest class of each pixel, but none worse than the state of the deck."""
    weights = np.ones(len(CLASSES), float32)
    weights[CLASSES.index("hole")] = limits.value("hole_weight")
    best = (shares * weights).argmax(axis=2)
    codes = np.full(best.shape, NOTHING, uint8)
    codes[best == CLASSES.index("object")] = NOT_EXAMINED
    for name, code in (("scorch", SCORCH), ("hole", HOLE)):
        if code <= _CODES[state]:
            codes[best == CLASSES.index(name)] = code
    return codes


def _unexplained(cells: Cells, codes: NDArray[uint8], limits: Calibration) -> float:
    """Measure the largest patch that is much darker or lighter and lost its texture.

    What the networks never saw they may take for an object or for nothing; such a patch is a
    reason not to call the deck whole.
    """
    darkening, texture = (cells.maps[NAMES.index(name)] for name in ("darkening", "texture_small"))
    changed = np.abs(darkening) > limits.value("min_strong_darkening")
    changed &= (texture < -limits.value("min_lost_texture")) & cells.seen
    size = (cells.seen.shape[1], ROWS)
    drawn = cv2.resize(codes, size, interpolation=cv2.INTER_NEAREST)
    changed &= ~np.isin(drawn, (SCORCH, HOLE, MISSING))
    whole = cv2.morphologyEx(changed.astype(uint8), cv2.MORPH_OPEN, np.ones((3, 3), uint8))
    _, _, found, _ = cv2.connectedComponentsWithStats(whole, connectivity=8)
    return float(found[1:, cv2.CC_STAT_AREA].max(initial=0)) / ROWS**2


def _likeliest(state: str, shares: NDArray[float32], seen: Mask) -> Mask:
    """Give the pixels that speak most for a state that none reaches by itself."""
    name = _NAMED[_CODES[state]]
    told = np.where(seen, shares[..., CLASSES.index(name)], -1.0)
    if state == "collapsed":
        lost = told.mean(axis=0)
        return np.broadcast_to(lost >= np.quantile(lost, 1 - TOP_COLUMNS), seen.shape)
    return np.asarray(told >= np.quantile(told[seen], 1 - TOPS[name][f"{name}_top"]))


def _kept(
    codes: NDArray[uint8],
    state: str,
    sure: float,
    shares: NDArray[float32],
    measures: Measures,
    limits: Calibration,
) -> tuple[Place, ...]:
    """Find the places, and take those that are too small out of the codes."""
    places: list[Place] = []
    for code in (MISSING, HOLE, SCORCH):
        found = _places(codes, code, shares, measures)
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


def _places(
    codes: NDArray[uint8], code: int, shares: NDArray[float32], measures: Measures
) -> list[Place]:
    count, labels = cv2.connectedComponents((codes == code).astype(uint8), connectivity=8)
    name = _NAMED[code]
    told = shares[..., CLASSES.index(name)]
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
