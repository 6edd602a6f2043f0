"""The names of the media that are there: all that names in sidecars are compared with."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from unicodedata import normalize

from msgspec import Struct

from forensics.ingest.folder import printable_path
from forensics.metadata.sidecar_formats.asserting import encodable
from forensics.model.sidecars import Asserted

T = TypeVar("T")


class MediaName(Struct, frozen=True):
    """A photo or video that is there.

    Parameters
    ----------
    path : str
        Relative to the scanned folder, with ``/``, as `ingest.folder.printable_path` gives it.
    sha256 : str
        Digest of its bytes; empty when it is not known.
    """

    path: str
    sha256: str


class Draft(Struct, frozen=True):
    """One record of a sidecar, before it is known in which file it stands.

    Parameters
    ----------
    record : str
        Which record.
    media : tuple of str
        Paths of the media it describes.
    pairing : str
        How they were found.
    fields : dict of str to Asserted
        What it states.
    limits, faults : tuple of str
        What the statements are not; what is wrong with them.
    """

    record: str
    media: tuple[str, ...]
    pairing: str
    fields: dict[str, Asserted]
    limits: tuple[str, ...]
    faults: tuple[str, ...]


class MediaIndex:
    """The media that are there, by path, folder, name and digest.

    Parameters
    ----------
    media : iterable of MediaName
        All of them.
    """

    def __init__(self, media: Iterable[MediaName]) -> None:
        self.paths: frozenset[str]
        self.by_sha256: dict[str, list[str]] = {}
        self.by_name: dict[str, list[str]] = {}
        self.by_folder: dict[str, list[str]] = {}
        self._made: dict[str, Any] = {}  # Any: each format makes its own
        every = sorted(media, key=lambda each: each.path)
        self.paths = frozenset(each.path for each in every)
        # Macs write letters like й as two characters; an export and its files may differ in that.
        self._by_form = {normalize("NFC", each.path): each.path for each in every}
        for each in every:
            folder, name = split(each.path)
            if each.sha256:
                self.by_sha256.setdefault(each.sha256, []).append(each.path)
            self.by_name.setdefault(name, []).append(each.path)
            self.by_folder.setdefault(folder, []).append(name)

    def below(self, folder: str, relative: str) -> str | None:
        """Give the medium that a path inside a sidecar names.

        Parameters
        ----------
        folder : str
            Where that path starts.
        relative : str
            As it stands in the sidecar. It is compared with names, and never opened.

        Returns
        -------
        str or None
            None when it is not there, or the path is absolute or leads upwards.
        """
        name = printable_path(encodable(relative))
        if not name or any(part in ("", ".", "..") for part in name.split("/")):
            return None
        return self.find(join(folder, name))

    def find(self, path: str) -> str | None:
        """Give the medium of a path, whichever way its letters are composed.

        Parameters
        ----------
        path : str
            The path.

        Returns
        -------
        str or None
            As the medium has it; None when it is not there.
        """
        return path if path in self.paths else self._by_form.get(normalize("NFC", path))

    def once(self, what: str, make: Callable[[], T]) -> T:
        """Give what a format makes of the names, made once.

        Parameters
        ----------
        what : str
            What it is.
        make : callable
            Makes it.

        Returns
        -------
        object
            What it made.
        """
        if what not in self._made:
            self._made[what] = make()
        made: T = self._made[what]
        return made


def split(path: str) -> tuple[str, str]:
    """Split a path into folder and name.

    Parameters
    ----------
    path : str
        With ``/``.

    Returns
    -------
    folder, name : str
        The folder is empty for the scanned folder itself.
    """
    folder, _, name = path.rpartition("/")
    return folder, name


def join(folder: str, name: str) -> str:
    """Join a folder and a name below it.

    Parameters
    ----------
    folder, name : str
        As `split` gives them.

    Returns
    -------
    str
        With ``/``.
    """
    return f"{folder}/{name}" if folder else name


def last_part(text: str) -> str:
    r"""Give the file name at the end of a path of any system.

    Parameters
    ----------
    text : str
        ``C:\films\a.mp4`` or ``/films/a.mp4``.

    Returns
    -------
    str
        ``a.mp4``, printable like the paths of media.
    """
    name = text.replace("\\", "/").rpartition("/")[2]
    return printable_path(encodable(name))
