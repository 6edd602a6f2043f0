"""Refer to a piece of known footage, and to its match with a file."""

import hashlib

from forensics.model.match import KnownRef
from forensics.reuse.archive_entry import Entry


def known_ref(entry: Entry) -> KnownRef:
    """Give what a match says of a piece of known footage.

    Parameters
    ----------
    entry : Entry
        The entry of the archive.

    Returns
    -------
    KnownRef
        Its identity, source and date.
    """
    span = entry.first_seen
    return KnownRef(
        id=entry.id,
        path=entry.path,
        sha256=entry.sha256,
        source=entry.source,
        first_seen=span.value if span is not None else None,
        first_seen_latest=span.latest if span is not None else None,
        basis=entry.basis,
        event=entry.event,
    )


def match_id(one: str, other: str) -> str:
    """Make a stable identifier from two digests.

    Parameters
    ----------
    one, other : str
        Identifiers of query and reference.

    Returns
    -------
    str
        ``match-`` and 12 hexadecimal digits.
    """
    return "match-" + hashlib.sha256(f"{one} {other}".encode()).hexdigest()[:12]
