"""Find what a case says about one item."""

from collections import defaultdict
from typing import TypeVar

from markupsafe import Markup

from forensics.model.case import Case, Method
from forensics.model.damage import DamageReport
from forensics.model.findings import Finding, MetadataTable, Note, Notes
from forensics.model.item import Item
from forensics.model.match import COPIES, Group, Match
from forensics.model.outcome import Absent, Outcome, Problem, Result
from forensics.model.sidecars import NameReading, Sidecar
from forensics.report.text import link, markup, name

FoundT = TypeVar("FoundT", bound=Finding)


class Lookup:
    """A case by item digest.

    Parameters
    ----------
    case : Case
        What was found.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.items: dict[str, Item] = {item.sha256: item for item in case.items}
        self.methods: dict[str, Method] = {method.step: method for method in case.methods}
        self._outcomes: dict[str, list[Outcome]] = defaultdict(list)
        for outcome in case.outcomes:
            if len(outcome.subject) == 1:
                self._outcomes[outcome.subject[0]].append(outcome)
        self._matches: dict[str, list[Match]] = defaultdict(list)
        for match in case.matches:
            self._matches[match.query.sha256].append(match)
        self._decks: dict[str, list[DamageReport]] = defaultdict(list)
        for compared in case.damage:
            if compared.after.sha256 is not None:
                self._decks[compared.after.sha256].append(compared)
        self._groups: dict[str, list[Group]] = defaultdict(list)
        for group in case.groups:
            for member in (*group.members, *group.leads):
                self._groups[member.sha256].append(group)

        self._sidecars: dict[str, list[Sidecar]] = defaultdict(list)
        for sidecar in case.sidecars:
            for path in sidecar.media:
                self._sidecars[path].append(sidecar)
        self._names: dict[str, list[NameReading]] = defaultdict(list)
        for reading in case.names:
            self._names[reading.path].append(reading)

    def outcomes(self, sha256: str) -> list[Outcome]:
        """Give what every step said about one item.

        Parameters
        ----------
        sha256 : str
            The item.

        Returns
        -------
        list of Outcome
            In the order of the steps.
        """
        return self._outcomes.get(sha256, [])

    def matches(self, sha256: str) -> list[Match]:
        """Give the matches of one item with known footage.

        Parameters
        ----------
        sha256 : str
            The item.

        Returns
        -------
        list of Match
            Strongest first.
        """
        return self._matches.get(sha256, [])

    def decks(self, sha256: str) -> list[DamageReport]:
        """Give the comparisons of one item with drawn decks.

        Parameters
        ----------
        sha256 : str
            The item.

        Returns
        -------
        list of DamageReport
            In the order of the case.
        """
        return self._decks.get(sha256, [])

    def groups(self, sha256: str) -> list[Group]:
        """Give the groups an item is in, as a copy or as a lead.

        Parameters
        ----------
        sha256 : str
            The item.

        Returns
        -------
        list of Group
            In the order of the case.
        """
        return self._groups.get(sha256, [])

    def finding(self, sha256: str, kind: type[FoundT]) -> FoundT | None:
        """Give what an item's steps found, of one kind.

        Parameters
        ----------
        sha256 : str
            The item.
        kind : type
            The kind of finding.

        Returns
        -------
        Finding or None
            The first of that kind.
        """
        for outcome in self.outcomes(sha256):
            if isinstance(outcome.outcome, Result) and isinstance(outcome.outcome.finding, kind):
                return outcome.outcome.finding
        return None

    def artefact(self, sha256: str, key: str) -> str | None:
        """Give the path of a picture that a step made of an item.

        Parameters
        ----------
        sha256 : str
            The item.
        key : str
            Name of the artefact, for example ``thumb``.

        Returns
        -------
        str or None
            Relative to the output folder.
        """
        for outcome in self.outcomes(sha256):
            if isinstance(outcome.outcome, Result) and key in outcome.outcome.artefacts:
                return outcome.outcome.artefacts[key]
        return None

    def notes(self, sha256: str) -> tuple[Note, ...]:
        """Give the notes on one item.

        Parameters
        ----------
        sha256 : str
            The item.

        Returns
        -------
        tuple of Note
            In order of severity.
        """
        found = self.finding(sha256, Notes)
        return found.notes if found is not None else ()

    def told(self, sha256: str, step: str) -> Finding | Absent | Problem | None:
        """Give what one step said about an item.

        Parameters
        ----------
        sha256 : str
            The item.
        step : str
            The step.

        Returns
        -------
        Finding, Absent, Problem or None
            None when it was not run, or only made files.
        """
        for outcome in self.outcomes(sha256):
            if outcome.step == step:
                said = outcome.outcome
                return said.finding if isinstance(said, Result) else said
        return None

    def sidecars(self, item: Item) -> list[Sidecar]:
        """Give what files beside an item say about it.

        Parameters
        ----------
        item : Item
            The item.

        Returns
        -------
        list of Sidecar
            Each once, in the order of the case.
        """
        # By identity: a record about two names of one item is one record.
        found = {id(each): each for path in item.paths for each in self._sidecars[path]}
        return list(found.values())

    def names(self, item: Item) -> list[NameReading]:
        """Give what an item's names imply.

        Parameters
        ----------
        item : Item
            The item.

        Returns
        -------
        list of NameReading
            In the order of its names.
        """
        return [each for path in item.paths for each in self._names[path]]

    def metadata(self, sha256: str) -> MetadataTable | None:
        """Give the metadata of one item.

        Parameters
        ----------
        sha256 : str
            The item.

        Returns
        -------
        MetadataTable or None
            None when it carries none.
        """
        return self.finding(sha256, MetadataTable)

    def called(self, sha256: str) -> str:
        """Give the name an item goes by.

        Parameters
        ----------
        sha256 : str
            The item.

        Returns
        -------
        str
            Its first path.
        """
        item = self.items.get(sha256)
        return item.paths[0] if item is not None and item.paths else sha256

    def linked(self, sha256: str, path: str | None = None) -> Markup:
        """Link to an item by its name.

        Parameters
        ----------
        sha256 : str
            The item.
        path : str, optional
            One of its names; the first by default.

        Returns
        -------
        Markup
            The name alone when the item is not in the case.
        """
        shown = name(path or self.called(sha256))
        return link(item_anchor(sha256), shown) if sha256 in self.items else markup("{}", shown)


def item_anchor(sha256: str) -> str:
    """Give the identifier of an item's place in the page.

    Parameters
    ----------
    sha256 : str
        The item.

    Returns
    -------
    str
        It does not change from run to run.
    """
    return f"item-{sha256}"


def method_anchor(step: str) -> str:
    """Give the identifier of a method's place in the page.

    Parameters
    ----------
    step : str
        Name of the step.

    Returns
    -------
    str
        It does not change from run to run.
    """
    return f"method-{step.replace('.', '-')}"


def note_anchor(sha256: str, position: int) -> str:
    """Give the identifier of a note's place in the page.

    Parameters
    ----------
    sha256 : str
        The item.
    position : int
        Its place among the notes of that item, from 0.

    Returns
    -------
    str
        It does not change from run to run.
    """
    return f"note-{sha256[:16]}-{position + 1}"


def is_copy(match: Match) -> bool:
    """Say whether a match means that one was made from the other.

    Parameters
    ----------
    match : Match
        Of an item with known footage.

    Returns
    -------
    bool
        False for leads.
    """
    return match.relation in COPIES
