"""Labelled cells and columns of decks with known damage, to fit the model to."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from accuracy.damage.scenes import degraded, drawn, true_map, truth_strip
from accuracy.damage_truth.pair import Truth, TruthPair
from numpy import float32
from numpy.typing import NDArray

from forensics.damage.decide import column_means
from forensics.damage.measures import Measures, measure
from forensics.damage.model import STATES
from forensics.damage.strip import unroll

_SHIFT_PX, _WOBBLE_PX = 0.5, 0.6
"""Registration is off by so much: of the whole strip, and more at its ends (sigma)."""

_PER_CLASS = 250
_COLUMN_STEP = 3
_LABELS = {
    Truth.NOTHING: 0,
    Truth.SCORCH: 1,
    Truth.HOLE: 2,
    Truth.NOT_SEEN: 3,
    Truth.MISSING: 4,
}
"""Truth to `forensics.damage.model.CLASSES`: what hides the deck is an object."""

_GONE, _SEEN = 0.6, 0.5
_LOST = 2
_THIN = 2


@dataclass(frozen=True, eq=False)
class Deck:
    """A measured deck, thinned, and what happened to it."""

    name: str
    source: str
    state: int
    maps: NDArray[np.float16]
    seen: NDArray[np.bool_]
    held: float
    truth: NDArray[np.uint8]

    @property
    def measures(self) -> Measures:
        """Give its measures."""
        return Measures(self.maps.astype(float32), self.seen, self.held)


@dataclass(frozen=True, eq=False)
class Labelled:
    """Cells, or columns: their measures, what they are, how they are counted, and of which source.

    Groups are counted alike in a fit: undamaged columns beside scorched ones are one of their own.
    """

    maps: NDArray[float32]
    classes: NDArray[np.int_]
    groups: NDArray[np.int_]
    sources: NDArray[np.str_]

    def of(self, which: NDArray[np.bool_]) -> "Labelled":
        """Take some."""
        return Labelled(
            self.maps[which], self.classes[which], self.groups[which], self.sources[which]
        )

    @staticmethod
    def joined(parts: Sequence["Labelled"]) -> "Labelled":
        """Put some together."""
        return Labelled(
            np.concatenate([each.maps for each in parts]),
            np.concatenate([each.classes for each in parts]),
            np.concatenate([each.groups for each in parts]),
            np.concatenate([each.sources for each in parts]),
        )


def measured(pair: TruthPair, seed: int) -> tuple[Measures, NDArray[np.uint8]]:
    """Measure a pair, made worse, and laid as registration lays it: off by part of a pixel."""
    rng = np.random.default_rng(seed)
    strip = drawn(pair)
    rows, columns = strip.grid.shape
    off = np.eye(3)
    off[:2, 2] = rng.normal(0, _SHIFT_PX, 2)
    off[0, :2] += rng.normal(0, _WOBBLE_PX, 2) / (columns / 2, rows / 2)
    off[1, :2] += rng.normal(0, _WOBBLE_PX, 2) / (columns / 2, rows / 2)
    back = np.array([[1.0, 0, columns / 2], [0, 1, rows / 2], [0, 0, 1]])
    off = back @ off @ np.linalg.inv(back)
    one, seen = unroll(degraded(pair.before, seed), strip.matrix, strip.grid)
    other, too = unroll(
        degraded(pair.after, seed + 1), true_map(pair) @ strip.matrix @ off, strip.grid
    )
    return measure(one, other, seen & too, strip.grid), truth_strip(pair, strip)[strip.grid.deck]


def deck_of(pair: TruthPair, seed: int) -> Deck:
    """Measure a pair and keep every other pixel."""
    found, truth = measured(pair, seed)
    maps = found.maps[::_THIN, ::_THIN].astype(np.float16)
    thin = truth[::_THIN, ::_THIN]
    state = STATES.index(pair.state)
    return Deck(pair.name, pair.source, state, maps, found.seen[::_THIN, ::_THIN], found.held, thin)


def cells_of(deck: Deck, seed: int) -> Labelled:
    """Draw some cells of every class."""
    rng = np.random.default_rng(seed)
    found = deck.measures
    places, numbers = [], []
    for label, number in _LABELS.items():
        is_it = (deck.truth == label).astype(np.uint8)
        if label == Truth.NOT_SEEN:  # not the rim of the deck, where the parapet hides it
            is_it = cv2.morphologyEx(is_it, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        place = np.flatnonzero((is_it == 1) & found.seen)
        some = rng.choice(place, min(len(place), _PER_CLASS), replace=False)
        places.append(some)
        numbers.append(np.full(len(some), number))
    taken, classes = np.concatenate(places), np.concatenate(numbers)
    maps = found.maps.reshape(-1, found.maps.shape[2])[taken]
    return Labelled(maps, classes, classes, np.full(len(taken), deck.source))


def columns_of(deck: Deck) -> Labelled:
    """Take every third column; those in part missing are left out."""
    found, truth = deck.measures, deck.truth
    means = column_means(found)
    gone = (truth == Truth.MISSING).mean(axis=0)
    burnt = np.isin(truth, (Truth.SCORCH, Truth.HOLE)).any(axis=0)
    groups = np.select([gone > _GONE, gone > 0, burnt], [_LOST, -1, 1], 0)
    used = (found.seen.mean(axis=0) > _SEEN) & (groups >= 0)
    used &= np.arange(len(groups)) % _COLUMN_STEP == 0
    return Labelled(
        means[used].astype(float32),
        (groups[used] == _LOST).astype(int),
        groups[used],
        np.full(int(used.sum()), deck.source),
    )
