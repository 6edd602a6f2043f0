"""Find the pictures that show something of a query, by local features that move together."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from forensics.reuse.feature_index import FeatureIndex, find_candidates
from forensics.vision.alignment import TOLERANCES, Alignment, align
from forensics.vision.codes import CodedFeatures

MAX_CANDIDATES = 120
"""Pictures whose shared features are looked at for a common movement."""

MAX_ALIGNED = 12
"""Items of whose pictures all features are then compared, those with most in common first."""

ROUGH = replace(TOLERANCES, min_inliers=3)
"""Few features are enough to be compared in full: three agree by chance in one of some hundred."""


@dataclass(frozen=True, eq=False)
class Found:
    """A picture that shows something of a query.

    Parameters
    ----------
    picture : int
        Its number in the index.
    alignment : Alignment
        From the query to it, in pixels of the pictures the features were found in.
    """

    picture: int
    alignment: Alignment


MAX_OF_ONE = 3
"""Moments of one clip among them: a static shot looks alike throughout, and would hide the rest."""


def find_pictures(
    index: FeatureIndex,
    known: Callable[[int], CodedFeatures],
    query: CodedFeatures,
    *,
    owner: Callable[[int], str] = str,
) -> tuple[Found, ...]:
    """Find the pictures of an index that show something of a query.

    Pictures that share many features are candidates. Those whose shared features move together
    are compared in full, as they are and mirrored.

    Parameters
    ----------
    index : FeatureIndex
        What to search.
    known : callable
        Gives the features of a picture by its number.
    query : CodedFeatures
        Features of the query.
    owner : callable, optional
        Says whose picture a number is; each is its own unless given.

    Returns
    -------
    tuple of Found
        Those with most features that move together first. Whether one is a copy is not said.
    """
    sides = (query, query.mirrored())
    candidates = [
        (each.votes, is_mirrored, each)
        for is_mirrored, side in enumerate(sides)
        for each in find_candidates(index, side, limit=MAX_CANDIDATES)
    ]
    candidates.sort(key=lambda each: (-each[0], each[1], each[2].picture))
    rough = []
    for votes, is_mirrored, each in candidates[:MAX_CANDIDATES]:
        moved = align(sides[is_mirrored], known(each.picture), pairs=each.pairs, tolerances=ROUGH)
        rough.append((-len(moved) if moved else 0, -votes, is_mirrored, each.picture))
    found: dict[int, Alignment] = {}
    for is_mirrored, picture in _first_of_each(sorted(rough), owner):
        aligned = align(sides[is_mirrored], known(picture), mirrored=bool(is_mirrored))
        if aligned is not None and len(aligned) > len(found.get(picture, ())):
            found[picture] = aligned
    ranked = sorted(found.items(), key=lambda each: (-len(each[1]), each[0]))
    return tuple(Found(picture, alignment) for picture, alignment in ranked)


def _first_of_each(
    ranked: Sequence[tuple[int, float, int, int]], owner: Callable[[int], str]
) -> list[tuple[int, int]]:
    """Choose the first pictures of the first owners."""
    chosen: list[tuple[int, int]] = []
    taken: Counter[str] = Counter()
    for _, _, is_mirrored, picture in ranked:
        whose = owner(picture)
        if taken[whose] >= MAX_OF_ONE or (not taken[whose] and len(taken) >= MAX_ALIGNED):
            continue
        taken[whose] += 1
        chosen.append((is_mirrored, picture))
    return chosen
