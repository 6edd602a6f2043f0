"""``forensics check``: is it recycled?"""

import argparse
from typing import TYPE_CHECKING

from forensics.cli import status

if TYPE_CHECKING:
    from forensics.model.casefile import EventWindow
    from forensics.model.match import CheckReport

_MAX_SEGMENTS = 6
_NO_MATCH = "No match means that nothing like it{} is in this archive, not that it is original."


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the parser.

    Parameters
    ----------
    commands : argparse sub-parsers
        Where to add it.
    """
    parser = commands.add_parser(
        "check",
        help="look files up in an archive of known footage",
        description="Look photos and videos up in an archive of known footage. A copy whose known "
        "date precedes the event is recycled; a hash alone is never more than a lead.",
    )
    parser.add_argument("files", metavar="FILE", nargs="+", help="photos and videos")
    parser.add_argument(
        "--archive",
        metavar="DB",
        required=True,
        help="known footage: a .db, or a folder with a list.csv",
    )
    event = parser.add_mutually_exclusive_group()
    event.add_argument("--case", metavar="FILE", help="case file that names the event")
    event.add_argument(
        "--event-start", metavar="TIME", help="earliest time of the event, e.g. 2024-08-16"
    )
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
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
    from pathlib import Path

    from forensics.asking import look_up
    from forensics.cli.terminal import say_json, warn
    from forensics.model.errors import ArchiveError

    event = _event(arguments)
    archive = Path(arguments.archive)
    if not arguments.archive or not archive.exists():
        raise ArchiveError(
            f"the archive {arguments.archive or '(no name)'} does not exist",
            advice="Make one with: forensics archive add ARCHIVE.db FOLDER",
        )
    answer, not_known = look_up(arguments.files, archive=archive, event=event)
    for problem in not_known:
        warn(f"archive: {problem}")
    if arguments.json:
        say_json(answer)
    else:
        _print_answer(answer)
    return _status(answer, not_known=bool(not_known))


def _event(arguments: argparse.Namespace) -> "EventWindow":
    from pathlib import Path

    from forensics.ingest.casefile import read_case_file
    from forensics.model.casefile import EventWindow
    from forensics.model.dates import parse_date
    from forensics.model.errors import CaseFileError

    if arguments.case is not None:
        return read_case_file(Path(arguments.case)).event
    if arguments.event_start is None:
        return EventWindow()
    try:
        # A day without a zone may have begun fourteen hours before UTC's; the earliest counts.
        return EventWindow(start=parse_date(arguments.event_start).earliest)
    except (ValueError, OverflowError) as error:
        raise CaseFileError(f"--event-start: {error}") from error


def _status(answer: "CheckReport", *, not_known: bool) -> int:
    if not answer.matches and not answer.unmatched:
        return status.NOTHING
    return status.SOME_FAILED if answer.problems or not_known else status.OK


def _print_answer(answer: "CheckReport") -> None:
    from forensics.cli.archive_lines import compared_with
    from forensics.cli.terminal import say, warn
    from forensics.model.match import COPIES
    from forensics.report.segment_words import tell_segment
    from forensics.reuse.decided import tell_decision

    for match in answer.matches:
        standing = "copy" if match.relation in COPIES else "lead"
        word = "RECYCLED" if match.recycled else standing.upper()
        reference = match.reference
        say(f"{word:<9} {match.query.path} <- {reference.path or reference.id}")
        say(f"          {match.because}")
        for segment in match.segments[:_MAX_SEGMENTS]:
            say(f"          {tell_segment(segment)}")
        if (more := len(match.segments) - _MAX_SEGMENTS) > 0:
            say(f"          and {more} more: see --json")
        if reference.source:
            say(f"          Source: {reference.source}")
    for each in answer.dismissed:
        say(f"{'SET ASIDE':<9} {each.query.path} <- {each.reference.path or each.reference.id}")
        say(f"          {tell_decision(each.decision)}")
    for unmatched in answer.unmatched:
        why = "" if unmatched.reason == "no match" else f" ({unmatched.reason})"
        say(f"{'NO MATCH':<9} {unmatched.path}{why}")
    if answer.archive is not None:
        say(f"{compared_with(answer.archive)}.")
    if answer.unmatched:
        say(_NO_MATCH.format(" that nobody set aside" if answer.dismissed else ""))
    for problem in answer.problems:
        warn(f"{problem.path}: {problem.error}. {problem.advice}".rstrip())
