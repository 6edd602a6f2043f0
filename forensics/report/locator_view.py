"""Which part of the Earth a map shows, and where on it a position falls."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from msgspec import Struct

from forensics.report.borders import UNITS_PER_DEGREE, Box

WIDTH_PX = 420
HEIGHT_PX = 280
KM_PER_DEGREE = 111.195
"""Of latitude, on a sphere of 6,371 km."""

MIN_WIDTH_KM = 480
"""Narrower maps would look finer than the lines are, which are off by kilometres."""

_WIDEN = 1.35
_INSET_PX = 40
_EDGE_PX = 10
_TURN_DEG = 360.0
_POLE_DEG = 90.0
# Pixels a degree, and how far apart points are then: less than a pixel.
_APART = ((7.0, 0), (2.5, 12), (0.0, 55))
_MARGIN_PX = 6
_GRID_STEPS_DEG = (0.5, 1, 2, 5, 10, 15, 30, 60)
_GRID_LEAST_PX = 62


class View(Struct, frozen=True):
    """An equirectangular map: straight meridians and parallels, true to scale at `true_lat`.

    Convention: maps (longitude, latitude) in degrees to (x, y) in pixels, origin top left.

    Parameters
    ----------
    west, north : float
        Degrees at the left and the upper edge; west of 180° W is below -180.
    px_per_lon, px_per_lat : float
        Pixels a degree.
    true_lat : float
        Degrees; here both axes have one scale.
    """

    west: float
    north: float
    px_per_lon: float
    px_per_lat: float
    true_lat: float

    @property
    def middle_lon(self) -> float:
        """The longitude in the middle.

        Returns
        -------
        float
            Degrees.
        """
        return self.west + WIDTH_PX / self.px_per_lon / 2

    @property
    def apart_units(self) -> int:
        """Give how far apart points must be to be told apart here.

        Returns
        -------
        int
            Units of the data, under a pixel; 0 where all points are wanted.
        """
        return next(apart for least, apart in _APART if self.px_per_lat >= least)

    @property
    def box(self) -> Box:
        """What is drawn: the map and a margin that hides the cut ends of lines.

        Returns
        -------
        tuple of float
            West, south, east, north in units of the data.
        """
        south = self.north - (HEIGHT_PX + _MARGIN_PX) / self.px_per_lat
        edges = (
            self.west - _MARGIN_PX / self.px_per_lon,
            max(-_POLE_DEG, south),
            self.west + (WIDTH_PX + _MARGIN_PX) / self.px_per_lon,
            min(_POLE_DEG, self.north + _MARGIN_PX / self.px_per_lat),
        )
        west, south, east, north = (edge * UNITS_PER_DEGREE for edge in edges)
        return west, south, east, north

    def place(self, lat: float, lon: float) -> tuple[float, float]:
        """Give the place of a position, on the turn of the Earth that is shown.

        Parameters
        ----------
        lat, lon : float
            Degrees.

        Returns
        -------
        tuple of float
            x and y in pixels.
        """
        turns = round((self.middle_lon - lon) / _TURN_DEG)
        return self.x(lon + turns * _TURN_DEG), self.y(lat)

    def x(self, lon: float) -> float:
        """Give the x of a meridian.

        Parameters
        ----------
        lon : float
            Degrees, on the turn that is shown.

        Returns
        -------
        float
            Pixels.
        """
        return (lon - self.west) * self.px_per_lon

    def y(self, lat: float) -> float:
        """Give the y of a parallel.

        Parameters
        ----------
        lat : float
            Degrees.

        Returns
        -------
        float
            Pixels.
        """
        return (self.north - lat) * self.px_per_lat


def choose_view(
    positions: Sequence[tuple[float, float]], *, shows_enough: Callable[[View], bool]
) -> View:
    """Choose the narrowest map that holds all positions and something to know the place by.

    Parameters
    ----------
    positions : sequence of tuple of float
        Latitude and longitude in degrees; at least one.
    shows_enough : callable
        Whether lines to know the place by are in view.

    Returns
    -------
    View
        At least `MIN_WIDTH_KM` wide; the whole Earth when nothing narrower does.
    """
    lats = [lat for lat, _ in positions]
    middle_lat, middle_lon = (min(lats) + max(lats)) / 2, _middle([lon for _, lon in positions])
    width_km = float(MIN_WIDTH_KM)
    while (view := _view(middle_lat, middle_lon, width_km)) is not None:
        if all(_is_inside(view, *position) for position in positions) and shows_enough(view):
            return view
        width_km *= _WIDEN
    return _whole_earth(middle_lon)


def grid_lines(view: View) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Choose the meridians and parallels to draw.

    Parameters
    ----------
    view : View
        The map.

    Returns
    -------
    tuple of tuple of float
        Longitudes, on the turn that is shown, and latitudes, in degrees.
    """
    east = view.west + WIDTH_PX / view.px_per_lon
    south = max(-_POLE_DEG, view.north - HEIGHT_PX / view.px_per_lat)
    lons = _multiples(view.west, east, view.px_per_lon)
    lats = _multiples(south, min(_POLE_DEG, view.north), view.px_per_lat)
    return lons, tuple(lat for lat in lats if abs(lat) < _POLE_DEG)


def _middle(lons: list[float]) -> float:
    """Give the middle of the shortest arc over all longitudes."""
    around = sorted({lon % _TURN_DEG for lon in lons})
    gaps = [(after - before, before) for before, after in pairwise(around)]
    gap, start = max([*gaps, (around[0] + _TURN_DEG - around[-1], around[-1])])
    middle = start + gap + (_TURN_DEG - gap) / 2
    return (middle + _TURN_DEG / 2) % _TURN_DEG - _TURN_DEG / 2


def _view(lat: float, lon: float, width_km: float) -> View | None:
    """Give the map of that width around a place; None when it would go around the Earth."""
    px_per_lat = WIDTH_PX * KM_PER_DEGREE / width_km
    half_height = HEIGHT_PX / 2 / px_per_lat
    room = _POLE_DEG + _EDGE_PX / px_per_lat - half_height
    if room < 0:
        return None
    middle = max(-room, min(room, lat))
    px_per_lon = px_per_lat * math.cos(math.radians(middle))
    half_width = WIDTH_PX / 2 / px_per_lon
    if half_width > _TURN_DEG / 2:
        return None
    return View(lon - half_width, middle + half_height, px_per_lon, px_per_lat, middle)


def _whole_earth(middle_lon: float) -> View:
    px_per_lon = WIDTH_PX / _TURN_DEG
    px_per_lat = (HEIGHT_PX - 2 * _EDGE_PX) / (2 * _POLE_DEG)
    return View(
        middle_lon - _TURN_DEG / 2,
        _POLE_DEG + _EDGE_PX / px_per_lat,
        px_per_lon,
        px_per_lat,
        math.degrees(math.acos(px_per_lon / px_per_lat)),
    )


def _is_inside(view: View, lat: float, lon: float) -> bool:
    x, y = view.place(lat, lon)
    top, bottom = (
        max(_EDGE_PX / 2, min(_INSET_PX, view.y(_POLE_DEG))),
        min(HEIGHT_PX - _EDGE_PX / 2, max(HEIGHT_PX - _INSET_PX, view.y(-_POLE_DEG))),
    )
    return _INSET_PX <= x <= WIDTH_PX - _INSET_PX and top <= y <= bottom


def _multiples(low: float, high: float, px_per_degree: float) -> tuple[float, ...]:
    fitting = (step for step in _GRID_STEPS_DEG if step * px_per_degree >= _GRID_LEAST_PX)
    step = next(fitting, _GRID_STEPS_DEG[-1])
    return tuple(
        number * step for number in range(math.ceil(low / step), math.floor(high / step) + 1)
    )
