"""When the frames of a clip are presented, and one of them at full size."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy import float64, uint8
from numpy.typing import NDArray

MOMENT_DIGITS = 6
"""Moments are rounded to a microsecond, as everywhere in this package."""


@dataclass(frozen=True, eq=False)
class Timeline:
    """The moments at which the frames of a clip are presented.

    Parameters
    ----------
    moments_s : (N,) float64
        Ascending, in seconds after the first presented frame; N is at least 1.
    end_s : float
        When the last frame stops being shown, as far as the file says.
    runs_back : bool, optional
        Whether the clip's clock does: then the order of moments is not the order of the frames.
    """

    moments_s: NDArray[float64]
    end_s: float
    runs_back: bool = False

    def shown_at(self, moment_s: float) -> int:
        """Give the frame that is on the screen at a moment.

        Parameters
        ----------
        moment_s : float
            Seconds after the first presented frame.

        Returns
        -------
        int
            Position in `moments_s` of the last frame presented at that moment or before; the
            first for moments before it.
        """
        return max(0, int(np.searchsorted(self.moments_s, moment_s, side="right")) - 1)

    def between(self, start_s: float, end_s: float) -> Sequence[int]:
        """Give the frames that are presented within a stretch.

        Parameters
        ----------
        start_s, end_s : float
            Seconds after the first presented frame; the end does not belong to it.

        Returns
        -------
        sequence of int
            Positions in `moments_s`; empty when no frame begins there. Of frames at the same moment
            it is the last, which `shown_at` gives too.
        """
        first, last = np.searchsorted(self.moments_s, (start_s, end_s), side="left")
        positions = range(int(first), int(last))
        return [each for each in positions if self.shown_at(self.moments_s[each]) == each]


@dataclass(frozen=True, eq=False)
class ExactFrame:
    """One frame with every pixel the decoder gave.

    Parameters
    ----------
    moment_s : float or None
        Seconds after the first presented frame; None for a still.
    pixels : (H, W, 3) uint8
        sRGB, R-G-B, the right way up, at the stored size.
    keyframe : bool, optional
        Whether it is coded on its own.
    is_damaged : bool, optional
        Whether the decoder had to make up parts of it, or of a frame that it may rest on.
    pixel_aspect : Fraction, optional
        Width of a pixel to its height, of the picture the right way up.
    remarks : tuple of str, optional
        What a reader must know about the pixels, in sentences.
    """

    moment_s: float | None
    pixels: NDArray[uint8]
    keyframe: bool = True
    is_damaged: bool = False
    pixel_aspect: Fraction = field(default=Fraction(1))
    remarks: tuple[str, ...] = ()
