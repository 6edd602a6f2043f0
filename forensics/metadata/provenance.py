"""Read what a file carries about its own making: content credentials and declared sources."""

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO

from forensics.ingest.media import Media
from forensics.ingest.regular import open_regular
from forensics.metadata.credentials.claim import (
    MAX_ENTRIES,
    actions_of,
    claim_of,
    declarations_in,
    generator_of,
    text_of,
)
from forensics.metadata.credentials.declared import declared_in, generators_in, sort_declarations
from forensics.metadata.credentials.ingredients import judge_ingredients
from forensics.metadata.credentials.integrity import judge_integrity
from forensics.metadata.credentials.scan import is_in_clip, is_in_still
from forensics.metadata.credentials.signer import judge_signer, time_stamp
from forensics.metadata.credentials.source_types import Declaration
from forensics.metadata.credentials.store import (
    MEDIA_TYPES,
    Json,
    TrustList,
    given_trust_list,
    read_store,
)
from forensics.metadata.reading import raw_text
from forensics.model.findings import Field, MetadataTable
from forensics.model.outcome import Absent, Problem
from forensics.model.provenance import (
    Credentials,
    NoCredentials,
    Provenance,
)

MAX_CHECKED_STILL_BYTES = 128 << 20
MAX_CHECKED_CLIP_BYTES = 2 << 30
"""Larger files are not checked: the library holds stills in memory, and hashes clips in one go."""

_NOTHING = (
    "the file carries no content credentials; most files do not, so this says nothing about it"
)
_NEITHER = (
    "the file carries no content credentials and declares no kind of source; most files do not, so "
    "this says nothing about it"
)
_UNEXAMINED = "the file carries content credentials, which were not examined"


def read_provenance(media: Media, table: MetadataTable | Absent | Problem) -> Provenance | Absent:
    """Read content credentials (C2PA), and what a file declares about the kind of its source.

    Parameters
    ----------
    media : Media
        As `ingest.open_media` gives it.
    table : MetadataTable, Absent or Problem
        What `metadata.read` said: its fields hold what XMP and image generators declare.

    Returns
    -------
    Provenance or Absent
        ``not_present`` when there is neither, which says nothing about the file.

    Notes
    -----
    Nothing is fetched: manifests, revocation and identities that a file keeps elsewhere are
    named, at most. What is said is the same on every day.

    Limits: credentials say who vouches and that bytes are unchanged since, not that what is shown
    happened. Anybody can write a declaration outside credentials, and remove one.

    References
    ----------
    C2PA Technical Specification 2.2, 15 (validation) and 18 (assertions).
    """
    fields = table.fields if isinstance(table, MetadataTable) else {}
    credentials, declarations = _credentials(media)
    credentials, url = _follow_link(credentials, fields.get("provenance_link"))
    ai, other = sort_declarations(
        [*declarations, *declared_in(fields)], generators_in(fields, media.tags)
    )
    if isinstance(credentials, NoCredentials) and not (ai or other or url):
        detail = _NEITHER if credentials.detail == _NOTHING else credentials.detail
        return Absent(credentials.reason, detail, credentials.advice)
    return Provenance(credentials, url, ai, other)


def _follow_link(
    credentials: Credentials | NoCredentials, link: Field | None
) -> tuple[Credentials | NoCredentials, str | None]:
    """Say what a link to credentials in XMP means; nothing is opened that it names."""
    told = raw_text(link.value) if link is not None else ""
    is_missing = isinstance(credentials, NoCredentials) and credentials.reason == "not_present"
    if told.startswith(_IN_THE_FILE):
        return (_REMOVED if is_missing else credentials), None
    if not told:
        return credentials, None
    if is_missing:
        why = f"the file says that its content credentials are kept at {told}; nothing was fetched"
        return NoCredentials("not_available", why, _FETCH), told
    return credentials, told


_IN_THE_FILE = "self#"
_REMOVED = NoCredentials(
    "not_present",
    "a link in the file says that content credentials stood in it, but there are none: programs "
    "and platforms that save a file again commonly drop them",
)
_FETCH = "Fetch them yourself, if it may be known to that address that you have the file."


def _credentials(media: Media) -> tuple[Credentials | NoCredentials, list[Declaration]]:
    with ExitStack() as stack:
        try:
            file = stack.enter_context(_open_if_marked(media))
        except OSError as error:
            said = error.strerror or error
            return NoCredentials("unreadable", f"the file could not be opened again: {said}"), []
        if file is None:
            return NoCredentials("not_present", _NOTHING), []
        if (why := _not_checked(media)) is not None:
            return NoCredentials("not_available", f"{_UNEXAMINED}: {why}"), []
        trust_list = given_trust_list()
        used = trust_list if isinstance(trust_list, TrustList) else None
        told = read_store(file, MEDIA_TYPES[media.type.format], used)
    if isinstance(told, Absent | Problem):
        return _unread(told), []
    return _judge(told, trust_list)


@contextmanager
def _open_if_marked(media: Media) -> Iterator[BinaryIO | None]:
    """Give an item's bytes when the mark of a manifest store stands in them."""
    if media.data is not None:
        yield io.BytesIO(media.data) if is_in_still(media.data) else None
        return
    with open_regular(media.path) as file:
        yield file if is_in_clip(file, media.type) else None


def _not_checked(media: Media) -> str | None:
    if media.type.format not in MEDIA_TYPES:
        return f"the library does not read {media.type.format}"
    limit = MAX_CHECKED_CLIP_BYTES if media.data is None else MAX_CHECKED_STILL_BYTES
    if media.bytes > limit:
        return f"files of more than {limit >> 20:,} MiB are not checked"
    return None


def _unread(told: Absent | Problem) -> NoCredentials:
    if isinstance(told, Problem):
        why = f"the file carries content credentials that cannot be read ({told.error})"
        return NoCredentials("unreadable", why, told.advice)
    if told.reason == "not_available":
        return NoCredentials("not_available", f"{_UNEXAMINED}: {told.detail}", told.advice)
    why = f"the mark of content credentials stands in the file, but {told.detail}"
    return NoCredentials("unreadable", why)


def _judge(
    store: list[Json], trust_list: TrustList | Problem | None
) -> tuple[Credentials, list[Declaration]]:
    own, others = store[0], store[1:]
    credentials = _describe(own, trust_list, len(store))
    signed = credentials.integrity.state == "intact"
    declarations = list(declarations_in(own, of="", signed=signed))
    # An ingredient's manifest is signed by itself, and carried unchanged while this one is intact.
    signed = signed and credentials.ingredients.state != "problems"
    for each in others:
        title = text_of(claim_of(each).get("dc:title")) or "without a title"
        declarations += declarations_in(each, of=f" of the ingredient {title}", signed=signed)
    return credentials, declarations


def _describe(manifest: Json, trust_list: TrustList | Problem | None, count: int) -> Credentials:
    generator, version = generator_of(manifest)
    signed_at, authority = time_stamp(manifest)
    actions = actions_of(manifest)
    return Credentials(
        manifest=text_of(manifest.get("label")) or "",
        manifests=count,
        title=text_of(claim_of(manifest).get("dc:title")),
        generator=generator,
        generator_version=version,
        signed_at=signed_at,
        time_stamp_authority=authority,
        integrity=judge_integrity(manifest),
        signer=judge_signer(manifest, trust_list),
        ingredients=judge_ingredients(manifest),
        actions=actions[:MAX_ENTRIES],
        action_count=len(actions),
    )
