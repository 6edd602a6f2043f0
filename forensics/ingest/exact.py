"""Decode chosen frames of a clip: full size, upright, exactly those of a decode from its start.

The packets say when every frame is presented. Between two frames that are wanted, packets are
read and not decoded; decoding begins again at the keyframe before. Nothing is sought: every
packet gets the time that it has in a complete pass, with or without an index. Where that does not
hold (packets without times, a decoder that complains, a frame that does not come), the clip is
decoded from its start instead, which is right by definition.
"""

from array import array
from collections.abc import Collection, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from typing import Any, BinaryIO, cast

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy import float64, int64
from numpy.typing import NDArray

from forensics.ingest.guard import REFETCH, guarded
from forensics.ingest.packet_times import PacketTimes
from forensics.ingest.timeline import MOMENT_DIGITS, ExactFrame, Timeline
from forensics.ingest.video import DECLARING, declared_seconds, open_container
from forensics.ingest.video_end import name_faults
from forensics.ingest.video_reading import MAX_FRAME_PX, is_unordered, picture_stream
from forensics.ingest.video_tally import Tally
from forensics.ingest.video_turn import read_turn
from forensics.model.errors import UnreadableMedia
from forensics.model.item import SniffedType
from forensics.model.outcome import Problem

_EIGHT_BITS = 8
# A picture says that an earlier one, which was not decoded this time, is no longer needed.
_HARMLESS = "mmco: unref short failure"
_HDR = {16: "PQ", 18: "HLG"}  # ITU-T H.273, table 3
_Log = list[tuple[int, str, str]]


class ExactClip:
    """A clip whose frames can be decoded one by one.

    Parameters
    ----------
    file : binary file
        Open for reading as long as this is used.
    kind : SniffedType
        What `sniff` says it is; the demuxer is told and tries nothing else.

    Attributes
    ----------
    timeline : Timeline
        When its frames are presented.
    degraded : str or None
        What is missing of it; None when nothing is.

    Raises
    ------
    UnreadableMedia
        When no frame of it can be decoded.
    """

    def __init__(self, file: BinaryIO, kind: SniffedType) -> None:
        self._file = file
        self._kind = kind
        self._aspect = Fraction(1)
        self._is_unordered = False
        self._times, self.degraded = self._read_times()
        trusted = self._times.timeline(start_pts=self._first_pts())
        self._numbers: NDArray[int64] | None = None
        if trusted is None or self._is_unordered:
            self.timeline, self._numbers = self._read_frames()
        else:
            self.timeline = trusted

    def decode(self, positions: Collection[int]) -> Iterator[tuple[int, ExactFrame]]:
        """Decode frames in one pass over the clip.

        Parameters
        ----------
        positions : collection of int
            Which, as positions in `timeline`.

        Yields
        ------
        (int, ExactFrame)
            A position and its frame, in the order in which they are decoded. Where the frame of
            that moment cannot be decoded, it is the one that is on the screen then, with its own
            moment; where there is none, nothing.
        """
        missing = set(positions)
        if self._numbers is None:
            for position, frame in self._decode_by_time(missing):
                missing.discard(position)
                yield position, frame
        if missing:
            yield from self._decode_from_start(missing)

    @contextmanager
    def _stream(self) -> Iterator[VideoStream]:
        self._file.seek(0)
        opened = guarded(lambda: open_container(self._file, self._kind), doing="opening")
        if isinstance(opened, Problem):
            raise UnreadableMedia(opened.error, advice=REFETCH)
        with opened as container:
            stream = picture_stream(container)
            if stream is None:
                raise UnreadableMedia("no picture that can be decoded", advice=REFETCH)
            stream.codec_context.thread_count = 1
            self._aspect = stream.sample_aspect_ratio or Fraction(1)
            self._is_unordered = is_unordered(container)
            yield stream

    def _read_times(self) -> tuple[PacketTimes, str | None]:
        """Read the times of all packets, and say what is missing, as an examination does."""
        times, tally, broken_off = PacketTimes(), Tally(), list[str]()
        with _listening(), self._stream() as stream:
            container = _container(stream)
            is_declaring = self._kind.format in DECLARING
            declared_s = declared_seconds(container) if is_declaring else None
            for packet in _demuxed(container, broken_off):
                if packet.stream.index != stream.index:
                    tally.count_other(packet)
                elif packet.size:
                    tally.count(packet)
                    times.add(packet)
        ended_early = broken_off[0] if broken_off else None
        faults = name_faults(tally, declared_s=declared_s, ended_early=ended_early)
        return times, "; ".join(faults) or None

    def _first_pts(self) -> int | None:
        with closing(self._frames()) as frames:
            first = next(frames, None)
        if first is None:
            raise UnreadableMedia("none of its pictures could be decoded", advice=REFETCH)
        return first[0].pts

    def _frames(self) -> Generator[tuple[VideoFrame, bool], None, None]:
        """Decode everything; say of each frame whether it may rest on damage."""
        is_damaged = False
        with _listening() as log, self._stream() as stream:
            for packet in chain(_packets(stream), [None]):
                del log[:]
                frames = _decoded(stream, packet)
                is_damaged = is_damaged or frames is None
                for frame in frames or ():
                    # The decoder marks the frame whose data are broken, not those that copy it.
                    is_damaged = frame.is_corrupt or (is_damaged and not frame.key_frame)
                    yield frame, is_damaged

    def _read_frames(self) -> tuple[Timeline, NDArray[int64]]:
        """Give the moments of the frames by decoding all, and each one's number in that."""
        tally, moments, end_s = Tally(is_unordered=self._is_unordered), array("d"), 0.0
        first_s: float | None = None
        for frame, _ in self._frames():
            when_s = tally.time_of_frame(frame)
            first_s = when_s if first_s is None else first_s
            moments.append(round(when_s - first_s, MOMENT_DIGITS))
            duration_s = float((frame.duration or 0) * (frame.time_base or 0))
            end_s = max(end_s, moments[-1] + duration_s)
        taken = np.frombuffer(moments, float64)
        start_s = min(0.0, float(taken.min()))
        numbers = np.argsort(taken, kind="stable").astype(int64)
        moments_s = np.round(taken[numbers] - start_s, MOMENT_DIGITS)
        runs_back = bool(np.any(np.diff(taken) < 0))
        return Timeline(moments_s, round(end_s - start_s, MOMENT_DIGITS), runs_back), numbers

    def _decode_by_time(self, positions: Collection[int]) -> Iterator[tuple[int, ExactFrame]]:
        starts, position_of = self._times.runs(positions)
        stretch = _Stretch()
        with _listening() as log, self._stream() as stream:
            for number, packet in enumerate(chain(_packets(stream), [None])):
                if packet is not None and number in starts:
                    if not stretch.is_open:
                        stream.codec_context.flush_buffers()
                        stretch = _Stretch(packet.pts or 0)
                    stretch.awaited |= starts.pop(number)
                if not stretch.is_open:
                    continue
                del log[:]
                frames = _decoded(stream, packet)
                for frame in stretch.take(packet, frames, complains=_complains(log)):
                    position = position_of[frame.pts or 0]
                    exact = self._exact(frame, float(self.timeline.moments_s[position]))
                    if exact is not None:
                        yield position, exact
                if not stretch.is_open and not starts:
                    return

    def _decode_from_start(self, positions: Collection[int]) -> Iterator[tuple[int, ExactFrame]]:
        timeline, numbers = self.timeline, self._numbers
        shown = {position: position for position in positions}
        if numbers is None:
            moments_s = self.timeline.moments_s
            timeline, numbers = self._read_frames()
            shown = {each: timeline.shown_at(float(moments_s[each])) for each in positions}
        asked: dict[int, list[int]] = {}
        for position in sorted(positions):
            asked.setdefault(int(numbers[shown[position]]), []).append(position)
        for number, (frame, is_damaged) in enumerate(self._frames()):
            for position in asked.pop(number, ()):
                exact = self._exact(frame, float(timeline.moments_s[shown[position]]))
                if exact is not None:
                    yield position, replace(exact, is_damaged=is_damaged)
            if not asked:
                return

    def _exact(self, frame: VideoFrame, moment_s: float) -> ExactFrame | None:
        if frame.width * frame.height > MAX_FRAME_PX:
            return None
        stored = guarded(lambda: frame.to_ndarray(format="rgb24"), doing="converting")
        if isinstance(stored, Problem):
            return None
        turn = read_turn(frame)
        return ExactFrame(
            moment_s=moment_s,
            pixels=np.ascontiguousarray(turn.apply(np.asarray(stored, np.uint8))),
            keyframe=bool(frame.key_frame),
            is_damaged=bool(frame.is_corrupt),
            pixel_aspect=1 / self._aspect if turn.rotation_deg % 180 else self._aspect,
            remarks=_remarks(frame),
        )


class _Stretch:
    """What is awaited of a stretch of decoding that began at a keyframe, until all is known good.

    When anything in it is broken, nothing more comes of it: what follows may rest on that, and
    only a decode from the start gives the same picture for it every time.
    """

    def __init__(self, begun_pts: int = 0) -> None:
        self.awaited: set[int] = set()
        self._begun_pts = begun_pts
        self._latest_pts = begun_pts
        self._rests_on: dict[int, int] = {}
        self._held: dict[int, VideoFrame] = {}

    @property
    def is_open(self) -> bool:
        return bool(self.awaited or self._held)

    def take(
        self, packet: "Packet[Any] | None", frames: list[VideoFrame] | None, *, complains: bool
    ) -> list[VideoFrame]:
        """Take what a packet gave, None for a failure; give the awaited frames known good now."""
        pts = self._begun_pts if packet is None or packet.pts is None else packet.pts
        self._latest_pts = max(self._latest_pts, pts)
        if pts in self.awaited:
            self._rests_on[pts] = self._latest_pts
        # Pictures stored behind the first keyframe and shown before it lack what they rest on.
        # Nobody waits for them, and nothing shown later rests on them.
        is_broken = frames is None or (complains and pts >= self._begun_pts)
        good: list[VideoFrame] = []
        for frame in frames or ():
            shown_pts = frame.pts or 0
            is_broken = is_broken or (frame.is_corrupt and shown_pts >= self._begun_pts)
            if is_broken:
                break
            if shown_pts in self.awaited:
                self.awaited.discard(shown_pts)
                self._held[shown_pts] = frame
            # A picture may rest on one that is shown later, of which nothing is known until then.
            good += self._release(shown_pts)
        if is_broken:
            self.awaited.clear()
            self._held.clear()
        return good if packet is not None else [*good, *self._release(self._latest_pts)]

    def _release(self, shown_pts: int) -> list[VideoFrame]:
        known = [each for each in self._held if self._rests_on.get(each, each) <= shown_pts]
        return [self._held.pop(each) for each in known]


def _remarks(frame: VideoFrame) -> tuple[str, ...]:
    remarks = []
    bits = max(component.bits for component in frame.format.components)
    if bits > _EIGHT_BITS:
        remarks.append(f"The clip stores {bits} bits a sample, the pictures 8.")
    if int(frame.color_trc) in _HDR:
        remarks.append(
            f"Its brightness is coded for HDR screens ({_HDR[int(frame.color_trc)]}) and was not "
            "converted: the pictures look paler than on such a screen."
        )
    if frame.interlaced_frame:
        remarks.append(
            "The clip is interlaced: every picture weaves the lines of two moments together."
        )
    return tuple(remarks)


@contextmanager
def _listening() -> Iterator[_Log]:
    """Collect what FFmpeg complains of, off the terminal."""
    level, skips = av.logging.get_level(), av.logging.get_skip_repeated()
    av.logging.set_level(av.logging.ERROR)
    av.logging.set_skip_repeated(False)
    try:
        with av.logging.Capture() as log:
            yield log
    finally:
        av.logging.set_skip_repeated(skips)
        av.logging.set_level(level)


def _complains(log: _Log) -> bool:
    return any(text.strip() != _HARMLESS for _, _, text in log)


def _container(stream: VideoStream) -> InputContainer:
    return cast("InputContainer", stream.container)


def _packets(stream: VideoStream) -> Iterator["Packet[Any]"]:
    """Read the packets of one stream."""
    for packet in _demuxed(_container(stream), []):
        if packet.stream.index == stream.index and packet.size:
            yield packet


def _demuxed(container: InputContainer, broken_off: list[str]) -> Iterator["Packet[Any]"]:
    """Read packets until the end, or until the file breaks off, which is noted in the list."""
    packets = container.demux()
    while True:
        packet = guarded(lambda: next(packets, None), doing="reading packets")
        if isinstance(packet, Problem):
            broken_off.append(packet.error)
            return
        if packet is None:
            return
        yield packet


def _decoded(stream: VideoStream, packet: "Packet[Any] | None") -> list[VideoFrame] | None:
    """Decode a packet, or what is left in the decoder after the last; None when it is broken."""
    frames = guarded(lambda: stream.decode(packet), doing="decoding")
    if isinstance(frames, Problem):
        return None
    pictures = [frame for frame in frames if isinstance(frame, VideoFrame)]
    for picture in pictures:
        # What comes out at the very end belongs to no packet and has lost its unit of time.
        picture.time_base = picture.time_base or stream.time_base
    return pictures
