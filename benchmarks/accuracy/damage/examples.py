"""Measured decks with known truth, to fit the model to: rendered ones, and mixtures of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from accuracy.damage.making import burnt, fallen, shadowed, veiled
from accuracy.damage.mixing import pasted
from accuracy.damage.strips import Strips, made_worse, planned
from numpy import float16
from numpy.typing import NDArray

from forensics.damage.cells import Cells, cells_of
from forensics.damage.measures import measure

T = TypeVar("T")

_VERSIONS = 2
"""Each rendered pair is made worse in so many ways."""

_WANTED = ("scorched", "holed", "collapsed")
_KINDS = {
    "pasted": 0.42,
    "fallen": 0.16,
    "holed": 0.09,
    "scorched": 0.05,
    "shadowed": 0.18,
    "veiled": 0.10,
}
"""Shares of the kinds of mixtures."""

_ALSO_SHADOWED, _ALSO_VEILED = 0.15, 0.08
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
    rng = np.random.default_rng(seed)
    every = {bridge: list(planned(bridge)) for bridge in bridges}
    bases = {bridge: [each for each in of if each.state == "none"] for bridge, of in every.items()}
    while count:
        base = _one_of(bases[_one_of(bridges, rng)], rng)
        kind = str(rng.choice(list(_KINDS), p=list(_KINDS.values())))
        if kind in ("pasted", "holed", "fallen") and rng.random() < _ALSO_SHADOWED:
            base = shadowed(base, rng)
        made = _mix(kind, base, every[_one_of(bridges, rng)], rng)
        if made is None:
            continue
        if rng.random() < _ALSO_VEILED:
            made = veiled(made, rng)
        yield sample_of(made, rng)
        count -= 1


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


def _mix(
    kind: str, base: Strips, others: Sequence[Strips], rng: np.random.Generator
) -> Strips | None:
    if kind == "fallen":
        return fallen(base, rng)
    if kind in ("holed", "scorched"):
        return burnt(base, rng, holes=kind == "holed")
    if kind == "shadowed":
        return shadowed(base, rng)
    if kind == "veiled":
        return veiled(base, rng)
    wanted = str(rng.choice(_WANTED, p=_WANTED_SHARES))
    donors = [each for each in others if each.state == wanted and " " not in each.name]
    return pasted(base, _one_of(donors, rng), rng) if donors else None


def _one_of(some: Sequence[T], rng: np.random.Generator) -> T:
    return some[int(rng.integers(len(some)))]
