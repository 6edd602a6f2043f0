"""What the files beside photos and videos assert about them."""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from msgspec import Struct

from forensics.ingest.folder import printable_path
from forensics.ingest.regular import digest_of, open_regular
from forensics.ingest.sniff import MEDIA_EXTENSIONS
from forensics.metadata.sidecar_formats import (
    auto_archiver,
    google_takeout,
    telegram,
    xmp_beside,
    yt_dlp,
)
from forensics.metadata.sidecar_formats.loose_json import NOT_READ
from forensics.metadata.sidecar_formats.pairing import Draft, MediaIndex, MediaName, split
from forensics.model.errors import UnreadableMedia
from forensics.model.sidecars import Sidecar, SidecarFormat

__all__ = ["MediaName", "SidecarFile", "find_sidecars", "may_be_sidecar", "sidecars_of"]

HEAD_BYTES = 1 << 16
"""By so much of a file that is too large it is told what it looks like."""

MAX_ENTRIES = 20_000
"""Entries of a folder that `sidecars_of` looks at."""

MAX_PARENTS = 2
"""Telegram puts photos one or two folders below ``result.json``."""

MAX_READ = 200
"""Files that `sidecars_of` reads in one folder whatever their names."""

EXPORT = "result.json"
_START = re.compile(r"[^(.\-]{1,20}")
_CHUNK_BYTES = 1 << 20


class SidecarFile(Struct, frozen=True):
    """A file that may be a sidecar.

    Parameters
    ----------
    path : str
        Relative to the scanned folder, like the paths of media.
    open : callable
        Opens it for reading bytes.
    """

    path: str
    open: Callable[[], BinaryIO]


class _Format(NamedTuple):
    name: SidecarFormat
    ending: str
    max_bytes: int
    looks_like: Callable[[bytes], bool]
    read: Callable[[str, bytes, MediaIndex], tuple[Draft, ...] | None]


def _format(name: SidecarFormat, module: object) -> _Format:
    parts = (getattr(module, each) for each in ("ENDING", "MAX_BYTES", "looks_like", "read"))
    return _Format(name, *parts)


# The first that recognises a file has it; of two with the same ending the stricter comes first.
_FORMATS = (
    _format("yt-dlp", yt_dlp),
    _format("google-takeout", google_takeout),
    _format("telegram", telegram),
    _format("auto-archiver", auto_archiver),
    _format("xmp", xmp_beside),
)


def find_sidecars(files: Sequence[SidecarFile], media: Sequence[MediaName]) -> tuple[Sidecar, ...]:
    """Recognise sidecars and pair them with the media they describe.

    They are shown as what they are: statements that anybody can have edited. What is not
    recognised by its content is no sidecar, whatever its name.

    Parameters
    ----------
    files : sequence of SidecarFile
        Files that are no media themselves.
    media : sequence of MediaName
        The media that are there. Names in sidecars are compared with these and never opened.

    Returns
    -------
    tuple of Sidecar
        In order of path, and within a file as it is written. A medium may have several, and they
        may contradict one another; one that describes nothing here has no media.
    """
    index = MediaIndex(media)
    ordered = sorted(files, key=lambda each: each.path)
    return tuple(sidecar for each in ordered for sidecar in _read(each, index))


def may_be_sidecar(path: str) -> bool:
    """Say whether a file is worth opening; whether it is a sidecar, its content tells.

    Parameters
    ----------
    path : str
        The file.

    Returns
    -------
    bool
        By the ending of its name.
    """
    return bool(_endings_of(path))


def sidecars_of(path: Path) -> tuple[Sidecar, ...]:
    """Find the sidecars of one photo or video, in its folder and up to two folders above.

    Parameters
    ----------
    path : Path
        The photo or video.

    Returns
    -------
    tuple of Sidecar
        Those that describe it. Paths are relative to the topmost folder that was looked at.

    Notes
    -----
    Limits: of a folder 20,000 entries are looked at; when more than 200 of them may be sidecars,
    only tables, ``result.json`` and those whose names begin like the file's are read.
    """
    place = path.resolve()
    folders = [place.parent, *place.parents[1 : 1 + MAX_PARENTS]]
    root = folders[-1]
    own = printable_path(place.relative_to(root))
    digest = digest_of(place)
    if digest is None:
        return ()
    beside = [each for each in _entries(folders[0]) if each != place]
    # Other names are needed, or a sidecar of two files would be said to be of this one alone.
    names = [
        MediaName(printable_path(each.relative_to(root)), "")
        for each in beside
        if each.suffix[1:].lower() in MEDIA_EXTENSIONS
    ]
    exports = [folder / EXPORT for folder in folders[1:]]
    files = [
        SidecarFile(printable_path(each.relative_to(root)), partial(open_regular, each))
        for each in (*_likely(beside, place.name), *exports)
    ]
    found = find_sidecars(files, [MediaName(own, digest), *names])
    return tuple(each for each in found if own in each.media)


def _entries(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(each.name for _, each in zip(range(MAX_ENTRIES), entries, strict=False))
    except OSError:
        return []
    return [folder / name for name in names]


def _likely(beside: Sequence[Path], name: str) -> list[Path]:
    """Leave out the sidecars of other files when there are many."""
    files = [each for each in beside if _endings_of(each.name)]
    if len(files) <= MAX_READ:
        return files
    start = _START.match(name)
    prefix = start.group() if start is not None else name
    return [
        each
        for each in files
        if each.name.startswith(prefix)
        or each.name == EXPORT
        or each.name.lower().endswith(auto_archiver.ENDING)
    ]


def _endings_of(name: str) -> list[_Format]:
    return [each for each in _FORMATS if name.lower().endswith(each.ending)]


def _read(file: SidecarFile, index: MediaIndex) -> Iterator[Sidecar]:
    formats = _endings_of(split(file.path)[1])
    if not formats:
        return
    try:
        sha256, size, data = _content(file, max(each.max_bytes for each in formats))
    except (OSError, UnreadableMedia):
        return  # the scan says so already
    for each in formats:
        drafts = _drafts(each, file.path, size, data, index)
        if drafts is not None:
            yield from (_sidecar(file.path, sha256, each.name, draft) for draft in drafts)
            return


def _content(file: SidecarFile, limit: int) -> tuple[str, int, bytes]:
    """Read a file once: the digest of all, and as much of it as may be looked at."""
    digest = hashlib.sha256()
    kept: list[bytes] = []
    size = 0
    with file.open() as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
            if size <= limit:
                kept.append(chunk)
            size += len(chunk)
    return digest.hexdigest(), size, b"".join(kept)


def _drafts(
    each: _Format, path: str, size: int, data: bytes, index: MediaIndex
) -> Iterable[Draft] | None:
    if size > each.max_bytes:
        if not each.looks_like(data[:HEAD_BYTES]):
            return None
        reason = f"it is larger than {each.max_bytes >> 20} MiB and was not read"
        return (Draft("", (), NOT_READ, {}, (), (reason,)),)
    return each.read(path, data, index)


def _sidecar(path: str, sha256: str, name: SidecarFormat, draft: Draft) -> Sidecar:
    return Sidecar(
        path=path,
        sha256=sha256,
        format=name,
        record=draft.record,
        media=draft.media,
        pairing=draft.pairing,
        fields=draft.fields,
        limits=draft.limits,
        faults=draft.faults,
    )
