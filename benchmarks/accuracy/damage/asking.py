"""Ask the comparison about every pair, and keep what it said beside what is true."""

import time

import numpy as np
from accuracy.damage.scenes import (
    MISSING,
    SOOT,
    VEHICLE,
    Shot,
    drawn,
    load,
    truth_strip,
    worst_px,
)
from msgspec import Struct

from forensics.damage import compare_views
from forensics.damage.draw import in_before
from forensics.model.damage import NOT_EXAMINED


class Row(Struct, frozen=True):
    """One pair: truth first, then what was said."""

    before: str
    after: str
    kind: str
    view: str
    bridge: int
    true_state: str
    state: str
    likeliest: str
    score: float | None
    registered: bool
    support: float
    worst_px: float | None
    error_px: float | None
    true_gap: float
    gap: float
    missing_iou: float | None
    scorch_iou: float | None
    cpu_s: float


def ask(one: str, other: str, kind: str) -> Row:
    """Compare two renders, the deck drawn as it is."""
    before, after = load(one), load(other)
    start = time.process_time()
    said = compare_views(before.pixels, after.pixels, deck=before.corners())
    cpu_s = time.process_time() - start
    same = before.bridge == after.bridge
    damaged = kind == "ladder"
    registered = said.registration.status == "registered"
    off = None
    if registered and said.registration.homography is not None:
        off = worst_px(np.array(said.registration.homography), before, after) if same else 1e6
    missing, scorch = _overlaps(before, after, said.mask) if same and registered else (None, None)
    reason = said.damage.reason
    likeliest = reason.split("likeliest ")[1].split(",")[0] if "likeliest" in reason else ""
    return Row(
        one,
        other,
        kind,
        after.view,
        before.bridge,
        after.state if damaged else "none",
        said.damage.state,
        likeliest or said.damage.state,
        said.damage.confidence,
        registered,
        said.registration.support,
        off,
        said.registration.error_px,
        after.gap if damaged else 0.0,
        said.damage.gap.fraction_of_deck,
        missing,
        scorch,
        round(cpu_s, 2),
    )


def _overlaps(before: Shot, after: Shot, mask: object) -> tuple[float | None, float | None]:
    """Give intersection over union of missing deck and of scorch, where there is either."""
    strip = drawn(before)
    truth = truth_strip(before, after, strip)[strip.grid.deck]
    truth = np.where(truth == VEHICLE, NOT_EXAMINED, np.where(truth <= 1, 0, truth)).astype(
        np.uint8
    )
    right = in_before(truth, strip, before.pixels.shape[:2])
    said = np.asarray(mask)
    known = (said != NOT_EXAMINED) & (right != NOT_EXAMINED)
    found = []
    for code in (MISSING, SOOT):
        one, other = (right == code) & known, (said == code) & known
        union = (one | other).sum()
        found.append(float((one & other).sum() / union) if one.any() else None)
    return found[0], found[1]
