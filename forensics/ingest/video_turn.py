"""Give decoded frames as arrays: the right way up, small, and in the colours asked for."""

import struct
from dataclasses import dataclass, field
from typing import cast

import cv2
import numpy as np
from av.sidedata.sidedata import SideDataContainer
from av.sidedata.sidedata import Type as SideDataType
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy import uint8
from numpy.typing import NDArray

_GREY = "gray"
_FIXED_POINT = 65536.0  # display matrices are 16.16 fixed point (ISO/IEC 14496-12, 6.2.2)


@dataclass(frozen=True)
class Turn:
    """What a display matrix asks for, to the nearest quarter turn.

    Parameters
    ----------
    rotation_deg : {0, 90, 180, 270}
        The clockwise turn; where the matrix mirrors too, the turn after a left-right mirroring.
    mirrored : bool
        Whether it mirrors.

    Examples
    --------
    >>> Turn(90).apply(np.array([[1, 2]], np.uint8)).tolist()
    [[1], [2]]
    """

    rotation_deg: int = 0
    mirrored: bool = False

    def apply(self, pixels: NDArray[uint8]) -> NDArray[uint8]:
        """Mirror and turn a picture.

        Parameters
        ----------
        pixels : (H, W) or (H, W, 3) uint8
            As stored.

        Returns
        -------
        ndarray
            As it is to be seen: a view where possible.
        """
        if self.mirrored:
            pixels = pixels[:, ::-1]
        return np.rot90(pixels, k=-self.rotation_deg // 90) if self.rotation_deg else pixels


@dataclass
class Scaler:
    """Scale the frames of one clip, with one persistent scaler.

    A scaler that is set up for every frame costs more than the scaling.

    Parameters
    ----------
    side_px : int
        Longest side of what it gives; smaller pictures are not enlarged.
    pixel_format : {"gray", "rgb24"}
        What it gives: full-range luma, or sRGB.
    """

    side_px: int
    pixel_format: str
    _reformatter: VideoReformatter = field(init=False, default_factory=VideoReformatter)

    def scale(self, frame: VideoFrame) -> NDArray[uint8]:
        """Scale one frame by area.

        Parameters
        ----------
        frame : VideoFrame
            As decoded, in any pixel format.

        Returns
        -------
        (H, W) or (H, W, 3) uint8
            Not yet turned.
        """
        share = min(1.0, self.side_px / max(frame.width, frame.height))
        small = self._reformatter.reformat(
            frame,
            width=max(1, round(frame.width * share)),
            height=max(1, round(frame.height * share)),
            format=self.pixel_format,
            interpolation="AREA",
            threads=1,  # by default a pool of threads is started, which costs more than it gains
        )
        if self.pixel_format != _GREY:
            return cast("NDArray[uint8]", small.to_ndarray())
        plane = small.planes[0]  # a third of the time of `to_ndarray`
        rows = np.frombuffer(memoryview(plane), dtype=uint8).reshape(plane.height, plane.line_size)
        return rows[:, : plane.width].copy()


def read_turn(frame: VideoFrame) -> Turn:
    """Read a frame's display matrix.

    PyAV copies all side data of a frame for it, which may take as long as half a decode: it is
    for the few frames that are kept.

    Parameters
    ----------
    frame : VideoFrame
        As decoded.

    Returns
    -------
    Turn
        How to turn it upright.
    """
    try:
        side_data = cast("SideDataContainer", frame.side_data)[SideDataType.DISPLAYMATRIX]
    except KeyError:
        return Turn()
    values = struct.unpack("=9i", bytes(side_data)[: struct.calcsize("=9i")])
    # x' = a x + c y, y' = b x + d y (ISO/IEC 14496-12, 6.2.2)
    a, b, c, d = (values[i] / _FIXED_POINT for i in (0, 1, 3, 4))
    mirrored = a * d - b * c < 0
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Turn(180 if d < 0 else 0, mirrored)
    return Turn(90 if c < 0 else 270, mirrored)


def fitted(pixels: NDArray[uint8], shape: tuple[int, ...]) -> NDArray[uint8]:
    """Give a picture the size of the first one: pictures may change size within a clip.

    Parameters
    ----------
    pixels : (H, W) uint8
        The picture.
    shape : (int, int)
        Height and width wanted.

    Returns
    -------
    ndarray
        The same picture, or one stretched to that size.
    """
    if pixels.shape == shape:
        return pixels
    size = (shape[1], shape[0])
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=uint8)
