"""Read every block of a still with every engine there is for it."""

from collections.abc import Callable

from forensics.ingest.guard import guarded
from forensics.metadata.block_parts import Blocks
from forensics.metadata.blocks import find_blocks
from forensics.metadata.exif import read_with_exifread, read_with_pillow
from forensics.metadata.exif_thumbnail import read_thumbnail
from forensics.metadata.icc import read_icc
from forensics.metadata.iptc import read_iptc
from forensics.metadata.maker_notes import read_maker_notes
from forensics.metadata.reading import Readings
from forensics.metadata.stored_texts import read_stored_texts
from forensics.metadata.xmp import read_xmp
from forensics.model.outcome import Problem

Attempt = Callable[[], tuple[Readings, list[str]]]

MAX_FAULTS = 3
"""Faults of one engine that are named; more say no more."""

_MORE = "; "
# Where exifread would look; it is not asked about files that have none of it anywhere.
_EXIF_MARKS = {"jpeg": b"Exif", "png": b"eXIf", "apng": b"eXIf", "webp": b"EXIF",
               "heic": b"Exif", "avif": b"Exif"}  # fmt: skip
_TEXT_SOURCES = {"jpeg": "jpeg", "png": "png", "apng": "png", "gif": "gif"}


def read_still(data: bytes, format_name: str) -> tuple[dict[str, Readings], dict[str, str]]:
    """Read every block of a still with every engine there is for it.

    Parameters
    ----------
    data : bytes
        The whole file.
    format_name : str
        As `sniff` names it.

    Returns
    -------
    by_engine : dict of str to Readings
        Engine name to what it read: EXIF first, whose values stay where others state the same.
    failed : dict of str to str
        Engines that gave up in part or whole, and why.
    """
    good: dict[str, Readings] = {}
    failed: dict[str, str] = {}
    # One guard around the many: the parsers are quieted once.
    read = guarded(lambda: _read(data, format_name, good, failed), doing="reading metadata")
    if isinstance(read, Problem):
        failed["structure"] = read.error
    return good, failed


def _read(data: bytes, format_name: str, good: dict[str, Readings], failed: dict[str, str]) -> None:
    blocks = find_blocks(data, format_name)
    for name, attempt in _attempts(data, format_name, blocks).items():
        read = guarded(attempt, doing=f"reading by {name}")
        if isinstance(read, Problem):
            failed[name] = read.error
            continue
        good[name], faults = read
        if faults:
            failed[name] = f"{_MORE.join(faults[:MAX_FAULTS])} (the other tags were read)"
    if blocks.faults:
        failed["structure"] = _MORE.join(blocks.faults[:MAX_FAULTS])


def _attempts(data: bytes, format_name: str, blocks: Blocks) -> dict[str, Attempt]:
    attempts: dict[str, Attempt] = {}
    exif = blocks.exif
    if exif is not None:
        attempts["pillow"] = lambda: read_with_pillow(exif)
    if exif is not None or _EXIF_MARKS.get(format_name, b"\\0") in data:
        attempts["exifread"] = lambda: read_with_exifread(data, exif)
    if blocks.xmp:
        attempts["xmp"] = lambda: read_xmp(blocks.xmp, extended=blocks.xmp_extended)
    if blocks.iptc:
        attempts["iptc"] = lambda: read_iptc(blocks.iptc)
    if blocks.texts:
        source = _TEXT_SOURCES.get(format_name, format_name)
        attempts[source] = lambda: (read_stored_texts(blocks.texts), [])
    if blocks.icc:
        attempts["icc"] = lambda: read_icc(blocks.icc)
    if exif is not None:
        attempts["maker_note"] = lambda: read_maker_notes(exif)
        attempts["thumbnail"] = lambda: (read_thumbnail(exif), [])
    return attempts
