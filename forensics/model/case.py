"""A whole case, as ``report.json`` holds it."""

from typing import Literal

from msgspec import Struct

from forensics.model.casefile import CaseFile
from forensics.model.damage import DamageReport, DeckTimeline, NotCompared
from forensics.model.item import Item, Unread
from forensics.model.match import ArchiveSummary, Dismissed, Group, Match, Unmatched
from forensics.model.outcome import Outcome
from forensics.model.sidecars import NameReading, Sidecar

SCHEMA = "strike-forensics/report/1"


class Tool(Struct, frozen=True):
    """What made the report.

    Parameters
    ----------
    name, version : str
        This package.
    libraries : dict of str to str
        Versions of the libraries whose results it rests on.
    """

    name: str
    version: str
    libraries: dict[str, str]


class CaseProblem(Struct, frozen=True):
    """Something that was not examined or went wrong, for the reader to weigh.

    Parameters
    ----------
    step : str
        Step that met it.
    paths : tuple of str
        Files it concerns.
    error, advice : str
        What happened and what to do.
    """

    step: str
    paths: tuple[str, ...]
    error: str
    advice: str


class Method(Struct, frozen=True):
    """A step that was run, for the methods section.

    Parameters
    ----------
    step : str
        Name of the step.
    version : int
        Its version.
    scope : {"file", "item", "review", "pair", "case"}
        Whether it opens files, looks at single items, at all that was said of each, at pairs of
        items, or at all of them.
    summary : str
        What it does, in one sentence.
    limits : tuple of str
        What it cannot show.
    calibration : dict of str to str
        Thresholds it used with their error rates, in words.
    ran, absent, failed : int
        How many subjects had a result, nothing to say, a problem.
    """

    step: str
    version: int
    scope: Literal["file", "item", "review", "pair", "case"]
    summary: str
    limits: tuple[str, ...]
    calibration: dict[str, str]
    ran: int
    absent: int
    failed: int


class Case(Struct, frozen=True):
    """Everything one run found, and everything it could not examine.

    Parameters
    ----------
    schema : str
        Name and version of this format.
    tool : Tool
        What made the report.
    case : CaseFile
        What a person says about the case.
    items : tuple of Item
        The evidence, in order of their first path.
    outcomes : tuple of Outcome
        What every step said about every item.
    unread : tuple of Unread
        Files that were not examined.
    archive : ArchiveSummary or None
        Known footage compared with; None when there was none.
    matches : tuple of Match
        Items that match known footage.
    unmatched : tuple of Unmatched
        Items compared with known footage that match none of it.
    groups : tuple of Group
        Items that are copies of each other.
    damage : tuple of DamageReport
        What happened to decks that a person outlined: a comparison each.
    events, claims : tuple
        Empty: no step of this version looks for them.
    problems : tuple of CaseProblem
        What went wrong.
    methods : tuple of Method
        The steps that ran.
    not_tested : tuple of str
        Questions a reader may ask that nothing in this run answers.
    sidecars : tuple of Sidecar
        What files beside the evidence assert about it, in order of path.
    names : tuple of NameReading
        Naming conventions that the paths of items follow, in order of path.
    dismissed : tuple of Dismissed
        Items and known footage that look alike, and that a person decided are no duplicates.
    deck_timelines : tuple of DeckTimeline
        What became of each outlined deck.
    not_compared : tuple of NotCompared
        Stills that were not compared with an outlined deck, and why.
    """

    schema: str
    tool: Tool
    case: CaseFile
    items: tuple[Item, ...]
    outcomes: tuple[Outcome, ...]
    unread: tuple[Unread, ...]
    archive: ArchiveSummary | None
    matches: tuple[Match, ...]
    unmatched: tuple[Unmatched, ...]
    groups: tuple[Group, ...]
    damage: tuple[DamageReport, ...]
    events: tuple[str, ...]
    claims: tuple[str, ...]
    problems: tuple[CaseProblem, ...]
    methods: tuple[Method, ...]
    not_tested: tuple[str, ...]
    # Reports of versions that did not look for them are read, too.
    sidecars: tuple[Sidecar, ...] = ()
    names: tuple[NameReading, ...] = ()
    dismissed: tuple[Dismissed, ...] = ()
    deck_timelines: tuple[DeckTimeline, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()
