"""Read the metadata of a clip from its own bytes, beside FFmpeg."""

import os
from collections.abc import Callable
from typing import BinaryIO

from forensics.ingest.guard import guarded
from forensics.ingest.media import Media
from forensics.ingest.regular import open_regular
from forensics.metadata.isobmff import read_isobmff
from forensics.metadata.matroska import read_matroska
from forensics.metadata.reading import Readings
from forensics.metadata.riff import read_riff
from forensics.metadata.xmp import read_xmp
from forensics.model.errors import UnreadableMedia
from forensics.model.outcome import Problem

Own = tuple[Readings, list[str], bytes]

MAX_FAULTS = 3
"""Faults of a file's structure that are named; more say no more."""


def read_own(media: Media) -> tuple[dict[str, Readings], dict[str, str]]:
    """Read the metadata of a clip with the package's own readers.

    Parameters
    ----------
    media : Media
        As `ingest.open_media` gives it. The file is opened once more, read-only: it was closed
        when it had been decoded.

    Returns
    -------
    good : dict of str to Readings
        By the reader: ``isobmff``, ``matroska`` or ``riff``, and ``xmp`` when the clip holds a
        packet; empty for other containers, which FFmpeg alone reads.
    failed : dict of str to str
        What could not be read, in whole or in part.
    """
    name = _BY_FORMAT.get(media.type.format)
    if name is None:
        return {}, {}
    read = guarded(lambda: _read(media, _READERS[name]), doing=f"metadata of {media.type.format}")
    if isinstance(read, Problem):
        return {}, {name: read.error}
    readings, faults, packet = read
    good = {name: readings}
    failed: dict[str, str] = {}
    _note(failed, name, faults)
    if packet:
        told = guarded(lambda: read_xmp(packet), doing="XMP")
        if isinstance(told, Problem):
            failed["xmp"] = told.error
        else:
            good["xmp"] = told[0]
            _note(failed, "xmp", told[1])
    return good, failed


def _note(failed: dict[str, str], name: str, faults: list[str]) -> None:
    if faults:
        failed[name] = f"{'; '.join(faults[:MAX_FAULTS])} (the other tags were read)"


def _read(media: Media, reader: Callable[[BinaryIO], Own]) -> Own:
    try:
        with open_regular(media.path) as file:
            if os.fstat(file.fileno()).st_size != media.bytes:
                raise UnreadableMedia("the file has changed since it was decoded")
            return reader(file)
    except OSError as error:
        raise UnreadableMedia(
            f"the file cannot be opened again: {error.strerror or error}"
        ) from error


def _without_xmp(
    reader: Callable[[BinaryIO], tuple[Readings, list[str]]],
) -> Callable[[BinaryIO], Own]:
    def read(file: BinaryIO) -> Own:
        return (*reader(file), b"")

    return read


_READERS: dict[str, Callable[[BinaryIO], Own]] = {
    "isobmff": read_isobmff,
    "matroska": _without_xmp(read_matroska),
    "riff": _without_xmp(read_riff),
}
_BY_FORMAT = {
    "mp4": "isobmff",
    "mov": "isobmff",
    "matroska": "matroska",
    "avi": "riff",
    "wav": "riff",
}
