"""Find the rows of a table of 256-bit hashes that are near a query, exactly."""

import numpy as np
from numpy import int32, int64, uint8, uint16, uint64
from numpy.typing import NDArray

CHUNK_ROWS = 16_384
"""Hashes compared at once: 4 MiB of differing words for the eight orientations."""

PARTS = 16
"""A hash is cut into so many parts of 16 bits."""

MAX_INDEXED_BITS = 2 * PARTS - 1
"""Two hashes that differ in no more bits have a part that differs in one bit or none."""

MIN_INDEXED_ROWS = 5_000
"""Smaller tables are read through as fast as they are looked up in."""

SCANS_BEFORE_INDEX = 2
"""Making the index takes as long as reading through the table about so often."""

_PART_VALUES = 1 << 16
_FLIPS = np.concatenate([[0], 1 << np.arange(16)]).astype(uint16)


class HashNeighbours:
    """A table of hashes that can be asked for those near a query.

    Parameters
    ----------
    words : (N, 4) uint64
        The hashes, eight bytes a word.

    Notes
    -----
    Multi-index hashing: rows are listed by the value of each part, and a query's parts are looked
    up as they are and with one bit flipped. What is found is compared in full, so the answer is
    that of reading through the table.

    References
    ----------
    M. Norouzi, A. Punjani, D. Fleet, "Fast Search in Hamming Space with Multi-Index Hashing",
    2012, https://doi.org/10.1109/CVPR.2012.6248043.
    """

    def __init__(self, words: NDArray[uint64]) -> None:
        self._words = words
        self._asked = 0
        self._table: tuple[NDArray[int32], NDArray[int32]] | None = None

    def within(
        self, queries: NDArray[uint64], max_distance_bits: int
    ) -> tuple[NDArray[int64], NDArray[int64], NDArray[int64]]:
        """Find the rows within a distance of any of some queries.

        Parameters
        ----------
        queries : (Q, 4) uint64
            Hashes, eight bytes a word.
        max_distance_bits : int
            Largest Hamming distance that counts.

        Returns
        -------
        (rows, distances, nearest)
            (M,) int64 each: rows in order, how many bits each differs from the nearest query, and
            which query that is; of equally near ones the first.
        """
        self._asked += 1
        is_indexable = max_distance_bits <= MAX_INDEXED_BITS
        is_large = len(self._words) >= MIN_INDEXED_ROWS
        if is_indexable and is_large and self._asked > SCANS_BEFORE_INDEX:
            if self._table is None:
                self._table = _listed_by_parts(self._words)
            return self._looked_up(*self._table, queries, max_distance_bits)
        return self._read_through(queries, max_distance_bits)

    def _read_through(
        self, queries: NDArray[uint64], max_distance_bits: int
    ) -> tuple[NDArray[int64], NDArray[int64], NDArray[int64]]:
        rows, nearest, which = [], [], []
        for start in range(0, len(self._words), CHUNK_ROWS):
            chunk = self._words[start : start + CHUNK_ROWS]
            differing = np.bitwise_count(queries[:, None, :] ^ chunk[None])
            distances = differing.sum(axis=2, dtype=int64)
            least = distances.min(axis=0)
            near = np.flatnonzero(least <= max_distance_bits)
            rows.append(near + start)
            nearest.append(least[near])
            which.append(distances[:, near].argmin(axis=0))
        none = [np.zeros(0, int64)]
        return (
            np.concatenate(rows or none),
            np.concatenate(nearest or none),
            np.concatenate(which or none),
        )

    def _looked_up(
        self,
        order: NDArray[int32],
        starts: NDArray[int32],
        queries: NDArray[uint64],
        max_distance_bits: int,
    ) -> tuple[NDArray[int64], NDArray[int64], NDArray[int64]]:
        parts = np.ascontiguousarray(queries).view(uint16).reshape(len(queries), PARTS)
        values = (parts[:, :, None] ^ _FLIPS).astype(int64)
        place = np.arange(PARTS, dtype=int64)[None, :, None]
        at = values + place * (_PART_VALUES + 1)
        begins, ends = starts.reshape(-1)[at], starts.reshape(-1)[at + 1]
        lengths = (ends - begins).ravel().astype(int64)
        firsts = (begins + place * len(self._words)).ravel()
        asking = np.repeat(np.arange(len(queries)), PARTS * len(_FLIPS))
        filled = lengths > 0
        lengths, firsts, asking = lengths[filled], firsts[filled], asking[filled]
        if lengths.sum() > max(MIN_INDEXED_ROWS, len(self._words)):
            # Hashes that share their parts, of plain pictures: looking up would not be quicker.
            return self._read_through(queries, max_distance_bits)
        offsets = firsts - (np.cumsum(lengths) - lengths)
        rows = order.reshape(-1)[np.arange(int(lengths.sum())) + np.repeat(offsets, lengths)]
        query = np.repeat(asking, lengths)
        differing = np.bitwise_count(self._words[rows] ^ queries[query])
        distances = differing.sum(axis=1, dtype=int64)
        near = distances <= max_distance_bits
        rows, query, distances = rows[near].astype(int64), query[near], distances[near]
        in_turn = np.lexsort((query, distances, rows))
        rows, query, distances = rows[in_turn], query[in_turn], distances[in_turn]
        first = np.ones(len(rows), dtype=bool)
        first[1:] = rows[1:] != rows[:-1]
        return rows[first], distances[first], query[first]


def _listed_by_parts(words: NDArray[uint64]) -> tuple[NDArray[int32], NDArray[int32]]:
    """List the rows by the value of each part: their order, and where each value begins."""
    parts = np.ascontiguousarray(words).view(uint8).view(uint16).reshape(len(words), PARTS)
    order = np.empty((PARTS, len(words)), int32)
    starts = np.zeros((PARTS, _PART_VALUES + 1), int32)
    for part in range(PARTS):
        values = np.ascontiguousarray(parts[:, part])
        order[part] = np.argsort(values, kind="stable")
        starts[part, 1:] = np.cumsum(np.bincount(values, minlength=_PART_VALUES))
    return order, starts
