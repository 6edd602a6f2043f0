"""Walk a folder of evidence in a fixed order, without following it anywhere else."""

import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

from msgspec import Struct

from forensics.model.item import Unread


class Found(Struct, frozen=True):
    """A regular file in the folder.

    Parameters
    ----------
    path : str
        Path relative to the folder, with ``/``, safe to print and to encode as UTF-8.
    location : Path
        Where to open it.
    bytes : int
        Its size.
    """

    path: str
    location: Path
    bytes: int


def walk(folder: Path, *, skip: Collection[Path] = ()) -> Iterator[Found | Unread]:
    """Yield every regular file below a folder, and say of everything else why not.

    Links are not followed: they may lead out of the evidence or in a circle. Hidden files are
    walked like others.

    Parameters
    ----------
    folder : Path
        The folder.
    skip : collection of Path
        Folders and files to leave out: the output folder, the archive.

    Yields
    ------
    Found or Unread
        In the order of the paths' bytes, the same on every machine.
    """
    skipped = {path.resolve() for path in skip}
    yield from _walk(folder, folder, skipped)


def printable_path(path: str | os.PathLike[str]) -> str:
    r"""Give a path as text that can always be encoded and read back.

    Bytes that are not UTF-8 become ``\xNN``; so does a backslash itself, so that two different
    paths never look the same.

    Parameters
    ----------
    path : str or PathLike
        As the operating system gives it, with surrogate escapes.

    Returns
    -------
    str
        UTF-8 text.

    Examples
    --------
    >>> print(printable_path("a\\b\udcff.jpg"))
    a\x5cb\xff.jpg
    """
    text = os.fspath(path)
    if os.sep != "/":
        text = text.replace(os.sep, "/")
    text = text.replace("\\", "\\x5c")
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _walk(folder: Path, root: Path, skipped: set[Path]) -> Iterator[Found | Unread]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        yield Unread(_relative(folder, root), f"cannot list: {error.strerror}", _PERMISSION, False)
        return
    for entry in entries:
        path = Path(entry.path)
        if path.resolve() in skipped and not entry.is_symlink():
            continue
        yield from _visit(entry, path, root, skipped)


_PERMISSION = "Check the permissions, or copy the files to a disk you own."


def _visit(
    entry: os.DirEntry[str], path: Path, root: Path, skipped: set[Path]
) -> Iterator[Found | Unread]:
    name = _relative(path, root)
    try:
        facts = entry.stat(follow_symlinks=False)
    except OSError as error:
        yield Unread(name, f"cannot look at: {error.strerror}", _PERMISSION, False)
        return
    if stat.S_ISDIR(facts.st_mode):
        yield from _walk(path, root, skipped)
    elif stat.S_ISREG(facts.st_mode):
        yield Found(name, path, facts.st_size)
    elif stat.S_ISLNK(facts.st_mode):
        yield Unread(name, "a symbolic link", "Copy the file it points to into the folder.", False)
    else:
        yield Unread(name, "not a regular file (device, pipe or socket)", "", False)


def _relative(path: Path, root: Path) -> str:
    return printable_path(path.relative_to(root))
