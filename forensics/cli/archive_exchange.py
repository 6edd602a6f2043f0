"""``forensics archive import`` and ``export``: exchange lists of PDQ hashes."""

import argparse
import sys
from pathlib import Path
from typing import Literal

from forensics.cli import status
from forensics.cli.archive_options import add_database, add_origin, read_origin

_STDOUT = "-"


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these actions to the parser.

    Parameters
    ----------
    actions : argparse sub-parsers
        Where to add them.
    """
    parser = actions.add_parser(
        "import",
        help="take in a list of PDQ hashes",
        description="Take in a list of PDQ hashes: CSV (hash,quality,name), JSON, or a hash a "
        "line. Matches with them can only be leads. The archive is made when it is not there.",
    )
    add_database(parser)
    parser.add_argument("list", metavar="LIST", help="the list")
    parser.add_argument("--name", help="what to call the list in the basis of its dates")
    add_origin(parser)
    parser.set_defaults(run=run_import)
    parser = actions.add_parser(
        "export",
        help="write the PDQ hashes as a list",
        description="Write the PDQ hashes as a list that others can search with. It holds no "
        "pictures, but names; as JSON also sources, dates and decisions.",
    )
    add_database(parser)
    parser.add_argument("list", metavar="LIST", help="a new file, or - for standard output")
    parser.add_argument(
        "--format", choices=("csv", "json"), help="by the name's ending unless given"
    )
    parser.add_argument(
        "--without-decisions", action="store_true", help="leave out what people decided"
    )
    parser.set_defaults(run=run_export)


def run_import(arguments: argparse.Namespace) -> int:
    """Take in a list of hashes.

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
    from forensics.ingest.folder import printable_path
    from forensics.reuse.archive import Archive
    from forensics.reuse.exchange import import_hashes
    from forensics.reuse.pdq_list import read_pdq_list

    path = Path(arguments.list)
    found = read_pdq_list(path)
    origin = arguments.name or printable_path(path.stem)
    with Archive.open(arguments.database, create=True) as archive:
        count = import_hashes(archive, found.rows, origin=origin, sighting=read_origin(arguments))
    if arguments.json:
        counts = {"added": count.added, "known": count.known, "decisions": count.decisions}
        say_json({**counts, "problems": found.bad_rows})
    else:
        decided = f" {count.decisions} decisions added." if count.decisions else ""
        say(f"{count.added} added, {count.known} known already.{decided}")
        for bad in found.bad_rows:
            warn(f"{printable_path(path)} line {bad.line}: {bad.reason}")
    return status.SOME_FAILED if found.bad_rows else status.OK


def run_export(arguments: argparse.Namespace) -> int:
    """Write the hashes as a list.

    Parameters
    ----------
    arguments : argparse.Namespace
        The parsed command line.

    Returns
    -------
    int
        Exit status.
    """
    from forensics.cli.terminal import say, say_json
    from forensics.ingest.folder import printable_path
    from forensics.reuse.archive import Archive
    from forensics.reuse.exchange import export_hashes
    from forensics.reuse.pdq_list import write_pdq_list

    by_name: Literal["csv", "json"] = "json" if arguments.list.lower().endswith(".json") else "csv"
    form = arguments.format or by_name
    with Archive.open(arguments.database) as archive:
        rows = export_hashes(archive, decisions=not arguments.without_decisions)
    text = write_pdq_list(rows, format=form)
    if arguments.list == _STDOUT:
        sys.stdout.write(text)
        return status.OK
    _write_new(Path(arguments.list), text)
    if arguments.json:
        say_json({"hashes": len(rows), "path": printable_path(arguments.list), "format": form})
    else:
        say(f"{len(rows)} hashes written to {printable_path(arguments.list)}")
    return status.OK


def _write_new(path: Path, text: str) -> None:
    from forensics.model.errors import OutputError

    try:
        # A new file only: a slip of the keyboard must not overwrite an archive.
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}", advice="Name a new file."
        ) from error
