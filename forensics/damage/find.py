"""Find the deck of a bridge in one picture, without a person."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import cv2
import numpy as np
from msgspec import Struct, convert
from numpy import float32, float64, uint8
from numpy.typing import NDArray

from forensics.calibration import Calibration, load
from forensics.damage.find_bands import BAND_MEASURES, Band, lab, measure_band, unlike_beside
from forensics.damage.find_edges import outlined, refined, rivals_px
from forensics.damage.find_ends import EndWeights, place_ends
from forensics.damage.find_lines import Ends, Lines, Points, find_lines, pair_lines
from forensics.model.outcome import Absent
from forensics.vision.views import grey

CALIBRATION = "damage.find"

WORK_SIDE_PX = 720
"""Longest side of the picture in which a deck is looked for; small ones are enlarged to twice."""

_LARGEST = 2.0
_CLIP = 4.0
_TINY = 1e-6
_SHOWN = ("cover_less", "contrast_less", "sides_differ", "inner_edge", "bank_more")


class FindWeights(Struct, frozen=True):
    """A logistic regression on the measures of a band, their squares and products.

    Parameters
    ----------
    measures : tuple of str
        Their names, in order.
    centre, scale : tuple of float
        By measure: subtracted, divided by.
    weights : tuple of float
        One for each term: 1, the measures, and the products of two.
    """

    measures: tuple[str, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]


class FoundWeights(Struct, frozen=True):
    """All that was fitted.

    Parameters
    ----------
    bands : FindWeights
        Which band is a deck.
    ends : EndWeights
        Where it ends.
    """

    bands: FindWeights
    ends: EndWeights


@dataclass(frozen=True, eq=False)
class FoundDeck:
    """A deck that was found.

    Parameters
    ----------
    polygon : (4, 2) float64
        Outline, (x, y), pixel centres: along one edge, back along the other; begins at the end
        further left. Reaches outside the picture where the deck does.
    confidence : float
        0 to 1: how often bands of this score overlapped the true deck by 0.8 or more across, that
        is, how sure both long edges are; the ends are less so.
        Calibrated on rendered bridges and photographs without any; not a probability elsewhere.
    edges_px : float
        90 % bound of how far off its two long edges are.
    because : str
        The measures of the band, in words and numbers.
    """

    polygon: Points
    confidence: float
    edges_px: float
    because: str


def find_deck(picture: NDArray[uint8]) -> FoundDeck | Absent:
    """Find the outline of a road bridge's deck.

    Use it where no person drew one; a drawn outline is better.

    Parameters
    ----------
    picture : (H, W, 3) uint8
        The picture, sRGB, R-G-B, the right way up.

    Returns
    -------
    FoundDeck or Absent
        The likeliest band, or that none is likely enough.

    Notes
    -----
    Long lines are paired to bands whose edges meet in one vanishing point; what is inside, beside
    and beyond each is measured, and a logistic regression names the likeliest. Its edges are then
    moved to where the brightness changes most; its ends are where the ground on both sides changes.

    *Convention*: the outline is in pixels of the picture as given.

    Limits: one straight band; a curved deck is not found, of two beside each other one is. Seen
    from below or at the height of the deck none is found. A pier, a road through water or a wall
    may look the same.
    """
    limits = load(CALIBRATION)
    reason = _unfit(picture, limits)
    if reason:
        return Absent("not_applicable", reason, "Draw the outline of the deck")
    small, factor = resized(picture)
    bands = find_bands(small)
    if not bands:
        return _nothing("No two long lines make a band")
    fitted = fitted_weights()
    scores = score_bands(np.stack([each.measures for each in bands]), fitted.bands)
    best = int(scores.argmax())
    sure = calibrated(float(scores[best]), limits)
    if sure < limits.value("min_confidence"):
        return _nothing(f"The likeliest band scores {sure:.2f}")
    if unlike_beside(bands[best]) < limits.value("min_unlike_beside"):
        return _nothing("The likeliest band is made of what is beside it")
    edges = refined(grey(small), bands[best])
    polygon = outlined(edges, *place_ends(bands[best], fitted.ends))
    spread = rivals_px(bands, scores, best)
    bound = limits.value("edge_floor_px") + limits.value("edge_factor") * spread
    told = bands[best].measures[[BAND_MEASURES.index(each) for each in _SHOWN]]
    named = zip(_SHOWN, told, strict=True)
    because = ", ".join(f"{name.replace('_', ' ')} {value:.2f}" for name, value in named)
    return FoundDeck(
        (polygon + 0.5) / factor - 0.5, round(sure, 4), round(bound / factor, 2), because
    )


def find_bands(picture: NDArray[uint8]) -> list[Band]:
    """Give every band of a picture that its long lines make.

    Parameters
    ----------
    picture : (H, W, 3) uint8
        The picture at the size that is worked on.

    Returns
    -------
    list of Band
        In a fixed order; may be empty.
    """
    luma = grey(picture)
    lines = find_lines(luma)
    pairs = pair_lines(lines, luma.shape)
    colours = lab(picture) if pairs else np.zeros((0, 0, 3), float32)
    found = []
    for one, two, corners in pairs:
        first, second = corners[:2], corners[[3, 2]]
        if _off(lines, one, first) > _off(lines, two, first):
            one, two = two, one  # noqa: PLW2901  the corners begin with the nearer edge
        pieces = _shares(lines, one, first), _shares(lines, two, second)
        found.append(measure_band(colours, corners, pieces, crowd=len(pairs)))
    return found


@cache
def fitted_weights() -> FoundWeights:
    """Load the weights that ship with the package.

    Returns
    -------
    FoundWeights
        As fitted by ``benchmarks/accuracy/damage/finding.py``.
    """
    file = resources.files("forensics.calibration") / "damage.find.weights.json"
    return convert(json.loads(file.read_text("utf-8")), FoundWeights)


def band_terms(
    measures: NDArray[float64], centre: NDArray[float64], scale: NDArray[float64]
) -> NDArray[float64]:
    """Give the terms of the regression: 1, the measures, products of two.

    Parameters
    ----------
    measures : (N, M) float64
        Of some bands.
    centre, scale : (M,) float64
        Subtracted, divided by.

    Returns
    -------
    (N, T) float64
        Terms.
    """
    unit = np.clip((measures - centre) / scale, -_CLIP, _CLIP)
    upper = np.triu_indices(unit.shape[1])
    products = unit[:, upper[0]] * unit[:, upper[1]]
    return np.concatenate([np.ones((len(unit), 1)), unit, products], axis=1)


def score_bands(measures: NDArray[float64], fitted: FindWeights) -> NDArray[float64]:
    """Score bands.

    Parameters
    ----------
    measures : (N, M) float64
        Of some bands.
    fitted : FindWeights
        The regression.

    Returns
    -------
    (N,) float64
        0 to 1.
    """
    chosen = measures[:, [BAND_MEASURES.index(each) for each in fitted.measures]]
    terms = band_terms(chosen, np.array(fitted.centre), np.array(fitted.scale))
    logits = terms @ np.array(fitted.weights)
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -50, 50))))


def calibrated(score: float, limits: Calibration) -> float:
    """Turn a score into how often outlines of this score are right.

    Parameters
    ----------
    score : float
        Of a band.
    limits : Calibration
        Offset and slope.

    Returns
    -------
    float
        0 to 1.
    """
    odds = np.log(max(score, _TINY) / max(1 - score, _TINY))
    odds = limits.value("confidence_offset") + limits.value("confidence_slope") * odds
    return float(1 / (1 + np.exp(-odds)))


def _unfit(picture: NDArray[uint8], limits: Calibration) -> str | None:
    if min(picture.shape[:2]) < limits.value("min_side_px"):
        return f"The picture is only {picture.shape[1]} x {picture.shape[0]} pixels"
    if max(picture.shape[:2]) > limits.value("max_aspect") * min(picture.shape[:2]):
        return "The picture is a narrow strip"
    return None


def _nothing(why: str) -> Absent:
    return Absent("not_present", f"No deck of a bridge was found. {why}", "Draw its outline")


def resized(picture: NDArray[uint8]) -> tuple[NDArray[uint8], float]:
    """Bring a picture to the size that is worked on.

    Parameters
    ----------
    picture : (H, W, 3) uint8
        The picture.

    Returns
    -------
    resized : (H, W, 3) uint8
        Larger or smaller.
    factor : float
        Its width over that of the picture.
    """
    height, width = picture.shape[:2]
    factor = min(_LARGEST, WORK_SIDE_PX / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(picture, size, interpolation=way)
    return np.asarray(resized, dtype=uint8), size[0] / width


def _off(lines: Lines, at: int, edge: Points) -> float:
    normal = np.array([-lines.along[at][1], lines.along[at][0]])
    return float(np.abs((edge - lines.middle[at]) @ normal).max())


def _shares(lines: Lines, at: int, edge: Points) -> Ends:
    """Give where the segments of a line lie on an edge, as shares of its length."""
    axis = edge[1] - edge[0]
    ends = lines.middle[at] + lines.along[at] * lines.pieces[at].reshape(-1, 1)
    return np.sort(((ends - edge[0]) @ axis / (axis @ axis)).reshape(-1, 2), axis=1)
