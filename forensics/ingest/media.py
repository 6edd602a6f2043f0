"""Open one file once: its digest, what it is, and the pictures that every step works on."""

import builtins
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
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
from forensics.model.outcome import Absent, ArtefactBytes, Problem

MAX_STILL_BYTES = 1 << 30
"""Stills are held in memory; 1 GiB is more than any camera writes."""

_CHUNK_BYTES = 1 << 20


OnProgress = Callable[[float], None]
"""Called now and then with the seconds of play that were read; a still says 0.0."""


@dataclass(frozen=True, eq=False)
class Identified:
    """An open file whose bytes were read and hashed, and nothing more.

    Parameters
    ----------
    path : Path
        Where it was opened.
    sha256 : str
        Digest of its bytes.
    bytes : int
        How many they are.
    type : SniffedType
        What its first bytes say it is.
    file : binary file
        Open for reading as long as `identify` lasts.
    data : bytes or None
        Its bytes, for stills; None for video.
    """

    path: Path
    sha256: str
    bytes: int
    type: SniffedType
    file: BinaryIO
    data: builtins.bytes | None


@dataclass(frozen=True, eq=False)
class Media:
    """One decoded file.

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
    artefacts : dict of str to ArtefactBytes
        What a video leaves for the steps that look at time: see `ingest.video`.
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
    artefacts: dict[str, ArtefactBytes] = field(default_factory=dict)


def open_media(path: str | os.PathLike[str]) -> Media:
    """Read one file once: hash it, tell what it is, decode what the steps need.

    Parameters
    ----------
    path : str or PathLike
        A photo, animation or video.

    Returns
    -------
    Media
        The decoded file. A file that is media but cannot be decoded is returned too, with a
        `Problem` in `facts`.

    Raises
    ------
    UnreadableMedia
        When the file is empty, no media, too large, or cannot be opened.
    """
    with identify(path) as opened:
        return decode(opened)


@contextmanager
def identify(
    path: str | os.PathLike[str], *, on_progress: OnProgress | None = None
) -> Iterator[Identified]:
    """Open a file, tell what it is and hash it, without decoding anything.

    Parameters
    ----------
    path : str or PathLike
        A photo, animation or video.
    on_progress : callable, optional
        Called while the bytes are read.

    Yields
    ------
    Identified
        The open file, for `decode`.

    Raises
    ------
    UnreadableMedia
        When the file is empty, no media, too large, or cannot be opened.
    """
    location = Path(path)
    with ExitStack() as stack:
        try:
            file = stack.enter_context(open_regular(location))
            opened = _identify(location, file, on_progress or _unheard)
        except OSError as error:
            raise UnreadableMedia(
                f"cannot be opened: {error.strerror or error}",
                advice="Check that the file exists and that you may read it.",
            ) from error
        yield opened


def decode(opened: Identified, *, on_progress: OnProgress | None = None) -> Media:
    """Decode what the steps need of an open file.

    Parameters
    ----------
    opened : Identified
        As `identify` gives it.
    on_progress : callable, optional
        Called while a clip is decoded.

    Returns
    -------
    Media
        The decoded file. A file that is media but cannot be decoded is returned too, with a
        `Problem` in `facts`.
    """
    if opened.data is not None:
        return _decode_still(opened, opened.data)
    return _decode_video(opened, on_progress or _unheard)


def undecoded(opened: Identified, problem: Problem) -> Media:
    """Give an open file without decoding it, because its decoder failed before.

    Parameters
    ----------
    opened : Identified
        As `identify` gives it.
    problem : Problem
        What happened then.

    Returns
    -------
    Media
        Its bytes, with the problem and no pictures.
    """
    return Media(
        opened.path, opened.sha256, opened.bytes, opened.type, opened.data, problem, (), {}
    )


def _unheard(_: float) -> None:
    pass


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


def _identify(path: Path, file: BinaryIO, on_progress: OnProgress) -> Identified:
    head = file.read(HEAD_BYTES)
    kind = _require_type(head)
    if kind.kind in ("still", "animation"):
        size = os.fstat(file.fileno()).st_size
        if size > MAX_STILL_BYTES:
            raise UnreadableMedia(
                f"a still of {size:,} bytes; the limit is {MAX_STILL_BYTES:,}",
                advice="Convert it to a smaller file and examine both.",
            )
        file.seek(0)  # to read again is cheaper than to join
        data = file.read()
        return Identified(path, hashlib.sha256(data).hexdigest(), len(data), kind, file, data)
    digest = hashlib.sha256(head)
    size = len(head)
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
        on_progress(0.0)
    return Identified(path, digest.hexdigest(), size, kind, file, None)


def _decode_still(opened: Identified, data: bytes) -> Media:
    # OpenCV and PyAV are slow to import; a folder of stills needs no PyAV.
    from forensics.ingest.stills import decode_still

    kind = opened.type
    with captured_stderr() as chatter:
        facts, frames = decode_still(data, kind)
    if isinstance(facts, StillFacts):
        # A GIF with one picture is a still, an AVIF may turn out to move.
        is_timed = facts.frames > 1 and frames[0].moment_s is not None
        kind = msgspec.structs.replace(kind, kind="animation" if is_timed else "still")
    return Media(
        opened.path, opened.sha256, opened.bytes, kind, data, facts, frames, {}, chatter.lines
    )


def _decode_video(opened: Identified, on_progress: OnProgress) -> Media:
    kind = opened.type
    try:
        from forensics.ingest.video import decode_video
    except (ImportError, OSError) as error:
        missing = Absent(
            "not_available",
            f"videos need the library PyAV, which does not load here ({error})",
            "Install it with: pip install av",
        )
        return Media(opened.path, opened.sha256, opened.bytes, kind, None, missing, (), {})
    opened.file.seek(0)
    video = decode_video(opened.file, kind, on_progress=on_progress)
    if video.is_sound_only:
        kind = msgspec.structs.replace(kind, kind="audio")
    return Media(
        path=opened.path,
        sha256=opened.sha256,
        bytes=opened.bytes,
        type=kind,
        data=None,
        facts=video.facts,
        frames=video.frames,
        tags=video.tags or {},
        decoder_messages=video.messages,
        artefacts=video.artefacts,
    )
