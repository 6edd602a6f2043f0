"""Markers of a map: which there are, their shapes, their labels, and what they say in words."""

import math
from collections.abc import Sequence
from typing import Literal

from markupsafe import Markup, escape
from msgspec import Struct

from forensics.report.locator_labels import Label, Rect, Room, label_beside, text_width
from forensics.report.locator_view import HEIGHT_PX, View
from forensics.report.text import counted, markup, reveal

Kind = Literal["file", "sidecar", "case"]

KINDS: dict[Kind, str] = {
    "case": "place of the case",
    "sidecar": "stated by a file beside it",
    "file": "stated by the file",
}
"""Kinds of positions in words; drawn in this order, the smallest shape last."""

_LEGEND: dict[Kind, str] = {**KINDS, "sidecar": "by a file beside it"}

MAX_LABELS = 12
"""Labels beside markers on one map."""

MAX_TOLD = 12
"""Positions that the description for screen readers says in words."""

LABEL_PX = 12
"""Size of the labels beside markers."""

_LEGEND_PX = 11

_MAX_LABEL_CHARS = 26
_MAX_TOLD_CHARS = 60
_TOGETHER_PX = 2
_MARKER_PX = 8
_LEADER_PX = 16
_ROW_PX = 20
_INDENT_PX = 14
_GAP_PX = 16
_DECIMALS = 5
_SHAPES: dict[Kind, str] = {
    "case": "M{} {}m-7-7l14 14m0-14l-14 14",
    "sidecar": "M{} {}m-5.5-5.5h11v11h-11z",
    "file": "M{} {}h0",  # a line of no length with round ends is a dot
}


class MapPoint(Struct, frozen=True):
    """A position that something states.

    Parameters
    ----------
    lat, lon : float
        Degrees, WGS 84; north and east are positive.
    label : str
        What states it, as plain text. May come from a file: it is escaped.
    kind : {"file", "sidecar", "case"}
        Whose statement it is.
    """

    lat: float
    lon: float
    label: str
    kind: Kind


class Marker(Struct, frozen=True):
    """Positions of one kind that fall together on the map.

    Parameters
    ----------
    at : tuple of float
        x and y in pixels.
    kind : {"file", "sidecar", "case"}
        Whose statement it is.
    label : str
        Safe to show, short, not yet escaped.
    """

    at: tuple[float, float]
    kind: Kind
    label: str

    @property
    def rect(self) -> Rect:
        """What it covers.

        Returns
        -------
        tuple of float
            Left, top, right, bottom in pixels.
        """
        x, y = self.at
        return x - _MARKER_PX, y - _MARKER_PX, x + _MARKER_PX, y + _MARKER_PX


class Legend(Struct, frozen=True):
    """The lines below a map.

    Parameters
    ----------
    drawn : Markup
        Shapes and words.
    height_px : int
        Room they take.
    """

    drawn: Markup
    height_px: int


def gather(points: Sequence[MapPoint], view: View) -> tuple[Marker, ...]:
    """Make one marker of positions of one kind that nobody could tell apart.

    Parameters
    ----------
    points : sequence of MapPoint
        Positions on the Earth.
    view : View
        The map.

    Returns
    -------
    tuple of Marker
        In the order of their first positions.
    """
    groups: dict[tuple[Kind, int, int], list[MapPoint]] = {}
    for point in points:
        x, y = view.place(point.lat, point.lon)
        key = (point.kind, round(x / _TOGETHER_PX), round(y / _TOGETHER_PX))
        groups.setdefault(key, []).append(point)
    return tuple(
        Marker(view.place(group[0].lat, group[0].lon), group[0].kind, _label(group))
        for group in groups.values()
    )


def place_labels(markers: Sequence[Marker], room: Room) -> tuple[tuple[Label, ...], Markup]:
    """Put labels beside markers while there is room.

    Parameters
    ----------
    markers : sequence of Marker
        Those that are drawn.
    room : Room
        What is taken; the labels are added.

    Returns
    -------
    tuple
        The labels, and lines from markers to labels further away.
    """
    labels, leaders = [], ""
    for marker in markers:
        label = label_beside(room, marker.at, marker.label, LABEL_PX) if marker.label else None
        if label is None:
            continue
        labels.append(label)
        leaders += _leader(marker.at, label)
        if len(labels) == MAX_LABELS:
            break
    drawn = markup('<path class="locator-leader" d="{}"/>', leaders) if leaders else Markup("")
    return tuple(labels), drawn


def draw_shapes(markers: Sequence[Marker]) -> Markup:
    """Draw the markers.

    Parameters
    ----------
    markers : sequence of Marker
        Those that are drawn.

    Returns
    -------
    Markup
        For each kind its shape, with a rim that sets it off from the lines.
    """
    drawn = Markup("")
    for kind, shape in _SHAPES.items():
        places = [marker.at for marker in markers if marker.kind == kind]
        data = "".join(shape.format(f"{x:.1f}", f"{y:.1f}") for x, y in places)
        if data:
            drawn += markup(
                '<path class="locator-rim locator-rim-{}" d="{}"/>'
                '<path class="locator-{}" d="{}"/>',
                kind, data, kind, data,
            )  # fmt: skip
    return drawn


def draw_legend(markers: Sequence[Marker], *, left_out: int, nowhere: int) -> Legend:
    """Say below the map what the shapes mean, and what is not drawn.

    Parameters
    ----------
    markers : sequence of Marker
        Those that are drawn.
    left_out : int
        Markers that are not, because they are too many.
    nowhere : int
        Positions that are not on the Earth.

    Returns
    -------
    Legend
        A line of shapes and words, and a second one when something is missing.
    """
    x, y = 10.0, HEIGHT_PX + _ROW_PX / 2 + 1
    keys, words = [], []
    for kind in reversed(KINDS):
        if any(marker.kind == kind for marker in markers):
            keys.append(Marker((x, y), kind, ""))
            words.append(Label(x + _INDENT_PX, y, _LEGEND[kind]))
            x += _INDENT_PX + text_width(_LEGEND[kind], _LEGEND_PX) + _GAP_PX
    missing = [
        *([f"{left_out:,} more"] if left_out else []),
        *([f"{nowhere:,} nowhere on Earth"] if nowhere else []),
    ]
    if missing:
        words.append(Label(10.0, y + _ROW_PX, f"Not shown: {', '.join(missing)}"))
    texts = Markup("").join(
        markup('<text x="{}" y="{}">{}</text>', f"{each.x:.0f}", f"{each.y + 4:.1f}", each.text)
        for each in words
    )
    drawn = markup('{}<g class="locator-legend">{}</g>', draw_shapes(keys), texts)
    return Legend(drawn, _ROW_PX * (2 if missing else 1))


def tell(points: Sequence[MapPoint], *, nowhere: int) -> Markup:
    """Say the positions in words, for those who cannot see the map.

    Parameters
    ----------
    points : sequence of MapPoint
        Positions on the Earth.
    nowhere : int
        Further ones that are not.

    Returns
    -------
    Markup
        One sentence for each of the first `MAX_TOLD`.
    """
    told = [
        f"{position_in_words(point.lat, point.lon)}, {KINDS[point.kind]}"
        f"{f' ({label})' if (label := _cut(point.label, _MAX_TOLD_CHARS)) else ''}."
        for point in points[:MAX_TOLD]
    ]
    if len(points) > MAX_TOLD:
        told.append(f"{counted(len(points) - MAX_TOLD, 'more position')}.")
    if nowhere:
        told.append(f"{counted(nowhere, 'position')} nowhere on Earth.")
    return escape(" ".join(told))


def position_in_words(lat: float, lon: float) -> str:
    """Write a position for people.

    Parameters
    ----------
    lat, lon : float
        Degrees.

    Returns
    -------
    str
        With hemispheres instead of signs.

    Examples
    --------
    >>> position_in_words(51.35, -34.66)
    '51.35° N, 34.66° W'
    """
    return f"{_degrees(lat)}° {'S' if lat < 0 else 'N'}, {_degrees(lon)}° {'W' if lon < 0 else 'E'}"


def _degrees(value: float) -> str:
    return f"{abs(value):.{_DECIMALS}f}".rstrip("0").rstrip(".")


def _label(group: Sequence[MapPoint]) -> str:
    names = list(dict.fromkeys(point.label for point in group))
    more = f" +{len(names) - 1}" if len(names) > 1 else ""
    return _cut(names[0], _MAX_LABEL_CHARS - len(more)) + more


def _cut(text: str, most: int) -> str:
    shown = reveal(text[: most + 1].strip())
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def _leader(at: tuple[float, float], label: Label) -> str:
    """Give a line to the nearest point of a label that is not right beside its marker."""
    x, y = label.x, label.y - LABEL_PX / 3
    if math.dist(at, (x, y)) <= _LEADER_PX:
        return ""
    return f"M{at[0]:.1f} {at[1]:.1f}L{x:.1f} {y:.1f}"
