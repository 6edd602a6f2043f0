"""Make the coast lines and borders of the locator map from Natural Earth.

``npm pack world-atlas@2.0.2``, unpack it, then
``python tools/make_borders.py package/countries-50m.json`` writes
``forensics/report/borders.json.z``; ``--check`` compares instead.

Source: Natural Earth 1:50m Admin 0 countries, version 4.1.0, in the public domain
(https://www.naturalearthdata.com), packed as TopoJSON by Michael Bostock in ``world-atlas``
(ISC licence, https://github.com/topojson/world-atlas).

Natural Earth draws who holds a place, as its makers saw it in 2018. Three things are changed here,
so that the map takes no side: lines on the list `DISPUTED` are marked, Crimea is a region by its
own name, and names are written out, two of them as they are today.
"""

import argparse
import json
import math
import sys
import zlib
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from forensics.report.borders import FILE, UNITS_PER_DEGREE

TARGET = Path(__file__).resolve().parent.parent / "forensics" / "report" / FILE
SOURCE = "Natural Earth 1:50m Admin 0 countries 4.1.0, public domain; world-atlas 2.0.2"
TOLERANCE_UNITS = 0.8
"""Points that move a line by less are left out: under a kilometre, less than rounding a corner."""
TURN_UNITS = 360 * UNITS_PER_DEGREE
MIN_CORNERS = 3

Point = tuple[int, int]
Box = tuple[float, float, float, float]  # west, south, east, north
WORLD: Box = (-180, -90, 180, 90)

# Not a full list, and not a judgement: lines which more than one state, or the United Nations, do
# not treat as a settled border, where 1:50m shows one.
DISPUTED: tuple[tuple[str, str, Box], ...] = (
    ("Russia", "Ukraine", (32, 45, 36, 46.3)),  # Perekop, to Crimea
    ("Morocco", "W. Sahara", WORLD),
    ("Somalia", "Somaliland", WORLD),
    ("Kosovo", "Serbia", WORLD),
    ("Cyprus", "N. Cyprus", WORLD),
    ("Israel", "Palestine", WORLD),
    ("Israel", "Syria", WORLD),  # Golan
    ("India", "Siachen Glacier", WORLD),
    ("Pakistan", "Siachen Glacier", WORLD),
    ("China", "Siachen Glacier", WORLD),
    ("India", "Pakistan", (73, 32.3, 80, 38)),  # line of control in Kashmir
    ("China", "Pakistan", WORLD),
    ("China", "India", WORLD),
    ("North Korea", "South Korea", WORLD),  # demarcation line
    ("Egypt", "Sudan", (33, 21, 38, 24)),  # Halaib
    ("S. Sudan", "Sudan", (27.5, 9, 29.5, 11)),  # Abyei
    ("Guyana", "Venezuela", WORLD),
)
# Polygons that get a name of their own: country, box around it, name.
OWN_NAMES: tuple[tuple[str, Box, str], ...] = (("Russia", (32, 44, 37, 46.5), "Crimea"),)
WRITTEN_OUT = {
    "Antigua and Barb.": "Antigua and Barbuda",
    "Bosnia and Herz.": "Bosnia and Herzegovina",
    "Br. Indian Ocean Ter.": "British Indian Ocean Territory",
    "Central African Rep.": "Central African Republic",
    "Dem. Rep. Congo": "DR Congo",
    "Dominican Rep.": "Dominican Republic",
    "Eq. Guinea": "Equatorial Guinea",
    "eSwatini": "Eswatini",
    "Faeroe Is.": "Faroe Islands",
    "Fr. Polynesia": "French Polynesia",
    "Fr. S. Antarctic Lands": "French Southern Lands",
    "Heard I. and McDonald Is.": "Heard and McDonald Islands",
    "Indian Ocean Ter.": "Indian Ocean Territories",
    "Macedonia": "North Macedonia",
    "N. Cyprus": "Northern Cyprus",
    "N. Mariana Is.": "Northern Mariana Islands",
    "S. Geo. and the Is.": "South Georgia",
    "S. Sudan": "South Sudan",
    "St. Kitts and Nevis": "Saint Kitts and Nevis",
    "St. Pierre and Miquelon": "Saint Pierre and Miquelon",
    "St. Vin. and Gren.": "Saint Vincent and the Grenadines",
    "St-Barthélemy": "Saint Barthélemy",
    "St-Martin": "Saint Martin",
    "W. Sahara": "Western Sahara",
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the borders of the locator map.")
    parser.add_argument("topology", type=Path, help="countries-50m.json of world-atlas")
    parser.add_argument("--check", action="store_true", help="compare with the file on record")
    asked = parser.parse_args()
    made = json.dumps(convert(json.loads(asked.topology.read_text("utf-8"))), **COMPACT).encode()
    if asked.check:
        same = zlib.decompress(TARGET.read_bytes()) == made
        print("the same" if same else f"{FILE} would be another")
        return 0 if same else 1
    TARGET.write_bytes(zlib.compress(made, 9))
    print(f"{FILE}: {TARGET.stat().st_size:,} bytes, {len(made):,} unpacked")
    return 0


COMPACT: dict[str, Any] = {"ensure_ascii": False, "separators": (",", ":")}


def convert(topology: dict[str, Any]) -> dict[str, Any]:
    """Give the content of the data file, see `forensics.report.borders.Packed`."""
    arcs = [simplify(arc) for arc in decode_arcs(topology)]
    owners: dict[int, set[str]] = defaultdict(set)
    regions: dict[str, list[list[int]]] = defaultdict(list)
    for country in topology["objects"]["countries"]["geometries"]:
        name = country["properties"]["name"]
        for polygon in polygons(country):
            for ring in polygon:
                for arc in ring:
                    owners[index(arc)].add(name)
            # Ring by ring: Antarctica's coast stands as a hole in an outline without corners.
            rings = [ring for ring in polygon if has_corners(ring, arcs)]
            if rings:
                regions[own_name(name, rings[0], arcs)] += rings
    land = [
        ring
        for geometry in topology["objects"]["land"]["geometries"]
        for polygon in polygons(geometry)
        for ring in polygon
        if has_corners(ring, arcs)
    ]
    shared = {arc: tuple(sorted(names)) for arc, names in owners.items() if len(names) > 1}
    return {
        "source": SOURCE,
        "arcs": [delta_code(arc) for arc in arcs],
        "land": land,
        "borders": sorted(shared),
        "disputed": [
            span
            for arc, names in sorted(shared.items())
            for span in disputed(arc, names, arcs[arc])
        ],
        "regions": [{"name": name, "rings": regions[name]} for name in sorted(regions)],
    }


def decode_arcs(topology: dict[str, Any]) -> list[list[Point]]:
    """Give arcs in units, without jumps at the date line."""
    (scale_x, scale_y) = topology["transform"]["scale"]
    (move_x, move_y) = topology["transform"]["translate"]
    arcs = []
    for coded in topology["arcs"]:
        x = y = 0
        arc: list[Point] = []
        for step_x, step_y in coded:
            x, y = x + step_x, y + step_y
            here = (
                round((x * scale_x + move_x) * UNITS_PER_DEGREE),
                round((y * scale_y + move_y) * UNITS_PER_DEGREE),
            )
            if arc:
                here = (here[0] - round((here[0] - arc[-1][0]) / TURN_UNITS) * TURN_UNITS, here[1])
            arc.append(here)
        arcs.append(arc)
    return arcs


def simplify(arc: list[Point]) -> list[Point]:
    """Leave out points (Douglas and Peucker, 1973), longitudes shortened for the latitude."""
    shrink = max(0.05, math.cos(math.radians(arc[0][1] / UNITS_PER_DEGREE)))
    keep = {0, len(arc) - 1}
    spans = [(0, len(arc) - 1)]
    while spans:
        first, last = spans.pop()
        distance, middle = max(
            ((gap(arc[i], arc[first], arc[last], shrink), i) for i in range(first + 1, last)),
            default=(0.0, 0),
        )
        if distance > TOLERANCE_UNITS:
            keep.add(middle)
            spans += [(first, middle), (middle, last)]
    return [arc[i] for i in sorted(keep)]


def gap(point: Point, start: Point, end: Point, shrink: float) -> float:
    """Give the distance of a point from a stretch."""
    x, y = (point[0] - start[0]) * shrink, point[1] - start[1]
    to_x, to_y = (end[0] - start[0]) * shrink, end[1] - start[1]
    length = to_x * to_x + to_y * to_y
    along = min(1.0, max(0.0, (x * to_x + y * to_y) / length)) if length else 0.0
    return math.hypot(x - along * to_x, y - along * to_y)


def delta_code(arc: list[Point]) -> list[int]:
    coded = [*arc[0]]
    for before, after in pairwise(arc):
        coded += [after[0] - before[0], after[1] - before[1]]
    return coded


def disputed(arc: int, names: tuple[str, ...], points: list[Point]) -> list[list[int]]:
    """Give [arc, first point, last point] of each stretch on the list."""
    spans = []
    for one, other, box in DISPUTED:
        if names == tuple(sorted((one, other))):
            inside = [i for i, point in enumerate(points) if is_in(point, box)]
            if len(inside) > 1:
                spans.append([arc, inside[0], inside[-1]])
    return spans


def polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    arcs: list[Any] = geometry["arcs"]
    return [arcs] if geometry["type"] == "Polygon" else arcs


def index(arc: int) -> int:
    return arc if arc >= 0 else ~arc


def has_corners(ring: list[int], arcs: list[list[Point]]) -> bool:
    """Tell whether anything is left of it after rounding."""
    return len({point for arc in ring for point in arcs[index(arc)]}) >= MIN_CORNERS


def own_name(name: str, ring: list[int], arcs: list[list[Point]]) -> str:
    for country, box, own in OWN_NAMES:
        if name == country and all(is_in(p, box) for arc in ring for p in arcs[index(arc)]):
            return own
    return WRITTEN_OUT.get(name, name.replace(" Is.", " Islands"))


def is_in(point: Point, box: Box) -> bool:
    x, y = (value / UNITS_PER_DEGREE for value in point)
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


if __name__ == "__main__":
    sys.exit(main())
