"""Matches are told in the same sentences everywhere."""

import msgspec

from forensics.model.casefile import CaseFile, EventWindow
from forensics.report.lookup import Lookup
from forensics.report.sentences import match_sentence


def plain(markup) -> str:
    return markup.striptags()


def test_copy_without_event_date_says_so(make_case, make_item, make_match, store):
    item = make_item("a.jpg")
    match = make_match(item, store, recycled=None)
    lookup = Lookup(make_case(items=(item,), matches=(match,)))

    assert "names no date of the event" in plain(match_sentence(match, lookup))


def test_copy_without_known_date_says_so(make_case, make_item, make_match, store):
    item = make_item("a.jpg")
    match = make_match(item, store, recycled=None)
    undated = msgspec.structs.replace(match.reference, first_seen=None, first_seen_latest=None)
    match = msgspec.structs.replace(match, reference=undated)
    event = EventWindow("", "2024-08-16T00:00:00Z", None)
    lookup = Lookup(make_case(case=CaseFile(event=event), items=(item,), matches=(match,)))

    assert "Without a date" in plain(match_sentence(match, lookup))
