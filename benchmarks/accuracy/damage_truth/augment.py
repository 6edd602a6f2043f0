"""Make the second picture of a pair worse, or seen from a little aside, with the truth kept.

A homography moves all of the picture as one plane: right for the deck, wrong for what stands above
or below it. Renders have the parallax that this lacks.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import cv2
import numpy as np
from accuracy.damage_truth.canvas import to_light, to_pixels
from accuracy.damage_truth.composite import saved
from accuracy.damage_truth.pair import Pixels, Truth, TruthPair

Rng = np.random.Generator
_LEAST_SIDE_PX = 64
_CORNER_SHARE = 0.04
"""How far a corner of the frame moves, of its sides: a flight that came back."""


def augment(pair: TruthPair, how: str, seed: int) -> TruthPair:
    """Change the second picture in one way; what it no longer shows becomes `Truth.NOT_SEEN`."""
    rng = np.random.default_rng(zlib.crc32(f"{pair.name} {how} {seed}".encode()))
    name = f"{pair.name} + {how} {seed}"
    if how in WARPS:
        return replace(_moved(pair, WARPS[how](pair.after, rng)), name=name)
    return replace(pair, name=name, after=LOOKS[how](pair.after, rng))


def augmentations(pair: TruthPair, seed: int = 0) -> Iterator[TruthPair]:
    """Give a pair in every way, in a fixed order."""
    for how in (*LOOKS, *WARPS):
        yield augment(pair, how, seed)


def _noise(after: Pixels, rng: Rng) -> Pixels:
    return _as_pixels(after + rng.normal(0, rng.uniform(5, 14), after.shape))


def _haze(after: Pixels, rng: Rng) -> Pixels:
    light = to_light(after)
    air = np.percentile(light.reshape(-1, 3), 92, axis=0)
    share = float(rng.uniform(0.15, 0.5))
    return to_pixels((light * (1 - share) + air * share).astype(np.float32))


def _blur(after: Pixels, rng: Rng) -> Pixels:
    return np.asarray(cv2.GaussianBlur(after, (0, 0), float(rng.uniform(0.8, 1.8))), np.uint8)


def _exposure(after: Pixels, rng: Rng) -> Pixels:
    stops = float(rng.uniform(0.3, 1.0) * rng.choice([-1, 1]))
    return to_pixels((to_light(after) * 2**stops * rng.uniform(0.92, 1.08, 3)).astype(np.float32))


def _jpeg(after: Pixels, rng: Rng) -> Pixels:
    return saved(after, int(rng.integers(20, 50)))


def _smaller(after: Pixels, rng: Rng) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Map to a frame 0.5 to 0.8 as large; pixel centres, so that corners stay corners."""
    height, width = after.shape[:2]
    scale = float(rng.uniform(0.5, 0.8))
    sx = max(_LEAST_SIDE_PX, round(width * scale)) / width
    sy = max(_LEAST_SIDE_PX, round(height * scale)) / height
    return np.array([[sx, 0, (sx - 1) / 2], [0, sy, (sy - 1) / 2], [0, 0, 1.0]])


def _aside(after: Pixels, rng: Rng) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    height, width = after.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    shifts = rng.uniform(-_CORNER_SHARE, _CORNER_SHARE, (4, 2)) * (width, height)
    moved = (corners + shifts).astype(np.float32)
    return np.asarray(cv2.getPerspectiveTransform(corners, moved), np.float64)


def _turned(after: Pixels, rng: Rng) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    height, width = after.shape[:2]
    middle = ((width - 1) / 2, (height - 1) / 2)
    turn = float(rng.uniform(3, 9) * rng.choice([-1, 1]))
    affine = cv2.getRotationMatrix2D(middle, turn, float(rng.uniform(0.95, 1.1)))
    return np.vstack([affine, [0, 0, 1]]).astype(np.float64)


LOOKS: dict[str, Callable[[Pixels, Rng], Pixels]] = {
    "noise": _noise,
    "haze": _haze,
    "blur": _blur,
    "exposure": _exposure,
    "jpeg": _jpeg,
}
WARPS: dict[str, Callable[[Pixels, Rng], np.ndarray[tuple[int, ...], np.dtype[np.float64]]]] = {
    "smaller": _smaller,
    "aside": _aside,
    "turned": _turned,
}


def _moved(pair: TruthPair, to_new: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> TruthPair:
    """Move the second picture; `to_new` maps its pixels to those of the new one."""
    height, width = pair.after.shape[:2]
    shrink = min(1.0, float(to_new[0, 0])) if to_new[2, 0] == 0 and to_new[0, 1] == 0 else 1.0
    size = (round(width * shrink), round(height * shrink))
    if shrink < 1.0:  # by areas: a warp that skips pixels would alias
        after = cv2.resize(pair.after, size, interpolation=cv2.INTER_AREA)
    else:
        after = cv2.warpPerspective(
            pair.after, to_new, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT
        )
    after_to_before = pair.after_to_before @ np.linalg.inv(to_new)
    after_to_before = after_to_before / after_to_before[2, 2]
    rows, columns = pair.mask.shape
    shown = cv2.warpPerspective(
        np.full((size[1], size[0]), 255, np.uint8),
        after_to_before,
        (columns, rows),
        flags=cv2.INTER_NEAREST,
    )
    mask = pair.mask.copy()
    mask[(shown == 0) & (mask != Truth.OUTSIDE)] = Truth.NOT_SEEN
    return replace(
        pair, after=np.asarray(after, np.uint8), after_to_before=after_to_before, mask=mask
    )


def _as_pixels(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
