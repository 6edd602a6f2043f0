"""What this cannot say: not tested, not examined, not settled, failed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from markupsafe import Markup
from msgspec import Struct

from forensics.model.findings import MetadataTable, StillFacts, VideoFacts
from forensics.model.item import Item
from forensics.model.outcome import Absent
from forensics.report.damage_sentences import told_once, view_words
from forensics.report.lookup import Lookup
from forensics.report.text import counted, link, listed, markup, name, shorten
from forensics.report.words import STANDINGS

MAX_DETAILS = 50
"""Files named for one gap; of more, the rest are counted and stand in ``report.json``."""


class Gap(Struct, frozen=True):
    """Something the reader might take for settled and is not.

    Parameters
    ----------
    anchor : str
        Its identifier in the page.
    standing, word : str
        How it stands, as a key and as a word.
    sentence : Markup
        What is missing.
    details : tuple of Markup
        Which files, and why.
    left_out : int
        Details that are not shown.
    """

    anchor: str
    standing: str
    word: str
    sentence: Markup
    details: tuple[Markup, ...]
    left_out: int


def tell_gaps(lookup: Lookup) -> tuple[Gap, ...]:
    """Say what the findings leave open.

    Parameters
    ----------
    lookup : Lookup
        The case.

    Returns
    -------
    tuple of Gap
        Questions nobody tested first, then files, then failures.
    """
    found = [
        *_not_tested(lookup),
        *_damaged(lookup.case.items, lookup),
        *_unread(lookup),
        *_decks(lookup),
        *_known_footage(lookup),
        *_sampled(lookup),
        *_unreadable(lookup),
        *_without_metadata(lookup),
        *_failed(lookup),
    ]
    return tuple(
        Gap(
            f"open-{position}",
            standing,
            STANDINGS[standing],
            sentence,
            tuple(details[:MAX_DETAILS]),
            max(0, len(details) - MAX_DETAILS),
        )
        for position, (standing, sentence, details) in enumerate(found, 1)
    )


_Draft = tuple[str, Markup, Sequence[Markup]]


def _not_tested(lookup: Lookup) -> Iterator[_Draft]:
    for question in lookup.case.not_tested:
        yield "untested", markup("{}", question), ()


def _damaged(items: Sequence[Item], lookup: Lookup) -> Iterator[_Draft]:
    degraded = [item for item in items if item.status == "degraded"]
    rejected = [item for item in items if item.status == "rejected"]
    if degraded:
        count = counted(len(degraded), "item is", "items are")
        said = (
            "cut short or broken and could be examined only in part; nothing is said of the rest."
        )
        yield "partial", markup("{} {}", count, said), _with_reasons(degraded, lookup)
    if rejected:
        count = counted(len(rejected), "item")
        said = "could not be decoded at all; no picture of them was examined."
        yield "rejected", markup("{} {}", count, said), _with_reasons(rejected, lookup)


def _with_reasons(items: Sequence[Item], lookup: Lookup) -> list[Markup]:
    return [
        markup("{}: {}", lookup.linked(item.sha256), shorten(item.reason or "no reason given"))
        for item in items
    ]


def _unread(lookup: Lookup) -> Iterator[_Draft]:
    unexpected = [each for each in lookup.case.unread if not each.expected]
    expected = [each for each in lookup.case.unread if each.expected]
    if unexpected:
        count = counted(len(unexpected), "file was", "files were")
        details = [
            markup("{}: {} {}", name(each.path), shorten(each.reason), each.advice)
            for each in unexpected
        ]
        yield "unread", markup("{} not examined.", count), details
    if expected:
        said = "left aside by design: notes, lists and other files that are no photo or video."
        details = [markup("{}: {}", name(each.path), shorten(each.reason)) for each in expected]
        count = counted(len(expected), "file was", "files were")
        yield "unread", markup("{} {}", count, said), details


def _known_footage(lookup: Lookup) -> Iterator[_Draft]:
    case = lookup.case
    if case.archive is None:
        yield (
            "undecided",
            Markup(
                "No known footage was named to compare with, so nothing is said about whether "
                "these pictures were used before."
            ),
            (),
        )
        return
    if case.case.event.start is None:
        said = "The case names no date of the event, so no copy can be called recycled."
        yield "undecided", markup(said), ()
    set_aside = {each.query.sha256 for each in case.dismissed}
    no_match = [
        each
        for each in case.unmatched
        if each.reason == "no match" and each.sha256 not in set_aside
    ]
    too_plain = [each for each in case.unmatched if each.reason == "insufficient detail"]
    if no_match:
        entries = counted(case.archive.entries, "entry", "entries")
        count = counted(len(no_match), "item matches", "items match")
        said = "{} nothing in this archive of {}. That does not make them new or original."
        names = [lookup.linked(each.sha256, each.path) for each in no_match]
        yield "undecided", markup(said, count, entries), names
    if too_plain:
        count = counted(len(too_plain), "item has", "items have")
        said = "{} too little detail to be searched for in known footage."
        names = [lookup.linked(each.sha256, each.path) for each in too_plain]
        yield "undecided", markup(said, count), names
    if case.dismissed:
        count = counted(len(case.dismissed), "likeness", "likenesses")
        said = "{} with known footage was set aside: {}."
        if len(case.dismissed) > 1:
            said = "{} with known footage were set aside: {}."
        why = link("dismissed", "a person decided that it is no duplicate")
        yield "person", markup(said, count, why), ()
    yield from _not_compared(lookup)
    if case.archive.problems:
        count = counted(len(case.archive.problems), "row or file", "rows or files")
        said = "{} of the known footage could not be taken in, and nothing was compared with them."
        details = [markup("{}", shorten(each)) for each in case.archive.problems]
        yield "failed", markup(said, count), details


def _decks(lookup: Lookup) -> Iterator[_Draft]:
    case = lookup.case
    if not case.case.deck and not case.damage:
        said = (
            "What happened to the bridge: no deck is drawn in the case file, and none was found on "
            "pictures that look alike, so none were compared."
        )
        yield "untested", markup(said), ()
        return
    open_ones = told_once(each for each in case.damage if each.damage.state == "undetermined")
    if open_ones:
        count = counted(len(open_ones), "comparison does", "comparisons do")
        said = "{} not settle what happened to {}."
        details = [
            markup(
                "{}: {}",
                link(each.id, name(f"{view_words(each.after)}{also}")),
                shorten(each.damage.reason),
            )
            for each, also in open_ones
        ]
        yield "undecided", markup(said, count, link("damage", "the deck")), details
    if case.not_compared:
        # One line an item, however many decks there are.
        by_item = {each.path: each for each in case.not_compared}
        compared = {each.after.path for each in case.damage}
        left = [each for path, each in by_item.items() if path not in compared]
        count = counted(len(left), "item was", "items were")
        said = "{} compared with no deck. {}."
        details = [
            markup(
                "{}: {}",
                lookup.linked(each.sha256, each.path) if each.sha256 else name(each.path),
                each.reason,
            )
            for each in left
        ]
        if left:
            yield "limited", markup(said, count, link("not-compared", "Why")), details


def _not_compared(lookup: Lookup) -> Iterator[_Draft]:
    case = lookup.case
    compared = {each.sha256 for each in case.unmatched}
    compared |= {match.query.sha256 for match in case.matches}
    missing = [item for item in case.items if item.sha256 not in compared]
    if missing:
        count = counted(len(missing), "item was", "items were")
        names = [lookup.linked(item.sha256) for item in missing]
        yield "undecided", markup("{} not compared with known footage.", count), names


def _sampled(lookup: Lookup) -> Iterator[_Draft]:
    details = []
    for item in lookup.case.items:
        still = lookup.finding(item.sha256, StillFacts)
        clip = lookup.finding(item.sha256, VideoFacts)
        if still is not None:
            examined, there = still.frames_examined, still.frames
        elif clip is not None:
            examined, there = clip.frames_examined, clip.packets
        else:
            continue
        if 0 < examined < there:
            said = f"{examined:,} of {there:,} frames examined"
            details.append(markup("{}: {}", lookup.linked(item.sha256), said))
    if details:
        count = counted(len(details), "clip was", "clips were")
        said = "{} compared with photos at single frames; photos of others are leads at most."
        yield "limited", markup(said, count), details


def _unreadable(lookup: Lookup) -> Iterator[_Draft]:
    by_step: dict[str, list[Markup]] = defaultdict(list)
    # Of an item that cannot be decoded this is said already.
    decodable = [item for item in lookup.case.items if item.status != "rejected"]
    for item in decodable:
        for each in lookup.outcomes(item.sha256):
            if isinstance(each.outcome, Absent) and each.outcome.reason == "unreadable":
                who = lookup.linked(item.sha256)
                by_step[each.step].append(markup("{}: {}", who, shorten(each.outcome.detail)))
        table = lookup.finding(item.sha256, MetadataTable)
        for engine, said in sorted(table.failed_engines.items()) if table is not None else ():
            who = lookup.linked(item.sha256)
            by_step["metadata.read"].append(markup("{}: {}: {}", who, engine, shorten(said)))
    for step, details in sorted(by_step.items()):
        count = counted(len(details), "time", "times")
        said = "{} could not read what is there, or one of its engines gave up: {}."
        yield "failed", markup(said, step, count), details


def _without_metadata(lookup: Lookup) -> Iterator[_Draft]:
    bare = [item for item in lookup.case.items if lookup.metadata(item.sha256) is None]
    if bare:
        count = counted(len(bare), "item carries", "items carry")
        said = "{} no readable metadata. Platforms strip it as a rule, so its absence says nothing."
        yield "limited", markup(said, count), [lookup.linked(item.sha256) for item in bare]


def _failed(lookup: Lookup) -> Iterator[_Draft]:
    rejected = {
        path for item in lookup.case.items if item.status == "rejected" for path in item.paths
    }
    # That an item cannot be decoded is said with the items; here is what else failed.
    problems = [
        each
        for each in lookup.case.problems
        if not (each.step == "ingest.media" and each.paths and rejected.issuperset(each.paths))
    ]
    if not problems:
        return
    count = counted(len(problems), "step", "steps")
    details = [
        markup(
            "{}{}: {} {}",
            problem.step,
            markup(" on {}", listed([name(path) for path in problem.paths]))
            if problem.paths
            else "",
            shorten(problem.error),
            problem.advice,
        )
        for problem in problems
    ]
    audit = link("audit", "the audit names all")
    yield "failed", markup("{} failed or could not run; {}.", count, audit), details
