"""Keep what is searched beside hashes: local features of pictures, and traces of clips."""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence

from forensics.reuse.archive_entry import KeptFeatures, KeptTrace
from forensics.reuse.archive_rows import damaged

BATCH_ENTRIES = 128
"""Entries read at once: for photos 1.5 MB of features."""


def read_features(
    connection: sqlite3.Connection, entry_ids: Sequence[str]
) -> Iterator[tuple[str, KeptFeatures]]:
    """Read the features of some entries.

    Parameters
    ----------
    connection : sqlite3.Connection
        Open on the archive.
    entry_ids : sequence of str
        At most a few hundred entries.

    Yields
    ------
    entry_id : str
        In ascending order; entries without features are left out.
    features : KeptFeatures
        In the order of the entry's pictures.

    Raises
    ------
    ArchiveError
        When a row holds what this program does not write.
    """
    found: dict[str, list[bytes]] = {}
    recipes: dict[str, str] = {}
    for entry_id, position, recipe, data in _rows(connection, "features", entry_ids, "position"):
        pictures = found.setdefault(entry_id, [])
        if position != len(pictures) or recipes.setdefault(entry_id, recipe) != recipe:
            raise damaged("features that are not in order")
        pictures.append(data)
    for entry_id, pictures in found.items():
        yield entry_id, KeptFeatures(recipes[entry_id], tuple(pictures))


def read_traces(
    connection: sqlite3.Connection, entry_ids: Sequence[str]
) -> Iterator[tuple[str, KeptTrace]]:
    """Read the traces of some entries.

    Parameters
    ----------
    connection : sqlite3.Connection
        Open on the archive.
    entry_ids : sequence of str
        At most a few hundred entries.

    Yields
    ------
    entry_id : str
        In ascending order; entries without a trace are left out.
    trace : KeptTrace
        The trace.

    Raises
    ------
    ArchiveError
        When a row holds what this program does not write.
    """
    for entry_id, _, recipe, data in _rows(connection, "traces", entry_ids, "0 AS position"):
        yield entry_id, KeptTrace(recipe, data)


def write_features(connection: sqlite3.Connection, entry_id: str, features: KeptFeatures) -> None:
    """Store the features of an entry in place of those it has.

    Parameters
    ----------
    connection : sqlite3.Connection
        Within a transaction.
    entry_id : str
        The entry.
    features : KeptFeatures
        Checked by `checked_features`.
    """
    delete_features(connection, entry_id)
    connection.executemany(
        "INSERT INTO features (entry_id, position, recipe, data) VALUES (?, ?, ?, ?)",
        [
            (entry_id, position, features.recipe, data)
            for position, data in enumerate(features.pictures)
        ],
    )


def delete_features(connection: sqlite3.Connection, entry_id: str) -> None:
    """Drop the features of an entry.

    Parameters
    ----------
    connection : sqlite3.Connection
        Within a transaction.
    entry_id : str
        The entry.
    """
    connection.execute("DELETE FROM features WHERE entry_id = ?", (entry_id,))


def write_trace(connection: sqlite3.Connection, entry_id: str, trace: KeptTrace) -> None:
    """Store the trace of a clip in place of the one it has.

    Parameters
    ----------
    connection : sqlite3.Connection
        Within a transaction.
    entry_id : str
        The entry.
    trace : KeptTrace
        Checked by `checked_trace`.
    """
    connection.execute(
        "INSERT OR REPLACE INTO traces (entry_id, recipe, data) VALUES (?, ?, ?)",
        (entry_id, trace.recipe, trace.data),
    )


def content_of(connection: sqlite3.Connection, entry_id: str) -> Iterator[tuple[object, ...]]:
    """Give what is kept of an entry beside hashes, as it goes into the entry's digest.

    Parameters
    ----------
    connection : sqlite3.Connection
        Open on the archive.
    entry_id : str
        The entry.

    Yields
    ------
    tuple
        A name, the recipe, and digests; nothing for what is not kept, so that entries of older
        versions keep their digests.
    """
    for _, features in read_features(connection, [entry_id]):
        digests = [hashlib.sha256(data).hexdigest() for data in features.pictures]
        yield "features", features.recipe, digests
    for _, trace in read_traces(connection, [entry_id]):
        yield "trace", trace.recipe, hashlib.sha256(trace.data).hexdigest()


def _rows(
    connection: sqlite3.Connection, table: str, entry_ids: Sequence[str], position: str
) -> Iterator[tuple[str, int, str, bytes]]:
    marks = ", ".join("?" * len(entry_ids))
    # Names of tables and columns are this module's own.
    rows = connection.execute(
        f"SELECT entry_id, {position}, recipe, data FROM {table} "  # noqa: S608
        f"WHERE entry_id IN ({marks}) ORDER BY entry_id, position",
        tuple(entry_ids),
    )
    # Fetched at once: an open cursor would keep writers from committing.
    for entry_id, number, recipe, data in rows.fetchall():
        if not isinstance(data, bytes) or not isinstance(recipe, str):
            raise damaged(f"what is kept in {table} is no bytes with a recipe")
        yield entry_id, number, recipe, data
