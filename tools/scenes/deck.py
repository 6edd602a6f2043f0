"""One piece of deck: slab, girders, railing, bare steel at broken ends; standing or fallen."""

from dataclasses import dataclass

import numpy as np

from tools.scenes.blender import Boxes, Euler, Matrix, Thing, add, mesh
from tools.scenes.happening import EDGE_SAMPLES, Happening
from tools.scenes.noise import Array, profile, smoothstep
from tools.scenes.site import APPROACH_M, Kind, Site
from tools.scenes.superstructure import upper_members
from tools.scenes.surface import MAP_PX_M, Surface, map_uv
from tools.scenes.truth import Seen

CELL_M = 0.15
_SLAB_M, _GIRDERS_M = 0.38, 1.7
_BLEND_M = 4.0  # over this length the cells give way to a ragged end
_RAIL_M = 2.0


@dataclass(frozen=True, eq=False)
class Piece:
    """A stretch of deck between two ends; a broken end has the offsets of its ragged edge."""

    start: float
    end: float
    broken_start: Array | None = None
    broken_end: Array | None = None
    matrix: Thing = None
    """Where it lies when it has fallen."""

    @property
    def has_fallen(self) -> bool:
        """Whether it lies below."""
        return self.matrix is not None


def ragged(rng: np.random.Generator) -> Array:
    """Draw the edge of a fallen piece."""
    return np.asarray(2.2 * profile(rng, EDGE_SAMPLES))


def build_piece(
    site: Site,
    piece: Piece,
    happening: Happening,
    surface: Surface,
    *,
    materials: dict[str, Thing],
    collection: Thing,
    rng: np.random.Generator,
    y_shift: float = 0.0,
    is_twin: bool = False,
) -> None:
    """Build a piece of the deck with what it carries."""
    seen = Seen.FALLEN if piece.has_fallen else Seen.STRUCTURE
    top = Seen.FALLEN if piece.has_fallen else Seen.STRUCTURE if is_twin else Seen.DECK
    lift = Matrix.Translation((0, y_shift, site.deck_z_m))
    frame = (piece.matrix @ lift) if piece.has_fallen else lift
    slab = _slab(site, piece, None if is_twin else surface, rng)
    made = add(collection, slab, [materials[n] for n in ("deck", "concrete", "broken")], top, frame)
    made["deck"] = int(top is Seen.DECK)
    start, end = _stiff_ends(piece)
    beams = Boxes()
    half = site.width_m / 2 - 0.02
    for girder in range(4):
        y = (-0.5 + (girder + 0.5) / 4) * (site.width_m - 1.5)
        beams.box((start + 0.2, end - 0.2), (y - 0.3, y + 0.3), (-_GIRDERS_M, -_SLAB_M))
    for y in (-half, half):
        beams.box((start, end), (y - 0.2, y + 0.2), (-0.6, 0.22))
    add(collection, beams.mesh("girders"), [materials["concrete"]], seen, frame)
    rails = _rails(site, start, end, half)
    stuff = materials["concrete" if site.parapet else "rail"]
    add(collection, rails.mesh("rails"), [stuff], seen, frame)
    if site.kind in (Kind.TRUSS, Kind.BOWSTRING):
        members = upper_members(site, start, end)
        if members.corners:
            add(collection, members.mesh("upper"), [materials["steel"]], seen, frame)
    bars = _bars(site, piece, happening, rng)
    if bars.corners and not is_twin:
        add(collection, bars.mesh("bars"), [materials["rust"]], seen, frame)


def _stiff_ends(piece: Piece) -> tuple[float, float]:
    """Say how far girders and rails reach: not beyond the ragged edge of the slab."""
    start = piece.start if piece.broken_start is None else piece.start + piece.broken_start.max()
    end = piece.end if piece.broken_end is None else piece.end + piece.broken_end.min()
    return float(start), float(max(end, start + 0.5))


def _slab(site: Site, piece: Piece, surface: Surface | None, rng: np.random.Generator) -> Thing:
    """Make the slab from cells; those in holes are left out, broken ends follow their edge."""
    columns = max(2, round((piece.end - piece.start) / CELL_M))
    rows = round(site.width_m / CELL_M)
    along = np.linspace(piece.start, piece.end, columns + 1)
    across = np.linspace(-site.width_m / 2, site.width_m / 2, rows + 1)
    x, y = np.meshgrid(along, across, indexing="ij")
    at = np.linspace(-site.width_m / 2, site.width_m / 2, EDGE_SAMPLES)
    reach = min(_BLEND_M, (piece.end - piece.start) / 2)
    if piece.broken_start is not None:
        give = smoothstep(piece.start + reach, piece.start, x)
        x = x + give * np.interp(across, at, piece.broken_start)[None]
    if piece.broken_end is not None:
        give = smoothstep(piece.end - reach, piece.end, x)
        x = x + give * np.interp(across, at, piece.broken_end)[None]
    keep = np.ones((columns, rows), bool)
    if surface is not None and surface.hole.any():
        middle_x = (x[:-1, :-1] + x[1:, 1:]) / 2 + site.length_m / 2 + APPROACH_M
        middle_y = (y[:-1, :-1] + y[1:, 1:]) / 2 + site.width_m / 2
        column = (middle_x / MAP_PX_M).astype(int).clip(0, surface.hole.shape[1] - 1)
        row = (middle_y / MAP_PX_M).astype(int).clip(0, surface.hole.shape[0] - 1)
        keep = ~surface.hole[row, column]
    rim = _any_corner(np.pad(keep, 1)) & _any_corner(np.pad(~keep, 1))
    x = x + rim * rng.normal(0, 0.04, x.shape)
    y = y + rim * rng.normal(0, 0.04, y.shape)
    top = np.stack([x, y, np.zeros_like(x)], -1).reshape(-1, 3)
    under = top - [0, 0, _SLAB_M]
    under[:, :2] += rim.reshape(-1, 1) * rng.normal(0, 0.08, (len(under), 2))
    corners = np.concatenate([top, under])
    faces, kinds = _slab_faces(keep, len(top))
    uv = map_uv(site, corners[:, 0], corners[:, 1])
    return mesh("deck", corners, faces, materials=kinds, uv=uv)


def _any_corner(cells: Array) -> Array:
    return np.asarray(cells[:-1, :-1] | cells[1:, :-1] | cells[:-1, 1:] | cells[1:, 1:])


def _slab_faces(keep: Array, below: int) -> tuple[Array, Array]:
    """Connect the corners; material 0 is the road, 1 the underside and borders, 2 a break."""
    columns, rows = keep.shape
    index = np.arange((columns + 1) * (rows + 1)).reshape(columns + 1, rows + 1)
    i, j = np.nonzero(keep)
    a, b, c, d = index[i, j], index[i + 1, j], index[i + 1, j + 1], index[i, j + 1]
    faces = [np.stack([a, b, c, d], 1), np.stack([d, c, b, a], 1) + below]
    kinds = [np.zeros(len(a), int), np.ones(len(a), int)]
    ring = np.pad(keep, 1)
    sides = (
        ((-1, 0), (0, 1), (0, 0)),
        ((1, 0), (1, 0), (1, 1)),
        ((0, -1), (0, 0), (1, 0)),
        ((0, 1), (1, 1), (0, 1)),
    )
    for (di, dj), p, q in sides:
        beside = ring[1 + di : 1 + di + columns, 1 + dj : 1 + dj + rows]
        i, j = np.nonzero(keep & ~beside)
        e, f = index[i + p[0], j + p[1]], index[i + q[0], j + q[1]]
        faces.append(np.stack([e, f, f + below, e + below], 1))
        border = (j == 0) | (j == rows - 1)
        kinds.append(np.where(border & bool(dj), 1, 2))
    return np.concatenate(faces), np.concatenate(kinds)


def _rails(site: Site, start: float, end: float, half: float) -> Boxes:
    rails = Boxes()
    for y in (-half, half):
        if site.parapet:
            rails.box((start, end), (y - 0.12, y + 0.12), (0.2, 1.0))
            continue
        for x in np.arange(start + 0.5, end - 0.2, _RAIL_M):
            rails.box((x - 0.05, x + 0.05), (y - 0.05, y + 0.05), (0.2, 1.15))
        for z in (0.55, 0.85, 1.12):
            rails.box((start, end), (y - 0.03, y + 0.03), (z - 0.03, z + 0.03))
    return rails


def _bars(site: Site, piece: Piece, happening: Happening, rng: np.random.Generator) -> Boxes:
    """Bend reinforcement out of broken ends and across holes."""
    bars = Boxes()
    half = site.width_m / 2
    at = np.linspace(-half, half, EDGE_SAMPLES)
    for end_x, edge, way in (
        (piece.start, piece.broken_start, -1),
        (piece.end, piece.broken_end, 1),
    ):
        if edge is None:
            continue
        for y in np.arange(-half + 0.3, half, 0.35):
            length = float(rng.uniform(0.3, 1.2))
            tilt = (0, way * float(rng.uniform(-0.15, 0.8)), float(rng.uniform(-0.35, 0.35)))
            if rng.random() < 0.6:
                x = end_x + float(np.interp(y, at, edge)) - way * 0.5
                frame = Matrix.Translation((x, y, -0.2)) @ Euler(tilt).to_matrix().to_4x4()
                reach = sorted((0.0, way * (length + 0.5)))
                bars.moved((reach[0], reach[1]), (-0.018, 0.018), (-0.018, 0.018), frame)
    for hit in happening.impacts:
        r = 0.8 * hit.hole_radius
        if r == 0 or not piece.start < hit.x < piece.end:
            continue
        for k in np.arange(-r, r, 0.3):
            if rng.random() < 0.4:
                stop = hit.x + r * float(rng.uniform(-0.8, 0.4))
                bars.box((hit.x - r, stop), (hit.y + k - 0.015, hit.y + k + 0.015), (-0.2, -0.17))
    return bars
