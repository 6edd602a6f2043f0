"""Put the comparisons of a case together: identifiers, order, timelines."""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from forensics.damage.metres import in_metres
from forensics.damage.pairs import DeckImage
from forensics.damage.timeline import tell_order, tell_timeline
from forensics.model.damage import (
    Damage,
    DamageReport,
    Dated,
    DeckComparison,
    DeckTimeline,
    TimelineStep,
    View,
)

_ID_LENGTH = 16


def pair_id(before: str, after: str, outline: object = None) -> str:
    """Give the identifier of a comparison.

    Parameters
    ----------
    before, after : str
        SHA-256 of the two.
    outline : object, optional
        What else it depends on, where two decks are drawn on one image.

    Returns
    -------
    str
        The same in every run.
    """
    data = f"{before}{after}".encode()
    data += b"" if outline is None else msgspec.json.encode(outline)
    return f"damage-{hashlib.sha256(data).hexdigest()[:_ID_LENGTH]}"


def told_pair(
    found: DeckComparison,
    artefacts: Mapping[str, str],
    *,
    image: DeckImage,
    before: View,
    after: View,
) -> DamageReport:
    """Give a comparison as the report has it.

    Parameters
    ----------
    found : DeckComparison
        What the step found.
    artefacts : mapping of str to str
        Its pictures.
    image : DeckImage
        The deck.
    before, after : View
        That picture and the other one, with their dates.

    Returns
    -------
    DamageReport
        With order and identifier.
    """
    if found.is_swapped:
        before, after = after, before
    before = replace(before, moment_s=found.before_s)
    after = replace(after, moment_s=found.after_s)
    order, because = tell_order(before, after)
    asked: object = image.polygon
    if before.moment_s is not None or after.moment_s is not None:
        asked = (image.polygon, before.moment_s, after.moment_s)
    return DamageReport(
        pair_id(before.sha256 or "", after.sha256 or "", asked),
        before,
        after,
        order,
        found.registration,
        found.deck,
        replace(_scaled(found.damage, image), mask=artefacts.get("mask")),
        dict(artefacts),
        because,
    )


def _scaled(damage: Damage, image: DeckImage) -> Damage:
    if image.deck is None:
        return damage
    return in_metres(damage, length_m=image.deck.length_m, error_m=image.deck.length_error_m)


def timeline_of(
    image: DeckImage, compared: Sequence[DamageReport], *, dated: Dated | None
) -> DeckTimeline:
    """Order what was found of one deck by time.

    Parameters
    ----------
    image : DeckImage
        The deck.
    compared : sequence of DamageReport
        Comparisons with it.
    dated : Dated or None
        When its image was taken.

    Returns
    -------
    DeckTimeline
        See `tell_timeline`.
    """
    first = None
    if dated is not None:
        because = "The picture that the deck is drawn on; the others are compared with it"
        first = TimelineStep(image.path, image.sha256, "none", dated, None, because, image.moment_s)
    key = hashlib.sha256(image.sha256.encode() + msgspec.json.encode(image.polygon))
    name = f"deck-{key.hexdigest()[:_ID_LENGTH]}"
    return tell_timeline(first, compared, key=name, name=image.path)
