"""Hashes have a fixed form, survive a change of size, and know their eight orientations."""

import string
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from forensics.ingest.frame import Frame
from forensics.ingest.media import open_media
from forensics.reuse.hashes import (
    ORIENTATIONS,
    hash_frames,
    hash_image,
    hash_orientations,
    orient,
    unpack_hex,
)

RADIUS_BITS = 31


@cache
def make_picture(seed, *, width=480, height=360):
    """Make a picture with structure at several scales, unlike any other seed's."""
    rng = np.random.default_rng(seed)
    layers = [
        cv2.resize(
            rng.normal(0, 1, (n * 3, n * 4, 3)).astype(np.float32),
            (width, height),
            interpolation=cv2.INTER_CUBIC,
        )
        * (10 / n)
        for n in (2, 5, 11)
    ]
    total = sum(layers)
    total = (total - total.min()) / (total.max() - total.min())
    return np.ascontiguousarray((total * 255).astype(np.uint8))


def distance_bits(one, other):
    return int(np.bitwise_count(np.bitwise_xor(*unpack_hex([one, other]))).sum())


@settings(max_examples=25, deadline=None)
@given(
    arrays(
        np.uint8,
        st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3)),
        elements=st.integers(0, 255),
    )
)
def test_hashes_have_a_fixed_width_whatever_the_picture(pixels):
    hashed = hash_image(pixels)

    assert (len(hashed.pdq), len(hashed.phash), len(hashed.dhash)) == (64, 16, 16)
    assert set(hashed.pdq + hashed.phash + hashed.dhash) <= set(string.hexdigits.lower())
    assert 0 <= hashed.quality <= 100


@pytest.mark.parametrize("level", [0, 7, 255])
def test_flat_picture_keeps_its_leading_zeros_and_has_no_detail(level):
    hashed = hash_image(np.full((64, 64, 3), level, np.uint8))

    assert len(hashed.pdq) == 64
    assert hashed.quality == 0


@pytest.mark.parametrize("size", [(960, 720), (481, 359), (240, 180), (160, 121), (96, 72)])
def test_same_picture_in_another_size_is_a_few_bits_away(size):
    picture = make_picture(1)
    other = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)

    one, two = hash_image(picture), hash_image(other)

    assert distance_bits(one.pdq, two.pdq) <= 8


def test_other_pictures_are_half_of_all_bits_away():
    hashes = [hash_image(make_picture(seed)).pdq for seed in range(12)]

    apart = [distance_bits(a, b) for i, a in enumerate(hashes) for b in hashes[:i]]

    assert min(apart) > 2 * RADIUS_BITS


def test_grey_copy_of_a_colour_picture_has_the_same_hash():
    picture = make_picture(2)
    luma = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)

    assert distance_bits(hash_image(picture).pdq, hash_image(np.dstack([luma] * 3)).pdq) <= 2


def test_frames_are_hashed_in_order_with_their_moments():
    frames = [Frame(0.0, make_picture(1)), Frame(1.5, make_picture(2))]

    hashed = hash_frames(frames)

    assert [frame.moment_s for frame in hashed.frames] == [0.0, 1.5]
    assert hashed.frames[1].pdq == hash_image(frames[1].pixels).pdq


@pytest.mark.parametrize("row", range(8))
@pytest.mark.parametrize("size", [(480, 360), (361, 481)])
def test_rows_are_the_hashes_of_the_turned_picture(row, size):
    picture = make_picture(3, width=size[0], height=size[1])
    turned = hash_image(orient(picture, ORIENTATIONS[row]))

    told = hash_orientations(picture)[row].tobytes().hex()

    assert distance_bits(told, turned.pdq) <= 4


def test_eight_orientations_are_different_and_undo_each_other():
    picture = make_picture(4, width=30, height=20)

    seen = {orient(picture, each).tobytes() for each in ORIENTATIONS}

    assert len(seen) == 8
    for each in ORIENTATIONS:
        undone = each if each[0] else (False, -each[1] % 360)
        assert np.array_equal(orient(orient(picture, each), undone), picture)


def test_orient_mirrors_first_and_turns_clockwise_then():
    picture = np.array([[1, 2], [3, 4]], np.uint8)

    assert orient(picture, (False, 90)).tolist() == [[3, 1], [4, 2]]
    assert orient(picture, (True, 0)).tolist() == [[2, 1], [4, 3]]
    assert orient(picture, (True, 90)).tolist() == [[4, 2], [3, 1]]


# Mirrored and clockwise turn that lead from the original to each file, as ThreatExchange made
# them: "flipx" mirrors top to bottom, "flipy" left to right, the others about the diagonals.
DIHEDRAL = {
    "bridge-1-original.jpg": (False, 0),
    "bridge-2-rotate-90.jpg": (False, 270),
    "bridge-3-rotate-180.jpg": (False, 180),
    "bridge-4-rotate-270.jpg": (False, 90),
    "bridge-5-flipx.jpg": (True, 180),
    "bridge-6-flipy.jpg": (True, 0),
    "bridge-7-flip-plus-1.jpg": (True, 270),
    "bridge-8-flip-minus-1.jpg": (True, 90),
}


@pytest.mark.parametrize(("name", "orientation"), DIHEDRAL.items())
def test_orientation_of_a_real_turned_copy_is_told(media_root: Path, name, orientation):
    folder = media_root / "reuse" / "stills" / "reg-test-input" / "dih"
    original, copy = (
        open_media(folder / each).frames[0].pixels for each in ("bridge-1-original.jpg", name)
    )
    rows = hash_orientations(original)
    wanted = unpack_hex([hash_image(copy).pdq])

    distances = np.bitwise_count(rows ^ wanted).sum(axis=1)

    assert ORIENTATIONS[int(distances.argmin())] == orientation
    assert distances.min() <= 10
    assert sorted(distances)[1] > RADIUS_BITS
