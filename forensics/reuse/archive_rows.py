"""Read the rows of an archive; what is not as this program writes it is refused."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Literal, TypeVar

import msgspec

from forensics.model.case import ArchiveSummary
from forensics.model.dates import DateSpan
from forensics.model.errors import ArchiveError
from forensics.model.findings import CompareViews
from forensics.reuse.archive_entry import Entry, Sighting, StoredHash

T = TypeVar("T")

_DIGEST = re.compile(r"[0-9a-f]{64}")

FACTS = ("id", "sha256", "kind", "format", "bytes", "width_px", "height_px")
SPAN = ("first_seen", "precision", "zone", "earliest", "latest")
SIGHTING = (
    "path", "source", *SPAN, "basis", "capture_url", "event", "place", "licence", "notes",
)  # fmt: skip
HASH = ("preprocessing", "moment_s", "pdq", "quality", "phash", "dhash")

# The date that proves most stands first: the one whose last possible instant is earliest. The
# other columns only make the order the same in whichever order the sightings were added.
STRONGEST_FIRST = (
    "first_seen IS NULL, latest, earliest, source IS NULL, source, path IS NULL, path, "
    "first_seen, precision, zone, basis, capture_url, licence, event, place, notes"
)


def read_entries(connection: sqlite3.Connection, *, entry_id: str | None = None) -> Iterator[Entry]:
    """Put entries together from their facts and sightings.

    Parameters
    ----------
    connection : sqlite3.Connection
        Open on the archive.
    entry_id : str, optional
        The only entry to read; all when not given.

    Yields
    ------
    Entry
        In order of their identifiers.

    Raises
    ------
    ArchiveError
        When a row holds what this program does not write.
    """
    sightings = {
        owner: [_sighting(row) for row in rows]
        for owner, rows in groupby(
            _select(connection, "sightings", ("entry_id", *SIGHTING), entry_id, STRONGEST_FIRST),
            key=lambda row: str(row["entry_id"]),
        )
    }
    kept = {row["entry_id"] for row in _select(connection, "views", ("entry_id",), entry_id)}
    for facts in _select(connection, "entries", FACTS, entry_id, key="id"):
        media_kept: Literal["views", "hashes"] = "views" if facts["id"] in kept else "hashes"
        yield _entry(facts, sightings.get(str(facts["id"]), []), media_kept)


def read_sightings(connection: sqlite3.Connection, entry_id: str) -> tuple[Sighting, ...]:
    """Read where an entry was seen.

    Parameters
    ----------
    connection : sqlite3.Connection
        Open on the archive.
    entry_id : str
        The entry.

    Returns
    -------
    tuple of Sighting
        The one whose date proves most first; empty when there is no such entry.
    """
    rows = _select(connection, "sightings", ("entry_id", *SIGHTING), entry_id, STRONGEST_FIRST)
    return tuple(_sighting(row) for row in rows)


def read_hashes(connection: sqlite3.Connection, entry_id: str) -> tuple[StoredHash, ...]:
    """Read the hashes of an entry.

    Parameters
    ----------
    connection : sqlite3.Connection
        Open on the archive.
    entry_id : str
        The entry.

    Returns
    -------
    tuple of StoredHash
        In the order they were stored in.
    """
    rows = _select(connection, "hashes", ("entry_id", *HASH), entry_id, "position")
    return tuple(_convert({**row, "pdq": _hex(row["pdq"])}, StoredHash) for row in rows)


def read_views(connection: sqlite3.Connection, entry_id: str) -> tuple[CompareViews, bytes] | None:
    """Read the small views kept of an entry.

    Parameters
    ----------
    connection : sqlite3.Connection
        Open on the archive.
    entry_id : str
        The entry.

    Returns
    -------
    (CompareViews, bytes) or None
        Size and moments, and the PNG; None when only hashes are kept.
    """
    columns = ("entry_id", "width_px", "height_px", "moments_s", "png")
    for row in _select(connection, "views", columns, entry_id):
        moments = _decode(row["moments_s"])
        sizes = {"width_px": row["width_px"], "height_px": row["height_px"]}
        png = row["png"]
        if not isinstance(png, bytes):
            raise damaged("views that are not a picture")
        return _convert({"type": "compare_views", **sizes, "moments_s": moments}, CompareViews), png
    return None


def summarise(connection: sqlite3.Connection) -> ArchiveSummary:
    """Count what the archive holds and find its first and last date.

    Parameters
    ----------
    connection : sqlite3.Connection
        Open on the archive.

    Returns
    -------
    ArchiveSummary
        Without problems.
    """
    first, last = (
        connection.execute(
            f"WITH ranked AS (SELECT *, row_number() OVER (PARTITION BY entry_id "  # noqa: S608
            f"ORDER BY {STRONGEST_FIRST}) AS strength FROM sightings) "
            "SELECT first_seen FROM ranked WHERE strength = 1 AND first_seen IS NOT NULL "
            f"ORDER BY {order} LIMIT 1"
        ).fetchone()
        for order in ("earliest, latest, first_seen", "latest DESC, earliest DESC, first_seen")
    )
    entries, hashes, by_hash_only = (
        connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
        for table in ("entries", "hashes", f"entries WHERE {_BY_HASH_ONLY}")
    )
    return ArchiveSummary(
        entries=entries,
        hashes=hashes,
        earliest=None if first is None else str(first[0]),
        latest=None if last is None else str(last[0]),
        problems=(),
        by_hash_only=by_hash_only,
    )


_BY_HASH_ONLY = (
    "id NOT IN (SELECT entry_id FROM views) OR kind IS 'still' AND id NOT IN "
    "(SELECT entry_id FROM features)"
)


def read_digests(connection: sqlite3.Connection) -> dict[str, str]:
    """Read the digest of every entry.

    Parameters
    ----------
    connection : sqlite3.Connection
        Open on the archive.

    Returns
    -------
    dict of str to str
        By identifier, in ascending order.
    """
    rows = connection.execute("SELECT id, digest FROM entries ORDER BY id").fetchall()
    return {str(entry_id): f"{digest_value(digest):064x}" for entry_id, digest in rows}


def read_revision(connection: sqlite3.Connection) -> str:
    """Read the digest of all that the archive holds.

    Parameters
    ----------
    connection : sqlite3.Connection
        Open on the archive.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    row = connection.execute("SELECT revision FROM state").fetchone()
    if row is None:
        raise damaged("no revision")
    return f"{digest_value(row[0]):064x}"


def digest_value(text: object) -> int:
    """Read a stored digest as a number.

    Parameters
    ----------
    text : object
        What the column holds.

    Returns
    -------
    int
        At least 0 and below 2^256.

    Raises
    ------
    ArchiveError
        When it is no digest.
    """
    if not isinstance(text, str) or _DIGEST.fullmatch(text) is None:
        raise damaged("a digest that is none")
    return int(text, 16)


def damaged(what: str) -> ArchiveError:
    """Make the error for a file that holds what this program does not write.

    Parameters
    ----------
    what : str
        What is wrong.

    Returns
    -------
    ArchiveError
        To be raised.
    """
    return ArchiveError(
        f"the archive is damaged or was written by another program: {what}",
        advice="`forensics archive check --repair` saves what is whole; or use your last copy.",
    )


def _select(
    connection: sqlite3.Connection,
    table: str,
    columns: tuple[str, ...],
    entry_id: str | None,
    order: str = "",
    *,
    key: str = "entry_id",
) -> Iterator[dict[str, object]]:
    where, values = ("", ()) if entry_id is None else (f" WHERE {key} = ?", (entry_id,))
    order = f"{key}, {order}" if order else key
    # Every name here is a constant of this module.
    rows = connection.execute(
        f"SELECT {', '.join(columns)} FROM {table}{where} ORDER BY {order}",  # noqa: S608
        values,
    )
    # Fetched at once: an open cursor would keep writers from committing.
    for row in rows.fetchall():
        yield dict(zip(columns, row, strict=True))


def _sighting(row: Mapping[str, object]) -> Sighting:
    span = {
        "value": row["first_seen"],
        **{name: row[name] for name in SPAN[1:]},
    }
    fields = {name: row[name] for name in Sighting.__struct_fields__}
    first_seen = None if row["first_seen"] is None else _convert(span, DateSpan)
    return _convert({**fields, "first_seen": first_seen}, Sighting)


def _entry(
    facts: Mapping[str, object],
    sightings: list[Sighting],
    media_kept: Literal["views", "hashes"],
) -> Entry:
    # Date, basis and origin belong together and come from one sighting; what the footage shows
    # may be known from any.
    strongest = sightings[0] if sightings else Sighting()
    shows = {
        name: next((v for s in sightings if (v := getattr(s, name)) is not None), None)
        for name in ("event", "place", "notes")
    }
    origin = {name: getattr(strongest, name) for name in Sighting.__struct_fields__}
    return _convert({**facts, **origin, **shows, "media_kept": media_kept}, Entry)


def _convert(fields: Mapping[str, object], kind: type[T]) -> T:
    try:
        return msgspec.convert(fields, kind)
    except msgspec.ValidationError as error:
        raise damaged(str(error)) from error


def _decode(text: object) -> object:
    try:
        return msgspec.json.decode(str(text))
    except msgspec.DecodeError as error:
        raise damaged(str(error)) from error


def _hex(value: object) -> str:
    if not isinstance(value, bytes):
        raise damaged("a hash that is not a string of bytes")
    return value.hex()
