"""Seeded noise and smooth steps, the grain of everything that is painted or built here."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
"""Any: float32 maps and float64 coordinates are mixed freely in a painter's code."""


def fractal(
    rng: np.random.Generator,
    height: int,
    width: int,
    *,
    base: int = 4,
    octaves: int = 6,
    gain: float = 0.5,
) -> Array:
    """Make value noise around zero, mostly within -0.35 to 0.35.

    Parameters
    ----------
    rng : Generator
        Where the values come from; the same state gives the same noise.
    height, width : int
        Size in pixels.
    base : int
        Cells of the coarsest layer over the height.
    octaves : int
        Layers, each with twice the cells of the one before; too fine ones are left out.
    gain : float
        Weight of a layer relative to the one before.

    Returns
    -------
    ndarray
        (height, width) float32.
    """
    total = np.zeros((height, width), np.float32)
    weight, weights = 1.0, 0.0
    for octave in range(octaves):
        cells = base * 2**octave
        if cells > 2 * height:
            break
        shape = (max(2, cells), max(2, int(cells * width / height)))
        layer = rng.random(shape).astype(np.float32)
        total += weight * cv2.resize(layer, (width, height), interpolation=cv2.INTER_CUBIC)
        weights += weight
        weight *= gain
    return total / np.float32(weights) - np.float32(0.5)


def profile(rng: np.random.Generator, count: int, *, base: int = 3, gain: float = 0.65) -> Array:
    """Make a line of noise around zero: the course of a broken edge."""
    return np.asarray(fractal(rng, count, count, base=base, octaves=6, gain=gain)[0])


def smoothstep(low: float, high: float, x: Array | float) -> Array:
    """Go from 0 at `low` to 1 at `high` with level ends; `low` may be the larger one."""
    t = np.clip((np.asarray(x) - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t))
