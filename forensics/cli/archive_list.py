"""``forensics archive list`` and ``stats``: see what an archive holds."""

import argparse
from typing import TYPE_CHECKING

from forensics.cli import status
from forensics.cli.archive_lines import describe
from forensics.cli.archive_options import add_database

if TYPE_CHECKING:
    from collections.abc import Mapping

_BY_HASH_ONLY = (
    "{} of the entries can be found by their hashes alone, and no part of them. Add their files "
    "again to change that; hashes from lists have no files."
)


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these actions to the parser.

    Parameters
    ----------
    actions : argparse sub-parsers
        Where to add them.
    """
    parser = actions.add_parser("list", help="list the entries, with every source of each")
    add_database(parser)
    parser.set_defaults(run=run_list)
    parser = actions.add_parser("stats", help="say how much it covers")
    add_database(parser)
    parser.set_defaults(run=run_stats)


def run_list(arguments: argparse.Namespace) -> int:
    """List the entries.

    Parameters
    ----------
    arguments : argparse.Namespace
        The parsed command line.

    Returns
    -------
    int
        Exit status.
    """
    import msgspec

    from forensics.cli.terminal import say, say_json
    from forensics.reuse.archive import Archive

    with Archive.open(arguments.database) as archive:
        found = [(entry, archive.sightings(entry.id)) for entry in archive.entries()]
    if arguments.json:
        say_json({"entries": [{**msgspec.structs.asdict(e), "sightings": s} for e, s in found]})
        return status.OK
    for entry, sightings in found:
        say(describe(entry))
        if len(sightings) > 1:
            say(f"    and {len(sightings) - 1} more sightings; --json shows them")
    return status.OK


def run_stats(arguments: argparse.Namespace) -> int:
    """Say how much the archive covers.

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
        stats, revision = archive.statistics(), archive.revision
    summary = stats.summary
    answer = {
        "entries": summary.entries,
        "hashes": summary.hashes,
        "with_views": summary.entries - stats.without_views,
        "without_views": stats.without_views,
        "by_hash_only": summary.by_hash_only,
        "without_date": stats.without_date,
        "earliest": summary.earliest,
        "latest": summary.latest,
        "sources": stats.sources,
        "decisions": stats.decisions,
        "by_kind": stats.by_kind,
        "by_basis": stats.by_basis,
        "bytes_by_kind": stats.bytes_by_kind,
        "bytes_kept": stats.bytes_kept,
        "revision": revision,
    }
    if arguments.json:
        say_json(answer)
        return status.OK
    for name, value in answer.items():
        shown = (
            _counts(value, are_bytes=name.startswith("bytes")) if isinstance(value, dict) else value
        )
        say(f"{name.replace('_', ' '):<13} {'-' if shown in (None, '') else shown}")
    if summary.by_hash_only:
        say(_BY_HASH_ONLY.format(summary.by_hash_only))
    return status.OK


def _counts(counts: "Mapping[str, int]", *, are_bytes: bool) -> str:
    from forensics.report.text import size

    said = (f"{size(n) if are_bytes else n} {name}" for name, n in counts.items() if n)
    return ", ".join(said)
