"""A gap in metres, where somebody says how long the deck is."""

from math import hypot

import pytest

from forensics.calibration import load
from forensics.damage.metres import in_metres
from forensics.model.damage import Damage, Gap


def gap(fraction, *parts):
    return Damage("collapsed", "because", 0.9, (), Gap(fraction, None, parts), None)


def test_gap_is_a_share_of_the_stated_length_and_its_error_joins_both():
    told = in_metres(gap(0.25, (0.5, 0.75)), length_m=200.0, error_m=8.0).gap

    ends_m = 200 * load("damage.decide").value("gap_error")
    assert told.length_m == 50.0
    assert told.length_error_m == pytest.approx(hypot(2.0, ends_m), abs=0.05)


def test_without_a_length_or_a_gap_nothing_is_told_in_metres():
    assert in_metres(gap(0.25, (0.5, 0.75)), length_m=None, error_m=None).gap.length_m is None
    assert in_metres(gap(0.0), length_m=200.0, error_m=8.0).gap.length_m is None
