"""Keep the ordered features of a large archive in files beside it, mapped into memory.

The archive alone is the truth. The files are made from it, can be deleted at any time, and are left
aside when they do not hold what their list says.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from forensics.reuse.archive import Archive
from forensics.reuse.archive_reader import ArchiveReader
from forensics.reuse.archive_rows import damaged
from forensics.reuse.feature_index import FeatureIndex, Segment, build_segment
from forensics.vision.codes import RECIPE, CodedFeatures, from_bytes
from forensics.whole_files import write_whole

SUFFIX = ".index"
"""Of the folder beside the archive."""

MIN_PICTURES = 2_000
"""Fewer are put in order within a third of a second, and need no files."""

MAX_SEGMENTS = 8
"""More are made one; every query looks into each."""

_LIST = "list.json"
_ARRAYS = ("starts", "codes", "owners", "places")

Owner = tuple[str, int]


class _Kept(Struct, frozen=True):
    """One segment: its folder, its pictures with the digests of their entries, and its files."""

    name: str
    pictures: tuple[tuple[str, int, str], ...]
    files: dict[str, str]


class _List(Struct, frozen=True):
    recipe: str
    segments: tuple[_Kept, ...]


def open_features(archive: ArchiveReader) -> tuple[FeatureIndex, tuple[Owner, ...]]:
    """Give the ordered features of an archive: from its files, and what they lack from itself.

    Parameters
    ----------
    archive : ArchiveReader
        Known footage, open for reading. Nothing is written.

    Returns
    -------
    (index, owners)
        The features, and whose picture each number is: entry and position, in ascending order.

    Raises
    ------
    ArchiveError
        When the archive is damaged.
    """
    wanted = archive.described(RECIPE)
    owners = tuple(sorted(wanted))
    number = {owner: place for place, owner in enumerate(owners)}
    segments: list[Segment] = []
    numbers: list[NDArray[np.int64]] = []
    found: set[int] = set()
    for kept in _read_list(archive.path):
        mine = np.array(
            [
                number[entry_id, position] if wanted.get((entry_id, position)) == digest else -1
                for entry_id, position, digest in kept.pictures
            ],
            dtype=np.int64,
        )
        segment = _mapped(features_folder(archive.path), kept)
        if segment is None or not (mine >= 0).any():
            continue
        segments.append(segment)
        numbers.append(mine)
        found.update(int(each) for each in mine if each >= 0)
    missing = [owner for owner in owners if number[owner] not in found]
    if missing or not segments:
        segments.append(build_segment(_features(archive, missing))[0])
        numbers.append(np.array([number[owner] for owner in missing], dtype=np.int64))
    return FeatureIndex(tuple(segments), tuple(numbers), len(owners)), owners


def refresh_features(archive: Archive) -> None:
    """Bring the files beside an archive up to date: add what is new, purge what was removed.

    Small archives get none. When the files cannot be written, they are left as they are: every
    search then puts in order what they lack.

    Parameters
    ----------
    archive : Archive
        Known footage, open for writing, outside a transaction.
    """
    folder = features_folder(archive.path)
    wanted = archive.described(RECIPE)
    if len(wanted) < MIN_PICTURES:
        shutil.rmtree(folder, ignore_errors=True)
        return
    whole = [kept for kept in _read_list(archive.path) if _is_whole(folder, kept, wanted)]
    covered = {(one, position) for kept in whole for one, position, _ in kept.pictures}
    missing = sorted(owner for owner in wanted if owner not in covered)
    if len(whole) + bool(missing) > MAX_SEGMENTS:
        whole, missing = [], sorted(wanted)
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
        if missing:
            whole.append(_written(archive, folder, missing, wanted))
        write_whole(folder / _LIST, msgspec.json.encode(_List(RECIPE, tuple(whole))))
        for left in folder.iterdir():
            if left.name not in {_LIST, *(kept.name for kept in whole)}:
                shutil.rmtree(left, ignore_errors=True)


def read_features(packed: bytes, entry_id: str) -> CodedFeatures:
    """Unpack features that an archive keeps.

    Parameters
    ----------
    packed : bytes
        Of one picture.
    entry_id : str
        Whose they are, for the message.

    Returns
    -------
    CodedFeatures
        The features.

    Raises
    ------
    ArchiveError
        When they are not what this program writes.
    """
    try:
        return from_bytes(packed)
    except ValueError as error:
        raise damaged(f"the features of {entry_id}: {error}") from error


def features_folder(path: Path) -> Path:
    """Name the folder beside an archive. It is no evidence, and holds nothing to be taken in.

    Parameters
    ----------
    path : Path
        The archive.

    Returns
    -------
    Path
        Whether it is there or not.
    """
    # Not `with_name`: a case file may name the folder it lies in, which has no name.
    return path.parent / f"{path.name}{SUFFIX}"


def _read_list(path: Path) -> tuple[_Kept, ...]:
    try:
        listed = msgspec.json.decode((features_folder(path) / _LIST).read_bytes(), type=_List)
    except (OSError, msgspec.DecodeError):
        return ()
    return listed.segments if listed.recipe == RECIPE else ()


def _is_whole(folder: Path, kept: _Kept, wanted: Mapping[Owner, str]) -> bool:
    """Say whether a segment holds what it should and nothing that was removed or changed."""
    are_there = all(wanted.get((one, at)) == digest for one, at, digest in kept.pictures)
    return are_there and _mapped(folder, kept) is not None


def _mapped(folder: Path, kept: _Kept) -> Segment | None:
    """Map the files of a segment; None when they are not those that were written."""
    arrays: dict[str, NDArray[np.generic]] = {}
    # A name that leads elsewhere is none of ours.
    if kept.name != os.path.basename(kept.name) or set(kept.files) != set(_ARRAYS):  # noqa: PTH119
        return None
    for name in _ARRAYS:
        file = folder / kept.name / f"{name}.npy"
        try:
            if _digest(file) != kept.files[name]:
                return None
            arrays[name] = np.load(file, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError):
            return None
    return Segment(**arrays)  # type: ignore[arg-type]  # written by this program: see the digests


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _written(
    archive: ArchiveReader, folder: Path, owners: Sequence[Owner], wanted: Mapping[Owner, str]
) -> _Kept:
    segment, _ = build_segment(_features(archive, owners))
    pictures = tuple((entry_id, at, wanted[entry_id, at]) for entry_id, at in owners)
    name = hashlib.sha256(msgspec.json.encode(pictures)).hexdigest()[:16]
    draft = folder / f"{name}.part"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    files = {}
    for array in _ARRAYS:
        file = draft / f"{array}.npy"
        np.save(file, getattr(segment, array), allow_pickle=False)
        files[array] = _digest(file)
    shutil.rmtree(folder / name, ignore_errors=True)
    draft.rename(folder / name)
    return _Kept(name, pictures, files)


def _features(archive: ArchiveReader, owners: Sequence[Owner]) -> Iterator[CodedFeatures]:
    """Read features in order of entries and positions."""
    chosen = set(owners)
    for entry_id, kept in archive.all_features(sorted({entry_id for entry_id, _ in owners})):
        for position, packed in enumerate(kept.pictures):
            if (entry_id, position) in chosen:
                yield read_features(packed, entry_id)
