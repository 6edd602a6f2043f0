"""Draw the evidence of a match: both pictures laid over each other, and what is common to them."""

from collections.abc import Callable, Sequence

import cv2
import msgspec
import numpy as np
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.model.match import Match, Region
from forensics.model.outcome import ArtefactBytes
from forensics.reuse.archive import Archive
from forensics.reuse.archived import as_probe
from forensics.reuse.clip_pictures import paired_pictures
from forensics.reuse.stills import align_probes
from forensics.reuse.views import Probe, Views, moment_of
from forensics.vision.alignment import Alignment, Matrix3, moved, resizing
from forensics.vision.views import Pixels, grey

SSIM_WINDOW_PX = 7
"""Window of the structural similarity; scikit-image's own choice."""

DIFFERENCE_GAIN = 4
"""Differences are drawn four times as strong, so that faint ones can be seen."""

MAX_LINES = 60
"""Matched points that are drawn; more hide the pictures."""

_OUTSIDE = 128
"""Grey of what the query does not show of the reference."""

_GAP_PX = 16
_COMMON, _EDITED, _POINT = (0, 114, 178), (213, 94, 0), (230, 159, 0)
"""Colours that people with colour blindness tell apart (Okabe and Ito, 2008)."""


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
        query, laid over it), ``difference`` (four times amplified) and, for stills, ``common``
        (both side by side, with what is common, what was edited, and matched points); and with
        the structural similarity of the two where they are common. Without any when one side has
        no views.

    References
    ----------
    SSIM: Wang, Bovik, Sheikh and Simoncelli, "Image Quality Assessment: From Error Visibility to
    Structural Similarity", 2004, https://doi.org/10.1109/TIP.2003.819861, as in scikit-image.
    """
    known = as_probe(archive.entry(match.reference.id), archive)
    if known.views is None or probe.views is None or match.transform.matrix is None:
        return match
    here, there = _moments_alike(match, probe, known)
    query, reference = probe.views.colour(here), known.views.colour(there)
    matrix = _between_views(match, probe.views, known.views, probe, known)
    size = (reference.shape[1], reference.shape[0])
    aligned = _warped(query, matrix, size, fill=_OUTSIDE)
    inside = _warped(np.full_like(query[:, :, 0], 255), matrix, size, fill=0) > _OUTSIDE
    difference = cv2.convertScaleAbs(cv2.absdiff(aligned, reference), alpha=DIFFERENCE_GAIN)
    difference[~inside] = _OUTSIDE
    pictures: dict[str, Pixels] = {
        "reference": reference,
        "aligned": aligned,
        "difference": np.asarray(difference, uint8),
    }
    if not (probe.is_video or known.is_video):
        pictures["common"] = _side_by_side(match, (query, reference), (probe, known))
    artefacts = {name: store(_png(each)) for name, each in pictures.items()}
    similarity = _structural_similarity(grey(aligned), grey(reference), inside)
    return msgspec.structs.replace(match, artefacts=artefacts, similarity=similarity)


def _between_views(
    match: Match, query: Views, reference: Views, probe: Probe, known: Probe
) -> Matrix3:
    sizes = [
        (side.size_px, (views.grey.shape[2], views.grey.shape[1]))
        for side, views in ((probe, query), (known, reference))
    ]
    matrix = np.array(match.transform.matrix, dtype=float64)
    return resizing(*sizes[1]) @ matrix @ np.linalg.inv(resizing(*sizes[0]))


def _warped(picture: Pixels, matrix: Matrix3, size: tuple[int, int], *, fill: int) -> Pixels:
    shrink = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    if shrink < 1:
        # Warping looks at four pixels only; what is shrunk is smoothed first.
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.5 / max(shrink, 0.05)), uint8)
    border = (fill, fill, fill)
    warped = cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_LINEAR, borderValue=border)
    return np.asarray(warped, dtype=uint8)


def _side_by_side(
    match: Match, pictures: tuple[Pixels, Pixels], probes: tuple[Probe, Probe]
) -> Pixels:
    """Draw both pictures with what is common to them and what was edited."""
    height = max(each.shape[0] for each in pictures)
    width = pictures[0].shape[1] + _GAP_PX + pictures[1].shape[1]
    canvas = np.full((height, width, 3), 255, dtype=uint8)
    shift = pictures[0].shape[1] + _GAP_PX
    canvas[: pictures[0].shape[0], : pictures[0].shape[1]] = pictures[0]
    canvas[: pictures[1].shape[0], shift:] = pictures[1]
    views = [(each.shape[1], each.shape[0]) for each in pictures]
    scales = [resizing(probe.size_px, view) for probe, view in zip(probes, views, strict=True)]
    for one, other in _matched(probes, views, mirrored=bool(match.transform.mirrored)):
        end = (other[0] + shift, other[1])
        cv2.line(canvas, _at(one), _at(end), _POINT, 1, cv2.LINE_AA)
        for point in (one, end):
            cv2.circle(canvas, _at(point), 2, _POINT, -1, cv2.LINE_AA)
    for edit in match.edits:
        _outline(canvas, edit.region, scales[0], 0, _EDITED)
    _outline(canvas, match.transform.query_region, scales[0], 0, _COMMON)
    _outline(canvas, match.transform.reference_region, scales[1], shift, _COMMON)
    return canvas


def _matched(
    probes: tuple[Probe, Probe], views: Sequence[tuple[int, int]], *, mirrored: bool
) -> list[tuple[NDArray[float64], NDArray[float64]]]:
    found = [each for each in align_probes(*probes) if each.mirrored == mirrored]
    if not found:
        return []
    sizes = [(probe.features[0].size_px, view) for probe, view in zip(probes, views, strict=True)]
    alignment: Alignment = found[0].rescaled(*sizes)
    step = max(1, len(alignment) // MAX_LINES)
    return list(
        zip(
            alignment.query_points[::step].astype(float64),
            alignment.reference_points[::step].astype(float64),
            strict=True,
        )
    )


def _outline(
    canvas: Pixels, region: Region | None, scale: Matrix3, shift: int, colour: tuple[int, int, int]
) -> None:
    if region is None:
        return
    corners = moved(np.array(region, dtype=float64), scale) + np.array([shift, 0])
    limit = max(canvas.shape[:2])
    corners = np.clip(corners, -limit, 2 * limit)
    cv2.polylines(canvas, [np.rint(corners).astype(np.int32)], True, colour, 2, cv2.LINE_AA)


def _at(point: Sequence[float] | NDArray[float64]) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


def _structural_similarity(one: Pixels, other: Pixels, inside: NDArray[np.bool_]) -> float | None:
    # scikit-image takes a while to import; only folders with matches need it.
    from skimage.metrics import structural_similarity

    if min(one.shape) < SSIM_WINDOW_PX or not inside.any():
        return None
    _, table = structural_similarity(one, other, win_size=SSIM_WINDOW_PX, data_range=255, full=True)
    return round(float(table[inside].mean()), 3)


def _moments_alike(match: Match, probe: Probe, known: Probe) -> tuple[int, int]:
    """Choose the pictures of both that are nearest to one moment."""
    pairs = paired_pictures(probe, known, match.segments)
    if pairs:
        _, here, there = min(pairs)
        return here, there
    if not match.segments:
        return 0, 0
    first = match.segments[0]
    return _nearest(probe, first.query[0]), _nearest(known, first.reference[0])


def _nearest(probe: Probe, wanted_s: float) -> int:
    moments = range(len(probe.hashes.frames))
    return min(moments, key=lambda position: abs(moment_of(probe, position) - wanted_s))


def _png(pixels: Pixels) -> ArtefactBytes:
    _, encoded = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    return ArtefactBytes(encoded.tobytes(), ".png")
