"""The one place through which foreign parsers are called on bytes from strangers."""

import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from forensics.model.outcome import Problem

T = TypeVar("T")

MAX_MESSAGE_CHARS = 300
"""Parsers put parts of the file into their messages; more than this says nothing to a person."""

_OBJECT_ADDRESS = re.compile(r"<[^<>]* at 0x[0-9a-fA-F]+>")
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
        with _quiet():
            return call()
    except Exception as error:  # noqa: BLE001 - the purpose of this function
        return Problem(error=f"{doing}: {_message(error)}", advice=advice)


def _message(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    # Addresses differ from run to run; a report must not.
    text = _OBJECT_ADDRESS.sub("the file", " ".join(text.split()))
    return f"{type(error).__name__}: {text}"[:MAX_MESSAGE_CHARS]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the parsers' warnings and log lines off the terminal."""
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
