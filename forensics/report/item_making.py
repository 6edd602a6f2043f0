"""How an item was saved and what it declares about its making, as the page shows it."""

from collections.abc import Iterator

from markupsafe import Markup

from forensics.model.encoder import EncoderIdentity
from forensics.model.outcome import Absent, Problem
from forensics.model.provenance import Credentials, Provenance
from forensics.model.thumbnail import EmbeddedThumbnail
from forensics.report.text import listed, markup, moment, shorten
from forensics.report.words import (
    BASES_OF_SIGNATURES,
    CANDIDATE_KINDS,
    RELATIONS_OF_THUMBNAIL,
    TRAITS,
)

Rows = Iterator[tuple[str, Markup]]

MAX_CANDIDATES = 12
"""Candidates shown; all stand in ``report.json``."""

MAX_ACTIONS = 20
"""Actions of content credentials shown."""


def encoder_rows(found: EncoderIdentity) -> Rows:
    """Lay out how an item was last saved.

    Parameters
    ----------
    found : EncoderIdentity
        What its coding tells.

    Yields
    ------
    (str, Markup)
        A name and what stands beside it.
    """
    yield "In short", markup("{}", found.summary)
    for trait in sorted(found.traits, key=_place_of):
        words = found.traits[trait]
        yield f"{trait[:1].upper()}{trait[1:]}", markup("{}", shorten(words))
    for each in found.candidates[:MAX_CANDIDATES]:
        because = listed([shorten(reason) for reason in each.because], most=8)
        kind = CANDIDATE_KINDS[each.kind].capitalize()
        source = f"{shorten(each.source)}; {BASES_OF_SIGNATURES[each.basis]}"
        said = '{}: {} <span class="soft">Source: {}.</span>'
        yield f"Fits: {kind}", markup(said, each.name, because, source)
    left_out = len(found.candidates) - MAX_CANDIDATES
    if left_out > 0:
        yield "Fits also", markup("{} more, in report.json", left_out)


def _place_of(trait: str) -> tuple[int, str]:
    # Keys of a report have no order of their own: it may have been read from its file.
    return (TRAITS.index(trait) if trait in TRAITS else len(TRAITS), trait)


def thumbnail_line(found: EmbeddedThumbnail) -> str:
    """Say in a line what the thumbnail inside a file shows.

    Parameters
    ----------
    found : EmbeddedThumbnail
        How it compares.

    Returns
    -------
    str
        For its caption.
    """
    words = RELATIONS_OF_THUMBNAIL[found.relation]
    size = f"{found.width_px} × {found.height_px} pixels"
    return f"Thumbnail inside the file, {size}: {words} (correlation {found.correlation:.2f})"


def provenance_rows(found: object) -> Rows:
    """Lay out what an item declares about its making.

    Parameters
    ----------
    found : Provenance, Absent or Problem
        What the step said.

    Yields
    ------
    (str, Markup)
        A name and what stands beside it.
    """
    if isinstance(found, Absent | Problem):
        said = found.detail if isinstance(found, Absent) else found.error
        yield "Content credentials", markup("{} {}", shorten(said), found.advice)
    if not isinstance(found, Provenance):
        return
    credentials = found.credentials
    if isinstance(credentials, Credentials):
        yield from _credentials(credentials)
    else:
        said = shorten(credentials.detail)
        yield "Content credentials", markup("{} {}", said, credentials.advice)
    if found.remote_manifest_url is not None:
        said = "{}, which was not fetched"
        yield "Credentials elsewhere", markup(said, shorten(found.remote_manifest_url))
    for declared in found.declared_ai:
        signed = "signed" if declared.signed else "unsigned"
        said = '{}: {} ({}) <span class="soft">{}</span>'
        value = shorten(declared.value)
        yield "Declares a model", markup(said, declared.where, declared.meaning, signed, value)
    for source in found.declared_sources:
        signed = "signed" if source.signed else "unsigned"
        said = '{}: {} ({}) <span class="soft">{}</span>'
        value = shorten(source.value)
        yield "Declares its source", markup(said, source.where, source.meaning, signed, value)


def _credentials(found: Credentials) -> Rows:
    for label, part in (
        ("Integrity", found.integrity),
        ("Signer", found.signer),
        ("Made from", found.ingredients),
    ):
        codes = ", ".join(part.codes)
        said = '<strong>{}</strong>: {} <span class="soft">{}</span>'
        yield label, markup(said, part.state.replace("_", " "), part.detail, shorten(codes))
    version = f" {found.generator_version}" if found.generator_version else ""
    yield "Written by", markup("{}{}", found.generator or "unknown", version)
    if found.signed_at is not None:
        by = found.time_stamp_authority or "an authority that it does not name"
        yield "Signed", markup("{}, by the word of {}", moment(found.signed_at), by)
    if found.actions:
        actions = [
            f"{each.action}{f' by {each.software_agent}' if each.software_agent else ''}"
            for each in found.actions[:MAX_ACTIONS]
        ]
        yield "Says that was done", listed([shorten(each) for each in actions], most=MAX_ACTIONS)
