"""Kept frames are thinned to a bound; those beside cuts stay."""

import numpy as np
import pytest

from forensics.ingest import video_frames
from forensics.ingest.frame import Frame
from forensics.ingest.video_frames import MAX_KEPT_FRAMES, KeptFrames


def _frame(moment_s: float, side_px: int = 4) -> Frame:
    return Frame(moment_s, np.zeros((side_px, side_px, 3), np.uint8), keyframe=False)


def _filled(kept: KeptFrames, seconds: int, side_px: int = 4) -> KeptFrames:
    for number in range(seconds * 10):
        if kept.wants(number / 10, keyframe=False):
            kept.keep(number, _frame(number / 10, side_px))
    return kept


def _moments(kept: KeptFrames) -> list[float | None]:
    return [frame.moment_s for frame in kept.in_order(start_s=0.0)]


def test_long_clip_is_sampled_more_coarsely() -> None:
    kept = _filled(KeptFrames(), 1000)

    assert len(kept) <= MAX_KEPT_FRAMES
    assert _moments(kept) == [8.0 * number for number in range(125)]


def test_kept_pixels_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_frames, "MAX_KEPT_BYTES", 20 * 3 * 64 * 64)

    kept = _filled(KeptFrames(), 100, side_px=64)

    assert sum(frame.pixels.nbytes for frame in kept.in_order(start_s=0.0)) <= 20 * 3 * 64 * 64
    assert len(kept) > 10


def test_frames_beside_cuts_outlast_thinning() -> None:
    kept = KeptFrames()
    kept.keep_beside_cut(33, _frame(3.3))
    kept.keep_beside_cut(34, _frame(3.4))

    _filled(kept, 1000)

    assert {3.3, 3.4} <= set(_moments(kept))


def test_frame_beside_a_cut_that_was_sampled_is_kept_once() -> None:
    kept = _filled(KeptFrames(), 5)

    kept.keep_beside_cut(20, _frame(2.0))

    assert _moments(kept) == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_moments_count_from_the_earliest_frame() -> None:
    kept = _filled(KeptFrames(), 3)

    assert [f.moment_s for f in kept.in_order(start_s=-5.0)] == [5.0, 6.0, 7.0]
