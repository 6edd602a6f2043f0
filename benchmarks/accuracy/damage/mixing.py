"""Lay what happened to the deck of one tuning bridge on the deck of another.

Ten bridges are few: laid anew, each mark is seen on other decks, in other light, beside others.
"""

from dataclasses import replace

import cv2
import numpy as np
from accuracy.damage.strips import Strips
from accuracy.damage_truth.pair import Pixels, Truth
from numpy import float32
from numpy.typing import NDArray

from forensics.damage.light import LEAST_LIGHT

_MARKS = (Truth.SCORCH, Truth.HOLE)
_LEAST_SOUND_PX = 50
_AROUND_MARK, _AROUND_GAP = 0.25, 0.18
"""What is taken along beside a mark or a gap, in deck widths."""

_APART = 0.33
_MOST_OF_DECK = 0.95
_LEFT_OUT = 0.25
_PALE = 0.93
_LOST = 0.5


def pasted(base: Strips, donor: Strips, rng: np.random.Generator) -> Strips | None:
    """Lay the donor's marks, or its gap, on a base to which nothing happened.

    Soot is carried as a factor, so that the base's own texture persists in it; holes and gaps as
    they are, with what is seen in them, brought to the base's exposure.
    """
    donor = _to_scale(donor, base, rng)
    if min(base.sound.sum(), donor.sound.sum()) < _LEAST_SOUND_PX:
        return None
    gone = donor.state == "collapsed"
    made = None
    around = int(base.grid.width_px * (_AROUND_GAP if gone else _AROUND_MARK))
    for first, last in _stretches(donor, gone=gone):
        if not gone and rng.random() < _LEFT_OUT:
            continue
        start, stop = max(0, first - around), min(donor.seen.shape[1], last + around)
        room = base.grid.end_px + base.grid.length_px - (stop - start)
        if stop - start > _MOST_OF_DECK * base.grid.length_px or room <= 0:
            continue
        place = slice(at := int(rng.integers(0, room)), at + stop - start)
        lay = _lay_gap if gone else _lay_mark
        made = lay(made or base, donor, place, slice(start, stop), rng)
        if gone:
            break
    if made is None:
        return None
    sources = tuple(sorted({*base.sources, *donor.sources}))
    return replace(made, name=f"{donor.name} on {base.name}", sources=sources, real=False, gap=0.0)


def _to_scale(donor: Strips, base: Strips, rng: np.random.Generator) -> Strips:
    """Bring a donor to the base's rows, turned round and mirrored by chance."""
    factor = base.grid.shape[0] / donor.grid.shape[0]
    size = (max(1, round(donor.grid.shape[1] * factor)), base.grid.shape[0])
    smooth = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    parts = [
        cv2.resize(each, size, interpolation=how)
        for each, how in (
            (donor.before, smooth),
            (donor.after, smooth),
            (donor.truth, cv2.INTER_NEAREST),
            (donor.seen.astype(np.uint8), cv2.INTER_NEAREST),
        )
    ]
    for axis in (0, 1):
        if rng.integers(2):
            parts = [np.ascontiguousarray(np.flip(each, axis)) for each in parts]
    before, after, truth, seen = (np.asarray(each, np.uint8) for each in parts)
    return replace(donor, before=before, after=after, truth=truth, seen=seen.astype(bool))


def _stretches(donor: Strips, *, gone: bool) -> list[tuple[int, int]]:
    """Give the columns of each mark, or of the gap."""
    side, wide = donor.grid.side_px, donor.grid.width_px
    factor = donor.truth.shape[0] / donor.grid.shape[0]
    deck = donor.truth[round(side * factor) : round((side + wide) * factor)]
    marked = (deck == Truth.MISSING).mean(axis=0) > _LOST if gone else np.isin(deck, _MARKS).any(0)
    columns = np.flatnonzero(marked)
    if not len(columns):
        return []
    breaks = np.flatnonzero(np.diff(columns) > max(4, _APART * wide * factor)) + 1
    return [(int(each[0]), int(each[-1]) + 1) for each in np.split(columns, breaks)]


def _lay_gap(
    base: Strips, donor: Strips, place: slice, taken: slice, _: np.random.Generator
) -> Strips:
    after, truth = base.after.copy(), base.truth.copy()
    after[:, place] = np.clip(donor.after[:, taken] * _gain(base, donor), 0, 255)
    new = donor.truth[:, taken]
    hidden = (new == Truth.NOT_SEEN) & (truth[:, place] != Truth.OUTSIDE)
    truth[:, place] = np.where(hidden | (new == Truth.MISSING), new, truth[:, place])
    return replace(base, after=after, truth=truth, state="collapsed")


def _lay_mark(
    base: Strips, donor: Strips, place: slice, taken: slice, rng: np.random.Generator
) -> Strips:
    after, truth = base.after.copy(), base.truth.copy()
    new = donor.truth[:, taken]
    old_light, new_light = (
        cv2.GaussianBlur(each[:, taken].astype(float32), (0, 0), 0.8) + LEAST_LIGHT
        for each in (donor.before, donor.after)
    )
    usual = _middle(donor.after, donor) / _middle(donor.before, donor)
    factor = (new_light / old_light / usual).mean(axis=2) ** rng.uniform(0.7, 1.25)
    factor = np.clip(factor, 0.05, 1.3)
    hidden = _grown(new == Truth.NOT_SEEN) > 0
    soot = _soft(np.isin(new, _MARKS), 1.5) * ~hidden
    laid = base.after[:, place] * (1 - soot + soot * factor)[..., None]
    hole = _soft(new == Truth.HOLE, 0.7)[..., None]
    laid = laid * (1 - hole) + np.clip(donor.after[:, taken] * _gain(base, donor), 0, 255) * hole
    after[:, place] = np.clip(laid, 0, 255)
    old = truth[:, place]
    scorched = (new == Truth.SCORCH) & (factor < _PALE) & (old == Truth.NOTHING)
    holed = (new == Truth.HOLE) & (old != Truth.OUTSIDE)
    truth[:, place] = np.select([holed, scorched], [Truth.HOLE, Truth.SCORCH], old)
    state = "holed" if (truth == Truth.HOLE).any() else "scorched"
    return replace(base, after=after, truth=truth, state=state)


def _gain(base: Strips, donor: Strips) -> NDArray[float32]:
    return np.asarray(_middle(base.after, base) / _middle(donor.after, donor), float32)


def _middle(strip: Pixels, of: Strips) -> NDArray[float32]:
    return np.asarray(np.median(strip[of.sound], axis=0) + LEAST_LIGHT, float32)


def _grown(mask: NDArray[np.bool_]) -> NDArray[float32]:
    return np.asarray(cv2.dilate(mask.astype(float32), np.ones((3, 3), np.uint8)), float32)


def _soft(mask: NDArray[np.bool_], sigma: float) -> NDArray[float32]:
    return np.asarray(cv2.GaussianBlur(_grown(mask), (0, 0), sigma), float32)
