"""Where a gap begins and ends, by what speaks for and against it on both sides."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from forensics.damage.stretches import likeliest_stretches


def evidence(count=100, *, gap=(30, 60), strength=2.0):
    odds = np.full(count, -strength)
    odds[slice(*gap)] = strength
    return odds


def test_a_gap_ends_where_the_evidence_changes():
    found = likeliest_stretches(evidence(), 10.0)

    assert np.flatnonzero(found).tolist() == list(range(30, 60))


def test_a_single_column_that_disagrees_changes_nothing():
    odds = evidence()
    odds[45], odds[80] = -6.0, 6.0

    found = likeliest_stretches(odds, 10.0)

    assert np.flatnonzero(found).tolist() == list(range(30, 60))


def test_two_gaps_far_apart_stay_two():
    odds = np.maximum(evidence(gap=(10, 30)), evidence(gap=(60, 90)))

    found = likeliest_stretches(odds, 10.0)

    assert np.flatnonzero(np.diff(found.astype(int))).tolist() == [9, 29, 59, 89]


@given(st.lists(st.floats(-9, -0.01), max_size=40))
def test_nothing_is_missing_without_evidence_for_it(odds):
    assert not likeliest_stretches(np.array(odds), 5.0).any()
