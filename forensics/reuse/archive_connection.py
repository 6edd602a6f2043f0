"""An open archive file: what reading and writing it have in common."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from forensics.model.errors import ArchiveError
from forensics.reuse import archive_rows
from forensics.reuse.archive_features import BATCH_ENTRIES
from forensics.reuse.archive_file import explained

T = TypeVar("T")
_ReadSome = Callable[[sqlite3.Connection, Sequence[str]], Iterator[tuple[str, T]]]


class ArchiveConnection:
    """An archive file that is open.

    Parameters
    ----------
    path : Path
        The file.
    connection : sqlite3.Connection
        Open on the file, in autocommit mode.
    writable : bool
        Whether changes are allowed.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, *, writable: bool) -> None:
        self.path = path
        self.writable = writable
        self._connection = connection

    def close(self) -> None:
        """Close the file; the archive cannot be used afterwards."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def revision(self) -> str:
        """Digest of all that the archive holds.

        It changes with every change of the content, and two archives with the same content have
        the same, in whichever order it was added.

        Returns
        -------
        str
            64 lower-case hexadecimal digits.
        """
        with explained(self.path):
            return archive_rows.read_revision(self._connection)

    def digests(self) -> dict[str, str]:
        """Give the digest of every entry, by which an index sees what it has to bring up to date.

        Returns
        -------
        dict of str to str
            By identifier, in ascending order: the digest of all that the archive holds of it.

        Raises
        ------
        ArchiveError
            When the file is damaged.
        """
        with self._snapshot():
            return archive_rows.read_digests(self._connection)

    def _in_batches(
        self, read: "_ReadSome[T]", entry_ids: Sequence[str] | None
    ) -> Iterator[tuple[str, T]]:
        # Between batches others may write; what was given so far would go with another state.
        revision = self.revision
        wanted = sorted(self.digests() if entry_ids is None else set(entry_ids))
        for start in range(0, len(wanted), BATCH_ENTRIES):
            batch = wanted[start : start + BATCH_ENTRIES]
            with self._snapshot():
                if self.revision != revision:
                    raise ArchiveError(
                        f"{self.path} was changed while it was read", advice="Try again."
                    )
                found = list(read(self._connection, batch))
            yield from found

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        # Several statements see one state; a change by another program waits until the end.
        with explained(self.path):
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")
