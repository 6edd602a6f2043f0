"""The one place through which foreign parsers are called on bytes from strangers."""

import fcntl
import logging
import os
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TypeVar

from forensics.model.errors import UnreadableMedia
from forensics.model.outcome import Problem

T = TypeVar("T")

MAX_MESSAGE_CHARS = 300
"""Parsers put parts of the file into their messages; more than this says nothing to a person."""

REFETCH = "Ask for the original file, or fetch it again from its source."
"""Advice for what is broken beyond repair."""

NEEDS_MEMORY = "more memory would be needed than one file is given"

SCALE_DOWN = "Cut it into parts, or scale it down with a tool you trust."
"""Advice for what is too large."""

MAX_CHATTER_BYTES = 2048
"""What decoders write about one file is kept up to this; the rest repeats itself."""

_STDERR = 2
_FIRST_FREE = 3  # 0, 1 and 2 are the standard streams, even while one of them is closed
_HEX_ADDRESS = re.compile(r"\s*(?:@\s*)?0x[0-9a-fA-F]{6,}")  # pointers; tag numbers are shorter
_capture = threading.Lock()
_quieted: ContextVar[bool] = ContextVar("_quieted", default=False)

_OBJECT_ADDRESS = re.compile(r"<(?:[^<>]|<[^<>]*>)* at 0x[0-9a-fA-F]+>")
_TALKATIVE = ("exifread", "PIL", "libav", "tifffile")


def guarded(call: Callable[[], T], *, doing: str, advice: str = "") -> T | Problem:
    """Call a foreign parser and turn whatever it raises into a `Problem`.

    Parsers of media formats raise anything on broken input, ``AssertionError`` and
    ``RecursionError`` included. What they raise says something about the file, not about this
    package, so it becomes a finding instead of an end.

    Parameters
    ----------
    call : callable
        The parser with its arguments bound.
    doing : str
        What is being tried, for the message: ``reading EXIF with exifread``.
    advice : str, optional
        What the reader can do when it fails.

    Returns
    -------
    T or Problem
        What the parser returned, or what went wrong.

    Examples
    --------
    >>> guarded(lambda: 1 / 0, doing="dividing").error
    'dividing: ZeroDivisionError: division by zero'
    """
    try:
        if _quieted.get():
            # One call may guard every tag of a file; to quiet the parsers once is enough.
            return call()
        with _quiet():
            return call()
    except UnreadableMedia as error:
        # Our own refusal, in words for a person already.
        return Problem(error=str(error), advice=error.advice or advice)
    except (MemoryError, BlockingIOError):
        # Says something about what one file is given, not about the file. The second is what
        # FFmpeg says when there is no room for a thread; a regular file never blocks.
        note_shortage()
        return Problem(error=f"{doing}: {NEEDS_MEMORY}", advice=SCALE_DOWN)
    except Exception as error:  # noqa: BLE001 - the purpose of this function
        return Problem(error=f"{doing}: {_message(error)}", advice=advice)


def note_shortage() -> None:
    """Count that memory ran out."""
    global _shortages  # noqa: PLW0603 - the process runs out of memory, not one caller
    _shortages += 1


def shortages() -> int:
    """Say how often memory ran out in this process.

    Returns
    -------
    int
        A worker that has seen other files before may have less left than a fresh one.
    """
    return _shortages


_shortages = 0


def _message(error: Exception) -> str:
    # Without the file's name: PyAV gives the descriptor's number, which differs from run to run.
    text = str(getattr(error, "strerror", None) or error)
    # Addresses differ from run to run; a report must not.
    text = _OBJECT_ADDRESS.sub("the file", " ".join(text.split()))
    return f"{type(error).__name__}: {text}"[:MAX_MESSAGE_CHARS]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the parsers' warnings and log lines off the terminal."""
    token = _quieted.set(True)
    loggers = [logging.getLogger(name) for name in _TALKATIVE]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled
        _quieted.reset(token)


class Chatter:
    """What decoders wrote to the standard error stream, filled when the capture ends."""

    def __init__(self) -> None:
        self.lines: tuple[str, ...] = ()


@contextmanager
def captured_stderr() -> Iterator[Chatter]:
    """Keep what C libraries write to file descriptor 2 off the terminal.

    They write into a pipe that never blocks: once it is full, what follows is dropped, so neither
    disk nor memory can be filled. The descriptor is put back whatever happens. Python's own text
    of other threads goes the same way, so keep the captured stretch short. When two threads
    capture at once, only the first does; the other's lines count as the first's.

    Yields
    ------
    Chatter
        Its ``lines`` hold the first `MAX_CHATTER_BYTES` afterwards, without memory addresses.

    Examples
    --------
    >>> with captured_stderr() as chatter:
    ...     _ = os.write(2, b"[h264 @ 0x55d0c0ffee00] bad")
    >>> chatter.lines
    ('[h264] bad',)
    """
    chatter = Chatter()
    if not _capture.acquire(blocking=False):
        yield chatter
        return
    try:
        _flush_python()
        before, reader = _divert()
        try:
            yield chatter
        finally:
            _flush_python()
            _restore(before)
            with suppress(BlockingIOError), os.fdopen(reader, "rb", buffering=0) as pipe:
                chatter.lines = clean_lines([_text(pipe.read(MAX_CHATTER_BYTES + 1) or b"")])
    finally:
        _capture.release()


def clean_lines(messages: Iterable[str]) -> tuple[str, ...]:
    """Make decoders' messages the same from run to run, and short.

    Parameters
    ----------
    messages : iterable of str
        As they came.

    Returns
    -------
    tuple of str
        Lines without memory addresses, repeated lines once; together at most `MAX_CHATTER_BYTES`
        characters.
    """
    kept: dict[str, None] = {}
    room = MAX_CHATTER_BYTES
    for line in (line for message in messages for line in message.splitlines()):
        short = " ".join(_HEX_ADDRESS.sub("", line).split())
        if not short or short in kept:
            continue
        room -= len(short)
        if room < 0:
            break
        kept[short] = None
    return tuple(kept)


def _text(raw: bytes) -> str:
    if len(raw) > MAX_CHATTER_BYTES and b"\n" in raw:
        raw = raw[: raw.rfind(b"\n")]
    return raw[:MAX_CHATTER_BYTES].decode("utf-8", "backslashreplace")


def _divert() -> tuple[int | None, int]:
    """Point descriptor 2 at a pipe; give what it was (None: closed) and the pipe's other end."""
    try:
        before: int | None = fcntl.fcntl(_STDERR, fcntl.F_DUPFD_CLOEXEC, _FIRST_FREE)
    except OSError:
        before = None
    ends = os.pipe()
    reader, writer = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _FIRST_FREE) for end in ends)
    for end in ends:
        os.close(end)
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    os.dup2(writer, _STDERR)
    os.close(writer)
    return before, reader


def _restore(before: int | None) -> None:
    if before is None:
        os.close(_STDERR)
        return
    os.dup2(before, _STDERR)
    os.close(before)


def _flush_python() -> None:
    # A stream that is missing or closed has nothing to flush.
    with suppress(AttributeError, OSError, ValueError):
        sys.stderr.flush()
