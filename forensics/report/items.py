"""Items as the page shows them: facts, metadata by source, notes, hashes, steps."""

from collections.abc import Iterable, Iterator

from markupsafe import Markup
from msgspec import Struct

from forensics.model.encoder import EncoderIdentity
from forensics.model.findings import ImageHashes, Note, StillFacts, VideoFacts
from forensics.model.item import Item
from forensics.model.outcome import Outcome, Problem, Result
from forensics.model.thumbnail import EmbeddedThumbnail
from forensics.report.damage_sentences import damage_standing
from forensics.report.item_beside import MAX_SIDECARS, SidecarCard, name_row, sidecar_card
from forensics.report.item_facts import item_facts
from forensics.report.item_fields import FieldGroup, field_groups
from forensics.report.item_making import encoder_rows, provenance_rows, thumbnail_line
from forensics.report.item_map import item_map
from forensics.report.lookup import Lookup, item_anchor, note_anchor
from forensics.report.pictures import Picture, Pictures
from forensics.report.sentences import match_standing
from forensics.report.text import name, shorten, size
from forensics.report.words import DECK_TAGS, OUTCOMES, STANDINGS

MAX_HASHES = 12
"""Frames of a clip whose hashes are shown; all stand in ``report.json``."""


class Tag(Struct, frozen=True):
    """A finding an item takes part in.

    Parameters
    ----------
    standing, word : str
        How it stands, as a key and as a word.
    target : str
        Where it is told.
    """

    standing: str
    word: str
    target: str


class NoteRow(Struct, frozen=True):
    """One note with its place in the page.

    Parameters
    ----------
    anchor : str
        Its identifier.
    standing, word : str
        How it stands, as a key and as a word.
    item : Markup
        The item, as a link.
    note : Note
        The note.
    """

    anchor: str
    standing: str
    word: str
    item: Markup
    note: Note


class StepRow(Struct, frozen=True):
    """What one step said about an item.

    Parameters
    ----------
    step, state, word, detail : str
        The step; its state as a key and in words; the reason.
    """

    step: str
    state: str
    word: str
    detail: str


class ItemCard(Struct, frozen=True):
    """One item.

    Parameters
    ----------
    anchor, sha256 : str
        Its identifier in the page and its digest.
    title : Markup
        Its first name.
    others : tuple of str
        Its other names.
    kind, status, line : str
        For filtering, and one line about it.
    search : str
        What the filter looks in.
    thumb : Picture
        Thumbnail.
    strip : Picture or None
        Film strip of a clip.
    alt : str
        What the thumbnail shows.
    tags : tuple of Tag
        Findings it takes part in.
    facts : tuple of (str, Markup)
        Size, format, duration.
    fields : tuple of FieldGroup
        Metadata.
    failed_engines : tuple of (str, str)
        Engines that gave up.
    notes : tuple of NoteRow
        Notes.
    map : Markup
        Where it and what stands beside it say it was; empty without a position.
    thumbnail : Picture or None
        The thumbnail inside the file.
    thumbnail_line : str
        What it shows.
    encoder, provenance, names : tuple of (str, Markup)
        How it was last saved, what it declares about its making, what its names imply.
    sidecars : tuple of SidecarCard
        What files beside it say.
    sidecars_left_out : int
        Records beyond `MAX_SIDECARS`.
    hashes : tuple of tuple of str
        Moment, PDQ, quality, pHash, dHash.
    hashes_left_out : int
        Frames beyond `MAX_HASHES`.
    steps : tuple of StepRow
        What each step said.
    """

    anchor: str
    sha256: str
    title: Markup
    others: tuple[str, ...]
    kind: str
    status: str
    line: str
    search: str
    thumb: Picture
    strip: Picture | None
    alt: str
    tags: tuple[Tag, ...]
    facts: tuple[tuple[str, Markup], ...]
    fields: tuple[FieldGroup, ...]
    failed_engines: tuple[tuple[str, str], ...]
    notes: tuple[NoteRow, ...]
    map: Markup
    thumbnail: Picture | None
    thumbnail_line: str
    encoder: tuple[tuple[str, Markup], ...]
    provenance: tuple[tuple[str, Markup], ...]
    names: tuple[tuple[str, Markup], ...]
    sidecars: tuple[SidecarCard, ...]
    sidecars_left_out: int
    hashes: tuple[tuple[str, ...], ...]
    hashes_left_out: int
    steps: tuple[StepRow, ...]


def item_cards(lookup: Lookup, pictures: Pictures) -> tuple[ItemCard, ...]:
    """Lay out the items.

    Parameters
    ----------
    lookup : Lookup
        The case.
    pictures : Pictures
        Loads thumbnails and film strips.

    Returns
    -------
    tuple of ItemCard
        In the order of the case.
    """
    return tuple(_card(item, lookup, pictures) for item in lookup.case.items)


def _card(item: Item, lookup: Lookup, pictures: Pictures) -> ItemCard:
    strip = lookup.artefact(item.sha256, "strip")
    tags = _merge(_tags(item, lookup))
    table = lookup.metadata(item.sha256)
    hashes = lookup.finding(item.sha256, ImageHashes)
    frames = hashes.frames if hashes is not None else ()
    small = lookup.artefact(item.sha256, "embedded_thumbnail")
    inside = lookup.finding(item.sha256, EmbeddedThumbnail)
    encoder = lookup.finding(item.sha256, EncoderIdentity)
    made = lookup.told(item.sha256, "metadata.provenance")
    beside = lookup.sidecars(item)
    words = ", ".join(tag.word for tag in tags) or "nothing found"
    return ItemCard(
        anchor=item_anchor(item.sha256),
        sha256=item.sha256,
        title=name(item.paths[0]),
        others=item.paths[1:],
        kind=item.kind,
        status=item.status,
        line=_line(item, lookup),
        search=" ".join((*item.paths, item.sha256, item.format, words)).lower(),
        thumb=pictures.thumbnail(lookup.artefact(item.sha256, "thumb")),
        strip=pictures.thumbnail(strip) if strip is not None else None,
        alt=f"{item.paths[0]}: {words}",
        tags=tags,
        facts=tuple(item_facts(item, lookup)),
        fields=field_groups(table),
        failed_engines=tuple(sorted(table.failed_engines.items())) if table else (),
        notes=note_rows(item, lookup),
        map=item_map(item, lookup),
        thumbnail=pictures.thumbnail(small) if small is not None else None,
        thumbnail_line=thumbnail_line(inside) if inside is not None else "",
        encoder=tuple(encoder_rows(encoder)) if encoder is not None else (),
        provenance=tuple(provenance_rows(made)) if made is not None else (),
        names=tuple(name_row(each) for each in lookup.names(item)),
        sidecars=tuple(sidecar_card(each) for each in beside[:MAX_SIDECARS]),
        sidecars_left_out=max(0, len(beside) - MAX_SIDECARS),
        hashes=tuple(
            (
                "still" if frame.moment_s is None else f"{frame.moment_s:.2f} s",
                frame.pdq,
                f"{frame.quality}",
                frame.phash,
                frame.dhash,
            )
            for frame in frames[:MAX_HASHES]
        ),
        hashes_left_out=max(0, len(frames) - MAX_HASHES),
        steps=tuple(step_row(each) for each in lookup.outcomes(item.sha256)),
    )


def note_rows(item: Item, lookup: Lookup) -> tuple[NoteRow, ...]:
    """Lay out the notes on an item.

    Parameters
    ----------
    item : Item
        The item.
    lookup : Lookup
        The case.

    Returns
    -------
    tuple of NoteRow
        In order of severity.
    """
    return tuple(
        NoteRow(
            note_anchor(item.sha256, position),
            note.severity,
            STANDINGS[note.severity],
            lookup.linked(item.sha256),
            note,
        )
        for position, note in enumerate(lookup.notes(item.sha256))
    )


def step_row(outcome: Outcome) -> StepRow:
    """Say in words what a step said about an item.

    Parameters
    ----------
    outcome : Outcome
        One of the item's.

    Returns
    -------
    StepRow
        Its state and the reason.
    """
    said = outcome.outcome
    if isinstance(said, Result):
        return StepRow(outcome.step, "result", OUTCOMES["result"], "")
    if isinstance(said, Problem):
        detail = shorten(f"{said.error} {said.advice}".strip())
        return StepRow(outcome.step, "problem", OUTCOMES["problem"], detail)
    detail = shorten(f"{said.detail} {said.advice}".strip())
    return StepRow(outcome.step, said.reason, OUTCOMES[said.reason], detail)


def _tags(item: Item, lookup: Lookup) -> Iterator[Tag]:
    for match in lookup.matches(item.sha256):
        standing = match_standing(match)
        yield Tag(standing, STANDINGS[standing], match.id)
    for each in lookup.decks(item.sha256):
        standing = damage_standing(each)
        yield Tag(standing, DECK_TAGS.get(standing, STANDINGS[standing]), each.id)
    for group in lookup.groups(item.sha256):
        inside = any(each.sha256 == item.sha256 for each in group.members)
        standing = "group" if inside and len(group.members) > 1 else "lead"
        yield Tag(standing, STANDINGS[standing], group.id)
    if len(item.paths) > 1:
        yield Tag("same", STANDINGS["same"], item_anchor(item.sha256))
    for position, note in enumerate(lookup.notes(item.sha256)):
        if note.severity == "info":
            continue  # stands with the item, and would hide what matters
        yield Tag(note.severity, STANDINGS[note.severity], note_anchor(item.sha256, position))
    if item.extension_disagrees:
        yield Tag("name", STANDINGS["name"], item_anchor(item.sha256))
    if item.status != "ok":
        standing = {"degraded": "partial", "rejected": "rejected"}[item.status]
        yield Tag(standing, STANDINGS[standing], "cannot-say")


def _merge(tags: Iterable[Tag]) -> tuple[Tag, ...]:
    """Keep one tag of each standing, with how many there are."""
    by_standing: dict[str, list[Tag]] = {}
    for tag in tags:
        by_standing.setdefault(tag.standing, []).append(tag)
    return tuple(
        Tag(key, own[0].word + (f" ({len(own)})" if len(own) > 1 else ""), own[0].target)
        for key, own in by_standing.items()
    )


def _line(item: Item, lookup: Lookup) -> str:
    still = lookup.finding(item.sha256, StillFacts)
    clip = lookup.finding(item.sha256, VideoFacts)
    parts = [item.kind, item.format.upper()]
    if still is not None:
        parts.append(f"{still.width_px} × {still.height_px}")
    elif clip is not None and clip.width_px is not None:
        parts.append(f"{clip.width_px} × {clip.height_px}")
    duration_s = still.duration_s if still is not None else clip.duration_s if clip else None
    if duration_s is not None:
        parts.append(f"{duration_s:.1f} s")
    return ", ".join([*parts, size(item.bytes)])
