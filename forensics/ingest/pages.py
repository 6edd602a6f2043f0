"""Decode the pictures of a still, a multi-page file or an animation."""

from dataclasses import dataclass, field

import numpy as np
from numpy import uint8
from numpy.typing import NDArray
from PIL import Image

from forensics.ingest.frame import Frame
from forensics.ingest.guard import REFETCH, guarded
from forensics.ingest.jpeg_damage import describe, is_cut
from forensics.ingest.jpeg_scans import gone_by_restarts
from forensics.ingest.jpeg_structure import read_structure
from forensics.ingest.jpeg_watch import Watch, watch
from forensics.ingest.missing import (
    MAX_GAP_BYTES,
    OpenPage,
    Salvage,
    salvage_filled,
    salvage_jpeg,
    salvage_padded,
)
from forensics.ingest.pixels import exif_orientation, upright_rgb
from forensics.ingest.source import Source, size_problem
from forensics.ingest.structure import (
    count_gif_pictures,
    declared_bytes,
)
from forensics.ingest.tiff_structure import count_pages
from forensics.model.errors import UnreadableMedia
from forensics.model.outcome import Problem
from forensics.vision.views import DECODE_SIDE_PX

MAX_FRAMES = 64
"""Pictures of an animation or multi-page file that are examined, spread evenly."""

MAX_PLAYED_PIXELS = 600_000_000
"""Pixels of an animation that are played to reach those pictures: about ten seconds of work."""

UNSAID_DELAY_S = 0.1
"""Players show a picture without a delay for this long (Chromium, Firefox and WebKit alike)."""

_LEAST_COST_PX = 20_000  # what opening one more picture costs, in pixels
_TIMED = ("GIF", "PNG", "WEBP", "AVIF")
_DRAFTED = ("JPEG", "MPO")
_DRAFT_MODES = ("RGB", "L", "YCbCr")
PADDED = ("webp", "avif", "heic")
"""Formats whose decoders want the whole file."""


@dataclass(eq=False)
class Pages:
    """What was decoded of a still's pictures.

    Parameters
    ----------
    frames : list of Frame
        The decoded ones, the main picture first, animations in order of time.
    count : int
        How many the file has.
    orientation : int
        EXIF orientation of the main picture.
    is_size_upright : bool
        Whether Pillow gave the size after turning instead of before.
    duration_s : float or None
        Playing time of an animation, as far as it could be played; None when it was too long.
    faults : list of str
        What is missing, in words.
    advice : str
        What to do when nothing could be decoded.
    """

    count: int
    frames: list[Frame] = field(default_factory=list)
    orientation: int = 1
    is_size_upright: bool = False
    duration_s: float | None = None
    faults: list[str] = field(default_factory=list)
    advice: str = REFETCH


def read_pages(image: Image.Image, source: Source) -> Pages:
    """Decode the pictures of an opened still.

    Parameters
    ----------
    image : PIL.Image.Image
        Opened from `source`; its size was checked.
    source : Source
        Where it comes from.

    Returns
    -------
    Pages
        At most `MAX_FRAMES` pictures, and what is wrong with the others.
    """
    counted = guarded(lambda: _count(image, source), doing="counting the pictures")
    pages = Pages(counted if isinstance(counted, int) else 1)
    pages.is_size_upright = image.format == "TIFF"
    if isinstance(counted, Problem):
        pages.faults.append(
            f"{source.blame(counted)}: later pictures cannot be found ({counted.error})"
        )
    if pages.count > 1 and image.format in _TIMED:
        _play(image, source, pages)
    else:
        _leaf_through(image, source, pages)
    if source.is_cut and not pages.faults:
        pages.faults.append(
            f"the file is cut short: the animation breaks off after picture {pages.count}"
            if pages.duration_s is not None
            else "the file is cut short: its end is missing, though the whole picture is there"
        )
    return pages


def read_cut_page(source: Source, problem: Problem) -> tuple[Pages, Image.Image] | Problem:
    """Get what is left of a file that its decoder does not even open without its end.

    Parameters
    ----------
    source : Source
        The file, cut short.
    problem : Problem
        What the decoder said.

    Returns
    -------
    (Pages, Image) or Problem
        The first picture, and the opened file for its size and mode; or why there is none.
    """
    length = declared_bytes(source.data, source.format)
    if (
        not source.is_cut
        or source.format not in PADDED
        or length - len(source.data) > MAX_GAP_BYTES
    ):
        return problem
    image = guarded(lambda: source.open(source.data.ljust(length, b"\0")), doing="opening")
    if isinstance(image, Problem):
        return problem
    too_large = size_problem(*image.size)
    if too_large is not None:
        return too_large
    pages = Pages(max(int(getattr(image, "n_frames", 1)), 1))
    shown = _salvage(source, 0, problem, pages)
    if shown is not None:
        pages.orientation = shown.orientation
        pages.frames.append(Frame(None, shown.pixels))
    return pages, image


def shown_s(image: Image.Image, index: int) -> float:
    """Say for how long a picture of an animation is shown.

    Parameters
    ----------
    image : PIL.Image.Image
        Standing at that picture, which was loaded.
    index : int
        Its number, from 0.

    Returns
    -------
    float
        Seconds.
    """
    if index == 0 and getattr(image, "default_image", False):
        return 0.0  # an APNG's stand-in for programs that do not play it
    delay_ms = image.info.get("duration", 0)
    is_said = isinstance(delay_ms, int | float) and delay_ms > 0
    return float(delay_ms) / 1000 if is_said else UNSAID_DELAY_S


def _count(image: Image.Image, source: Source) -> int:
    if source.format == "gif":
        return max(count_gif_pictures(source.data)[0], 1)
    if source.format == "tiff":
        return max(count_pages(source.data), 1)
    return max(int(getattr(image, "n_frames", 1)), 1)


def _leaf_through(image: Image.Image, source: Source, pages: Pages) -> None:
    """Decode pictures that do not depend on each other, the main one first."""
    main = image.tell()
    wanted = _spread(pages.count, MAX_FRAMES)
    for index in [main, *(each for each in wanted if each != main)]:
        tried = _show(image, index, source=source)
        shown = _salvage(source, index, tried, pages) if isinstance(tried, Problem) else tried
        if shown is not None and shown.seen is not None and not shown.seen.is_whole:
            shown = _mend(source, index, shown, shown.seen, pages)
        if shown is None:
            continue
        pages.frames.append(Frame(None, shown.pixels))
        if index == main:
            pages.orientation = shown.orientation


def _play(image: Image.Image, source: Source, pages: Pages) -> None:
    """Decode an animation in order: each picture is built on the one before."""
    reach = max(1, MAX_PLAYED_PIXELS // max(image.width * image.height, _LEAST_COST_PX))
    played = min(pages.count, reach)
    wanted = set(_spread(played, MAX_FRAMES))
    clock_s = 0.0
    for index in range(played):
        shown = _show(image, index, is_wanted=index in wanted)
        if isinstance(shown, Problem):
            _break_off(source, index, shown, pages)
            break
        if index in wanted:
            pages.frames.append(Frame(round(clock_s, 3), shown.pixels))
        pages.orientation = shown.orientation
        clock_s += shown_s(image, index)
    if played < pages.count:
        pages.faults.append(
            f"the animation is too long to be played in full: only the first {played:,} of its "
            f"{pages.count:,} pictures were looked at"
        )
    else:
        pages.duration_s = round(clock_s, 3)


def _break_off(source: Source, index: int, problem: Problem, pages: Pages) -> None:
    if index == 0:
        shown = _salvage(source, 0, problem, pages)
        pages.frames.extend([Frame(0.0, shown.pixels)] if shown else [])
        return
    pages.faults.append(
        f"{source.blame(problem)}: the animation breaks off in picture {index + 1} of "
        f"{pages.count} ({problem.error})"
    )


@dataclass(eq=False)
class _Shown:
    pixels: NDArray[uint8]
    orientation: int
    seen: Watch | None = None


_NOT_WANTED = np.zeros((1, 1, 3), uint8)


def _show(
    image: Image.Image, index: int, *, source: Source | None = None, is_wanted: bool = True
) -> _Shown | Problem:
    def decode() -> _Shown:
        image.seek(index)
        _check_size(image)
        orientation = _draft(image)
        # What is openly cut short needs no watching.
        seen = watch(image, source.data) if source and not source.is_cut else None
        image.load()
        remaining = exif_orientation(image)
        # Pillow turns TIFF by itself while loading; it leaves the others to us.
        applied = orientation if image.format == "TIFF" else remaining
        pixels = upright_rgb(image, remaining) if is_wanted else _NOT_WANTED
        return _Shown(pixels, applied, seen)

    return guarded(decode, doing=f"decoding picture {index + 1}")


def _check_size(image: Image.Image) -> None:
    """Refuse a page that is too large; pages of one file may differ in size."""
    problem = size_problem(*image.size)
    if problem is not None:
        raise UnreadableMedia(problem.error, advice=problem.advice)


def _draft(image: Image.Image) -> int:
    """Ask the decoder for a smaller picture where it can; give TIFF's orientation."""
    if image.format in _DRAFTED and image.mode in _DRAFT_MODES:
        image.draft(image.mode, (DECODE_SIDE_PX, DECODE_SIDE_PX))
    return exif_orientation(image) if image.format == "TIFF" else 1


def _salvage(source: Source, index: int, problem: Problem, pages: Pages) -> _Shown | None:
    """Get what is left of a picture that does not decode, and say what is missing."""

    def open_page(data: bytes) -> Image.Image:
        page = source.open(data)
        page.seek(index)
        _check_size(page)
        _draft(page)
        return page

    which = f"picture {index + 1} of {pages.count}: " if pages.count > 1 else ""
    if problem.advice:  # refused, not broken
        pages.faults.append(f"{which}{problem.error}")
        pages.advice = problem.advice
        return None
    left = guarded(lambda: _salvage_with(source, open_page), doing="decoding what is left")
    if isinstance(left, Problem):
        gone = left.error if left.advice else "nothing of the picture could be decoded"
        pages.faults.append(f"{source.blame(problem)}: {which}{gone} ({problem.error})")
        pages.advice = left.advice or pages.advice
        return None
    pages.faults.append(f"{source.blame(problem)}: {which}{left.missing} ({problem.error})")
    return _Shown(left.pixels, left.orientation)


def _mend(source: Source, index: int, shown: _Shown, seen: Watch, pages: Pages) -> _Shown:
    """Say what is wrong with a JPEG that decodes without complaint; grey out what is not there."""
    which = f"picture {index + 1} of {pages.count}: " if pages.count > 1 else ""

    def open_page(data: bytes) -> Image.Image:
        page = source.open(data)
        _draft(page)
        return page

    left = guarded(lambda: describe(seen, open_page), doing="looking at what is missing")
    if isinstance(left, Problem):
        pages.faults.append(f"the file is damaged inside: {which}{left.error}")
        return shown
    words, salvage = left
    state = "cut short" if is_cut(seen) else "damaged inside"
    pages.faults.append(f"the file is {state}: {which}{words}")
    return _Shown(salvage.pixels, salvage.orientation) if salvage else shown


def _salvage_with(source: Source, open_page: OpenPage) -> Salvage | Problem:
    if source.format in PADDED:
        length = declared_bytes(source.data, source.format)
        return salvage_padded(source.data, open_page, length=length)
    if source.format == "jpeg":
        structure = read_structure(source.data)
        gone = gone_by_restarts(source.data, structure)
        left = salvage_jpeg(source.data, open_page, scans=len(structure.scans), gone=gone)
        if not isinstance(left, Problem):
            return left
    return salvage_filled(source.data, open_page)


def _spread(count: int, most: int) -> list[int]:
    if count <= most:
        return list(range(max(count, 1)))
    return sorted({round(i * (count - 1) / (most - 1)) for i in range(most)})
