"""Read the metadata of AVI and WAV files, independently of FFmpeg."""

import os
import re
from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct

from forensics.metadata.iso_time import read_iso_time
from forensics.metadata.reading import Reading, Readings, clean_text, clean_time, raw_text
from forensics.model.findings import FieldValue

MAX_CHUNKS = 20_000
"""Chunks that are looked at in one file: one list holds all pictures, and is passed over."""

MAX_CHUNK_BYTES = 1 << 16
"""What is read of one chunk; a text is shorter."""

MAX_DEPTH = 4
"""Lists within lists that are entered: a stream's list lies in the header's."""

_HEAD_BYTES = 8
_FORM_BYTES = 4
_ENTERED = (b"hdrl", b"strl", b"INFO", b"exif")

# Field, then the chunks that state it, the preferred one first.
_TEXTS = (
    ("make", "exif/ecor", "INFO/IMAK"),
    ("model", "exif/emdl", "INFO/IMOD"),
    ("software", "INFO/ISFT"),
    ("artist", "INFO/IART"),
    ("copyright", "INFO/ICOP"),
    ("description", "INFO/ISBJ"),
    ("comment", "INFO/ICMT"),
    ("title", "INFO/INAM"),
    ("date_tag", "INFO/ICRD"),
    ("video_handler", "strl/strn"),
)
_CAPTURED = ("hdrl/IDIT", "INFO/IDIT")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# The way of the C library's asctime: "Fri Aug 16 14:22:07 2024".
_WORDS = re.compile(
    r"[A-Za-z]{3},? +([A-Za-z]{3}) +(\d{1,2}) +(\d{1,2}:\d{2}:\d{2}) +(\d{4})", re.ASCII
)
_SLASHES = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})/? +(\d{1,2}:\d{2}(?::\d{2})?)", re.ASCII)


class _Chunk(Struct, frozen=True):
    kind: bytes
    body: int
    end: int


def read_riff(file: BinaryIO) -> tuple[Readings, list[str]]:
    """Read header and INFO list of an AVI or WAV file; everything else is passed over.

    Parameters
    ----------
    file : binary file
        Can be positioned anywhere.

    Returns
    -------
    readings : dict of str to Reading
        The fields that are there, each with the chunk it stands in. Texts are in a character set
        that the file does not name: what is not UTF-8 is shown as bytes.
    faults : list of str
        What is wrong with the file's structure; what could be read is read all the same.

    References
    ----------
    Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", 1991: RIFF, INFO.
    """
    chunks = _Chunks(file)
    texts = chunks.read()
    readings: Readings = {}
    for field, *names in _TEXTS:
        for name in names:
            _put(readings, field, clean_text(texts.get(name)), name, texts)
    for name in _CAPTURED:
        _put(readings, "captured_at", read_idit(clean_text(texts.get(name)) or ""), name, texts)
    return readings, chunks.faults


def read_idit(text: str) -> str | None:
    """Read the time of recording that cameras write into AVI files.

    Parameters
    ----------
    text : str
        ``Fri Aug 16 14:22:07 2024``, ``2024/08/16/ 14:22`` or an ISO 8601 time.

    Returns
    -------
    str or None
        ISO 8601 without an offset, as precise as it was given.

    Examples
    --------
    >>> read_idit("FRI AUG 16 14:22:07 2024")
    '2024-08-16T14:22:07'
    """
    match = _WORDS.fullmatch(text)
    if match is not None and match.group(1).lower() in _MONTHS:
        month = _MONTHS.index(match.group(1).lower()) + 1
        return clean_time(f"{match.group(4)}-{month}-{match.group(2)} {match.group(3)}")
    match = _SLASHES.fullmatch(text)
    if match is not None:
        return clean_time("{}-{}-{} {}".format(*match.groups()))
    time = read_iso_time(text)
    return None if time is None else time.value


def _put(
    readings: Readings, field: str, value: FieldValue, name: str, texts: dict[str, bytes]
) -> None:
    if value is not None and field not in readings:
        readings[field] = Reading(value, raw_text(texts[name]), name.replace("/", " "))


class _Chunks:
    """Reads the chunks of one file, as many as there may be."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = file.seek(0, os.SEEK_END)
        self.faults: list[str] = []
        self._count = 0

    def read(self) -> dict[str, bytes]:
        """Give the wanted chunks by list and name; the first of each counts."""
        found: dict[str, bytes] = {}
        wanted = {name for _, *names in _TEXTS for name in names} | set(_CAPTURED)
        for riff in self._between(0, self._size):
            if riff.kind == b"RIFF":
                self._read_list(riff, "", found, wanted, 0)
        return found

    def _read_list(
        self, parent: _Chunk, form: str, found: dict[str, bytes], wanted: set[str], depth: int
    ) -> None:
        for chunk in self._between(parent.body + _FORM_BYTES, parent.end):
            if chunk.kind == b"LIST":
                inner = self._at(chunk.body, _FORM_BYTES)
                if inner in _ENTERED and depth < MAX_DEPTH:
                    self._read_list(chunk, inner.decode("ascii"), found, wanted, depth + 1)
                continue
            name = f"{form}/{chunk.kind.decode('latin-1')}"
            if name in wanted and name not in found:
                found[name] = self._at(chunk.body, min(chunk.end - chunk.body, MAX_CHUNK_BYTES))

    def _between(self, start: int, end: int) -> Iterator[_Chunk]:
        position = start
        while position + _HEAD_BYTES <= end:
            if self._count == MAX_CHUNKS:
                self._fault(f"more than {MAX_CHUNKS:,} chunks: the rest were not looked at")
                return
            self._count += 1
            head = self._at(position, _HEAD_BYTES)
            body = position + _HEAD_BYTES
            stop = body + int.from_bytes(head[4:8], "little")
            if stop > end:
                kind = raw_text(head[:4])
                self._fault(f"the chunk {kind} claims {stop - end:,} bytes more than there are")
                stop = end
            yield _Chunk(head[:4], body, stop)
            position = stop + (stop - body) % 2

    def _fault(self, text: str) -> None:
        if text not in self.faults and len(self.faults) < MAX_FAULTS:
            self.faults.append(text)

    def _at(self, offset: int, size: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(size)


MAX_FAULTS = 20
"""Faults that are kept; more say no more."""
