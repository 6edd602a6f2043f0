"""Decode photos and animations: orientation once, size checked before decoding."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy import uint8
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps

from forensics.ingest.guard import guarded
from forensics.ingest.media import Frame
from forensics.model.errors import UnreadableMedia
from forensics.model.findings import StillFacts
from forensics.model.item import SniffedType
from forensics.model.outcome import Absent, Problem
from forensics.vision.views import DECODE_SIDE_PX, FRAME_SIDE_PX, fit

MAX_PIXELS = 300_000_000
"""Largest picture decoded: 0.9 GB as 8-bit colour, more than any camera's single exposure."""

MAX_FRAMES = 64
"""Pictures of an animation or multi-page file that are examined, spread evenly."""

_PILLOW_FORMATS = {
    "jpeg": ("JPEG", "MPO"),
    "png": ("PNG",),
    "apng": ("PNG",),
    "webp": ("WEBP",),
    "avif": ("AVIF",),
    "heic": ("HEIF",),
    "tiff": ("TIFF",),
    "gif": ("GIF",),
    "bmp": ("BMP", "DIB"),
}
_ORIENTATION_TAG = 0x0112
_SIXTEEN_BIT_MODES = ("I;16", "I;16B", "I;16L", "I;16N", "I")
_REFETCH = "Ask for the original file; what could be decoded was examined."


def decode_still(
    data: bytes, kind: SniffedType
) -> tuple[StillFacts | Absent | Problem, tuple[Frame, ...]]:
    """Decode the pictures of a still or animation at a size fit for hashing.

    Parameters
    ----------
    data : bytes
        The whole file.
    kind : SniffedType
        What `sniff` says it is; the decoder is told and tries nothing else.

    Returns
    -------
    facts : StillFacts, Absent or Problem
        Size and state, or why nothing could be decoded.
    frames : tuple of Frame
        The pictures, the right way up.
    """
    missing = _prepare_decoder(kind)
    if missing is not None:
        return missing, ()
    image = guarded(lambda: open_image(data, kind), doing=f"opening as {kind.format}")
    if isinstance(image, Problem):
        return _retry_tiff(data, kind, image)
    with image:
        size_problem = _check_size(image)
        if size_problem is not None:
            return size_problem, ()
        return _decode_image(image)


def open_image(data: bytes, kind: SniffedType) -> Image.Image:
    """Open a still with the one decoder that its content calls for; decodes no pixels.

    Parameters
    ----------
    data : bytes
        The whole file.
    kind : SniffedType
        What `sniff` says it is.

    Returns
    -------
    PIL.Image.Image
        Lazily opened.

    Raises
    ------
    UnreadableMedia
        When this format has no still decoder.
    """
    formats = _PILLOW_FORMATS.get(kind.format)
    if formats is None:
        raise UnreadableMedia(f"{kind.format} is not a still format")
    _prepare_decoder(kind)
    return Image.open(io.BytesIO(data), formats=formats)


def _prepare_decoder(kind: SniffedType) -> Absent | None:
    if kind.format != "heic":
        return None
    try:
        import pillow_heif
    except ImportError as error:
        return Absent(
            "not_available",
            f"HEIC needs pillow-heif, which does not load here ({error})",
            "Install it with: pip install pillow-heif",
        )
    pillow_heif.register_heif_opener(thumbnails=False)
    return None


def _check_size(image: Image.Image) -> Problem | None:
    width, height = image.size
    if width * height <= MAX_PIXELS:
        return None
    return Problem(
        f"{width} x {height} pixels; not decoded, the limit is {MAX_PIXELS:,} pixels",
        "Cut it into parts, or scale it down with a tool you trust.",
    )


def _decode_image(image: Image.Image) -> tuple[StillFacts | Problem, tuple[Frame, ...]]:
    stored_width, stored_height = image.size
    mode = image.mode
    orientation = _orientation(image)
    count = guarded(lambda: int(getattr(image, "n_frames", 1)), doing="counting the pictures")
    frames_in_file = count if isinstance(count, int) else 1
    frames: list[Frame] = []
    degraded: str | None = None if isinstance(count, int) else count.error
    is_timed = frames_in_file > 1 and image.format in ("GIF", "PNG", "WEBP", "AVIF")
    wanted = _spread(frames_in_file, MAX_FRAMES)
    clock_s = 0.0
    # Timed formats build each picture on the one before, so they are played from the start.
    for index in range(wanted[-1] + 1) if is_timed else wanted:
        frame, fault = _decode_page(image, index, clock_s if is_timed else None)
        clock_s += _shown_s(image)
        degraded = degraded or fault
        if frame is None:
            break
        if index in wanted:
            frames.append(frame)
    if not frames:
        return Problem(degraded or "no picture could be decoded", _REFETCH), ()
    turned = orientation >= 5  # noqa: PLR2004 - EXIF 5 to 8 swap the sides
    facts = StillFacts(
        width_px=stored_height if turned else stored_width,
        height_px=stored_width if turned else stored_height,
        stored_width_px=stored_width,
        stored_height_px=stored_height,
        orientation=orientation,
        mode=mode,
        frames=frames_in_file,
        frames_examined=len(frames),
        duration_s=round(clock_s, 3) if is_timed else None,
        degraded=degraded,
    )
    return facts, tuple(frames)


def _decode_page(
    image: Image.Image, index: int, moment_s: float | None
) -> tuple[Frame | None, str | None]:
    def decode() -> NDArray[uint8]:
        image.seek(index)
        if image.format in ("JPEG", "MPO") and image.mode in ("RGB", "L", "YCbCr"):
            image.draft(image.mode, (DECODE_SIDE_PX, DECODE_SIDE_PX))
        image.load()
        return _upright_rgb(image)

    doing = f"decoding picture {index + 1}"
    pixels = guarded(decode, doing=doing)
    if not isinstance(pixels, Problem):
        return Frame(moment_s, pixels), None
    fault = pixels.error
    with _accept_truncated():
        pixels = guarded(decode, doing=doing)
    if isinstance(pixels, Problem):
        return None, fault
    missing = _missing_share(pixels)
    if missing == 1:
        return None, f"{fault}; nothing of the picture is left"
    return Frame(moment_s, pixels), f"the bottom {missing:.0%} of the picture is missing ({fault})"


def _upright_rgb(image: Image.Image) -> NDArray[uint8]:
    is_turned = _orientation(image) != 1
    upright = (ImageOps.exif_transpose(image) or image) if is_turned else image
    if upright.mode in _SIXTEEN_BIT_MODES or upright.mode == "F":
        values = _to_eight_bit(np.asarray(upright))
        pixels = np.repeat(values[:, :, None], 3, axis=2)
    elif upright.has_transparency_data:
        # White is what most viewers put behind; the pixels under full transparency are arbitrary.
        rgba = upright.convert("RGBA")
        white = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
        pixels = np.asarray(Image.alpha_composite(white, rgba).convert("RGB"))
    else:
        # Pillow copies even when there is nothing to convert.
        pixels = np.asarray(upright if upright.mode == "RGB" else upright.convert("RGB"))
    return np.ascontiguousarray(fit(pixels, longest_side_px=FRAME_SIDE_PX))


def _to_eight_bit(values: NDArray[np.generic]) -> NDArray[uint8]:
    """Map 16-bit or float grey to 8 bits: full 16-bit range, or the range that is used."""
    if values.dtype.kind in "ui" and values.size and values.min() >= 0:
        if values.max() <= np.iinfo(np.uint16).max and values.max() > np.iinfo(uint8).max:
            return (values.astype(np.uint32) >> 8).astype(uint8)
        if values.max() <= np.iinfo(uint8).max:
            return values.astype(uint8)
    numbers = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = float(numbers.min()), float(numbers.max())
    span = high - low or 1.0
    return ((numbers - low) / span * np.iinfo(uint8).max).round().astype(uint8)


def _retry_tiff(
    data: bytes, kind: SniffedType, problem: Problem
) -> tuple[StillFacts | Problem, tuple[Frame, ...]]:
    """Try tifffile on what Pillow cannot open: 16-bit colour, rare sample layouts."""
    if kind.format != "tiff":
        return Problem(problem.error, _REFETCH), ()

    def decode() -> tuple[NDArray[np.generic], int]:
        import tifffile

        with tifffile.TiffFile(io.BytesIO(data)) as file:
            page = file.pages.first
            if page.imagewidth * page.imagelength > MAX_PIXELS:
                raise UnreadableMedia(f"more than {MAX_PIXELS:,} pixels")
            return page.asarray(), len(file.pages)

    decoded = guarded(decode, doing="opening as tiff with tifffile")
    if isinstance(decoded, Problem):
        return Problem(f"{problem.error}; {decoded.error}", _REFETCH), ()
    values, pages = decoded
    eight_bit = _to_eight_bit(values)
    if eight_bit.ndim == 2:  # noqa: PLR2004 - grey
        eight_bit = np.repeat(eight_bit[:, :, None], 3, axis=2)
    pixels = np.ascontiguousarray(fit(eight_bit[:, :, :3], longest_side_px=FRAME_SIDE_PX))
    height, width = values.shape[:2]
    mode = f"{values.dtype.name} x {values.shape[2] if values.ndim > 2 else 1}"  # noqa: PLR2004
    facts = StillFacts(width, height, width, height, 1, mode, pages, 1, None, None)
    return facts, (Frame(None, pixels),)


def _orientation(image: Image.Image) -> int:
    value = guarded(lambda: int(image.getexif().get(_ORIENTATION_TAG, 1)), doing="orientation")
    return value if isinstance(value, int) and 1 <= value <= 8 else 1  # noqa: PLR2004 - EXIF range


def _shown_s(image: Image.Image) -> float:
    duration_ms = image.info.get("duration", 0)
    return float(duration_ms) / 1000 if isinstance(duration_ms, int | float) else 0.0


def _spread(count: int, most: int) -> list[int]:
    if count <= most:
        return list(range(max(count, 1)))
    return sorted({round(i * (count - 1) / (most - 1)) for i in range(most)})


@contextmanager
def _accept_truncated() -> Iterator[None]:
    # Pillow offers this only as a global; items are examined one at a time in a process.
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _missing_share(pixels: NDArray[uint8]) -> float:
    """Measure how much of the picture's bottom is one flat colour: decoders' fill for no data."""
    last = pixels[-1:, :1, :]
    flat = np.all(pixels == last, axis=(1, 2))
    rows = int(np.argmin(flat[::-1])) if not flat.all() else len(flat)
    return rows / len(flat)
