"""The pictures of known footage, to be searched by their local features."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from forensics.reuse.feature_index import FeatureIndex, build_index
from forensics.reuse.feature_search import find_pictures
from forensics.reuse.views import Probe
from forensics.vision.alignment import Alignment
from forensics.vision.codes import CodedFeatures

Owner = tuple[str, int]


@dataclass(frozen=True, eq=False)
class Sighting:
    """A known picture that shows something of one of a query's.

    Parameters
    ----------
    query, reference : int
        Positions among the pictures of the two items.
    alignment : Alignment
        From the query's to the known one, in pixels of the pictures the features were found in.
    """

    query: int
    reference: int
    alignment: Alignment

    def turned_round(self) -> Self:
        """Give the same from the other side.

        Returns
        -------
        Sighting
            With query and reference exchanged.
        """
        there = self.alignment
        back = np.linalg.inv(there.matrix)
        return type(self)(
            self.reference,
            self.query,
            Alignment(
                back / back[2, 2], there.mirrored, there.reference_points, there.query_points
            ),
        )


class KnownPictures:
    """Pictures that can be searched by their local features.

    Parameters
    ----------
    index : FeatureIndex
        Their features, put in order.
    owners : sequence of (str, int)
        For each number, whose picture it is, and its position among that one's pictures.
    features : callable
        Gives the features of a picture by its number.
    """

    def __init__(
        self,
        index: FeatureIndex,
        owners: Sequence[Owner],
        features: Callable[[int], CodedFeatures],
    ) -> None:
        self._index = index
        self._owners = owners
        self._features = features

    @classmethod
    def of(cls, described: Iterable[tuple[Owner, CodedFeatures]]) -> Self:
        """Keep some pictures in memory.

        Parameters
        ----------
        described : iterable of ((str, int), CodedFeatures)
            Whose picture it is, its position among that one's pictures, and its features.

        Returns
        -------
        KnownPictures
            Those with features.
        """
        kept = [(owner, features) for owner, features in described if len(features)]
        features = [each for _, each in kept]
        return cls(build_index(features), [owner for owner, _ in kept], features.__getitem__)

    def find(
        self, queries: Sequence[CodedFeatures], positions: Sequence[int]
    ) -> dict[str, list[Sighting]]:
        """Find who has a picture that shows something of a query's pictures.

        Parameters
        ----------
        queries : sequence of CodedFeatures
            Features of the query's pictures.
        positions : sequence of int
            Which of its pictures they are.

        Returns
        -------
        dict of str to list of Sighting
            By owner, those with most features in common with one picture first.
        """
        found: dict[str, list[Sighting]] = {}
        for place, query in zip(positions, queries, strict=True):
            for each in find_pictures(self._index, self._features, query, owner=self._owner):
                owner, position = self._owners[each.picture]
                found.setdefault(owner, []).append(Sighting(place, position, each.alignment))
        ranked = sorted(found.items(), key=lambda each: -max(len(s.alignment) for s in each[1]))
        return dict(ranked)

    def _owner(self, number: int) -> str:
        return self._owners[number][0]


def searched(probe: Probe) -> tuple[Sequence[CodedFeatures], Sequence[int]]:
    """Give the pictures of an item that others are searched for.

    Parameters
    ----------
    probe : Probe
        The item.

    Returns
    -------
    features : sequence of CodedFeatures
        Of a clip all that were described; of a still the first one's.
    positions : sequence of int
        Which of its pictures they are.
    """
    if probe.is_video:
        return probe.features, probe.described
    return probe.features[:1], probe.described[:1]
