"""What comes and goes and is no damage: vehicles, boats, tarpaulins, and casters of shadows."""

import math

import numpy as np

from tools.scenes.blender import Boxes, Matrix, Thing, Vector, add, mesh
from tools.scenes.happening import Break, Happening, Null
from tools.scenes.land import Shapes
from tools.scenes.noise import Array, fractal, smoothstep
from tools.scenes.site import Site
from tools.scenes.truth import Seen

_PAINTS = 6
_CAR_BODY = (
    (-2.2, 0.35), (-2.2, 0.8), (-2.05, 0.95), (-1.0, 1.0), (1.0, 0.95), (2.0, 0.8), (2.2, 0.6),
    (2.2, 0.35),
)  # fmt: skip
_CAR_CABIN = ((-1.95, 0.95), (-1.45, 1.43), (0.25, 1.45), (1.05, 0.95))
_WHEEL_SIDES = 10
_QUEUE_GAP_M = 1.6


def add_visitors(
    site: Site,
    happening: Happening,
    vehicles: int,
    *,
    towards_sun: Thing,
    materials: dict[str, Thing],
    shapes: Shapes,
    collection: Thing,
    rng: np.random.Generator,
) -> None:
    """Add some vehicles and what the nulls of a picture ask for."""
    kit = _Kit(site, materials, collection, rng)
    for _ in range(vehicles):
        x = float(rng.uniform(-site.length_m / 2 - 60, site.length_m / 2 + 60))
        if _is_clear(happening.gap, x):
            kit.vehicle(x, int(rng.choice([-1, 1])))
    nulls = happening.nulls
    if Null.QUEUE in nulls:
        for lane in (-1, 1)[: int(rng.integers(1, 3))]:
            x = -0.42 * site.length_m
            while x < 0.42 * site.length_m:
                x += kit.vehicle(x, lane) + _QUEUE_GAP_M + float(rng.uniform(0, 3))
    if Null.TARPAULIN in nulls:
        for _ in range(int(rng.integers(2, 4))):
            kit.tarpaulin()
    if Null.BARGE in nulls:
        kit.boat(across=float(rng.uniform(-0.5, 0.5)), beside_m=0.0, is_ferry=False)
    if Null.FERRY in nulls:
        aside = float(rng.choice([-1, 1]) * rng.uniform(10, 20))
        kit.boat(across=float(rng.uniform(-0.4, 0.4)), beside_m=aside, is_ferry=True)
    if Null.TREE_SHADOW in nulls:
        for _ in range(int(rng.integers(3, 6))):
            kit.tree_shadow(shapes, towards_sun)
    if Null.TRUSS_SHADOW in nulls:
        kit.mast_shadow(towards_sun)
    if Null.CLOUD_SHADOW in nulls:
        kit.cloud_shadow(towards_sun)


def _is_clear(gap: Break | None, x: float) -> bool:
    return gap is None or not gap.start - 4 < x < gap.end + 4


class _Kit:
    """Builds visitors into one collection."""

    def __init__(
        self, site: Site, materials: dict[str, Thing], collection: Thing, rng: np.random.Generator
    ) -> None:
        self.site, self.materials, self.collection, self.rng = site, materials, collection, rng

    def vehicle(self, x: float, lane: int) -> float:
        """Put a car, a van or a truck on a lane; gives its length."""
        site, rng = self.site, self.rng
        y = lane * (site.width_m / 2 - 1.25) * 0.5 + float(rng.uniform(-0.25, 0.25))
        z = site.deck_z_m if abs(x) < site.length_m / 2 else float(site.road_z(x))
        turn = math.pi if lane > 0 else 0.0
        frame = Matrix.Translation((x, y, z)) @ Matrix.Rotation(turn, 4, "Z")
        paint = self.materials[f"paint{int(rng.integers(_PAINTS))}"]
        if rng.random() < 0.25:
            self._truck(paint, frame)
            return 9.0
        self._add(_prism(_CAR_BODY, 0.88, 0.84), paint, frame)
        self._add(_prism(_CAR_CABIN, 0.8, 0.62), self.materials["glass"], frame)
        roof = Boxes()
        roof.box((-1.4, 0.2), (-0.6, 0.6), (1.42, 1.48))
        self._add(roof.mesh("roof"), paint, frame)
        self._wheels((-1.35, 1.35), 0.8, 0.32, frame)
        return 4.4

    def _truck(self, paint: Thing, frame: Thing) -> None:
        rng = self.rng
        box, frame_box = Boxes(), Boxes()
        box.box((-4.4, 1.7), (-1.22, 1.22), (1.0, float(rng.uniform(2.4, 3.5))))
        load = ("white", "cargo", f"tarp{int(rng.integers(3))}")[int(rng.integers(3))]
        self._add(box.mesh("load"), self.materials[load], frame)
        frame_box.box((-4.4, 4.2), (-0.6, 0.6), (0.55, 1.0))
        self._add(frame_box.mesh("chassis"), self.materials["tyre"], frame)
        cab = ((2.0, 0.5), (2.0, 2.6), (3.4, 2.7), (4.0, 1.7), (4.25, 1.5), (4.25, 0.5))
        self._add(_prism(cab, 1.15, 1.08), paint, frame)
        pane = ((3.3, 1.75), (3.3, 2.55), (3.46, 2.55), (4.06, 1.75))
        self._add(_prism(pane, 1.0, 0.95), self.materials["glass"], frame)
        self._wheels((-3.6, -2.4, 3.2), 1.1, 0.5, frame)

    def _wheels(self, along: tuple[float, ...], half: float, radius: float, frame: Thing) -> None:
        turn = np.linspace(0, 2 * math.pi, _WHEEL_SIDES, endpoint=False)
        for x in along:
            rim = tuple((x + radius * math.cos(a), radius + radius * math.sin(a)) for a in turn)
            for y in (-half, half):
                at = frame @ Matrix.Translation((0, y, 0))
                self._add(_prism(rim, 0.11, 0.11), self.materials["tyre"], at)

    def tarpaulin(self) -> None:
        """Spread a wrinkled sheet over a part of the deck."""
        site, rng = self.site, self.rng
        a, b = float(rng.uniform(1.5, 4.5)), float(rng.uniform(1.2, 2.6))
        u, v = np.meshgrid(np.linspace(-a, a, 25), np.linspace(-b, b, 25), indexing="ij")
        folds = 0.06 + 0.22 * np.abs(fractal(rng, 25, 25, base=3, octaves=3))
        corners = np.stack([u, v, folds], -1).reshape(-1, 3)
        index = np.arange(u.size).reshape(u.shape)
        quads = [index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]]
        sheet = mesh("sheet", corners, np.stack(quads, -1).reshape(-1, 4), smooth=True)
        x = float(rng.uniform(-0.4, 0.4)) * site.length_m
        y = float(rng.uniform(-1, 1)) * max(0.0, site.width_m / 2 - b - 0.5)
        frame = Matrix.Translation((x, y, site.deck_z_m))
        frame = frame @ Matrix.Rotation(float(rng.uniform(-0.4, 0.4)), 4, "Z")
        cloth = self.materials[f"tarp{int(rng.integers(3))}"]
        add(self.collection, sheet, [cloth], Seen.COVER, frame)

    def boat(self, *, across: float, beside_m: float, is_ferry: bool) -> None:
        """Moor a barge or a ferry, lengthwise in the river."""
        site, rng = self.site, self.rng
        long = float(rng.uniform(11, 16) if is_ferry else rng.uniform(16, 26))
        wide = float(rng.uniform(3, 4.5))
        x = float(site.river_x(beside_m)) + across * site.river_half_m
        y = beside_m + math.copysign(site.width_m / 2 + long, beside_m) if beside_m else beside_m
        turn = math.pi / 2 + float(rng.uniform(-0.1, 0.1))
        frame = Matrix.Translation((x, y, -0.6)) @ Matrix.Rotation(turn, 4, "Z")
        bow, stern = long, -long
        outline = [(stern, -wide), (bow - 4, -wide), (bow, -0.3), (bow, 0.3), (bow - 4, wide)]
        outline.append((stern, wide))
        self._add(_upright(outline, 1.7), self.materials["hull"], frame)
        parts = Boxes()
        if is_ferry:
            parts.box((stern * 0.7, bow * 0.45), (-wide * 0.8, wide * 0.8), (1.7, 3.9))
            parts.box((bow * 0.1, bow * 0.4), (-wide * 0.6, wide * 0.6), (3.9, 5.6))
            self._add(parts.mesh("cabins"), self.materials["white"], frame)
            return
        parts.box((stern * 0.72, bow * 0.7), (-wide * 0.78, wide * 0.78), (1.2, 2.3))
        self._add(parts.mesh("hold"), self.materials["cargo"], frame)
        house = Boxes()
        house.box((stern * 0.95, stern * 0.76), (-wide * 0.6, wide * 0.6), (1.7, 4.0))
        self._add(house.mesh("wheelhouse"), self.materials["white"], frame)

    def tree_shadow(self, shapes: Shapes, towards_sun: Thing) -> None:
        """Hang a crown between the sun and the deck, where the camera does not see it."""
        site, rng = self.site, self.rng
        on_deck = Vector(
            (
                float(rng.uniform(-0.4, 0.4)) * site.length_m,
                float(rng.uniform(-0.5, 0.5)) * site.width_m,
                site.deck_z_m,
            )
        )
        shape = shapes.trees[int(rng.integers(4))]
        size = float(rng.uniform(0.7, 1.2))
        made = add(self.collection, shape, (), Seen.VEGETATION)
        made.scale = (size, size, size)
        # 5 m is where the middle of a crown is; 25 m away its shadow's border is 0.25 m soft.
        made.location = on_deck + towards_sun * 25 - Vector((0, 0, 5 * size))
        made.visible_camera = False

    def mast_shadow(self, towards_sun: Thing) -> None:
        """Let a lattice, as of a crane's jib, throw its shadow along or across the deck."""
        site, rng = self.site, self.rng
        lattice = Boxes()
        for y in (-1.1, 1.1):
            lattice.beam((-22, y, 0), (22, y, 0), 0.35)
        for k in range(-22, 22, 2):
            lattice.beam((k, -1.1, 0), (k + 2, 1.1, 0), 0.2)
            lattice.beam((k, 1.1, 0), (k + 2, -1.1, 0), 0.2)
        x = float(rng.uniform(-0.3, 0.3)) * site.length_m
        place = Vector((x, 0, site.deck_z_m)) + towards_sun * 30
        turn = Matrix.Rotation(float(rng.uniform(-0.9, 0.9)), 4, "Z")
        frame = Matrix.Translation(place) @ turn
        jib = lattice.mesh("jib")
        made = add(self.collection, jib, [self.materials["steel"]], Seen.STRUCTURE, frame)
        made.visible_camera = False

    def cloud_shadow(self, towards_sun: Thing) -> None:
        """Put a ragged disc high above: its shadow covers a part of the bridge."""
        site, rng = self.site, self.rng
        turn = np.linspace(0, 2 * math.pi, 48, endpoint=False)
        wave = np.interp(turn, np.linspace(0, 2 * math.pi, 97), _ring(rng, 97))
        radius = 0.22 * site.length_m * (1 + wave)
        rim = [(r * math.cos(a), r * math.sin(a), 0.0) for r, a in zip(radius, turn, strict=True)]
        fan = [(0, 1 + k, 1 + (k + 1) % 48, 1 + (k + 1) % 48) for k in range(48)]
        triangles = [f[:3] for f in fan]
        disc = mesh("cloud", [(0.0, 0.0, 0.0), *rim], triangles)
        x = float(rng.uniform(-0.35, 0.35)) * site.length_m
        place = Vector((x, 0, site.deck_z_m)) + towards_sun * 600
        made = add(
            self.collection,
            disc,
            [self.materials["white"]],
            Seen.SKY,
            Matrix.Translation(place),
        )
        made.visible_camera = False

    def _add(self, shape: Thing, made_of: Thing, frame: Thing) -> None:
        add(self.collection, shape, [made_of], Seen.VEHICLE, frame)


def _ring(rng: np.random.Generator, count: int) -> Array:
    """Give noise whose ends meet."""
    line = 1.2 * fractal(rng, count, count, base=4, octaves=4)[0]
    fade = smoothstep(0.8, 1.0, np.linspace(0, 1, count))
    return np.asarray(line * (1 - fade) + line[0] * fade)


def _prism(outline: tuple[tuple[float, float], ...], low: float, high: float) -> Thing:
    """Extrude a side view (x, z) across y; half widths at its lowest and highest point."""
    points = np.array(outline)
    span = max(float(np.ptp(points[:, 1])), 1e-6)
    half = low + (high - low) * (points[:, 1] - points[:, 1].min()) / span
    return _between(
        np.stack([points[:, 0], -half, points[:, 1]], -1),
        np.stack([points[:, 0], half, points[:, 1]], -1),
    )


def _upright(outline: list[tuple[float, float]], height: float) -> Thing:
    points = np.array(outline)
    ground = np.zeros(len(points))
    return _between(np.c_[points, ground], np.c_[points, ground + height])


def _between(near: Array, far: Array) -> Thing:
    """Join two outlines of as many points; both are closed by fans, all faces triangles."""
    count = len(near)
    faces = []
    for k in range(count):
        after = (k + 1) % count
        faces += [(k, after, count + after), (k, count + after, count + k)]
    for k in range(1, count - 1):
        faces += [(0, k + 1, k), (count, count + k, count + k + 1)]
    return mesh("solid", np.concatenate([near, far]), faces)
