"""Ask an archive of known footage: what it holds, and what in it is like a picture."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from numpy import uint8
from numpy.typing import NDArray

from forensics.model.case import ArchiveSummary
from forensics.model.errors import ArchiveError
from forensics.model.findings import CompareViews
from forensics.model.match import Decision
from forensics.reuse import archive_decisions, archive_features, archive_rows
from forensics.reuse.archive_connection import ArchiveConnection
from forensics.reuse.archive_entry import (
    Entry,
    HashHit,
    KeptFeatures,
    KeptTrace,
    Sighting,
    StoredHash,
)
from forensics.reuse.archive_stats import ArchiveStats, count_archive
from forensics.reuse.hash_index import HashIndex, load_index, search_index


class ArchiveReader(ArchiveConnection):
    """The half of `Archive` that only reads.

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
        super().__init__(path, connection, writable=writable)
        # Loaded when first asked for, and again when the revision is another.
        self._index: tuple[str, HashIndex] | None = None
        self._summary: tuple[str, ArchiveSummary] | None = None

    def entries(self) -> tuple[Entry, ...]:
        """Give all entries, in order of their identifiers.

        Returns
        -------
        tuple of Entry
            Each with the sighting whose date proves most; see `add`.

        Raises
        ------
        ArchiveError
            When the file is damaged.
        """
        with self._snapshot():
            return tuple(archive_rows.read_entries(self._connection))

    def entry(self, entry_id: str) -> Entry:
        """Give one entry.

        Parameters
        ----------
        entry_id : str
            The entry.

        Returns
        -------
        Entry
            With the sighting whose date proves most; see `add`.

        Raises
        ------
        ArchiveError
            When there is none with this identifier, or the file is damaged.
        """
        with self._snapshot():
            for entry in archive_rows.read_entries(self._connection, entry_id=entry_id):
                return entry
        raise ArchiveError(
            f"no entry {entry_id!r} in {self.path}",
            advice="`forensics archive list` shows the identifiers.",
        )

    def find_identical(self, sha256: str) -> Entry | None:
        """Look for a file by its digest.

        Parameters
        ----------
        sha256 : str
            SHA-256 of the file, 64 lower-case hexadecimal digits.

        Returns
        -------
        Entry or None
            The entry of the very same bytes; None when they are not in the archive.

        Raises
        ------
        ArchiveError
            When the file is damaged.
        """
        with self._snapshot():
            return next(archive_rows.read_entries(self._connection, entry_id=sha256), None)

    def sightings(self, entry_id: str) -> tuple[Sighting, ...]:
        """Give everything that was said about where and when an entry was seen.

        Parameters
        ----------
        entry_id : str
            The entry.

        Returns
        -------
        tuple of Sighting
            The one whose date proves most first; empty when there is no such entry.

        Raises
        ------
        ArchiveError
            When the file is damaged.
        """
        with self._snapshot():
            return archive_rows.read_sightings(self._connection, entry_id)

    def hashes(self, entry_id: str) -> tuple[StoredHash, ...]:
        """Give the hashes of an entry.

        Parameters
        ----------
        entry_id : str
            The entry.

        Returns
        -------
        tuple of StoredHash
            In order of time; empty when there are none.

        Raises
        ------
        ArchiveError
            When the file is damaged.
        """
        with self._snapshot():
            return archive_rows.read_hashes(self._connection, entry_id)

    def views(self, entry_id: str) -> tuple[CompareViews, bytes] | None:
        """Give the small views kept of an entry.

        Parameters
        ----------
        entry_id : str
            The entry.

        Returns
        -------
        (CompareViews, bytes) or None
            Size and moments, and the PNG; None when only hashes are kept.

        Raises
        ------
        ArchiveError
            When the file is damaged.
        """
        with self._snapshot():
            return archive_rows.read_views(self._connection, entry_id)

    def features(self, entry_id: str) -> KeptFeatures | None:
        """Give the local features kept of an entry.

        Parameters
        ----------
        entry_id : str
            The entry.

        Returns
        -------
        KeptFeatures or None
            One set a hashed picture, in the order of `hashes`; None when none are kept.

        Raises
        ------
        ArchiveError
            When the file is damaged.
        """
        with self._snapshot():
            found = archive_features.read_features(self._connection, [entry_id])
            return next((features for _, features in found), None)

    def all_features(
        self, entry_ids: Sequence[str] | None = None
    ) -> Iterator[tuple[str, KeptFeatures]]:
        """Give the local features of many entries, a few entries in memory at a time.

        Parameters
        ----------
        entry_ids : sequence of str, optional
            Which entries; all unless given.

        Yields
        ------
        entry_id : str
            In ascending order; entries without features are left out.
        features : KeptFeatures
            One set a hashed picture, in the order of `hashes`.

        Raises
        ------
        ArchiveError
            When the archive changes before the last is given, or the file is damaged.
        """
        yield from self._in_batches(archive_features.read_features, entry_ids)

    def trace(self, entry_id: str) -> KeptTrace | None:
        """Give the trace kept of a clip.

        Parameters
        ----------
        entry_id : str
            The entry.

        Returns
        -------
        KeptTrace or None
            None when none is kept.

        Raises
        ------
        ArchiveError
            When the file is damaged.
        """
        with self._snapshot():
            found = archive_features.read_traces(self._connection, [entry_id])
            return next((trace for _, trace in found), None)

    def all_traces(self, entry_ids: Sequence[str] | None = None) -> Iterator[tuple[str, KeptTrace]]:
        """Give the traces of many clips, a few in memory at a time.

        Parameters
        ----------
        entry_ids : sequence of str, optional
            Which entries; all unless given.

        Yields
        ------
        entry_id : str
            In ascending order; entries without a trace are left out.
        trace : KeptTrace
            The trace.

        Raises
        ------
        ArchiveError
            When the archive changes before the last is given, or the file is damaged.
        """
        yield from self._in_batches(archive_features.read_traces, entry_ids)

    def decisions(
        self, *, query_sha256: str | None = None, entry_id: str | None = None
    ) -> tuple[Decision, ...]:
        """Give what people decided of files and known footage, the history included.

        Parameters
        ----------
        query_sha256 : str, optional
            Only of this file.
        entry_id : str, optional
            Only of this entry.

        Returns
        -------
        tuple of Decision
            In order of entry, file and time; of the same two, the last one holds.

        Raises
        ------
        ArchiveError
            When the file is damaged.
        """
        with self._snapshot():
            found = archive_decisions.read_decisions(self._connection, entry_id=entry_id)
        return tuple(one for one in found if query_sha256 in (None, one.query_sha256))

    def search(
        self, query: NDArray[uint8], *, max_distance_bits: int, preprocessing: str
    ) -> tuple[HashHit, ...]:
        """Find stored pictures whose PDQ hash is near that of a picture in any orientation.

        The hashes are loaded at the first search and again after every change, also by another
        program. A near hash is a lead: it shows that two pictures look alike, not that one is a
        copy.

        Parameters
        ----------
        query : (8, 32) uint8
            Packed PDQ hashes of the picture in its eight orientations.
        max_distance_bits : int
            Largest Hamming distance that counts, 0 to 256.
        preprocessing : str
            Recipe of the query; hashes made by another are not compared, imported ones are.

        Returns
        -------
        tuple of HashHit
            One for each stored hash that is near enough; nearest first, then by entry and moment.

        Raises
        ------
        ArchiveError
            When the query or the distance is not what it should be, or the file is damaged.
        """
        revision = self.revision
        if self._index is None or self._index[0] != revision:
            with self._snapshot():
                self._index = (revision, load_index(self._connection))
        return search_index(
            self._index[1],
            query,
            max_distance_bits=max_distance_bits,
            preprocessing=preprocessing,
        )

    def summary(self) -> ArchiveSummary:
        """Say how much the archive covers.

        Returns
        -------
        ArchiveSummary
            Numbers of entries and hashes, the first and the last of the entries' dates as
            they were given, and how many entries can be found by their hashes alone; no
            problems.

        Raises
        ------
        ArchiveError
            When the file is damaged.
        """
        revision = self.revision
        if self._summary is None or self._summary[0] != revision:
            with self._snapshot():
                self._summary = (revision, archive_rows.summarise(self._connection))
        return self._summary[1]

    def statistics(self) -> ArchiveStats:
        """Count what the archive holds, for whoever keeps it.

        Returns
        -------
        ArchiveStats
            Entries, dates, sources and sizes, and how much of it can do what.

        Raises
        ------
        ArchiveError
            When the file is damaged.
        """
        with self._snapshot():
            return count_archive(self._connection)
