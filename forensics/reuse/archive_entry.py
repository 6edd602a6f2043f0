"""What an archive of known footage holds."""

from typing import Literal

from msgspec import Struct

from forensics.model.dates import DateSpan
from forensics.model.item import Kind

IMPORTED = "imported"
"""Recipe name of hashes that came without their pictures; they are compared with any recipe."""


class Sighting(Struct, frozen=True):
    """Where and when known footage was seen, as one source tells it.

    Parameters
    ----------
    path : str or None
        The file as it was seen, or the name a hash list gives it.
    source : str or None
        Where it comes from, usually an address.
    first_seen : DateSpan or None
        Since when it is known to exist, with its precision and zone.
    basis : str or None
        What that date rests on: ``platform``, ``web_capture``, ``analyst``, ``imported`` or
        ``imported:`` and the name of the list.
    capture_url : str or None
        An archived copy of the source page.
    event, place, licence, notes : str or None
        What it shows, where, on which terms it may be used, anything else.
    """

    path: str | None = None
    source: str | None = None
    first_seen: DateSpan | None = None
    basis: str | None = None
    capture_url: str | None = None
    event: str | None = None
    place: str | None = None
    licence: str | None = None
    notes: str | None = None


class Entry(Struct, frozen=True, kw_only=True):
    """One piece of known footage.

    Parameters
    ----------
    id : str
        SHA-256 of the file; ``pdq-`` and the hash when only a hash is known.
    sha256 : str or None
        Digest of the file's bytes, 64 lower-case hexadecimal digits.
    kind : {"still", "animation", "video", "audio"} or None
        Broad class; None when only a hash is known.
    format : str or None
        Format, from the content.
    bytes : int or None
        Size of the file.
    width_px, height_px : int or None
        Size of the picture the right way up.
    path, source, first_seen, basis, capture_url, event, place, licence, notes
        As in `Sighting`.
    media_kept : {"views", "hashes"}
        Whether small views are kept, so that copies can be confirmed pixel by pixel, or hashes
        only. The archive sets it; what is given here is ignored.
    """

    id: str
    sha256: str | None = None
    kind: Kind | None = None
    format: str | None = None
    bytes: int | None = None
    width_px: int | None = None
    height_px: int | None = None
    path: str | None = None
    source: str | None = None
    first_seen: DateSpan | None = None
    basis: str | None = None
    capture_url: str | None = None
    event: str | None = None
    place: str | None = None
    licence: str | None = None
    notes: str | None = None
    media_kept: Literal["views", "hashes"] = "hashes"


class StoredHash(Struct, frozen=True):
    """Hashes of one picture of an entry, as the archive keeps them.

    Parameters
    ----------
    preprocessing : str
        Recipe that led from file to hashed pixels; ``imported`` when it is not known.
    moment_s : float or None
        Seconds after the first presented frame; None for a still.
    pdq : str
        PDQ hash, 64 hexadecimal digits.
    quality : int or None
        PDQ's quality, 0 to 100; None when a list did not say.
    phash, dhash : str or None
        imagehash's pHash and dHash, 16 hexadecimal digits; None for imported hashes.
    """

    preprocessing: str
    moment_s: float | None
    pdq: str
    quality: int | None
    phash: str | None
    dhash: str | None


class KeptFeatures(Struct, frozen=True):
    """Local features of the pictures of an entry, packed by whoever looks for them.

    The archive keeps the bytes and does not look inside.

    Parameters
    ----------
    recipe : str
        How they were made and packed; it changes when the bytes would mean something else.
    pictures : tuple of bytes
        One for each hashed picture, in the same order.
    """

    recipe: str
    pictures: tuple[bytes, ...]


class KeptTrace(Struct, frozen=True):
    """What a clip looks like over time, packed by whoever compares clips.

    The archive keeps the bytes and does not look inside.

    Parameters
    ----------
    recipe : str
        How it was made and packed; it changes when the bytes would mean something else.
    data : bytes
        The packed trace.
    """

    recipe: str
    data: bytes


class BadRow(Struct, frozen=True):
    """A row of a list that could not be taken in.

    Parameters
    ----------
    line : int
        Line of the file it starts on, from 1; for JSON the position in the list, from 1.
    reason : str
        Why, for the person who wrote the list.
    """

    line: int
    reason: str


class HashHit(Struct, frozen=True):
    """A stored hash that is near the query.

    Parameters
    ----------
    entry_id : str
        Entry it belongs to.
    moment_s : float or None
        Moment of the known footage it was made from; None for a still.
    distance_bits : int
        Differing bits in the best orientation, 0 to 256.
    orientation : int
        Row of the query that is nearest; the first of several equally near.
    quality : int or None
        PDQ quality of the stored hash; None when unknown.
    """

    entry_id: str
    moment_s: float | None
    distance_bits: int
    orientation: int
    quality: int | None
