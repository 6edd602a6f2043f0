"""Stretches of clips are found again, and other moments of one view are not."""

import cv2
import numpy as np
import pytest

from forensics.ingest.media import open_media
from forensics.model.match import COPIES, Segment
from forensics.reuse.check import probe_file
from forensics.reuse.clip_align import align_clips
from forensics.reuse.clip_hits import Hit, unit_matrix, unit_to_pixels
from forensics.reuse.clip_relation import other_speed
from forensics.reuse.clip_trace import ARCHIVE_RATE, ClipTrace, make_trace
from forensics.reuse.decide import decide
from forensics.reuse.known_pictures import KnownPictures, searched

RATE = 25
SIZE = (36, 64)
MIRROR = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]])


def street(*, moves: int, length_s: float = 12.0) -> np.ndarray:
    """Film a fixed view in which things move; `moves` says what happens in it."""
    rng = np.random.default_rng(1)
    view = cv2.GaussianBlur(rng.uniform(0, 255, SIZE).astype(np.float32), (0, 0), 2)
    view = cv2.normalize(view, None, 40, 200, cv2.NORM_MINMAX)
    rng = np.random.default_rng(moves)
    knots = np.linspace(0, length_s, int(length_s) + 1)
    times = np.arange(int(length_s * RATE)) / RATE
    paths = [
        [np.interp(times, knots, rng.uniform(0, side, len(knots))) for side in SIZE]
        for _ in range(5)
    ]
    shades = rng.uniform(0, 255, 5)
    frames = []
    for at in range(len(times)):
        frame = view.copy()
        for (y, x), shade in zip(paths, shades, strict=True):
            cv2.circle(frame, (round(x[at] * 8), round(y[at] * 8)), 40, float(shade), -1, shift=3)
        frames.append(frame + rng.normal(0, 1, SIZE))
    return np.clip(frames, 0, 255).astype(np.uint8)


def traced(frames: np.ndarray, *, rate: float = RATE) -> ClipTrace:
    return make_trace(frames, np.arange(len(frames)) / RATE, rate=rate)


def known(frames: np.ndarray) -> ClipTrace:
    return ClipTrace.from_bytes(traced(frames, rate=ARCHIVE_RATE).to_bytes())


def hit(matrix: np.ndarray | None = None) -> Hit:
    matrix = np.eye(3) if matrix is None else matrix
    return Hit(0.0, 0.0, 20.0, bool(np.linalg.det(matrix) < 0), matrix)


@pytest.mark.parametrize("speed", [1, 2])
@pytest.mark.parametrize("backwards", [False, True])
def test_stretch_is_found_where_it_comes_from(speed, backwards):
    source = street(moves=2)
    stretch = source[3 * RATE : 9 * RATE : speed]
    query = stretch[::-1] if backwards else stretch

    told = align_clips(traced(query), known(source), [hit()])

    (segment,) = told.segments
    assert told.relation in {"contained_in", "edited_copy"}
    assert segment.reference == pytest.approx((3, 9), abs=0.2)
    assert segment.query == pytest.approx((0, 6 / speed), abs=0.2)
    assert (segment.reversed, segment.speed) == (backwards, pytest.approx(speed, rel=0.03))


def test_ends_are_as_near_as_said():
    source = street(moves=2)

    told = align_clips(traced(source[3 * RATE : 9 * RATE]), known(source), [hit()])

    (segment,) = told.segments
    assert segment.uncertainty_s is not None
    assert segment.uncertainty_s < 0.3
    assert segment.reference == pytest.approx((3, 9), abs=segment.uncertainty_s)


def test_jump_within_one_view_parts_two_stretches():
    source = street(moves=2)
    query = np.concatenate([source[1 * RATE : 4 * RATE], source[7 * RATE : 11 * RATE]])

    told = align_clips(traced(query), known(source), [hit()])

    assert told.relation in COPIES
    assert [each.reference for each in told.segments] == [
        pytest.approx((1, 4), abs=0.2),
        pytest.approx((7, 11), abs=0.2),
    ]


def test_fade_to_black_of_another_moment_is_no_copy():
    source, other = street(moves=2), street(moves=3)
    faded = [
        np.concatenate([each[2 * RATE : 4 * RATE], np.zeros((RATE, *SIZE), np.uint8)])
        for each in (source, other)
    ]

    told = align_clips(traced(faded[0]), known(faded[1]), [hit()])

    assert told.relation not in COPIES


@pytest.mark.parametrize(("length_s", "sure"), [(1.5, False), (10.0, True)])
def test_speed_is_named_where_it_shows(length_s, sure):
    segment = Segment((0.0, length_s), (0.0, 1.08 * length_s), 1.08, False, False, 0.07)

    assert other_speed(segment) is sure


def test_mirrored_copy_is_found_mirrored():
    source = street(moves=2)

    told = align_clips(traced(source[:, :, ::-1]), known(source), [hit(MIRROR)])

    assert told.relation in COPIES
    assert all(segment.mirrored for segment in told.segments)
    assert "mirror" in {edit.kind for edit in told.edits}


def test_copy_under_a_large_logo_is_found():
    source = street(moves=2)
    marked = source.copy()
    marked[:, 4:24, 34:60] = 250

    told = align_clips(traced(marked), known(source), [hit()])

    assert told.relation in COPIES
    assert told.query_covered > 0.9


def test_clip_behind_an_inset_is_found():
    behind, inset = street(moves=2), street(moves=3)[:, ::-1]
    query = behind.copy()
    small = np.stack([cv2.resize(each, (36, 22)) for each in inset])
    query[:, 3:25, 26:62] = small

    told = align_clips(traced(query), known(behind), [hit()])

    assert told.relation in COPIES
    assert told.segments[0].reference == pytest.approx((0, 12), abs=0.3)


def test_compilation_shows_two_stretches():
    source = street(moves=2)
    cut = np.concatenate([source[7 * RATE : 11 * RATE], source[1 * RATE : 5 * RATE]])

    told = align_clips(traced(cut), known(source), [hit()])

    spans = [segment.reference for segment in told.segments]
    assert spans == [pytest.approx((7, 11), abs=0.2), pytest.approx((1, 5), abs=0.2)]


@pytest.mark.parametrize("moves", range(3, 9))
def test_other_moments_of_a_fixed_view_are_no_copies(moves):
    told = align_clips(traced(street(moves=moves)), known(street(moves=2)), [hit()])

    assert told.relation not in COPIES


@pytest.mark.parametrize("early", [0.1, 0.4])
def test_stretch_that_starts_before_the_known_clip_keeps_its_moments(early):
    source = street(moves=2)
    before = round(early * RATE)

    told = align_clips(traced(source), known(source[before:]), [hit()])

    (segment,) = told.segments
    assert segment.query[0] - segment.reference[0] == pytest.approx(early, abs=0.05)
    assert segment.query[1] - segment.reference[1] == pytest.approx(early, abs=0.05)


def test_view_without_motion_stays_a_lead():
    still = np.repeat(street(moves=2)[:1], 5 * RATE, axis=0)

    told = align_clips(traced(still), known(still), [hit()])

    assert told.relation == "lead"
    assert told.unplaced_s is not None
    assert told.segments[0].uncertainty_s == told.unplaced_s > 1


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_flat_clips_are_nothing_to_each_other(shade):
    flat = np.full((5 * RATE, *SIZE), shade, np.uint8)

    told = align_clips(traced(flat), known(flat), [hit()])

    assert told.relation is None


def test_clips_without_a_moment_in_common_are_not_laid_over_each_other():
    told = align_clips(traced(street(moves=2)), known(street(moves=2)), [])

    assert told.relation is None


def test_trace_comes_back_from_its_bytes():
    trace = traced(street(moves=2, length_s=4))

    again = ClipTrace.from_bytes(trace.to_bytes())

    assert np.array_equal(again.times_s, trace.times_s)
    assert np.abs(again.frames.astype(int) - trace.frames).mean() < 4
    assert again.duration_s == trace.duration_s


@pytest.mark.parametrize("cut", [0, 3, 40, -1])
def test_damaged_trace_is_refused(cut):
    data = traced(street(moves=2, length_s=2)).to_bytes()

    with pytest.raises(ValueError, match=r"trace|frames"):
        ClipTrace.from_bytes(data[:cut])


def test_movement_of_shares_is_that_of_pixels():
    matrix = np.array([[1.5, 0.1, 20], [-0.1, 1.4, -5], [0, 0, 1]])
    sizes = {"query_px": (640, 360), "reference_px": (1280, 720)}

    assert np.allclose(unit_to_pixels(unit_matrix(matrix, **sizes), **sizes), matrix)


def compared(query, reference):
    """Decide what two files are to each other, by their features alone."""
    one, other = probe_file(query), probe_file(reference)
    numbered = zip(*reversed(searched(other)), strict=True)
    pictures = KnownPictures.of((("known", place), features) for place, features in numbered)
    return decide(one, other, (), sighted=pictures.find(*searched(one)).get("known", []))


def test_real_clip_is_found_two_seconds_later_under_a_large_logo(media_root):
    videos = media_root / "reuse" / "videos"

    verdict = compared(videos / "chair-22-with-large-logo-bar.mp4", videos / "chair-20-sd-bar.mp4")

    (segment,) = verdict.segments
    assert verdict.relation in COPIES
    assert segment.query[0] - segment.reference[0] == pytest.approx(2.0, abs=0.1)
    assert "overlay" in {edit.kind for edit in verdict.edits}


def test_real_clips_of_one_place_are_no_copies(media_root):
    videos = media_root / "reuse" / "videos"

    verdict = compared(videos / "v1.m4v", videos / "v2.m4v")

    assert verdict is None or verdict.relation not in COPIES


def test_real_clips_of_different_places_are_nothing_to_each_other(media_root):
    videos = media_root / "reuse" / "videos"

    assert compared(videos / "doorknob-hd-no-bar.mp4", videos / "v2.m4v") is None


def test_still_that_was_taken_from_a_clip_is_found_in_it(media_root, tmp_path):
    clip = media_root / "video" / "bigbuckbunny.mp4"
    frame = open_media(clip).frames[2]
    cv2.imwrite(str(tmp_path / "still.png"), frame.pixels[:, :, ::-1])

    verdict = compared(tmp_path / "still.png", clip)

    assert verdict.relation == "contained_in"
    assert verdict.segments[0].reference == (frame.moment_s, frame.moment_s)
