import pytest
from accuracy.damage import fitting
from accuracy.damage.scenes import BRIDGES, TEST, TUNING


def test_the_split_by_bridge_is_frozen():
    assert TUNING == (304, 305, 307)
    assert TEST == (301, 302, 303, 306, 308)
    assert set(TUNING) | set(TEST) == set(BRIDGES)


def test_the_model_refuses_to_be_fitted_to_bridges_kept_aside():
    with pytest.raises(SystemExit):
        fitting.collect((305, 306))
