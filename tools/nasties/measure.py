"""Examine each nasty in a process of its own, and tell what took long, much memory or died."""

import os
import pickle
import resource
import signal
import stat
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nasties.nasty import Nasty

MEMORY_BYTES = 900 << 20
LIMIT_S = 30.0
SLOW_S = 3.0
LARGE_MIB = 500
TOLD_S, TOLD_MIB = 1.0, 400


@dataclass(frozen=True)
class Cost:
    """What examining one file took.

    Parameters
    ----------
    status, reason : str
        What was said of it; ``died`` when the process did.
    seconds : float
        How long it took.
    mebibytes : int
        Peak of resident memory, with that of the program itself.
    """

    status: str
    reason: str
    seconds: float
    mebibytes: int


def measure(folder: Path, made: Sequence[Nasty]) -> None:
    """Examine nasties and print what is not as it must be, and what was costly.

    Parameters
    ----------
    folder : Path
        Where they are.
    made : sequence of Nasty
        Which.
    """
    for each in made:
        path = folder / each.name
        if not stat.S_ISREG(path.lstat().st_mode):
            continue
        cost = examine(path)
        is_wrong = cost.status not in each.status or each.word not in cost.reason
        if is_wrong or cost.seconds > TOLD_S or cost.mebibytes > TOLD_MIB:
            print(
                f"{'WRONG' if is_wrong else 'costly':6} {cost.status:9} {cost.seconds:5.1f} s "
                f"{cost.mebibytes:5} MiB  {each.name!r}: {cost.reason[:200]}",
                flush=True,
            )


def examine(path: Path) -> Cost:
    """Run every item step on one file, in a process of its own and with little memory.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Cost
        What was said and what it took.
    """
    _import_everything()
    started = time.monotonic()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
        signal.alarm(int(LIMIT_S))
        with os.fdopen(writer, "wb") as pipe:
            pickle.dump(_say(path), pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read()
    _, status, usage = os.wait4(child, 0)
    said = pickle.loads(answer) if answer else ("died", f"signal {os.WTERMSIG(status)}")
    return Cost(*said, time.monotonic() - started, usage.ru_maxrss // 1024)


def _import_everything() -> None:
    from forensics.stages import STEPS

    for step in STEPS:
        step.load()
    import av  # noqa: F401 - only clips import it
    import tifffile  # noqa: F401


def _say(path: Path) -> tuple[str, str]:
    from forensics.engine.runner import describe_state, visit
    from forensics.ingest.media import open_media
    from forensics.model.errors import UnreadableMedia
    from forensics.model.outcome import Problem
    from forensics.stages import STEPS

    try:
        media = open_media(path)
    except UnreadableMedia as error:
        return "unread", str(error)
    steps = [step for step in STEPS if step.scope != "case"]
    outcomes = visit(media, steps, store=lambda _: "kept")
    failed = [e.outcome.error for e in outcomes[1:] if isinstance(e.outcome, Problem)]
    status, reason = describe_state(media.facts)
    return ("failed", failed[0]) if failed else (status, reason or "")
