"""Is it recycled? Look single files up in an archive of known footage."""

import os
from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from forensics.ingest.folder import printable_path
from forensics.ingest.media import open_media, require_pictures
from forensics.model.casefile import EventWindow
from forensics.model.errors import UnreadableMedia
from forensics.model.findings import CompareViews, LocalFeatures
from forensics.model.match import CheckProblem, CheckReport
from forensics.model.outcome import Made
from forensics.reuse.archive import Archive
from forensics.reuse.features import describe_frames, read_described
from forensics.reuse.hashes import hash_frames
from forensics.reuse.search import search_archive
from forensics.reuse.traces import trace_clip
from forensics.reuse.views import MOVING, Probe, make_views, read_views


def check_files(
    paths: Sequence[str | os.PathLike[str]],
    *,
    archive: Archive,
    event: EventWindow = EventWindow(),  # noqa: B008 - frozen
) -> CheckReport:
    """Look files up in an archive of known footage.

    Parameters
    ----------
    paths : sequence of str or PathLike
        Photos and videos.
    archive : Archive
        Known footage, open for reading.
    event : EventWindow, optional
        The event the files are said to show; without its start nothing is called recycled.

    Returns
    -------
    CheckReport
        Matches, files without any, and files that could not be checked.
    """
    probes, problems = [], []
    # The same name twice is one question; two names of the same bytes are two.
    for path in dict.fromkeys(os.fspath(each) for each in paths):
        shown = printable_path(path)
        try:
            probes.append(probe_file(path))
        except UnreadableMedia as error:
            problems.append(CheckProblem(shown, str(error), error.advice))
    found = search_archive(probes, archive, event)
    return replace(found, problems=(*found.problems, *problems))


def probe_file(path: str | os.PathLike[str]) -> Probe:
    """Make the search probe of one file.

    Parameters
    ----------
    path : str or PathLike
        A photo or video.

    Returns
    -------
    Probe
        Its hashes and views.

    Raises
    ------
    UnreadableMedia
        When nothing of it can be decoded.
    """
    media = open_media(path)
    facts = require_pictures(media)
    views = make_views(media.frames)
    assert isinstance(views.finding, CompareViews)  # noqa: S101 - what make_views returns
    described = describe_frames(media.frames)
    assert isinstance(described.finding, LocalFeatures)  # noqa: S101 - what it returns
    traced = trace_clip(media)
    return Probe(
        sha256=media.sha256,
        path=printable_path(path),
        is_video=media.type.kind in MOVING and len(media.frames) > 1,
        hashes=hash_frames(media.frames),
        views=read_views(views.finding, views.artefacts["views"].data),
        size_px=(facts.width_px or 0, facts.height_px or 0),
        duration_s=facts.duration_s,
        features=read_described(described.finding, described.artefacts["features"].data),
        described=described.finding.pictures,
        read_trace=partial(_trace, traced) if isinstance(traced, Made) else None,
    )


def _trace(made: Made) -> bytes:
    return made.artefacts["trace"].data
