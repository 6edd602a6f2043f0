"""``forensics archive search``: what in an archive is like a file."""

import argparse
from typing import TYPE_CHECKING

from forensics.cli import status
from forensics.cli.archive_lines import shorten
from forensics.cli.archive_options import add_database

if TYPE_CHECKING:
    from forensics.model.match import Match


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this action to the parser.

    Parameters
    ----------
    actions : argparse sub-parsers
        Where to add it.
    """
    parser = actions.add_parser(
        "search",
        help="find what is like a file",
        description="Find the known footage that is like a file. This asks nothing about dates; "
        "`forensics check` says whether a copy is older than an event.",
    )
    add_database(parser)
    parser.add_argument("files", metavar="FILE", nargs="+", help="photos and videos")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the action.

    Parameters
    ----------
    arguments : argparse.Namespace
        The parsed command line.

    Returns
    -------
    int
        Exit status.
    """
    from forensics.cli.terminal import say, say_json, warn
    from forensics.reuse.archive import Archive
    from forensics.reuse.check import check_files
    from forensics.reuse.decided import tell_decision

    with Archive.open(arguments.database) as archive:
        answer = check_files(arguments.files, archive=archive)
    if arguments.json:
        say_json(answer)
        return status.SOME_FAILED if answer.problems else status.OK
    for match in answer.matches:
        say(_describe(match))
    for each in answer.dismissed:
        known = each.reference
        say(f"{each.query.path}: set aside  {shorten(known.id)}  {tell_decision(each.decision)}")
    for unmatched in answer.unmatched:
        say(f"{unmatched.path}: {unmatched.reason}")
    for problem in answer.problems:
        warn(f"{problem.path}: {problem.error}. {problem.advice}".rstrip())
    return status.SOME_FAILED if answer.problems else status.OK


def _describe(match: "Match") -> str:
    known = match.reference
    bits = "" if match.distance_bits is None else f"{match.distance_bits} of 256 bits differ"
    date = f"known since {known.first_seen}" if known.first_seen else "no date"
    facts = (match.relation, bits, shorten(known.id), known.path, date, known.source)
    return f"{match.query.path}: {'  '.join(filter(None, facts))}"
