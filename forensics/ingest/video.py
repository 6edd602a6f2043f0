"""Decode a video once: real packet times, keyframes and a steady sample of frames."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NoReturn

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from forensics.ingest.frame import Frame
from forensics.ingest.guard import REFETCH, clean_lines, guarded
from forensics.ingest.video_end import explain_no_opening, name_faults
from forensics.ingest.video_frames import KeptFrames, turn_upright
from forensics.ingest.video_tally import Tally
from forensics.model.findings import VideoFacts
from forensics.model.item import SniffedType
from forensics.model.outcome import ArtefactBytes, Problem

DENSE_LIMIT_S = 60.0
"""Clips up to this long are decoded in full; of longer ones only keyframes are looked at."""

MAX_DENSE_FRAMES = 60 * 240
"""A header may lie about the length; after this many decoded frames only keyframes follow."""

MAX_FRAME_PIXELS = 8192 * 8192
"""Largest video picture decoded; 8K is half of it."""

_MAX_MESSAGES = 200
_DEMUXERS = {
    "mp4": "mov",
    "mov": "mov",
    "matroska": "matroska",
    "avi": "avi",
    "mpegts": "mpegts",
    "mpeg": "mpeg",
    "mpegvideo": "mpegvideo",
    "flv": "flv",
    "asf": "asf",
    "ogg": "ogg",
    "wav": "wav",
    "mp3": "mp3",
    "flac": "flac",
    "aac": "aac",
}
# These write the length into the header; for the others FFmpeg guesses it.
_DECLARING = ("mp4", "mov", "matroska", "avi", "flv", "asf")
_SOUND_ONLY = "sound only: there is no picture to examine"


@dataclass(frozen=True, eq=False)
class Video:
    """What was read of a video.

    Parameters
    ----------
    facts : VideoFacts or Problem
        Streams and timing, or why nothing could be read.
    frames : tuple of Frame
        The kept frames, the right way up, in order of time.
    tags : dict of str to str
        Container tags, and stream tags as ``video:name``, ``audio:name``.
    is_sound_only : bool
        Whether there is a sound track and no moving picture.
    messages : tuple of str
        What FFmpeg said, shortened.
    artefacts : dict of str to ArtefactBytes
        Files for the steps that look at time.
    """

    facts: VideoFacts | Problem
    frames: tuple[Frame, ...] = ()
    tags: dict[str, str] | None = None
    is_sound_only: bool = False
    messages: tuple[str, ...] = ()
    artefacts: dict[str, ArtefactBytes] = field(default_factory=dict)


def decode_video(
    file: BinaryIO, kind: SniffedType, *, on_progress: Callable[[float], None] | None = None
) -> Video:
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
    on_progress : callable, optional
        Called now and then with the seconds of play that were read.

    Returns
    -------
    Video
        Facts, frames and tags.
    """
    level, skips = av.logging.get_level(), av.logging.get_skip_repeated()
    av.logging.set_level(av.logging.ERROR)
    # Otherwise a message is left out when the file before had the same one last.
    av.logging.set_skip_repeated(False)
    try:
        with av.logging.Capture() as log:
            return _decode(file, kind, log, on_progress or (lambda _: None))
    finally:
        av.logging.set_skip_repeated(skips)
        av.logging.set_level(level)


Log = list[tuple[int, str, str]]
OnProgress = Callable[[float], None]


def _decode(file: BinaryIO, kind: SniffedType, log: Log, on_progress: OnProgress) -> Video:
    opened = guarded(lambda: _open(file, kind), doing=f"opening as {kind.format}")
    if isinstance(opened, Problem):
        return Video(explain_no_opening(file, kind, opened), messages=_messages(log))
    with opened as container:
        tags = _tags(container)
        problem = _unusable(container)
        if problem is not None:
            return Video(problem, (), tags, messages=_messages(log))
        stream = _picture_stream(container)
        tally, kept = Tally(), KeptFrames()
        declared_s = _declared_s(container, stream) if kind.format in _DECLARING else None
        walked = guarded(
            lambda: _read(container, stream, declared_s, tally, kept, log, on_progress),
            doing="reading packets",
        )
        ended_early = walked.error if isinstance(walked, Problem) else None
        faults = name_faults(tally, declared_s=declared_s, ended_early=ended_early)
        if stream is None:
            faults = [_SOUND_ONLY, *faults]
        facts = _facts(container, stream, tally, kept, declared_s, "; ".join(faults) or None)
    messages = _messages(log)
    if stream is not None and not kept.frames:
        why = "; ".join(faults) or "the file is corrupted: none of its pictures could be decoded"
        return Video(Problem(f"no picture to examine: {why}", REFETCH), (), tags, False, messages)
    return Video(facts, kept.in_order(), tags, stream is None, messages)


def _open(file: BinaryIO, kind: SniffedType) -> InputContainer:
    return av.open(
        file,
        mode="r",
        format=_DEMUXERS[kind.format],
        metadata_errors="backslashreplace",
        io_open=_refuse_other_files,
        # External data references of QuickTime name other files; they are never followed.
        options={"enable_drefs": "0"},
    )


def _refuse_other_files(url: str, *_: Any) -> NoReturn:  # Any: flags and options, unused
    raise PermissionError(f"the file asks for another one: {url[:80]!r}")


def _unusable(container: InputContainer) -> Problem | None:
    stream = _picture_stream(container)
    if stream is not None:
        pixels = stream.codec_context.width * stream.codec_context.height
        if pixels <= MAX_FRAME_PIXELS:
            return None
        return Problem(
            f"too large to be decoded: a picture of {pixels:,} pixels, the limit is "
            f"{MAX_FRAME_PIXELS:,}",
            "Scale it down with a tool you trust.",
        )
    if any(each.codec_context is None for each in container.streams.video):
        return Problem(
            "its pictures are coded in a way this program does not know",
            "Convert it with the maker's own program and examine both.",
        )
    if container.streams.audio:
        return None
    return Problem("neither picture nor sound can be found in the file", REFETCH)


def _picture_stream(container: InputContainer) -> VideoStream | None:
    """Return the first stream of moving pictures; cover art is a stream too, but no video."""
    for stream in container.streams.video:
        is_cover = stream.disposition & av.stream.Disposition.attached_pic
        # FFmpeg gives no codec context for codecs it does not know.
        if not is_cover and stream.codec_context is not None:
            stream.codec_context.thread_count = 1
            return stream
    return None


def _read(
    container: InputContainer,
    stream: VideoStream | None,
    declared_s: float | None,
    tally: Tally,
    kept: KeptFrames,
    log: Log,
    on_progress: OnProgress,
) -> None:
    is_dense = declared_s is None or declared_s <= DENSE_LIMIT_S
    for packet in container.demux():
        del log[_MAX_MESSAGES:]
        on_progress(tally.span_s)
        if stream is None or packet.stream.index != stream.index:
            tally.count_other(packet)
            continue
        if packet.size:
            tally.count(packet)
            is_dense = is_dense and tally.decoded < MAX_DENSE_FRAMES
            is_dense = is_dense and tally.span_s <= DENSE_LIMIT_S
            if not is_dense and not _worth_decoding(packet, tally, kept):
                continue
        # The empty packet at the end flushes the decoder.
        for frame in _decode_packet(packet, tally):
            _take(frame, tally, kept)


def _worth_decoding(packet: "Packet[Any]", tally: Tally, kept: KeptFrames) -> bool:
    if not packet.is_keyframe:
        return False
    when_s = tally.time_of(packet)
    if when_s is None or tally.first_frame_s is None:
        return True
    return kept.wants(when_s - tally.first_frame_s, keyframe=True)


def _decode_packet(packet: "Packet[Any]", tally: Tally) -> Iterator[VideoFrame]:
    frames = guarded(packet.decode, doing="decoding")
    if isinstance(frames, Problem):
        tally.broken += 1
        return
    for frame in frames:
        if isinstance(frame, VideoFrame):
            yield frame


def _take(frame: VideoFrame, tally: Tally, kept: KeptFrames) -> None:
    moment_s = tally.moment_of(frame)
    if not kept.wants(moment_s, keyframe=bool(frame.key_frame)):
        return
    pixels, rotation_deg = turn_upright(frame)
    tally.rotation_deg = rotation_deg
    is_turned = rotation_deg % 180 != 0
    tally.size = (frame.height, frame.width) if is_turned else (frame.width, frame.height)
    kept.keep(Frame(moment_s, pixels, bool(frame.key_frame)))


def _declared_s(container: InputContainer, stream: VideoStream | None) -> float | None:
    if stream is not None and stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration is not None else None


def _facts(
    container: InputContainer,
    stream: VideoStream | None,
    tally: Tally,
    kept: KeptFrames,
    declared_s: float | None,
    degraded: str | None,
) -> VideoFacts:
    audio = [each for each in container.streams.audio if each.codec_context is not None]
    return VideoFacts(
        container=container.format.name,
        codec=stream.codec_context.name if stream is not None else None,
        audio_codec=audio[0].codec_context.name if audio else None,
        width_px=tally.size[0] if tally.size else None,
        height_px=tally.size[1] if tally.size else None,
        rotation_deg=tally.rotation_deg,
        declared_duration_s=_rounded(declared_s),
        duration_s=_rounded(tally.duration_s if stream is not None else tally.other_duration_s),
        declared_frames=(stream.frames or None) if stream is not None else None,
        packets=tally.packets,
        keyframes=tally.keyframes,
        frames_examined=len(kept.frames),
        first_pts_s=_rounded(tally.first_frame_s),
        degraded=degraded,
    )


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 6)


def _messages(log: Log) -> tuple[str, ...]:
    return clean_lines(f"[{name}] {text}" for _, name, text in log)


def _tags(container: InputContainer) -> dict[str, str]:
    tags = dict(container.metadata)
    for stream in container.streams:
        if stream.type in ("video", "audio"):
            for name, value in stream.metadata.items():
                tags.setdefault(f"{stream.type}:{name}", value)
    return dict(sorted(tags.items()))
