"""Which pictures of which bridges are taken, when, from where, and by which camera."""

import datetime as dt
import zlib
from dataclasses import dataclass

import numpy as np

from tools.scenes.happening import Null, State
from tools.scenes.sensor import Sensor, draw_sensor
from tools.scenes.site import Kind

AWAY_DEG = {"return": 0.0, "8": 8.0, "12": 12.0, "15": 15.0, "30": 30.0}
_BEFORE_TIME = dt.datetime(2024, 6, 14, 8, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Bridge:
    """One bridge of the plan."""

    seed: int
    kind: Kind
    twin: bool = False
    earlier: bool = False
    """Whether it was already scorched before the first picture."""


@dataclass(frozen=True)
class Shot:
    """One picture."""

    name: str
    state: State
    nulls: tuple[Null, ...]
    view: str
    away_deg: float | None
    """How far the camera stands from where the first picture was taken; None: it is the first."""
    when: dt.datetime
    season: float  # 0 green to 1 dry
    overcast: float  # 0-1
    water_phase: float
    vehicles: int
    sensor: Sensor
    seed: int

    @property
    def is_before(self) -> bool:
        """Whether this is what the others are compared with."""
        return self.away_deg is None


BRIDGES = (
    Bridge(401, Kind.TRUSS),
    Bridge(402, Kind.ARCH, earlier=True),
    Bridge(403, Kind.BOWSTRING),
    Bridge(404, Kind.GIRDER, twin=True),
    Bridge(405, Kind.GIRDER),
    Bridge(406, Kind.ARCH, earlier=True),
    Bridge(407, Kind.GIRDER, earlier=True),
    Bridge(408, Kind.BOWSTRING),
    Bridge(409, Kind.GIRDER),
    Bridge(410, Kind.TRUSS, earlier=True),
    Bridge(411, Kind.ARCH),
    Bridge(412, Kind.GIRDER, twin=True),
    Bridge(413, Kind.GIRDER, earlier=True),
    Bridge(414, Kind.BOWSTRING),
    Bridge(415, Kind.TRUSS),
    Bridge(416, Kind.GIRDER),
    Bridge(417, Kind.ARCH),
    Bridge(418, Kind.GIRDER, earlier=True),
    Bridge(419, Kind.BOWSTRING),
    Bridge(420, Kind.GIRDER),
    Bridge(421, Kind.ARCH, earlier=True),
    Bridge(422, Kind.GIRDER),
    Bridge(423, Kind.TRUSS),
    Bridge(424, Kind.GIRDER),
    Bridge(425, Kind.ARCH),
    Bridge(426, Kind.GIRDER, earlier=True),
    Bridge(427, Kind.BOWSTRING),
    Bridge(428, Kind.GIRDER),
)
"""Bridges to 411 and from 416 are for tuning; `KEPT_ASIDE` names those that are not fitted to."""

KEPT_ASIDE = (408, *range(412, 416))
"""408: a look at the fit before anything is reported on; from 412: false findings are counted."""

_FIRST_WIDE = 405
"""Bridges from this number on have more pictures, see `_WIDE`."""

_NULLS = (
    (Null.WET, "oblique", "return"),
    (Null.REPAVED, "nadir", "return"),
    (Null.TREE_SHADOW, "nadir", "8"),
    (Null.TRUSS_SHADOW, "oblique", "return"),
    (Null.CLOUD_SHADOW, "oblique", "8"),
    (Null.TARPAULIN, "nadir", "return"),
    (Null.QUEUE, "oblique", "return"),
    (Null.BARGE, "nadir", "return"),
    (Null.FERRY, "oblique", "8"),
)
_DAMAGED = (
    (State.SCORCHED, "oblique", "return"),
    (State.HOLED, "nadir", "return"),
    (State.COLLAPSED, "oblique", "return"),
    (State.COLLAPSED, "nadir", "8"),
)
_NULLS_PER_BRIDGE = 4
_WIDE = (
    (
        (State.SCORCHED, "nadir", "return"),
        (State.SCORCHED, "nadir", "12"),
        (State.SCORCHED, "oblique", "return"),
        (State.HOLED, "nadir", "return"),
        (State.COLLAPSED, "nadir", "8"),
    ),
    (
        (State.SCORCHED, "nadir", "8"),
        (State.SCORCHED, "oblique", "return"),
        (State.SCORCHED, "oblique", "15"),
        (State.HOLED, "oblique", "return"),
        (State.COLLAPSED, "nadir", "return"),
    ),
    (
        (State.HOLED, "nadir", "12"),
        (State.HOLED, "oblique", "8"),
        (State.SCORCHED, "nadir", "return"),
        (State.COLLAPSED, "oblique", "return"),
        (State.COLLAPSED, "nadir", "12"),
    ),
)
"""Damage of the later bridges, in turn. Two pictures of one view and state are a pair without
change: scorched before and after, in other light."""

_WIDE_NULLS = 5

_FIRST_BROKEN = 416
"""Bridges from this number on show more holes and gaps: what is hardest to tell."""

_BROKEN = (
    (State.SCORCHED, "nadir", "return"),
    (State.SCORCHED, "oblique", "8"),
    (State.HOLED, "nadir", "return"),
    (State.HOLED, "nadir", "8"),
    (State.HOLED, "oblique", "return"),
    (State.COLLAPSED, "nadir", "return"),
    (State.COLLAPSED, "oblique", "return"),
)
_BROKEN_NULLS = 3


def shots(bridge: Bridge) -> list[Shot]:
    """Plan the pictures of a bridge: two before, some nulls, every state of damage.

    Nulls are dealt out in turn, so that every one is seen on some bridge of four; on the later
    bridges there are more of them, and from both views.
    """
    planned = [_shot(bridge, f"before_{view}", view=view) for view in ("oblique", "nadir")]
    at = bridge.seed % 100 - 1
    wide = bridge.seed >= _FIRST_WIDE
    broken = bridge.seed >= _FIRST_BROKEN
    count = _BROKEN_NULLS if broken else _WIDE_NULLS if wide else _NULLS_PER_BRIDGE
    for k in range(count):
        null, view, change = _NULLS[(count * at + k) % len(_NULLS)]
        if wide and at % 2:
            view = "nadir" if view == "oblique" else "oblique"
        name = f"null-{null.value.replace('_', '-')}_{view}_{change}"
        planned.append(_shot(bridge, name, view=view, change=change, nulls=(null,)))
    damaged = _BROKEN if broken else _WIDE[at % len(_WIDE)] if wide else _DAMAGED
    for state, view, change in damaged:
        name = f"{state.value}_{view}_{change}"
        planned.append(_shot(bridge, name, view=view, change=change, state=state))
    return planned


def _shot(
    bridge: Bridge,
    name: str,
    *,
    view: str,
    change: str | None = None,
    state: State = State.INTACT,
    nulls: tuple[Null, ...] = (),
) -> Shot:
    full = f"s{bridge.seed}_{name}"
    seed = zlib.crc32(full.encode())
    rng = np.random.default_rng(seed)
    first = change is None
    when = _BEFORE_TIME
    if not first:
        month, day, hour = rng.integers(5, 10), rng.integers(1, 28), rng.integers(6, 15)
        when = dt.datetime(2024, int(month), int(day), int(hour), tzinfo=dt.UTC)
    casts = {Null.TREE_SHADOW, Null.TRUSS_SHADOW, Null.CLOUD_SHADOW}
    overcast = 0.0 if first or casts & set(nulls) else float(rng.choice([0, 0, 0, 0.8]))
    return Shot(
        name=full,
        state=state,
        nulls=nulls,
        view=view,
        away_deg=None if change is None else AWAY_DEG[change],
        when=when,
        season=0.0 if first else float(rng.choice([0, 0, 0.25, 0.5])),
        overcast=overcast,
        water_phase=float(rng.uniform(0, 9)),
        vehicles=int(rng.integers(0, 7)),
        sensor=draw_sensor(rng),
        seed=seed,
    )
