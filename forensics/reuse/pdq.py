"""PDQ, the perceptual hash that pictures are searched by, as the two matrix products that it is.

Every step of PDQ from luma to coefficients is linear and works on rows and columns alike: two
box filters, a sampling to 64 x 64, a discrete cosine transform. Multiplied out beforehand they
are one matrix, and the hash costs a seventh of the reference implementation's, all eight
orientations little more than one. The tests compare every bit with the reference.
"""

from functools import cache

import numpy as np
from msgspec import Struct
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.vision.views import HASH_SIDE_PX, Pixels

PDQ_BYTES = 32

ORIENTATIONS: tuple[tuple[bool, int], ...] = tuple(
    (mirrored, clockwise_deg) for mirrored in (False, True) for clockwise_deg in (0, 90, 180, 270)
)
"""The eight ways to mirror and turn a picture: mirrored left to right first, then turned."""

# Double precision: another machine's linear algebra must round to the same bits.
_Matrix = NDArray[float64]

# All from the reference implementation, facebook/ThreatExchange, pdq/cpp.
_SAMPLES = 64
_COEFFICIENTS = 16
_BOX_PX = 4
_BOX_PASSES = 2
# Sample 0 is at row 4; both boxes together reach from two rows before it to four after.
_FIRST_ROW = 2
_QUALITY_STEP = 100 / 255
_QUALITY_DIVISOR = 90
_MAX_QUALITY = 100


class PdqHash(Struct, frozen=True):
    """A PDQ hash.

    Parameters
    ----------
    packed : bytes
        256 bits in 32 bytes.
    quality : int
        0 to 100; how much detail the picture has.
    """

    packed: bytes
    quality: int


def pdq(view: Pixels) -> PdqHash:
    """Compute the PDQ hash and quality of a picture.

    Parameters
    ----------
    view : (512, 512) uint8
        Luma, as `vision.views.hash_view` gives it; other sizes move the hash by up to 24 bits.

    Returns
    -------
    PdqHash
        The same bits and quality as the reference implementation's on this view.

    References
    ----------
    Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", 2019.

    Examples
    --------
    >>> import numpy as np
    >>> pdq(np.zeros((512, 512), dtype=np.uint8)).quality
    0
    """
    sampled = _sample_rows(view) @ _sampling().T
    return PdqHash(_bits(_cosines() @ sampled @ _cosines().T).tobytes(), _quality(sampled))


def pdq_orientations(view: Pixels) -> NDArray[uint8]:
    """Compute the PDQ hashes of a picture in all eight orientations.

    Parameters
    ----------
    view : (512, 512) uint8
        Luma.

    Returns
    -------
    (8, 32) uint8
        Packed hashes in the order of `ORIENTATIONS`.

    Notes
    -----
    To turn the picture is to read the matrix backwards, or the product across, so these are the
    hashes of the turned pixels. PDQ's own "dihedral" hashes turn the coefficients instead, and
    its sample grid is not symmetric: they were 6 to 24 bits off on three photographs.
    """
    ahead = _cosines() @ _sampling()
    back = ahead[:, ::-1]
    product = np.concatenate((ahead, back)) @ view.astype(float64)
    (upright, mirrored), (upside_down, turned) = (
        (rows @ ahead.T, rows @ back.T) for rows in np.split(product, 2)
    )
    coefficients = (
        *(upright, upside_down.T, turned, mirrored.T),
        *(mirrored, turned.T, upside_down, upright.T),
    )
    return np.stack([_bits(each) for each in coefficients])


def _sample_rows(view: Pixels) -> _Matrix:
    """Give `_sampling` @ view, without the products with zero: each sample sees a few rows."""
    step = HASH_SIDE_PX // _SAMPLES
    rows = np.zeros((HASH_SIDE_PX + _FIRST_ROW, HASH_SIDE_PX))
    rows[:HASH_SIDE_PX] = view
    windows = rows[_FIRST_ROW:].reshape(_SAMPLES, step, HASH_SIDE_PX)
    return np.asarray((_window_weights() @ windows)[:, 0], dtype=float64)


@cache
def _window_weights() -> NDArray[float64]:
    """Give the rows of `_sampling` where they are not zero: (64, 1, 8)."""
    step = HASH_SIDE_PX // _SAMPLES
    padded = np.pad(_sampling(), ((0, 0), (0, _FIRST_ROW)))
    starts = _FIRST_ROW + step * np.arange(_SAMPLES)
    return np.stack([padded[i : i + 1, x : x + step] for i, x in enumerate(starts)])


@cache
def _sampling() -> _Matrix:
    """Give the matrix of both box filters and the sampling to 64: (64, 512)."""
    box = np.zeros((HASH_SIDE_PX, HASH_SIDE_PX))
    for i in range(HASH_SIDE_PX):
        # The reference's window reaches one pixel back and two ahead, less at the ends.
        window = slice(max(0, i - 1), min(HASH_SIDE_PX, i - 1 + _BOX_PX))
        box[i, window] = 1 / (window.stop - window.start)
    centres = ((np.arange(_SAMPLES) + 0.5) * HASH_SIDE_PX / _SAMPLES).astype(int)
    return np.asarray(np.linalg.matrix_power(box, _BOX_PASSES)[centres], dtype=float64)


@cache
def _cosines() -> _Matrix:
    """Give the discrete cosine transform without its constant term: (16, 64)."""
    order = np.arange(1, _COEFFICIENTS + 1)[:, None]
    sample = 2 * np.arange(_SAMPLES)[None] + 1
    cosines = np.cos(np.pi / 2 / _SAMPLES * order * sample)
    return np.asarray(np.sqrt(2 / _SAMPLES) * cosines, dtype=float64)


def _bits(coefficients: _Matrix) -> NDArray[uint8]:
    values = coefficients.ravel()
    lower_median = np.partition(values, values.size // 2 - 1)[values.size // 2 - 1]
    # The reference numbers its bits from the last coefficient to the first.
    return np.packbits(values[::-1] > lower_median)


def _quality(sampled: _Matrix) -> int:
    steps = (np.trunc(np.diff(sampled, axis=axis) * _QUALITY_STEP) for axis in (0, 1))
    total = sum(float(np.abs(step).sum()) for step in steps)
    return min(_MAX_QUALITY, int(total / _QUALITY_DIVISOR))
