"""Decide what a scan examines, without opening any evidence."""

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from forensics.engine.output import MARKER
from forensics.engine.store import FILE_NAME as STORE
from forensics.ingest.casefile import CASE_FILE, read_case_file
from forensics.ingest.folder import Found, walk
from forensics.model.casefile import CaseFile, DrawnDeck
from forensics.model.errors import CaseFileError
from forensics.model.item import Unread
from forensics.reuse.feature_files import features_folder


class Plan(Struct, frozen=True):
    """What a scan would do.

    Parameters
    ----------
    folder, out : Path
        Where the evidence is and where the report goes.
    case : CaseFile
        What a person says about the case.
    case_folder : Path
        What paths in the case file are relative to.
    archive : Path or None
        Known footage to compare with.
    found : tuple of Found
        Files to be examined, in order.
    unread : tuple of Unread
        What cannot be.
    """

    folder: Path
    out: Path
    case: CaseFile
    case_folder: Path
    archive: Path | None
    found: tuple[Found, ...]
    unread: tuple[Unread, ...]


def plan(
    folder: str | os.PathLike[str],
    *,
    case: str | os.PathLike[str] | None = None,
    archive: str | os.PathLike[str] | None = None,
    out: str | os.PathLike[str] | None = None,
    examiner: str | None = None,
) -> Plan:
    """Say what a scan would do, without opening any evidence.

    Parameters
    ----------
    folder : str or PathLike
        The evidence.
    case : str or PathLike, optional
        Case file; ``case.toml`` in the folder when it is there.
    archive : str or PathLike, optional
        Known footage, a ``.db`` or a folder with a ``list.csv``; else what the case file names.
    out : str or PathLike, optional
        Output folder; ``./FOLDERNAME-report`` by default.
    examiner : str, optional
        Who examines; else what the case file says.

    Returns
    -------
    Plan
        Files and settings.

    Raises
    ------
    CaseFileError
        When the folder, the case file or the archive cannot be used.
    """
    for name, value in (("folder", folder), ("case", case), ("archive", archive), ("out", out)):
        # An unset variable in a script; an empty path would mean the current folder.
        if value is not None and not os.fspath(value):
            raise CaseFileError(f"the name given as {name} is empty", advice="Check the command.")
    root = Path(folder)
    if not root.is_dir():
        raise CaseFileError(f"{root} is not a folder", advice="Name a folder of photos and videos.")
    target = Path(out) if out is not None else Path(f"{root.resolve().name}-report")
    case_path = Path(case) if case is not None else root / CASE_FILE
    is_named = case is not None
    case_file = read_case_file(case_path) if is_named or case_path.exists() else CaseFile()
    for deck in case_file.deck:
        _check_deck(deck, case_path)
    if examiner is not None:
        case_file = replace(case_file, examiner=examiner)
    known = _archive_path(archive, case_file, case_path)
    archives = [known] if known is not None else []
    if case_file.archive is not None:
        # Known footage is no evidence, even where --archive names another one.
        archives.append(case_path.parent / case_file.archive.path)
    not_evidence = [target, case_path, *archives, *map(features_folder, archives)]
    listed = _without_reports(list(walk(root, skip=not_evidence)))
    return Plan(
        folder=root,
        out=target,
        case=case_file,
        case_folder=case_path.parent,
        archive=known,
        found=tuple(each for each in listed if isinstance(each, Found)),
        unread=tuple(each for each in listed if isinstance(each, Unread)),
    )


def _check_deck(deck: DrawnDeck, case_path: Path) -> None:
    """Refuse an outline that cannot be used now, rather than when all files were visited."""
    # Only cases with decks need what unrolls them.
    import numpy as np

    from forensics.damage.strip import lay_strip
    from forensics.model.deck import DeckError

    try:
        lay_strip(np.array(deck.polygon, dtype=np.float64))
    except DeckError as error:
        raise CaseFileError(
            f"{case_path}: the deck on {deck.image}: {error}",
            advice="Draw it with: forensics compare BEFORE AFTER --draw",
        ) from error


def _without_reports(listed: Sequence[Found | Unread]) -> list[Found | Unread]:
    """Leave out earlier reports of this program, and say so: their pictures are no evidence."""
    names = {each.path for each in listed}
    reports = {
        folder
        for folder, _, name in (path.rpartition("/") for path in names)
        # The second is there after a run that was interrupted, too.
        if folder and name == MARKER and {f"{folder}/report.json", f"{folder}/{STORE}"} & names
    }
    inside = tuple(f"{folder}/" for folder in reports)
    kept = [each for each in listed if not each.path.startswith(inside)]
    advice = "Move it elsewhere if its files are to be examined."
    told = [Unread(each, "an earlier report of this program", advice, True) for each in reports]
    return [*kept, *sorted(told, key=lambda each: each.path)]


def _archive_path(
    named: str | os.PathLike[str] | None, case: CaseFile, case_path: Path
) -> Path | None:
    if named is not None:
        path = Path(named)
    elif case.archive is not None:
        path = case_path.parent / case.archive.path
    else:
        return None
    if not path.exists():
        raise CaseFileError(
            f"the archive {path} does not exist",
            advice="Make one with: forensics archive add ARCHIVE.db FOLDER",
        )
    return path
