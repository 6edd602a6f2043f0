"""Look once more at each item, when everything is said of it and of what stands beside it."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from msgspec import Struct

from forensics.engine.itemise import OPENING, item_of
from forensics.engine.runner import as_item_outcome, run_step
from forensics.engine.step import Step
from forensics.engine.visited import Visited
from forensics.metadata.rule import Subject
from forensics.model.casefile import Place
from forensics.model.encoder import EncoderIdentity
from forensics.model.findings import MetadataTable, StillFacts, VideoFacts
from forensics.model.provenance import Provenance
from forensics.model.sidecars import NameReading, Sidecar
from forensics.model.thumbnail import EmbeddedThumbnail


class Beside(Struct, frozen=True):
    """What stands beside the items, and what a person says of the case.

    Parameters
    ----------
    sidecars : tuple of Sidecar
        Files that describe media.
    names : tuple of NameReading
        What file names imply.
    as_of : str or None
        RFC 3339 time of the investigation.
    place : Place
        The place the media are said to show.
    """

    sidecars: tuple[Sidecar, ...] = ()
    names: tuple[NameReading, ...] = ()
    as_of: str | None = None
    place: Place = Place()


def review(visited: Iterable[Visited], beside: Beside, steps: Sequence[Step]) -> None:
    """Run the steps that look at everything said of an item, and add what they say to it.

    They are cheap, read no evidence, and depend on what other files and the case say; so they run
    in this process, at every run.

    Parameters
    ----------
    visited : iterable of Visited
        The items; their outcomes are added to.
    beside : Beside
        What stands beside them.
    steps : sequence of Step
        The table; rows with scope ``review`` are run.
    """
    rows = [step for step in steps if step.scope == "review"]
    order = {step.name: position for position, step in enumerate(steps)}
    by_path = _by_path(beside)
    for each in visited:
        subject = _subject(each, beside, by_path)
        for step in rows:
            given = run_step(step, {"subject": subject})
            each.outcomes[step.name] = as_item_outcome(step, each.sha256, given)
        each.outcomes = dict(sorted(each.outcomes.items(), key=lambda pair: order[pair[0]]))


_Beside = tuple[list[Sidecar], list[NameReading]]


def _by_path(beside: Beside) -> dict[str, _Beside]:
    found: dict[str, _Beside] = {}
    for sidecar in beside.sidecars:
        for path in sidecar.media:
            found.setdefault(path, ([], []))[0].append(sidecar)
    for reading in beside.names:
        found.setdefault(reading.path, ([], []))[1].append(reading)
    return found


def _subject(visited: Visited, beside: Beside, by_path: dict[str, _Beside]) -> Subject:
    item = item_of(visited)
    nearby = [by_path[path] for path in item.paths if path in by_path]
    table = _found(visited, "metadata.read", MetadataTable)
    return Subject(
        item=item,
        facts=_found(visited, OPENING, StillFacts) or _found(visited, OPENING, VideoFacts),
        fields=table.fields if table is not None else {},
        encoder=_found(visited, "metadata.encoder", EncoderIdentity),
        provenance=_found(visited, "metadata.provenance", Provenance),
        thumbnail=_found(visited, "metadata.embedded_thumbnail", EmbeddedThumbnail),
        sidecars=tuple(each for sidecars, _ in nearby for each in sidecars),
        names=tuple(each for _, names in nearby for each in names),
        as_of=beside.as_of,
        place=beside.place,
    )


T = TypeVar("T")


def _found(visited: Visited, step: str, kind: type[T]) -> T | None:
    told = visited.told(step)
    return told if isinstance(told, kind) else None
