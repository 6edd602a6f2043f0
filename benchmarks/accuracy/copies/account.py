"""Whether what is said of a copy is right: mirror, rotation, regions, and what was edited."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from accuracy.copies.answers import Answer
from accuracy.copies.edits import Truth
from accuracy.copies.metrics import Judged, Rate, rate
from accuracy.copies.shot import Polygon, mapped
from numpy import float64, uint8
from numpy.typing import NDArray

REGION_IOU = 0.8
EDIT_IOU = 0.3
ROTATION_TOLERANCE_DEG = 3.0
MAP_TOLERANCE = 0.01
"""Mean error at the region's corners, as a share of the reference region's diagonal."""
_GRID = 400


@dataclass(frozen=True)
class Account:
    """Shares of found copies of which each thing was said rightly; F1 of edited regions."""

    relation: Rate
    mirrored: Rate
    rotation: Rate
    regions: Rate
    all_three: Rate
    mapped: Rate
    edited_f1: float
    edited_precision: float
    edited_recall: float


def account(judged: Judged, *, edit: str | None = None) -> Account:
    """Judge what is said of the copies that a method itself calls copies."""
    found: list[tuple[Answer, Truth, str]] = []
    for asked in judged.copies:
        answer = judged.right(asked)
        if answer is None or not answer.is_copy or edit not in (None, asked.edit):
            continue
        if asked.truth is not None:
            found.append((answer, asked.truth, asked.original))
    originals = [original for _, _, original in found]
    said = [(answer, truth) for answer, truth, _ in found]
    mirrors = [answer.mirrored == truth.mirrored for answer, truth in said]
    rotations = [is_rotation_right(answer, truth) for answer, truth in said]
    regions = [are_regions_right(answer, truth) for answer, truth in said]
    every = [all(three) for three in zip(mirrors, rotations, regions, strict=True)]
    hits = np.sum([edited_hits(a.regions, t) for a, t in said] or [(0, 0, 0)], axis=0)
    true, missed, wrong = (int(each) for each in hits)
    return Account(
        relation=rate([a.relation in t.acceptable for a, t in said], originals),
        mirrored=rate(mirrors, originals),
        rotation=rate(rotations, originals),
        regions=rate(regions, originals),
        all_three=rate(every, originals),
        mapped=rate([map_error(a, t) <= MAP_TOLERANCE for a, t in said], originals),
        edited_f1=_share(2 * true, 2 * true + missed + wrong),
        edited_precision=_share(true, true + wrong),
        edited_recall=_share(true, true + missed),
    )


def is_rotation_right(answer: Answer, truth: Truth) -> bool:
    """Say whether a rotation is right to within `ROTATION_TOLERANCE_DEG`."""
    if answer.rotation_deg is None:
        return False
    off = (answer.rotation_deg - truth.rotation_deg + 180) % 360 - 180
    return abs(off) <= ROTATION_TOLERANCE_DEG


def are_regions_right(answer: Answer, truth: Truth) -> bool:
    """Say whether both regions agree with the truth: IoU of at least `REGION_IOU`."""
    if answer.query_region is None or answer.reference_region is None:
        return False
    overlaps = (
        iou(answer.query_region, truth.query_region),
        iou(answer.reference_region, truth.reference_region),
    )
    return min(overlaps) >= REGION_IOU


def map_error(answer: Answer, truth: Truth) -> float:
    """Give the mean error of the map at the corners of the true region; infinite without one."""
    if answer.matrix is None:
        return float("inf")
    there = np.array(truth.reference_region)
    said = np.array(mapped(truth.query_region, np.array(answer.matrix)))
    diagonal = float(np.hypot(*(there.max(axis=0) - there.min(axis=0))))
    return float(np.hypot(*(said - there).T).mean()) / diagonal


def edited_hits(regions: Sequence[Polygon], truth: Truth) -> tuple[int, int, int]:
    """Count edited regions found, missed, and named where there is none.

    A region that lies mostly outside the reference's content, or on a mark that is optional, is
    not counted as wrong: a phone's buttons around a picture are no edit of the picture.
    """
    marks = [mark for mark in truth.marks if mark.polygon is not None]
    wanted = [mark.polygon for mark in marks if not mark.optional and mark.polygon]
    optional = [mark.polygon for mark in marks if mark.optional and mark.polygon]
    overlaps = sorted(
        ((iou(region, mark), i, j) for i, region in enumerate(regions)
         for j, mark in enumerate(wanted)),
        reverse=True,
    )  # fmt: skip
    named: set[int] = set()
    found: set[int] = set()
    for overlap, i, j in overlaps:
        if overlap >= EDIT_IOU and i not in named and j not in found:
            named.add(i)
            found.add(j)
    wrong = 0
    for i, region in enumerate(regions):
        if i in named:
            continue
        outside = 1 - covered(region, truth.query_region)
        excused = max([outside, *(covered(region, mark) for mark in optional)])
        wrong += excused <= 0.5
    return len(found), len(wanted) - len(found), wrong


def iou(one: Polygon, other: Polygon) -> float:
    """Intersection over union of two polygons, on a grid of 400 steps."""
    first, second = _masks(one, other)
    return _share(float((first & second).sum()), float((first | second).sum()))


def covered(one: Polygon, other: Polygon) -> float:
    """Share of one polygon that lies in another."""
    first, second = _masks(one, other)
    return _share(float((first & second).sum()), float(first.sum()))


def _masks(one: Polygon, other: Polygon) -> tuple[NDArray[uint8], NDArray[uint8]]:
    points = [np.array(each, float64) for each in (one, other)]
    corners = np.vstack(points)
    low = corners.min(axis=0)
    reach = max(1e-9, float((corners.max(axis=0) - low).max()))
    masks = []
    for polygon in points:
        mask = np.zeros((_GRID + 1, _GRID + 1), uint8)
        cv2.fillPoly(mask, [np.round((polygon - low) / reach * _GRID).astype(np.int32)], 1)
        masks.append(mask)
    return masks[0], masks[1]


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
