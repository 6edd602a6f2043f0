"""Propose which stills are compared with a drawn deck, and say which are not, and why."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from forensics.model.casefile import DrawnDeck
from forensics.model.damage import DeckQuestion, NotCompared
from forensics.model.item import Item
from forensics.model.match import Group, Match

MAX_PAIRS_A_DECK = 400
"""A comparison takes some seconds: of more stills a person names those that show the bridge."""

_SAVED_AGAIN = frozenset({"first", "identical", "reencoded"})
_SAME_PLACE = frozenset({"same_view_other_moment", "same_place", "lead"})
_CLIPS = frozenset({"animation", "video"})


class DeckImage(Struct, frozen=True):
    """A drawn deck, with the image that it is drawn on.

    Parameters
    ----------
    deck : DrawnDeck
        As the case file has it.
    path : str
        Name of the image in the report.
    sha256 : str
        Digest of its bytes.
    """

    deck: DrawnDeck
    path: str
    sha256: str

    def question(self, names: Container[str]) -> DeckQuestion:
        """Give what a picture is asked.

        Parameters
        ----------
        names : container of str
            Names that the case file has for it.

        Returns
        -------
        DeckQuestion
            The outline, and points that a person found again on that picture.
        """
        ties = [point for tie in self.deck.tie if tie.picture in names for point in tie.points]
        return DeckQuestion(self.deck.polygon, tuple(ties))


class Proposal(Struct, frozen=True):
    """What is compared with one deck.

    Parameters
    ----------
    image : DeckImage
        The deck.
    compared : tuple of Item
        Stills to compare with it, in order of path.
    not_compared : tuple of NotCompared
        The other items, and why.
    """

    image: DeckImage
    compared: tuple[Item, ...]
    not_compared: tuple[NotCompared, ...]


def propose_pairs(
    image: DeckImage,
    items: Sequence[Item],
    *,
    named: Mapping[str, str],
    groups: Sequence[Group] = (),
    matches: Sequence[Match] = (),
) -> Proposal:
    """Propose what to compare with a drawn deck.

    Parameters
    ----------
    image : DeckImage
        The deck.
    items : sequence of Item
        Everything in the case.
    named : mapping of str to str
        SHA-256 of items by the name that the case file has for them.
    groups : sequence of Group, optional
        Copies in the case, and items that look alike.
    matches : sequence of Match, optional
        Items that match known footage.

    Returns
    -------
    Proposal
        Every whole still, or those that the case file names for this deck and those that look like
        its image; of pictures that were merely saved again one.
    """
    asked_for = dict.fromkeys((*image.deck.pictures, *(tie.picture for tie in image.deck.tie)))
    wanted = {named[name] for name in asked_for if name in named}
    proposed = _look_alike(image, groups, matches)
    copies = _copies(image, items, groups, wanted)
    compared: list[Item] = []
    left: list[NotCompared] = [
        NotCompared(image.path, name, None, "the case file names it, and it is no item here")
        for name in asked_for
        if name not in named
    ]
    for item in sorted(items, key=lambda each: each.paths):
        if item.sha256 == image.sha256 or item.kind not in _CLIPS | {"still"}:
            continue
        reason = _unfit(item)
        if reason is None and item.sha256 not in wanted:
            is_meant = not image.deck.pictures or item.sha256 in proposed
            stand_in = copies.get(item.sha256)
            if stand_in is not None and (is_meant or stand_in.sha256 in {*wanted, image.sha256}):
                reason = f"saved again from, or into, {stand_in.path}, which stands for it"
            elif not is_meant:
                reason = _NOT_NAMED
        if reason is None and len(compared) >= MAX_PAIRS_A_DECK:
            reason = (
                f"more than {MAX_PAIRS_A_DECK} stills; name those of the bridge in the case file"
            )
        if reason is None:
            compared.append(item)
        else:
            left.append(NotCompared(image.path, item.paths[0], item.sha256, reason))
    return Proposal(image, tuple(compared), tuple(left))


_NOT_NAMED = "the case file names which pictures to compare, and this is none of them"


def _unfit(item: Item) -> str | None:
    if item.kind in _CLIPS:
        return "a clip: only stills are compared; take frames of it with: forensics frames"
    if item.status != "ok":
        return "not a whole picture: what is missing of it could be taken for damage"
    return None


def _look_alike(
    image: DeckImage, groups: Iterable[Group], matches: Iterable[Match]
) -> frozenset[str]:
    """Give the items that the search for copies found to look like the deck's image."""
    found: set[str] = set()
    for group in groups:
        everyone = {each.sha256 for each in (*group.members, *group.leads)}
        if image.sha256 in everyone:
            found |= everyone
    found |= {
        match.query.sha256
        for match in matches
        if match.relation in _SAME_PLACE and match.reference.sha256 == image.sha256
    }
    return frozenset(found)


class _StandIn(Struct, frozen=True):
    """A picture that is compared in the place of others that were merely saved again."""

    sha256: str
    path: str


def _copies(
    image: DeckImage, items: Sequence[Item], groups: Iterable[Group], wanted: Container[str]
) -> dict[str, _StandIn]:
    """Give what stands for each item that was merely saved again."""
    whole = {each.sha256: each for each in items if each.kind == "still" and each.status == "ok"}
    found: dict[str, _StandIn] = {}
    for group in groups:
        alike = [each.sha256 for each in group.members if each.relation in _SAVED_AGAIN]
        if image.sha256 in alike:
            stand_in = _StandIn(image.sha256, image.path)
        else:
            kept = [digest for digest in alike if digest in whole]
            if not kept:
                continue
            first = next((each for each in kept if each in wanted), kept[0])
            stand_in = _StandIn(first, whole[first].paths[0])
        found |= {each: stand_in for each in alike if each != stand_in.sha256}
    return found


def names_in(decks: Iterable[DrawnDeck]) -> Iterator[str]:
    """Name every image that decks are drawn on or to be compared with.

    Parameters
    ----------
    decks : iterable of DrawnDeck
        As the case file has them.

    Yields
    ------
    str
        Relative to the case file.
    """
    for deck in decks:
        yield deck.image
        yield from deck.pictures
        yield from (tie.picture for tie in deck.tie)
