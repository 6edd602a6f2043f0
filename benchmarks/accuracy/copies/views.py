"""Pairs of pictures of one view at different moments: never copies, however alike they are.

Fixed cameras seconds to a minute apart, frames of a burst, the same place from elsewhere, rendered
bridges before and after with other sun and traffic, wallpapers painted twice in another light.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from typing import Literal

import cv2
import msgspec
import numpy as np
from accuracy.copies.shot import Matrix, Pixels
from accuracy.copies.sources import PARTS, Media, Source, moment, stills
from accuracy.media import encoded, is_tuning, resized
from numpy import float32
from PIL import Image

Kind = Literal["fixed camera", "moving camera", "burst", "place", "render", "repainted"]

CHANGED_LEVELS = 10.0
"""Grey levels of 255 by which a pixel has changed, after a blur of `CHANGED_BLUR_PX`."""
CHANGED_BLUR_PX = 2.0
APART_S = 10.0
CHANGED_SHARE = 0.01
"""Moments at least so far apart, or with so much of the frame changed, differ visibly."""

SAVED = ("well", "as a repost")
"""How the query of a pair is saved: JPEG 92; or 0.6 of the size, JPEG 60."""


@dataclass(frozen=True, order=True)
class Pair:
    """Query and reference of one view; `seconds` apart when that is known."""

    view: str
    kind: Kind
    query: Source
    reference: Source
    seconds: float | None = None

    @property
    def name(self) -> str:
        """Say which two, for file names."""
        return f"{self.query.name}--{self.reference.name}"

    @property
    def is_tuning(self) -> bool:
        """Whether it belongs to the half that thresholds are chosen on."""
        return is_tuning(self.reference.series)


@dataclass(frozen=True)
class Change:
    """How much of the frame changed; None when the views differ too much to be laid over."""

    share: float | None
    is_visible: bool


# Clip, starts of references, seconds from there to the query. Clips with cuts: one shot each.
_Table = tuple[tuple[str, tuple[float, ...], tuple[float, ...]], ...]
_FIXED: _Table = (
    ("video/vtest.avi", tuple(range(0, 75, 8)), (0.4, 1, 2, 5, 10, 20, 40)),
    ("video/house6.mp4", tuple(range(0, 28, 4)), (0.5, 1, 2, 5, 10, 15)),
    ("video/carphone_pristine.mp4", (0.0, 1.0, 2.0), (0.2, 0.5, 1, 1.9)),
    ("video/bigbuckbunny.mp4", (0.0, 1.5, 3.0), (0.2, 0.5, 1, 2)),
    ("metadata/video/uuid540.mp4", (0.0,), (0.2, 0.5, 0.9)),
    ("metadata/video/xmp480qt.mov", (0.0,), (0.2, 0.5, 0.9)),
    ("metadata/video/with-gps.mov", (0.0, 1.5), (0.2, 0.5, 1, 2)),
    ("metadata/video/ftyp3gp5.mp4", (0.0, 0.5), (0.2, 0.5, 0.7)),
    ("scenes/strike1.mp4", (0.0, 1.5, 3.0), (0.2, 0.5, 1, 2.5)),
)
# What a fixed camera sees less of: quarters in which little or nothing moves.
_QUARTERS: _Table = (
    ("video/vtest.avi", (0.0, 24.0), (1, 10, 30)),
    ("video/house6.mp4", (0.0, 12.0), (1, 5, 15)),
    ("scenes/strike1.mp4", (0.0,), (0.5, 1, 5)),
    ("metadata/video/ftyp3gp5.mp4", (0.5,), (0.2, 0.7)),
)
# A clip with cuts, filmed from tripods: each row is one shot, and a view of its own.
_SHOTS: _Table = (
    ("video/bikes.mp4", (3.2, 4.4), (0.2, 0.5, 1)),
    ("video/bikes.mp4", (5.6, 6.4), (0.2, 0.5, 1)),
    ("video/bikes.mp4", (7.6, 8.6), (0.2, 0.5, 1)),
)
_MOVING: _Table = (
    ("reuse/videos/chair-orig-22-sd-bar.mp4", (0.0, 6.0, 12.0, 18.0), (0.2, 0.5, 1)),
    ("reuse/videos/v1.m4v", (0.0, 2.0), (0.2, 0.5, 1)),
    ("reuse/videos/v2.m4v", (0.0, 2.0, 4.0), (0.2, 0.5, 1)),
    ("reuse/videos/doorknob-hd-no-bar.mp4", (0.0, 1.6), (0.2, 0.5)),
)
_SERIES = {
    "metadata/video/xmp480qt.mov": "metadata/video/uuid540.mp4",
    "reuse/videos/v2.m4v": "reuse/videos/v1.m4v",
    "scenes/strike1.mp4": "bridge 2",
}
_BURSTS = (("exif-rotn-1", "exif-rotn-6", "exif-rotn-8"), ("iphone_hdr_NO", "iphone_hdr_YES"),
           ("canon_hdr_NO", "canon_hdr_YES"))  # fmt: skip
_PLACES = (
    tuple(f"v_dogman-{n}" for n in range(1, 7)),
    ("graf1", "graf3"),
    ("leuvenA", "leuvenB"),
    tuple(f"same_place_berlin-0{n}" for n in range(1, 4)),
    ("motorcycle_left", "motorcycle_right"),
    ("landscape_1", "portrait_1"),
    ("108041", "108082"),  # one animal, in two places
    ("160067", "160068"),
)
_REPAINTED = (
    ("gnome-backgrounds_wood-d", "gnome-backgrounds_wood-l"),
    ("plasma-workspace-wallpapers_Patak_3840x2160", "plasma-workspace-wallpapers_Patak_5120x2880"),
    ("plasma-workspace-wallpapers_Patak_3840x2160", "plasma-workspace-wallpapers_Patak_1080x1920"),
)
_LADDER = re.compile(
    r"(?P<bridge>s3\d\d)_(?P<state>[a-z]+)_(?P<camera>nadir|oblique)_?(?P<turn>.*)"
)
_SCENES = (
    ("s2_video_before", "s2_video_after"),
    ("s2_intact_nadir", "s2_scorched_nadir"),
    ("s2_intact_nadir", "s2_collapsed_nadir"),
    ("s3_intact_ground", "s3_collapsed_ground"),
    ("s3_intact_nadir", "s3_scorched_holes_nadir"),
    ("s3_collapsed_oblique", "s3_scorched_holes_oblique"),
    ("s7_intact_sat", "s7_collapsed_sat"),
    ("s7_intact_oblique", "s7_collapsed_oblique"),
    ("s7_intact_oblique", "s7_scorched_holes_oblique"),
)


def same_view_pairs(root: Path, *, tuning: bool) -> list[Pair]:
    """List the pairs of one half."""
    known = {source.name: source for source in stills(root)}
    pairs = [
        *_clips("fixed camera", _FIXED),
        *(p for row in _SHOTS for p in _clips("fixed camera", (row,), shot=f"from {row[1][0]} s")),
        *(p for part in PARTS for p in _clips("fixed camera", _QUARTERS, part=part)),
        *_clips("moving camera", _MOVING),
        *_groups("burst", _BURSTS, known),
        *_groups("place", _PLACES, known),
        *_groups("repainted", _REPAINTED, known),
        *_groups("render", _SCENES, known),
        *_ladder(known),
    ]
    return sorted((p for p in pairs if p.is_tuning == tuning), key=lambda pair: pair.name)


class Pairs:
    """Files of the queries of pairs, and how much changed; made when first asked for and kept.

    Parameters
    ----------
    media : Media
        Where the pictures come from.
    work : Path
        Where files are kept.
    """

    def __init__(self, media: Media, work: Path) -> None:
        self._media = media
        self._folder = work / "views"
        self._folder.mkdir(parents=True, exist_ok=True)

    def query(self, pair: Pair, saved: str) -> Path:
        """Give the file of the query, saved well or as a repost."""
        path = self._folder / f"{pair.query.name}-{SAVED.index(saved)}.jpg"
        if not path.exists():
            image = Image.fromarray(self._media.pixels(pair.query))
            image = resized(image, min(1.0, 1600 / max(image.size)))
            reposted = saved != SAVED[0]
            small = resized(image, 0.6) if reposted else image
            path.write_bytes(encoded(small, "JPEG", quality=60 if reposted else 92))
        return path

    def change(self, pair: Pair) -> Change:
        """Measure how much of the frame changed."""
        note = self._folder / f"{pair.name}.json"
        if note.exists():
            return msgspec.json.decode(note.read_bytes(), type=Change)
        share = self._share(pair)
        is_visible = (
            share is None or share >= CHANGED_SHARE
            or (pair.seconds is not None and pair.seconds >= APART_S)
        )  # fmt: skip
        change = Change(share, is_visible)
        note.write_bytes(msgspec.json.encode(change))
        return change

    def _share(self, pair: Pair) -> float | None:
        if pair.kind in ("place", "repainted"):
            return None
        query, reference = (self._media.pixels(each) for each in (pair.query, pair.reference))
        if pair.kind == "render":
            onto = self._deck_map(pair)
            return None if onto is None else changed_share(query, reference, onto)
        if query.shape != reference.shape:
            return None
        return changed_share(query, reference)

    def _deck_map(self, pair: Pair) -> Matrix | None:
        """Map query -> reference on the plane of the deck, from the cameras of the renders."""
        maps = []
        for source in (pair.query, pair.reference):
            notes = (self._media.root / source.file).with_suffix(".json").read_bytes()
            maps.append(np.array(msgspec.json.decode(notes)["camera"]["H_deck_to_image"]))
        return maps[1] @ np.linalg.inv(maps[0])


def changed_share(query: Pixels, reference: Pixels, onto: Matrix | None = None) -> float:
    """Give the share of the common frame that changed by more than `CHANGED_LEVELS`.

    Parameters
    ----------
    query, reference : (H, W, 3) uint8
        Of one size when there is no map.
    onto : (3, 3) array, optional
        Maps query -> reference, (x, y).

    Returns
    -------
    float
        0 to 1.
    """
    levels = []
    for pixels in (query, reference):
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(float32)
        levels.append(cv2.GaussianBlur(grey, (0, 0), CHANGED_BLUR_PX))
    inside = np.ones(levels[1].shape, bool)
    if onto is not None:
        size = (reference.shape[1], reference.shape[0])
        inside = cv2.warpPerspective(np.ones_like(levels[0]), onto, size) > 0.99
        levels[0] = cv2.warpPerspective(levels[0], onto, size)
    if not inside.any():
        return 1.0
    return float((np.abs(levels[0] - levels[1])[inside] > CHANGED_LEVELS).mean())


def _clips(kind: Kind, table: _Table, *, part: str = "", shot: str = "") -> Iterator[Pair]:
    for file, starts, steps in table:
        view = f"{file} {part or shot}".strip()
        for start, step in product(starts, steps):
            if start + step <= _LENGTHS_S.get(file, np.inf):
                ends = (start + step, start)
                query, reference = (
                    moment(file, at, same_as=_SERIES.get(file, ""), part=part) for at in ends
                )
                yield Pair(view, kind, query, reference, float(step))


_LENGTHS_S = {"video/vtest.avi": 79.4, "video/house6.mp4": 29.9, "scenes/strike1.mp4": 5.9}


def _groups(
    kind: Kind, groups: tuple[tuple[str, ...], ...], known: dict[str, Source]
) -> Iterator[Pair]:
    for names in groups:
        for reference, query in combinations(names, 2):
            yield Pair(known[reference].series, kind, known[query], known[reference])


def _ladder(known: dict[str, Source]) -> Iterator[Pair]:
    """Pair flights before a strike with those after it, and those after it that flew alike."""
    flights = {source: found for name, source in known.items() if (found := _LADDER.match(name))}
    for (one, is_one), (other, is_other) in combinations(sorted(flights.items(), key=_by_name), 2):
        if is_one["bridge"] != is_other["bridge"] or is_one["camera"] != is_other["camera"]:
            continue
        if "before" in (is_one["state"], is_other["state"]) or is_one["turn"] == is_other["turn"]:
            view = f"{one.series} {is_one['camera']}"
            yield Pair(view, "render", other, one)


def _by_name(flight: tuple[Source, re.Match[str]]) -> str:
    return flight[0].name
