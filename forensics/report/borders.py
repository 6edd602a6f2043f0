"""Coast lines, borders and names for the map of positions, loaded when a map is drawn.

The data are Natural Earth 1:50m Admin 0 countries, version 4.1.0, in the public domain
(https://www.naturalearthdata.com), by way of the npm package ``world-atlas`` (ISC licence);
``tools/make_borders.py`` made the file of this package from it and says what it changed.
"""

import zlib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from itertools import accumulate, pairwise

import msgspec
from msgspec import Struct

FILE = "borders.json.z"
UNITS_PER_DEGREE = 100
"""Positions in the file are whole hundredths of a degree."""

TURN = 360 * UNITS_PER_DEGREE
"""Units around the Earth."""

_CHUNK_POINTS = 32
_MIN_POINTS = 3
# Below the pole, so that a coast around it is closed outside every map.
_BEYOND_POLE = 95 * UNITS_PER_DEGREE

Point = tuple[int, int]
Box = tuple[float, float, float, float]


class Line(Struct, frozen=True):
    """A line or a ring, with the boxes around its stretches.

    Parameters
    ----------
    points : list of tuple of int
        (longitude, latitude) in units; longitudes run on over the date line. A ring returns to its
        first point.
    stretches : tuple
        Of each: number of its first point, number of its last point, and its box.
    box : tuple of float
        West, south, east, north.
    turns : bool
        A ring around a pole, laid out three times around and closed beyond the pole.
    """

    points: list[Point]
    stretches: tuple[tuple[int, int, Box], ...]
    box: Box
    turns: bool = False


class Region(Struct, frozen=True):
    """A name and the rings it belongs to.

    Parameters
    ----------
    name : str
        As Natural Earth has it, written out.
    rings : tuple of Line
        Outlines and holes.
    is_island : bool
        It shares no border with another region.
    """

    name: str
    rings: tuple[Line, ...]
    is_island: bool


class Level(Struct, frozen=True):
    """Everything drawn, in one degree of detail.

    Parameters
    ----------
    land : tuple of Line
        Rings of land without the borders on it.
    borders, disputed : tuple of Line
        Lines between regions; those on the list of disputed ones stand apart.
    regions : tuple of Region
        By name.
    """

    land: tuple[Line, ...]
    borders: tuple[Line, ...]
    disputed: tuple[Line, ...]
    regions: tuple[Region, ...]


class PackedRegion(Struct, frozen=True):
    """A region in the file.

    Parameters
    ----------
    name : str
        Its name.
    rings : list of list of int
        Numbers of arcs; ``~n`` is arc n backwards.
    """

    name: str
    rings: list[list[int]]


class Packed(Struct, frozen=True):
    """The data file.

    Parameters
    ----------
    source : str
        Where the data come from.
    arcs : list of list of int
        Longitude and latitude of the first point, then of each step.
    land : list of list of int
        Rings, as in `PackedRegion`.
    borders : list of int
        Arcs that two regions share.
    disputed : list of tuple of int
        Arc, first and last point of disputed stretches.
    regions : list of PackedRegion
        By name.
    """

    source: str
    arcs: list[list[int]]
    land: list[list[int]]
    borders: list[int]
    disputed: list[tuple[int, int, int]]
    regions: list[PackedRegion]


@cache
def load_level(*, apart_units: int) -> Level:
    """Load the lines, once for each degree of detail.

    Parameters
    ----------
    apart_units : int
        Points nearer than this to the last one are left out; 0 for all.

    Returns
    -------
    Level
        The same object every time.
    """
    packed = _read()
    arcs = [_decode(coded, apart_units=apart_units) for coded in packed.arcs]
    marks = {arc: (first, last) for arc, first, last in packed.disputed}
    shared = set(packed.borders)
    return Level(
        land=_rings(packed.land, arcs),
        borders=tuple(
            line
            for arc in packed.borders
            for line in _outside(_decode(packed.arcs[arc]), marks.get(arc), apart_units=apart_units)
        ),
        disputed=tuple(
            _measured(
                _thinned(_decode(packed.arcs[arc])[first : last + 1], apart_units=apart_units)
            )
            for arc, first, last in packed.disputed
        ),
        regions=tuple(
            Region(
                region.name,
                _rings(region.rings, arcs),
                not any(_number(arc) in shared for ring in region.rings for arc in ring),
            )
            for region in packed.regions
        ),
    )


@cache
def _read() -> Packed:
    file = resources.files("forensics.report") / FILE
    return msgspec.json.decode(zlib.decompress(file.read_bytes()), type=Packed)


def _decode(coded: list[int], *, apart_units: int = 0) -> list[Point]:
    points = list(zip(accumulate(coded[::2]), accumulate(coded[1::2]), strict=True))
    return _thinned(points, apart_units=apart_units)


def _thinned(points: list[Point], *, apart_units: int) -> list[Point]:
    if not apart_units:
        return points
    kept = [points[0]]
    for x, y in points[1:-1]:
        if abs(x - kept[-1][0]) > apart_units or abs(y - kept[-1][1]) > apart_units:
            kept.append((x, y))
    return [*kept, points[-1]]


def _outside(
    points: list[Point], mark: tuple[int, int] | None, *, apart_units: int
) -> Iterable[Line]:
    """Give the parts of a border before and after its disputed stretch."""
    first, last = mark or (len(points) - 1, len(points) - 1)
    for part in (points[: first + 1], points[last:]):
        if len(part) > 1:
            yield _measured(_thinned(part, apart_units=apart_units))


def _rings(rings: Sequence[Sequence[int]], arcs: list[list[Point]]) -> tuple[Line, ...]:
    made = (_ring([_oriented(arcs, arc) for arc in ring]) for ring in rings)
    return tuple(line for line in made if len(line.points) > _MIN_POINTS)


def _number(arc: int) -> int:
    return arc if arc >= 0 else ~arc


def _oriented(arcs: list[list[Point]], arc: int) -> list[Point]:
    return arcs[arc] if arc >= 0 else arcs[~arc][::-1]


def _ring(parts: list[list[Point]]) -> Line:
    """Join arcs end to end; those beyond the date line are moved by whole turns."""
    points = list(parts[0])
    for part in parts[1:]:
        shift = round((points[-1][0] - part[0][0]) / TURN) * TURN
        points += [(x + shift, y) for x, y in part[1:]] if shift else part[1:]
    drift = points[-1][0] - points[0][0]
    return _measured(_around_pole(points, drift), turns=True) if drift else _measured(points)


def _around_pole(points: list[Point], drift: int) -> list[Point]:
    pole = -_BEYOND_POLE if points[0][1] < 0 else _BEYOND_POLE
    laid = [(x + turn * drift, y) for turn in (-1, 0, 1) for x, y in points]
    return [*laid, (laid[-1][0], pole), (laid[0][0], pole), laid[0]]


def _measured(points: list[Point], *, turns: bool = False) -> Line:
    stretches = tuple(
        (first, last, _box(points[first : last + 1]))
        for first, last in pairwise((*range(0, len(points) - 1, _CHUNK_POINTS), len(points) - 1))
    )
    return Line(points, stretches, _box(points), turns)


def _box(points: list[Point]) -> Box:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)
