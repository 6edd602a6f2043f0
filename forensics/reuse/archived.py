"""Known footage as an archive keeps it: as items to compare with, and pictures to search."""

from collections.abc import Callable
from functools import lru_cache

from forensics.ingest.guard import guarded
from forensics.model.findings import CompareViews, FrameHash, ImageHashes
from forensics.model.outcome import Problem
from forensics.reuse.archive import Archive
from forensics.reuse.archive_entry import Entry
from forensics.reuse.feature_files import MIN_PICTURES, open_features, read_features
from forensics.reuse.known_pictures import KnownPictures
from forensics.reuse.traces import RECIPE as TRACE_RECIPE
from forensics.reuse.views import MOVING, Probe, Views, read_views
from forensics.vision.codes import NO_FEATURES, RECIPE, CodedFeatures


def known_pictures(archive: Archive) -> KnownPictures:
    """Read the local features of an archive's pictures.

    Parameters
    ----------
    archive : Archive
        Known footage, open for reading.

    Returns
    -------
    KnownPictures
        Those that were described by the present recipe.
    """
    if len(archive.described(RECIPE)) < MIN_PICTURES:
        return KnownPictures.of(
            ((entry_id, position), read_features(packed, entry_id))
            for entry_id, kept in archive.all_features()
            if kept.recipe == RECIPE
            for position, packed in enumerate(kept.pictures)
            if packed
        )
    index, owners = open_features(archive)

    @lru_cache(maxsize=MAX_READ_FEATURES)
    def features(number: int) -> CodedFeatures:
        entry_id, position = owners[number]
        kept = archive.features(entry_id)
        # Somebody may have removed it since.
        packed = kept.pictures[position] if kept and position < len(kept.pictures) else b""
        return read_features(packed, entry_id) if packed else NO_FEATURES

    return KnownPictures(index, owners, features)


MAX_READ_FEATURES = 2_000
"""Pictures whose features are kept in memory once read: 24 MB."""


def as_probe(entry: Entry, archive: Archive) -> Probe:
    """Make the probe of known footage, from what the archive keeps of it.

    Parameters
    ----------
    entry : Entry
        The known footage.
    archive : Archive
        Where it is kept.

    Returns
    -------
    Probe
        Without views and features where none are kept.
    """
    described = _described(entry, archive)
    hashes = tuple(
        FrameHash(h.moment_s, h.pdq, h.quality or 0, h.phash or "", h.dhash or "")
        for h in archive.hashes(entry.id)
    )
    return Probe(
        sha256=entry.id,
        path=entry.path or "",
        is_video=entry.kind in MOVING and len(hashes) > 1,
        hashes=ImageHashes("", hashes),
        views=read_kept(archive.views(entry.id)),
        size_px=(entry.width_px or 0, entry.height_px or 0),
        features=tuple(read_features(packed, entry.id) for _, packed in described),
        described=tuple(position for position, _ in described),
        read_trace=_trace(entry, archive),
    )


def _described(entry: Entry, archive: Archive) -> list[tuple[int, bytes]]:
    kept = archive.features(entry.id)
    if kept is None or kept.recipe != RECIPE:
        return []
    return [(position, packed) for position, packed in enumerate(kept.pictures) if packed]


def _trace(entry: Entry, archive: Archive) -> Callable[[], bytes] | None:
    kept = archive.trace(entry.id) if entry.kind in MOVING else None
    if kept is None or kept.recipe != TRACE_RECIPE:
        return None
    data = kept.data
    return lambda: data


def read_kept(kept: tuple[CompareViews, bytes] | None) -> Views | None:
    """Read the views an archive keeps of an entry.

    Parameters
    ----------
    kept : (CompareViews, bytes) or None
        As `Archive.views` gives them.

    Returns
    -------
    Views or None
        None when it keeps none, or what it keeps is damaged: then there are hashes alone.
    """
    if kept is None:
        return None
    views = guarded(lambda: read_views(*kept), doing="reading the views of known footage")
    return None if isinstance(views, Problem) else views
