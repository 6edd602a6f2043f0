"""Which decoded frames of a video are kept, and how they are turned upright."""

import struct
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from av.sidedata.sidedata import SideDataContainer
from av.sidedata.sidedata import Type as SideDataType
from av.video.frame import VideoFrame
from numpy import uint8
from numpy.typing import NDArray

from forensics.ingest.frame import Frame
from forensics.vision.views import FRAME_SIDE_PX

SAMPLE_EVERY_S = 1.0
"""Steady sampling of what is decoded, beside the keyframes."""

KEYFRAME_GAP_S = 0.25
"""Keyframes closer than this to the last kept frame add nothing: all-intra video has only such."""

MAX_KEPT_FRAMES = 240
"""Frames kept at most; beyond, every second is dropped and the gap doubled."""

_FIXED_POINT = 65536.0  # display matrices are 16.16 fixed point (ISO/IEC 14496-12, 6.2.2)


@dataclass
class KeptFrames:
    """The frames that are kept: keyframes and a steady sample, thinned to a bound.

    Parameters
    ----------
    every_s : float
        Current distance of the steady sample.
    frames : list of Frame
        In the order they came.
    """

    every_s: float = SAMPLE_EVERY_S
    frames: list[Frame] = field(default_factory=list)

    def wants(self, moment_s: float, *, keyframe: bool) -> bool:
        """Say whether a frame at this moment would be kept.

        Parameters
        ----------
        moment_s : float
            Seconds after the first frame.
        keyframe : bool
            Whether it is coded on its own.

        Returns
        -------
        bool
            True for the first one, the first of each interval, and keyframes apart from others.
        """
        if not self.frames:
            return True
        last_s = self.frames[-1].moment_s or 0.0
        if int(moment_s / self.every_s) > int(last_s / self.every_s):
            return True
        gap_s = KEYFRAME_GAP_S * self.every_s / SAMPLE_EVERY_S
        return keyframe and moment_s - last_s >= gap_s

    def keep(self, frame: Frame) -> None:
        """Take a frame in, and thin what is kept when it grew too much.

        Parameters
        ----------
        frame : Frame
            The frame.
        """
        self.frames.append(frame)
        if len(self.frames) > MAX_KEPT_FRAMES:
            self.frames = self.frames[::2]
            self.every_s *= 2

    def in_order(self) -> tuple[Frame, ...]:
        """Give what was kept in order of time, counted from the earliest.

        Returns
        -------
        tuple of Frame
            Broken clocks may run backwards; the order is right all the same.
        """
        ordered = sorted(self.frames, key=lambda frame: frame.moment_s or 0.0)
        start_s = min(0.0, ordered[0].moment_s or 0.0) if ordered else 0.0
        if start_s == 0.0:
            return tuple(ordered)
        return tuple(
            Frame(round((each.moment_s or 0.0) - start_s, 6), each.pixels, each.keyframe)
            for each in ordered
        )


def turn_upright(frame: VideoFrame) -> tuple[NDArray[uint8], int]:
    """Give a decoded frame's pixels after its display matrix.

    Parameters
    ----------
    frame : VideoFrame
        As decoded.

    Returns
    -------
    pixels : (H, W, 3) uint8
        sRGB, the longest side at most `vision.views.FRAME_SIDE_PX`.
    rotation_deg : {0, 90, 180, 270}
        The clockwise turn that was applied; where the matrix mirrors too, the turn after a
        left-right mirroring. Matrices that ask for other angles are taken to the nearest turn.
    """
    scale = min(1.0, FRAME_SIDE_PX / max(frame.width, frame.height))
    small = frame.reformat(
        width=max(1, round(frame.width * scale)),
        height=max(1, round(frame.height * scale)),
        format="rgb24",
        interpolation="AREA",
    )
    return apply_display_matrix(np.asarray(small.to_ndarray(), uint8), frame)


def apply_display_matrix(pixels: NDArray[uint8], frame: VideoFrame) -> tuple[NDArray[uint8], int]:
    """Turn a decoded frame's pixels as its display matrix asks.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        As stored, at any size.
    frame : VideoFrame
        Where the matrix stands.

    Returns
    -------
    pixels : (H, W, 3) uint8
        Upright and contiguous.
    rotation_deg : {0, 90, 180, 270}
        As `turn_upright` gives it.
    """
    a, b, c, d = _display_matrix(frame)
    if abs(a) + abs(d) >= abs(b) + abs(c):
        pixels = pixels[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1]
        rotation_deg = 180 if d < 0 else 0
    else:
        pixels = pixels.transpose(1, 0, 2)[:: -1 if b < 0 else 1, :: -1 if c < 0 else 1]
        rotation_deg = 90 if c < 0 else 270
    return np.ascontiguousarray(pixels), rotation_deg


def _display_matrix(frame: VideoFrame) -> tuple[float, float, float, float]:
    """Return a, b, c, d of x' = a x + c y, y' = b x + d y (ISO/IEC 14496-12, 6.2.2)."""
    try:
        side_data = cast("SideDataContainer", frame.side_data)[SideDataType.DISPLAYMATRIX]
    except KeyError:
        return 1.0, 0.0, 0.0, 1.0
    values = struct.unpack("=9i", bytes(side_data)[: struct.calcsize("=9i")])
    a, b, c, d = (values[i] / _FIXED_POINT for i in (0, 1, 3, 4))
    return a, b, c, d
