"""Score the cells of a deck by small convolutional networks, which see what is around each."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import cv2
import numpy as np
from numpy import float32, uint8
from numpy.typing import NDArray

from forensics.damage.measures import NAMES, Measures
from forensics.damage.strip import Mask

ROWS = 24
"""Cells across the deck: every deck is brought to this scale, along and across."""

CLASSES = ("nothing", "scorch", "hole", "object", "missing_deck")
"""What a cell may be; an object (a vehicle, smoke) hides the deck, and is not examined."""

LAYERS = ("stem", "down1", "down2", "deep1", "deep2", "up2", "up1", "up0", "out")
"""Convolutions in the order they are used, see `_forward`."""

_CLIP = 4.0
_DOUBLINGS = 8
"""Columns are filled up to a multiple of this: the network halves its maps three times."""

Planes = NDArray[float32]


@dataclass(frozen=True, eq=False)
class CellNetwork:
    """A fitted network.

    Parameters
    ----------
    centre, scale : (measures,) float32
        Subtracted from the measures, by `NAMES`; divided by.
    weights : dict of (out, in, k, k) float32
        By layer.
    biases : dict of (out,) float32
        By layer.
    """

    centre: Planes
    scale: Planes
    weights: dict[str, Planes]
    biases: dict[str, Planes]


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a deck.

    Parameters
    ----------
    maps : (measures, ROWS, columns) float32
        Means of the measures by cell.
    seen : (ROWS, columns) bool
        Which are seen in both pictures.
    """

    maps: Planes
    seen: Mask


@cache
def fitted_networks() -> tuple[CellNetwork, ...]:
    """Load the networks that ship with the package.

    Returns
    -------
    tuple of CellNetwork
        As fitted by ``benchmarks/accuracy/damage``.
    """
    file = resources.files("forensics.calibration") / "damage.decide.cells.npz"
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as packed:
        whole = {name: packed[name] for name in packed.files}
    if tuple(whole["names"].tolist()) != NAMES:
        raise ValueError("the networks were fitted to other measures than there are")
    return tuple(unpacked(whole, number) for number in range(int(whole["count"])))


def unpacked(whole: dict[str, NDArray[np.generic]], number: int) -> CellNetwork:
    """Take one network out of what was saved.

    Parameters
    ----------
    whole : dict of arrays
        By ``<number>.<what>``.
    number : int
        Which network.

    Returns
    -------
    CellNetwork
        In single precision; saved are whole steps of the weights, one size of step an output.
    """
    centre, scale = (whole[f"{number}.{each}"].astype(float32) for each in ("centre", "scale"))
    weights: dict[str, Planes] = {}
    for name in LAYERS:
        steps = whole[f"{number}.{name}.step"].astype(float32)[:, None, None, None]
        weights[name] = whole[f"{number}.{name}.weight"].astype(float32) * steps
    biases = {name: whole[f"{number}.{name}.bias"].astype(float32) for name in LAYERS}
    return CellNetwork(centre, scale, weights, biases)


def cells_of(measures: Measures) -> Cells:
    """Bring the measures of a deck to cells.

    Parameters
    ----------
    measures : Measures
        Of a deck, by pixel of the strip.

    Returns
    -------
    Cells
        As many columns as keep the cells square.
    """
    rows, columns = measures.seen.shape
    size = (max(_DOUBLINGS, round(columns * ROWS / rows)), ROWS)
    maps = [
        cv2.resize(np.ascontiguousarray(each), size, interpolation=cv2.INTER_AREA)
        for each in np.moveaxis(measures.maps, 2, 0)
    ]
    seen = cv2.resize(measures.seen.astype(uint8), size, interpolation=cv2.INTER_NEAREST)
    return Cells(np.stack(maps).astype(float32), np.asarray(seen, dtype=bool))


def cell_scores(cells: Cells, networks: Sequence[CellNetwork]) -> Planes:
    """Score each cell.

    Parameters
    ----------
    cells : Cells
        Of a deck.
    networks : sequence of CellNetwork
        Their scores are averaged, over the deck turned round and mirrored, too: what happened to a
        deck does not depend on where it was begun to be unrolled.

    Returns
    -------
    (ROWS, columns, len(CLASSES)) float32
        Shares that sum to 1.
    """
    columns = cells.seen.shape[1]
    more = -columns % _DOUBLINGS
    total = np.zeros((len(CLASSES), *cells.seen.shape), float32)
    ways = [(slice(None), slice(None, None, down), slice(None, None, on))
            for down in (1, -1) for on in (1, -1)]  # fmt: skip
    for network in networks:
        planes = np.pad(_inputs(cells, network), ((0, 0), (0, 0), (0, more)))
        for way in ways:
            found = _shares(_forward(np.ascontiguousarray(planes[way]), network))
            total += found[way][..., :columns]
    return np.asarray(np.moveaxis(total / (len(networks) * len(ways)), 0, 2))


def _inputs(cells: Cells, network: CellNetwork) -> Planes:
    """Give what a network looks at: measures on one scale, what is seen, how near an edge it is."""
    maps = (cells.maps - network.centre[:, None, None]) / network.scale[:, None, None]
    seen = cells.seen.astype(float32)[None]
    aside = np.abs(np.linspace(-1, 1, ROWS, dtype=float32))[None, :, None]
    planes = [np.clip(maps, -_CLIP, _CLIP) * seen, seen, np.broadcast_to(aside, seen.shape)]
    return np.concatenate(planes)


def _forward(planes: Planes, network: CellNetwork) -> Planes:
    """Run a network: down to an eighth of the size and up again, beside what was there (U-Net).

    References
    ----------
    O. Ronneberger, P. Fischer, T. Brox (2015), 10.1007/978-3-319-24574-4_28.
    """

    def layer(name: str, *inputs: Planes) -> Planes:
        return np.maximum(_convolved(np.concatenate(inputs), name, network), 0)

    stem = layer("stem", planes)
    half = layer("down1", _halved(stem))
    quarter = layer("down2", _halved(half))
    deep = layer("deep2", layer("deep1", _halved(quarter)))
    quarter = layer("up2", _doubled(deep), quarter)
    half = layer("up1", _doubled(quarter), half)
    return _convolved(layer("up0", _doubled(half), stem), "out", network)


def _convolved(planes: Planes, name: str, network: CellNetwork) -> Planes:
    weights, bias = network.weights[name], network.biases[name]
    side = weights.shape[2]
    _, rows, columns = planes.shape
    around = side // 2
    padded = np.pad(planes, ((0, 0), (around, around), (around, around)))
    # One product of matrices: the neighbours of each cell stand beside each other.
    near = np.stack(
        [
            padded[:, down : down + rows, on : on + columns]
            for down in range(side)
            for on in range(side)
        ],
        axis=1,
    ).reshape(-1, rows * columns)
    found = weights.reshape(len(weights), -1) @ near + bias[:, None]
    return np.asarray(found.reshape(-1, rows, columns), dtype=float32)


def _halved(planes: Planes) -> Planes:
    count, rows, columns = planes.shape
    return np.asarray(planes.reshape(count, rows // 2, 2, columns // 2, 2).mean(axis=(2, 4)))


def _doubled(planes: Planes) -> Planes:
    return planes.repeat(2, axis=1).repeat(2, axis=2)


def _shares(values: Planes) -> Planes:
    grown = np.exp(values - values.max(axis=0))
    return np.asarray(grown / grown.sum(axis=0))
