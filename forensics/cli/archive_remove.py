"""``forensics archive remove``: forget known footage."""

import argparse
from typing import TYPE_CHECKING

from forensics.cli import status
from forensics.cli.archive_lines import SHORT_ID, describe, find_entry
from forensics.cli.archive_options import add_database

if TYPE_CHECKING:
    from forensics.reuse.archive_entry import Entry


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this action to the parser.

    Parameters
    ----------
    actions : argparse sub-parsers
        Where to add it.
    """
    parser = actions.add_parser(
        "remove",
        help="remove entries with all that belongs to them",
        description="Remove entries with all that belongs to them. The bytes in the file "
        "are overwritten; copies of the file are not.",
    )
    add_database(parser)
    parser.add_argument(
        "ids", metavar="ID", nargs="+", help=f"as `list` shows it, {SHORT_ID} digits or more"
    )
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

    removed: list[Entry] = []
    problems: list[dict[str, str]] = []
    with Archive.open(arguments.database, writable=True) as archive:
        for name in arguments.ids:
            entry = find_entry(archive, name)
            if isinstance(entry, str):
                problems.append({"id": name, "error": entry})
            else:
                archive.remove(entry.id)
                removed.append(entry)
    if arguments.json:
        say_json({"removed": [entry.id for entry in removed], "problems": problems})
    else:
        for entry in removed:
            say(f"removed  {describe(entry)}")
        for problem in problems:
            warn(f"{problem['id']}: {problem['error']}")
    return status.SOME_FAILED if problems else status.OK
