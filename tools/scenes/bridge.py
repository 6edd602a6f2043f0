"""Build a bridge as it stands after what happened, and what fell from it."""

import itertools
import math

import numpy as np

from tools.scenes.blender import Boxes, Euler, Matrix, Thing, add, bpy, mesh
from tools.scenes.deck import Piece, build_piece, ragged
from tools.scenes.happening import Break, Fall, Happening
from tools.scenes.land import Shapes
from tools.scenes.materials import deck_material
from tools.scenes.noise import Array, fractal
from tools.scenes.site import APPROACH_M, Kind, Site
from tools.scenes.superstructure import lower_members
from tools.scenes.surface import MAP_PX_M, Surface, map_uv, paint
from tools.scenes.truth import Seen

_APPROACH_STEPS = 60
_PIER_TOP_M = 1.7  # below the deck
_MOUND_CELLS = 28


def clear(collection: Thing) -> None:
    """Take everything out of a collection."""
    for each in list(collection.objects):
        shape = each.data
        bpy.data.objects.remove(each)
        if shape is not None and shape.users == 0:
            bpy.data.meshes.remove(shape)


def build_bridge(
    site: Site,
    happening: Happening,
    *,
    materials: dict[str, Thing],
    shapes: Shapes,
    collection: Thing,
) -> Surface:
    """Build the bridge, and its twin, and give the surface that its deck was painted with."""
    clear(collection)
    rng = np.random.default_rng(site.seed + 6)
    surface = paint(site, happening)
    stuff = materials | {"deck": deck_material(surface)}
    _stands(site, stuff, collection, happening.gap)
    for piece in _pieces(site, happening.gap, rng):
        build_piece(
            site, piece, happening, surface, materials=stuff, collection=collection, rng=rng
        )
    if happening.gap is not None:
        _heap(site, happening.gap, shapes, stuff, collection, rng)
    _crumbs(site, happening, surface, shapes, collection, rng)
    if site.twin:
        _stands(site, stuff, collection, None, y_shift=site.twin_y_m)
        for start, end in _spans(site):
            build_piece(
                site,
                Piece(start, end),
                Happening(),
                surface,
                materials=stuff | {"deck": deck_material(paint(site, Happening()))},
                collection=collection,
                rng=rng,
                y_shift=site.twin_y_m,
                is_twin=True,
            )
    return surface


def _spans(site: Site) -> list[tuple[float, float]]:
    piers = site.pier_x()
    return list(itertools.pairwise(piers))


def _stands(
    site: Site,
    materials: dict[str, Thing],
    collection: Thing,
    gap: Break | None,
    *,
    y_shift: float = 0.0,
) -> None:
    """Build approaches, abutments, piers and, for arch bridges, the arches."""
    rng = np.random.default_rng(site.seed + 61)
    half, end = site.width_m / 2, site.length_m / 2
    move = Matrix.Translation((0, y_shift, 0))
    walls, piers, arches = Boxes(), Boxes(), Boxes()
    for way in (-1, 1):
        reach = np.sort(way * np.linspace(end + 0.02, end + APPROACH_M, _APPROACH_STEPS))
        x, y = np.meshgrid(reach, np.linspace(-half, half, 3), indexing="ij")
        corners = np.stack([x, y, site.road_z(x)], -1).reshape(-1, 3)
        index = np.arange(len(corners)).reshape(x.shape)
        quads = [index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]]
        uv = map_uv(site, corners[:, 0], corners[:, 1])
        road = mesh("approach", corners, np.stack(quads, -1).reshape(-1, 4), uv=uv)
        add(collection, road, [materials["deck"]], Seen.GROUND, move)
        ends = sorted((way * (end - 0.2), way * (end + 1.2)))
        walls.box((ends[0], ends[1]), (-half - 0.4, half + 0.4), (-3, site.deck_z_m - 0.4))
    top = site.deck_z_m - _PIER_TOP_M
    gone = range(gap.first_span, gap.first_span + gap.spans) if gap is not None else range(0)
    for number, pier in list(enumerate(site.pier_x()))[1:-1]:
        if number in gone and number - 1 in gone:  # both its spans fell: it was hit
            stump = float(rng.uniform(0.3, 2.0))
            piers.box((pier - 0.7, pier + 0.7), (-half * 0.66, half * 0.66), (-4, stump))
            continue
        piers.box((pier - 0.65, pier + 0.65), (-half * 0.66, half * 0.66), (-4, top - 0.9))
        piers.box((pier - 0.95, pier + 0.95), (-half + 0.3, half - 0.3), (top - 0.9, top))
    add(collection, walls.mesh("abutments"), [materials["concrete"]], Seen.STRUCTURE, move)
    add(collection, piers.mesh("piers"), [materials["concrete"]], Seen.STRUCTURE, move)
    if site.kind is Kind.ARCH:
        for number, (left, right) in enumerate(_spans(site)):
            if number not in gone:
                arches.corners += lower_members(site, left, right).corners
        lift = Matrix.Translation((0, y_shift, site.deck_z_m))
        add(collection, arches.mesh("arches"), [materials["concrete"]], Seen.STRUCTURE, lift)


def _pieces(site: Site, gap: Break | None, rng: np.random.Generator) -> list[Piece]:
    """Cut the deck into spans; what is left of broken ones ends at the ragged edges."""
    spans = _spans(site)
    if gap is None:
        return [Piece(a, b) for a, b in spans]
    beyond = gap.first_span + gap.spans
    standing = [Piece(a, b) for a, b in spans[: gap.first_span] + spans[beyond:]]
    stubs = [
        Piece(spans[gap.first_span][0], gap.start, broken_end=gap.ragged[0]),
        Piece(gap.end, spans[beyond - 1][1], broken_start=gap.ragged[1]),
    ]
    return standing + stubs + _fallen(site, gap, rng)


def _fallen(site: Site, gap: Break, rng: np.random.Generator) -> list[Piece]:
    """Lay the missing deck where it came to rest: leaning on a stub, or on the bed."""
    start, end = gap.start + 0.4, gap.end - 0.4
    length = end - start
    if gap.fall is Fall.SLIDE:
        drop = float(rng.uniform(0.3, 1.0))
        way = 1 if rng.random() < 0.5 else -1
        hinge, foot = (start, end - 3) if way > 0 else (end, start + 3)
        lean = way * _pitch(site, length, foot, lift=1.2, drop=drop)
        return [_piece(start, end, _leaning(site, hinge, lean, drop, rng), rng)]
    if gap.fall is Fall.VEE:
        middle = start + float(rng.uniform(0.35, 0.65)) * length
        made = []
        for a, b, hinge, way in ((start, middle - 0.2, start, 1), (middle + 0.2, end, end, -1)):
            high = b - a > site.deck_z_m
            drop = float(rng.uniform(0, 0.6)) if high else site.deck_z_m - (b - a) * 0.8
            lean = way * _pitch(site, b - a, middle, lift=0.9, drop=drop)
            made.append(_piece(a, b, _leaning(site, hinge, lean, drop, rng), rng))
        return made
    cuts = np.linspace(start, end, 2 * gap.spans + 1)
    cuts[1:-1] += rng.uniform(-2, 2, len(cuts) - 2)
    made = []
    for a, b in itertools.pairwise(cuts):
        middle = float(a + b) / 2
        # A girder's height above the bed, so that the pieces stand on it and break the water.
        rest = max(_bed(site, middle) + 1.9, 0.25) + float(rng.uniform(-0.2, 0.4))
        place = (middle + float(rng.uniform(-0.5, 0.5)), float(rng.uniform(-1.2, 1.2)), rest)
        tilt = Euler([float(rng.uniform(-t, t)) for t in (0.16, 0.14, 0.12)])
        back = Matrix.Translation((-middle, 0, -site.deck_z_m))
        frame = Matrix.Translation(place) @ tilt.to_matrix().to_4x4() @ back
        made.append(_piece(float(a), float(b), frame, rng))
    return made


def _piece(start: float, end: float, frame: Thing, rng: np.random.Generator) -> Piece:
    return Piece(start, end, ragged(rng), ragged(rng), frame)


def _bed(site: Site, x: float) -> float:
    return max(-1.5, float(site.ground_z(x, 0.0)))


def _pitch(site: Site, length: float, foot_x: float, *, lift: float, drop: float) -> float:
    rise = (site.deck_z_m - drop - _bed(site, foot_x) - lift) / length
    return math.asin(min(0.97, max(0.0, rise)))


def _leaning(
    site: Site, hinge_x: float, lean: float, drop: float, rng: np.random.Generator
) -> Thing:
    turn = Euler((float(rng.uniform(-0.08, 0.08)), lean, float(rng.uniform(-0.06, 0.06))))
    to = Matrix.Translation((hinge_x, float(rng.uniform(-0.5, 0.5)), site.deck_z_m - drop))
    back = Matrix.Translation((-hinge_x, 0, -site.deck_z_m))
    return to @ turn.to_matrix().to_4x4() @ back


def _heap(
    site: Site,
    gap: Break,
    shapes: Shapes,
    materials: dict[str, Thing],
    collection: Thing,
    rng: np.random.Generator,
) -> None:
    """Pile rubble up from the bed; stones lie on the pile or the ground, none on the water."""
    for middle_x in (gap.start + 1.5, (gap.start + gap.end) / 2, gap.end - 1.5):
        middle_y = float(rng.uniform(-0.15, 0.15)) * site.width_m
        reach = float(rng.uniform(3.5, 5.5))
        tall = float(rng.uniform(1.2, 3.4))
        lumps = fractal(rng, _MOUND_CELLS, _MOUND_CELLS, base=6, octaves=3)
        axis = np.linspace(-1.6 * reach, 1.6 * reach, _MOUND_CELLS)
        x, y = np.meshgrid(axis, axis * 1.2, indexing="ij")

        def pile(
            dx: Array | float, dy: Array | float, reach: float = reach, tall: float = tall
        ) -> Array:
            return np.asarray(tall * np.exp(-((dx / reach) ** 2 + (dy / (1.2 * reach)) ** 2)))

        ground = site.ground_z(x + middle_x, y + middle_y)
        z = ground - 0.15 + pile(x, y) + 1.2 * lumps * (pile(x, y) > 0.15 * tall)
        corners = np.stack([x + middle_x, y + middle_y, z], -1).reshape(-1, 3)
        index = np.arange(x.size).reshape(x.shape)
        quads = [index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]]
        mound = mesh("mound", corners, np.stack(quads, -1).reshape(-1, 4), smooth=True)
        add(collection, mound, [materials["broken"]], Seen.RUBBLE)
        for _ in range(90):
            dx, dy = (float(v) for v in rng.normal(0, reach * 0.6, 2))
            size = float(rng.gamma(1.5, 0.3)) + 0.1
            base = float(site.ground_z(middle_x + dx, middle_y + dy) + pile(dx, dy))
            rest = base + 0.15 * size
            if rest + 0.5 * size < 0.1:
                continue  # under water
            _stone(collection, shapes, (middle_x + dx, middle_y + dy, rest), size, rng)


def _crumbs(
    site: Site,
    happening: Happening,
    surface: Surface,
    shapes: Shapes,
    collection: Thing,
    rng: np.random.Generator,
) -> None:
    """Leave pieces of concrete lying on the deck around what was hit."""
    for hit in happening.impacts:
        for _ in range(40 if hit.hole_radius else 15):
            x, y = (float(v) for v in rng.normal((hit.x, hit.y), hit.radius * 0.8))
            column = int((x + site.length_m / 2 + APPROACH_M) / MAP_PX_M)
            row = int((y + site.width_m / 2) / MAP_PX_M)
            inside = abs(y) < site.width_m / 2 - 0.4 and abs(x) < site.length_m / 2 - 1
            if not inside or surface.hole[row, column] or surface.missing[row, column]:
                continue
            size = float(rng.gamma(1.3, 0.1)) + 0.05
            _stone(collection, shapes, (x, y, site.deck_z_m + 0.3 * size), size, rng)


def _stone(
    collection: Thing,
    shapes: Shapes,
    place: tuple[float, float, float],
    size: float,
    rng: np.random.Generator,
) -> None:
    made = add(collection, shapes.rubble[int(rng.integers(len(shapes.rubble)))], (), Seen.RUBBLE)
    made.scale = (size * float(rng.uniform(0.8, 1.6)), size, size * 0.8)
    made.rotation_euler = rng.uniform(0, 6, 3)
    made.location = place
