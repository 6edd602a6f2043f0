"""Compare the stills of a case with the decks that a person drew: pairs, dates, order."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from forensics.damage.dating import date_picture
from forensics.damage.pairs import DeckImage, Proposal, names_in, propose_pairs
from forensics.damage.report import timeline_of, told_pair
from forensics.engine.assemble import Decks
from forensics.engine.itemise import item_of
from forensics.engine.meetings import Meetings, Pair
from forensics.engine.session import Session
from forensics.engine.step import Step
from forensics.engine.visited import Errand, Visited
from forensics.ingest.regular import digest_of
from forensics.model.case import CaseProblem
from forensics.model.casefile import CaseFile
from forensics.model.damage import DamageReport, Dated, DeckComparison, NotCompared, View
from forensics.model.findings import MetadataTable, Notes
from forensics.model.item import Item
from forensics.model.match import Group, Match
from forensics.model.outcome import Absent, Outcome, Problem, Result
from forensics.planning import Plan
from forensics.review import Beside


@dataclass(frozen=True)
class Evidence:
    """What is known of a case before decks are compared.

    Parameters
    ----------
    todo : Plan
        The case file, and where it lies.
    visited : sequence of Visited
        The items, after their review.
    beside : Beside
        Sidecars and names.
    groups : sequence of Group
        Copies in the case.
    matches : sequence of Match
        Items that match known footage.
    """

    todo: Plan
    visited: Sequence[Visited]
    beside: Beside
    groups: Sequence[Group]
    matches: Sequence[Match]


@dataclass(frozen=True)
class Compared:
    """What comparing a case's stills with its decks gave.

    Parameters
    ----------
    decks : Decks
        What was found.
    outcomes : tuple of Outcome
        What the step said of each pair; what it found stands in `decks`.
    problems : tuple of CaseProblem
        Decks that could not be compared with.
    """

    decks: Decks
    outcomes: tuple[Outcome, ...] = ()
    problems: tuple[CaseProblem, ...] = ()


def compare_decks(step: Step, evidence: Evidence, session: Session) -> Compared:
    """Compare the stills of a case with every deck that a person drew.

    Parameters
    ----------
    step : Step
        The row.
    evidence : Evidence
        What is known of the case.
    session : Session
        Visits the pairs in workers; knows those of earlier runs.

    Returns
    -------
    Compared
        Comparisons in the order of decks, then of paths.
    """
    found = _Found(evidence)
    proposals = [
        propose_pairs(
            image,
            found.items,
            named=found.named,
            groups=evidence.groups,
            matches=evidence.matches,
        )
        for image in found.images
    ]
    pairs = {
        (place, item.sha256): found.pair(proposal.image, item)
        for place, proposal in enumerate(proposals)
        for item in proposal.compared
    }
    meetings = Meetings(step, list(pairs.values()), store=session.store, keeper=session.output)
    session.meet(meetings)
    said = {pair.errand: outcome for pair, outcome in meetings.outcomes()}
    decks = Decks()
    for place, proposal in enumerate(proposals):
        own = {
            item: said[pairs[place, item.sha256].errand]
            for item in proposal.compared
            if pairs[place, item.sha256].errand in said
        }
        decks = _with_deck(decks, proposal, own, found)
    outcomes = [_without_finding(each) for each in said.values()]
    return Compared(decks, tuple(outcomes), tuple(found.problems))


class _Found:
    """Items and reference images, by their names in the case file."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._case = evidence.todo.case
        self._visited = {each.sha256: each for each in evidence.visited}
        self.items = [item_of(each) for each in evidence.visited]
        self.problems: list[CaseProblem] = []
        self._locations = {each.sha256: each.errands[0].location for each in evidence.visited}
        by_place = {
            errand.location.resolve(): each.sha256
            for each in evidence.visited
            for errand in each.errands
        }
        folder = evidence.todo.case_folder
        self.named = {
            name: by_place[place]
            for name in _names(self._case)
            if (place := (folder / name).resolve()) in by_place
        }
        self.images = tuple(self._images(folder))

    def _images(self, folder: Path) -> list[DeckImage]:
        items = {each.sha256: each for each in self.items}
        images: list[DeckImage] = []
        for deck in self._case.deck:
            digest = self.named.get(deck.image)
            if digest is not None:
                images.append(DeckImage(deck, items[digest].paths[0], digest))
                continue
            # An image of the place need not be evidence; but a case file may come from a stranger,
            # and what it names anywhere else is nothing to put into a report.
            place = (folder / deck.image).resolve()
            is_near = place.is_relative_to(folder.resolve())
            digest = digest_of(place) if is_near else None
            if digest is None:
                what = "the image that a deck is drawn on cannot be read"
                if not is_near:
                    what = "the image that a deck is drawn on lies outside the case file's folder"
                advice = "Correct its path, which is relative to the case file."
                self.problems.append(CaseProblem("damage.stills", (deck.image,), what, advice))
                continue
            self._locations.setdefault(digest, folder / deck.image)
            images.append(DeckImage(deck, deck.image, digest))
        return images

    def pair(self, image: DeckImage, item: Item) -> Pair:
        errand = Errand(
            f"{item.paths[0]} against {image.path}",
            self._locations[image.sha256],
            beside=self._locations[item.sha256],
            question=image.question(self._names_of(item.sha256)),
        )
        return Pair(image.sha256, item.sha256, errand)

    def _names_of(self, sha256: str) -> list[str]:
        return [name for name, digest in self.named.items() if digest == sha256]

    def date(self, sha256: str, name: str) -> Dated | None:
        visited = self._visited.get(sha256)
        names = self._names_of(sha256)
        if visited is None:
            return date_picture([name], case=self._case, fields={})
        paths = {errand.path for errand in visited.errands}
        table = _told(visited, "metadata.read", MetadataTable)
        notes = _told(visited, "metadata.notes", Notes)
        at_odds = notes is not None and any(each.severity == "conflict" for each in notes.notes)
        beside = self._evidence.beside
        return date_picture(
            names,
            case=self._case,
            # Statements that contradict one another date nothing.
            fields=table.fields if table is not None and not at_odds else {},
            sidecars=[each for each in beside.sidecars if paths & set(each.media)],
            readings=[each for each in beside.names if each.path in paths],
            matches=[each for each in self._evidence.matches if each.query.sha256 == sha256],
        )


def _names(case: CaseFile) -> list[str]:
    names = [*names_in(case.deck), *(each.path for each in case.reference)]
    names += [each.picture for each in case.observation if each.picture is not None]
    return list(dict.fromkeys(names))


def _with_deck(decks: Decks, proposal: Proposal, said: dict[Item, Outcome], found: _Found) -> Decks:
    image = proposal.image
    dated = found.date(image.sha256, image.deck.image)
    reports: list[DamageReport] = []
    left = list(proposal.not_compared)
    for item, outcome in said.items():
        given = outcome.outcome
        if isinstance(given, Result) and isinstance(given.finding, DeckComparison):
            path = item.paths[0]
            after = View(path, item.sha256, None, found.date(item.sha256, path))
            reports.append(
                told_pair(given.finding, given.artefacts, image=image, after=after, dated=dated)
            )
        else:
            left.append(NotCompared(image.path, item.paths[0], item.sha256, _failed(outcome)))
    return Decks(
        (*decks.compared, *reports),
        (*decks.timelines, timeline_of(image, reports, dated=dated)),
        (*decks.not_compared, *left),
    )


def _failed(outcome: Outcome) -> str:
    given = outcome.outcome
    if isinstance(given, Problem):
        return given.error
    return given.detail if isinstance(given, Absent) else "nothing was found out"


def _without_finding(outcome: Outcome) -> Outcome:
    """Leave out what stands in the case itself."""
    given = outcome.outcome
    if not isinstance(given, Result):
        return outcome
    return Outcome(
        outcome.step,
        outcome.version,
        outcome.subject,
        Result(None, given.artefacts, given.limits),
    )


T = TypeVar("T")


def _told(visited: Visited, step: str, kind: type[T]) -> T | None:
    told = visited.told(step)
    return told if isinstance(told, kind) else None
