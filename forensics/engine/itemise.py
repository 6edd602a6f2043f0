"""Make the report's items from visits, and check at the end that the evidence stayed the same."""

import mimetypes
from collections.abc import Sequence
from pathlib import Path

from forensics.engine.digests import digests_of
from forensics.engine.messages import Refused
from forensics.engine.runner import describe_state
from forensics.engine.visited import Errand, Visited
from forensics.ingest.sniff import MEDIA_EXTENSIONS
from forensics.model.case import CaseProblem
from forensics.model.findings import StillFacts, VideoFacts
from forensics.model.item import Item, SniffedType, Unread
from forensics.model.outcome import Absent, Problem, Result
from forensics.model.sidecars import Sidecar

OPENING = "ingest.media"
"""The step that opens a file."""


def item_of(visited: Visited) -> Item:
    """Give the report's item.

    Parameters
    ----------
    visited : Visited
        What is known of it.

    Returns
    -------
    Item
        With all its paths.
    """
    opened = visited.outcomes[OPENING].outcome
    facts = opened.finding if isinstance(opened, Result) else opened
    if not isinstance(facts, StillFacts | VideoFacts | Absent | Problem):
        raise TypeError(f"{OPENING} found no facts but {type(facts).__name__}")
    status, reason = describe_state(facts)
    errands = sorted(visited.errands, key=lambda errand: errand.path)
    return Item(
        sha256=visited.sha256,
        bytes=visited.bytes,
        kind=visited.type.kind,
        format=visited.type.format,
        paths=tuple(errand.path for errand in errands),
        extension_disagrees=tuple(
            errand.path for errand in errands if _disagrees(errand.location, visited.type)
        ),
        status=status,
        reason=reason,
    )


def unread_of(errand: Errand, refused: Refused, sidecars: Sequence[Sidecar] = ()) -> Unread:
    """Give the report's line on a file that cannot be examined.

    Parameters
    ----------
    errand : Errand
        The file.
    refused : Refused
        Why.
    sidecars : sequence of Sidecar, optional
        What it asserts about others, when it was recognised as a sidecar.

    Returns
    -------
    Unread
        A text beside the photos is expected; a ``.jpg`` that is none, what is empty, gone or
        forbidden is not.
    """
    if sidecars:
        return Unread(errand.path, _as_sidecar(sidecars), "", True)
    is_expected = (
        _ending(errand.location) not in MEDIA_EXTENSIONS
        and errand.bytes > 0
        and not refused.by_system
    )
    return Unread(errand.path, refused.error, refused.advice, is_expected)


def _as_sidecar(sidecars: Sequence[Sidecar]) -> str:
    media = sorted({path for each in sidecars for path in each.media})
    form = sidecars[0].format
    if media:
        return f"a sidecar of {media[0] if len(media) == 1 else f'{len(media):,} files'} ({form})"
    if any(each.fields for each in sidecars) or not sidecars[0].faults:
        return f"a sidecar of files that are not here ({form})"
    return f"looks like a sidecar ({form}), but {sidecars[0].faults[0]}"


def reread(items: Sequence[Visited]) -> list[tuple[Visited, CaseProblem]]:
    """Read again every file that was decoded in this run, and say which hold other bytes now.

    Parameters
    ----------
    items : sequence of Visited
        The items.

    Returns
    -------
    list of (Visited, CaseProblem)
        In the order of the items.
    """
    files = [(item, errand) for item in items if item.was_decoded for errand in item.errands]
    digests = digests_of([errand.location for _, errand in files])
    return [
        (item, _changed(errand, digest))
        for (item, errand), digest in zip(files, digests, strict=True)
        if digest != item.sha256
    ]


def _changed(errand: Errand, digest: str | None) -> CaseProblem:
    what = (
        "could not be read again at the end: it is gone, or was made unreadable"
        if digest is None
        else f"changed while it was examined: its bytes have SHA-256 {digest} at the end"
    )
    advice = "Copy the evidence to where nothing changes it, and examine the copy."
    return CaseProblem(OPENING, (errand.path,), f"the file {what}", advice)


def _disagrees(location: Path, kind: SniffedType) -> bool:
    ending = _ending(location)
    # An ending that stands for nothing, or none at all, claims nothing.
    claims = ending in MEDIA_EXTENSIONS or f".{ending}" in mimetypes.MimeTypes().types_map[True]
    return claims and ending not in kind.extensions


def _ending(location: Path) -> str:
    return location.suffix.lower().removeprefix(".")
