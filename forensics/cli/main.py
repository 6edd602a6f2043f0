"""``forensics``: parse the command line, run one command, turn errors into an exit status."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from forensics import __version__
from forensics.cli import archive, check, compare, frames, inspect, report, scan, stages, status
from forensics.cli.terminal import warn
from forensics.engine.threads import ONE_THREAD
from forensics.model.errors import ForensicsError

Command = Callable[[argparse.Namespace], int]

_DESCRIPTION = """\
Examine photos and videos said to show a strike, and get a checkable evidence report.

  forensics scan FOLDER                   everything over a folder, then the report
  forensics check FILE --archive DB       is this picture or clip recycled?
  forensics compare BEFORE AFTER          what happened to the bridge in between
  forensics inspect FILE                  what a file says about itself
  forensics frames VIDEO --at 1:02.5      lossless pictures of a clip
  forensics archive add DB FOLDER         build an archive of known footage
"""
_EPILOG = """\
Exit status: 0 ran; 1 ran, something was rejected or failed; 2 wrong usage; 3 nothing could be
examined; 130 interrupted. Findings are not errors. Nothing is ever sent over a network.
"""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line that helps."""

    def error(self, message: str) -> NoReturn:
        warn(f"{self.prog}: {message} (try: {self.prog} --help)")
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
    for module in (scan, check, compare, inspect, frames, archive, report, stages):
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
        result = command(parsed)
        if sys.stdout is not None:
            sys.stdout.flush()
    except ForensicsError as error:
        warn(f"forensics {parsed.command}: {error}. {error.advice}".rstrip())
        return status.USAGE
    except KeyboardInterrupt:
        warn(f"forensics {parsed.command}: interrupted")
        return status.INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return status.OK
    except OSError as error:
        _drop_output()
        about = f"{error.filename}: " if error.filename else ""
        reason = error.strerror or error
        warn(f"forensics {parsed.command}: {about}{reason}. Check free space and permissions.")
        return status.USAGE
    return result


def run() -> NoReturn:
    """Run one command and leave the interpreter with its exit status."""
    for name, count in ONE_THREAD.items():
        os.environ.setdefault(name, count)
    _fill_missing_streams()
    # Paths may hold anything; a terminal that cannot show it gets escapes, not a crash.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    raise SystemExit(main())


def _drop_output() -> None:
    """Let what cannot be written go nowhere: Python would fail once more at its end."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fill_missing_streams() -> None:
    """Open streams the caller closed, or evidence and reports would get their numbers."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one


if __name__ == "__main__":
    run()
