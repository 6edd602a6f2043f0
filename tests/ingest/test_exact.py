"""Frames are decoded at named moments exactly as in a decode from the start."""

import io
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import skimage.data
from av.video.frame import PictureType
from PIL import Image

from forensics.ingest import exact
from forensics.ingest.exact import ExactClip
from forensics.ingest.exact_still import ExactStill
from forensics.ingest.media import identify
from forensics.ingest.sniff import sniff
from forensics.ingest.timeline import Timeline
from forensics.model.errors import UnreadableMedia

Moving = Callable[..., Path]
STEADY = tuple(range(60))
X264 = "cpu-independent=1"


@pytest.fixture(scope="session")
def picture() -> np.ndarray:
    return np.ascontiguousarray(skimage.data.astronaut()[:240:2, :320:2])


@pytest.fixture
def moving(tmp_path: Path, picture: np.ndarray) -> Moving:
    """Encode a clip in which no two frames are the same."""

    def make(
        name: str = "clip.mp4",
        *,
        codec: str = "libx264",
        pixel_format: str = "yuv420p",
        pts: Sequence[int] = STEADY,
        time_base: Fraction = Fraction(1, 25),
        gop: int = 12,
        keyframes: Sequence[int] = (0,),
        options: dict[str, str] | None = None,
        container_options: dict[str, str] | None = None,
        matrix: Sequence[int] | None = None,
    ) -> Path:
        path = tmp_path / name
        if options is None:
            options = {"x264-params": f"{X264}:bframes=3"} if codec == "libx264" else {}
        with av.open(str(path), "w", options=container_options or {}) as output:
            stream: Any = output.add_stream(codec, rate=25, options={"g": str(gop), **options})
            stream.height, stream.width = picture.shape[:2]
            stream.pix_fmt, stream.codec_context.time_base = pixel_format, time_base
            if matrix is not None:
                stream.set_display_matrix(matrix)
            for number, when in enumerate(pts):
                shifted = np.roll(picture, (number, 3 * number), axis=(0, 1))
                frame = av.VideoFrame.from_ndarray(shifted, format="rgb24")
                frame = frame.reformat(format=pixel_format)
                frame.pts, frame.time_base = when, time_base
                frame.pict_type = PictureType.I if number in keyframes else PictureType.NONE
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        return path

    return make


def decode_all(path: Path) -> list[tuple[float, np.ndarray]]:
    """Decode with PyAV alone: moments from the first frame, and its own rgb24 conversion."""
    with av.open(str(path)) as container:
        container.streams.video[0].codec_context.thread_count = 1
        frames = list(container.decode(video=0))
    # Decoders give frames in the order of presentation. AVI keeps no times of presentation: frames
    # stored out of order come with shuffled ones.
    moments = sorted(round(frame.time - frames[0].time, 6) for frame in frames)
    return [
        (moment_s, frame.to_ndarray(format="rgb24"))
        for moment_s, frame in zip(moments, frames, strict=True)
    ]


def decode_each(path: Path, positions: Sequence[int]) -> tuple[ExactClip, dict[int, Any]]:
    """Decode each frame by itself, so that every one begins at a keyframe of its own."""
    with identify(path) as opened:
        clip = ExactClip(opened.file, opened.type)
        found = {}
        for position in positions:
            found.update(clip.decode([position]))
        return clip, found


def clip_moments(path: Path) -> list[float]:
    with identify(path) as opened:
        return list(ExactClip(opened.file, opened.type).timeline.moments_s)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("b-frames.mp4", {}),
        ("b-frames.mkv", {}),
        ("b-frames.ts", {}),
        ("open-gop.mp4", {"options": {"x264-params": f"{X264}:open-gop=1:bframes=3"}}),
        ("open-gop.mkv", {"options": {"x264-params": f"{X264}:open-gop=1:bframes=3"}}),
        ("open-gop.ts", {"options": {"x264-params": f"{X264}:open-gop=1:bframes=3"}}),
        ("refresh.mkv", {"options": {"x264-params": f"{X264}:intra-refresh=1:bframes=0"}}),
        ("pyramid.mp4", {"options": {"x264-params": f"{X264}:b-pyramid=normal:bframes=8"}}),
        ("interlaced.ts", {"options": {"x264-params": f"{X264}:interlaced=1:bframes=2"}}),
        ("ten-bit.mp4", {"pixel_format": "yuv420p10le"}),
        ("hevc.mp4", {"codec": "libx265", "options": {"x265-params": "log-level=none"}}),
        ("hevc.ts", {"codec": "libx265", "options": {"x265-params": "log-level=none:open-gop=1"}}),
        ("vp8.webm", {"codec": "libvpx", "options": {"auto-alt-ref": "1", "lag-in-frames": "16"}}),
        ("vp9.webm", {"codec": "libvpx-vp9"}),
        ("av1.mp4", {"codec": "libsvtav1", "options": {"preset": "10"}}),
        ("mpeg2.ts", {"codec": "mpeg2video", "options": {"bf": "2"}}),
        ("mpeg2.mpg", {"codec": "mpeg2video", "options": {"bf": "2"}}),
        ("mpeg4.avi", {"codec": "mpeg4", "options": {"bf": "2"}}),
        ("h264.avi", {"options": {"x264-params": f"{X264}:bframes=2"}}),
        ("lossless.mkv", {"codec": "ffv1", "pixel_format": "bgr0"}),
        ("all-intra.mov", {"codec": "prores", "pixel_format": "yuv422p10le"}),
        ("flash.flv", {}),
        ("windows.wmv", {"codec": "wmv2"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_frame_is_that_of_a_complete_decode(
    name: str, settings: dict[str, Any], moving: Moving
) -> None:
    path = moving(name, **settings)
    complete = decode_all(path)

    _, found = decode_each(path, range(len(clip_moments(path))))

    assert [found[i].moment_s for i in sorted(found)] == [moment_s for moment_s, _ in complete]
    different = [
        i for i, (_, pixels) in enumerate(complete) if not np.array_equal(found[i].pixels, pixels)
    ]
    assert different == []


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("jumping.mp4", {"pts": (0, 1, 2, 30, 31, 95, 96, 97, 300, 301, 302, 303, 304, 305, 600)}),
        ("late.mkv", {"pts": range(1000, 1060)}),
        ("before-zero.mp4", {"pts": range(-40, 20)}),
        ("no-index.mkv", {"container_options": {"live": "1"}}),
        ("pieces.mp4", {"container_options": {"movflags": "frag_keyframe+empty_moov"}}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_odd_clocks_and_missing_indexes_change_nothing(
    name: str, settings: dict[str, Any], moving: Moving
) -> None:
    path = moving(name, **settings)
    complete = decode_all(path)

    clip, found = decode_each(path, range(len(complete)))

    assert list(clip.timeline.moments_s) == [moment_s for moment_s, _ in complete]
    assert all(np.array_equal(found[i].pixels, pixels) for i, (_, pixels) in enumerate(complete))


def test_reordered_pictures_in_avi_are_at_the_moments_they_are_shown(moving: Moving) -> None:
    frames = []
    for name in ("a.mp4", "a.avi"):
        with moving(name).open("rb") as file:
            kind = sniff(file.read(4096))
            assert kind is not None
            clip = ExactClip(file, kind)
            assert not clip.timeline.runs_back
            frames.append(dict(clip.decode(range(60))))
    intact, in_avi = frames

    assert [each.moment_s for each in in_avi.values()] == pytest.approx(
        [each.moment_s for each in intact.values()]
    )
    assert all(np.array_equal(in_avi[each].pixels, intact[each].pixels) for each in intact)


def test_frame_on_the_screen_is_the_last_one_presented(moving: Moving) -> None:
    path = moving(pts=(0, 10, 25, 26))

    with identify(path) as opened:
        timeline = ExactClip(opened.file, opened.type).timeline

    assert list(timeline.moments_s) == [0.0, 0.4, 1.0, 1.04]
    assert [timeline.shown_at(at) for at in (0.0, 0.399999, 0.4, 0.99, 1.0, 7.0)] == [
        0,
        0,
        1,
        1,
        2,
        3,
    ]
    assert timeline.end_s > 1.04


def test_of_frames_at_one_moment_the_last_is_on_the_screen() -> None:
    timeline = Timeline(np.array([0.0, 0.0, 0.5]), 1.0)

    assert timeline.shown_at(0.2) == 1
    assert list(timeline.between(0.0, 1.0)) == [1, 2]


def test_only_the_packets_that_are_needed_are_decoded(
    moving: Moving, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = moving(pts=range(240))
    with identify(path) as opened:
        clip = ExactClip(opened.file, opened.type)
        decoded = []
        through = exact._decoded
        monkeypatch.setattr(
            exact, "_decoded", lambda stream, packet: decoded.append(1) or through(stream, packet)
        )

        (found,) = dict(clip.decode([230])).values()

    assert found.moment_s == 9.2
    assert len(decoded) < 24


def test_display_matrix_is_applied_to_every_pixel(moving: Moving, picture: np.ndarray) -> None:
    one = 65536
    path = moving("turned.mov", matrix=(0, one, 0, -one, 0, 0, 0, 0, 1 << 30))

    _, found = decode_each(path, [3])

    assert found[3].pixels.shape == (*picture.shape[1::-1], 3)
    assert np.array_equal(found[3].pixels, np.rot90(decode_all(path)[3][1], -1))


def test_damaged_part_is_decoded_from_the_start_and_said(moving: Moving) -> None:
    path = moving("damaged.ts", pts=range(100))
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 600] = bytes(600)
    path.write_bytes(data)

    _, found = decode_each(path, range(len(clip_moments(path))))
    _, again = decode_each(path, sorted(found, reverse=True))

    damaged = [i for i in sorted(found) if found[i].is_damaged]
    assert damaged == list(range(damaged[0], damaged[-1] + 1))
    assert 0 < damaged[0] < damaged[-1] < len(found) - 1
    assert all(np.array_equal(found[i].pixels, again[i].pixels) for i in found)
    complete = dict(decode_all(path))
    assert all(np.array_equal(each.pixels, complete[each.moment_s]) for each in found.values())


def test_missing_frame_gives_way_to_the_one_on_the_screen(moving: Moving) -> None:
    path = moving("hole.ts", pts=range(100), options={"x264-params": f"{X264}:bframes=0"}, gop=100)
    complete = decode_all(path)
    broken = path.with_name("broken.ts")
    with av.open(str(path)) as source, av.open(str(broken), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(source.demux(video=0)):
            packet.stream = stream
            if packet.size:
                target.mux(garbled(packet, stream) if number == 50 else packet)

    clip, found = decode_each(broken, [50])

    assert clip.timeline.moments_s[50] == complete[50][0]
    assert found[50].moment_s == complete[49][0]
    assert np.array_equal(found[50].pixels, complete[49][1])


def garbled(packet: Any, stream: Any) -> Any:
    """Keep a packet's times and spoil its content."""
    spoiled = av.Packet(bytes(packet)[:4] + b"\x65\xff\xff\xff" + bytes(40))
    spoiled.pts, spoiled.dts, spoiled.time_base = packet.pts, packet.dts, packet.time_base
    spoiled.stream = stream
    return spoiled


def test_stream_without_times_is_decoded_in_order(moving: Moving) -> None:
    path = moving("raw.m2v", codec="mpeg2video", options={"bf": "2"})
    with av.open(str(path)) as container:
        last = list(container.decode(video=0))[-1].to_ndarray(format="rgb24")

    clip, found = decode_each(path, [len(STEADY) - 1])

    assert list(clip.timeline.moments_s) == [number / 25 for number in STEADY]
    assert np.array_equal(found[len(STEADY) - 1].pixels, last)


def test_clip_cut_short_gives_the_frames_that_are_there(moving: Moving) -> None:
    path = moving("cut.mkv", pts=range(100))
    complete = decode_all(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    clip, found = decode_each(path, [0, 20])

    assert 20 < len(clip.timeline.moments_s) < 80
    assert np.array_equal(found[20].pixels, complete[20][1])


def test_clip_without_a_picture_is_refused(tmp_path: Path, moving: Moving) -> None:
    path = moving("empty.mkv", pts=range(3))
    data = bytearray(path.read_bytes())
    cluster = data.index(b"\x1f\x43\xb6\x75")  # RFC 9559, 5.1.3
    path.write_bytes(data[:cluster])

    with identify(path) as opened, pytest.raises(UnreadableMedia):
        ExactClip(opened.file, opened.type)


def test_what_pixels_cannot_tell_is_remarked(moving: Moving) -> None:
    path = moving("ten.mp4", pixel_format="yuv420p10le")

    _, found = decode_each(path, [0])

    assert found[0].remarks == ("The clip stores 10 bits a sample, the pictures 8.",)


def still(data: bytes) -> ExactStill:
    kind = sniff(data[:4096])
    assert kind is not None
    return ExactStill(data, kind)


def test_still_is_exported_at_full_size_and_upright(
    photo: Image.Image, encode: Callable[..., bytes], oriented_exif: Callable[[int], bytes]
) -> None:
    wide = photo.resize((3000, 1500))
    opened = still(encode(wide, "PNG", exif=oriented_exif(6)))

    ((position, frame),) = opened.decode([0])

    assert (position, frame.moment_s, opened.timeline) == (0, None, None)
    assert np.array_equal(frame.pixels, np.rot90(np.asarray(wide), -1))


def test_animation_plays_with_its_own_delays(photo: Image.Image) -> None:
    frames = [photo.resize((64, 64)).rotate(90 * i) for i in range(4)]
    buffer = io.BytesIO()
    frames[0].save(
        buffer, "WEBP", save_all=True, append_images=frames[1:], lossless=True,
        duration=[100, 400, 50, 200],
    )  # fmt: skip
    opened = still(buffer.getvalue())

    found = dict(opened.decode([1, 3]))

    assert opened.timeline is not None
    assert list(opened.timeline.moments_s) == [0.0, 0.1, 0.5, 0.55]
    assert opened.timeline.end_s == 0.75
    assert np.array_equal(found[3].pixels, np.asarray(frames[3]))


def test_still_that_breaks_off_is_refused(photo: Image.Image, encode: Callable[..., bytes]) -> None:
    data = encode(photo, "PNG")

    with pytest.raises(UnreadableMedia, match="only whole pictures"):
        list(still(data[: len(data) // 2]).decode([0]))
