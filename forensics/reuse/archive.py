"""The archive of known footage: one file with sources, dates and hashes, no server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import msgspec

from forensics.model.errors import ArchiveError
from forensics.model.findings import CompareViews, ImageHashes
from forensics.model.match import Decision
from forensics.reuse import archive_decisions, archive_features, archive_rows, archive_writes
from forensics.reuse.archive_checks import (
    checked_entry,
    checked_hashes,
    checked_views,
    imported_hash,
    imported_id,
)
from forensics.reuse.archive_entry import Entry, KeptFeatures, KeptTrace, Sighting, StoredHash
from forensics.reuse.archive_file import explained, open_reader, open_writer
from forensics.reuse.archive_reader import ArchiveReader

WAIT_S = 5.0
"""How long to wait for another program that is just writing, in seconds."""


class Archive(ArchiveReader):
    """Known footage with its sources, dates and hashes, in one SQLite file.

    Made by `Archive.open`; use it in a ``with`` statement. Any number of programs may read while
    one writes; readers see the state before the change until it is complete.

    Parameters
    ----------
    path : Path
        The file.
    connection : sqlite3.Connection
        Open on the file, in autocommit mode.
    writable : bool
        Whether changes are allowed.
    """

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        create: bool = False,
        writable: bool = False,
        wait_s: float = WAIT_S,
    ) -> Self:
        """Open an archive.

        For reading nothing is written at all, so a disc or a folder without write permission
        will do. An archive made by an older version is brought up to date when it is opened for
        writing; a copy of it as it was stays beside it.

        Parameters
        ----------
        path : str or PathLike
            The file.
        create : bool, optional
            Make the file when it is not there; implies `writable`.
        writable : bool, optional
            Allow changes.
        wait_s : float, optional
            How long to wait for another program that is just writing, in seconds.

        Returns
        -------
        Archive
            To be closed, best by a ``with`` statement.

        Raises
        ------
        ArchiveError
            When the file is not there, is no archive, is damaged, was made by a newer version,
            or cannot be written as asked.

        Examples
        --------
        >>> import tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> with Archive.open(Path(folder.name) / "known.db", create=True) as archive:
        ...     archive.add(Entry(id="0" * 64, sha256="0" * 64, source="a test"))
        ...     archive.summary().entries
        True
        1
        >>> folder.cleanup()
        """
        file = Path(path)
        if create or writable:
            connection = open_writer(file, create=create, wait_s=wait_s)
        else:
            connection = open_reader(file, wait_s=wait_s)
        return cls(file, connection, writable=create or writable)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make several changes as one: all of them are kept, or none.

        While it lasts no other program can write and what changed stays in memory; readers are
        not held up. A transaction within
        a transaction is kept or dropped with the outer one, or dropped alone when it fails.

        Yields
        ------
        None
            The body makes the changes.

        Raises
        ------
        ArchiveError
            When the archive was opened for reading, or another program is writing and does not
            finish in time.
        """
        if not self.writable:
            raise ArchiveError(
                f"{self.path} was opened for reading", advice="Open it with writable=True."
            )
        begin, commit, rollback = (
            ("SAVEPOINT inner_part", "RELEASE inner_part", "ROLLBACK TO inner_part")
            if self._connection.in_transaction
            else ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
        )
        with explained(self.path):
            self._connection.execute(begin)
            try:
                yield
                self._connection.execute(commit)
            except BaseException:
                # SQLite has rolled back by itself after some errors, a full disk for one.
                if self._connection.in_transaction:
                    self._connection.execute(rollback)
                raise

    def add(
        self,
        entry: Entry,
        *,
        hashes: ImageHashes | None = None,
        views: tuple[CompareViews, bytes] | None = None,
        features: KeptFeatures | None = None,
        trace: KeptTrace | None = None,
    ) -> bool:
        """Add a piece of known footage, or another sighting of one that is there.

        No source is ever lost: every distinct sighting is kept (`sightings`). The entry shows
        the sighting whose date proves most, that is the one whose last possible instant is
        earliest, with that sighting's own source, path, basis, capture and licence. Event, place
        and notes come from the first sighting that has them.

        An entry that is there keeps its hashes, views, features and trace. Those made by another
        recipe, or of other moments, replace them, so adding a file again brings it up to date.
        Views and features that new hashes do not go with are dropped then; else only `remove`
        drops them.

        Parameters
        ----------
        entry : Entry
            The footage and this sighting of it.
        hashes : ImageHashes, optional
            Hashes of its pictures.
        views : (CompareViews, bytes), optional
            Small views of the same pictures and their PNG, with which copies can be confirmed
            pixel by pixel; only together with `hashes`.
        features : KeptFeatures, optional
            Local features of the same pictures, by which parts of them are found; only together
            with `hashes`, at most 12 KiB a picture.
        trace : KeptTrace, optional
            What a clip looks like over time, at most 4 MiB.

        Returns
        -------
        bool
            True when it was not there.

        Raises
        ------
        ArchiveError
            When a value is not what it should be, or the archive cannot be written.
        """
        checked = checked_entry(entry)
        stored = () if hashes is None else checked_hashes(hashes)
        kept = None if views is None else (checked_views(*views), views[1])
        if kept is not None and kept[0].moments_s != _moments(stored):
            raise ArchiveError("the views to keep are not of the pictures that were hashed")
        return self._add(
            checked,
            stored,
            kept,
            None if features is None else archive_features.checked_features(features, stored),
            None if trace is None else archive_features.checked_trace(trace),
        )

    def add_hash(
        self,
        pdq: str,
        *,
        quality: int | None = None,
        moment_s: float | None = None,
        sighting: Sighting | None = None,
    ) -> bool:
        """Add known footage of which only a PDQ hash is known.

        Parameters
        ----------
        pdq : str
            64 lower-case hexadecimal digits.
        quality : int, optional
            PDQ quality, 0 to 100.
        moment_s : float, optional
            Moment in the clip it was made from.
        sighting : Sighting, optional
            What the list says of it; its `path` is the name the list gives.

        Returns
        -------
        bool
            True when it was not there.

        Raises
        ------
        ArchiveError
            When a value is not what it should be, or the archive cannot be written.
        """
        stored = imported_hash(pdq, quality=quality, moment_s=moment_s)
        entry = Entry(id=imported_id(pdq), **msgspec.structs.asdict(sighting or Sighting()))
        return self._add(checked_entry(entry), (stored,))

    def decide(self, decision: Decision) -> bool:
        """Keep what a person decided of a file and an entry, after looking at both.

        Earlier decisions are kept; the one with the latest time holds. A search does not report
        the two as a match when they are decided to be no duplicates, and says so.

        Parameters
        ----------
        decision : Decision
            The decision; its time may have any offset.

        Returns
        -------
        bool
            True when it was not there.

        Raises
        ------
        ArchiveError
            When there is no such entry, its bytes are those of the file, a value is not what it
            should be, or the archive cannot be written.
        """
        checked = archive_decisions.checked_decision(decision)
        self.entry(checked.entry_id)
        with self.transaction():
            is_new = archive_decisions.write_decision(self._connection, checked)
            archive_writes.seal(self._connection, checked.entry_id)
            return is_new

    def remove(self, entry_id: str) -> bool:
        """Remove an entry with all that belongs to it, from its hashes to decisions on it.

        Its bytes in the file are overwritten.

        Parameters
        ----------
        entry_id : str
            The entry.

        Returns
        -------
        bool
            Whether there was one.

        Raises
        ------
        ArchiveError
            When the archive cannot be written.
        """
        with self.transaction():
            return archive_writes.delete_entry(self._connection, entry_id)

    def _add(
        self,
        entry: Entry,
        hashes: tuple[StoredHash, ...],
        views: tuple[CompareViews, bytes] | None = None,
        features: KeptFeatures | None = None,
        trace: KeptTrace | None = None,
    ) -> bool:
        with self.transaction():
            is_new = archive_writes.write_entry(self._connection, entry)
            present = archive_rows.read_hashes(self._connection, entry.id)
            if hashes and not _of_same_pictures(hashes, present):
                archive_writes.write_hashes(self._connection, entry.id, hashes)
                archive_writes.delete_stale_views(self._connection, entry.id, _moments(hashes))
                if _moments(hashes) != _moments(present):
                    archive_features.delete_features(self._connection, entry.id)
            if views and archive_rows.read_views(self._connection, entry.id) is None:
                archive_writes.write_views(self._connection, entry.id, *views)
            if features and _recipe(self.features(entry.id)) != features.recipe:
                archive_features.write_features(self._connection, entry.id, features)
            if trace and _recipe(self.trace(entry.id)) != trace.recipe:
                archive_features.write_trace(self._connection, entry.id, trace)
            archive_writes.seal(self._connection, entry.id)
            return is_new


def _recipe(kept: KeptFeatures | KeptTrace | None) -> str | None:
    return None if kept is None else kept.recipe


def _of_same_pictures(some: tuple[StoredHash, ...], others: tuple[StoredHash, ...]) -> bool:
    recipes = [{one.preprocessing for one in hashes} for hashes in (some, others)]
    return recipes[0] == recipes[1] and _moments(some) == _moments(others)


def _moments(hashes: tuple[StoredHash, ...]) -> tuple[float | None, ...]:
    return tuple(one.moment_s for one in hashes)
