"""Walk a folder of evidence in a fixed order, without following it anywhere else."""

import os
import re
import stat
from collections.abc import Callable, Collection, Iterator
from itertools import cycle
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
    real = folder.resolve()
    # A stack instead of recursion: folders may be nested deeper than Python recurses.
    open_folders: list[Iterator[os.DirEntry[str]]] = []
    to_enter: Path | None = folder
    while to_enter is not None or open_folders:
        if to_enter is not None:
            entered = _enter(to_enter, folder)
            to_enter = None
            if isinstance(entered, Unread):
                yield entered
            else:
                open_folders.append(entered)
            continue
        entry = next(open_folders[-1], None)
        if entry is None:
            open_folders.pop()
            continue
        path = Path(entry.path)
        # Links are never followed, so the real path is the real folder's plus the rest.
        if real / path.relative_to(folder) in skipped and not entry.is_symlink():
            continue
        seen = _look_at(entry, path, folder)
        if seen is None:
            to_enter = path
        else:
            yield seen


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


def original_path(text: str) -> str:
    r"""Give back the path that `printable_path` made printable.

    Parameters
    ----------
    text : str
        What `printable_path` gave.

    Returns
    -------
    str
        As the operating system wants it, with surrogate escapes.

    Raises
    ------
    ValueError
        When `printable_path` gives no such text.

    Examples
    --------
    >>> original_path(r"a\x5cb\xff.jpg").encode("utf-8", "surrogateescape")
    b'a\\b\xff.jpg'
    """
    parts = _ESCAPE.split(text)
    if any("\\" in plain for plain in parts[::2]):
        raise ValueError(f"a backslash that escapes nothing: {text!r}")
    raw = b"".join(
        bytes.fromhex(part) if is_escape else part.encode("utf-8")
        for part, is_escape in zip(parts, cycle((False, True)), strict=False)
    )
    path = raw.decode("utf-8", "surrogateescape")
    if printable_path(path) != text:
        raise ValueError(f"an escape of what needs none: {text!r}")
    return path


_ESCAPE = re.compile(r"\\x([0-9a-f]{2})")


_PERMISSION = "Check the permissions, or copy the files to a disk you own."


def _enter(folder: Path, root: Path) -> Iterator[os.DirEntry[str]] | Unread:
    try:
        with os.scandir(folder) as entries:
            return iter(sorted(entries, key=lambda entry: os.fsencode(entry.name)))
    except OSError as error:
        return Unread(_relative(folder, root), f"cannot list: {error.strerror}", _PERMISSION, False)


def _look_at(entry: os.DirEntry[str], path: Path, root: Path) -> Found | Unread | None:
    """Say what an entry is; None for a folder."""
    name = _relative(path, root)
    try:
        facts = entry.stat(follow_symlinks=False)
    except OSError as error:
        return Unread(name, f"cannot look at: {error.strerror}", _PERMISSION, False)
    if stat.S_ISDIR(facts.st_mode):
        return None
    if stat.S_ISREG(facts.st_mode):
        return Found(name, path, facts.st_size)
    if stat.S_ISLNK(facts.st_mode):
        return Unread(name, "a symbolic link", "Copy the file it points to into the folder.", False)
    kind = next(name for is_kind, name in _SPECIAL if is_kind(facts.st_mode))
    return Unread(name, f"not a regular file ({kind})", "", False)


_SPECIAL: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISCHR, "a device"),
    (lambda _: True, "of an unknown kind"),
)


def _relative(path: Path, root: Path) -> str:
    return printable_path(path.relative_to(root))
