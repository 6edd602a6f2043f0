"""Perceptual hashes of pictures: PDQ to search with, pHash and dHash to exchange with others."""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy import uint8
from numpy.typing import NDArray
from PIL import Image

from forensics.ingest.frame import Frame
from forensics.model.findings import FrameHash, ImageHashes
from forensics.reuse.pdq import ORIENTATIONS, PDQ_BYTES, pdq, pdq_orientations
from forensics.vision.views import Pixels, grey, hash_view

__all__ = [
    "ORIENTATIONS",
    "PDQ_BYTES",
    "PREPROCESSING",
    "hash_frames",
    "hash_image",
    "hash_orientations",
    "orient",
    "unpack_hex",
]

PREPROCESSING = "upright-luma-area512/1"
"""Recipe from file to hashed pixels; it changes its number when hashes would change."""

_SMALL_SIDE_PX = 128
"""pHash and dHash shrink to 32 and 9 pixels; from here they cost a tenth and move by 0-2 bits."""


def hash_frames(frames: Sequence[Frame]) -> ImageHashes:
    """Hash every examined picture of an item.

    Parameters
    ----------
    frames : sequence of Frame
        The pictures, as `ingest.open_media` gives them.

    Returns
    -------
    ImageHashes
        One set of hashes a picture, in order of time.
    """
    return ImageHashes(
        PREPROCESSING, tuple(hash_image(f.pixels, moment_s=f.moment_s) for f in frames)
    )


def hash_image(pixels: Pixels, *, moment_s: float | None = None) -> FrameHash:
    """Hash one picture with PDQ, pHash and dHash.

    All three see the same 512 x 512 luma; PDQ fed with other sizes moves by up to 24 of its 256
    bits. JPEGs are decoded at a reduced scale first; what that moves is printed by
    ``benchmarks/accuracy/decode.py``.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        sRGB, the right way up.
    moment_s : float, optional
        Seconds after the first presented frame; None for a still.

    Returns
    -------
    FrameHash
        The hashes and PDQ's quality.

    Notes
    -----
    A hash says that two pictures look alike, never that one was made from the other: two views
    of one place before and after a strike can be as close as an edited copy.

    References
    ----------
    PDQ: Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm",
    2019. pHash: Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions",
    2010, as in imagehash.

    Examples
    --------
    >>> import numpy as np
    >>> ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 256, axis=0)
    >>> len(hash_image(np.repeat(ramp, 3, axis=2)).pdq)
    64
    """
    # It brings SciPy, which is slow to load; only what hashes needs it.
    import imagehash

    view = hash_view(grey(pixels))
    hashed = pdq(view)
    small = cv2.resize(view, (_SMALL_SIDE_PX,) * 2, interpolation=cv2.INTER_AREA)
    picture = Image.fromarray(np.asarray(small, dtype=uint8))
    return FrameHash(
        moment_s=moment_s,
        pdq=hashed.packed.hex(),
        quality=hashed.quality,
        phash=str(imagehash.phash(picture)),
        dhash=str(imagehash.dhash(picture)),
    )


def hash_orientations(pixels: Pixels) -> NDArray[uint8]:
    """Compute the PDQ hashes of a picture in all eight orientations.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) uint8
        Grey or sRGB, the right way up.

    Returns
    -------
    (8, 32) uint8
        Packed hashes in the order of `ORIENTATIONS`.
    """
    luma = pixels if pixels.ndim == 2 else grey(pixels)  # noqa: PLR2004 - grey has two axes
    return pdq_orientations(hash_view(luma))


def orient(pixels: Pixels, orientation: tuple[bool, int]) -> Pixels:
    """Mirror a picture left to right when asked, then turn it clockwise.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) uint8
        The picture.
    orientation : (bool, int)
        Whether to mirror, and degrees clockwise: 0, 90, 180 or 270.

    Returns
    -------
    ndarray
        The turned picture.
    """
    mirrored, clockwise_deg = orientation
    flipped = pixels[:, ::-1] if mirrored else pixels
    return np.ascontiguousarray(np.rot90(flipped, k=-clockwise_deg // 90))


def unpack_hex(hashes: Iterable[str]) -> NDArray[uint8]:
    """Turn hexadecimal PDQ hashes into packed bytes.

    Parameters
    ----------
    hashes : iterable of str
        64 hexadecimal digits each.

    Returns
    -------
    (N, 32) uint8
        Packed hashes.
    """
    packed = b"".join(bytes.fromhex(text) for text in hashes)
    return np.frombuffer(packed, dtype=uint8).reshape(-1, PDQ_BYTES)
