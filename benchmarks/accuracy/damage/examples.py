"""Measured decks with known truth, to fit the model to: rendered ones, and mixtures of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from accuracy.damage.making import burnt, fallen, shadowed, veiled
from accuracy.damage.mixing import pasted
from accuracy.damage.opening import holed
from accuracy.damage.scenes import folders
from accuracy.damage.strips import Strips, made_worse, planned
from accuracy.damage.surfaces import retextured, textures
from accuracy.damage.unharmed import latticed, queued, repaved, wet
from numpy import float16
from numpy.typing import NDArray

from forensics.damage.cells import Cells, cells_of
from forensics.damage.measures import measure

T = TypeVar("T")

_VERSIONS = 2
"""Each rendered pair is made worse in so many ways."""

_WANTED = ("scorched", "holed", "collapsed")
_KINDS = {
    "pasted": 0.32,
    "fallen": 0.16,
    "holed": 0.15,
    "scorched": 0.05,
    "shadowed": 0.09,
    "latticed": 0.03,
    "repaved": 0.06,
    "wet": 0.04,
    "queued": 0.04,
    "veiled": 0.06,
}
"""Shares of the kinds of mixtures."""

_MADE = {
    "fallen": fallen,
    "holed": holed,
    "scorched": burnt,
    "shadowed": shadowed,
    "latticed": latticed,
    "repaved": repaved,
    "wet": wet,
    "queued": queued,
    "veiled": veiled,
}
_ALSO = {"shadowed": 0.1, "latticed": 0.03, "repaved": 0.04, "wet": 0.04, "queued": 0.04}
"""How often a deck is changed in such a way, too, before it is damaged."""

_ALSO_VEILED, _RETEXTURED = 0.08, 0.3
_WANTED_SHARES = (0.32, 0.4, 0.28)


@dataclass(frozen=True, eq=False)
class Sample:
    """A measured deck and what happened to it, by cell."""

    name: str
    sources: tuple[str, ...]
    state: str
    real: bool
    maps: NDArray[float16]
    seen: NDArray[np.bool_]
    held: float
    truth: NDArray[np.uint8]
    gap: float

    @property
    def cells(self) -> Cells:
        """Give its measures."""
        return Cells(self.maps.astype(np.float32), self.seen)


def rendered(bridge: int) -> Iterator[Sample]:
    """Measure every pair of a bridge, made worse."""
    for at, strips in enumerate(planned(bridge)):
        for version in range(_VERSIONS):
            yield sample_of(strips, np.random.default_rng([bridge, at, version]))


def mixed(bridges: Sequence[int], count: int, seed: int) -> Iterator[Sample]:
    """Mix what is known of some bridges into so many other pairs."""
    photos = list(textures(folders()[0].parents[1]))
    every = {bridge: list(planned(bridge)) for bridge in bridges}
    mixer = Mixer({bridge: pairs for bridge, pairs in every.items() if pairs}, photos)
    for at in range(count):
        rng = np.random.default_rng([seed, at])
        yield sample_of(mixer.mix(rng), rng)


@dataclass(frozen=True, eq=False)
class Mixer:
    """What mixtures are made of: pairs of strips by bridge, and grey photographs."""

    every: dict[int, list[Strips]]
    photos: Sequence[NDArray[np.uint8]]

    def mix(self, rng: np.random.Generator) -> Strips:
        """Make one mixture; the same for the same state of the generator."""
        bridges = list(self.every)
        while True:
            unhurt = [each for each in self.every[_one_of(bridges, rng)] if each.state == "none"]
            kind = str(rng.choice(list(_KINDS), p=list(_KINDS.values())))
            base = _one_of(unhurt, rng)
            if rng.random() < _RETEXTURED:
                base = retextured(base, _one_of(self.photos, rng), rng)
            for also, share in _ALSO.items():
                if rng.random() < share:
                    base = _MADE[also](base, rng)
            donors = self.every[_one_of(bridges, rng)]
            made = _pasted(base, donors, rng) if kind == "pasted" else _MADE[kind](base, rng)
            if made is not None:
                return veiled(made, rng) if rng.random() < _ALSO_VEILED else made


def sample_of(strips: Strips, rng: np.random.Generator) -> Sample:
    """Make a pair worse and measure it."""
    worse = made_worse(strips, rng)
    measures = measure(worse.before, worse.after, worse.seen, worse.grid)
    cells = cells_of(measures)
    size = (cells.seen.shape[1], cells.seen.shape[0])
    deck = np.ascontiguousarray(worse.truth[worse.grid.deck])
    truth = np.asarray(cv2.resize(deck, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    return Sample(
        strips.name,
        strips.sources,
        strips.state,
        strips.real,
        cells.maps.astype(float16),
        cells.seen,
        measures.held,
        truth,
        strips.gap,
    )


def _pasted(base: Strips, others: Sequence[Strips], rng: np.random.Generator) -> Strips | None:
    wanted = str(rng.choice(_WANTED, p=_WANTED_SHARES))
    donors = [each for each in others if each.state == wanted and " " not in each.name]
    return pasted(base, _one_of(donors, rng), rng) if donors else None


def _one_of(some: Sequence[T], rng: np.random.Generator) -> T:
    return some[int(rng.integers(len(some)))]
