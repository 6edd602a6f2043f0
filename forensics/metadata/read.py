"""Read the metadata of one item with every engine there is for it."""

import os
from pathlib import Path

from forensics.ingest.guard import guarded
from forensics.ingest.media import Media, open_media
from forensics.ingest.programs import asked_exiftool
from forensics.metadata.reading import Readings
from forensics.metadata.reconcile import reconcile
from forensics.model.findings import MetadataTable
from forensics.model.outcome import Absent, Problem


def read(path: str | os.PathLike[str]) -> MetadataTable | Absent:
    """Read the metadata of a photo or video.

    Parameters
    ----------
    path : str or PathLike
        The file.

    Returns
    -------
    MetadataTable or Absent
        Every field with what each engine read; `Absent` when the file carries none.

    Raises
    ------
    UnreadableMedia
        When the file is no photo or video.
    """
    return read_fields(open_media(path))


def read_fields(media: Media) -> MetadataTable | Absent:
    """Read the metadata of an opened item.

    Parameters
    ----------
    media : Media
        As `ingest.open_media` gives it.

    Returns
    -------
    MetadataTable or Absent
        Every field with what each engine read; `Absent` when the file carries none. That
        platforms strip metadata is the rule, so its absence says nothing about the footage.
    """
    if media.data is None and not media.tags and isinstance(media.facts, Absent | Problem):
        return _unread(media.facts)
    by_engine, failed = (
        _read_still(media.data, media.type.format) if media.data is not None else _read_video(media)
    )
    _ask_exiftool(media.path, by_engine, failed)
    fields = reconcile(by_engine)
    if not fields and not failed:
        return Absent("not_present", "the file carries no metadata that this package reads")
    if not fields:
        detail = "; ".join(failed.values())
        if isinstance(media.facts, Absent):  # a library is missing
            return Absent(media.facts.reason, detail, media.facts.advice)
        return Absent("unreadable", detail)
    return MetadataTable(fields, failed)


def _unread(facts: Absent | Problem) -> Absent:
    if isinstance(facts, Absent):
        return facts
    return Absent("unreadable", f"the container does not open: {facts.error}", facts.advice)


def _read_still(data: bytes, format_name: str) -> tuple[dict[str, Readings], dict[str, str]]:
    # The engines take a while to import; video needs none of them.
    from forensics.metadata.stills import read_still

    return read_still(data, format_name)


def _ask_exiftool(path: Path, by_engine: dict[str, Readings], failed: dict[str, str]) -> None:
    program = asked_exiftool()
    if program is None:
        return
    from forensics.metadata.exiftool import read_with_exiftool

    read = guarded(lambda: read_with_exiftool(path, program), doing="reading by exiftool")
    if isinstance(read, Problem):
        failed["exiftool"] = read.error
    else:
        by_engine["exiftool"] = read[0]


def _read_video(media: Media) -> tuple[dict[str, Readings], dict[str, str]]:
    from forensics.metadata.container import read_container

    return {"pyav": read_container(media.tags)}, {}
