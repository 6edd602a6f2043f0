"""Local features of an item's pictures: what crops, screenshots and collages are found by."""

from collections.abc import Sequence

import numpy as np

from forensics.ingest.frame import Frame
from forensics.model.findings import LocalFeatures
from forensics.model.outcome import ArtefactBytes, Made
from forensics.vision.codes import RECIPE, CodedFeatures, encode, from_bytes, to_bytes
from forensics.vision.features import find_features
from forensics.vision.views import Pixels, feature_view, fit, grey

QUERY_FEATURES = 1000
"""Features kept of a still: enough for a photo that fills a sixteenth of a screenshot."""

ARCHIVED_FEATURES = 460
"""The first of them, which an archive keeps: 12 KB a picture."""

MAX_PAGES = 4
"""Further pictures of a still are previews, depth maps and pages; the first ones are described."""

MAX_MOMENTS = 600
"""Moments of a clip that are described, spread evenly."""

MOMENT_EVERY_S = 0.9
"""Moments nearer to the one before are left out: keyframes and cuts fall beside the steady ones."""

MOMENT_FEATURES = 250
"""Features kept of a moment of a clip: 6.5 KB."""

MOMENT_SIDE_PX = 384
"""Longest side of the view that they are found in."""


def describe_frames(frames: Sequence[Frame]) -> Made:
    """Find and code the local features of an item's pictures.

    Parameters
    ----------
    frames : sequence of Frame
        The pictures, as `ingest.open_media` gives them.

    Returns
    -------
    Made
        `LocalFeatures` with how many were found in each picture, and the artefact ``features``:
        the packed features of all, one after the other.

    Notes
    -----
    Features that two pictures share are a reason to compare the pictures, never a finding.
    """
    if frames[0].moment_s is None:
        chosen = list(range(len(frames)))[:MAX_PAGES]
        packed = [to_bytes(describe(frames[index].pixels)) for index in chosen]
    else:
        chosen = _moments([frame.moment_s or 0.0 for frame in frames])
        packed = [to_bytes(_describe_moment(frames[index].pixels)) for index in chosen]
    finding = LocalFeatures(RECIPE, tuple(chosen), tuple(len(each) for each in packed))
    return Made(finding, {"features": ArtefactBytes(b"".join(packed), ".features")})


def describe(pixels: Pixels, *, limit: int = QUERY_FEATURES) -> CodedFeatures:
    """Find and code the local features of one picture.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        sRGB, the right way up.
    limit : int, optional
        How many to keep.

    Returns
    -------
    CodedFeatures
        Positions in pixels of its `feature_view`.
    """
    view = feature_view(grey(pixels))
    return encode(find_features(view, limit=limit), size_px=(view.shape[1], view.shape[0]))


def _describe_moment(pixels: Pixels) -> CodedFeatures:
    return describe(fit(pixels, longest_side_px=MOMENT_SIDE_PX), limit=MOMENT_FEATURES)


def _moments(times_s: Sequence[float]) -> list[int]:
    """Choose moments that are some way apart."""
    chosen: list[int] = []
    for index, when in enumerate(times_s):
        if not chosen or when - times_s[chosen[-1]] >= MOMENT_EVERY_S:
            chosen.append(index)
    if len(chosen) > MAX_MOMENTS:
        kept = np.linspace(0, len(chosen) - 1, MAX_MOMENTS).round().astype(int)
        chosen = [chosen[at] for at in kept]
    return chosen


def read_described(finding: LocalFeatures, data: bytes) -> tuple[CodedFeatures, ...]:
    """Unpack the features of an item's pictures.

    Parameters
    ----------
    finding : LocalFeatures
        As `describe_frames` gave it.
    data : bytes
        Its artefact.

    Returns
    -------
    tuple of CodedFeatures
        One for each described picture.

    Raises
    ------
    ValueError
        When the bytes are not those of the finding.
    """
    if sum(finding.lengths) != len(data):
        raise ValueError("the features are not those that were found")
    ends = np.cumsum(finding.lengths)
    starts = ends - np.array(finding.lengths)
    return tuple(from_bytes(data[a:b]) for a, b in zip(starts, ends, strict=True))
