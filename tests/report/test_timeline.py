"""Everything dated, in order, with whose clock says so."""

from forensics.model.casefile import CaseFile, EventWindow, Observation, Reference
from forensics.model.findings import Field
from forensics.report.lookup import Lookup
from forensics.report.timeline import draw_time_line


def field(value: str) -> Field:
    return Field(value, value, {"pillow": value}, None)


def test_dates_are_in_order_and_say_whose_they_are(full_case):
    rows = draw_time_line(Lookup(full_case)).rows

    assert [(row.source, row.when) for row in rows] == [
        ("known", "1 August 2014"),
        ("event", "16 August 2024, 00:00:00 UTC+03:00"),
        ("file", "16 August 2024, 13:15:02 (zone unknown)"),
        ("event", "16 August 2024, 23:59:59 UTC+03:00"),
        ("known", "20 August 2024"),
    ]
    assert rows[2].whose == "camera clock, as the file states it"
    assert rows[2].certainty == "to the second, zone unknown"
    assert rows[0].whose == "the date a platform shows"


def test_equal_dates_of_one_file_are_one_row(make_case, make_item, make_outcomes, store):
    item = make_item("a.jpg")
    same = field("2024-01-01T00:00:00")
    outcomes = make_outcomes(item, store, captured_at=same, digitized_at=same, modified_at=same)

    rows = draw_time_line(Lookup(make_case(items=(item,), outcomes=tuple(outcomes)))).rows

    assert [row.what.striptags() for row in rows] == ["a.jpg taken, digitised and last changed"]


def test_dates_that_cannot_be_read_come_last(make_case, make_item, make_outcomes, store):
    item = make_item("a.jpg")
    outcomes = make_outcomes(item, store, captured_at=field("0000-00-00"))
    case = CaseFile(event=EventWindow("", "2024-08-16T00:00:00Z", None))

    rows = draw_time_line(
        Lookup(make_case(case=case, items=(item,), outcomes=tuple(outcomes)))
    ).rows

    assert [row.certainty for row in rows] == ["to the second, zone known", "cannot be placed"]


def test_persons_date_pictures_too(make_case):
    case = CaseFile(
        reference=(Reference("a.jpg", taken="2024-05"), Reference("b.jpg")),
        observation=(
            Observation(
                "A. Example", "2024-08-18T00:00:00Z", "", "", picture="c.jpg", taken="2023"
            ),
        ),
    )

    rows = draw_time_line(Lookup(make_case(case=case))).rows

    assert [(row.what.striptags(), row.whose) for row in rows[:2]] == [
        ("c.jpg taken", "A. Example"),
        ("a.jpg taken", "the case file"),
    ]
