"""Ask again about test pairs as they come in practice: drawn roughly, small, grey, saved badly."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np
from accuracy.damage.asking import Row, ask
from accuracy.damage.scenes import drawn, load, pairs
from accuracy.damage.table import print_states
from accuracy.damage_truth.pair import Pixels, TruthPair

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
    near = [each for each in pairs(bridges) if not each[1].stem.endswith("_30")]
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
    """Shrink the after picture; its pixel centres shift."""
    after = cv2.resize(pair.after, None, fx=_SMALL, fy=_SMALL, interpolation=cv2.INTER_AREA)
    grow = np.array([[1 / _SMALL, 0, 0.5 / _SMALL - 0.5], [0, 1 / _SMALL, 0.5 / _SMALL - 0.5],
                     [0, 0, 1]])  # fmt: skip
    return replace(pair, after=np.asarray(after), after_to_before=pair.after_to_before @ grow)


def _grey(pair: TruthPair, _: np.random.Generator) -> TruthPair:
    grey = cv2.cvtColor(pair.after, cv2.COLOR_RGB2GRAY)
    return replace(pair, after=np.repeat(grey[..., None], 3, axis=2))


def _saved(pair: TruthPair, _: np.random.Generator) -> TruthPair:
    return replace(pair, before=_badly(pair.before), after=_badly(pair.after))


def _badly(pixels: Pixels) -> Pixels:
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


CHANGES: dict[str, Change] = {
    "the outline off by a tenth of the deck's width at every corner": _outlined,
    "the after picture half the size": _small,
    "the after picture grey": _grey,
    "both saved at JPEG quality 25": _saved,
}
