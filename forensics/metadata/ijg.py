"""Compare quantisation tables with those of the Independent JPEG Group's library."""

from collections.abc import Sequence
from functools import cache
from typing import Literal

import numpy as np
from numpy import float64, int64
from numpy.typing import NDArray

from forensics.calibration import load

Role = Literal["luma", "chroma"]

# ITU-T T.81 (1992), annex K, tables K.1 and K.2, row by row.
_LUMA = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip
_CHROMA = (
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
    *(99,) * 32,
)  # fmt: skip
_BASE = {"luma": _LUMA, "chroma": _CHROMA}
_QUALITIES = np.arange(1, 101)
_HALF, _LARGEST_STEP = 50, 255


def ijg_tables(role: Role) -> NDArray[int64]:
    """Give the tables that the library writes for every quality.

    Parameters
    ----------
    role : {"luma", "chroma"}
        Which of its two base tables.

    Returns
    -------
    (100, 64) int64
        Row q - 1 for quality q; steps row by row, held to 8 bits as in baseline files.

    References
    ----------
    Independent JPEG Group, libjpeg 6b, jcparam.c: jpeg_quality_scaling and jpeg_add_quant_table.
    """
    scale = np.where(_QUALITIES < _HALF, 5000 // _QUALITIES, 200 - 2 * _QUALITIES)
    steps = (np.array(_BASE[role])[None, :] * scale[:, None] + _HALF) // 100
    return np.asarray(np.clip(steps, 1, _LARGEST_STEP), int64)


@cache
def _tables(role: Role) -> NDArray[int64]:
    return ijg_tables(role)


def estimate_quality(values: Sequence[int], role: Role) -> tuple[int, float] | None:
    """Give the quality at which the library writes a table, or the nearest one.

    Parameters
    ----------
    values : sequence of int
        64 steps, row by row.
    role : {"luma", "chroma"}
        What the table is used for.

    Returns
    -------
    (int, float) or None
        Quality, 1 to 100, and the mean difference as a share of the library's steps, 0 when
        equal; None when no quality comes near.

    Examples
    --------
    >>> estimate_quality(ijg_tables("luma")[86], "luma")
    (87, 0.0)
    """
    tables = _tables(role)
    errors: NDArray[float64] = (np.abs(tables - np.asarray(values)) / tables).mean(axis=1)
    best = int(errors.argmin())
    error = round(float(errors[best]), 4)
    if error > load("metadata.encoder").value("max_ijg_error"):
        return None
    return best + 1, error
