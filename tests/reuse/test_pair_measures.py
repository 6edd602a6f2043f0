"""Two stills laid over each other: what fits, what was laid on, what happened."""

from functools import cache

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.calibration import load
from forensics.model.match import COPIES
from forensics.reuse.changes import MEASURES
from forensics.reuse.judge_weights import load_weights
from forensics.reuse.judgement import judge
from forensics.reuse.pair_measures import MOST_SURE, PAIR_MEASURES, measure, of_changes
from forensics.reuse.picture import Picture
from forensics.reuse.residual import find_residual, local_shifts, plain_correlation
from forensics.reuse.warp import finer, overlay
from forensics.vision.alignment import Alignment

HEIGHT, WIDTH = 240, 320


@cache
def make_scene(seed):
    """Draw boxes before a slow gradient, with a sensor's noise."""
    rng = np.random.default_rng(seed)
    rows = np.linspace(60, 180, HEIGHT)[:, None, None]
    pixels = np.broadcast_to(rows, (HEIGHT, WIDTH, 3)).astype(np.uint8).copy()
    for _ in range(70):
        x, y = int(rng.integers(0, WIDTH - 8)), int(rng.integers(0, HEIGHT - 8))
        width, height = (int(side) for side in rng.integers(6, 50, 2))
        level = int(rng.integers(20, 236))
        colour = tuple(int(np.clip(level + shift, 0, 255)) for shift in rng.integers(-25, 26, 3))
        cv2.rectangle(pixels, (x, y), (x + width, y + height), colour, -1)
    return with_noise(cv2.GaussianBlur(pixels, (0, 0), 0.8), seed=seed)


def with_noise(pixels, *, seed, levels=2.0):
    noise = np.random.default_rng(seed).normal(0, levels, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def saved(pixels, quality=70):
    _, jpeg = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(jpeg, cv2.IMREAD_COLOR)


def as_picture(pixels):
    ycc = cv2.cvtColor(pixels, cv2.COLOR_BGR2YCrCb)
    height, width = pixels.shape[:2]
    small = (max(1, width // 4), max(1, height // 4))
    chroma = cv2.resize(ycc[..., 1:], small, interpolation=cv2.INTER_AREA)
    return Picture(np.ascontiguousarray(ycc[..., 0]), chroma.reshape(small[1], small[0], 2),
                   (width, height))  # fmt: skip


def as_it_is(query, *, spread=1.0):
    """Align two pictures of one size, with points on a grid over a part of them."""
    height, width = query.shape[:2]
    x, y = np.meshgrid(np.linspace(9, spread * (width - 9), 6), np.linspace(9, height - 9, 6))
    points = np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)
    return Alignment(np.eye(3), False, points, points)


def compared(query, reference, **points):
    start = as_it_is(query, **points)
    return measure(as_picture(query), as_picture(reference), start)


def judged(query, reference):
    return judge(as_picture(query), as_picture(reference), as_it_is(query))


def with_writing(pixels):
    written = pixels.copy()
    for line, text in enumerate(("EXCLUSIVE: the bridge", "was hit on Friday night")):
        at = (30, 100 + 26 * line)
        cv2.putText(written, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 5, cv2.LINE_AA)
        cv2.putText(written, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.8, (255, 255, 255), 2,
                    cv2.LINE_AA)  # fmt: skip
    return written


def with_bar(pixels):
    barred = pixels.copy()
    barred[170:] = (40, 30, 150)
    cv2.putText(barred, "BREAKING NEWS", (20, 212), cv2.FONT_HERSHEY_SIMPLEX, 1, (255,) * 3, 2)
    return barred


def later(pixels, *, seed=99):
    """Show the same view again: people stand elsewhere, and the noise is another."""
    moved = pixels.astype(np.float32)
    rng = np.random.default_rng(seed)
    for x, y in ((80, 120), (230, 60), (180, 180)):
        cloth = cv2.GaussianBlur(rng.normal(0, 60, (HEIGHT, WIDTH, 3)), (0, 0), 3) * 4 + 90
        shape = np.zeros((HEIGHT, WIDTH), np.float32)
        cv2.ellipse(shape, (x, y), (9, 26), 10, 0, 360, 1.0, -1)
        weight = cv2.GaussianBlur(shape, (0, 0), 1.2)[..., None]
        moved = moved * (1 - weight) + cloth.astype(np.float32) * weight
    return with_noise(np.clip(moved, 0, 255).astype(np.uint8), seed=seed)


def test_weights_belong_to_the_measures():
    weights = load_weights()

    assert len(weights["overlay"].weight) == len(MEASURES) + 1
    assert len(weights["copy"].weight) == len(PAIR_MEASURES)


def test_everything_fits_in_a_picture_saved_again():
    found = compared(saved(make_scene(1)), make_scene(1))

    assert found.fit.hardly < 0.01
    assert found.fit.correlation(0.25) > 0.8
    assert found.fit.shift_px < 0.1
    assert found.happened == 0


def test_bar_over_the_dark_does_not_bend_the_tones():
    # All that is dark lies under the bar: its tones must not be taken for those of the dark.
    scene = make_scene(2)[::-1].copy()
    query = with_bar((scene * 0.8 + 20).astype(np.uint8))

    found = compared(saved(query), scene)

    assert found.residual.flat_noise < 4
    assert found.fit.hardly < 0.02
    assert found.happened < load("reuse.judge").value("max_happened")


def test_neighbour_in_a_collage_is_cut_off():
    scene = make_scene(3)
    query = np.hstack([scene[:, :200], make_scene(4)[:, :200]])

    found = compared(saved(query), scene, spread=0.47)

    inside = found.residual.inside
    width = inside.shape[1]
    assert inside[:, : int(0.45 * width)].mean() > 0.9
    assert inside[:, int(0.55 * width) :].mean() < 0.1
    assert found.fit.hardly < 0.02


@pytest.mark.parametrize("edit", [with_writing, with_bar, lambda pixels: pixels])
def test_copies_are_told_with_what_was_laid_on(edit):
    told = judged(saved(edit(make_scene(5))), make_scene(5))

    assert told.relation in COPIES
    assert "inserted" not in [kind for kind, _ in told.edits]


def test_writing_is_named_where_it_is():
    told = judged(saved(with_writing(make_scene(5))), make_scene(5))

    regions = [np.array(region) for kind, region in told.edits if kind == "overlay"]
    assert regions
    corners = np.concatenate(regions)
    low, high = corners.min(axis=0), corners.max(axis=0)
    assert np.abs(low - (30, 80)).max() < 15
    assert high[1] == pytest.approx(134, abs=15)


@pytest.mark.parametrize("quality", [95, 60])
@pytest.mark.parametrize("seed", [5, 6, 7])
def test_another_moment_is_no_copy(seed, quality):
    told = judged(saved(later(make_scene(seed)), quality), make_scene(seed))

    assert told.relation not in COPIES


@pytest.mark.parametrize("rows", [80, 120, 160])
@pytest.mark.parametrize("framed", [False, True])
def test_lower_part_that_is_another_is_no_caption(rows, framed):
    # A fixed camera: the sky is the same, below it nothing is as it was.
    scene = make_scene(5)
    query = scene.copy()
    query[rows:] = make_scene(6)[rows:]
    query = with_noise(query, seed=7)
    points = as_it_is(scene[:rows]).query_points
    if framed:
        query = np.pad(query, ((30, 30), (0, 0), (0, 0)))
    shift = np.array([[1.0, 0, 0], [0, 1, -30.0 * framed], [0, 0, 1]])
    start = Alignment(shift, False, points + np.float32([0, 30 * framed]), points)

    told = judge(as_picture(saved(query)), as_picture(scene), start)

    assert told.relation not in COPIES


def test_shaken_camera_is_no_copy_though_nothing_moved():
    # The left half is nearer: it moves twice as far.
    scene = make_scene(8)
    query = scene.copy()
    query[:, :160] = np.roll(scene, 2, axis=1)[:, :160]
    query[:, 160:] = np.roll(scene, 4, axis=1)[:, 160:]

    told = judged(saved(with_noise(query, seed=3)), scene)

    assert told.relation not in COPIES


def test_fit_is_measured_around_the_changes():
    plain = compared(saved(make_scene(5)), make_scene(5)).fit
    written = compared(saved(with_writing(make_scene(5))), make_scene(5)).fit

    assert written.hardly == pytest.approx(plain.hardly, abs=0.01)
    assert written.correlation(0.5) == pytest.approx(plain.correlation(0.5), abs=0.05)


def test_plain_places_correlate_in_copies_and_not_at_another_moment():
    ground = np.full((200, 200, 3), 120, np.uint8)
    here, there = (with_noise(ground, seed=seed)[..., 0].astype(np.float32) for seed in (1, 2))
    inside = np.ones(here.shape, bool)

    assert plain_correlation(here, here, inside) > 0.9
    assert abs(plain_correlation(here, there, inside)) < 0.2
    assert plain_correlation(here, there, np.zeros_like(inside)) == 0


def test_shifts_count_only_where_they_are_certain():
    scene = make_scene(9)[..., 0].astype(np.float32)
    inside = np.ones(scene.shape, bool)
    by_half = np.array([[1, 0, 0.5], [0, 1, 0]])
    moved = cv2.warpAffine(scene, by_half, scene.shape[::-1], borderMode=cv2.BORDER_REFLECT)
    moved[:, 110:] = scene[:, 110:]
    rng = np.random.default_rng(0)
    noise = [rng.normal(120, 20, scene.shape).astype(np.float32) for _ in range(2)]

    halves = local_shifts(moved, scene, inside, block_px=24, max_error_px=0.15)
    unlike = local_shifts(*noise, inside, block_px=24, max_error_px=0.15)

    assert len(halves) > 20
    assert np.quantile(halves, 0.9) > 0.3
    assert np.quantile(halves, 0.5) < 0.1
    assert len(unlike) == 0


@pytest.mark.parametrize("level", [0, 128, 255])
def test_flat_pictures_are_not_decided(level):
    flat = np.full((HEIGHT, WIDTH, 3), level, np.uint8)

    told = judged(flat, flat)

    assert (told.relation, told.has_detail) == ("lead", False)


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (12, 12)])
def test_tiny_pictures_are_not_decided(size):
    tiny = cv2.resize(make_scene(1), size[::-1])

    assert judged(tiny, tiny).relation == "lead"


@pytest.mark.parametrize("seed", range(4))
def test_what_fits_only_in_a_thin_strip_is_not_cut_to_nothing(seed):
    scene = make_scene(1)
    query = make_scene(2).copy()
    query[:, :10] = scene[:, :10]
    points = np.random.default_rng(seed).uniform(0, 10, (12, 2)).astype(np.float32)
    points[:, 1] *= 20

    told = judge(as_picture(query), as_picture(scene), Alignment(np.eye(3), False, points, points))

    assert told.relation not in COPIES


def test_finer_planes_show_the_same():
    large = cv2.resize(make_scene(1), (640, 480), interpolation=cv2.INTER_CUBIC)[..., 1]
    over = overlay(large, large, np.eye(3), side_px=256)

    fine = finer(over, large, large, side_px=512)

    assert fine is not None
    assert fine[0].shape == (384, 512)
    assert np.abs(fine[0] - fine[1]).mean() < 1


def test_basis_says_where_tones_are_read():
    scene = make_scene(2)
    query = scene.copy()
    query[:, 130:] = 255 - make_scene(3)[:, 130:]
    over = overlay(query[..., 0], scene[..., 0], np.eye(3), side_px=320)
    left = np.zeros(over.inside.shape, bool)
    left[:, :120] = True

    with_basis = find_residual(over, over.inside, basis=left)

    assert with_basis.flat_noise < 1
    assert np.median(with_basis.strength[:, 180:]) > 5


SHARES = st.lists(st.floats(0, 0.2), max_size=8)


@given(shares=SHARES, score=st.floats(-MOST_SURE, MOST_SURE))
def test_what_was_surely_laid_on_weighs_less(shares, score):
    areas = np.array(shares, dtype=np.float64)
    as_scored = of_changes(areas, np.full(len(areas), score))
    as_laid_on = of_changes(areas, np.full(len(areas), MOST_SURE))

    assert as_laid_on[0] <= as_scored[0]
    assert as_laid_on[1] <= as_scored[1]
    assert as_laid_on[2] >= as_scored[2]


def test_without_changes_nothing_happened():
    none = np.zeros(0)

    assert of_changes(none, none) == pytest.approx((np.log(3e-4), np.log(3e-4), MOST_SURE))
