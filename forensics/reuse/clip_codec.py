"""Pack small grey frames of a clip with loss: blocks of space and time, as transforms."""

import zlib

import numpy as np
from numpy import float32, int16, uint8
from numpy.typing import NDArray

STEP = 10.0
"""Width of a quantisation step; leaves 1.5 to 2.5 grey levels of error."""

MAX_SIDE_PX = 256
MAX_FRAMES = 14_400
"""Two hours at two frames a second."""

_BLOCK = 8
_CHUNK_FRAMES = 256  # are packed together: bounds the memory that unpacking takes
_LENGTH_BYTES = 4
_LEVEL = 6
_MIDDLE = 128.0
_AXES = ("ta,ub,vc,iajbkc->tuvijk", "ta,ub,vc,tuvijk->iajbkc")


def pack(frames: NDArray[uint8]) -> bytes:
    """Pack frames.

    Parameters
    ----------
    frames : (N, h, w) uint8
        Grey, of at most 256 pixels a side.

    Returns
    -------
    bytes
        For `unpack`.

    Notes
    -----
    Cubes of 8 x 8 pixels x 8 frames go through an orthonormal cosine transform; what is constant
    in time costs one frame of eight. Coefficients are rounded to steps of 10 and deflated,
    frequency by frequency. Nothing but zlib reads foreign bytes.
    """
    parts = []
    for start in range(0, len(frames), _CHUNK_FRAMES):
        part = frames[start : start + _CHUNK_FRAMES]
        pads = [(0, -side % _BLOCK) for side in part.shape]
        padded = np.pad(part, pads, mode="edge").astype(float32) - float32(_MIDDLE)
        t, h, w = (side // _BLOCK for side in padded.shape)
        cubes = padded.reshape(t, _BLOCK, h, _BLOCK, w, _BLOCK)
        turned = np.einsum(_AXES[0], _COSINES, _COSINES, _COSINES, cubes, optimize=True)
        packed = zlib.compress(np.rint(turned / STEP).astype("<i2").tobytes(), _LEVEL)
        parts.append(len(packed).to_bytes(_LENGTH_BYTES, "little") + packed)
    return b"".join(parts)


def unpack(data: bytes, *, shape: tuple[int, int, int]) -> NDArray[uint8]:
    """Unpack frames.

    Parameters
    ----------
    data : bytes
        As `pack` made them.
    shape : (int, int, int)
        Frames, height and width.

    Returns
    -------
    (N, h, w) uint8
        The frames, to within the rounding.

    Raises
    ------
    ValueError
        When the bytes are damaged, or hold more or less than the shape says.
    """
    count, height, width = shape
    if not (0 <= count <= MAX_FRAMES and 0 < height <= MAX_SIDE_PX and 0 < width <= MAX_SIDE_PX):
        raise ValueError(f"no frames of shape {shape} are packed")
    frames = np.empty(shape, dtype=uint8)
    at = 0
    for start in range(0, count, _CHUNK_FRAMES):
        many = min(_CHUNK_FRAMES, count - start)
        length = int.from_bytes(data[at : at + _LENGTH_BYTES], "little")
        at += _LENGTH_BYTES
        t, h, w = (-(-side // _BLOCK) for side in (many, height, width))
        whole = _inflated(data[at : at + length], t * h * w * _BLOCK**3 * int16().itemsize)
        at += length
        turned = np.frombuffer(whole, dtype="<i2").reshape(*[_BLOCK] * 3, t, h, w)
        cubes = np.einsum(
            _AXES[1], _COSINES, _COSINES, _COSINES, turned * float32(STEP), optimize=True
        ).reshape(t * _BLOCK, h * _BLOCK, w * _BLOCK)
        part = np.clip(np.rint(cubes + float32(_MIDDLE)), 0, np.iinfo(uint8).max)
        frames[start : start + many] = part[:many, :height, :width]
    if at != len(data):
        raise ValueError("packed frames are cut short or too long")
    return frames


def _inflated(data: bytes, size: int) -> bytes:
    opened = zlib.decompressobj()
    try:
        whole = opened.decompress(data, size + 1)
    except zlib.error as cause:
        raise ValueError("packed frames are damaged") from cause
    if len(whole) != size or not opened.eof or opened.unused_data:
        raise ValueError("packed frames are cut short or too long")
    return whole


def _cosines() -> NDArray[float32]:
    """Rows are the orthonormal DCT-II of eight samples."""
    at = np.arange(_BLOCK)
    rows = np.sqrt(2 / _BLOCK) * np.cos((2 * at + 1) * at[:, None] * np.pi / (2 * _BLOCK))
    rows[0] /= np.sqrt(2)
    return np.asarray(rows, dtype=float32)


_COSINES = _cosines()
