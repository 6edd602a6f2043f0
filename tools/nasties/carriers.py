"""Small, sound pictures and clips, from which the nasties are made."""

import hashlib
import io
import zlib
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pillow_heif
from av.container.core import Flags
from PIL import Image

SAMPLE_RATE = 8000
"""Of every sound whose encoder takes it."""


def noise(key: str, size: int) -> bytes:
    """Give bytes that look random and are the same wherever they are made.

    Parameters
    ----------
    key : str
        Another key gives other bytes.
    size : int
        How many.

    Returns
    -------
    bytes
        The bytes.
    """
    return hashlib.shake_256(key.encode()).digest(size)


def drawing(key: str, size: tuple[int, int] = (96, 64), mode: str = "RGB") -> Image.Image:
    """Draw soft clouds of colour, unlike those of any other key.

    Parameters
    ----------
    key : str
        What is drawn.
    size : (int, int), optional
        Width and height.
    mode : str, optional
        Mode of the picture.

    Returns
    -------
    PIL.Image.Image
        The drawing.
    """
    coarse = np.frombuffer(noise(key, 6 * 8 * 3), np.uint8).reshape(6, 8, 3)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).convert(mode)


def picture(key: str, form: str, *, size: tuple[int, int] = (96, 64), **options: Any) -> bytes:
    """Encode a drawing.

    Parameters
    ----------
    key : str
        What is drawn.
    form : str
        Pillow's name of the format.
    size : (int, int), optional
        Width and height.
    **options
        For Pillow's encoder; ``mode`` is the mode of the drawing.

    Returns
    -------
    bytes
        The file.
    """
    return encoded(drawing(key, size, options.pop("mode", "RGB")), form, **options)


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    """Encode a picture.

    Parameters
    ----------
    image : PIL.Image.Image
        The picture.
    form : str
        Pillow's name of the format.
    **options
        For Pillow's encoder.

    Returns
    -------
    bytes
        The file.
    """
    if form == "HEIF":
        pillow_heif.register_heif_opener(thumbnails=False)
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def animation(key: str, form: str, *, frames: int = 6, **options: Any) -> bytes:
    """Encode an animation of drawings.

    Parameters
    ----------
    key : str
        What is drawn.
    form : str
        Pillow's name of the format.
    frames : int, optional
        How many.
    **options
        For Pillow's encoder; ``duration`` is 100 ms unless given.

    Returns
    -------
    bytes
        The file.
    """
    first, *rest = (drawing(f"{key}/{number}", (48, 32)) for number in range(frames))
    options = {"duration": 100, **options}
    return encoded(first, form, save_all=True, append_images=rest, **options)


def clip(
    key: str,
    container: str,
    codec: str,
    *,
    seconds: float = 3.0,
    pixels: str = "yuv420p",
    sound: str | None = None,
    size: tuple[int, int] = (64, 48),
    tags: dict[str, str] | None = None,
) -> bytes:
    """Encode a clip of drawings that change every second.

    Parameters
    ----------
    key : str
        What is drawn.
    container, codec : str
        FFmpeg's names.
    seconds : float, optional
        How long.
    pixels : str, optional
        FFmpeg's name of the pixel format.
    sound : str, optional
        Codec of a silent sound track.
    size : (int, int), optional
        Width and height.
    tags : dict, optional
        Tags of the container.

    Returns
    -------
    bytes
        The file.
    """
    buffer = io.BytesIO()
    rate = 25 if codec == "mpeg1video" else 10  # MPEG-1 knows eight rates
    with _output(buffer, container) as output:
        output.metadata.update(tags or {})
        stream = output.add_stream(codec, rate=rate, options=_OPTIONS.get(codec, {}))
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        stream.codec_context.thread_count = 1
        track = output.add_stream(sound, rate=SAMPLE_RATE) if sound else None
        for number in range(round(seconds * rate)):
            drawn = drawing(f"{key}/{number // rate}", size)
            frame = av.VideoFrame.from_ndarray(np.asarray(drawn)).reformat(format=pixels)
            frame.pts, frame.time_base = number, Fraction(1, rate)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
        if track is not None:
            _add_sound(output, track, seconds)
    return buffer.getvalue()


def tone(container: str, codec: str, *, seconds: float = 3.0, tags: dict[str, str] | None = None
         ) -> bytes:  # fmt: skip
    """Encode silence.

    Parameters
    ----------
    container, codec : str
        FFmpeg's names.
    seconds : float, optional
        How long.
    tags : dict, optional
        Tags of the container.

    Returns
    -------
    bytes
        The file.
    """
    buffer = io.BytesIO()
    with _output(buffer, container) as output:
        output.metadata.update(tags or {})
        _add_sound(output, output.add_stream(codec, rate=_RATES.get(codec, SAMPLE_RATE)), seconds)
    return buffer.getvalue()


_OPTIONS = {
    "libx264": {"x264-params": "cpu-independent=1:threads=1:keyint=10", "preset": "veryfast"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8", "g": "10"},
}
_RATES = {"libopus": 48000}


def _output(buffer: io.BytesIO, container: str) -> Any:
    output = av.open(buffer, "w", format=container, container_options={"fflags": "+bitexact"})
    output.flags |= Flags.bitexact.value
    return output


def _add_sound(output: Any, stream: Any, seconds: float) -> None:
    rate = stream.codec_context.sample_rate
    stream.codec_context.flags |= av.codec.context.Flags.bitexact
    wave = np.frombuffer(noise("sound", 2 * int(rate * seconds)), np.int16) // 64
    samples = av.AudioFrame.from_ndarray(wave[None], format="s16", layout="mono")
    samples.sample_rate, samples.pts = rate, 0
    resampler = av.AudioResampler(
        format=stream.codec_context.format, layout=stream.codec_context.layout, rate=rate,
        frame_size=stream.codec_context.frame_size or 1024,
    )  # fmt: skip
    for frame in (*resampler.resample(samples), *resampler.resample(None)):
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """Build a chunk of a PNG file, with its checksum.

    Parameters
    ----------
    kind : bytes
        Four letters.
    body : bytes
        Its content.

    Returns
    -------
    bytes
        The chunk.
    """
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


PNG_START = b"\x89PNG\r\n\x1a\n"


def png(width: int, height: int, *, bits: int = 8, colour: int = 2, before: bytes = b"",
        pixels: bytes = b"", after: bytes = b"") -> bytes:  # fmt: skip
    """Build a PNG file by hand.

    Parameters
    ----------
    width, height, bits, colour : int
        As the header states them.
    before : bytes, optional
        Chunks before the pixels.
    pixels : bytes, optional
        Compressed pixels.
    after : bytes, optional
        Chunks behind the pixels.

    Returns
    -------
    bytes
        The file.
    """
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((bits, colour, 0, 0, 0))
    return (
        PNG_START
        + png_chunk(b"IHDR", header)
        + before
        + png_chunk(b"IDAT", pixels)
        + after
        + png_chunk(b"IEND", b"")
    )


def jpeg_segment(marker: int, body: bytes) -> bytes:
    """Build a segment of a JPEG file.

    Parameters
    ----------
    marker : int
        Second byte of the marker.
    body : bytes
        At most 65,533 bytes.

    Returns
    -------
    bytes
        The segment.
    """
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    """Put segments behind the first marker of a JPEG file.

    Parameters
    ----------
    jpeg : bytes
        The file.
    *segments : bytes
        As `jpeg_segment` builds them.

    Returns
    -------
    bytes
        The longer file.
    """
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def with_exif(key: str, block: bytes) -> bytes:
    """Give a JPEG with an EXIF block.

    Parameters
    ----------
    key : str
        What is drawn.
    block : bytes
        As a TIFF file is built.

    Returns
    -------
    bytes
        The file.
    """
    return with_segments(picture(key, "JPEG"), jpeg_segment(0xE1, b"Exif\0\0" + block))
