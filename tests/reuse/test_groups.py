"""Copies within one folder: together, in a fixed order, and nothing that only looks alike."""

import random
import time
from functools import cache

import cv2
import numpy as np
import pytest

from forensics.ingest.frame import Frame
from forensics.ingest.media import open_media
from forensics.reuse.groups import find_groups
from forensics.reuse.hashes import hash_frames, orient
from forensics.reuse.views import Probe, make_views, read_views


@cache
def make_picture(seed, *, width=320, height=240):
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


def save_again(pixels, *, width=None, quality=60):
    if width is not None:
        height = round(pixels.shape[0] * width / pixels.shape[1])
        pixels = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR)[:, :, ::-1])


def make_probe(pixels, name):
    frames = [Frame(None, pixels)]
    made = make_views(frames)
    views = read_views(made.finding, made.artefacts["views"].data)
    return Probe(name.ljust(64, "0"), name, False, hash_frames(frames), views, pixels.shape[1::-1])


def names(group):
    return [member.sha256.rstrip("0") for member in group.members]


def another_moment(pixels):
    """Change one place, and let a sensor's noise fall anew everywhere."""
    changed = pixels.copy()
    changed[90:115, 140:165] = np.roll(pixels, 37, axis=1)[90:115, 140:165]
    noise = np.random.default_rng(5).normal(0, 3, pixels.shape)
    return np.clip(changed + noise, 0, 255).astype(np.uint8)


ORIGINAL = make_picture(1)


def test_copies_form_a_group_with_the_largest_first():
    probes = [
        make_probe(save_again(ORIGINAL, width=160), "a"),
        make_probe(ORIGINAL, "b"),
        make_probe(save_again(ORIGINAL, width=240), "c"),
        make_probe(make_picture(2), "d"),
    ]

    (group,) = find_groups(probes)

    assert names(group) == ["b", "c", "a"]
    assert [member.relation for member in group.members] == ["first", "reencoded", "reencoded"]
    assert group.leads == ()


def test_copy_of_a_copy_belongs_to_the_group():
    # Each step is too small a change to notice, both together are not.
    steps = [cv2.GaussianBlur(ORIGINAL, (0, 0), 0.1 + each) for each in (0, 1.2, 1.7)]

    (group,) = find_groups([make_probe(each, "abc"[i]) for i, each in enumerate(steps)])

    assert set(names(group)) == {"a", "b", "c"}


def test_relation_is_the_one_to_the_first_member():
    small = orient(save_again(ORIGINAL, width=200), (True, 0))
    probes = [
        make_probe(ORIGINAL, "a"),
        make_probe(small, "b"),
        make_probe(save_again(small, quality=90), "c"),
    ]

    (group,) = find_groups(probes)

    # The two mirrored ones are nearer to each other, and both mirrored against the first.
    assert [member.relation for member in group.members] == ["first", "edited_copy", "edited_copy"]


def test_groups_do_not_depend_on_the_order_of_the_folder():
    probes = [
        make_probe(save_again(make_picture(seed), width=width), f"{seed}{width}"[:3])
        for seed in range(5)
        for width in (320, 231, 107)
    ]
    shuffled = list(probes)
    random.Random(3).shuffle(shuffled)

    told = find_groups(probes)

    assert len(told) == 5
    assert find_groups(shuffled) == told
    assert find_groups(probes[::-1]) == told


def test_identifiers_depend_on_the_members_alone():
    pair = [make_probe(ORIGINAL, "a"), make_probe(save_again(ORIGINAL), "b")]
    more = [make_probe(make_picture(seed), f"x{seed}") for seed in (2, 3)]

    assert find_groups(pair)[0].id == find_groups([*more, *pair])[0].id


def test_picture_that_only_looks_alike_is_a_lead_of_the_group():
    changed = another_moment(ORIGINAL)
    probes = [
        make_probe(ORIGINAL, "a"),
        make_probe(save_again(ORIGINAL), "b"),
        make_probe(changed, "c"),
    ]

    (group,) = find_groups(probes)

    assert set(names(group)) == {"a", "b"}
    (lead,) = group.leads
    assert (lead.sha256.rstrip("0"), lead.relation) == ("c", "lead")


def test_lead_between_two_groups_is_told_once():
    changed = another_moment(ORIGINAL)
    probes = [
        make_probe(each, name)
        for name, each in zip(
            "abcd", (ORIGINAL, save_again(ORIGINAL), changed, save_again(changed)), strict=True
        )
    ]

    groups = find_groups(probes)

    assert [set(names(group)) for group in groups] == [{"a", "b"}, {"c", "d"}]
    assert {lead.sha256.rstrip("0") for lead in groups[0].leads} == {"c", "d"}
    assert groups[1].leads == ()


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_compare_gives_no_group(count):
    assert find_groups([make_probe(ORIGINAL, "a")][:count]) == ()


def test_plain_pictures_are_not_grouped():
    plain = [make_probe(np.full((240, 320, 3), level, np.uint8), f"{level}") for level in (9, 10)]

    assert find_groups(plain) == ()


def test_unrelated_pictures_are_left_alone():
    assert find_groups([make_probe(make_picture(seed), f"{seed}") for seed in range(24)]) == ()


def test_case_of_three_hundred_items_is_grouped_in_seconds():
    hashes = np.random.default_rng(0).integers(0, 256, (300, 32), dtype=np.uint8)
    template = make_probe(save_again(ORIGINAL, width=64), "t")
    probes = []
    for i, row in enumerate(hashes):
        frame = template.hashes.frames[0]
        frames = (type(frame)(None, row.tobytes().hex(), 100, frame.phash, frame.dhash),)
        found = type(template.hashes)(template.hashes.preprocessing, frames)
        probe = Probe(f"{i:064x}", f"{i:04}", False, found, template.views, (64, 48))
        # Hashing is not what is measured.
        probe.__dict__["orientation_hashes"] = template.orientation_hashes
        probes.append(probe)
    started = time.perf_counter()

    find_groups(probes)

    assert time.perf_counter() - started < 5


def probe_of(path):
    media = open_media(path)
    made = make_views(media.frames)
    views = read_views(made.finding, made.artefacts["views"].data)
    size_px = (media.facts.width_px, media.facts.height_px)
    is_video = len(media.frames) > 1
    return Probe(media.sha256, path.name, is_video, hash_frames(media.frames), views, size_px)


def test_two_hundred_unrelated_photos_hold_no_copies(media_root):
    photos = sorted((media_root / "reuse" / "bsds500").rglob("*.jpg"))[:200]

    groups = find_groups([probe_of(photo) for photo in photos])

    assert len(photos) == 200
    assert groups == ()
