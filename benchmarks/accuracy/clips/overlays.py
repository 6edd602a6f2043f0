"""Whole clips saved again, with and without a small logo: what is said to lie on them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from accuracy.clips.make import write_clip
from accuracy.clips.sources import SOURCES, Pixels, names, read_footage

from forensics.model.match import Segment
from forensics.reuse.check import probe_file
from forensics.reuse.clip_pictures import find_picture_edits, simultaneous

RATE = 25
QUALITIES = (23, 30, 36)
UNTIL_S = 12.0
SIDES = (0.06, 0.12)
"""Of a logo, as a share of the picture's longer side."""

_NEAR = 0.06
"""A region counts as found when its middle is so near, as a share of the picture's longer side."""


@dataclass(frozen=True)
class OverlayTrial:
    """A copy, the logo on it, and how many regions were right and wrong."""

    source: str
    quality: int
    side: float
    right: bool
    wrong: int
    compared: int
    coloured: bool


def overlay_trials(root: Path, work: Path, *, tuning: bool) -> Iterator[OverlayTrial]:
    """Compare copies with their sources, picture by picture.

    Parameters
    ----------
    root, work : Path
        Folder of real media, and where copies are kept.
    tuning : bool
        Which half.

    Yields
    ------
    OverlayTrial
        One for each source, quality and size of the logo (0: none).
    """
    for name in names(tuning):
        footage = read_footage(root / SOURCES[name], name)
        until = min(UNTIL_S, footage.end_s)
        frames = [footage.at(when) for when in np.arange(0, until - 0.02, 1 / RATE)]
        plain = _written(work / f"whole-{name}.mp4", frames, 12)
        known = probe_file(plain)
        segment = Segment((0.0, until), (0.0, until), 1.0, False, False)
        for quality in QUALITIES:
            for side in (0.0, *SIDES):
                marked, middle = _marked(frames, side, quality)
                path = _written(work / f"whole-{name}-{quality}-{side}.mp4", marked, quality)
                query = probe_file(path)
                pairs = simultaneous(query, known, [segment], np.eye(3))
                found = find_picture_edits(query, known, pairs)
                longest = max(query.size_px)
                over = [
                    float(np.abs(np.mean(edit.region, axis=0) - middle).max()) / longest
                    for edit in found
                    if edit.kind == "overlay" and edit.region is not None
                ]
                right = side > 0 and any(off <= _NEAR for off in over)
                wrong = sum(off > _NEAR or side == 0 for off in over)
                coloured = any(edit.kind == "colour" for edit in found)
                yield OverlayTrial(name, quality, side, right, wrong, len(pairs), coloured)


def _marked(
    frames: list[Pixels], side: float, quality: int
) -> tuple[list[Pixels], tuple[float, float]]:
    """Lay a ring with a letter on every frame, at a corner that depends on the quality."""
    height, width = frames[0].shape[:2]
    radius = side * max(height, width) / 2
    x = width - 2 * radius if quality != QUALITIES[0] else 2 * radius
    y = 2 * radius if quality != QUALITIES[1] else height - 2 * radius
    if side == 0:
        return frames, (0.0, 0.0)
    marked = []
    for frame in frames:
        drawn = frame.copy()
        centre = round(x), round(y)
        cv2.circle(drawn, centre, round(radius), (245, 245, 245), -1, cv2.LINE_AA)
        cv2.circle(drawn, centre, round(radius * 0.8), (190, 20, 30), -1, cv2.LINE_AA)
        marked.append(drawn)
    return marked, (x, y)


def _written(target: Path, frames: list[Pixels], quality: int) -> Path:
    if not target.exists():
        unfinished = target.with_suffix(".part.mp4")
        write_clip(frames, unfinished, rate=RATE, quality=quality)
        unfinished.rename(target)
    return target
