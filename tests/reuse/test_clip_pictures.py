"""Small things laid on a clip, and its colours, are read off pictures of the same moment."""

import cv2
import numpy as np
import pytest

from forensics.ingest.frame import Frame
from forensics.model.match import Segment
from forensics.reuse.clip_cropped import find_overlays_on_part
from forensics.reuse.clip_hits import unit_matrix
from forensics.reuse.clip_pictures import find_picture_edits, simultaneous
from forensics.reuse.hashes import ORIENTATIONS, hash_frames
from forensics.reuse.pair import orientation_matrix
from forensics.reuse.views import Probe, make_views, read_views

WIDTH, HEIGHT = 320, 180
WHOLE = (Segment((0.0, 5.0), (0.0, 5.0), 1.0, False, False),)


def moments(*, shift_s=0.0):
    """Film a panning view, one picture a second."""
    rng = np.random.default_rng(4)
    wide = cv2.GaussianBlur(rng.uniform(0, 255, (HEIGHT, WIDTH + 120, 3)), (0, 0), 5)
    wide = cv2.normalize(wide, None, 20, 235, cv2.NORM_MINMAX).astype(np.uint8)
    return [
        Frame(float(second) + shift_s, wide[:, 20 * second : 20 * second + WIDTH].copy())
        for second in range(5)
    ]


def changed(frames, change):
    return [Frame(each.moment_s, np.ascontiguousarray(change(each.pixels))) for each in frames]


def probe(frames, *, name="clip"):
    made = make_views(frames)
    views = read_views(made.finding, made.artefacts["views"].data)
    size = frames[0].pixels.shape[1::-1]
    return Probe(name, name, True, hash_frames(frames), views, size)


def edits(query, reference, *, matrix=None, segments=WHOLE):
    matrix = np.eye(3) if matrix is None else matrix
    pairs = simultaneous(query, reference, segments, matrix)
    return find_picture_edits(query, reference, pairs)


def saved_again(pixels):
    small = cv2.resize(pixels, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 50])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def marked(pixels):
    pixels = pixels.copy()
    cv2.circle(pixels, (280, 30), 12, (250, 250, 250), -1)
    return pixels


def marked_at(pixels, x=40, y=100):
    return cv2.circle(pixels.copy(), (x, y), 12, (250, 250, 250), -1)


def test_clip_that_was_saved_again_shows_no_edits():
    clip = moments()

    assert edits(probe(changed(clip, saved_again)), probe(clip)) == ()


def test_small_logo_is_found_in_its_place():
    clip = moments()

    (edit,) = edits(probe(changed(changed(clip, marked), saved_again)), probe(clip))

    assert edit.kind == "overlay"
    assert np.mean(edit.region, axis=0) == pytest.approx((280 * 0.7, 30 * 0.7), abs=6)


def test_logo_on_a_mirrored_copy_is_told_in_pixels_of_the_copy():
    clip = moments()
    mirrored = changed(changed(clip, lambda pixels: pixels[:, ::-1]), marked)
    matrix = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]])

    (edit,) = edits(probe(mirrored), probe(clip), matrix=matrix)

    assert np.mean(edit.region, axis=0) == pytest.approx((280, 30), abs=8)


def grey(pixels):
    return cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


def test_grey_copy_is_told_by_its_colours():
    clip = moments()

    told = edits(probe(changed(clip, grey)), probe(clip))

    assert [edit.kind for edit in told] == ["colour"]


def test_change_of_all_tones_is_no_overlay():
    clip = moments()

    told = edits(probe(changed(clip, lambda pixels: (pixels // 64) * 64)), probe(clip))

    assert "overlay" not in {edit.kind for edit in told}


def test_pictures_between_those_of_the_known_clip_are_not_compared():
    query, reference = probe(moments(shift_s=0.3)), probe(moments())

    assert simultaneous(query, reference, WHOLE, np.eye(3)) == []


def test_cropped_clip_is_not_compared_picture_by_picture():
    clip = probe(moments())
    cropped = np.array([[0.8, 0, 0.1], [0, 0.8, 0.1], [0, 0, 1]])

    assert simultaneous(clip, clip, WHOLE, cropped) == []


CROP = np.array([[0.8, 0, 0.1], [0, 0.75, 0.2], [0, 0, 1]])


def cropped(pixels):
    return pixels[HEIGHT // 5 : HEIGHT * 19 // 20, WIDTH // 10 : WIDTH * 9 // 10]


def test_logo_on_a_cropped_copy_is_found_in_its_place():
    clip = moments()
    query = probe(changed(changed(clip, lambda pixels: marked_at(cropped(pixels))), saved_again))
    roughly = CROP + np.array([[0, 0, 0.004], [0, 0, -0.004], [0, 0, 0]])

    (edit,) = find_overlays_on_part(query, probe(clip), WHOLE, roughly)

    assert edit.kind == "overlay"
    assert np.mean(edit.region, axis=0) == pytest.approx((40 * 0.7, 100 * 0.7), abs=6)


def test_cropped_copy_without_a_logo_shows_none():
    clip = moments()
    query = probe(changed(changed(clip, cropped), saved_again))

    assert find_overlays_on_part(query, probe(clip), WHOLE, CROP) == ()


def test_clip_that_plays_backwards_is_paired_from_its_end():
    clip = probe(moments())
    backwards = (Segment((0.0, 4.0), (0.0, 4.0), 1.0, False, True),)

    pairs = simultaneous(clip, clip, backwards, np.eye(3))

    assert [(each.query_frame, each.reference_frame) for each in pairs] == [
        (at, 4 - at) for at in range(5)
    ]


@pytest.mark.parametrize("row", range(len(ORIENTATIONS)))
def test_turned_clip_is_paired_by_how_it_is_turned(row):
    clip = probe(moments())
    turned, _ = orientation_matrix((1, 1), (1, 1), row)
    matrix = unit_matrix(turned, query_px=(1, 1), reference_px=(1, 1))

    pairs = simultaneous(clip, clip, WHOLE, matrix)

    assert {each.orientation for each in pairs} == {row}
