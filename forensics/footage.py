"""Open the known footage of a case: an archive, or a folder that is indexed like evidence."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from forensics.engine.keys import digest_of_value
from forensics.engine.messages import Refused
from forensics.engine.output import OutputFolder
from forensics.engine.step import Step
from forensics.engine.store import Store
from forensics.engine.visited import Errand, Visited
from forensics.engine.visits import Visits
from forensics.model.errors import ArchiveError
from forensics.model.findings import (
    ClipTraceKept,
    CompareViews,
    ImageHashes,
    LocalFeatures,
    StillFacts,
    VideoFacts,
)
from forensics.model.outcome import Absent, Problem, Result
from forensics.reuse.archive import Archive
from forensics.reuse.enroll import Footage, enroll_found, kept_features, kept_trace
from forensics.reuse.intake import Planned, plan_intake

INDEX = "archive.db"
"""The index of a folder of known footage, in the output folder."""

STEPS = ("ingest.media", "reuse.hashes", "reuse.views", "reuse.features", "reuse.traces")
"""What is found out about each file of known footage."""

_STORED = "the index of known footage"

RunVisits = Callable[[Sequence[Errand], Visits], None]


@contextmanager
def open_footage(
    path: Path, *, output: OutputFolder, store: Store, steps: Sequence[Step], run: RunVisits
) -> Iterator[tuple[Archive, tuple[str, ...]]]:
    """Open known footage; a folder is indexed under the output folder, as far as it is new.

    Its files come from strangers like the evidence, and are visited in the same way.

    Parameters
    ----------
    path : Path
        A ``.db`` made by ``forensics archive``, or a folder with a ``list.csv``.
    output : OutputFolder
        Where the index is kept.
    store : Store
        What earlier runs found out.
    steps : sequence of Step
        The table.
    run : callable
        Visits files: ``run(errands, visits)``.

    Yields
    ------
    archive : Archive
        Open for reading.
    problems : tuple of str
        What of a folder could not be taken in.

    Raises
    ------
    ArchiveError
        When it cannot be read.
    """
    if not path.is_dir():
        with Archive.open(path) as archive:
            yield archive, ()
        return
    intake = plan_intake([path], skip=[output.path])
    visits = Visits([step for step in steps if step.name in STEPS], store=store, keeper=output)
    errands = [Errand(each.sighting.path or "", Path(each.location)) for each in intake.files]
    run(errands, visits)
    found: list[tuple[Planned, Visited]] = []
    problems = [f"{problem.path}: {problem.error}" for problem in intake.problems]
    for planned, errand in zip(intake.files, errands, strict=True):
        item = visits.found(errand)
        refused = refusal_of(item) if isinstance(item, Visited) else item
        if refused is not None:
            problems.append(f"{errand.path}: {refused.error}")
        elif isinstance(item, Visited):
            found.append((planned, item))
    with _index(found, output, store) as archive:
        yield archive, tuple(problems)


@contextmanager
def _index(
    found: Sequence[tuple[Planned, Visited]], output: OutputFolder, store: Store
) -> Iterator[Archive]:
    """Open the index of a folder, made anew when anything that goes into it has changed."""
    path = output.path / INDEX
    content = digest_of_value(
        [(planned.sighting, list(item.outcomes.values())) for planned, item in found]
    )
    if _is_current(path, content, store):
        with Archive.open(path) as archive:
            yield archive
        return
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    with Archive.open(path, create=True) as archive:
        with archive.transaction():
            for planned, item in found:
                enroll_found(archive, footage_of(item, output), sighting=planned.sighting)
        store.put(_STORED, msgspec.json.encode((content, archive.revision)))
        yield archive


def _is_current(path: Path, content: str, store: Store) -> bool:
    stored = store.get(_STORED)
    if stored is None or not path.is_file():
        return False
    try:
        with Archive.open(path) as archive:
            return msgspec.json.decode(stored, type=tuple[str, str]) == (content, archive.revision)
    except ArchiveError:
        return False


def refusal_of(item: Visited) -> Refused | None:
    """Say why an item has no pictures to be looked up.

    Parameters
    ----------
    item : Visited
        After its visit by `STEPS`.

    Returns
    -------
    Refused or None
        None when it has.
    """
    opened, hashed = (item.outcomes[name].outcome for name in STEPS[:2])
    if isinstance(opened, Absent):
        return Refused(opened.detail, opened.advice, by_system=False)
    for outcome in (opened, hashed):
        if isinstance(outcome, Problem):
            return Refused(outcome.error, outcome.advice, by_system=False)
    if isinstance(hashed, Result):
        return None
    return Refused("no picture in it", "Sound alone cannot be looked up.", by_system=False)


def footage_of(item: Visited, output: OutputFolder) -> Footage:
    """Give an item as known footage.

    Parameters
    ----------
    item : Visited
        After its visit by `STEPS`, with no `refusal_of` it.
    output : OutputFolder
        Holds its artefacts.

    Returns
    -------
    Footage
        What an archive takes in.
    """
    facts, hashes, views, described, traced = (_result(item, name) for name in STEPS)
    kept = None
    if isinstance(views.finding, CompareViews):
        kept = views.finding, output.load(views.artefacts["views"])
    assert isinstance(facts.finding, StillFacts | VideoFacts)  # noqa: S101 - see refusal_of
    assert isinstance(hashes.finding, ImageHashes)  # noqa: S101 - see refusal_of
    features = None
    if isinstance(described.finding, LocalFeatures):
        data = output.load(described.artefacts["features"])
        features = kept_features(described.finding, data, pictures=len(hashes.finding.frames))
    trace = None
    if isinstance(traced.finding, ClipTraceKept):
        trace = kept_trace(output.load(traced.artefacts["trace"]))
    return Footage(
        item.sha256, item.bytes, item.type, facts.finding, hashes.finding, kept, features, trace
    )


def _result(item: Visited, step: str) -> Result:
    outcome = item.outcomes[step].outcome
    return outcome if isinstance(outcome, Result) else Result(None)
