"""Take lists of hashes into an archive, and give its hashes out as a list."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from forensics.reuse.archive import Archive
from forensics.reuse.archive_checks import checked_basis
from forensics.reuse.archive_entry import IMPORTED, Sighting
from forensics.reuse.pdq_list import PdqRow


class ImportCount(Struct, frozen=True):
    """What became of the rows of a list.

    Parameters
    ----------
    added : int
        Hashes that were not in the archive.
    known : int
        Hashes that a list had brought before; what this one says of them is kept as well.
    """

    added: int
    known: int


def import_hashes(
    archive: Archive, rows: Iterable[PdqRow], *, origin: str, sighting: Sighting | None = None
) -> ImportCount:
    """Take a list of hashes into an archive, all of it or nothing.

    Parameters
    ----------
    archive : Archive
        Open for writing.
    rows : iterable of PdqRow
        The hashes, as `read_pdq_list` gives them.
    origin : str
        Name of the list; its dates get the basis ``imported:`` and this name.
    sighting : Sighting, optional
        What holds for every row; what a row says itself goes before it.

    Returns
    -------
    ImportCount
        How many were new.

    Raises
    ------
    ArchiveError
        When the archive cannot be written.
    """
    basis = checked_basis(f"{IMPORTED}:{origin}")
    common = sighting or Sighting()
    added = known = 0
    with archive.transaction():
        for row in rows:
            seen = msgspec.structs.replace(
                common,
                path=row.name or common.path,
                source=row.source or common.source,
                first_seen=row.first_seen or common.first_seen,
                basis=basis,
            )
            is_new = archive.add_hash(
                row.pdq, quality=row.quality, moment_s=row.moment_s, sighting=seen
            )
            added, known = added + is_new, known + (not is_new)
    return ImportCount(added=added, known=known)


def export_hashes(archive: Archive) -> tuple[PdqRow, ...]:
    """Give all hashes of an archive, to be written as a list.

    A list of hashes lets others recognise the footage without getting it. It holds no pictures,
    but names, sources and dates; look through it before giving it away.

    Parameters
    ----------
    archive : Archive
        Open for reading.

    Returns
    -------
    tuple of PdqRow
        In order of entries and of the pictures within them.

    Raises
    ------
    ArchiveError
        When the archive is damaged.
    """
    return tuple(
        PdqRow(
            line=0,
            pdq=stored.pdq,
            quality=stored.quality,
            name=entry.path,
            moment_s=stored.moment_s,
            source=entry.source,
            first_seen=entry.first_seen,
        )
        for entry in archive.entries()
        for stored in archive.hashes(entry.id)
    )
