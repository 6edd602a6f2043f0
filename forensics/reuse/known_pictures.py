"""The pictures of known footage, to be searched by their local features."""

from collections.abc import Callable, Iterable, Sequence
from typing import Self

from forensics.reuse.feature_index import FeatureIndex, build_index
from forensics.reuse.feature_search import find_pictures
from forensics.vision.alignment import Alignment
from forensics.vision.codes import CodedFeatures

Owner = tuple[str, int]


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

    def find(self, queries: Sequence[CodedFeatures]) -> dict[str, list[Alignment]]:
        """Find who has a picture that shows something of a query's first picture.

        Parameters
        ----------
        queries : sequence of CodedFeatures
            Features of the query's pictures.

        Returns
        -------
        dict of str to list of Alignment
            By owner, those with most features in common first: how its first picture is reached
            from the query's.
        """
        found: dict[str, list[Alignment]] = {}
        for query in queries[:1]:
            for each in find_pictures(self._index, self._features, query):
                owner, position = self._owners[each.picture]
                if position == 0:
                    found.setdefault(owner, []).append(each.alignment)
        return found
