"""Take files into the archive of known footage: open, hash, keep views, record the source."""

import os

import msgspec

from forensics.ingest.media import open_media
from forensics.model.errors import UnreadableMedia
from forensics.model.findings import CompareViews
from forensics.model.outcome import Absent, Problem
from forensics.reuse.archive import Archive
from forensics.reuse.archive_entry import Entry, Sighting
from forensics.reuse.hashes import hash_frames
from forensics.reuse.views import make_views


def enroll(
    archive: Archive,
    path: str | os.PathLike[str],
    *,
    sighting: Sighting,
    hashes_only: bool = False,
) -> bool:
    """Take one file of known footage into an archive.

    Parameters
    ----------
    archive : Archive
        Open for writing.
    path : str or PathLike
        The photo or video.
    sighting : Sighting
        Where it comes from and since when it is known.
    hashes_only : bool, optional
        Keep no views. Copies of such an entry can only be leads, because a hash alone does not
        show a copy.

    Returns
    -------
    bool
        False when the archive had these bytes already; the sighting is kept all the same.

    Raises
    ------
    UnreadableMedia
        When the file is no photo or video, or nothing of it can be decoded.
    ArchiveError
        When the archive cannot be written.
    """
    media = open_media(path)
    facts = media.facts
    if isinstance(facts, Problem):
        raise UnreadableMedia(facts.error, advice=facts.advice)
    if isinstance(facts, Absent):
        raise UnreadableMedia(facts.detail, advice=facts.advice)
    if not media.frames:
        raise UnreadableMedia("no picture to hash", advice="Sound alone cannot be looked up.")
    entry = Entry(
        id=media.sha256,
        sha256=media.sha256,
        kind=media.type.kind,
        format=media.type.format,
        bytes=media.bytes,
        width_px=facts.width_px,
        height_px=facts.height_px,
        **msgspec.structs.asdict(sighting),
    )
    views: tuple[CompareViews, bytes] | None = None
    if not hashes_only:
        made = make_views(media.frames)
        if isinstance(made.finding, CompareViews):
            views = made.finding, made.artefacts["views"].data
    return archive.add(entry, hashes=hash_frames(media.frames), views=views)
