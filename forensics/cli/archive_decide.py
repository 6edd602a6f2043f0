"""``forensics archive decide`` and ``decisions``: what people decided after looking at both."""

import argparse
from typing import TYPE_CHECKING

from forensics.cli import status
from forensics.cli.archive_lines import SHORT_ID, find_entry, shorten
from forensics.cli.archive_options import add_database

if TYPE_CHECKING:
    from forensics.model.match import Decision

_SHA256_DIGITS = 64


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these actions to the parser.

    Parameters
    ----------
    actions : argparse sub-parsers
        Where to add them.
    """
    parser = actions.add_parser(
        "decide",
        help="keep what you decided of a file and an entry",
        description="Keep what a person decided of a file and a piece of known footage, after "
        "looking at both. What is no duplicate is not reported as a match of this file again, but "
        "named as dismissed. Earlier decisions are kept; the last one holds.",
    )
    add_database(parser)
    parser.add_argument("query", metavar="FILE_OR_SHA256", help="the file that was asked about")
    parser.add_argument(
        "entry", metavar="ID", help=f"the entry, as `list` shows it, {SHORT_ID} digits or more"
    )
    word = parser.add_mutually_exclusive_group(required=True)
    word.add_argument(
        "--not-a-duplicate", dest="decision", action="store_const", const="not a duplicate",
        help="the two are not the same footage",
    )  # fmt: skip
    word.add_argument(
        "--confirmed", dest="decision", action="store_const", const="confirmed",
        help="the two are the same footage",
    )  # fmt: skip
    parser.add_argument("--who", metavar="NAME", required=True, help="who decided")
    parser.add_argument("--why", metavar="TEXT", required=True, help="for which reason")
    parser.set_defaults(run=run_decide)
    parser = actions.add_parser("decisions", help="list what was decided, the history included")
    add_database(parser)
    parser.set_defaults(run=run_decisions)


def run_decide(arguments: argparse.Namespace) -> int:
    """Keep a decision.

    Parameters
    ----------
    arguments : argparse.Namespace
        The parsed command line.

    Returns
    -------
    int
        Exit status.
    """
    from datetime import UTC, datetime

    from forensics.cli.terminal import say, say_json
    from forensics.model.errors import ArchiveError
    from forensics.model.match import Decision
    from forensics.reuse.archive import Archive

    query_sha256 = _digest_of(arguments.query)
    with Archive.open(arguments.database, writable=True) as archive:
        entry = find_entry(archive, arguments.entry)
        if isinstance(entry, str):
            raise ArchiveError(
                f"{arguments.entry}: {entry}",
                advice="`forensics archive list` shows the identifiers.",
            )
        decision = Decision(
            query_sha256=query_sha256,
            entry_id=entry.id,
            decision=arguments.decision,
            who=arguments.who,
            when=datetime.now(UTC).isoformat(),
            why=arguments.why,
        )
        archive.decide(decision)
        kept = archive.decisions(query_sha256=query_sha256, entry_id=entry.id)[-1]
    if arguments.json:
        say_json(kept)
    else:
        say(_line(kept))
    return status.OK


def run_decisions(arguments: argparse.Namespace) -> int:
    """List the decisions.

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
    from forensics.reuse.archive import Archive

    with Archive.open(arguments.database) as archive:
        found = archive.decisions()
    if arguments.json:
        say_json({"decisions": found})
        return status.OK
    for one, following in zip(found, (*found[1:], None), strict=True):
        is_past = following is not None and _pair(following) == _pair(one)
        say(_line(one) + ("  (no longer holds)" if is_past else ""))
    return status.OK


def _line(one: "Decision") -> str:
    query, entry = shorten(one.query_sha256), shorten(one.entry_id)
    return f"{query} and {entry}  {one.decision}  {one.when[:19]}Z  {one.who}: {one.why}"


def _pair(one: "Decision") -> tuple[str, str]:
    return one.query_sha256, one.entry_id


def _digest_of(text: str) -> str:
    import hashlib
    from pathlib import Path

    from forensics.ingest.regular import open_regular
    from forensics.model.errors import ArchiveError

    if len(text) == _SHA256_DIGITS and not set(text) - set("0123456789abcdef"):
        return text
    try:
        with open_regular(Path(text)) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ArchiveError(
            f"{text} cannot be opened: {error.strerror}",
            advice="Name a file, or give the 64 digits of its SHA-256.",
        ) from error
