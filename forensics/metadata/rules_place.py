"""Rules on positions."""

import math
from collections.abc import Iterator

from forensics.metadata.rule import Seen, Subject
from forensics.model.findings import Position

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of WGS 84 (IUGG)."""

SIDECAR_TOLERANCE_M = 1_000
"""Services round positions, and people drop pins by hand."""

_KM = 1_000


def position_outside_place(subject: Subject) -> Iterator[Seen]:
    """See a position outside the place that the case is about.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        How far it is.
    """
    place, position = subject.place, _position(subject)
    if position is None or place.lat is None or place.lon is None or place.radius_m is None:
        return
    away = distance_m(position, Position(place.lat, place.lon))
    if away > place.radius_m:
        yield Seen(
            {
                "away": _in_words(away),
                "place": place.name or f"{place.lat}, {place.lon}",
                "radius": _in_words(place.radius_m),
            },
            ("position",),
        )


def sidecar_elsewhere(subject: Subject) -> Iterator[Seen]:
    """See a file beside the item that puts it elsewhere than the item does.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        One for each such file.
    """
    position = _position(subject)
    for sidecar in subject.sidecars:
        stated = sidecar.fields.get("position")
        if position is None or stated is None or not isinstance(stated.value, Position):
            continue
        away = distance_m(position, stated.value)
        if away > SIDECAR_TOLERANCE_M:
            yield Seen(
                {"sidecar": sidecar.path, "away": _in_words(away)},
                ("position", f"{sidecar.path} position"),
            )


def distance_m(one: Position, other: Position) -> float:
    """Give the distance of two positions along a great circle.

    Parameters
    ----------
    one, other : Position
        WGS 84.

    Returns
    -------
    float
        Metres, on a sphere: within 0.6 % of the ellipsoid.

    Notes
    -----
    Haversine formula: R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984) 159.
    """
    lat, other_lat = math.radians(one.lat), math.radians(other.lat)
    half_lat = (other_lat - lat) / 2
    half_lon = math.radians(other.lon - one.lon) / 2
    square = math.sin(half_lat) ** 2 + math.cos(lat) * math.cos(other_lat) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(square)))


def _position(subject: Subject) -> Position | None:
    field = subject.fields.get("position")
    return field.value if field is not None and isinstance(field.value, Position) else None


def _in_words(metres: float) -> str:
    if metres < _KM:
        return f"{metres:,.0f} m"
    return f"{metres / _KM:,.1f} km"
