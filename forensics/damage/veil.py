"""Tell where smoke, dust, flames or cloud lie before the deck, which is then not examined."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import cv2
import numpy as np
from msgspec import convert
from numpy import float32, float64, uint8
from numpy.typing import NDArray

from forensics.calibration import load
from forensics.damage.model import Weights, mean_scores
from forensics.damage.strip import Grid, Mask, unroll
from forensics.vision.alignment import Matrix3

CALIBRATION = "damage.veil"

SIDE_MARGIN = 2.0
"""What is looked at beyond the sides of the deck, in its widths: veils do not end at the kerb."""

_WIDE_PX = 16
"""Width of the deck on the small strips on which colours are compared."""

_BANDS = {
    "far": (-1.8, -0.9),
    "near": (-0.8, -0.15),
    "deck": (0.1, 0.9),
    "other_near": (1.15, 1.8),
    "other_far": (1.9, 2.8),
}
"""Rows that are taken together, in deck widths from its first side on."""

_MIRRORED = {"far": "other_far", "near": "other_near", "other_near": "near", "other_far": "far"}
_KINDS = ("lighter", "hue", "light", "chroma", "fine", "finer", "flame")
_REACH = 1.0
"""Sigma of the means along the deck, in widths."""

_LEAST_FINE = 1.0
_FLAME_RED, _FLAME_SPREAD = 170.0, 70.0
"""Flames are bright in red and much less so in blue; green lies between."""

NAMES = tuple(
    f"{band}_{kind}{reach}"
    for reach in ("", "_around")
    for band in (*_BANDS, "edge", "other_edge")
    for kind in (_KINDS if band in _BANDS else ("step", "step_before"))
)
"""What is measured at each column, and around it."""


@dataclass(frozen=True, eq=False)
class _Small:
    """Two strips, made small: colours, and how much detail there was.

    Parameters
    ----------
    lab : tuple of (rows, columns, 3) float32
        CIELAB before and after.
    fine : tuple of (rows, columns) float32
        Log of the finest contrast before and after.
    flame : (rows, columns) float32
        Share of pixels that are coloured like flames after, and were not before.
    seen : (rows, columns) bool
        Where both are seen.
    side_rows : float
        Rows before the deck.
    """

    lab: tuple[NDArray[float32], NDArray[float32]]
    fine: tuple[NDArray[float32], NDArray[float32]]
    flame: NDArray[float32]
    seen: Mask
    side_rows: float

    def band(self, name: str, values: NDArray[float32]) -> NDArray[float32]:
        """Average the rows of a band that are seen; 0 where none is."""
        rows = [round(self.side_rows + _WIDE_PX * each) for each in _BANDS[name]]
        known = self.seen[rows[0] : rows[1]].astype(float32)
        weight = known.reshape(*known.shape, *[1] * (values.ndim - known.ndim))
        total = (values[rows[0] : rows[1]] * weight).sum(axis=0)
        return np.asarray(total / np.maximum(weight.sum(axis=0), 1), dtype=float32)


def hidden_columns(
    pictures: tuple[NDArray[uint8], NDArray[uint8]],
    matrices: tuple[Matrix3, Matrix3],
    grid: Grid,
) -> Mask:
    """Tell at which columns of a strip the deck is hidden in the after picture.

    Parameters
    ----------
    pictures : pair of (H, W, 3) uint8
        Before and after, sRGB.
    matrices : pair of (3, 3) float64
        Map strip -> each of them.
    grid : Grid
        Size of the strip.

    Returns
    -------
    (length_px,) bool
        By column of the deck.

    Notes
    -----
    What hides a deck also hides what is beside it: there colours change, detail is lost, and the
    step from the deck to what lies beside it goes. Where the deck alone is missing, the water or
    ground beside it stays as it was. A small network over such measures was fitted to smoke and
    flames put on rendered pairs. Limits: thin veils, and those that end at the deck's edge.
    """
    scores = mean_scores(veil_measures(pictures, matrices, grid), NAMES, fitted_veil())[:, 1]
    return np.asarray(scores >= load(CALIBRATION).value("min_hidden_score"))


@cache
def fitted_veil() -> tuple[Weights, ...]:
    """Load the weights that ship with the package.

    Returns
    -------
    tuple of Weights
        As fitted by ``benchmarks/accuracy/damage``.
    """
    file = resources.files("forensics.calibration") / "damage.veil.weights.json"
    return convert(json.loads(file.read_text("utf-8")), tuple[Weights, ...])


def veil_measures(
    pictures: tuple[NDArray[uint8], NDArray[uint8]],
    matrices: tuple[Matrix3, Matrix3],
    grid: Grid,
) -> NDArray[float64]:
    """Measure what changed on the deck and beside it, column by column.

    Parameters
    ----------
    pictures, matrices, grid
        As for `hidden_columns`.

    Returns
    -------
    (length_px, len(NAMES)) float64
        By column of the deck.

    Notes
    -----
    Of each band of rows: `lighter` and `hue` are the change of lightness and of hue, less their
    median beside the deck; `light` and `chroma` are of after alone, `light` less its median;
    `fine` is the log of the finest contrast after, `finer` that of after over before, less its
    median; `flame` the share of pixels coloured like flames. `step` is the difference in colour
    between the deck and the band beside it. *Near* is the side on which more changed.
    """
    small = _shrunk(pictures, matrices, grid)
    before, after = small.lab
    change = after - before
    beside = np.concatenate([small.band(name, change) for name in ("near", "other_near")])
    change = change - np.median(beside, axis=0).astype(float32)
    finer = small.fine[1] - small.fine[0]
    finer = finer - np.float32(np.median(finer[small.seen])) if small.seen.any() else finer
    light = after[..., 0] - np.float32(np.median(after[..., 0]))
    maps = {
        "lighter": change[..., 0],
        "hue": np.linalg.norm(change[..., 1:], axis=2).astype(float32),
        "light": light,
        "chroma": np.linalg.norm(after[..., 1:], axis=2).astype(float32),
        "fine": small.fine[1],
        "finer": finer,
        "flame": small.flame,
    }
    told = {f"{band}_{kind}": small.band(band, maps[kind]) for band in _BANDS for kind in _KINDS}
    for edge, band in (("edge", "near"), ("other_edge", "other_near")):
        for kind, lab in (("step", after), ("step_before", before)):
            step = small.band(band, lab) - small.band("deck", lab)
            told[f"{edge}_{kind}"] = np.linalg.norm(step, axis=1).astype(float32)
    told = _sorted(told)
    for name in list(told):
        told[f"{name}_around"] = np.asarray(
            cv2.GaussianBlur(told[name][None], (0, 0), _WIDE_PX * _REACH)[0], dtype=float32
        )
    table = np.stack([told[name] for name in NAMES], axis=1)
    return np.asarray(
        cv2.resize(table, (len(NAMES), grid.length_px), interpolation=cv2.INTER_LINEAR),
        dtype=float64,
    )


def _sorted(told: dict[str, NDArray[float32]]) -> dict[str, NDArray[float32]]:
    """Name the side on which more changed the near one, column by column."""
    change = {
        band: np.abs(told[f"{band}_lighter"]) + told[f"{band}_hue"]
        for band in ("near", "other_near")
    }
    turned = change["other_near"] > change["near"]
    mirrored = {**_MIRRORED, "edge": "other_edge", "other_edge": "edge"}
    found = {}
    for name, values in told.items():
        band = max((each for each in mirrored if name.startswith(f"{each}_")), key=len, default="")
        other = told[mirrored[band] + name.removeprefix(band)] if band else values
        found[name] = np.where(turned, other, values).astype(float32)
    return found


def _shrunk(
    pictures: tuple[NDArray[uint8], NDArray[uint8]],
    matrices: tuple[Matrix3, Matrix3],
    grid: Grid,
) -> _Small:
    side = round(grid.width_px * SIDE_MARGIN)
    wide = Grid(grid.length_px, grid.width_px, 0, side)
    # The strip begins at the end of the deck, and further out beside it.
    moved = np.array([[1.0, 0, grid.end_px], [0, 1.0, grid.side_px - side], [0, 0, 1.0]])
    scale = _WIDE_PX / grid.width_px
    size = (max(1, round(grid.length_px * scale)), round(wide.shape[0] * scale))
    strips, seen = zip(
        *(unroll(each, to @ moved, wide) for each, to in zip(pictures, matrices, strict=True)),
        strict=True,
    )
    flames = [_area(_flames(each), size) for each in strips]
    known = _area((seen[0] & seen[1]).astype(float32), size) > 0.5  # noqa: PLR2004 - most of it
    labs = [
        np.asarray(
            cv2.cvtColor(_area(each.astype(float32) / 255, size), cv2.COLOR_RGB2LAB), dtype=float32
        )
        for each in strips
    ]
    fine = [_area(_contrast(each), size) for each in strips]
    return _Small(
        (labs[0], labs[1]),
        (np.log(fine[0] + _LEAST_FINE), np.log(fine[1] + _LEAST_FINE)),
        np.maximum(flames[1] - flames[0], 0),
        known,
        side * scale,
    )


def _area(values: NDArray[float32], size: tuple[int, int]) -> NDArray[float32]:
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), dtype=float32)


def _contrast(strip: NDArray[uint8]) -> NDArray[float32]:
    grey = cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY).astype(float32)
    return np.abs(np.asarray(cv2.Laplacian(grey, cv2.CV_32F), dtype=float32))


def _flames(strip: NDArray[uint8]) -> NDArray[float32]:
    red, green, blue = (strip[..., each].astype(float32) for each in range(3))
    warm = (red >= _FLAME_RED) & (red - blue >= _FLAME_SPREAD) & (red >= green) & (green >= blue)
    return warm.astype(float32)
