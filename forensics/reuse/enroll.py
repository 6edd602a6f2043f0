"""Take files into the archive of known footage: open, hash, keep views, record the source."""

import os

import msgspec
from msgspec import Struct

from forensics.ingest.folder import printable_path
from forensics.ingest.media import open_media, require_pictures
from forensics.model.errors import UnreadableMedia
from forensics.model.findings import CompareViews
from forensics.model.match import CheckProblem
from forensics.reuse.archive import Archive
from forensics.reuse.archive_entry import Entry, Sighting
from forensics.reuse.hashes import hash_frames
from forensics.reuse.intake import Intake
from forensics.reuse.views import make_views


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


def enroll_all(archive: Archive, intake: Intake, *, hashes_only: bool = False) -> Enrolment:
    """Take a set of files of known footage into an archive, one after the other.

    Each file is kept as soon as it is taken in, so a run that was interrupted can be repeated.

    Parameters
    ----------
    archive : Archive
        Open for writing.
    intake : Intake
        The files, as `plan_intake` gives them.
    hashes_only : bool, optional
        Keep no views; see `enroll`.

    Returns
    -------
    Enrolment
        The files taken in, and what was not.

    Raises
    ------
    ArchiveError
        When the archive cannot be written.
    """
    files: list[Enrolled] = []
    problems = list(intake.problems)
    for planned in intake.files:
        try:
            files.append(
                enroll(
                    archive, planned.location, sighting=planned.sighting, hashes_only=hashes_only
                )
            )
        except UnreadableMedia as error:
            shown = planned.sighting.path or printable_path(planned.location)
            problems.append(CheckProblem(shown, str(error), error.advice))
    return Enrolment(tuple(files), tuple(problems), intake.notices)


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
        Keep no views. Copies of such an entry can only be leads, because a hash alone does not
        show a copy.

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
    is_new = archive.add(entry, hashes=hash_frames(media.frames), views=views)
    return Enrolled(sighting.path or printable_path(path), entry.id, is_new)
