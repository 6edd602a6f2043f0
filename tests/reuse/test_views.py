"""Small views survive their PNG, at every size, in grey and in colour."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.ingest.frame import Frame
from forensics.model.findings import CompareViews
from forensics.reuse.views import MAX_KEPT_VIEWS, StoredViews, Views, make_views, read_views


def round_trip(*pictures):
    made = make_views([Frame(float(i), pixels) for i, pixels in enumerate(pictures)])
    return made.finding, read_views(made.finding, made.artefacts["views"].data)


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


@settings(max_examples=40, deadline=None)
@given(height=st.integers(1, 70), width=st.integers(1, 70), count=st.integers(1, 3))
def test_luma_is_read_back_as_it_was(height, width, count):
    pictures = [noise(height, width, seed) for seed in range(count)]

    finding, views = round_trip(*pictures)

    assert (finding.height_px, finding.width_px) == (height, width)
    assert views.grey.shape == (count, height, width)
    for picture, kept in zip(pictures, views.grey, strict=True):
        assert np.array_equal(kept, cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb)[:, :, 0])


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (5, 7), (255, 257), (1, 4000)])
def test_colour_view_has_the_size_of_the_grey_one(size):
    _, views = round_trip(noise(*size))

    assert views.colour(0).shape == (*views.grey.shape[1:], 3)
    assert max(views.grey.shape[1:]) <= 256


@pytest.mark.parametrize("colour", [(200, 30, 30), (20, 60, 200), (128, 128, 128), (0, 0, 0)])
@pytest.mark.parametrize("size", [(1, 1), (3, 5), (41, 63)])
def test_plain_colour_is_read_back(colour, size):
    _, views = round_trip(np.full((*size, 3), colour, np.uint8))

    assert np.abs(views.colour(0).astype(int) - colour).max() <= 3


def test_colours_of_several_pictures_are_not_mixed_up():
    red, blue = (np.full((40, 60, 3), c, np.uint8) for c in ((200, 30, 30), (20, 60, 200)))

    _, views = round_trip(red, blue)

    assert views.colour(0)[20, 30, 0] > 150 > views.colour(0)[20, 30, 2]
    assert views.colour(1)[20, 30, 2] > 150 > views.colour(1)[20, 30, 0]


def test_grey_picture_has_no_colour():
    _, views = round_trip(np.repeat(noise(40, 60)[:, :, :1], 3, axis=2))

    assert np.abs(views.chroma.astype(int) - 128).max() <= 1


def test_pages_of_other_sizes_are_kept_at_the_first_ones():
    finding, views = round_trip(noise(40, 60), noise(90, 30))

    assert views.grey.shape == (2, 40, 60)
    assert finding.moments_s == (0.0, 1.0)


@pytest.mark.parametrize("damage", [b"", b"no picture", None])
def test_damaged_views_are_a_value_error(damage):
    made = make_views([Frame(None, noise(40, 60))])
    png = made.artefacts["views"].data[:90] if damage is None else damage

    with pytest.raises(ValueError, match="views"):
        read_views(made.finding, png)


def test_views_of_another_size_are_a_value_error():
    made = make_views([Frame(None, noise(40, 60))])

    with pytest.raises(ValueError, match="reshape"):
        read_views(CompareViews(61, 40, (None,)), made.artefacts["views"].data)


def test_stored_views_are_read_when_looked_at_and_then_forgotten():
    read = []

    def make(number):
        def read_one():
            read.append(number)
            grey = np.full((1, 8, 8), number, np.uint8)
            return Views(grey, np.zeros((1, 2, 2, 2), np.uint8))

        return StoredViews(read_one)

    stored = [make(number) for number in range(MAX_KEPT_VIEWS + 1)]
    assert read == []

    assert [int(each.grey[0, 0, 0]) for each in stored] == list(range(MAX_KEPT_VIEWS + 1))
    assert stored[-1].colour(0).shape == (8, 8, 3)
    assert read == list(range(MAX_KEPT_VIEWS + 1))

    assert int(stored[0].grey[0, 0, 0]) == 0
    assert read[-1] == 0
