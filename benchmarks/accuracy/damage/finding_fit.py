"""Fit what tells a deck from other bands, on the tuning half alone."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from accuracy.damage.finding_data import Asked, edges_off_px, overlap
from numpy import float64
from numpy.typing import NDArray
from scipy.optimize import minimize

from forensics.damage.find import (
    FindWeights,
    band_terms,
    find_bands,
    resized,
    score_bands,
)
from forensics.damage.find_bands import BAND_MEASURES, COLUMNS, Band
from forensics.damage.find_edges import refined, rivals_px
from forensics.damage.find_ends import EndWeights, end_measures, place_ends
from forensics.vision.views import grey

_WORST, _BEST = 0.7, 0.95
"""Overlaps across the deck that count as wholly wrong and wholly right."""

_KIN = 0.3
_PENALTY = 5e-3
_WEIGHT = 5.0
_PER_PICTURE = 100
_FOLDS = 4
_GOOD, _HALF = 0.8, 0.5
_END_SPREAD, _END_PENALTY = 0.012, 3e-3


@dataclass(frozen=True, eq=False)
class Candidates:
    """Bands of one picture."""

    name: str
    source: str
    has_deck: bool
    measures: NDArray[float64]
    overlaps: NDArray[float64]
    true_ends: NDArray[float64]
    off_px: NDArray[float64]
    bands: list[Band]

    @property
    def fold(self) -> int:
        """Which part of the material it is left out with: whole bridges, whole sources."""
        return zlib.crc32(self.source.encode()) % _FOLDS


@dataclass(frozen=True, eq=False)
class HeldOut:
    """The answer on one picture: number of the best band, all scores, overlap with the deck."""

    candidates: Candidates
    best: int
    scores: NDArray[float64]
    whole: float


def collect(pictures: Iterable[Asked]) -> list[Candidates]:
    """Measure every band of some pictures, and how well it overlaps the deck across."""
    found = []
    for asked in pictures:
        if not asked.tuning:
            raise SystemExit("only the tuning half may be fitted to")
        small, factor = resized(asked.pixels)
        overlaps, ends, off, kept = [], [], [], []
        luma = grey(small)
        for band in find_bands(small):
            value, shift, true = 0.0, np.inf, (0.0, 1.0)
            if asked.deck is not None:
                deck = (asked.deck + 0.5) * factor - 0.5
                value = overlap(_alongside(band.corners, deck), deck, small.shape)
                if value > _KIN:
                    corners = refined(luma, band)
                    value = overlap(_alongside(corners, deck), deck, small.shape)
                    true = _ends(band.corners, deck)
                    edges = edges_off_px(corners, deck, small.shape)
                    shift = np.inf if edges is None else edges[0]
            if asked.twin and value < _KIN:
                continue  # The other deck, perhaps: neither right nor wrong.
            overlaps.append(value)
            ends.append(true)
            off.append(shift)
            # Strips are kept where ends are asked for: all of them would fill the memory.
            empty = np.zeros((0, 0, 3), np.float32)
            kept.append(band if value > _WORST else replace(band, strip=empty))
        found.append(
            Candidates(
                asked.name,
                asked.source,
                asked.deck is not None,
                np.array([each.measures for each in kept]).reshape(-1, len(BAND_MEASURES)),
                np.array(overlaps),
                np.array(ends).reshape(-1, 2),
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


def fit_ends(candidates: list[Candidates]) -> EndWeights:
    """Fit the choice of ends on the best band of every picture; near the end is nearly right."""
    measured, wanted = [], []
    for each in candidates:
        if not each.has_deck or not len(each.bands) or each.overlaps.max() <= _WORST:
            continue
        best = int(each.overlaps.argmax())
        for backwards in (False, True):
            measured.append(end_measures(each.bands[best], backwards=backwards))
            start, end = each.true_ends[best]
            wanted.append(1 - end if backwards else start)
    table = np.stack(measured)
    centre, scale = table.mean(axis=(0, 1)), table.std(axis=(0, 1)) + 1e-6
    unit = (table - centre) / scale
    off = (np.arange(table.shape[1]) / COLUMNS)[None] - np.array(wanted)[:, None]
    target = np.exp(-((off / _END_SPREAD) ** 2) / 2)
    target /= target.sum(axis=1, keepdims=True) + 1e-9

    def loss(flat: NDArray[float64]) -> tuple[float, NDArray[float64]]:
        logits = unit @ flat
        logits -= logits.max(axis=1, keepdims=True)
        share = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        slope = -np.einsum("ij,ijk->k", target - share, unit) / len(unit)
        missed = -(target * np.log(share + 1e-12)).sum(axis=1).mean()
        return float(missed + _END_PENALTY * (flat**2).sum()), slope + 2 * _END_PENALTY * flat

    solved = minimize(loss, np.zeros(unit.shape[2]), jac=True, method="L-BFGS-B")
    return EndWeights(_floats(centre), _floats(scale), _floats(solved.x))


def held_out(candidates: list[Candidates]) -> list[HeldOut]:
    """Answer for every picture by a fit that saw nothing of its source."""
    found = []
    for fold in range(_FOLDS):
        others = [each for each in candidates if each.fold != fold]
        bands, ends = fit(others), fit_ends(others)
        for each in candidates:
            if each.fold != fold or not len(each.measures):
                continue
            scores = score_bands(each.measures, bands)
            best = int(scores.argmax())
            whole = 0.0
            if each.overlaps[best] > _WORST:
                said = place_ends(each.bands[best], ends)
                whole = float(each.overlaps[best]) * _along(said, each.true_ends[best])
            found.append(HeldOut(each, best, scores, whole))
    return found


def report_fit(candidates: list[Candidates]) -> None:
    """Print what the thresholds are chosen from: scores of pictures that the fit did not see."""
    told = held_out(candidates)
    score = np.array([each.scores[each.best] for each in told]).clip(1e-6, 1 - 1e-6)
    odds = np.log(score / (1 - score))
    decks = np.array([each.candidates.has_deck for each in told])
    right = np.array([each.whole >= _GOOD for each in told])
    across = np.array([each.candidates.overlaps[each.best] for each in told])

    def loss(line: NDArray[float64]) -> float:
        share = 1 / (1 + np.exp(-np.clip(line[0] + line[1] * odds, -50, 50)))
        return float(-np.log(np.where(across >= _GOOD, share, 1 - share) + 1e-12).mean())

    line = minimize(loss, np.array([0.0, 1.0]), method="Nelder-Mead").x
    sure = 1 / (1 + np.exp(-(line[0] + line[1] * odds)))
    print(f"confidence_offset {line[0]:.3f}, confidence_slope {line[1]:.3f}")
    asked = sum(each.has_deck for each in candidates), sum(not each.has_deck for each in candidates)
    for least in np.arange(0.1, 0.75, 0.05):
        said = sure >= least
        here = said & decks
        print(
            f"from {least:.2f}: found {here.sum() / asked[0]:.2f}, IoU >= 0.8 "
            f"{right[here].mean():.2f}, across {np.mean(across[here] >= _GOOD):.2f}, < 0.5 "
            f"{np.mean(across[here] < _HALF):.2f}; none there {said[~decks].sum()} of {asked[1]}"
        )
    spread, off = [], []
    for each in told:
        if each.candidates.has_deck and each.candidates.overlaps[each.best] >= _HALF:
            spread.append(rivals_px(each.candidates.bands, each.scores, each.best))
            off.append(each.candidates.off_px[each.best])
    for factor in (0.0, 0.25, 0.5, 0.75, 1.0):
        floor = np.quantile(np.array(off) - factor * np.array(spread), 0.9)
        bound = np.median(floor + factor * np.array(spread))
        print(f"edge_factor {factor}: edge_floor_px {floor:.2f}, median bound {bound:.2f}")
    print("edges off, px of the picture worked on:", np.quantile(off, (0.5, 0.9)).round(2))
    none = [each.candidates.name for each in told if not each.candidates.has_deck]
    worst = sorted(zip(sure[~decks], none, strict=True))[-12:]
    print("of the highest confidence:", [(name, round(float(value), 2)) for value, name in worst])


def _ends(corners: NDArray[float64], deck: NDArray[float64]) -> tuple[float, float]:
    """Give where the deck starts and ends on a band, as shares of its length in the picture."""
    start = corners[[0, 3]].mean(axis=0)
    axis = corners[[1, 2]].mean(axis=0) - start
    at = np.clip((deck - start) @ axis / (axis @ axis), 0, 1)
    return float(at.min()), float(at.max())


def _along(said: tuple[float, float], true: NDArray[float64]) -> float:
    shared = min(said[1], true[1]) - max(said[0], true[0])
    return float(max(0.0, shared) / (max(said[1], true[1]) - min(said[0], true[0])))


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
