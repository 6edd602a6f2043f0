"""Give strips of tuning bridges the texture of photographs: renders are all of one hand."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from accuracy.damage.making import Map, rounded
from accuracy.damage.strips import Strips
from accuracy.media import is_tuning
from numpy import float32, uint8
from numpy.typing import NDArray

from forensics.damage.light import LEAST_LIGHT

_MOST = 2.5
"""Texture is cut off at so many standard deviations."""


def textures(media: Path) -> Iterator[NDArray[uint8]]:
    """Give every second photograph of the tuning half, grey."""
    every = sorted((media / "reuse/bsds500").rglob("*.jpg"))
    for path in [each for each in every if is_tuning(each.stem)][1::2]:
        grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if grey is not None:
            yield np.asarray(grey, uint8)


def retextured(base: Strips, photo: NDArray[uint8], rng: np.random.Generator) -> Strips:
    """Lay the fine texture of a photograph on both strips, and its wide one, as light, on one."""
    field = _field(photo, base, rng)
    wide = base.grid.width_px
    broad = cv2.GaussianBlur(field, (0, 0), wide * rng.uniform(0.3, 1.0))
    fine = _even(field - broad)
    albedo = np.exp(rng.uniform(0.02, 0.18) * fine)[..., None]
    light = np.exp(rng.uniform(0.0, 0.12) * _even(cv2.GaussianBlur(field, (0, 0), wide * 0.8)))
    before, after = base.before * albedo, base.after * albedo * light[..., None]
    return replace(base, before=rounded(before), after=rounded(after), real=False, gap=0.0)


def _field(photo: NDArray[uint8], base: Strips, rng: np.random.Generator) -> Map:
    """Cut a piece of the photograph out that covers the strip; mirrored to be long enough."""
    rows, columns = base.grid.shape
    high, across = photo.shape
    part = int(rng.uniform(0.3, 1.0) * min(high, across))
    y, x = int(rng.integers(0, high - part + 1)), int(rng.integers(0, across - part + 1))
    square = cv2.resize(
        photo[y : y + part, x : x + part], (rows, rows), interpolation=cv2.INTER_AREA
    )
    row = np.concatenate([square, square[:, ::-1]], axis=1)
    tiled = np.tile(row, (1, columns // row.shape[1] + 1))[:, :columns]
    return np.asarray(np.log(tiled + LEAST_LIGHT), float32)


def _even(values: Map) -> Map:
    even = (values - values.mean()) / (values.std() + 1e-6)
    return np.asarray(np.clip(even, -_MOST, _MOST), float32)
