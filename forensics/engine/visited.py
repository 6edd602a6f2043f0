"""A file to be visited, and what is known of its bytes afterwards."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from forensics.engine.messages import Finished, Identity, Refused, Todo, Told, Visit
from forensics.model.damage import DeckQuestion
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
    beside : Path or None
        The second file of a pair.
    question : DeckQuestion or None
        What the pair is asked.
    """

    path: str
    location: Path
    bytes: int = 0
    beside: Path | None = None
    question: DeckQuestion | None = None

    @property
    def order(self) -> Visit:
        """What a worker is told to do."""
        beside = b"" if self.beside is None else os.fsencode(self.beside)
        return Visit(os.fsencode(self.location), beside, self.question)


class Account(Protocol):
    """Who keeps account of visits, to files or to pairs of them."""

    def ask(self, errand: Errand, identity: Identity) -> Todo:
        """Say what is still to be found out about an identified file or pair.

        Parameters
        ----------
        errand : Errand
            The file or pair.
        identity : Identity
            Which bytes it holds.

        Returns
        -------
        Todo
            The steps to run.
        """

    def tell(self, identity: Identity, told: Told) -> None:
        """Take in and keep what a step said.

        Parameters
        ----------
        identity : Identity
            The item or pair.
        told : Told
            What was said.
        """

    def finish(self, errand: Errand, identity: Identity | None, end: Finished | Refused) -> None:
        """Take in how a visit ended.

        Parameters
        ----------
        errand : Errand
            The file or pair.
        identity : Identity or None
            Which bytes it holds; None when that was not found out.
        end : Finished or Refused
            How it ended.
        """

    def give_up(
        self, errand: Errand, identity: Identity | None, step: str, problem: Problem
    ) -> bool:
        """Take in that a visit had to be stopped twice.

        Parameters
        ----------
        errand : Errand
            The file or pair.
        identity : Identity or None
            Which bytes it holds; None when that was not found out.
        step : str
            What was running.
        problem : Problem
            Why it was stopped.

        Returns
        -------
        bool
            Whether other steps are left to run.
        """

    def commit(self) -> None:
        """Make what was said so far survive the end of this process, however it ends."""


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
