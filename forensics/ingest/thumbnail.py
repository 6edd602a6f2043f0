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
    cells = []
    for frame in chosen:
        height, width = frame.pixels.shape[:2]
        size = (max(1, round(width * STRIP_HEIGHT_PX / height)), STRIP_HEIGHT_PX)
        cells.append(cv2.resize(frame.pixels, size, interpolation=cv2.INTER_AREA))
    return np.asarray(np.concatenate(cells, axis=1), dtype=uint8)


def _jpeg(pixels: Pixels) -> ArtefactBytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=_JPEG_QUALITY)
    return ArtefactBytes(buffer.getvalue(), ".jpg")
