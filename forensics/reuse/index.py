"""Index a folder of known footage: its ``list.csv`` and every media file in it."""

from pathlib import Path

from forensics.ingest.folder import Found, walk
from forensics.model.errors import UnreadableMedia
from forensics.reuse.archive import Archive
from forensics.reuse.archive_entry import Sighting
from forensics.reuse.enroll import enroll
from forensics.reuse.known_list import read_known_list

LIST_NAME = "list.csv"


def index_folder(archive: Archive, folder: Path) -> list[str]:
    """Take every media file of a folder into an archive, with what its ``list.csv`` says.

    Parameters
    ----------
    archive : Archive
        Open for writing.
    folder : Path
        The folder. Files the list does not name are taken in without source and date.

    Returns
    -------
    list of str
        What could not be taken in, and why; one sentence each.

    Raises
    ------
    ArchiveError
        When the list cannot be read at all.
    """
    problems: list[str] = []
    sightings: dict[str, Sighting] = {}
    list_path = folder / LIST_NAME
    if list_path.exists():
        known = read_known_list(list_path)
        sightings = {row.sighting.path or "": row.sighting for row in known.rows}
        problems += [f"{LIST_NAME} line {row.line}: {row.reason}" for row in known.bad_rows]
    named = set(sightings)
    for found in walk(folder, skip=[list_path]):
        if not isinstance(found, Found):
            problems.append(f"{found.path}: {found.reason}")
            continue
        named.discard(found.path)
        sighting = sightings.get(found.path, Sighting(path=found.path))
        try:
            enroll(archive, found.location, sighting=sighting)
        except UnreadableMedia as error:
            problems.append(f"{found.path}: {error}")
    problems += [f"{LIST_NAME} names {path}, which is not there" for path in sorted(named)]
    return problems
