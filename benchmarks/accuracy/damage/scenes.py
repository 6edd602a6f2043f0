"""Which rendered pairs are asked about, and their truth on the strip."""

import os
import re
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import cv2
import numpy as np
from accuracy.damage_truth.pair import Truth, TruthPair
from accuracy.damage_truth.rendered import rendered_pair
from accuracy.media import is_tuning, media_root
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.damage.strip import Strip, lay_strip
from forensics.vision.alignment import moved

LADDER = tuple(range(301, 309))
TEST = tuple(each for each in LADDER if not is_tuning(f"bridge {each}"))
"""Frozen by the project's rule for sources: 301, 302, 303, 306 and 308."""

ASIDE = (408,)
"""A tuning bridge that nothing is fitted to: a look before anything is reported on."""

NULLS_ONLY = tuple(range(412, 416))
"""Nothing is fitted to these, nor chosen by them: they are asked about pairs without change."""

TUNING = (*(each for each in LADDER if each not in TEST), *range(401, 408), 409, 410, 411)
"""304, 305, 307, and those that `tools/scenes` rendered, as far as they are there."""

FURTHER = (*range(321, 326), *range(416, 429))
"""Tuning bridges that were rendered last of all, the first five as the ladder was. Only what names
the state of a deck is fitted to them."""

CHECKED = (409, 410, 411)
"""Tuning bridges that nothing here is fitted to: a look at what was fitted to the others."""

_NAME = re.compile(r"s(\d+)_([a-z-]+)_([a-z]+)(?:_(\w+))?")
_STATES = {"before": 0, "null": 0, "scorch": 1, "scorched": 1, "holes": 2, "holed": 2}
_COLLAPSED = 3


def folders() -> tuple[Path, ...]:
    """Give the folders of renders: the ladder, and those that FORENSICS_SCENES names."""
    media, more = media_root(), os.environ.get("FORENSICS_SCENES")
    if media is None:
        raise SystemExit("set FORENSICS_MEDIA to the folder of real media")
    return (media / "scenes/ladder", *([Path(more)] if more else []))


def renders(bridges: tuple[int, ...]) -> dict[str, Path]:
    """Give the records of whole renders by name."""
    found = {}
    for path in sorted(each for folder in folders() for each in folder.glob("s*_*.json")):
        match = _NAME.fullmatch(path.stem)
        whole = path.with_name(f"{path.stem}_dmg.png").is_file()
        if match and int(match[1]) in bridges and whole:
            found[path.stem] = path
    return found


def pairs(bridges: tuple[int, ...]) -> list[tuple[Path, Path]]:
    """Give before and after of every bridge, as they were planned."""
    there = renders(bridges)
    found = []
    for name, path in there.items():
        bridge, what, view = name.split("_")[:3]
        before = there.get(f"{bridge}_before_{view}")
        if what != "before" and before is not None:
            found.append((before, path))
    return found


def near_pairs(bridges: tuple[int, ...]) -> list[tuple[Path, Path]]:
    """Give the planned pairs up to 15 degrees."""
    return [each for each in pairs(bridges) if "_30" not in each[1].stem]


def null_pairs(bridges: tuple[int, ...]) -> list[tuple[Path, Path]]:
    """Give further pairs in which nothing happened in between: both whole, or both scorched."""
    there = renders(bridges)
    found = []
    for bridge in bridges:
        for view in ("nadir", "oblique"):
            groups: dict[int, list[Path]] = {0: [], 1: []}
            for name, path in there.items():
                if name.startswith(f"s{bridge}_") and f"_{view}" in name and "_30" not in name:
                    state = _state(name)
                    if state in groups:
                        groups[state].append(path)
            for group in groups.values():
                found += permutations(group, 2)
    planned = set(pairs(bridges))
    return [each for each in found if each not in planned]


def later_pairs(bridges: tuple[int, ...]) -> list[tuple[Path, Path]]:
    """Give pairs of a scorched bridge that was damaged worse afterwards."""
    there = renders(bridges)
    return [
        (one, other)
        for first, one in there.items()
        for second, other in there.items()
        if first.split("_")[0] == second.split("_")[0]
        and first.split("_")[2] == second.split("_")[2]
        and _state(first) == 1 < _state(second)
        and "_30" not in second
    ]


def load(pair: tuple[Path, Path]) -> TruthPair:
    """Read a pair and its truth."""
    return rendered_pair(*pair)


def bridge_of(pair: TruthPair) -> int:
    """Give the number of a bridge."""
    return int(pair.source.split()[1])


def drawn(pair: TruthPair) -> Strip:
    """Lay the strip over the true deck."""
    return lay_strip(pair.deck)


def true_map(pair: TruthPair) -> NDArray[float64]:
    """Give the map before -> after on the deck."""
    return np.asarray(np.linalg.inv(pair.after_to_before))


def worst_px(matrix: NDArray[float64], pair: TruthPair) -> float:
    """Measure the worst deck point seen in both, in pixels of before; maps after -> before."""
    strip = drawn(pair)
    at_before = moved(strip.deck_points(along=101, across=9), strip.matrix)
    to_after = true_map(pair)
    at_after = moved(at_before, to_after)
    depth = np.c_[at_before, np.ones(len(at_before))] @ to_after[2]
    seen = depth * np.sign(np.median(depth)) > 0
    for at, picture in ((at_before, pair.before), (at_after, pair.after)):
        seen &= (at >= 0).all(axis=1) & (at < picture.shape[1::-1]).all(axis=1)
    if not seen.any():
        return 0.0
    return float(np.linalg.norm(moved(at_after[seen], matrix) - at_before[seen], axis=1).max())


def truth_strip(pair: TruthPair, strip: Strip) -> NDArray[uint8]:
    """Give what happened between the two, on the strip, as `Truth`."""
    rows, columns = strip.grid.shape
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    laid = cv2.warpPerspective(
        pair.mask, strip.matrix, (columns, rows), flags=flags, borderValue=int(Truth.NOT_SEEN)
    )
    return np.asarray(laid, dtype=uint8)


def degraded(pixels: NDArray[uint8], seed: int) -> NDArray[uint8]:
    """Degrade a picture: exposure, haze, blur, noise, JPEG, each by chance."""
    rng = np.random.default_rng(seed)
    values = pixels.astype(np.float32)
    values *= rng.uniform(0.75, 1.2)
    haze = rng.uniform(0, 0.25)
    values = values * (1 - haze) + 200 * haze
    if rng.random() < 0.5:
        values = cv2.GaussianBlur(values, (0, 0), rng.uniform(0.4, 1.1))
    values += rng.normal(0, rng.uniform(0, 6), values.shape)
    made = np.clip(values, 0, 255).astype(uint8)
    _, data = cv2.imencode(".jpg", made, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(45, 95))])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=uint8)


def _state(name: str) -> int:
    return _STATES.get(name.split("_")[1].split("-")[0], _COLLAPSED)


def enlarged(pair: TruthPair) -> TruthPair:
    """Enlarge both pictures to two megapixels, to measure what that costs."""
    factor = (_LARGE_PX / pair.before[..., 0].size) ** 0.5
    before, after = (
        cv2.resize(each, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
        for each in (pair.before, pair.after)
    )
    size = before.shape[1::-1]
    grow = np.array([[factor, 0, (factor - 1) / 2], [0, factor, (factor - 1) / 2], [0, 0, 1]])
    back = np.linalg.inv(grow)
    return replace(
        pair,
        before=before,
        after=after,
        deck=(pair.deck + 0.5) * factor - 0.5,
        mask=cv2.resize(pair.mask, size, interpolation=cv2.INTER_NEAREST),
        after_to_before=grow @ pair.after_to_before @ back,
        to_metres=None if pair.to_metres is None else pair.to_metres @ back,
    )


_LARGE_PX = 2e6
