"""What a clip looks like over time: what its stretches are found again by."""

import io

import numpy as np

from forensics.ingest.media import Media
from forensics.ingest.video_proxy import read_proxy
from forensics.model.findings import ClipTraceKept
from forensics.model.outcome import Absent, ArtefactBytes, Made
from forensics.reuse.clip_trace import QUERY_RATE, ClipTrace, make_trace
from forensics.vision.views import fit, grey

RECIPE = "clip-trace/1"
"""Changes when the bytes of a trace would mean something else."""

_ENDING = ".trace"


def trace_clip(media: Media) -> Made | Absent:
    """Keep a small trace of a clip, by which its stretches are found in others.

    Parameters
    ----------
    media : Media
        The opened item.

    Returns
    -------
    Made or Absent
        `ClipTraceKept`, and the artefact ``trace``; absent when fewer than two moments of the clip
        were looked at.
    """
    trace = trace_of(media, rate=QUERY_RATE)
    if trace is None:
        return Absent("not_applicable", "fewer than two moments of it were looked at")
    height, width = trace.frames.shape[1:]
    finding = ClipTraceKept(RECIPE, len(trace), width, height, round(trace.duration_s, 3))
    return Made(finding, {"trace": ArtefactBytes(trace.to_bytes(), _ENDING)})


def trace_of(media: Media, *, rate: float) -> ClipTrace | None:
    """Make the trace of an opened clip.

    Parameters
    ----------
    media : Media
        The opened item.
    rate : float
        Frames a second to keep at most.

    Returns
    -------
    ClipTrace or None
        None when fewer than two moments were looked at.
    """
    if "proxy" in media.artefacts:
        frames = read_proxy(media.artefacts["proxy"].data)
        times_s = np.load(io.BytesIO(media.artefacts["times"].data), allow_pickle=False)
    else:
        # Of animations all that is looked at are some pictures, which are few enough.
        timed = [each for each in media.frames if each.moment_s is not None]
        if not timed:
            return None
        shape = fit(timed[0].pixels, longest_side_px=_SIDE_PX).shape[:2]
        small = [grey(fit(each.pixels, longest_side_px=_SIDE_PX)) for each in timed]
        timed_small = [
            (each.moment_s, one)
            for each, one in zip(timed, small, strict=True)
            if one.shape == shape
        ]
        frames = np.stack([one for _, one in timed_small])
        times_s = np.array([when for when, _ in timed_small], dtype=np.float64)
    trace = make_trace(frames, times_s, rate=rate)
    return trace if len(trace) > 1 else None


_SIDE_PX = 160
