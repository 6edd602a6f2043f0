"""A still as it is judged: its view in luma and colours."""

from dataclasses import dataclass

from numpy import uint8
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture as it is judged.

    Parameters
    ----------
    luma : (H, W) uint8
        Its view.
    chroma : (h, w, 2) uint8
        Cr and Cb of the same, smaller; 128 is colourless.
    size_px : (int, int)
        Width and height of the real picture.
    """

    luma: NDArray[uint8]
    chroma: NDArray[uint8]
    size_px: tuple[int, int]

    @property
    def view_px(self) -> tuple[int, int]:
        """Width and height of the view."""
        return self.luma.shape[1], self.luma.shape[0]
