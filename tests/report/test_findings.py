"""What this says: full sentences, strongest first."""

import pytest

from forensics.model.match import Group, GroupMember
from forensics.report.findings import MAX_OF_ONE_STANDING, tell
from forensics.report.lookup import Lookup
from forensics.report.pictures import Pictures


def plain(markup) -> str:
    return markup.striptags()


@pytest.fixture
def told(full_case, store):
    return tell(Lookup(full_case), Pictures(store.load)).told


def test_recycled_comes_first_and_leads_after_copies(told):
    standings = [each.standing for each in told]

    assert standings == ["recycled", "copy", "lead", "group", "same", "notice", "name"]


def test_recycled_names_how_long_before(told):
    assert plain(told[0].sentence) == (
        "recycled.jpg is an edited copy of known footage old.jpg, known since 1 August 2014 "
        "(mirrored left to right): more than 10 years before the event it is said to show."
    )


def test_later_copy_is_not_called_recycled(told):
    said = plain(told[1].sentence)

    assert "not shown to be recycled" in said


def test_lead_asks_for_a_person(told):
    assert "A person must look at both." in plain(told[2].sentence)


def test_finding_opens_to_threshold_and_error_rates(told):
    assert told[0].why.thresholds == (
        ("max distance bits (reuse.search/1)", "31 bits: false alarms 0 of 1000 on photos"),
    )
    assert told[0].why.limits == ("Misses crops.",)


def test_note_carries_its_innocent_explanation(told):
    note = next(each for each in told if each.standing == "notice")

    assert ("Innocent explanation", "Clocks drift.") in note.why.measures


def test_many_findings_of_one_kind_are_counted(make_case, make_item, make_match, store):
    items = tuple(make_item(f"{i}.jpg") for i in range(MAX_OF_ONE_STANDING + 3))
    case = make_case(items=items, matches=tuple(make_match(item, store) for item in items))

    tellings = tell(Lookup(case), Pictures(store.load))

    assert len(tellings.told) == MAX_OF_ONE_STANDING
    assert plain(tellings.more[0]) == "Recycled: 3 more findings, told below."


def test_many_sets_of_copies_are_one_sentence(make_case, make_item, store):
    items = tuple(make_item(f"{i}.jpg") for i in range(6))
    groups = tuple(
        Group(
            f"group-{i}",
            (
                GroupMember(items[2 * i].sha256, "first", "largest"),
                GroupMember(items[2 * i + 1].sha256, "reencoded", "near"),
            ),
            (),
        )
        for i in range(3)
    )

    told = tell(Lookup(make_case(items=items, groups=groups)), Pictures(store.load)).told

    assert [plain(each.sentence) for each in told] == [
        "6 items form 3 sets of copies: 0.jpg with 1.jpg; 2.jpg with 3.jpg; 4.jpg with 5.jpg."
    ]
