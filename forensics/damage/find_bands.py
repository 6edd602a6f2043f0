"""Bands of a picture that may be a deck: what is inside, what beside, and where it ends."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy import float32, float64, uint8
from numpy.typing import NDArray

from forensics.damage.find_lines import Ends, Points, covered

COLUMNS, ROWS = 96, 65
REACH = 0.8
"""A band is sampled along its length and across it, to so many widths beyond either edge."""

BAND_MEASURES = (
    "cover_less",
    "cover_more",
    "log_slenderness",
    "length",
    "log_width",
    "taper",
    "contrast_less",
    "contrast_more",
    "sides_differ",
    "uneven_inside",
    "chroma_inside",
    "chroma_beside",
    "rough_inside",
    "rough_beside",
    "rough_difference",
    "edge_less",
    "edge_more",
    "inner_edge",
    "outer_edge",
    "halves_differ",
    "brighter",
    "bank_less",
    "bank_more",
    "edges_end",
    "crowd",
)
"""Names of the measures of a band, in their order."""

_NEAR, _FAR = 0.12, 0.7
"""What is beside the band, in widths from its edge: parapets and their shadows are nearer."""

_RIM, _MIDDLE = 0.1, 0.5
_LEAST_PIECE = 0.5
_BANK_COST, _SHORT_COST = 6.0, 2.0
"""A change of the ground beside the band must explain so much more than noise to count; what is cut
off by it costs, too: glare and shadows on the water are no banks."""

_FLOOR = 4.0
"""Differences of colour below this are noise, in units of L*a*b* as 8 bits."""


@dataclass(frozen=True, eq=False)
class Band:
    """One band.

    Parameters
    ----------
    corners : (4, 2) float64
        From one side of the picture to the other: along one edge, back along the other.
    start, end : float
        What of it lies over water or a valley, as shares of its length; 0 and 1 are where it
        leaves the picture.
    measures : (len(BAND_MEASURES),) float64
        What was measured.
    strip : (ROWS, COLUMNS, 3) float32
        The band and what is beside it, unrolled, L*a*b*.
    """

    corners: Points
    start: float
    end: float
    measures: NDArray[float64]
    strip: NDArray[float32]


def lab(pixels: NDArray[uint8]) -> NDArray[float32]:
    """Give the colours of a picture in L*a*b*, slightly smoothed.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        The picture, sRGB.

    Returns
    -------
    (H, W, 3) float32
        0 to 255 each, as in 8 bits.
    """
    colours = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)
    return np.asarray(cv2.GaussianBlur(colours, (0, 0), 0.7), dtype=float32)


def unroll_band(colours: NDArray[float32], corners: Points) -> NDArray[float32]:
    """Sample a band and what is beside it.

    Parameters
    ----------
    colours : (H, W, 3) float32
        The picture.
    corners : (4, 2) float64
        Of the band.

    Returns
    -------
    (ROWS, COLUMNS, 3) float32
        Rows from `REACH` widths before the first edge to as many after the second.
    """
    across = np.linspace(-REACH, 1 + REACH, ROWS)[:, None, None]
    along = ((np.arange(COLUMNS) + 0.5) / COLUMNS)[None, :, None]
    first = corners[0] + (corners[1] - corners[0]) * along
    second = corners[3] + (corners[2] - corners[3]) * along
    at = (first + (second - first) * across).astype(float32)
    return np.asarray(
        cv2.remap(
            colours, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ),
        dtype=float32,
    )


def measure_band(
    colours: NDArray[float32], corners: Points, pieces: tuple[Ends, Ends], *, crowd: int
) -> Band:
    """Measure one band.

    Parameters
    ----------
    colours : (H, W, 3) float32
        The picture, L*a*b*.
    corners : (4, 2) float64
        Of the band, from one side of the picture to the other.
    pieces : tuple of (K, 2) float64
        Of either edge: where segments lie on it, as shares of its length.
    crowd : int
        How many bands the picture has: where lines abound none of them is a deck.

    Returns
    -------
    Band
        With its ends.
    """
    strip = unroll_band(colours, corners)
    place = np.linspace(-REACH, 1 + REACH, ROWS)
    beside = [
        strip[(place >= -_FAR) & (place <= -_NEAR)],
        strip[(place >= 1 + _NEAR) & (place <= 1 + _FAR)],
    ]
    described = [_described(each) for each in beside]
    found = [_stretch(each) for each in described]
    start = min(each[0] for each in found)
    end = max(each[1] for each in found)
    inside = strip[(place > _RIM) & (place < 1 - _RIM)]
    some = slice(round(start * COLUMNS), max(round(start * COLUMNS) + 1, round(end * COLUMNS)))
    measures = np.array(
        [
            *_shape(corners, pieces, start, end, colours.shape),
            *_colours(inside[:, some], [each[:, some] for each in beside]),
            *_profile(strip[:, some], place),
            *sorted(each[2] for each in found),
            _edges_end(strip, place, some),
            np.log1p(crowd),
        ]
    )
    return Band(corners, start, end, np.nan_to_num(measures), strip)


def unlike_beside(band: Band) -> float:
    """Give how much of a band's contrast remains in the mean along it.

    Parameters
    ----------
    band : Band
        The band, with its strip.

    Returns
    -------
    float
        1 when the band is unlike its surroundings everywhere in the same way; about 0 for a row of
        a chequered board, which differs from its neighbours in place and not in colour.
    """
    some = slice(round(band.start * COLUMNS), max(1, round(band.end * COLUMNS)))
    place = np.linspace(-REACH, 1 + REACH, ROWS)
    inside = np.median(band.strip[(place > _RIM) & (place < 1 - _RIM)][:, some], axis=0)
    kept = []
    for which in (
        (place >= -_FAR) & (place <= -_NEAR),
        (place >= 1 + _NEAR) & (place <= 1 + _FAR),
    ):
        off = inside - np.median(band.strip[which][:, some], axis=0)
        each = float(np.linalg.norm(off, axis=1).mean())
        kept.append(float(np.linalg.norm(off.mean(axis=0))) / (each + _FLOOR))
    return min(kept)


def bank_places(strip: NDArray[float32]) -> list[float]:
    """Give where the bank on either side of a band ends and the water begins.

    Parameters
    ----------
    strip : (ROWS, COLUMNS, 3) float32
        The band, unrolled.

    Returns
    -------
    list of float
        By side: a share of the length; 0 where the picture begins over water.
    """
    place = np.linspace(-REACH, 1 + REACH, ROWS)
    beside = (
        strip[(place >= -_FAR) & (place <= -_NEAR)],
        strip[(place >= 1 + _NEAR) & (place <= 1 + _FAR)],
    )
    return [_stretch(_described(each))[0] for each in beside]


def _shape(
    corners: Points,
    pieces: tuple[Ends, Ends],
    start: float,
    end: float,
    shape: tuple[int, ...],
) -> list[float]:
    diagonal = float(np.hypot(shape[0], shape[1]))
    cover = sorted(covered(each, start, end) for each in pieces)
    length = float(np.linalg.norm(corners[[1, 2]].mean(axis=0) - corners[[0, 3]].mean(axis=0)))
    length *= end - start
    widths = np.linalg.norm(corners[[3, 2]] - corners[[0, 1]], axis=1)
    width = float(widths.mean())
    taper = float(np.abs(np.log(max(widths[0], 1e-6) / max(widths[1], 1e-6))))
    return [
        *cover,
        float(np.log(length / width)),
        length / diagonal,
        float(np.log(width / diagonal)),
        taper,
    ]


def _colours(inside: NDArray[float32], beside: list[NDArray[float32]]) -> list[float]:
    columns = np.median(inside, axis=0)
    sides = [np.median(each, axis=0) for each in beside]
    contrast = sorted(float(np.median(np.linalg.norm(columns - each, axis=1))) for each in sides)
    differ = float(np.linalg.norm(np.median(sides[0], axis=0) - np.median(sides[1], axis=0)))
    chroma = [
        float(np.median(np.linalg.norm(each[..., 1:] - 128, axis=-1))) for each in (inside, *beside)
    ]
    rough = [_roughness(each) for each in (inside, *beside)]
    uneven = float(np.median(np.abs(columns[:, 0] - np.median(columns[:, 0]))))
    return [
        *(float(np.log(each + _FLOOR)) for each in contrast),
        float(np.log((differ + _FLOOR) / (contrast[0] + _FLOOR))),
        float(np.log((uneven + 1) / (contrast[0] + _FLOOR))),
        float(np.log(chroma[0] + _FLOOR)),
        float(np.log(np.mean(chroma[1:]) + _FLOOR)),
        float(np.log(rough[0] + 1)),
        float(np.log(np.mean(rough[1:]) + 1)),
        float(np.abs(np.log((rough[1] + 1) / (rough[2] + 1)))),
    ]


def _roughness(part: NDArray[float32]) -> float:
    """Give the usual difference of brightness between neighbours along the band."""
    steps = np.abs(np.diff(part[..., 0], axis=1))
    return float(steps.mean()) if steps.size else 0.0


def _profile(strip: NDArray[float32], place: NDArray[float64]) -> list[float]:
    """Compare the steps of the profile at both edges with those within and beside the band."""
    profile = np.median(strip, axis=1)
    steps = np.linalg.norm(profile[2:] - profile[:-2], axis=1)
    at = place[1:-1]
    edges = [float(steps[np.abs(at - edge) < _RIM].max()) for edge in (0.0, 1.0)]
    inner = float(steps[(at > _RIM) & (at < 1 - _RIM)].max())
    outer = float(steps[(at < -_RIM) | (at > 1 + _RIM)].max())
    low, high = sorted(edges)
    halves = (
        profile[(place > _RIM) & (place < _MIDDLE)],
        profile[(place > _MIDDLE) & (place < 1 - _RIM)],
    )
    halves_differ = float(np.linalg.norm(halves[0].mean(axis=0) - halves[1].mean(axis=0)))
    middle = profile[(place > _RIM) & (place < 1 - _RIM), 0].mean()
    around = profile[(place < -_RIM) | (place > 1 + _RIM), 0].mean()
    return [
        float(np.log(low + 1)),
        float(np.log(high + 1)),
        float(np.log((inner + 2) / (low + 2))),
        float(np.log((outer + 2) / (low + 2))),
        float(np.log((halves_differ + _FLOOR) / (low + _FLOOR))),
        float(middle - around) / 50,
    ]


def _described(beside: NDArray[float32]) -> NDArray[float64]:
    """Describe the ground beside the band by column: colour and roughness."""
    colour = np.median(beside, axis=0)
    steps = np.abs(np.diff(beside[..., 0], axis=0)).mean(axis=0)
    described = np.concatenate([colour, 4 * np.log(steps + 1)[:, None]], axis=1).astype(float64)
    return np.asarray(cv2.blur(described, (1, 3), borderType=cv2.BORDER_REPLICATE))


def _stretch(described: NDArray[float64]) -> tuple[float, float, float]:
    """Cut a side into bank, water, bank; either bank may be missing.

    Returns
    -------
    start, end : float
        Of the middle piece, as shares of the length.
    bank : float
        How much the banks differ from the middle, against what varies within the pieces.
    """
    count = len(described)
    sums = np.vstack([np.zeros(described.shape[1]), np.cumsum(described, axis=0)])
    squares = np.concatenate([[0.0], np.cumsum((described**2).sum(axis=1))])

    def scatter(first: NDArray[np.int_], last: NDArray[np.int_]) -> NDArray[float64]:
        number = np.maximum(last - first, 1)
        total = sums[last] - sums[first]
        spread = squares[last] - squares[first] - (total**2).sum(axis=-1) / number
        return np.asarray(np.maximum(spread, 0))

    first, last = np.triu_indices(count + 1, round(_LEAST_PIECE * count))
    zero, whole = np.zeros_like(first), np.full_like(first, count)
    cost = scatter(zero, first) + scatter(first, last) + scatter(last, whole)
    one = np.array([count])
    plain = float(scatter(one * 0, one)[0])
    noise = max(float(cost.min()) / count, _FLOOR)
    cost = cost + _BANK_COST * noise * ((first > 0).astype(float64) + (last < count))
    cost = cost + _SHORT_COST * noise * (first + count - last)
    best = int(cost.argmin())
    gain = np.log((plain + noise * count) / (float(cost[best]) + noise * count))
    return float(first[best]) / count, float(last[best]) / count, float(gain)


def _edges_end(strip: NDArray[float32], place: NDArray[float64], some: slice) -> float:
    """Compare the band's contrast within its ends with that beyond them."""
    inside = np.median(strip[(place > _RIM) & (place < 1 - _RIM)], axis=0)
    around = [np.median(strip[which], axis=0) for which in ((place < -_NEAR), (place > 1 + _NEAR))]
    contrast = np.minimum(*(np.linalg.norm(inside - each, axis=1) for each in around))
    beyond = np.delete(contrast, np.arange(COLUMNS)[some])
    if not len(beyond):
        return 0.0
    within = float(np.median(contrast[some]))
    return float(np.log((within + _FLOOR) / (float(np.median(beyond)) + _FLOOR)))
