"""Which frames are wanted: named ones, steady ones, one of every shot."""

import numpy as np
import pytest

from forensics.extract.moments import MAX_FRAMES, want_at, want_every, want_per_shot
from forensics.ingest.timeline import Timeline
from forensics.model.errors import FrameChoiceError


def timeline(end_s: float, fps: int = 10) -> Timeline:
    return Timeline(np.arange(int(end_s * fps)) / fps, end_s)


def test_end_of_the_clip_is_a_moment_of_it() -> None:
    assert [want.asked_s for want in want_at([0.0, 10.0], timeline(10))] == [0.0, 10.0]


@pytest.mark.parametrize("moment_s", [-0.1, 10.001, float("nan"), float("inf")])
def test_other_moments_are_refused(moment_s: float) -> None:
    with pytest.raises(FrameChoiceError, match="outside the clip"):
        want_at([moment_s], timeline(10))


def test_steady_moments_begin_at_zero_and_end_before_the_end() -> None:
    wants = want_every(2.5, timeline(10))

    assert [want.asked_s for want in wants] == [0.0, 2.5, 5.0, 7.5]
    assert {want.within_s for want in wants} == {None}


def test_sharper_frames_are_looked_for_close_by_and_never_in_another_shot() -> None:
    wants = want_every(1.0, timeline(3), cuts_s=(0.9, 2.0))

    assert [want.within_s for want in wants] == [(0.0, 0.25), (0.9, 1.25), (2.0, 2.25)]


@pytest.mark.parametrize("every_s", [0.0, -1.0, float("nan"), float("inf")])
def test_distance_that_is_none_is_refused(every_s: float) -> None:
    with pytest.raises(FrameChoiceError, match="no distance"):
        want_every(every_s, timeline(10))


def test_every_shot_gives_its_middle() -> None:
    wants = want_per_shot((4.0, 8.0, 12.0), timeline(10))

    assert [(want.asked_s, want.within_s) for want in wants] == [
        (2.0, (1.5, 2.5)),
        (6.0, (5.5, 6.5)),
        (9.0, (8.5, 9.5)),
    ]


def test_clip_without_cuts_is_one_shot() -> None:
    assert [want.asked_s for want in want_per_shot((), timeline(7))] == [3.5]


def test_long_shots_are_divided() -> None:
    wants = want_per_shot((4.0,), timeline(28), part_s=10)

    assert [want.asked_s for want in wants] == [2.0, 8.0, 16.0, 24.0]


def test_very_long_clips_are_divided_less_often() -> None:
    wants = want_per_shot((), timeline(60_000, fps=1), part_s=10)

    assert 250 < len(wants) <= MAX_FRAMES


def test_too_many_shots_are_refused_with_advice() -> None:
    with pytest.raises(FrameChoiceError) as caught:
        want_per_shot(tuple(range(1, 600)), timeline(600))

    assert "--every" in caught.value.advice
