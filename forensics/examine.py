"""The one composed entry: everything over a folder, then the report."""

import json
import mimetypes
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from forensics.engine.assemble import build_case
from forensics.engine.runner import as_case_outcome, describe_state, run_step, visit
from forensics.engine.step import Step
from forensics.engine.store import OutputFolder
from forensics.ingest.folder import Found, printable_path
from forensics.ingest.media import Media, open_media
from forensics.ingest.regular import digest_of
from forensics.ingest.sniff import MEDIA_EXTENSIONS
from forensics.model.case import ArchiveSummary, Case, CaseProblem
from forensics.model.errors import UnreadableMedia
from forensics.model.item import Item, SniffedType, Unread
from forensics.model.match import CheckReport, Group
from forensics.model.outcome import Absent, Outcome
from forensics.planning import Plan, plan
from forensics.report.write import write_report
from forensics.reuse.archive import Archive
from forensics.reuse.check import open_known
from forensics.reuse.evidence import draw_match
from forensics.reuse.probes import make_probe
from forensics.reuse.views import Probe
from forensics.stages import NOT_TESTED, STEPS


class Progress(Struct, frozen=True):
    """How far a scan is.

    Parameters
    ----------
    done, total : int
        Files examined and to be examined.
    doing : str
        What is being worked on.
    """

    done: int
    total: int
    doing: str


OnProgress = Callable[[Progress], None]


def scan(
    folder: str | os.PathLike[str],
    *,
    case: str | os.PathLike[str] | None = None,
    archive: str | os.PathLike[str] | None = None,
    out: str | os.PathLike[str] | None = None,
    show: bool = False,
    on_progress: OnProgress | None = None,
) -> Case:
    """Examine a folder of photos and videos and write the report.

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
    show : bool, optional
        Show pictures at once instead of blurred until clicked.
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
        When the output folder cannot be written.
    ArchiveError
        When the archive cannot be read.
    """
    todo = plan(folder, case=case, archive=archive, out=out)
    name = printable_path(todo.folder.resolve().name)
    case_id = f"{name} / {todo.case.name or 'unnamed'}"
    report = on_progress or (lambda _: None)
    with OutputFolder(todo.out, case_id=case_id) as output, ExitStack() as stack:
        run = _Run(todo, output, report)
        if todo.archive is not None:
            # Before any evidence is opened: what is wrong with it shows at once, not in an hour.
            report(Progress(0, len(todo.found), "opening the known footage"))
            run.use(*stack.enter_context(open_known(todo.archive, index_in=output.path)))
        finished = run.run()
        write_report(finished, output, show=show)
        run.write_log()
    return finished


class _Run:
    """One scan: items, then pairs and known footage, then the report."""

    def __init__(self, todo: Plan, output: OutputFolder, on_progress: OnProgress) -> None:
        self.todo = todo
        self.output = output
        self.on_progress = on_progress
        self.items: dict[str, Item] = {}
        self.outcomes: dict[str, list[Outcome]] = {}
        self.case_outcomes: list[Outcome] = []
        self.unread = list(todo.unread)
        self.problems: list[CaseProblem] = []
        self.log: list[dict[str, object]] = []
        self.known: Archive | None = None
        self.not_known: Sequence[str] = ()
        self.types: dict[str, SniffedType] = {}
        self.sizes = Counter(found.bytes for found in todo.found)

    def use(self, known: Archive, not_known: Sequence[str]) -> None:
        """Compare with known footage; `not_known` says what of it could not be taken in."""
        self.known, self.not_known = known, not_known

    def run(self) -> Case:
        folder = printable_path(self.todo.folder.resolve())
        self._note("start", folder=folder, files=len(self.todo.found))
        self._check_references()
        item_steps = [step for step in STEPS if step.scope != "case"]
        for done, found in enumerate(self.todo.found):
            self.on_progress(Progress(done, len(self.todo.found), found.path))
            self._examine(found, item_steps)
        total = len(self.todo.found)
        self.on_progress(Progress(total, total, "comparing with each other and known footage"))
        probes = self._probes()
        groups = self._groups(probes)
        summary, checked = self._search(probes)
        self._note("end", items=len(self.items))
        items = sorted(self.items.values(), key=lambda item: item.paths[0])
        return build_case(
            case=self.todo.case,
            items=items,
            outcomes=[
                *(each for item in items for each in self.outcomes[item.sha256]),
                *self.case_outcomes,
            ],
            unread=self.unread,
            archive=summary,
            checked=checked,
            groups=groups,
            problems=self.problems,
            steps=STEPS,
            not_tested=NOT_TESTED,
        )

    def write_log(self) -> None:
        lines = [json.dumps(line, sort_keys=True, ensure_ascii=False) for line in self.log]
        self.output.write("run.jsonl", ("\n".join(lines) + "\n").encode())

    def _examine(self, found: Found, steps: Sequence[Step]) -> None:
        started = time.perf_counter()
        # Copies are common and decoding is slow: where sizes are equal, the digest is taken first.
        digest = digest_of(found.location) if self.sizes[found.bytes] > 1 else None
        if digest is not None and digest in self.items:
            self._see_again(digest, found)
            return
        try:
            media = open_media(found.location)
        except UnreadableMedia as error:
            self.unread.append(_unread(found, error))
            return
        if media.sha256 in self.items:
            self._see_again(media.sha256, found)
            return
        self.items[media.sha256] = _item(found, media)
        self.types[media.sha256] = media.type
        self.outcomes[media.sha256] = visit(media, steps, store=self.output.keep)
        seconds = round(time.perf_counter() - started, 3)
        self._note("item", path=found.path, sha256=media.sha256, seconds=seconds)

    def _check_references(self) -> None:
        for reference in self.todo.case.reference:
            if not (self.todo.case_folder / reference.path).is_file():
                what = "the case file names a reference image that is not there"
                advice = "Correct its path, which is relative to the case file."
                self.problems.append(CaseProblem("case file", (reference.path,), what, advice))

    def _see_again(self, digest: str, found: Found) -> None:
        known = self.items[digest]
        disagreeing = (*known.extension_disagrees, *_disagreeing(found, self.types[digest]))
        self.items[digest] = replace(
            known,
            paths=tuple(sorted((*known.paths, found.path))),
            extension_disagrees=tuple(sorted(disagreeing)),
        )

    def _probes(self) -> list[Probe]:
        items = sorted(self.items.values(), key=lambda item: item.paths[0])
        probes = [
            make_probe(
                item,
                {each.step: each for each in self.outcomes[item.sha256]},
                load=self.output.load,
            )
            for item in items
        ]
        return [probe for probe in probes if probe is not None]

    def _groups(self, probes: Sequence[Probe]) -> tuple[Group, ...]:
        groups = self._run_case_step("reuse.groups", {"probes": probes})
        return groups if isinstance(groups, tuple) else ()

    def _search(self, probes: Sequence[Probe]) -> tuple[ArchiveSummary | None, CheckReport | None]:
        known = self.known
        if known is None:
            absent = Absent("not_available", "the case names no archive", _NAME_ARCHIVE)
            self._tell_case_step("reuse.search", absent)
            return None, None
        values = {"probes": probes, "archive": known, "event": self.todo.case.event}
        checked = self._run_case_step("reuse.search", values)
        summary = known.summary()
        summary = replace(summary, problems=(*summary.problems, *self.not_known))
        if not isinstance(checked, CheckReport):
            return summary, None
        self.problems += [
            CaseProblem("reuse.search", (each.path,), each.error, each.advice)
            for each in checked.problems
        ]
        by_digest = {probe.sha256: probe for probe in probes}
        drawn = tuple(
            draw_match(match, by_digest[match.query.sha256], known, store=self.output.keep)
            for match in checked.matches
        )
        return summary, replace(checked, matches=drawn)

    def _run_case_step(self, name: str, values: dict[str, object]) -> object:
        started = time.perf_counter()
        given = run_step(_step(name), values)
        self._note("step", step=name, seconds=round(time.perf_counter() - started, 3))
        self._tell_case_step(name, given)
        return given

    def _tell_case_step(self, name: str, given: object) -> None:
        self.case_outcomes.append(as_case_outcome(_step(name), given))

    def _note(self, event: str, **values: object) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.log.append({"time": now, "event": event, **values})


_NAME_ARCHIVE = "Name one with --archive, or in case.toml."


def _step(name: str) -> Step:
    return next(step for step in STEPS if step.name == name)


def _item(found: Found, media: Media) -> Item:
    status, reason = describe_state(media.facts)
    return Item(
        sha256=media.sha256,
        bytes=media.bytes,
        kind=media.type.kind,
        format=media.type.format,
        paths=(found.path,),
        extension_disagrees=_disagreeing(found, media.type),
        status=status,
        reason=reason,
    )


def _disagreeing(found: Found, kind: SniffedType) -> tuple[str, ...]:
    ending = found.location.suffix.lower().removeprefix(".")
    # An ending that stands for nothing, or none at all, claims nothing.
    claims = ending in MEDIA_EXTENSIONS or f".{ending}" in mimetypes.MimeTypes().types_map[True]
    return (found.path,) if claims and ending not in kind.extensions else ()


def _unread(found: Found, error: UnreadableMedia) -> Unread:
    ending = found.location.suffix.lower().removeprefix(".")
    return Unread(
        path=found.path,
        reason=str(error),
        advice=error.advice,
        # A text beside the photos is expected; a .jpg that is none, or what is gone or forbidden,
        # is not.
        expected=ending not in MEDIA_EXTENSIONS
        and found.bytes > 0
        and not isinstance(error.__cause__, OSError),
    )
