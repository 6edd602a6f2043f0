"""Decide which files go into an archive, and what is said of each."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from forensics.ingest.folder import Found, printable_path, walk
from forensics.model.errors import ArchiveError
from forensics.model.item import Unread
from forensics.model.match import CheckProblem
from forensics.reuse.archive_entry import Sighting
from forensics.reuse.known_list import DEFAULT_BASIS, read_known_list

LIST_NAME = "list.csv"
"""Name of the list that is read when it lies in a folder of known footage."""


class Planned(Struct, frozen=True):
    """A file to take in.

    Parameters
    ----------
    location : str
        Where to open it.
    sighting : Sighting
        What is said of it; its `path` is relative to the folder it was found in.
    """

    location: str
    sighting: Sighting


class Intake(Struct, frozen=True):
    """What is to be taken in.

    Parameters
    ----------
    files : tuple of Planned
        Every file once, in the order of the names and lists they came from.
    problems : tuple of CheckProblem
        Rows of lists and things in folders that cannot be taken in, and why.
    notices : tuple of str
        What was ignored.
    """

    files: tuple[Planned, ...]
    problems: tuple[CheckProblem, ...]
    notices: tuple[str, ...]


def plan_intake(
    paths: Sequence[str | os.PathLike[str]],
    *,
    lists: Sequence[Path] = (),
    skip: Sequence[Path] = (),
    common: Sighting | None = None,
) -> Intake:
    """Decide which files go into an archive, and what is said of each.

    Parameters
    ----------
    paths : sequence of str or PathLike
        Files, and folders that are walked; a ``list.csv`` in such a folder is read.
    lists : sequence of Path, optional
        More lists like it; every file they name, relative to their own folder, is taken in too.
    skip : sequence of Path, optional
        Files that are no footage: the archive itself.
    common : Sighting, optional
        What holds for every file of which a list does not say otherwise.

    Returns
    -------
    Intake
        The files with their sightings, and what cannot be taken in.

    Raises
    ------
    ArchiveError
        When a path or list is not there, or a list cannot be read at all.
    """
    places = [Path(path) for path in paths]
    missing = [place for place in places if not place.exists()]
    if missing:
        raise ArchiveError(f"there is no {printable_path(missing[0])}", advice="Check the name.")
    own = [place / LIST_NAME for place in places if place.is_dir()]
    given = {path.resolve(): printable_path(path) for path in lists}
    names = {path.resolve(): LIST_NAME for path in own if path.is_file()} | given
    known = {name: read_known_list(path) for path, name in names.items()}
    said = {row.location: row.sighting for rows in known.values() for row in rows.rows}
    problems = [
        CheckProblem(name, f"line {bad.line}: {bad.reason}", "")
        for name, rows in known.items()
        for bad in rows.bad_rows
    ]
    for place in places:
        for found in _media(place, skip=[*skip, *names]):
            if isinstance(found, Planned):
                said.setdefault(found.location, found.sighting)
            else:
                problems.append(CheckProblem(found.path, found.reason, found.advice))
    everything = common or Sighting()
    return Intake(
        files=tuple(Planned(file, _completed(one, everything)) for file, one in said.items()),
        problems=tuple(problems),
        notices=tuple(f"{name}: {text}" for name, rows in known.items() for text in rows.notices),
    )


def _media(place: Path, *, skip: Sequence[Path]) -> Iterator[Planned | Unread]:
    if not place.is_dir():
        yield Planned(str(place.resolve()), Sighting(path=printable_path(place.name)))
        return
    for found in walk(place, skip=skip):
        if isinstance(found, Found):
            yield Planned(str(found.location.resolve()), Sighting(path=found.path))
        else:
            yield found


def _completed(sighting: Sighting, common: Sighting) -> Sighting:
    # Date and basis belong together: a date from a list keeps the list's basis.
    own = {name: value for name, value in msgspec.structs.asdict(sighting).items() if value}
    if sighting.first_seen is not None:
        own["basis"] = sighting.basis
    whole = msgspec.structs.replace(common, **own)
    if whole.first_seen is not None and whole.basis is None:
        return msgspec.structs.replace(whole, basis=DEFAULT_BASIS)
    return whole
