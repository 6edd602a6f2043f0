"""One decoded picture, as the steps are given it."""

from dataclasses import dataclass

from numpy import uint8
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Frame:
    """One decoded picture of an item, at a size fit for hashing and thumbnails.

    Parameters
    ----------
    moment_s : float or None
        Seconds after the first presented frame; None for a still.
    pixels : (H, W, 3) uint8
        sRGB, R-G-B, the right way up; not larger than needed (see `vision.views`).
    keyframe : bool
        Whether it is coded on its own.
    """

    moment_s: float | None
    pixels: NDArray[uint8]
    keyframe: bool = True
