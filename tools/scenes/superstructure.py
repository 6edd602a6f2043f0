"""What carries a deck besides its girders: trusses and bows above it, arches below it."""

import itertools
import math

from tools.scenes.blender import Boxes
from tools.scenes.site import Kind, Site

_TRUSS_M, _PANEL_M = 6.2, 4.5
_BOW_RISE = 0.19  # of the span
_ARCH_RISE_M = 5.2
_ARCH_STEPS = 24
_CLEAR_M = 4.8  # bracing only above what drives beneath


def upper_members(site: Site, start: float, end: float) -> Boxes:
    """Build the members above the deck whose panels lie between two ends; z from the deck."""
    build = _truss if site.kind is Kind.TRUSS else _bow
    members = Boxes()
    piers = site.pier_x()
    for left, right in itertools.pairwise(piers):
        panels = max(4, 2 * round((right - left) / (2 * _PANEL_M)))
        joints = [left + (right - left) * k / panels for k in range(panels + 1)]
        kept = [start - 0.1 <= a and b <= end + 0.1 for a, b in itertools.pairwise(joints)]
        build(site, members, joints, kept)
    return members


def lower_members(site: Site, left: float, right: float) -> Boxes:
    """Build two arches under one span with the columns that stand on them; z from the deck."""
    members = Boxes()
    spring = -min(_ARCH_RISE_M + 1.9, site.deck_z_m - 1.5)
    crown = -1.9

    def height(x: float) -> float:
        t = 2 * (x - left) / (right - left) - 1
        return spring + (crown - spring) * (1 - t * t)

    steps = [left + (right - left) * k / _ARCH_STEPS for k in range(_ARCH_STEPS + 1)]
    for y in (-0.3 * site.width_m, 0.3 * site.width_m):
        for a, b in itertools.pairwise(steps):
            members.beam((a, y, height(a)), (b, y, height(b)), 1.1)
        for x in steps[2:-1:2]:
            if height(x) < -2.4:
                members.box((x - 0.25, x + 0.25), (y - 0.35, y + 0.35), (height(x), -1.7))
    return members


def _truss(site: Site, members: Boxes, joints: list[float], kept: list[bool]) -> None:
    """Add a Pratt truss with inclined end posts on both sides, and bracing across the top."""
    last = len(joints) - 1

    def top(k: int) -> float:
        return 0.4 if k in (0, last) else _TRUSS_M

    for k, panel in enumerate(kept):
        if not panel:
            continue
        a, b = joints[k], joints[k + 1]
        for y in (-site.width_m / 2, site.width_m / 2):
            members.beam((a, y, top(k)), (b, y, top(k + 1)), 0.5)
            members.beam((a, y, 0.2), (b, y, 0.2), 0.4)
            if k > 0:
                members.beam((a, y, 0.2), (a, y, _TRUSS_M), 0.32)
            if 0 < k < last - 1:
                down = k < last // 2
                ends = ((a, y, _TRUSS_M), (b, y, 0.2)) if down else ((a, y, 0.2), (b, y, _TRUSS_M))
                members.beam(*ends, 0.28)
        half = site.width_m / 2
        if k > 0:
            members.beam((a, -half, _TRUSS_M), (a, half, _TRUSS_M), 0.35)
        if 0 < k < last - 1:
            members.beam((a, -half, _TRUSS_M), (b, half, _TRUSS_M), 0.2)
            members.beam((a, half, _TRUSS_M), (b, -half, _TRUSS_M), 0.2)


def _bow(site: Site, members: Boxes, joints: list[float], kept: list[bool]) -> None:
    """Add two bows with hangers, braced where there is room above the traffic."""
    left, right = joints[0], joints[-1]
    rise = _BOW_RISE * (right - left)

    def height(x: float) -> float:
        return 0.3 + rise * math.sin(math.pi * (x - left) / (right - left))

    for k, panel in enumerate(kept):
        if not panel:
            continue
        a, b = joints[k], joints[k + 1]
        middle = (a + b) / 2
        for y in (-site.width_m / 2, site.width_m / 2):
            members.beam((a, y, height(a)), (middle, y, height(middle)), 0.7)
            members.beam((middle, y, height(middle)), (b, y, height(b)), 0.7)
            for x in (a, middle):
                if height(x) > 1.2:
                    members.beam((x, y, 0.2), (x, y, height(x)), 0.14)
        if height(a) > _CLEAR_M:
            half = site.width_m / 2
            members.beam((a, -half, height(a)), (a, half, height(a)), 0.45)
