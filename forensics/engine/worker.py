"""A worker process: visits files one after the other, and may die of any of them.

It is started with the parent's ends of two pipes as standard input and output, and ends when the
parent does.
"""

import ctypes
import gc
import os
import resource
import signal
import sys
import time
from importlib import import_module
from typing import BinaryIO, NoReturn

from forensics.engine.channel import Inbox, frame, receive
from forensics.engine.messages import (
    Doing,
    Finished,
    FromWorker,
    Identity,
    Ready,
    Todo,
    Told,
    ToWorker,
    Visit,
)
from forensics.engine.runner import visit, visit_pair
from forensics.engine.threads import ONE_THREAD
from forensics.ingest.guard import shortages

ENVIRONMENT = {
    **ONE_THREAD,
    "OPENCV_FOR_THREADS_NUM": "1",
    # With a second arena, what was freed after a failed allocation stays counted.
    "MALLOC_ARENA_MAX": "1",
}
"""Environment of a worker: one core each, so that N workers use N cores."""

STALE_STATUS = 75
"""Exit status of a worker that ran out of memory after it had seen other files (EX_TEMPFAIL)."""

DATA_LIMIT_BYTES = 900 << 20
"""Private memory of a worker. Beyond it allocations fail, which decoders report as an error."""

MAX_HELD_BYTES = 64 << 10
"""Outcomes up to this go with the message that follows; a pipe takes no more at once anyway."""

SIGN_OF_LIFE_S = 0.2
"""Pause between two signs of life of one step."""

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, linux/prctl.h


def main() -> NoReturn:
    """Serve the parent until it closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = int(sys.argv[2])
    _end_with(parent)
    orders = os.fdopen(os.dup(0), "rb", buffering=0)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    # What libraries print must not come between the messages.
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    _load_libraries()
    _limit_resources()
    gc.freeze()
    desk = _Channel(orders, answers)
    desk.send(Ready())
    try:
        while (order := desk.receive()) is not None:
            if isinstance(order, Visit):
                end = visit_pair(order, desk) if order.beside else visit(order.location, desk)
                desk.send(end)
                desk.is_fresh = False
                if isinstance(end, Finished) and end.type is not None:
                    _clean_up(end.type.kind)
    except BrokenPipeError:
        pass  # the parent has gone
    os._exit(0)


def _clean_up(kind: str) -> None:
    """Free what a clip's decoders leave behind: they hang in cycles, and each keeps threads."""
    if kind in ("video", "audio"):
        gc.collect()


class _Channel:
    """The parent, as the visit sees it."""

    def __init__(self, orders: BinaryIO, answers: BinaryIO) -> None:
        self._orders = orders
        self._answers = answers
        self._inbox: Inbox[ToWorker] = Inbox(ToWorker)  # type: ignore[arg-type] # a union
        self._last: tuple[str, float] = ("", 0.0)
        self._held = b""
        self.is_fresh = True

    def ask(self, identity: Identity) -> Todo:
        self.send(identity)
        answer = self.receive()
        if not isinstance(answer, Todo):
            os._exit(0)  # the parent has gone
        return answer

    def tell(self, message: Told | Doing) -> None:
        if not self.is_fresh and shortages():
            self._write(b"")
            # What earlier files left behind may have tipped the balance: a fresh one shall tell.
            os._exit(STALE_STATUS)
        if isinstance(message, Doing):
            now = time.monotonic()
            step, last = self._last
            if message.step == step and now - last < SIGN_OF_LIFE_S and not self._held:
                return
            self._last = (message.step, now)
            self.send(message)
            return
        # What is to be done next is told at once: both then wake the parent once.
        data = frame(message)
        if self._held or len(data) > MAX_HELD_BYTES:
            self._write(data)
        else:
            self._held = data

    def send(self, message: FromWorker) -> None:
        self._write(frame(message))

    def _write(self, message: bytes) -> None:
        data = memoryview(self._held + message if self._held else message)
        self._held = b""
        while data:
            data = data[self._answers.write(data) :]

    def receive(self) -> ToWorker | None:
        return receive(self._orders, self._inbox)


def _load_libraries() -> None:
    """Load what every visit needs before the limits hold."""
    import_module("forensics.ingest.stills")


def _limit_resources() -> None:
    """Bound memory, and take from decoders what they have no need of: core dumps and files."""
    for limit, value in (
        (getattr(resource, "RLIMIT_DATA", None), DATA_LIMIT_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        if limit is None:
            continue
        _, hard = resource.getrlimit(limit)
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (allowed, allowed))


def _end_with(parent: int) -> None:
    """End at once when the parent does, even when a decoder is stuck; Linux only."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, int(signal.SIGKILL))
    if os.getppid() != parent:  # it ended before we asked
        os._exit(0)
