"""Compare two open stills of a bridge, one of which has a drawn deck: the step of a scan."""

import numpy as np
from numpy import uint8
from numpy.typing import NDArray

from forensics.damage.compare import compare_views
from forensics.damage.views import draw_comparison
from forensics.ingest.exact_still import ExactStill
from forensics.ingest.media import Identified
from forensics.model.damage import DeckComparison, DeckQuestion
from forensics.model.errors import UnreadableMedia
from forensics.model.outcome import Made


def compare_stills(before: Identified, after: Identified, question: DeckQuestion) -> Made:
    """Compare a still with the one that a deck is drawn on.

    Parameters
    ----------
    before : Identified
        The still that the deck is drawn on.
    after : Identified
        The other.
    question : DeckQuestion
        The outline of the deck, and points that a person found on both.

    Returns
    -------
    Made
        A `DeckComparison` and its pictures, as `draw_comparison` names them.

    Raises
    ------
    UnreadableMedia
        When one of them is no still that can be decoded whole.
    DeckError
        When the outline cannot be used.

    Notes
    -----
    Limits: those of `forensics.damage.compare_views`. Of videos nothing is compared.
    """
    pixels = [decode_whole(each) for each in (before, after)]
    outline = np.array(question.polygon, dtype=np.float64)
    ties = np.array(question.ties, dtype=np.float64) if question.ties else None
    compared = compare_views(*pixels, deck=outline, tie_points=ties)
    found = DeckComparison(compared.registration, compared.deck, compared.damage)
    return Made(found, draw_comparison(compared, *pixels))


def decode_whole(opened: Identified) -> NDArray[uint8]:
    """Decode an open still at full size.

    Parameters
    ----------
    opened : Identified
        The file.

    Returns
    -------
    (H, W, 3) uint8
        sRGB, the right way up.

    Raises
    ------
    UnreadableMedia
        When it is no still that can be decoded whole.
    """
    if opened.data is None or opened.type.kind != "still":
        raise UnreadableMedia("no still", advice="Of a video, take a frame with: forensics frames")
    for _, frame in ExactStill(opened.data, opened.type).decode([0]):
        return frame.pixels
    raise UnreadableMedia("it holds no picture that can be decoded")
