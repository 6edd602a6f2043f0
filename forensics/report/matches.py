"""Matches with known footage and groups of copies, as the page shows them."""

from collections.abc import Iterator

from markupsafe import Markup
from msgspec import Struct

from forensics.model.findings import VideoFacts
from forensics.model.match import Group, Match
from forensics.report.lookup import Lookup, is_copy
from forensics.report.pictures import Picture, Pictures
from forensics.report.segment_words import tell_segment
from forensics.report.sentences import (
    decided_at,
    expected_by_chance,
    group_sentence,
    match_alt,
    match_sentence,
    match_standing,
)
from forensics.report.text import markup, moment, name
from forensics.report.time_plot import draw_time_plot
from forensics.report.words import BASES, EDITS, RELATION_NAMES, STANDINGS

_DRAWN = (
    ("aligned", "This file, laid over the known one"),
    ("difference", "Difference of the two, four times as strong; black is equal, grey not shown"),
)
_COMMON = (
    "This file beside the known one: what both show (blue), what was done to this file "
    "(orange-red), and points found in both"
)
_REFERENCE = "Known footage, as the archive keeps it"


class Shot(Struct, frozen=True):
    """A picture with its caption.

    Parameters
    ----------
    picture : Picture
        The picture.
    alt : str
        What it shows, as the finding states it.
    caption : Markup
        What stands beneath.
    """

    picture: Picture
    alt: str
    caption: Markup


class MatchCard(Struct, frozen=True):
    """One match with known footage.

    Parameters
    ----------
    anchor : str
        Its identifier.
    standing, word : str
        How it stands, as a key and as a word.
    sentence : Markup
        What it means.
    shots : tuple of Shot
        Query, reference and what differs.
    common : Shot or None
        Both side by side with what is common to them.
    facts : tuple of (str, Markup)
        Dates, source, reason, edits.
    measures : tuple of (str, Markup)
        Distance, geometry, digests.
    segments : tuple of str
        Which stretch shows which.
    plot : Markup
        The same as a plot; empty unless a stretch lasts.
    """

    anchor: str
    standing: str
    word: str
    sentence: Markup
    shots: tuple[Shot, ...]
    common: Shot | None
    facts: tuple[tuple[str, Markup], ...]
    measures: tuple[tuple[str, Markup], ...]
    segments: tuple[str, ...]
    plot: Markup


class GroupCard(Struct, frozen=True):
    """Items of the case that are copies of each other.

    Parameters
    ----------
    anchor : str
        Its identifier.
    standing, word : str
        How it stands, as a key and as a word.
    sentence : Markup
        What it means.
    shots : tuple of Shot
        Its members, then items that only look alike.
    """

    anchor: str
    standing: str
    word: str
    sentence: Markup
    shots: tuple[Shot, ...]


def match_cards(lookup: Lookup, pictures: Pictures) -> tuple[tuple[MatchCard, ...], ...]:
    """Lay out the matches with known footage.

    Parameters
    ----------
    lookup : Lookup
        The case.
    pictures : Pictures
        Loads pictures.

    Returns
    -------
    tuple of two tuples of MatchCard
        Copies, the recycled ones first; and leads.
    """
    order = ("recycled", "copy", "lead")
    ranked = sorted(lookup.case.matches, key=lambda match: order.index(match_standing(match)))
    copies = tuple(_match_card(match, lookup, pictures) for match in ranked if is_copy(match))
    leads = tuple(_match_card(match, lookup, pictures) for match in ranked if not is_copy(match))
    return copies, leads


def group_cards(lookup: Lookup, pictures: Pictures) -> tuple[GroupCard, ...]:
    """Lay out the groups of copies within the folder.

    Parameters
    ----------
    lookup : Lookup
        The case.
    pictures : Pictures
        Loads pictures.

    Returns
    -------
    tuple of GroupCard
        Groups of copies first, then items that only look alike.
    """
    ranked = sorted(lookup.case.groups, key=lambda group: len(group.members) < 2)  # noqa: PLR2004
    return tuple(_group_card(group, lookup, pictures) for group in ranked)


def _match_card(match: Match, lookup: Lookup, pictures: Pictures) -> MatchCard:
    standing = match_standing(match)
    facts = lookup.finding(match.query.sha256, VideoFacts)
    return MatchCard(
        match.id,
        standing,
        STANDINGS[standing],
        match_sentence(match, lookup),
        _shots(match, lookup, pictures),
        _common(match, pictures),
        tuple(_facts(match)),
        tuple(_measures(match)),
        tuple(tell_segment(each) for each in match.segments),
        draw_time_plot(match.segments, query_s=None if facts is None else facts.duration_s),
    )


def _shots(match: Match, lookup: Lookup, pictures: Pictures) -> tuple[Shot, ...]:
    alt = match_alt(match)
    thumb = pictures.evidence(lookup.artefact(match.query.sha256, "thumb"))
    query = markup("This file: {}", lookup.linked(match.query.sha256, match.query.path))
    reference = pictures.evidence(match.artefacts.get("reference"))
    known = match.reference.path or match.reference.id
    shots = [
        Shot(thumb, alt, query),
        Shot(reference, f"The known footage {known}", markup("{}: {}", _REFERENCE, name(known))),
    ]
    for key, caption in _DRAWN:
        if key in match.artefacts:
            drawn = pictures.evidence(match.artefacts[key])
            shots.append(Shot(drawn, f"{caption}. {alt}", markup("{}", caption)))
    return tuple(shots)


def _common(match: Match, pictures: Pictures) -> Shot | None:
    if "common" not in match.artefacts:
        return None
    drawn = pictures.evidence(match.artefacts["common"])
    return Shot(drawn, f"{_COMMON}. {match_alt(match)}", markup("{}", _COMMON))


def _facts(match: Match) -> Iterator[tuple[str, Markup]]:
    reference = match.reference
    unknown = "not stated in the archive"
    seen = moment(reference.first_seen) if reference.first_seen else "no date in the archive"
    basis = BASES.get(reference.basis or "", reference.basis or unknown)
    yield "Known since", markup("{}; rests on {}", seen, basis)
    yield "Source", markup('<span class="source">{}</span>', reference.source or unknown)
    yield "Known to show", markup("{}", reference.event or unknown)
    yield "Why", markup("{}", match.because)
    if match.decision is not None:
        yield "Confirmed by", markup("{}, {}", match.decision.who, decided_at(match.decision))
    yield "Expected by chance", markup("{}", expected_by_chance(match))
    if match.edits:
        done = ", ".join(dict.fromkeys(EDITS.get(edit.kind, edit.kind) for edit in match.edits))
        yield "What was done to it", markup("{}", done)


def _measures(match: Match) -> Iterator[tuple[str, Markup]]:
    transform, whole = match.transform, '<code class="digest">{}</code>'
    yield "Relation", markup("{}", RELATION_NAMES.get(match.relation, match.relation))
    if match.similarity is not None:
        yield "Structural similarity (SSIM)", markup("{} of at most 1", match.similarity)
    if match.features is not None:
        yield "Local features that move together", markup("{}", match.features)
    if match.distance_bits is not None:
        yield "Distance of PDQ hashes", markup("{} bits of 256", match.distance_bits)
    if transform.matrix is not None:
        yield "Mirrored", markup("{}", "yes" if transform.mirrored else "no")
        yield "Turned", markup("{}° clockwise", f"{transform.rotation_deg or 0:g}")
        if transform.scale is not None:
            said = "one pixel of this file is {} of the known picture"
            yield "Scale", markup(said, f"{transform.scale:.4g}")
        matrix = "; ".join(" ".join(f"{each:g}" for each in row) for row in transform.matrix)
        yield "Matrix, this file to the known", markup('<code class="digest">{}</code>', matrix)
    yield "SHA-256 of this file", markup(whole, match.query.sha256)
    if reference_digest := match.reference.sha256:
        yield "SHA-256 of the known file", markup(whole, reference_digest)


def _group_card(group: Group, lookup: Lookup, pictures: Pictures) -> GroupCard:
    standing = "group" if len(group.members) > 1 else "lead"
    shots = []
    for member in (*group.members, *group.leads):
        path = lookup.called(member.sha256)
        relation = RELATION_NAMES.get(member.relation, member.relation)
        picture = pictures.evidence(lookup.artefact(member.sha256, "thumb"))
        caption = markup("{}", lookup.linked(member.sha256))
        if member.relation != "first":
            said = "{}<br><strong>{}</strong>: {}"
            caption = markup(said, caption, relation, member.because)
        elif standing == "group":
            caption = markup("{}<br><strong>{}</strong>", caption, relation)
        shots.append(Shot(picture, f"{path}: {relation}", caption))
    sentence = group_sentence(group, lookup)
    return GroupCard(group.id, standing, STANDINGS[standing], sentence, tuple(shots))
