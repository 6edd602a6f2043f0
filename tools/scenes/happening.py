"""What has happened to a bridge, and what merely looks like it, in deck metres."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from tools.scenes.noise import Array, profile
from tools.scenes.site import Site

EDGE_SAMPLES = 96
_EDGE_AMPLITUDE = 2.6  # metres from peak to peak of the ragged edge, about


class State(StrEnum):
    """The worst that has happened."""

    INTACT = "intact"
    SCORCHED = "scorched"
    HOLED = "holed"
    COLLAPSED = "collapsed"


class Null(StrEnum):
    """A change that is no damage."""

    WET = "wet"
    REPAVED = "repaved"
    TREE_SHADOW = "tree_shadow"
    TRUSS_SHADOW = "truss_shadow"  # of a crane or a gantry beside the bridge
    CLOUD_SHADOW = "cloud_shadow"
    TARPAULIN = "tarpaulin"
    QUEUE = "queue"
    BARGE = "barge"
    FERRY = "ferry"


class Fall(StrEnum):
    """How the missing spans came down."""

    VEE = "vee"  # broken in the middle, both halves lean on their piers
    SLIDE = "slide"  # one end holds
    FLAT = "flat"  # in pieces on the bed


@dataclass(frozen=True)
class Impact:
    """Where something burnt: the middle, its radius, and how much longer than wide."""

    x: float
    y: float
    radius: float
    stretch: float
    hole_radius: float = 0.0


@dataclass(frozen=True, eq=False)
class Break:
    """A stretch without deck: two ragged edges across the width.

    The same edges cut the mesh and the truth, so that no pixel of one belongs to the other.
    """

    first_span: int
    spans: int
    start: float
    end: float
    fall: Fall
    ragged: tuple[Array, Array]
    """Offsets along X of the two edges, metres, evenly spaced from the right to the left border."""

    def edge_x(self, y: Array, width_m: float, *, last: bool) -> Array:
        """Give where an edge runs at `y`."""
        at = np.linspace(-width_m / 2, width_m / 2, EDGE_SAMPLES)
        return np.asarray((self.end if last else self.start) + np.interp(y, at, self.ragged[last]))


@dataclass(frozen=True, eq=False)
class Happening:
    """All that differs from the bridge as it was built."""

    state: State = State.INTACT
    impacts: tuple[Impact, ...] = ()
    earlier: tuple[Impact, ...] = ()
    """Burnt before the first picture was taken: no change, in either picture."""
    gap: Break | None = None
    nulls: tuple[Null, ...] = field(default=())
    seed: int = 0


def happen(
    site: Site, state: State, *, nulls: tuple[Null, ...] = (), earlier: bool = False
) -> Happening:
    """Draw what happened to a bridge; the same for every picture of one state."""
    rng = np.random.default_rng(site.seed + 5)
    gap = _break(site, np.random.default_rng(site.seed + 40))
    before = tuple(_impacts(site, np.random.default_rng(site.seed + 9), 1)) if earlier else ()
    if state is State.INTACT:
        return Happening(nulls=nulls, earlier=before, seed=site.seed)
    if state is State.COLLAPSED:
        middle = (gap.start + gap.end) / 2
        # On what still stands beside the gap, so that soot can be seen at all.
        x = gap.start - rng.uniform(0, 5) if middle > 0 else gap.end + rng.uniform(0, 5)
        hit = Impact(float(x), float(rng.uniform(-1, 1)), float(rng.uniform(4, 7)), 1.2)
        return Happening(state, (hit,), before, gap, nulls, site.seed)
    impacts = _impacts(site, rng, int(rng.integers(1, 4)))
    if state is State.HOLED:
        radii = rng.uniform(1.5, 3.2, len(impacts))
        impacts = [
            Impact(i.x, i.y, i.radius, i.stretch, float(r))
            for i, r in zip(impacts, radii, strict=True)
        ]
    return Happening(state, tuple(impacts), before, None, nulls, site.seed)


def _impacts(site: Site, rng: np.random.Generator, count: int) -> list[Impact]:
    half_x, half_y = 0.36 * site.length_m, site.width_m / 2 - 2.0
    return [
        Impact(
            float(rng.uniform(-half_x, half_x)),
            float(rng.uniform(-half_y, half_y)),
            float(rng.uniform(3.4, 6.8)),
            float(rng.uniform(0.8, 1.6)),
        )
        for _ in range(count)
    ]


def _break(site: Site, rng: np.random.Generator) -> Break:
    """Choose the spans that go; never the whole bridge, and an end span only of short bridges."""
    end_spans = site.spans <= 3
    count = 1 if end_spans or rng.random() < 0.55 else 2
    lowest, beyond = (0, site.spans - count + 1) if end_spans else (1, site.spans - count)
    first = int(rng.integers(lowest, beyond))
    piers = site.pier_x()
    falls = list(Fall) if count == 1 else [Fall.VEE, Fall.FLAT]
    start = piers[first] + float(rng.uniform(0.8, 3.0))
    end = piers[first + count] - float(rng.uniform(0.8, 3.0))
    ragged = tuple(_EDGE_AMPLITUDE * profile(rng, EDGE_SAMPLES) for _ in range(2))
    return Break(
        first, count, start, end, falls[int(rng.integers(len(falls)))], (ragged[0], ragged[1])
    )
