"""Count what an archive holds."""

import sqlite3

from msgspec import Struct

from forensics.model.case import ArchiveSummary
from forensics.reuse.archive_rows import STRONGEST_FIRST, summarise

_KEPT = {
    "hashes": "SELECT sum(length(pdq)) FROM hashes",
    "views": "SELECT sum(length(png)) FROM views",
    "features": "SELECT sum(length(data)) FROM features",
    "traces": "SELECT sum(length(data)) FROM traces",
}


class ArchiveStats(Struct, frozen=True):
    """How much an archive holds, and how much of it can do what.

    Parameters
    ----------
    summary : ArchiveSummary
        Entries, pictures and the span of dates.
    without_views : int
        Entries whose copies can only be leads.
    without_date : int
        Entries that can never show that something is recycled.
    sources : int
        Different sources.
    decisions : int
        Decisions of people, the history included.
    by_kind : dict of str to int
        Entries by kind; ``hash only`` where there is no file.
    by_basis : dict of str to int
        Entries by what their date rests on.
    bytes_by_kind : dict of str to int
        Size of the known files by kind; they are not in the archive.
    bytes_kept : dict of str to int
        Size of what is kept of them.
    """

    summary: ArchiveSummary
    without_views: int
    without_date: int
    sources: int
    decisions: int
    by_kind: dict[str, int]
    by_basis: dict[str, int]
    bytes_by_kind: dict[str, int]
    bytes_kept: dict[str, int]


def count_archive(connection: sqlite3.Connection) -> ArchiveStats:
    """Count what an archive holds.

    Parameters
    ----------
    connection : sqlite3.Connection
        Open on the archive.

    Returns
    -------
    ArchiveStats
        The counts.
    """
    # The sighting that an entry shows is the strongest; see `Archive.add`.
    shown = (
        "SELECT first_seen, basis FROM (SELECT *, row_number() OVER (PARTITION BY entry_id "  # noqa: S608
        f"ORDER BY {STRONGEST_FIRST}) AS strength FROM sightings) WHERE strength = 1"
    )
    return ArchiveStats(
        summary=summarise(connection),
        without_views=_one(
            connection, "SELECT count(*) FROM entries WHERE id NOT IN (SELECT entry_id FROM views)"
        ),
        without_date=_one(connection, f"SELECT count(*) FROM ({shown}) WHERE first_seen IS NULL"),  # noqa: S608
        sources=_one(connection, "SELECT count(DISTINCT source) FROM sightings"),
        decisions=_one(connection, "SELECT count(*) FROM decisions"),
        by_kind=_by(
            connection, "SELECT coalesce(kind, 'hash only') AS k, count(*) FROM entries GROUP BY k"
        ),
        by_basis=_by(
            connection,
            f"SELECT basis, count(*) FROM ({shown}) WHERE basis IS NOT NULL GROUP BY basis",  # noqa: S608
        ),
        bytes_by_kind=_by(
            connection,
            "SELECT kind, total(bytes) FROM entries WHERE kind IS NOT NULL GROUP BY kind",
        ),
        bytes_kept={name: _one(connection, query) for name, query in _KEPT.items()},
    )


def _one(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0] or 0)


def _by(connection: sqlite3.Connection, query: str) -> dict[str, int]:
    return {str(name): int(count) for name, count in sorted(connection.execute(query).fetchall())}
