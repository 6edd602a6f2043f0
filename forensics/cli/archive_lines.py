"""How the actions of ``forensics archive`` print entries and answers."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forensics.model.match import ArchiveSummary
    from forensics.reuse.archive import Archive
    from forensics.reuse.archive_entry import Entry

SHORT_ID = 12
"""Digits of an identifier that are shown; enough to name an entry by."""


def describe(entry: "Entry") -> str:
    """Say in one line what an entry is.

    Parameters
    ----------
    entry : Entry
        The entry.

    Returns
    -------
    str
        Short identifier, date with what it rests on, name and source.
    """
    date = "no date" if entry.first_seen is None else f"{entry.first_seen.value} ({entry.basis})"
    name = entry.path or "(no name)"
    return "  ".join(filter(None, (shorten(entry.id), date, name, entry.source, entry.event)))


def shorten(entry_id: str) -> str:
    """Shorten an identifier to what is shown.

    Parameters
    ----------
    entry_id : str
        Identifier of an entry.

    Returns
    -------
    str
        Its first digits, after ``pdq-`` for a hash without a file.
    """
    kind, dash, digits = entry_id.rpartition("-")
    return kind + dash + digits[:SHORT_ID]


def find_entry(archive: "Archive", name: str) -> "Entry | str":
    """Find an entry by the identifier that is shown.

    Parameters
    ----------
    archive : Archive
        Where to look.
    name : str
        The first digits of its identifier.

    Returns
    -------
    Entry or str
        The entry; or why none is meant.
    """
    if len(name.removeprefix("pdq-")) < SHORT_ID:
        return f"too short; give at least {SHORT_ID} digits"
    found = [entry for entry in archive.entries() if entry.id.startswith(name)]
    if len(found) == 1:
        return found[0]
    return "more than one entry begins like this" if found else "no such entry"


def compared_with(known: "ArchiveSummary") -> str:
    """Say how much known footage files were compared with.

    Parameters
    ----------
    known : ArchiveSummary
        What the archive covers.

    Returns
    -------
    str
        Without a full stop.
    """
    from forensics.report.text import counted

    footage = counted(known.entries, "piece")
    span = f", first seen {known.earliest}" if known.earliest else ""
    if known.latest != known.earliest:
        span += f" to {known.latest}"
    return f"Compared with {footage} of known footage{span}"
