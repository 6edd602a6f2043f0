"""Where a band stops being a deck: the bank, the end of the parapets, a joint."""

import numpy as np
from msgspec import Struct
from numpy import float32, float64
from numpy.typing import NDArray

from forensics.damage.find_bands import COLUMNS, REACH, ROWS, Band, bank_places

END_MEASURES = (
    "leaves_picture",
    "sides_change_less",
    "sides_change_more",
    "rims_change_less",
    "rims_change_more",
    "contrast_drops",
    "joint",
    "outside_unlike_water",
    "inside_unlike_water",
    "place",
    "place_squared",
    "off_first_bank",
    "off_last_bank",
    "deck_changes",
    "rims_step_less",
    "rims_step_more",
    "rims_change_long",
)
"""What is measured at every place where the deck may end, in this order."""

_FARTHEST = COLUMNS // 2
"""Ends are looked for in the outer halves of the band."""

_SHORT, _WINDOW, _LONG = 3, 6, 12
"""Columns before and after a place that are compared."""

_RIM_OUT, _RIM_IN = 0.06, 0.1
_BESIDE = (0.12, 0.7)
_DECK = 0.15
_MIDDLE = slice(COLUMNS // 3, COLUMNS - COLUMNS // 3)
_EVEN, _FAR = 4.0, 8.0
_MOST_WIDTHS = 3.0
_HALF = 0.5


class EndWeights(Struct, frozen=True):
    """A choice among places, by a weighted sum of what is measured at each.

    Parameters
    ----------
    centre, scale : tuple of float
        By measure: subtracted, divided by.
    weights : tuple of float
        By measure.
    """

    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]


def place_ends(band: Band, fitted: EndWeights) -> tuple[float, float]:
    """Give where the deck of a band starts and ends.

    Parameters
    ----------
    band : Band
        The band.
    fitted : EndWeights
        The choice.

    Returns
    -------
    start, end : float
        Shares of the band's length; 0 and 1 where the deck leaves the picture.

    Notes
    -----
    Of the scores over all places the median is taken: half of what speaks for an end lies on
    either side of it.
    """
    places = []
    for backwards in (False, True):
        measured = end_measures(band, backwards=backwards)
        unit = (measured - np.array(fitted.centre)) / np.array(fitted.scale)
        logits = unit @ np.array(fitted.weights)
        share = np.exp(logits - logits.max())
        reached = np.cumsum(share) / share.sum()
        places.append(float((reached >= _HALF).argmax()) / COLUMNS)
    return places[0], 1 - places[1]


def end_measures(band: Band, *, backwards: bool) -> NDArray[float64]:
    """Measure every place where a band's deck may start, or end.

    Parameters
    ----------
    band : Band
        The band, with its strip.
    backwards : bool
        From its other end.

    Returns
    -------
    (places, len(END_MEASURES)) float64
        From the border of the picture inwards, a column each.
    """
    strip = band.strip[:, ::-1] if backwards else band.strip
    across = np.linspace(-REACH, 1 + REACH, ROWS)
    deck = np.median(strip[(across > _DECK) & (across < 1 - _DECK)], axis=0)
    rims = [
        strip[(across >= -_RIM_OUT) & (across <= _RIM_IN)].mean(axis=0),
        strip[(across >= 1 - _RIM_IN) & (across <= 1 + _RIM_OUT)].mean(axis=0),
    ]
    sides = [
        np.median(strip[(across >= -_BESIDE[1]) & (across <= -_BESIDE[0])], axis=0),
        np.median(strip[(across >= 1 + _BESIDE[0]) & (across <= 1 + _BESIDE[1])], axis=0),
    ]
    contrast = np.minimum(
        np.linalg.norm(deck - sides[0], axis=1), np.linalg.norm(deck - sides[1], axis=1)
    )[:, None]
    water = [np.median(each[_MIDDLE], axis=0) for each in sides]
    banks = bank_places(strip)
    length = np.linalg.norm(band.corners[[1, 2]].mean(axis=0) - band.corners[[0, 3]].mean(axis=0))
    widths = np.linalg.norm(band.corners[[3, 2]] - band.corners[[0, 1]], axis=1)
    width = max(float(widths.mean() / max(float(length), 1.0)), 1.0 / COLUMNS)
    measured = np.zeros((_FARTHEST + 1, len(END_MEASURES)))
    measured[0, 0] = 1.0
    for at in range(1, _FARTHEST + 1):
        place = at / COLUMNS
        before, after = _means(contrast, at, _WINDOW)
        outside = [_means(each, at, _WINDOW) for each in sides]
        off = [
            float(np.clip((bank - place) / width, -_MOST_WIDTHS, _MOST_WIDTHS)) for bank in banks
        ]
        unlike = [
            [
                float(np.linalg.norm(means[which] - mean))
                for means, mean in zip(outside, water, strict=True)
            ]
            for which in (0, 1)
        ]
        measured[at] = [
            0.0,
            *sorted(_change(each, at, _WINDOW) for each in sides),
            *sorted(_change(each, at, _WINDOW) for each in rims),
            float(np.log((after[0] + _EVEN) / (before[0] + _EVEN))),
            _joint(deck[:, 0], at),
            float(np.log1p(min(unlike[0]) / _FAR)),
            float(np.log1p(max(unlike[1]) / _FAR)),
            place,
            4 * place**2,
            abs(min(off) - 1) / 2,
            abs(max(off) - 1) / 2,
            _change(deck, at, _WINDOW),
            *sorted(_change(each, at, _SHORT) for each in rims),
            sum(_change(each, at, _LONG) for each in rims),
        ]
    return measured


def _means(
    columns: NDArray[float32], at: int, window: int
) -> tuple[NDArray[float32], NDArray[float32]]:
    return columns[max(0, at - window) : at].mean(axis=0), columns[at : at + window].mean(axis=0)


def _change(columns: NDArray[float32], at: int, window: int) -> float:
    before, after = _means(columns, at, window)
    return float(np.log1p(np.linalg.norm(before - after) / _EVEN))


def _joint(bright: NDArray[float32], at: int) -> float:
    """Give how much darker the deck is at a place than around it."""
    around = bright[max(0, at - 4) : at + 5].mean()
    return float(np.log1p(max(0.0, float(around - bright[max(0, at - 1) : at + 1].min())) / _EVEN))
