"""Walk through the packets of an opened video once, and decode what the plan asks for."""

from collections.abc import Callable
from functools import partial
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from forensics.ingest.guard import guarded
from forensics.ingest.video_pictures import Pictures
from forensics.ingest.video_plan import Plan
from forensics.ingest.video_sound import Envelope
from forensics.ingest.video_tally import Tally
from forensics.model.outcome import Problem

MAX_FRAME_PX = 8192 * 8192
"""Largest video picture decoded; 8K is half of it."""

_MAX_MESSAGES = 200

Log = list[tuple[int, str, str]]
OnProgress = Callable[[float], None]


class Reading:
    """One pass over a video.

    Parameters
    ----------
    container : InputContainer
        Opened, at its start.
    keyframes_s : list of float or None
        Times of its keyframes when only those are to be decoded; None for every frame.
    log : list
        What FFmpeg says; it is kept short here.
    on_progress : callable
        Called at every packet with the seconds of play that have passed.
    """

    def __init__(
        self,
        container: InputContainer,
        keyframes_s: list[float] | None,
        log: Log,
        on_progress: OnProgress,
    ) -> None:
        self.container = container
        self.stream = picture_stream(container)
        self.sound_stream = sound_stream(container)
        self.tally = Tally()
        self.pictures = Pictures(self.tally)
        self.sound = Envelope()
        self.plan = Plan(frame_px(self.stream), keyframes_s)
        self.log, self._on_progress = log, on_progress
        if self.stream is not None:
            self.stream.codec_context.thread_count = 1
            # The size may grow within the stream, too.
            self.stream.codec_context.options = {"max_pixels": str(MAX_FRAME_PX)}
        if self.sound_stream is not None:
            self.sound_stream.codec_context.thread_count = 1

    def run(self) -> None:
        """Read to the end."""
        for packet in self.container.demux():
            del self.log[_MAX_MESSAGES:]
            self._on_progress(self.tally.span_s)
            if self.stream is not None and packet.stream.index == self.stream.index:
                self._see(packet)
                continue
            self.tally.count_other(packet)
            if self.sound_stream is not None and packet.stream.index == self.sound_stream.index:
                self._hear(packet)
        self.pictures.finish()

    def _see(self, packet: "Packet[Any]") -> None:
        if packet.size:
            self.tally.count(packet)
            if self.tally.encrypted or not self.plan.wants_packet(
                self.tally.time_of(packet),
                keyframe=packet.is_keyframe,
                reached_s=self.tally.span_s,
            ):
                return
        # The empty packet at the end flushes the decoder.
        frames = guarded(packet.decode, doing="decoding")
        if isinstance(frames, Problem):
            self.tally.broken += 1
            return
        for frame in frames:
            if isinstance(guarded(partial(self._take, frame), doing="scaling"), Problem):
                self.tally.broken += 1

    def _take(self, frame: VideoFrame) -> None:
        when_s = self.tally.time_of_frame(frame)
        if self.plan.wants_frame(when_s, keyframe=bool(frame.key_frame)):
            self.pictures.take(frame, when_s, seek_cuts=self.plan.is_dense)

    def _hear(self, packet: "Packet[Any]") -> None:
        if self.sound.is_full or packet.has_sidedata("encryption_info"):
            return
        frames = guarded(packet.decode, doing="decoding sound")
        if isinstance(frames, Problem):
            self.tally.broken_sound += 1
            return
        for frame in frames:
            if isinstance(frame, AudioFrame):
                self.sound.add(frame)


def picture_stream(container: InputContainer) -> VideoStream | None:
    """Return the first stream of moving pictures; cover art is a stream too, but no video.

    Parameters
    ----------
    container : InputContainer
        Opened.

    Returns
    -------
    VideoStream or None
        The stream.
    """
    for stream in container.streams.video:
        is_cover = stream.disposition & av.stream.Disposition.attached_pic
        # FFmpeg gives no codec context for codecs it does not know.
        if not is_cover and stream.codec_context is not None:
            return stream
    return None


def sound_stream(container: InputContainer) -> AudioStream | None:
    """Return the first stream of sound that can be decoded.

    Parameters
    ----------
    container : InputContainer
        Opened.

    Returns
    -------
    AudioStream or None
        The stream.
    """
    for stream in container.streams.audio:
        if stream.codec_context is not None:
            return stream
    return None


def frame_px(stream: VideoStream | None) -> int:
    """Give the number of pixels that the header promises.

    Parameters
    ----------
    stream : VideoStream or None
        The pictures.

    Returns
    -------
    int
        Width by height; 0 when there are none.
    """
    return 0 if stream is None else stream.codec_context.width * stream.codec_context.height
