"""Walk through the packets of an opened video once, and decode what the plan asks for."""

from collections import deque
from collections.abc import Callable, Iterator
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
# What is done with pictures and sound leaves little in the caches of what decoding needs, and the
# other way round. So some packets are decoded in a row, and then some pictures taken in.
_WAITING_PX = 2 << 20  # ten pictures of 640 x 360, two of 1080p, one of 4K
_WAITING_PACKETS, _WAITING_BYTES = 32, 1 << 20  # of sound: three quarters of a second
_READING, _SEEING, _HEARING = "reading packets", "decoding", "decoding sound"

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
        self.tally = Tally(is_unordered=is_unordered(container))
        self.pictures = Pictures(self.tally)
        self.sound = Envelope()
        self.plan = Plan(frame_px(self.stream), keyframes_s)
        self.log, self._on_progress = log, on_progress
        self._picture_index = -1 if self.stream is None else self.stream.index
        self._sound_index = -1 if self.sound_stream is None else self.sound_stream.index
        self._unseen: deque[VideoFrame] = deque()
        self._unheard: deque[Packet[Any]] = deque()
        self._unheard_bytes = 0
        self._doing = _READING
        if self.stream is not None:
            self.stream.codec_context.thread_count = 1
            # The size may grow within the stream, too.
            self.stream.codec_context.options = {"max_pixels": str(MAX_FRAME_PX)}
        if self.sound_stream is not None:
            self.sound_stream.codec_context.thread_count = 1

    def run(self) -> Problem | None:
        """Read to the end.

        Returns
        -------
        Problem or None
            Why there was no reading on; what could not be decoded is counted, and passed over.
        """
        packets = iter(self.container.demux())
        problem = self._go_on(partial(self._walk, packets))
        if problem is not None:
            self._go_on(self._catch_up)  # with what was read before
        return problem

    def _go_on(self, call: Callable[[], None]) -> Problem | None:
        """Call until it comes to its end; give why it did not when that is no fault of decoding."""
        while True:
            # One guard around many packets: one around each would cost as much as all that is
            # done here beside decoding.
            self._doing = _READING
            ended = guarded(call, doing=_READING)
            if not isinstance(ended, Problem):
                return None
            if self._doing == _READING:
                return ended
            self._count_broken()

    def _walk(self, packets: "Iterator[Packet[Any]]") -> None:
        for packet in packets:
            del self.log[_MAX_MESSAGES:]
            self._on_progress(self.tally.span_s)
            index = packet.stream.index  # not `stream_index`, which is 0 in the last, empty packets
            if index == self._picture_index:
                self._see(packet)
                continue
            self.tally.count_other(packet)
            if index == self._sound_index:
                self._hear(packet)
        self._catch_up()
        self.pictures.finish()

    def _catch_up(self) -> None:
        self._take_unseen()
        self._hear_unheard()

    def _count_broken(self) -> None:
        if self._doing == _HEARING:
            self.tally.broken_sound += 1
        else:
            self.tally.broken += 1

    def _see(self, packet: "Packet[Any]") -> None:
        if packet.size:
            when_s = self.tally.count(packet)
            if self.tally.encrypted or not self.plan.wants_packet(
                when_s, keyframe=packet.is_keyframe, reached_s=self.tally.span_s
            ):
                return
        self._doing = _SEEING
        # The empty packet at the end flushes the decoder.
        frames = packet.decode()
        self._doing = _READING
        self._unseen.extend(frames)
        self.plan.count_work(len(frames))
        waiting_px = len(self._unseen) * frames[-1].width * frames[-1].height if frames else 0
        if waiting_px > _WAITING_PX or self.plan.is_spent:
            self._take_unseen()

    def _take_unseen(self) -> None:
        """Take the decoded frames in that wait; one that cannot be is gone when this is left."""
        while self._unseen:
            self._doing = _SEEING
            self._take(self._unseen.popleft())
        self._doing = _READING

    def _take(self, frame: VideoFrame) -> None:
        when_s = self.tally.time_of_frame(frame, is_dense=self.plan.is_dense)
        keyframe = frame.key_frame
        if self.plan.wants_frame(when_s, keyframe=keyframe):
            self.pictures.take(frame, when_s, seek_cuts=self.plan.is_dense)

    def _hear(self, packet: "Packet[Any]") -> None:
        if self.sound.is_full or packet.has_sidedata("encryption_info"):
            return
        self._unheard.append(packet)
        self._unheard_bytes += packet.size
        if len(self._unheard) >= _WAITING_PACKETS or self._unheard_bytes > _WAITING_BYTES:
            self._hear_unheard()

    def _hear_unheard(self) -> None:
        """Measure the sound that waits; a packet that cannot be decoded is gone afterwards."""
        self._unheard_bytes = 0
        while self._unheard and not self.sound.is_full:
            self._on_progress(self.tally.span_s)
            self._doing = _HEARING
            for frame in self._unheard.popleft().decode():
                if isinstance(frame, AudioFrame):
                    self.sound.add(frame)
        self._doing = _READING


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


def is_unordered(container: InputContainer) -> bool:
    """Say whether a clip's packets do not tell when they are presented.

    AVI keeps no times: a packet's place is its time. Where pictures are stored in another order
    than they are shown, FFmpeg puts the times of MPEG-4 part 2 right, not those of H.264.

    Parameters
    ----------
    container : InputContainer
        Opened.

    Returns
    -------
    bool
        Whether it is such a clip.
    """
    stream = picture_stream(container)
    if stream is None or container.format.name != "avi":
        return False
    return stream.codec_context.name == "h264" and stream.codec_context.has_b_frames


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
