"""PDQ is bit for bit the reference implementation's."""

import numpy as np
import pdqhash
import pytest
from numpy import uint8
from numpy.typing import NDArray
from skimage import data

from forensics.reuse.hashes import hash_orientations, orient
from forensics.reuse.pdq import ORIENTATIONS, pdq, pdq_orientations
from forensics.vision.views import grey, hash_view

PHOTOS = ("astronaut", "chelsea", "coffee", "hubble_deep_field", "immunohistochemistry", "rocket")


def _view(name: str) -> NDArray[uint8]:
    return hash_view(grey(getattr(data, name)()))


def _reference(view: NDArray[uint8]) -> tuple[bytes, int]:
    bits, quality = pdqhash.compute(np.repeat(view[:, :, None], 3, axis=2))
    return np.packbits(bits).tobytes(), int(quality)


@pytest.mark.parametrize("name", PHOTOS)
def test_hash_and_quality_equal_the_reference(name: str) -> None:
    view = _view(name)

    hashed = pdq(view)

    assert (hashed.packed, hashed.quality) == _reference(view)


@pytest.mark.parametrize("seed", range(5))
def test_noise_hashes_as_the_reference_does(seed: int) -> None:
    view = np.random.default_rng(seed).integers(0, 256, (512, 512), dtype=uint8)

    hashed = pdq(view)

    assert (hashed.packed, hashed.quality) == _reference(view)


@pytest.mark.parametrize("name", PHOTOS)
def test_every_orientation_equals_the_hash_of_the_turned_pixels(name: str) -> None:
    view = _view(name)

    packed = pdq_orientations(view)

    turned = [_reference(orient(view, each))[0] for each in ORIENTATIONS]
    assert [row.tobytes() for row in packed] == turned


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_flat_picture_has_no_quality(level: int) -> None:
    assert pdq(np.full((512, 512), level, dtype=uint8)).quality == 0


def test_colour_and_its_luma_hash_alike() -> None:
    photo = data.coffee()

    assert np.array_equal(hash_orientations(photo), hash_orientations(grey(photo)))
