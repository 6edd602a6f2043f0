"""Where a bridge stands and what it measures: everything that is fixed by its number.

Deck coordinates: X along the bridge from its middle, Y across, Z up from the water, metres.
"""

import datetime as dt
import math
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from tools.scenes.noise import Array, fractal, smoothstep

APPROACH_M = 420.0
"""Length of the road that is built beyond either end."""
BED_M = -2.5
_NOISE_SIDE = 1024
_SLOPE = 0.045  # of the approach road
_TWIN_GAP_M = 7.0


class Kind(StrEnum):
    """How a bridge carries its deck."""

    GIRDER = "girder"
    TRUSS = "truss"  # a through truss: members above the deck throw shadows on it
    ARCH = "arch"  # arches under the deck
    BOWSTRING = "bowstring"  # arches above the deck, which hangs from them


@dataclass(frozen=True, eq=False)
class Site:
    """One bridge, its river and its banks."""

    seed: int
    kind: Kind
    twin: bool
    """A second bridge beside it, on the side of positive Y, is never damaged."""
    spans: int
    span_m: float
    width_m: float
    deck_z_m: float
    river_half_m: float
    bend: float
    parapet: bool
    latitude: float
    longitude: float
    axis_azimuth_deg: float
    """Where +X points, clockwise from north."""
    noise: Array

    @property
    def length_m(self) -> float:
        """Deck length between the abutments."""
        return self.spans * self.span_m

    @property
    def twin_y_m(self) -> float:
        """Where the axis of the second bridge runs."""
        return self.width_m + _TWIN_GAP_M

    def pier_x(self) -> list[float]:
        """Give the ends of the spans, abutments included."""
        return [-self.length_m / 2 + k * self.span_m for k in range(self.spans + 1)]

    def texture(self, x: Array, y: Array, size_m: float) -> Array:
        """Look the site's own noise up; it repeats after `size_m`."""
        u = (
            np.atleast_2d(np.asarray(x, np.float32) / np.float32(size_m) * _NOISE_SIDE)
            % _NOISE_SIDE
        )
        v = (
            np.atleast_2d(np.asarray(y, np.float32) / np.float32(size_m) * _NOISE_SIDE)
            % _NOISE_SIDE
        )
        found = cv2.remap(self.noise, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        return np.asarray(found).reshape(np.shape(x))

    def river_x(self, y: Array | float) -> Array:
        """Give the middle of the river at `y`."""
        y = np.asarray(y)
        return np.asarray(self.bend * y + 14 * np.sin(y / 95.0) * smoothstep(20, 160, np.abs(y)))

    def road_z(self, x: Array | float) -> Array:
        """Give the height of the road, which comes down from the bridge to the fields."""
        beyond = np.maximum(0, np.abs(np.asarray(x)) - self.length_m / 2 - 6)
        falling = self.deck_z_m - _SLOPE * beyond * smoothstep(0, 20, beyond)
        return np.asarray(np.maximum(falling, 4.6))

    def ground_z(self, x: Array | float, y: Array | float) -> Array:
        """Give the height of the ground or of the river's bed."""
        x, y = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(y, np.float64))
        from_middle = np.abs(x - self.river_x(y)) + 14 * self.texture(x, y, 260)
        hills = 10 * smoothstep(250, 900, np.hypot(x, y)) * (self.texture(x, y, 2500) + 0.25)
        field = 3.4 + 3.0 * self.texture(x + 300, y, 420) + 0.35 * self.texture(x, y, 25) + hills
        bank = smoothstep(self.river_half_m - 3, self.river_half_m + 9, from_middle)
        natural = BED_M + (field - BED_M) * bank
        # The dam that carries the road, as wide as both roads where there are two.
        middle_y = self.twin_y_m / 2 if self.twin else 0.0
        half = self.width_m / 2 + middle_y
        aside = np.maximum(0, np.abs(y - middle_y) - half - 1.2)
        side = self.road_z(x) - 0.12 - aside / 1.7 + 0.25 * self.texture(x, y, 30)
        before_end = np.maximum(0, self.length_m / 2 - np.abs(x))
        front = self.deck_z_m - 2.2 - before_end / 1.25
        dam = np.where(np.abs(x) >= self.length_m / 2, side, np.minimum(side, front))
        return np.asarray(np.maximum(natural, dam))


def make_site(seed: int, *, kind: Kind = Kind.GIRDER, twin: bool = False) -> Site:
    """Draw a bridge by its number."""
    rng = np.random.default_rng(seed)
    spans = int(rng.integers(3, 6))
    span_m = float(rng.uniform(20, 30))
    width_m = float(rng.choice([9.0, 11.0, 13.0]))
    arch_room_m = 3.0 if kind is Kind.ARCH else 0.0
    deck_z_m = float(rng.uniform(8, 11.5)) + arch_room_m
    river_half_m = spans * span_m / 2 - deck_z_m * 1.1 - float(rng.uniform(0, 4))
    return Site(
        seed=seed,
        kind=kind,
        twin=twin,
        spans=spans,
        span_m=span_m,
        width_m=width_m,
        deck_z_m=deck_z_m,
        river_half_m=river_half_m,
        parapet=bool(rng.random() < 0.4),
        latitude=float(rng.uniform(44, 52)),
        longitude=float(rng.uniform(22, 38)),
        axis_azimuth_deg=float(rng.uniform(0, 180)),
        bend=float(rng.uniform(-0.12, 0.12)),
        noise=fractal(rng, _NOISE_SIDE, _NOISE_SIDE, base=4, octaves=8),
    )


def sun_direction(site: Site, when: dt.datetime) -> tuple[float, float]:
    """Give the sun's azimuth, clockwise from north, and its height, in degrees.

    The low-precision formulas of the Astronomical Almanac (Michalsky 1988,
    doi:10.1016/0038-092X(88)90045-X), better than 0.1 degree in this century.
    """
    epoch = dt.datetime(2000, 1, 1, 12, tzinfo=dt.UTC)
    days = (when - epoch).total_seconds() / 86400
    anomaly = math.radians((357.529 + 0.98560028 * days) % 360)
    mean = (280.459 + 0.98564736 * days) % 360
    ecliptic = math.radians(mean + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly))
    tilt = math.radians(23.439 - 3.6e-7 * days)
    ascension = math.atan2(math.cos(tilt) * math.sin(ecliptic), math.cos(ecliptic))
    declination = math.asin(math.sin(tilt) * math.sin(ecliptic))
    sidereal_h = (18.697374558 + 24.06570982441908 * days) % 24
    hour = math.radians(sidereal_h * 15 + site.longitude) - ascension
    place = math.radians(site.latitude)
    height = math.asin(
        math.sin(place) * math.sin(declination)
        + math.cos(place) * math.cos(declination) * math.cos(hour)
    )
    azimuth = math.atan2(
        -math.sin(hour),
        math.tan(declination) * math.cos(place) - math.sin(place) * math.cos(hour),
    )
    return math.degrees(azimuth) % 360, math.degrees(height)
