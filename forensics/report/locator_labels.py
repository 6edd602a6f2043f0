"""Find room for words on a map: beside markers, one after another."""

import unicodedata
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from forensics.report.locator_view import HEIGHT_PX, WIDTH_PX

Rect = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

Anchor = Literal["start", "middle", "end"]

LINE = 1.2
"""Height of a line of text, of the size of its letters."""

_EDGE_PX = 3
_NARROW = set("ijlItf.,:;'|!()[] -°")
_BROAD = set("mwMW@%—…<>=+~#&")
_NARROW_EM, _WIDE_EM, _FULL_EM, _OTHER_EM = 0.38, 0.76, 1.0, 0.61
_ASIDE_PX = (10, 22, 38, 58)
_ANCHORS: dict[int, Anchor] = {1: "start", 0: "middle", -1: "end"}
_DIRECTIONS = ((1, 0), (-1, 0), (1, -1), (1, 1), (-1, -1), (-1, 1), (0, -1), (0, 1))


class Label(Struct, frozen=True):
    """Words and where they stand.

    Parameters
    ----------
    x, y : float
        Pixels: a point on the base line.
    text : str
        The words, invisible characters revealed, not yet escaped.
    anchor : {"start", "middle", "end"}
        Which point of the words that is. Fonts differ, so words grow away from their marker.
    """

    x: float
    y: float
    text: str
    anchor: Anchor = "middle"


class Room:
    """Keeps account of what is taken.

    Parameters
    ----------
    taken : iterable of tuple of float
        Rectangles that nothing may cover.
    """

    def __init__(self, taken: Iterable[Rect] = ()) -> None:
        self._taken = list(taken)

    def take(self, rect: Rect) -> bool:
        """Take a rectangle when it lies on the map and is free.

        Parameters
        ----------
        rect : tuple of float
            Left, top, right, bottom in pixels.

        Returns
        -------
        bool
            Whether it was taken.
        """
        if self.is_free(rect):
            self._taken.append(rect)
            return True
        return False

    def reserve(self, rect: Rect) -> None:
        """Take a rectangle whatever lies there.

        Parameters
        ----------
        rect : tuple of float
            Left, top, right, bottom in pixels.
        """
        self._taken.append(rect)

    def is_free(self, rect: Rect) -> bool:
        """Tell whether a rectangle lies on the map and is free.

        Parameters
        ----------
        rect : tuple of float
            Left, top, right, bottom in pixels.

        Returns
        -------
        bool
            Whether it could be taken.
        """
        left, top, right, bottom = rect
        return (
            left >= _EDGE_PX
            and top >= _EDGE_PX
            and right <= WIDTH_PX - _EDGE_PX
            and bottom <= HEIGHT_PX - _EDGE_PX
            and not any(
                left < other[2] and right > other[0] and top < other[3] and bottom > other[1]
                for other in self._taken
            )
        )


def text_width(text: str, size_px: float) -> float:
    """Estimate the width of a line of text, rather too wide than too narrow.

    Parameters
    ----------
    text : str
        Any text.
    size_px : float
        Size of the letters.

    Returns
    -------
    float
        Pixels.
    """
    return sum(map(_em, text)) * size_px


def around(x: float, y: float, width: float, height: float) -> Rect:
    """Give the rectangle around a middle.

    Parameters
    ----------
    x, y : float
        The middle, in pixels.
    width, height : float
        Pixels.

    Returns
    -------
    tuple of float
        Left, top, right, bottom.
    """
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def label_beside(room: Room, at: tuple[float, float], text: str, size_px: float) -> Label | None:
    """Find room near a marker.

    Parameters
    ----------
    room : Room
        What is taken; the label's place is added.
    at : tuple of float
        The marker.
    text : str
        The words.
    size_px : float
        Size of the letters.

    Returns
    -------
    Label or None
        None when there is no room within 58 pixels.
    """
    width, height = text_width(text, size_px), size_px * LINE
    for aside in _ASIDE_PX:
        for right, down in _DIRECTIONS:
            x = at[0] + right * (aside + width / 2)
            y = at[1] + down * (aside if right else aside + height / 2)
            if room.take(around(x, y, width, height)):
                x -= right * width / 2
                return Label(x, y + size_px * LINE / 4, text, _ANCHORS[right])
    return None


def _em(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return _FULL_EM
    if letter in _NARROW:
        return _NARROW_EM
    return _WIDE_EM if letter.isupper() or letter in _BROAD else _OTHER_EM
