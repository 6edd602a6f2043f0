"""Open an archive file for reading or writing, and say in words what SQLite has against it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forensics.model.errors import ArchiveError
from forensics.reuse.archive_schema import check_format, create_tables, migrate, read_as_present

_SIGNATURE = b"SQLite format 3\0"
_NOT_AN_ARCHIVE = "Name a file made by `forensics archive`; media are added with `archive add`."
_COPY_IT = "Copy the file to a folder of your own and use the copy."
_DAMAGED = "is damaged or cut short"
_USE_A_COPY = "`forensics archive check --repair` saves what is whole; or use your last copy of it."

# What SQLite calls it, as the beginning of a name: what that means here, and what to do.
_EXPLANATIONS = (
    ("SQLITE_BUSY", "is being written by another program", "Wait until it is done, try again."),
    ("SQLITE_LOCKED", "is being written by this program", "Finish the other use of it first."),
    ("SQLITE_NOTADB", "is not an archive", _NOT_AN_ARCHIVE),
    ("SQLITE_CORRUPT", _DAMAGED, _USE_A_COPY),
    ("SQLITE_READONLY_ROLLBACK", "was left half written, on a medium that cannot be written",
     "Copy it together with the -journal file beside it to a folder of your own."),
    ("SQLITE_READONLY", "cannot be written", _COPY_IT),
    ("SQLITE_FULL", "does not fit on the disk; nothing was changed", "Make room, try again."),
    ("SQLITE_CANTOPEN", "cannot be opened", "Check the name and the permissions of its folder."),
    ("SQLITE_IOERR", "cannot be read or written", _COPY_IT),
)  # fmt: skip

# Failures that a folder without write permission, or without locks, can cause.
_WITHOUT_LOCKS = ("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PROTOCOL")


def open_reader(path: Path, *, wait_s: float) -> sqlite3.Connection:
    """Open an archive for reading; nothing is written, so read-only media will do.

    Parameters
    ----------
    path : Path
        The archive.
    wait_s : float
        How long to wait for a program that is just writing, in seconds.

    Returns
    -------
    sqlite3.Connection
        In autocommit mode.

    Raises
    ------
    ArchiveError
        When there is no such file, or it is no archive of this or an older version.
    """
    _require_database(path)
    with explained(path), _closed_on_error(_reader(path, wait_s)) as connection:
        read_as_present(connection, path, check_format(connection, path))
        return connection


def open_rescuer(path: Path, *, wait_s: float) -> sqlite3.Connection:
    """Open an archive for reading though parts of it may be missing.

    What is read must be checked against its digest: SQLite does not see every damage.

    Parameters
    ----------
    path : Path
        The archive.
    wait_s : float
        How long to wait for a program that is just writing, in seconds.

    Returns
    -------
    sqlite3.Connection
        In autocommit mode.

    Raises
    ------
    ArchiveError
        When there is no such file, it is no archive of this or an older version, or not even its
        first page can be read.
    """
    _require_database(path)
    with explained(path), _closed_on_error(_reader(path, wait_s, rescue=True)) as connection:
        read_as_present(connection, path, check_format(connection, path))
        return connection


def open_writer(path: Path, *, create: bool, wait_s: float) -> sqlite3.Connection:
    """Open an archive for writing; an older one is brought up to date.

    Parameters
    ----------
    path : Path
        The archive.
    create : bool
        Whether to make it when it is not there.
    wait_s : float
        How long to wait for a program that is just writing, in seconds.

    Returns
    -------
    sqlite3.Connection
        In autocommit mode.

    Raises
    ------
    ArchiveError
        When the file cannot be made or written, or is no archive of this or an older version.
    """
    if not create or (path.exists() and path.stat().st_size):
        _require_database(path)
    _require_writable(path)
    mode = "rwc" if create else "rw"
    with explained(path), _closed_on_error(_connect(path, f"mode={mode}", wait_s)) as connection:
        if create:
            create_tables(connection)
        check_format(connection, path)
        connection.execute("PRAGMA journal_mode = DELETE")
        # Footage may have to be forgotten; deleted pages are overwritten.
        connection.execute("PRAGMA secure_delete = ON")
        # Spilling would lock readers out long before the commit.
        connection.execute("PRAGMA cache_spill = OFF")
        migrate(connection, path)
        return connection


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into an error with advice.

    Parameters
    ----------
    path : Path
        The archive, for the message.

    Yields
    ------
    None
        The body runs.

    Raises
    ------
    ArchiveError
        Instead of any `sqlite3.Error`, and when Python cannot even read what SQLite says.
    """
    try:
        yield
    except sqlite3.Error as error:
        name = _name_of(error)
        for prefix, meaning, advice in _EXPLANATIONS:
            if name.startswith(prefix):
                raise ArchiveError(f"{path} {meaning}", advice=advice) from error
        raise ArchiveError(f"{path} cannot be used: {error}", advice=_COPY_IT) from error
    except UnicodeDecodeError as error:
        # SQLite quotes the broken place in its message, and Python cannot read the quotation.
        raise ArchiveError(f"{path} {_DAMAGED}", advice=_USE_A_COPY) from error


def _require_database(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(len(_SIGNATURE))
    except OSError as error:
        raise ArchiveError(
            f"{path} cannot be opened: {error.strerror}",
            advice="Check the name; `forensics archive add` makes a new archive.",
        ) from error
    if head != _SIGNATURE:
        what = "is empty" if not head else "is not an archive"
        raise ArchiveError(f"{path} {what}", advice=_NOT_AN_ARCHIVE)


def _require_writable(path: Path) -> None:
    if not path.parent.is_dir():
        raise ArchiveError(f"there is no folder {path.parent}", advice="Make the folder first.")
    # SQLite would open the file for reading without a word, and fail at the first change.
    folder_is_ours = os.access(path.parent, os.W_OK)
    if not folder_is_ours or (path.exists() and not os.access(path, os.W_OK)):
        raise ArchiveError(f"{path} cannot be written", advice=_COPY_IT)


def _reader(path: Path, wait_s: float, *, rescue: bool = False) -> sqlite3.Connection:
    try:
        return _connect(path, "mode=ro", wait_s, rescue=rescue)
    except sqlite3.OperationalError as error:
        name = _name_of(error)
        ours = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
        if name == "SQLITE_READONLY_ROLLBACK" and ours:
            # A writer was killed in the middle; opening for writing takes its changes back.
            _connect(path, "mode=rw", wait_s).close()
            return _connect(path, "mode=ro", wait_s, rescue=rescue)
        if name.startswith(_WITHOUT_LOCKS) and not ours and not has_leftovers(path):
            return _connect(path, "immutable=1", wait_s, rescue=rescue)
        raise


def has_leftovers(path: Path) -> bool:
    """Look for what a change that was cut short leaves beside an archive.

    Parameters
    ----------
    path : Path
        The archive.

    Returns
    -------
    bool
        Whether the file alone may be half of a change.
    """
    beside = (path.with_name(path.name + tail) for tail in ("-journal", "-wal"))
    return any(file.exists() and file.stat().st_size for file in beside)


def _connect(path: Path, query: str, wait_s: float, *, rescue: bool = False) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{query}"
    connection = sqlite3.connect(uri, uri=True, timeout=wait_s, isolation_level=None)
    with _closed_on_error(connection):
        if rescue:
            # Lets a file be opened that is shorter than it says of itself.
            connection.execute("PRAGMA writable_schema = ON")
        connection.execute("PRAGMA foreign_keys = ON")
        # The file may come from anybody: no functions from its schema, no trust in its pages.
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return connection


@contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    try:
        yield connection
    except BaseException:
        connection.close()
        raise


def _name_of(error: sqlite3.Error) -> str:
    # Errors that Python's module raises itself have no name.
    return getattr(error, "sqlite_errorname", "")
