"""Measure how far the borders of the locator map are off.

``python benchmarks/accuracy/locator.py --write`` compares them with the borders of time zones in
timezonefinder, which are those of OpenStreetMap (extra ``places``). Every 20 km along a border that
both draw, the nearest change of zone is looked for at right angles to it, in steps of 100 m. Where
both sides have one zone, and on lines on the list of disputed ones, nothing is measured.
"""

import argparse
import json
import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

from timezonefinder import TimezoneFinder

from forensics.report.borders import UNITS_PER_DEGREE, load_level
from forensics.report.locator_view import KM_PER_DEGREE

RESULTS = Path(__file__).resolve().parent.parent / "results" / "report.locator.json"
EVERY_KM = 20.0
STEP_KM = 0.1
REACH_KM = 30.0
NEAR = (51.3, 34.6)
NEAR_KM = 100.0
# The whole way from the coast of the Sea of Azov to Belarus.
STRETCH = ("Europe/Kyiv", "Europe/Moscow")

Sample = tuple[float, float, float, float]  # latitude, longitude, step north and east in km


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the borders of the locator map.")
    parser.add_argument("--write", action="store_true", help="write the results file")
    zones = TimezoneFinder()
    everywhere, near, between = [], [], []
    skipped = 0
    for sample in samples():
        sides = zone(zones, sample, REACH_KM), zone(zones, sample, -REACH_KM)
        if sides[0] == sides[1] or any(side.startswith("Etc/") for side in sides):
            skipped += 1
            continue
        distance = nearest_change(zones, sample)
        everywhere.append(distance)
        if apart(sample[:2], NEAR) <= NEAR_KM:
            near.append(distance)
        if tuple(sorted(sides)) == STRETCH:
            between.append(distance)
    result = {
        "every_km": EVERY_KM,
        "reach_km": REACH_KM,
        "not_comparable": skipped,
        "everywhere": summary(everywhere),
        f"within {NEAR_KM:.0f} km of {NEAR[0]} N {NEAR[1]} E": summary(near),
        "between " + " and ".join(STRETCH): summary(between),
    }
    print(json.dumps(result, indent=1))
    if parser.parse_args().write:
        RESULTS.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


def samples() -> Iterator[Sample]:
    """Give places along borders with the direction across, a kilometre long."""
    for line in load_level(apart_units=0).borders:
        walked = EVERY_KM / 2
        for one, other in pairwise(line.points):
            (lon, lat), (to_lon, to_lat) = (
                (x / UNITS_PER_DEGREE, y / UNITS_PER_DEGREE) for x, y in (one, other)
            )
            shrink = math.cos(math.radians(lat))
            east, north = (to_lon - lon) * shrink * KM_PER_DEGREE, (to_lat - lat) * KM_PER_DEGREE
            length = math.hypot(east, north)
            while walked < length:
                part = walked / length
                yield (
                    lat + part * (to_lat - lat),
                    lon + part * (to_lon - lon),
                    east / length,
                    -north / length,
                )
                walked += EVERY_KM
            walked -= length


def nearest_change(zones: TimezoneFinder, sample: Sample) -> float:
    here = zone(zones, sample, 0.0)
    for number in range(1, round(REACH_KM / STEP_KM)):
        across = number * STEP_KM
        if zone(zones, sample, across) != here or zone(zones, sample, -across) != here:
            return across
    return REACH_KM


def zone(zones: TimezoneFinder, sample: Sample, across_km: float) -> str:
    lat, lon, north, east = sample
    to_lat = max(-90.0, min(90.0, lat + north * across_km / KM_PER_DEGREE))
    to_lon = lon + east * across_km / (KM_PER_DEGREE * math.cos(math.radians(lat)))
    return zones.timezone_at(lat=to_lat, lng=(to_lon + 180) % 360 - 180) or "Etc/"


def apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    shrink = math.cos(math.radians(one[0]))
    return KM_PER_DEGREE * math.hypot(one[0] - other[0], (one[1] - other[1]) * shrink)


def summary(distances: list[float]) -> dict[str, float]:
    cuts = quantiles(distances, n=100, method="inclusive")
    return {
        "places": len(distances),
        "median_km": round(median(distances), 1),
        "95_of_100_below_km": round(cuts[94], 1),
        "largest_km": round(max(distances), 1),
    }


if __name__ == "__main__":
    main()
