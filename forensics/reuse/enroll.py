"""Take files into the archive of known footage: open, hash, keep views, record the source."""

import os

import msgspec
from msgspec import Struct

from forensics.ingest.folder import printable_path
from forensics.ingest.media import open_media, require_pictures
from forensics.model.findings import (
    CompareViews,
    ImageHashes,
    LocalFeatures,
    StillFacts,
    VideoFacts,
)
from forensics.model.item import SniffedType
from forensics.model.match import CheckProblem
from forensics.model.outcome import Made
from forensics.reuse.archive import Archive
from forensics.reuse.archive_entry import Entry, KeptFeatures, KeptTrace, Sighting
from forensics.reuse.clip_trace import ARCHIVE_RATE, ClipTrace
from forensics.reuse.features import ARCHIVED_FEATURES, describe_frames, read_described
from forensics.reuse.hashes import hash_frames
from forensics.reuse.traces import RECIPE as TRACE_RECIPE
from forensics.reuse.traces import trace_clip
from forensics.reuse.views import make_views
from forensics.vision.codes import to_bytes


class Enrolled(Struct, frozen=True):
    """A file that is in the archive now.

    Parameters
    ----------
    path : str
        The file, as its sighting names it.
    id : str
        Its entry.
    is_new : bool
        False when the archive had these bytes already; the sighting is kept in any case.
    """

    path: str
    id: str
    is_new: bool


class Footage(Struct, frozen=True):
    """What was found out about a file of known footage.

    Parameters
    ----------
    sha256 : str
        Digest of its bytes.
    size_bytes : int
        How many they are.
    type : SniffedType
        What it is.
    facts : StillFacts or VideoFacts
        Its size.
    hashes : ImageHashes
        Hashes of its pictures.
    views : (CompareViews, bytes) or None
        Small views of the same pictures and their PNG.
    features : KeptFeatures or None
        Local features of the same pictures.
    trace : KeptTrace or None
        What a clip looks like over time.
    """

    sha256: str
    size_bytes: int
    type: SniffedType
    facts: StillFacts | VideoFacts
    hashes: ImageHashes
    views: tuple[CompareViews, bytes] | None
    features: KeptFeatures | None = None
    trace: KeptTrace | None = None


class Enrolment(Struct, frozen=True):
    """What became of a set of files.

    Parameters
    ----------
    files : tuple of Enrolled
        Files that are in the archive now.
    problems : tuple of CheckProblem
        What was not taken in.
    notices : tuple of str
        What was ignored.
    """

    files: tuple[Enrolled, ...]
    problems: tuple[CheckProblem, ...]
    notices: tuple[str, ...]


def enroll(
    archive: Archive,
    path: str | os.PathLike[str],
    *,
    sighting: Sighting,
    hashes_only: bool = False,
) -> Enrolled:
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
        Keep no views, features and traces. Copies of such an entry can only be leads, because a
        hash alone does not show a copy.

    Returns
    -------
    Enrolled
        Its entry, and whether the archive had these bytes already; the sighting is kept in any
        case.

    Raises
    ------
    UnreadableMedia
        When the file is no photo or video, or nothing of it can be decoded.
    ArchiveError
        When the archive cannot be written.
    """
    media = open_media(path)
    facts = require_pictures(media)
    views: tuple[CompareViews, bytes] | None = None
    if not hashes_only:
        made = make_views(media.frames)
        if isinstance(made.finding, CompareViews):
            views = made.finding, made.artefacts["views"].data
    hashes = hash_frames(media.frames)
    features, trace = None, None
    if not hashes_only:
        described = describe_frames(media.frames)
        if isinstance(described.finding, LocalFeatures):
            data = described.artefacts["features"].data
            features = kept_features(described.finding, data, pictures=len(hashes.frames))
        traced = trace_clip(media)
        trace = kept_trace(traced.artefacts["trace"].data) if isinstance(traced, Made) else None
    footage = Footage(media.sha256, media.bytes, media.type, facts, hashes, views, features, trace)
    enrolled = enroll_found(archive, footage, sighting=sighting)
    return msgspec.structs.replace(enrolled, path=enrolled.path or printable_path(path))


def enroll_found(archive: Archive, footage: Footage, *, sighting: Sighting) -> Enrolled:
    """Take footage into an archive that was opened and hashed already.

    Parameters
    ----------
    archive : Archive
        Open for writing.
    footage : Footage
        What was found out about the file.
    sighting : Sighting
        Where it comes from and since when it is known.

    Returns
    -------
    Enrolled
        Its entry, and whether the archive had these bytes already.

    Raises
    ------
    ArchiveError
        When the archive cannot be written.
    """
    entry = Entry(
        id=footage.sha256,
        sha256=footage.sha256,
        kind=footage.type.kind,
        format=footage.type.format,
        bytes=footage.size_bytes,
        width_px=footage.facts.width_px,
        height_px=footage.facts.height_px,
        **msgspec.structs.asdict(sighting),
    )
    is_new = archive.add(
        entry,
        hashes=footage.hashes,
        views=footage.views,
        features=footage.features,
        trace=footage.trace,
    )
    return Enrolled(sighting.path or "", entry.id, is_new)


def kept_features(finding: LocalFeatures, data: bytes, *, pictures: int) -> KeptFeatures:
    """Give the local features that an archive keeps of an item.

    Parameters
    ----------
    finding : LocalFeatures
        As `describe_frames` gave it.
    data : bytes
        Its artefact.
    pictures : int
        How many pictures of the item were hashed.

    Returns
    -------
    KeptFeatures
        The first features of each picture; nothing for those that were not described.
    """
    packed = [b""] * pictures
    for place, features in zip(finding.pictures, read_described(finding, data), strict=True):
        packed[place] = to_bytes(features.first(ARCHIVED_FEATURES))
    return KeptFeatures(finding.recipe, tuple(packed))


def kept_trace(data: bytes) -> KeptTrace:
    """Give the trace that an archive keeps of a clip.

    Parameters
    ----------
    data : bytes
        The artefact of `trace_clip`.

    Returns
    -------
    KeptTrace
        With fewer frames a second.
    """
    thin = ClipTrace.from_bytes(data).at_rate(ARCHIVE_RATE)
    return KeptTrace(TRACE_RECIPE, thin.to_bytes())
