"""Small pictures of an item for people to look at."""

import io
from collections.abc import Sequence

import cv2
import numpy as np
from numpy import uint8
from PIL import Image

from forensics.ingest.frame import Frame
from forensics.model.outcome import ArtefactBytes, Made
from forensics.vision.views import THUMB_SIDE_PX, Pixels, preview

STRIP_FRAMES = 6
"""Frames of a film strip, spread evenly over those that were examined."""

STRIP_HEIGHT_PX = 160

STRIP_CELL_WIDTH_PX = 640
"""Widest frame of a strip; a picture a thousand times as wide as high would fill the memory."""

_JPEG_QUALITY = 80


def make_thumbnail(frames: Sequence[Frame]) -> Made:
    """Make a thumbnail of an item, and a film strip when it has several pictures.

    Parameters
    ----------
    frames : sequence of Frame
        The pictures, at least one.

    Returns
    -------
    Made
        Artefacts ``thumb`` and, for several pictures, ``strip``: JPEG without metadata.
    """
    artefacts = {"thumb": _jpeg(preview(frames[0].pixels, longest_side_px=THUMB_SIDE_PX))}
    if len(frames) > 1:
        artefacts["strip"] = _jpeg(_strip(frames))
    return Made(None, artefacts)


def _strip(frames: Sequence[Frame]) -> Pixels:
    count = min(len(frames), STRIP_FRAMES)
    chosen = [frames[round(i * (len(frames) - 1) / (count - 1))] for i in range(count)]
    cells = [_cell(frame.pixels) for frame in chosen]
    return np.asarray(np.concatenate(cells, axis=1), dtype=uint8)


def _cell(pixels: Pixels) -> Pixels:
    """Scale a picture to the height of the strip; very wide ones to its widest cell."""
    height, width = pixels.shape[:2]
    scale = min(STRIP_HEIGHT_PX / height, STRIP_CELL_WIDTH_PX / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    shown = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=uint8)
    above = (STRIP_HEIGHT_PX - size[1]) // 2
    below = STRIP_HEIGHT_PX - size[1] - above
    return np.pad(shown, ((above, below), (0, 0), (0, 0)))


def _jpeg(pixels: Pixels) -> ArtefactBytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=_JPEG_QUALITY)
    return ArtefactBytes(buffer.getvalue(), ".jpg")
