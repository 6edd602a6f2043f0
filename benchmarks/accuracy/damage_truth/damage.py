"""Damage put on a photograph: scorch, holes, a missing stretch."""

import math

import cv2
import numpy as np
from accuracy.damage_truth.canvas import Canvas, Field, grain
from accuracy.damage_truth.pair import Truth
from numpy import float32

_CHAR = np.array([0.012, 0.011, 0.010], float32)  # reflectance of soot, about
_SCORCH_SEEN = 0.4
"""Scorch is in the mask from this coverage on."""
_BREAK = np.array([0.20, 0.185, 0.16], float32)  # fresh concrete
_KEPT_EDGE = 0.12
"""Part of the width that a hole leaves at both edges."""


_SPILL_PX = 2
"""A missing stretch takes its edges with it, also where an outline runs a little inside them."""


def scorch(canvas: Canvas) -> None:
    """Blacken one to three places, with a plume to one side."""
    strip = np.zeros(canvas.strip_shape, float32)
    for _ in range(int(canvas.rng.integers(1, 4))):
        x, y = _place(canvas)
        strip = np.maximum(strip, _soot(canvas, x, y, float(canvas.rng.uniform(0.25, 0.6))))
    alpha = canvas.into_image(strip)
    canvas.blend(alpha * float32(0.96), _lit(canvas, _CHAR))
    canvas.mark(alpha, Truth.SCORCH, from_alpha=_SCORCH_SEEN)


def hole(canvas: Canvas) -> None:
    """Break one or two holes through; both edges stay, most have soot around them."""
    rng = canvas.rng
    along, across = canvas.strip_xy()
    soot = np.zeros(canvas.strip_shape, float32)
    open_ = np.zeros(canvas.strip_shape, float32)
    for _ in range(int(rng.integers(1, 3))):
        x, _ = _place(canvas)
        y = float(rng.uniform(0.42, 0.58))
        radius = float(rng.uniform(0.24, 0.34))
        stretch = float(rng.uniform(1.0, 2.2))
        uneven = 0.16 * radius * grain(rng, canvas.strip_shape, _sigmas(canvas))
        away = np.hypot((along - x) / stretch, across - y) + uneven
        inside = (across > _KEPT_EDGE) & (across < 1 - _KEPT_EDGE)
        open_ = np.maximum(open_, ((away < radius) & inside).astype(float32))
        if rng.random() < 0.75:
            soot = np.maximum(soot, _soot(canvas, x, y, radius * 2.2))
    alpha = canvas.into_image(soot)
    canvas.blend(alpha * float32(0.96), _lit(canvas, _CHAR))
    canvas.mark(alpha, Truth.SCORCH, from_alpha=_SCORCH_SEEN)
    _open(canvas, open_, Truth.HOLE)


def missing(canvas: Canvas) -> None:
    """Take a stretch of the band away over its whole width, between two ragged ends."""
    rng = canvas.rng
    along, across = canvas.strip_xy()
    length = float(along.max())
    share = float(rng.uniform(0.12, 0.4))
    start = float(rng.uniform(0.05, 0.95 - share)) * length
    rows = canvas.strip_shape[0]
    ends = []
    for x in (start, start + share * length):
        line = grain(rng, (rows, 8), (rows / 40, rows / 12, rows / 4))[:, :1]
        ends.append(x + 0.12 * line + rng.uniform(-0.3, 0.3) * (across[:, :1] - 0.5))
    open_ = ((along > ends[0]) & (along < ends[1])).astype(float32)
    if rng.random() < 0.5:
        alpha = canvas.into_image(_soot(canvas, start - 0.2, 0.5, float(rng.uniform(0.3, 0.6))))
        canvas.blend(alpha * float32(0.96), _lit(canvas, _CHAR))
        canvas.mark(alpha, Truth.SCORCH, from_alpha=_SCORCH_SEEN)
    _open(canvas, open_, Truth.MISSING)


def _open(canvas: Canvas, open_: Field, truth: Truth) -> None:
    """Show what lies behind, and a broken rim."""
    spill_px = _SPILL_PX if truth is Truth.MISSING else 0
    alpha = canvas.into_image(open_, spill_px=spill_px)
    rim = cv2.GaussianBlur(alpha, (0, 0), 1.0)
    rim = (4 * rim * (1 - rim)).astype(float32) * (1 - alpha)
    inside = (canvas.mask != Truth.OUTSIDE).astype(float32)
    shade = _lit(canvas, _BREAK) * float(canvas.rng.uniform(0.4, 1.3))
    canvas.blend(rim * inside * float32(0.6), shade)
    canvas.blend(alpha, canvas.behind())
    canvas.mark(alpha, truth)


def _soot(canvas: Canvas, x: float, y: float, radius: float) -> Field:
    """Give coverage 0 to 1 around a place; radius in widths of the band."""
    rng = canvas.rng
    along, across = canvas.strip_xy()
    sigmas = _sigmas(canvas)
    uneven = 0.22 * radius * grain(rng, canvas.strip_shape, sigmas)
    stretch = float(rng.uniform(1.0, 2.0))
    away = np.hypot((along - x) / stretch, across - y) + uneven
    core = 1 / (1 + np.exp(np.clip((away - radius) / (0.10 * radius), -30, 30)))
    wind = float(rng.choice([-1, 1])) * radius * 1.1
    far = np.hypot((along - x - wind) / (1.4 * stretch), across - y) + uneven
    plume = 0.7 * np.exp(-((far / (0.9 * radius)) ** 2))
    patchy = np.clip(1 + 0.12 * grain(rng, canvas.strip_shape, sigmas[:1]), 0, 1)
    return np.asarray(np.clip(np.maximum(core, plume) * patchy, 0, 1), float32)


def _sigmas(canvas: Canvas) -> tuple[float, ...]:
    rows = canvas.strip_shape[0]
    return tuple(max(0.8, rows / part) for part in (24.0, 9.0, 4.0))


def _place(canvas: Canvas) -> tuple[float, float]:
    length = float(canvas.strip_shape[1] / canvas.strip_shape[0])
    margin = min(0.8, length / 4)
    x = float(canvas.rng.uniform(margin, max(length - margin, margin + 0.1)))
    return x, float(canvas.rng.uniform(0.3, 0.7))


def _lit(canvas: Canvas, reflectance: Field) -> Field:
    """Light a reflectance as the photograph's bright parts are lit."""
    bright = float(np.percentile(canvas.light_of_photo().mean(-1), 95))
    return np.asarray(reflectance * min(1.0, math.sqrt(bright) + 0.1), float32)
