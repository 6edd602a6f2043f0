"""Make a kit for reverse image search by hand: sharp, different pictures, also mirrored."""

import io
import re
from collections.abc import Sequence
from fractions import Fraction

import cv2
import numpy as np
from numpy import uint8
from PIL import Image

from forensics.calibration import load
from forensics.engine.output import OutputFolder
from forensics.extract.kit_text import explain_kit
from forensics.extract.sheet import Tile, draw_sheets
from forensics.extract.table import FrameRow, KitReport, SourceClip
from forensics.vision.views import Pixels, fit

KIT_FOLDER = "search-kit"
README_NAME = "README.txt"

LONGEST_SIDE_PX = 1600
"""Search engines shrink what is larger; some refuse it."""

BLACK_LUMA = 24.0
"""Mean luma, 0 to 255, below which a picture without detail is called black."""

ALIKE_BITS = 48
"""Frames whose PDQ hashes differ in at most so many of 256 bits are alike: one is enough to search
with. Tried on eight clips: at 31 bits, which tell copies, a fixed camera with people walking gave
117 pictures for 159 frames, here 27; at 64 bits a bridge before and after its fall were alike."""

BLURRED_SHARPNESS = 12.0
"""Frames below this `vision.sharpness` count as blurred. Of 343 sharp photographs and frames 4
are below; of their copies blurred by a Gaussian of 3 pixels, at 512 pixels, all are; of those
smeared over 40 pixels, as by a moving camera, 107."""

_JPEG_QUALITY = 92
_SHORT_DIGEST_CHARS = 12
_MAX_STRETCH = 4
_OURS = re.compile(r"(\d{2,3}_(still|at_\d+\.\d{6}s)(_mirrored)?|contact-sheet-\d+)\.jpg")


def make_kit(rows: Sequence[FrameRow], output: OutputFolder, *, about: SourceClip) -> KitReport:
    """Make the folder ``search-kit`` from exported frames.

    Black, flat and blurred frames are left out, and of frames that look alike all but the
    sharpest. The files carry no metadata, and nothing of the clip's name or digest in their own.

    Parameters
    ----------
    rows : sequence of FrameRow
        The exported frames; their PNGs are in the folder.
    output : OutputFolder
        Where to; an earlier kit there is replaced.
    about : SourceClip
        The clip.

    Returns
    -------
    KitReport
        What is in it, and how many frames are not.
    """
    chosen, left_out = choose(rows)
    _remove_earlier(output)
    aspect = Fraction(*(int(part) for part in about.pixel_aspect.split(":")))
    names, tiles = [], []
    for number, row in enumerate(chosen, start=1):
        moment = "still" if row.moment_s is None else f"at_{row.moment_s:012.6f}s"
        name = f"{number:02d}_{moment}"
        with Image.open(io.BytesIO(output.load(row.file)), formats=("PNG",)) as image:
            pixels = fit(_square(np.asarray(image), aspect), longest_side_px=LONGEST_SIDE_PX)
        output.write(f"{KIT_FOLDER}/{name}.jpg", _jpeg(pixels))
        output.write(f"{KIT_FOLDER}/{name}_mirrored.jpg", _jpeg(pixels[:, ::-1]))
        names.append(f"{name}.jpg")
        tiles.append(Tile.of(pixels, number=number, moment_s=row.moment_s))
    sheets = []
    for number, sheet in enumerate(
        draw_sheets(tiles, clip=about.sha256[:_SHORT_DIGEST_CHARS]), start=1
    ):
        sheets.append(f"contact-sheet-{number}.jpg")
        output.write(f"{KIT_FOLDER}/{sheets[-1]}", _jpeg(sheet))
    kit = KitReport(tuple(names), tuple(sheets), left_out)
    output.write(f"{KIT_FOLDER}/{README_NAME}", explain_kit(kit, about).encode())
    return kit


def choose(rows: Sequence[FrameRow]) -> tuple[list[FrameRow], dict[str, int]]:
    """Choose the frames that are worth searching for.

    Parameters
    ----------
    rows : sequence of FrameRow
        Frames of one clip.

    Returns
    -------
    chosen : list of FrameRow
        In order of time; each frame once.
    left_out : dict of str to int
        How many are ``black``, ``flat``, ``blurred`` or ``alike``.
    """
    least_quality = load("reuse.search").value("min_quality")
    frames = {row.file: row for row in rows}
    left_out = {"black": 0, "flat": 0, "blurred": 0, "alike": 0}
    detailed = []
    for row in frames.values():
        if row.pdq_quality >= least_quality:
            detailed.append(row)
        else:
            left_out["black" if row.brightness < BLACK_LUMA else "flat"] += 1
    chosen: list[FrameRow] = []
    for row in sorted(detailed, key=lambda row: (-row.sharpness, row.file)):
        if row.sharpness < BLURRED_SHARPNESS:
            left_out["blurred"] += 1
        elif any(_distance(row, other) <= ALIKE_BITS for other in chosen):
            left_out["alike"] += 1
        else:
            chosen.append(row)
    return sorted(chosen, key=lambda row: row.file), left_out


def _distance(one: FrameRow, other: FrameRow) -> int:
    return (int(one.pdq, 16) ^ int(other.pdq, 16)).bit_count()


def _remove_earlier(output: OutputFolder) -> None:
    """Remove the pictures of an earlier kit, which are numbered otherwise, and nothing else."""
    folder = output.path / KIT_FOLDER
    if folder.is_dir() and not folder.is_symlink():
        for path in folder.iterdir():
            if _OURS.fullmatch(path.name):
                path.unlink()


def _square(pixels: Pixels, aspect: Fraction) -> Pixels:
    """Stretch a picture so that its pixels are square, as players do and others uploaded it."""
    if aspect == 1 or not Fraction(1, _MAX_STRETCH) <= aspect <= _MAX_STRETCH:
        return pixels
    height, width = pixels.shape[:2]
    size = (max(1, round(width * aspect)), height)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), dtype=uint8)


def _jpeg(pixels: Pixels) -> bytes:
    buffer = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    picture.save(buffer, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    return buffer.getvalue()
