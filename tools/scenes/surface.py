"""Paint the deck: asphalt, marks, patches, soot, water; and what is true of every spot of it.

Maps cover the deck and both approach roads, X along the columns, Y along the rows, `MAP_PX_M`
metres a pixel; colours are reflectances, linear.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from tools.scenes.happening import Happening, Impact, Null
from tools.scenes.noise import Array, fractal, smoothstep
from tools.scenes.site import APPROACH_M, Site

MAP_PX_M = 0.06
SOOT_SEEN = 0.35
"""Soot counts as damage from this coverage on."""
SMALLEST_HOLE_M2 = 1.0
_SOOT = np.array([0.0075, 0.007, 0.0065])
_SIDEWALK_M = 1.25


@dataclass(frozen=True, eq=False)
class Surface:
    """How the deck looks and what it is."""

    colour: Array  # (H, W, 3) reflectance
    roughness: Array  # (H, W) 0-1
    gloss: Array  # (H, W) 0-1, specular level
    soot: Array  # (H, W) 0-1, of this strike
    earlier_soot: Array  # (H, W) 0-1, already there before
    hole: Array  # (H, W) bool
    missing: Array  # (H, W) bool


def map_xy(site: Site) -> tuple[Array, Array]:
    """Give the deck coordinates of every pixel of the maps."""
    length = site.length_m + 2 * APPROACH_M
    columns, rows = int(length / MAP_PX_M), int(site.width_m / MAP_PX_M)
    x = (np.arange(columns) + 0.5) * MAP_PX_M - length / 2
    y = (np.arange(rows) + 0.5) * MAP_PX_M - site.width_m / 2
    grid_x, grid_y = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
    return grid_x, grid_y


def map_uv(site: Site, x: Array, y: Array) -> Array:
    """Give the place of deck coordinates in the maps, 0-1 both ways."""
    length = site.length_m + 2 * APPROACH_M
    u = (np.asarray(x) + length / 2) / length
    return np.stack([u, (np.asarray(y) + site.width_m / 2) / site.width_m], -1)


def paint(site: Site, happening: Happening) -> Surface:
    """Paint the deck after what happened."""
    x, y = map_xy(site)
    colour = _road(site, x, y)
    rng = np.random.default_rng(happening.seed + 501)
    roughness, gloss = np.full(x.shape, 0.88, np.float32), np.full(x.shape, 0.3, np.float32)
    if Null.REPAVED in happening.nulls:
        _repave(site, colour, x, y, rng)
    if Null.WET in happening.nulls:
        wet = _wet(site, x, y, rng)
        colour *= 1 - 0.62 * wet[..., None]
        roughness -= 0.55 * wet
        gloss += 0.2 * wet
    earlier, _ = _burn(site, x, y, happening.earlier, np.random.default_rng(site.seed + 17))
    earlier *= np.float32(0.75)  # rain and wheels have been at it
    soot, hole = _burn(site, x, y, happening.impacts, np.random.default_rng(site.seed + 7))
    missing = np.zeros(x.shape, bool)
    gap = happening.gap
    if gap is not None:
        line = y[:, 0]
        first = gap.edge_x(line, site.width_m, last=False)[:, None]
        last = gap.edge_x(line, site.width_m, last=True)[:, None]
        missing = (x > first) & (x < last)
    hole &= ~missing
    for layer in (earlier, soot):
        alpha = (layer * 0.985)[..., None]
        colour = colour * (1 - alpha) + _SOOT * alpha
        roughness = roughness * (1 - layer) + layer
        # Soot is matt: a gloss left on it would shine grey under the sky.
        gloss = gloss * (1 - layer)
    colour = _strew(colour, soot, np.random.default_rng(site.seed + 8))
    return Surface(colour.astype(np.float32), roughness, gloss, soot, earlier, hole, missing)


def measure(site: Site, surface: Surface) -> dict[str, float]:
    """Give the truth in metres, of the deck between the abutments."""
    x, _ = map_xy(site)
    deck = np.abs(x) < site.length_m / 2
    area = MAP_PX_M**2
    soot = (surface.soot > SOOT_SEEN) & deck & ~surface.hole & ~surface.missing
    parts = cv2.connectedComponents((surface.hole & deck).astype(np.uint8))[0] - 1
    missing_m = float((surface.missing & deck).sum() * area) / site.width_m
    areas = {
        "soot_area_m2": float(soot.sum() * area),
        "hole_area_m2": float((surface.hole & deck).sum() * area),
        "collapsed_area_m2": float((surface.missing & deck).sum() * area),
    }
    return {
        "deck_length_m": site.length_m,
        "deck_width_m": site.width_m,
        "deck_area_m2": float(deck.sum() * area),
        **areas,
        "n_holes": int(parts),
        "gap_m": missing_m,
        "gap_pct": 100 * missing_m / site.length_m,
        "damaged_deck_fraction": sum(areas.values()) / float(deck.sum() * area),
    }


def _road(site: Site, x: Array, y: Array) -> Array:
    """Old asphalt, lanes, marks, sidewalks, joints and repairs, as before the first picture."""
    rng = np.random.default_rng(site.seed + 77)
    height, width = x.shape
    grey = 0.095 + 0.06 * rng.random() + 0.03 * fractal(rng, height, width, base=3, octaves=4)
    grey = grey + 0.022 * fractal(rng, height, width, base=40, octaves=5, gain=0.8)
    grey += rng.normal(0, 0.006, (height, width)).astype(np.float32)
    lane = site.width_m / 2 - _SIDEWALK_M
    for wheel in (-0.72, -0.28, 0.28, 0.72):
        streaks = 1 + fractal(rng, height, width, base=3, octaves=3)
        grey *= 1 + 0.10 * np.exp(-(((y - lane * wheel) / 0.35) ** 2)) * streaks
    colour = np.stack([grey * 1.02, grey, grey * 0.97], -1).astype(np.float32)
    half = site.length_m / 2
    for _ in range(int(rng.integers(10, 18))):
        middle_x, middle_y = rng.uniform(-half, half), rng.uniform(-lane, lane)
        patch = (np.abs(x - middle_x) < rng.uniform(1, 6)) & (np.abs(y) < lane)
        patch &= np.abs(y - middle_y) < rng.uniform(0.4, 1.4)
        _lay(colour, patch, rng.uniform(0.06, 0.2), 0.6)
    wear = smoothstep(-0.12, 0.05, fractal(rng, height, width, base=30, octaves=5, gain=0.8))
    dashes = (np.abs(y) < 0.07) & (((x + 900) % 9) < 3.5)
    _lay(colour, dashes * wear, 0.62, 0.85)
    _lay(colour, (np.abs(np.abs(y) - lane + 0.35) < 0.07) * wear, 0.6, 0.8)
    walk = np.abs(y) > lane
    _lay(colour, walk, 0.26, 1.0)
    stains = smoothstep(0, 0.25, fractal(rng, height, width, base=12, octaves=5))
    _lay(colour, walk * stains, 0.1, 0.35)
    _lay(colour, np.abs(np.abs(y) - lane) < 0.1, 0.35, 1.0)
    _lay(colour, walk & ((x % 3) < 0.07), 0.1, 0.5)
    for joint in site.pier_x():
        _lay(colour, np.abs(x - joint) < 0.12, 0.03, 0.85)
    crack = np.abs(fractal(rng, height, width, base=5, octaves=5)) < 0.0035
    _lay(colour, crack & ~walk, 0.03, 0.6)
    _lay(colour, (np.abs(x) > half) & walk, 0.14, 0.75)
    return colour


def _lay(colour: Array, mask: Array, grey: float, alpha: float) -> None:
    """Lay a grey over a colour map, in place."""
    covered = np.asarray(mask, np.float32) * np.float32(alpha)
    colour *= 1 - covered[..., None]
    colour += covered[..., None] * np.float32(grey)


def _repave(site: Site, colour: Array, x: Array, y: Array, rng: np.random.Generator) -> None:
    """Lay new asphalt: square patches, and a whole lane over some length, with its joints."""
    lane = site.width_m / 2 - _SIDEWALK_M
    half = site.length_m / 2
    grain = 1 + fractal(rng, *x.shape, base=40, octaves=5, gain=0.8)
    side = float(rng.choice([-1, 1]))
    begin = rng.uniform(-half * 0.8, 0)
    strip = (x > begin) & (x < begin + rng.uniform(12, 0.6 * half))
    strip &= (y * side > 0) & (np.abs(y) < lane)
    patches = strip
    for _ in range(int(rng.integers(2, 5))):
        middle_x, middle_y = rng.uniform(-half, half) * 0.8, rng.uniform(-lane, lane) * 0.6
        square = np.abs(x - middle_x) < rng.uniform(1.5, 5)
        patches = patches | (
            square & (np.abs(y - middle_y) < rng.uniform(1, 2)) & (np.abs(y) < lane)
        )
    grey = (0.028 * grain)[..., None].astype(np.float32)
    alpha = (patches * np.float32(0.93))[..., None]
    colour *= 1 - alpha
    colour += grey * alpha


def _wet(site: Site, x: Array, y: Array, rng: np.random.Generator) -> Array:
    """Wet where water stands: along the kerbs and in puddles, drying in the wheel tracks."""
    lane = site.width_m / 2 - _SIDEWALK_M
    puddles = fractal(rng, *x.shape, base=2, octaves=5, gain=0.55)
    tracks = sum(np.exp(-(((y - lane * w) / 0.5) ** 2)) for w in (-0.72, -0.28, 0.28, 0.72))
    kerb = 0.12 * np.exp(-(((np.abs(y) - lane) / 0.8) ** 2))
    level = float(rng.uniform(-0.06, 0.03))
    return smoothstep(level, level + 0.06, puddles + kerb - 0.05 * tracks).astype(np.float32)


def _burn(
    site: Site, x: Array, y: Array, impacts: tuple[Impact, ...], rng: np.random.Generator
) -> tuple[Array, Array]:
    """Blacken around every impact, with rays and a wind's plume, and break the holes through."""
    soot, hole = np.zeros(x.shape, np.float32), np.zeros(x.shape, bool)
    if not impacts:
        return soot, hole
    warp_x, warp_y = (fractal(rng, *x.shape, base=3, gain=0.6) for _ in range(2))
    grain = fractal(rng, *x.shape, base=24, gain=0.75)
    soft = fractal(rng, *x.shape, base=5, octaves=5)
    for number, hit in enumerate(impacts):
        dx = (x - hit.x) / hit.stretch + warp_x * hit.radius * 1.5
        dy = (y - hit.y) + warp_y * hit.radius * 1.5
        angle, rays = np.arctan2(dy, dx), np.zeros(x.shape, np.float32)
        for k in range(5):
            phase = rng.uniform(0, 2 * math.pi)
            rays += np.cos((3 + 2 * k + number) * angle + phase) / (2.5 + k)
        reach = np.maximum(hit.radius * (1 + 0.16 * rays + 0.9 * soft), 0.5)
        burnt = smoothstep(1.25, 0.55, np.hypot(dx, dy) / reach) * np.clip(1.2 + 0.7 * grain, 0, 1)
        blown = x - hit.x - float(rng.uniform(-1, 1)) * hit.radius * 1.1
        plume = np.hypot(blown / 1.9 + warp_x * hit.radius, (y - hit.y) / 1.1 + warp_y * hit.radius)
        plume = 0.75 * smoothstep(1.4, 0.3, plume / hit.radius) * np.clip(0.8 + 1.4 * grain, 0, 1)
        soot = np.maximum(soot, np.maximum(burnt, plume)).astype(np.float32)
        if hit.hole_radius > 0:
            away = np.hypot(x - hit.x + warp_x * 3, y - hit.y + warp_y * 3)
            inside = np.abs(y) < site.width_m / 2 - 0.7  # both edges of the deck stay
            hole |= (away < hit.hole_radius * (1 + 0.3 * rays)) & inside
    soot *= np.abs(x) < site.length_m / 2 + 15
    hole = _without_crumbs(hole)
    return soot * ~hole, hole


def _without_crumbs(hole: Array) -> Array:
    """Leave out what is too small to be a hole: slivers beside the large ones."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(hole.astype(np.uint8), connectivity=4)
    large = stats[:, cv2.CC_STAT_AREA] * MAP_PX_M**2 >= SMALLEST_HOLE_M2
    large[0] = False
    return np.asarray(large[labels])


def _strew(colour: Array, soot: Array, rng: np.random.Generator) -> Array:
    """Strew light crumbs of concrete where it burnt."""
    if not soot.any():
        return colour
    crumbs = fractal(rng, *soot.shape, base=100, octaves=2, gain=0.9) > 0.3
    alpha = (crumbs * smoothstep(0.05, 0.5, soot) * 0.25)[..., None]
    return np.asarray(colour * (1 - alpha) + 0.19 * alpha)
