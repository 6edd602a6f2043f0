"""reuse.search: how often unrelated pictures have near hashes, and copies have not."""

import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np
from accuracy.media import (
    Source,
    bsds500,
    encoded,
    frame_of,
    hash_of,
    photos,
    renders,
    resized,
    views_of,
)
from accuracy.rates import Count
from numpy import uint8
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

from forensics.calibration import load
from forensics.reuse.hashes import hash_orientations, unpack_hex

ORIGINALS = 200
"""Photographs that are edited; all wallpapers are among them."""


@dataclass(frozen=True)
class SearchRates:
    """What was counted, by corpus."""

    false_alarms: dict[str, Count]
    low_quality_false_alarms: dict[str, Count]
    misses: dict[str, Count]


@dataclass(frozen=True)
class _Hashed:
    source: Source
    stored: NDArray[uint8]
    asked: NDArray[uint8]
    quality: int


def measure(root: Path) -> SearchRates:
    """Count near hashes of unrelated pictures, and copies whose hashes are not near."""
    calibration = load("reuse.search")
    radius, enough = (calibration.value(name) for name in ("max_distance_bits", "min_quality"))
    corpora = {
        "photographs": [_hash(each) for each in [*photos(root), *bsds500(root)]],
        "renders": [_hash(each) for each in renders(root)],
    }
    alarms, low = _false_alarms(corpora, radius=radius, enough=enough)
    originals = corpora["photographs"][:ORIGINALS]
    return SearchRates(alarms, low, _misses(originals, radius=radius, enough=enough))


def _hash(source: Source) -> _Hashed:
    frame = frame_of(encoded(source.image, "PNG"))
    stored = hash_of(frame)
    asked = hash_orientations(views_of(frame).grey[0])
    return _Hashed(source, unpack_hex([stored.pdq])[0], asked, stored.quality)


def _false_alarms(
    corpora: dict[str, list[_Hashed]], *, radius: float, enough: float
) -> tuple[dict[str, Count], dict[str, Count]]:
    detailed: dict[str, Count] = {}
    low: dict[str, Count] = {}
    for first, second in combinations_with_replacement(corpora, 2):
        good, poor = [0, 0], [0, 0]
        stored = np.stack([each.stored for each in corpora[second]])
        for position, query in enumerate(corpora[first]):
            bits = np.bitwise_count(stored[:, None] ^ query.asked[None]).sum(axis=2).min(axis=1)
            # Each pair once: the picture that comes first is the query.
            start = position + 1 if first == second else 0
            for other, distance in zip(corpora[second][start:], bits[start:], strict=True):
                if other.source.series == query.source.series:
                    continue
                tally = good if min(query.quality, other.quality) >= enough else poor
                tally[0] += int(distance <= radius)
                tally[1] += 1
        name = first if first == second else f"{first}_x_{second}"
        text = _pairs_text(first, second)
        detailed[name] = Count(*good, f"{text}, both of quality {enough:g} or more")
        if poor[1]:
            low[name] = Count(*poor, f"{text}, one or both below quality {enough:g}")
    return detailed, low


def _pairs_text(first: str, second: str) -> str:
    return {
        ("photographs", "photographs"): "pairs of photographs, other series by name",
        ("photographs", "renders"): "photographs against rendered aerial views of bridges",
        ("renders", "renders"): "pairs of rendered aerial views, other bridges (11 bridges)",
    }[first, second]


def _misses(originals: list[_Hashed], *, radius: float, enough: float) -> dict[str, Count]:
    missed: dict[str, list[bool]] = defaultdict(list)
    for original in originals:
        if original.quality < enough:
            continue
        for name, data in _edits(original.source.image):
            asked = hash_orientations(views_of(frame_of(data)).grey[0])
            bits = int(np.bitwise_count(asked ^ original.stored).sum(axis=1).min())
            missed[name].append(bits > radius)
    corpus = f"edits of photographs of quality {enough:g} or more"
    return {name: Count.of(wrong, corpus) for name, wrong in missed.items()}


def _edits(image: Image.Image) -> Iterator[tuple[str, bytes]]:
    turn = Image.Transpose
    for quality in (90, 70, 50, 30):
        yield f"jpeg_{quality}", encoded(image, "JPEG", quality=quality)
    for scale in (0.5, 0.25):
        yield f"resize_{scale:g}", encoded(resized(image, scale), "JPEG", quality=90)
    yield "webp_50", encoded(image, "WEBP", quality=50)
    mirrored = image.transpose(turn.FLIP_LEFT_RIGHT)
    yield "mirror", encoded(mirrored, "JPEG", quality=80)
    for name, method in (
        ("turn_90", turn.ROTATE_270),
        ("turn_180", turn.ROTATE_180),
        ("turn_270", turn.ROTATE_90),
    ):
        yield name, encoded(image.transpose(method), "JPEG", quality=80)
    small = encoded(resized(mirrored, 0.5), "JPEG", quality=50)
    yield "mirror_half_size_saved_twice", encoded(Image.open(io.BytesIO(small)), "WEBP", quality=60)
    # What the hash cannot find, so that nobody takes its silence for an answer.
    for share in (0.02, 0.05, 0.10):
        yield f"crop_{share:.0%}".replace("%", "_percent"), _cropped(image, share)
    yield "letterbox", encoded(_letterboxed(image), "JPEG", quality=80)
    yield "caption_bar", encoded(_captioned(image), "JPEG", quality=80)
    yield "turn_5_degrees", encoded(image.rotate(5, expand=False), "JPEG", quality=80)


def _cropped(image: Image.Image, share: float) -> bytes:
    x, y = round(image.width * share), round(image.height * share)
    box = (x, y, image.width - x, image.height - y)
    return encoded(image.crop(box), "JPEG", quality=80)


def _letterboxed(image: Image.Image) -> Image.Image:
    return ImageOps.expand(image, border=(0, round(image.height * 0.15)), fill="black")


def _captioned(image: Image.Image) -> Image.Image:
    bar = round(image.height * 0.2)
    canvas = Image.new("RGB", (image.width, image.height + bar), "white")
    canvas.paste(image, (0, bar))
    ImageDraw.Draw(canvas).text((10, bar * 0.3), "Breaking news", "black", font_size=bar * 0.4)
    return canvas
