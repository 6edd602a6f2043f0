"""Whole clips saved again, with and without a small logo: what is said to lie on them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from accuracy.clips.make import DRAWS, write_clip
from accuracy.clips.sources import SOURCES, Pixels, names, read_footage

from forensics.model.match import Edit, Segment
from forensics.reuse.check import probe_file
from forensics.reuse.clip_cropped import find_overlays_on_part
from forensics.reuse.clip_pictures import find_picture_edits, simultaneous
from forensics.reuse.views import Probe

RATE = 25
QUALITIES = (23, 30, 36)
UNTIL_S = 12.0
SIDES = (0.06, 0.12)
"""Of a logo, as a share of the picture's longer side."""

CROPPED = np.array([[0.8, 0.0, 0.203], [0.0, 13 / 16, 0.122], [0.0, 0.0, 1.0]])
"""Query -> reference of what `make` crops, as near as the search places it: to 0.3 %."""

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
    cropped: bool = False


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
        One for each source, quality and size of the logo (0: none), whole and cropped.
    """
    for name in names(tuning):
        footage = read_footage(root / SOURCES[name], name)
        until = min(UNTIL_S, footage.end_s)
        frames = [footage.at(when) for when in np.arange(0, until - 0.02, 1 / RATE)]
        plain = _written(work / f"whole-{name}.mp4", frames, 12)
        known = probe_file(plain)
        segment = Segment((0.0, until), (0.0, until), 1.0, False, False)
        cropped = [_even(DRAWS["crop"](each)) for each in frames]
        for quality in QUALITIES:
            for side in (0.0, *SIDES):
                for part in (False, True):
                    marked, middle = _marked(cropped if part else frames, side, quality)
                    kind = "crop" if part else "whole"
                    path = _written(work / f"{kind}-{name}-{quality}-{side}.mp4", marked, quality)
                    query = probe_file(path)
                    found, compared = _found(query, known, segment, part)
                    yield _counted(name, quality, side, found, middle, query, compared, part)


def _even(frame: Pixels) -> Pixels:
    return np.ascontiguousarray(frame[: frame.shape[0] // 2 * 2, : frame.shape[1] // 2 * 2])


def _found(
    query: Probe, known: Probe, segment: Segment, cropped: bool
) -> tuple[tuple[Edit, ...], int]:
    pairs = simultaneous(query, known, [segment], CROPPED if cropped else np.eye(3))
    if cropped:
        return find_overlays_on_part(query, known, [segment], CROPPED), len(pairs)
    return find_picture_edits(query, known, pairs), len(pairs)


def _counted(
    name: str,
    quality: int,
    side: float,
    found: Sequence[Edit],
    middle: tuple[float, float],
    query: Probe,
    compared: int,
    cropped: bool,
) -> OverlayTrial:
    longest = max(query.size_px)
    over = [
        float(np.abs(np.mean(edit.region, axis=0) - middle).max()) / longest
        for edit in found
        if edit.kind == "overlay" and edit.region is not None
    ]
    right = side > 0 and any(off <= _NEAR for off in over)
    wrong = sum(off > _NEAR or side == 0 for off in over)
    coloured = any(edit.kind == "colour" for edit in found)
    return OverlayTrial(name, quality, side, right, wrong, compared, coloured, cropped)


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
