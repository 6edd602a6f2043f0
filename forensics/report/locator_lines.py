"""Cut lines and areas to a map and write them as short SVG paths."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

from forensics.report.borders import TURN, UNITS_PER_DEGREE, Box, Level, Line, Point
from forensics.report.locator_view import HEIGHT_PX, WIDTH_PX, View

TENTHS = 10
"""Paths are written in whole tenths of a pixel."""

Trace = list[tuple[int, int]]
"""Points of a path in tenths of a pixel."""

_SHIFTS = (-TURN, 0, TURN)
_MIN_STEP = 5
_COARSER = 1.4
_SPECK = 8
_MIN_CORNERS = 3
_ENOUGH_PX = 120.0
_INSET = 150

_Cut = tuple[int, float, bool]  # coordinate, limit, keep what is above it


def areas(rings: Iterable[Line], view: View) -> Iterator[Trace]:
    """Cut rings to the map.

    Parameters
    ----------
    rings : iterable of Line
        Closed lines.
    view : View
        The map.

    Yields
    ------
    list of tuple of int
        A closed trace, the last point not repeated; its cut edges lie outside the map.
    """
    box = view.box
    for ring in rings:
        for shift in (0,) if ring.turns else _SHIFTS:
            if _meets(ring.box, box, shift):
                corners = _cut_ring(_near(ring, box, shift), box)
                if len(corners) >= _MIN_CORNERS:
                    yield _traced(corners, view)


def ways(lines: Iterable[Line], view: View) -> Iterator[Trace]:
    """Keep the stretches of lines that may cross the map.

    Parameters
    ----------
    lines : iterable of Line
        Open lines.
    view : View
        The map.

    Yields
    ------
    list of tuple of int
        An open trace; its ends lie in the map or outside it.
    """
    box = view.box
    for line in lines:
        for shift in _SHIFTS:
            if _meets(line.box, box, shift):
                for part in _crossing(line, box, shift):
                    yield _traced(part, view)


def path(traces: Iterable[Trace], *, most_bytes: int, end: str = "") -> str:
    """Write traces as the data of an SVG path, with as many points as there is room for.

    Parameters
    ----------
    traces : iterable of list
        Traces.
    most_bytes : int
        Room; points are left out evenly until they fit.
    end : str, optional
        ``z`` for closed traces.

    Returns
    -------
    str
        In tenths of a pixel, relative moves.
    """
    step = float(_MIN_STEP)
    kept = _thinned(traces, step, end)
    while len(written := _written(kept, end)) > most_bytes:
        step *= _COARSER
        kept = _thinned(kept, step, end)
    return written


def shows_enough(level: Level, view: View) -> bool:
    """Tell whether lines to know the place by are on the map.

    Parameters
    ----------
    level : Level
        Lines.
    view : View
        The map.

    Returns
    -------
    bool
        Whether coasts and borders well inside it are about a quarter of its width together.
    """
    long = 0.0
    borders = chain(level.borders, level.disputed)
    for trace in chain(ways(borders, view), areas(level.land, view)):
        for one, other in pairwise(trace):
            if _well_inside(one) and _well_inside(other):
                long += math.dist(one, other)
                if long > _ENOUGH_PX * TENTHS:
                    return True
    return False


def _meets(own: Box, box: Box, shift: int) -> bool:
    return (
        own[0] + shift <= box[2]
        and own[2] + shift >= box[0]
        and own[1] <= box[3]
        and own[3] >= box[1]
    )


def _beyond(own: Box, box: Box, shift: int) -> bool:
    """Tell whether a stretch lies wholly beyond one edge."""
    return not _meets(own, box, shift)


def _near(ring: Line, box: Box, shift: int) -> list[Point]:
    """Give the points of a ring; straightened where it lies beyond one edge."""
    points: list[Point] = []
    for first, last, own in ring.stretches:
        if _beyond(own, box, shift):
            points.append(ring.points[last])
        else:
            points += ring.points[first + 1 : last + 1]
    return [(x + shift, y) for x, y in points] if shift else points


def _cut_ring(corners: Sequence[tuple[float, float]], box: Box) -> list[tuple[float, float]]:
    """Cut a polygon to a box, one edge after another (Sutherland and Hodgman, 1974)."""
    cuts: tuple[_Cut, ...] = (
        (0, box[0], True), (0, box[2], False), (1, box[1], True), (1, box[3], False)
    )  # fmt: skip
    kept = list(corners)
    for axis, limit, above in cuts:
        values = [corner[axis] for corner in kept]
        if kept and not (min(values) >= limit if above else max(values) <= limit):
            kept = _cut_edge(kept, axis, limit, above=above)
    return kept


def _cut_edge(
    corners: list[tuple[float, float]], axis: int, limit: float, *, above: bool
) -> list[tuple[float, float]]:
    kept = []
    before = corners[-1]
    was_in = before[axis] >= limit if above else before[axis] <= limit
    for corner in corners:
        is_in = corner[axis] >= limit if above else corner[axis] <= limit
        if is_in != was_in:
            kept.append(_crossing_point(before, corner, axis, limit))
        if is_in:
            kept.append(corner)
        before, was_in = corner, is_in
    return kept


def _crossing_point(
    one: tuple[float, float], other: tuple[float, float], axis: int, limit: float
) -> tuple[float, float]:
    part = (limit - one[axis]) / (other[axis] - one[axis])
    across = one[1 - axis] + part * (other[1 - axis] - one[1 - axis])
    return (limit, across) if axis == 0 else (across, limit)


def _crossing(line: Line, box: Box, shift: int) -> Iterable[list[tuple[float, float]]]:
    """Give runs of segments that are not wholly beyond one edge."""
    run: list[tuple[float, float]] = []
    for first, last, own in line.stretches:
        if _beyond(own, box, shift):
            continue
        for one, other in pairwise(line.points[first : last + 1]):
            if _meets(_span(one, other), box, shift):
                start, end = (one[0] + shift, one[1]), (other[0] + shift, other[1])
                if run and run[-1] == start:
                    run.append(end)
                else:
                    if run:
                        yield run
                    run = [start, end]
    if run:
        yield run


def _span(one: Point, other: Point) -> Box:
    (x, y), (to_x, to_y) = one, other
    return min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)


def _traced(points: Iterable[tuple[float, float]], view: View) -> Trace:
    per_lon = view.px_per_lon * TENTHS / UNITS_PER_DEGREE
    per_lat = view.px_per_lat * TENTHS / UNITS_PER_DEGREE
    west, north = view.west * UNITS_PER_DEGREE, view.north * UNITS_PER_DEGREE
    return [(round((x - west) * per_lon), round((north - y) * per_lat)) for x, y in points]


def _well_inside(point: tuple[int, int]) -> bool:
    x, y = point
    return _INSET <= x <= WIDTH_PX * TENTHS - _INSET and _INSET <= y <= HEIGHT_PX * TENTHS - _INSET


def _thinned(traces: Iterable[Trace], step: float, end: str) -> list[Trace]:
    """Leave out points and traces too small to be seen."""
    spaced = (_spaced(trace, step) for trace in traces if not _is_speck(trace, step))
    return [trace for trace in spaced if not end or len(trace) >= _MIN_CORNERS]


def _written(traces: Sequence[Trace], end: str) -> str:
    parts = []
    for trace in traces:
        x, y = trace[0]
        moves = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(trace)]
        parts.append(f"M{x} {y}l{_joined(moves)}{end}")
    return "".join(parts)


def _spaced(trace: Trace, step: float) -> Trace:
    """Leave out points nearer than `step` to the last one kept."""
    kept = [trace[0]]
    for x, y in trace[1:-1]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) > step:
            kept.append((x, y))
    return [*kept, trace[-1]]


def _is_speck(trace: Trace, step: float) -> bool:
    xs, ys = zip(*trace, strict=True)
    span: int = max(max(xs) - min(xs), max(ys) - min(ys))
    return span < max(_SPECK, step)


def _joined(moves: list[tuple[int, int]]) -> str:
    """Write pairs of numbers; a minus sign needs no space before it."""
    return " ".join(f"{x} {y}" for x, y in moves).replace(" -", "-")
