"""What a method says about a query, and what was asked: the lines of the kept results."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec
from accuracy.copies.edits import Truth
from accuracy.copies.shot import Polygon
from accuracy.copies.sources import Source

COPY_RELATIONS = frozenset(
    {"identical", "reencoded", "edited_copy", "contains", "contained_in", "same_footage"}
)


class Answer(msgspec.Struct, frozen=True):
    """One archive picture named for a query, with what is said of it; higher scores are surer.

    Methods that say no relation are judged by score alone.
    """

    reference: str
    score: float
    relation: str | None = None
    mirrored: bool | None = None
    rotation_deg: float | None = None
    matrix: tuple[tuple[float, ...], ...] | None = None
    query_region: Polygon | None = None
    reference_region: Polygon | None = None
    regions: tuple[Polygon, ...] = ()

    @property
    def is_copy(self) -> bool:
        """Whether it is called a copy."""
        return self.relation in COPY_RELATIONS


class Asked(msgspec.Struct, frozen=True):
    """A query and its answers; `truth` is there for copies of what is in the archive."""

    name: str
    edit: str
    original: str
    series: str
    is_copy: bool
    answers: tuple[Answer, ...]
    cpu_ms: float
    truth: Truth | None = None


class Method(Protocol):
    """A way to find copies."""

    name: str

    def prepare(self, archive: Sequence[tuple[Source, Path]], work: Path) -> None:
        """Take the archive in; what takes long may be kept under `work`."""

    def search(self, query: Path) -> list[Answer]:
        """Name what a file is a copy of."""
