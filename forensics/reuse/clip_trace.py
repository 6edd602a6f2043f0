"""The trace of a clip: what is kept of it to find its stretches again, without the file."""

import struct
from dataclasses import dataclass, replace
from typing import Self

import cv2
import numpy as np
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.reuse import clip_codec

ARCHIVE_RATE = 6.0
"""Frames a second that an archive keeps."""

QUERY_RATE = 25.0
"""Frames a second of a clip that is asked about: what falls between two kept frames of the archive
is found where it is."""

TRACE_SIDE_PX = 64
"""Longest side of the frames."""

_MIN_SIDE_PX = 8
_HEAD = struct.Struct("<4sBHHIQI")
_MAGIC, _VERSION = b"CLTR", 1
_MS = 1000.0
_MAX_RATE = 1000.0
_SLACK = 1e-3  # frames come this share of an interval early
_LAST_MS = np.iinfo(np.uint32).max


@dataclass(frozen=True, eq=False)
class ClipTrace:
    """Small grey frames of a clip and their times.

    Parameters
    ----------
    frames : (N, h, w) uint8
        Luma, upright; at most 64 pixels a side.
    times_s : (N,) float64
        Seconds after the first presented frame, ascending, to the millisecond.
    duration_s : float
        When the last frame ends.
    native_rate : float, optional
        Frames a second that the clip shows; 0 when it is not known.
    """

    frames: NDArray[uint8]
    times_s: NDArray[float64]
    duration_s: float
    native_rate: float = 0.0

    def __len__(self) -> int:
        """Count the frames."""
        return len(self.frames)

    def at_rate(self, rate: float) -> Self:
        """Leave frames out.

        Parameters
        ----------
        rate : float
            Frames a second to keep at most.

        Returns
        -------
        ClipTrace
            The first frame of every interval.
        """
        kept = _steady(self.times_s, rate)
        return replace(self, frames=self.frames[kept], times_s=self.times_s[kept])

    def to_bytes(self) -> bytes:
        """Pack the trace.

        Returns
        -------
        bytes
            For `from_bytes`. The frames lose 1.5 to 2.5 grey levels, the times nothing.
        """
        count, height, width = self.frames.shape
        duration_ms, rate = round(self.duration_s * _MS), round(self.native_rate * _MS)
        head = _HEAD.pack(_MAGIC, _VERSION, width, height, count, duration_ms, rate)
        times = np.rint(self.times_s * _MS).astype("<u4").tobytes()
        return head + times + clip_codec.pack(self.frames)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Unpack a trace.

        Parameters
        ----------
        data : bytes
            As `to_bytes` made them.

        Returns
        -------
        ClipTrace
            The trace.

        Raises
        ------
        ValueError
            When the bytes are damaged or of another version, or say something impossible.
        """
        if len(data) < _HEAD.size:
            raise ValueError(f"{len(data)} bytes are no trace of a clip")
        magic, version, width, height, count, duration_ms, rate = _HEAD.unpack_from(data)
        if (magic, version) != (_MAGIC, _VERSION):
            raise ValueError("not a trace of a clip, or one of another version")
        body = _HEAD.size + 4 * count
        if len(data) < body or count > clip_codec.MAX_FRAMES:
            raise ValueError("the trace of a clip is cut short")
        times_ms = np.frombuffer(data, dtype="<u4", count=count, offset=_HEAD.size)
        if count and (np.diff(times_ms.astype(int)) < 0).any():
            raise ValueError("the trace of a clip runs backwards")
        if duration_ms > _LAST_MS or (count and duration_ms < times_ms[-1]):
            raise ValueError("the trace of a clip ends before its last frame")
        frames = clip_codec.unpack(data[body:], shape=(count, height, width))
        return cls(frames, times_ms / _MS, duration_ms / _MS, rate / _MS)


def make_trace(
    frames: NDArray[uint8], times_s: NDArray[float64], *, rate: float = ARCHIVE_RATE
) -> ClipTrace:
    """Make the trace of a clip from its proxy.

    Parameters
    ----------
    frames : (N, h, w) uint8
        Luma of the frames, upright, of any size: what ``read_proxy`` gives.
    times_s : (N,) float64
        Presentation times, in seconds after the first presented frame.
    rate : float, optional
        Frames a second to keep at most: `ARCHIVE_RATE`, or `QUERY_RATE` for a query. Halved until
        no more than 14,400 are left.

    Returns
    -------
    ClipTrace
        Without frames when there are none whose time is known.
    """
    given = times_s[: len(frames)]
    known = np.isfinite(given) & (given >= 0) & (given < _LAST_MS / _MS)
    order = np.flatnonzero(known)[np.argsort(given[known], kind="stable")]
    if not len(order):
        return ClipTrace(np.zeros((0, 1, 1), uint8), np.zeros(0), 0.0)
    times = given[order]
    gap = float(np.median(np.diff(times))) if len(times) > 1 else 1.0 / rate
    kept = _steady(times, rate)
    while len(kept) > clip_codec.MAX_FRAMES:
        rate /= 2
        kept = _steady(times, rate)
    height, width = frames.shape[1:]
    shrink = min(1.0, TRACE_SIDE_PX / max(height, width))
    size = tuple(max(1, round(side * shrink)) for side in (width, height))
    small = np.stack(
        [cv2.resize(frames[at], size, interpolation=cv2.INTER_AREA) for at in order[kept]]
    )
    return ClipTrace(
        np.asarray(small, dtype=uint8),
        np.asarray(np.rint(times[kept] * _MS) / _MS, dtype=float64),
        float(min(times[-1] + gap, _LAST_MS / _MS)),
        min(1 / gap, _MAX_RATE) if gap > 0 else 0.0,
    )


def _steady(times: NDArray[float64], rate: float) -> NDArray[np.intp]:
    """Choose the first frame of every interval."""
    interval = np.floor(times * rate + _SLACK)
    return np.flatnonzero(np.r_[True, np.diff(interval) > 0])
