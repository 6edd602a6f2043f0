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
_INTACT = (_UNDAMAGED, _SOOT, _EARLIER)
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
            yield rendered_pair(earlier, later)


def rendered_pair(earlier: Path, later: Path) -> TruthPair:
    """Read two pictures of a bridge by their records; what both show damaged is no change."""
    first, second = _described(earlier), _described(later)
    bridge, what, view, *moved = later.stem.split("_")
    deck_to_before = np.array(first["camera"]["H_deck_to_image"])
    after_to_before = deck_to_before @ np.linalg.inv(second["camera"]["H_deck_to_image"])
    after_to_before = after_to_before / after_to_before[2, 2]
    is_null = second["state"] == "intact" or _worst(first) == _worst(second)
    nulls = second.get("nulls") or []
    mask = _mask(earlier, later, after_to_before)
    if is_null:
        mask[np.isin(mask, (Truth.SCORCH, Truth.HOLE, Truth.MISSING))] = Truth.NOTHING
    gap = 0.0 if is_null else second["truth"]["gap_pct"] / 100
    return TruthPair(
        name=f"{earlier.stem} {later.stem}" if "_before_" not in earlier.stem else later.stem,
        source=f"bridge {bridge[1:]}",
        origin="render",
        shows="deck",
        change=nulls[0] if nulls else ("nothing" if is_null else what),
        is_null=is_null,
        before=_picture(earlier.with_suffix(".jpg")),
        after=_picture(later.with_suffix(".jpg")),
        deck=_outline(deck_to_before, first["truth"]),
        mask=mask,
        after_to_before=after_to_before,
        view="_".join([view, *moved]),
        gap=gap,
        to_metres=np.linalg.inv(deck_to_before),
    )


def _mask(earlier: Path, later: Path, after_to_before: np.ndarray[Any, np.dtype[Any]]) -> Pixels:
    """Bring what happened from the later frame to the earlier one; Any: numpy's generics."""
    at_first = _grey(earlier.with_name(f"{earlier.stem}_dmg.png"))
    seen_first = _grey(earlier.with_name(f"{earlier.stem}_cls.png"))
    happened = _grey(later.with_name(f"{later.stem}_dmg.png"))
    hidden = _grey(later.with_name(f"{later.stem}_cls.png")) != _DECK_SEEN
    told = np.full(happened.shape, Truth.NOT_SEEN, np.uint8)
    told[np.isin(happened, (_UNDAMAGED, _EARLIER)) & ~hidden] = Truth.NOTHING
    told[(happened == _SOOT) & ~hidden] = Truth.SCORCH
    # Where it is gone something else is seen, so that what is seen there hides nothing.
    told[happened == _HOLE] = Truth.HOLE
    told[happened == _MISSING] = Truth.MISSING
    height, width = at_first.shape
    mask = cv2.warpPerspective(
        told,
        after_to_before,
        (width, height),
        flags=cv2.INTER_NEAREST,
        borderValue=int(Truth.NOT_SEEN),
    ).astype(np.uint8)
    mask[(at_first == _SOOT) & (mask == Truth.SCORCH)] = Truth.NOTHING
    mask[np.isin(at_first, (_HOLE, _MISSING))] = Truth.NOT_SEEN
    mask[(seen_first != _DECK_SEEN) & np.isin(at_first, _INTACT)] = Truth.NOT_SEEN
    mask[~np.isin(at_first, (*_INTACT, _HOLE, _MISSING))] = Truth.OUTSIDE
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


def _worst(record: dict[str, Any]) -> tuple[str, bool]:
    """Give the state of a record; holes are only counted there in older ones. Any: JSON."""
    return record["state"], record["truth"]["n_holes"] > 0


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
