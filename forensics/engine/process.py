"""One worker process as its parent sees it: messages, signs of life, memory, end."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, cast

import psutil

from forensics.engine.channel import Inbox, frame
from forensics.engine.messages import Doing, FromWorker, ToWorker
from forensics.engine.worker import ENVIRONMENT

RSS_LIMIT_BYTES = 1 << 30
"""Resident memory at which a worker is stopped; its own limit should have stopped it before."""

STUCK_CPU_S = 10.0
"""Processor time without a sign of life after which a worker is stopped."""

STUCK_WALL_S = 120.0
"""The same in time on the wall, for one that waits: for a disk that has gone, for instance."""

BUDGET_S = 120.0
BUDGET_PER_PLAYED_S = 10.0
MAX_BUDGET_S = 1800.0
"""Processor time for one file: so much, more by every second of play read, and never beyond."""

PIPE_BYTES = 1 << 20
"""What a worker may say before the parent has listened; Linux allows so much to everybody."""

_READ_BYTES = PIPE_BYTES
_STDERR_CHUNKS = 8
_STDERR_CHUNK_BYTES = 1024
_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from forensics.engine.worker import main; main()"
)


class WorkerProcess:
    """A supervised worker.

    Raises
    ------
    OSError
        When it cannot be started.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, our own code
            [sys.executable, "-c", _BOOT, json.dumps(sys.path), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            # The terminal's Ctrl-C is for the parent alone.
            start_new_session=True,
            env={**os.environ, **ENVIRONMENT},
        )
        self.output = cast("IO[bytes]", self._process.stdout)
        self.errors = cast("IO[bytes]", self._process.stderr)
        _widen(self.output.fileno())
        os.set_blocking(self.output.fileno(), False)
        os.set_blocking(self.errors.fileno(), False)
        self._watched = psutil.Process(self._process.pid)
        self._inbox: Inbox[FromWorker] = Inbox(FromWorker)  # type: ignore[arg-type] # a union
        self._said: deque[bytes] = deque(maxlen=_STDERR_CHUNKS)
        self._sign = (time.monotonic(), 0.0)
        self._has_lived = True
        self._is_new = True
        self._cpu_at_order_s = 0.0
        self._played_s = 0.0
        self._patience_s = STUCK_CPU_S
        self.peak_bytes = 0
        self.resident_bytes = 0
        self.doing = "starting"

    def send(self, message: ToWorker) -> None:
        """Send a message; that the worker has died meanwhile shows when it is read from.

        Parameters
        ----------
        message : Visit or Todo
            The message.
        """
        data = memoryview(frame(message))
        try:
            while data:
                data = data[os.write(cast("IO[bytes]", self._process.stdin).fileno(), data) :]
        except BrokenPipeError:
            pass

    def start_clock(self) -> None:
        """Count processor time and signs of life from the next look on: a new file begins."""
        self._is_new = self._has_lived = True
        self._played_s, self._patience_s = 0.0, STUCK_CPU_S

    def read(self) -> Iterator[FromWorker]:
        """Give the messages that have come.

        Yields
        ------
        message
            In order.

        Raises
        ------
        EOFError
            When the worker has ended.
        BrokenChannelError
            When what came is no message.
        """
        try:
            data = os.read(self.output.fileno(), _READ_BYTES)
        except BlockingIOError:
            return
        if not data:
            raise EOFError
        for message in self._inbox.feed(data):
            self._has_lived = True
            if isinstance(message, Doing):
                self.doing = message.step
                self._played_s = max(self._played_s, message.played_s)
                self._patience_s = max(STUCK_CPU_S, message.patience_s)
            yield message

    def read_errors(self) -> bool:
        """Keep the end of what was written to its standard error stream.

        Returns
        -------
        bool
            False when it was closed.
        """
        try:
            data = os.read(self.errors.fileno(), _STDERR_CHUNK_BYTES)
        except BlockingIOError:
            return True
        self._said.append(data)
        return bool(data)

    def last_words(self) -> str:
        """Give the end of what it wrote to its standard error stream.

        Returns
        -------
        str
            For the run's log; it may hold anything.
        """
        return b"".join(self._said).decode("utf-8", "backslashreplace")

    def overstepped(self) -> str | None:
        """Say which limit the worker is beyond.

        Returns
        -------
        str or None
            In words that are the same on every machine; None when it is within all of them.
        """
        try:
            resident = self._watched.memory_info().rss
            times = self._watched.cpu_times()
        except psutil.Error:
            return None  # it has ended, which shows when it is read from
        cpu_s = float(times.user + times.system)
        # Clocks are read at looks alone: to ask the system at every message would cost more than
        # the work on a small picture.
        if self._has_lived:
            self._sign = (time.monotonic(), cpu_s)
        if self._is_new:
            self._cpu_at_order_s = cpu_s
        self._has_lived = self._is_new = False
        self.resident_bytes = resident
        self.peak_bytes = max(self.peak_bytes, resident)
        if resident > RSS_LIMIT_BYTES:
            return f"it needed more than {RSS_LIMIT_BYTES >> 20:,} MiB of memory"
        wall_s, cpu_then_s = self._sign
        if cpu_s - cpu_then_s > self._patience_s:
            return f"it made no progress in {self._patience_s:g} s of processor time"
        # One that may compute for longer may be kept waiting for longer by a busy machine.
        longest_s = STUCK_WALL_S * self._patience_s / STUCK_CPU_S
        if time.monotonic() - wall_s > longest_s:
            return f"it waited for {longest_s:g} s"
        budget_s = min(MAX_BUDGET_S, BUDGET_S + BUDGET_PER_PLAYED_S * self._played_s)
        if cpu_s - self._cpu_at_order_s > budget_s:
            return "it was not done in the processor time that its length allows"
        return None

    def end(self, *, grace_s: float = 0.0) -> str:
        """End it, if it has not ended, and say how it did.

        Parameters
        ----------
        grace_s : float, optional
            How long to wait for one that is ending by itself.

        Returns
        -------
        str
            In words that are the same on every machine.
        """
        try:
            status = self._process.wait(grace_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        with suppress(BlockingIOError):
            while data := os.read(self.errors.fileno(), _STDERR_CHUNK_BYTES):
                self._said.append(data)
        for stream in (self._process.stdin, self.output, self.errors):
            cast("IO[bytes]", stream).close()
        if status < 0:
            return f"its process was ended by {signal.Signals(-status).name}"
        return f"its process ended with status {status}"


def _widen(pipe: int) -> None:
    """Let a worker leave a whole visit's messages in the pipe and go on; Linux only."""
    with suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
