"""What this cannot say stands beside what it says."""

import msgspec

from forensics.model.item import Unread
from forensics.model.match import Decision, Dismissed, Unmatched
from forensics.report.gaps import MAX_DETAILS, tell_gaps
from forensics.report.lookup import Lookup


def said(case) -> str:
    gaps = tell_gaps(Lookup(case))
    parts = [part for gap in gaps for part in (gap.sentence, *gap.details)]
    return " ".join(part.striptags() for part in parts)


def test_untested_questions_come_first(full_case):
    assert tell_gaps(Lookup(full_case))[0].standing == "untested"


def test_rejected_items_are_named_with_their_reason(full_case):
    assert "broken.jpg: no picture in it" in said(full_case)


def test_items_that_were_not_compared_are_named(full_case):
    assert "2 items were not compared with known footage. broken.jpg again.png" in said(full_case)


def test_rows_of_the_archive_that_were_left_out_are_named(full_case):
    assert "row 7: no such file" in said(full_case)


def test_failures_are_named(full_case):
    assert "reuse.views on broken.jpg: it broke Try again." in said(full_case)


def test_missing_archive_is_said(make_case):
    assert "No known footage was named" in said(make_case())


def test_unread_files_are_told_apart_from_expected_ones(make_case):
    unread = (Unread("a.jpg", "empty", "Ask again.", False), Unread("n.txt", "a text", "", True))

    text = said(make_case(unread=unread))

    assert "1 file was not examined. a.jpg: empty Ask again." in text
    assert "1 file was left aside by design" in text


def test_too_little_detail_is_not_no_match(full_case):
    reasons = ("no match", "insufficient detail")
    unmatched = tuple(Unmatched(f"{i}.jpg", f"{i}", each) for i, each in enumerate(reasons))

    text = said(msgspec.structs.replace(full_case, unmatched=unmatched))

    assert "1 item matches nothing in this archive of 2 entries" in text
    assert "1 item has too little detail" in text


def test_long_lists_are_cut_and_counted(make_case):
    unread = tuple(Unread(f"{i}.jpg", "empty", "", False) for i in range(MAX_DETAILS + 5))

    gap = next(g for g in tell_gaps(Lookup(make_case(unread=unread))) if g.standing == "unread")

    assert (len(gap.details), gap.left_out) == (MAX_DETAILS, 5)


def test_what_a_person_set_aside_is_told_apart_from_no_match(full_case, render):
    match = full_case.matches[0]
    decision = Decision(
        match.query.sha256, match.reference.id, "not a duplicate", "A. Analyst",
        "2026-01-31T10:30:00.000000Z", "another <b>river",
    )  # fmt: skip
    aside = Dismissed(match.query, match.reference, "edited_copy", "Measured.", decision)
    unmatched = Unmatched(match.query.path, match.query.sha256, "no match")
    case = msgspec.structs.replace(
        full_case, matches=full_case.matches[1:], unmatched=(unmatched,), dismissed=(aside,)
    )

    text = said(case)
    page = render(case).html.decode()

    assert "1 likeness with known footage was set aside" in text
    assert "matches nothing" not in text
    assert "Set aside by a person" in page
    assert "A. Analyst decided on 31 January 2026, 10:30:00 UTC" in page
    assert "(another &lt;b&gt;river)" in page
