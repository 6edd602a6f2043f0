"""Tables of the IJG library are recognised, others are not given a quality."""

import io

import pytest
from PIL import Image

from forensics.metadata.ijg import estimate_quality, ijg_tables


@pytest.mark.parametrize("quality", [1, 10, 25, 49, 50, 75, 92, 100])
def test_tables_are_those_the_library_writes(quality: int) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16)).save(buffer, "JPEG", quality=quality)
    luma, chroma = Image.open(buffer).quantization.values()

    assert list(luma) == ijg_tables("luma")[quality - 1].tolist()
    assert list(chroma) == ijg_tables("chroma")[quality - 1].tolist()


@pytest.mark.parametrize("quality", range(1, 101, 7))
def test_quality_of_its_own_tables_is_exact(quality: int) -> None:
    assert estimate_quality(ijg_tables("luma")[quality - 1], "luma") == (quality, 0.0)


def test_table_with_one_other_step_is_near() -> None:
    steps = ijg_tables("luma")[79].tolist()
    steps[20] += 1

    quality, error = estimate_quality(steps, "luma") or (0, 0.0)

    assert quality == 80
    assert 0 < error < 0.01


def test_even_table_has_no_quality() -> None:
    assert estimate_quality([16] * 64, "luma") is None
