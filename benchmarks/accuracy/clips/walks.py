"""Walks of a hand-held camera over one photograph: a place that was filmed twice."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from accuracy.clips.make import write_clip
from accuracy.clips.sources import Pixels
from accuracy.media import is_tuning, photos
from numpy import float64
from numpy.typing import NDArray

PLACES = 12
"""Photographs of each half, of as many series."""

_SIDE_PX = 1400
_SIZE = (480, 270)
_LENGTH_S, _RATE = 5.0, 25
_QUALITY = 24
_SHAKE_PX, _SHAKE_DEG, _NOISE = 2.5, 0.4, 2.5


def write_walks(root: Path, folder: Path, *, tuning: bool) -> list[Path]:
    """Write two clips of each place; those that are there are kept."""
    written: list[Path] = []
    series: set[str] = set()
    for source in photos(root):
        if len(series) == PLACES:
            break
        if source.series in series or is_tuning(source.series) is not tuning:
            continue
        series.add(source.series)
        picture = np.asarray(source.image.convert("RGB"))
        scale = _SIDE_PX / max(picture.shape[:2])
        picture = np.asarray(
            cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
        )
        for turn in "ab":
            target = folder / f"walk-{len(series):02d}-{turn}.mp4"
            if not target.exists():
                rng = np.random.default_rng([len(series), ord(turn), int(tuning)])
                write_clip(_walk(picture, rng), target, rate=_RATE, quality=_QUALITY)
            written.append(target)
    return written


def _walk(picture: Pixels, rng: np.random.Generator) -> Iterator[Pixels]:
    height, width = picture.shape[:2]
    count = int(_LENGTH_S * _RATE)
    times = np.arange(count) / _RATE

    def shake(waves: int, size: float) -> NDArray[float64]:
        found = np.zeros(count)
        for pace in rng.uniform(0.3, 2.5, size=waves):
            found += np.sin(2 * np.pi * pace * times + rng.uniform(0, 2 * np.pi))
        return found * size / np.sqrt(waves)

    zoom = rng.uniform(0.45, 0.6) * min(width / _SIZE[0], height / _SIZE[1])
    room = np.array([width - _SIZE[0] * zoom, height - _SIZE[1] * zoom])
    ends_x = room[0] * (0.5 + np.array([-1, 1]) * 0.38 * rng.choice([-1, 1]) * rng.uniform(0.6, 1))
    ends_y = room[1] * (0.5 + rng.uniform(-0.2, 0.2, 2))
    share = times / _LENGTH_S
    share = share**2 * (3 - 2 * share) if rng.random() < 0.5 else share
    x = ends_x[0] + np.diff(ends_x) * share + _SIZE[0] * zoom / 2 + shake(5, _SHAKE_PX * zoom)
    y = ends_y[0] + np.diff(ends_y) * share + _SIZE[1] * zoom / 2 + shake(5, _SHAKE_PX * zoom)
    zooms = zoom * (1 + 0.08 * np.sin(times * rng.uniform(0.4, 1.2) + rng.uniform(0, 6)))
    turns = np.deg2rad(shake(3, _SHAKE_DEG))
    for at in range(count):
        cos, sin = np.cos(turns[at]) * zooms[at], np.sin(turns[at]) * zooms[at]
        matrix = np.array(
            [
                [cos, -sin, x[at] - cos * _SIZE[0] / 2 + sin * _SIZE[1] / 2],
                [sin, cos, y[at] - sin * _SIZE[0] / 2 - cos * _SIZE[1] / 2],
            ]
        )
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        frame = cv2.warpAffine(picture, matrix, _SIZE, flags=flags, borderMode=cv2.BORDER_REFLECT)
        noisy = frame + rng.normal(0, _NOISE, frame.shape)
        yield np.clip(noisy, 0, 255).astype(np.uint8)
