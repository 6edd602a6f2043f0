"""Compare two open files on the deck of a bridge: the step of a scan."""

import numpy as np

from forensics.damage.compare import DamageComparison, compare_views
from forensics.damage.views import draw_comparison
from forensics.ingest.exact_source import open_exact
from forensics.ingest.media import Identified
from forensics.ingest.timeline import ExactFrame
from forensics.model.damage import DeckComparison, DeckQuestion
from forensics.model.errors import UnreadableMedia
from forensics.model.outcome import Absent, Made


def compare_on_deck(before: Identified, after: Identified, question: DeckQuestion) -> Made | Absent:
    """Compare a picture with one that a deck is drawn on, or is looked for on.

    Parameters
    ----------
    before : Identified
        The still or clip with the deck.
    after : Identified
        The other.
    question : DeckQuestion
        The outline of the deck, points that a person found on both, and moments of clips.

    Returns
    -------
    Made or Absent
        A `DeckComparison` and its pictures, as `draw_comparison` names them; absent when the frame
        of a clip is damaged or not there.

    Raises
    ------
    UnreadableMedia
        When a still cannot be decoded whole.
    DeckError
        When the outline cannot be used.

    Notes
    -----
    Limits: those of `forensics.damage.compare_views`.
    """
    frames: list[ExactFrame] = []
    for opened, moment_s in ((before, question.before_s), (after, question.after_s)):
        try:
            frames.append(decode_whole(opened, moment_s))
        except UnreadableMedia as error:
            if moment_s is None:
                raise
            # Of a clip that is cut short or broken in places other moments may be whole.
            return Absent("unreadable", f"frame at {moment_s:g} s: {error}", error.advice)
    outline = None
    if question.polygon is not None:
        outline = np.array(question.polygon, dtype=np.float64)
    ties = np.array(question.ties, dtype=np.float64) if question.ties else None
    is_swapped = False
    compared = compare_views(frames[0].pixels, frames[1].pixels, deck=outline, tie_points=ties)
    if question.either_way:
        other_way = compare_views(frames[1].pixels, frames[0].pixels)
        is_swapped = _weight(other_way) > _weight(compared)
        if is_swapped:
            compared, frames = other_way, frames[::-1]
    found = DeckComparison(
        compared.registration,
        compared.deck,
        compared.damage,
        frames[0].moment_s,
        frames[1].moment_s,
        is_swapped,
    )
    if compared.deck.source == "none":
        return Made(found, {})  # nothing was compared, so there is nothing to look at
    return Made(found, draw_comparison(compared, frames[0].pixels, frames[1].pixels))


def _weight(compared: DamageComparison) -> tuple[bool, bool]:
    """Say which of two ways to tell: damage; else that it is open; none only if both ways say so.

    On a picture of a broken bridge what is left of its deck is found, and that did not change.
    """
    state = compared.damage.state
    return state not in {"none", "undetermined"}, state == "undetermined"


def decode_whole(opened: Identified, moment_s: float | None = None) -> ExactFrame:
    """Decode an open still, or a frame of a clip, at full size.

    Parameters
    ----------
    opened : Identified
        The file.
    moment_s : float, optional
        Of a clip: the frame on the screen at that moment, in seconds after its first one.

    Returns
    -------
    ExactFrame
        Its pixels, and the moment at which it is presented.

    Raises
    ------
    UnreadableMedia
        When it cannot be decoded whole, or no moment of a clip is named.
    """
    source = open_exact(opened)
    position = 0
    if source.timeline is not None:
        if moment_s is None:
            raise UnreadableMedia("a clip, of which no moment is named", advice=_NAME_MOMENT)
        if not 0 <= moment_s <= source.timeline.end_s:
            raise UnreadableMedia(f"it has no frame at {moment_s:g} s", advice=_NAME_MOMENT)
        position = source.timeline.shown_at(moment_s)
    elif moment_s is not None:
        raise UnreadableMedia("a still has no moments", advice="Leave the moment out.")
    for _, frame in source.decode([position]):
        if frame.is_damaged:
            raise UnreadableMedia("that frame is damaged", advice="Name another moment.")
        return frame
    raise UnreadableMedia("it holds no picture that can be decoded")


_NAME_MOMENT = "Name one of its seconds; forensics frames shows them."
