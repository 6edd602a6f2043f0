"""Where the sun stood, where time and place are known, and nothing where they are not."""

from datetime import datetime, timedelta

import pytest

from forensics.damage.sun import LONGEST_SPAN, sun_at
from forensics.model.casefile import Place
from forensics.model.damage import Dated, Sun
from forensics.report.damage_sentences import sun_words

GLUSHKOVO = Place("bridge", 51.35, 34.66)


def at(when, span=timedelta(seconds=1), *, is_bound=False):
    end = (datetime.fromisoformat(when) + span).isoformat()
    return Dated(when, None if is_bound else when, end, "metadata", "by its clock")


@pytest.mark.parametrize(
    ("place", "when", "height", "azimuth"),
    [
        # Greenwich on the longest day at noon: 90 less the latitude, and the obliquity of 23.44.
        (Place("", 51.48, 0.0), "2024-06-20T12:01:50+00:00", 61.96, 180.0),
        # The equator at noon of the equinox.
        (Place("", 0.0, 0.0), "2024-03-20T12:07:20+00:00", 90.0, None),
        # The pole at the equinox: on the horizon.
        (Place("", 90.0, 0.0), "2024-03-20T03:06:00+00:00", 0.0, None),
        # As it was computed when this was written.
        (GLUSHKOVO, "2024-08-16T10:15:00+00:00", 51.69, 191.6),
        (GLUSHKOVO, "2024-08-16T22:00:00+00:00", -25.2, 3.9),
    ],
)
def test_sun_stands_where_the_almanac_says(place, when, height, azimuth):
    sun = sun_at(place, at(when))

    assert sun.elevation_deg == pytest.approx(height, abs=0.2)
    if azimuth is not None:
        assert sun.azimuth_deg == pytest.approx(azimuth, abs=0.6)


@pytest.mark.parametrize(
    ("place", "dated"),
    [
        (Place("no position"), at("2024-08-16T10:15:00+00:00")),
        (GLUSHKOVO, None),
        (GLUSHKOVO, at("2024-08-16T10:15:00+00:00", is_bound=True)),
        (GLUSHKOVO, at("2024-08-16T10:15:00+00:00", LONGEST_SPAN + timedelta(seconds=1))),
    ],
)
def test_without_time_and_place_nothing_is_said(place, dated):
    assert sun_at(place, dated) is None


def test_words_say_where_shadows_fall_and_that_there_are_none_at_night():
    day, low, night = (sun_words(Sun(each, 192.0)) for each in (45.0, -0.5, -25.0))

    assert "45 degrees above the horizon in the south" in day
    assert "to the north, of 1.0 m for each m" in day
    assert "0 degrees above" in low
    assert "for each m" not in low
    assert "25 degrees below" in night
    assert "no shadow of the sun" in night
