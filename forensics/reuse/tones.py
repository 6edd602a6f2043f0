"""Give one of two pictures the tones of the other, and what its changed colours add to them."""

import numpy as np
from numpy import float32, float64
from numpy.typing import NDArray

from forensics.calibration import load
from forensics.reuse.recolour import chroma_apart, recolouring
from forensics.reuse.warp import Mask, Overlay, Plane

MAD = 1.4826
"""From the median absolute deviation to the standard deviation of a normal distribution."""

_TONES = 17
_TONE_PIXELS = 20
_TONE_STEP = 3
_LINE_STEPS = 8
_OFF_LINE = 12.0
"""Grey levels that brightness and contrast together may bend the line by."""

_LITTLE = 0.3
"""Grey levels that matter to nothing."""

_MOST_GAIN = 3.0


def are_recoloured(over: Overlay, known: Mask, colours: tuple[Plane, Plane]) -> bool:
    """Say whether colours were changed, and brightness with them.

    Parameters
    ----------
    over : Overlay
        The pictures.
    known : (H, W) bool
        Where they are known to show the same.
    colours : two of (H, W, 2) float32
        Cr and Cb of query and reference.

    Returns
    -------
    bool
        Whether colours lie apart, and explain the misfit both ways round.
    """
    limits = load("reuse.judge")
    if chroma_apart(*colours, known) < limits.value("min_recolouring"):
        return False
    return _left_by_colours(over, known, colours) < limits.value("max_left_by_colours")


def foretold(
    target: Plane, source: Plane, chroma: Plane | None, known: Mask
) -> tuple[Plane, Plane | None]:
    """Give one picture the tones of the other, and say what its colours added to that.

    Parameters
    ----------
    target, source : (H, W) float32
        Luma of the other, and of the one.
    chroma : (H, W, 2) float32 or None
        Cr and Cb of the source; None where colours were not changed.
    known : (H, W) bool
        Where both are known to show the same.

    Returns
    -------
    toned : (H, W) float32
        The source with the tones of the target.
    added : (H, W) float32 or None
        Grey levels of it that come from its colours.
    """
    toned = _toned(target, source, known)
    if chroma is None:
        return toned, None
    added = recolouring(target, toned, source, chroma, known)
    return toned + added, added


def misfit_back(target: Plane, source: Plane, chroma: Plane, known: Mask) -> Plane:
    """Measure the misfit the other way round: what the target foretells of the source.

    Parameters
    ----------
    target, source : (H, W) float32
        Luma of both.
    chroma : (H, W, 2) float32
        Cr and Cb of the target.
    known : (H, W) bool
        Where both are known to show the same.

    Returns
    -------
    (H, W) float32
        Target minus source, in grey levels of the target.
    """
    back = source - foretold(source, target, chroma, known)[0]
    back *= -min(_contrast(target, known) / _contrast(source, known), _MOST_GAIN)
    return back


def _contrast(plane: Plane, known: Mask) -> float:
    return _spread(plane[known].astype(float64)) + 1


def _left_by_colours(over: Overlay, known: Mask, colours: tuple[Plane, Plane]) -> float:
    """Say what share of the median misfit is left: the worse of both ways round."""
    shares = []
    for target, source, chroma in (
        (over.query, over.reference, colours[1]),
        (over.reference, over.query, colours[0]),
    ):
        toned = _toned(target, source, known)
        added = recolouring(target, toned, source, chroma, known)
        before, after = (
            float(np.median(np.abs(each[known])))
            for each in (target - toned, target - toned - added)
        )
        shares.append((after + _LITTLE) / (before + _LITTLE))
    return max(shares)


def _toned(query: Plane, reference: Plane, inside: Mask) -> Plane:
    """Give the reference the tones of the query: a rising curve through medians."""
    ours, theirs = _near_line(reference[inside], query[inside])
    edges = np.unique(np.quantile(ours, np.linspace(0, 1, _TONES)))
    place = np.clip(np.searchsorted(edges, ours, side="right") - 1, 0, max(0, len(edges) - 2))
    knots = [
        (float(np.median(ours[chosen])), float(np.median(theirs[chosen])))
        for part in range(len(edges) - 1)
        if (chosen := place == part).sum() >= _TONE_PIXELS
    ]
    if len(knots) < 2:  # noqa: PLR2004 - a line needs two points
        return reference + float32(np.median(theirs) - np.median(ours))
    x, y = np.array([knot[0] for knot in knots]), np.array([knot[1] for knot in knots])
    y = np.maximum.accumulate(y)
    low = y[0] - x[0] * (y[1] - y[0]) / max(x[1] - x[0], 1.0)
    high = y[-1] + (255 - x[-1]) * (y[-1] - y[-2]) / max(x[-1] - x[-2], 1.0)
    x = np.r_[min(0.0, x[0]) - 1e-3, x, max(255.0, x[-1]) + 1e-3]
    return np.interp(reference, x, np.r_[low, y, high]).astype(float32)


def _near_line(
    ours: NDArray[float32], theirs: NDArray[float32]
) -> tuple[NDArray[float32], NDArray[float32]]:
    """Give the pairs of tones near the line that most lie on.

    A news bar hides most of what is dark: in a curve through all pixels its tones would be taken
    for those of the dark.
    """
    x, y = ours[::_TONE_STEP].astype(float64), theirs[::_TONE_STEP].astype(float64)
    slope = (_spread(y) + 1) / (_spread(x) + 1)
    offset = float(np.median(y) - slope * np.median(x))
    reach = 255.0
    for _ in range(_LINE_STEPS):
        apart = np.abs(y - slope * x - offset)
        reach = 3 * MAD * float(np.median(apart)) + _OFF_LINE
        # Of Tukey's weights, cut off where the curve cannot be.
        weight = np.clip(1 - (apart / reach) ** 2, 0, 1) ** 2 + 1e-9
        # Not through BLAS: its threads wait for each other longer than these sums take.
        mean_x, mean_y = ((weight * each).sum() / weight.sum() for each in (x, y))
        across = weight * (x - mean_x)
        slope = (across * (y - mean_y)).sum() / ((across * (x - mean_x)).sum() + 1e-6)
        offset = mean_y - slope * mean_x
    near = np.abs(theirs - float32(slope) * ours - float32(offset)) <= reach
    return (ours[near], theirs[near]) if near.sum() >= len(ours) / 3 else (ours, theirs)


def _spread(values: NDArray[float64]) -> float:
    return float(np.median(np.abs(values - np.median(values))))
