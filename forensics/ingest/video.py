"""Decode a video once: real packet times, keyframes and a steady sample of frames."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NoReturn

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.sidedata.sidedata import Type as SideDataType
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy import uint8
from numpy.typing import NDArray

from forensics.ingest.guard import guarded
from forensics.ingest.media import Frame
from forensics.model.findings import VideoFacts
from forensics.model.item import SniffedType
from forensics.model.outcome import Problem
from forensics.vision.views import FRAME_SIDE_PX

DENSE_LIMIT_S = 60.0
"""Clips up to this long are decoded in full; of longer ones only keyframes are looked at."""

SAMPLE_EVERY_S = 1.0
"""Steady sampling of what is decoded, beside the keyframes."""

KEYFRAME_GAP_S = 0.25
"""Keyframes closer than this to the last kept frame add nothing: all-intra video has only such."""

MAX_KEPT_FRAMES = 240
"""Frames kept at most; beyond, every second is dropped and the gap doubled."""

MAX_DENSE_FRAMES = 60 * 240
"""A header may lie about the length; after this many decoded frames only keyframes follow."""

CUT_SHORT_S = 0.5
"""Missing play time, against the header, from which a clip is called cut short."""

_DEMUXERS = {
    "mp4": "mov",
    "mov": "mov",
    "matroska": "matroska",
    "avi": "avi",
    "mpegts": "mpegts",
    "mpeg": "mpeg",
    "flv": "flv",
    "asf": "asf",
    "ogg": "ogg",
    "wav": "wav",
    "mp3": "mp3",
    "flac": "flac",
}
_FIXED_POINT = 65536.0  # display matrices are 16.16 fixed point (ISO/IEC 14496-12, 6.2.2)
_REFETCH = "Ask for the original file, or fetch it again from its source."


@dataclass
class _Tally:
    """What the packets say, counted while they pass."""

    packets: int = 0
    keyframes: int = 0
    broken: int = 0
    decoded: int = 0
    start_s: float | None = None
    end_s: float | None = None
    first_pts_s: float | None = None
    rotation_deg: int = 0
    size: tuple[int, int] | None = None
    ended_early: str | None = None

    def count(self, packet: Packet, time_base: float) -> None:
        self.packets += 1
        self.keyframes += int(packet.is_keyframe)
        if packet.is_corrupt:
            self.broken += 1
        when = packet.pts if packet.pts is not None else packet.dts
        # An edit list may leave packets out of the presentation; they are read but not shown.
        if when is None or packet.is_discard:
            return
        start_s = when * time_base
        end_s = start_s + (packet.duration or 0) * time_base
        self.start_s = start_s if self.start_s is None else min(self.start_s, start_s)
        self.end_s = end_s if self.end_s is None else max(self.end_s, end_s)


@dataclass
class _Kept:
    """The frames that are kept: keyframes and a steady sample, thinned to a bound."""

    every_s: float = SAMPLE_EVERY_S
    frames: list[Frame] = field(default_factory=list)

    def wants(self, moment_s: float, *, keyframe: bool) -> bool:
        if not self.frames:
            return True
        last_s = self.frames[-1].moment_s or 0.0
        if int(moment_s / self.every_s) > int(last_s / self.every_s):
            return True
        gap_s = KEYFRAME_GAP_S * self.every_s / SAMPLE_EVERY_S
        return keyframe and moment_s - last_s >= gap_s

    def keep(self, frame: Frame) -> None:
        self.frames.append(frame)
        if len(self.frames) > MAX_KEPT_FRAMES:
            self.frames = self.frames[::2]
            self.every_s *= 2


def decode_video(
    file: BinaryIO, kind: SniffedType
) -> tuple[VideoFacts | Problem, tuple[Frame, ...], dict[str, str]]:
    """Read every packet of a video once and decode what the steps look at.

    Clips up to `DENSE_LIMIT_S` are decoded in full and sampled once a second and at keyframes; of
    longer ones the keyframes alone are decoded. Times are presentation timestamps times the time
    base, counted from the first presented frame; frame rates are never used.

    Parameters
    ----------
    file : binary file
        Positioned at the start.
    kind : SniffedType
        What `sniff` says it is; the demuxer is told and tries nothing else.

    Returns
    -------
    facts : VideoFacts or Problem
        Streams and timing, or why nothing could be read.
    frames : tuple of Frame
        The kept frames, the right way up, in order of time.
    tags : dict of str to str
        Container tags, and stream tags as ``video:name``, ``audio:name``.
    """
    opened = guarded(lambda: _open(file, kind), doing=f"opening as {kind.format}", advice=_REFETCH)
    if isinstance(opened, Problem):
        return opened, (), {}
    with opened as container:
        tags = _tags(container)
        stream = _picture_stream(container)
        tally, kept = _Tally(), _Kept()
        if stream is not None:
            walked = guarded(lambda: _read(container, stream, tally, kept), doing="reading packets")
            tally.ended_early = walked.error if isinstance(walked, Problem) else None
        facts = _facts(container, stream, tally, kept)
    if stream is not None and not kept.frames:
        detail = facts.degraded or "no frame could be decoded"
        return Problem(f"{detail}; no picture to examine", _REFETCH), (), tags
    return facts, tuple(kept.frames), tags


def _open(file: BinaryIO, kind: SniffedType) -> InputContainer:
    container = av.open(
        file,
        format=_DEMUXERS[kind.format],
        metadata_errors="backslashreplace",
        io_open=_refuse_other_files,
        # External data references of QuickTime name other files; they are never followed.
        options={"enable_drefs": "0"},
    )
    return container


def _refuse_other_files(url: str, *_: Any) -> NoReturn:  # Any: flags and options, unused
    raise PermissionError(f"the file asks for another one: {url[:80]!r}")


def _picture_stream(container: InputContainer) -> VideoStream | None:
    """Return the first stream of moving pictures; cover art is a stream too, but no video."""
    for stream in container.streams.video:
        is_cover = stream.disposition & av.stream.Disposition.attached_pic
        # FFmpeg gives no codec context for codecs it does not know.
        if not is_cover and stream.codec_context is not None:
            stream.codec_context.thread_count = 1
            return stream
    return None


def _read(container: InputContainer, stream: VideoStream, tally: _Tally, kept: _Kept) -> None:
    time_base = float(stream.time_base or 0)
    declared_s = _declared_duration_s(container, stream)
    dense = declared_s is not None and declared_s <= DENSE_LIMIT_S
    for packet in container.demux(stream):
        if packet.size:
            tally.count(packet, time_base)
            dense = dense and tally.decoded < MAX_DENSE_FRAMES
            if not dense and not _worth_decoding(packet, tally, kept, time_base):
                continue
        # The empty packet at the end flushes the decoder.
        for frame in _decode(packet, tally):
            _take(frame, tally, kept)


def _worth_decoding(packet: Packet, tally: _Tally, kept: _Kept, time_base: float) -> bool:
    if not packet.is_keyframe:
        return False
    when = packet.pts if packet.pts is not None else packet.dts
    if when is None or tally.first_pts_s is None:
        return True
    return kept.wants(when * time_base - tally.first_pts_s, keyframe=True)


def _decode(packet: Packet, tally: _Tally) -> Iterator[VideoFrame]:
    frames = guarded(packet.decode, doing="decoding")
    if isinstance(frames, Problem):
        tally.broken += 1
        return
    for frame in frames:
        if isinstance(frame, VideoFrame):
            yield frame


def _take(frame: VideoFrame, tally: _Tally, kept: _Kept) -> None:
    tally.decoded += 1
    if frame.is_corrupt:
        tally.broken += 1
    if frame.time is None:
        return
    when_s = float(frame.time)
    if tally.first_pts_s is None:
        tally.first_pts_s = when_s
    moment_s = round(when_s - tally.first_pts_s, 6)
    if not kept.wants(moment_s, keyframe=bool(frame.key_frame)):
        return
    pixels, rotation_deg = _upright(frame)
    tally.rotation_deg = rotation_deg
    turned = rotation_deg % 180 != 0
    tally.size = (frame.height, frame.width) if turned else (frame.width, frame.height)
    kept.keep(Frame(moment_s, pixels, bool(frame.key_frame)))


def _upright(frame: VideoFrame) -> tuple[NDArray[uint8], int]:
    """Give the frame's pixels after its display matrix, and the clockwise turn that was applied."""
    scale = min(1.0, FRAME_SIDE_PX / max(frame.width, frame.height))
    small = frame.reformat(
        width=max(1, round(frame.width * scale)),
        height=max(1, round(frame.height * scale)),
        format="rgb24",
        interpolation="AREA",
    )
    pixels = small.to_ndarray()
    a, b, c, d = _display_matrix(frame)
    if abs(a) + abs(d) >= abs(b) + abs(c):
        pixels = pixels[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1]
        rotation_deg = 180 if a < 0 and d < 0 else 0
    else:
        pixels = pixels.transpose(1, 0, 2)[:: -1 if b < 0 else 1, :: -1 if c < 0 else 1]
        rotation_deg = 90 if c < 0 else 270
    return np.ascontiguousarray(pixels), rotation_deg


def _display_matrix(frame: VideoFrame) -> tuple[float, float, float, float]:
    """Return a, b, c, d of x' = a x + c y, y' = b x + d y (ISO/IEC 14496-12, 6.2.2)."""
    side_data = frame.side_data.get(SideDataType.DISPLAYMATRIX)
    if side_data is None:
        return 1.0, 0.0, 0.0, 1.0
    values = struct.unpack("=9i", bytes(side_data)[: struct.calcsize("=9i")])
    a, b, c, d = (values[i] / _FIXED_POINT for i in (0, 1, 3, 4))
    return a, b, c, d


def _declared_duration_s(container: InputContainer, stream: VideoStream | None) -> float | None:
    if stream is not None and stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration is not None else None


def _facts(
    container: InputContainer, stream: VideoStream | None, tally: _Tally, kept: _Kept
) -> VideoFacts:
    declared_s = _declared_duration_s(container, stream)
    duration_s = None
    if tally.start_s is not None and tally.end_s is not None:
        duration_s = tally.end_s - tally.start_s
    audio = [each for each in container.streams.audio if each.codec_context is not None]
    return VideoFacts(
        container=container.format.name,
        codec=stream.codec_context.name if stream is not None else None,
        audio_codec=audio[0].codec_context.name if audio else None,
        width_px=tally.size[0] if tally.size else None,
        height_px=tally.size[1] if tally.size else None,
        rotation_deg=tally.rotation_deg,
        declared_duration_s=_rounded(declared_s),
        duration_s=_rounded(duration_s),
        declared_frames=(stream.frames or None) if stream is not None else None,
        packets=tally.packets,
        keyframes=tally.keyframes,
        frames_examined=len(kept.frames),
        first_pts_s=_rounded(tally.first_pts_s),
        degraded=_degraded(tally, declared_s, duration_s),
    )


def _degraded(tally: _Tally, declared_s: float | None, duration_s: float | None) -> str | None:
    faults = []
    if declared_s is not None and duration_s is not None and declared_s - duration_s > CUT_SHORT_S:
        faults.append(
            f"the header declares {declared_s:.1f} s, the data end after {duration_s:.1f} s"
        )
    if tally.broken:
        faults.append(f"{tally.broken} packets or frames are damaged")
    if tally.ended_early:
        faults.append(tally.ended_early)
    return "; ".join(faults) or None


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 6)


def _tags(container: InputContainer) -> dict[str, str]:
    tags = dict(container.metadata)
    for stream in container.streams:
        if stream.type in ("video", "audio"):
            for name, value in stream.metadata.items():
                tags.setdefault(f"{stream.type}:{name}", value)
    return dict(sorted(tags.items()))
