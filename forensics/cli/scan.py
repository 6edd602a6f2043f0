"""``forensics scan``: everything over a folder, then the report."""

import argparse
import sys
from typing import TYPE_CHECKING

from forensics.cli import status

if TYPE_CHECKING:
    from forensics.model.case import Case
    from forensics.planning import Plan

MAX_JOBS = 256
"""More is a slip of the finger; each may need a gigabyte of memory."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the parser.

    Parameters
    ----------
    commands : argparse sub-parsers
        Where to add it.
    """
    parser = commands.add_parser(
        "scan",
        help="examine a folder and write the report",
        description="Examine every photo and video of a folder and write report.html and "
        "report.json. The folder is only read. FOLDER/case.toml is used when it is there.",
    )
    parser.add_argument("folder", help="folder of photos and videos")
    parser.add_argument("--case", metavar="FILE", help="case file (default: FOLDER/case.toml)")
    parser.add_argument(
        "--archive", metavar="DB", help="known footage: a .db, or a folder with a list.csv"
    )
    parser.add_argument("--out", metavar="DIR", help="output folder (default: ./FOLDER-report)")
    parser.add_argument("--examiner", metavar="NAME", help="who examines, for the report")
    parser.add_argument(
        "--jobs",
        type=_jobs,
        metavar="N",
        help="worker processes (default: one a core); 0 works without any, for debugging",
    )
    parser.add_argument(
        "--exiftool", action="store_true", help="ask ExifTool about metadata, too (slower)"
    )
    parser.add_argument("--show", action="store_true", help="do not blur pictures in the report")
    parser.add_argument("--dry-run", action="store_true", help="say what would be examined")
    parser.add_argument("--json", action="store_true", help="print the report's path as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : argparse.Namespace
        The parsed command line.

    Returns
    -------
    int
        Exit status.
    """
    from forensics.cli.progress import ProgressLine
    from forensics.cli.summary import print_summary
    from forensics.cli.terminal import say_json, warn
    from forensics.examine import scan
    from forensics.ingest.folder import printable_path
    from forensics.ingest.programs import find_exiftool
    from forensics.model.outcome import Absent
    from forensics.planning import plan

    settings = {
        "case": arguments.case,
        "archive": arguments.archive,
        "out": arguments.out,
        "examiner": arguments.examiner,
    }
    todo = plan(arguments.folder, **settings)
    if arguments.dry_run:
        return _print_plan(todo, as_json=arguments.json)
    if not todo.found:
        for unread in todo.unread:
            warn(f"{unread.path}: {unread.reason}. {unread.advice}".rstrip())
        warn(f"forensics scan: no files to examine in {arguments.folder}")
        if arguments.json:
            say_json({"report": None})
        return status.NOTHING
    exiftool = find_exiftool() if arguments.exiftool else None
    if isinstance(exiftool, Absent):
        warn(f"forensics scan: --exiftool: {exiftool.detail}. {exiftool.advice}")
        return status.USAGE
    progress = ProgressLine()
    try:
        case = scan(
            arguments.folder,
            **settings,
            jobs=arguments.jobs,
            show=arguments.show,
            exiftool=exiftool,
            command=sys.argv,
            on_progress=progress,
        )
    finally:
        progress.close()
    for problem in case.problems:
        about = f"{', '.join(problem.paths)}: " if problem.paths else ""
        warn(f"{about}{problem.error}. {problem.advice}".rstrip())
    if arguments.json:
        say_json({"report": printable_path(todo.out / "report.json")})
    else:
        print_summary(case, todo.out / "report.html")
    return _status(case)


def _jobs(text: str) -> int:
    jobs = int(text)
    if not 0 <= jobs <= MAX_JOBS:
        raise argparse.ArgumentTypeError(f"a number from 0 to {MAX_JOBS} is wanted, not {text}")
    return jobs


def _status(case: "Case") -> int:
    if all(item.status == "rejected" for item in case.items):
        return status.NOTHING
    unexpected = any(not each.expected for each in case.unread)
    rejected = any(item.status == "rejected" for item in case.items)
    not_known = case.archive is not None and case.archive.problems
    failed = unexpected or rejected or not_known or case.problems
    return status.SOME_FAILED if failed else status.OK


def _print_plan(todo: "Plan", *, as_json: bool) -> int:
    import msgspec

    from forensics.cli.terminal import say, say_json
    from forensics.ingest.folder import printable_path
    from forensics.stages import STEPS

    if as_json:
        plan = {
            "files": [{"path": each.path, "bytes": each.bytes} for each in todo.found],
            "unread": [msgspec.to_builtins(each) for each in todo.unread],
            "steps": [step.name for step in STEPS],
            "archive": printable_path(todo.archive) if todo.archive else None,
            "decks": [deck.image for deck in todo.case.deck],
            "out": printable_path(todo.out),
        }
        say_json(plan)
        return status.OK
    say(f"{len(todo.found)} files to examine, {sum(e.bytes for e in todo.found):,} bytes")
    for found in todo.found:
        say(f"  {found.path}  {found.bytes:,}")
    for unread in todo.unread:
        say(f"  not examined: {unread.path} ({unread.reason})")
    say(f"Steps: {', '.join(step.name for step in STEPS)}")
    say(f"Known footage: {todo.archive or 'none'}")
    if todo.case.deck:
        say(f"Decks drawn on: {', '.join(deck.image for deck in todo.case.deck)}")
    say(f"Report: {todo.out / 'report.html'}")
    return status.OK
