"""What a visit to a file and the run that ordered it say to each other."""

from msgspec import Struct

from forensics.engine.step import Step
from forensics.model.damage import DeckQuestion
from forensics.model.item import SniffedType
from forensics.model.outcome import ArtefactBytes, Outcome, Problem


class Visit(Struct, frozen=True, tag_field="message", tag="visit"):
    """Order to visit a file.

    Parameters
    ----------
    location : bytes
        Where to open it, as the operating system writes it.
    beside : bytes
        Where to open the second file of a pair; empty for one file.
    question : DeckQuestion or None
        What the pair is asked.
    """

    location: bytes
    beside: bytes = b""
    question: DeckQuestion | None = None


class Identity(Struct, frozen=True, tag_field="message", tag="identity"):
    """Which bytes a file holds: said before anything is decoded.

    Parameters
    ----------
    sha256 : str
        Their digest.
    bytes : int
        How many they are.
    type : SniffedType
        What they begin like.
    beside : str
        Digest of the second file of a pair; empty for one file.
    question : DeckQuestion or None
        What the pair is asked.
    """

    sha256: str
    bytes: int
    type: SniffedType
    beside: str = ""
    question: DeckQuestion | None = None


class Todo(Struct, frozen=True, tag_field="message", tag="todo"):
    """What is still to be found out about an identified file.

    Parameters
    ----------
    steps : tuple of Step
        Rows to run, in order; none when everything is known.
    known : dict of str to Outcome
        What is known of the rows above that these take.
    type : SniffedType or None
        What the file is known to be; None before it was ever decoded.
    stopped : Problem or None
        Why its decoder had to be stopped; it is then not asked again.
    """

    steps: tuple[Step, ...]
    known: dict[str, Outcome] = {}
    type: SniffedType | None = None
    stopped: Problem | None = None


class Told(Struct, frozen=True, tag_field="message", tag="told"):
    """What one step said.

    Parameters
    ----------
    outcome : Outcome
        Its outcome, with no artefacts yet.
    artefacts : dict of str to ArtefactBytes
        Files it made, by name.
    """

    outcome: Outcome
    artefacts: dict[str, ArtefactBytes]


class Doing(Struct, frozen=True, tag_field="message", tag="doing"):
    """A sign of life.

    Parameters
    ----------
    step : str
        The step that is running.
    played_s : float
        Seconds of play that it has read; 0 for stills.
    patience_s : float
        Processor time in which no other sign of life is due, where that is more than usual.
    """

    step: str
    played_s: float
    patience_s: float = 0.0


class Finished(Struct, frozen=True, tag_field="message", tag="finished"):
    """The visit is over.

    Parameters
    ----------
    type : SniffedType or None
        What the file turned out to be; None when it was not decoded.
    """

    type: SniffedType | None


class Refused(Struct, frozen=True, tag_field="message", tag="refused"):
    """The file cannot be examined at all.

    Parameters
    ----------
    error, advice : str
        Why, and what to do.
    by_system : bool
        Whether the operating system refused it, rather than its content.
    """

    error: str
    advice: str
    by_system: bool


class Ready(Struct, frozen=True, tag_field="message", tag="ready"):
    """A worker has started."""


FromWorker = Ready | Identity | Told | Doing | Finished | Refused
ToWorker = Visit | Todo
