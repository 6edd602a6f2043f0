"""From a case to what the page shows, part by part."""

import hashlib

from markupsafe import Markup
from msgspec import Struct

from forensics.model.case import Case, Method
from forensics.model.casefile import EventWindow, Place
from forensics.report.damage import DamageSection, damage_section, damaged_items
from forensics.report.findings import Tellings, tell
from forensics.report.gaps import Gap, tell_gaps
from forensics.report.items import ItemCard, NoteRow, StepRow, item_cards, note_rows, step_row
from forensics.report.locator import LOCATOR_CAPTION, LOCATOR_NOTE
from forensics.report.lookup import Lookup, is_copy, method_anchor
from forensics.report.matches import GroupCard, MatchCard, group_cards, match_cards
from forensics.report.pictures import Pictures
from forensics.report.sentences import dismissed_sentence, thresholds
from forensics.report.text import counted, markup, moment, prose
from forensics.report.timeline import TimeLine, draw_time_line


class MethodCard(Struct, frozen=True):
    """A step as the methods section shows it.

    Parameters
    ----------
    anchor : str
        Its identifier.
    method : Method
        The step.
    thresholds : tuple of (str, str)
        Its thresholds with their error rates.
    scope : str
        On how many items it ran, in words.
    """

    anchor: str
    method: Method
    thresholds: tuple[tuple[str, str], ...]
    scope: str


class AuditRow(Struct, frozen=True):
    """Every step's state on one item.

    Parameters
    ----------
    item : Markup
        The item, as a link.
    states : tuple of StepRow or None
        In the order of the columns; None when the step was not run on it.
    """

    item: Markup
    states: tuple[StepRow | None, ...]


class Audit(Struct, frozen=True):
    """Every step on every item.

    Parameters
    ----------
    steps : tuple of str
        The columns.
    rows : tuple of AuditRow
        The items.
    digests : tuple of (str, str)
        SHA-256 and path of every file that was examined.
    """

    steps: tuple[str, ...]
    rows: tuple[AuditRow, ...]
    digests: tuple[tuple[str, str], ...]


class Page(Struct, frozen=True):
    """Everything the templates show.

    Parameters
    ----------
    case : Case
        The case itself.
    title, counts : str
        Its name, and one line of counts.
    facts : tuple of (str, Markup)
        Event, place, examiner and the like.
    tellings : Tellings
        What this says.
    gaps : tuple of Gap
        What it cannot say.
    damage : DamageSection
        What happened to drawn decks.
    copies, leads : tuple of MatchCard
        Matches with known footage.
    dismissed : tuple of Markup
        What a person set aside, a sentence each.
    groups : tuple of GroupCard
        Copies within the folder.
    notes : tuple of NoteRow
        Notes on all items that are more than information.
    notes_for_information : int
        The others, which stand with the items.
    has_maps : bool
        Whether an item states a position.
    locator_note, locator_caption : str
        What a reader of the maps must know, at length and in a line.
    items : tuple of ItemCard
        The items.
    time_line : TimeLine
        Everything dated.
    methods : tuple of MethodCard
        The steps.
    audit : Audit
        Every step on every item.
    digest : str
        SHA-256 of ``report.json``.
    has_pictures_beside : bool
        Whether some pictures are files beside the page.
    """

    case: Case
    title: str
    counts: str
    facts: tuple[tuple[str, Markup], ...]
    tellings: Tellings
    gaps: tuple[Gap, ...]
    damage: DamageSection
    copies: tuple[MatchCard, ...]
    leads: tuple[MatchCard, ...]
    dismissed: tuple[Markup, ...]
    groups: tuple[GroupCard, ...]
    notes: tuple[NoteRow, ...]
    notes_for_information: int
    has_maps: bool
    locator_note: str
    locator_caption: str
    items: tuple[ItemCard, ...]
    time_line: TimeLine
    methods: tuple[MethodCard, ...]
    audit: Audit
    digest: str
    has_pictures_beside: bool


def lay_out(case: Case, pictures: Pictures, *, json_bytes: bytes) -> Page:
    """Turn a case into what the page shows.

    Parameters
    ----------
    case : Case
        What was found.
    pictures : Pictures
        Loads pictures; those that findings rest on come first.
    json_bytes : bytes
        The bytes of ``report.json``.

    Returns
    -------
    Page
        For the templates.
    """
    lookup = Lookup(case)
    tellings = tell(lookup, pictures)
    copies, leads = match_cards(lookup, pictures)
    damage = damage_section(lookup, pictures)
    groups = group_cards(lookup, pictures)
    items = item_cards(lookup, pictures)
    digest = hashlib.sha256(json_bytes).hexdigest()
    return Page(
        case=case,
        title=case.case.name or "Unnamed case",
        counts=_counts(case, damaged=len(damaged_items(lookup))),
        facts=tuple(_facts(case, digest)),
        tellings=tellings,
        gaps=tell_gaps(lookup),
        damage=damage,
        copies=copies,
        leads=leads,
        dismissed=tuple(dismissed_sentence(each, lookup) for each in case.dismissed),
        groups=groups,
        notes=tuple(
            row
            for item in case.items
            for row in note_rows(item, lookup)
            if row.note.severity != "info"
        ),
        has_maps=any(item.map for item in items),
        locator_note=LOCATOR_NOTE,
        locator_caption=LOCATOR_CAPTION,
        notes_for_information=sum(
            note.severity == "info" for item in case.items for note in lookup.notes(item.sha256)
        ),
        items=items,
        time_line=draw_time_line(lookup),
        methods=tuple(_method(method, case) for method in case.methods),
        audit=_audit(lookup),
        digest=digest,
        has_pictures_beside=pictures.beside,
    )


def _counts(case: Case, *, damaged: int) -> str:
    files = sum(len(item.paths) for item in case.items)
    rejected = [item for item in case.items if item.status == "rejected"]
    examined = files - sum(len(item.paths) for item in rejected)
    total = counted(files + len(case.unread), "file")
    recycled = len({match.query.sha256 for match in case.matches if match.recycled})
    degraded = sum(item.status == "degraded" for item in case.items)
    unexpected = sum(not each.expected for each in case.unread)
    parts = [f"{examined:,} of {total} examined"]
    if case.archive is not None:
        parts.append(f"{recycled:,} recycled")
    if case.case.deck:
        parts.append(f"damage on {damaged:,}")
    leads = len({match.query.sha256 for match in case.matches if not is_copy(match)})
    if leads:
        parts.append(f"{counted(leads, 'lead')} for a person")
    sets = sum(len(group.members) > 1 for group in case.groups)
    if sets:
        parts.append(f"{counted(sets, 'set')} of copies")
    for count, word in ((degraded, "examined in part"), (len(rejected), "rejected")):
        if count:
            parts.append(f"{count:,} {word}")
    if unexpected:
        parts.append(f"{unexpected:,} unreadable")
    expected = len(case.unread) - unexpected
    if expected:
        parts.append(f"{expected:,} no photo or video")
    return "; ".join(parts)


def _facts(case: Case, digest: str) -> list[tuple[str, Markup]]:
    said, tool = case.case, case.tool
    facts = [
        ("Event", _event(said.event)),
        ("Place", _place(said.place)),
        ("Examiner", markup("{}", said.examiner or "not named")),
    ]
    if said.as_of is not None:
        facts.append(("As of", markup("{}", moment(said.as_of))))
    facts.append(("Compared with", _archive(case)))
    facts.append(("Made by", markup("{} {}", tool.name, tool.version)))
    facts.append(("SHA-256 of report.json", markup('<code class="digest">{}</code>', digest)))
    return facts


def _event(event: EventWindow) -> Markup:
    if event == EventWindow():
        return markup("not named")
    text = prose(event.text) if event.text else markup("not described")
    if event.start is None and event.end is None:
        return markup("{}<br>no date named", text)
    start = moment(event.start) if event.start is not None else "unknown"
    end = moment(event.end) if event.end is not None else "unknown"
    return markup("{}<br>between {} and {}", text, start, end)


def _place(place: Place) -> Markup:
    if not place.name and place.lat is None:
        return markup("not named")
    if place.lat is None or place.lon is None:
        return markup("{}", place.name)
    radius = f", within {place.radius_m:,.0f} m" if place.radius_m is not None else ""
    return markup("{}<br>{}, {}{}", place.name, place.lat, place.lon, radius)


def _archive(case: Case) -> Markup:
    if case.archive is None:
        return markup("no known footage")
    known = case.archive
    entries = counted(known.entries, "entry", "entries")
    span = ""
    if known.earliest is not None and known.latest is not None:
        span = f", first seen {moment(known.earliest)} to {moment(known.latest)}"
    hashes = counted(known.hashes, "hashed picture or frame", "hashed pictures and frames")
    alone = ""
    if known.by_hash_only:
        count = counted(known.by_hash_only, "entry", "entries")
        alone = f"; {count} can be found by hash alone"
    return markup("known footage: {} with {}{}{}", entries, hashes, span, alone)


def _method(method: Method, case: Case) -> MethodCard:
    return MethodCard(method_anchor(method.step), method, thresholds(method), _ran_on(method, case))


def _ran_on(method: Method, case: Case) -> str:
    if not case.items:
        return "No item to run on"
    if method.scope == "case":
        whole = "once, over all items together" if method.ran else "not run"
        return f"Run: {'failed' if method.failed else whole}"
    counts = ((method.ran, "with a result"), (method.absent, "with nothing to say"))
    told = [f"{count:,} {word}" for count, word in (*counts, (method.failed, "failed")) if count]
    if method.scope == "pair" and not method.ran + method.failed:
        return "Run on no pair"
    return f"{'Pairs' if method.scope == 'pair' else 'Items'}: {', '.join(told)}"


def _audit(lookup: Lookup) -> Audit:
    case = lookup.case
    seen = {each.step for each in case.outcomes if len(each.subject) == 1}
    known = [method.step for method in case.methods if method.step in seen]
    steps = (*sorted(seen - set(known)), *known)
    rows = []
    for item in case.items:
        by_step = {each.step: step_row(each) for each in lookup.outcomes(item.sha256)}
        linked = lookup.linked(item.sha256)
        rows.append(AuditRow(linked, tuple(by_step.get(step) for step in steps)))
    digests = tuple((item.sha256, path) for item in case.items for path in item.paths)
    return Audit(steps, tuple(rows), digests)
