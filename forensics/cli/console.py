"""The console that laid out results are printed on."""

import sys

from rich.console import Console

WIDE = 10_000
"""Columns where nobody looks: a path that is folded into lines cannot be found in a log."""


class ResultConsole(Console):
    """A console on stdout that folds lines for a terminal only."""

    def __init__(self) -> None:
        is_terminal = sys.stdout is not None and sys.stdout.isatty()
        super().__init__(highlight=False, width=None if is_terminal else WIDE)

    def on_broken_pipe(self) -> None:
        """Leave it to the command line what it means that the reader of the pipe left.

        Raises
        ------
        BrokenPipeError
            Always; rich would end the program with the status of a failure.
        """
        raise BrokenPipeError
