"""Items of evidence: one SHA-256, one item, wherever it was seen."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Kind = Literal["still", "animation", "video", "audio"]


class SniffedType(Struct, frozen=True):
    """What the content of a file says it is, independent of its name.

    Parameters
    ----------
    kind : {"still", "animation", "video", "audio"}
        Broad class; ``animation`` is a still format with several timed frames.
    format : str
        Short name of the format, for example ``jpeg`` or ``mp4``.
    extensions : tuple of str
        File name endings that go with this format, without the dot, lower case.
    """

    kind: Kind
    format: str
    extensions: tuple[str, ...]


class Item(Struct, frozen=True):
    """One piece of evidence, identified by the SHA-256 of its bytes.

    Parameters
    ----------
    sha256 : str
        64 lower-case hexadecimal digits.
    bytes : int
        Size of the file.
    kind : {"still", "animation", "video", "audio"}
        Broad class, from the content.
    format : str
        Format, from the content.
    paths : tuple of str
        Where these bytes were seen, relative to the scanned folder, sorted.
    extension_disagrees : tuple of str
        Those of `paths` whose ending does not go with `format`.
    status : {"ok", "degraded", "rejected"}
        Whether the picture or clip could be decoded wholly, partly or not at all.
    reason : str or None
        Why it is not ``ok``.
    """

    sha256: str
    bytes: int
    kind: Kind
    format: str
    paths: Annotated[tuple[str, ...], Meta(min_length=1)]
    extension_disagrees: tuple[str, ...]
    status: Literal["ok", "degraded", "rejected"]
    reason: str | None


class Unread(Struct, frozen=True):
    """A file in the folder that was not examined, and why.

    Parameters
    ----------
    path : str
        Path relative to the scanned folder.
    reason : str
        Why it was not examined.
    advice : str
        What the reader can do about it; empty when nothing is needed.
    expected : bool
        True for files that are no evidence by design: notes, the case file, the archive.
    """

    path: str
    reason: str
    advice: str
    expected: bool
