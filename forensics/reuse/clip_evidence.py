"""How surely a stretch of one clip shows a stretch of another: what is compared, and a score."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np
from msgspec import Struct
from numpy import float64
from numpy.typing import NDArray

from forensics.reuse.clip_change import AROUND_S, NOISE_POWER, PLAIN_POWER, Changes
from forensics.reuse.clip_hidden import HIDDEN, laid_on
from forensics.reuse.clip_space import Grids
from forensics.reuse.clip_timing import shown_at
from forensics.reuse.clip_trail import Line
from forensics.reuse.judge_weights import Weights, linear

WEIGHTS = "clip_weights.toml"
"""Written by ``benchmarks/accuracy/clips``."""

MEASURES = (
    "correlation of what changes",
    "logarithm of the seconds of agreement",
    "share of the change that is explained",
    "correlation of the wobble",
    "logarithm of the misfit",
    "logarithm of the moments compared",
    "logarithm of the wobble left unexplained",
    "logarithm of the change left unexplained",
)
"""In the order of the weights."""

_TONE_ROUNDS = 4
_FITTING = 0.6  # of the cells, those that fit best, set the tones: a logo does not
_LEAST = 1e-3
_FAINT = 0.02
_NOISE_LEFT = 8.0  # squared grey levels: two encodings of one moment differ by as much
_WOBBLE_LEFT = 30.0  # the same of second differences
_MIN_MOMENTS = 2
_MIN_WOBBLE = 4
_TRIM_S, _TRIM_SHARE = 0.1, 0.1


class Evidence(Struct, frozen=True):
    """What speaks for one segment.

    Parameters
    ----------
    correlation : float
        Of what changes on both sides along the whole picture, -1 to 1, weighed by how much does.
    score_s : float
        Seconds of agreement above what unrelated clips reach.
    explained : float
        Share of the change that is the same on both sides: 1 for a copy, 0 or less for others.
        Median over the picture, so that a logo which hides less than half does not count.
    wobble : float
        Correlation of second differences in time: a hand never shakes twice alike.
    misfit : float
        Squared difference of the picture's better half, as a share of its contrast.
    moments : int
        Moments that were compared.
    wobble_left, change_left : float
        Share of wobble and change, beyond what compression makes, that differs: 0 for a copy, 0.5
        and more for what is unrelated.
    hidden : float
        Share of the common picture that differs throughout, as under a logo or a caption; the score
        does not use it.
    score : float
        Linear in the above but the last; from ``min_copy_score`` on the segment is called a copy.
    """

    correlation: float
    score_s: float
    explained: float
    wobble: float
    misfit: float
    moments: int
    wobble_left: float
    change_left: float
    hidden: float
    score: float

    @property
    def measures(self) -> tuple[float, ...]:
        """Give the measures as the score takes them."""
        return (
            self.correlation,
            float(np.log(max(self.score_s, _LEAST * 10))),
            max(self.explained, -1.0),
            self.wobble,
            float(np.log(self.misfit + _LEAST)),
            float(np.log(max(self.moments, 1))),
            float(np.log(self.wobble_left + _FAINT)),
            float(np.log(self.change_left + _FAINT)),
        )


NOTHING = Evidence(0.0, 0.0, 0.0, 0.0, 1.0, 0, 1.0, 1.0, 0.0, 0.0)
"""What speaks for a segment of which no moment was compared."""


def weigh(
    line: Line,
    query: Changes,
    reference: Changes,
    grids: Grids,
    *,
    correlation: float,
    score_s: float,
) -> Evidence:
    """Compare a segment moment by moment, and score it.

    Parameters
    ----------
    line : Line
        Which stretch shows which.
    query, reference : Changes
        Of the two clips, on one grid.
    grids : Grids
        That grid.
    correlation, score_s : float
        What finding the segment measured.

    Returns
    -------
    Evidence
        The measures and the score.

    Notes
    -----
    Every frame of the reference is compared with what the query shows then by the line, after
    fitting one contrast on the cells that fit best. The ends, where a frame may already be of
    something else, are left out. Weights were fitted on one half of the sources, by logistic
    regression; see ``docs/methods/reuse.md``.
    """
    pairs = _paired(line, query, reference)
    told = msgspec.structs.replace(NOTHING, correlation=correlation, score_s=score_s)
    if pairs is not None:
        told = _measured(pairs, grids, correlation=correlation, score_s=score_s)
    return msgspec.structs.replace(told, score=round(linear(clip_weights(), told.measures), 3))


@dataclass(frozen=True, eq=False)
class _Pairs:
    query: NDArray[float64]
    reference: NDArray[float64]
    gap_s: float


def _paired(line: Line, query: Changes, reference: Changes) -> _Pairs | None:
    """Give frames of both that should show the same moment, and how far these are apart."""
    trim_s = min(_TRIM_S, _TRIM_SHARE * (line.end_s - line.start_s))
    shown = (reference.times_s - line.offset_s) / line.pace
    at = np.flatnonzero((shown >= line.start_s + trim_s) & (shown <= line.end_s - trim_s))
    at = at[np.argsort(shown[at], kind="stable")]
    if len(at) < _MIN_MOMENTS or len(query.times_s) < _MIN_MOMENTS:
        return None
    return _Pairs(
        shown_at(query, shown[at], line),
        reference.level[at].astype(float64),
        float(np.median(np.diff(reference.times_s[np.sort(at)]))),
    )


def _measured(pairs: _Pairs, grids: Grids, *, correlation: float, score_s: float) -> Evidence:
    query, reference, gap_s = pairs.query, pairs.reference, pairs.gap_s
    fits = np.ones(query.shape[1], dtype=bool)
    gain = 1.0
    error = np.zeros(query.shape[1])
    for _ in range(_TONE_ROUNDS):
        mine, theirs = (_levelled(each, fits) for each in (query, reference))
        noise = PLAIN_POWER * fits.sum()
        product = (mine[:, fits] * theirs[:, fits]).sum(axis=1)
        gains = (product + noise) / ((theirs[:, fits] ** 2).sum(axis=1) + noise)
        # The same throughout: at a cut to black both would seem to fade alike.
        gain = float(np.median(gains))
        error = ((mine - gain * theirs) ** 2).mean(axis=0)
        fits = error <= np.quantile(error, _FITTING)
    contrast = float(((gain * (reference - reference.mean(axis=1, keepdims=True))) ** 2).mean())
    reach = max(1, round(AROUND_S / max(gap_s, _LEAST)))
    moving = [
        _without_mean(each, reach)
        for each in (_levelled(query, fits), gain * _levelled(reference, fits))
    ]
    differs = error > HIDDEN * contrast + PLAIN_POWER
    seen = ~laid_on(differs, grids)
    moving = [each[:, seen] for each in moving]
    power = (moving[1] ** 2).mean(axis=0)
    missed = ((moving[0] - moving[1]) ** 2).mean(axis=0)
    wobble, wobble_left = _wobble(*moving)
    return Evidence(
        correlation,
        score_s,
        round(_median(1 - missed / (power + NOISE_POWER), power), 4),
        round(wobble, 4),
        round(float(np.median(error[seen])) / (contrast + PLAIN_POWER), 5),
        len(query),
        round(wobble_left, 4),
        round(_median(missed / (power + (moving[0] ** 2).mean(axis=0) + _NOISE_LEFT), power), 4),
        round(float(differs.mean()), 4),
        0.0,
    )


def _levelled(frames: NDArray[float64], fits: NDArray[np.bool_]) -> NDArray[float64]:
    return np.asarray(frames - frames[:, fits].mean(axis=1, keepdims=True))


def _without_mean(frames: NDArray[float64], reach: int) -> NDArray[float64]:
    """Take off the mean of the frames around each."""
    count = len(frames)
    sums = np.cumsum(np.r_[np.zeros((1, frames.shape[1])), frames], axis=0)
    low = np.maximum(0, np.arange(count) - reach)
    high = np.minimum(count, np.arange(count) + reach + 1)
    return np.asarray(frames - (sums[high] - sums[low]) / (high - low)[:, None])


def _wobble(query: NDArray[float64], reference: NDArray[float64]) -> tuple[float, float]:
    """Give the correlation of second differences in time, and the share that differs."""
    if len(query) < _MIN_WOBBLE:
        return 0.0, 0.5
    mine, theirs = (each[2:] - 2 * each[1:-1] + each[:-2] for each in (query, reference))
    power = (mine**2).mean(axis=0), (theirs**2).mean(axis=0)
    product = (mine * theirs).mean(axis=0)
    together = product / np.sqrt((power[0] + NOISE_POWER) * (power[1] + NOISE_POWER))
    left = ((mine - theirs) ** 2).mean(axis=0) / (power[0] + power[1] + _WOBBLE_LEFT)
    return _median(together, power[1]), _median(left, power[1])


def _median(values: NDArray[float64], weights: NDArray[float64]) -> float:
    order = np.argsort(values, kind="stable")
    sums = np.cumsum(weights[order])
    if sums[-1] <= 0:
        return 0.0
    return float(values[order][min(int(np.searchsorted(sums, sums[-1] / 2)), len(values) - 1)])


@cache
def clip_weights() -> Weights:
    """Read the weights that ship with the package.

    Returns
    -------
    Weights
        In the order of `MEASURES`.
    """
    text = files("forensics.reuse").joinpath(WEIGHTS).read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text)["clip"], Weights)
