"""Compact codes of local features: 26 bytes a point, to be stored and compared by the million."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Self

import numpy as np
from numpy import float32, uint8, uint16, uint64
from numpy.typing import NDArray

from forensics.vision.features import Features

RECIPE = "rootsift-imi256-itq128/1"
"""Recipe from pixels to codes; it changes its number when codes would change."""

CODE_BITS = 128
CELLS_A_HALF = 256
"""Words for each half of a descriptor; a cell is a pair of them, 65,536 in all."""

NEAREST = 2
"""Cells that are kept of each feature: many lie near the border of two."""

CODEBOOK = "codebook.npz"
"""Made by ``benchmarks/make_codebook.py``."""

_WORD_BITS = 64
_POINT_STEPS = 64.0
"""Positions are kept to a sixty-fourth of a pixel, in pictures of up to 1,024 pixels a side."""

_SIZE_STEPS = 32.0
"""Diameters are kept to a thirty-second of an octave."""

_SMALLEST_LOG2 = -1.0
_ANGLE_STEPS = 256.0 / 360.0
_MAX_BYTE = 255
_MAX_SHORT = 65_535

_HEAD = np.dtype([("width", "<u2"), ("height", "<u2")])
_POINT = np.dtype(
    [
        ("x", "<u2"),
        ("y", "<u2"),
        ("size", "u1"),
        ("angle", "u1"),
        ("cells", "<u2", 2),
        ("code", "<u8", 2),
    ]
)


@dataclass(frozen=True, eq=False)
class CodedFeatures:
    """Local features of one picture with compact codes in place of descriptors.

    Parameters
    ----------
    size_px : (int, int)
        Width and height of the picture they were found in.
    points : (N, 2) float32
        x and y in pixels of that picture.
    sizes_px : (N,) float32
        Diameter of each.
    angles_deg : (N,) float32
        Direction of each, clockwise from the x axis, 0 to 360.
    cells : (N, 2) uint16
        The two cells of the codebook nearest to each.
    codes : (N, 2) uint64
        128 bits; those of features that look alike differ in few.
    """

    size_px: tuple[int, int]
    points: NDArray[float32]
    sizes_px: NDArray[float32]
    angles_deg: NDArray[float32]
    cells: NDArray[uint16]
    codes: NDArray[uint64]

    def __len__(self) -> int:
        """Count the points."""
        return len(self.points)

    def mirrored(self) -> Self:
        """Give the features that the mirror image of the picture would have.

        Cells and codes are made so that a mirror swaps halves and words: nothing is described
        again.

        Returns
        -------
        CodedFeatures
            Of the picture mirrored left to right, in the same order.
        """
        points = self.points.copy()
        points[:, 0] = self.size_px[0] - 1 - points[:, 0]
        angles = ((180.0 - self.angles_deg) % 360.0).astype(float32)
        codes = np.ascontiguousarray(self.codes[:, ::-1])
        return type(self)(
            self.size_px, points, self.sizes_px, angles, mirrored_cells(self.cells), codes
        )

    def first(self, count: int) -> Self:
        """Give the features that matter most.

        Parameters
        ----------
        count : int
            How many.

        Returns
        -------
        CodedFeatures
            The first ones.
        """
        return type(self)(
            self.size_px,
            self.points[:count],
            self.sizes_px[:count],
            self.angles_deg[:count],
            self.cells[:count],
            self.codes[:count],
        )


@dataclass(frozen=True, eq=False)
class Codebook:
    """What turns descriptors into cells and codes.

    Parameters
    ----------
    mean : (128,) float32
        Mean descriptor.
    even, odd : (128, 64) float32
        Directions that a mirror leaves as they are, and those that it turns round.
    even_words, odd_words : (256, 64) float32
        Words along each; word k + 128 of `odd_words` is word k negated.
    bits : (128, 128) float32
        Directions whose signs are the code; a mirror takes direction k to k + 64 and back.
    """

    mean: NDArray[float32]
    even: NDArray[float32]
    odd: NDArray[float32]
    even_words: NDArray[float32]
    odd_words: NDArray[float32]
    bits: NDArray[float32]


@cache
def load_codebook() -> Codebook:
    """Read the codebook that ships with the package.

    Returns
    -------
    Codebook
        As ``benchmarks/make_codebook.py`` made it.
    """
    data = files("forensics.vision").joinpath(CODEBOOK).read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as parts:
        return Codebook(**{name: parts[name].astype(float32) for name in parts.files})


def encode(features: Features, *, size_px: tuple[int, int]) -> CodedFeatures:
    """Give features compact codes.

    Parameters
    ----------
    features : Features
        Of one picture.
    size_px : (int, int)
        Width and height of that picture.

    Returns
    -------
    CodedFeatures
        In the same order.

    References
    ----------
    Cells: A. Babenko, V. Lempitsky, "The Inverted Multi-Index", 2012,
    https://doi.org/10.1109/CVPR.2012.6248038. Codes: Y. Gong, S. Lazebnik, "Iterative
    Quantization", 2011, https://doi.org/10.1109/CVPR.2011.5995432; used within cells as in
    H. Jegou et al., "Hamming Embedding", 2008, https://doi.org/10.1007/978-3-540-88682-2_24.
    """
    book = load_codebook()
    centred = features.descriptors - book.mean
    cells = nearest_cells(features.descriptors, probes=NEAREST)
    return CodedFeatures(
        size_px,
        features.points,
        features.sizes_px,
        features.angles_deg,
        cells,
        _packed(centred @ book.bits > 0),
    )


def nearest_cells(descriptors: NDArray[float32], *, probes: int) -> NDArray[uint16]:
    """Give the cells nearest to descriptors.

    Parameters
    ----------
    descriptors : (N, 128) float32
        RootSIFT.
    probes : int
        How many cells for each, at most 64.

    Returns
    -------
    (N, probes) uint16
        The nearest first.
    """
    book = load_codebook()
    centred = descriptors - book.mean
    shortlist = min(CELLS_A_HALF, max(1, probes))
    best, far = [], []
    for directions, words in ((book.even, book.even_words), (book.odd, book.odd_words)):
        distances = (words**2).sum(axis=1) - 2 * (centred @ directions) @ words.T
        order = np.argpartition(distances, shortlist - 1, axis=1)[:, :shortlist]
        best.append(order)
        far.append(np.take_along_axis(distances, order, axis=1))
    together = (far[0][:, :, None] + far[1][:, None, :]).reshape(len(descriptors), shortlist**2)
    chosen = np.argsort(together, axis=1, kind="stable")[:, :probes]
    first = np.take_along_axis(best[0], chosen // shortlist, axis=1)
    second = np.take_along_axis(best[1], chosen % shortlist, axis=1)
    return np.asarray(first * CELLS_A_HALF + second, dtype=uint16)


def mirrored_cells(cells: NDArray[uint16]) -> NDArray[uint16]:
    """Give the cells that features fall into when the picture is mirrored.

    Parameters
    ----------
    cells : uint16
        Cells, of any shape.

    Returns
    -------
    uint16
        Of the same shape.
    """
    return cells ^ uint16(CELLS_A_HALF // 2)


def differing_bits(some: NDArray[uint64], others: NDArray[uint64]) -> NDArray[uint8]:
    """Count the bits in which codes differ, every one with every other.

    Parameters
    ----------
    some : (N, 2) uint64
        Codes.
    others : (M, 2) uint64
        Codes.

    Returns
    -------
    (N, M) uint8
        0 to 128.
    """
    counts = np.bitwise_count(some[:, None, 0] ^ others[None, :, 0])
    counts += np.bitwise_count(some[:, None, 1] ^ others[None, :, 1])
    return np.asarray(counts, dtype=uint8)


def to_bytes(features: CodedFeatures) -> bytes:
    """Pack coded features into bytes.

    Parameters
    ----------
    features : CodedFeatures
        Of a picture of at most 1,023 pixels a side.

    Returns
    -------
    bytes
        4 bytes, then 26 for each point.
    """
    head = np.array([features.size_px], dtype=_HEAD)
    packed = np.zeros(len(features), dtype=_POINT)
    points = np.clip(np.rint(features.points * _POINT_STEPS), 0, _MAX_SHORT)
    packed["x"], packed["y"] = points[:, 0], points[:, 1]
    octave = np.log2(np.maximum(features.sizes_px, 2.0**_SMALLEST_LOG2)) - _SMALLEST_LOG2
    packed["size"] = np.clip(np.rint(octave * _SIZE_STEPS), 0, _MAX_BYTE)
    packed["angle"] = np.rint(features.angles_deg * _ANGLE_STEPS).astype(int) & _MAX_BYTE
    packed["cells"], packed["code"] = features.cells, features.codes
    return head.tobytes() + packed.tobytes()


def from_bytes(data: bytes) -> CodedFeatures:
    """Unpack what `to_bytes` packed.

    Parameters
    ----------
    data : bytes
        Packed features.

    Returns
    -------
    CodedFeatures
        Positions to a sixty-fourth of a pixel, directions to 1.4 degrees.

    Raises
    ------
    ValueError
        When the bytes are cut short or say something impossible.
    """
    body = len(data) - _HEAD.itemsize
    if body < 0 or body % _POINT.itemsize:
        raise ValueError(f"{len(data)} bytes are no packed features")
    head = np.frombuffer(data, dtype=_HEAD, count=1)[0]
    size = (int(head["width"]), int(head["height"]))
    packed = np.frombuffer(data, dtype=_POINT, offset=_HEAD.itemsize)
    points = np.stack([packed["x"], packed["y"]], axis=1).astype(float32) / float32(_POINT_STEPS)
    if 0 in size or (len(points) and bool((points > np.array(size, float32)).any())):
        raise ValueError("packed features outside their picture")
    sizes = np.exp2(packed["size"] / _SIZE_STEPS + _SMALLEST_LOG2).astype(float32)
    angles = (packed["angle"] / _ANGLE_STEPS).astype(float32)
    return CodedFeatures(size, points, sizes, angles, packed["cells"].copy(), packed["code"].copy())


def _packed(bits: NDArray[np.bool_]) -> NDArray[uint64]:
    packed = np.packbits(bits, axis=1, bitorder="little")
    return np.ascontiguousarray(packed).view("<u8").reshape(-1, CODE_BITS // _WORD_BITS)
