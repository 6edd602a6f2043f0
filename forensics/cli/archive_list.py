"""``forensics archive list`` and ``stats``: see what an archive holds."""

import argparse
from collections import Counter

from forensics.cli import status
from forensics.cli.archive_lines import describe
from forensics.cli.archive_options import add_database


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
        summary, revision, entries = archive.summary(), archive.revision, archive.entries()
    answer = {
        "entries": summary.entries,
        "hashes": summary.hashes,
        "with_views": sum(entry.media_kept == "views" for entry in entries),
        "without_date": sum(entry.first_seen is None for entry in entries),
        "earliest": summary.earliest,
        "latest": summary.latest,
        "by_kind": dict(sorted(Counter(entry.kind or "hash only" for entry in entries).items())),
        "by_basis": dict(sorted(Counter(e.basis for e in entries if e.basis).items())),
        "revision": revision,
    }
    if arguments.json:
        say_json(answer)
        return status.OK
    for name, value in answer.items():
        shown = (
            ", ".join(f"{n} {k}" for k, n in value.items()) if isinstance(value, dict) else value
        )
        say(f"{name.replace('_', ' '):<13} {'-' if shown in (None, '') else shown}")
    return status.OK
