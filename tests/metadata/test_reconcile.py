"""Engines are compared field by field."""

from forensics.metadata.reading import Reading
from forensics.metadata.reconcile import reconcile
from forensics.model.findings import Position


def test_one_engine_alone_neither_agrees_nor_disagrees() -> None:
    fields = reconcile({"one": {"make": Reading("M", "M")}, "two": {}})

    assert fields["make"].agree is None
    assert fields["make"].sources == {"one": "M"}


def test_positions_agree_within_the_tolerance() -> None:
    near = Position(51.00004, 34.0)
    for other, agree in ((near, True), (Position(51.001, 34.0), False)):
        fields = reconcile(
            {
                "one": {"position": Reading(Position(51.0, 34.0), "")},
                "two": {"position": Reading(other, "")},
            }
        )
        assert fields["position"].agree is agree


def test_first_engine_is_gone_by_when_they_disagree() -> None:
    fields = reconcile({"one": {"make": Reading("A", "A")}, "two": {"make": Reading("B", "B")}})

    assert (fields["make"].value, fields["make"].agree) == ("A", False)


def test_offset_goes_with_the_time_it_was_read_with() -> None:
    time, other = "2024-08-16T14:22:07", "2024-08-16T11:22:07"
    fields = reconcile(
        {
            "one": {"captured_at": Reading(time, "")},
            "two": {"captured_at": Reading(time, ""), "captured_offset": Reading("+03:00", "")},
        }
    )
    apart = reconcile(
        {
            "one": {"captured_at": Reading(time, "")},
            "two": {"captured_at": Reading(other, ""), "captured_offset": Reading("+03:00", "")},
        }
    )

    assert fields["captured_at"].value == f"{time}+03:00"
    assert apart["captured_at"].value == time
