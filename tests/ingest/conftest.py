"""Pictures and clips made for the tests of ingest."""

import io
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pillow_heif
import pytest
import skimage.data
from av.video.frame import PictureType
from PIL import ExifTags, Image

from forensics.ingest.media import Media, open_media

CORNERS = {
    "red": (230, 20, 20),
    "green": (20, 200, 20),
    "blue": (20, 20, 230),
    "grey": (90, 90, 90),
}


def _corners_picture(width: int = 96, height: int = 64) -> Image.Image:
    pixels = np.zeros((height, width, 3), np.uint8)
    half = (slice(None, height // 2), slice(height // 2, None))
    sides = (slice(None, width // 2), slice(width // 2, None))
    for index, colour in enumerate(CORNERS.values()):
        pixels[half[index // 2], sides[index % 2]] = colour
    return Image.fromarray(pixels)


@pytest.fixture(scope="session")
def corners() -> Callable[..., Image.Image]:
    """Make a picture with a different colour in each corner."""
    return _corners_picture


@pytest.fixture(scope="session")
def seen_corners() -> Callable[[np.ndarray], tuple[str, ...]]:
    """Name the colours of a picture's corners: top left, top right, bottom left, bottom right."""

    def name(pixels: np.ndarray) -> tuple[str, ...]:
        height, width = pixels.shape[:2]
        names = []
        for row in (height // 4, 3 * height // 4):
            for column in (width // 4, 3 * width // 4):
                colour = pixels[row, column].astype(int)
                names.append(min(CORNERS, key=lambda each: np.abs(colour - CORNERS[each]).sum()))
        return tuple(names)

    return name


@pytest.fixture(scope="session")
def photo() -> Image.Image:
    """A real photo, 512 x 512."""
    return Image.fromarray(skimage.data.astronaut())


@pytest.fixture(scope="session")
def encode() -> Callable[..., bytes]:
    """Save pictures with Pillow and give the bytes."""
    pillow_heif.register_heif_opener()

    def save(image: Image.Image, format_name: str, **options: Any) -> bytes:
        buffer = io.BytesIO()
        image.copy().save(buffer, format_name, **options)
        return buffer.getvalue()

    return save


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., Media]:
    """Write bytes to a file and open it."""

    def write_and_open(data: bytes, name: str = "file") -> Media:
        path = tmp_path / name
        path.write_bytes(data)
        return open_media(path)

    return write_and_open


@pytest.fixture(scope="session")
def oriented_exif() -> Callable[[int], bytes]:
    """EXIF with nothing but an orientation."""

    def make(orientation: int) -> bytes:
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        return exif.tobytes()

    return make


@pytest.fixture
def clip(tmp_path: Path) -> Callable[..., Path]:
    """Encode a small clip in which the top left corner is red."""

    def make(
        name: str = "clip.mp4",
        *,
        codec: str = "libx264",
        pixel_format: str = "yuv420p",
        pts: Sequence[int] = tuple(range(30)),
        time_base: Fraction = Fraction(1, 10),
        keyframes: Sequence[int] = (0,),
        matrix: Sequence[int] | None = None,
        size: tuple[int, int] = (64, 48),
        container: str | None = None,
        container_options: dict[str, str] | None = None,
        options: dict[str, str] | None = None,
        sound_s: float = 0.0,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w", format=container, options=container_options or {}) as output:
            if options is None:
                options = {"x264-params": "cpu-independent=1"} if codec == "libx264" else {}
            stream = output.add_stream(codec, rate=10, options=options)
            stream.width, stream.height = size
            stream.pix_fmt = pixel_format
            stream.codec_context.time_base = time_base
            if matrix is not None:
                stream.set_display_matrix(matrix)
            sound = (
                output.add_stream("pcm_s16le" if name.endswith("mov") else "aac", rate=8000)
                if sound_s
                else None
            )
            for index, when in enumerate(pts):
                frame = av.VideoFrame.from_ndarray(
                    np.asarray(_corners_picture(*size)), format="rgb24"
                ).reformat(format=pixel_format)
                frame.pts, frame.time_base = when, time_base
                frame.pict_type = PictureType.I if index in keyframes else PictureType.NONE
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
            if sound is not None:
                _add_sound(output, sound, sound_s)
        return path

    return make


def _add_sound(output: Any, stream: Any, seconds: float) -> None:
    samples = av.AudioFrame.from_ndarray(
        np.zeros((1, int(8000 * seconds)), np.int16), format="s16", layout="mono"
    )
    samples.sample_rate, samples.pts = 8000, 0
    resampler = av.AudioResampler(
        format=stream.codec_context.format, layout="mono", rate=8000,
        frame_size=stream.codec_context.frame_size or 1024,
    )  # fmt: skip
    for frame in (*resampler.resample(samples), *resampler.resample(None)):
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))
