"""Decode the frames that are wanted, the sharpest one where there is a choice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from forensics.extract.moments import Want
from forensics.ingest.exact_still import ExactStill
from forensics.ingest.media import Identified, decode, require_pictures
from forensics.ingest.timeline import ExactFrame, Timeline
from forensics.model.errors import UnreadableMedia
from forensics.vision.sharpness import sharpness

if TYPE_CHECKING:
    from forensics.ingest.exact import ExactClip

Source: TypeAlias = "ExactClip | ExactStill"
"""What frames are decoded from."""

MAX_CANDIDATES = 25
"""Frames among which the sharpest is chosen: in a second of ordinary video, all."""


@dataclass(frozen=True, eq=False)
class Picked:
    """A frame for a want.

    Parameters
    ----------
    want : Want
        What it is for.
    frame : ExactFrame
        The frame.
    sharpness : float
        As `vision.sharpness` measures it.
    """

    want: Want
    frame: ExactFrame
    sharpness: float


def open_exact(opened: Identified) -> Source:
    """Open a photo, animation or video for exact decoding.

    Parameters
    ----------
    opened : Identified
        The open file.

    Returns
    -------
    ExactClip or ExactStill
        To decode frames from.

    Raises
    ------
    UnreadableMedia
        When there is no picture in it that can be decoded.
    """
    try:
        if opened.data is not None:
            return ExactStill(opened.data, opened.type)
        from forensics.ingest.exact import ExactClip  # PyAV is slow to import

        return ExactClip(opened.file, opened.type)
    except (ImportError, UnreadableMedia):
        # An examination says in plain words why nothing of it can be decoded.
        require_pictures(decode(opened))
        raise


def pick(source: Source, wants: Sequence[Want]) -> Iterator[Picked]:
    """Decode what is wanted in one pass.

    Parameters
    ----------
    source : ExactClip or ExactStill
        The open clip.
    wants : sequence of Want
        What is wanted of it.

    Yields
    ------
    Picked
        One for each want of which a frame can be decoded, in the order of decoding.
    """
    asking: dict[int, list[int]] = {}
    left = []
    for number, want in enumerate(wants):
        positions = _candidates(want, source.timeline)
        left.append(len(positions))
        for position in positions:
            asking.setdefault(position, []).append(number)
    best: dict[int, Picked] = {}
    for position, frame in source.decode(asking):
        value = sharpness(frame.pixels)
        for number in asking[position]:
            picked = Picked(wants[number], frame, value)
            best[number] = max(best.get(number, picked), picked, key=_worth)
            left[number] -= 1
            if not left[number]:
                yield best.pop(number)
    # Candidates that could not be decoded.
    yield from best.values()


def _worth(picked: Picked) -> tuple[bool, float]:
    return not picked.frame.is_damaged, picked.sharpness


def _candidates(want: Want, timeline: Timeline | None) -> Sequence[int]:
    if timeline is None or want.asked_s is None:
        return [0]
    shown = [timeline.shown_at(want.asked_s)]
    if want.within_s is None or timeline.runs_back:
        # Where the clock runs back, frames close in time may be far apart in the file, and all
        # stretches would be open, and in memory, at once.
        return shown
    near = timeline.between(*want.within_s)
    step = -(-len(near) // MAX_CANDIDATES)
    return near[:: max(1, step)] or shown
