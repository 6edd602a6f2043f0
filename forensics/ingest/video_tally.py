"""Count what a video's packets say while they pass."""

from dataclasses import dataclass, field
from fractions import Fraction
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
    first_frame_s, last_frame_s, earliest_s : float or None
        Times of the first, the latest and the earliest decoded frame; the first is the earliest
        unless the clock runs backwards.
    untimed, backwards : int
        Decoded frames without any timestamp, and with an earlier one than the frame before.
    encrypted, broken_sound : int
        Packets of pictures that need a key, and packets of sound that could not be decoded.
    is_unordered : bool
        Whether packets carry the time at which they are stored, not the one of presentation.
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
    earliest_s: float | None = None
    untimed: int = 0
    backwards: int = 0
    encrypted: int = 0
    broken_sound: int = 0
    is_unordered: bool = False
    _lag: int | None = field(init=False, default=None)
    _bases: dict[int, tuple[int, int]] = field(init=False, default_factory=dict)

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
        return None if when is None else self._seconds(when, packet)

    def count(self, packet: "Packet[Any]") -> float | None:
        """Count a packet of the picture stream.

        Parameters
        ----------
        packet : Packet
            Not an empty one.

        Returns
        -------
        float or None
            Its time, as `time_of` gives it.
        """
        self.packets += 1
        self.keyframes += packet.is_keyframe
        self.broken += packet.is_corrupt
        self.encrypted += packet.has_sidedata("encryption_info")
        start_s = self.time_of(packet)
        # An edit list may leave packets out of the presentation; they are read but not shown.
        if start_s is not None and not packet.is_discard:
            self.start_s, self.end_s = self._widened(self.start_s, self.end_s, start_s, packet)
        return start_s

    def count_other(self, packet: "Packet[Any]") -> None:
        """Count a packet of any other stream.

        Parameters
        ----------
        packet : Packet
            Empty ones are passed over.
        """
        start_s = self.time_of(packet)
        if packet.size and start_s is not None:
            self.other_start_s, self.other_end_s = self._widened(
                self.other_start_s, self.other_end_s, start_s, packet
            )

    def time_of_frame(self, frame: VideoFrame, *, is_dense: bool = True) -> float:
        """Count a decoded frame and give its time.

        Parameters
        ----------
        frame : VideoFrame
            As decoded.
        is_dense : bool
            Whether all packets before it went to the decoder.

        Returns
        -------
        float
            Seconds on the container's clock. A frame without a timestamp follows the one before
            it by that one's duration.
        """
        self.decoded += 1
        self.broken += frame.is_corrupt
        before_s = self.last_frame_s
        # A keyframe that is decoded alone is shown at the time at which it is stored.
        when_s = self._in_order(frame) if self.is_unordered and is_dense else frame.time
        if when_s is None:
            self.untimed += 1
            when_s = before_s or 0.0
            if before_s is not None:
                when_s += float(frame.duration * (frame.time_base or 0))
        elif before_s is not None and when_s < before_s:
            self.backwards += 1
        if self.first_frame_s is None or self.earliest_s is None:
            self.first_frame_s = self.earliest_s = when_s
        self.earliest_s = min(self.earliest_s, when_s)
        self.last_frame_s = when_s
        return float(when_s)

    def _in_order(self, frame: VideoFrame) -> float | None:
        """Give the time of the packet that made the decoder give a frame, from the first one on.

        The decoder gives frames in the order of presentation, one for a packet, some packets late.
        """
        base = frame.time_base or Fraction(0)
        if frame.dts is None:  # the last ones: no packet follows
            before_s = self.last_frame_s
            return frame.time if before_s is None else before_s + float(frame.duration * base)
        if self._lag is None:
            self._lag = frame.dts - (frame.dts if frame.pts is None else frame.pts)
        return float((frame.dts - self._lag) * base)

    def _widened(
        self, start_s: float | None, end_s: float | None, at_s: float, packet: "Packet[Any]"
    ) -> tuple[float, float]:
        ticks = packet.duration
        until_s = at_s + (self._seconds(ticks, packet) if ticks else 0.0)
        # Comparisons, because `min` and `max` would take a third of the time of this method.
        return (
            at_s if start_s is None or at_s < start_s else start_s,
            until_s if end_s is None or until_s > end_s else end_s,
        )

    def _seconds(self, ticks: int, packet: "Packet[Any]") -> float:
        base = self._bases.get(packet.stream.index)
        if base is None:
            # PyAV makes a new Fraction each time it is asked, which takes longer than the rest.
            fraction = packet.time_base or Fraction(0)
            base = self._bases[packet.stream.index] = fraction.as_integer_ratio()
        return ticks * base[0] / base[1]


def _length(start_s: float | None, end_s: float | None) -> float | None:
    return None if start_s is None or end_s is None else end_s - start_s
