"""How often two pictures of an archive that have nothing to do with each other match."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

from accuracy.rates import Count

from forensics.model.casefile import EventWindow
from forensics.model.match import COPIES, CheckReport
from forensics.reuse.archive import Archive
from forensics.reuse.archive_entry import Entry
from forensics.reuse.archived import as_probe
from forensics.reuse.search import search_archive
from forensics.reuse.views import Probe


@dataclass(frozen=True)
class Chance:
    """Pairs of entries that match and should not: called copies, and reported at all."""

    copies: Count
    reported: Count
    pairs: tuple[tuple[str, str, str], ...]

    def rates(self) -> dict[str, Count]:
        """Give the two by name."""
        return {"called copies": self.copies, "reported at all": self.reported}


def measure(
    archive: Archive, *, is_related: Callable[[Entry, Entry], bool] = lambda _one, _other: False
) -> Chance:
    """Search an archive for each of its own pictures.

    A pair counts once, in whichever direction it matches. Pairs that a person confirmed are left
    out; those set aside as no duplicates count as errors, and so do those nobody decided on, so
    the rates can only be too high.
    """
    entries = {entry.id: entry for entry in archive.entries() if archive.views(entry.id)}
    holding = {(one.entry_id, one.query_sha256): one for one in archive.decisions()}

    def is_excluded(one: str, other: str) -> bool:
        known = (holding.get((one, other)), holding.get((other, one)))
        confirmed = any(each is not None and each.decision == "confirmed" for each in known)
        return confirmed or is_related(entries[one], entries[other])

    trials = sum(not is_excluded(one, other) for one, other in combinations(entries, 2))
    report = search_archive(_probes(entries, archive), archive, EventWindow())
    relations: dict[tuple[str, str], set[str]] = {}
    for query, reference, relation in _pairs(report):
        known = query in entries and reference in entries and query != reference
        if known and not is_excluded(query, reference):
            pair = (min(query, reference), max(query, reference))
            relations.setdefault(pair, set()).add(relation)
    corpus = f"pairs of {len(entries)} pictures of an archive with nothing to do with each other"
    copies = sum(bool(each & COPIES) for each in relations.values())
    return Chance(
        Count(copies, trials, corpus),
        Count(len(relations), trials, corpus),
        tuple(
            (_name(entries[one]), _name(entries[other]), " ".join(sorted(told)))
            for (one, other), told in sorted(relations.items())
        ),
    )


def _probes(entries: dict[str, Entry], archive: Archive) -> Iterator[Probe]:
    for entry in entries.values():
        yield as_probe(entry, archive)


def _pairs(report: CheckReport) -> Iterator[tuple[str, str, str]]:
    for match in report.matches:
        yield match.query.sha256, match.reference.id, match.relation
    for each in report.dismissed:
        yield each.query.sha256, each.reference.id, each.relation


def _name(entry: Entry) -> str:
    return entry.source or entry.path or entry.id
