"""Decode the frames that are wanted, the sharpest one where there is a choice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forensics.extract.moments import Want
from forensics.ingest.exact_source import Source
from forensics.ingest.timeline import ExactFrame, Timeline
from forensics.vision.sharpness import sharpness

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
