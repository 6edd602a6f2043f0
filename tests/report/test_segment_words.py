"""Stretches are told with their times, what was done to them, and how near their ends are."""

import msgspec
import pytest

from forensics.model.match import Segment
from forensics.report.segment_words import tell_segment

PLAIN = Segment((0.0, 4.0), (2.0, 6.0), 1.0, False, False)


def test_stretch_is_told_by_its_times():
    told = tell_segment(PLAIN)

    assert told == "0.00-4.00 s of this file shows 2.00-6.00 s of the known footage"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"speed": 1.25}, ", 1.25 times as fast"),
        ({"mirrored": True}, ", mirrored"),
        ({"reversed": True}, ", backwards"),
        ({"uncertainty_s": 0.081}, " (ends to within 0.08 s)"),
        ({"query": (0.0, 0.0), "uncertainty_s": 0.5}, " (moment to within 0.50 s)"),
    ],
)
def test_stretch_is_told_by_what_was_done_to_it(change, said):
    told = tell_segment(msgspec.structs.replace(PLAIN, **change))

    assert told.endswith(said)
