"""TIFF files that Pillow does not decode: rare sample layouts, broken compressed strips."""

import io
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forensics.ingest.frame import Frame
from forensics.ingest.guard import REFETCH, guarded
from forensics.ingest.pixels import finish, to_eight_bit
from forensics.ingest.source import size_problem
from forensics.model.errors import UnreadableMedia
from forensics.model.findings import StillFacts
from forensics.model.outcome import Problem

MAX_PARTS = 1 << 20
"""Strips or tiles of a page; each costs time and memory even where there is nothing of it."""

_COLOURS = 3
_ORIENTATIONS = range(1, 9)


def decode_with_tifffile(
    problem: Problem, data: bytes
) -> tuple[StillFacts | Problem, tuple[Frame, ...]]:
    """Decode the first page of a TIFF file with tifffile.

    Parameters
    ----------
    problem : Problem
        Why Pillow gave up; kept when tifffile does too.
    data : bytes
        The file.

    Returns
    -------
    facts : StillFacts or Problem
        Size and state, or why nothing could be decoded.
    frames : tuple of Frame
        The first page, the right way up.
    """

    def decode() -> tuple[StillFacts, Frame] | Problem:
        import tifffile  # rarely needed

        with tifffile.TiffFile(io.BytesIO(data)) as file:
            page = file.pages.first
            too_large = size_problem(page.imagewidth, page.imagelength * page.imagedepth)
            if too_large is not None:
                return too_large
            if math.prod(page.chunked) > MAX_PARTS:
                return Problem(
                    "the file is corrupted: a page of more than a million parts", REFETCH
                )
            values, orientation = _channels_last(page), _orientation(page)
            if not values.size:
                raise UnreadableMedia("no pixels in it")
            return _facts(values, orientation, len(file.pages)), _shown(values, orientation)

    decoded = guarded(decode, doing="opening as tiff with tifffile")
    if isinstance(decoded, Problem):
        return (
            decoded if decoded.advice else Problem(problem.error, problem.advice or REFETCH)
        ), ()
    facts, frame = decoded
    return facts, (frame,)


def _facts(values: NDArray[np.generic], orientation: int, pages: int) -> StillFacts:
    height, width = values.shape[:2]
    is_turned = orientation >= 5  # noqa: PLR2004 - EXIF 5 to 8 swap the sides
    return StillFacts(
        width_px=height if is_turned else width,
        height_px=width if is_turned else height,
        stored_width_px=width,
        stored_height_px=height,
        orientation=orientation,
        mode=f"{values.dtype.name} x {values.shape[2] if values.ndim > 2 else 1}",  # noqa: PLR2004
        frames=pages,
        frames_examined=1,
        duration_s=None,
        degraded=None if pages == 1 else f"only the first of {pages} pages could be decoded",
    )


def _shown(values: NDArray[np.generic], orientation: int) -> Frame:
    eight_bit = to_eight_bit(values)
    if eight_bit.ndim > 2 and eight_bit.shape[2] < _COLOURS:  # noqa: PLR2004 - grey and alpha
        eight_bit = eight_bit[:, :, 0]
    colours = eight_bit if eight_bit.ndim == 2 else eight_bit[:, :, :_COLOURS]  # noqa: PLR2004
    return Frame(None, finish(colours, orientation))


def _channels_last(page: Any) -> NDArray[np.generic]:  # Any: tifffile's page, untyped here
    values = np.squeeze(page.asarray())
    is_planar = page.planarconfig == 2 and values.ndim > 2  # noqa: PLR2004 - separate planes
    return np.moveaxis(values, 0, -1) if is_planar else np.atleast_2d(values)


def _orientation(page: Any) -> int:
    tag = page.tags.get("Orientation")
    value = int(tag.value) if tag is not None else 1
    return value if value in _ORIENTATIONS else 1
