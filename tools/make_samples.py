"""Remake the sample case from the rendered scenes.

``python tools/make_samples.py`` reads ``samples/manifest.toml``, where each made file stands with
its source and its recipe, makes the files again and writes their digests and sizes back into the
manifest. Nothing here reads a clock, a random number or a font outside Pillow. Encoders (libjpeg,
libwebp, x264, x265, zlib) may write other bytes in another version; ``--check`` says which files
came out different from the digests on record.
"""

import argparse
import hashlib
import io
import re
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
import pillow_heif
from PIL import ExifTags, Image, ImageDraw, ImageFont
from PIL.TiffImagePlugin import IFDRational

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
MANIFEST = "manifest.toml"
SCENES = "scenes"
JPEG_START = b"\xff\xd8"
JPEG_EXIF_MARKER = b"\xff\xe1"
SECONDS_PER_MINUTE = 60
# Tags that every camera writes because the standard requires them (EXIF 2.32, table 21).
REQUIRED = {"XResolution": 72, "YResolution": 72, "ResolutionUnit": 2, "YCbCrPositioning": 1}
REQUIRED_IN_EXIF = {"ExifVersion": b"0232", "FlashPixVersion": b"0100", "ColorSpace": 1}


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one file is made: what is read, drawn, saved, tagged and cut, in this order."""

    frame: int | None = None
    """Frame of a source clip to take as the picture, counted from 0."""
    steps: list[dict[str, Any]] = []  # Any: each step has options of its own, see STEPS
    save: dict[str, Any] | None = None  # Any: options of the picture encoder
    clip: dict[str, Any] | None = None  # Any: options of the clip maker, see CLIPS
    exif: str | None = None
    """Name of a table under ``[exif]``."""
    keep_fraction: float = 1.0
    """Part of the bytes that is kept, from the start."""


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"source": "from"}):
    """One entry of the manifest; a file without a recipe was written by hand."""

    path: str
    sha256: str
    bytes: int
    made: str
    truth: dict[str, Any]  # Any: keys are documented in samples/README.md
    source: list[str] = []
    recipe: Recipe | None = None


class Scene(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One render that the samples are made from."""

    path: str
    sha256: str
    bytes: int
    bridge: str
    state: str
    view: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything in ``samples/manifest.toml``."""

    schema: int
    scene: list[Scene]
    exif: dict[str, dict[str, Any]]  # Any: a tag's value has the type the EXIF standard gives it
    file: list[Sample]


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Command line without the program's name; by default that of the process.

    Returns
    -------
    int
        0 when everything was made (and, with ``--check``, is as recorded), else 1.
    """
    parser = argparse.ArgumentParser(description="Remake the sample case from rendered scenes.")
    parser.add_argument("--out", type=Path, default=SAMPLES, help="folder to write into")
    parser.add_argument("--check", action="store_true", help="make nothing, compare digests")
    options = parser.parse_args(arguments)
    if options.check:
        return _check()
    make_samples(options.out)
    return 0


def read_manifest(path: Path) -> Manifest:
    """
    Read the manifest and refuse keys that mean nothing.

    Parameters
    ----------
    path : Path
        A ``manifest.toml``.

    Returns
    -------
    Manifest
        Scenes, EXIF tables and files, in the order they are made.
    """
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Manifest)


def make_samples(out: Path) -> dict[str, bytes]:
    """
    Make every sample that has a recipe, and bring the manifest up to date.

    Parameters
    ----------
    out : Path
        Folder to write into, laid out like ``samples/``.

    Returns
    -------
    dict of str to bytes
        Every file of the manifest, by path; scenes are read, not made.
    """
    manifest = read_manifest(SAMPLES / MANIFEST)
    made = {scene.path: (SAMPLES / scene.path).read_bytes() for scene in manifest.scene}
    for sample in manifest.file:
        if sample.recipe is None:
            made[sample.path] = (SAMPLES / sample.path).read_bytes()
        else:
            exif = _build_exif(manifest.exif[sample.recipe.exif]) if sample.recipe.exif else None
            made[sample.path] = _make_file(_source(sample.source[0], out), sample.recipe, exif=exif)
        _write(out / sample.path, made[sample.path])
    text = (SAMPLES / MANIFEST).read_text(encoding="utf-8")
    _write(out / MANIFEST, _with_digests(text, made).encode("utf-8"))
    return made


def _make_file(source: Path, recipe: Recipe, *, exif: Image.Exif | None = None) -> bytes:
    """Make the bytes of one sample.

    Without ``save`` or ``clip`` the source's bytes are kept as they are, so that a file has been
    through one encoder and not through two.
    """
    if recipe.clip is not None:
        content = CLIPS[recipe.clip["kind"]](source, **_options(recipe.clip))
    elif recipe.save is not None:
        picture = _open(source, recipe.frame)
        for step in recipe.steps:
            picture = STEPS[step["do"]](picture, **_options(step))
        content = _encode(picture, exif, **recipe.save)
    else:
        content = _tagged_jpeg(source.read_bytes(), exif)
    return content[: int(len(content) * recipe.keep_fraction)]


def _options(choice: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in choice.items() if name not in ("do", "kind")}


def _build_exif(tags: dict[str, Any]) -> Image.Exif:
    """Turn a table of the manifest into EXIF tags."""
    exif = Image.Exif()
    exif.update({ExifTags.Base[name]: value for name, value in REQUIRED.items()})
    for name, value in tags.items():
        if name not in ("Exif", "GPS"):
            exif[ExifTags.Base[name]] = value
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    camera.update({ExifTags.Base[name]: value for name, value in REQUIRED_IN_EXIF.items()})
    for name, value in tags.get("Exif", {}).items():
        is_number = isinstance(value, float) or name == "ExposureTime"
        camera[ExifTags.Base[name]] = _rational(value) if is_number else value
    if "GPS" in tags:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(_gps(**tags["GPS"]))
    return exif


def _mirror(picture: Image.Image) -> Image.Image:
    """Swap left and right."""
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def _turn(picture: Image.Image) -> Image.Image:
    """Store the picture lying on its side, as a phone held upright does (EXIF orientation 6)."""
    return picture.transpose(Image.Transpose.ROTATE_90)


def _resize(picture: Image.Image, *, width: int, height: int) -> Image.Image:
    """Resample the whole picture."""
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _crop(picture: Image.Image, *, box: list[int]) -> Image.Image:
    """Cut a rectangle out."""
    left, top, right, bottom = box
    return picture.crop((left, top, right, bottom))


def _caption(
    picture: Image.Image, *, bar: list[int], tag: str, lines: list[str], mark: str
) -> Image.Image:
    """Burn in a news caption and a channel's name, as reposts do."""
    layer = Image.new("RGBA", picture.size)
    draw = ImageDraw.Draw(layer)
    left, top, right, bottom = bar
    draw.rectangle((left, top, right - 1, bottom - 1), fill=(16, 18, 24, 255))
    draw.rectangle((left, top, right - 1, top + 3), fill=(205, 30, 38, 255))
    label = _font(16)
    width = int(draw.textlength(tag, font=label))
    draw.rectangle((left + 12, top + 13, left + 28 + width, top + 37), fill=(205, 30, 38, 255))
    draw.text((left + 20, top + 25), tag, font=label, fill="white", anchor="lm")
    for row, (line, size) in enumerate(zip(lines, (20, 14), strict=True)):
        x = left + 40 + width if row == 0 else left + 12
        draw.text((x, top + 25 + 28 * row), line, font=_font(size), fill="white", anchor="lm")
    where = (picture.width - 12, 12)
    shadow = (where[0] + 1, where[1] + 1)
    draw.text(shadow, mark, font=_font(18), fill=(0, 0, 0, 140), anchor="rt")
    draw.text(where, mark, font=_font(18), fill=(255, 255, 255, 190), anchor="rt")
    return Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB")


def _screenshot(
    picture: Image.Image, *, place: list[int], clock: str, channel: str, post: list[str]
) -> Image.Image:
    """Show the picture as a post in a messenger on a phone, status bar and all."""
    screen = Image.new("RGB", (540, 1170), (14, 22, 33))
    draw = ImageDraw.Draw(screen)
    _draw_status_bar(draw, clock)
    _draw_title_bar(draw, channel)
    draw.rounded_rectangle((210, 146, 330, 182), radius=18, fill=PANEL)
    draw.text((270, 164), "August 16", font=_font(16), fill=TEXT, anchor="mm")
    _draw_post(draw, top=206, lines=("Loud bang heard in Glushkovo.", "More soon."))
    left, top, right, bottom = place
    end = bottom + 60 + 26 * len(post)
    draw.rounded_rectangle((left - 4, top - 4, right + 3, end), radius=14, fill=PANEL)
    screen.paste(_resize(picture, width=right - left, height=bottom - top), (left, top))
    for row, line in enumerate(post):
        draw.text((left + 10, bottom + 14 + 26 * row), line, font=_font(19), fill=TEXT)
    draw.text(
        (right - 12, end - 10), f"4.1K views  {clock}", font=_font(14), fill=GREY, anchor="rs"
    )
    _draw_post(draw, top=end + 14, lines=("Drivers are asked to use the detour.",))
    _draw_post(draw, top=end + 106, lines=("Subscribe and send us your photos!",))
    draw.rectangle((0, 1096, 540, 1170), fill=(23, 33, 43))
    draw.text((270, 1124), "MUTE", font=_font(18), fill=(108, 178, 242), anchor="mm")
    draw.rounded_rectangle((190, 1155, 350, 1159), radius=2, fill=(230, 230, 230))
    return screen


def _remux_clip(source: Path, *, tags: dict[str, str]) -> bytes:
    """Put a clip's frames, untouched, into a file with a phone's tags."""

    def fill(output: av.container.OutputContainer) -> None:
        output.metadata.update(tags)
        with av.open(str(source)) as container:
            given = container.streams.video[0]
            stream = output.add_stream_from_template(given)
            for packet in container.demux(given):
                if packet.dts is not None:
                    packet.stream = stream
                    output.mux(packet)

    return _mp4(fill)


def _recode_clip(source: Path, *, size: list[int], crf: int) -> bytes:
    """Encode a clip again."""
    pictures, rate = _frames(source)
    resized = (_resize(picture, width=size[0], height=size[1]) for picture in pictures)
    return _h264(resized, size=size, rate=rate, crf=crf)


def _pan_clip(
    source: Path, *, size: list[int], start: list[float], end: list[float], seconds: float, crf: int
) -> bytes:
    """Pan a window slowly over a still."""
    still, rate = _open(source, None), Fraction(25)
    count = int(seconds * rate)

    def windows() -> Iterator[Image.Image]:
        for done in np.linspace(0, 1, count):
            left, top = ((1 - done) * a + done * b for a, b in zip(start, end, strict=True))
            box = (left, top, left + size[0], top + size[1])
            yield still.resize((size[0], size[1]), Image.Resampling.BICUBIC, box=box)

    return _h264(windows(), size=size, rate=rate, crf=crf)


def _animate(source: Path, *, size: list[int], every: int) -> bytes:
    """Turn a clip into an animated GIF that plays at the clip's speed."""
    pictures, rate = _frames(source)
    kept = pictures[::every]
    small = [_resize(picture, width=size[0], height=size[1]).quantize(64) for picture in kept]
    buffer = io.BytesIO()
    delay_ms = int(1000 * every / rate)
    small[0].save(buffer, "GIF", save_all=True, append_images=small[1:], duration=delay_ms, loop=0)
    return buffer.getvalue()


STEPS: dict[str, Callable[..., Image.Image]] = {
    "mirror": _mirror,
    "turn": _turn,
    "resize": _resize,
    "crop": _crop,
    "caption": _caption,
    "screenshot": _screenshot,
}
CLIPS: dict[str, Callable[..., bytes]] = {
    "remux": _remux_clip,
    "recode": _recode_clip,
    "pan": _pan_clip,
    "gif": _animate,
}
GREY = (128, 145, 160)
PANEL = (24, 37, 51)
TEXT = (245, 245, 245)


def _check() -> int:
    """Remake everything aside and name each file that is not as recorded."""
    with tempfile.TemporaryDirectory() as folder:
        made = make_samples(Path(folder))
    manifest = read_manifest(SAMPLES / MANIFEST)
    recorded = {scene.path: scene.sha256 for scene in manifest.scene}
    recorded |= {sample.path: sample.sha256 for sample in manifest.file}
    different = [path for path, digest in recorded.items() if _sha256(made[path]) != digest]
    for path in different:
        print(f"differs: {path}")
    print(f"{len(recorded) - len(different)} of {len(recorded)} files are as recorded")
    if different:
        print("Encoders of other versions write other bytes; the pictures should look the same.")
    return 1 if different else 0


def _source(name: str, out: Path) -> Path:
    """Find a source: renders lie in the repository, made files where they were just written."""
    return (SAMPLES if name.startswith(f"{SCENES}/") else out) / name


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _with_digests(text: str, made: dict[str, bytes]) -> str:
    """Rewrite the two lines after each ``path`` and leave all that was written by hand."""
    for path, content in made.items():
        entry = re.compile(rf'(path = "{re.escape(path)}"\n)sha256 = "\w*"\nbytes = \d+\n')
        text = entry.sub(rf'\1sha256 = "{_sha256(content)}"\nbytes = {len(content)}\n', text)
    return text


def _open(source: Path, frame: int | None) -> Image.Image:
    if frame is not None:
        return _frames(source)[0][frame]
    with Image.open(source) as picture:
        return picture.convert("RGB")


def _frames(source: Path) -> tuple[list[Image.Image], Fraction]:
    """Decode a clip; the renders have a constant rate."""
    with av.open(str(source)) as container:
        rate = container.streams.video[0].average_rate or Fraction(24)
        return [frame.to_image() for frame in container.decode(video=0)], rate


def _encode(picture: Image.Image, exif: Image.Exif | None, **options: Any) -> bytes:
    """Save with Pillow; HEIC needs its plug-in, which is registered only then."""
    if options["format"] == "HEIF":
        pillow_heif.register_heif_opener()
    if exif is not None:
        options["exif"] = exif.tobytes()
    buffer = io.BytesIO()
    picture.save(buffer, **options)
    return buffer.getvalue()


def _tagged_jpeg(content: bytes, exif: Image.Exif | None) -> bytes:
    """Put an EXIF segment into a JPEG without encoding the picture again."""
    if exif is None:
        return content
    tags = exif.tobytes()
    length = (len(tags) + 2).to_bytes(2, "big")
    return JPEG_START + JPEG_EXIF_MARKER + length + tags + content.removeprefix(JPEG_START)


def _gps(*, lat: float, lon: float, altitude_m: float, date: str, time: str) -> dict[int, Any]:
    """Write a position and a UTC time as the GPS directory wants them (EXIF 2.32, 4.6.6)."""
    gps = ExifTags.GPS
    return {
        gps.GPSVersionID: b"\x02\x03\x00\x00",
        gps.GPSLatitudeRef: "N",
        gps.GPSLatitude: _degrees(lat),
        gps.GPSLongitudeRef: "E",
        gps.GPSLongitude: _degrees(lon),
        gps.GPSAltitudeRef: b"\x00",
        gps.GPSAltitude: _rational(altitude_m),
        gps.GPSTimeStamp: tuple(_rational(part) for part in time.split(":")),
        gps.GPSDateStamp: date,
    }


def _degrees(angle: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    whole = int(angle)
    minutes = (angle - whole) * SECONDS_PER_MINUTE
    seconds = (minutes - int(minutes)) * SECONDS_PER_MINUTE
    return _rational(whole), _rational(int(minutes)), _rational(round(seconds, 2))


def _rational(value: float | str) -> IFDRational:
    """Write a number as TOML has it ("1/400", 2.8) without binary rounding."""
    return IFDRational(Fraction(str(value)))


def _h264(pictures: Iterator[Image.Image], *, size: list[int], rate: Fraction, crf: int) -> bytes:
    """
    Encode so that the bytes come out the same again.

    With more than one thread x264's bytes depend on the number of cores, and without
    ``cpu-independent`` they differed between two runs on the same machine.
    """

    def fill(output: av.container.OutputContainer) -> None:
        options = {"crf": str(crf), "threads": "1", "flags": "+bitexact"}
        options["x264-params"] = "cpu-independent=1"
        stream = output.add_stream("libx264", rate=rate, options=options)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            output.mux(stream.encode(av.VideoFrame.from_image(picture)))
        output.mux(stream.encode())

    return _mp4(fill)


def _mp4(fill: Callable[[av.container.OutputContainer], None]) -> bytes:
    """Write an MP4 with its index in front; that needs a real file, which FFmpeg reads again."""
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "clip.mp4")
        with av.open(str(path), "w", format="mp4", options=options) as output:
            fill(output)
        return path.read_bytes()


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _draw_status_bar(draw: ImageDraw.ImageDraw, clock: str) -> None:
    draw.text((28, 24), clock, font=_font(18), fill="white", anchor="lm")
    for bar in range(4):
        draw.rectangle((400 + 8 * bar, 29 - 4 * bar, 404 + 8 * bar, 32), fill="white")
    draw.text((440, 24), "4G", font=_font(15), fill="white", anchor="lm")
    draw.rounded_rectangle((472, 16, 508, 32), radius=4, outline="white", width=2)
    draw.rectangle((475, 19, 494, 29), fill="white")
    draw.rectangle((509, 21, 511, 27), fill="white")


def _draw_title_bar(draw: ImageDraw.ImageDraw, channel: str) -> None:
    draw.rectangle((0, 48, 540, 124), fill=(23, 33, 43))
    draw.line((36, 74, 22, 86, 36, 98), fill="white", width=3)
    draw.ellipse((58, 60, 110, 112), fill=(199, 80, 72))
    draw.text((84, 86), channel[:1].upper(), font=_font(26), fill="white", anchor="mm")
    draw.text((126, 76), channel, font=_font(21), fill="white", anchor="lm")
    draw.text((126, 101), "18 402 subscribers", font=_font(15), fill=GREY, anchor="lm")
    for dot in range(3):
        draw.ellipse((508, 76 + 9 * dot, 512, 80 + 9 * dot), fill="white")


def _draw_post(draw: ImageDraw.ImageDraw, *, top: int, lines: tuple[str, ...]) -> None:
    bottom = top + 50 + 28 * len(lines)
    draw.rounded_rectangle((16, top, 523, bottom), radius=14, fill=PANEL)
    for row, line in enumerate(lines):
        draw.text((30, top + 14 + 28 * row), line, font=_font(19), fill=TEXT)
    draw.text((511, bottom - 10), "2.2K views", font=_font(14), fill=GREY, anchor="rs")


if __name__ == "__main__":
    sys.exit(main())
