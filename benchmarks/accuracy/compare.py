"""reuse.compare: copies saved again against other moments of the same view."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from accuracy.media import (
    Pixels,
    bsds500,
    clip,
    colour_edits,
    encoded,
    frame_from,
    frame_of,
    is_tuning,
    local_edits,
    photos,
    re_encodes,
    renders,
    resized,
    views_of,
    visible_change,
)
from accuracy.rates import Count
from PIL import Image

from forensics.calibration import load
from forensics.reuse.compare import chroma_difference, compare_views
from forensics.reuse.hashes import ORIENTATIONS, orient
from forensics.reuse.views import Views

VISIBLE_LEVELS = 10.0
"""A change that is weaker on the full-size frames is counted apart, as not visible."""

MARGIN = 0.9
"""The threshold lies this far below the weakest visible change of the tuning half."""

CORRELATION_MARGIN = 0.05

FIXED_CAMERAS = {"vtest.avi": 0.4, "house6.mp4": 0.5, "carphone_pristine.mp4": 0.2}
MOVING_CAMERAS = {
    "video/bikes.mp4": 0.4,
    "video/bigbuckbunny.mp4": 0.2,
    "reuse/videos/chair-orig-22-sd-bar.mp4": 0.5,
    "reuse/videos/doorknob-hd-no-bar.mp4": 0.2,
    "reuse/videos/v1.m4v": 0.2,
}
STEPS_APART = (1, 2, 3, 5, 10, 25, 50, 75)
STARTS = 12
BURSTS = (
    ("metadata/exif-samples/jpg/hdr/iphone_hdr_YES.jpg", "iphone_hdr_NO.jpg"),
    ("metadata/exif-samples/jpg/hdr/canon_hdr_YES.jpg", "canon_hdr_NO.jpg"),
    ("registration/leuvenA.jpg", "leuvenB.jpg"),
)


@dataclass(frozen=True)
class Pair:
    """Two pictures that were compared."""

    family: str
    source: str
    edit: str
    is_copy: bool
    visible: float
    most: float
    typical: float
    correlation: float
    chroma: float

    @property
    def is_tuning(self) -> bool:
        """Whether it belongs to the half that the threshold is chosen on."""
        return is_tuning(self.source)

    def excess(self, typical_share: float) -> float:
        """Residual beyond what the median block explains."""
        return self.most - typical_share * self.typical


@dataclass(frozen=True)
class CompareRates:
    """Thresholds chosen on one half, errors counted on the other."""

    threshold: float
    min_correlation: float
    max_chroma: float
    tuning_misses: Count
    false_alarms: dict[str, Count]
    misses: dict[str, Count]
    unseen: dict[str, Count]
    chroma_false_alarms: dict[str, Count]
    chroma_misses: dict[str, Count]
    sources: dict[str, tuple[str, ...]]


def measure(root: Path) -> CompareRates:
    """Compare copies and other moments, choose thresholds on one half, count on the other."""
    pairs = [*_copies(root), *_moments(root), *_bursts(root), *_local_edits(root)]
    recoloured = list(_colour_edits(root))
    share = load("reuse.compare").value("typical_share")
    tuning = [pair for pair in pairs if pair.is_tuning]
    reported = [pair for pair in pairs if not pair.is_tuning]
    changed = [p.excess(share) for p in tuning if not p.is_copy and p.visible > VISIBLE_LEVELS]
    threshold = _floor(MARGIN * min(changed), 1)
    lowest = min(pair.correlation for pair in tuning if pair.is_copy)
    min_correlation = _floor(lowest - CORRELATION_MARGIN, 2)
    tuned_copies = [pair for pair in tuning if pair.is_copy]
    max_chroma = _floor(max(pair.chroma for pair in tuned_copies) / MARGIN, 1)

    def passes(pair: Pair) -> bool:
        return pair.excess(share) <= threshold and pair.correlation >= min_correlation

    visible = [p for p in reported if not p.is_copy and p.visible > VISIBLE_LEVELS]
    unseen = [p for p in pairs if not p.is_copy and p.visible <= VISIBLE_LEVELS]
    copies = [pair for pair in reported if pair.is_copy]
    return CompareRates(
        threshold,
        min_correlation,
        max_chroma,
        Count.of([not passes(p) for p in tuned_copies], "copies of the tuning half"),
        _by(visible, lambda p: p.family, passes),
        {
            **_by(copies, lambda p: p.family, lambda p: not passes(p)),
            **_by(copies, lambda p: p.edit, lambda p: not passes(p)),
        },
        _by(unseen, lambda p: p.family, passes),
        _by(copies, lambda p: p.family, lambda p: p.chroma > max_chroma),
        _by(
            [pair for pair in recoloured if not pair.is_tuning],
            lambda p: p.edit,
            lambda p: p.chroma <= max_chroma,
        ),
        _sources([*pairs, *recoloured]),
    )


def _floor(value: float, digits: int) -> float:
    return float(np.floor(value * 10**digits + 1e-9) / 10**digits)


def _by(
    pairs: Iterable[Pair], group: Callable[[Pair], str], is_wrong: Callable[[Pair], bool]
) -> dict[str, Count]:
    wrong: dict[str, list[bool]] = defaultdict(list)
    sources: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        wrong[group(pair)].append(is_wrong(pair))
        sources[group(pair)].add(pair.source)
    return {name: Count.of(wrong[name], _from(len(sources[name]))) for name in sorted(wrong)}


def _from(sources: int) -> str:
    return f"pairs from {sources} {'source' if sources == 1 else 'sources'}"


def _sources(pairs: Iterable[Pair]) -> dict[str, tuple[str, ...]]:
    names: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        half = "chosen on" if pair.is_tuning else "counted on"
        names[f"{pair.family}, {half}"].add(pair.source)
    return {name: tuple(sorted(each)) for name, each in sorted(names.items())}


def _pair(
    family: str, source: str, edit: str, asked: Views, known: Views, *, copy: bool, visible: float
) -> Pair:
    result = compare_views(asked.grey[0], known.grey[0])
    chroma = chroma_difference(asked.chroma[0], known.chroma[0])
    return Pair(
        family=family,
        source=source,
        edit=edit,
        is_copy=copy,
        visible=visible,
        most=result.block_residual,
        typical=result.typical_residual,
        correlation=result.correlation,
        chroma=chroma,
    )


def _copies(root: Path) -> Iterator[Pair]:
    for family, name, image in _originals(root):
        known = views_of(frame_of(encoded(image, "PNG")))
        for edit, data, _ in re_encodes(image):
            asked = views_of(frame_of(data))
            yield _pair(family, name, edit, asked, known, copy=True, visible=0.0)
        for orientation in ORIENTATIONS[1:]:
            # The file is mirrored or turned; the search turns it back before it compares.
            turned = Image.fromarray(orient(np.asarray(image), orientation))
            asked = views_of(frame_of(encoded(turned, "JPEG", quality=70)))
            back = Views(_undone(asked.grey, orientation), _undone(asked.chroma, orientation))
            yield _pair(family, name, "turned_jpeg_70", back, known, copy=True, visible=0.0)


def _undone(views: Pixels, orientation: tuple[bool, int]) -> Pixels:
    mirrored, clockwise_deg = orientation
    back = orient(views[0], (False, -clockwise_deg % 360))
    return (np.ascontiguousarray(back[:, ::-1]) if mirrored else back)[None]


def _originals(root: Path) -> Iterator[tuple[str, str, Image.Image]]:
    for source in [*bsds500(root)[::5], *photos(root)]:
        yield source.corpus, source.name, source.image
    for source in renders(root)[:19]:
        yield "renders", source.name, source.image
    for name, moments in _clips(root):
        for _, pixels in moments[:: max(1, len(moments) // 4)][:4]:
            yield "video_frames", name, Image.fromarray(pixels)


def _clips(root: Path) -> Iterator[tuple[str, list[tuple[float, Pixels]]]]:
    for name, every_s in FIXED_CAMERAS.items():
        yield name, clip(root / "video" / name, every_s=every_s)
    for name, every_s in MOVING_CAMERAS.items():
        yield Path(name).name, clip(root / name, every_s=every_s)
    yield "strike1.mp4", clip(root / "scenes/strike1.mp4", every_s=0.25)


def _moments(root: Path) -> Iterator[Pair]:
    for name, moments in _clips(root):
        family = "fixed_camera" if name in FIXED_CAMERAS else "moving_camera"
        family = "rendered_strike" if name.startswith("strike") else family
        for apart in STEPS_APART:
            last = len(moments) - apart
            for first in range(0, last, max(1, last // STARTS)):
                (from_s, one), (to_s, other) = moments[first], moments[first + apart]
                label = f"{to_s - from_s:.1f} s apart"
                yield from _other_moment(family, name, label, one, other)
    before, after = (
        np.asarray(Image.open(root / f"scenes/s2_video_{when}.jpg").convert("RGB"))
        for when in ("before", "after")
    )
    yield from _other_moment("rendered_strike", "s2_video", "before and after", before, after)


def _bursts(root: Path) -> Iterator[Pair]:
    for path, other_name in BURSTS:
        one, other = (
            np.asarray(Image.open(each).convert("RGB"))
            for each in (root / path, (root / path).with_name(other_name))
        )
        if one.shape == other.shape:
            yield from _other_moment("two_exposures", Path(path).stem, "burst", one, other)


def _other_moment(
    family: str, source: str, label: str, one: Pixels, other: Pixels
) -> Iterator[Pair]:
    """Compare two moments as they are, and with one of them saved again, harder each time."""
    visible = visible_change(one, other)
    known = views_of(frame_from(other))
    image = Image.fromarray(one)
    files = {
        "": encoded(image, "PNG"),
        ", jpeg_50_at_0.5": encoded(resized(image, 0.5), "JPEG", quality=50),
        ", jpeg_20_at_0.5": encoded(resized(image, 0.5), "JPEG", quality=20),
    }
    for suffix, data in files.items():
        asked = views_of(frame_of(data))
        edit = f"{label}{suffix}"
        yield _pair(family, source, edit, asked, known, copy=False, visible=visible)


def _local_edits(root: Path) -> Iterator[Pair]:
    for seed, source in enumerate([*bsds500(root)[::5], *photos(root)]):
        known = views_of(frame_of(encoded(source.image, "PNG")))
        for edit, image in local_edits(source.image, seed):
            visible = visible_change(np.asarray(source.image), np.asarray(image))
            asked = views_of(frame_of(encoded(image, "JPEG", quality=70)))
            family = f"local_edit_{edit}"
            yield _pair(family, source.name, edit, asked, known, copy=False, visible=visible)


def _colour_edits(root: Path) -> Iterator[Pair]:
    for source in [*bsds500(root)[::5], *photos(root)]:
        known = views_of(frame_of(encoded(source.image, "PNG")))
        for edit, image in colour_edits(source.image):
            asked = views_of(frame_of(encoded(image, "JPEG", quality=70)))
            yield _pair("recoloured", source.name, edit, asked, known, copy=False, visible=0.0)
