import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.vision.codes import differing_bits, encode, from_bytes, nearest_cells, to_bytes
from forensics.vision.features import find_features, mirrored


def test_packed_features_come_back(photo, coded):
    found = coded(photo)

    back = from_bytes(to_bytes(found))

    assert back.size_px == found.size_px
    assert np.abs(back.points - found.points).max() <= 1 / 128
    assert np.array_equal(back.codes, found.codes)
    assert np.array_equal(back.cells, found.cells)
    turned = np.abs((back.angles_deg - found.angles_deg + 180) % 360 - 180)
    assert turned.max() < 1
    assert np.abs(np.log2(back.sizes_px / found.sizes_px)).max() < 1 / 32


def test_features_of_a_picture_take_twelve_kilobytes_at_most(photo, coded):
    assert len(to_bytes(coded(photo).first(460))) <= 12 * 1024


def test_codes_of_a_re_saved_picture_differ_in_few_bits(photo, coded):
    noisy = np.clip(
        photo.astype(int) + np.random.default_rng(0).integers(-6, 7, photo.shape), 0, 255
    )

    bits = differing_bits(coded(photo).codes, coded(noisy.astype(np.uint8)).codes)

    assert np.median(bits.min(axis=1)) < 16
    assert np.median(bits) > 40


def test_nearest_cell_stands_first(photo):
    descriptors = find_features(photo, limit=50).descriptors

    one, four = (nearest_cells(descriptors, probes=probes) for probes in (1, 4))

    assert np.array_equal(one[:, 0], four[:, 0])
    assert all(len(set(row)) == 4 for row in four.tolist())


def test_mirrored_codes_are_those_of_permuted_descriptors(photo):
    found = find_features(photo, limit=200)
    size = photo.shape[::-1]

    told = encode(found, size_px=size).mirrored()

    permuted = encode(mirrored(found, width_px=size[0]), size_px=size)
    assert np.array_equal(told.codes, permuted.codes)
    assert np.array_equal(told.cells, permuted.cells)
    assert np.array_equal(told.points, permuted.points)
    assert np.allclose(told.angles_deg, permuted.angles_deg)


@given(st.binary(max_size=120))
def test_any_bytes_are_features_or_refused(data):
    try:
        found = from_bytes(data)
    except ValueError:
        return
    assert (found.points <= np.array(found.size_px)).all()


def test_a_cut_record_is_refused(photo, coded):
    with pytest.raises(ValueError, match="no packed features"):
        from_bytes(to_bytes(coded(photo))[:-1])
