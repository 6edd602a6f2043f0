"""The pictures that copies are made of and searched among, and the split of their sources.

A source is a series: a Berkeley CD, a rendered bridge, a clip, the wallpapers whose titles begin
with one word. What shares a series may show the same thing, so it stays in one half, and a match
between two pictures of one series is neither right nor wrong.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import av
import numpy as np
import skimage.data
from accuracy.copies.edits import edits_digest
from accuracy.copies.shot import Pixels
from accuracy.media import is_tuning
from numpy import uint8
from PIL import Image, ImageOps

MIN_SIDE_PX = 60
JPEG_QUALITY = 95
"""Of moments of clips, which are stills that somebody took from a video."""

_VARIANT = re.compile(r"(-[dl]|_\d+x\d+)$")
_SAME_PICTURE_AGAIN = re.compile(r"(landscape|portrait)_[2-8]$|^grafA$|^grafB$|_import$")
"""Files that show what another one shows, by their names."""
_BROKEN = {"corrupted", "67-0_length_string"}
_LIBRARY_SKIPPED = {"multipage", "multipage_rgb", "phantom", "chessboard_RGB", "color"}

# Clip, seconds between moments taken into the archive, and the source it belongs to when
# several clips show one thing.
CLIPS: tuple[tuple[str, float, str], ...] = (
    ("video/vtest.avi", 4.0, ""),
    ("video/house6.mp4", 2.0, ""),
    ("video/bikes.mp4", 0.25, ""),
    ("video/carphone_pristine.mp4", 1.0, ""),
    ("video/bigbuckbunny.mp4", 0.5, ""),
    ("reuse/videos/chair-orig-22-sd-bar.mp4", 0.8, ""),
    ("reuse/videos/chair-19-sd-bar.mp4", 0.8, "reuse/videos/chair-orig-22-sd-bar.mp4"),
    ("reuse/videos/chair-20-sd-bar.mp4", 0.8, "reuse/videos/chair-orig-22-sd-bar.mp4"),
    ("reuse/videos/doorknob-hd-no-bar.mp4", 0.5, ""),
    ("reuse/videos/v1.m4v", 0.4, ""),
    ("reuse/videos/v2.m4v", 0.4, "reuse/videos/v1.m4v"),
    ("metadata/video/ftyp3gp5.mp4", 0.5, ""),
    ("metadata/video/sample_mpeg4.mp4", 1.0, ""),
    ("metadata/video/uuid540.mp4", 0.9, ""),
    ("metadata/video/xmp480qt.mov", 0.9, "metadata/video/uuid540.mp4"),
    ("metadata/video/with-gps.mov", 1.0, ""),
    ("metadata/video/with-gps.mp4", 1.0, ""),
    ("scenes/strike1.mp4", 0.5, "bridge 2"),
)


@dataclass(frozen=True, order=True)
class Source:
    """One picture; `file` is relative to the media folder.

    `moment_s` names a frame of a clip, `part` a quarter of it, as if the camera showed no more,
    and `edit` what was done to the picture before it came into the archive.
    """

    kind: str
    name: str
    series: str
    file: str
    moment_s: float | None = None
    part: str = ""
    edit: str = ""

    @property
    def is_tuning(self) -> bool:
        """Whether it belongs to the half that thresholds are chosen on."""
        return is_tuning(self.series)


def stills(root: Path) -> list[Source]:
    """List every still: wallpapers, photographs, camera files, renders, views, library pictures."""
    found = [
        *_folder(root, "wallpaper", "reuse/photos"),
        *_folder(root, "photograph", "reuse/bsds500/BSDS500/data/images"),
        *_folder(root, "camera", "metadata/exif-samples/jpg"),
        *_folder(root, "render", "scenes"),
        *_folder(root, "view", "registration"),
        *_named("still", _STILLS),
        *_library(),
    ]
    return sorted(source for source in found if _is_wanted(root, source))


def moments(root: Path) -> list[Source]:
    """List moments of clips, evenly spaced."""
    found = []
    for file, every_s, same_as in CLIPS:
        with av.open(str(root / file)) as container:
            until_s = (container.duration or 0) / 1e6
        times = np.arange(0, max(until_s - 0.05, 0.01), every_s)
        found += [moment(file, float(at), same_as=same_as) for at in times]
    return found


PARTS = {"top left": (0, 0), "top right": (1, 0), "bottom left": (0, 1), "bottom right": (1, 1)}
"""Quarters of a frame, by column and row."""


def moment(file: str, at_s: float, *, same_as: str = "", part: str = "") -> Source:
    """Name one moment of a clip, or of a quarter of its frame."""
    name = " ".join(filter(None, (f"{Path(file).name}@{at_s:.2f}", part))).replace(" ", "-")
    return Source("moment", name, same_as or file, file, round(at_s, 3), part)


class Media:
    """Files of sources, in the media folder or made in a working folder when first asked for.

    Parameters
    ----------
    root : Path
        The media folder.
    work : Path
        Where frames of clips, and pictures in formats the package does not read, are put.
    """

    def __init__(self, root: Path, work: Path) -> None:
        self.root = root
        self._made = work / "media"
        self._posts = work / f"posts-{edits_digest()}"

    def path(self, source: Source) -> Path:
        """Give the file of a source; one that is made must have been made before."""
        if source.edit:
            return self._posts / f"{source.name}-{source.edit}.jpg"
        if source.moment_s is not None:
            return self._made / f"{source.name}.jpg"
        path = self._original(source)
        if path.suffix != ".ppm":
            return path
        made = self._made / f"{source.name}.png"
        if not made.exists():
            made.parent.mkdir(parents=True, exist_ok=True)
            Image.open(path).save(made)
        return made

    def pixels(self, source: Source) -> Pixels:
        """Decode a source in full, the right way up."""
        with Image.open(self.path(source)) as image:
            return np.asarray(ImageOps.exif_transpose(image).convert("RGB"), uint8)

    def size(self, source: Source) -> tuple[int, int]:
        """Width and height of a source in pixels, without decoding it."""
        if source.moment_s is None:
            with Image.open(self._original(source)) as image:
                return image.size
        with av.open(str(self.root / source.file)) as container:
            stream = container.streams.video[0]
            return stream.width, stream.height

    def make_moments(self, sources: Iterable[Source]) -> None:
        """Write the frames of clips that are not there yet, each clip decoded once."""
        self._made.mkdir(parents=True, exist_ok=True)
        wanted: dict[str, list[Source]] = {}
        for source in sorted(set(sources)):
            if source.moment_s is not None and not self.path(source).exists():
                wanted.setdefault(source.file, []).append(source)
        for file, missing in wanted.items():
            missing.sort(key=lambda each: each.moment_s or 0.0)
            self._write_frames(file, missing)

    def _write_frames(self, file: str, missing: Sequence[Source]) -> None:
        left = list(missing)
        with av.open(str(self.root / file)) as container:
            last = None
            for frame in container.decode(video=0):
                last = frame
                while left and frame.time is not None and frame.time >= left[0].moment_s - 1e-6:
                    self._save(frame, left.pop(0))
                if not left:
                    return
            for source in left:  # a clip that says it is longer than it is
                if last is not None:
                    self._save(last, source)

    def _save(self, frame: av.VideoFrame, source: Source) -> None:
        image = Image.fromarray(frame.to_ndarray(format="rgb24"))
        if source.part:
            (column, row), (wide, tall) = PARTS[source.part], (image.width // 2, image.height // 2)
            image = image.crop((column * wide, row * tall, (column + 1) * wide, (row + 1) * tall))
        draft = self.path(source).with_suffix(".part")
        image.save(draft, "JPEG", quality=JPEG_QUALITY, subsampling=0)
        draft.rename(self.path(source))

    @cached_property
    def _library(self) -> Path:
        return Path(str(skimage.data.__file__)).parent

    def _original(self, source: Source) -> Path:
        return (self._library if source.kind == "library" else self.root) / source.file


_STILLS = (
    "reuse/stills/bridge-mods/aaa-orig.jpg",
    *(f"reuse/stills/reg-test-input/exif-rotn/exif-rotn-{n}.jpg" for n in (1, 6, 8)),
    *(f"reuse/stills/reg-test-input/labelme-subset/q{n}.jpg"
      for n in ("0003", "0004", "0122", "0291", "0746", "1050", "2821")),
    "reuse/stills/misc-images/c.png",
    "reuse/stills/reg-test-input/pen-and-coaster.png",
    "c2pa/adobe-20220124-CA.jpg",
    "c2pa/adobe-20220124-I.jpg",
    "c2pa/truepic-20230212-landscape.jpg",
)  # fmt: skip


def _folder(root: Path, kind: str, folder: str) -> list[Source]:
    paths = (p for p in (root / folder).rglob("*") if p.suffix.lower() in _SUFFIXES)
    return _named(kind, (str(path.relative_to(root)) for path in paths))


_SUFFIXES = {".jpg", ".jpeg", ".png", ".ppm"}


def _named(kind: str, files: Iterable[str]) -> list[Source]:
    return [Source(kind, _name(file), _series(kind, file), file) for file in files]


def _name(file: str) -> str:
    path = Path(file)
    # Numbers alone name nothing: 01.jpg of a place, 1.ppm of a view.
    return path.stem if len(path.stem) > 2 else f"{path.parent.name}-{path.stem}"


def _series(kind: str, file: str) -> str:
    stem = Path(file).stem
    if kind == "wallpaper":
        title = _VARIANT.sub("", stem).split("_", 1)[-1]
        return f"photos {re.match(r'[A-Za-z]*', title)[0].lower() or title}"  # type: ignore[index]
    if kind == "photograph":
        return f"bsds500 {int(stem) // 1000}"
    if kind == "render" and (bridge := re.match(r"s(\d+)_", stem)):
        return f"bridge {bridge[1]}"
    if kind == "view":
        parent = Path(file).parent.name
        return f"view {re.match('[a-z]+', stem)[0] if parent == 'registration' else parent}"  # type: ignore[index]
    for part, series in _SAME_THING:
        if part in file:
            return series
    return f"{kind} {stem}"


_SAME_THING = (
    ("exif-rotn", "still exif-rotn"),
    ("misc-images/c.png", "still coaster"),
    ("pen-and-coaster", "still coaster"),
    ("Canon_40D", "camera Canon_40D"),
    ("iphone_hdr", "camera iphone_hdr"),
    ("canon_hdr", "camera canon_hdr"),
    ("landscape_", "camera waterfall"),
    ("portrait_", "camera waterfall"),
    ("gps/DSCN", "camera DSCN"),
    ("motorcycle_", "library motorcycle"),
)


def _library() -> list[Source]:
    folder = Path(str(skimage.data.__file__)).parent
    files = [*folder.glob("*.png"), *folder.glob("*.jpg")]
    kept = [path for path in files if path.stem not in _LIBRARY_SKIPPED]
    return [Source("library", p.stem, _series("library", p.name), p.name) for p in kept]


def _is_wanted(root: Path, source: Source) -> bool:
    if _SAME_PICTURE_AGAIN.search(source.name) or source.name in _BROKEN:
        return False
    if source.kind == "render" and source.series.startswith("render"):
        return False  # the contact sheet
    if source.name.endswith(("_cls", "_dmg", "_soot")):
        return False
    if source.kind == "library":
        return True
    with Image.open(root / source.file) as image:
        return min(image.size) >= MIN_SIDE_PX


def in_order(sources: Iterable[Source]) -> list[Source]:
    """Sort sources by the digest of their names: mixed, and the same each time."""
    return sorted(sources, key=lambda each: hashlib.sha256(each.name.encode()).hexdigest())
