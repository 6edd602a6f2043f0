"""Sum up what the cells of a deck score: what the deck as a whole is judged by."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy import float32, float64
from numpy.typing import NDArray

from forensics.calibration import Calibration
from forensics.damage.cells import CLASSES, ROWS, Cells
from forensics.damage.stretches import likeliest_stretches
from forensics.damage.strip import Mask

_SMOOTH = 0.06
"""Scores are smoothed over so many deck widths (sigma): a mark is larger than a cell."""

_SMOOTH_COLUMNS, _SMOOTH_RUN = 0.125, 0.5

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
    "missing_sum",
    "object_share",
    "held",
    "examined",
)
"""What the whole deck is judged by, see `summary`."""

TOPS = {
    "scorch": {"scorch_small": 0.01, "scorch_top": 0.03, "scorch_wide": 0.1},
    "hole": {"hole_small": 0.003, "hole_top": 0.01},
}
TOP_COLUMNS = 0.08
"""Shares of the deck over which the highest scores are averaged."""

_AROUND = 0.4
"""How far around a hole scorch is looked for, in deck widths (sigma)."""

_LEAST_SCORE = 1e-3


@dataclass(frozen=True, eq=False)
class Scored:
    """What the cells of a deck score.

    Parameters
    ----------
    shares : (ROWS, columns, classes) float32
        By `CLASSES`, smoothed.
    odds : (columns,) float64
        Log odds of missing deck, mean across the width; 0 where too little is seen.
    lost : (columns,) float64
        Mean score of missing deck across the width.
    seen : (ROWS, columns) bool
        Where both pictures show the deck.
    held : float
        Correlation of the textures over most of the deck.
    """

    shares: NDArray[float32]
    odds: NDArray[float64]
    lost: NDArray[float64]
    seen: Mask
    held: float


def score(shares: NDArray[float32], cells: Cells, held: float, limits: Calibration) -> Scored:
    """Sum up what the cells of a deck score, by column too.

    Parameters
    ----------
    shares : (ROWS, columns, classes) float32
        Scores of the cells, as `cell_scores` gives them.
    cells : Cells
        What is seen.
    held : float
        Correlation of the textures over most of the deck.
    limits : Calibration
        How much of a column must be seen.

    Returns
    -------
    Scored
        Of cells and columns.
    """
    missing = shares[..., CLASSES.index("missing_deck")].astype(float64)
    missing = np.clip(missing, _LEAST_SCORE, 1 - _LEAST_SCORE)
    known = cells.seen.mean(axis=0) > limits.value("min_column_seen")
    count = np.maximum(cells.seen.sum(axis=0), 1)
    odds = (np.log(missing / (1 - missing)) * cells.seen).sum(axis=0) / count
    lost = (missing * cells.seen).sum(axis=0) / count
    smooth = [
        cv2.GaussianBlur(np.ascontiguousarray(each), (0, 0), ROWS * _SMOOTH)
        for each in np.moveaxis(shares, 2, 0)
    ]
    return Scored(
        np.stack(smooth, axis=2).astype(float32), np.where(known, odds, 0.0), lost, cells.seen, held
    )


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
        class it is; `missing_sum`: log of the sum of the odds over the stretch that is likeliest
        missing; the rest as it is.
    """
    seen = scored.seen
    if not seen.any():
        return np.zeros(len(DECK))
    best = scored.shares.argmax(axis=2)
    told: dict[str, float] = {}
    for name, tops in TOPS.items():
        told |= {
            key: _top(scored.shares[..., CLASSES.index(name)][seen], top)
            for key, top in tops.items()
        }
        told[f"{name}_share"] = float((best == CLASSES.index(name))[seen].mean()) ** 0.5
    scorch, hole = (
        np.ascontiguousarray(scored.shares[..., CLASSES.index(name)]) for name in ("scorch", "hole")
    )
    around = cv2.GaussianBlur(scorch + hole, (0, 0), ROWS * _AROUND)
    told["hole_in_scorch"] = _top((hole * around)[seen], TOPS["hole"]["hole_top"])
    known = seen.mean(axis=0) > limits.value("min_column_seen")
    lost = np.ascontiguousarray(scored.lost[known] if known.any() else np.zeros(1))[None]
    near, wide = (
        cv2.GaussianBlur(lost, (0, 0), ROWS * each)[0] for each in (_SMOOTH_COLUMNS, _SMOOTH_RUN)
    )
    told["missing_top"], told["missing_run"] = _top(near, TOP_COLUMNS), _top(wide, TOP_COLUMNS)
    told["missing_share"] = float((near > limits.value("min_missing_score")).mean()) ** 0.5
    told["missing_sum"] = float(np.log1p(_highest_sum(scored.odds)))
    for name, of in (("missing_cells", "missing_deck"), ("object_share", "object")):
        told[name] = float((best == CLASSES.index(of))[seen].mean()) ** 0.5
    told["held"], told["examined"] = scored.held, float(seen.mean())
    return np.array([told[name] for name in DECK])


def missing_columns(scored: Scored, limits: Calibration) -> Mask:
    """Tell the columns of cells in which a deck that is called collapsed is missing.

    Parameters
    ----------
    scored : Scored
        Of its cells and columns.
    limits : Calibration
        How much evidence a change between deck and gap needs.

    Returns
    -------
    (columns,) bool
        True where the deck is missing across its width.
    """
    bias, cost = limits.value("missing_odds_bias"), limits.value("missing_change_cost")
    return likeliest_stretches(np.where(scored.odds == 0, 0.0, scored.odds + bias), cost)


def _highest_sum(odds: NDArray[float64]) -> float:
    """Give the highest sum over any stretch, 0 at least."""
    total = np.r_[0.0, np.cumsum(odds)]
    return float((total - np.minimum.accumulate(total)).max())


def _top(values: NDArray[np.floating], share: float) -> float:
    """Give the log odds of the mean of the highest values."""
    count = max(1, round(share * values.size))
    mean = float(np.sort(values.ravel())[-count:].mean())
    mean = min(max(mean, _LEAST_SCORE), 1 - _LEAST_SCORE)
    return float(np.log(mean / (1 - mean)))
