"""Changes that are no damage, put on a photograph."""

import cv2
import numpy as np
from accuracy.damage_truth.canvas import Canvas, Field, grain, to_light, to_pixels
from accuracy.damage_truth.pair import Truth
from numpy import float32

_SKY_LIGHT = 0.42
"""What is left of sunlight in a shadow under a clear sky, about."""
_SUNLIT_TINT = np.array([0.92, 0.98, 1.10], float32)  # a shadow is bluer than the light


def nothing(canvas: Canvas) -> None:
    """Change nothing but what saving the picture again does."""


def tree_shadow(canvas: Canvas) -> None:
    """Shade places of the picture with the mottled shadow of leaves; it leaves the band, too."""
    rng = canvas.rng
    shape = canvas.mask.shape
    size = (shape[0], shape[1])
    unit = _unit_px(canvas)
    leaves = grain(rng, size, (0.12 * unit, 0.35 * unit, unit))
    shade = np.zeros(size, float32)
    for _ in range(int(rng.integers(1, 4))):
        x, y = _spot(canvas)
        away = _away(size, x, y) / (unit * float(rng.uniform(0.7, 1.6)))
        shade = np.maximum(shade, _soft(1.0 - away + 0.35 * leaves, 0.12))
    _shade(canvas, shade)


def truss_shadow(canvas: Canvas) -> None:
    """Shade the band with straight bars: the shadow of a truss, a railing, a mast."""
    rng = canvas.rng
    along, across = canvas.strip_xy()
    pitch, lean = float(rng.uniform(0.5, 1.4)), float(rng.uniform(-0.8, 0.8))
    wide = pitch * float(rng.uniform(0.15, 0.3))
    bars = np.abs((along + lean * across) % pitch - pitch / 2) < wide / 2
    cross = np.abs((along - 1.3 * lean * across) % (2 * pitch) - pitch) < wide / 3
    begin = float(rng.uniform(0, 0.5)) * float(along.max())
    here = (along > begin) & (along < begin + 0.5 * float(along.max()))
    _shade(canvas, canvas.into_image(((bars | cross) & here).astype(float32)))


def vehicles(canvas: Canvas) -> None:
    """Put a few vehicles on the band, or a queue of them, each with a shadow under it."""
    rng = canvas.rng
    rows, columns = canvas.strip_shape
    x = float(rng.uniform(0.2, 1.0))
    is_queue = rng.random() < 0.5
    while x < columns / rows - 1.0:
        long, wide = float(rng.uniform(0.7, 1.4)), float(rng.uniform(0.26, 0.34))
        middle = float(rng.choice([0.3, 0.7]))
        _box(canvas, (x, x + long), (middle - wide / 2 + 0.05, middle + wide / 2 + 0.08), 0.03)
        body = (
            rng.uniform(0.02, 0.7, 3) if rng.random() < 0.4 else np.full(3, rng.uniform(0.02, 0.7))
        )
        painted = _box(
            canvas, (x, x + long), (middle - wide / 2, middle + wide / 2), body.astype(float32)
        )
        canvas.mark(painted, Truth.NOT_SEEN, from_alpha=0.2)
        pane = 0.75 * wide / 2
        for share in (0.25, 0.72):
            at = x + share * long
            _box(canvas, (at, at + 0.1 * long), (middle - pane, middle + pane), 0.015)
        x += long + float(rng.uniform(0.15, 0.4) if is_queue else rng.uniform(1.5, 4.0))


def wet(canvas: Canvas) -> None:
    """Darken patches of the band as water does, and let some of them mirror the sky."""
    rng = canvas.rng
    rows = canvas.strip_shape[0]
    field = grain(rng, canvas.strip_shape, (rows / 12, rows / 4, rows / 1.5))
    alpha = canvas.into_image(_soft(field - float(rng.uniform(-0.3, 0.4)), 0.15))
    canvas.dim(alpha, float(rng.uniform(0.35, 0.55)))
    if rng.random() < 0.5:
        sky = np.percentile(canvas.light_of_photo().reshape(-1, 3), 90, axis=0).astype(float32)
        canvas.blend(alpha * float32(rng.uniform(0.05, 0.25)), sky)


def repaved(canvas: Canvas) -> None:
    """Lay new, dark, even material with straight borders: a stretch, and some squares."""
    rng = canvas.rng
    along, across = canvas.strip_xy()
    length = float(along.max())
    new = np.zeros(canvas.strip_shape, bool)
    for _ in range(int(rng.integers(1, 4))):
        x, half = float(rng.uniform(0, length)), float(rng.uniform(0.2, 0.12 * length + 0.3))
        low = float(rng.choice([0.08, 0.5]))
        high = low + 0.42 if rng.random() < 0.7 else 0.92
        new |= (np.abs(along - x) < half) & (across > low) & (across < high)
    alpha = canvas.into_image(new.astype(float32))
    size = (canvas.mask.shape[0], canvas.mask.shape[1])
    fine = 1 + 0.12 * grain(rng, size, (0.8,))
    bright = float(np.percentile(canvas.light, 90))
    colour = (fine * float(rng.uniform(0.03, 0.09)) * (0.3 + bright))[..., None]
    canvas.blend(alpha * float32(0.92), np.broadcast_to(colour, (*size, 3)).astype(float32))


def tarpaulin(canvas: Canvas) -> None:
    """Spread a coloured sheet with folds over a part of the band."""
    rng = canvas.rng
    along, across = canvas.strip_xy()
    length = float(along.max())
    x, y = float(rng.uniform(0.15, 0.85)) * length, float(rng.uniform(0.4, 0.6))
    turn = float(rng.uniform(-0.3, 0.3))
    u = (along - x) * np.cos(turn) + (across - y) * np.sin(turn)
    v = -(along - x) * np.sin(turn) + (across - y) * np.cos(turn)
    half = float(rng.uniform(0.4, 1.2))
    sheet = (np.abs(u) < half) & (np.abs(v) < float(rng.uniform(0.2, 0.4)))
    alpha = canvas.into_image(sheet.astype(float32))
    rows = canvas.strip_shape[0]
    folds = canvas.into_image(1 + 0.25 * grain(rng, canvas.strip_shape, (rows / 14, rows / 6)))
    cloths = np.array(
        [[0.05, 0.14, 0.4], [0.08, 0.16, 0.07], [0.45, 0.44, 0.4], [0.03, 0.03, 0.03]]
    )
    cloth = cloths[int(rng.integers(len(cloths)))].astype(float32)
    canvas.blend(alpha, folds[..., None] * cloth)
    canvas.mark(alpha, Truth.NOT_SEEN, from_alpha=0.2)


def haze(canvas: Canvas) -> None:
    """Lay an even veil over the whole picture."""
    size = (canvas.mask.shape[0], canvas.mask.shape[1])
    air = np.percentile(canvas.light.reshape(-1, 3), 92, axis=0).astype(float32)
    canvas.blend(np.full(size, canvas.rng.uniform(0.2, 0.5), float32), air)


def cloud(canvas: Canvas) -> None:
    """Let a cloud or light smoke drift before a part of the band: that part is not seen."""
    rng = canvas.rng
    size = (canvas.mask.shape[0], canvas.mask.shape[1])
    x, y = _spot(canvas)
    reach = float(rng.uniform(1.2, 3.0)) * _unit_px(canvas)
    away = _away(size, x, y) / reach + 0.3 * grain(rng, size, (reach / 8, reach / 3))
    alpha = 0.95 * _soft(1 - away, 0.18)
    canvas.blend(alpha, np.full(3, rng.uniform(0.35, 0.75), float32))
    canvas.mark(alpha, Truth.NOT_SEEN, from_alpha=0.35)


def cloud_shadow(canvas: Canvas) -> None:
    """Darken a large part of the picture with a soft border."""
    rng = canvas.rng
    size = (canvas.mask.shape[0], canvas.mask.shape[1])
    x, y = _spot(canvas)
    reach = float(rng.uniform(0.15, 0.35)) * max(size)
    away = _away(size, x, y) / reach + 0.2 * grain(rng, size, (reach / 4,))
    _shade(canvas, _soft(1 - away, 0.12))


def exposure(canvas: Canvas) -> None:
    """Expose by up to a stop more or less, with another white balance."""
    stops = float(canvas.rng.uniform(0.4, 1.0) * canvas.rng.choice([-1, 1]))
    balance = canvas.rng.uniform(0.9, 1.1, 3)
    canvas.light = np.asarray(canvas.light * 2**stops * balance, float32)


def recompressed(canvas: Canvas) -> None:
    """Save at a very low quality, half the size, and enlarge again."""
    height, width = canvas.mask.shape
    pixels = to_pixels(canvas.light)
    small = cv2.resize(pixels, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(canvas.rng.integers(20, 45))]
    _, data = cv2.imencode(".jpg", small, quality)
    again = cv2.imdecode(data, cv2.IMREAD_COLOR)
    if again is None:
        raise ValueError("a picture that was just encoded cannot be decoded")
    large = cv2.resize(again, (width, height), interpolation=cv2.INTER_CUBIC)
    canvas.light = to_light(np.asarray(large, np.uint8))


def _shade(canvas: Canvas, shade: Field) -> None:
    left = float(canvas.rng.uniform(0.8, 1.2)) * _SKY_LIGHT
    canvas.dim(shade, left * _SUNLIT_TINT)


def _soft(field: Field, width: float) -> Field:
    return np.asarray(1 / (1 + np.exp(-np.clip(field / width, -30, 30))), float32)


def _unit_px(canvas: Canvas) -> float:
    """Give the scale of things on the band; narrow bands get no specks of a few pixels."""
    longest = float(max(canvas.mask.shape))
    return min(max(12.0, canvas.photo.width_px), 0.15 * longest)


def _spot(canvas: Canvas) -> tuple[float, float]:
    """Choose a place on the band, in pixels of the picture."""
    rows, columns = canvas.strip_shape
    at = np.array([canvas.rng.uniform(0.1, 0.9) * columns, canvas.rng.uniform(0.2, 0.8) * rows, 1])
    x, y, w = canvas.photo.strip_to_image(rows, columns) @ at
    return float(x / w), float(y / w)


def _away(shape: tuple[int, int], x: float, y: float) -> Field:
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(float32)
    return np.asarray(np.hypot(columns - x, rows - y), float32)


def _box(
    canvas: Canvas, x: tuple[float, float], y: tuple[float, float], colour: float | Field
) -> Field:
    """Paint a box of the band; gives its coverage in the picture."""
    along, across = canvas.strip_xy()
    inside = (along > x[0]) & (along < x[1]) & (across > y[0]) & (across < y[1])
    alpha = canvas.into_image(inside.astype(float32))
    canvas.blend(alpha, np.broadcast_to(np.asarray(colour, float32), (3,)))
    return alpha
