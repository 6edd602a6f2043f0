"""Find places for the names of regions on a map."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from forensics.report.borders import Level
from forensics.report.locator_labels import LINE, Label, Room, around, text_width
from forensics.report.locator_lines import TENTHS, Trace, areas
from forensics.report.locator_view import HEIGHT_PX, WIDTH_PX, View

Place = tuple[float, float]
"""x and y in pixels."""

MAX_NAMES = 16
"""Names of regions on one map."""

NAME_PX = 11
"""Size of the names of regions."""

_CELL_PX = 7
_MIN_AREA_PX = 12
_MIN_DEPTH = 2
_GAP_PX = 4


def name_regions(level: Level, view: View, room: Room) -> tuple[Label, ...]:
    """Place the names of the regions in view where their names fit.

    Parameters
    ----------
    level : Level
        Regions.
    view : View
        The map.
    room : Room
        What is taken; the places of the names are added.

    Returns
    -------
    tuple of Label
        Largest region first; those too narrow for their names follow, whose names run over a
        border or, on maps of less than half the Earth, stand beside an island.
    """
    narrow: list[tuple[str, bool, list[Trace]]] = []
    labels: list[Label] = []
    for name, is_island, traces in _in_view(level, view):
        label = _put(name, _places_inside(traces, name), room)
        if label:
            labels.append(label)
        else:
            narrow.append((name, is_island and not view.apart_units, traces))
        if len(labels) == MAX_NAMES:
            return tuple(labels)
    for name, may_stand_beside, traces in narrow:
        places = _places_beside(traces, name) if may_stand_beside else _deepest(traces)
        label = _put(name, places, room)
        if label:
            labels.append(label)
        if len(labels) == MAX_NAMES:
            break
    return tuple(labels)


def _in_view(level: Level, view: View) -> list[tuple[str, bool, list[Trace]]]:
    """Give name, whether it is an island, and outlines of each region; the largest first."""
    found = []
    for region in level.regions:
        traces = list(areas(region.rings, view))
        size = sum(abs(_area(trace)) for trace in traces)
        if size >= _MIN_AREA_PX:
            found.append((-size, region.name, region.is_island, traces))
    return [each[1:] for each in sorted(found, key=lambda each: each[:2])]


def _put(name: str, places: Iterable[Place], room: Room) -> Label | None:
    width = text_width(name, NAME_PX)
    for x, y in places:
        if room.take(around(x, y, width, NAME_PX * LINE)):
            return Label(x, y + NAME_PX * LINE / 4, name)
    return None


def _area(trace: Trace) -> float:
    """Give the signed area in square pixels (shoelace formula)."""
    closed = [*trace, trace[0]]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(closed)) / 2 / TENTHS**2


def _places_inside(traces: Sequence[Trace], name: str) -> list[Place]:
    """Give places where the name fits into the region, those deepest inside first."""
    width = text_width(name, NAME_PX)
    if not any(_spans(trace, width, NAME_PX) for trace in traces):
        return []
    rows = _sample(traces)
    depth = _depths(rows)
    half = round(width / 2 / _CELL_PX)
    places = []
    for row in range(1, len(rows) - 1):
        fits = [all(column) for column in zip(*rows[row - 1 : row + 2], strict=True)]
        for column in range(half, len(fits) - half):
            if fits[column] and all(fits[column - half : column + half + 1]):
                room = min(depth[row][column - half : column + half + 1])
                places.append((-room, -depth[row][column], row, column))
    return [_middle_of(row, column) for _, _, row, column in sorted(places)]


def _deepest(traces: Sequence[Trace]) -> list[Place]:
    """Give the places furthest from all borders, if any is not next to one."""
    across = _CELL_PX * (2 * _MIN_DEPTH - 1)
    if not any(_spans(trace, across, across) for trace in traces):
        return []
    depth = _depths(_sample(traces))
    most = max(map(max, depth))
    if most < _MIN_DEPTH:
        return []
    return [
        _middle_of(y, x)
        for y, row in enumerate(depth)
        for x, deep in enumerate(row)
        if deep == most
    ]


def _middle_of(row: int, column: int) -> Place:
    return (column + 0.5) * _CELL_PX, (row + 0.5) * _CELL_PX


def _spans(trace: Trace, width: float, height: float) -> bool:
    """Tell whether an area is that wide and that high at all."""
    xs, ys = zip(*trace, strict=True)
    across: int = max(xs) - min(xs)
    down: int = max(ys) - min(ys)
    return across >= width * TENTHS and down >= height * TENTHS


def _sample(traces: Sequence[Trace]) -> list[list[bool]]:
    """Tell which points of a grid lie in an area (even-odd rule)."""
    cell = _CELL_PX * TENTHS
    crossings: list[list[float]] = [[] for _ in range(HEIGHT_PX // _CELL_PX)]
    for trace in traces:
        for one, other in pairwise([*trace, trace[0]]):
            low, high = (one, other) if one[1] <= other[1] else (other, one)
            first = max(0, math.ceil(low[1] / cell - 0.5))
            for row in range(first, min(len(crossings), math.ceil(high[1] / cell - 0.5))):
                part = ((row + 0.5) * cell - low[1]) / (high[1] - low[1])
                crossings[row].append(low[0] + part * (high[0] - low[0]))
    return [_cells_between(sorted(row)) for row in crossings]


def _cells_between(crossings: Sequence[float]) -> list[bool]:
    cells = [False] * (WIDTH_PX // _CELL_PX)
    for start, end in zip(crossings[::2], crossings[1::2], strict=True):
        first = max(0, round(start / TENTHS / _CELL_PX))
        for cell in range(first, min(len(cells), round(end / TENTHS / _CELL_PX))):
            cells[cell] = True
    return cells


def _depths(rows: Sequence[Sequence[bool]]) -> list[list[int]]:
    """Count for each sample point the steps to the nearest one outside, also diagonal ones.

    Two passes, from above and from below; the frame counts as outside.
    """
    width = len(rows[0]) + 2
    depth = [[0] * width, *([0, *map(int, row), 0] for row in rows), [0] * width]
    for y in range(1, len(depth) - 1):
        above, here = depth[y - 1], depth[y]
        for x in range(1, width - 1):
            if here[x]:
                here[x] = 1 + min(here[x - 1], above[x - 1], above[x], above[x + 1])
    for y in range(len(depth) - 2, 0, -1):
        below, here = depth[y + 1], depth[y]
        for x in range(width - 2, 0, -1):
            if here[x] > 1:
                least = min(here[x + 1], below[x - 1], below[x], below[x + 1])
                here[x] = min(here[x], 1 + least)
    return [row[1:-1] for row in depth[1:-1]]


def _places_beside(traces: Sequence[Trace], name: str) -> list[Place]:
    """Give places below, above, right and left of an island."""
    width = text_width(name, NAME_PX)
    return list(_sides(max(traces, key=lambda each: abs(_area(each))), width))


def _sides(trace: Trace, width: float) -> Iterator[Place]:
    xs = [min(max(x / TENTHS, 0), WIDTH_PX) for x, _ in trace]
    ys = [min(max(y / TENTHS, 0), HEIGHT_PX) for _, y in trace]
    x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    apart = _GAP_PX + NAME_PX * LINE / 2
    yield x, max(ys) + apart
    yield x, min(ys) - apart
    yield max(xs) + _GAP_PX + width / 2, y
    yield min(xs) - _GAP_PX - width / 2, y
