"""Propose what is compared on a deck, and say what is not, and why."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import ceil

from msgspec import Struct

from forensics.model.casefile import DrawnDeck
from forensics.model.damage import DeckQuestion, NotCompared, Region
from forensics.model.findings import StillFacts, VideoFacts
from forensics.model.item import Item
from forensics.model.match import Group, Match

MAX_PAIRS_A_DECK = 400
"""A comparison takes some seconds: of more pictures a person names those that show the bridge."""

MAX_PAIRS_UNDRAWN = 20
"""Where no person drew a deck, most pictures that look alike show no bridge at all."""

MOMENTS_A_CLIP = 5
"""Frames of a clip that are compared, spread over its shots: a strike leaves some of them before it
and some after, and smoke, blur or a turning camera spoil others."""

_SAVED_AGAIN = frozenset({"first", "identical", "reencoded"})
_COPIES = _SAVED_AGAIN | {"edited_copy", "contains", "contained_in"}
_SAME_PLACE = frozenset({"same_view_other_moment", "same_place", "lead"})
_CLIPS = frozenset({"animation", "video"})
_LOOKED_AT = _CLIPS | {"still"}


class DeckImage(Struct, frozen=True):
    """The picture that others are compared with: a deck is drawn on it, or looked for.

    Parameters
    ----------
    path : str
        Its name in the report.
    sha256 : str
        Digest of its bytes.
    deck : DrawnDeck or None
        As the case file has it; None when no person drew one.
    moment_s : float or None
        Of a clip: when the frame is presented.
    is_whole : bool
        Whether somebody says that it shows the deck whole; else it is looked for on both pictures.
    """

    path: str
    sha256: str
    deck: DrawnDeck | None = None
    moment_s: float | None = None
    is_whole: bool = True

    @property
    def polygon(self) -> Region | None:
        """The outline; None when no person drew one."""
        return None if self.deck is None else self.deck.polygon

    def question(self, names: Container[str], moment_s: float | None) -> DeckQuestion:
        """Give what a picture is asked.

        Parameters
        ----------
        names : container of str
            Names that the case file has for it.
        moment_s : float or None
            Of a clip: the moment of the frame.

        Returns
        -------
        DeckQuestion
            The outline, and points that a person found again on that picture.
        """
        ties = [
            point
            for tie in (self.deck.tie if self.deck is not None else ())
            if tie.picture in names and tie.at_s == moment_s
            for point in tie.points
        ]
        return DeckQuestion(
            self.polygon, tuple(ties), self.moment_s, moment_s, either_way=not self.is_whole
        )


class Target(Struct, frozen=True):
    """One picture to compare.

    Parameters
    ----------
    item : Item
        A still or clip.
    moment_s : float or None
        Of a clip: the moment of the frame.
    """

    item: Item
    moment_s: float | None = None


class Proposal(Struct, frozen=True):
    """What is compared with one picture.

    Parameters
    ----------
    image : DeckImage
        That picture.
    compared : tuple of Target
        What to compare with it, in order of path and moment.
    not_compared : tuple of NotCompared
        The other items, and why.
    """

    image: DeckImage
    compared: tuple[Target, ...]
    not_compared: tuple[NotCompared, ...]


def moments_of(facts: object) -> tuple[float, ...]:
    """Choose the moments of a clip whose frames are compared.

    Parameters
    ----------
    facts : StillFacts, VideoFacts or anything else
        What is known of its timing.

    Returns
    -------
    tuple of float
        Seconds after its first frame, ascending; the middles of parts of its shots, of the longest
        ones when there are many. None when it is not known how long it is.
    """
    if not isinstance(facts, StillFacts | VideoFacts) or not facts.duration_s:
        return ()
    cuts_s = (facts.cuts_s or ()) if isinstance(facts, VideoFacts) else ()
    inside = sorted({each for each in cuts_s if 0 < each < facts.duration_s})
    part_s = facts.duration_s / MOMENTS_A_CLIP
    parts: list[tuple[float, float]] = []
    for start_s, end_s in pairwise([0.0, *inside, facts.duration_s]):
        count = max(1, ceil((end_s - start_s) / part_s - _ROUNDING))
        step_s = (end_s - start_s) / count
        parts += [(start_s + n * step_s, start_s + (n + 1) * step_s) for n in range(count)]
    longest = sorted(parts, key=lambda part: (round(part[0] - part[1], 3), part))[:MOMENTS_A_CLIP]
    return tuple(round((start_s + end_s) / 2, 3) for start_s, end_s in sorted(longest))


_ROUNDING = 1e-9


def propose_pairs(
    image: DeckImage,
    items: Sequence[Item],
    *,
    named: Mapping[str, str],
    moments: Mapping[str, Sequence[float]],
    groups: Sequence[Group] = (),
    matches: Sequence[Match] = (),
) -> Proposal:
    """Propose what to compare with a picture of a deck.

    Parameters
    ----------
    image : DeckImage
        That picture.
    items : sequence of Item
        Everything in the case.
    named : mapping of str to str
        SHA-256 of items by the name that the case file has for them.
    moments : mapping of str to sequence of float
        Moments of clips to look at, by their SHA-256.
    groups : sequence of Group, optional
        Copies in the case, and items that look alike.
    matches : sequence of Match, optional
        Items that match known footage.

    Returns
    -------
    Proposal
        With a drawn deck every whole still and moments of every clip, or those that the case file
        names for this deck and those that look like its image. Where the deck is only looked for,
        what looks like its image. Of pictures that were merely saved again one.
    """
    drawn = image.deck
    ties = () if drawn is None else drawn.tie
    pictures = () if drawn is None else drawn.pictures
    asked_for = dict.fromkeys((*pictures, *(tie.picture for tie in ties)))
    wanted = {named[name] for name in asked_for if name in named}
    proposed = _look_alike(image, groups, matches)
    copies = _copies(image, items, groups, wanted)
    edited = _edited(image, items, groups)
    most = MAX_PAIRS_UNDRAWN if drawn is None else MAX_PAIRS_A_DECK
    compared: list[Target] = []
    left: list[NotCompared] = [
        NotCompared(image.path, name, None, "the case file names it, and it is no item here")
        for name in asked_for
        if name not in named
    ]
    tied = {
        named[tie.picture]: [each.at_s for each in ties if each.picture == tie.picture]
        for tie in ties
        if tie.picture in named
    }
    for item in sorted(items, key=lambda each: each.paths):
        if item.kind not in _LOOKED_AT:
            continue
        if drawn is None and item.sha256 not in proposed:
            continue
        targets = _targets(image, item, moments, tied.get(item.sha256, ()))
        if item.sha256 == image.sha256 and not targets:
            continue
        reason = _unfit(item) if targets else _NO_MOMENTS
        if reason is None and item.sha256 not in wanted:
            is_meant = not pictures or item.sha256 in proposed
            stand_in = copies.get(item.sha256)
            if stand_in is not None and (is_meant or stand_in.sha256 in {*wanted, image.sha256}):
                reason = f"saved again from, or into, {stand_in.path}, which stands for it"
            elif item.sha256 in edited:
                reason = _EDITED
            elif not is_meant:
                reason = _NOT_NAMED
        if reason is None and len(compared) + len(targets) > most:
            reason = f"more than {most} pictures; {_NAME_THEM if drawn else _DRAW_IT}"
        if reason is None:
            compared += targets
        else:
            left.append(NotCompared(image.path, item.paths[0], item.sha256, reason))
    return Proposal(image, tuple(compared), tuple(left))


_NOT_NAMED = "the case file names which pictures to compare, and this is none of them"
_EDITED = (
    "a copy of the same picture that was edited: what differs was done to the picture, not to the "
    "bridge"
)
_NAME_THEM, _DRAW_IT = "name those of the bridge", "outline the deck, and name those of the bridge"
_NO_MOMENTS = "a clip of which it is not known how long it is"


def _targets(
    image: DeckImage,
    item: Item,
    moments: Mapping[str, Sequence[float]],
    tied: Iterable[float | None],
) -> list[Target]:
    """Give what of an item is compared: itself, or moments of it, those with tie points too."""
    if item.kind not in _CLIPS:
        return [] if item.sha256 == image.sha256 else [Target(item)]
    of_a_person = {each for each in tied if each is not None}
    chosen = sorted({*moments.get(item.sha256, ()), *of_a_person})
    return [
        Target(item, each)
        for each in chosen
        if item.sha256 != image.sha256 or each != image.moment_s
    ]


def _unfit(item: Item) -> str | None:
    if item.kind in _CLIPS:
        return _NO_FRAMES if item.status == "rejected" else None
    if item.status != "ok":
        return "not a whole picture: what is missing of it could be taken for damage"
    return None


_NO_FRAMES = "a clip of which no frame can be decoded"


def look_alikes(
    items: Sequence[Item], groups: Iterable[Group]
) -> Iterator[tuple[tuple[Item, ...], tuple[str, ...]]]:
    """Give sets of pictures of one view or place, as the search for copies found them.

    Parameters
    ----------
    items : sequence of Item
        Everything in the case.
    groups : iterable of Group
        Copies in the case, and items that look alike.

    Yields
    ------
    whole : tuple of Item
        Stills and clips that can be compared, in the order of the group.
    everyone : tuple of str
        SHA-256 of all of them.
    """
    by_digest = {each.sha256: each for each in items}
    for group in groups:
        if not group.leads:
            continue
        everyone = tuple(each.sha256 for each in (*group.members, *group.leads))
        known = [by_digest[each] for each in everyone if each in by_digest]
        whole = tuple(each for each in known if each.kind in _LOOKED_AT and _unfit(each) is None)
        if len(whole) > 1:
            yield whole, everyone


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
    whole = {
        each.sha256: each for each in items if each.kind in _LOOKED_AT and _unfit(each) is None
    }
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


def _edited(image: DeckImage, items: Sequence[Item], groups: Iterable[Group]) -> frozenset[str]:
    """Give the stills that are edited copies of the deck's image; clips show other moments, too."""
    stills = {each.sha256 for each in items if each.kind == "still"}
    found: set[str] = set()
    for group in groups:
        members = {each.sha256 for each in group.members if each.relation in _COPIES}
        if image.sha256 in members & stills:
            found |= members & stills
    return frozenset(found - {image.sha256})


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
