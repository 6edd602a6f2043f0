"""Unusual and damaged clips give frames, facts or a clear problem."""

import io
import itertools
import struct
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from forensics.ingest import video, video_plan, video_reading
from forensics.ingest.media import Media, open_media
from forensics.ingest.sniff import HEAD_BYTES, sniff
from forensics.ingest.video import Video, decode_video
from forensics.ingest.video_proxy import read_proxy
from forensics.model.findings import VideoFacts
from forensics.model.outcome import Problem

Clip = Callable[..., Path]

TWO_HOURS_S = 7200


def _facts(media: Media | Video) -> VideoFacts:
    assert isinstance(media.facts, VideoFacts), media.facts
    return media.facts


def _times(media: Media | Video) -> list[float]:
    times: list[float] = np.load(io.BytesIO(media.artefacts["times"].data)).tolist()
    return times


def _proxy(media: Media | Video) -> np.ndarray:
    return read_proxy(media.artefacts["proxy"].data)


def _decode(path: Path, on_progress: Callable[[float], None] | None = None) -> Video:
    with path.open("rb") as file:
        kind = sniff(file.read(HEAD_BYTES))
        assert kind is not None
        file.seek(0)
        return decode_video(file, kind, on_progress=on_progress)


def _copied(source: Path, target: Path, skip: Callable[[int, av.Packet], bool]) -> Path:
    """Copy the packets of a clip into another container, but for some."""
    with av.open(str(source)) as clip, av.open(str(target), "w") as output:
        stream = output.add_stream_from_template(clip.streams.video[0])
        for number, packet in enumerate(clip.demux(video=0)):
            if packet.size and not skip(number, packet):
                packet.stream = stream
                output.mux(packet)
    return target


def _flv_with_times(data: bytes, times_ms: Sequence[int]) -> bytes:
    """Write other times into the video tags of an FLV file (Adobe FLV 10.1, E.4.1)."""
    patched = bytearray(data)
    at, times = 13, iter(times_ms)
    while at + 11 <= len(patched):
        size = int.from_bytes(patched[at + 1 : at + 4], "big")
        if patched[at] == 9:
            when = next(times, None)
            if when is not None:
                low, high = when & 0xFFFFFF, when >> 24 & 0xFF
                patched[at + 4 : at + 8] = low.to_bytes(3, "big") + bytes([high])
        at += 11 + size + 4
    return bytes(patched)


def test_every_frame_is_in_the_proxy_with_its_own_time(clip: Clip) -> None:
    pts = [0, 1, 2, 30, 31, 95, 96]

    media = open_media(clip(pts=pts, time_base=Fraction(1, 10), keyframes=(0, 3, 5)))

    assert _times(media) == [when / 10 for when in pts]
    assert _proxy(media).shape == (7, 48, 64)
    assert _facts(media).sampling == "every frame"


@pytest.mark.parametrize("name", ["a.mkv", "a.ts"])
def test_clip_without_its_first_keyframe_begins_at_the_next(
    name: str, clip: Clip, tmp_path: Path
) -> None:
    whole = clip(
        "whole.mp4", pts=range(40), keyframes=(0, 20),
        options={"bf": "0", "g": "20", "x264-params": "cpu-independent=1:open-gop=0"},
    )  # fmt: skip
    headless = _copied(whole, tmp_path / name, lambda number, _: number < 5)

    media = open_media(headless)

    facts = _facts(media)
    assert facts.keyframes == 1
    assert _times(media)[0] == 0.0
    assert media.frames[-1].moment_s == pytest.approx(1.0, abs=0.6)


def test_clip_with_one_keyframe_is_sampled_steadily(clip: Clip) -> None:
    media = open_media(clip(pts=range(60), keyframes=(0,), options={"g": "1000"}))

    assert [frame.moment_s for frame in media.frames] == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert [frame.keyframe for frame in media.frames] == [True, *[False] * 5]


def test_clock_that_runs_backwards_is_named(clip: Clip, tmp_path: Path) -> None:
    data = clip("a.flv", codec="flv1", pts=range(20)).read_bytes()
    back = tmp_path / "back.flv"
    back.write_bytes(_flv_with_times(data, [*range(5000, 6000, 100), *range(2000, 3000, 100)]))

    media = open_media(back)

    times = _times(media)
    assert "the clock runs backwards at 1 frames" in str(_facts(media).degraded)
    assert min(times) == 0.0
    assert len(times) == 20
    moments = [frame.moment_s or 0.0 for frame in media.frames]
    assert moments == sorted(moments)
    assert moments[0] >= 0.0


@pytest.fixture
def reordered(clip: Clip, tmp_path: Path) -> Callable[[str], Path]:
    """Encode a moving picture, stored in another order than it is shown."""
    picture = open_media(clip(pts=range(1), size=(96, 64))).frames[0].pixels

    def make(name: str) -> Path:
        with av.open(str(tmp_path / name), "w") as output:
            options = {"x264-params": "bframes=3:b-adapt=0:cpu-independent=1"}
            stream = output.add_stream("libx264", rate=25, options=options)
            stream.height, stream.width, stream.pix_fmt = 64, 96, "yuv420p"
            for number in range(40):
                frame = av.VideoFrame.from_ndarray(np.roll(picture, 3 * number, axis=1))
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        return tmp_path / name

    return make


def test_reordered_pictures_in_avi_come_in_the_order_they_are_shown(
    reordered: Callable[[str], Path],
) -> None:
    intact, in_avi = open_media(reordered("a.mp4")), open_media(reordered("a.avi"))

    assert _facts(in_avi).degraded is None
    assert np.array_equal(_proxy(in_avi), _proxy(intact))
    assert _times(in_avi) == pytest.approx(_times(intact), abs=1e-6)


def test_keyframes_in_avi_have_the_times_they_are_stored_at(
    reordered: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video_plan, "MAX_WORK_PX", 0)

    media = open_media(reordered("a.avi"))

    assert "keyframes only" in str(_facts(media).sampling)
    assert _times(media) == [0.0]


def test_frame_of_avi_that_cannot_be_decoded_moves_no_other(
    reordered: Callable[[str], Path],
) -> None:
    path = reordered("a.avi")
    data = bytearray(path.read_bytes())
    at = [found for found in range(len(data)) if data[found : found + 4] == b"00dc"][20]
    size = int.from_bytes(data[at + 4 : at + 8], "little")
    data[at + 8 : at + 8 + size] = bytes(size)
    path.write_bytes(data)

    media = open_media(path)

    assert _times(media)[-1] == pytest.approx(39 / 25)
    assert "backwards" not in str(_facts(media).degraded)


def test_negative_times_count_from_the_first_frame(clip: Clip, tmp_path: Path) -> None:
    data = clip("a.flv", codec="flv1", pts=range(20)).read_bytes()
    negative = tmp_path / "negative.flv"
    negative.write_bytes(_flv_with_times(data, range(-1000, 1000, 100)))

    media = open_media(negative)

    assert _facts(media).first_pts_s == -1.0
    assert _times(media) == pytest.approx([number / 10 for number in range(20)])


def test_times_without_bounds_do_no_harm(clip: Clip, tmp_path: Path) -> None:
    data = clip("a.flv", codec="flv1", pts=range(20)).read_bytes()
    wild = tmp_path / "wild.flv"
    wild.write_bytes(_flv_with_times(data, [0, 2**31 - 1, -(2**31), 7] * 5))

    media = open_media(wild)

    assert len(_proxy(media)) == len(_times(media)) == 20
    assert 1 <= len(media.frames) <= 20


def test_portrait_is_upright_in_the_proxy(clip: Clip) -> None:
    turned = (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)

    media = open_media(clip("a.mov", size=(320, 180), matrix=turned))

    assert _proxy(media).shape == (30, 160, 90)
    assert media.frames[0].pixels.shape == (320, 180, 3)
    # Red, the darkest of the corners but grey, is seen top right after the turn.
    first = _proxy(media)[0].astype(int)
    colours = media.frames[0].pixels[::2, ::2].astype(float) @ (0.299, 0.587, 0.114)
    assert np.abs(first - colours).mean() < 4.0


@pytest.mark.parametrize("size", [(33, 17), (7, 5), (2, 64), (500, 3)])
def test_odd_sizes(size: tuple[int, int], clip: Clip) -> None:
    path = clip("a.mkv", codec="ffv1", pixel_format="bgr0", size=size, options={})

    media = open_media(path)

    assert (_facts(media).width_px, _facts(media).height_px) == size
    assert len(_proxy(media)) == 30
    assert _facts(media).degraded is None


def test_clip_of_one_frame(clip: Clip) -> None:
    media = open_media(clip(pts=[0]))

    assert _times(media) == [0.0]
    assert len(media.frames) == 1
    assert _facts(media).cuts_s == ()


@pytest.mark.parametrize("codec", ["mpeg2video", "libx264"])
def test_interlaced_clip(codec: str, clip: Clip) -> None:
    options = {"flags": "+ildct+ilme"}
    if codec == "libx264":
        options = {"x264-params": "cpu-independent=1:interlaced=1"}

    media = open_media(clip("a.ts", codec=codec, options=options, size=(64, 64)))

    assert len(_proxy(media)) == _facts(media).packets == 30
    assert _facts(media).degraded is None


def test_size_that_changes_within_a_clip(clip: Clip, tmp_path: Path) -> None:
    small = clip("small.ts", codec="mpeg2video", size=(64, 48), pts=range(20))
    large = clip("large.ts", codec="mpeg2video", size=(128, 64), pts=range(20, 40))
    joined = tmp_path / "joined.ts"
    joined.write_bytes(small.read_bytes() + large.read_bytes())

    media = open_media(joined)

    assert _proxy(media).shape[1:] == (48, 64)
    assert len(_proxy(media)) >= 38
    assert {frame.pixels.shape for frame in media.frames} == {(48, 64, 3), (64, 128, 3)}


def test_picture_that_grows_beyond_the_limit_is_not_decoded(
    clip: Clip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video_reading, "MAX_FRAME_PX", 100 * 100)
    small = clip("small.ts", codec="mpeg2video", size=(64, 48), pts=range(20))
    large = clip("large.ts", codec="mpeg2video", size=(640, 480), pts=range(20, 40))
    joined = tmp_path / "joined.ts"
    joined.write_bytes(small.read_bytes() + large.read_bytes())

    media = open_media(joined)

    assert max(frame.pixels.shape for frame in media.frames) == (48, 64, 3)
    assert "corrupted" in str(_facts(media).degraded)


def test_encrypted_clip_is_called_encrypted(clip: Clip) -> None:
    scheme = {
        "encryption_scheme": "cenc-aes-ctr",
        "encryption_key": "76a6c65c5ea762046bd749a2e632ccbb",
        "encryption_kid": "a7e61c373e219033c21091fa607bf3b8",
    }

    media = open_media(clip(container_options=scheme))

    assert isinstance(media.facts, Problem)
    assert "encrypted" in media.facts.error
    assert "key" in media.facts.advice
    assert media.artefacts == {}


def test_avi_without_its_index_is_played(clip: Clip, tmp_path: Path) -> None:
    data = clip("a.avi", codec="mpeg4").read_bytes()
    bare = tmp_path / "bare.avi"
    bare.write_bytes(data[: data.rindex(b"idx1")])

    media = open_media(bare)

    assert len(_proxy(media)) == 30


@pytest.mark.parametrize("flags", ["", "faststart", "frag_keyframe+empty_moov"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_mp4_cut_short_anywhere(flags: str, share: float, clip: Clip, tmp_path: Path) -> None:
    whole = clip(
        pts=range(100), keyframes=tuple(range(0, 100, 10)),
        container_options={"movflags": flags} if flags else {}, sound_s=10.0,
    )  # fmt: skip
    data = whole.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: int(len(data) * share)])

    media = open_media(cut)

    if isinstance(media.facts, Problem):
        assert "cut short" in media.facts.error
        assert media.facts.advice
    else:
        assert len(_proxy(media)) == len(_times(media)) > 0


def test_long_clip_is_bounded(clip: Clip) -> None:
    path = clip(
        "long.mkv", pts=range(TWO_HOURS_S // 2), time_base=Fraction(2, 1), size=(16, 16),
        options={"g": "250", "preset": "ultrafast", "x264-params": "cpu-independent=1"},
    )  # fmt: skip

    media = open_media(path)

    assert _facts(media).duration_s == pytest.approx(TWO_HOURS_S, abs=5)
    assert _facts(media).sampling == "every frame"
    assert len(media.frames) <= 240
    assert media.frames[-1].moment_s == pytest.approx(TWO_HOURS_S, rel=0.05)
    assert len(_times(media)) == TWO_HOURS_S // 2


def test_long_clip_with_far_keyframes_is_sampled_between_them(
    clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video_plan, "MAX_WORK_PX", 400 * video_plan.MIN_FRAME_PX)
    path = clip(
        pts=range(0, 12000, 20), keyframes=(0, 300), size=(32, 32),
        options={"g": "1000", "x264-params": "cpu-independent=1"},
    )  # fmt: skip

    media = open_media(path)

    facts = _facts(media)
    assert str(facts.sampling).startswith("keyframes only, and some between distant ones, about ")
    assert facts.packets == 600
    moments = [frame.moment_s or 0.0 for frame in media.frames]
    gaps = [after - before for before, after in itertools.pairwise(moments)]
    assert sum(gap <= 10.0 for gap in gaps) > 40
    assert 600.0 in moments
    assert facts.cuts_s is None


def test_clip_of_unknown_length_does_not_cost_more(
    clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video_plan, "MAX_WORK_PX", 100 * video_plan.MIN_FRAME_PX)
    monkeypatch.setattr(video, "_declared_frames", lambda _: None)
    path = clip(pts=range(400), keyframes=tuple(range(0, 400, 20)))

    media = open_media(path)

    facts = _facts(media)
    assert str(facts.sampling).startswith("every frame of the first 10 s, then keyframes only")
    assert facts.packets == 400
    assert len(_times(media)) < 130
    assert media.frames[-1].moment_s == pytest.approx(38, abs=2.1)


def test_header_that_claims_too_long_a_play_hides_nothing(clip: Clip, tmp_path: Path) -> None:
    data = bytearray(clip("a.mkv", pts=range(40)).read_bytes())
    duration = data.index(b"\x44\x89\x88") + 3  # RFC 9559, 5.1.2.10: a double, in milliseconds
    data[duration : duration + 8] = struct.pack(">d", 1e10)
    liar = tmp_path / "liar.mkv"
    liar.write_bytes(data)

    media = open_media(liar)

    facts = _facts(media)
    assert facts.declared_duration_s == 1e7
    assert facts.sampling == "every frame"
    assert len(_times(media)) == 40


def test_same_clip_gives_the_same_bytes(clip: Clip) -> None:
    path = clip(sound_s=3.0, pts=range(70), keyframes=(0, 25, 50))

    one, two = open_media(path), open_media(path)

    assert one.facts == two.facts
    assert one.artefacts == two.artefacts
    assert set(one.artefacts) == {"proxy", "times", "sound"}
    assert all(
        np.array_equal(a.pixels, b.pixels) for a, b in zip(one.frames, two.frames, strict=True)
    )


def test_progress_is_told_at_every_packet(clip: Clip) -> None:
    heard: list[float] = []

    _decode(clip(sound_s=3.0), heard.append)

    assert len(heard) > 50
    assert max(heard) == pytest.approx(3.0, abs=0.11)
    assert heard == sorted(heard)
