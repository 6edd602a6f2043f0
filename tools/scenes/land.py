"""Ground, river, trees, stones and houses around a bridge."""

import math
from dataclasses import dataclass

import numpy as np

from tools.scenes.blender import Boxes, Matrix, Thing, add, bpy, mesh
from tools.scenes.noise import Array, smoothstep
from tools.scenes.site import Site
from tools.scenes.truth import Seen

_TREES = 1500
_TREE_SHAPES, _BUSH = 4, 4
_NEAR_M, _FAR_M, _CELL_M = 131.0, 2500.0, 1.2
_WATER_HALF_M = 3000.0


@dataclass(frozen=True, eq=False)
class Shapes:
    """Meshes that are used many times over."""

    trees: tuple[Thing, ...]
    stones: tuple[Thing, ...]
    rubble: tuple[Thing, ...]


def build_land(
    site: Site, materials: dict[str, Thing], collection: Thing, rng: np.random.Generator
) -> Shapes:
    """Build everything that is there before and after; gives the shapes for more of it."""
    _terrain(site, materials, collection)
    trees = tuple(_tree(k, materials, rng) for k in range(_TREE_SHAPES + 1))
    stones = tuple(_stone(f"stone{k}", materials["broken"], rng) for k in range(4))
    rubble = tuple(_stone(f"rubble{k}", materials["broken"], rng) for k in range(6))
    places = _plant(site, trees, collection, rng)
    for _ in range(350):
        y = float(rng.normal(0, 40))
        x = float(site.river_x(y)) + rng.choice([-1, 1]) * (site.river_half_m + rng.uniform(-1, 5))
        made = add(collection, stones[int(rng.integers(4))], (), Seen.GROUND)
        made.scale = [float(rng.uniform(0.12, 0.5))] * 3
        made.rotation_euler = rng.uniform(0, 6, 3)
        made.location = (x, y, float(site.ground_z(x, y)))
    for _ in range(int(rng.integers(8, 18))):
        _house(site, places, materials, collection, rng)
    return Shapes(trees, stones, rubble)


def _terrain(site: Site, materials: dict[str, Thing], collection: Thing) -> None:
    def axis(near: float) -> Array:
        far = np.geomspace(near + 1, _FAR_M, 70)
        return np.concatenate([-far[::-1], np.arange(-near, near + 0.1, _CELL_M), far])

    x, y = np.meshgrid(axis(site.length_m / 2 + 120), axis(_NEAR_M))
    corners = np.stack([x, y, site.ground_z(x, y)], -1).reshape(-1, 3)
    index = np.arange(x.size).reshape(x.shape)
    faces = [index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]]
    inland = np.abs(x - site.river_x(y)) - site.river_half_m + 3 * site.texture(x, y, 200)
    uv = np.stack([inland / 100, y / 100], -1).reshape(-1, 2)
    ground = mesh("terrain", corners, np.stack(faces, -1).reshape(-1, 4), uv=uv, smooth=True)
    add(collection, ground, [materials["ground"]], Seen.GROUND)
    w = _WATER_HALF_M
    square = [(-w, -w, 0), (w, -w, 0), (w, w, 0), (-w, w, 0)]
    add(collection, mesh("water", square, [(0, 1, 2, 3)]), [materials["water"]], Seen.WATER)


def _tree(number: int, materials: dict[str, Thing], rng: np.random.Generator) -> Thing:
    """Leaves on the surface of a few balls, and a trunk."""
    bush = number == _BUSH
    leaves = 500 if bush else 1500
    height = 1.8 if bush else rng.uniform(6, 11)
    crown = height * rng.uniform(0.28, 0.42)
    balls = rng.normal(0, 1, (9, 3)) * [crown * 0.55, crown * 0.55, height * 0.16]
    balls += [0, 0, height * (0.5 if bush else 0.62)]
    radius = crown * rng.uniform(0.4, 0.75, 9)
    which = rng.integers(0, 9, leaves)
    outward = _unit(rng.normal(0, 1, (leaves, 3)))
    depth = radius[which] * rng.uniform(0.55, 1, leaves) ** 0.5
    middle = balls[which] + outward * depth[:, None]
    size = (0.2 if bush else 0.3) * rng.uniform(0.6, 1.5, leaves) * (height / 8) ** 0.5
    normal = _unit(outward + rng.normal(0, 0.6, (leaves, 3)))
    u = _unit(np.cross(normal, rng.normal(0, 1, (leaves, 3)))) * size[:, None]
    v = np.cross(normal, u) * 0.8
    corners = np.stack([middle - u, middle - v, middle + u, middle + v], 1).reshape(-1, 3)
    trunk = Boxes()
    trunk.box((-0.12, 0.12), (-0.12, 0.12), (-0.5, height * 0.6))
    wood = trunk.mesh("trunk")
    wood_corners = np.array([p.co for p in wood.vertices])
    wood_faces = np.array([list(p.vertices) for p in wood.polygons]) + len(corners)
    faces = np.concatenate([np.arange(4 * leaves).reshape(leaves, 4), wood_faces])
    kinds = np.concatenate([np.zeros(leaves, int), np.ones(len(wood_faces), int)])
    bpy.data.meshes.remove(wood)
    made = mesh(f"tree{number}", np.concatenate([corners, wood_corners]), faces, materials=kinds)
    made.materials.append(materials[f"leaf{number % 3}"])
    made.materials.append(materials["bark"])
    made.use_fake_user = True
    return made


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def _stone(name: str, made_of: Thing, rng: np.random.Generator) -> Thing:
    """Give a lump; rubble and stones are shapes of their own, because a shape has one class."""
    bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=2)
    ball = bpy.context.object
    shape = ball.data
    corners = np.array([p.co for p in shape.vertices])
    if name.startswith("rubble"):  # broken concrete has flat sides: clip the ball
        limit = rng.uniform(0.45, 0.75, 3)
        corners = corners.clip(-limit, limit)
        corners *= rng.uniform(0.9, 1.1, (len(corners), 1))
    else:
        corners *= rng.uniform(0.6, 1.1, (len(corners), 1))
        corners[:, 2] *= 0.6
    shape.vertices.foreach_set("co", corners.astype(np.float32).ravel())
    bpy.data.objects.remove(ball)
    shape.name = name
    shape.materials.append(made_of)
    shape.use_fake_user = True  # stays when the last stone is cleared away
    return shape


def _plant(
    site: Site, shapes: tuple[Thing, ...], collection: Thing, rng: np.random.Generator
) -> list[tuple[float, float]]:
    places: list[tuple[float, float]] = []
    road_half = site.width_m / 2 + (site.twin_y_m if site.twin else 0)
    while len(places) < _TREES:
        x, y = float(rng.uniform(-330, 330)), float(rng.uniform(-300, 300))
        if len(places) > 0.7 * _TREES:  # the last third stands along the river
            aside = site.river_half_m + rng.uniform(4, 16)
            x = float(site.river_x(y)) + float(rng.choice([-1, 1]) * aside)
        from_river = abs(x - float(site.river_x(y)))
        clear = 7 if abs(x) > site.length_m / 2 - 12 else 9
        if from_river < site.river_half_m + 3 or abs(y) < road_half + clear:
            continue
        ground = float(site.ground_z(x, y))
        density = float(site.texture(np.array(x + 99), np.array(y), 150))
        density += 0.10 if from_river < site.river_half_m + 20 else 0
        if ground < 1.2 or rng.random() > smoothstep(-0.02, 0.16, density) + 0.02:
            continue
        places.append((x, y))
        kind = _BUSH if rng.random() < 0.35 else int(rng.integers(_TREE_SHAPES))
        made = add(collection, shapes[kind], (), Seen.VEGETATION)
        size = rng.uniform(0.6, 1.3)
        made.scale = (size, size, size * rng.uniform(0.85, 1.15))
        made.rotation_euler = (0, 0, rng.uniform(0, 2 * math.pi))
        made.location = (x, y, ground)
    return places


def _house(
    site: Site,
    trees: list[tuple[float, float]],
    materials: dict[str, Thing],
    collection: Thing,
    rng: np.random.Generator,
) -> None:
    for _ in range(30):
        x = float(rng.choice([-1, 1]) * rng.uniform(site.river_half_m + 40, 260))
        y = float(rng.choice([-1, 1]) * rng.uniform(34, 200))
        clear = min(math.hypot(x - a, y - b) for a, b in trees) > 5
        if abs(x - float(site.river_x(y))) > site.river_half_m + 25 and clear:
            break
    a, b, tall = rng.uniform(4, 7), rng.uniform(3, 4.5), rng.uniform(3, 5)
    ground = float(site.ground_z(x, y)) - 0.3
    frame = Matrix.Translation((x, y, ground)) @ Matrix.Rotation(rng.uniform(0, 3), 4, "Z")
    walls = Boxes()
    walls.box((-a, a), (-b, b), (0, tall))
    add(collection, walls.mesh("house"), [materials["wall"]], Seen.BUILDING, frame)
    eaves = [(s * (a + 0.4), t * (b + 0.5), tall) for s, t in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    ridge = [(s * (a + 0.4), 0, tall + b * 0.7) for s in (-1, 1, -1, 1)]
    roof = mesh("roof", eaves + ridge, [(0, 1, 5, 4), (2, 3, 4, 5), (0, 4, 6, 3), (1, 2, 5, 7)])
    tiles = materials[f"roof{int(rng.integers(2))}"]
    add(collection, roof, [tiles], Seen.BUILDING, frame)
