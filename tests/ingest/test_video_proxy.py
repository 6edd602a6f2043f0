"""Proxies are read back bit for bit, and stay small."""

import io

import numpy as np
import pytest

from forensics.ingest import video_proxy
from forensics.ingest.video_proxy import Proxy, read_proxy, write_proxy


def _noise(count: int, height: int, width: int) -> list[np.ndarray]:
    rng = np.random.default_rng(7)
    return list(rng.integers(0, 256, (count, height, width), dtype=np.uint8))


@pytest.mark.parametrize("count", [1, 31, 32, 33, 100])
@pytest.mark.parametrize("size", [(90, 160), (1, 1), (160, 3), (2, 160), (67, 101)])
def test_proxy_is_read_back_bit_for_bit(count: int, size: tuple[int, int]) -> None:
    frames = _noise(count, *size)

    read = read_proxy(write_proxy(frames))

    assert read.dtype == np.uint8
    assert np.array_equal(read, np.stack(frames))


def test_proxy_is_the_same_each_time() -> None:
    frames = _noise(40, 20, 30)

    assert write_proxy(frames) == write_proxy(frames)


def test_motionless_proxy_is_small() -> None:
    frames = _noise(1, 90, 160) * 320

    packed = write_proxy(frames)

    assert len(packed) < 0.3 * 320 * 90 * 160


def test_long_proxy_drops_every_second_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_proxy, "MAX_PROXY_BYTES", 64 * 100)
    proxy = Proxy()

    for number in range(1000):
        proxy.add(np.full((8, 8), number % 251, np.uint8), 5.0 + number / 10)

    made = proxy.artefacts(start_s=5.0)
    times = np.load(io.BytesIO(made["times"].data))
    assert proxy.step == 16
    assert times.tolist() == [number / 10 for number in range(0, 1000, 16)]
    expected = [number % 251 for number in range(0, 1000, 16)]
    assert read_proxy(made["proxy"].data)[:, 0, 0].tolist() == expected


def test_no_frames_leave_no_proxy() -> None:
    assert Proxy().artefacts(start_s=0.0) == {}
