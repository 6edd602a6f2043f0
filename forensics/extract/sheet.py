"""Draw contact sheets: numbered pictures with their moments, a page of them in one picture."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy import uint8
from PIL import Image, ImageDraw, ImageFont

from forensics.report.text import counted
from forensics.vision.views import Pixels, fit

COLUMNS = 4
ROWS = 6

_WIDTH_PX = 1600
_MARGIN_PX = 32
_GAP_PX = 24
_CAPTION_PX = 40
_TITLE_PX = 64
_MAX_BOX_PX = 480
_PAPER, _INK, _QUIET, _BOX = (255, 255, 255), (24, 24, 24), (110, 110, 110), (236, 236, 236)
_TILE_PX = (_WIDTH_PX - 2 * _MARGIN_PX - (COLUMNS - 1) * _GAP_PX) // COLUMNS
_FOOT = (
    "Moments count from the first frame of the clip. A search that finds nothing proves nothing."
)
_SECONDS_PER_MINUTE = 60
_MINUTES_PER_HOUR = 60


@dataclass(frozen=True, eq=False)
class Tile:
    """A picture of a contact sheet.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        Small enough for its place.
    number : int
        Its number in the kit.
    moment_s : float or None
        Seconds after the first presented frame; None for a still.
    """

    pixels: Pixels
    number: int
    moment_s: float | None

    @classmethod
    def of(cls, pixels: Pixels, *, number: int, moment_s: float | None) -> "Tile":
        """Shrink a picture to its place.

        Parameters
        ----------
        pixels : (H, W, 3) uint8
            The picture.
        number : int
            Its number in the kit.
        moment_s : float or None
            Seconds after the first presented frame.

        Returns
        -------
        Tile
            Holding little memory.
        """
        height, width = pixels.shape[:2]
        scale = min(_TILE_PX / width, _MAX_BOX_PX / height)
        longest = max(1, int(max(height, width) * scale))
        return cls(fit(pixels, longest_side_px=longest), number, moment_s)


def draw_sheets(tiles: Sequence[Tile], *, clip: str) -> Iterator[Pixels]:
    """Draw pictures on pages.

    Parameters
    ----------
    tiles : sequence of Tile
        In order.
    clip : str
        First digits of the clip's digest, which the names of its frames begin with.

    Yields
    ------
    (H, 1600, 3) uint8
        A page of at most `COLUMNS` x `ROWS` pictures.
    """
    a_page = COLUMNS * ROWS
    pages = [tiles[start : start + a_page] for start in range(0, len(tiles), a_page)]
    for number, page in enumerate(pages, start=1):
        of = f", page {number} of {len(pages)}" if len(pages) > 1 else ""
        yield _draw_page(page, f"{counted(len(tiles), 'picture')} of {clip}{of}")


def clock(moment_s: float) -> str:
    """Write a moment as players show it, with milliseconds.

    Parameters
    ----------
    moment_s : float
        Seconds.

    Returns
    -------
    str
        Hours only where there are any.

    Examples
    --------
    >>> clock(12.48), clock(3723.5)
    ('0:12.480', '1:02:03.500')
    """
    minutes, seconds = divmod(round(moment_s, 3), _SECONDS_PER_MINUTE)
    hours, minutes = divmod(int(minutes), _MINUTES_PER_HOUR)
    if hours:
        return f"{hours}:{minutes:02d}:{seconds:06.3f}"
    return f"{minutes}:{seconds:06.3f}"


def _draw_page(tiles: Sequence[Tile], title: str) -> Pixels:
    box_px = max(tile.pixels.shape[0] for tile in tiles)
    rows = -(-len(tiles) // COLUMNS)
    row_px = box_px + _CAPTION_PX + _GAP_PX
    foot = _MARGIN_PX + _TITLE_PX + rows * row_px
    page = Image.new("RGB", (_WIDTH_PX, foot + _CAPTION_PX + _MARGIN_PX), _PAPER)
    draw = ImageDraw.Draw(page)
    bold, plain = ImageFont.load_default(26), ImageFont.load_default(22)
    draw.text((_MARGIN_PX, foot), _FOOT, _QUIET, font=plain)
    draw.text((_MARGIN_PX, _MARGIN_PX), "For reverse image search", _INK, font=bold)
    right = (_WIDTH_PX - _MARGIN_PX, _MARGIN_PX + 3)
    draw.text(right, title, _QUIET, font=plain, anchor="ra")
    for index, tile in enumerate(tiles):
        row, column = divmod(index, COLUMNS)
        left = _MARGIN_PX + column * (_TILE_PX + _GAP_PX)
        top = _MARGIN_PX + _TITLE_PX + row * row_px
        draw.rectangle((left, top, left + _TILE_PX - 1, top + box_px - 1), fill=_BOX)
        height, width = tile.pixels.shape[:2]
        at = (left + (_TILE_PX - width) // 2, top + (box_px - height) // 2)
        page.paste(Image.fromarray(np.ascontiguousarray(tile.pixels)), at)
        below = top + box_px + 8
        draw.text((left, below), str(tile.number), _INK, font=bold)
        when = "still" if tile.moment_s is None else clock(tile.moment_s)
        draw.text((left + _TILE_PX, below + 3), when, _QUIET, font=plain, anchor="ra")
    return np.asarray(page, dtype=uint8)
