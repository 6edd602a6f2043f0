"""Respect what people decided of files and known footage."""

from collections.abc import Mapping

from msgspec.structs import replace

from forensics.model.match import (
    CheckReport,
    Decision,
    Dismissed,
    Match,
    QueryRef,
    Transform,
    Unmatched,
)
from forensics.reuse.archive import Archive
from forensics.reuse.archive_entry import Entry
from forensics.reuse.reference import known_ref, match_id

_UNKNOWN = Transform(None, None, None, None, None, None)


def respect_decisions(found: CheckReport, archive: Archive) -> CheckReport:
    """Set matches aside that people decided against, and say which ones they confirmed.

    A decision speaks of one file and one piece of known footage; other copies of either are not
    touched by it. It changes no measurement: a confirmed lead is still a lead, and nothing becomes
    recycled by it.

    Parameters
    ----------
    found : CheckReport
        What was measured.
    archive : Archive
        The known footage, with the decisions.

    Returns
    -------
    CheckReport
        Without the matches that were decided to be no duplicates; they are in `dismissed`. Pairs
        that were confirmed and not found are leads, in the last place.
    """
    # In order of time: of the same two, the last one holds.
    holding = {(one.query_sha256, one.entry_id): one for one in archive.decisions()}
    if not holding:
        return found
    matches: list[Match] = []
    dismissed: list[Dismissed] = []
    for match in found.matches:
        decision = holding.get((match.query.sha256, match.reference.id))
        if decision is None:
            matches.append(match)
        elif decision.decision == "confirmed":
            because = f"{match.because} {tell_decision(decision)}"
            matches.append(replace(match, because=because, decision=decision))
        else:
            dismissed.append(
                Dismissed(match.query, match.reference, match.relation, match.because, decision)
            )
    matches += _confirmed_only(found, holding, archive)
    matched = {match.query for match in matches}
    unmatched = [
        each for each in found.unmatched if QueryRef(each.path, each.sha256) not in matched
    ]
    for query in dict.fromkeys(each.query for each in dismissed):
        if query not in matched:
            unmatched.append(Unmatched(query.path, query.sha256, "no match"))
    return replace(
        found, matches=tuple(matches), unmatched=tuple(unmatched), dismissed=tuple(dismissed)
    )


def tell_decision(decision: Decision) -> str:
    """Say in a sentence what a person decided.

    Parameters
    ----------
    decision : Decision
        The decision.

    Returns
    -------
    str
        Who, when, what and why.
    """
    day, _, time = decision.when.partition("T")
    what = {"confirmed": "confirmed this as a duplicate"}.get(
        decision.decision, "decided that this is no duplicate"
    )
    return f"{decision.who} {what} on {day}, {time[:5]} UTC: {decision.why.rstrip('.')}."


def _confirmed_only(
    found: CheckReport, holding: Mapping[tuple[str, str], Decision], archive: Archive
) -> list[Match]:
    """Give leads for what people confirmed and the search did not find."""
    measured = {(match.query.sha256, match.reference.id) for match in found.matches}
    queries = [match.query for match in found.matches]
    queries += [QueryRef(each.path, each.sha256) for each in found.unmatched]
    return [
        _as_lead(query, archive.entry(entry_id), decision)
        for query in dict.fromkeys(queries)
        for (query_sha256, entry_id), decision in holding.items()
        if query_sha256 == query.sha256
        and decision.decision == "confirmed"
        and (query_sha256, entry_id) not in measured
    ]


def _as_lead(query: QueryRef, entry: Entry, decision: Decision) -> Match:
    return Match(
        id=match_id(query.sha256, entry.id),
        query=query,
        reference=known_ref(entry),
        relation="lead",
        recycled=None,
        because=f"The search did not find this. {tell_decision(decision)}",
        expected_false_matches=None,
        distance_bits=None,
        transform=_UNKNOWN,
        edits=(),
        segments=(),
        artefacts={},
        decision=decision,
    )
