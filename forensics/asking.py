"""Ask about single files: each is visited in a worker, like the evidence of a scan."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from forensics.engine.itemise import OPENING, item_of
from forensics.engine.messages import Refused
from forensics.engine.session import OnProgress, Session, scratch_session
from forensics.engine.visited import Errand, Visited
from forensics.engine.visits import Visits
from forensics.footage import STEPS as FOOTAGE_STEPS
from forensics.footage import footage_of, open_footage, refusal_of
from forensics.ingest.folder import printable_path
from forensics.ingest.programs import Program, asking_exiftool, find_exiftool
from forensics.metadata.names import read_names
from forensics.metadata.sidecars import sidecars_of
from forensics.model.casefile import CaseFile, EventWindow
from forensics.model.errors import WorkerError
from forensics.model.match import CheckProblem, CheckReport
from forensics.reuse.archive import Archive
from forensics.reuse.enroll import Enrolled, Enrolment, enroll_found
from forensics.reuse.intake import Intake
from forensics.reuse.probes import make_probe
from forensics.reuse.search import search_archive
from forensics.review import Beside, review
from forensics.stages import STEPS

_METADATA = "metadata."


@dataclass(frozen=True)
class Inspection:
    """What a file says about itself, and what stands beside it.

    Parameters
    ----------
    visited : Visited
        The outcomes of the steps of ingest and metadata.
    beside : Beside
        Files that describe it, and what its name implies.
    """

    visited: Visited
    beside: Beside


def inspect_file(
    path: str | os.PathLike[str], *, case: CaseFile | None = None, exiftool: bool = True
) -> Inspection | Refused:
    """Find out what a file says about itself.

    Parameters
    ----------
    path : str or PathLike
        A photo or video.
    case : CaseFile, optional
        The case it belongs to: when it is investigated, and the place it is said to show.
    exiftool : bool, optional
        Ask ExifTool too, when it is installed.

    Returns
    -------
    Inspection or Refused
        What the steps of metadata said, or why it cannot be examined.
    """
    about = case or CaseFile()
    program = find_exiftool() if exiftool else None
    asked = program if isinstance(program, Program) else None
    with asking_exiftool(asked), scratch_session(jobs=1) as session:
        names = [step.name for step in STEPS if step.name.startswith(_METADATA)]
        visits, errand = _visits(session, (OPENING, *names)), _errand(path)
        session.run([errand], visits)
        found = visits.found(errand)
    if found is None:
        raise WorkerError("the visit ended without an answer")
    if isinstance(found, Refused):
        return found
    beside = Beside(
        # Under the name by which the file was asked for.
        sidecars=tuple(replace(each, media=(errand.path,)) for each in sidecars_of(Path(path))),
        names=read_names([errand.path]),
        as_of=about.as_of,
        place=about.place,
    )
    review([found], beside, STEPS)
    return Inspection(found, beside)


def look_up(
    paths: Sequence[str | os.PathLike[str]], *, archive: Path, event: EventWindow
) -> tuple[CheckReport, tuple[str, ...]]:
    """Look files up in known footage.

    Parameters
    ----------
    paths : sequence of str or PathLike
        Photos and videos.
    archive : Path
        Known footage: a ``.db``, or a folder, which is indexed first.
    event : EventWindow
        The event the files are said to show; without its start nothing is called recycled.

    Returns
    -------
    report : CheckReport
        Matches, files without any, and files that could not be checked.
    not_known : tuple of str
        What of a folder of known footage could not be taken in.

    Raises
    ------
    ArchiveError
        When the known footage cannot be read.
    """
    with (
        scratch_session() as session,
        open_footage(
            archive, output=session.output, store=session.store, steps=STEPS, run=session.run
        ) as (known, not_known),
    ):
        # The same name twice is one question; two names of the same bytes are two.
        errands = [_errand(path) for path in dict.fromkeys(os.fspath(each) for each in paths)]
        visits = _visits(session, FOOTAGE_STEPS)
        session.run(errands, visits)
        probes, problems = [], []
        for errand in errands:
            found = visits.found(errand)
            refused = refusal_of(found) if isinstance(found, Visited) else found
            if refused is not None:
                problems.append(CheckProblem(errand.path, refused.error, refused.advice))
            elif isinstance(found, Visited):
                item = replace(item_of(found), paths=(errand.path,))
                probes.append(make_probe(item, found.outcomes, load=session.output.load))
        report = search_archive([each for each in probes if each is not None], known, event)
        return replace(report, problems=(*report.problems, *problems)), not_known


def enroll_files(
    archive: Archive,
    intake: Intake,
    *,
    hashes_only: bool = False,
    on_progress: OnProgress = lambda *_: None,
) -> Enrolment:
    """Take a set of files of known footage into an archive.

    Each file is kept as soon as it and those before it are done, so a run that was interrupted
    can be repeated.

    Parameters
    ----------
    archive : Archive
        Open for writing.
    intake : Intake
        The files, as `plan_intake` gives them.
    hashes_only : bool, optional
        Keep no views. Copies of such an entry can only be leads, because a hash alone does not
        show a copy.
    on_progress : callable, optional
        Called with files done, files in all, and what is being worked on.

    Returns
    -------
    Enrolment
        The files taken in, and what was not.

    Raises
    ------
    ArchiveError
        When the archive cannot be written.
    """
    planned = {Path(each.location): each.sighting for each in intake.files}
    errands = [
        Errand(sighting.path or printable_path(location), location)
        for location, sighting in planned.items()
    ]
    files: list[Enrolled] = []
    problems = list(intake.problems)
    waiting = iter(errands)
    next_one = next(waiting, None)

    def take_in(_: Errand) -> None:
        nonlocal next_one
        # In the order of the plan, whoever is done first: what an entry says depends on it.
        while next_one is not None and (found := visits.found(next_one)) is not None:
            refused = refusal_of(found) if isinstance(found, Visited) else found
            if refused is not None:
                problems.append(CheckProblem(next_one.path, refused.error, refused.advice))
            elif isinstance(found, Visited):
                footage = footage_of(found, session.output)
                if hashes_only:
                    footage = replace(footage, views=None, features=None, trace=None)
                sighting = planned[next_one.location]
                enrolled = enroll_found(archive, footage, sighting=sighting)
                files.append(replace(enrolled, path=next_one.path))
            next_one = next(waiting, None)

    with scratch_session(on_progress=on_progress) as session:
        visits = _visits(session, FOOTAGE_STEPS, on_end=take_in)
        session.run(errands, visits)
    return Enrolment(tuple(files), tuple(problems), intake.notices)


def _errand(path: str | os.PathLike[str]) -> Errand:
    return Errand(printable_path(path), Path(path))


def _visits(
    session: Session, names: Sequence[str], *, on_end: Callable[[Errand], None] = lambda _: None
) -> Visits:
    rows = [step for step in STEPS if step.name in names and step.is_part_of_a_visit]
    return Visits(rows, store=session.store, keeper=session.output, on_end=on_end)
