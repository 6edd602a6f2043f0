"""The pictures of known footage, to be searched by their local features."""

from collections.abc import Iterable, Sequence

from forensics.reuse.feature_index import build_index
from forensics.reuse.feature_search import find_pictures
from forensics.vision.alignment import Alignment
from forensics.vision.codes import CodedFeatures

Owner = tuple[str, int]


class KnownPictures:
    """Pictures with their local features, in memory.

    Parameters
    ----------
    described : iterable of ((str, int), CodedFeatures)
        Whose picture it is, its position among that one's pictures, and its features.
    """

    def __init__(self, described: Iterable[tuple[Owner, CodedFeatures]]) -> None:
        self._owners: list[Owner] = []
        self._features: list[CodedFeatures] = []
        for owner, features in described:
            if len(features):
                self._owners.append(owner)
                self._features.append(features)
        self._index = build_index(self._features)

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
            for each in find_pictures(self._index, self._features.__getitem__, query):
                owner, position = self._owners[each.picture]
                if position == 0:
                    found.setdefault(owner, []).append(each.alignment)
        return found
