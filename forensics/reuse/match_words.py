"""Say in words what was found of a match, and what its dates mean."""

from collections.abc import Sequence

from forensics.model.casefile import EventWindow
from forensics.model.dates import parse_instant
from forensics.model.match import COPIES, Edit, Relation
from forensics.reuse.archive_entry import Entry
from forensics.reuse.hashes import ORIENTATIONS
from forensics.reuse.pair import Verdict

EARLIEST = "It is the earliest dated copy in this archive; older ones may exist."


def explain(verdict: Verdict, entry: Entry, event: EventWindow) -> str:
    """Say what an item is to known footage, since when that is known, and what was measured.

    Parameters
    ----------
    verdict : Verdict
        What the two are to each other.
    entry : Entry
        The known footage.
    event : EventWindow
        The event the item is said to show.

    Returns
    -------
    str
        Three sentences.
    """
    shown = "clip" if any(each.speed is not None for each in verdict.segments) else "picture"
    what = {
        "reencoded": f"The same {shown}, saved again",
        "edited_copy": f"The same {shown}, {_changed(verdict.edits)}",
        "contains": f"This file shows the known {shown} as a part",
        "contained_in": f"The known {shown} shows this file as a part",
        "same_footage": "Another moment of the same recording",
        "same_view_other_moment": "The same view at another moment",
        "same_place": "The same place, from elsewhere or under other conditions",
    }.get(verdict.relation, "Looks alike, but was not shown to be a copy")
    measured = [verdict.reason]
    if verdict.features is not None:
        measured.insert(0, f"{verdict.features} local features move together")
    if verdict.best is not None:
        bits = f"PDQ hashes differ in {verdict.best.distance_bits} of 256 bits"
        if verdict.relation == "lead":
            bits += _oriented(verdict.best.orientation)
        measured.insert(0, bits)
    dates = date_sentence(verdict.relation, entry, event)
    return f"{what}. {dates} Measured: {'; '.join(measured)}."


def _changed(edits: Sequence[Edit]) -> str:
    kinds = dict.fromkeys(edit.kind for edit in edits)
    words = [_WORDS.get(kind, kind) for kind in kinds] or ["changed a little"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


_WORDS = {
    "cut": "cut",
    "speed": "at another speed",
    "reversed": "played backwards",
    "frame_rate": "with another frame rate",
    "mirror": "mirrored",
    "rotation": "turned",
    "colour": "with other colours",
    "crop": "cropped",
    "resize": "resized",
    "stretch": "stretched in one direction",
    "border": "with bars around it",
    "blurred_fill": "with blurred bars around it",
    "caption_bar": "with a caption bar",
    "overlay": "with something laid over it",
    "inserted": "with a part that was changed",
    "grey": "without colours",
    "brightness": "brighter or darker",
    "blur": "blurred",
    "recompression": "compressed harder",
    "perspective": "seen at an angle",
}


def _oriented(orientation: int) -> str:
    mirrored, clockwise_deg = ORIENTATIONS[orientation]
    words = (["mirrored"] if mirrored else []) + (["turned"] if clockwise_deg else [])
    return f" when the query is {' and '.join(words)}" if words else ""


def date_sentence(relation: Relation, entry: Entry, event: EventWindow) -> str:
    """Say what the date of known footage means for the event.

    Parameters
    ----------
    relation : str
        What the item is to it.
    entry : Entry
        The known footage.
    event : EventWindow
        The event the item is said to show.

    Returns
    -------
    str
        One sentence.
    """
    if relation not in COPIES:
        return "A person must look at both."
    if entry.first_seen is None:
        return "The archive has no date for it."
    known = f"It is known since {entry.first_seen.value}"
    if event.start is None:
        return f"{known}; the case names no event date to compare with."
    if precedes(entry, event):
        return f"{known}, before the event it is said to show."
    return f"{known}, which is not shown to precede the event and proves no originality."


def precedes(entry: Entry, event: EventWindow) -> bool:
    """Say whether footage was known before an event.

    Parameters
    ----------
    entry : Entry
        The known footage; its date is taken at its latest.
    event : EventWindow
        The event, taken at its earliest.

    Returns
    -------
    bool
        False when either has no date.
    """
    if entry.first_seen is None or event.start is None:
        return False
    return parse_instant(entry.first_seen.latest) <= parse_instant(event.start)
