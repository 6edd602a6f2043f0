"""Account for what was done to a copy: where the two pictures are common, and what lies around."""

from collections.abc import Sequence

import cv2
import numpy as np
from msgspec import Struct
from numpy import float64, uint8
from numpy.typing import NDArray

from forensics.calibration import load
from forensics.model.match import Matrix, Region, Relation
from forensics.reuse.changes import Changes
from forensics.reuse.movement import movement_at
from forensics.reuse.picture import Picture
from forensics.reuse.residual import Residual
from forensics.reuse.warp import Mask, Overlay, Plane, clip, common_region
from forensics.vision.alignment import Matrix3, moved, resizing

Polygon = NDArray[float64]

FEWER, MORE = 0.9, 1.1
"""Scales below and above are named as resized."""

_WHOLE = 0.97
_LEAST_STRIP = 0.02
_LEAST_STRIP_PX = 3
_PLAIN_SPREAD = 6.0
_SOFT = 0.2
_INKED = 0.8
_MUCH, _SOME = 0.45, 0.2
_JOIN_PX = 9
_LEAST_MARK_PX = 12
_TURN_DEG = 0.5
_PERSPECTIVE = 0.02
_STRETCHED = 0.02
_BLURRED_PX, _SOFTER = 1.0, 0.75
_COLOUR_PX = 5.0
_GREY, _COLOURFUL = 2.5, 6.0
_DIMMER, _BRIGHTER, _LEVELS = 0.8, 1.25, 14.0
_FRAME_JUMP, _FRAME_PX, _FRAME_POINTS = 2.5, 3.0, 120
_PART = 0.7


class Account(Struct, frozen=True):
    """What was done to a copy, if it is one.

    Parameters
    ----------
    relation : str
        What it would be as a copy.
    matrix : 3 x 3 tuple of float
        Maps query -> reference, in pixels of the real pictures.
    rotation_deg, scale : float
        As in the report format.
    query_region, reference_region : polygon
        What is common, in pixels of each real picture.
    edits : tuple of (str, polygon or None)
        What was done.
    common_of_query, common_of_reference : float
        Shares of their areas that are common.
    """

    relation: Relation
    matrix: Matrix
    rotation_deg: float
    scale: float
    query_region: Region
    reference_region: Region
    edits: tuple[tuple[str, Region | None], ...]
    common_of_query: float
    common_of_reference: float


def account(
    over: Overlay,
    left: Residual,
    changes: Changes,
    laid_on: Sequence[bool] | NDArray[np.bool_],
    query: Picture,
    reference: Picture,
) -> Account:
    """Account for what was done to a copy.

    Parameters
    ----------
    over : Overlay
        The pictures, one over the other.
    left : Residual
        What is left between them.
    changes : Changes
        Where they differ.
    laid_on : sequence of bool
        Which of the changes were laid on.
    query, reference : Picture
        The two.

    Returns
    -------
    Account
        Regions, edits and the movement.
    """
    to_real = resizing(query.view_px, query.size_px) @ over.to_query
    matrix = resizing(reference.view_px, reference.size_px) @ over.matrix @ np.linalg.inv(to_real)
    matrix = matrix / matrix[2, 2]
    common = _common(over, left.inside, reference)
    shown = common_region(over.query.shape, reference.luma.shape, over.matrix)
    # Where the reference fills the query, what lies on it hides a part of it and takes none away.
    is_filled = shown is not None and _area(shown) >= _WHOLE * over.query.size
    region = moved(shown if shown is not None and is_filled else common, to_real)
    on_reference = moved(region, matrix)
    rotation_deg, scale, stretch, mirrored = movement_at(matrix, region.mean(axis=0))
    of_query = _area(region) / _area(moved(_frame(over.query), to_real))
    whole = reference.size_px[0] * reference.size_px[1]
    of_reference = min(1.0, _area(on_reference) / whole)
    # What lies under a bar was not cut off.
    in_frame = (
        of_reference if shown is None else _area(moved(moved(shown, to_real), matrix)) / whole
    )
    strips, pictorial = _named(_strips(over.query, common))
    tilted = over.freedom > _SIMILARITY and _perspective(over) > _PERSPECTIVE
    edits: list[tuple[str, Region | None]] = []
    if mirrored:
        edits.append(("mirror", None))
    if abs(rotation_deg) >= _TURN_DEG and not tilted:
        edits.append(("rotation", None))
    if tilted:
        edits.append(("perspective", None))
    if in_frame < _WHOLE:
        edits.append(("crop", None))
    if not FEWER <= scale <= MORE:
        edits.append(("resize", None))
    if stretch > _STRETCHED and not tilted:
        edits.append(("stretch", None))
    edits += [(kind, _region(moved(polygon, to_real))) for kind, polygon in strips]
    edits += [
        (kind, _region(moved(polygon, to_real))) for kind, polygon in _marks(changes, laid_on)
    ]
    edits += [(kind, None) for kind in _looks(over, left, query, reference)]
    outside, elsewhere = 1 - of_query, sum(_area(each) for each in pictorial) / over.query.size
    relation: Relation = "edited_copy"
    if outside > _SOME and (elsewhere > _SOME or (outside > _MUCH and (tilted or _mixed(strips)))):
        relation = "contains"
        kept = {"border", "blurred_fill", "caption_bar"}
        edits = [each for each in edits if each[0] not in kept]
    elif of_reference < _PART and _has_frame(reference.luma, _on_view(on_reference, reference)):
        relation = "contained_in"
        edits = [each for each in edits if each[0] != "crop"]
    elif all(kind == "resize" for kind, _ in edits):
        # Another size is no edit of a picture that was only saved again.
        relation, edits = "reencoded", []
    return Account(
        relation=relation,
        matrix=_as_tuples(matrix),
        rotation_deg=round(rotation_deg, 2),
        scale=round(scale, 6),
        query_region=_region(region),
        reference_region=_region(on_reference),
        edits=tuple(dict.fromkeys(edits)),
        common_of_query=of_query,
        common_of_reference=of_reference,
    )


_SIMILARITY = 4


def _common(over: Overlay, inside: Mask, reference: Picture) -> Polygon:
    polygon = common_region(over.query.shape, reference.luma.shape, over.matrix)
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    # What is compared ends two pixels before the edge.
    left, top = max(0, columns[0] - 2), max(0, rows[0] - 2)
    right = min(over.query.shape[1] - 1, columns[-1] + 2)
    bottom = min(over.query.shape[0] - 1, rows[-1] + 2)
    corners = [[left - 0.5, top - 0.5], [right + 0.5, top - 0.5], [right + 0.5, bottom + 0.5]]
    box = np.array([*corners, [left - 0.5, bottom + 0.5]], dtype=float64)
    if polygon is None:
        return box
    cut = clip(polygon - [left, top], (bottom - top + 1, right - left + 1))
    return box if cut is None else np.asarray(cut + np.array([left, top]))


def _frame(plane: Plane) -> Polygon:
    right, bottom = plane.shape[1] - 0.5, plane.shape[0] - 0.5
    return np.array([[-0.5, -0.5], [right, -0.5], [right, bottom], [-0.5, bottom]])


_Strip = tuple[str | None, Polygon]


def _strips(plane: Plane, common: Polygon) -> list[_Strip]:
    """Say what lies around what is common: plain, soft or inked strips; None is something else."""
    height, width = plane.shape
    left, top = np.maximum(np.ceil(common.min(axis=0) + 0.5), 0).astype(int)
    right, bottom = (np.floor(common.max(axis=0) + 0.5)).astype(int)
    right, bottom = min(right, width), min(bottom, height)
    inner = _energy(plane[top:bottom, left:right])
    boxes = [
        (0, 0, width, top),
        (0, bottom, width, height),
        (0, top, left, bottom),
        (right, top, width, bottom),
    ]
    strips: list[_Strip] = []
    for x0, y0, x1, y1 in boxes:
        thick = min(x1 - x0, y1 - y0)
        if thick < max(_LEAST_STRIP_PX, _LEAST_STRIP * max(height, width)):
            continue
        # The edge towards what is common is soft.
        part = plane[y0:y1, x0:x1]
        kind = _kind(part[2:-2, 2:-2] if thick > 2 * _LEAST_STRIP_PX else part, inner)
        polygon = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=float64) - 0.5
        strips.append((kind, polygon))
    return strips


def _named(strips: Sequence[_Strip]) -> tuple[list[tuple[str, Polygon]], list[Polygon]]:
    named = [(kind, polygon) for kind, polygon in strips if kind is not None]
    return named, [polygon for kind, polygon in strips if kind is None]


def hides_something(over: Overlay, inside: Mask, reference: Picture) -> bool:
    """Say whether the query shows something else where strips were cut off.

    Parameters
    ----------
    over : Overlay
        The two pictures.
    inside : (H, W) bool
        What is left of what they have in common.
    reference : Picture
        The reference.

    Returns
    -------
    bool
        False for bars, captions and the neighbours in a collage, which go on beyond the reference's
        edge. Where the reference fills the frame, or all of it but bars, something happened there
        or was put there.
    """
    shown = common_region(over.query.shape, reference.luma.shape, over.matrix)
    if shown is None or _named(_strips(over.query, shown))[1]:
        return False
    low = np.maximum(np.ceil(shown.min(axis=0) + 0.5), 0).astype(int)
    high = np.floor(shown.max(axis=0) + 0.5).astype(int)
    inner = over.query[low[1] : high[1], low[0] : high[0]]
    if min(inner.shape) < _LEAST_STRIP_PX:
        return False
    return bool(_named(_strips(inner, _common(over, inside, reference) - low))[1])


def _kind(part: Plane, inner: float) -> str | None:
    if part.size == 0 or float(np.quantile(np.abs(part - np.median(part)), 0.98)) < _PLAIN_SPREAD:
        return "border"
    levels = np.bincount((part.ravel() / 12).astype(int), minlength=22)
    inked = np.sort(levels + np.roll(levels, 1))[-1] / part.size
    if inked > 1 / 2 and _energy(part) > _SOFT * inner:
        return "caption_bar"
    if _energy(part) < _SOFT * inner:
        return "blurred_fill"
    return "caption_bar" if np.sort(levels)[-3:].sum() / part.size > _INKED else None


def _energy(part: Plane) -> float:
    if min(part.shape) < _LEAST_STRIP_PX:
        return 0.0
    fine = part - cv2.GaussianBlur(part, (0, 0), 1.0)
    return float(np.abs(fine).mean())


def _mixed(strips: Sequence[tuple[str, Polygon]]) -> bool:
    """Say whether interface lies around: writing, on more than one side or with little picture."""
    return any(kind == "caption_bar" for kind, _ in strips)


def _marks(
    changes: Changes, laid_on: Sequence[bool] | NDArray[np.bool_]
) -> list[tuple[str, Polygon]]:
    """Give boxes around what was laid on, those next to each other as one."""
    marks = []
    for kind, wanted in (("overlay", True), ("inserted", False)):
        chosen = [
            place + 1
            for place, change in enumerate(changes.changes)
            if bool(laid_on[place]) == wanted and change.area_px >= _LEAST_MARK_PX
        ]
        mask = np.isin(changes.labels, chosen).astype(uint8)
        joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((_JOIN_PX, 2 * _JOIN_PX), uint8))
        count, _, boxes, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
        for label in range(1, count):
            x, y, width, height = (int(each) for each in boxes[label][:4])
            corners = [[x, y], [x + width, y], [x + width, y + height], [x, y + height]]
            marks.append((kind, np.array(corners, dtype=float64) - 0.5))
    return marks


def _looks(over: Overlay, left: Residual, query: Picture, reference: Picture) -> list[str]:
    """Say what was done to the whole: colours, brightness, sharpness."""
    looks = []
    ours, theirs = (
        float(np.abs(each.chroma.astype(float64) - 128).mean()) for each in (query, reference)
    )
    if ours < _GREY and theirs > _COLOURFUL:
        looks.append("grey")
    elif left.recoloured or _other_colours(over, left.inside, query, reference):
        looks.append("colour")
    inside = left.inside
    one, other = over.query[inside], over.reference[inside]
    ratio = float((one.std() + 1) / (other.std() + 1))
    if not _DIMMER <= ratio <= _BRIGHTER or abs(float(one.mean() - other.mean())) > _LEVELS:
        looks.append("brightness")
    if left.blur_px >= _BLURRED_PX and _sharpness(over.query, inside) <= _SOFTER * _sharpness(
        over.reference, inside
    ):
        looks.append("blur")
    return looks


def _sharpness(plane: Plane, inside: Mask) -> float:
    """Give how much of the contrast is fine; pictures without fine detail cannot be blurred."""
    fine = plane - cv2.GaussianBlur(plane, (0, 0), 1.0)
    return float((np.abs(fine[inside]).mean() + 0.3) / (plane[inside].std() + 1))


def _other_colours(over: Overlay, inside: Mask, query: Picture, reference: Picture) -> bool:
    height, width = over.query.shape
    ours = cv2.resize(query.chroma, (width, height), interpolation=cv2.INTER_LINEAR)
    small = reference.chroma.shape[1], reference.chroma.shape[0]
    matrix = resizing(reference.view_px, small) @ over.matrix
    theirs = cv2.warpPerspective(
        reference.chroma,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    # Colours are stored coarsely; only what differs over some way was changed.
    apart = cv2.GaussianBlur(ours.astype(float64) - theirs, (0, 0), _COLOUR_PX)
    apart = np.abs(apart).reshape(height, width, 2)[inside]
    limit = load("reuse.compare").value("max_chroma_difference")
    return bool(np.median(apart, axis=0).max() > limit)


def _has_frame(luma: NDArray[uint8], polygon: Polygon) -> bool:
    """Say whether the reference itself ends something at the edge of what is common."""
    height, width = luma.shape
    plane = luma.astype(float64)
    centre = polygon.mean(axis=0)
    there, here = [], []
    for one, other in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        points = one + (other - one) * np.linspace(0.05, 0.95, _FRAME_POINTS)[:, None]
        normal = np.array([other[1] - one[1], one[0] - other[0]])
        normal = normal / max(float(np.linalg.norm(normal)), 1e-9)
        if (points.mean(axis=0) - centre) @ normal < 0:
            normal = -normal
        outer = points + _FRAME_PX * normal
        if (outer < 0).any() or (outer > [width - 1, height - 1]).any():
            continue
        values = [_at(plane, points + step * normal) for step in (-3 * _FRAME_PX, -_FRAME_PX)]
        values.append(_at(plane, outer))
        there.append(np.abs(values[2] - values[1]))
        here.append(np.abs(values[1] - values[0]))
    if not there:
        return False
    jumps = (np.median(np.concatenate(there)) + 1) / (np.median(np.concatenate(here)) + 1)
    return bool(jumps > _FRAME_JUMP)


def _at(plane: NDArray[float64], points: Polygon) -> NDArray[float64]:
    columns = np.clip(np.rint(points[:, 0]).astype(int), 0, plane.shape[1] - 1)
    rows = np.clip(np.rint(points[:, 1]).astype(int), 0, plane.shape[0] - 1)
    return np.asarray(plane[rows, columns])


def _on_view(polygon: Polygon, picture: Picture) -> Polygon:
    return moved(polygon, resizing(picture.size_px, picture.view_px))


def _perspective(over: Overlay) -> float:
    return float(np.hypot(*over.matrix[2, :2]) * max(over.query.shape))


def _area(polygon: Polygon) -> float:
    x, y = polygon[:, 0], polygon[:, 1]
    return abs(float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2))


def _region(polygon: Polygon) -> Region:
    return tuple((round(float(x), 2), round(float(y), 2)) for x, y in polygon)


def _as_tuples(matrix: Matrix3) -> Matrix:
    first, second, third = ((float(a), float(b), float(c)) for a, b, c in matrix)
    return first, second, third
