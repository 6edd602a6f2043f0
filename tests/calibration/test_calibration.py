"""Every threshold says where it comes from, and its rates are what was counted."""

import math
from importlib import resources

import msgspec
import pytest
from scipy.stats import beta

from forensics.calibration import Calibration, Rate, Threshold, load

STEPS = sorted(
    file.name.removesuffix(".toml")
    for file in resources.files("forensics.calibration").iterdir()
    if file.name.endswith(".toml")
)
THRESHOLDS = [(step, name) for step in STEPS for name in load(step).thresholds]


def _rates() -> list[tuple[str, str, Rate]]:
    return [
        (step, f"{name}: {corpus}", rate)
        for step, name in THRESHOLDS
        for table in (load(step).thresholds[name].false_alarms, load(step).thresholds[name].misses)
        for corpus, rate in table.items()
    ]


@pytest.mark.parametrize("step", STEPS)
def test_a_calibration_is_named_for_its_step_and_dated(step: str) -> None:
    calibration = load(step)

    name, _, number = calibration.id.partition("/")
    assert name == step
    assert int(number) >= 1
    assert len(calibration.date.split("-")) == 3
    assert calibration.script.startswith("python benchmarks/")


@pytest.mark.parametrize(("step", "name"), THRESHOLDS)
def test_a_threshold_has_unit_meaning_and_origin(step: str, name: str) -> None:
    threshold = load(step).thresholds[name]

    assert math.isfinite(threshold.value)
    assert threshold.unit
    assert threshold.meaning
    assert threshold.origin
    assert threshold.origin != "provisional"


@pytest.mark.parametrize(("step", "where", "rate"), _rates())
def test_a_rate_lies_in_its_clopper_pearson_interval(step: str, where: str, rate: Rate) -> None:
    errors, right = rate.errors, rate.trials - rate.errors

    low = beta.ppf(0.025, errors, right + 1) if errors else 0.0
    high = beta.ppf(0.975, errors + 1, right) if right else 1.0

    assert 0 <= errors <= rate.trials
    assert rate.low == pytest.approx(low, rel=0.01)
    assert rate.high == pytest.approx(high, rel=0.01)
    assert rate.corpus


@pytest.mark.parametrize(
    ("step", "name"),
    [("reuse.search", "max_distance_bits"), ("reuse.compare", "max_block_residual")],
)
def test_thresholds_that_find_copies_were_measured(step: str, name: str) -> None:
    threshold = load(step).thresholds[name]

    assert threshold.false_alarms
    assert threshold.misses


def test_a_visible_change_never_passed_as_a_copy() -> None:
    counted = load("reuse.compare").thresholds["max_block_residual"].false_alarms

    visible = {name: rate for name, rate in counted.items() if "no_visible_change" not in name}
    assert visible
    assert {rate.errors for rate in visible.values()} == {0}


def test_what_cannot_be_told_apart_is_counted_and_not_hidden() -> None:
    counted = load("reuse.compare").thresholds["max_block_residual"].false_alarms

    assert any("no_visible_change" in name for name in counted)


def test_a_value_is_looked_up_by_name() -> None:
    threshold = Threshold(3.0, "px", "below is near", "a test")

    calibration = Calibration("a.b/1", "2026-01-01", "", {"max_px": threshold})

    assert calibration.value("max_px") == 3.0


def test_an_unknown_threshold_is_an_error() -> None:
    with pytest.raises(KeyError):
        load("reuse.search").value("no_such_threshold")


def test_rates_are_plain_data() -> None:
    rate = Rate(1, 10, 0.0025, 0.445, "a corpus")

    assert msgspec.json.decode(msgspec.json.encode(rate), type=Rate) == rate
