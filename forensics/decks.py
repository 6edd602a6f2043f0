"""Compare the pictures of a case on decks, drawn or looked for: pairs, dates, order."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from forensics.damage.dating import date_picture
from forensics.damage.pairs import (
    DeckImage,
    Proposal,
    Target,
    look_alikes,
    moments_of,
    names_in,
    propose_pairs,
)
from forensics.damage.report import timeline_of, told_pair
from forensics.damage.sun import sun_at
from forensics.engine.assemble import Decks
from forensics.engine.itemise import OPENING, item_of
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


MAX_LOOKED_FOR = 10
"""Pictures on which a deck is looked for, in cases of many views: a minute each at the worst."""


def compare_decks(step: Step, evidence: Evidence, session: Session) -> Compared:
    """Compare the pictures of a case with every deck that a person drew, or that is looked for.

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

    Notes
    -----
    A deck is looked for on reference images on which none is drawn; in a case that has neither, on
    the earliest of pictures that the search for copies found to look alike. These are compared with
    what looks like them, and with nothing else.
    """
    found = _Found(evidence)
    proposals = [
        propose_pairs(
            image,
            found.items,
            named=found.named,
            moments=found.moments,
            groups=evidence.groups,
            matches=evidence.matches,
        )
        for image in found.images
    ]
    pairs = {
        (place, target): found.pair(proposal.image, target)
        for place, proposal in enumerate(proposals)
        for target in proposal.compared
    }
    meetings = Meetings(step, list(pairs.values()), store=session.store, keeper=session.output)
    session.meet(meetings)
    said = {pair.errand: outcome for pair, outcome in meetings.outcomes()}
    decks = Decks()
    for place, proposal in enumerate(proposals):
        own = {
            target: said[pairs[place, target].errand]
            for target in proposal.compared
            if pairs[place, target].errand in said
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
        self._paths = {each.sha256: each.paths for each in self.items}
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
        self.moments = {
            each.sha256: moments_of(_facts(each))
            for each in evidence.visited
            if each.type.kind in {"animation", "video"}
        }
        drawn = list(self._drawn(folder))
        self.images = (*drawn, *self._looked_for(folder, {each.sha256 for each in drawn}))

    def _drawn(self, folder: Path) -> Iterator[DeckImage]:
        for deck in self._case.deck:
            known = self._located(folder, deck.image, "the image that a deck is drawn on")
            if known is not None:
                yield DeckImage(known[1], known[0], deck, deck.at_s)

    def _looked_for(self, folder: Path, drawn: Set[str]) -> Iterator[DeckImage]:
        """Give pictures on which no person drew a deck, and others of the same view are known."""
        taken = set(drawn)
        references = [each.path for each in self._case.reference]
        for name in references:
            known = self._located(folder, name, "a reference image")
            if known is not None and known[0] not in taken:
                taken.add(known[0])
                yield self._image(*known)
        if references or drawn:
            return
        for whole, everyone in islice(
            look_alikes(self.items, self._evidence.groups), MAX_LOOKED_FOR
        ):
            first = min(whole, key=self._age)
            if taken.isdisjoint(everyone):
                taken |= set(everyone)
                yield self._image(first.sha256, first.paths[0], is_whole=False)

    def _age(self, item: Item) -> tuple[bool, str, tuple[str, ...]]:
        dated = self.date(item.sha256, item.paths[0])
        return dated is None, "" if dated is None else dated.latest, item.paths

    def _image(self, sha256: str, path: str, *, is_whole: bool = True) -> DeckImage:
        moments_s = self.moments.get(sha256)
        return DeckImage(path, sha256, None, moments_s[0] if moments_s else None, is_whole)

    def _located(self, folder: Path, name: str, what: str) -> tuple[str, str] | None:
        """Give digest and name of an image of the place; None, and a problem, without one."""
        digest = self.named.get(name)
        if digest is not None:
            return digest, self._paths[digest][0]
        # An image of the place need not be evidence; but a case file may come from a stranger,
        # and what it names anywhere else is nothing to put into a report.
        place = (folder / name).resolve()
        is_near = place.is_relative_to(folder.resolve())
        digest = digest_of(place) if is_near else None
        if digest is None:
            said = "cannot be read" if is_near else "lies outside the case file's folder"
            advice = "Correct its path, which is relative to the case file."
            self.problems.append(CaseProblem("damage.deck", (name,), f"{what} {said}", advice))
            return None
        self._locations.setdefault(digest, folder / name)
        return digest, name

    def pair(self, image: DeckImage, target: Target) -> Pair:
        item = target.item
        errand = Errand(
            f"{item.paths[0]}{_at(target.moment_s)} against {image.path}{_at(image.moment_s)}",
            self._locations[image.sha256],
            beside=self._locations[item.sha256],
            question=image.question(self._names_of(item.sha256), target.moment_s),
        )
        return Pair(image.sha256, item.sha256, errand)

    def _names_of(self, sha256: str) -> list[str]:
        return [name for name, digest in self.named.items() if digest == sha256]

    def view(self, path: str, sha256: str, moment_s: float | None, dated: Dated | None) -> View:
        return View(path, sha256, moment_s, dated, sun_at(self._case.place, dated))

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


def _facts(visited: Visited) -> object:
    opened = visited.outcomes[OPENING].outcome
    return opened.finding if isinstance(opened, Result) else None


def _at(moment_s: float | None) -> str:
    return "" if moment_s is None else f" at {moment_s:g} s"


def _with_deck(
    decks: Decks, proposal: Proposal, said: dict[Target, Outcome], found: _Found
) -> Decks:
    image = proposal.image
    dated = found.date(image.sha256, image.path if image.deck is None else image.deck.image)
    before = found.view(image.path, image.sha256, image.moment_s, dated)
    reports: list[DamageReport] = []
    left = list(proposal.not_compared)
    for target, outcome in said.items():
        given, item = outcome.outcome, target.item
        finding = given.finding if isinstance(given, Result) else None
        path = item.paths[0]
        if not isinstance(given, Result) or not isinstance(finding, DeckComparison):
            left.append(NotCompared(image.path, path, item.sha256, _failed(outcome)))
        elif finding.deck.source == "none":
            left.append(NotCompared(image.path, path, item.sha256, finding.damage.reason))
        else:
            after = found.view(path, item.sha256, target.moment_s, found.date(item.sha256, path))
            reports.append(
                told_pair(finding, given.artefacts, image=image, before=before, after=after)
            )
    # Where nobody says which picture shows the deck whole, each pair has a deck of its own.
    is_told = image.is_whole and (bool(reports) or image.deck is not None)
    timelines = [timeline_of(image, reports, dated=dated)] if is_told else []
    return Decks(
        (*decks.compared, *reports),
        (*decks.timelines, *timelines),
        (*decks.not_compared, *_once(left)),
    )


def _once(left: Sequence[NotCompared]) -> Iterator[NotCompared]:
    """Give what is told of several moments of a clip once."""
    yield from dict.fromkeys(left)


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
