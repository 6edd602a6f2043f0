"""What this says: the findings as full sentences, strongest first."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup
from msgspec import Struct

from forensics.model.case import Method
from forensics.model.item import Item
from forensics.model.match import Group, Match
from forensics.report.lookup import Lookup, is_copy, item_anchor, method_anchor
from forensics.report.pictures import Picture, Pictures
from forensics.report.text import (
    counted,
    days_between,
    digest,
    link,
    listed,
    markup,
    moment,
    name,
)
from forensics.report.words import EDITS, RELATION_VERBS, RENAMED, STANDINGS

MAX_OF_ONE_STANDING = 8
"""Findings told one by one; of more, the rest are counted and linked to."""

MAX_SETS_ONE_BY_ONE = 2
"""Sets of copies told one by one; more are told in one sentence."""

_ORDER = ("recycled", "conflict", "copy", "lead", "group", "same", "notice", "name")
_SECTIONS = {
    "recycled": "recycled", "copy": "recycled", "lead": "recycled", "conflict": "metadata",
    "notice": "metadata", "group": "groups", "same": "groups", "name": "items",
}  # fmt: skip
_DAYS_A_YEAR = 365.25
_YEARS_FROM_DAYS = 730


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
    drafts = [*_reuse(lookup), *_notes(lookup), *_groups(lookup), *_files(lookup)]
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


def match_standing(match: Match) -> str:
    """Say how a match with known footage stands.

    Parameters
    ----------
    match : Match
        The match.

    Returns
    -------
    str
        ``recycled``, ``copy`` or ``lead``.
    """
    if match.recycled:
        return "recycled"
    return "copy" if is_copy(match) else "lead"


def match_sentence(match: Match, lookup: Lookup) -> Markup:
    """Say what a match means.

    Parameters
    ----------
    match : Match
        The match.
    lookup : Lookup
        The case.

    Returns
    -------
    Markup
        One or two full sentences.
    """
    query = lookup.linked(match.query.sha256, match.query.path)
    verb = RELATION_VERBS.get(match.relation, match.relation)
    edits = ", ".join(EDITS.get(edit.kind, edit.kind) for edit in match.edits)
    how = f" ({edits})" if edits else ""
    known = _known(match)
    if match.recycled:
        lead_time = _lead_time(match, lookup)
        return markup("{} {} {}{}{}.", query, verb, known, how, lead_time)
    if not is_copy(match):
        ends = "; it is not shown to be a copy. A person must look at both."
        return markup("{} {} {}{}", query, verb, known, ends)
    return markup("{} {} {}{}. {}", query, verb, known, how, _why_not_recycled(match, lookup))


def match_alt(match: Match) -> str:
    """Say what a match means, as the text for its picture.

    Parameters
    ----------
    match : Match
        The match.

    Returns
    -------
    str
        Plain text.
    """
    word = STANDINGS[match_standing(match)]
    reference = match.reference.path or match.reference.source or match.reference.id
    verb = RELATION_VERBS.get(match.relation, match.relation)
    return f"{word}: {match.query.path} {verb} {reference}"


class _Draft(Struct, frozen=True):
    """A finding before its thumbnail is loaded."""

    anchor: str
    standing: str
    sentence: Markup
    sha256: str
    alt: str
    target: str
    why: Reason

    def finish(self, lookup: Lookup, pictures: Pictures) -> Telling:
        thumb = pictures.evidence(lookup.artefact(self.sha256, "thumb"))
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


def expected_by_chance(match: Match) -> str:
    """Say how many such matches chance alone may give.

    Parameters
    ----------
    match : Match
        The match.

    Returns
    -------
    str
        In words; says so when it was not measured.
    """
    if match.expected_false_matches is None:
        return "not measured for this archive"
    if match.expected_false_matches == 0:
        return "none: the bytes are the same"
    return f"at most {match.expected_false_matches:g} entries of an archive of this size"


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


def note_anchor(sha256: str, position: int) -> str:
    """Give the identifier of a note's place in the page.

    Parameters
    ----------
    sha256 : str
        The item.
    position : int
        Its place among the notes of that item, from 0.

    Returns
    -------
    str
        It does not change from run to run.
    """
    return f"note-{sha256[:16]}-{position + 1}"


def _groups(lookup: Lookup) -> Iterator[_Draft]:
    copies = [group for group in lookup.case.groups if len(group.members) > 1]
    if len(copies) > MAX_SETS_ONE_BY_ONE:
        yield _all_sets(copies, lookup)
    else:
        yield from (_set_of_copies(group, "group", lookup) for group in copies)
    alike = [group for group in lookup.case.groups if len(group.members) == 1]
    yield from (_set_of_copies(group, "lead", lookup) for group in alike)


def _set_of_copies(group: Group, standing: str, lookup: Lookup) -> _Draft:
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


def _all_sets(groups: Sequence[Group], lookup: Lookup) -> _Draft:
    """Tell many sets in one sentence, which an editor reads faster than five."""
    items = sum(len(group.members) for group in groups)
    sets = [
        markup(
            "{} with {}",
            link(group.id, name(lookup.called(group.members[0].sha256))),
            listed([name(lookup.called(each.sha256)) for each in group.members[1:]]),
        )
        for group in groups
    ]
    first = groups[0].members[0].sha256
    shown = Markup("; ").join(sets[:MAX_OF_ONE_STANDING])
    rest = len(sets) - MAX_OF_ONE_STANDING
    more = f"; and {counted(rest, 'more set')}" if rest > 0 else ""
    count = counted(len(groups), "set")
    return _Draft(
        anchor="finding-groups",
        standing="group",
        sentence=markup("{} items form {} of copies: {}{}.", items, count, shown, more),
        sha256=first,
        alt=f"{STANDINGS['group']}: {lookup.called(first)} is in the first of {count}",
        target="groups",
        why=_from_method(
            lookup,
            "reuse.groups",
            ("What was measured", markup("{}", "Stands with each set, picture by picture.")),
        ),
    )


def group_sentence(group: Group, lookup: Lookup) -> Markup:
    """Say what a group of copies means.

    Parameters
    ----------
    group : Group
        The group.
    lookup : Lookup
        The case.

    Returns
    -------
    Markup
        One or two full sentences.
    """
    members = [lookup.linked(each.sha256) for each in group.members]
    leads = [lookup.linked(each.sha256) for each in group.leads]
    if len(members) > 1:
        sentence = markup("{} are copies of one another.", listed(members))
        if not leads:
            return sentence
        verb = "looks" if len(leads) == 1 else "look"
        return markup("{} {} {} like them; not shown to be copies.", sentence, listed(leads), verb)
    return markup(
        "{} and {} look alike; they are not shown to be copies. A person must look at them.",
        listed(members),
        listed(leads),
    )


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


def thresholds(method: Method) -> tuple[tuple[str, str], ...]:
    """Give the thresholds of a method with names that read well.

    Parameters
    ----------
    method : Method
        The step.

    Returns
    -------
    tuple of (str, str)
        Name and words, sorted by name.
    """
    rows = []
    for key, words in sorted(method.calibration.items()):
        calibration, _, threshold = key.partition(" ")
        rows.append((f"{threshold.replace('_', ' ')} ({calibration})", words))
    return tuple(rows)


def _known(match: Match) -> Markup:
    reference = match.reference
    shown = reference.path or reference.source
    footage = markup("known footage {}", name(shown)) if shown else Markup("known footage")
    if reference.first_seen is None:
        return markup("{} (no date)", footage)
    return markup("{}, known since {}", footage, moment(reference.first_seen))


def _lead_time(match: Match, lookup: Lookup) -> str:
    start, latest = lookup.case.case.event.start, match.reference.first_seen_latest
    if start is None or latest is None:
        return ""
    days = days_between(latest, start)
    if days >= _YEARS_FROM_DAYS:
        years = int(days / _DAYS_A_YEAR)
        return f": more than {years} years before the event it is said to show"
    if days < 1:
        return ": before the event it is said to show"
    return f": at least {counted(days, 'day')} before the event it is said to show"


def _why_not_recycled(match: Match, lookup: Lookup) -> str:
    if match.reference.first_seen is None:
        return "Without a date nothing follows about the event."
    if lookup.case.case.event.start is None:
        return "The case names no date of the event to compare with."
    return "That date does not precede the event, so it is not shown to be recycled."
