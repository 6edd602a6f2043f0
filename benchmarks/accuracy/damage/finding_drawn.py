"""Pictures drawn so that they hold bands and no bridge: stripes, boards, pages, plans, charts."""

from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy import uint8
from numpy.typing import NDArray

_EACH = 8
_SIZES = ((400, 600), (480, 640), (720, 1280), (500, 500))
_WORDS = ("the quick brown fox", "16 AUGUST 2024", "jumps over it all", "km 14 + 300", "left")


def drawings(*, tuning: bool) -> Iterator[tuple[str, NDArray[uint8]]]:
    """Draw all kinds, each with seeds of one half: name of the kind, pixels."""
    kinds: tuple[Callable[[np.random.Generator, int, int], NDArray[uint8]], ...] = (
        _stripes,
        _board,
        _page,
        _plan,
        _chart,
        _windows,
    )
    for kind in kinds:
        for number in range(_EACH):
            rng = np.random.default_rng(2 * number + (not tuning))
            height, width = _SIZES[number % len(_SIZES)]
            drawn = kind(rng, height, width)
            if rng.random() < 0.5:
                noise = rng.normal(0, 4, drawn.shape)
                drawn = np.clip(cv2.GaussianBlur(drawn, (0, 0), 0.8) + noise, 0, 255).astype(uint8)
            yield f"{kind.__name__.strip('_')}_{number}", drawn


def _stripes(rng: np.random.Generator, height: int, width: int) -> NDArray[uint8]:
    rows, columns = np.mgrid[:height, :width]
    turn = rng.choice([0.0, 90.0, *rng.uniform(0, 180, 4)]) * np.pi / 180
    along = columns * np.cos(turn) + rows * np.sin(turn)
    which = (along // rng.integers(8, 60)).astype(int) % 2
    return _colours(rng, 2)[which]


def _board(rng: np.random.Generator, height: int, width: int) -> NDArray[uint8]:
    rows, columns = np.mgrid[:height, :width]
    side = rng.integers(20, 70)
    return _colours(rng, 2)[(rows // side + columns // side) % 2]


def _page(rng: np.random.Generator, height: int, width: int) -> NDArray[uint8]:
    page = np.full((height, width, 3), rng.integers(225, 256), uint8)
    size, step = rng.uniform(0.5, 1.3), int(rng.integers(22, 46))
    for row in range(step, height, step):
        words = " ".join(rng.choice(_WORDS, 4))
        cv2.putText(page, words, (20, row), 0, size, (20, 20, 20), 1 + int(size), cv2.LINE_AA)
    if rng.random() < 0.6:
        top = int(rng.integers(0, height - 60))
        cv2.rectangle(page, (0, top), (width, top + int(rng.integers(20, 60))), _ink(rng), -1)
    return page


def _plan(rng: np.random.Generator, height: int, width: int) -> NDArray[uint8]:
    plan = np.full((height, width, 3), (236, 232, 220), uint8)
    x = np.linspace(0, width, 40)
    bank = height * rng.uniform(0.2, 0.8) + 30 * np.sin(x / rng.uniform(60, 200))
    wide = rng.uniform(30, 140)
    river = np.concatenate([np.c_[x, bank - wide], np.c_[x, bank + wide][::-1]])
    cv2.fillPoly(plan, [river.astype(np.int32)], (170, 211, 223))
    for _ in range(int(rng.integers(4, 12))):
        ends = rng.uniform(0, 1, 4) * (width, height, width, height)
        start, end = (int(ends[0]), int(ends[1])), (int(ends[2]), int(ends[3]))
        thick = int(rng.integers(4, 16))
        cv2.line(plan, start, end, (150, 150, 150), thick + 2, cv2.LINE_AA)
        cv2.line(plan, start, end, _road(rng), thick, cv2.LINE_AA)
    return plan


def _chart(rng: np.random.Generator, height: int, width: int) -> NDArray[uint8]:
    chart = np.full((height, width, 3), 250, uint8)
    count = int(rng.integers(4, 12))
    for number in range(count):
        top = number * height // count + 6
        end = int(width * rng.uniform(0.2, 0.95))
        cv2.rectangle(chart, (30, top), (end, top + height // count // 2), _ink(rng), -1)
    cv2.line(chart, (30, 0), (30, height), (60, 60, 60), 2)
    return chart


def _windows(rng: np.random.Generator, height: int, width: int) -> NDArray[uint8]:
    wall = np.full((height, width, 3), _ink(rng), uint8)
    step_x, step_y = int(rng.integers(30, 90)), int(rng.integers(40, 110))
    for row in range(10, height, step_y):
        cv2.rectangle(wall, (0, row - 8), (width, row - 4), (220, 220, 215), -1)
        for column in range(10, width, step_x):
            corner = (column + step_x // 2, row + step_y // 2)
            cv2.rectangle(wall, (column, row), corner, (40, 50, 60), -1)
    lean = rng.uniform(0, 0.25)
    start = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    end = start + np.array([[0, 0], [0, lean * height], [0, -lean * height], [0, 0]], np.float32)
    matrix = cv2.getPerspectiveTransform(start, end)
    return np.asarray(cv2.warpPerspective(wall, matrix, (width, height)), dtype=uint8)


def _colours(rng: np.random.Generator, count: int) -> NDArray[uint8]:
    return rng.integers(0, 256, (count, 3)).astype(uint8)


def _ink(rng: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = rng.integers(40, 200, 3)
    return int(red), int(green), int(blue)


def _road(rng: np.random.Generator) -> tuple[int, int, int]:
    return ((255, 255, 255), (252, 214, 164), (247, 250, 191))[int(rng.integers(0, 3))]
