"""Every row of the table keeps its promises."""

import inspect
from pathlib import Path

import pytest

from forensics.calibration import load
from forensics.engine.step import Step
from forensics.stages import NOT_TESTED, STEPS

EACH = pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)


@EACH
def test_function_loads_and_takes_what_the_row_says(step: Step) -> None:
    parameters = [
        each
        for each in inspect.signature(step.load()).parameters.values()
        if each.kind is not inspect.Parameter.KEYWORD_ONLY
    ]

    assert len(parameters) == len(step.takes)


@EACH
def test_what_a_step_takes_exists(step: Step) -> None:
    above = {each.name for each in STEPS[: STEPS.index(step)]}
    given = {
        "file": {"path"},
        "item": {"media", "frames"},
        "review": {"subject"},
        "pair": {"before", "after", "question"},
        "case": {"probes", "archive", "event", "media", "paths", "files"},
    }[step.scope]

    assert set(step.takes) <= given | above


@EACH
def test_what_a_step_copes_without_is_something_it_takes(step: Step) -> None:
    assert set(step.copes_without) <= set(step.takes)


@EACH
def test_step_is_documented(step: Step, repository: Path) -> None:
    stage = step.name.partition(".")[0]
    page = (repository / "docs" / "methods" / f"{stage}.md").read_text("utf-8")

    assert f"`{step.name}`" in page
    assert inspect.getdoc(step.load())


@EACH
def test_calibrations_exist(step: Step) -> None:
    for name in step.calibrations:
        assert load(name).thresholds


def test_names_are_unique() -> None:
    assert len({step.name for step in STEPS}) == len(STEPS)


def test_the_missing_test_for_generated_imagery_is_told() -> None:
    assert any("AI-generated" in line for line in NOT_TESTED)
