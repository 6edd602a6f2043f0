"""Find the stored PDQ hashes near a query, in memory and exactly."""

import sqlite3
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy import uint8, uint64
from numpy.typing import NDArray

from forensics.model.errors import ArchiveError
from forensics.reuse.archive_entry import IMPORTED, HashHit
from forensics.reuse.archive_rows import damaged
from forensics.reuse.hash_neighbours import HashNeighbours

ORIENTATIONS = 8
PDQ_BYTES = 32
PDQ_BITS = 256

_WORDS = PDQ_BYTES // 8


@dataclass(frozen=True, eq=False)
class HashIndex:
    """All hashes of an archive, loaded once.

    Parameters
    ----------
    words : (N, 4) uint64
        PDQ hashes, eight bytes a word.
    owners : tuple of str
        Entry of each hash.
    moments_s : tuple of float or None
        Moment of each hash.
    qualities : tuple of int or None
        PDQ quality of each hash.
    recipes : (N,) int32
        Recipe of each hash, as its place in `recipe_names`.
    recipe_names : tuple of str
        The recipes that occur.
    """

    words: NDArray[uint64]
    owners: tuple[str, ...]
    moments_s: tuple[float | None, ...]
    qualities: tuple[int | None, ...]
    recipes: NDArray[np.int32]
    recipe_names: tuple[str, ...]

    @cached_property
    def neighbours(self) -> HashNeighbours:
        """What finds the hashes near a query."""
        return HashNeighbours(self.words)


def load_index(connection: sqlite3.Connection) -> HashIndex:
    """Read all hashes of an archive.

    Parameters
    ----------
    connection : sqlite3.Connection
        Open on the archive.

    Returns
    -------
    HashIndex
        In order of entries and of the pictures within them.

    Raises
    ------
    ArchiveError
        When a stored hash has not 256 bits.
    """
    rows = connection.execute(
        "SELECT entry_id, moment_s, quality, preprocessing, pdq FROM hashes "
        "ORDER BY entry_id, position"
    )
    packed = bytearray()
    owners: list[str] = []
    moments: list[float | None] = []
    qualities: list[int | None] = []
    recipes: list[int] = []
    recipe_numbers: dict[str, int] = {}
    for owner, moment_s, quality, recipe, pdq in rows:
        if not isinstance(pdq, bytes) or len(pdq) != PDQ_BYTES:
            raise damaged(f"a hash of {owner!r} without 256 bits")
        packed += pdq
        # One string for all hashes of a long video.
        owners.append(owners[-1] if owners and owners[-1] == owner else owner)
        moments.append(moment_s)
        qualities.append(quality)
        recipes.append(recipe_numbers.setdefault(recipe, len(recipe_numbers)))
    return HashIndex(
        words=np.frombuffer(bytes(packed), dtype=uint64).reshape(-1, _WORDS),
        owners=tuple(owners),
        moments_s=tuple(moments),
        qualities=tuple(qualities),
        recipes=np.array(recipes, dtype=np.int32),
        recipe_names=tuple(recipe_numbers),
    )


def search_index(
    hashes: HashIndex,
    query: NDArray[uint8],
    *,
    max_distance_bits: int,
    preprocessing: str,
) -> tuple[HashHit, ...]:
    """Find all hashes within a distance of a picture in any of its orientations.

    Parameters
    ----------
    hashes : HashIndex
        What to search.
    query : (8, 32) uint8
        Packed PDQ hashes of the picture in its eight orientations.
    max_distance_bits : int
        Largest Hamming distance that counts, 0 to 256.
    preprocessing : str
        Recipe of the query; hashes with another are left out, except imported ones.

    Returns
    -------
    tuple of HashHit
        One for each stored hash that is near enough; nearest first, then by entry and moment.

    Raises
    ------
    ArchiveError
        When the query has another shape or type, or the distance is out of range.
    """
    if query.shape != (ORIENTATIONS, PDQ_BYTES) or query.dtype != uint8:
        raise ArchiveError(
            f"a query of {query.shape} {query.dtype}", advice="Give (8, 32) uint8, packed."
        )
    if not 0 <= max_distance_bits <= PDQ_BITS:
        raise ArchiveError(f"a distance of {max_distance_bits} bits", advice="Use 0 to 256.")
    wanted = [
        number
        for number, name in enumerate(hashes.recipe_names)
        if name in (preprocessing, IMPORTED)
    ]
    turned = np.ascontiguousarray(query).view(uint64)
    rows, distances, nearest = hashes.neighbours.within(turned, max_distance_bits)
    comparable = np.isin(hashes.recipes[rows], wanted)
    hits = [
        _hit(hashes, int(row), int(bits), int(orientation))
        for row, bits, orientation in zip(
            rows[comparable], distances[comparable], nearest[comparable], strict=True
        )
    ]
    # Stable: equally near hits stay in the order of entries and pictures.
    return tuple(sorted(hits, key=lambda hit: hit.distance_bits))


def _hit(hashes: HashIndex, row: int, distance_bits: int, orientation: int) -> HashHit:
    return HashHit(
        entry_id=hashes.owners[row],
        moment_s=hashes.moments_s[row],
        distance_bits=distance_bits,
        orientation=orientation,
        quality=hashes.qualities[row],
    )
