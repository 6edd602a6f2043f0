"""Count what a video's packets say while they pass."""

from dataclasses import dataclass
from typing import Any

from av.packet import Packet
from av.video.frame import VideoFrame


@dataclass
class Tally:
    """Packets, times and damage of one video stream, and how far the other streams reach.

    Parameters
    ----------
    packets, keyframes, broken, decoded : int
        Packets that are there, those marked as keyframes, corrupted packets or frames, decoded
        frames.
    start_s, end_s : float or None
        Span of the presented packets, on the container's clock.
    other_start_s, other_end_s : float or None
        The same of all other streams.
    first_frame_s, last_frame_s : float or None
        Times of the first and the latest decoded frame.
    untimed : int
        Decoded frames without any timestamp.
    rotation_deg : int
        Turn that the last kept frame needed.
    size : (int, int) or None
        Its width and height, the right way up.
    """

    packets: int = 0
    keyframes: int = 0
    broken: int = 0
    decoded: int = 0
    start_s: float | None = None
    end_s: float | None = None
    other_start_s: float | None = None
    other_end_s: float | None = None
    first_frame_s: float | None = None
    last_frame_s: float | None = None
    untimed: int = 0
    rotation_deg: int = 0
    size: tuple[int, int] | None = None

    @property
    def span_s(self) -> float:
        """Seconds of the video that have passed."""
        return self.duration_s or 0.0

    @property
    def duration_s(self) -> float | None:
        """Seconds from the start of the first to the end of the last presented packet."""
        return _length(self.start_s, self.end_s)

    @property
    def other_duration_s(self) -> float | None:
        """The same of the other streams."""
        return _length(self.other_start_s, self.other_end_s)

    def time_of(self, packet: "Packet[Any]") -> float | None:
        """Give a packet's time.

        Parameters
        ----------
        packet : Packet
            With a presentation timestamp, or at least a decoding one.

        Returns
        -------
        float or None
            Seconds on the container's clock.
        """
        when = packet.pts if packet.pts is not None else packet.dts
        return None if when is None or packet.time_base is None else float(when * packet.time_base)

    def count(self, packet: "Packet[Any]") -> None:
        """Count a packet of the picture stream.

        Parameters
        ----------
        packet : Packet
            Not an empty one.
        """
        self.packets += 1
        self.keyframes += int(packet.is_keyframe)
        self.broken += int(packet.is_corrupt)
        start_s = self.time_of(packet)
        # An edit list may leave packets out of the presentation; they are read but not shown.
        if start_s is None or packet.is_discard:
            return
        self.start_s, self.end_s = _widen(self.start_s, self.end_s, start_s, packet)

    def count_other(self, packet: "Packet[Any]") -> None:
        """Count a packet of any other stream.

        Parameters
        ----------
        packet : Packet
            Empty ones are passed over.
        """
        start_s = self.time_of(packet)
        if packet.size and start_s is not None:
            self.other_start_s, self.other_end_s = _widen(
                self.other_start_s, self.other_end_s, start_s, packet
            )

    def moment_of(self, frame: VideoFrame) -> float:
        """Count a decoded frame and give its moment.

        Parameters
        ----------
        frame : VideoFrame
            As decoded.

        Returns
        -------
        float
            Seconds after the first decoded frame. A frame without a timestamp follows the one
            before it by that one's duration.
        """
        self.decoded += 1
        self.broken += int(frame.is_corrupt)
        when_s = frame.time
        if when_s is None:
            self.untimed += 1
            when_s = self.last_frame_s or 0.0
            if self.last_frame_s is not None:
                when_s += float(frame.duration * (frame.time_base or 0))
        if self.first_frame_s is None:
            self.first_frame_s = when_s
        self.last_frame_s = when_s
        return round(when_s - self.first_frame_s, 6)


def _length(start_s: float | None, end_s: float | None) -> float | None:
    return None if start_s is None or end_s is None else end_s - start_s


def _widen(
    start_s: float | None, end_s: float | None, at_s: float, packet: "Packet[Any]"
) -> tuple[float, float]:
    until_s = at_s + float((packet.duration or 0) * (packet.time_base or 0))
    return (
        at_s if start_s is None else min(start_s, at_s),
        until_s if end_s is None else max(end_s, until_s),
    )
