"""Write the rows of an archive; the caller holds the transaction and has checked the values."""

import sqlite3
from collections.abc import Iterable, Mapping

import msgspec

from forensics.model.findings import CompareViews
from forensics.reuse.archive_digest import REVISIONS, digest_of
from forensics.reuse.archive_entry import Entry, Sighting, StoredHash
from forensics.reuse.archive_rows import (
    FACTS,
    SPAN,
    digest_value,
    read_entries,
    read_revision,
    read_sightings,
    read_views,
)

_NO_DIGEST = f"{0:064x}"


def write_entry(connection: sqlite3.Connection, entry: Entry) -> bool:
    """Store an entry, or the facts and the sighting it adds to the one with the same identifier.

    Parameters
    ----------
    connection : sqlite3.Connection
        Within a transaction.
    entry : Entry
        Checked by `checked_entry`.

    Returns
    -------
    bool
        Whether there was none with this identifier.
    """
    before = next(read_entries(connection, entry_id=entry.id), None)
    facts = {name: getattr(entry, name) for name in FACTS}
    if before is None:
        _insert(connection, "entries", {**facts, "digest": _NO_DIGEST})
    else:
        known = {name: getattr(before, name) for name in FACTS}
        missing = {name: value for name, value in facts.items() if known[name] is None}
        _update(connection, entry.id, missing)
    sighting = Sighting(**{name: getattr(entry, name) for name in Sighting.__struct_fields__})
    if sighting not in read_sightings(connection, entry.id):
        _write_sighting(connection, entry.id, sighting)
    return before is None


def write_hashes(
    connection: sqlite3.Connection, entry_id: str, hashes: Iterable[StoredHash]
) -> None:
    """Store the hashes of an entry in place of those it has.

    Parameters
    ----------
    connection : sqlite3.Connection
        Within a transaction.
    entry_id : str
        The entry.
    hashes : iterable of StoredHash
        Checked by `checked_hashes`.
    """
    connection.execute("DELETE FROM hashes WHERE entry_id = ?", (entry_id,))
    for position, one in enumerate(hashes):
        columns = {**msgspec.structs.asdict(one), "pdq": bytes.fromhex(one.pdq)}
        _insert(connection, "hashes", {"entry_id": entry_id, "position": position, **columns})


def write_views(
    connection: sqlite3.Connection, entry_id: str, views: CompareViews, png: bytes
) -> None:
    """Store the small views of an entry in place of those it has.

    Parameters
    ----------
    connection : sqlite3.Connection
        Within a transaction.
    entry_id : str
        The entry.
    views : CompareViews
        Checked by `checked_views`.
    png : bytes
        The views one below the other.
    """
    connection.execute("DELETE FROM views WHERE entry_id = ?", (entry_id,))
    columns = {
        "entry_id": entry_id,
        "width_px": views.width_px,
        "height_px": views.height_px,
        "moments_s": msgspec.json.encode(views.moments_s).decode(),
        "png": png,
    }
    _insert(connection, "views", columns)


def delete_stale_views(
    connection: sqlite3.Connection, entry_id: str, moments_s: tuple[float | None, ...]
) -> None:
    """Drop the small views of an entry unless they are of given moments.

    Parameters
    ----------
    connection : sqlite3.Connection
        Within a transaction.
    entry_id : str
        The entry.
    moments_s : tuple of float or None
        Moments of its hashes.
    """
    views = read_views(connection, entry_id)
    if views is not None and views[0].moments_s != moments_s:
        connection.execute("DELETE FROM views WHERE entry_id = ?", (entry_id,))


def seal(connection: sqlite3.Connection, entry_id: str) -> None:
    """Bring an entry's digest, and the revision of the archive, up to its present content.

    The revision is the sum of the digests of all entries modulo 2^256, so it depends on what is
    in the archive and not on how that came about.

    Parameters
    ----------
    connection : sqlite3.Connection
        Within a transaction.
    entry_id : str
        The entry that was changed.
    """
    (before,) = connection.execute(
        "SELECT digest FROM entries WHERE id = ?", (entry_id,)
    ).fetchone()
    after = digest_of(connection, entry_id)
    _update(connection, entry_id, {"digest": after})
    _shift_revision(connection, digest_value(after) - digest_value(before))


def delete_entry(connection: sqlite3.Connection, entry_id: str) -> bool:
    """Remove an entry with all that belongs to it.

    Parameters
    ----------
    connection : sqlite3.Connection
        Within a transaction.
    entry_id : str
        The entry.

    Returns
    -------
    bool
        Whether there was one.
    """
    row = connection.execute("SELECT digest FROM entries WHERE id = ?", (entry_id,)).fetchone()
    if row is None:
        return False
    connection.execute("DELETE FROM entries WHERE id = ?", (entry_id,))
    _shift_revision(connection, -digest_value(row[0]))
    return True


def _write_sighting(connection: sqlite3.Connection, entry_id: str, sighting: Sighting) -> None:
    span = sighting.first_seen
    columns = msgspec.structs.asdict(sighting)
    bounds = {name: getattr(span, name, None) for name in SPAN[1:]}
    first_seen = None if span is None else span.value
    _insert(
        connection,
        "sightings",
        {"entry_id": entry_id, **columns, "first_seen": first_seen, **bounds},
    )


def _shift_revision(connection: sqlite3.Connection, change: int) -> None:
    revision = (digest_value(read_revision(connection)) + change) % REVISIONS
    connection.execute("UPDATE state SET revision = ?", (f"{revision:064x}",))


def _insert(connection: sqlite3.Connection, table: str, columns: Mapping[str, object]) -> None:
    marks = ", ".join("?" * len(columns))
    # Names of tables and columns are this package's own.
    connection.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
        tuple(columns.values()),
    )


def _update(connection: sqlite3.Connection, entry_id: str, columns: Mapping[str, object]) -> None:
    for name, value in columns.items():
        connection.execute(
            f"UPDATE entries SET {name} = ? WHERE id = ?",  # noqa: S608  (our own column)
            (value, entry_id),
        )
