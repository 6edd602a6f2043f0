"""Keep what is searched beside hashes: local features of pictures, and traces of clips."""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence

from forensics.model.errors import ArchiveError
from forensics.reuse.archive_entry import KeptFeatures, KeptTrace, StoredHash
from forensics.reuse.archive_rows import damaged

BATCH_ENTRIES = 128
"""Entries read at once: for photos 1.5 MB of features."""

MAX_FEATURE_BYTES = 12 * 1024
"""Kept of one picture: 100,000 of them are then 1.2 GB, which a laptop holds and searches."""

MAX_TRACE_BYTES = 4 * 1024 * 1024
"""Kept of one clip: two hours, four moments a second, 144 bytes each."""


def checked_features(features: KeptFeatures, hashes: tuple[StoredHash, ...]) -> KeptFeatures:
    """Check the local features that are kept for searching.

    Parameters
    ----------
    features : KeptFeatures
        One set of packed features a picture.
    hashes : tuple of StoredHash
        Hashes of the same pictures.

    Returns
    -------
    KeptFeatures
        The same, with plain bytes.

    Raises
    ------
    ArchiveError
        When the recipe has no name, a picture's features are too long or no bytes, or they are
        not of the pictures that were hashed.
    """
    if not features.recipe.strip():
        raise ArchiveError("the features do not say how they were made")
    if len(features.pictures) != len(hashes):
        raise ArchiveError("the features to keep are not of the pictures that were hashed")
    pictures = tuple(
        _packed(data, "features of a picture", most=MAX_FEATURE_BYTES) for data in features.pictures
    )
    return KeptFeatures(features.recipe, pictures)


def checked_trace(trace: KeptTrace) -> KeptTrace:
    """Check the trace that is kept of a clip.

    Parameters
    ----------
    trace : KeptTrace
        The packed trace.

    Returns
    -------
    KeptTrace
        The same, with plain bytes.

    Raises
    ------
    ArchiveError
        When the recipe has no name, or the trace is too long or no bytes.
    """
    if not trace.recipe.strip():
        raise ArchiveError("the trace does not say how it was made")
    return KeptTrace(trace.recipe, _packed(trace.data, "a trace", most=MAX_TRACE_BYTES))


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


def _packed(data: bytes, what: str, *, most: int) -> bytes:
    if not isinstance(data, bytes | bytearray | memoryview):
        raise ArchiveError(f"{what} that are no bytes: {type(data).__name__}")
    if len(data) > most:
        raise ArchiveError(f"{what}: {len(data)} bytes", advice=f"At most {most} are kept.")
    return bytes(data)


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
