"""What stands beside a photo or video, and what its name looks like: said, not measured."""

from typing import Literal

from msgspec import Struct

from forensics.model.findings import FieldValue

SidecarFormat = Literal["yt-dlp", "telegram", "auto-archiver", "xmp", "google-takeout"]


class Asserted(Struct, frozen=True):
    """One statement of a sidecar.

    Parameters
    ----------
    value : str, int, float, Position or None
        What is stated. Times are RFC 3339: with ``Z`` or an offset where the format states one,
        without where it does not.
    raw : str
        The statement as it stands in the sidecar.
    key : str
        Where in the sidecar it stands, for example ``date_unixtime``.
    """

    value: FieldValue
    raw: str
    key: str


class Sidecar(Struct, frozen=True):
    """What one record of one file says about media beside it.

    Parameters
    ----------
    path : str
        The sidecar, like the paths of items. A file with many records has many entries.
    sha256 : str
        Digest of the sidecar's bytes, 64 lower-case hexadecimal digits.
    format : {"yt-dlp", "telegram", "auto-archiver", "xmp", "google-takeout"}
        What it was recognised as.
    record : str
        Which of the records in the file, for example ``message 12``; empty when it is the whole.
    media : tuple of str
        Paths of the media it describes, sorted; empty when they are not there.
    pairing : str
        By what it was paired and how sure that is, or why it was not; one sentence.
    fields : dict of str to Asserted
        What it states, by field name. Anybody can have edited it.
    limits : tuple of str
        What these statements are not.
    faults : tuple of str
        What of it could not be read, or is inconsistent.
    """

    path: str
    sha256: str
    format: SidecarFormat
    record: str
    media: tuple[str, ...]
    pairing: str
    fields: dict[str, Asserted]
    limits: tuple[str, ...]
    faults: tuple[str, ...]


class NameReading(Struct, frozen=True):
    """A convention that a file name follows; a name may follow several, and anybody can type one.

    Parameters
    ----------
    path : str
        The file, like the paths of items.
    pattern : str
        Name of the convention.
    platform : str
        The program, device or platform that names files so.
    implies : str
        What the name is consistent with.
    does_not_imply : str
        What it leaves open.
    stated_at : str or None
        The time or day in the name, ISO 8601; with ``Z`` only where the convention defines UTC,
        else its zone is unknown. None when there is none.
    source : str
        Where the convention is described or was seen.
    """

    path: str
    pattern: str
    platform: str
    implies: str
    does_not_imply: str
    stated_at: str | None
    source: str
