"""Clocks that contradict one another are noted, ordinary ones are not."""

from collections.abc import Callable

import pytest

from forensics.metadata.notes import find_notes
from forensics.metadata.rule import Subject
from forensics.metadata.rules import RULES
from forensics.model.findings import Position
from forensics.model.sidecars import Asserted, NameReading, Sidecar

SubjectOf = Callable[..., Subject]
GLUSHKOVO = Position(51.3511, 34.6598)


def found(subject: Subject) -> dict[str, str]:
    return {note.id: note.severity for note in find_notes(subject, rules=RULES).notes}


def text_of(subject: Subject) -> str:
    (note,) = find_notes(subject, rules=RULES).notes
    return note.text


def test_changed_before_taken_with_zones_is_a_conflict(subject_of: SubjectOf) -> None:
    subject = subject_of(
        captured_at="2024-08-16T14:22:07+03:00", modified_at="2024-08-16T11:00:00Z"
    )

    assert found(subject) == {"modified-before-captured": "conflict"}


def test_changed_before_taken_without_zones_is_a_notice(subject_of: SubjectOf) -> None:
    near = subject_of(captured_at="2024-08-16T14:22:07", modified_at="2024-08-16T11:00:00")
    far = subject_of(captured_at="2026-11-24T14:41:16", modified_at="2008-07-31T17:32:06")

    assert found(near) == found(far) == {"modified-before-captured": "notice"}
    assert "time zones" in text_of(near)
    assert "time zones" not in text_of(far)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"captured_at": "2024-08-16T14:22:07", "modified_at": "2024-08-16T14:22:07"},
        {"captured_at": "2024-08-16T14:22:07", "modified_at": "2024-08-16T14:22"},
        {"captured_at": "2024-08-16T14:22:07", "modified_at": "2024-08-16"},
        {"captured_at": "2024-08", "modified_at": "2024-08-16T14:22:07Z"},
        {"captured_at": "2024-08-16T14:22:07+03:00", "modified_at": "2024-08-16T11:22:07Z"},
        {"captured_at": "2024-08-16T14:22:07", "gps_at": "2024-08-16T11:22:07Z"},
        {"captured_at": "2024-08-16T14:22:07+03:00", "gps_at": "2024-08-16T11:29:07Z"},
        {"captured_at": "no date", "modified_at": "nor this", "gps_at": "nor this"},
        {"captured_at": "2024-08-16T14:22:07+03:00", "position": GLUSHKOVO},
        {"captured_at": "2024-01-16T14:22:07+03:00", "position": GLUSHKOVO},
        # Across the border, 10 km away, clocks in summer show the same; in winter an hour less.
        {"captured_at": "2024-01-16T14:22:07+02:00", "position": GLUSHKOVO},
        # On the open sea ships keep any time.
        {"captured_at": "2024-08-16T14:22:07+11:00", "position": Position(-40.0, -120.0)},
        # An old fix tells nothing about the zone.
        {
            "captured_at": "2024-08-16T14:22:07",
            "gps_at": "2024-08-16T07:14:07Z",
            "position": GLUSHKOVO,
        },
    ],
)
def test_ordinary_times_give_no_note(
    subject_of: SubjectOf, values: dict[str, str | Position]
) -> None:
    assert found(subject_of(**values)) == {}


def test_clock_far_from_the_satellites_is_a_notice(subject_of: SubjectOf) -> None:
    subject = subject_of(captured_at="2024-08-16T14:22:07+03:00", gps_at="2024-08-12T11:22:07Z")

    assert found(subject) == {"clock-against-gps": "notice"}
    assert "4.0 days apart" in text_of(subject)


def test_stated_zone_of_another_continent_is_a_notice(subject_of: SubjectOf) -> None:
    subject = subject_of(captured_at="2024-08-16T14:22:07-05:00", position=GLUSHKOVO)

    assert found(subject) == {"clock-against-place": "notice"}
    assert "UTC-05:00" in text_of(subject)
    assert "Europe/Moscow" in text_of(subject)
    assert "UTC+03:00" in text_of(subject)


def test_an_hour_off_is_information_since_cameras_do_not_know_summer_time(
    subject_of: SubjectOf,
) -> None:
    rome = Position(43.4674, 11.8851)

    winter_time_in_summer = subject_of(captured_at="2024-08-16T14:22:07+01:00", position=rome)

    assert found(winter_time_in_summer) == {"clock-against-place": "info"}


def test_zone_worked_out_from_satellite_time_is_information(subject_of: SubjectOf) -> None:
    subject = subject_of(
        captured_at="2024-08-16T20:22:07", gps_at="2024-08-16T11:22:09Z", position=GLUSHKOVO
    )

    assert found(subject) == {"clock-against-place": "info"}
    assert "UTC+09:00" in text_of(subject)


def test_dates_after_the_investigation_are_a_notice(subject_of: SubjectOf) -> None:
    late = {"captured_at": "2031-01-01T00:00:00", "modified_at": "2030-01-01T00:00:00Z"}

    assert found(subject_of(**late)) == {"modified-before-captured": "notice"}
    with_case = subject_of(**late, as_of="2024-08-20T12:00:00+03:00")
    assert found(with_case)["future-date"] == "notice"


def test_a_date_that_may_be_before_the_investigation_is_none(subject_of: SubjectOf) -> None:
    subject = subject_of(captured_at="2024-08-20T20:00:00", as_of="2024-08-20T12:00:00+03:00")

    assert found(subject) == {}


def _sidecar(**fields: str) -> Sidecar:
    asserted = {name: Asserted(value, value, name) for name, value in fields.items()}
    return Sidecar("result.json", "0" * 64, "telegram", "1", ("a.jpg",), "", asserted, (), ())


def test_posted_before_taken_is_a_conflict_with_zones_only(subject_of: SubjectOf) -> None:
    posted = (_sidecar(posted_at="2024-08-15T10:00:00Z"),)

    zoned = subject_of(captured_at="2024-08-16T14:22:07+03:00", sidecars=posted)
    bare = subject_of(captured_at="2024-08-16T14:22:07", sidecars=posted)
    maybe = subject_of(captured_at="2024-08-15T20:00:00", sidecars=posted)

    assert found(zoned) == {"posted-before-captured": "conflict"}
    assert found(bare) == {"posted-before-captured": "notice"}
    assert found(maybe) == {}


def test_name_earlier_than_capture_is_noted_and_later_is_not(subject_of: SubjectOf) -> None:
    def named(time: str) -> tuple[NameReading, ...]:
        return (NameReading("IMG_1.jpg", "p", "Android", "", "", time, ""),)

    taken = "2024-08-16T14:22:07"

    assert found(subject_of(captured_at=taken, names=named("2024-08-12"))) == {
        "name-before-captured": "notice"
    }
    assert found(subject_of(captured_at=taken, names=named("2024-08-16T14:22:06"))) == {}
    assert found(subject_of(captured_at=taken, names=named("2024-09-30"))) == {}
