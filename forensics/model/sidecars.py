"""What files beside the media, and their names, assert."""

from msgspec import Struct

from forensics.model.findings import FieldValue


class Asserted(Struct, frozen=True):
    """One statement."""

    value: FieldValue
    raw: str
    key: str


class Sidecar(Struct, frozen=True):
    """A file that describes media."""

    path: str
    format: str
    media: tuple[str, ...]
    pairing: str
    fields: dict[str, Asserted]
    limits: tuple[str, ...]
    faults: tuple[str, ...]


class NameReading(Struct, frozen=True):
    """What a file name implies."""

    path: str
    pattern: str
    platform: str
    implies: str
    does_not_imply: str
    stated_at: str | None
    source: str
