"""Ask again about test pairs as they come in practice: drawn roughly, small, grey, saved badly."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np
from accuracy.damage.asking import Row, ask
from accuracy.damage.scenes import drawn, load, near_pairs
from accuracy.damage.table import print_states
from accuracy.damage_truth.composite import saved
from accuracy.damage_truth.pair import TruthPair

from forensics.vision.alignment import resizing

_OFF = 0.1
"""Corners of the outline are off by so many deck widths, either way (sigma)."""

_SMALL = 0.5
_QUALITY = 25

Change = Callable[[TruthPair, np.random.Generator], TruthPair]


def ask_roughly(bridges: tuple[int, ...]) -> Iterator[Row]:
    """Ask about every pair up to 15 degrees, changed in each way."""
    for pair, name in roughly(bridges):
        yield ask(pair, name)


def roughly(bridges: tuple[int, ...]) -> Iterator[tuple[TruthPair, str]]:
    """Change every pair up to 15 degrees in each way."""
    near = near_pairs(bridges)
    for number, (name, change) in enumerate(CHANGES.items()):
        for at, each in enumerate(near):
            yield change(load(each), np.random.default_rng([number, at])), name


def print_rough(rows: Sequence[Row]) -> None:
    """Print what is said, by change."""
    for name in CHANGES:
        print_states([row for row in rows if row.kind == name], name)


def _outlined(pair: TruthPair, rng: np.random.Generator) -> TruthPair:
    strip = drawn(pair)
    off = rng.normal(0, _OFF * strip.extent_px[1], strip.corners.shape)
    return replace(pair, deck=strip.corners + off)


def _small(pair: TruthPair, _: np.random.Generator) -> TruthPair:
    after = cv2.resize(pair.after, None, fx=_SMALL, fy=_SMALL, interpolation=cv2.INTER_AREA)
    grow = resizing(after.shape[1::-1], pair.after.shape[1::-1])
    return replace(pair, after=np.asarray(after), after_to_before=pair.after_to_before @ grow)


def _grey(pair: TruthPair, _: np.random.Generator) -> TruthPair:
    grey = cv2.cvtColor(pair.after, cv2.COLOR_RGB2GRAY)
    return replace(pair, after=np.repeat(grey[..., None], 3, axis=2))


def _saved(pair: TruthPair, _: np.random.Generator) -> TruthPair:
    before, after = (saved(each, _QUALITY) for each in (pair.before, pair.after))
    return replace(pair, before=before, after=after)


CHANGES: dict[str, Change] = {
    "the outline off by a tenth of the deck's width at every corner": _outlined,
    "the after picture half the size": _small,
    "the after picture grey": _grey,
    "both saved at JPEG quality 25": _saved,
}
