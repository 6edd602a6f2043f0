"""When memory runs out while a clip is packed, what was found of it stays."""

from collections.abc import Callable
from pathlib import Path

import pytest

from forensics.ingest import video_proxy, video_sound
from forensics.ingest.media import open_media
from forensics.model.findings import VideoFacts


def _run_out(*_: object, **__: object) -> None:
    raise MemoryError


@pytest.mark.parametrize(
    ("owner", "lost", "words"),
    [
        (video_proxy.Proxy, {"proxy", "times"}, "its small grey copies are left out"),
        (video_sound.Envelope, {"sound"}, "its levels of sound are left out"),
    ],
)
def test_artefacts_without_room_are_left_out_and_named(
    clip: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    owner: type,
    lost: set[str],
    words: str,
) -> None:
    path = clip(sound_s=1.0)
    monkeypatch.setattr(owner, "artefacts", _run_out)

    media = open_media(path)

    assert isinstance(media.facts, VideoFacts)
    assert words in str(media.facts.degraded)
    assert media.artefacts.keys() == {"proxy", "times", "sound"} - lost
    assert media.frames
