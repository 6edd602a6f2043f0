"""Draw a small map of where a file says it was: inline SVG, offline, without a script."""

import math
from collections.abc import Sequence
from functools import lru_cache

from markupsafe import Markup, escape

from forensics.report.borders import Level, load_level
from forensics.report.locator_labels import Label, Rect, Room, text_width
from forensics.report.locator_lines import TENTHS, areas, path, shows_enough, ways
from forensics.report.locator_marks import (
    MapPoint,
    draw_legend,
    draw_shapes,
    gather,
    place_labels,
    tell,
)
from forensics.report.locator_names import name_regions
from forensics.report.locator_view import (
    HEIGHT_PX,
    KM_PER_DEGREE,
    WIDTH_PX,
    View,
    choose_view,
    grid_lines,
)
from forensics.report.text import markup, shorten

__all__ = ["LOCATOR_CAPTION", "LOCATOR_NOTE", "MAX_MARKERS", "MapPoint", "draw_map"]

LOCATOR_CAPTION = (
    "Where the file, or what is named beside a marker, says it was. Borders are off by kilometres "
    "and take no position."
)
"""What to print below every map."""

LOCATOR_NOTE = (
    "The map shows where the file, or what is named beside a marker, says it was: a statement, "
    "not a finding. Coasts and borders are those of Natural Earth 1:50m (public domain, 2018). "
    "Compared with OpenStreetMap at 9,901 places along borders, half are off by more than 1.5 km, "
    "one in twenty by more than 5 km, a few by tens of kilometres; coasts were not compared. That "
    "is too coarse to tell on which side of a border a place lies. Borders and names are there to "
    "find one's way and take no position on whose territory it is; dotted lines are disputed, and "
    "not every disputed line is dotted or drawn."
)
"""What to print once on a page with maps."""

MAX_MARKERS = 100
"""Markers on one map; further ones are counted below it."""

_LAND_BYTES, _BORDER_BYTES, _DISPUTED_BYTES = 6500, 3500, 500
_GRID_TEXT_PX = 10
_SCALE_TEXT_PX = 10
_MAX_BAR_PX = 90
_BAR_TOPS = (HEIGHT_PX - 20.0, 32.0)
_KM_PER_MILE = 1.609344
_STRETCHED_DEG = 8
_MAX_LAT, _MAX_LON = 90.0, 180.0
_END = {
    "middle": Markup(""),
    "start": Markup(' text-anchor="start"'),
    "end": Markup(' text-anchor="end"'),
}
_ROUND_NUMBERS = (1, 2, 5)


def draw_map(points: Sequence[MapPoint], *, title: str) -> Markup:
    """Draw where positions lie among coasts and borders.

    For a reader who wants to see roughly where a place is. Not for measuring, nor to tell on which
    side of a border it lies. Print `LOCATOR_CAPTION` below it, `LOCATOR_NOTE` once on the page.

    Parameters
    ----------
    points : sequence of MapPoint
        Positions; those that are nowhere on the Earth are counted and not drawn.
    title : str
        Name of the map for screen readers, as plain text.

    Returns
    -------
    Markup
        An ``svg`` element for the page's style sheet, or nothing when no position can be drawn.
        The same arguments give the same text.

    Examples
    --------
    >>> draw_map([], title="Positions of a.jpg")
    Markup('')
    """
    return _draw(tuple(points), title)


@lru_cache(maxsize=64)
def _draw(points: tuple[MapPoint, ...], title: str) -> Markup:
    placed = [point for point in points if _is_on_earth(point)]
    if not placed:
        return Markup("")
    nowhere = len(points) - len(placed)
    view = choose_view([(point.lat, point.lon) for point in placed], shows_enough=_shows_enough)
    level = load_level(apart_units=view.apart_units)
    markers = gather(placed, view)
    shown = markers[:MAX_MARKERS]
    legend = draw_legend(shown, left_out=len(markers) - len(shown), nowhere=nowhere)
    room = Room(marker.rect for marker in shown)
    scale = _scale_bar(view, room)
    labels, leaders = place_labels(shown, room)
    grid = _grid_labels(view, room)
    names = name_regions(level, view, room)
    return markup(
        '<svg class="locator{}" role="img" viewBox="0 0 {} {}"><title>{}</title><desc>{}</desc>{}'
        '<rect class="locator-frame" x=".5" y=".5" width="{}" height="{}"/>{}{}{}{}{}{}{}</svg>',
        " locator-far" if view.apart_units else "",
        WIDTH_PX,
        HEIGHT_PX + legend.height_px,
        shorten(title),
        tell(placed, nowhere=nowhere),
        _ground(level, view),
        WIDTH_PX - 1,
        HEIGHT_PX - 1,
        _texts("locator-degrees", grid),
        _texts("locator-name", names),
        scale,
        leaders,
        draw_shapes(shown),
        _texts("locator-label", labels),
        legend.drawn,
    )


def _is_on_earth(point: MapPoint) -> bool:
    return abs(point.lat) <= _MAX_LAT and abs(point.lon) <= _MAX_LON  # never so for NaN


def _shows_enough(view: View) -> bool:
    return shows_enough(load_level(apart_units=view.apart_units), view)


def _ground(level: Level, view: View) -> Markup:
    """Draw sea, land, degrees and borders; the inner ``svg`` cuts them at the frame."""
    lons, lats = grid_lines(view)
    top, bottom = max(0.0, view.y(_MAX_LAT)), min(float(HEIGHT_PX), view.y(-_MAX_LAT))
    grid = "".join(f"M{_tenths(view.x(lon))} {_tenths(top)}V{_tenths(bottom)}" for lon in lons)
    grid += "".join(f"M0 {_tenths(view.y(lat))}H{_tenths(WIDTH_PX)}" for lat in lats)
    drawn = {
        "locator-land": path(areas(level.land, view), most_bytes=_LAND_BYTES, end="z"),
        "locator-grid": grid,
        "locator-border": path(ways(level.borders, view), most_bytes=_BORDER_BYTES),
        "locator-disputed": path(ways(level.disputed, view), most_bytes=_DISPUTED_BYTES),
    }
    return markup(
        '<svg width="{}" height="{}" viewBox="0 0 {} {}">'
        '<rect class="locator-sea" y="{}" width="{}" height="{}"/>{}</svg>',
        WIDTH_PX,
        HEIGHT_PX,
        _tenths(WIDTH_PX),
        _tenths(HEIGHT_PX),
        _tenths(top),
        _tenths(WIDTH_PX),
        _tenths(bottom - top),
        Markup("").join(
            markup('<path class="{}" d="{}"/>', name, data) for name, data in drawn.items() if data
        ),
    )


def _tenths(pixels: float) -> int:
    return round(pixels * TENTHS)


def _grid_labels(view: View, room: Room) -> tuple[Label, ...]:
    """Name the meridians at the upper edge and the parallels at the left one, where room is."""
    lons, lats = grid_lines(view)
    up, height = _GRID_TEXT_PX * 0.35, _GRID_TEXT_PX + 1
    labels = []
    for lon in lons:
        text = _named(_on_first_turn(lon), "E", "W")
        labels.append(Label(view.x(lon), 9 + up, text))
    for lat in lats:
        text = _named(lat, "N", "S")
        labels.append(Label(6 + text_width(text, _GRID_TEXT_PX) / 2, view.y(lat) + up, text))

    def rect(label: Label) -> Rect:
        half = text_width(label.text, _GRID_TEXT_PX) / 2
        middle = label.y - up
        return label.x - half, middle - height / 2, label.x + half, middle + height / 2

    return tuple(label for label in labels if room.take(rect(label)))


def _on_first_turn(lon: float) -> float:
    turn = 2 * _MAX_LON
    return lon - math.floor((lon + _MAX_LON) / turn) * turn


def _named(degrees: float, positive: str, negative: str) -> str:
    letter = "" if not degrees % _MAX_LON else positive if degrees > 0 else negative
    return f"{abs(degrees):g}°{letter}"


def _scale_bar(view: View, room: Room) -> Markup:
    """Draw kilometres above a line and miles below it, for the parallel where they hold."""
    px_per_km = view.px_per_lat / KM_PER_DEGREE
    km, mi = (_round_below(_MAX_BAR_PX / px_per_unit) for px_per_unit in _both(px_per_km))
    km_px, mi_px = (
        f"{size * per:.1f}" for size, per in zip((km, mi), _both(px_per_km), strict=True)
    )
    stretched = HEIGHT_PX / view.px_per_lat > _STRETCHED_DEG
    where = f" at {_named(round(view.true_lat), 'N', 'S')}" if stretched else ""
    words = (f"{km:,} km{where}", f"{mi:,} mi")
    width = max(text_width(word, _SCALE_TEXT_PX) for word in words)
    wide = max(width, _MAX_BAR_PX) + 4
    corners = [(x, y) for y in _BAR_TOPS for x in (10.0, WIDTH_PX - wide - 6)]
    rects = {(x, y): (x - 6, y - 14, x + wide, y + 16) for x, y in corners}
    x, y = next((corner for corner in corners if room.is_free(rects[corner])), corners[0])
    room.reserve(rects[x, y])
    data = f"M{x:g} {y - 5:g}v10M{x:g} {y:g}h"
    return markup(
        '<g class="locator-scale"><path d="{}{}v-5"/><path d="M{} {}h{}v5"/>'
        '<text x="{}" y="{}">{}</text><text x="{}" y="{}">{}</text></g>',
        data, km_px, f"{x:g}", f"{y:g}", mi_px,
        f"{x + 3:g}", f"{y - 4:g}", words[0], f"{x + 3:g}", f"{y + 11:g}", words[1],
    )  # fmt: skip


def _both(px_per_km: float) -> tuple[float, float]:
    return px_per_km, px_per_km * _KM_PER_MILE


def _round_below(value: float) -> int:
    """Give the largest of 1, 2, 5, 10, 20, 50 … that is not above the value."""
    power = 10 ** math.floor(math.log10(value))
    return int(max(number * power for number in _ROUND_NUMBERS if number * power <= value))


def _texts(name: str, labels: Sequence[Label]) -> Markup:
    if not labels:
        return Markup("")
    texts = (
        markup(
            '<text x="{}" y="{}"{}>{}</text>',
            f"{each.x:.1f}",
            f"{each.y:.1f}",
            _END[each.anchor],
            escape(each.text),
        )
        for each in labels
    )
    return markup('<g class="{}">{}</g>', name, Markup("").join(texts))
