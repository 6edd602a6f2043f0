"""One run in one output folder: what earlier runs found out, the record, and who does the work."""

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import msgspec
import psutil

from forensics.engine.digests import digests_of
from forensics.engine.keys import key_of
from forensics.engine.log import RunLog
from forensics.engine.meetings import Meetings
from forensics.engine.output import OutputFolder
from forensics.engine.serial import run_serially
from forensics.engine.step import Step
from forensics.engine.store import Store
from forensics.engine.visited import Account, Errand
from forensics.engine.visits import Visits
from forensics.engine.workers import Workers
from forensics.model.outcome import Absent, Problem

T = TypeVar("T")

JOB_BYTES = 1 << 30
"""Memory that a worker may need; no more of them are started than fit."""

OnProgress = Callable[[int, int, str], None]


def default_jobs() -> int:
    """Say how many workers suit this machine.

    Returns
    -------
    int
        One a usable core, as far as memory goes; at least one.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    fitting = int(psutil.virtual_memory().available) // JOB_BYTES
    return max(1, min(cores or 1, fitting))


@contextmanager
def scratch_session(
    *, jobs: int | None = None, on_progress: OnProgress = lambda *_: None
) -> "Iterator[Session]":
    """Work in a folder that is gone afterwards, for what is asked once.

    Parameters
    ----------
    jobs : int, optional
        Worker processes; one a core by default.
    on_progress : callable, optional
        Called with files done, files in all, and what is being worked on.

    Yields
    ------
    Session
        To visit files with.
    """
    with (
        tempfile.TemporaryDirectory() as scratch,
        OutputFolder(Path(scratch) / "run", case_id="scratch") as output,
        Session(
            output, jobs=default_jobs() if jobs is None else jobs, on_progress=on_progress
        ) as session,
    ):
        yield session


class Session:
    """A run that keeps what it finds out as soon as it is found out.

    Parameters
    ----------
    output : OutputFolder
        Claimed by this run.
    jobs : int
        Worker processes; 0 works in this process, without any protection.
    on_progress : callable
        Called with files done, files in all, and what is being worked on.
    """

    def __init__(self, output: OutputFolder, *, jobs: int, on_progress: OnProgress) -> None:
        self.output = output
        self.on_progress = on_progress
        self._jobs = jobs
        self._workers: Workers | None = None
        with ExitStack() as stack:
            self.log = stack.enter_context(RunLog(output.path))
            self.store = Store(output.path)
            stack.callback(self.store.close)
            self._stack = stack.pop_all()
        output.is_worth_keeping = not self.store.is_empty()

    def __enter__(self) -> "Session":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.output.is_worth_keeping = not self.store.is_empty()
        self._stack.__exit__(kind, error, trace)

    @property
    def peak_bytes(self) -> int:
        """Largest resident memory of a worker so far, as far as looks at it have shown."""
        return self._workers.peak_bytes if self._workers is not None else 0

    def run(self, errands: Sequence[Errand], visits: Visits) -> None:
        """Visit files, each once.

        Parameters
        ----------
        errands : sequence of Errand
            The files.
        visits : Visits
            Takes what is found out.
        """
        total = len(errands)
        if not total:
            return

        self._work(self._unknown(errands, visits), visits, total=total)

    def meet(self, meetings: Meetings) -> None:
        """Visit pairs of files, each once.

        Parameters
        ----------
        meetings : Meetings
            The pairs; takes what is found out.
        """
        errands = meetings.errands
        unknown = [errand for errand in errands if not meetings.recognise(errand)]
        if len(unknown) < len(errands):
            self.log.note("recognised", pairs=len(errands) - len(unknown))
        self._work(unknown, meetings, total=len(errands))

    def _work(self, unknown: Sequence[Errand], visits: Account, *, total: int) -> None:
        if not unknown:
            return

        def tell(done: int, path: str) -> None:
            self.on_progress(total - len(unknown) + done, total, path)

        if self._jobs == 0:
            run_serially(unknown, visits, on_progress=tell, on_event=self.log.note)
            return
        if self._workers is None:
            workers = Workers(self._jobs, on_event=self.log.note)
            self._workers = self._stack.enter_context(workers)
        self._workers.run(unknown, visits, on_progress=tell)

    def _unknown(self, errands: Sequence[Errand], visits: Visits) -> list[Errand]:
        """Leave out files about which all is known; to hash them needs no worker."""
        sizes = self.store.sizes()
        familiar = [errand for errand in errands if errand.bytes in sizes]
        digests = digests_of([errand.location for errand in familiar])
        recognised = set()
        for done, (errand, digest) in enumerate(zip(familiar, digests, strict=True)):
            self.on_progress(done, len(errands), errand.path)
            if digest is not None and visits.recognise(errand, digest):
                recognised.add(errand)
        if recognised:
            self.log.note("recognised", files=len(recognised))
        return [errand for errand in errands if errand not in recognised]

    def recall(
        self,
        step: Step,
        kind: type[T],
        make: Callable[[], T | Absent | Problem],
        *,
        upstream: Iterable[object],
        artefacts: Callable[[T], Iterable[str]] = lambda _: (),
    ) -> T | Absent | Problem:
        """Give what a step found about the whole case, from an earlier run when that still holds.

        Parameters
        ----------
        step : Step
            The row.
        kind : type
            What it returns.
        make : callable
            Runs it.
        upstream : iterable
            All that goes into it.
        artefacts : callable, optional
            Names the artefacts of what it returns.

        Returns
        -------
        object
            What the step returned; `Absent` and `Problem` are not kept.
        """
        key = key_of(step, (), upstream=upstream)
        payload = self.store.get(key)
        if payload is not None:
            found = msgspec.json.decode(payload, type=kind)
            if all(map(self.output.holds, artefacts(found))):
                return found
            self.store.drop(key)
        started = time.perf_counter()
        given = make()
        self.log.note("step", step=step.name, seconds=round(time.perf_counter() - started, 3))
        if not isinstance(given, Absent | Problem):
            self.store.put(key, msgspec.json.encode(given))
            self.store.commit()
        return given
