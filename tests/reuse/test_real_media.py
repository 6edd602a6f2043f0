"""Real photos and clips: what is found, and above all what is never called a copy."""

from functools import cache
from itertools import combinations

import cv2
import numpy as np
import pytest

from forensics.ingest.frame import Frame
from forensics.ingest.media import open_media
from forensics.model.match import COPIES
from forensics.reuse.check import probe_file
from forensics.reuse.decide import decide
from forensics.reuse.groups import find_groups
from forensics.reuse.hashes import hash_frames, unpack_hex
from forensics.reuse.pair import NearPair
from forensics.reuse.views import Probe, make_views, read_views

RADIUS_BITS = 31


@cache
def probe(path):
    return probe_file(path)


def judge(query, reference, *, any_distance=False):
    """Give the verdict on two items; None when their hashes are not near."""
    stored = unpack_hex(frame.pdq for frame in reference.hashes.frames)
    near = []
    for i, turned in enumerate(query.orientation_hashes):
        for j, one in enumerate(stored):
            distances = np.bitwise_count(turned ^ one).sum(axis=1)
            if any_distance or distances.min() <= RADIUS_BITS:
                near.append(NearPair(i, j, int(distances.min()), int(distances.argmin())))
    return decide(query, reference, near) if near else None


def still(pixels, *, name):
    frames = [Frame(None, pixels)]
    made = make_views(frames)
    views = read_views(made.finding, made.artefacts["views"].data)
    return Probe(name, name, False, hash_frames(frames), views, pixels.shape[1::-1])


def relation(one, other, **options):
    verdict = judge(probe(one), probe(other), **options)
    return None if verdict is None else verdict.relation


@pytest.mark.parametrize("name", [
    "blur-a-little.jpg", "shrink-a-little.jpg", "shrink-a-lot.jpg", "high-saturation.jpg",
    "sharpen-a-little.jpg",
])  # fmt: skip
def test_mild_edit_of_a_real_photo_is_found(media_root, name):
    folder = media_root / "reuse" / "stills" / "bridge-mods"

    assert relation(folder / name, folder / "aaa-orig.jpg") is not None


def test_smaller_real_photo_is_a_reencode(media_root):
    folder = media_root / "reuse" / "stills" / "bridge-mods"

    assert relation(folder / "shrink-a-little.jpg", folder / "aaa-orig.jpg") == "reencoded"


@pytest.mark.parametrize("name", ["square-128x128.jpg", "square-256x256.jpg", "square-512x512.jpg"])
def test_photo_squeezed_into_a_square_is_a_stretched_copy(media_root, name):
    folder = media_root / "reuse" / "stills" / "bridge-mods"

    verdict = judge(probe(folder / name), probe(folder / "aaa-orig.jpg"))

    # Squeezed to half its width little detail is left; then it stays a lead.
    assert verdict is None or verdict.relation in ("edited_copy", "lead")
    if verdict is not None and verdict.relation == "edited_copy":
        assert "stretch" in {edit.kind for edit in verdict.edits}


@pytest.mark.parametrize(("number", "edits"), [
    ("2-rotate-90", {"rotation"}), ("3-rotate-180", {"rotation"}), ("4-rotate-270", {"rotation"}),
    ("5-flipx", {"mirror", "rotation"}), ("6-flipy", {"mirror"}),
    ("7-flip-plus-1", {"mirror", "rotation"}), ("8-flip-minus-1", {"mirror", "rotation"}),
])  # fmt: skip
def test_turned_real_photo_is_an_edited_copy(media_root, number, edits):
    folder = media_root / "reuse" / "stills" / "reg-test-input" / "dih"

    verdict = judge(probe(folder / f"bridge-{number}.jpg"), probe(folder / "bridge-1-original.jpg"))

    assert verdict is not None
    assert verdict.relation == "edited_copy"
    assert {edit.kind for edit in verdict.edits} == edits


# Two exposures of one scene, one after the other: never copies, however near their hashes are.
OTHER_MOMENTS = [
    ("registration/leuvenA.jpg", "registration/leuvenB.jpg"),
    *combinations([f"registration/v_dogman/{n}.ppm" for n in range(1, 4)], 2),
    *combinations([f"registration/same_place_berlin/0{n}.jpg" for n in range(1, 4)], 2),
    *combinations(
        [f"reuse/stills/reg-test-input/exif-rotn/exif-rotn-{n}.jpg" for n in (1, 6, 8)], 2
    ),
    ("scenes/s2_intact_nadir.jpg", "scenes/s2_scorched_nadir.jpg"),
    ("scenes/s2_intact_nadir.jpg", "scenes/s2_collapsed_nadir.jpg"),
    ("scenes/s2_scorched_nadir.jpg", "scenes/s2_collapsed_nadir.jpg"),
    ("scenes/s2_video_before.jpg", "scenes/s2_video_after.jpg"),
    ("scenes/s3_intact_ground.jpg", "scenes/s3_collapsed_ground.jpg"),
]


@pytest.mark.parametrize(("one", "other"), OTHER_MOMENTS)
def test_same_view_at_another_moment_is_never_a_copy(media_root, one, other):
    probes = [
        # This package reads no PPM.
        still(cv2.imread(str(media_root / each))[:, :, ::-1].copy(), name=each)
        if each.endswith(".ppm")
        else probe(media_root / each)
        for each in (one, other)
    ]

    verdict = judge(*probes, any_distance=True)

    assert verdict is None or verdict.relation not in COPIES


def test_bridges_before_and_after_form_no_groups(media_root):
    ladder = sorted((media_root / "scenes" / "ladder").glob("s301_*.jpg"))

    groups = find_groups([probe(path) for path in ladder])

    assert len(ladder) > 10
    assert [group for group in groups if len(group.members) > 1] == []


CHAIR = "chair-orig-22-sd-bar.mp4"


@pytest.mark.parametrize("name", [
    "chair-22-with-large-logo-bar.mp4", "chair-22-with-small-logo-bar.mp4",
    "chair-22-sd-sepia-bar.mp4", "chair-22-sd-grey-bar.mp4", "chair-19-sd-bar.mp4",
    "chair-20-sd-bar.mp4", "doorknob-hd-no-bar.mp4",
])  # fmt: skip
def test_changed_or_other_clip_is_never_called_a_reencode(media_root, name):
    folder = media_root / "reuse" / "videos"

    assert relation(folder / name, folder / CHAIR) != "reencoded"


@pytest.mark.parametrize("name", ["chair-22-with-small-logo-bar.mp4", "chair-22-sd-grey-bar.mp4"])
def test_changed_clip_is_not_missed(media_root, name):
    folder = media_root / "reuse" / "videos"

    assert relation(folder / name, folder / CHAIR) in ("lead", "edited_copy")


@pytest.mark.parametrize("name", ["chair-22-sd-sepia-bar.mp4", "chair-22-sd-grey-bar.mp4"])
def test_clip_in_other_colours_is_told_so(media_root, name):
    folder = media_root / "reuse" / "videos"

    verdict = judge(probe(folder / name), probe(folder / CHAIR))

    assert (verdict.relation, tuple(edit.kind for edit in verdict.edits)) in (
        ("edited_copy", ("colour",)),
        ("lead", ()),
    )


def test_clip_with_a_cut_is_no_reencode(media_root):
    folder = media_root / "reuse" / "videos"

    assert relation(folder / "v2s.mov", folder / "v2.m4v") == "edited_copy"


def test_two_moments_before_a_fixed_camera_are_never_copies(media_root):
    frames = open_media(media_root / "video" / "vtest.avi").frames
    stills = [still(each.pixels, name=str(number)) for number, each in enumerate(frames[::12])]

    told = [judge(one, other, any_distance=True) for one, other in combinations(stills, 2)]

    assert len(told) >= 3
    assert not {verdict.relation for verdict in told} & COPIES


def test_clips_of_other_scenes_are_left_alone(media_root):
    clips = [
        media_root / "video" / name for name in ("bikes.mp4", "carphone_pristine.mp4", "vtest.avi")
    ]

    assert find_groups([probe(clip) for clip in clips]) == ()
