"""Encode pictures that a step made as the bytes of a file."""

import cv2
import numpy as np

from forensics.model.outcome import ArtefactBytes
from forensics.vision.views import Pixels

JPEG_QUALITY = 88
"""For pictures that people look at and nothing is measured on."""

_COLOUR_AXES = 3


def png(pixels: Pixels) -> ArtefactBytes:
    """Encode a picture without loss.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) uint8
        Grey, or sRGB.

    Returns
    -------
    ArtefactBytes
        A PNG; the same pixels always give the same bytes.
    """
    _, encoded = cv2.imencode(".png", _as_opencv(pixels))
    return ArtefactBytes(encoded.tobytes(), ".png")


def jpeg(pixels: Pixels) -> ArtefactBytes:
    """Encode a picture for people to look at.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) uint8
        Grey, or sRGB.

    Returns
    -------
    ArtefactBytes
        A JPEG; the same pixels always give the same bytes.
    """
    options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    _, encoded = cv2.imencode(".jpg", _as_opencv(pixels), options)
    return ArtefactBytes(encoded.tobytes(), ".jpg")


def _as_opencv(pixels: Pixels) -> Pixels:
    swapped = pixels[..., ::-1] if pixels.ndim == _COLOUR_AXES else pixels
    return np.ascontiguousarray(swapped)
