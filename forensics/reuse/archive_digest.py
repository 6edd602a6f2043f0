"""The digest of an entry, from which the revision of an archive is made."""

import hashlib
import sqlite3

import msgspec

from forensics.reuse.archive_decisions import read_decisions
from forensics.reuse.archive_features import content_of
from forensics.reuse.archive_rows import (
    FACTS,
    read_entries,
    read_hashes,
    read_sightings,
    read_views,
)

REVISIONS = 2**256
"""The revision is the sum of all digests, modulo this."""


def digest_of(connection: sqlite3.Connection, entry_id: str) -> str:
    """Compute the digest of all that an archive holds of an entry.

    Parameters
    ----------
    connection : sqlite3.Connection
        Open on the archive.
    entry_id : str
        An entry that is there.

    Returns
    -------
    str
        64 hexadecimal digits, the same in whichever order its parts were added.

    Raises
    ------
    ArchiveError
        When a row holds what this program does not write.
    """
    entry = next(read_entries(connection, entry_id=entry_id))
    facts = [getattr(entry, name) for name in FACTS]
    sightings = sorted(map(msgspec.json.encode, read_sightings(connection, entry_id)))
    views = read_views(connection, entry_id)
    content: tuple[object, ...] = (
        facts,
        [msgspec.Raw(sighting) for sighting in sightings],
        read_hashes(connection, entry_id),
        None if views is None else (views[0], hashlib.sha256(views[1]).hexdigest()),
        # What an entry does not have is left out, so that entries of format 1 keep their digests.
        *content_of(connection, entry_id),
    )
    decisions = read_decisions(connection, entry_id=entry_id)
    if decisions:
        content = (*content, ("decisions", decisions))
    return hashlib.sha256(msgspec.json.encode(content)).hexdigest()
