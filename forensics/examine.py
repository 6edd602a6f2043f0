"""The one composed entry: everything over a folder, then the report."""

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from forensics.decks import Evidence, compare_decks
from forensics.engine.assemble import Decks, build_case
from forensics.engine.itemise import item_of, reread, unread_of
from forensics.engine.keys import key_of_page
from forensics.engine.log import describe_run
from forensics.engine.output import OutputFolder
from forensics.engine.runner import as_case_outcome, run_step
from forensics.engine.session import Session, default_jobs
from forensics.engine.step import Step
from forensics.engine.visited import Errand, Visited
from forensics.engine.visits import Visits
from forensics.footage import open_footage
from forensics.ingest.folder import original_path, printable_path
from forensics.ingest.programs import Program, asking_exiftool
from forensics.ingest.regular import open_regular
from forensics.metadata.rules import all_rules
from forensics.metadata.sidecars import MediaName, SidecarFile, may_be_sidecar
from forensics.model.case import Case, CaseProblem
from forensics.model.errors import OutputError
from forensics.model.item import Unread
from forensics.model.match import ArchiveSummary, CheckReport, Group
from forensics.model.outcome import Absent, Outcome, Problem
from forensics.model.sidecars import NameReading, Sidecar
from forensics.planning import Plan, plan
from forensics.report.checksums import checksum_list
from forensics.report.html import render_html
from forensics.report.write import write_report
from forensics.reuse.archive import Archive
from forensics.reuse.by_chance import read_own
from forensics.reuse.evidence import draw_match
from forensics.reuse.probes import make_probe
from forensics.reuse.views import Probe
from forensics.review import Beside, review
from forensics.stages import NOT_TESTED, STEPS


class Progress(Struct, frozen=True):
    """How far a scan is.

    Parameters
    ----------
    done, total : int
        Files examined and to be examined.
    doing : str
        What is being worked on.
    notice : str
        Something a person should know of the run itself; empty as a rule.
    """

    done: int
    total: int
    doing: str
    notice: str = ""


OnProgress = Callable[[Progress], None]


def scan(
    folder: str | os.PathLike[str],
    *,
    case: str | os.PathLike[str] | None = None,
    archive: str | os.PathLike[str] | None = None,
    out: str | os.PathLike[str] | None = None,
    examiner: str | None = None,
    jobs: int | None = None,
    show: bool = False,
    exiftool: Program | None = None,
    command: Sequence[str] = (),
    on_progress: OnProgress | None = None,
) -> Case:
    """Examine a folder of photos and videos and write the report.

    What is found out is kept in the output folder at once. When a run is interrupted, the next
    one goes on where it stopped; its report is the same, byte for byte.

    Parameters
    ----------
    folder : str or PathLike
        The evidence; it is only read.
    case : str or PathLike, optional
        Case file; ``case.toml`` in the folder when it is there.
    archive : str or PathLike, optional
        Known footage, a ``.db`` or a folder with a ``list.csv``; else what the case file names.
    out : str or PathLike, optional
        Output folder; ``./FOLDERNAME-report`` by default.
    examiner : str, optional
        Who examines; else what the case file says.
    jobs : int, optional
        Worker processes; one a core by default. 0 works in this process, where a file that
        crashes or hangs a decoder ends or holds up the whole run.
    show : bool, optional
        Show pictures at once instead of blurred until clicked.
    exiftool : Program, optional
        Ask ExifTool about the metadata of every file, too; as `find_exiftool` gives it.
    command : sequence of str, optional
        The command line, for the record of the run.
    on_progress : callable, optional
        Called before every file and at the end.

    Returns
    -------
    Case
        What was found, and what could not be examined; the same as ``report.json``.

    Raises
    ------
    CaseFileError
        When the folder, the case file or the archive cannot be used.
    OutputError
        When the output folder cannot be written, or another run is writing to it.
    ArchiveError
        When the archive cannot be read.
    WorkerError
        When worker processes cannot be started.
    """
    todo = plan(folder, case=case, archive=archive, out=out, examiner=examiner)
    name = printable_path(todo.folder.resolve().name)
    case_id = f"{name} / {todo.case.name or 'unnamed'}"
    tell = on_progress or (lambda _: None)
    with (
        asking_exiftool(exiftool),
        OutputFolder(todo.out, case_id=case_id) as output,
        Session(
            output,
            jobs=default_jobs() if jobs is None else jobs,
            on_progress=lambda done, total, doing: tell(Progress(done, total, doing)),
        ) as session,
        ExitStack() as stack,
    ):
        _claim_for(todo.folder, session)
        session.log.note(
            "start",
            folder=printable_path(todo.folder.resolve()),
            files=len(todo.found),
            examiner=todo.case.examiner,
            **describe_run(command),
        )
        known = None
        if todo.archive is not None:
            # Before any evidence is opened: what is wrong with it shows at once, not in an hour.
            known = stack.enter_context(
                open_footage(
                    todo.archive, output=output, store=session.store, steps=STEPS, run=session.run
                )
            )
        finished = _Run(todo, session, known).run()
        digest = write_report(
            finished,
            output,
            evidence=_evidence_sums(finished),
            make_page=lambda data: _page(finished, data, session, show=show),
        )
        session.log.note(
            "end", items=len(finished.items), report=digest, peak_bytes=session.peak_bytes
        )
        notice = _DAMAGED.format(session.store.damaged) if session.store.damaged else ""
        total = len(todo.found)
        tell(Progress(total, total, "done", notice))
    return finished


_DAMAGED = (
    "{} results of an earlier run were found damaged in the output folder; they were dropped and "
    "made again"
)


def _claim_for(folder: Path, session: Session) -> None:
    """Refuse an output folder that another folder of the same name writes to."""
    stored = session.store.get("folder")
    here = os.fsencode(folder.resolve())
    if stored is not None and stored != here:
        before = Path(os.fsdecode(stored))
        # One that was moved is gone from there; two that are there are two cases.
        if before.is_dir() and not before.samefile(folder):
            raise OutputError(
                f"{session.output.path} holds the report of another folder of that name "
                f"({printable_path(before)})",
                advice="Name another folder with --out, or give the case a name in case.toml.",
            )
    session.store.put("folder", here)


class _Run:
    """One scan: items, then pairs and known footage."""

    def __init__(
        self, todo: Plan, session: Session, known: tuple[Archive, tuple[str, ...]] | None
    ) -> None:
        self.todo = todo
        self.session = session
        self.known = known
        self.case_outcomes: list[Outcome] = []
        self.problems: list[CaseProblem] = []

    def run(self) -> Case:
        self._check_references()
        steps = [step for step in STEPS if step.is_part_of_a_visit]
        visits = Visits(steps, store=self.session.store, keeper=self.session.output)
        errands = [Errand(each.path, each.location, each.bytes) for each in self.todo.found]
        self.session.run(errands, visits)
        visited = visits.in_order()
        total = len(errands)
        self.session.on_progress(total, total, "reading sidecars and file names")
        media = [MediaName(each.path, item.sha256) for item in visited for each in item.errands]
        beside = Beside(
            sidecars=self._sidecars([errand for errand, _ in visits.refused], media),
            names=self._names(media),
            as_of=self.todo.case.as_of,
            place=self.todo.case.place,
        )
        self.session.on_progress(total, total, "comparing with each other and known footage")
        probes = self._probes(visited)
        groups = self._groups(probes, visited)
        summary, checked = self._search(probes, visited)
        self._review(visited, beside)
        matches = checked.matches if checked is not None else ()
        decks = self._compare_decks(Evidence(self.todo, visited, beside, groups, matches))
        self.session.on_progress(total, total, "reading the evidence again")
        self._reread(visited)
        return build_case(
            case=self.todo.case,
            items=[item_of(each) for each in visited],
            outcomes=[
                *(outcome for each in visited for outcome in each.outcomes.values()),
                *self.case_outcomes,
            ],
            unread=[*self.todo.unread, *_unread(visits, beside.sidecars)],
            archive=summary,
            checked=checked,
            groups=groups,
            sidecars=beside.sidecars,
            names=beside.names,
            decks=decks,
            problems=self.problems,
            steps=STEPS,
            not_tested=NOT_TESTED,
        )

    def _check_references(self) -> None:
        for reference in self.todo.case.reference:
            if not (self.todo.case_folder / reference.path).is_file():
                what = "the case file names a reference image that is not there"
                advice = "Correct its path, which is relative to the case file."
                self.problems.append(CaseProblem("case file", (reference.path,), what, advice))

    def _sidecars(
        self, others: Sequence[Errand], media: Sequence[MediaName]
    ) -> tuple[Sidecar, ...]:
        # Read in every run: what is beside the evidence can change without any item changing.
        step = _step("metadata.sidecars")
        files = [
            SidecarFile(each.path, partial(open_regular, each.location))
            for each in others
            if may_be_sidecar(each.path)
        ]
        started = time.perf_counter()
        given = run_step(step, {"files": files, "media": media})
        if files:
            seconds = round(time.perf_counter() - started, 3)
            self.session.log.note("step", step=step.name, seconds=seconds)
        self._tell_case_step(step, given)
        return () if isinstance(given, Absent | Problem) else tuple(given)

    def _names(self, media: Sequence[MediaName]) -> tuple[NameReading, ...]:
        step = _step("metadata.names")
        paths = [each.path for each in media]
        given = self.session.recall(
            step,
            tuple[NameReading, ...],
            lambda: run_step(step, {"paths": paths}),
            upstream=[sorted(paths)],
        )
        self._tell_case_step(step, given)
        return () if isinstance(given, Absent | Problem) else given

    def _probes(self, visited: Sequence[Visited]) -> list[Probe]:
        load = self.session.output.load
        probes = [make_probe(item_of(each), each.outcomes, load=load) for each in visited]
        return [probe for probe in probes if probe is not None]

    def _groups(self, probes: Sequence[Probe], visited: Sequence[Visited]) -> tuple[Group, ...]:
        step = _step("reuse.groups")
        given = self.session.recall(
            step,
            tuple[Group, ...],
            lambda: run_step(step, {"probes": probes}),
            upstream=_seen(visited),
        )
        self._tell_case_step(step, given)
        return () if isinstance(given, Absent | Problem) else given

    def _search(
        self, probes: Sequence[Probe], visited: Sequence[Visited]
    ) -> tuple[ArchiveSummary | None, CheckReport | None]:
        step = _step("reuse.search")
        if self.known is None:
            absent = Absent("not_available", "the case names no archive", _NAME_ARCHIVE)
            self._tell_case_step(step, absent)
            return None, None
        archive, not_known = self.known
        event = self.todo.case.event
        given = self.session.recall(
            step,
            CheckReport,
            lambda: self._search_now(step, probes, archive),
            upstream=[archive.revision, read_own(archive), event, *_seen(visited)],
            artefacts=lambda found: [
                path for match in found.matches for path in match.artefacts.values()
            ],
        )
        self._tell_case_step(step, given)
        summary = archive.summary()
        summary = replace(summary, problems=(*summary.problems, *not_known))
        if isinstance(given, Absent | Problem):
            return summary, None
        self.problems += [
            CaseProblem(step.name, (each.path,), each.error, each.advice) for each in given.problems
        ]
        return summary, given

    def _search_now(
        self, step: Step, probes: Sequence[Probe], archive: Archive
    ) -> CheckReport | Absent | Problem:
        values = {"probes": probes, "archive": archive, "event": self.todo.case.event}
        found: CheckReport | Absent | Problem = run_step(step, values)
        if not isinstance(found, CheckReport):
            return found
        by_digest = {probe.sha256: probe for probe in probes}
        drawn = tuple(
            draw_match(
                match, by_digest[match.query.sha256], archive, store=self.session.output.keep
            )
            for match in found.matches
        )
        return replace(found, matches=drawn)

    def _review(self, visited: Sequence[Visited], beside: Beside) -> None:
        review(visited, beside, STEPS)
        for problem in all_rules().problems:
            advice = "Install that package again, or remove it."
            self.problems.append(CaseProblem("metadata.notes", (), problem, advice))

    def _compare_decks(self, evidence: Evidence) -> Decks:
        step = _step("damage.deck")
        compared = compare_decks(step, evidence, self.session)
        if not compared.outcomes and not self.todo.case.deck:
            absent = Absent("not_available", _NO_DECK, _DRAW_DECK)
            self._tell_case_step(step, absent)
        self.case_outcomes += compared.outcomes
        self.problems += compared.problems
        return compared.decks

    def _tell_case_step(self, step: Step, given: object) -> None:
        self.case_outcomes.append(as_case_outcome(step, given))

    def _reread(self, visited: Sequence[Visited]) -> None:
        for item, problem in reread(visited):
            # What was found out may be about other bytes than those that were hashed.
            self.session.store.forget(item.sha256)
            self.problems.append(problem)


_NO_DECK = "no deck is drawn in the case file, and no pictures were found to look alike"
_DRAW_DECK = "Draw one with: forensics compare BEFORE AFTER --draw"
_NAME_ARCHIVE = "Name one with --archive, or in case.toml."


def _step(name: str) -> Step:
    return next(step for step in STEPS if step.name == name)


def _seen(visited: Sequence[Visited]) -> list[object]:
    """Give all that the case steps look at of the items."""
    return [
        (item_of(each), [each.outcomes.get(name) for name in ("reuse.hashes", "reuse.views")])
        for each in visited
    ]


def _unread(visits: Visits, sidecars: Sequence[Sidecar]) -> list[Unread]:
    by_path: dict[str, list[Sidecar]] = {}
    for each in sidecars:
        by_path.setdefault(each.path, []).append(each)
    return [
        unread_of(errand, refused, by_path.get(errand.path, ()))
        for errand, refused in visits.refused
    ]


def _page(case: Case, data: bytes, session: Session, *, show: bool) -> bytes:
    """Give the page, from the last run when it was made from the same report."""
    key = key_of_page(data, show=show)
    digest = session.store.get(key)
    with suppress(OSError):
        page = session.output.load("report.html")
        if digest is not None and hashlib.sha256(page).digest() == digest:
            return page
    page = render_html(case, load=session.output.load, show=show, json_bytes=data)
    session.store.put(key, hashlib.sha256(page).digest())
    return page


def _evidence_sums(case: Case) -> bytes:
    sums = {path: item.sha256 for item in case.items for path in item.paths}
    sums |= {each.path: each.sha256 for each in case.sidecars}
    return checksum_list(
        (digest, os.fsencode(original_path(path))) for path, digest in sums.items()
    )
