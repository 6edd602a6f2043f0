"""Perceptual hashes of pictures: PDQ to search with, pHash and dHash to exchange with others."""

from collections.abc import Iterable, Sequence

import imagehash
import numpy as np
import pdqhash
from numpy import uint8
from numpy.typing import NDArray
from PIL import Image

from forensics.ingest.media import Frame
from forensics.model.findings import FrameHash, ImageHashes
from forensics.vision.views import Pixels, hash_view

PREPROCESSING = "upright-srgb-area512/1"
"""Recipe from file to hashed pixels; it changes its number when hashes would change."""

PDQ_BYTES = 32

ORIENTATIONS: tuple[tuple[bool, int], ...] = tuple(
    (mirrored, clockwise_deg) for mirrored in (False, True) for clockwise_deg in (0, 90, 180, 270)
)
"""The eight ways to mirror and turn a picture: mirrored left to right first, then turned."""


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

    All three see the same 512 x 512 view; PDQ fed with other sizes moves by up to 24 of its 256
    bits.

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
    view = hash_view(pixels)
    bits, quality = pdqhash.compute(view)
    picture = Image.fromarray(view).convert("L")
    return FrameHash(
        moment_s=moment_s,
        pdq=np.packbits(bits).tobytes().hex(),
        quality=int(quality),
        phash=str(imagehash.phash(picture)),
        dhash=str(imagehash.dhash(picture)),
    )


def hash_orientations(pixels: Pixels) -> NDArray[uint8]:
    """Compute the PDQ hashes of a picture in all eight orientations.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        sRGB, the right way up.

    Returns
    -------
    (8, 32) uint8
        Packed hashes in the order of `ORIENTATIONS`.

    Notes
    -----
    PDQ can turn a hash inside its transform ("dihedral" hashes) for the price of one, but its
    sample grid is not symmetric: those hashes were 6 to 24 bits from the hash of the turned
    picture on three photographs, of a search radius of 31. Turning the pixels is exact.
    """
    view = hash_view(pixels)
    packed = [np.packbits(pdqhash.compute(orient(view, each))[0]) for each in ORIENTATIONS]
    return np.asarray(packed, dtype=uint8)


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
