import pytest

from forensics.model.casefile import EventWindow
from forensics.model.match import (
    CheckReport,
    Decision,
    KnownRef,
    Match,
    QueryRef,
    Transform,
    Unmatched,
)
from forensics.reuse.decided import respect_decisions
from forensics.reuse.search import search_archive

ONE, OTHER = QueryRef("one.jpg", "ab" * 32), QueryRef("other.jpg", "cd" * 32)
NOWHERE = Transform(None, None, None, None, None, None)


@pytest.fixture
def known(archive, make_entry):
    archive.add(make_entry("a", first_seen="2014"))
    return make_entry("a", first_seen="2014")


@pytest.fixture
def match(known):
    reference = KnownRef(known.id, "a.jpg", known.id, None, "2014", None, None, None)
    return Match(
        "match-1", ONE, reference, "edited_copy", True, "Measured.", 0.1, 9, NOWHERE, (), (), {}
    )


def decide(archive, entry, word, *, query=ONE, when="2026-01-31T10:30:00Z"):
    archive.decide(Decision(query.sha256, entry.id, word, "A. Analyst", when, "Another river."))


def test_nothing_changes_where_nothing_was_decided(archive, match):
    found = CheckReport((match,), (), ())

    assert respect_decisions(found, archive) is found


def test_dismissed_match_is_named_and_no_longer_a_match(archive, known, match):
    decide(archive, known, "not a duplicate")

    report = respect_decisions(CheckReport((match,), (), ()), archive)

    (aside,) = report.dismissed
    assert report.matches == ()
    assert report.unmatched == (Unmatched("one.jpg", ONE.sha256, "no match"),)
    assert (aside.query, aside.reference, aside.relation) == (ONE, match.reference, "edited_copy")
    assert (aside.decision.who, aside.decision.why) == ("A. Analyst", "Another river.")


def test_decision_speaks_of_one_file_alone(archive, known, match):
    decide(archive, known, "not a duplicate", query=OTHER)

    report = respect_decisions(CheckReport((match,), (), ()), archive)

    assert report.matches == (match,)
    assert report.dismissed == ()


def test_confirmed_match_says_who_and_why_and_keeps_what_was_measured(archive, known, match):
    decide(archive, known, "confirmed")

    (told,) = respect_decisions(CheckReport((match,), (), ()), archive).matches

    assert told.because == (
        "Measured. A. Analyst confirmed this as a duplicate on 2026-01-31, 10:30 UTC: "
        "Another river."
    )
    assert (told.relation, told.recycled, told.distance_bits) == ("edited_copy", True, 9)
    assert told.decision.decision == "confirmed"


@pytest.mark.parametrize(
    "words", [("confirmed", "not a duplicate"), ("not a duplicate", "confirmed")]
)
def test_last_decision_holds(archive, known, match, words):
    for hour, word in enumerate(words):
        decide(archive, known, word, when=f"2026-01-31T1{hour}:00:00Z")

    report = respect_decisions(CheckReport((match,), (), ()), archive)

    assert len(report.matches) == (words[-1] == "confirmed")
    assert len(report.dismissed) == (words[-1] != "confirmed")


def test_confirmed_pair_that_is_not_found_is_a_lead_and_never_recycled(archive, known):
    decide(archive, known, "confirmed")
    nothing = CheckReport((), (Unmatched("one.jpg", ONE.sha256, "no match"),), ())

    report = respect_decisions(nothing, archive)

    (lead,) = report.matches
    assert (lead.relation, lead.recycled, lead.reference.first_seen) == ("lead", None, "2014")
    assert lead.because.startswith("The search did not find this. A. Analyst confirmed")
    assert report.unmatched == ()


def test_search_respects_decisions(archive, make_entry, known):
    decide(archive, known, "confirmed")

    report = search_archive([], archive, EventWindow())

    assert report == CheckReport((), (), ())
