"""The media that is measured on: photos, clips, renders, and what is done to them."""

import hashlib
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy import uint8
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from forensics.ingest.frame import Frame
from forensics.ingest.sniff import sniff
from forensics.ingest.stills import decode_still
from forensics.model.findings import CompareViews, FrameHash
from forensics.model.outcome import Made
from forensics.reuse.hashes import hash_image
from forensics.reuse.views import Views, make_views, read_views
from forensics.vision.views import FRAME_SIDE_PX, fit

Pixels = NDArray[uint8]

_EXTENSIONS = {".jpg", ".jpeg", ".png"}
_RENDER_SCENE = re.compile(r"s(\d+)_")
_VARIANT = re.compile(r"(-[dl]|_\d+x\d+)$")


@dataclass(frozen=True)
class Source:
    """One picture that was taken once; `series` names what it may be a near-duplicate of."""

    corpus: str
    name: str
    series: str
    image: Image.Image


def media_root() -> Path | None:
    """Give the folder of real media, or None when there is none here."""
    named = os.environ.get("FORENSICS_MEDIA")
    return Path(named) if named and Path(named).is_dir() else None


def is_tuning(name: str) -> bool:
    """Say whether a source belongs to the half that thresholds are chosen on."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0


def photos(root: Path) -> list[Source]:
    """Wallpapers; of one series when the first word of their names is the same."""
    sources = []
    for path in _pictures(root / "reuse/photos"):
        title = _VARIANT.sub("", path.stem).split("_", 1)[-1]
        series = re.match(r"[A-Za-z]*", title)
        sources.append(_source("photos", path, f"photos {series[0].lower() if series else title}"))
    return sources


def bsds500(root: Path) -> list[Source]:
    """Berkeley photographs; their numbers but for the last three name the CD they are from."""
    folder = root / "reuse/bsds500/BSDS500/data/images"
    return [_source("bsds500", p, f"bsds500 {int(p.stem) // 1000}") for p in _pictures(folder)]


def renders(root: Path) -> list[Source]:
    """Rendered bridges; views of one bridge are of one series."""
    paths = [
        *sorted((root / "scenes").glob("s*.jpg")),
        *sorted((root / "scenes/ladder").glob("s*.jpg")),
    ]
    found = [(path, _RENDER_SCENE.match(path.stem)) for path in paths]
    return [_source("renders", path, f"bridge {name[1]}") for path, name in found if name]


def clip(path: Path, *, every_s: float, until_s: float = 60.0) -> list[tuple[float, Pixels]]:
    """Decode moments of a clip, at full size."""
    moments: list[tuple[float, Pixels]] = []
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.video[0]):
            if frame.time is None or frame.time < len(moments) * every_s - 1e-6:
                continue
            if frame.time > until_s:
                break
            moments.append((float(frame.time), frame.to_ndarray(format="rgb24")))
    return moments


def re_encodes(image: Image.Image) -> Iterator[tuple[str, bytes, bool]]:
    """Give every way a picture is saved again: name, file, and whether it is mirrored or turned."""
    for scale in (1.0, 0.5, 0.25):
        small = resized(image, scale)
        for quality in (95, 70, 50, 30, 20):
            yield f"jpeg_{quality}_at_{scale:g}", encoded(small, "JPEG", quality=quality), False
        yield f"webp_50_at_{scale:g}", encoded(small, "WEBP", quality=50), False
        yield f"png_at_{scale:g}", encoded(small, "PNG"), False
    first = encoded(resized(image, 0.5), "JPEG", quality=40)
    yield "saved_twice", encoded(Image.open(io.BytesIO(first)), "JPEG", quality=70), False


def local_edits(image: Image.Image, seed: int) -> Iterator[tuple[str, Image.Image]]:
    """Give copies with something small put in, taken out or moved: never the same picture."""
    rng = np.random.default_rng(seed)
    width, height = image.size
    side = round(0.08 * max(width, height))
    for name, opacity in (("logo", 1.0), ("faint_logo", 0.5)):
        x, y = _corner(rng, image, side)
        logo = Image.new("RGB", (side, side), (200, 30, 30))
        ImageDraw.Draw(logo).ellipse((side // 6, side // 6, side * 5 // 6, side * 5 // 6), "white")
        marked = image.copy()
        marked.paste(Image.blend(image.crop((x, y, x + side, y + side)), logo, opacity), (x, y))
        yield name, marked
    written = image.copy()
    draw = ImageDraw.Draw(written)
    draw.text((width * 0.05, height * 0.85), "16 AUGUST 2024", "white", font_size=height * 0.05)
    yield "text", written
    x, y = _corner(rng, image, side)
    from_x, from_y = _corner(rng, image, side)
    cloned = image.copy()
    cloned.paste(image.crop((from_x, from_y, from_x + side, from_y + side)), (x, y))
    yield "patch_cloned", cloned
    burnt = image.copy()
    ImageDraw.Draw(burnt).ellipse((x, y, x + side // 2, y + side // 2), (25, 22, 20))
    yield "dark_spot", burnt


def colour_edits(image: Image.Image) -> Iterator[tuple[str, Image.Image]]:
    """Give copies with other colours."""
    yield "grey", ImageOps.grayscale(image).convert("RGB")
    yield "saturation_0.5", ImageEnhance.Color(image).enhance(0.5)
    yield "saturation_1.6", ImageEnhance.Color(image).enhance(1.6)
    warm = np.asarray(image).astype(np.float32) * (1.15, 1.0, 0.8)
    yield "warmer", Image.fromarray(warm.clip(0, 255).astype(uint8))


def encoded(image: Image.Image, kind: str, **options: int) -> bytes:
    """Save a picture to memory."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def resized(image: Image.Image, scale: float) -> Image.Image:
    """Scale a picture as editors do."""
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image if scale == 1 else image.resize(size, Image.Resampling.LANCZOS)


def frame_of(data: bytes) -> Frame:
    """Decode a file as the pipeline does."""
    kind = sniff(data[:4096])
    if kind is None:
        raise ValueError("not a picture")
    _, frames = decode_still(data, kind)
    return frames[0]


def frame_from(pixels: Pixels) -> Frame:
    """Give a decoded picture the size that the pipeline gives it."""
    return Frame(None, np.ascontiguousarray(fit(pixels, longest_side_px=FRAME_SIDE_PX)))


def views_of(frame: Frame) -> Views:
    """Make the compare views of a picture, through the file they are kept in."""
    made: Made = make_views([frame])
    if not isinstance(made.finding, CompareViews):
        raise TypeError("no views")
    return read_views(made.finding, made.artefacts["views"].data)


def hash_of(frame: Frame) -> FrameHash:
    """Hash a picture as the archive does."""
    return hash_image(frame.pixels)


def visible_change(one: Pixels, other: Pixels) -> float:
    """Measure on full-size frames how strong the strongest change is, in grey levels.

    The 99.9th percentile of the difference after a blur of 2 pixels: of noise and compression
    little is left, and a change must cover a thousandth of the picture. Independent of what is
    measured: other size, other blur, no fitting, no blocks.
    """
    blurred = [
        cv2.GaussianBlur(cv2.cvtColor(each, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 2)
        for each in (one, other)
    ]
    return float(np.percentile(np.abs(blurred[0] - blurred[1]), 99.9))


def _corner(rng: np.random.Generator, image: Image.Image, side: int) -> tuple[int, int]:
    return int(rng.integers(0, image.width - side)), int(rng.integers(0, image.height - side))


def _pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in _EXTENSIONS)


def _source(corpus: str, path: Path, series: str) -> Source:
    with Image.open(path) as image:
        return Source(corpus, path.stem, series, image.convert("RGB"))
