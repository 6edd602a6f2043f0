"""Engines are compared field by field."""

import pytest

from forensics.metadata.reading import Reading
from forensics.metadata.reconcile import reconcile
from forensics.model.findings import Field, Position


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


def _two_blocks(
    one: str, other: str, *, name: str = "captured_at", offsets: tuple[str, str] = ("", "")
) -> Field:
    key = name.replace("_at", "_offset")
    engines = {}
    for engine, block, value, offset in (
        ("pillow", "EXIF DateTimeOriginal", one, offsets[0]),
        ("xmp", "XMP photoshop:DateCreated", other, offsets[1]),
    ):
        engines[engine] = {name: Reading(value, value, block)}
        if offset:
            engines[engine][key] = Reading(offset, offset, block)
    return reconcile(engines)[name]


@pytest.mark.parametrize(
    ("one", "other", "offsets", "agree"),
    [
        ("2024-08-16T14:22:07", "2024-08-16T14:22:07", ("", "+03:00"), True),
        ("2024-08-16T14:22:07.12", "2024-08-16T14:22:07", ("", ""), True),
        ("2024-08-16T14:22:07", "2024-08-16", ("", ""), True),
        ("2024-08-16T14:22:07", "2024-08", ("", ""), True),
        ("2024-08-16T14:22:07", "2024-08-16T11:22:07", ("+03:00", "+00:00"), True),
        ("2024-08-16T14:22:07", "2024-08-16T11:22:07", ("", "+00:00"), False),
        ("2024-08-16T14:22:07", "2024-08-17", ("", ""), False),
        ("2024-08-16T14:22:07", "2023", ("", ""), False),
    ],
)
def test_times_of_two_blocks(one: str, other: str, offsets: tuple[str, str], agree: bool) -> None:
    field = _two_blocks(one, other, offsets=offsets)

    assert field.agree is agree
    assert field.value == one + offsets[0]
    assert field.where == {"pillow": "EXIF DateTimeOriginal", "xmp": "XMP photoshop:DateCreated"}


def test_zone_of_another_block_is_not_joined_to_a_time() -> None:
    field = _two_blocks("2024-08-16T14:22:07", "2024-08-16T14:22:07", offsets=("", "+03:00"))

    assert field.value == "2024-08-16T14:22:07"


def test_one_block_read_differently_disagrees_though_a_part_is_the_same() -> None:
    readings = {
        engine: {"captured_at": Reading(value, value, "EXIF DateTimeOriginal")}
        for engine, value in (("pillow", "2024-08-16T14:22:07.1"), ("other", "2024-08-16T14:22:07"))
    }

    assert reconcile(readings)["captured_at"].agree is False


@pytest.mark.parametrize(
    ("name", "one", "other", "agree"),
    [
        ("description", "a\r\nb", "a\nb", True),
        ("artist", "x" * 32, "x" * 40, True),
        ("artist", "x" * 20, "x" * 40, False),
        ("body_serial", "0012345", "12345", True),
        ("city", r"K\xf6ln", "Köln", True),
        ("city", "Köln", "Koln", False),
    ],
)
def test_texts_of_two_blocks(name: str, one: str, other: str, agree: bool) -> None:
    assert _two_blocks(one, other, name=name).agree is agree


@pytest.mark.parametrize(
    ("name", "one", "other", "agree"),
    [
        ("exposure_time_s", 0.0025, 0.005, False), ("f_number", 2.8, 2.81, True),
        ("altitude_m", 0.0, 0.004, True), ("altitude_m", 1.0, 1.5, False),
    ],
)  # fmt: skip
def test_numbers(name: str, one: float, other: float, agree: bool) -> None:
    fields = reconcile({"a": {name: Reading(one, "")}, "b": {name: Reading(other, "")}})

    assert fields[name].agree is agree
