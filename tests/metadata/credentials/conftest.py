"""Pictures signed with certificates of our own; the tool for it stands beside the package."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from forensics.ingest.media import Media
from forensics.ingest.sniff import sniff
from forensics.metadata.credentials.store import MEDIA_TYPES, read_store
from forensics.model.outcome import Problem

sys.path.append(str(Path(__file__).parents[3]))


def encode(format_name: str, *, shade: int = 0, **options: object) -> bytes:
    rows, columns = np.mgrid[:48, :64]
    pixels = np.dstack([rows * 5, columns * 4, np.full_like(rows, shade)]).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format_name, **options)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def picture() -> Callable[..., bytes]:
    """Encode a small picture: by format, shade, and options of Pillow."""
    return encode


@pytest.fixture(scope="session")
def photo() -> bytes:
    return encode("JPEG")


@pytest.fixture(scope="session")
def signed(photo: bytes) -> bytes:
    """Give a JPEG with intact credentials, made by a trained model as it says."""
    from tools.signing import action, sign

    made = action("c2pa.created", source="trainedAlgorithmicMedia", softwareAgent="Model 3")
    return sign(photo, actions=[made])


@pytest.fixture
def manifest() -> Callable[[bytes], dict]:
    """Have the library check a JPEG, and give the file's own manifest."""

    def read(data: bytes) -> dict:
        return read_store(io.BytesIO(data), "image/jpeg")[0]

    return read


@pytest.fixture
def media() -> Callable[[bytes], Media]:
    """Give bytes as an item that nobody has decoded."""

    def wrap(data: bytes) -> Media:
        kind = sniff(data[:4096])
        assert kind is not None
        assert kind.format in MEDIA_TYPES
        return Media(Path("x"), "0" * 64, len(data), kind, data, Problem("not decoded"), (), {})

    return wrap
