"""Edited copies of pictures, with what is true of each.

The edits are those that people make before they post a picture again: crops, bars, captions,
screenshots, reposts. `make_edit` draws each from a seed and gives the exact map back to the
reference, so that what a detector says of an edit can be checked and not only whether it found
the picture.
"""

import hashlib
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from accuracy.copies import interfaces, recipes
from accuracy.copies.drawing import Rng
from accuracy.copies.recipes import Make
from accuracy.copies.shot import (
    Mark,
    Pixels,
    Polygon,
    Shot,
    clip,
    mapped,
    rectangle,
    scaled,
    start,
)
from numpy import uint8
from PIL import Image

from forensics.model.match import Relation

LONGEST_SIDE_PX = 1600
"""Platforms shrink what is larger; so does every edit before it begins."""


@dataclass(frozen=True)
class Encoding:
    """How a query is saved to its file."""

    format: str
    quality: int | None = None
    subsampling: int | None = None

    @property
    def suffix(self) -> str:
        """Extension of the file."""
        return {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}[self.format]


@dataclass(frozen=True)
class Truth:
    """What is true of an edited copy.

    `acceptable` are the relations that are right too: a crop may be called a part of the
    reference. `matrix` maps query -> reference, (x, y), pixel centres, with the mirror inside;
    `rotation_deg` is clockwise, of the reference (mirrored first when it is) towards the query, at
    the middle of `query_region`.
    """

    relation: Relation
    acceptable: frozenset[str]
    mirrored: bool
    rotation_deg: float
    matrix: tuple[tuple[float, ...], ...]
    query_region: Polygon
    reference_region: Polygon
    marks: tuple[Mark, ...]


@dataclass(frozen=True, eq=False)
class Edited:
    """An edited copy: pixels (H, W, 3) uint8 sRGB, how it is saved, and what is true of it."""

    name: str
    pixels: Pixels
    encoding: Encoding
    truth: Truth

    def encoded(self) -> bytes:
        """Give the bytes of its file."""
        buffer = io.BytesIO()
        options: dict[str, int] = {}
        if self.encoding.quality is not None:
            options["quality"] = self.encoding.quality
        if self.encoding.subsampling is not None:
            options["subsampling"] = self.encoding.subsampling
        Image.fromarray(self.pixels).save(buffer, self.encoding.format, **options)
        return buffer.getvalue()


Picture = Image.Image | Pixels


def make_edit(name: str, image: Picture, *, seed: int, others: Sequence[Picture] = ()) -> Edited:
    """Edit a picture.

    Parameters
    ----------
    name : str
        One of `EDITS`.
    image : Image or (H, W, 3) uint8 array
        The reference, the right way up, sRGB.
    seed : int
        Places, sizes, words, colours and the encoding follow from it and the name.
    others : sequence of Image or array, optional
        Pictures to put the reference into (`pip_40`, `pip_25`) or beside (`collage`, which needs
        three). They should not be in the archive: they would be found there, and rightly.

    Returns
    -------
    Edited
        The copy, its encoding and the truth.
    """
    recipe = EDITS[name]
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    shot = start(_pixels(image))
    longest = max(shot.size)
    if longest > LONGEST_SIDE_PX:
        shot = scaled(shot, LONGEST_SIDE_PX / longest)
    shot = recipe.make(shot, rng, [_pixels(each) for each in others])
    encoding = _encoding(rng)
    if name in FIXED_QUALITY:
        encoding = Encoding("JPEG", FIXED_QUALITY[name])
    is_mirrored, rotation_deg = _sense(shot)
    return Edited(
        name,
        np.ascontiguousarray(shot.pixels),
        encoding,
        Truth(
            relation=recipe.relation,
            acceptable=frozenset({recipe.relation, *recipe.also}),
            mirrored=is_mirrored,
            rotation_deg=rotation_deg,
            matrix=tuple(tuple(map(float, row)) for row in shot.to_reference),
            query_region=shot.region,
            reference_region=mapped(shot.region, shot.to_reference),
            marks=tuple(_within_frame(mark, shot.size) for mark in shot.marks),
        ),
    )


def edits_digest() -> str:
    """Name the state of the code that makes edits."""
    names = ("drawing", "edits", "interfaces", "recipes", "shot")
    texts = [(Path(__file__).parent / f"{name}.py").read_bytes() for name in names]
    return hashlib.sha256(b"".join(texts)).hexdigest()[:12]


def _pixels(image: Picture) -> Pixels:
    return np.asarray(image.convert("RGB") if isinstance(image, Image.Image) else image, uint8)


def _within_frame(mark: Mark, size: tuple[int, int]) -> Mark:
    if mark.polygon is None:
        return mark
    return replace(mark, polygon=clip(mark.polygon, rectangle(0, 0, *size)))


def _encoding(rng: Rng) -> Encoding:
    kind = rng.random()
    if kind < 0.08:
        return Encoding("PNG")
    if kind < 0.20:
        return Encoding("WEBP", int(rng.integers(60, 91)))
    return Encoding("JPEG", int(rng.integers(55, 96)), int(rng.choice([0, 2, 2])))


def _sense(shot: Shot) -> tuple[bool, float]:
    """Say whether a shot is a mirror image, and how it is turned at its middle."""
    middle = np.mean(shot.region, axis=0)
    points = middle + np.array([[0, 0], [1, 0], [0, 1]])
    base, right, down = np.array(mapped(points, shot.to_reference))
    backward = np.linalg.inv(np.array([right - base, down - base]).T)
    is_mirrored = bool(np.linalg.det(backward) < 0)
    if is_mirrored:
        backward = backward @ np.diag([-1.0, 1.0])
    turn = np.arctan2(backward[1, 0] - backward[0, 1], backward[0, 0] + backward[1, 1])
    return is_mirrored, float(np.degrees(turn))


@dataclass(frozen=True)
class Recipe:
    """How an edit is made, and which relation it stands in; `also` are right too."""

    make: Make
    relation: Relation
    also: tuple[Relation, ...] = ()


EDITS: dict[str, Recipe] = {
    "jpeg_30": Recipe(recipes.same, "reencoded"),
    "resize_25": Recipe(recipes.resize_25, "reencoded"),
    "crop_70": Recipe(recipes.crop(0.7), "edited_copy", ("contained_in",)),
    "crop_50": Recipe(recipes.crop(0.5), "edited_copy", ("contained_in",)),
    "crop_30": Recipe(recipes.crop(0.3), "edited_copy", ("contained_in",)),
    "letterbox": Recipe(recipes.letterbox, "edited_copy"),
    "bars_9_16_blurred": Recipe(recipes.bars_9_16_blurred, "edited_copy", ("contains",)),
    "mirror": Recipe(recipes.mirror, "edited_copy"),
    "rotate_10": Recipe(recipes.rotate_10, "edited_copy"),
    "rotate_90": Recipe(recipes.rotate_90, "edited_copy"),
    "text": Recipe(recipes.caption, "edited_copy"),
    "emoji": Recipe(recipes.stickers, "edited_copy"),
    "drawn_marks": Recipe(recipes.drawn_marks, "edited_copy"),
    "news_bar": Recipe(recipes.news_bar, "edited_copy"),
    "screenshot": Recipe(interfaces.screenshot, "contains"),
    "pip_40": Recipe(recipes.picture_in_picture(0.4), "contains"),
    "pip_25": Recipe(recipes.picture_in_picture(0.25), "contains"),
    "blur": Recipe(recipes.blur, "edited_copy"),
    "colour": Recipe(recipes.colour, "edited_copy"),
    "dark": Recipe(recipes.dark, "edited_copy"),
    "grey": Recipe(recipes.grey, "edited_copy"),
    "meme_banner": Recipe(recipes.meme_banner, "edited_copy", ("contains",)),
    "filmed_screen": Recipe(interfaces.filmed_screen, "edited_copy", ("contains",)),
    "repost": Recipe(recipes.repost, "edited_copy"),
    "hard_repost": Recipe(recipes.hard_repost, "edited_copy", ("contains", "contained_in")),
    "collage": Recipe(recipes.collage, "contains"),
}
"""Every edit by name."""

FIXED_QUALITY = {"jpeg_30": 30, "resize_25": 85, "hard_repost": 25}
"""JPEG quality of the edits that are defined by it; others draw their encoding."""
