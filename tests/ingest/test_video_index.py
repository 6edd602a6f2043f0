"""The index of a clip says what reading its packets would."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from forensics.ingest.video_index import read_index
from forensics.ingest.video_tally import Tally

Clip = Callable[..., Path]
KEYFRAMES = (0, 7, 20)


def _read(path: Path) -> tuple[int, list[float]] | None:
    with av.open(str(path)) as container:
        return read_index(container, container.streams.video[0], lambda _: None)


def _counted(path: Path) -> tuple[int, list[float | None]]:
    tally, times_s = Tally(), []
    with av.open(str(path)) as container:
        for packet in container.demux(video=0):
            if packet.size:
                when_s = tally.count(packet)
                times_s += [when_s] if packet.is_keyframe else []
    return tally.packets, [*times_s, tally.end_s]


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
@pytest.mark.parametrize("name", ["a.mp4", "a.mov"])
def test_index_gives_what_reading_the_packets_gives(name: str, codec: str, clip: Clip) -> None:
    path = clip(name, codec=codec, keyframes=KEYFRAMES, sound_s=3.0)

    found = _read(path)

    packets, times_s = _counted(path)
    assert found is not None
    assert found[0] == packets == 30
    assert found[1] == pytest.approx(times_s)
    assert len(found[1]) >= len(KEYFRAMES) + 1


@pytest.mark.parametrize("share", [0.5, 0.8])
def test_what_lies_beyond_the_end_of_the_file_is_not_counted(
    share: float, clip: Clip, tmp_path: Path
) -> None:
    data = clip(container_options={"movflags": "faststart"}, size=(320, 240)).read_bytes()
    at = data.index(b"mdat") - 4
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: at + int((len(data) - at) * share)])

    found = _read(cut)

    packets, _ = _counted(cut)
    assert found is not None
    assert packets - 1 <= found[0] <= packets < 30


@pytest.mark.parametrize("flags", ["frag_keyframe+empty_moov", "frag_keyframe"])
def test_fragments_are_not_trusted_to_be_in_the_index(flags: str, clip: Clip) -> None:
    assert _read(clip(keyframes=KEYFRAMES, container_options={"movflags": flags})) is None
