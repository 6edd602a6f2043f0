"""Hard cuts are found, and nothing else is called one."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import skimage.data

from forensics.ingest import video_cuts
from forensics.ingest.media import Media, open_media
from forensics.ingest.video_cuts import Cuts, Scene, likeness
from forensics.model.findings import VideoFacts

Frames = list[np.ndarray]

RATE = 25
CUT = 40


@pytest.fixture(scope="module")
def shots() -> tuple[Frames, Frames]:
    """Two shots from a hand-held camera, 80 frames each: small grey frames of real photos."""
    return _shot(skimage.data.coffee(), seed=1), _shot(skimage.data.astronaut(), seed=2)


def _shot(photo: np.ndarray, *, seed: int) -> Frames:
    rng = np.random.default_rng(seed)
    grey = cv2.resize(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), (240, 160))
    x, y = np.cumsum(rng.normal(0, 1.5, (2, 80)), axis=1)
    frames = []
    for dx, dy in zip(x, y, strict=True):
        window = np.float32([[1, 0, dx - 40], [0, 1, dy - 35]])
        frame = cv2.warpAffine(grey, window, (160, 90), borderMode=cv2.BORDER_REFLECT)
        frames.append(np.clip(frame + rng.normal(0, 2, frame.shape), 0, 255).astype(np.uint8))
    return frames


def _found(frames: Frames, rate: float = RATE) -> list[int]:
    cuts = Cuts()
    for number, frame in enumerate(frames):
        cuts.add(frame, number / rate)
        cuts.settle(when_s=number / rate)
    cuts.settle(when_s=None)
    return [round(when_s * rate) for when_s in cuts.found_s]


def _mixed(frames: Frames, level: int, shares: dict[int, float]) -> Frames:
    return [
        (frame * (1 - shares.get(n, 0.0)) + level * shares.get(n, 0.0)).astype(np.uint8)
        for n, frame in enumerate(frames)
    ]


def _fireball(frames: Frames) -> Frames:
    made = _mixed(frames, 255, {CUT: 0.95, CUT + 1: 0.6, CUT + 2: 0.3})
    for number in range(CUT, len(made)):
        radius = min(36, 12 + 4 * (number - CUT))
        cv2.circle(made[number], (110, 50), radius, 250 if number < CUT + 8 else 50, -1)
    return made


QUIET: dict[str, Callable[[Frames], Frames]] = {
    "as it is": lambda frames: frames,
    "one white frame": lambda frames: _mixed(frames, 255, {CUT: 1.0}),
    "flash that fades": lambda f: _mixed(f, 255, {CUT + n: 1 - n / 10 for n in range(10)}),
    "white for a second": lambda f: _mixed(f, 255, {CUT + n: 1.0 for n in range(25)}),
    "black for a second": lambda f: _mixed(f, 0, {CUT + n: 1.0 for n in range(25)}),
    "fade to black and back": lambda f: _mixed(
        f, 0, {20 + n: 1 - abs(n - 20) / 20 for n in range(41)}
    ),
    "darker from one frame on": lambda f: _mixed(f, 0, dict.fromkeys(range(CUT, 80), 0.7)),
    "explosion": _fireball,
    "another picture for a moment": lambda f: f[:CUT] + [f[0][::-1]] * 5 + f[CUT + 5 :],
    "shake": lambda f: [np.roll(x, 14 * (-1) ** n * (n > CUT), axis=1) for n, x in enumerate(f)],
    "black throughout": lambda f: [np.zeros_like(x) for x in f],
    "noise": lambda f: list(np.random.default_rng(3).integers(0, 256, (80, 90, 160), np.uint8)),
    "every tenth frame": lambda f: f[::10],
}  # fmt: skip


@pytest.mark.parametrize("kind", QUIET)
@pytest.mark.parametrize("shot", [0, 1])
def test_what_is_no_cut_is_not_called_one(
    kind: str, shot: int, shots: tuple[Frames, Frames]
) -> None:
    assert _found(QUIET[kind](shots[shot])) == []


@pytest.mark.parametrize("rate", [10, 25, 60])
def test_cut_is_found_at_the_first_frame_of_the_new_shot(
    rate: int, shots: tuple[Frames, Frames]
) -> None:
    joined = shots[0][:CUT] + shots[1][:CUT]

    assert _found(joined, rate) == [CUT]


def test_cut_over_black_is_found_where_the_new_shot_begins(shots: tuple[Frames, Frames]) -> None:
    black = [np.zeros_like(shots[0][0])] * 30

    assert _found(shots[0][:CUT] + black + shots[1][:CUT]) == [CUT + 30]


def test_several_cuts_are_found(shots: tuple[Frames, Frames]) -> None:
    one, other = shots

    assert _found(one[:30] + other[:30] + one[30:60] + other[30:60]) == [30, 60, 90]


def test_bars_on_both_sides_do_not_hide_a_cut(shots: tuple[Frames, Frames]) -> None:
    joined = shots[0][:CUT] + shots[1][:CUT]
    barred = [cv2.copyMakeBorder(f, 0, 0, 60, 60, cv2.BORDER_CONSTANT, value=16) for f in joined]

    assert _found(barred) == [CUT]


def test_likeness_does_not_depend_on_brightness_or_position(shots: tuple[Frames, Frames]) -> None:
    frame = shots[0][0]
    moved = np.roll((frame * 0.4 + 30).astype(np.uint8), (9, -20), axis=(0, 1))

    assert likeness(Scene(frame), Scene(moved)) > 0.85
    assert likeness(Scene(frame), Scene(shots[1][0])) < 0.65


@pytest.mark.parametrize("size", [(1, 1), (3, 160), (160, 2), (9, 9), (90, 160)])
def test_frames_of_any_size_can_be_compared(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(5)
    one, other = rng.integers(0, 256, (2, *size), dtype=np.uint8)

    assert -1.0 <= likeness(Scene(one), Scene(other)) <= 1.0


def test_search_is_given_up_when_it_costs_too_much(
    shots: tuple[Frames, Frames], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video_cuts, "MAX_COMPARISONS", 5)
    cuts = Cuts()

    for number, frame in enumerate((shots[0][:20] + shots[1][:20]) * 3):
        cuts.add(frame, number / RATE)
        cuts.settle(when_s=number / RATE)

    assert cuts.until_s is not None
    assert 20 / RATE < cuts.until_s < 60 / RATE
    assert len(cuts.found_s) < 5


def _encoded(path: Path, frames: Frames) -> Path:
    with av.open(str(path), "w") as output:
        stream = output.add_stream(
            "libx264",
            rate=RATE,
            options={"g": "1000", "x264-params": "cpu-independent=1:scenecut=0"},
        )
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        for number, grey in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def test_frames_beside_a_cut_are_kept(shots: tuple[Frames, Frames], tmp_path: Path) -> None:
    path = _encoded(tmp_path / "cut.mp4", shots[0][:CUT] + shots[1][:60])

    media = open_media(path)

    assert isinstance(media.facts, VideoFacts)
    assert media.facts.cuts_s == (CUT / RATE,)
    moments = [frame.moment_s for frame in media.frames]
    assert moments == [0.0, 1.0, (CUT - 1) / RATE, CUT / RATE, 2.0, 3.0]
    assert _is_of(media, moments.index((CUT - 1) / RATE), shots[0][CUT - 1])
    assert _is_of(media, moments.index(CUT / RATE), shots[1][0])


def _is_of(media: Media, index: int, grey: np.ndarray) -> bool:
    return float(np.abs(media.frames[index].pixels[:, :, 0] - grey.astype(float)).mean()) < 6.0


def test_frames_beside_a_flash_are_not_kept(shots: tuple[Frames, Frames], tmp_path: Path) -> None:
    flash = _mixed(shots[0], 255, {CUT: 1.0, CUT + 1: 0.6})

    media = open_media(_encoded(tmp_path / "flash.mp4", flash))

    assert isinstance(media.facts, VideoFacts)
    assert media.facts.cuts_s == ()
    assert [frame.moment_s for frame in media.frames] == [0.0, 1.0, 2.0, 3.0]


def test_cut_in_a_real_clip_is_found(media_root: Path) -> None:
    media = open_media(media_root / "reuse/videos/v2s.mov")

    assert isinstance(media.facts, VideoFacts)
    assert media.facts.cuts_s == pytest.approx((1.507,), abs=0.001)


def test_strike_is_no_cut(media_root: Path) -> None:
    media = open_media(media_root / "scenes/strike1.mp4")

    assert isinstance(media.facts, VideoFacts)
    assert media.facts.cuts_s == ()
