"""Pairs from rendered scenes, as the same record: a folder of pictures, masks and cameras."""

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from accuracy.damage_truth.pair import Pixels, Truth, TruthPair

_DECK_SEEN = 3  # tools/scenes/truth.py: Seen.DECK
_UNDAMAGED, _SOOT, _HOLE, _MISSING, _EARLIER = 1, 2, 3, 4, 7  # Happened
_STEP_M = 2.0


def rendered_pairs(folder: Path) -> Iterator[TruthPair]:
    """Pair every later picture of a bridge with the earlier one of the same kind of view.

    Names are ``s<bridge>_<state or null-...>_<view>_<change>``; those that begin with ``before``
    are the earlier ones.
    """
    for later in sorted(folder.glob("s*_*.json")):
        bridge, what, *rest = later.stem.split("_")
        if what == "before" or not later.with_name(f"{later.stem}_dmg.png").is_file():
            continue
        earlier = folder / f"{bridge}_before_{rest[0]}.json"
        if earlier.is_file() and later.with_suffix(".jpg").is_file():
            yield _pair(earlier, later, source=f"bridge {bridge[1:]}", change=what)


def _pair(earlier: Path, later: Path, *, source: str, change: str) -> TruthPair:
    first, second = _described(earlier), _described(later)
    deck_to_before = np.array(first["camera"]["H_deck_to_image"])
    after_to_before = deck_to_before @ np.linalg.inv(second["camera"]["H_deck_to_image"])
    is_null = second["state"] == "intact"
    nulls = second.get("nulls") or []
    return TruthPair(
        name=later.stem,
        source=source,
        origin="render",
        shows="deck",
        change=nulls[0] if nulls else ("nothing" if is_null else change),
        is_null=is_null,
        before=_picture(earlier.with_suffix(".jpg")),
        after=_picture(later.with_suffix(".jpg")),
        deck=_outline(deck_to_before, first["truth"]),
        mask=_mask(earlier, later, after_to_before / after_to_before[2, 2]),
        after_to_before=after_to_before / after_to_before[2, 2],
    )


def _mask(earlier: Path, later: Path, after_to_before: np.ndarray[Any, np.dtype[Any]]) -> Pixels:
    """Bring what happened from the later frame to the earlier one; Any: numpy's generics."""
    intact = _grey(earlier.with_name(f"{earlier.stem}_dmg.png"))
    shown_before = _grey(earlier.with_name(f"{earlier.stem}_cls.png")) == _DECK_SEEN
    happened = _grey(later.with_name(f"{later.stem}_dmg.png"))
    hidden = _grey(later.with_name(f"{later.stem}_cls.png")) != _DECK_SEEN
    told = np.full(happened.shape, Truth.NOT_SEEN, np.uint8)
    told[np.isin(happened, (_UNDAMAGED, _EARLIER)) & ~hidden] = Truth.NOTHING
    told[(happened == _SOOT) & ~hidden] = Truth.SCORCH
    # Where it is gone something else is seen, so that what is seen there hides nothing.
    told[happened == _HOLE] = Truth.HOLE
    told[happened == _MISSING] = Truth.MISSING
    height, width = intact.shape
    mask = cv2.warpPerspective(
        told,
        after_to_before,
        (width, height),
        flags=cv2.INTER_NEAREST,
        borderValue=int(Truth.NOT_SEEN),
    ).astype(np.uint8)
    is_deck = np.isin(intact, (_UNDAMAGED, _EARLIER))
    mask[~shown_before] = Truth.NOT_SEEN
    mask[~is_deck] = Truth.OUTSIDE
    return mask


def _outline(
    deck_to_image: np.ndarray[Any, np.dtype[Any]], truth: dict[str, float]
) -> np.ndarray[Any, np.dtype[Any]]:
    """Outline the deck, only as far as it is in front of the camera."""
    half, side = truth["deck_length_m"] / 2, truth["deck_width_m"] / 2
    x = np.arange(-half, half + _STEP_M, _STEP_M).clip(-half, half)
    edge = np.stack([x, np.full(x.shape, -side), np.ones(x.shape)])
    other = np.stack([x[::-1], np.full(x.shape, side), np.ones(x.shape)])
    points = deck_to_image @ np.concatenate([edge, other], axis=1)
    # The sign of the middle of the picture: H is scaled by an unknown sign.
    front = points[2] * np.sign(np.median(points[2])) > 1e-3
    return np.asarray((points[:2] / points[2]).T[front], np.float64)


@lru_cache(maxsize=8)
def _described(path: Path) -> dict[str, Any]:  # Any: JSON
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def _picture(path: Path) -> Pixels:
    decoded = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if decoded is None:
        raise ValueError(f"{path} cannot be decoded")
    return np.ascontiguousarray(decoded[..., ::-1]).astype(np.uint8)


def _grey(path: Path) -> Pixels:
    decoded = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if decoded is None:
        raise ValueError(f"{path} cannot be decoded")
    return np.asarray(decoded, np.uint8)
