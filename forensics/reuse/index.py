"""Index a folder of known footage: its ``list.csv`` and every media file in it."""

from collections.abc import Sequence
from pathlib import Path

from forensics.reuse.archive import Archive
from forensics.reuse.enroll import enroll_all
from forensics.reuse.intake import plan_intake


def index_folder(archive: Archive, folder: Path, *, skip: Sequence[Path] = ()) -> list[str]:
    """Take every media file of a folder into an archive, with what its ``list.csv`` says.

    Parameters
    ----------
    archive : Archive
        Open for writing.
    folder : Path
        The folder. Files the list does not name are taken in without source and date.
    skip : sequence of Path, optional
        What in it is no footage: the output folder of a run.

    Returns
    -------
    list of str
        What could not be taken in, and why; one sentence each.

    Raises
    ------
    ArchiveError
        When the list cannot be read at all.
    """
    enrolment = enroll_all(archive, plan_intake([folder], skip=skip))
    return [f"{problem.path}: {problem.error}" for problem in enrolment.problems]
