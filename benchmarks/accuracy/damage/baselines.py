"""What simpler methods reach, given the true deck and the true map between the two pictures.

Each gives one number a pair, a share of the deck; three cuts chosen on the tuning bridges make
states of it (none < scorched < holed < collapsed). None of them refuses.
"""

from collections.abc import Callable
from itertools import combinations

import cv2
import numpy as np
from accuracy.damage.scenes import TEST, TUNING, drawn, load, pairs, true_map
from accuracy.damage.states import STATES, macro_f1
from numpy import uint8
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from forensics.damage.strip import unroll
from forensics.vision.views import grey

Strip = NDArray[uint8]
_SSIM = 0.5
_STEPS = 16


def after_only(_: Strip, after: Strip) -> float:
    """Share of the deck in the after picture that is far from its median colour."""
    off = np.linalg.norm(after.astype(float) - np.median(after, axis=(0, 1)), axis=2)
    return float((off > 60).mean())


def difference_otsu(before: Strip, after: Strip) -> float:
    """Share of the deck over Otsu's threshold of the absolute difference, exposures made equal."""
    one, other = grey(before).astype(float), grey(after).astype(float)
    apart = np.abs(other - np.median(other) - one + np.median(one)).clip(0, 255).astype(uint8)
    _, found = cv2.threshold(apart, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return float(found.mean())


def ssim_map(before: Strip, after: Strip) -> float:
    """Share of the deck of structural similarity under a half."""
    _, similar = structural_similarity(grey(before), grey(after), full=True)
    return float((similar < _SSIM).mean())


METHODS: dict[str, Callable[[Strip, Strip], float]] = {
    "after image only": after_only,
    "difference and Otsu": difference_otsu,
    "SSIM map": ssim_map,
}


def print_baselines() -> None:
    """Print macro-F1 and damage on nulls of each, on the test bridges up to 15 degrees."""
    sides = [_measured(bridges) for bridges in (TUNING, TEST)]
    print("\nSimpler methods, given the true map; they answer always\n")
    print("| method | macro-F1 | damage on nulls |\n|---|---|---|")
    for name in METHODS:
        cuts = _best_cuts(*sides[0][name])
        values, truth = sides[1][name]
        said = _states(values, cuts)
        nulls = [each for each, true in zip(said, truth, strict=True) if true == "none"]
        alarms = sum(each != "none" for each in nulls)
        print(f"| {name} | {macro_f1(said, truth):.2f} | {alarms} of {len(nulls)} |")


def _measured(bridges: tuple[int, ...]) -> dict[str, tuple[list[float], list[str]]]:
    found: dict[str, tuple[list[float], list[str]]] = {name: ([], []) for name in METHODS}
    for one, other in pairs(bridges):
        if other.stem.endswith("_30"):
            continue
        pair = load((one, other))
        strip = drawn(pair)
        laid, _ = unroll(pair.before, strip.matrix, strip.grid)
        new, _ = unroll(pair.after, true_map(pair) @ strip.matrix, strip.grid)
        for name, method in METHODS.items():
            found[name][0].append(method(laid[strip.grid.deck], new[strip.grid.deck]))
            found[name][1].append(pair.state)
    return found


def _best_cuts(values: list[float], truth: list[str]) -> tuple[float, ...]:
    steps = np.quantile(values, np.linspace(0.02, 0.98, _STEPS)).tolist()
    return max(combinations(steps, 3), key=lambda cuts: macro_f1(_states(values, cuts), truth))


def _states(values: list[float], cuts: tuple[float, ...]) -> list[str]:
    return [STATES[int(np.searchsorted(cuts, value))] for value in values]
