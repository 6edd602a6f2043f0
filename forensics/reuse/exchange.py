"""Take lists of hashes into an archive, and give its hashes out as a list."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from forensics.model.match import Decision
from forensics.reuse.archive import Archive
from forensics.reuse.archive_checks import checked_basis, imported_id
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
    decisions : int
        People's decisions that were not in the archive.
    """

    added: int
    known: int
    decisions: int = 0


def import_hashes(
    archive: Archive, rows: Iterable[PdqRow], *, origin: str, sighting: Sighting | None = None
) -> ImportCount:
    """Take a list of hashes into an archive, all of it or nothing.

    Decisions hold of the hash, and of the file it was made from when the archive has it. Whose
    list they came by is added to the name of who made them.

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
    added = known = decided = 0
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
            decided += _take_decisions(archive, row, origin=origin)
    return ImportCount(added=added, known=known, decisions=decided)


def _take_decisions(archive: Archive, row: PdqRow, *, origin: str) -> int:
    targets = [imported_id(row.pdq)] if row.decisions else []
    if targets and row.sha256 is not None and archive.find_identical(row.sha256) is not None:
        targets.append(row.sha256)
    return sum(
        archive.decide(
            msgspec.structs.replace(one, entry_id=target, who=f"{one.who} (list {origin})")
        )
        for target in targets
        for one in row.decisions
        if one.query_sha256 != target
    )


def export_hashes(archive: Archive, *, decisions: bool = True) -> tuple[PdqRow, ...]:
    """Give all hashes of an archive, to be written as a list.

    A list of hashes lets others recognise the footage without getting it. It holds no pictures,
    but names, sources, dates and decisions; look through it before giving it away.

    Parameters
    ----------
    archive : Archive
        Open for reading.
    decisions : bool, optional
        Give what people decided, and their names, too.

    Returns
    -------
    tuple of PdqRow
        In order of entries and of the pictures within them.

    Raises
    ------
    ArchiveError
        When the archive is damaged.
    """
    decided: dict[str, list[Decision]] = {}
    for one in archive.decisions() if decisions else ():
        decided.setdefault(one.entry_id, []).append(one)
    return tuple(
        PdqRow(
            line=0,
            pdq=stored.pdq,
            quality=stored.quality,
            name=entry.path,
            moment_s=stored.moment_s,
            source=entry.source,
            first_seen=entry.first_seen,
            sha256=entry.sha256,
            decisions=tuple(decided.get(entry.id, ())),
        )
        for entry in archive.entries()
        for stored in archive.hashes(entry.id)
    )
