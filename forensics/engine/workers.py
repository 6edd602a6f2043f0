"""Visit files in supervised worker processes: what hangs, crashes or grows is stopped."""

import selectors
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from forensics.engine.channel import BrokenChannelError
from forensics.engine.messages import (
    Finished,
    FromWorker,
    Identity,
    Ready,
    Refused,
    Told,
)
from forensics.engine.process import WorkerProcess
from forensics.engine.visited import Account, Errand, describe_visit
from forensics.model.errors import WorkerError
from forensics.model.outcome import Problem

LOOK_EVERY_S = 0.2
"""Pause between two looks at the workers' memory and clocks."""

ENDING_S = 5.0
"""How long a worker that closed its pipe may take to end."""

MAX_FALSE_STARTS = 3

WORN_BYTES = 400 << 20
"""Resident memory of a worker beyond which the next file is given to a fresh one."""

_QUICK = ("still", "animation")

_ADVICE = (
    "Open it with a tool you trust, in a safe place; a later run tries it again. The rest of the "
    "folder was examined."
)

OnProgress = Callable[[int, str], None]
OnEvent = Callable[..., None]


@dataclass(eq=False)
class _Seat:
    """A worker and what it is at."""

    process: WorkerProcess
    is_ready: bool = False
    is_fresh: bool = True
    errand: Errand | None = None
    next_errand: Errand | None = None
    identity: Identity | None = None
    started: float = 0.0
    ran: list[str] = field(default_factory=list)


class Workers:
    """Worker processes that visit files.

    A file whose visit had to be stopped is tried once more, alone, when all others are done; when
    that is stopped too, the step that was running has a `Problem`, and the other steps still run.

    Parameters
    ----------
    jobs : int
        How many at once, at least 1.
    on_event : callable
        Told what happened to workers: ``on_event(event, **values)``.
    """

    def __init__(self, jobs: int, *, on_event: OnEvent) -> None:
        self._jobs = jobs
        self._on_event = on_event
        self._seats: list[_Seat] = []
        self._selector = selectors.DefaultSelector()
        self._waiting: deque[Errand] = deque()
        self._again: deque[Errand] = deque()
        self._stops: dict[tuple[Errand, str], int] = {}
        self._done = 0
        self._on_progress: OnProgress = lambda *_: None
        self._false_starts = 0
        self._looked = 0.0
        self.peak_bytes = 0

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        for seat in list(self._seats):
            self._dismiss(seat)
        self._selector.close()

    def run(self, errands: Sequence[Errand], visits: Account, *, on_progress: OnProgress) -> None:
        """Visit files.

        Parameters
        ----------
        errands : sequence of Errand
            The files.
        visits : Account
            Takes what is found out.
        on_progress : callable
            Called with the number of files done and the path of one that was begun.
        """
        self._waiting.extend(errands)
        self._on_progress = on_progress
        self._done = 0
        self._hire(min(self._jobs, len(errands)))
        while self._waiting or self._again or any(seat.errand for seat in self._seats):
            self._hand_out()
            for key, _ in self._selector.select(LOOK_EVERY_S):
                seat, is_errors = key.data
                if seat not in self._seats:
                    continue  # dismissed just now, because of its other stream
                if not is_errors:
                    self._listen(seat, visits)
                elif not seat.process.read_errors():
                    self._selector.unregister(key.fileobj)
            self._look(visits)

    def _hire(self, count: int) -> None:
        while len(self._seats) < count:
            seat = _Seat(WorkerProcess())
            self._seats.append(seat)
            self._selector.register(seat.process.output, selectors.EVENT_READ, (seat, False))
            self._selector.register(seat.process.errors, selectors.EVENT_READ, (seat, True))

    def _hand_out(self) -> None:
        is_idle = not any(seat.errand for seat in self._seats)
        for seat in list(self._seats):
            if seat.errand is not None or not seat.is_ready:
                continue
            if not self._waiting and not (self._again and is_idle):
                continue
            is_retry = not self._waiting
            # What earlier files left behind would be missing for the next one.
            is_worn = seat.process.resident_bytes > WORN_BYTES
            if not seat.is_fresh and (is_retry or is_worn):
                self._dismiss(seat)
                self._hire(len(self._seats) + 1)
                continue
            errand = (self._again if is_retry else self._waiting).popleft()
            is_idle = seat.is_fresh = False
            seat.process.send(errand.order)
            self._begin(seat, errand)

    def _begin(self, seat: _Seat, errand: Errand) -> None:
        self._on_progress(self._done, errand.path)
        seat.errand, seat.identity = errand, None
        seat.started, seat.ran = time.monotonic(), []
        seat.process.start_clock()

    def _order_ahead(self, seat: _Seat) -> None:
        """Let a worker go on with the next file while what it said of this one is kept."""
        if seat.next_errand is None and self._waiting:
            seat.next_errand = self._waiting.popleft()
            seat.process.send(seat.next_errand.order)

    def _listen(self, seat: _Seat, visits: Account) -> None:
        try:
            for message in seat.process.read():
                self._take(seat, message, visits)
        except EOFError:
            self._bury(seat, visits, reason=None)
        except BrokenChannelError as error:
            self._bury(seat, visits, reason=f"it sent no message of ours ({error})")

    def _take(self, seat: _Seat, message: FromWorker, visits: Account) -> None:
        errand = seat.errand
        if isinstance(message, Ready):
            seat.is_ready = True
        elif errand is None:
            raise BrokenChannelError("it spoke without being asked")
        elif isinstance(message, Identity):
            seat.identity = message
            todo = visits.ask(errand, message)
            seat.process.send(todo)
            is_worn = seat.process.resident_bytes > WORN_BYTES
            # Of files that take long none is ordered ahead: it might wait while others are idle.
            is_quick = message.type.kind in _QUICK and errand.beside is None
            if todo.steps and is_quick and not is_worn:
                self._order_ahead(seat)
        elif isinstance(message, Told) and seat.identity is not None:
            visits.tell(seat.identity, message)
            seat.ran.append(message.outcome.step)
        elif isinstance(message, Finished | Refused):
            visits.finish(errand, seat.identity, message)
            line = describe_visit(errand, seat.identity, seat.ran, seat.started)
            self._on_event("visited", **line)
            seat.errand = None
            self._done += 1
            if seat.next_errand is not None:
                errand, seat.next_errand = seat.next_errand, None
                self._begin(seat, errand)

    def _look(self, visits: Account) -> None:
        """Stop what is beyond its limits, and keep what was said."""
        if time.monotonic() - self._looked < LOOK_EVERY_S:
            return
        self._looked = time.monotonic()
        visits.commit()
        for seat in list(self._seats):
            if seat.is_ready and seat.errand is None:
                seat.process.start_clock()  # an idle one may wait as long as it takes
            reason = seat.process.overstepped()
            self.peak_bytes = max(self.peak_bytes, seat.process.peak_bytes)
            if reason is not None:
                self._bury(seat, visits, reason=reason)

    def _bury(self, seat: _Seat, visits: Account, *, reason: str | None) -> None:
        """End a worker that cannot go on, and see to the file it was at."""
        step, errand = seat.process.doing, seat.errand
        ended = self._dismiss(seat, grace_s=ENDING_S if reason is None else 0.0)
        why = reason or ended
        self._on_event(
            "worker stopped",
            path=errand.path if errand else None,
            sha256=seat.identity.sha256 if seat.identity else None,
            step=step,
            why=why,
            ran=seat.ran,
            said=seat.process.last_words(),
        )
        self._false_starts = 0 if seat.is_ready else self._false_starts + 1
        if self._false_starts > MAX_FALSE_STARTS:
            raise WorkerError(
                f"a worker process does not start: {why}",
                advice="See the end of run.jsonl; --jobs 0 examines without workers.",
            )
        self._hire(len(self._seats) + 1)
        if seat.next_errand is not None:
            self._waiting.appendleft(seat.next_errand)
        if errand is None:
            return
        stops = self._stops[errand, step] = self._stops.get((errand, step), 0) + 1
        if stops > 1:
            problem = Problem(f"{step} had to be stopped, twice: {why}", _ADVICE)
            if not visits.give_up(errand, seat.identity, step, problem):
                self._done += 1
                return
        self._again.append(errand)

    def _dismiss(self, seat: _Seat, *, grace_s: float = 0.0) -> str:
        self._seats.remove(seat)
        for stream in (seat.process.output, seat.process.errors):
            if stream.fileno() in self._selector.get_map():
                self._selector.unregister(stream)
        return seat.process.end(grace_s=grace_s)
