"""Pictures in which a deck is to be found, with its outline, and pictures without any bridge."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from accuracy.damage.finding_drawn import drawings
from accuracy.damage.scenes import TUNING
from accuracy.damage_truth.rendered import _outline
from accuracy.media import bsds500, is_tuning, media_root, photos
from numpy import float64, uint8
from numpy.typing import NDArray

_NAME = re.compile(r"s(\d+)_([a-z0-9_-]+)")
_OTHERS_FROM = 400
"""Bridges of this number and above were rendered to tune on, whatever the rule for sources says."""

_SAMPLES = 41
WITH_BRIDGE = frozenset(
    {"22013", "148026", "231015", "182053", "176019", "351093", "374020", "207049", "22093"}
    | {"square-128x128", "square-256x256", "square-512x512"}
)
"""Photographs that show a bridge, by eye: a deck found there is neither right nor wrong."""


@dataclass(frozen=True, eq=False)
class Asked:
    """One picture: where it is from, and its deck if it has one."""

    name: str
    source: str
    kind: str
    view: str
    state: str
    tuning: bool
    pixels: NDArray[uint8]
    deck: NDArray[float64] | None
    twin: bool = False


def rendered(*, tuning: bool, more: Path | None = None) -> Iterator[Asked]:
    """Read renders of the bridges of one half."""
    scenes = _media() / "scenes"
    for folder in (scenes / "ladder", scenes, *([more] if more else [])):
        for path in sorted(folder.glob("s*.json")):
            found = _NAME.fullmatch(path.stem)
            if found is None or not path.with_suffix(".jpg").is_file():
                continue
            bridge = int(found[1])
            ours = bridge in TUNING or bridge > _OTHERS_FROM
            ours = ours or (bridge < min(TUNING) - 10 and is_tuning(f"bridge {bridge}"))
            if ours == tuning:
                about = json.loads(path.read_text())
                yield Asked(
                    path.stem,
                    f"bridge {bridge}",
                    "render",
                    view_of(path.stem),
                    _state(path.stem),
                    ours,
                    _read(path.with_suffix(".jpg")),
                    _outline(np.array(about["camera"]["H_deck_to_image"]), about["truth"]),
                    bool(about.get("twin")),
                )


def without(*, tuning: bool) -> Iterator[Asked]:
    """Read photographs that show no bridge, of one half of the sources, and drawings."""
    root = _media()
    for source in (*photos(root), *bsds500(root)):
        if is_tuning(source.series) == tuning and source.name not in WITH_BRIDGE:
            pixels = np.asarray(source.image, dtype=uint8)
            yield _negative(source.name, source.series, tuning, pixels)
    folders = ("reuse/stills", "registration", "metadata/exif-samples/jpg")
    for path in sorted(each for folder in folders for each in (root / folder).rglob("*.*")):
        series = f"{path.parent.name} {re.split(r'[-_.]', path.stem)[0]}"
        is_ours = "bridge-mods" not in path.parts and is_tuning(series) == tuning
        if is_ours and path.suffix.lower() in {".jpg", ".jpeg", ".png", ".ppm"}:
            decoded = cv2.imread(str(path), cv2.IMREAD_COLOR)
            if decoded is not None:
                yield _negative(path.stem, series, tuning, np.asarray(decoded[..., ::-1].copy()))
    for name, pixels in drawings(tuning=tuning):
        yield Asked(name, f"drawn {name}", "drawn", "", "", tuning, pixels, None)


def view_of(name: str) -> str:
    """Name the kind of view, as the tables group them."""
    for word in ("ground", "sat", "video"):
        if f"_{word}" in name:
            return {"sat": "satellite", "video": "ground", "ground": "ground"}[word]
    kind = "nadir" if "nadir" in name else "oblique"
    last = name.rsplit("_", 1)[-1]
    return f"{kind} {last} away" if last.isdigit() and int(last) >= 8 else kind


def overlap(one: NDArray[float64], other: NDArray[float64], shape: tuple[int, ...]) -> float:
    """Give the intersection over union of two outlines within the picture, at twice its size."""
    masks = []
    for outline in (one, other):
        mask = np.zeros((2 * shape[0], 2 * shape[1]), uint8)
        at = (np.clip(outline, -2e4, 2e4) * 2 + 0.5) * 16
        cv2.fillPoly(mask, [np.round(at).astype(np.int32)], 1, shift=4)
        masks.append(mask.astype(bool))
    union = int((masks[0] | masks[1]).sum())
    return int((masks[0] & masks[1]).sum()) / union if union else 0.0


def edges_off_px(
    found: NDArray[float64], deck: NDArray[float64], shape: tuple[int, ...]
) -> tuple[float, float] | None:
    """Give how far off the worse long edge is, and the deck's width: median over what is seen."""
    both = [_edges(found), _edges(deck)]
    if (both[1][0, -1] - both[1][0, 0]) @ (both[0][0, -1] - both[0][0, 0]) < 0:
        both[0] = both[0][:, ::-1]
    worst, widths = [], []
    for edge in both[1]:
        seen = (edge >= 0).all(axis=1) & (edge < np.array(shape[1::-1])).all(axis=1)
        if not seen.any():
            continue
        off = [_distance(edge[seen], other[0], other[-1]) for other in both[0]]
        worst.append(min(float(np.median(each)) for each in off))
        rest = both[1][1] if edge is both[1][0] else both[1][0]
        widths.append(float(np.median(_distance(edge[seen], rest[0], rest[-1]))))
    return (max(worst), float(np.mean(widths))) if worst else None


def _edges(outline: NDArray[float64]) -> NDArray[float64]:
    """Cut an outline of the form there and back into its two long edges."""
    half = len(outline) // 2
    share = np.linspace(0, 1, _SAMPLES)[:, None]
    first, second = outline[:half], outline[half:][::-1]
    return np.stack([each[0] + (each[-1] - each[0]) * share for each in (first, second)])


def _distance(
    points: NDArray[float64], start: NDArray[float64], end: NDArray[float64]
) -> NDArray[float64]:
    step = end - start
    normal = np.array([-step[1], step[0]]) / max(float(np.linalg.norm(step)), 1e-9)
    return np.asarray(np.abs((points - start) @ normal))


def _negative(name: str, series: str, tuning: bool, pixels: NDArray[uint8]) -> Asked:
    return Asked(name, series, "photo", "", "", tuning, pixels, None)


def _state(name: str) -> str:
    for word, state in (("collaps", "collapsed"), ("scorch", "scorched"), ("hole", "holed")):
        if word in name:
            return state
    return "intact"


def _media() -> Path:
    root = media_root()
    if root is None:
        raise SystemExit("set FORENSICS_MEDIA to the folder of real media")
    return root


def _read(path: Path) -> NDArray[uint8]:
    decoded = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if decoded is None:
        raise ValueError(f"{path} cannot be decoded")
    return np.ascontiguousarray(decoded[..., ::-1]).astype(uint8)
