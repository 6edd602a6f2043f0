import pytest
from accuracy.damage import fitting
from accuracy.damage.scenes import ASIDE, CHECKED, FURTHER, LADDER, NULLS_ONLY, TEST, TUNING


def test_the_split_by_bridge_is_frozen():
    assert (304, 305, 307, *range(401, 408), 409, 410, 411) == TUNING
    assert TEST == (301, 302, 303, 306, 308)
    assert tuple(range(412, 416)) == NULLS_ONLY
    assert set(LADDER) <= set(TUNING) | set(TEST)
    assert (*range(321, 326), *range(416, 429)) == FURTHER
    assert not {*TUNING, *FURTHER} & {*TEST, *NULLS_ONLY, *ASIDE}


@pytest.mark.parametrize("bridge", [306, 408, 413])
def test_the_model_refuses_to_be_fitted_to_bridges_kept_aside(monkeypatch, bridge):
    monkeypatch.setattr(fitting, "TUNING", (305, bridge))

    with pytest.raises(SystemExit):
        next(fitting.tuning_samples())


def test_every_bridge_that_is_fitted_to_is_left_out_of_one_fold():
    left_out = [int(bridge) for fold in fitting.FOLDS for bridge in fold]

    assert sorted(left_out) == sorted({*TUNING, *FURTHER} - {*CHECKED})
