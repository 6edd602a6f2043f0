"""Open one file once: its digest, what it is, and the pictures that every step works on."""

import builtins
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from forensics.ingest.frame import Frame
from forensics.ingest.guard import captured_stderr
from forensics.ingest.regular import open_regular
from forensics.ingest.sniff import HEAD_BYTES, name_other, sniff
from forensics.model.errors import UnreadableMedia
from forensics.model.findings import StillFacts, VideoFacts
from forensics.model.item import SniffedType
from forensics.model.outcome import Absent, Problem

MAX_STILL_BYTES = 1 << 30
"""Stills are held in memory; 1 GiB is more than any camera writes."""

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, eq=False)
class Media:
    """One opened file.

    Parameters
    ----------
    path : Path
        Where it was opened.
    sha256 : str
        Digest of its bytes.
    bytes : int
        Its size.
    type : SniffedType
        What its content says it is.
    data : bytes or None
        Its bytes, for stills; None for video.
    facts : StillFacts, VideoFacts, Absent or Problem
        Size, timing and state, or why there are none.
    frames : tuple of Frame
        The decoded pictures, in order of time; empty when none could be decoded.
    tags : dict of str to str
        Container and stream tags of a video, as FFmpeg reads them.
    decoder_messages : tuple of str
        What the decoders themselves said about the file, shortened; the same on every run.
    """

    path: Path
    sha256: str
    bytes: int
    type: SniffedType
    data: builtins.bytes | None
    facts: StillFacts | VideoFacts | Absent | Problem
    frames: tuple[Frame, ...]
    tags: dict[str, str]
    decoder_messages: tuple[str, ...] = ()


def open_media(path: str | os.PathLike[str]) -> Media:
    """Read one file once: hash it, tell what it is, decode what the steps need.

    Parameters
    ----------
    path : str or PathLike
        A photo, animation or video.

    Returns
    -------
    Media
        The opened file. A file that is media but cannot be decoded is returned too, with a
        `Problem` in `facts`.

    Raises
    ------
    UnreadableMedia
        When the file is empty, no media, too large, or cannot be opened.
    """
    location = Path(path)
    try:
        with open_regular(location) as file:
            head = file.read(HEAD_BYTES)
            kind = _require_type(head)
            if kind.kind in ("still", "animation"):
                return _open_still(location, file, kind)
            return _open_video(location, file, head, kind)
    except OSError as error:
        raise UnreadableMedia(
            f"cannot be opened: {error.strerror or error}",
            advice="Check that the file exists and that you may read it.",
        ) from error


def require_pictures(media: Media) -> StillFacts | VideoFacts:
    """Give the facts of an item that has pictures to look at.

    Parameters
    ----------
    media : Media
        As `open_media` gives it.

    Returns
    -------
    StillFacts or VideoFacts
        Its size, timing and state.

    Raises
    ------
    UnreadableMedia
        When nothing of it could be decoded, or it is sound alone; with the decoder's own advice.
    """
    facts = media.facts
    if isinstance(facts, Problem):
        raise UnreadableMedia(facts.error, advice=facts.advice)
    if isinstance(facts, Absent):
        raise UnreadableMedia(facts.detail, advice=facts.advice)
    if not media.frames:
        raise UnreadableMedia("no picture in it", advice="Sound alone cannot be looked up.")
    return facts


def _require_type(head: bytes) -> SniffedType:
    if not head:
        raise UnreadableMedia("the file is empty", advice="Fetch it again from its source.")
    kind = sniff(head)
    if kind is None:
        other = name_other(head)
        raise UnreadableMedia(
            "not a photo or video that can be examined, by its content"
            + (f": {other}" if other else ""),
            advice="Formats examined: JPEG, PNG, WebP, AVIF, HEIC, TIFF, GIF, BMP; MP4, MOV, "
            "MKV/WebM, AVI, TS, MPEG, FLV, WMV, Ogg.",
        )
    return kind


def _open_still(path: Path, file: BinaryIO, kind: SniffedType) -> Media:
    # OpenCV and PyAV are slow to import; a folder of stills needs no PyAV.
    from forensics.ingest.stills import decode_still

    size = os.fstat(file.fileno()).st_size
    if size > MAX_STILL_BYTES:
        raise UnreadableMedia(
            f"a still of {size:,} bytes; the limit is {MAX_STILL_BYTES:,}",
            advice="Convert it to a smaller file and examine both.",
        )
    file.seek(0)  # to read again is cheaper than to join
    data = file.read()
    with captured_stderr() as chatter:
        facts, frames = decode_still(data, kind)
    digest = hashlib.sha256(data).hexdigest()
    if isinstance(facts, StillFacts):
        # A GIF with one picture is a still, an AVIF may turn out to move.
        is_timed = facts.frames > 1 and frames[0].moment_s is not None
        kind = msgspec.structs.replace(kind, kind="animation" if is_timed else "still")
    return Media(path, digest, len(data), kind, data, facts, frames, {}, chatter.lines)


def _open_video(path: Path, file: BinaryIO, head: bytes, kind: SniffedType) -> Media:
    digest = hashlib.sha256(head)
    size = len(head)
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
    file.seek(0)
    try:
        from forensics.ingest.video import decode_video
    except (ImportError, OSError) as error:
        missing = Absent(
            "not_available",
            f"videos need the library PyAV, which does not load here ({error})",
            "Install it with: pip install av",
        )
        return Media(path, digest.hexdigest(), size, kind, None, missing, (), {})
    video = decode_video(file, kind)
    if video.is_sound_only:
        kind = msgspec.structs.replace(kind, kind="audio")
    return Media(
        path,
        digest.hexdigest(),
        size,
        kind,
        None,
        video.facts,
        video.frames,
        video.tags or {},
        video.messages,
    )
