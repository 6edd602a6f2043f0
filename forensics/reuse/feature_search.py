"""Find the pictures that show something of a query, by local features that move together."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from forensics.reuse.feature_index import FeatureIndex, find_candidates
from forensics.vision.alignment import TOLERANCES, Alignment, align
from forensics.vision.codes import CodedFeatures

MAX_CANDIDATES = 120
"""Pictures whose shared features are looked at for a common movement."""

MAX_ALIGNED = 12
"""Pictures of which all features are then compared, those with most in common first."""

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


def find_pictures(
    index: FeatureIndex, known: Callable[[int], CodedFeatures], query: CodedFeatures
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
    for _, _, is_mirrored, picture in sorted(rough)[:MAX_ALIGNED]:
        aligned = align(sides[is_mirrored], known(picture), mirrored=bool(is_mirrored))
        if aligned is not None and len(aligned) > len(found.get(picture, ())):
            found[picture] = aligned
    ranked = sorted(found.items(), key=lambda each: (-len(each[1]), each[0]))
    return tuple(Found(picture, alignment) for picture, alignment in ranked)
