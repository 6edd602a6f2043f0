"""One visit to an item: every step has exactly one outcome, whatever happens."""

from pathlib import Path

import numpy as np
import pytest

from forensics.engine.messages import Told
from forensics.engine.runner import run_step, run_steps
from forensics.engine.step import Step
from forensics.ingest.frame import Frame
from forensics.ingest.media import Media
from forensics.model.findings import StillFacts
from forensics.model.item import SniffedType
from forensics.model.outcome import Absent, Problem, Result


def make_media(*, kind: str = "still", frames: int = 1) -> Media:
    facts = StillFacts(8, 8, 8, 8, 1, "RGB", 1, 1, None, None)
    pixels = np.zeros((8, 8, 3), np.uint8)
    return Media(
        path=Path("a.jpg"),
        sha256="0" * 64,
        bytes=3,
        type=SniffedType(kind, "jpeg", ("jpg",)),
        data=b"abc",
        facts=facts,
        frames=tuple(Frame(None, pixels) for _ in range(frames)),
        tags={},
    )


def make_step(run: str, **changes: object) -> Step:
    row = {"name": "test.step", "scope": "item", "takes": ("media",), "version": 1, "summary": "x"}
    return Step(run=run, **(row | changes))


def run(media: Media, steps: list[Step]) -> list[Told]:
    said = run_steps(steps, sha256=media.sha256, kind=media.type.kind, media=media)
    return [each for each in said if isinstance(each, Told)]


def failing(media: Media) -> None:
    raise AssertionError("broken on purpose")


def absent(media: Media) -> Absent:
    return Absent("not_present", "nothing there")


def taking_another(finding: object) -> None:
    raise AssertionError("must not run")


def test_a_fault_becomes_a_problem_and_the_others_still_run() -> None:
    steps = [
        make_step(f"{__name__}:failing", name="test.failing"),
        make_step("forensics.ingest.thumbnail:make_thumbnail", takes=("frames",)),
    ]

    first, second = run(make_media(), steps)

    assert isinstance(first.outcome.outcome, Problem)
    assert "broken on purpose" in first.outcome.outcome.error
    assert isinstance(second.outcome.outcome, Result)
    assert [*second.artefacts] == ["thumb"]


def test_a_missing_library_is_an_absence_with_advice() -> None:
    given = run_step(make_step("no_such_module:function"), {"media": None})

    assert isinstance(given, Absent)
    assert given.reason == "not_available"
    assert given.advice


def test_a_step_is_not_applied_to_other_kinds() -> None:
    step = make_step(f"{__name__}:failing", kinds=("video",))

    outcome = run(make_media(), [step])[0].outcome.outcome

    assert isinstance(outcome, Absent)
    assert outcome.reason == "not_applicable"


def test_without_pictures_picture_steps_are_absent() -> None:
    step = make_step("forensics.ingest.thumbnail:make_thumbnail", takes=("frames",))

    outcome = run(make_media(frames=0), [step])[0].outcome.outcome

    assert isinstance(outcome, Absent)
    assert outcome.reason == "unreadable"


def test_what_rests_on_an_absent_finding_is_absent_too() -> None:
    steps = [
        make_step(f"{__name__}:absent", name="test.absent"),
        make_step(f"{__name__}:taking_another", takes=("test.absent",)),
    ]

    outcome = run(make_media(), steps)[1].outcome.outcome

    assert isinstance(outcome, Absent)
    assert "test.absent" in outcome.detail


def taking_what_there_is(found: object) -> Absent:
    return Absent("not_applicable", f"was given {type(found).__name__}")


@pytest.mark.parametrize(("function", "kind"), [("absent", "Absent"), ("failing", "Problem")])
def test_a_step_that_copes_without_another_is_given_why(function: str, kind: str) -> None:
    steps = [
        make_step(f"{__name__}:{function}", name="test.first"),
        make_step(
            f"{__name__}:taking_what_there_is", takes=("test.first",), copes_without=("test.first",)
        ),
    ]

    told = run(make_media(), steps)[-1].outcome.outcome

    assert told == Absent("not_applicable", f"was given {kind}")


@pytest.mark.parametrize("frames", [1, 2, 7])
def test_a_strip_is_made_of_several_pictures_only(frames: int) -> None:
    step = make_step("forensics.ingest.thumbnail:make_thumbnail", takes=("frames",))

    told = run(make_media(frames=frames), [step])[0]

    assert isinstance(told.outcome.outcome, Result)
    assert ("strip" in told.artefacts) is (frames > 1)


def test_the_step_that_opens_a_file_has_its_facts_as_outcome() -> None:
    step = make_step("forensics.ingest.media:open_media", scope="file", takes=("path",))
    media = make_media()

    outcome = run(media, [step])[0].outcome.outcome

    assert isinstance(outcome, Result)
    assert outcome.finding == media.facts
