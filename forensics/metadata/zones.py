"""Which offset from UTC was kept at a place on a day."""

from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from forensics.model.findings import Position
from forensics.model.outcome import Absent

NEIGHBOUR_DEG = 0.15
"""About 15 km: near a border phones log on to the other country's network, and take its time."""

_AT_SEA = "Etc/"
_INSTALL = "pip install 'strike-forensics[places]'"


class PlaceTime(Struct, frozen=True):
    """What clocks at a place showed.

    Parameters
    ----------
    zone : str
        Time zone of the place, by its name in the tz database.
    offsets : tuple of timedelta
        Offsets from UTC that were kept there and within 15 km, the place's own first.
    """

    zone: str
    offsets: tuple[timedelta, ...]


def time_at(position: Position, moment: datetime) -> PlaceTime | Absent:
    """Say which offset from UTC was kept at a place.

    Parameters
    ----------
    position : Position
        The place.
    moment : datetime
        Aware.

    Returns
    -------
    PlaceTime or Absent
        `Absent` at sea, where ships keep any time, and without the extra ``places``.

    Notes
    -----
    Borders are those of OpenStreetMap as the package timezonefinder has them (ODbL); rules of
    time those of the tz database (RFC 6557) as the package tzdata has them. In disputed and
    occupied regions people keep other time than the map says.
    """
    try:
        zones = [_zone_at(*each) for each in _around(position)]
    except ImportError as error:
        return Absent(
            "not_available", f"time zones of places are not known here: {error}", _INSTALL
        )
    known = [each for each in dict.fromkeys(zones) if each and not each.startswith(_AT_SEA)]
    if not zones[0] or zones[0].startswith(_AT_SEA):
        return Absent("not_applicable", "at sea ships keep any time")
    offsets = (moment.astimezone(_rules_of(name)).utcoffset() for name in known)
    return PlaceTime(zones[0], tuple(dict.fromkeys(each for each in offsets if each is not None)))


def _around(position: Position) -> tuple[tuple[float, float], ...]:
    lat, lon, by = position.lat, position.lon, NEIGHBOUR_DEG
    beside = ((lat, lon), (lat + by, lon), (lat - by, lon), (lat, lon + by), (lat, lon - by))
    return tuple((max(-90.0, min(90.0, y)), (x + 180.0) % 360.0 - 180.0) for y, x in beside)


@cache
def _finder() -> Any:  # Any: timezonefinder is optional
    from timezonefinder import TimezoneFinder

    return TimezoneFinder()


def _zone_at(lat: float, lon: float) -> str:
    return _finder().timezone_at(lat=lat, lng=lon) or ""


@cache
def _rules_of(name: str) -> ZoneInfo:
    # From the package and not from the system, so that two machines say the same.
    import tzdata

    parts = name.split("/")
    with (resources.files(tzdata) / "zoneinfo").joinpath(*parts).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)
