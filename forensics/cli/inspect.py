"""``forensics inspect``: what a file says about itself."""

import argparse
from typing import TYPE_CHECKING

from forensics.cli import status

if TYPE_CHECKING:
    from forensics.model.findings import MetadataTable, Note


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the parser.

    Parameters
    ----------
    commands : argparse sub-parsers
        Where to add it.
    """
    parser = commands.add_parser(
        "inspect",
        help="print the metadata of one file",
        description="Print what a file says about itself, by every engine that reads it, and "
        "where they disagree. Metadata can be edited without a trace.",
    )
    parser.add_argument("file", metavar="FILE", help="a photo or video")
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
    from forensics.asking import INSPECTED, inspect_file
    from forensics.cli.terminal import say_json, warn
    from forensics.engine.itemise import item_of
    from forensics.engine.messages import Refused
    from forensics.ingest.folder import printable_path
    from forensics.model.findings import MetadataTable, Notes
    from forensics.model.outcome import Absent

    shown = printable_path(arguments.file)
    found = inspect_file(arguments.file, exiftool=not arguments.no_exiftool)
    if isinstance(found, Refused):
        warn(f"forensics inspect: {shown}: {found.error}. {found.advice}".rstrip())
        return status.NOTHING
    facts, table, noted = (found.told(name) for name in INSPECTED)
    notes = noted.notes if isinstance(noted, Notes) else ()
    item = item_of(found)
    if item.reason is not None:
        warn(f"forensics inspect: {shown}: {item.reason}")
    answered = status.SOME_FAILED if item.status == "rejected" else status.OK
    if arguments.json:
        answer = {
            "file": shown,
            "sha256": item.sha256,
            "format": item.format,
            "metadata": table.fields if isinstance(table, MetadataTable) else {},
            "facts": facts,
            "provenance": None,
            "notes": notes,
            "encoder": None,
        }
        say_json(answer)
        return answered
    from forensics.cli.terminal import say

    say(f"{shown}: {item.format}, {item.bytes:,} bytes, SHA-256 {item.sha256}")
    if isinstance(table, MetadataTable):
        _print_table(table)
        for engine, said in table.failed_engines.items():
            warn(f"{engine} gave up: {said}")
        _print_notes(notes)
    elif isinstance(table, Absent) and table.reason == "not_present":
        say("No metadata. Platforms strip it as a rule, so its absence says nothing.")
    else:
        why = table.detail if isinstance(table, Absent) else getattr(table, "error", "")
        warn(f"forensics inspect: {shown}: metadata cannot be read: {why}")
    return answered


def _print_table(table: "MetadataTable") -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from forensics.cli.console import ResultConsole
    from forensics.model.findings import Position
    from forensics.report.text import reveal

    grid = Table(box=box.SIMPLE_HEAD)
    for heading in ("field", "value", "read by", "agree"):
        grid.add_column(heading, overflow="fold")
    words = {True: "yes", False: "NO", None: "one engine"}
    for name, field in table.fields.items():
        at = field.value
        value = f"{at.lat}, {at.lon}" if isinstance(at, Position) else str(at)
        cells = (name, value, ", ".join(field.sources), words[field.agree])
        style = "bold yellow" if field.agree is False else ""
        grid.add_row(*(Text(reveal(cell), style=style) for cell in cells))
    ResultConsole().print(grid)


def _print_notes(notes: "tuple[Note, ...]") -> None:
    from forensics.cli.terminal import say

    for note in notes:
        say(f"{note.severity}: {note.text}")
        say(f"    How this comes about innocently: {note.innocent_explanation}")
