"""Open the known footage of a case: an archive, or a folder that is indexed like evidence."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from forensics.engine.keys import digest_of_value
from forensics.engine.output import OutputFolder
from forensics.engine.runner import describe_state
from forensics.engine.step import Step
from forensics.engine.store import Store
from forensics.engine.visits import Errand, Visited, Visits
from forensics.model.errors import ArchiveError
from forensics.model.findings import CompareViews, ImageHashes, StillFacts, VideoFacts
from forensics.model.outcome import Absent, Problem, Result
from forensics.reuse.archive import Archive
from forensics.reuse.enroll import Footage, enroll_found
from forensics.reuse.intake import Planned, plan_intake

INDEX = "archive.db"
"""The index of a folder of known footage, in the output folder."""

STEPS = ("ingest.media", "reuse.hashes", "reuse.views")
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
    by_location = {
        errand.location: item for item in visits.items.values() for errand in item.errands
    }
    why_not = {errand.location: refused.error for errand, refused in visits.refused}
    found: list[tuple[Planned, Visited]] = []
    problems = [f"{problem.path}: {problem.error}" for problem in intake.problems]
    for planned in intake.files:
        location = Path(planned.location)
        item = by_location.get(location)
        why = why_not[location] if item is None else _why_not(item)
        if item is not None and why is None:
            found.append((planned, item))
        else:
            problems.append(f"{planned.sighting.path}: {why}")
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
                enroll_found(archive, _footage(item, output), sighting=planned.sighting)
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


def _why_not(item: Visited) -> str | None:
    """Say why a file cannot be taken in; None when it can."""
    opened = item.outcomes["ingest.media"].outcome
    if isinstance(opened, Absent | Problem):
        return describe_state(opened)[1]
    hashed = item.outcomes["reuse.hashes"].outcome
    if isinstance(hashed, Problem):
        return hashed.error
    return None if isinstance(hashed, Result) else "no picture in it"


def _footage(item: Visited, output: OutputFolder) -> Footage:
    facts, hashes, views = (_result(item, name) for name in STEPS)
    kept = None
    if isinstance(views.finding, CompareViews):
        kept = views.finding, output.load(views.artefacts["views"])
    assert isinstance(facts.finding, StillFacts | VideoFacts)  # noqa: S101 - see _why_not
    assert isinstance(hashes.finding, ImageHashes)  # noqa: S101 - see _why_not
    return Footage(item.sha256, item.bytes, item.type, facts.finding, hashes.finding, kept)


def _result(item: Visited, step: str) -> Result:
    outcome = item.outcomes[step].outcome
    return outcome if isinstance(outcome, Result) else Result(None)
