import cv2
import numpy as np
import pytest
import skimage.data

from forensics.reuse import feature_index
from forensics.reuse.feature_index import build_index, find_candidates
from forensics.vision.codes import encode
from forensics.vision.features import find_features
from forensics.vision.views import feature_view

NAMES = ("astronaut", "camera", "cat", "coffee", "moon", "rocket", "brick", "gravel")


def features_of(luma, limit=480):
    view = feature_view(np.ascontiguousarray(luma))
    return find_features(view, limit=limit), view.shape[::-1]


@pytest.fixture(scope="module")
def photos():
    pictures = [getattr(skimage.data, name)() for name in NAMES]
    return [p if p.ndim == 2 else cv2.cvtColor(p, cv2.COLOR_RGB2GRAY) for p in pictures]


@pytest.fixture(scope="module")
def index(photos):
    return build_index(
        encode(found, size_px=size) for found, size in (features_of(each) for each in photos)
    )


def candidates(index, luma, **options):
    found, size = features_of(luma)
    return find_candidates(index, encode(found, size_px=size), **{"limit": 5, **options})


@pytest.mark.parametrize("which", range(6))
def test_a_crop_finds_its_picture_first(photos, index, which):
    height, width = photos[which].shape
    crop = photos[which][height // 4 : height * 3 // 4, width // 4 : width * 3 // 4]

    found = candidates(index, crop)

    assert found[0].picture == which
    assert len(found[0].pairs.query) >= 10


def test_as_many_are_given_as_asked_for(photos, index):
    assert len(candidates(index, photos[0], limit=2)) == 2


def test_what_many_pictures_share_weighs_less(photos):
    found, size = features_of(photos[0])
    same = [encode(found, size_px=size)] * 6
    alone, shared = build_index(same[:1]), build_index(same)

    votes = [
        candidates(each, photos[0])[0].votes / np.log1p(each.pictures) for each in (alone, shared)
    ]

    assert votes[1] < votes[0]


def test_fewer_cells_are_looked_into_when_there_is_too_much(photos, index, monkeypatch):
    monkeypatch.setattr(feature_index, "MAX_COMPARED", 1)

    assert candidates(index, photos[3])[0].picture == 3


def test_chunks_change_nothing(photos, index, monkeypatch):
    whole = candidates(index, photos[2])
    monkeypatch.setattr(feature_index, "_CHUNK", 50)

    cut = candidates(index, photos[2])

    assert [(each.picture, each.votes) for each in whole] == [
        (each.picture, each.votes) for each in cut
    ]


def test_nothing_is_found_in_nothing(photos):
    assert candidates(build_index([]), photos[0]) == ()
    flat = np.full((100, 100), 7, np.uint8)
    assert candidates(build_index([]), flat) == ()
