"""Make holes in strips of tuning bridges: in soot or nearly bare, and much to see in them."""

import cv2
import numpy as np
from accuracy.damage.making import Map, beside, blackened, blot, made, noise, on_deck, rounded
from accuracy.damage.strips import Strips
from accuracy.damage_truth.pair import Truth
from numpy import float32
from numpy.typing import NDArray

_BARE = 0.25
"""Share of holes with hardly any soot around."""

_LEAST_HOLE_PX = 12
_SUNNY = 0.6


def holed(base: Strips, rng: np.random.Generator) -> Strips:
    """Burn one to three holes through the deck, each within a mark of soot or nearly bare."""
    truth, after = base.truth, base.after.astype(float32)
    below = _below(base, rng)
    for _ in range(int(rng.integers(1, 4))):
        x = float(rng.uniform(base.grid.end_px, base.grid.end_px + base.grid.length_px))
        y = base.grid.side_px + base.grid.width_px * float(rng.uniform(0.15, 0.85))
        bare = rng.random() < _BARE
        deep = rng.uniform(0.0, 0.25) if bare else rng.uniform(0.35, 0.9)
        soot = blot(base, rng, reach=rng.uniform(0.2, 0.9), at=x)
        after, truth = blackened(after, truth, base, soot=soot, deep=deep)
        opened = _opened(base, (x, y), rng) & on_deck(base)
        after = _laid(after, below, opened, rng)
        truth = np.where(opened & (truth != Truth.OUTSIDE), Truth.HOLE, truth).astype(np.uint8)
    if (truth == Truth.HOLE).sum() < _LEAST_HOLE_PX:
        return made(base, base.after, base.truth, base.state)
    return made(base, rounded(after), truth, "holed")


def _opened(
    base: Strips, middle: tuple[float, float], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Give a hole with a ragged rim, around a place on the deck."""
    rows, columns = base.grid.shape
    wide = base.grid.width_px
    radius = wide * rng.uniform(0.08, 0.3)
    stretch = rng.uniform(0.7, 1.6)
    across = (np.arange(columns)[None] - middle[0]) / stretch
    down = np.arange(rows)[:, None] - middle[1]
    lean = rng.uniform(-0.4, 0.4)
    far = np.hypot(across + lean * down, down)
    rim = 0.35 * noise((rows, columns), radius * 0.5, rng)
    rim = rim + 0.15 * noise((rows, columns), max(0.8, radius * 0.15), rng)
    return np.asarray(far < radius * (1 + rim))


def _laid(after: Map, below: Map, opened: NDArray[np.bool_], rng: np.random.Generator) -> Map:
    """Show what is below through a hole; in the sun one side of it lies in the shade of its rim."""
    inside = cv2.GaussianBlur(opened.astype(float32), (0, 0), 0.6)[..., None]
    shade = np.ones(opened.shape, float32)
    if rng.random() < _SUNNY:
        down, right = rng.integers(-3, 4, 2)
        lit = np.roll(opened, (int(down), int(right)), (0, 1))
        shade = np.where(opened & ~lit, rng.uniform(0.25, 0.7), 1.0).astype(float32)
        shade = cv2.GaussianBlur(shade, (0, 0), 0.6)
    return np.asarray(after * (1 - inside) + below * shade[..., None] * inside, float32)


def _below(base: Strips, rng: np.random.Generator) -> Map:
    """Give what is seen through holes: water, girders, beams, bars, rubble, hanging slabs."""
    rows, columns = base.grid.shape
    wide = base.grid.width_px
    seen = beside(base, rng).astype(float32) * rng.uniform(0.2, 1.05)
    light = float(rng.uniform(40, 190))
    if rng.random() < 0.6:
        count = int(rng.integers(2, 7))
        offset = rng.uniform(0, 1)
        for at in range(count):
            y = base.grid.side_px + wide * (at + offset) / count
            seen = _barred(seen, int(y), max(1, int(wide * rng.uniform(0.02, 0.09))), light, rng)
    if rng.random() < 0.35:
        step = max(3, int(wide * rng.uniform(0.15, 0.6)))
        thick = max(1, int(wide * rng.uniform(0.02, 0.07)))
        for x in range(int(rng.integers(0, step)), columns, step):
            seen[:, x : x + thick] = light * rng.uniform(0.7, 1.1)
    if rng.random() < 0.35:  # reinforcement: thin bars both ways
        fine = int(rng.integers(2, 5))
        grid = np.zeros((rows, columns), float32)
        grid[::fine], grid[:, ::fine] = 1, 1
        grid *= noise((rows, columns), 3.0, rng) > rng.uniform(-0.5, 1)
        grid = cv2.GaussianBlur(grid, (0, 0), 0.5)[..., None] * rng.uniform(0.3, 0.9)
        seen = seen * (1 - grid) + rng.uniform(30, 160) * grid
    if rng.random() < 0.6:
        size = rng.uniform(0.6, 2.5)
        rubble = noise((rows, columns), size, rng) > rng.uniform(0.2, 2.0)
        stone = rng.uniform(60, 190) + 20 * noise((rows, columns), 0.8, rng)
        seen = np.where(rubble[..., None], stone[..., None], seen)
    if rng.random() < 0.25:  # a piece of the deck that hangs in it, or lies below
        shift = (int(rng.integers(-6, 7)), int(rng.integers(-6, 7)))
        piece = np.roll(base.after, shift, (0, 1)).astype(float32) * rng.uniform(0.3, 0.9)
        part = noise((rows, columns), wide * 0.15, rng) > rng.uniform(0, 1)
        seen = np.where(part[..., None], piece, seen)
    return np.asarray(np.clip(seen, 0, 255), float32)


def _barred(seen: Map, y: int, thick: int, light: float, rng: np.random.Generator) -> Map:
    """Lay a girder along the deck, its upper side lit, its lower in the shade."""
    laid = seen.copy()
    laid[y : y + thick] = light * rng.uniform(0.8, 1.2)
    laid[y + thick : y + 2 * thick] *= rng.uniform(0.4, 1.0)
    return laid
