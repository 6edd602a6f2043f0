"""The clips that are cut up."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from accuracy.media import is_tuning
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.vision.views import fit

Pixels = NDArray[uint8]

SIDE_PX = 480
"""Longest side of the frames that clips are made from."""

UNTIL_S = 60.0
# The names are those of the halves that cuts are measured on: clips of one scene are one source.
SOURCES = {
    "chair": "reuse/videos/chair-orig-22-sd-bar.mp4",
    "doorknob": "reuse/videos/doorknob-hd-no-bar.mp4",
    "v1": "reuse/videos/v1.m4v",
    "v2": "reuse/videos/v2.m4v",
    "bunny": "video/bigbuckbunny.mp4",
    "bikes": "video/bikes.mp4",
    "carphone": "video/carphone_pristine.mp4",
    "house": "video/house6.mp4",
    "street": "video/vtest.avi",
    "strike": "scenes/strike1.mp4",
}


@dataclass(frozen=True, eq=False)
class Footage:
    """Frames of a source in colour, and their times."""

    name: str
    frames: list[Pixels]
    times_s: NDArray[float64]

    @property
    def end_s(self) -> float:
        """Say when the last frame ends."""
        return float(self.times_s[-1] + np.median(np.diff(self.times_s)))

    def at(self, when_s: float) -> Pixels:
        """Give the frame that is shown at a moment."""
        last = int(np.searchsorted(self.times_s, when_s + 1e-4, side="right")) - 1
        return self.frames[max(0, last)]


def read_footage(path: Path, name: str) -> Footage:
    """Decode a source."""
    frames, times = [], []
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.video[0]):
            when = float(frame.time or 0.0)
            if times and when - times[0] > UNTIL_S:
                break
            frames.append(fit(frame.to_ndarray(format="rgb24"), longest_side_px=SIDE_PX))
            times.append(when)
    return Footage(name, frames, np.array(times) - times[0])


def names(tuning: bool, among: Sequence[str] = tuple(SOURCES)) -> list[str]:
    """Give the sources of one half."""
    return [name for name in among if is_tuning(name) is tuning]
