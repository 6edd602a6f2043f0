"""Decode photos and animations: orientation once, size checked before decoding."""

from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from forensics.ingest.frame import Frame
from forensics.ingest.guard import REFETCH, guarded
from forensics.ingest.pages import Pages, read_cut_page, read_pages
from forensics.ingest.source import MAX_PIXELS, Source, size_problem
from forensics.ingest.structure import is_cut_short, webp_size, webp_whole_chunks
from forensics.ingest.tiff import decode_with_tifffile
from forensics.model.errors import UnreadableMedia
from forensics.model.findings import StillFacts
from forensics.model.item import SniffedType
from forensics.model.outcome import Absent, Problem

_PILLOW_FORMATS = {
    "jpeg": ("JPEG",),  # which opens MPO too, and gives it its own name
    "png": ("PNG",),
    "apng": ("PNG",),
    "webp": ("WEBP",),
    "avif": ("AVIF",),
    "heic": ("HEIF",),
    "tiff": ("TIFF",),
    "gif": ("GIF",),
    "bmp": ("BMP", "DIB"),
}
_ZERO_FILLED = ("jpeg", "png", "apng")


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
    source = _source(data, kind)
    image = _open_checked(source)
    if isinstance(image, Problem):
        return _without_opening(source, image)
    with image, _pillow_limit(MAX_PIXELS // 2):  # Pillow refuses from twice its limit on
        size, mode = image.size, image.mode
        pages = read_pages(image, source)
    if not pages.frames and kind.format == "tiff":
        return decode_with_tifffile(_nothing_left(pages), data)
    return _summarise(pages, size, mode), tuple(pages.frames)


def _without_opening(
    source: Source, problem: Problem
) -> tuple[StillFacts | Problem, tuple[Frame, ...]]:
    if source.format == "tiff" and not problem.advice:
        return decode_with_tifffile(_unopened(source, problem), source.data)
    with _pillow_limit(None):
        left = read_cut_page(source, problem)
    if isinstance(left, Problem):
        return _unopened(source, left), ()
    pages, image = left
    return _summarise(pages, image.size, image.mode), tuple(pages.frames)


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
        When this format has no still decoder, or the picture is too large.
    """
    formats = _PILLOW_FORMATS.get(kind.format)
    if formats is None:
        raise UnreadableMedia(f"{kind.format} is not a still format")
    missing = _prepare_decoder(kind)
    if missing is not None:
        raise UnreadableMedia(missing.detail, advice=missing.advice)
    image = _open_checked(Source(data, kind.format, formats, is_cut=False))
    if isinstance(image, Problem):
        raise UnreadableMedia(image.error, advice=image.advice)  # in the decoder's words
    return image


def _source(data: bytes, kind: SniffedType) -> Source:
    is_cut = is_cut_short(data, kind.format)
    if is_cut and kind.format in _ZERO_FILLED:
        # Downloads reserve the space first: the part that never came is zeros.
        data = data.rstrip(b"\0")
    if is_cut and kind.format == "webp" and b"ANMF" in data:
        data = webp_whole_chunks(data)
    return Source(data, kind.format, _PILLOW_FORMATS[kind.format], is_cut)


def _open_checked(source: Source) -> Image.Image | Problem:
    if source.format == "webp":
        # Its decoder allots the canvas while opening; what has no size it refuses by itself.
        too_large = size_problem(*(max(side, 1) for side in webp_size(source.data)))
        if too_large is not None:
            return too_large
    with _pillow_limit(None):
        image = guarded(source.open, doing=f"opening as {source.format}")
    if isinstance(image, Problem):
        return image
    return size_problem(*image.size) or image


def _unopened(source: Source, problem: Problem) -> Problem:
    """Put in plain words why a file does not open; a refusal for its size already is."""
    if problem.advice:
        return problem
    return Problem(
        f"{source.blame(problem)}: no picture can be found in it ({problem.error})", REFETCH
    )


def _nothing_left(pages: Pages) -> Problem:
    return Problem("; ".join(pages.faults) or "no picture could be decoded", pages.advice)


def _summarise(pages: Pages, size: tuple[int, int], mode: str) -> StillFacts | Problem:
    if not pages.frames:
        return _nothing_left(pages)
    is_turned = pages.orientation >= 5  # noqa: PLR2004 - EXIF 5 to 8 swap the sides
    shown, stored = (size[::-1], size) if is_turned else (size, size)
    if is_turned and pages.is_size_upright:
        shown, stored = stored, shown
    return StillFacts(
        width_px=shown[0],
        height_px=shown[1],
        stored_width_px=stored[0],
        stored_height_px=stored[1],
        orientation=pages.orientation,
        mode=mode,
        frames=pages.count,
        frames_examined=len(pages.frames),
        duration_s=pages.duration_s,
        degraded="; ".join(pages.faults) or None,
    )


def _prepare_decoder(kind: SniffedType) -> Absent | None:
    if kind.format != "heic":
        return None
    try:
        import pillow_heif  # only HEIC pays for it
    except (ImportError, OSError) as error:
        return Absent(
            "not_available",
            f"HEIC pictures need the library pillow-heif, which does not load here ({error})",
            "Install it with: pip install pillow-heif",
        )
    pillow_heif.register_heif_opener(thumbnails=False)
    return None


@contextmanager
def _pillow_limit(pixels: int | None) -> Iterator[None]:
    # Pillow's own limit is a global, and below what phones with 200 megapixels make.
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = pixels
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = before
