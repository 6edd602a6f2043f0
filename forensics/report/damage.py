"""What happened to drawn decks, as the page shows it: comparisons, time lines, what was left."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from markupsafe import Markup
from msgspec import Struct

from forensics.model.damage import DamageReport, DeckTimeline, TimelineStep
from forensics.report.damage_sentences import (
    DAMAGED,
    as_percent,
    damage_alt,
    damage_sentence,
    damage_standing,
    found_deck_words,
    gap_words,
    score_words,
    sun_words,
    told_once,
    view_words,
)
from forensics.report.lookup import Lookup
from forensics.report.matches import Shot
from forensics.report.pictures import Pictures
from forensics.report.text import markup, moment, name
from forensics.report.words import DAMAGE_CLASSES, DATE_SOURCES, DECK_STATES, GRADES, STANDINGS

_ORDER = ("collapsed", "holed", "scorched", "none", "undetermined")
_WHOLE = 0.995
"""Share of a deck from which on it is examined whole, as it is written in percent."""

_SHOTS = (
    ("before", "The picture with the deck, and its outline"),
    ("after", "The other one, laid over it on the plane of the deck"),
    ("overlay", "What was found, drawn over the other one: colour and hatching as in the legend"),
)
_STRIPS = (
    ("strip_before", "The deck unrolled, in the first picture"),
    ("strip_after", "The same stretch in the other picture"),
    ("strip_classes", "What was found on it, in the colours and hatching of the legend"),
    ("error_view", "How far off each place may be (90 % bound): dark 0, light 5 pixels and more"),
)


class DamageCard(Struct, frozen=True):
    """One comparison on a deck.

    Parameters
    ----------
    anchor : str
        Its identifier.
    standing, word : str
        How it stands, as a key and as a word.
    sentence, order : Markup
        What was found, and which of the two is the earlier one.
    shots, strips : tuple of Shot
        Both pictures and what was found; the deck unrolled.
    legend : tuple of (str, str)
        Key and words of each class that is drawn.
    facts : tuple of (str, Markup)
        What the editor asks for.
    places : tuple of tuple of Markup
        Every damaged place: class, share, score, measures.
    measures : tuple of (str, Markup)
        How it was laid over, sizes, digests.
    """

    anchor: str
    standing: str
    word: str
    sentence: Markup
    order: Markup
    shots: tuple[Shot, ...]
    strips: tuple[Shot, ...]
    legend: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, Markup], ...]
    places: tuple[tuple[Markup, ...], ...]
    measures: tuple[tuple[str, Markup], ...]


class Times(Struct, frozen=True):
    """One deck over time.

    Parameters
    ----------
    anchor : str
        Its identifier.
    image : Markup
        The picture that the deck is drawn on.
    steps : tuple of (str, str, Shot)
        Standing, word and picture of each time, earliest first.
    remarks : tuple of Markup
        What cannot be in this order.
    undated : int
        Comparisons whose picture nothing dates.
    """

    anchor: str
    image: Markup
    steps: tuple[tuple[str, str, Shot], ...]
    remarks: tuple[Markup, ...]
    undated: int


class LeftOut(Struct, frozen=True):
    """Items that were not compared for one reason.

    Parameters
    ----------
    image : Markup
        The picture that the deck is drawn on.
    reason : str
        Why not.
    names : tuple of Markup
        The items.
    """

    image: Markup
    reason: str
    names: tuple[Markup, ...]


class DamageSection(Struct, frozen=True):
    """The section on damage.

    Parameters
    ----------
    times : tuple of Times
        Decks seen at three times or more, or with something to remark on.
    cards : tuple of DamageCard
        Comparisons of pictures that could be laid over each other, the worst first.
    refused : tuple of DamageCard
        Pictures that could not be.
    left_out : tuple of LeftOut
        What was not compared.
    """

    times: tuple[Times, ...]
    cards: tuple[DamageCard, ...]
    refused: tuple[DamageCard, ...]
    left_out: tuple[LeftOut, ...]


def damage_section(lookup: Lookup, pictures: Pictures) -> DamageSection:
    """Lay out what is said of drawn decks.

    Parameters
    ----------
    lookup : Lookup
        The case.
    pictures : Pictures
        Loads pictures.

    Returns
    -------
    DamageSection
        Empty when no deck was drawn.
    """
    case = lookup.case
    ranked = sorted(case.damage, key=lambda each: _ORDER.index(each.damage.state))
    cards = [each for each in ranked if each.registration.status == "registered"]
    refused = told_once(each for each in ranked if each.registration.status != "registered")
    return DamageSection(
        tuple(
            _times(each, lookup, pictures)
            for each in case.deck_timelines
            if len(each.steps) > 2 or each.remarks  # noqa: PLR2004 - two times are a comparison
        ),
        tuple(damage_card(each, lookup, pictures) for each in cards),
        tuple(damage_card(each, lookup, pictures, also=also) for each, also in refused),
        tuple(_left_out(lookup)),
    )


def damage_card(
    each: DamageReport, lookup: Lookup, pictures: Pictures, *, also: str = ""
) -> DamageCard:
    """Lay out one comparison.

    Parameters
    ----------
    each : DamageReport
        The comparison.
    lookup : Lookup
        The case.
    pictures : Pictures
        Loads pictures.
    also : str, optional
        Other moments of the clip of which the same is said.

    Returns
    -------
    DamageCard
        For the templates.
    """
    standing = damage_standing(each)
    return DamageCard(
        each.id,
        standing,
        STANDINGS[standing],
        damage_sentence(each, lookup, also=also),
        markup("{}", each.order_because),
        tuple(_shots(_SHOTS, each, pictures)),
        tuple(_shots(_STRIPS, each, pictures)),
        _legend(each),
        tuple(_facts(each)),
        tuple(_places(each)),
        tuple(_measures(each)),
    )


def _shots(
    wanted: Sequence[tuple[str, str]], each: DamageReport, pictures: Pictures
) -> Iterator[Shot]:
    is_laid = each.registration.status == "registered"
    for key, caption in wanted:
        if key not in each.artefacts:
            continue
        view = each.before if key in {"before", "strip_before"} else each.after
        said = caption if is_laid or key != "after" else "The other one, as it is"
        alt = f"{said}. {damage_alt(each)}"
        shown = markup("{}: {}", name(view_words(view)), said)
        yield Shot(pictures.evidence(each.artefacts[key]), alt, shown)


def _legend(each: DamageReport) -> tuple[tuple[str, str], ...]:
    if "overlay" not in each.artefacts:
        return ()
    found = {finding.class_ for finding in each.damage.findings}
    shown: list[tuple[str, str]] = [
        (key, words) for key, words in DAMAGE_CLASSES.items() if key in found
    ]
    if each.deck.examined_fraction < _WHOLE or each.damage.state == "undetermined":
        shown.append(("not_examined", "not examined, or not settled"))
    return tuple(shown)


def _facts(each: DamageReport) -> Iterator[tuple[str, Markup]]:
    damage, deck = each.damage, each.deck
    yield "State of the deck", markup("{}", DECK_STATES[damage.state])
    yield "Why", markup("{}", damage.reason)
    if damage.confidence is not None:
        yield "Score", markup("{}", score_words(damage.confidence))
    if damage.state in GRADES:
        yield "Grade", markup("{}, in the words of Copernicus EMS", GRADES[damage.state])
    if damage.gap.parts:
        parts = ", ".join(f"{as_percent(a)} to {as_percent(b)}" for a, b in damage.gap.parts)
        said = "{}, between its {} ends ({}, counted from {})"
        yield "Missing", markup(said, gap_words(damage.gap), deck.source, parts, _begins(each))
    if deck.source == "found":
        yield "Deck", markup("{}", found_deck_words(deck))
    if each.registration.tie_points:
        said = "{} points that a person found on both pictures, from which they were laid over"
        yield "Premise", markup(said, each.registration.tie_points)
    if each.registration.status == "registered":
        examined = as_percent(deck.examined_fraction)
        said = "{} of the deck's surface; underside and piers not examined"
        yield "Examined", markup(said, examined)
    drawn = "Deck drawn on" if deck.source == "drawn" else "Deck looked for on"
    for role, view in ((drawn, each.before), ("Compared with it", each.after)):
        dated = "no date is known" if view.dated is None else view.dated.because
        yield role, markup("{}: {}", name(view_words(view)), dated)
        if view.sun is not None:
            yield "Sun at that time", markup("{}", sun_words(view.sun))


def _begins(each: DamageReport) -> str:
    corners = each.deck.region_before or ()
    if not corners:
        return "its beginning"
    start = (corners[0][0] + corners[-1][0]) / 2, (corners[0][1] + corners[-1][1]) / 2
    end = (corners[1][0] + corners[2][0]) / 2, (corners[1][1] + corners[2][1]) / 2
    if start[0] == end[0]:
        return "its upper end" if start[1] < end[1] else "its lower end"
    return "its left end" if start[0] < end[0] else "its right end"


def _places(each: DamageReport) -> Iterator[tuple[Markup, ...]]:
    for found in each.damage.findings:
        yield (
            markup("{}", DAMAGE_CLASSES[found.class_]),
            markup("{}", as_percent(found.area_fraction_of_deck)),
            markup("{}", f"{found.confidence:.2f}"),
            markup("{}", found.because),
        )


def _measures(each: DamageReport) -> Iterator[tuple[str, Markup]]:
    laid, deck = each.registration, each.deck
    whole = '<code class="digest">{}</code>'
    if laid.status == "registered":
        said = "{} patches of the deck agree, {} of those that both pictures show"
        yield "Laid over each other", markup(said, laid.inliers, as_percent(laid.support))
        yield "Worst deck point off by", markup("at most {} pixels (90 % bound)", laid.error_px)
    if laid.homography is not None:
        matrix = "; ".join(" ".join(f"{each:.6g}" for each in row) for row in laid.homography)
        yield "Matrix, other picture to the deck's", markup(whole, matrix)
    if deck.length_px is not None:
        yield "Deck in pixels", markup("{} long, {} wide", deck.length_px, deck.width_px)
    yield "SHA-256 of the picture with the deck", markup(whole, each.before.sha256 or "unknown")
    yield "SHA-256 of the other picture", markup(whole, each.after.sha256 or "unknown")


def _times(told: DeckTimeline, lookup: Lookup, pictures: Pictures) -> Times:
    by_id = {each.id: each for each in lookup.case.damage}
    own = [by_id[step.damage] for step in told.steps if step.damage in by_id]
    shown = tuple(_time(step, by_id, own, lookup, pictures) for step in told.steps)
    remarks = tuple(markup("{}", each) for each in told.remarks)
    return Times(told.id, name(told.image), shown, remarks, len(told.undated))


def _time(
    step: TimelineStep,
    by_id: dict[str, DamageReport],
    own: Sequence[DamageReport],
    lookup: Lookup,
    pictures: Pictures,
) -> tuple[str, str, Shot]:
    compared = by_id.get(step.damage or "")
    key, source = ("after", compared) if compared is not None else ("before", next(iter(own), None))
    path = source.artefacts.get(key) if source is not None else None
    state = "compared with this one" if step.damage is None else DECK_STATES[step.state]
    standing = "reference" if compared is None else damage_standing(compared)
    date = _date_words(step)
    alt = f"{state}: {step.path}, {date}"
    linked = lookup.linked(step.sha256 or "", step.path)
    at = "" if step.moment_s is None else f" at {step.moment_s:.1f} s"
    caption = markup("{}{}<br>{}, {}", linked, at, date, DATE_SOURCES[step.dated.source])
    if compared is not None:
        caption = markup('{}<br><a href="#{}">Evidence</a>', caption, compared.id)
    return standing, state, Shot(pictures.evidence(path), alt, caption)


def _date_words(step: TimelineStep) -> str:
    said = moment(step.dated.value)
    return said if step.dated.earliest is not None else f"no later than {said}"


def _left_out(lookup: Lookup) -> Iterator[LeftOut]:
    grouped: dict[tuple[str, str], list[Markup]] = defaultdict(list)
    for each in lookup.case.not_compared:
        shown = lookup.linked(each.sha256, each.path) if each.sha256 else name(each.path)
        grouped[each.image, each.reason].append(shown)
    for (image, reason), names in grouped.items():
        yield LeftOut(name(image), reason, tuple(names))


def damaged_items(lookup: Lookup) -> frozenset[str]:
    """Give the items on which damage was found.

    Parameters
    ----------
    lookup : Lookup
        The case.

    Returns
    -------
    frozenset of str
        Their digests.
    """
    found = (each for each in lookup.case.damage if each.damage.state in DAMAGED)
    return frozenset(each.after.sha256 or "" for each in found)
