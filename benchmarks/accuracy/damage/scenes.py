"""Rendered pairs with their truth: where the deck is, what happened to it, how it was degraded."""

import json
import re
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import cv2
import numpy as np
from accuracy.media import is_tuning, media_root
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.damage.strip import Strip, lay_strip
from forensics.vision.alignment import moved

BRIDGES = tuple(range(301, 309))
TUNING = tuple(each for each in BRIDGES if is_tuning(f"bridge {each}"))
"""Frozen by the project's rule for sources: 304, 305 and 307."""

TEST = tuple(each for each in BRIDGES if each not in TUNING)
STATES = {"null": "none", "scorch": "scorched", "holes": "holed", "collapsed": "collapsed"}
SOOT, HOLE, MISSING = 2, 3, 4
VEHICLE = 7
_NAME = re.compile(r"s(\d+)_([a-z]+)_([a-z]+)(?:_(\w+))?")


@dataclass(frozen=True, eq=False)
class Shot:
    """One render."""

    name: str
    pixels: NDArray[uint8]
    happened: NDArray[uint8]
    shown: NDArray[uint8]
    to_picture: NDArray[float64]
    box_m: tuple[float, float]
    gap: float

    @property
    def bridge(self) -> int:
        """Its number."""
        return int(self._parts()[1])

    @property
    def state(self) -> str:
        """What the deck's state is."""
        return STATES.get(self._parts()[2], "none")

    @property
    def view(self) -> str:
        """Kind of view, and how far it was moved."""
        parts = self._parts()
        return f"{parts[3]}_{parts[4]}" if parts[4] else str(parts[3])

    def corners(self) -> NDArray[float64]:
        """Give the deck's corners in the picture."""
        length, width = self.box_m[0] / 2, self.box_m[1] / 2
        box = np.array([[-length, -width], [length, -width], [length, width], [-length, width]])
        return moved(box, self.to_picture)

    def _parts(self) -> re.Match[str]:
        found = _NAME.fullmatch(self.name)
        if found is None:
            raise ValueError(self.name)
        return found


def root() -> Path:
    """Give the folder of the ladder."""
    media = media_root()
    if media is None:
        raise SystemExit("set FORENSICS_MEDIA to the folder of real media")
    return media / "scenes/ladder"


def load(name: str) -> Shot:
    """Read a render and its truth."""
    about = json.loads((root() / f"{name}.json").read_text())
    read = [cv2.imread(str(root() / f"{name}{end}")) for end in (".jpg", "_dmg.png", "_cls.png")]
    truth = about["truth"]
    return Shot(
        name,
        np.asarray(cv2.cvtColor(read[0], cv2.COLOR_BGR2RGB), dtype=uint8),
        np.asarray(read[1][..., 0]),
        np.asarray(read[2][..., 0]),
        np.array(about["camera"]["H_deck_to_image"]),
        (truth["deck_length_m"], truth["deck_width_m"]),
        truth["gap_pct"] / 100,
    )


def pairs(bridges: tuple[int, ...]) -> list[tuple[str, str]]:
    """Give before and after of every bridge, as the ladder has them."""
    found = []
    for path in sorted(root().glob("s*.json")):
        match = _NAME.fullmatch(path.stem)
        if match and int(match[1]) in bridges and match[2] != "before":
            found.append((f"s{match[1]}_before_{match[3]}", path.stem))
    return found


def null_pairs(bridges: tuple[int, ...]) -> list[tuple[str, str]]:
    """Give pairs in which nothing happened in between: both whole, or both scorched alike."""
    found = []
    for bridge in bridges:
        for view, step in (("nadir", "12"), ("oblique", "15")):
            whole = [
                f"s{bridge}_{each}"
                for each in (f"before_{view}", f"null_{view}_return", f"null_{view}_{step}")
            ]
            burnt = [f"s{bridge}_scorch_{view}_{each}" for each in ("return", step)]
            found += [*permutations(whole, 2), *permutations(burnt, 2)]
    return found


def true_map(before: Shot, after: Shot) -> NDArray[float64]:
    """Give the map before -> after on the deck."""
    return after.to_picture @ np.linalg.inv(before.to_picture)


def worst_px(matrix: NDArray[float64], before: Shot, after: Shot) -> float:
    """Measure the worst deck point seen in both, in pixels of before; maps after -> before."""
    length, width = before.box_m
    x, y = np.linspace(-length / 2, length / 2, 101), np.linspace(-width / 2, width / 2, 9)
    deck = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    places = [moved(deck, each.to_picture) for each in (before, after)]
    seen = np.ones(len(deck), dtype=bool)
    for at, each in zip(places, (before, after), strict=True):
        depth = np.c_[deck, np.ones(len(deck))] @ each.to_picture[2]
        seen &= (at >= 0).all(axis=1) & (at < each.pixels.shape[1::-1]).all(axis=1) & (depth > 0)
    if not seen.any():
        return 0.0
    off = np.linalg.norm(moved(places[1][seen], matrix) - places[0][seen], axis=1)
    return float(off.max())


def truth_strip(before: Shot, after: Shot, strip: Strip) -> NDArray[uint8]:
    """Give what happened between the two, on the strip: 1, 2, 3, 4; 7 hidden, 0 off the deck."""
    to_after = true_map(before, after) @ strip.matrix
    nearest = [
        _nearest(image, matrix, strip)
        for image, matrix in (
            (before.happened, strip.matrix),
            (before.shown, strip.matrix),
            (after.happened, to_after),
            (after.shown, to_after),
        )
    ]
    old, old_shown, new, new_shown = nearest
    result = new.copy()
    result[(old == new) & (new > 1)] = 1
    result[(new > MISSING)] = 0
    hidden = (old_shown == VEHICLE) | (new_shown == VEHICLE)
    result[hidden & (result != MISSING) & (result > 0)] = VEHICLE
    return result


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


def drawn(shot: Shot) -> Strip:
    """Lay the strip over the true deck."""
    return lay_strip(shot.corners())


def _nearest(image: NDArray[uint8], matrix: NDArray[float64], strip: Strip) -> NDArray[uint8]:
    rows, columns = strip.grid.shape
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(image, matrix, (columns, rows), flags=flags), dtype=uint8)
