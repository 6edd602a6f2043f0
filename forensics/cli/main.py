"""``forensics``: parse the command line, run one command, turn errors into an exit status."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from forensics import __version__
from forensics.cli import archive, check, inspect, report, scan, stages, status
from forensics.model.errors import ForensicsError

Command = Callable[[argparse.Namespace], int]

_DESCRIPTION = """\
Examine photos and videos said to show a strike, and get a checkable evidence report.

  forensics scan FOLDER                   everything over a folder, then the report
  forensics check FILE --archive DB       is this picture or clip recycled?
  forensics inspect FILE                  what a file says about itself
  forensics archive add DB FOLDER         build an archive of known footage
"""
_EPILOG = """\
Exit status: 0 ran; 1 ran, something was rejected or failed; 2 wrong usage; 3 nothing could be
examined; 130 interrupted. Findings are not errors. Nothing is ever sent over a network.
"""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line that helps."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"{self.prog}: {message} (try: {self.prog} --help)\n")
        raise SystemExit(status.USAGE)


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of all commands, without loading any stage.

    Returns
    -------
    argparse.ArgumentParser
        Ready to parse.
    """
    parser = _Parser(
        prog="forensics",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"strike-forensics {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in (scan, check, inspect, archive, report, stages):
        module.add_parser(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line without the program's name; ``sys.argv`` by default.

    Returns
    -------
    int
        Exit status.
    """
    parsed = build_parser().parse_args(arguments)
    command: Command = parsed.run
    try:
        return command(parsed)
    except ForensicsError as error:
        advice = f" {error.advice}" if error.advice else ""
        sys.stderr.write(f"forensics {parsed.command}: {error}.{advice}\n")
        return status.USAGE
    except KeyboardInterrupt:
        sys.stderr.write(f"forensics {parsed.command}: interrupted\n")
        return status.INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe left; Python would complain once more while flushing at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return status.OK


def run() -> NoReturn:
    """Run one command and leave the interpreter with its exit status."""
    # Paths may hold anything; a terminal that cannot show it gets escapes, not a crash.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    raise SystemExit(main())


if __name__ == "__main__":
    run()
