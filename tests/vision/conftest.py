import cv2
import numpy as np
import pytest
import skimage.data

from forensics.vision.codes import encode
from forensics.vision.features import find_features
from forensics.vision.views import feature_view


@pytest.fixture(scope="session")
def photo():
    """A photograph of much detail, (600, 400) uint8."""
    return cv2.cvtColor(skimage.data.coffee(), cv2.COLOR_RGB2GRAY)[:400, :600]


@pytest.fixture(scope="session")
def other_photo():
    return cv2.cvtColor(skimage.data.astronaut(), cv2.COLOR_RGB2GRAY)


@pytest.fixture(scope="session")
def coded():
    """Give the coded features of a picture."""

    def of(luma, *, limit=1000):
        view = feature_view(np.ascontiguousarray(luma))
        return encode(find_features(view, limit=limit), size_px=view.shape[::-1])

    return of
