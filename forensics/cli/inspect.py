"""``forensics inspect``: what a file says about itself."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from forensics.cli import status

if TYPE_CHECKING:
    from forensics.asking import Inspection


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the parser.

    Parameters
    ----------
    commands : argparse sub-parsers
        Where to add it.
    """
    parser = commands.add_parser(
        "inspect",
        help="print what one file says about itself",
        description="Print what a file says about itself: what stands out, its metadata by every "
        "program that reads them, how it was last saved, content credentials, and files beside it "
        "that describe it. All of this can be edited without a trace.",
    )
    parser.add_argument("file", metavar="FILE", help="a photo or video")
    parser.add_argument(
        "--case",
        metavar="F",
        help="case file: dates after its as_of and positions outside its place are noted",
    )
    parser.add_argument(
        "--no-exiftool", action="store_true", help="do not ask ExifTool, even when it is installed"
    )
    parser.add_argument("--json", action="store_true", help="print it as JSON")
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
    from forensics.asking import inspect_file
    from forensics.cli.terminal import say_json, warn
    from forensics.engine.itemise import item_of
    from forensics.engine.messages import Refused
    from forensics.ingest.casefile import read_case_file
    from forensics.ingest.folder import printable_path

    shown = printable_path(arguments.file)
    case = read_case_file(Path(arguments.case)) if arguments.case is not None else None
    found = inspect_file(arguments.file, case=case, exiftool=not arguments.no_exiftool)
    if isinstance(found, Refused):
        warn(f"forensics inspect: {shown}: {found.error}. {found.advice}".rstrip())
        return status.NOTHING
    item = item_of(found.visited)
    if item.reason is not None:
        warn(f"forensics inspect: {shown}: {item.reason}")
    if arguments.json:
        say_json(_answer(shown, found))
    else:
        from forensics.cli.inspection import print_inspection

        print_inspection(shown, found)
    return status.SOME_FAILED if item.status == "rejected" else status.OK


def _answer(shown: str, found: "Inspection") -> dict[str, object]:
    from forensics.engine.itemise import OPENING
    from forensics.model.findings import MetadataTable, Notes

    told = found.visited.told
    table, noted = told("metadata.read"), told("metadata.notes")
    return {
        "file": shown,
        "sha256": found.visited.sha256,
        "format": found.visited.type.format,
        "metadata": table.fields if isinstance(table, MetadataTable) else {},
        "metadata_failures": table.failed_engines
        if isinstance(table, MetadataTable)
        else {"metadata.read": table},
        "facts": told(OPENING),
        "notes": noted.notes if isinstance(noted, Notes) else (),
        "provenance": told("metadata.provenance"),
        "encoder": told("metadata.encoder"),
        "embedded_thumbnail": told("metadata.embedded_thumbnail"),
        "sidecars": found.beside.sidecars,
        "names": found.beside.names,
    }
