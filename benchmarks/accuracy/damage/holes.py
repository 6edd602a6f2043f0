"""Which holes of a deck were found, and how far off their middles are."""

import cv2
import numpy as np
from accuracy.damage_truth.pair import Truth, TruthPair
from msgspec import Struct
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.vision.alignment import moved

_LEAST_PX = 150
_NEAR_M = 1.5
_OVERLAP = 0.3
_BRIDGED_PX = 5
"""Rims are ragged: parts that are no further apart are one hole."""


class Holes(Struct, frozen=True):
    """Holes of a pair: those that there are, those that were said, those that are the same.

    A hole is found where its middle is within 1.5 m of that of one that was said, or both overlap.
    """

    there: int
    said: int
    found: int
    off_m: tuple[float, ...] = ()
    """Between the middles of those that are the same."""


def compare_holes(pair: TruthPair, mask: NDArray[np.generic] | None) -> Holes | None:
    """Match the larger holes; None where there are none and none was said, or without a scale."""
    if pair.to_metres is None:
        return None
    there = _holes(pair.mask == Truth.HOLE)
    said = [] if mask is None else _holes(np.asarray(mask == Truth.HOLE))
    if not there and not said:
        return None
    left, off = list(said), []
    for hole in there:
        apart = [(_apart_m(hole, each, pair.to_metres), at) for at, each in enumerate(left)]
        fits = [
            (far, at)
            for far, at in apart
            if far <= _NEAR_M or (hole & left[at]).sum() >= _OVERLAP * (hole | left[at]).sum()
        ]
        if fits:
            far, at = min(fits)
            off.append(round(far, 2))
            del left[at]
    return Holes(len(there), len(said), len(off), tuple(off))


def _holes(mask: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    kernel = np.ones((_BRIDGED_PX, _BRIDGED_PX), uint8)
    whole = cv2.morphologyEx(mask.astype(uint8), cv2.MORPH_CLOSE, kernel)
    count, labels = cv2.connectedComponents(whole, connectivity=8)
    parts = [np.asarray((labels == number) & mask) for number in range(1, count)]
    return [each for each in parts if each.sum() >= _LEAST_PX]


def _apart_m(
    one: NDArray[np.bool_], other: NDArray[np.bool_], to_metres: NDArray[float64]
) -> float:
    middles = [np.argwhere(each).mean(axis=0)[::-1] for each in (one, other)]
    start, end = moved(np.array(middles), to_metres)
    return float(np.linalg.norm(end - start))
