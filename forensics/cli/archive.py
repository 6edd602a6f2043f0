"""``forensics archive``: build, keep and exchange an archive of known footage."""

import argparse

from forensics.cli import (
    archive_add,
    archive_check,
    archive_decide,
    archive_exchange,
    archive_list,
    archive_remove,
    archive_search,
)

_DESCRIPTION = """\
Build and keep an archive of known footage: one file with sources, dates and hashes.

  forensics archive add known.db FOLDER --source URL --first-seen 2014-08-01
  forensics archive search known.db FILE
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command and its actions to the parser.

    Parameters
    ----------
    commands : argparse sub-parsers
        Where to add it.
    """
    parser = commands.add_parser(
        "archive",
        help="build and keep an archive of known footage",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for module in (
        archive_add,
        archive_search,
        archive_list,
        archive_check,
        archive_decide,
        archive_remove,
        archive_exchange,
    ):
        module.add_parsers(actions)
