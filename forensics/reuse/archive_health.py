"""Find out whether an archive is whole: its file, its rows, and what each entry says."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from forensics.model.errors import ArchiveError
from forensics.reuse.archive_digest import REVISIONS, digest_of
from forensics.reuse.archive_file import explained, has_leftovers, open_rescuer
from forensics.reuse.archive_rows import digest_value, read_revision
from forensics.reuse.archive_schema import TABLES

WAIT_S = 5.0
MAX_FILE_FAULTS = 20
"""Of the faults SQLite finds, these many are told; one broken page may cause thousands."""


class Fault(Struct, frozen=True):
    """Something in an archive that is not as it was written.

    Parameters
    ----------
    what : str
        What is wrong, in a sentence.
    entry_id : str or None
        The entry it concerns; None for the file as a whole.
    """

    what: str
    entry_id: str | None = None


class Health(Struct, frozen=True):
    """What a check of an archive found.

    Parameters
    ----------
    entries : int
        Entries that could be read, whole ones and others.
    faults : tuple of Fault
        What is wrong; empty when nothing is.
    notices : tuple of str
        What happened to it, and is settled.
    """

    entries: int
    faults: tuple[Fault, ...]
    notices: tuple[str, ...] = ()


def check_archive(path: str | os.PathLike[str], *, wait_s: float = WAIT_S) -> Health:
    """Check an archive from its pages to the digest of every entry.

    Every entry is read and its digest computed again, so damage is found that SQLite does not see,
    and what was changed by hand. A change that was cut short is taken back first, as at every
    opening. While the check runs others can read, and nobody can write.

    Parameters
    ----------
    path : str or PathLike
        The archive.
    wait_s : float, optional
        How long to wait for another program that is just writing, in seconds.

    Returns
    -------
    Health
        What is wrong.

    Raises
    ------
    ArchiveError
        When it is no archive of this or an older version, or cannot be opened at all.
    """
    file = Path(path)
    was_cut_short = has_leftovers(file)
    with closing(open_rescuer(file, wait_s=wait_s)) as connection, explained(file):
        connection.execute("BEGIN")
        faults = [*_file_faults(connection, file), *_orphans(connection, file)]
        digests, unread = _stored_digests(connection, file)
        faults += unread
        for entry_id, stored in digests.items():
            faults += _entry_faults(connection, file, entry_id, stored)
        faults += _revision_faults(connection, file, digests)
        connection.execute("ROLLBACK")
    notices: tuple[str, ...] = ()
    if was_cut_short and not has_leftovers(file):
        notices = ("a change that was cut short has been taken back",)
    return Health(len(digests), tuple(faults), notices)


def _file_faults(connection: sqlite3.Connection, path: Path) -> Iterator[Fault]:
    pages, page_bytes = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "page_size")
    )
    size = path.stat().st_size
    if size < pages * page_bytes:
        yield Fault(f"the file is cut short: {size} of {pages * page_bytes} bytes are there")
    try:
        # Not quick_check, which does not compare indices with their tables.
        rows = connection.execute(f"PRAGMA integrity_check({MAX_FILE_FAULTS})").fetchall()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        yield Fault(f"SQLite cannot read the file: {error}")
        return
    for (text,) in rows:
        if text != "ok":
            yield from (
                Fault(f"SQLite: {line}") for line in str(text).splitlines()[:MAX_FILE_FAULTS]
            )


def _orphans(connection: sqlite3.Connection, path: Path) -> Iterator[Fault]:
    for table in TABLES[1:]:
        try:
            with explained(path):
                # Names of tables are this package's own.
                (count,) = connection.execute(
                    f"SELECT count(*) FROM {table} "  # noqa: S608
                    "WHERE entry_id NOT IN (SELECT id FROM entries)"
                ).fetchone()
        except ArchiveError as error:
            yield Fault(f"the table of {table} cannot be read: {_cause(error)}")
            continue
        if count:
            yield Fault(f"{count} rows in the table of {table} belong to no entry")


def _stored_digests(
    connection: sqlite3.Connection, path: Path
) -> tuple[dict[str, str], list[Fault]]:
    try:
        with explained(path):
            rows = connection.execute("SELECT id, digest FROM entries ORDER BY id").fetchall()
    except ArchiveError as error:
        return {}, [Fault(f"the table of entries cannot be read: {_cause(error)}")]
    return {str(entry_id): str(digest) for entry_id, digest in rows}, []


def _entry_faults(
    connection: sqlite3.Connection, path: Path, entry_id: str, stored: str
) -> Iterator[Fault]:
    try:
        with explained(path):
            found = digest_of(connection, entry_id)
    except ArchiveError as error:
        yield Fault(f"the entry cannot be read: {_cause(error)}", entry_id)
        return
    except StopIteration:
        # The index of the table knows it and the table does not.
        yield Fault("the entry cannot be read: it is not where it should be", entry_id)
        return
    if found != stored:
        yield Fault("the entry is not as it was written", entry_id)


def _revision_faults(
    connection: sqlite3.Connection, path: Path, digests: dict[str, str]
) -> Iterator[Fault]:
    try:
        with explained(path):
            revision = digest_value(read_revision(connection))
            total = sum(digest_value(digest) for digest in digests.values()) % REVISIONS
    except ArchiveError as error:
        yield Fault(f"the revision cannot be read: {_cause(error)}")
        return
    if revision != total:
        yield Fault("the revision does not go with the entries: some are missing or were added")


def _cause(error: ArchiveError) -> str:
    return str(error.__cause__ or error)
