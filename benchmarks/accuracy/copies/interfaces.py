"""A picture seen inside something else: a post on a phone, a screen filmed with another phone."""

import cv2
import numpy as np
from accuracy.copies.drawing import Colour, Rng, emoji, text_height, words, wrapped, write
from accuracy.copies.shot import (
    Mark,
    Pixels,
    Polygon,
    Shot,
    cropped,
    placed,
    rectangle,
    repainted,
    scaled_to,
    warped,
)
from numpy import float32, uint8
from numpy.typing import NDArray
from PIL import Image, ImageDraw

_LIGHT: tuple[Colour, Colour, Colour] = ((255, 255, 255), (20, 20, 20), (120, 120, 125))
_DARK: tuple[Colour, Colour, Colour] = ((18, 20, 24), (240, 240, 240), (140, 145, 150))


def screenshot(shot: Shot, rng: Rng, _others: list[Pixels]) -> Shot:
    """Show the picture as a post in a phone's app: status bar, name, text, buttons, comments."""
    width = int(rng.choice([540, 720, 1080]))
    height = round(width * float(rng.choice([16 / 9, 19.5 / 9, 20 / 9])))
    unit = width / 100
    paper, ink, faint = _LIGHT if rng.random() < 0.6 else _DARK
    screen = Image.new("RGB", (width, height), paper)
    draw = ImageDraw.Draw(screen)
    clock = f"{rng.integers(0, 24):02d}:{rng.integers(0, 60):02d}"
    write(screen, (5 * unit, 2 * unit), clock, size=4 * unit, ink=ink)
    for i in range(3):
        draw.rectangle(
            (80 * unit + 5 * i * unit, 2.5 * unit, 84 * unit + 5 * i * unit, 5.5 * unit), ink
        )
    y = 9 * unit
    draw.ellipse(
        (4 * unit, y, 14 * unit, y + 10 * unit), tuple(int(c) for c in rng.integers(0, 256, 3))
    )
    write(screen, (17 * unit, y), words(rng, 2), size=4.5 * unit, ink=ink)
    write(
        screen, (17 * unit, y + 5.5 * unit), f"{rng.integers(1, 23)} h", size=3.5 * unit, ink=faint
    )
    y += 13 * unit
    post = wrapped(words(rng, int(rng.integers(5, 18))), size=4.5 * unit, width=92 * unit)
    write(screen, (4 * unit, y), post, size=4.5 * unit, ink=ink)
    y += text_height(post, 4.5 * unit) + 3 * unit
    margin = round(float(rng.choice([0, 0, 4])) * unit)
    inner = _for_a_post(shot, width - 2 * margin, round(height * 0.94 - y - 12 * unit))
    top = round(y)
    _below(screen, rng, top + inner.size[1], unit, (ink, faint))
    bar = round(height * 0.94)
    draw.rectangle((0, bar, width, height), paper)
    for i in range(5):
        x = (10 + 20 * i) * unit
        draw.rectangle(
            (x - 2.5 * unit, bar + 2 * unit, x + 2.5 * unit, bar + 7 * unit), None, faint, 2
        )
    return placed(inner, np.asarray(screen), margin, top)


def _for_a_post(shot: Shot, width: int, most: int) -> Shot:
    tall = round(shot.size[1] * width / shot.size[0])
    if tall > most:
        height = max(8, round(shot.size[0] * most / width))
        shot = cropped(shot, 0, (shot.size[1] - height) // 2, shot.size[0], height)
        tall = most
    return scaled_to(shot, (width, tall))


def _below(
    screen: Image.Image, rng: Rng, top: float, unit: float, inks: tuple[Colour, Colour]
) -> None:
    y = top + 3 * unit
    draw = ImageDraw.Draw(screen)
    emoji(screen, (7 * unit, y + 3 * unit), 6 * unit, "heart")
    for i in range(1, 3):
        draw.ellipse(
            (3 * unit + 12 * i * unit, y, 9 * unit + 12 * i * unit, y + 6 * unit), None, inks[0], 2
        )
    write(
        screen, (45 * unit, y + unit), f"{rng.integers(2, 999)} likes", size=4 * unit, ink=inks[0]
    )
    y += 10 * unit
    while y < screen.height:
        comment = wrapped(words(rng, int(rng.integers(3, 14))), size=4 * unit, width=80 * unit)
        draw.ellipse((4 * unit, y, 11 * unit, y + 7 * unit), inks[1])
        write(screen, (14 * unit, y), comment, size=4 * unit, ink=inks[0])
        y += text_height(comment, 4 * unit) + 5 * unit


def filmed_screen(shot: Shot, rng: Rng, _others: list[Pixels]) -> Shot:
    """Film the picture off a screen: askew, with moire, noise, glare and the room's dark."""
    width, height = (1280, 720) if shot.size[0] >= shot.size[1] else (720, 1280)
    wide, tall = (float(rng.uniform(0.72, 0.92)) * side for side in (width, height))
    fit = min(wide / shot.size[0], tall / shot.size[1])
    shown = scaled_to(shot, (round(shot.size[0] * fit), round(shot.size[1] * fit)))
    w, h = shown.size
    # Light comes out in rows and columns of dots; their beat with the camera's is the moire.
    shown = repainted(shown, _moire(shown.pixels, rng))
    corners = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32) - 0.5
    jitter = rng.uniform(-0.05, 0.05, (4, 2)) * (w, h)
    offset = ((width - w) / 2, (height - h) / 2) * rng.uniform(0.6, 1.4, 2)
    there = (corners + jitter + offset).astype(np.float32)
    to_new = cv2.getPerspectiveTransform(corners, there).astype(np.float64)
    laid = warped(shown, to_new, (width, height), behind=_room(there, (width, height), rng))
    out, glare = _glare(laid.pixels, rng)
    blurred = cv2.GaussianBlur(out, (0, 0), float(rng.uniform(0.5, 1.1)))
    noisy = blurred + rng.normal(0, float(rng.uniform(2, 6)), blurred.shape)
    cast = rng.uniform(0.88, 1.08, 3)
    pixels = (noisy * cast).clip(0, 255).astype(uint8)
    return repainted(laid, pixels, Mark("glare", glare, optional=True))


def _moire(pixels: Pixels, rng: Rng) -> Pixels:
    height, width = pixels.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    out = pixels.astype(np.float32)
    for channel in range(3):
        angle, period = rng.uniform(0, np.pi), rng.uniform(4, 14)
        wave = np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / period)
        out[..., channel] *= 1 + np.float32(rng.uniform(0.02, 0.06)) * wave
    scan = 1 + 0.03 * np.sin(2 * np.pi * y / rng.uniform(2.5, 4))
    return (out * scan[..., None]).clip(0, 255).astype(uint8)


def _room(screen: NDArray[float32], size: tuple[int, int], rng: Rng) -> Pixels:
    """Draw a dim wall and the screen's dark frame."""
    width, height = size
    y, x = np.mgrid[:height, :width].astype(np.float32)
    level = (
        rng.uniform(15, 70) + rng.uniform(-20, 20) * x / width + rng.uniform(-20, 20) * y / height
    )
    wall = np.repeat(level[..., None], 3, axis=2) * rng.uniform(0.8, 1.1, 3)
    room = np.ascontiguousarray(wall.clip(0, 255).astype(uint8))
    middle = screen.mean(axis=0)
    bezel = middle + (screen - middle) * float(rng.uniform(1.02, 1.07))
    cv2.fillConvexPoly(room, bezel.round().astype(np.int32), (12, 12, 14), cv2.LINE_AA)
    return room


def _glare(pixels: Pixels, rng: Rng) -> tuple[NDArray[float32], Polygon]:
    """Add the reflection of a lamp, soft and bright, and the fall-off towards the corners."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    at = rng.uniform(0.15, 0.85, 2) * (width, height)
    reach = rng.uniform(0.08, 0.22) * max(width, height)
    flat = rng.uniform(0.6, 1.6)
    lamp = np.exp(-((x - at[0]) ** 2 + ((y - at[1]) * flat) ** 2) / (2 * reach**2))
    corner = ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2) * rng.uniform(0.2, 0.6)
    lit = pixels.astype(np.float32) * (1 - corner)[..., None]
    wide, tall = 1.5 * reach, 1.5 * reach / flat
    outline = rectangle(at[0] - wide, at[1] - tall, 2 * wide, 2 * tall)
    return lit + np.float32(rng.uniform(40, 120)) * lamp[..., None].astype(np.float32), outline
