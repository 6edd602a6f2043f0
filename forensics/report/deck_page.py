"""A page on which a person outlines a deck, and marks points that two photos share."""

import base64
import json
import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from forensics.model.outcome import ArtefactBytes
from forensics.report.html import render_page

_TYPES = {".jpg": "image/jpeg", ".png": "image/png"}


class Sheet(Struct, frozen=True):
    """One of the two photos to be drawn on.

    Parameters
    ----------
    name : str
        Of the file.
    picture : ArtefactBytes
        The photo the right way up; may be smaller than the file.
    width_px, height_px : int
        Size of the file's picture, in whose pixels all is saved.
    """

    name: str
    picture: ArtefactBytes
    width_px: int
    height_px: int

    @property
    def src(self) -> str:
        """The photo as a data URI."""
        encoded = base64.b64encode(self.picture.data).decode("ascii")
        return f"data:{_TYPES[self.picture.suffix]};base64,{encoded}"


def render_deck_page(
    before: Sheet, after: Sheet, *, corners: Sequence[Sequence[float]] = ()
) -> bytes:
    """Render the page.

    Parameters
    ----------
    before, after : Sheet
        The two photos.
    corners : sequence of (x, y), optional
        An outline to go on from.

    Returns
    -------
    bytes
        UTF-8 HTML: one file that opens offline, and saves what ``compare --deck`` and ``--ties``
        read.
    """
    # Where the files lie on this machine is nobody else's business.
    before, after = (
        replace(each, name=re.split(r"[/\\]", each.name)[-1]) for each in (before, after)
    )
    return render_page(
        "deck.html",
        script="deck.js",
        styles=("style.css", "deck.css"),
        before=before,
        after=after,
        corners=json.dumps([list(map(float, each)) for each in corners]),
        show=True,
    )
