"""The clips that are cut up, and what is kept of a clip to be found again."""

import hashlib
import io
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.ingest.sniff import HEAD_BYTES, sniff
from forensics.ingest.video import decode_video
from forensics.ingest.video_proxy import read_proxy
from forensics.reuse.clip_trace import ARCHIVE_RATE, QUERY_RATE, ClipTrace, make_trace
from forensics.vision.codes import CodedFeatures, encode
from forensics.vision.features import find_features
from forensics.vision.views import feature_view, fit

Pixels = NDArray[uint8]

SIDE_PX = 480
"""Longest side of the frames that clips are made from."""

UNTIL_S = 60.0
FEATURES = 250
FEATURE_SIDE_PX = 384
QUERY_EVERY_S = 0.5
REFERENCE_EVERY_S = 1.0

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


@dataclass(frozen=True, eq=False)
class Known:
    """What is kept of a clip: its trace and features of some frames."""

    name: str
    trace: ClipTrace
    moments: list[tuple[float, CodedFeatures]]


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


def keep(path: Path, *, query: bool, cache: Path | None = None) -> Known:
    """Read a clip as the pipeline does, and keep what is needed to find it again."""
    data = path.read_bytes()
    kept = None if cache is None else cache / f"{hashlib.sha256(data).hexdigest()}-{query}.kept"
    if kept is not None and kept.exists():
        return pickle.loads(kept.read_bytes())
    kind = sniff(data[:HEAD_BYTES])
    if kind is None:
        raise ValueError(f"{path} is no clip")
    made = decode_video(io.BytesIO(data), kind)
    times = np.load(io.BytesIO(made.artefacts["times"].data))
    proxy = read_proxy(made.artefacts["proxy"].data)
    trace = make_trace(proxy, times, rate=QUERY_RATE if query else ARCHIVE_RATE)
    # What an archive keeps has been packed.
    trace = trace if query else ClipTrace.from_bytes(trace.to_bytes())
    known = Known(path.stem, trace, _moments(path, QUERY_EVERY_S if query else REFERENCE_EVERY_S))
    if kept is not None:
        kept.write_bytes(pickle.dumps(known))
    return known


def features(luma: Pixels) -> CodedFeatures:
    """Find the features of a frame."""
    view = feature_view(fit(luma, longest_side_px=FEATURE_SIDE_PX))
    height, width = view.shape
    return encode(find_features(view, limit=FEATURES), size_px=(width, height))


def names(tuning: bool, among: Sequence[str] = tuple(SOURCES)) -> list[str]:
    """Give the sources of one half."""
    from accuracy.media import is_tuning

    return [name for name in among if is_tuning(name) is tuning]


def _moments(path: Path, every_s: float) -> list[tuple[float, CodedFeatures]]:
    found: list[tuple[float, CodedFeatures]] = []
    start = None
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.video[0]):
            when = float(frame.time or 0.0)
            start = when if start is None else start
            if when - start >= len(found) * every_s - 1e-6:
                luma = cv2.cvtColor(frame.to_ndarray(format="rgb24"), cv2.COLOR_RGB2GRAY)
                found.append((when - start, features(np.asarray(luma, dtype=uint8))))
    return found
