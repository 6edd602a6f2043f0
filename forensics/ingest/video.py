"""Decode a video once: its real times, and what every later step looks at.

Later steps open no video. They are given the kept frames, and the artefacts of ``ingest.media``:
``proxy`` and ``times`` (`video_proxy`), ``sound`` (`video_sound`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, BinaryIO, NoReturn

import av
from av.container import InputContainer

from forensics.ingest.frame import Frame
from forensics.ingest.guard import REFETCH, clean_lines, guarded
from forensics.ingest.video_end import explain_no_opening, name_faults
from forensics.ingest.video_index import INDEXED, read_index
from forensics.ingest.video_plan import is_too_much
from forensics.ingest.video_reading import (
    MAX_FRAME_PX,
    Log,
    OnProgress,
    Reading,
    frame_px,
    picture_stream,
)
from forensics.ingest.video_tally import Tally
from forensics.model.findings import VideoFacts
from forensics.model.item import SniffedType
from forensics.model.outcome import ArtefactBytes, Problem

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
DECLARING = ("mp4", "mov", "matroska", "avi", "flv", "asf")
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

    Every frame is decoded, as long as that is no more work than ten minutes of 1080p; of longer
    clips the keyframes are, and before it their packets are read through once, to see how far
    apart those are. Times are presentation timestamps times the time base, counted from the first
    presented frame; frame rates are never used.

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
        Facts, frames, tags and artefacts.
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


def _decode(file: BinaryIO, kind: SniffedType, log: Log, on_progress: OnProgress) -> Video:
    opened = guarded(lambda: open_container(file, kind), doing=f"opening as {kind.format}")
    if isinstance(opened, Problem):
        return Video(explain_no_opening(file, kind, opened), messages=_messages(log))
    with opened as container:
        tags = _tags(container)
        problem = _unusable(container)
        if problem is not None:
            return Video(problem, (), tags, messages=_messages(log))
        px = frame_px(picture_stream(container))
        if not is_too_much(frames=_declared_frames(container), frame_px=px):
            return _read(Reading(container, None, log, on_progress), kind, tags)
        counted = _look_up_packets(container, kind, on_progress)
        if counted is not None:
            keyframes_s = _only_keyframes(*counted, frame_px=px)
            return _read(Reading(container, keyframes_s, log, on_progress), kind, tags)
        keyframes_s = _only_keyframes(*_count_packets(container, on_progress), frame_px=px)
    file.seek(0)
    with open_container(file, kind) as container:
        return _read(Reading(container, keyframes_s, log, on_progress), kind, tags)


def _only_keyframes(packets: int, keyframes_s: list[float], *, frame_px: int) -> list[float] | None:
    """Give the times of keyframes when only those are decoded; a header may claim too much."""
    return keyframes_s if is_too_much(frames=packets, frame_px=frame_px) else None


def _read(reading: Reading, kind: SniffedType, tags: dict[str, str]) -> Video:
    tally, pictures, is_sound_only = reading.tally, reading.pictures, reading.stream is None
    problem = reading.run()
    ended_early = problem.error if problem is not None else None
    declared_s = declared_seconds(reading.container) if kind.format in DECLARING else None
    faults = name_faults(tally, declared_s=declared_s, ended_early=ended_early)
    messages = _messages(reading.log)
    if not is_sound_only and not pictures.kept:
        return Video(_no_picture(tally, faults), (), tags, False, messages)
    if is_sound_only:
        faults = [_SOUND_ONLY, *faults]
    start_s = tally.earliest_s
    artefacts: dict[str, ArtefactBytes] = {}
    packed = {"levels of sound": partial(reading.sound.artefacts, start_s=start_s)}
    if start_s is not None:
        packed["small grey copies"] = partial(pictures.proxy.artefacts, start_s=start_s)
    for what, pack in packed.items():
        made = guarded(pack, doing=f"packing its {what}")
        if isinstance(made, Problem):
            faults.append(f"its {what} are left out ({made.error})")
        else:
            artefacts |= made
    facts = _facts(reading, declared_s, "; ".join(faults) or None)
    frames = pictures.kept.in_order(start_s=(start_s or 0.0) - (tally.first_frame_s or 0.0))
    return Video(facts, frames, tags, is_sound_only, messages, artefacts)


def _no_picture(tally: Tally, faults: list[str]) -> Problem:
    if tally.encrypted:
        return Problem(
            "no picture to examine: its pictures are encrypted, and the key is not in the file",
            "Ask whoever has the key for a copy without encryption.",
        )
    why = "; ".join(faults) or "the file is corrupted: none of its pictures could be decoded"
    return Problem(f"no picture to examine: {why}", REFETCH)


def _look_up_packets(
    container: InputContainer, kind: SniffedType, on_progress: OnProgress
) -> tuple[int, list[float]] | None:
    """Count a clip's packets as `_count_packets` does, but in its index; None where it has none."""
    stream = picture_stream(container)
    if stream is None or kind.format not in INDEXED:
        return None
    found = guarded(lambda: read_index(container, stream, on_progress), doing="reading the index")
    return None if isinstance(found, Problem) else found


def _count_packets(container: InputContainer, on_progress: OnProgress) -> tuple[int, list[float]]:
    """Read a clip's packets without decoding any: their number, and the times of keyframes.

    The last of the times is that of the end.
    """
    stream, tally = picture_stream(container), Tally()
    found: set[float | None] = set()

    def walk() -> None:
        for packet in container.demux(stream):
            on_progress(0.0)
            if packet.size:
                tally.count(packet)
                found.add(tally.time_of(packet) if packet.is_keyframe else None)

    # Where this breaks off, so will the reading, which says so.
    guarded(walk, doing="reading packets")
    found.add(tally.end_s)
    return tally.packets, sorted(each for each in found if each is not None)


def open_container(file: BinaryIO, kind: SniffedType) -> InputContainer:
    """Open a clip with the demuxer of its kind alone; no other file is ever opened.

    Parameters
    ----------
    file : binary file
        Positioned at the start.
    kind : SniffedType
        What `sniff` says it is.

    Returns
    -------
    av.container.InputContainer
        To be called through `guarded`: FFmpeg raises what it likes.
    """
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
    stream = picture_stream(container)
    if stream is not None:
        pixels = frame_px(stream)
        if pixels <= MAX_FRAME_PX:
            return None
        return Problem(
            f"too large to be decoded: a picture of {pixels:,} pixels, the limit is "
            f"{MAX_FRAME_PX:,}",
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


def declared_seconds(container: InputContainer) -> float | None:
    """Give the length that the header claims.

    Parameters
    ----------
    container : InputContainer
        Open.

    Returns
    -------
    float or None
        Seconds of the pictures, else of the whole; FFmpeg guesses it where `DECLARING` does not
        name the container.
    """
    stream = picture_stream(container)
    if stream is not None and stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration is not None else None


def _declared_frames(container: InputContainer) -> float | None:
    """Give a number of frames to plan by, where the header lets it be guessed."""
    stream, declared_s = picture_stream(container), declared_seconds(container)
    if stream is None:
        return None
    if stream.frames:
        return float(stream.frames)
    rate = stream.average_rate
    return None if declared_s is None or not rate else declared_s * float(rate)


def _facts(reading: Reading, declared_s: float | None, degraded: str | None) -> VideoFacts:
    stream, tally, pictures = reading.stream, reading.tally, reading.pictures
    sound = reading.sound_stream
    sampling = reading.plan.in_words(step=pictures.proxy.step)
    if pictures.cuts.until_s is not None:
        sampling += f"; cuts were looked for up to {_since(pictures.cuts.until_s, tally):.0f} s"
    was_dense = reading.plan.keyframes_s is None
    cuts_s = tuple(_since(each, tally) for each in pictures.cuts.found_s)
    return VideoFacts(
        container=reading.container.format.name,
        codec=stream.codec_context.name if stream is not None else None,
        audio_codec=sound.codec_context.name if sound is not None else None,
        width_px=pictures.size[0] if pictures.size else None,
        height_px=pictures.size[1] if pictures.size else None,
        rotation_deg=pictures.turn.rotation_deg,
        declared_duration_s=_rounded(declared_s),
        duration_s=_rounded(tally.duration_s if stream is not None else tally.other_duration_s),
        declared_frames=(stream.frames or None) if stream is not None else None,
        packets=tally.packets,
        keyframes=tally.keyframes,
        frames_examined=len(pictures.kept),
        first_pts_s=_rounded(tally.earliest_s),
        degraded=degraded,
        sampling=sampling if stream is not None else None,
        cuts_s=cuts_s if stream is not None and was_dense else None,
    )


def _since(when_s: float, tally: Tally) -> float:
    return round(when_s - (tally.earliest_s or 0.0), 6)


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
