"""Compare two pictures of a bridge: lay them over each other, examine the deck, name its state."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from msgspec import structs
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.calibration import Calibration, load
from forensics.damage.decide import Decided, Place, decide
from forensics.damage.draw import in_before, on_strip, outline
from forensics.damage.find import FoundDeck, find_deck
from forensics.damage.measures import measure
from forensics.damage.model import fitted_model
from forensics.damage.register import Laid, register
from forensics.damage.shifts import rival_shift
from forensics.damage.strip import Strip, lay_strip, narrower, unroll
from forensics.damage.veil import CALIBRATION as VEIL_CALIBRATION
from forensics.damage.veil import hidden_columns
from forensics.model.damage import (
    HOLE,
    MISSING,
    NOT_EXAMINED,
    NOTHING,
    SCORCH,
    Damage,
    DamageFinding,
    Deck,
    Gap,
    Matrix,
    Registration,
    State,
)
from forensics.model.outcome import Absent
from forensics.vision.alignment import Matrix3, moved, resizing
from forensics.vision.views import fit

CALIBRATION = "damage.decide"

_LONGEST_DECK_PX = 700
"""Pictures on which the deck is longer are shrunk to it: the strip holds no more, and everything is
measured on pictures of that size."""

_STATES: dict[int, State] = {MISSING: "collapsed", HOLE: "holed", SCORCH: "scorched"}
_NO_GAP = Gap(0.0, None, ())
_SCORCH_NOTE = "Scorch is an appearance: a dark patch may also be a shadow, wet, oil or new asphalt"
_LOOK = "Look at both strips"
_DRAW_IT = "Draw its outline on the before picture"
_RIVAL = (
    "The deck fits as well further along, as one of equal spans does with nothing else in sight. "
    "What would help: four points marked by a person"
)


@dataclass(frozen=True, eq=False)
class DamageComparison:
    """What happened to the deck between two pictures.

    Parameters
    ----------
    registration : Registration
        How the pictures lie on each other.
    deck : Deck
        What was examined.
    damage : Damage
        What was found; its mask has no path yet.
    mask : (H, W) uint8 or None
        In the frame of the before picture, codes of `forensics.model.damage`.
    strips : tuple of (rows, columns, 3) uint8
        Before and after, unrolled; empty unless registered.
    errors_px : (along, across) float64 or None
        90 % bound by point of the deck; NaN where not seen by both.
    corners : (4, 2) float64 or None
        Of the deck in the before picture.
    cells : (rows, columns) uint8 or None
        The mask's codes on the strips.
    """

    registration: Registration
    deck: Deck
    damage: Damage
    mask: NDArray[uint8] | None
    strips: tuple[NDArray[uint8], ...]
    errors_px: NDArray[float64] | None
    corners: NDArray[float64] | None
    cells: NDArray[uint8] | None = None


def compare_views(
    before: NDArray[uint8],
    after: NDArray[uint8],
    *,
    deck: NDArray[float64] | None = None,
    tie_points: NDArray[float64] | None = None,
) -> DamageComparison:
    """Compare two pictures of a bridge.

    Parameters
    ----------
    before, after : (H, W, 3) uint8
        The two pictures, sRGB, R-G-B, the right way up.
    deck : (N, 2) float64, optional
        Outline of the deck in the before picture, (x, y), pixel centres; may reach outside it.
        Without it the deck is looked for; that is less sure, above all of its ends.
    tie_points : (N, 4) float64, optional
        Points of the deck marked by a person, at least four: x and y before, x and y after.

    Returns
    -------
    DamageComparison
        State, findings, gap, mask; undetermined with a reason where it would be a guess.

    Raises
    ------
    DeckError
        When the outline cannot be used.

    Notes
    -----
    *Convention*: the homography maps after -> before; all regions are in the before picture.
    Limits: the underside and the piers are not examined. Calibrated on rendered scenes.
    """
    found = find_deck(before) if deck is None else None
    if isinstance(found, Absent):
        reason = f"No deck was drawn, and none was found: {found.detail}. {_DRAW_IT}"
        missing = Registration("refused", reason, 0, 0.0, None, None)
        return _undetermined(reason, missing, Deck("none", None, None, None, 0.0), None)
    strip = lay_strip(np.asarray(deck if found is None else found.polygon, dtype=float64))
    examined = _deck(strip, found)
    near, far, scales = _shrunk(before, after, strip)
    small = lay_strip(moved(strip.corners, _back(scales[0])))
    ties = None if tie_points is None else _scaled(tie_points, scales)
    laid = register(near, far, small, tie_points=ties)
    strip = Strip(small.grid, scales[0] @ small.matrix, strip.corners)
    told = structs.replace(_told(laid, strip, scales), tie_points=0 if ties is None else len(ties))
    if laid.reason is not None or laid.matrix is None:
        return _undetermined(laid.reason or "", told, examined, strip)
    if laid.mirrored:
        reason = "One of the pictures is a mirror image: turn it over, then compare again"
        return _undetermined(reason, told, examined, strip)
    one, seen = unroll(near, small.matrix, strip.grid)
    other, too = unroll(far, laid.matrix, strip.grid)
    if ties is None and rival_shift(one, other, seen & too, strip.grid).is_rival:
        told = Registration("refused", _RIVAL, told.inliers, told.support, None, None)
        return _undetermined(_RIVAL, told, examined, strip)
    limits = load(CALIBRATION)
    hidden = hidden_columns((near, far), (small.matrix, laid.matrix), strip.grid)
    open_ones = seen & too
    open_ones[:, strip.grid.deck[1]] &= ~hidden
    measures = measure(one, other, open_ones, strip.grid)
    rows, narrow = narrower(strip.grid, limits.value("narrower"))
    inner = measure(one[rows], other[rows], open_ones[rows], narrow)
    decided = decide(measures, fitted_model(), limits, inner=inner)
    damage = _beside_veil(_damage(decided, strip, limits), decided, hidden)
    codes = decided.codes
    if damage.state == "undetermined":
        # What was not settled is not drawn as damage either.
        codes = np.where(codes == NOTHING, NOTHING, NOT_EXAMINED).astype(uint8)
    return DamageComparison(
        told,
        structs.replace(examined, examined_fraction=round(decided.examined, 4)),
        damage,
        in_before(codes, strip, before.shape[:2]),
        (one, other),
        None if laid.errors_px is None else laid.errors_px * scales[0][0, 0],
        strip.corners,
        on_strip(codes, strip),
    )


def _damage(decided: Decided, strip: Strip, limits: Calibration) -> Damage:
    findings = tuple(_finding(each, strip) for each in decided.places)
    gap = Gap(sum(end - start for start, end in decided.gaps), None, decided.gaps)
    if decided.examined < limits.value("min_examined"):
        reason = f"Only {decided.examined:.0%} of the deck can be examined in both pictures"
        return _open(reason)
    state, sure, firm = likeliest(decided, limits)
    if not firm:
        reason = f"The measures do not settle it: likeliest {state}, score {sure:.2f}. {_LOOK}"
        return Damage("undetermined", reason, sure, (), _NO_GAP, None)
    if state == "none" and decided.unexplained > limits.value("max_unexplained"):
        reason = (
            f"The measures do not settle it: likeliest none, score {sure:.2f}, but a patch as "
            f"large as {decided.unexplained:.1f} squares of the deck's width changed its "
            f"brightness and lost its texture: a vehicle, or damage of a kind not known. {_LOOK}"
        )
        return Damage("undetermined", reason, sure, (), _NO_GAP, None)
    return Damage(state, _reason(decided, state), sure, findings, gap, None)


def _beside_veil(damage: Damage, decided: Decided, hidden: NDArray[np.bool_]) -> Damage:
    """Leave open what smoke, flames or cloud hide: their thin edges look like damage."""
    share = float(hidden.mean())
    if share < load(VEIL_CALIBRATION).value("min_hidden_share"):
        return damage
    said = f"{share:.0%} of the deck's length is hidden, as by smoke, flames or cloud"
    if damage.state == "undetermined":
        return _open(f"{said}. {damage.reason}")
    if damage.state == "none":
        return _open(f"{said}; no change was found on the rest")
    worst = max(each.code for each in decided.places)
    reach = 2 * decided.codes.shape[0] + 1
    near = cv2.dilate(hidden[None].astype(uint8), np.ones((1, reach), uint8))[0] > 0
    if any(each.cells[:, near].any() for each in decided.places if each.code == worst):
        return _open(f"{said}, and what looks {damage.state} lies beside that")
    return structs.replace(damage, reason=f"{damage.reason}. {said}")


def _open(reason: str) -> Damage:
    return Damage("undetermined", reason, None, (), _NO_GAP, None)


def likeliest(decided: Decided, limits: Calibration) -> tuple[State, float, bool]:
    """Give the state that the worst place stands for, and whether its score suffices.

    Parameters
    ----------
    decided : Decided
        What was decided on the cells.
    limits : Calibration
        Scores that suffice.

    Returns
    -------
    state : str
        The worst.
    score : float
        Of its surest place, or of what is called undamaged.
    firm : bool
        Whether the score suffices to say so.
    """
    worst = max((each.code for each in decided.places), default=0)
    state: State = _STATES[worst] if worst else "none"
    scores = [each.confidence for each in decided.places if each.code == worst]
    score = round(max(scores, default=decided.sureness), 4)
    firm = score >= limits.value(f"min_{state}_score") and decided.held >= limits.value("min_held")
    return state, score, firm


def _reason(decided: Decided, state: State) -> str:
    if state == "none":
        return (
            f"No change found on {decided.examined:.0%} of the deck surface; "
            "underside and piers not examined"
        )
    worst = max(decided.places, key=lambda each: each.code)
    told = f"{worst.name.replace('_', ' ')} on {worst.share:.1%} of the deck: {worst.because}"
    return f"{told}. {_SCORCH_NOTE}" if state == "scorched" else told


def _finding(place: Place, strip: Strip) -> DamageFinding:
    return DamageFinding(
        place.name,
        outline(place.cells, strip),
        round(place.share, 4),
        round(place.confidence, 4),
        place.because,
    )


def _shrunk(
    before: NDArray[uint8], after: NDArray[uint8], strip: Strip
) -> tuple[NDArray[uint8], NDArray[uint8], tuple[Matrix3, Matrix3]]:
    """Shrink large pictures to what the strip can hold; give the maps back to their own pixels."""
    factor = min(1.0, _LONGEST_DECK_PX / max(strip.extent_px))
    longest = max(1, round(max(before.shape[:2]) * factor))
    near, far = (fit(each, longest_side_px=longest) for each in (before, after))
    back = tuple(
        resizing((small.shape[1], small.shape[0]), (whole.shape[1], whole.shape[0]))
        for small, whole in ((near, before), (far, after))
    )
    return near, far, (back[0], back[1])


def _scaled(ties: NDArray[float64], scales: tuple[Matrix3, Matrix3]) -> NDArray[float64]:
    table = np.asarray(ties, dtype=float64)
    ends = table[:, :2], table[:, 2:]
    pairs = zip(ends, scales, strict=True)
    return np.hstack([moved(each, _back(scale)) for each, scale in pairs])


def _back(matrix: Matrix3) -> Matrix3:
    return np.asarray(np.linalg.inv(matrix), dtype=float64)


def _told(laid: Laid, strip: Strip, scales: tuple[Matrix3, Matrix3]) -> Registration:
    support = round(laid.support, 4)
    if laid.matrix is None:
        return Registration("refused", laid.reason, laid.inliers, support, None, None)
    whole = replace(laid, matrix=scales[1] @ laid.matrix)
    rows = whole.homography(strip).tolist()
    matrix: Matrix = tuple(tuple(row) for row in rows)  # type: ignore[assignment]  # 3 x 3
    error = round(laid.error_px * float(scales[0][0, 0]), 2)
    return Registration("registered", None, laid.inliers, support, error, matrix, laid.mirrored)


def _deck(strip: Strip, found: FoundDeck | None) -> Deck:
    region = tuple((round(float(x), 2), round(float(y), 2)) for x, y in strip.corners)
    length, width = (round(each, 1) for each in strip.extent_px)
    if found is None:
        return Deck("drawn", region, length, width, 0.0)
    sure, edges_px = round(found.confidence, 4), round(found.edges_px, 2)
    return Deck("found", region, length, width, 0.0, sure, edges_px)


def _undetermined(
    reason: str, registration: Registration, deck: Deck, strip: Strip | None
) -> DamageComparison:
    damage = _open(reason)
    corners = None if strip is None else strip.corners
    return DamageComparison(registration, deck, damage, None, (), None, corners)
