"""Small pictures for people are small, whatever the shape of what they show."""

import io

import numpy as np
import pytest
from PIL import Image

from forensics.ingest.frame import Frame
from forensics.ingest.thumbnail import STRIP_CELL_WIDTH_PX, STRIP_HEIGHT_PX, make_thumbnail


def _strip(height: int, width: int, *, count: int) -> Image.Image:
    frames = [Frame(float(n), np.full((height, width, 3), 200, np.uint8)) for n in range(count)]
    return Image.open(io.BytesIO(make_thumbnail(frames).artefacts["strip"].data))


@pytest.mark.parametrize(("height", "width"), [(1, 1024), (2, 1000), (576, 1024), (1024, 1)])
def test_strip_keeps_its_height_and_does_not_grow_without_bounds(height: int, width: int) -> None:
    strip = _strip(height, width, count=6)

    assert strip.height == STRIP_HEIGHT_PX
    assert strip.width <= 6 * STRIP_CELL_WIDTH_PX


def test_ordinary_frames_fill_the_strip() -> None:
    strip = _strip(576, 1024, count=3)

    assert strip.size == (3 * 284, STRIP_HEIGHT_PX)
    assert np.asarray(strip).min() > 190
