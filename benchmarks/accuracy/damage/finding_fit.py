"""Fit what tells a deck from other bands, on the tuning half alone."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from accuracy.damage.finding_data import Asked, edges_off_px, overlap
from numpy import float64
from numpy.typing import NDArray
from scipy.optimize import minimize

from forensics.calibration import load
from forensics.damage.find import (
    CALIBRATION,
    FindWeights,
    band_terms,
    find_bands,
    resized,
    score_bands,
)
from forensics.damage.find_bands import BAND_MEASURES, Band
from forensics.damage.find_edges import outlined, refined, rivals_px
from forensics.vision.views import grey

_WORST, _BEST = 0.7, 0.95
"""Overlaps across the deck that count as wholly wrong and wholly right."""

_KIN = 0.3
_PENALTY = 5e-3
_WEIGHT = 5.0
_PER_PICTURE = 100
_FOLDS = 4
_GOOD, _HALF = 0.8, 0.5


@dataclass(frozen=True, eq=False)
class Candidates:
    """Bands of one picture."""

    name: str
    source: str
    has_deck: bool
    measures: NDArray[float64]
    overlaps: NDArray[float64]
    wholes: NDArray[float64]
    off_px: NDArray[float64]
    bands: list[Band]

    @property
    def fold(self) -> int:
        """Which part of the material it is left out with: whole bridges, whole sources."""
        return zlib.crc32(self.source.encode()) % _FOLDS


def collect(pictures: Iterable[Asked]) -> list[Candidates]:
    """Measure every band of some pictures, and how well it overlaps the deck across."""
    found = []
    for asked in pictures:
        if not asked.tuning:
            raise SystemExit("only the tuning half may be fitted to")
        small, factor = resized(asked.pixels)
        overlaps, wholes, off, kept = [], [], [], []
        luma = grey(small)
        for band in find_bands(small):
            value, whole, shift = 0.0, 0.0, np.inf
            if asked.deck is not None:
                deck = (asked.deck + 0.5) * factor - 0.5
                value = overlap(_alongside(band.corners, deck), deck, small.shape)
                if value > _KIN:
                    corners = refined(luma, band)
                    value = overlap(_alongside(corners, deck), deck, small.shape)
                    whole = overlap(outlined(corners, band, load(CALIBRATION)), deck, small.shape)
                    edges = edges_off_px(corners, deck, small.shape)
                    shift = np.inf if edges is None else edges[0]
            if asked.twin and value < _KIN:
                continue  # The other deck, perhaps: neither right nor wrong.
            overlaps.append(value)
            wholes.append(whole)
            off.append(shift)
            kept.append(replace(band, strip=np.zeros((0, 0, 3), np.float32)))
        found.append(
            Candidates(
                asked.name,
                asked.source,
                asked.deck is not None,
                np.array([each.measures for each in kept]).reshape(-1, len(BAND_MEASURES)),
                np.array(overlaps),
                np.array(wholes),
                np.array(off),
                kept,
            )
        )
    return found


def fit(candidates: list[Candidates]) -> FindWeights:
    """Fit the regression: targets rise with the overlap, every picture counts the same."""
    rng = np.random.default_rng(0)
    rows, targets, weights = [], [], []
    for each in candidates:
        near = np.flatnonzero(each.overlaps > _KIN)
        rest = np.flatnonzero(each.overlaps <= _KIN)
        rest = rng.choice(rest, min(len(rest), _PER_PICTURE), replace=False)
        some = np.concatenate([near, rest])
        if not len(some):
            continue
        target = np.clip((each.overlaps[some] - _WORST) / (_BEST - _WORST), 0, 1)
        rows.append(each.measures[some])
        targets.append(target)
        weights.append((1 + _WEIGHT * target) / len(some))
    measures, wanted = np.concatenate(rows), np.concatenate(targets)
    weight = np.concatenate(weights)
    weight /= weight.sum()
    centre, scale = measures.mean(axis=0), measures.std(axis=0) + 1e-6
    terms = band_terms(measures, centre, scale)

    def loss(flat: NDArray[float64]) -> tuple[float, NDArray[float64]]:
        share = 1 / (1 + np.exp(-np.clip(terms @ flat, -50, 50)))
        right = wanted * np.log(share + 1e-12) + (1 - wanted) * np.log(1 - share + 1e-12)
        slope = terms.T @ (weight * (share - wanted))
        slope[1:] += 2 * _PENALTY * flat[1:]
        return float(-(weight * right).sum() + _PENALTY * (flat[1:] ** 2).sum()), slope

    solved = minimize(
        loss, np.zeros(terms.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 200}
    )
    return FindWeights(BAND_MEASURES, _floats(centre), _floats(scale), _floats(solved.x))


def held_out(candidates: list[Candidates]) -> list[tuple[Candidates, int, NDArray[float64]]]:
    """Score every picture by a fit that saw nothing of its source; give its best band."""
    found = []
    for fold in range(_FOLDS):
        fitted = fit([each for each in candidates if each.fold != fold])
        for each in candidates:
            if each.fold == fold and len(each.measures):
                scores = score_bands(each.measures, fitted)
                found.append((each, int(scores.argmax()), scores))
    return found


def report_fit(candidates: list[Candidates]) -> None:
    """Print what the thresholds are chosen from: scores of pictures that the fit did not see."""
    told = [
        (each, best, scores, float(scores[best])) for each, best, scores in held_out(candidates)
    ]
    odds = np.array([np.log(max(score, 1e-6) / max(1 - score, 1e-6)) for *_, score in told])
    right = np.array([each.has_deck and each.wholes[best] >= _GOOD for each, best, *_ in told])

    def loss(line: NDArray[float64]) -> float:
        share = 1 / (1 + np.exp(-np.clip(line[0] + line[1] * odds, -50, 50)))
        return float(-np.log(np.where(right, share, 1 - share) + 1e-12).mean())

    line = minimize(loss, np.array([0.0, 1.0]), method="Nelder-Mead").x
    sure = 1 / (1 + np.exp(-(line[0] + line[1] * odds)))
    print(f"confidence_offset {line[0]:.3f}, confidence_slope {line[1]:.3f}")
    decks = np.array([each.has_deck for each, *_ in told])
    for least in (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7):
        said = sure >= least
        across = np.array([each.overlaps[best] for each, best, *_ in told])
        print(
            f"from {least}: found {said[decks].mean():.2f}, "
            f"IoU >= 0.8 {right[said & decks].mean():.2f}, "
            f"across {np.mean(across[said & decks] >= _GOOD):.2f}; "
            f"photos {said[~decks].sum()} of {(~decks).sum()}"
        )
    spread, off = [], []
    for each, best, scores, _ in told:
        if each.has_deck and each.overlaps[best] >= _HALF:
            spread.append(rivals_px(each.bands, scores, best))
            off.append(each.off_px[best])
    for factor in (0.0, 0.25, 0.5, 0.75, 1.0):
        rest = np.array(off) - factor * np.array(spread)
        floor = np.quantile(rest, 0.9)
        bound = np.median(floor + factor * np.array(spread))
        print(f"edge_factor {factor}: edge_floor_px {floor:.2f}, median bound {bound:.2f}")
    photos = [each.name for each, *_ in told if not each.has_deck]
    worst = sorted(zip(sure[~decks], photos, strict=True))[-12:]
    print("photographs of the highest confidence:", [(n, round(float(s), 2)) for s, n in worst])


def _alongside(corners: NDArray[float64], deck: NDArray[float64]) -> NDArray[float64]:
    """Cut a band to the ends of the deck, so that only its edges count."""
    start = corners[[0, 3]].mean(axis=0)
    axis = corners[[1, 2]].mean(axis=0) - start
    at = (deck - start) @ axis / (axis @ axis)
    low, high = max(float(at.min()), -0.2), min(float(at.max()), 1.2)
    first, second = corners[1] - corners[0], corners[2] - corners[3]
    return np.array(
        [
            corners[0] + first * low,
            corners[0] + first * high,
            corners[3] + second * high,
            corners[3] + second * low,
        ]
    )


def _floats(values: NDArray[np.generic]) -> tuple[float, ...]:
    return tuple(round(float(each), 5) for each in values)
