"""Cut a line of columns into stretches: the deck is there, or it is missing."""

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from forensics.damage.strip import Mask


def likeliest_stretches(odds: NDArray[float64], cost: float) -> Mask:
    """Find the stretches that fit the evidence best, when every change between them costs.

    Parameters
    ----------
    odds : (columns,) float64
        Evidence of each column: log odds that the deck is missing there.
    cost : float
        What a change is held against, in the same unit: so much evidence must speak for it.

    Returns
    -------
    (columns,) bool
        True where it is missing.

    Notes
    -----
    The most likely path of two states, by dynamic programming: both sides of each end are weighed
    against each other, where a threshold looks at one column alone.

    References
    ----------
    A. Viterbi (1967), 10.1109/TIT.1967.1054010.
    """
    came_from = np.zeros((len(odds), 2), dtype=int)
    best = np.zeros(2)
    for column, evidence in enumerate(odds):
        changed = best[::-1] - cost
        came_from[column] = np.where(best >= changed, (0, 1), (1, 0))
        best = np.maximum(best, changed) + np.array([0.0, evidence])
    missing = np.zeros(len(odds), dtype=bool)
    state = int(best.argmax())
    for column in range(len(odds) - 1, -1, -1):
        missing[column] = state == 1
        state = int(came_from[column, state])
    return missing
