"""Ask the comparison about every pair, and keep what it said beside what is true."""

import time

import numpy as np
from accuracy.damage.holes import Holes, compare_holes
from accuracy.damage.scenes import worst_px
from accuracy.damage_truth.pair import Pixels, Truth, TruthPair
from msgspec import Struct

from forensics.damage import compare_views

FOUND = "found deck"
WORSE = "made worse"
LARGE = "2 megapixels"
_UNKNOWN = (Truth.OUTSIDE, Truth.NOT_SEEN)


class Row(Struct, frozen=True):
    """One pair: truth first, then what was said."""

    name: str
    kind: str
    view: str
    source: str
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
    examined: float = 0.0
    holes: Holes | None = None
    """Of pairs in which holes came about, and of those in which some were said to."""


def ask(pair: TruthPair, kind: str) -> Row:
    """Compare two pictures, the deck drawn as it is, or looked for."""
    start = time.process_time()
    said = compare_views(pair.before, pair.after, deck=None if kind == FOUND else pair.deck)
    cpu_s = time.process_time() - start
    same = kind != "another bridge"
    registered = said.registration.status == "registered"
    off = None
    if registered and said.registration.homography is not None:
        off = worst_px(np.array(said.registration.homography), pair) if same else 1e6
    missing, scorch = _overlaps(pair.mask, said.mask) if same and registered else (None, None)
    reason = said.damage.reason
    likeliest = reason.split("likeliest ")[1].split(",")[0] if "likeliest" in reason else ""
    return Row(
        pair.name,
        kind,
        pair.view,
        pair.source,
        pair.state if same else "none",
        said.damage.state,
        likeliest or said.damage.state,
        said.damage.confidence,
        registered,
        said.registration.support,
        off,
        said.registration.error_px,
        pair.gap if same else 0.0,
        said.damage.gap.fraction_of_deck,
        missing,
        scorch,
        round(cpu_s, 2),
        said.deck.examined_fraction,
        compare_holes(pair, said.mask) if same else None,
    )


def _overlaps(truth: Pixels, mask: object) -> tuple[float | None, float | None]:
    """Give intersection over union of missing deck and of scorch, where there is either."""
    said = np.asarray(mask)
    known = ~np.isin(said, _UNKNOWN) & ~np.isin(truth, _UNKNOWN)
    found = []
    for code in (Truth.MISSING, Truth.SCORCH):
        one, other = (truth == code) & known, (said == code) & known
        union = (one | other).sum()
        found.append(float((one & other).sum() / union) if one.any() else None)
    return found[0], found[1]
