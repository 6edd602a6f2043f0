"""What a rule of the notes is, what it looks at, and what it has seen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module

from msgspec import Struct

from forensics.model.casefile import Place
from forensics.model.encoder import EncoderIdentity
from forensics.model.findings import Field, Severity, StillFacts, VideoFacts
from forensics.model.item import Item
from forensics.model.provenance import Provenance
from forensics.model.sidecars import NameReading, Sidecar
from forensics.model.thumbnail import EmbeddedThumbnail


@dataclass(frozen=True)
class Subject:
    """Everything that was said of one item, and what stands beside it.

    Parameters
    ----------
    item : Item
        The item.
    facts : StillFacts, VideoFacts or None
        Size and timing; None when nothing could be decoded.
    fields : dict of str to Field
        Its metadata; empty when it carries none.
    encoder : EncoderIdentity or None
        How it was last saved; None when that cannot be told.
    provenance : Provenance or None
        What it declares about its making; None when nothing.
    thumbnail : EmbeddedThumbnail or None
        The thumbnail in its EXIF; None when there is none.
    sidecars : tuple of Sidecar
        Files beside it that describe it.
    names : tuple of NameReading
        What its file names imply.
    as_of : str or None
        RFC 3339 time of the investigation; None when the case does not say.
    place : Place
        The place the media are said to show.
    """

    item: Item
    facts: StillFacts | VideoFacts | None = None
    fields: dict[str, Field] = field(default_factory=dict)
    encoder: EncoderIdentity | None = None
    provenance: Provenance | None = None
    thumbnail: EmbeddedThumbnail | None = None
    sidecars: tuple[Sidecar, ...] = ()
    names: tuple[NameReading, ...] = ()
    as_of: str | None = None
    place: Place = field(default_factory=Place)


class Seen(Struct, frozen=True):
    """What a rule has seen, once.

    Parameters
    ----------
    values : dict of str to str
        What fills the blanks of the rule's text.
    evidence : tuple of str
        What it rests on: names of metadata fields, or of other findings.
    severity : {"info", "notice", "conflict"} or None
        When it matters less than the rule's own severity says.
    """

    values: dict[str, str]
    evidence: tuple[str, ...]
    severity: Severity | None = None


class Rule(Struct, frozen=True):
    """A rule of the notes, as data.

    Parameters
    ----------
    id : str
        Its name; also the anchor of its row in the documentation.
    severity : {"info", "notice", "conflict"}
        How much it matters at most.
    text : str
        What was seen, with ``{blanks}`` for the values.
    innocent_explanation : str
        How this comes about without anybody meaning harm.
    looks : str
        ``module:function``, loaded when it runs. It is given a `Subject` and yields a `Seen` each
        time the rule applies.
    docs : str
        Where more is said about it.
    """

    id: str
    severity: Severity
    text: str
    innocent_explanation: str
    looks: str
    docs: str = "docs/methods/metadata.md#rules"

    def load(self) -> "Look":
        """Import the function this rule names.

        Returns
        -------
        callable
            The function.
        """
        module, _, function = self.looks.partition(":")
        loaded: Look = getattr(import_module(module), function)
        return loaded


Look = Callable[[Subject], Iterable[Seen]]
