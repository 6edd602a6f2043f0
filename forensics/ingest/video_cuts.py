"""Find hard cuts on the small grey frames of a clip, while it is decoded.

A frame that differs from the one before by much more than is usual at that point of the clip is
suspected. A suspicion holds when nothing seen in the half second before it is found again, wherever
the camera pointed and however bright, in the half second from it on. So a flash, an explosion, a
bird before the lens, a shake or a quick pan, after which the same scene is there, is no cut. And it
holds only where neighbouring frames of one shot are found in each other: else nothing can be told.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cached_property
from statistics import median
from typing import Any

import cv2
import numpy as np
from numpy import float32, uint8
from numpy.typing import NDArray

from forensics.calibration import load

WINDOW_S = 0.5
"""How far before and after a suspicion the same scene is looked for, in three frames or more."""

USUAL_FRAMES = 12
"""Changes that the usual one is the median of."""

MAX_COMPARISONS = 50_000
"""Comparisons of two frames a clip may cost: half a minute's work, enough for 2,000 cuts."""

_LOOKS = 5  # frames looked at in each window
_MIN_LOOKS = 3
_TRIED = 2  # displacements at which pictures are laid over each other, beside none
_MAX_OPEN = 16  # suspicions whose windows overlap
_SCENE_SIDE_PX = 64
_KEPT_TILES = 8  # of twelve: a third may be filled by fire or smoke, or hidden
_TILES = (3, 4)  # rows and columns in which scenes are compared
_MIN_SIDE_PX = 8  # below, a half of a tile is less than a pixel
_BLACK = 24.0  # grey level of the borders that are left out
_NOISE_POWER = 4.0  # variance below which a tile's structure is noise: 2 grey levels


@dataclass(frozen=True)
class Limits:
    """The thresholds, from ``ingest.cuts``.

    Parameters
    ----------
    min_change, min_ratio, max_likeness, min_contrast : float
        What each means stands in the calibration.
    """

    min_change: float
    min_ratio: float
    max_likeness: float
    min_contrast: float

    @classmethod
    def load(cls) -> "Limits":
        """Load those that ship with the package.

        Returns
        -------
        Limits
            The thresholds.
        """
        calibration = load("ingest.cuts")
        return cls(*(calibration.value(each.name) for each in fields(cls)))


@dataclass(eq=False)
class Suspicion:
    """A frame that may be the first of a new shot.

    Parameters
    ----------
    when_s : float
        Its presentation time.
    first : Scene
        The frame.
    before : tuple of Scene
        Frames before it, with something to recognise in each.
    looks : int
        Frames from it on that were compared with those.
    next_look_s : float
        When the next one is due.
    pictures : object
        Whatever the caller wants to find again when the suspicion holds.
    """

    when_s: float
    first: "Scene"
    before: tuple["Scene", ...]
    looks: int = 0
    next_look_s: float = 0.0
    pictures: Any = None  # the caller's


@dataclass(eq=False)
class Cuts:
    """Look for hard cuts while frames come in.

    Parameters
    ----------
    found_s : list of float
        Presentation times of the first frames of new shots.
    until_s : float or None
        Where the search was given up, after `MAX_COMPARISONS`; None when it was not.
    limits : Limits
        The thresholds.
    """

    found_s: list[float] = field(default_factory=list)
    until_s: float | None = None
    limits: Limits = field(default_factory=Limits.load)
    _open: list[Suspicion] = field(init=False, default_factory=list)
    _changes: deque[float] = field(init=False, default_factory=lambda: deque(maxlen=USUAL_FRAMES))
    _before: deque[tuple[float, "Scene"]] = field(
        init=False, default_factory=lambda: deque(maxlen=_LOOKS)
    )
    _last: "Scene | None" = field(init=False, default=None)
    _last_but_one: "Scene | None" = field(init=False, default=None)
    _recognisable: "Scene | None" = field(init=False, default=None)
    _comparisons: int = field(init=False, default=0)

    def add(self, grey: NDArray[uint8], when_s: float) -> Suspicion | None:
        """Take the next frame in.

        Parameters
        ----------
        grey : (h, w) uint8
            The frame; all are of one size.
        when_s : float
            Its presentation time.

        Returns
        -------
        Suspicion or None
            When it may be the first frame of a new shot. Hang on it what is wanted if so.
        """
        scene, last, earlier = Scene(grey), self._last, self._last_but_one
        self._last, self._last_but_one = scene, last
        suspicion = None
        if last is not None:
            change = cv2.norm(grey, last.grey, cv2.NORM_L1) / grey.size
            if self._is_unusual(change) and self.until_s is None:
                suspicion = self._suspect(scene, last, earlier, when_s)
            self._changes.append(change)
        self._remember(scene, when_s)
        return suspicion

    def settle(self, *, when_s: float | None) -> list[Suspicion]:
        """Look at the suspicions in the light of the last frame.

        Parameters
        ----------
        when_s : float or None
            Its presentation time; None at the end of the clip.

        Returns
        -------
        list of Suspicion
            Those that hold now; their times are in `found_s`.
        """
        if not self._open:
            return []
        held, waiting = [], []
        for each in self._open:
            if when_s is not None and each.first is not self._last and self._refutes(each, when_s):
                continue
            is_over = when_s is None or abs(when_s - each.when_s) >= WINDOW_S
            if is_over and each.looks >= _MIN_LOOKS:
                held.append(each)
            elif when_s is not None:
                waiting.append(each)
        self._open = waiting
        self.found_s += [each.when_s for each in held]
        return held

    def _is_unusual(self, change: float) -> bool:
        if change < self.limits.min_change:
            return False
        return not self._changes or change >= self.limits.min_ratio * median(self._changes)

    def _suspect(
        self, scene: "Scene", last: "Scene", earlier: "Scene | None", when_s: float
    ) -> Suspicion | None:
        if len(self._open) >= _MAX_OPEN or not self._is_recognisable(scene):
            return None
        past = [each for _, each in self._before]
        chosen = {id(each): each for each in (last, *past[:1], *past[len(past) // 2 :][:1])}
        before = [each for each in chosen.values() if self._is_recognisable(each)]
        if not before and self._recognisable is not None:
            before = [self._recognisable]  # the picture before black, or before a long flash
        suspicion = Suspicion(when_s, scene, tuple(before))
        if not before or self._finds_again(suspicion, scene):
            return None
        # Where frames of one shot are not found in each other, that two are not tells nothing.
        if earlier is not None and before[0] is last and not self._are_alike(earlier, last):
            return None
        self._open.append(suspicion)
        return suspicion

    def _refutes(self, suspicion: Suspicion, when_s: float) -> bool:
        """Say whether the last frame speaks against a suspicion."""
        scene = self._last
        is_due = suspicion.looks < _MIN_LOOKS or when_s >= suspicion.next_look_s
        if scene is None or not is_due or not self._is_recognisable(scene):
            return False
        suspicion.looks += 1
        suspicion.next_look_s = when_s + WINDOW_S / _LOOKS
        if suspicion.looks == 1 and not self._are_alike(suspicion.first, scene):
            return True
        if self._comparisons > MAX_COMPARISONS:
            self.until_s = when_s
        return self._finds_again(suspicion, scene)

    def _finds_again(self, suspicion: Suspicion, scene: "Scene") -> bool:
        return any(self._are_alike(each, scene) for each in suspicion.before)

    def _are_alike(self, one: "Scene", other: "Scene") -> bool:
        self._comparisons += 1
        return are_alike(one, other, limit=self.limits.max_likeness)

    def _is_recognisable(self, scene: "Scene") -> bool:
        return scene.contrast >= self.limits.min_contrast

    def _remember(self, scene: "Scene", when_s: float) -> None:
        if not self._before or abs(when_s - self._before[-1][0]) >= WINDOW_S / _LOOKS:
            self._before.append((when_s, scene))
            if self._is_recognisable(scene):
                self._recognisable = scene


@dataclass(frozen=True, eq=False)
class Scene:
    """A small grey frame, as it is compared with others.

    Parameters
    ----------
    grey : (h, w) uint8
        The frame.
    """

    grey: NDArray[uint8]

    @cached_property
    def small(self) -> NDArray[float32]:
        """The frame at 64 pixels on the longest side, slightly blurred."""
        height, width = self.grey.shape
        share = min(1.0, _SCENE_SIDE_PX / max(height, width))
        size = (max(1, round(width * share)), max(1, round(height * share)))
        return np.asarray(cv2.resize(self.grey, size, interpolation=cv2.INTER_AREA), dtype=float32)

    @cached_property
    def contrast(self) -> float:
        """Standard deviation of the grey levels: near zero for black, white and fog."""
        return float(cv2.meanStdDev(self.grey)[1].item())


def likeness(one: Scene, other: Scene) -> float:
    """Say how well one picture is found in another, whatever its brightness and small shifts.

    Five parts of one picture, half as wide and high, are looked for everywhere in the other; where
    the two best were found, and in place, the pictures are laid over each other and correlated in
    tiles.

    Parameters
    ----------
    one, other : Scene
        Pictures of one size.

    Returns
    -------
    float
        The mean correlation of the better two thirds of the tiles at the best displacement, -1 to
        1. A third that is filled by fire or smoke, or hidden, does not count.
    """
    return max(_likenesses(one, other))


def are_alike(one: Scene, other: Scene, *, limit: float) -> bool:
    """Say whether one picture is found in another, without looking on once it was found.

    Parameters
    ----------
    one, other : Scene
        Pictures of one size.
    limit : float
        The `likeness` that it takes.

    Returns
    -------
    bool
        Whether it is reached.
    """
    return any(each >= limit for each in _likenesses(one, other))


def _likenesses(one: Scene, other: Scene) -> Iterator[float]:
    """Give the likeness in place, and then where parts of one are found in the other."""
    first, second = _without_borders(one.small, other.small)
    height, width = first.shape
    if min(height, width) < _MIN_SIDE_PX:
        yield -1.0
        return
    yield _overlaid(first, second, 0, 0)
    high, wide = height // 2, width // 2
    found: list[tuple[float, int, int]] = []
    for top, left in (
        (high // 2, wide // 2), (0, 0), (0, width - wide), (height - high, 0),
        (height - high, width - wide),
    ):  # fmt: skip
        part = first[top : top + high, left : left + wide]
        if cv2.meanStdDev(part)[1].item() >= 1.0:
            scores = cv2.matchTemplate(second, part, cv2.TM_CCOEFF_NORMED)
            _, score, _, (x, y) = cv2.minMaxLoc(scores)
            found.append((score, x - left, y - top))
    tried = {(dx, dy) for _, dx, dy in sorted(found, reverse=True)[:_TRIED]}
    for dx, dy in tried - {(0, 0)}:
        yield _overlaid(first, second, dx, dy)


def _without_borders(
    one: NDArray[float32], other: NDArray[float32]
) -> tuple[NDArray[float32], NDArray[float32]]:
    """Leave out rows and columns at the edges that are black in both."""
    lit = np.maximum(one, other) > _BLACK
    if lit[0].any() and lit[-1].any() and lit[:, 0].any() and lit[:, -1].any():
        return one, other  # no border is black, as a rule
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    if not len(rows):
        return one, other
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    return np.ascontiguousarray(one[box]), np.ascontiguousarray(other[box])


def _overlaid(one: NDArray[float32], other: NDArray[float32], dx: int, dy: int) -> float:
    height, width = one.shape
    a = one[max(0, -dy) : height - max(0, dy), max(0, -dx) : width - max(0, dx)]
    b = other[max(0, dy) : height - max(0, -dy), max(0, dx) : width - max(0, -dx)]
    rows, columns = _TILES
    high, wide = a.shape[0] // rows, a.shape[1] // columns
    if not high or not wide:
        return -1.0
    x, y = (_in_tiles(each, high, wide) for each in (a, b))
    # Little structure in both, such as noise, must not count as likeness.
    xx, yy, xy = (np.einsum("tp,tp->t", *pair) for pair in ((x, x), (y, y), (x, y)))
    scores = np.sort(xy / (np.sqrt(xx * yy) + _NOISE_POWER * x.shape[1]))
    return float(scores[-_KEPT_TILES:].mean())


def _in_tiles(pixels: NDArray[float32], high: int, wide: int) -> NDArray[float32]:
    rows, columns = _TILES
    cut = pixels[: rows * high, : columns * wide].reshape(rows, high, columns, wide)
    tiles = cut.transpose(0, 2, 1, 3).reshape(rows * columns, -1)
    # `mean` takes three times as long, for arrays as small as these.
    means = np.add.reduce(tiles, axis=1, keepdims=True) / float32(tiles.shape[1])
    return np.asarray(tiles - means, dtype=float32)
