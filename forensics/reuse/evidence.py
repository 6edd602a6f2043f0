"""Draw the evidence of a match: query and known footage side by side, and what differs."""

from collections.abc import Callable

import cv2
import msgspec
import numpy as np
from numpy import uint8

from forensics.model.match import Match
from forensics.model.outcome import ArtefactBytes
from forensics.reuse.archive import Archive
from forensics.reuse.hashes import ORIENTATIONS, orient
from forensics.reuse.search import read_kept
from forensics.reuse.views import Probe
from forensics.vision.views import Pixels, grey

SSIM_WINDOW_PX = 7
"""Window of the structural similarity; scikit-image's own choice."""

DIFFERENCE_GAIN = 4
"""Differences are drawn four times as strong, so that faint ones can be seen."""


def draw_match(
    match: Match, probe: Probe, archive: Archive, *, store: Callable[[ArtefactBytes], str]
) -> Match:
    """Add the evidence pictures to a match.

    Parameters
    ----------
    match : Match
        As the search gave it.
    probe : Probe
        The query.
    archive : Archive
        The known footage.
    store : callable
        Takes an artefact and gives the path under which it is kept.

    Returns
    -------
    Match
        The same with the artefacts ``reference`` (the archive's view), ``aligned`` (the
        query, turned like the reference) and ``difference`` (four times amplified), and with the
        structural similarity of the two views; without any when one side has no views.

    References
    ----------
    SSIM: Wang, Bovik, Sheikh and Simoncelli, "Image Quality Assessment: From Error Visibility to
    Structural Similarity", 2004, https://doi.org/10.1109/TIP.2003.819861, as in scikit-image.
    """
    kept = archive.views(match.reference.id)
    reference_views = read_kept(kept)
    if kept is None or reference_views is None or probe.views is None:
        return match
    moments = tuple(frame.moment_s for frame in probe.hashes.frames)
    query = probe.views.colour(_nearest(moments, _start(match, 0)))
    reference = reference_views.colour(_nearest(kept[0].moments_s, _start(match, 1)))
    aligned = orient(query, _orientation(match))
    height, width = reference.shape[:2]
    aligned = np.asarray(cv2.resize(aligned, (width, height), interpolation=cv2.INTER_AREA))
    difference = cv2.convertScaleAbs(cv2.absdiff(aligned, reference), alpha=DIFFERENCE_GAIN)
    pictures = {"reference": reference, "aligned": aligned, "difference": difference}
    artefacts = {name: store(_png(np.asarray(each, uint8))) for name, each in pictures.items()}
    similarity = _structural_similarity(grey(aligned), grey(reference))
    return msgspec.structs.replace(match, artefacts=artefacts, similarity=similarity)


def _structural_similarity(one: Pixels, other: Pixels) -> float | None:
    # scikit-image takes a while to import; only folders with matches need it.
    from skimage.metrics import structural_similarity

    if min(one.shape) < SSIM_WINDOW_PX:
        return None
    value = structural_similarity(one, other, win_size=SSIM_WINDOW_PX, data_range=255)
    return round(float(value), 3)


def _orientation(match: Match) -> tuple[bool, int]:
    """Return the turn that leads from the query back to the reference."""
    mirrored = bool(match.transform.mirrored)
    rotation_deg = round(match.transform.rotation_deg or 0.0)
    clockwise_deg = rotation_deg % 360 if mirrored else -rotation_deg % 360
    return ORIENTATIONS[ORIENTATIONS.index((mirrored, clockwise_deg))]


def _start(match: Match, side: int) -> float | None:
    if not match.segments:
        return None
    segment = match.segments[0]
    return (segment.query, segment.reference)[side][0]


def _nearest(moments: tuple[float | None, ...], wanted_s: float | None) -> int:
    if wanted_s is None:
        return 0
    return min(range(len(moments)), key=lambda i: abs((moments[i] or 0.0) - wanted_s))


def _png(pixels: Pixels) -> ArtefactBytes:
    _, encoded = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    return ArtefactBytes(encoded.tobytes(), ".png")
