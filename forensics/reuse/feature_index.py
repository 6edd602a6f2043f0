"""Find the pictures of an archive that share local features with a query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy import float32, uint8, uint16, uint32, uint64
from numpy.typing import NDArray

from forensics.vision.alignment import Pairs
from forensics.vision.codes import CELLS_A_HALF, CodedFeatures

CELLS = CELLS_A_HALF**2

NEAR_BITS = 26
"""Codes of one cell that differ in at most so many bits vote for a picture.

Three of four true partners do, and one in a thousand of others."""

MAX_COMPARED = 20_000_000
"""Codes compared for one query at most; in larger archives fewer cells are looked into."""

_CHUNK = 1_000_000
_SOFT_BITS = 12.0


@dataclass(frozen=True, eq=False)
class FeatureIndex:
    """The codes of many pictures, ordered by cell.

    Parameters
    ----------
    starts : (65537,) int64
        Where each cell begins.
    codes : (N, 2) uint64
        128 bits for each feature.
    owners : (N,) uint32
        Picture that each belongs to.
    places : (N,) uint16
        Position of each in its picture's list of features.
    pictures : int
        How many pictures there are.
    """

    starts: NDArray[np.int64]
    codes: NDArray[uint64]
    owners: NDArray[uint32]
    places: NDArray[uint16]
    pictures: int


@dataclass(frozen=True, eq=False)
class Candidate:
    """A picture that shares features with a query.

    Parameters
    ----------
    picture : int
        Its number in the index.
    votes : float
        Weight of the features they share.
    pairs : Pairs
        The features themselves, one partner for each of the query's.
    """

    picture: int
    votes: float
    pairs: Pairs


def build_index(features: Iterable[CodedFeatures]) -> FeatureIndex:
    """Order the codes of pictures by cell.

    Parameters
    ----------
    features : iterable of CodedFeatures
        Of each picture.

    Returns
    -------
    FeatureIndex
        Pictures are numbered in the order given.
    """
    cells, codes, counts = [], [], []
    for each in features:
        cells.append(each.cells[:, 0])
        codes.append(each.codes)
        counts.append(len(each))
    together = np.concatenate([*cells, np.zeros(0, uint16)])
    order = np.argsort(together, kind="stable")
    starts = np.zeros(CELLS + 1, dtype=np.int64)
    np.cumsum(np.bincount(together, minlength=CELLS), out=starts[1:])
    owners = np.repeat(np.arange(len(counts), dtype=uint32), counts)
    places = np.concatenate([*(np.arange(count, dtype=uint16) for count in counts), _NO_PLACES])
    packed = np.concatenate([*codes, np.zeros((0, 2), uint64)])
    return FeatureIndex(starts, packed[order], owners[order], places[order], len(counts))


_NO_PLACES = np.zeros(0, uint16)


def find_candidates(
    index: FeatureIndex,
    query: CodedFeatures,
    *,
    limit: int,
) -> tuple[Candidate, ...]:
    """Find the pictures that share most features with a query.

    Parameters
    ----------
    index : FeatureIndex
        What to search.
    query : CodedFeatures
        Features of the query.
    limit : int
        How many pictures to give at most.

    Returns
    -------
    tuple of Candidate
        Most votes first, then by number.

    Notes
    -----
    A vote weighs less the more bits differ, and the more pictures a feature of the query is found
    in: what is in every screenshot says nothing. A feature votes once for a picture.
    """
    if not index.pictures or not len(query):
        return ()
    rows, found, bits = _near(index, query.codes, query.cells)
    if not len(rows):
        return ()
    # One vote a feature and picture, the nearest; rows come in order of features.
    key = rows.astype(np.int64) * index.pictures + index.owners[found]
    order = np.lexsort((bits, key))
    first = np.r_[True, np.diff(key[order]) != 0]
    kept = order[first]
    spread = np.bincount(rows[kept], minlength=len(query))
    weight = np.exp(-((bits[kept] / _SOFT_BITS) ** 2).astype(float32))
    weight *= np.log1p(index.pictures / spread[rows[kept]]).astype(float32)
    owners = index.owners[found[kept]]
    votes = np.bincount(owners, weights=weight, minlength=index.pictures)
    best = np.lexsort((np.arange(len(votes)), -votes))[:limit]
    by_owner = np.argsort(owners, kind="stable")
    begin = np.searchsorted(owners[by_owner], best, side="left")
    end = np.searchsorted(owners[by_owner], best, side="right")
    candidates = []
    for picture, start, stop in zip(best, begin, end, strict=True):
        chosen = kept[by_owner[start:stop]]
        if len(chosen):
            pairs = Pairs(rows[chosen], index.places[found[chosen]].astype(np.intp))
            candidates.append(Candidate(int(picture), float(votes[picture]), pairs))
    return tuple(candidates)


def _near(
    index: FeatureIndex, codes: NDArray[uint64], cells: NDArray[uint16]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[uint8]]:
    """Compare the features with all that lie in their cells."""
    probes = cells.shape[1]
    begin, end = index.starts[:-1][cells], index.starts[1:][cells]
    sizes = end - begin
    while probes > 1 and sizes[:, :probes].sum() > MAX_COMPARED:
        probes -= 1
    rows = np.repeat(np.arange(len(codes)), probes)
    begin, sizes = begin[:, :probes].ravel(), sizes[:, :probes].ravel()
    parts: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[uint8]]] = []
    for chunk in _chunks(sizes):
        size = sizes[chunk]
        total = int(size.sum())
        if not total:
            continue
        ends = np.cumsum(size)
        at = np.arange(total) - np.repeat(ends - size - begin[chunk], size)
        row = np.repeat(rows[chunk], size)
        differing = np.bitwise_count(index.codes[at, 0] ^ codes[row, 0])
        differing += np.bitwise_count(index.codes[at, 1] ^ codes[row, 1])
        near = np.flatnonzero(differing <= NEAR_BITS)
        parts.append((row[near], at[near], differing[near]))
    if not parts:
        none = np.zeros(0, np.intp)
        return none, none, np.zeros(0, uint8)
    together = [np.concatenate(each) for each in zip(*parts, strict=True)]
    return together[0], together[1], together[2]


def _chunks(sizes: NDArray[np.int64]) -> Sequence[slice]:
    """Cut the ranges into runs of about a million codes."""
    ends = np.cumsum(sizes)
    marks = np.searchsorted(ends, np.arange(_CHUNK, int(ends[-1]) if len(ends) else 0, _CHUNK))
    edges = np.unique(np.r_[0, marks, len(sizes)])
    return [slice(int(a), int(b)) for a, b in pairwise(edges)]
