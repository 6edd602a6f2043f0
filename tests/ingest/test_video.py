"""Clips are read with their real times, the right way up, and say what is missing."""

import struct
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from forensics.ingest import video_plan
from forensics.ingest.media import Media, open_media
from forensics.model.errors import UnreadableMedia
from forensics.model.findings import VideoFacts
from forensics.model.outcome import Absent, Problem

Clip = Callable[..., Path]
SeenCorners = Callable[[np.ndarray], tuple[str, ...]]

ONE = 65536
# Display matrices (ISO/IEC 14496-12, 6.2.2): x' = a x + c y, y' = b x + d y; and what is seen of
# the stored corners red, green / blue, grey.
MATRICES = {
    "plain": ((ONE, 0, 0, ONE), 0, ("red", "green", "blue", "grey")),
    "right": ((0, ONE, -ONE, 0), 90, ("blue", "red", "grey", "green")),
    "about": ((-ONE, 0, 0, -ONE), 180, ("grey", "blue", "green", "red")),
    "left": ((0, -ONE, ONE, 0), 270, ("green", "grey", "red", "blue")),
    "mirrored": ((-ONE, 0, 0, ONE), 0, ("green", "red", "grey", "blue")),
    "flipped": ((ONE, 0, 0, -ONE), 180, ("blue", "grey", "red", "green")),
    "transposed": ((0, ONE, ONE, 0), 270, ("red", "blue", "green", "grey")),
    "antitransposed": ((0, -ONE, -ONE, 0), 90, ("grey", "green", "blue", "red")),
}


def _facts(media: Media) -> VideoFacts:
    assert isinstance(media.facts, VideoFacts), media.facts
    return media.facts


def _moments(media: Media) -> list[float]:
    return [frame.moment_s for frame in media.frames if frame.moment_s is not None]


@pytest.mark.parametrize("name", MATRICES)
def test_display_matrix_is_applied_once(name: str, clip: Clip, seen_corners: SeenCorners) -> None:
    (a, b, c, d), rotation_deg, seen = MATRICES[name]

    media = open_media(clip("clip.mov", matrix=(a, b, 0, c, d, 0, 0, 0, 1 << 30)))

    facts = _facts(media)
    pixels = media.frames[0].pixels
    assert seen_corners(pixels) == seen
    assert facts.rotation_deg == rotation_deg
    assert (facts.width_px, facts.height_px) == pixels.shape[1::-1]


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format"),
    [
        ("a.mp4", "libx264", "yuv420p"),
        ("a.mp4", "libx264", "yuv420p10le"),
        ("a.mp4", "libx264", "gray"),
        ("a.mp4", "libx264", "yuv444p"),
        ("a.mp4", "libx265", "yuv420p"),
        ("a.mp4", "libsvtav1", "yuv420p"),
        ("a.webm", "libvpx-vp9", "yuv420p"),
        ("a.mkv", "ffv1", "bgr0"),
        ("a.avi", "mjpeg", "yuvj420p"),
        ("a.avi", "mpeg4", "yuv420p"),
        ("a.ts", "mpeg2video", "yuv420p"),
        ("a.mpg", "mpeg2video", "yuv420p"),
        ("a.flv", "libx264", "yuv420p"),
        ("a.wmv", "wmv2", "yuv420p"),
        ("a.mov", "prores", "yuv422p10le"),
    ],
)
def test_codecs_and_containers(
    name: str, codec: str, pixel_format: str, clip: Clip, seen_corners: SeenCorners
) -> None:
    if codec not in av.codecs_available:
        pytest.skip(f"this build of PyAV has no {codec}")
    quiet = {"libx265": {"x265-params": "log-level=none"}, "libsvtav1": {"preset": "12"}}
    path = clip(
        name, codec=codec, pixel_format=pixel_format, options=quiet.get(codec), pts=range(25),
        time_base=Fraction(1, 25), size=(96, 64),
    )  # fmt: skip

    media = open_media(path)

    facts = _facts(media)
    assert facts.degraded is None
    assert facts.duration_s == pytest.approx(1.0, abs=0.09)
    assert _moments(media)[0] == 0.0
    if pixel_format != "gray":
        assert seen_corners(media.frames[0].pixels) == ("red", "green", "blue", "grey")


def test_times_of_a_variable_frame_rate(clip: Clip) -> None:
    pts = [0, 1, 2, 30, 31, 95, 96]

    media = open_media(clip(pts=pts, time_base=Fraction(1, 10), keyframes=(0, 3, 5)))

    assert _moments(media) == [0.0, 3.0, 9.5]
    assert [frame.keyframe for frame in media.frames] == [True, True, True]
    assert _facts(media).keyframes == 3
    assert _facts(media).packets == 7


@pytest.mark.parametrize(("name", "first"), [("a.mkv", 70), ("a.ts", 70), ("a.mp4", 70)])
def test_times_count_from_the_first_presented_frame(name: str, first: int, clip: Clip) -> None:
    media = open_media(clip(name, pts=range(first, first + 25)))

    assert _moments(media) == [0.0, 1.0, 2.0]
    assert _facts(media).degraded is None


def test_sound_longer_than_the_pictures_is_no_damage(clip: Clip) -> None:
    for name in ("a.mkv", "a.mp4"):
        media = open_media(clip(name, sound_s=6.0))

        assert _facts(media).degraded is None
        assert _facts(media).audio_codec == "aac"
        assert _facts(media).duration_s == pytest.approx(3.0, abs=0.11)


def _boxes_patched(data: bytes, kind: bytes, patch: Callable[[bytearray, int], None]) -> bytes:
    patched = bytearray(data)
    patch(patched, data.index(kind))
    return bytes(patched)


def test_trimmed_clip_plays_what_its_edit_list_shows(clip: Clip, tmp_path: Path) -> None:
    path = clip(keyframes=tuple(range(0, 30, 5)), options={"bf": "0", "g": "5"})
    data = path.read_bytes()

    def trim(patched: bytearray, at: int) -> None:
        _, count = struct.unpack_from(">II", patched, at + 4)
        assert count == 1
        duration, start = struct.unpack_from(">Ii", patched, at + 12)
        # Leave out the first second and everything after the second one.
        scale = duration // 3
        media_scale = struct.unpack_from(">I", patched, patched.index(b"mdhd") + 16)[0]
        struct.pack_into(">Ii", patched, at + 12, scale, start + media_scale)

    trimmed = tmp_path / "trimmed.mp4"
    trimmed.write_bytes(_boxes_patched(data, b"elst", trim))

    media = open_media(trimmed)

    facts = _facts(media)
    assert _moments(media)[0] == 0.0
    assert max(_moments(media)) < 1.05
    assert facts.duration_s == pytest.approx(1.0, abs=0.11)
    assert facts.degraded is None


def test_clip_cut_short_plays_its_beginning(clip: Clip, tmp_path: Path) -> None:
    path = clip(
        pts=range(100), keyframes=tuple(range(0, 100, 10)),
        container_options={"movflags": "faststart"},
    )  # fmt: skip
    data = path.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 2])

    media = open_media(cut)

    facts = _facts(media)
    assert str(facts.degraded).startswith("the file is cut short: ")
    assert "of 10.0 s are there" in str(facts.degraded)
    assert 2 <= len(media.frames) <= 8
    assert facts.declared_duration_s == pytest.approx(10.0, abs=0.2)


def test_clip_without_its_index_is_rejected_with_advice(clip: Clip, tmp_path: Path) -> None:
    data = clip().read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: data.index(b"moov") - 4])
    shorter = tmp_path / "shorter.mp4"
    shorter.write_bytes(data[: data.index(b"mdat") + 200])

    for path in (cut, shorter):
        media = open_media(path)

        assert isinstance(media.facts, Problem)
        assert "cut short: the index" in media.facts.error
        assert "original" in media.facts.advice
        assert media.frames == ()


@pytest.mark.parametrize("name", ["a.mkv", "a.avi", "a.ts", "a.flv"])
def test_cut_containers_do_not_crash(name: str, clip: Clip, tmp_path: Path) -> None:
    codec = "mpeg4" if name == "a.avi" else "libx264"
    data = clip(name, codec=codec, pts=range(60)).read_bytes()
    for share in (0.02, 0.3, 0.7):
        cut = tmp_path / f"cut{share}{name}"
        cut.write_bytes(data[: int(len(data) * share)])

        try:
            media = open_media(cut)
        except UnreadableMedia:
            continue

        said = media.facts.error if isinstance(media.facts, Problem) else ""
        assert isinstance(media.facts, Problem | VideoFacts)
        assert "0x" not in said


def test_sound_alone_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "voice.mp4"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 1024), np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate = 8000
        for index in range(20):
            frame.pts = index * 1024
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))

    media = open_media(path)

    assert media.type.kind == "audio"
    assert media.frames == ()
    facts = _facts(media)
    assert (facts.codec, facts.audio_codec) == (None, "aac")
    assert facts.degraded == "sound only: there is no picture to examine"
    assert facts.duration_s == pytest.approx(2.56, abs=0.3)


def test_long_clip_is_read_by_its_keyframes(clip: Clip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_plan, "MAX_WORK_PX", 100 * video_plan.MIN_FRAME_PX)
    path = clip(
        pts=range(0, 1600, 2), keyframes=tuple(range(0, 800, 25)), options={"g": "1000"},
        size=(32, 32),
    )  # fmt: skip

    media = open_media(path)

    facts = _facts(media)
    assert facts.duration_s == pytest.approx(160.0, abs=0.3)
    assert facts.keyframes == 32
    assert _moments(media) == [5.0 * index for index in range(32)]
    assert str(facts.sampling).startswith("keyframes only, about every 5.0 s: the clip is too long")
    assert facts.cuts_s is None


def test_clip_of_unknown_length_is_read_like_a_short_one(clip: Clip) -> None:
    path = clip(
        pts=range(50), container_options={"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    )

    media = open_media(path)

    assert _moments(media) == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_messages_of_the_decoder_are_kept_and_the_same_each_time(
    clip: Clip, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data = bytearray(clip(pts=range(60), codec="mpeg4", name="a.avi").read_bytes())
    middle = data.index(b"movi") + 400
    data[middle : middle + 600] = bytes(range(200)) * 3
    broken = tmp_path / "broken.avi"
    broken.write_bytes(data)

    one, two = open_media(broken), open_media(broken)

    assert one.decoder_messages == two.decoder_messages
    assert one.decoder_messages
    assert capfd.readouterr() == ("", "")


def test_missing_video_library_is_named(clip: Clip, monkeypatch: pytest.MonkeyPatch) -> None:
    path = clip()
    monkeypatch.setitem(sys.modules, "av", None)
    for name in [each for each in sys.modules if each.startswith("forensics.ingest.video")]:
        monkeypatch.delitem(sys.modules, name)

    media = open_media(path)

    assert isinstance(media.facts, Absent)
    assert media.facts.reason == "not_available"
    assert "pip install av" in media.facts.advice
    assert len(media.sha256) == 64


PLAYLISTS = {
    "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{target}\n#EXT-X-ENDLIST\n",
    "ffconcat": "ffconcat version 1.0\nfile '{target}'\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
    "svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="{target}"/></svg>',
    "bare list": "file {target}\n",
}


@pytest.mark.parametrize("name", PLAYLISTS)
def test_lists_of_other_files_are_not_opened(name: str, clip: Clip, tmp_path: Path) -> None:
    fake = tmp_path / "fake.mp4"
    fake.write_text(PLAYLISTS[name].format(target=clip()))

    with pytest.raises(UnreadableMedia, match="not a photo or video"):
        open_media(fake)


def test_data_of_another_file_is_never_read(clip: Clip, tmp_path: Path) -> None:
    target = clip("target.mov", options={"bf": "0"})
    data = target.read_bytes()
    # A reference movie: the index says that the pictures lie in target.mov.
    alias = bytearray(150)
    struct.pack_into(">HH", alias, 4, 150, 2)
    alias[50] = len(b"target.mov")
    alias[51 : 51 + 10] = b"target.mov"
    record = struct.pack(">I4sI", 12 + len(alias), b"alis", 0) + bytes(alias)
    dref = data.index(b"dref") - 4
    old = int.from_bytes(data[dref : dref + 4], "big")
    grown = struct.pack(">I4sII", 16 + len(record), b"dref", 0, 1) + record
    moov = bytearray(data[data.index(b"moov") - 4 :])
    offset = dref - (data.index(b"moov") - 4)
    moov[offset : offset + old] = grown
    growth = len(grown) - old
    for box in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        at = moov.index(box) - 4
        moov[at : at + 4] = (int.from_bytes(moov[at : at + 4], "big") + growth).to_bytes(4, "big")
    reference = tmp_path / "reference.mov"
    reference.write_bytes(data[: data.index(b"ftyp") + 16] + bytes(moov))

    media = open_media(reference)

    assert media.frames == ()


def test_real_clips_are_whole(media_root: Path) -> None:
    paths = sorted(
        path
        for folder in ("metadata/video", "video")
        for path in (media_root / folder).iterdir()
        if path.suffix in (".mp4", ".mov", ".avi")
    )

    degraded = {path.name: _facts(open_media(path)).degraded for path in paths}

    assert len(paths) >= 8
    assert set(degraded.values()) == {None}
