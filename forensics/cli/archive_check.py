"""``forensics archive check``: is an archive whole, and what can be saved of it?"""

import argparse
from typing import TYPE_CHECKING

from forensics.cli import status
from forensics.cli.archive_lines import shorten
from forensics.cli.archive_options import add_database

if TYPE_CHECKING:
    from forensics.reuse.archive_health import Health
    from forensics.reuse.archive_salvage import Salvage


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this action to the parser.

    Parameters
    ----------
    actions : argparse sub-parsers
        Where to add it.
    """
    parser = actions.add_parser(
        "check",
        help="find damage; with --repair, save what is whole into a new file",
        description="Check the file and compute the digest of every entry again. With --repair, "
        "the entries that are as they were written go into a new file beside a damaged archive, "
        "which is left as it is.",
    )
    add_database(parser)
    parser.add_argument(
        "--repair", action="store_true", help="when there is damage, make known.repaired.db"
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
    from forensics.cli.terminal import say_json
    from forensics.reuse.archive_health import check_archive
    from forensics.reuse.archive_salvage import salvage_archive

    health = check_archive(arguments.database)
    repaired = salvage_archive(arguments.database) if arguments.repair and health.faults else None
    if arguments.json:
        say_json(
            {
                "entries": health.entries,
                "faults": health.faults,
                "notices": health.notices,
                "repaired": repaired,
            }
        )
    else:
        _print(health, repaired)
    return status.SOME_FAILED if health.faults else status.OK


def _print(health: "Health", repaired: "Salvage | None") -> None:
    from forensics.cli.terminal import say, warn
    from forensics.ingest.folder import printable_path

    for notice in health.notices:
        say(f"{notice}.")
    for fault in health.faults:
        where = f"{shorten(fault.entry_id)}: " if fault.entry_id else ""
        warn(f"{where}{fault.what}")
    if not health.faults:
        say(f"{health.entries} entries, all as they were written.")
        return
    if repaired is None:
        say("Damaged. With --repair, what is whole is saved into a new file.")
        return
    say(f"{repaired.entries} entries saved in {printable_path(repaired.path)}")
    for lost in repaired.lost:
        facts = "  ".join(filter(None, (shorten(lost.id), lost.path, lost.source)))
        warn(f"lost  {facts}  ({lost.reason})")
    if repaired.lost:
        say("Add the files of the lost entries again. Their names above may be damaged, too.")
