"""Measure how well an embedded thumbnail is told from that of another, or of an uncropped, photo.

Real photos with a thumbnail in their EXIF, each with its own and with those of the others; and
photos whose thumbnail is made here, before the photo is cropped. One half of the sources chooses
the thresholds, the other half counts.
"""

import io
import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from accuracy.media import Pixels, Source, bsds500, is_tuning, photos
from accuracy.rates import Count
from PIL import Image

from forensics.ingest import open_media
from forensics.metadata.embedded_thumbnail import Overlay, lay_over, turn
from forensics.metadata.thumbnail_pixels import take_thumbnail
from forensics.model.errors import UnreadableMedia
from forensics.vision.views import FRAME_SIDE_PX, fit, grey

FOLDERS = ("metadata", "c2pa", "registration", "reuse/stills")
CROPPED_BY_ITS_MAKER = ("35-empty.jpg",)
"""Looked at by eye: a car, of which the photo shows less than its thumbnail."""

KEPT = (0.9, 0.8, 0.7, 0.5)
"""Share of the width and height that is left of a cropped photo."""

SIDE_PX, QUALITY = 160, 75
OTHER_MARGIN, FOREIGN_MARGIN = 0.2, 0.04


@dataclass(frozen=True)
class Rates:
    """Thresholds as chosen, and the errors on the other half, by corpus."""

    max_other: float
    min_same: float
    min_part: float
    false_alarms: dict[str, Count]
    misses: dict[str, Count]
    undecided: dict[str, Count]
    sources: dict[str, int]


@dataclass(frozen=True)
class Photo:
    """A photo with its own thumbnail."""

    name: str
    camera: str
    thumbnail: Pixels
    orientation: int
    grey: Pixels


def measure(root: Path, *, min_shown: float) -> Rates:
    """Choose on one half, count on the other."""
    real = list(real_photos(root))
    made = [*photos(root), *bsds500(root)]
    own: dict[bool, list[Overlay]] = defaultdict(list)
    foreign: dict[bool, list[Overlay]] = defaultdict(list)
    for photo in real:
        if photo.name not in CROPPED_BY_ITS_MAKER:
            own[is_tuning(photo.camera)].append(best_overlay(photo, photo))
    for one, other in itertools.permutations(real, 2):
        half = is_tuning(one.camera)
        if one.camera != other.camera and half == is_tuning(other.camera):
            foreign[half].append(best_overlay(one, other))
    cropped: dict[tuple[bool, float], list[Overlay]] = defaultdict(list)
    whole: dict[bool, list[Overlay]] = defaultdict(list)
    for source in made:
        half = is_tuning(source.series)
        whole[half].append(cropped_overlay(source, 1.0))
        for kept in KEPT:
            cropped[half, kept].append(cropped_overlay(source, kept))
    max_other = floor(min(each.correlation for each in own[True]) - OTHER_MARGIN)
    highest = max(each.correlation for each in foreign[True])
    filling = [each for each in foreign[True] if each.shown_fraction >= min_shown]
    min_part = floor(highest + FOREIGN_MARGIN)
    min_same = floor(max(each.correlation for each in filling) + FOREIGN_MARGIN)

    def judged(overlays: list[Overlay]) -> list[str]:
        return [judge(each, max_other, min_same, min_part, min_shown) for each in overlays]

    cameras = len({photo.camera for photo in real if not is_tuning(photo.camera)})
    says = {
        f"own thumbnails of real photos of {cameras} cameras": (judged(own[False]), "same"),
        "thumbnails of other cameras' photos": (judged(foreign[False]), "other"),
        "whole photos, thumbnails made here": (judged(whole[False]), "same"),
    } | {
        f"cropped to {kept:.0%} of the sides": (judged(cropped[False, kept]), "shows_more")
        for kept in KEPT
    }
    alarms = ("shows_more", "other")
    return Rates(
        max_other,
        min_same,
        min_part,
        {k: Count.of((s in alarms for s in v), k) for k, (v, e) in says.items() if e == "same"},
        {k: Count.of((s == "same" for s in v), k) for k, (v, e) in says.items() if e in alarms},
        {k: Count.of((s == "undecided" for s in v), k) for k, (v, _) in says.items()},
        {"real photos": len(real), "photos with thumbnails made here": len(made)},
    )


def judge(each: Overlay, other: float, same: float, part: float, shown: float) -> str:
    """Decide as the package does, with thresholds that are not yet its own."""
    if each.correlation < other:
        return "other"
    if each.shown_fraction >= shown:
        return "same" if each.correlation >= same else "undecided"
    return "shows_more" if each.correlation >= part else "undecided"


def real_photos(root: Path) -> Iterator[Photo]:
    """Yield the photos with a thumbnail in their EXIF."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if not path.is_file():
                continue
            try:
                media = open_media(path)
            except UnreadableMedia:
                continue
            found = take_thumbnail(media)
            if isinstance(found, tuple) and media.frames:
                # Files of one folder may be of one camera; alone they count as their own.
                camera = (
                    path.parent.name if "dih" in path.parts or "gps" in path.parts else path.stem
                )
                picture = grey(media.frames[0].pixels)
                yield Photo(path.name, camera, found[0], found[1], picture)


def best_overlay(one: Photo, other: Photo) -> Overlay:
    """Lay a photo over another's thumbnail, turned in both ways that occur."""
    turned = (turn(one.thumbnail, each) for each in {one.orientation, 1})
    overlays = [lay_over(grey(each), other.grey) for each in turned]
    return max(overlays, key=lambda each: each.correlation)


def cropped_overlay(source: Source, kept: float) -> Overlay:
    """Make a thumbnail, crop the photo, and lay it over."""
    image = source.image.convert("RGB")
    small = image.copy()
    small.thumbnail((SIDE_PX, SIDE_PX))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=QUALITY)
    rng = np.random.default_rng(len(source.name))
    width, height = (round(side * kept) for side in image.size)
    left = int(rng.integers(0, image.size[0] - width + 1))
    top = int(rng.integers(0, image.size[1] - height + 1))
    part = np.asarray(image.crop((left, top, left + width, top + height)))
    with Image.open(buffer) as thumbnail:
        return lay_over(grey(np.asarray(thumbnail)), grey(fit(part, longest_side_px=FRAME_SIDE_PX)))


def floor(value: float) -> float:
    """Round down to two digits."""
    return np.floor(value * 100) / 100
