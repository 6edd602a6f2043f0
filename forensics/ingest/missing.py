"""Decode what is left of a broken picture, and measure what is not."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy import bool_, uint8
from numpy.typing import NDArray
from PIL import Image, ImageFile

from forensics.ingest.guard import guarded
from forensics.ingest.pixels import exif_orientation, finish, plain_rgb, turn
from forensics.model.outcome import Problem

_GREY, _OTHER = 128, 64
"""Fills of the memory a decoder writes into: where the results differ, it wrote nothing."""

MAX_GAP_BYTES = 1 << 28
"""A header may claim any length; more than this is not made up."""

_BLOCK_PX = 16
"""Codecs predict in blocks; garbage after the break may agree by chance in single pixels."""

_BAND_OF_MISSING = 0.9
"""A band along one side is named when it has this share of the missing pixels, and they of it."""

_LINE_GONE = 0.5
"""A row or column counts as gone from here on: codecs break off within a row of blocks."""

_SLACK = 0.1
"""Part of a side's length by which a break may be ragged."""

_NOISE = tuple(
    random.Random(seed).randbytes(4099).replace(b"\xff", b"\xfe")  # noqa: S311 - no secret
    for seed in range(3)
)
# Decoders give up on many made-up ends; the plainer ones pass more often but tell less sharply.
_FILLERS = (b"\0", b"\x55", b"\x40", b"\x04", *_NOISE, bytes(15) + b"\1")
_JPEG_END = b"\xff\xd9"

OpenPage = Callable[[bytes], Image.Image]


@dataclass(frozen=True, eq=False)
class Salvage:
    """What is left of a broken picture.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        The right way up; grey where nothing could be decoded.
    orientation : int
        EXIF orientation that was applied.
    missing : str
        Which part is missing, in words.
    """

    pixels: NDArray[uint8]
    orientation: int
    missing: str


def salvage_filled(data: bytes, open_page: OpenPage) -> Salvage | Problem:
    """Decode as much of a picture as there is, with a decoder that writes line by line.

    The picture is decoded twice, into memory filled with two different values. What differs
    afterwards was never written, so a dark or even part is not taken for missing.

    Parameters
    ----------
    data : bytes
        The broken file.
    open_page : callable
        Opens the picture in given bytes, ready to be loaded.

    Returns
    -------
    Salvage or Problem
        What is left, or why nothing is.
    """

    def decode(fill: int) -> Image.Image:
        image = open_page(data)
        image.im = _blank(image, fill).im
        try:
            return _loaded(image)
        except OSError:
            # libtiff's decoder gives up at the first bad strip; what it wrote before is there.
            if getattr(image, "tile", None):
                raise
            return _loaded(image)

    with _accept_truncated():
        first = guarded(lambda: decode(_GREY), doing="decoding what is left")
        second = guarded(lambda: decode(_OTHER), doing="decoding what is left")
    if isinstance(first, Problem):
        return first
    if isinstance(second, Problem):
        return second
    return _salvage(first, _differs(np.asarray(first), np.asarray(second)))


def salvage_jpeg(
    data: bytes, open_page: OpenPage, *, scans: int, gone: NDArray[bool_] | None = None
) -> Salvage | Problem:
    """Decode a JPEG that is cut short, as far as it goes.

    It is decoded with nothing and with noise in place of the missing end; where the results
    differ, the end was needed.

    Parameters
    ----------
    data : bytes
        The broken file.
    open_page : callable
        Opens the picture in given bytes, ready to be loaded.
    scans : int
        Scans that were begun; in the second and later ones only detail can be missing.
    gone : (rows, columns) bool, optional
        What is known to be missing, on a coarse grid, as stored: behind a restart marker the
        decoder begins anew, whatever stands in place of the missing end.

    Returns
    -------
    Salvage or Problem
        What is left, or why nothing is.
    """

    def decode(filler: bytes) -> Image.Image:
        return _loaded(open_page(data + filler + _JPEG_END))

    noise = _NOISE[0] * (len(data) // len(_NOISE[0]) + 1)
    first = guarded(lambda: decode(b""), doing="decoding what is left")
    if gone is not None and not isinstance(first, Problem):
        return _salvage(first, _enlarge(gone, first.height, first.width))
    second = guarded(lambda: decode(noise), doing="decoding what is left")
    if isinstance(first, Problem):
        return first
    if isinstance(second, Problem):
        return second
    unwritten = _downwards(_differs(np.asarray(first), np.asarray(second)))
    if scans > 1 and unwritten.any():
        return _whole(first, "the picture is there but coarser than it was made")
    return _salvage(first, unwritten)


def salvage_padded(data: bytes, open_page: OpenPage, *, length: int) -> Salvage | Problem:
    """Decode a picture whose decoder wants the whole file, with the missing end made up.

    Done with several made-up ends: what depends on them is missing.

    Parameters
    ----------
    data : bytes
        The file that is cut short.
    open_page : callable
        Opens the picture in given bytes, ready to be loaded.
    length : int
        Bytes that the file claims to have.

    Returns
    -------
    Salvage or Problem
        What is left, or why nothing is.
    """
    gap = length - len(data)
    if gap > MAX_GAP_BYTES:
        return Problem(f"{gap:,} bytes are missing")
    decoded: list[Image.Image] = []
    for filler in _FILLERS:
        whole = data + (filler * (gap // len(filler) + 1))[:gap]
        image = guarded(lambda: _loaded(open_page(whole)), doing="decoding what is left")  # noqa: B023 - called at once
        if isinstance(image, Problem):
            if image.advice:  # refused, as the next one would be
                return image
            continue
        decoded.append(image)
        if len(decoded) == 2:  # noqa: PLR2004 - a pair to compare
            first, second = decoded
            return _salvage(first, _downwards(_differs(np.asarray(first), np.asarray(second))))
    return Problem("nothing certain could be decoded")


def name_missing(missing: NDArray[bool_]) -> str:
    """Say which part of a picture is missing.

    Parameters
    ----------
    missing : (H, W) bool
        The right way up.

    Returns
    -------
    str
        For example ``the bottom 51 % of the picture is missing``.

    Examples
    --------
    >>> import numpy as np
    >>> name_missing(np.arange(40).reshape(10, 4) >= 28)
    'the bottom 30 % of the picture is missing'
    """
    share = float(missing.mean())
    if share == 0:
        return "the whole picture is there all the same"
    turned = {"bottom": missing, "top": missing[::-1], "right": missing.T, "left": missing.T[::-1]}
    for is_band in (_is_clean_band, _is_ragged_band):
        for side, towards_end in turned.items():
            if is_band(towards_end, share):
                return f"the {side} {_percent(share)} of the picture is missing"
    return f"{_percent(share)} of the picture is missing, in several places"


def _is_clean_band(missing: NDArray[bool_], _: float) -> bool:
    gone = _trailing(missing.mean(axis=1) >= _LINE_GONE)
    if not 0 < gone < len(missing):
        return False
    band = missing[-gone:]
    return bool(min(band.mean(), band.sum() / missing.sum()) >= _BAND_OF_MISSING)


def _is_ragged_band(missing: NDArray[bool_], share: float) -> bool:
    reach = int(np.ceil((share + _SLACK) * len(missing)))
    return bool(reach < len(missing) and missing[-reach:].sum() >= _BAND_OF_MISSING * missing.sum())


def _salvage(image: Image.Image, unwritten: NDArray[bool_]) -> Salvage | Problem:
    if unwritten.all():
        return Problem("nothing of the picture could be decoded")
    orientation = exif_orientation(image)
    stored = np.array(plain_rgb(image))
    if stored.ndim == 2:  # noqa: PLR2004 - grey
        stored = np.repeat(stored[:, :, None], 3, axis=2)
    stored[unwritten] = _GREY
    upright = turn(unwritten, orientation)
    return Salvage(finish(stored, orientation), orientation, name_missing(upright))


def _whole(image: Image.Image, missing: str) -> Salvage:
    orientation = exif_orientation(image)
    return Salvage(finish(plain_rgb(image), orientation), orientation, missing)


def _loaded(image: Image.Image) -> Image.Image:
    image.load()
    return image


def _blank(image: Image.Image, fill: int) -> Image.Image:
    if image.mode == "1":
        return Image.new("1", image.size, 255 * (fill == _GREY))
    bands = len(image.getbands())
    return Image.new(image.mode, image.size, fill if bands == 1 else (fill,) * bands)


def _differs(first: NDArray[np.generic], second: NDArray[np.generic]) -> NDArray[bool_]:
    if first.shape != second.shape:
        return np.ones(first.shape[:2], bool_)
    differs = first != second
    return np.asarray(differs.any(axis=2) if differs.ndim > 2 else differs, bool_)  # noqa: PLR2004


def _enlarge(grid: NDArray[bool_], height: int, width: int) -> NDArray[bool_]:
    rows = np.arange(height) * grid.shape[0] // height
    columns = np.arange(width) * grid.shape[1] // width
    return np.asarray(grid[np.ix_(rows, columns)])


def _downwards(differs: NDArray[bool_]) -> NDArray[bool_]:
    """Mark everything below a marked pixel, a block wide: pictures are coded from the top."""
    height, width = differs.shape
    columns = -(-width // _BLOCK_PX)
    padded = np.zeros((height, columns * _BLOCK_PX), bool_)
    padded[:, :width] = differs
    stripes = padded.reshape(height, columns, _BLOCK_PX).any(axis=2)
    below = np.logical_or.accumulate(stripes, axis=0)
    return below.repeat(_BLOCK_PX, axis=1)[:, :width]


def _trailing(flags: NDArray[bool_]) -> int:
    return len(flags) if flags.all() else int(np.argmin(flags[::-1]))


def _percent(share: float) -> str:
    percent = round(share * 100)
    return f"{percent} %" if percent else "edge (less than 1 %)"


@contextmanager
def _accept_truncated() -> Iterator[None]:
    # Pillow offers this only as a global; items are examined one at a time in a process.
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
