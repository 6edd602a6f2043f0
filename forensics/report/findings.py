"""What this says: the findings as full sentences, strongest first."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup
from msgspec import Struct

from forensics.model.item import Item
from forensics.model.match import Group, GroupMember
from forensics.report.damage_sentences import damage_alt, damage_sentence, damage_standing
from forensics.report.lookup import Lookup, item_anchor, method_anchor, note_anchor
from forensics.report.pictures import Picture, Pictures
from forensics.report.sentences import (
    expected_by_chance,
    group_sentence,
    match_alt,
    match_sentence,
    match_standing,
    thresholds,
)
from forensics.report.text import counted, digest, link, listed, markup, name
from forensics.report.words import RENAMED, STANDINGS

MAX_OF_ONE_STANDING = 8
"""Findings told one by one; of more, the rest are counted and linked to."""

MAX_SETS_ONE_BY_ONE = 2
"""Sets of copies told one by one; more are told in one sentence."""

MAX_SETS_NAMED = 5
"""Sets named in that sentence."""

_ORDER = (
    "recycled", "damage", "conflict", "copy", "unchanged", "lead", "group", "same", "notice",
    "name",
)  # fmt: skip
_SECTIONS = {
    "recycled": "recycled", "copy": "recycled", "lead": "recycled", "conflict": "metadata",
    "damage": "damage", "unchanged": "damage",
    "notice": "metadata", "group": "groups", "same": "groups", "name": "items",
}  # fmt: skip


class Reason(Struct, frozen=True):
    """What a finding rests on.

    Parameters
    ----------
    measures : tuple of (str, Markup)
        What was measured.
    thresholds : tuple of (str, str)
        What it was compared with, and how often that errs.
    limits : tuple of str
        What it cannot show.
    method : str
        Anchor of the method; empty when it follows from the bytes alone.
    """

    measures: tuple[tuple[str, Markup], ...]
    thresholds: tuple[tuple[str, str], ...] = ()
    limits: tuple[str, ...] = ()
    method: str = ""


class Telling(Struct, frozen=True):
    """One finding as a sentence.

    Parameters
    ----------
    anchor : str
        Its identifier in the page.
    standing, word : str
        How it stands, as a key and as a word.
    sentence : Markup
        The finding.
    picture : Picture
        Thumbnail of what it is about.
    alt : str
        What the picture shows, as the finding states it.
    target : str
        Anchor of the place that tells more.
    why : Reason
        What it rests on.
    """

    anchor: str
    standing: str
    word: str
    sentence: Markup
    picture: Picture
    alt: str
    target: str
    why: Reason


class Tellings(Struct, frozen=True):
    """The findings, and how many were only counted.

    Parameters
    ----------
    told : tuple of Telling
        Strongest first.
    more : tuple of Markup
        What is not told one by one, with links.
    """

    told: tuple[Telling, ...]
    more: tuple[Markup, ...]


def tell(lookup: Lookup, pictures: Pictures) -> Tellings:
    """Say what was found.

    Parameters
    ----------
    lookup : Lookup
        The case.
    pictures : Pictures
        Loads thumbnails.

    Returns
    -------
    Tellings
        Full sentences, strongest first.
    """
    drafts = [
        *_reuse(lookup),
        *_damage(lookup),
        *_notes(lookup),
        *_groups(lookup),
        *_files(lookup),
    ]
    told: list[Telling] = []
    more: list[Markup] = []
    for standing in _ORDER:
        own = [draft for draft in drafts if draft.standing == standing]
        told += [draft.finish(lookup, pictures) for draft in own[:MAX_OF_ONE_STANDING]]
        if len(own) > MAX_OF_ONE_STANDING:
            left = counted(len(own) - MAX_OF_ONE_STANDING, "more finding")
            where = link(_SECTIONS[standing], "told below")
            more.append(markup("{}: {}, {}.", STANDINGS[standing], left, where))
    return Tellings(tuple(told), tuple(more))


class _Draft(Struct, frozen=True):
    """A finding before its thumbnail is loaded."""

    anchor: str
    standing: str
    sentence: Markup
    sha256: str
    alt: str
    target: str
    why: Reason
    drawn: str | None = None

    def finish(self, lookup: Lookup, pictures: Pictures) -> Telling:
        thumb = pictures.evidence(self.drawn or lookup.artefact(self.sha256, "thumb"))
        word = STANDINGS[self.standing]
        return Telling(
            self.anchor,
            self.standing,
            word,
            self.sentence,
            thumb,
            self.alt,
            self.target,
            self.why,
        )


def _reuse(lookup: Lookup) -> Iterator[_Draft]:
    """Tell the strongest match of every item; the others are in the section on known footage."""
    seen: set[str] = set()
    ranked = sorted(
        lookup.case.matches,
        key=lambda match: ("recycled", "copy", "lead").index(match_standing(match)),
    )
    for match in ranked:
        if match.query.sha256 in seen:
            continue
        seen.add(match.query.sha256)
        others = len(lookup.matches(match.query.sha256)) - 1
        sentence = match_sentence(match, lookup)
        if others:
            also = counted(others, "other entry", "other entries")
            sentence = markup("{} It also matches {} of the known footage.", sentence, also)
        yield _Draft(
            anchor=f"finding-{match.id}",
            standing=match_standing(match),
            sentence=sentence,
            sha256=match.query.sha256,
            alt=match_alt(match),
            target=match.id,
            why=_from_method(
                lookup,
                "reuse.search",
                ("What was measured", markup("{}", match.because)),
                ("Expected by chance", markup("{}", expected_by_chance(match))),
            ),
        )


def _damage(lookup: Lookup) -> Iterator[_Draft]:
    """Tell what was found on decks; what is not settled stands with what this cannot say."""
    for each in lookup.case.damage:
        standing = damage_standing(each)
        if standing == "undecided":
            continue
        yield _Draft(
            anchor=f"finding-{each.id}",
            standing=standing,
            sentence=damage_sentence(each, lookup),
            sha256=each.after.sha256 or "",
            alt=damage_alt(each),
            target=each.id,
            why=_from_method(
                lookup,
                "damage.deck",
                ("What was measured", markup("{}", each.damage.reason)),
                ("Which is the earlier one", markup("{}", each.order_because)),
            ),
            drawn=each.artefacts.get("overlay"),
        )
    for told in lookup.case.deck_timelines:
        for place, remark in enumerate(told.remarks, 1):
            first = told.steps[0]
            yield _Draft(
                anchor=f"finding-{told.id}-{place}",
                standing="notice",
                sentence=markup("{}", remark),
                sha256=first.sha256 or "",
                alt=f"{STANDINGS['notice']}: {remark}",
                target=told.id,
                why=_from_method(lookup, "damage.deck"),
            )


def _notes(lookup: Lookup) -> Iterator[_Draft]:
    for item in lookup.case.items:
        for position, note in enumerate(lookup.notes(item.sha256)):
            if note.severity == "info":
                continue
            anchor = note_anchor(item.sha256, position)
            read = ", ".join(note.evidence) or "no single field"
            sentence = markup("{}: {}.", lookup.linked(item.sha256), note.text.rstrip("."))
            yield _Draft(
                anchor=f"finding-{anchor}",
                standing=note.severity,
                sentence=sentence,
                sha256=item.sha256,
                alt=f"{STANDINGS[note.severity]}: {item.paths[0]}: {note.text}",
                target=anchor,
                why=_from_method(
                    lookup,
                    "metadata.notes",
                    ("Innocent explanation", markup("{}", note.innocent_explanation)),
                    ("Fields it rests on", markup("{}", read)),
                ),
            )


def _groups(lookup: Lookup) -> Iterator[_Draft]:
    copies = [group for group in lookup.case.groups if len(group.members) > 1]
    alike = [group for group in lookup.case.groups if len(group.members) == 1]
    for groups, standing in ((copies, "group"), (alike, "lead")):
        if len(groups) > MAX_SETS_ONE_BY_ONE:
            yield _all_sets(groups, standing, lookup)
        else:
            yield from (_set(group, standing, lookup) for group in groups)


def _set(group: Group, standing: str, lookup: Lookup) -> _Draft:
    everyone = (*group.members, *group.leads)
    names = ", ".join(lookup.called(each.sha256) for each in everyone)
    measures = [(lookup.called(each.sha256), markup("{}", each.because)) for each in everyone]
    return _Draft(
        anchor=f"finding-{group.id}",
        standing=standing,
        sentence=group_sentence(group, lookup),
        sha256=group.members[0].sha256,
        alt=f"{STANDINGS[standing]}: {names}",
        target=group.id,
        why=_from_method(lookup, "reuse.groups", *measures),
    )


def _all_sets(groups: Sequence[Group], standing: str, lookup: Lookup) -> _Draft:
    """Tell many sets in one sentence, which an editor reads faster than five."""
    sets = [
        markup(
            "{} with {}",
            link(group.id, name(lookup.called(group.members[0].sha256))),
            listed([name(lookup.called(each.sha256)) for each in _others(group)], most=2),
        )
        for group in groups
    ]
    first = groups[0].members[0].sha256
    shown = Markup("; ").join(sets[:MAX_SETS_NAMED])
    rest = len(sets) - MAX_SETS_NAMED
    more = f"; and {counted(rest, 'more set')}" if rest > 0 else ""
    count = counted(len(groups), "set")
    items = len({each.sha256 for group in groups for each in (group.members[0], *_others(group))})
    words = "{} items form {} of copies: {}{}."
    if standing == "lead":
        words = "{} items in {} look alike and are not shown to be copies: {}{}."
    measured = "Stands with each set, picture by picture."
    return _Draft(
        anchor=f"finding-{standing}s",
        standing=standing,
        sentence=markup(words, items, count, shown, more),
        sha256=first,
        alt=f"{STANDINGS[standing]}: {lookup.called(first)} is in the first of {count}",
        target="groups",
        why=_from_method(lookup, "reuse.groups", ("What was measured", markup("{}", measured))),
    )


def _others(group: Group) -> tuple[GroupMember, ...]:
    return group.members[1:] or group.leads


def _files(lookup: Lookup) -> Iterator[_Draft]:
    for item in lookup.case.items:
        if len(item.paths) > 1:
            yield _same_bytes(item)
        if item.extension_disagrees:
            yield _renamed(item)


def _same_bytes(item: Item) -> _Draft:
    names = listed([name(path) for path in item.paths])
    return _Draft(
        anchor=f"finding-same-{item.sha256[:16]}",
        standing="same",
        sentence=markup("{} are the same file: every byte is equal.", names),
        sha256=item.sha256,
        alt=f"{STANDINGS['same']}: " + ", ".join(item.paths),
        target=item_anchor(item.sha256),
        why=Reason((("SHA-256", markup("{}", digest(item.sha256))),)),
    )


def _renamed(item: Item) -> _Draft:
    names = listed([name(path) for path in item.extension_disagrees])
    return _Draft(
        anchor=f"finding-name-{item.sha256[:16]}",
        standing="name",
        sentence=markup("{} is a {} file by its content.", names, item.format.upper()),
        sha256=item.sha256,
        alt=f"{STANDINGS['name']}: {item.extension_disagrees[0]} is {item.format}",
        target=item_anchor(item.sha256),
        why=Reason((("Innocent explanation", Markup(RENAMED)),)),  # noqa: S704 - ours
    )


def _from_method(lookup: Lookup, step: str, *measures: tuple[str, Markup]) -> Reason:
    method = lookup.methods.get(step)
    if method is None:
        return Reason(measures)
    return Reason(measures, thresholds(method), method.limits, method_anchor(step))
