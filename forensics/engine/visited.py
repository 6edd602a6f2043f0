"""A file to be visited, and what is known of its bytes afterwards."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import Struct

from forensics.engine.messages import Identity
from forensics.model.findings import Finding
from forensics.model.item import SniffedType
from forensics.model.outcome import Absent, Outcome, Problem, Result


class Errand(Struct, frozen=True):
    """A file to visit.

    Parameters
    ----------
    path : str
        How people are told of it.
    location : Path
        Where to open it.
    bytes : int
        Its size when it was found.
    """

    path: str
    location: Path
    bytes: int = 0


@dataclass
class Visited:
    """What is known of one item after its visit.

    Parameters
    ----------
    sha256 : str
        Digest of its bytes.
    bytes : int
        How many they are.
    type : SniffedType
        What it is.
    outcomes : dict of str to Outcome
        What each step said, in the order of the table.
    errands : list of Errand
        Files that hold these bytes, in the order they were met.
    was_decoded : bool
        Whether it was decoded in this run; else everything was known before.
    """

    sha256: str
    bytes: int
    type: SniffedType
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    errands: list[Errand] = field(default_factory=list)
    was_decoded: bool = False

    def told(self, step: str) -> Finding | Absent | Problem | None:
        """Give what a step said.

        Parameters
        ----------
        step : str
            The step.

        Returns
        -------
        Finding, Absent, Problem or None
            None when it only made artefacts, or was not run.
        """
        said = self.outcomes.get(step)
        if said is None:
            return None
        return said.outcome.finding if isinstance(said.outcome, Result) else said.outcome


def describe_visit(
    errand: Errand, identity: Identity | None, ran: Sequence[str], started: float
) -> dict[str, object]:
    """Give the line of a visit in the run's record.

    Parameters
    ----------
    errand : Errand
        The file.
    identity : Identity or None
        Which bytes it holds.
    ran : sequence of str
        Steps that ran; none when all was known.
    started : float
        When it began, on the monotonic clock.

    Returns
    -------
    dict of str to object
        What JSON can hold.
    """
    return {
        "path": errand.path,
        "sha256": identity.sha256 if identity is not None else None,
        "ran": list(ran),
        "seconds": round(time.monotonic() - started, 3),
    }
