"""Valid media to begin with: made here, the samples, and real files when there are some."""

import io
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import av
import numpy as np
import pillow_heif
from PIL import ExifTags, Image

from forensics.ingest.sniff import HEAD_BYTES, sniff

ROOT = Path(__file__).parents[2]
MAX_SEED_BYTES = 200_000
MAX_SEEDS = 60
"""Seeds of one format; more of them would be read for the whole of a short run."""

STILLS = ("jpeg", "png", "apng", "webp", "avif", "heic", "tiff", "gif", "bmp")
VIDEOS = ("mp4", "mov", "matroska", "avi", "mpegts", "mpeg", "mpegvideo", "flv", "asf", "ogg")
SOUNDS = ("wav", "mp3", "flac", "aac")

_CLIPS = (
    ("clip.mp4", "libx264", {}), ("clip.mp4", "mpeg4", {}),
    ("part.mp4", "libx264", {"movflags": "frag_keyframe+empty_moov"}), ("clip.mov", "mjpeg", {}),
    ("clip.mov", "libx264", {}), ("clip.mkv", "libx264", {}), ("clip.webm", "libvpx", {}),
    ("clip.webm", "libvpx-vp9", {}), ("clip.avi", "mpeg4", {}), ("clip.avi", "mjpeg", {}),
    ("clip.ts", "mpeg2video", {}), ("clip.ts", "libx264", {}), ("clip.mpg", "mpeg1video", {}),
    ("clip.m2v", "mpeg2video", {}), ("clip.flv", "flv", {}), ("clip.wmv", "wmv2", {}),
    ("clip.ogv", "libvpx", {}),
)  # fmt: skip
_SOUNDS = (("wav", "pcm_s16le"), ("mp3", "libmp3lame"), ("flac", "flac"), ("aac", "aac"))


def of_format(name: str) -> list[bytes]:
    """Give the seeds of one format, as `sniff` names it."""
    ours, kept = (_fitting(name, some) for some in ((*_made_stills(), *_made_videos()), _kept()))
    room = MAX_SEEDS - len(ours)
    return ours + kept[:: max(1, -(-len(kept) // room))]


def _fitting(name: str, files: Iterable[bytes]) -> list[bytes]:
    kinds = ((sniff(data[:HEAD_BYTES]), data) for data in dict.fromkeys(files))
    return sorted((data for kind, data in kinds if kind and kind.format == name), key=len)


def heads() -> list[bytes]:
    """Give the first bytes of one file of each format."""
    return [of_format(name)[0][:4096] for name in (*STILLS, *VIDEOS, *SOUNDS) if of_format(name)]


def small_files(*names: str) -> list[bytes]:
    """Give small files of some formats, of all stills when none is named."""
    return [data for name in names or STILLS for data in of_format(name) if len(data) < 16_000]


def _picture(side: int = 24) -> Image.Image:
    rows, columns = np.mgrid[:side, : side * 3 // 2]
    planes = [rows * 7 + columns, rows * columns, columns * 5]
    return Image.fromarray(np.dstack([(plane % 256).astype(np.uint8) for plane in planes]))


def _exif() -> Image.Exif:
    exif = Image.Exif()
    base, gps = ExifTags.Base, ExifTags.GPS
    exif.update({base.Make: "Maker", base.Orientation: 6, base.DateTime: "2024:08:16 13:15:02"})
    times = {base.DateTimeOriginal: "2024:08:16 13:15:02", base.OffsetTimeOriginal: "+03:00"}
    exif.get_ifd(ExifTags.IFD.Exif).update({**times, base.SubsecTimeOriginal: "12"})
    place = {
        gps.GPSLatitudeRef: "N", gps.GPSLatitude: (51.0, 20.0, 6.5), gps.GPSLongitudeRef: "E",
        gps.GPSLongitude: (34.0, 39.0, 36.0), gps.GPSAltitudeRef: b"\0", gps.GPSAltitude: 150.0,
        gps.GPSTimeStamp: (10.0, 15.0, 2.0), gps.GPSDateStamp: "2024:08:16",
    }  # fmt: skip
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(place)
    return exif


@cache
def _made_stills() -> tuple[bytes, ...]:
    pillow_heif.register_heif_opener(thumbnails=False)
    picture, exif = _picture(), _exif().tobytes()
    others = [picture.rotate(90 * turn) for turn in (1, 2)]
    film = {"save_all": True, "duration": 80}
    wide = Image.fromarray((np.arange(900).reshape(30, 30) * 71).astype(np.uint16))
    grey, alpha = picture.convert("L"), picture.convert("RGBA")
    alpha.putalpha(grey)
    lzw, deflate, packed = ({"compression": f"tiff_{each}"} for each in ("lzw", "deflate", "lzma"))
    ways: list[tuple[Image.Image, str, dict[str, object]]] = [
        (picture, "JPEG", {}), (picture, "JPEG", {"progressive": True, "exif": exif}),
        (grey, "JPEG", {}), (picture.convert("CMYK"), "JPEG", {}), (picture, "MPO", film),
        (picture, "PNG", {"exif": exif}), (grey, "PNG", {}), (wide, "PNG", {}), (alpha, "PNG", {}),
        (picture.convert("P"), "PNG", {"transparency": 3}), (picture.convert("1"), "PNG", {}),
        (picture, "PNG", film), (alpha, "PNG", {**film, "default_image": True}),
        (picture, "WEBP", {"exif": exif}), (alpha, "WEBP", {"lossless": True}),
        (picture, "WEBP", film), (picture, "AVIF", {"exif": exif}), (alpha, "AVIF", {}),
        (picture, "AVIF", film), (picture, "HEIF", {"exif": exif}), (alpha, "HEIF", {}),
        (picture, "TIFF", {"exif": _exif()}), (picture, "TIFF", lzw), (wide, "TIFF", {}),
        (picture, "TIFF", {"compression": "jpeg"}), (picture, "TIFF", {**deflate, **film}),
        (picture.convert("1"), "TIFF", {"compression": "group4"}), (picture, "TIFF", packed),
        (picture.convert("LAB"), "TIFF", {}), (grey.convert("F"), "TIFF", {}), (alpha, "TIFF", {}),
        (picture, "TIFF", {"big_tiff": True}), (picture.convert("P"), "TIFF", {}),
        (picture, "TIFF", {"compression": "packbits"}), (picture, "GIF", film), (grey, "GIF", {}),
        (picture, "BMP", {}), (picture.convert("P"), "BMP", {}), (picture.convert("1"), "BMP", {}),
    ]  # fmt: skip
    return tuple(_saved(image, name, options, others) for image, name, options in ways)


def _saved(
    image: Image.Image, name: str, options: dict[str, object], others: list[Image.Image]
) -> bytes:
    # Copies: saving leaves settings behind in a picture.
    more = {"append_images": [each.copy() for each in others]} if "save_all" in options else {}
    buffer = io.BytesIO()
    image.copy().save(buffer, name, **options, **more)
    return buffer.getvalue()


@cache
def _made_videos() -> tuple[bytes, ...]:
    made = [_clip(*each) for each in _CLIPS if each[1] in av.codecs_available]
    made += [_sound(name, codec) for name, codec in _SOUNDS if codec in av.codecs_available]
    return tuple(made)


def _clip(name: str, codec: str, options: dict[str, str]) -> bytes:
    rate = 25 if "mpeg" in codec else 10
    buffer = io.BytesIO()
    buffer.name = name
    with av.open(buffer, "w", options=options) as output:
        stream = output.add_stream(codec, rate=rate)
        stream.width, stream.height = 64, 48
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for number in range(12):
            frame = av.VideoFrame.from_image(_picture(48).resize((64, 48)).rotate(30 * number))
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return buffer.getvalue()


def _sound(name: str, codec: str) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="adts" if name == "aac" else name) as output:
        stream = output.add_stream(codec, rate=44100)
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 4608), np.int16), format="s16", layout="mono"
        )
        frame.sample_rate, frame.pts = 44100, 0
        context = stream.codec_context
        resampler = av.AudioResampler(
            format=context.format,
            layout=context.layout.name,
            rate=44100,
            frame_size=context.frame_size or 1152,
        )
        for each in (*resampler.resample(frame), *resampler.resample(None)):
            output.mux(stream.encode(each))
        output.mux(stream.encode(None))
    return buffer.getvalue()


@cache
def _kept() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in _files())


def _files() -> Iterator[Path]:
    folders = [ROOT / "samples/glushkovo"]
    media = os.environ.get("FORENSICS_MEDIA")
    if media:
        folders += [Path(media, name) for name in ("metadata", "hostile", "video")]
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.stat().st_size <= MAX_SEED_BYTES:
                yield path
