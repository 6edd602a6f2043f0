"""Make what is no damage on strips of tuning bridges: new asphalt, wet, lattices, queues."""

import cv2
import numpy as np
from accuracy.damage.making import Map, made, noise, on_deck, rounded, shaded
from accuracy.damage.strips import Strips
from accuracy.damage_truth.pair import Pixels, Truth
from numpy import float32
from numpy.typing import NDArray

_TALL = 0.5
"""A vehicle's shadow lies aside by so many of its widths (sigma)."""


def repaved(base: Strips, rng: np.random.Generator) -> Strips:
    """Lay new asphalt: a lane or the whole width, over a part of the length, with straight ends."""
    rows, columns = base.grid.shape
    wide, length = base.grid.width_px, base.grid.length_px
    after = base.after.astype(float32)
    for _ in range(int(rng.integers(1, 3))):
        long = int(rng.uniform(0.4, 6) * wide)
        left = base.grid.end_px + int(rng.integers(-long // 2, max(1, length - long // 2)))
        whole = rng.random() < 0.5
        high = int(wide * (rng.uniform(0.86, 1.0) if whole else rng.uniform(0.25, 0.6)))
        top = base.grid.side_px + int(rng.integers(0, max(1, wide - high)))
        patch = np.zeros((rows, columns), float32)
        lean = rng.normal(0, 0.05) * high
        corners = [[left, top], [left + long, top], [left + long + lean, top + high],
                   [left + lean, top + high]]  # fmt: skip
        cv2.fillPoly(patch, [np.int32(np.round(corners))], 1.0)
        patch = cv2.GaussianBlur(patch, (0, 0), rng.uniform(0.4, 1.2))[..., None]
        usual = np.median(base.after[base.grid.deck].reshape(-1, 3), axis=0).astype(float32)
        grain = noise((rows, columns), rng.uniform(0.6, 3), rng)[..., None] * rng.uniform(0.5, 5)
        kept = rng.uniform(0, 0.35)
        new = usual * rng.uniform(0.4, 1.15) + grain
        laid = new + kept * (after - cv2.GaussianBlur(after, (0, 0), wide * 0.1))
        after = after * (1 - patch) + laid * patch
    return _changed(base, after)


def wet(base: Strips, rng: np.random.Generator) -> Strips:
    """Wet the deck: darker in the whole or in parts, puddles that mirror the sky."""
    rows, columns = base.grid.shape
    wide = base.grid.width_px
    spread = noise((rows, columns), wide * rng.uniform(0.1, 0.6), rng)
    damp = 1 / (1 + np.exp(-4 * (spread + rng.uniform(-0.5, 2.5))))
    dark = 1 - rng.uniform(0.15, 0.55) * damp.astype(float32)
    after = base.after.astype(float32) * dark[..., None]
    if rng.random() < 0.6:
        low = noise((rows, columns), wide * rng.uniform(0.05, 0.25), rng)
        stretched = cv2.resize(low[:, : max(8, columns // 3)], (columns, rows))
        puddle = np.clip((stretched - rng.uniform(0.6, 1.8)) * 3, 0, 1) * rng.uniform(0.3, 0.9)
        sky = rng.uniform(60, 220) * np.array([0.92, 0.98, 1.08], float32)
        after = after * (1 - puddle[..., None]) + sky * puddle[..., None]
    # What is beside the deck is wetted less: it keeps its light.
    deck = cv2.GaussianBlur(on_deck(base).astype(float32), (0, 0), 1.0)[..., None]
    return _changed(base, base.after * (1 - deck) + after * deck)


def latticed(base: Strips, rng: np.random.Generator) -> Strips:
    """Cast the shadow of a truss, a railing or bows on the deck: bars that lean both ways."""
    rows, columns = base.grid.shape
    wide = base.grid.width_px
    shade = np.zeros((rows, columns), float32)
    step = wide * rng.uniform(0.25, 1.5)
    thick = max(1, int(wide * rng.uniform(0.03, 0.14)))
    top = base.grid.side_px + wide * rng.uniform(-0.4, 0.5)
    high = wide * rng.uniform(0.3, 1.2)
    ways = rng.choice([0, 1, 2])  # posts, one diagonal, both
    for x in np.arange(-step, columns + step, step):
        for lean in ((0.0,), (step,), (step, -step))[int(ways)]:
            start, end = (round(x), round(top)), (round(x + lean), round(top + high))
            cv2.line(shade, start, end, 1.0, thick)
    for y in (top, top + high):
        cv2.line(shade, (0, round(y)), (columns, round(y + rng.normal(0, 2))), 1.0, thick)
    shade = cv2.GaussianBlur(shade, (0, 0), rng.uniform(0.4, 1.5)).astype(float32)
    return shaded(base, shade, light=rng.uniform(0.3, 0.75))


def queued(base: Strips, rng: np.random.Generator) -> Strips:
    """Let vehicles stand on the deck, of which some parts cannot be seen then."""
    columns = base.grid.shape[1]
    wide = base.grid.width_px
    after, truth = base.after.astype(float32), base.truth.copy()
    lanes = int(rng.integers(1, 4))
    metre = wide / rng.uniform(8, 14)
    for lane in rng.choice(lanes, int(rng.integers(1, lanes + 1)), replace=False):
        y = base.grid.side_px + wide * (lane + 0.5 + rng.normal(0, 0.05)) / lanes
        x = float(rng.uniform(0, columns / 2))
        while x < columns * rng.uniform(0.4, 1):
            long, high = (
                rng.uniform(3.8, 5) * metre if rng.random() < 0.7 else rng.uniform(7, 14) * metre,
                rng.uniform(1.7, 2.5) * metre,
            )
            _park(after, truth, (x, y, long, high), rng)
            x += long + rng.uniform(0.5, 9) * metre
    return made(base, rounded(after), truth, base.state)


def _park(
    after: Map, truth: Pixels, box: tuple[float, float, float, float], rng: np.random.Generator
) -> None:
    """Draw one vehicle and its shadow into the strip."""
    x, y, long, high = box
    body = np.array([[x, y - high / 2], [x + long, y - high / 2], [x + long, y + high / 2],
                     [x, y + high / 2]])  # fmt: skip
    off, light = rng.normal(0, _TALL * high, 2), rng.uniform(10, 250, 3)
    after *= 1 - _drawn(body + off, truth.shape)[..., None] * 0.5
    grey = np.full(3, light.mean(), float32) if rng.random() < 0.7 else light.astype(float32)
    soft = _drawn(body, truth.shape)[..., None]
    after[:] = after * (1 - soft) + grey * soft
    glass = body + (np.array([x + long / 2, y]) - body) * 0.45
    cv2.fillPoly(after, [np.int32(np.round(glass))], (grey * rng.uniform(0.3, 1.0)).tolist())
    hidden = np.zeros(truth.shape, np.uint8)
    cv2.fillPoly(hidden, [np.int32(np.round(body))], 1)
    truth[(hidden > 0) & (truth != Truth.OUTSIDE)] = Truth.NOT_SEEN


def _drawn(shape: NDArray[np.float64], size: tuple[int, ...]) -> Map:
    mask = np.zeros(size, float32)
    cv2.fillPoly(mask, [np.int32(np.round(shape))], 1.0)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.5), float32)


def _changed(base: Strips, after: Map) -> Strips:
    return made(base, rounded(after), base.truth, base.state)
