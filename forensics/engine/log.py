"""The record of runs: one JSON line an event, with clocks; the report itself has none."""

import json
import os
import platform
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

FILE_NAME = "run.jsonl"


class RunLog:
    """Appends to the record; every line is written as it comes, so a killed run leaves its own.

    Parameters
    ----------
    folder : Path
        The output folder.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / FILE_NAME
        is_cut = path.is_file() and not path.read_bytes().endswith(b"\n")
        self._file = path.open("ab", buffering=0)
        if is_cut and path.stat().st_size:
            self._file.write(b"\n")  # the last run was killed within a line

    def __enter__(self) -> "RunLog":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self.note("stopped", why=type(error).__name__)
        self._file.close()

    def note(self, event: str, **values: object) -> None:
        """Add one line.

        Parameters
        ----------
        event : str
            What happened.
        **values : object
            What JSON can hold.
        """
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, "event": event, **values}, sort_keys=True)
        self._file.write(line.encode("ascii") + b"\n")


def describe_run(command: Sequence[str]) -> dict[str, object]:
    """Say who runs what, where and when, for the first line of a run.

    Parameters
    ----------
    command : sequence of str
        The command line; empty for a run from Python.

    Returns
    -------
    dict of str to object
        What JSON can hold.
    """
    system = os.uname()
    return {
        "command": list(command),
        "working_folder": os.fsdecode(Path.cwd()),
        "host": system.nodename,
        "system": " ".join((system.sysname, system.release, system.machine)),
        "python": platform.python_version(),
        "zone": time.strftime("%Z %z"),
        "process": os.getpid(),
    }
