"""Positions in every form of ISO 6709; what is no position is none."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.metadata.iso6709 import parse_iso_6709, read_iso_6709
from forensics.model.findings import Position


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+51.4169-000.0806/", Position(51.4169, -0.0806)),
        ("+51.3350+034.6600+150.2/", Position(51.335, 34.66)),
        ("+5120.10-00004.84/", Position(51.335, -0.0806667)),
        ("+5135.00+03439.60/", Position(51.5833333, 34.66)),
        ("+512006.0-0343936.0/", Position(51.335, -34.66)),
        ("+90+180/", Position(90.0, 180.0)),
        ("-90-180", Position(-90.0, -180.0)),
        ("+51.335+034.660+150CRSWGS_84/", Position(51.335, 34.66)),
        ("+51.3350+034.6600/Tyotkino", Position(51.335, 34.66)),
        ("+1.5+2.5/", Position(1.5, 2.5)),
        (" +51.335+034.660/\n", Position(51.335, 34.66)),
    ],
)
def test_forms_of_positions(text: str, expected: Position) -> None:
    assert parse_iso_6709(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "+", "+51.3/", "51.335+034.660/", "+00.0000+000.0000/", "+0000.00+00000.00/",
        "+91.0+000.1/", "+51.0+181.0/", "+5160.00+03439.60/", "+512060.0+0343936.0/",
        "+5135.00+034.66/", "+51.35+03439.60/", "+51350.0+03439.60/", "+5135.00+3439.60/",
        "+51.335+034.660x", "+51.335 +034.660/", "+51,335+034,660/", "+٥١.335+034.660/",
        "+1e5+1e5/", "+nan+nan/", "+51.335+034.660+15000000000.0/", "9" * 5000,
        "+" * 5000, "+51.335" * 500,
    ],
)  # fmt: skip
def test_what_is_no_position_is_none(text: str) -> None:
    assert parse_iso_6709(text) is None


@pytest.mark.parametrize(
    ("text", "altitude"),
    [
        ("+51.335+034.660/", None), ("+51.335+034.660+150.2/", 150.2),
        ("+51.335+034.660-012.345/", -12.35), ("+51.335+034.660+000.000/", 0.0),
        ("+51.335+034.660+9999999/", None),
    ],
)  # fmt: skip
def test_heights(text: str, altitude: float | None) -> None:
    point = read_iso_6709(text)

    assert point is not None
    assert point.altitude_m == altitude


@given(st.floats(-90, 90), st.floats(-180, 180), st.integers(0, 2))
def test_positions_come_back_from_each_form(lat: float, lon: float, form: int) -> None:
    text = "".join(_written(*each, form) for each in ((lat, 2), (lon, 3)))
    expected = [round(abs(each) * 3600, 2) / 3600 for each in (lat, lon)]

    found = parse_iso_6709(f"{text}/")

    if max(expected) < 1e-6:
        assert found is None
        return
    assert found is not None
    assert (abs(found.lat), abs(found.lon)) == pytest.approx(expected, abs=1e-4)
    assert (found.lat < 0, found.lon < 0) == (
        lat < 0 and found.lat != 0, lon < 0 and found.lon != 0,
    )  # fmt: skip


@given(st.text("+-.0123456789/C", max_size=40))
def test_any_text_gives_a_position_on_earth_or_none(text: str) -> None:
    found = parse_iso_6709(text)

    if found is not None:
        assert re.match(r"[+-]\d", text.strip())
        assert abs(found.lat) <= 90
        assert abs(found.lon) <= 180


def _written(degrees: float, width: int, form: int) -> str:
    sign = "-" if degrees < 0 else "+"
    seconds = round(abs(degrees) * 3600, 2)
    if form == 0:
        return f"{sign}{seconds / 3600:0{width + 6}.5f}"
    whole, rest = divmod(seconds, 3600)
    if form == 1:
        return f"{sign}{int(whole):0{width}}{min(rest / 60, 59.9999):07.4f}"
    minutes, rest = divmod(rest, 60)
    return f"{sign}{int(whole):0{width}}{int(minutes):02}{min(rest, 59.99):05.2f}"
