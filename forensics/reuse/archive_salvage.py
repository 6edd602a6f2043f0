"""Save what can be read of a damaged archive into a new file."""

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from msgspec import Struct

from forensics.model.errors import ArchiveError
from forensics.reuse.archive_digest import REVISIONS, digest_of
from forensics.reuse.archive_file import explained, open_rescuer, open_writer
from forensics.reuse.archive_health import WAIT_S
from forensics.reuse.archive_rows import digest_value
from forensics.reuse.archive_schema import TABLES

ENTRIES_AT_ONCE = 128
"""Entries in one transaction: what it changes stays in memory until its end."""

_LONGEST_LEAP = 2**32
"""Rows leapt over behind a broken page; a leap as long as this has passed the table's end."""


class Lost(Struct, frozen=True):
    """An entry that could not be saved.

    Parameters
    ----------
    id : str
        The entry.
    path, source : str or None
        Where it was seen, as far as that can be read, so that it can be added again; not
        confirmed by a digest.
    reason : str
        Why it was not saved.
    """

    id: str
    path: str | None
    source: str | None
    reason: str


class Salvage(Struct, frozen=True):
    """What was saved of a damaged archive.

    Parameters
    ----------
    path : str
        The new file.
    entries : int
        Entries in it, each as it was written.
    lost : tuple of Lost
        Entries that are known to have been there and are not in it.
    """

    path: str
    entries: int
    lost: tuple[Lost, ...]


def salvage_archive(path: str | os.PathLike[str], *, wait_s: float = WAIT_S) -> Salvage:
    """Save the entries of a damaged archive that are as they were written.

    The damaged file is only read. An entry is saved when all that belongs to it can be read and
    its digest is right: a date or a hash that damage has changed would be worse than none.

    Parameters
    ----------
    path : str or PathLike
        The damaged archive.
    wait_s : float, optional
        How long to wait for another program that is just writing, in seconds.

    Returns
    -------
    Salvage
        The new file, beside the damaged one, and what is not in it.

    Raises
    ------
    ArchiveError
        When not even the first page can be read, or the new file cannot be written.
    """
    damaged = Path(path)
    new = _free_name(damaged)
    part = new.with_name(f"{new.name}.part")
    part.unlink(missing_ok=True)
    try:
        with (
            closing(open_rescuer(damaged, wait_s=wait_s)) as source,
            closing(open_writer(part, create=True, wait_s=wait_s)) as target,
            explained(part),
        ):
            entries, lost = _copy_all(source, target)
        part.rename(new)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return Salvage(str(new), entries, tuple(lost))


def _copy_all(source: sqlite3.Connection, target: sqlite3.Connection) -> tuple[int, list[Lost]]:
    rows = {table: _rows_by_entry(source, table) for table in TABLES}
    names = sorted({entry_id for found in rows.values() for entry_id in found})
    lost: list[Lost] = []
    revision = saved = 0
    remaining = iter(names)
    while batch := list(islice(remaining, ENTRIES_AT_ONCE)):
        target.execute("BEGIN IMMEDIATE")
        for entry_id in batch:
            own = {table: found.get(entry_id, ()) for table, found in rows.items()}
            reason, digest = _copy_one(source, target, entry_id, own)
            if reason:
                lost.append(_lost(source, entry_id, own["sightings"], reason))
            else:
                saved += 1
                revision = (revision + digest) % REVISIONS
        target.execute("UPDATE state SET revision = ?", (f"{revision:064x}",))
        target.execute("COMMIT")
    return saved, lost


def _copy_one(
    source: sqlite3.Connection,
    target: sqlite3.Connection,
    entry_id: str,
    rows: Mapping[str, Sequence[int]],
) -> tuple[str, int]:
    """Copy an entry; say why not, or give its digest."""
    target.execute("SAVEPOINT entry")
    try:
        for table, numbers in rows.items():
            for number in numbers:
                _copy_row(source, target, table, number)
        (stored,) = target.execute(
            "SELECT digest FROM entries WHERE id = ?", (entry_id,)
        ).fetchone()
        reason = "" if digest_of(target, entry_id) == stored else "it is not as it was written"
        digest = digest_value(stored)
    except (sqlite3.Error, UnicodeDecodeError, ArchiveError) as error:
        reason, digest = f"it cannot be read: {error}", 0
    except TypeError:
        reason, digest = "it cannot be read: what is left of it does not say what it is", 0
    if reason:
        target.execute("ROLLBACK TO entry")
    target.execute("RELEASE entry")
    return reason, digest


def _copy_row(
    source: sqlite3.Connection, target: sqlite3.Connection, table: str, number: int
) -> None:
    # Names of tables are this package's own.
    row = source.execute(f"SELECT * FROM {table} WHERE rowid = ?", (number,)).fetchone()  # noqa: S608
    marks = ", ".join("?" * len(row))
    target.execute(f"INSERT INTO {table} VALUES ({marks})", row)  # noqa: S608


def _lost(source: sqlite3.Connection, entry_id: str, sightings: Sequence[int], reason: str) -> Lost:
    for number in sightings:
        try:
            path, url = source.execute(
                "SELECT path, source FROM sightings WHERE rowid = ?", (number,)
            ).fetchone()
        except (sqlite3.Error, UnicodeDecodeError, TypeError):
            continue
        return Lost(entry_id, _text(path), _text(url), reason)
    return Lost(entry_id, None, None, reason)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _rows_by_entry(connection: sqlite3.Connection, table: str) -> dict[str, list[int]]:
    """Find the rows of every entry without an index, from both ends and around broken pages."""
    key = "id" if table == TABLES[0] else "entry_id"
    found: dict[int, str] = {}
    for direction in (1, -1):
        # Rows are numbered from 1; what lies behind the last one that was seen is not readable.
        start = 1 if direction > 0 else max(found, default=0)
        for number, owner in _readable_rows(connection, table, key, start, direction):
            if isinstance(owner, str):
                found[number] = owner
    by_entry: dict[str, list[int]] = {}
    for number in sorted(found):
        by_entry.setdefault(found[number], []).append(number)
    return by_entry


def _readable_rows(
    connection: sqlite3.Connection, table: str, key: str, start: int, direction: int
) -> Iterator[tuple[int, object]]:
    compare, order = (">=", "ASC") if direction > 0 else ("<=", "DESC")
    # Names of tables and columns are this package's own.
    query = (
        f"SELECT rowid, {key} FROM {table} NOT INDEXED "  # noqa: S608
        f"WHERE rowid {compare} ? ORDER BY rowid {order}"
    )
    leap = 1
    while leap < _LONGEST_LEAP:
        try:
            for number, owner in connection.execute(query, (start,)):
                if (number - start) * direction < 0:
                    # Broken pages may lead in a circle.
                    raise sqlite3.DatabaseError("rows that are not in order")
                yield number, owner
                start, leap = number + direction, 1
            return
        except (sqlite3.Error, UnicodeDecodeError):
            # On behind the broken page, wherever it ends.
            start += direction * leap
            leap *= 2


def _free_name(path: Path) -> Path:
    number = 0
    while True:
        tail = f".{number}" if number else ""
        candidate = path.with_name(f"{path.stem}.repaired{tail}{path.suffix}")
        if not candidate.exists():
            return candidate
        number += 1
