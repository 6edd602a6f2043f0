"""The tables of an archive file, and how an older file is brought up to date."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from forensics.model.errors import ArchiveError

APPLICATION_ID = int.from_bytes(b"SFkn")
"""Marks an SQLite file as an archive of known footage (bytes 68 to 71 of the file)."""

SCHEMA_VERSION = 2

Migration = Callable[[sqlite3.Connection], None]

_FIRST_TABLES = """
CREATE TABLE state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  revision TEXT NOT NULL
);
CREATE TABLE entries (
  id TEXT PRIMARY KEY,
  sha256 TEXT UNIQUE,
  kind TEXT,
  format TEXT,
  bytes INTEGER CHECK (typeof(bytes) IN ('integer', 'null')),
  width_px INTEGER CHECK (typeof(width_px) IN ('integer', 'null')),
  height_px INTEGER CHECK (typeof(height_px) IN ('integer', 'null')),
  digest TEXT NOT NULL
);
CREATE TABLE sightings (
  entry_id TEXT NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
  path TEXT,
  source TEXT,
  first_seen TEXT,
  precision TEXT,
  zone TEXT,
  earliest TEXT,
  latest TEXT,
  basis TEXT,
  capture_url TEXT,
  event TEXT,
  place TEXT,
  licence TEXT,
  notes TEXT
);
CREATE INDEX sightings_by_entry ON sightings (entry_id);
CREATE TABLE hashes (
  entry_id TEXT NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  preprocessing TEXT NOT NULL,
  moment_s REAL,
  pdq BLOB NOT NULL CHECK (typeof(pdq) = 'blob' AND length(pdq) = 32),
  quality INTEGER CHECK (typeof(quality) IN ('integer', 'null')),
  phash TEXT,
  dhash TEXT,
  PRIMARY KEY (entry_id, position)
);
CREATE TABLE views (
  entry_id TEXT PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE,
  width_px INTEGER NOT NULL,
  height_px INTEGER NOT NULL,
  moments_s TEXT NOT NULL,
  png BLOB NOT NULL
);
"""

_TABLES_SINCE_2 = """
CREATE TABLE features (
  entry_id TEXT NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  recipe TEXT NOT NULL,
  data BLOB NOT NULL CHECK (typeof(data) = 'blob'),
  PRIMARY KEY (entry_id, position)
);
CREATE TABLE traces (
  entry_id TEXT PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE,
  recipe TEXT NOT NULL,
  data BLOB NOT NULL CHECK (typeof(data) = 'blob')
);
CREATE TABLE decisions (
  entry_id TEXT NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
  query_sha256 TEXT NOT NULL,
  decision TEXT NOT NULL,
  who TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  why TEXT NOT NULL,
  PRIMARY KEY (entry_id, query_sha256, decided_at, decision, who, why)
);
"""

_TABLES = _FIRST_TABLES + _TABLES_SINCE_2


def _add_features_and_decisions(connection: sqlite3.Connection) -> None:
    # Entries keep their digests: what they do not have is no part of them.
    _execute_each(connection, _TABLES_SINCE_2)


MIGRATIONS: Mapping[int, Migration] = {1: _add_features_and_decisions}
"""For each older version, what brings a file to the next one; never edited once released."""


def _show_without_them(connection: sqlite3.Connection) -> None:
    # Empty tables in memory, under the names of those that the file has not; nothing is written.
    connection.execute("PRAGMA temp_store = MEMORY")
    _execute_each(connection, _TABLES_SINCE_2.replace("CREATE TABLE", "CREATE TEMP TABLE"))


_VIEWS_OF_OLDER: Mapping[int, Migration] = {1: _show_without_them}

TABLES = ("entries", "sightings", "hashes", "views", "features", "traces", "decisions")
"""Those that say something of entries; all but the first name their entry in ``entry_id``."""

EMPTY_REVISION = f"{0:064x}"


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables of the present version in an empty file, in one transaction.

    A file that has tables already is left as it is: another program may have been faster.

    Parameters
    ----------
    connection : sqlite3.Connection
        Open for writing, in autocommit mode.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
            _execute_each(connection, _TABLES)
            connection.execute("INSERT INTO state VALUES (1, ?)", (EMPTY_REVISION,))
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        # An interruption may come when it has just been committed.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def check_format(connection: sqlite3.Connection, path: Path) -> int:
    """Make sure that a file is an archive that this version understands.

    Parameters
    ----------
    connection : sqlite3.Connection
        Open on the file.
    path : Path
        The file, for the error.

    Returns
    -------
    int
        Version of the tables, at most `SCHEMA_VERSION`.

    Raises
    ------
    ArchiveError
        When it is another program's file, or from a newer version, or holds triggers or views,
        which this program never makes and which would act on their own.
    """
    found = _pragma(connection, "application_id")
    if found != APPLICATION_ID:
        raise ArchiveError(
            f"{path} is an SQLite file of another program",
            advice="Name a file made by `forensics archive`, or a new name.",
        )
    version = _pragma(connection, "user_version")
    if version > SCHEMA_VERSION:
        raise ArchiveError(
            f"{path} was made by a newer version of this program "
            f"(format {version}; this one reads up to {SCHEMA_VERSION})",
            advice="Update strike-forensics. The file was not touched.",
        )
    alien = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type IN ('trigger', 'view') ORDER BY name"
    ).fetchone()
    if alien is not None:
        raise ArchiveError(
            f"{path} holds something this program does not make: {alien[0]!r}",
            advice="Ask whoever gave you the file for a fresh copy or an export.",
        )
    return version


def read_as_present(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """Let an older file be read like one of the present version, without changing it.

    Read-only copies stay useful after an update. What older versions did not store is empty.

    Parameters
    ----------
    connection : sqlite3.Connection
        Open on the file, in autocommit mode.
    path : Path
        The file, for the error.
    version : int
        Its version, as `check_format` gives it.

    Raises
    ------
    ArchiveError
        When files of this version cannot be read before they are brought up to date.
    """
    for number in range(version, SCHEMA_VERSION):
        if number not in _VIEWS_OF_OLDER:
            raise ArchiveError(
                f"{path} was made by an older version of this program (format {version})",
                advice="Open it once for writing, for example with `forensics archive add`, "
                "to bring it up to date; a copy of the old file is kept.",
            )
        _VIEWS_OF_OLDER[number](connection)


def migrate(
    connection: sqlite3.Connection,
    path: Path,
    *,
    migrations: Mapping[int, Migration] | None = None,
) -> Path | None:
    """Bring an older file up to date, after copying it aside.

    Parameters
    ----------
    connection : sqlite3.Connection
        Open on the file for writing, in autocommit mode.
    path : Path
        The file.
    migrations : mapping of int to callable, optional
        What leads from each version to the next; `MIGRATIONS` unless given.

    Returns
    -------
    Path or None
        The copy, next to the file; None when the file was up to date.

    Raises
    ------
    ArchiveError
        When nothing leads from the file's version to the present one.
    """
    steps = MIGRATIONS if migrations is None else migrations
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Read under the lock: another program may just have done it.
        version = _pragma(connection, "user_version")
        backup = _back_up(path, version) if version < SCHEMA_VERSION else None
        for number in range(version, SCHEMA_VERSION):
            if number not in steps:
                raise ArchiveError(f"{path} has format {number}, which nothing can read any more")
            steps[number](connection)
        connection.execute(f"PRAGMA user_version = {max(version, SCHEMA_VERSION)}")
        connection.execute("COMMIT")
    except BaseException:
        # An interruption may come when it has just been committed.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return backup


def _execute_each(connection: sqlite3.Connection, statements: str) -> None:
    # Not executescript, which commits first.
    for statement in statements.split(";"):
        connection.execute(statement)


def _back_up(path: Path, version: int) -> Path:
    # The caller holds the writer's lock, so the file does not change while a second connection
    # reads it.
    backup = _free_name(path, version)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(backup)) as target:
            source.backup(target)
    except sqlite3.Error:
        backup.unlink(missing_ok=True)
        raise
    return backup


def _free_name(path: Path, version: int) -> Path:
    number = 0
    while True:
        tail = f".{number}" if number else ""
        candidate = path.with_name(f"{path.name}.v{version}-backup{tail}")
        if not candidate.exists():
            return candidate
        number += 1


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
