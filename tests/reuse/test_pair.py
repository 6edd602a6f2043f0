"""What two items are to each other: a copy is called one only when the pixels say so."""

from functools import cache

import cv2
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.ingest.frame import Frame
from forensics.reuse.decide import decide
from forensics.reuse.hashes import ORIENTATIONS, hash_frames, orient, unpack_hex
from forensics.reuse.pair import NearPair, transform_of
from forensics.reuse.views import Probe, make_views, read_views


@cache
def make_picture(seed, *, width=480, height=360):
    rng = np.random.default_rng(seed)
    layers = [
        cv2.resize(
            rng.normal(0, 1, (n * 3, n * 4, 3)).astype(np.float32), (width, height), interpolation=2
        )
        * (10 / n)
        for n in (2, 5, 11)
    ]
    total = sum(layers)
    total = (total - total.min()) / (total.max() - total.min())
    return np.ascontiguousarray((total * 255).astype(np.uint8))


def save_again(pixels, *, quality=60, width=None):
    if width is not None:
        height = round(pixels.shape[0] * width / pixels.shape[1])
        pixels = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR)[:, :, ::-1])


def make_probe(*pictures, moments=None, duration_s=None, name="a"):
    moments = moments or (None,) * len(pictures)
    frames = [Frame(moment, each) for moment, each in zip(moments, pictures, strict=True)]
    made = make_views(frames)
    return Probe(
        sha256=name * 64,
        path=f"{name}.jpg",
        is_video=moments[0] is not None,
        hashes=hash_frames(frames),
        views=read_views(made.finding, made.artefacts["views"].data),
        size_px=pictures[0].shape[1::-1],
        duration_s=duration_s,
    )


def near_pairs(query, reference, *, radius_bits=31):
    """Pair all pictures as the search does."""
    stored = unpack_hex(frame.pdq for frame in reference.hashes.frames)
    for i, turned in enumerate(query.orientation_hashes):
        for j, one in enumerate(stored):
            distances = np.bitwise_count(turned ^ one).sum(axis=1)
            if distances.min() <= radius_bits:
                yield NearPair(i, j, int(distances.min()), int(distances.argmin()))


def judge(query, reference):
    near = list(near_pairs(query, reference))
    assert near, "the hashes are not near"
    return decide(query, reference, near)


def kinds(verdict):
    return tuple(edit.kind for edit in verdict.edits)


ORIGINAL = make_picture(1)


@pytest.mark.parametrize("quality", [40, 60, 90])
@pytest.mark.parametrize("width", [480, 241, 120])
def test_picture_that_was_saved_again_is_a_reencode(quality, width):
    query = make_probe(save_again(ORIGINAL, quality=quality, width=width))

    verdict = judge(query, make_probe(ORIGINAL, name="b"))

    assert (verdict.relation, verdict.edits) == ("reencoded", ())


@pytest.mark.parametrize("orientation", ORIENTATIONS[1:])
def test_turned_or_mirrored_copy_names_what_was_done(orientation):
    mirrored, clockwise_deg = orientation
    query = make_probe(save_again(orient(ORIGINAL, orientation)))

    verdict = judge(query, make_probe(ORIGINAL, name="b"))

    assert verdict.relation == "edited_copy"
    assert ("mirror" in kinds(verdict)) is mirrored
    assert ("rotation" in kinds(verdict)) is (clockwise_deg != 0)


@pytest.mark.parametrize("swapped", [False, True])
def test_grey_copy_of_a_colour_picture_has_other_colours(swapped):
    luma = cv2.cvtColor(ORIGINAL, cv2.COLOR_RGB2GRAY)
    pair = [make_probe(save_again(np.dstack([luma] * 3))), make_probe(ORIGINAL, name="b")]

    verdict = judge(*(reversed(pair) if swapped else pair))

    assert verdict.relation == "edited_copy"
    assert kinds(verdict) == (("colour",) if swapped else ("grey",))


def test_brighter_copy_is_still_a_copy():
    brighter = cv2.convertScaleAbs(ORIGINAL, alpha=0.8, beta=30)

    assert judge(make_probe(brighter), make_probe(ORIGINAL, name="b")).relation != "lead"


@pytest.mark.parametrize("corner", [(0, 0), (200, 300), (340, 460)])
def test_local_change_is_told_with_its_place_however_near_the_hashes_are(corner):
    changed = ORIGINAL.copy()
    changed[corner[0] : corner[0] + 24, corner[1] : corner[1] + 24] //= 2
    near = [NearPair(0, 0, 2, 0)]

    verdict = decide(make_probe(changed), make_probe(ORIGINAL, name="b"), near)

    (edit,) = (each for each in verdict.edits if each.region is not None)
    xs, ys = zip(*edit.region, strict=True)
    assert abs(min(xs) - corner[1]) < 8
    assert abs(max(ys) - corner[0] - 24) < 8


@pytest.mark.parametrize("side", [0, 1])
def test_hashes_alone_are_a_lead(side):
    pair = [make_probe(ORIGINAL), make_probe(ORIGINAL, name="b")]
    near = list(near_pairs(*pair))
    bare = pair[side]
    pair[side] = Probe(bare.sha256, bare.path, bare.is_video, bare.hashes, None, bare.size_px)

    verdict = decide(*pair, near)

    assert verdict.relation == "lead"
    assert "hashes alone" in verdict.reason


def test_further_page_that_looks_alike_is_a_lead():
    pages = make_probe(make_picture(7), ORIGINAL)

    verdict = judge(make_probe(ORIGINAL, name="b"), pages)

    assert verdict.relation == "lead"
    assert "pages" in verdict.reason


def test_first_page_decides_where_a_preview_is_nearer():
    pages = make_probe(ORIGINAL, save_again(ORIGINAL, width=160))
    query = make_probe(save_again(ORIGINAL, width=160), name="b")

    verdict = judge(query, pages)

    assert verdict.relation == "reencoded"
    assert verdict.best.reference_frame == 0


def make_clip(*seeds, name="a", start_s=0.0, duration_s=None, change=lambda pixels: pixels):
    moments = tuple(start_s + i for i in range(len(seeds)))
    pictures = [change(make_picture(seed, width=240, height=180)) for seed in seeds]
    return make_probe(*pictures, moments=moments, name=name, duration_s=duration_s)


def test_clips_of_which_only_hashes_are_known_stay_a_lead_with_the_reason():
    verdict = judge(make_clip(1, 2, 3, 4), make_clip(1, 2, 3, 4, name="b"))

    assert verdict.relation == "lead"
    assert "over time is not known" in verdict.reason
    assert verdict.segments[0].query == verdict.segments[0].reference == (0.0, 3.0)


def test_still_from_a_clip_is_a_lead():
    still = make_probe(make_picture(2, width=240, height=180))

    verdict = judge(still, make_clip(1, 2, 3, name="b"))

    assert verdict.relation == "lead"
    assert verdict.segments[0].reference == (1.0, 1.0)


def sized(width, height, name="a"):
    probe = make_probe(np.zeros((8, 8, 3), np.uint8), name=name)
    return Probe(probe.sha256, probe.path, False, probe.hashes, None, (width, height))


@pytest.mark.parametrize("orientation", range(8))
@settings(max_examples=6, deadline=None)
@given(
    size=st.tuples(st.integers(60, 140), st.integers(60, 140)),
    scale=st.sampled_from([0.5, 0.75, 1.0, 1.6, 2.0]),
    seed=st.integers(0, 3),
)
def test_matrix_carries_the_query_onto_the_reference(orientation, size, scale, seed):
    query = make_picture(seed, width=size[0], height=size[1])
    turned = orient(query, ORIENTATIONS[orientation])
    wanted_px = tuple(max(1, round(side * scale)) for side in turned.shape[1::-1])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    reference = cv2.resize(turned, wanted_px, interpolation=method)
    told = transform_of(sized(*size), sized(*wanted_px, "b"), orientation)

    warped = cv2.warpPerspective(
        query, np.array(told.matrix), wanted_px, flags=method, borderMode=cv2.BORDER_REPLICATE
    )

    # A shift by one pixel differs by several grey levels on these pictures.
    assert np.abs(warped.astype(int) - reference).mean() < 1.5
    shifted = np.roll(reference, 1, axis=1)[:, 2:-2].astype(int)
    assert np.abs(warped[:, 2:-2] - shifted).mean() > np.abs(warped.astype(int) - reference).mean()


@pytest.mark.parametrize("orientation", range(8))
@pytest.mark.parametrize("size", [(64, 48), (63, 47), (64, 47)])
def test_matrix_at_the_same_size_is_exact_to_the_pixel(orientation, size):
    query = make_picture(5, width=size[0], height=size[1])
    reference = orient(query, ORIENTATIONS[orientation])
    other_px = reference.shape[1::-1]
    told = transform_of(sized(*size), sized(*other_px, "b"), orientation)

    warped = cv2.warpPerspective(query, np.array(told.matrix), other_px)

    assert np.array_equal(warped, reference)
    assert told.scale == 1.0


@pytest.mark.parametrize("orientation", range(8))
def test_mirrored_and_turned_reference_looks_like_the_query(orientation):
    query = make_picture(6, width=64, height=48)
    reference = orient(query, ORIENTATIONS[orientation])
    told = transform_of(sized(64, 48), sized(*reference.shape[1::-1], "b"), orientation)

    # As the convention says: mirrored left to right if mirrored, then turned clockwise.
    seen = reference[:, ::-1] if told.mirrored else reference
    seen = np.rot90(seen, k=-round(told.rotation_deg / 90))

    assert np.array_equal(seen, query)
    assert -180 <= told.rotation_deg <= 180


@pytest.mark.parametrize("orientation", range(8))
def test_regions_are_mapped_onto_each_other(orientation):
    told = transform_of(sized(101, 64), sized(300, 200, "b"), orientation)
    corners = np.array([[*corner, 1.0] for corner in told.query_region])

    carried = (np.array(told.matrix) @ corners.T).T[:, :2]

    assert {tuple(np.round(c, 3)) for c in carried} == set(told.reference_region)


@pytest.mark.parametrize("sizes", [((0, 0), (4, 4)), ((4, 4), (0, 0))])
def test_unknown_size_leaves_the_map_unknown_and_not_the_turn(sizes):
    told = transform_of(sized(*sizes[0]), sized(*sizes[1], "b"), 4)

    assert (told.matrix, told.scale, told.query_region) == (None, None, None)
    assert told.mirrored is True
    assert msgspec.json.encode(told)
