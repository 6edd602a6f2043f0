"""What a fuzz target is, and when what it does with an input is a finding."""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from forensics.model.errors import ForensicsError

MAX_CPU_S = 10.0
"""More than this for one small input is a finding."""


class Violation(AssertionError):
    """An input shows that a promise of the package is broken."""


@dataclass(frozen=True)
class Target:
    """One way into the package.

    Parameters
    ----------
    name : str
        What ``--target`` takes.
    run : callable
        Takes the input and an empty folder, gives what came out; it must be the same each time.
        Raises `Violation` when the outcome breaks a promise.
    seeds : callable
        Gives valid inputs to begin with.
    allowed : tuple of type
        Exceptions that the documentation of what it calls announces.
    tokens : tuple of bytes
        Words of the format, to put into inputs.
    max_bytes : int
        Longest input.
    repeat_every : int
        One in so many inputs is run twice, to see whether the outcome is the same.
    is_contained : bool
        Whether the package runs this in a worker process: then a crash of a foreign decoder ends
        the worker alone, and is counted apart.
    is_json : bool
        Whether inputs are changed as trees of JSON values instead of bytes.
    """

    name: str
    run: Callable[[bytes, Path], object]
    seeds: Callable[[], Iterable[bytes]]
    allowed: tuple[type[BaseException], ...] = (ForensicsError,)
    tokens: tuple[bytes, ...] = ()
    max_bytes: int = 4096
    repeat_every: int = 1
    is_contained: bool = False
    is_json: bool = False


def require(condition: object, promise: str) -> None:
    """Raise `Violation` unless a promise was kept."""
    if not condition:
        raise Violation(promise)


def check(target: Target, data: bytes, folder: Path) -> None:
    """Run a target on an input; whatever it raises is a finding."""
    start = time.process_time()
    first = _outcome(target, data, folder)
    spent_s = time.process_time() - start
    require(spent_s <= MAX_CPU_S, f"takes more than {MAX_CPU_S:.0f} s")
    if hashlib.sha256(data).digest()[0] % target.repeat_every == 0:
        second = _outcome(target, data, folder)
        if second != first:
            fault = Violation("is the same each time")
            fault.add_note(f"first:  {first}\nsecond: {second}")
            raise fault


def _outcome(target: Target, data: bytes, folder: Path) -> str:
    try:
        return repr(target.run(data, folder))
    except target.allowed as error:
        return repr(error)
