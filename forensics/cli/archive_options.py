"""Arguments that several actions of ``forensics archive`` take."""

import argparse
from typing import TYPE_CHECKING

from forensics.model.errors import ArchiveError

if TYPE_CHECKING:
    from forensics.model.dates import DateSpan
    from forensics.reuse.archive_entry import Sighting

_ORIGIN = {
    "source": ("URL", "where it comes from"),
    "capture-url": ("URL", "an archived copy of the source page"),
    "event": ("TEXT", "what it shows"),
    "place": ("TEXT", "where that is"),
    "licence": ("TEXT", "on which terms it may be used"),
    "notes": ("TEXT", "anything else"),
}


def add_database(parser: argparse.ArgumentParser) -> None:
    """Add the archive and ``--json`` to the arguments of an action.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        The parser of the action.
    """
    parser.add_argument("database", metavar="DB", help="the archive, for example known.db")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def add_origin(parser: argparse.ArgumentParser) -> None:
    """Add what can be said of known footage to the arguments of an action.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        The parser of the action.
    """
    parser.add_argument(
        "--first-seen",
        metavar="DATE",
        type=_date,
        help="since when it is known: 2014, 2014-08, 2014-08-01T12:30+03:00",
    )
    for name, (value, text) in _ORIGIN.items():
        parser.add_argument(f"--{name}", metavar=value, help=text)


def read_origin(arguments: argparse.Namespace, *, basis: str | None = None) -> "Sighting":
    """Put together what the command line says of known footage.

    Parameters
    ----------
    arguments : argparse.Namespace
        Parsed by a parser that `add_origin` prepared.
    basis : str, optional
        What the date rests on.

    Returns
    -------
    Sighting
        Without a path.
    """
    from forensics.reuse.archive_entry import Sighting

    said = {name.replace("-", "_") for name in _ORIGIN}
    fields = {name: getattr(arguments, name) for name in said}
    return Sighting(first_seen=arguments.first_seen, basis=basis, **fields)


def read_basis(text: str) -> str:
    """Check what a date is said to rest on, for a parser.

    Parameters
    ----------
    text : str
        What was typed.

    Returns
    -------
    str
        The same.

    Raises
    ------
    argparse.ArgumentTypeError
        When it is no such thing.
    """
    from forensics.reuse.archive_checks import checked_basis

    try:
        return checked_basis(text)
    except ArchiveError as error:
        raise argparse.ArgumentTypeError(f"{error}. {error.advice}") from error


def _date(text: str) -> "DateSpan":
    from forensics.model.dates import parse_date

    try:
        return parse_date(text)
    except (ValueError, OverflowError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error
