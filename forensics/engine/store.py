"""What earlier runs found out: resume and cache in one SQLite file, written by the parent alone."""

import hashlib
import sqlite3
from contextlib import suppress
from pathlib import Path

from forensics.model.errors import OutputError

FILE_NAME = "store.db"

_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE found (
  key TEXT PRIMARY KEY,
  subject TEXT NOT NULL,
  bytes INTEGER,
  payload BLOB NOT NULL,
  digest BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX found_subject ON found (subject);
"""


class Store:
    """Records by key, each with a digest of its own.

    A record that was changed or cut is noticed, dropped, and made again. The digest guards against
    damage, not against a person who can write to the folder and knows how it is made.

    Parameters
    ----------
    folder : Path
        The output folder.

    Attributes
    ----------
    damaged : int
        How many records were found damaged and dropped.

    Raises
    ------
    OutputError
        When it cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self.damaged = 0
        try:
            self._connection = self._open()
        except sqlite3.DatabaseError:
            # Not ours to repair: what it held can be found out again.
            self.damaged = 1
            self._remove()
            self._connection = self._open()

    def close(self) -> None:
        """Commit, and close the file."""
        with suppress(OutputError, sqlite3.ProgrammingError):  # closed before, or no room
            self.commit()
        self._connection.close()

    def get(self, key: str) -> bytes | None:
        """Give a record.

        Parameters
        ----------
        key : str
            Its key.

        Returns
        -------
        bytes or None
            None when there is none, or it was damaged.
        """
        try:
            row = self._connection.execute(
                "SELECT payload, digest FROM found WHERE key = ?", (key,)
            ).fetchone()
        except sqlite3.DatabaseError:
            self._start_again()
            return None
        if row is None:
            return None
        payload, digest = row
        if not _is_whole(key, payload, digest):
            self.drop(key)
            return None
        return bytes(payload)

    def about(self, subject: str) -> dict[str, bytes]:
        """Give everything that is known about an item.

        Parameters
        ----------
        subject : str
            Its SHA-256.

        Returns
        -------
        dict of str to bytes
            Records by key; damaged ones are dropped.
        """
        try:
            rows = self._connection.execute(
                "SELECT key, payload, digest FROM found WHERE subject = ?", (subject,)
            ).fetchall()
        except sqlite3.DatabaseError:
            self._start_again()
            return {}
        whole = {key: payload for key, payload, digest in rows if _is_whole(key, payload, digest)}
        for key, _, _ in rows:
            if key not in whole:
                self.drop(key)
        return whole

    def sizes(self) -> set[int]:
        """Give the sizes of the items that something is known about.

        Returns
        -------
        set of int
            In bytes; a file of another size is certainly none of them.
        """
        try:
            rows = self._connection.execute("SELECT bytes FROM found WHERE bytes IS NOT NULL")
            return {size for (size,) in rows.fetchall()}
        except sqlite3.DatabaseError:
            self._start_again()
            return set()

    def put(self, key: str, payload: bytes, *, subject: str = "", size: int | None = None) -> None:
        """Keep a record; it survives the end of this process from the next `commit` on.

        Parameters
        ----------
        key : str
            Its key.
        payload : bytes
            The record.
        subject : str, optional
            SHA-256 of the item it is about.
        size : int, optional
            The item's size in bytes, to be found by.
        """
        row = (key, subject, size, payload, _digest(key, payload))
        self._write("INSERT OR REPLACE INTO found VALUES (?, ?, ?, ?, ?)", row)

    def commit(self) -> None:
        """Make what was put in survive the end of this process, however it ends."""
        if self._connection.in_transaction:
            self._execute("COMMIT")

    def drop(self, key: str) -> None:
        """Forget a record because it, or a file it names, was found damaged.

        Parameters
        ----------
        key : str
            Its key.
        """
        self.damaged += 1
        self._write("DELETE FROM found WHERE key = ?", (key,))

    def forget(self, subject: str) -> None:
        """Forget everything about an item.

        Parameters
        ----------
        subject : str
            Its SHA-256.
        """
        self._write("DELETE FROM found WHERE subject = ?", (subject,))

    def is_empty(self) -> bool:
        """Say whether nothing was found out about any item yet.

        Returns
        -------
        bool
            True for a new store.
        """
        try:
            return (
                self._connection.execute(
                    "SELECT 1 FROM found WHERE subject != '' LIMIT 1"
                ).fetchone()
                is None
            )
        except sqlite3.Error:
            return True

    def _open(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(self.path, isolation_level=None, timeout=0)
            # One writer: the run's lock sees to that. No shared memory, so network disks will do.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = WAL")
            # A commit outlives this process at once; after a power cut the last ones may be gone.
            connection.execute("PRAGMA synchronous = NORMAL")
            (found,) = connection.execute("PRAGMA user_version").fetchone()
            if found != _SCHEMA_VERSION:
                _lay_out(connection)
        except sqlite3.OperationalError as error:
            raise _cannot_write(self.path, error) from error
        return connection

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        # A transaction for each record would cost more than a small picture does.
        if not self._connection.in_transaction:
            self._execute("BEGIN")
        self._execute(statement, values)

    def _execute(self, statement: str, values: tuple[object, ...] = ()) -> None:
        try:
            self._connection.execute(statement, values)
        except sqlite3.OperationalError as error:
            raise _cannot_write(self.path, error) from error
        except sqlite3.DatabaseError:
            self._start_again()
            if values:
                self._connection.execute(statement, values)

    def _start_again(self) -> None:
        self.damaged += 1
        with suppress(sqlite3.Error):
            self._connection.close()
        self._remove()
        self._connection = self._open()

    def _remove(self) -> None:
        for ending in ("", "-wal", "-shm", "-journal"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)


def _lay_out(connection: sqlite3.Connection) -> None:
    # Of another version: what it holds was keyed otherwise.
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    connection.execute("BEGIN")
    for (name,) in tables:
        connection.execute('DROP TABLE "' + name.replace('"', '""') + '"')
    for statement in _SCHEMA.split(";"):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
    connection.execute("COMMIT")


def _is_whole(key: str, payload: object, digest: object) -> bool:
    # SQLite gives what stands there, of whatever type.
    return isinstance(payload, bytes) and digest == _digest(key, payload)


def _digest(key: str, payload: bytes) -> bytes:
    return hashlib.sha256(key.encode() + b"\0" + payload).digest()


def _cannot_write(path: Path, error: sqlite3.OperationalError) -> OutputError:
    return OutputError(
        f"cannot write {path}: {error}",
        advice="Check free space and permissions, or name another folder with --out.",
    )
