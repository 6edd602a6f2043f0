"""The checks that values pass on their way into an archive."""

import re
from math import isfinite
from operator import index
from typing import SupportsIndex

import msgspec

from forensics.model.dates import DateSpan
from forensics.model.errors import ArchiveError
from forensics.model.findings import CompareViews, FrameHash, ImageHashes
from forensics.reuse.archive_entry import (
    IMPORTED,
    Entry,
    StoredHash,
)

PDQ_DIGITS = 64
SHA256_DIGITS = 64
PERCEPTUAL_DIGITS = 16
MAX_QUALITY = 100
"""Upper end of PDQ's own quality measure."""

_HEX = re.compile(r"[0-9a-f]+")
_BASIS = re.compile(r"platform|web_capture|analyst|imported(:.*\S.*)?", re.DOTALL)
_UTC_SECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_IMPORTED_ID = "pdq-"
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MAX_SQLITE_INTEGER = 2**63 - 1


def imported_id(pdq: str) -> str:
    """Make the identifier of an entry of which only a hash is known.

    Parameters
    ----------
    pdq : str
        PDQ hash, 64 lower-case hexadecimal digits.

    Returns
    -------
    str
        The same for the same hash, and never that of a file.

    Raises
    ------
    ArchiveError
        When `pdq` is no such hash.
    """
    return _IMPORTED_ID + checked_hex(pdq, digits=PDQ_DIGITS, what="PDQ hash")


def checked_hex(text: str, *, digits: int, what: str) -> str:
    """Check a digest or hash.

    Parameters
    ----------
    text : str
        What should be one.
    digits : int
        How many hexadecimal digits it must have.
    what : str
        What to call it in the error.

    Returns
    -------
    str
        The same.

    Raises
    ------
    ArchiveError
        When it has other characters, upper case or another length.
    """
    if len(text) != digits or _HEX.fullmatch(text) is None:
        raise ArchiveError(
            f"not a {what}: {text[: digits + 1]!r}",
            advice=f"A {what} has {digits} lower-case hexadecimal digits.",
        )
    return text


def checked_basis(basis: str) -> str:
    """Check what a date is said to rest on.

    Parameters
    ----------
    basis : str
        ``platform``, ``web_capture``, ``analyst``, ``imported`` or ``imported:NAME``.

    Returns
    -------
    str
        The same.

    Raises
    ------
    ArchiveError
        When it is none of these.
    """
    if _BASIS.fullmatch(basis) is None:
        raise ArchiveError(
            f"unknown basis {basis!r}",
            advice="Use platform, web_capture, analyst, imported or imported:NAME.",
        )
    return basis


def checked_entry(entry: Entry) -> Entry:
    """Check an entry and put its values into the form the archive stores.

    Parameters
    ----------
    entry : Entry
        What is to be stored; integers may be NumPy's, texts may be blank.

    Returns
    -------
    Entry
        With plain integers, None for blank texts, and lone surrogates escaped.

    Raises
    ------
    ArchiveError
        When a value is not what it should be.
    """
    _check_identity(entry)
    if entry.first_seen is not None:
        _check_span(entry.first_seen)
    basis = checked_text(entry.basis)
    return msgspec.structs.replace(
        entry,
        kind=entry.kind,
        format=checked_text(entry.format),
        bytes=_count(entry.bytes, "size in bytes"),
        width_px=_count(entry.width_px, "width"),
        height_px=_count(entry.height_px, "height"),
        path=checked_text(entry.path),
        source=checked_text(entry.source),
        basis=None if basis is None else checked_basis(basis),
        capture_url=checked_text(entry.capture_url),
        event=checked_text(entry.event),
        place=checked_text(entry.place),
        licence=checked_text(entry.licence),
        notes=checked_text(entry.notes),
    )


def checked_hashes(hashes: ImageHashes) -> tuple[StoredHash, ...]:
    """Check the hashes of an item and put them into the form the archive stores.

    Parameters
    ----------
    hashes : ImageHashes
        The hashes; numbers may be NumPy's.

    Returns
    -------
    tuple of StoredHash
        One for each picture, in the same order.

    Raises
    ------
    ArchiveError
        When the recipe has no name, or a hash, quality or moment is not what it should be.
    """
    if not hashes.preprocessing.strip():
        raise ArchiveError("the hashes do not say how the picture was prepared")
    return tuple(_stored(frame, hashes.preprocessing) for frame in hashes.frames)


def imported_hash(pdq: str, *, quality: int | None, moment_s: float | None) -> StoredHash:
    """Check a hash that came from a list and put it into the form the archive stores.

    Parameters
    ----------
    pdq : str
        PDQ hash, 64 lower-case hexadecimal digits.
    quality : int or None
        PDQ quality, 0 to 100.
    moment_s : float or None
        Moment in the clip it was made from.

    Returns
    -------
    StoredHash
        With the recipe ``imported``.

    Raises
    ------
    ArchiveError
        When a value is not what it should be.
    """
    return StoredHash(
        preprocessing=IMPORTED,
        moment_s=_moment(moment_s),
        pdq=checked_hex(pdq, digits=PDQ_DIGITS, what="PDQ hash"),
        quality=None if quality is None else _quality(quality),
        phash=None,
        dhash=None,
    )


def checked_views(views: CompareViews, png: bytes) -> CompareViews:
    """Check the small views that are kept for comparing pixel by pixel.

    Parameters
    ----------
    views : CompareViews
        Size and moments; numbers may be NumPy's.
    png : bytes
        The views one below the other; only its signature is looked at.

    Returns
    -------
    CompareViews
        With plain numbers.

    Raises
    ------
    ArchiveError
        When there is no view, a size is not positive or the bytes are not a PNG.
    """
    if not png.startswith(_PNG_SIGNATURE):
        raise ArchiveError("the views to keep are not a PNG")
    width, height = _count(views.width_px, "width"), _count(views.height_px, "height")
    if not (width and height and views.moments_s):
        raise ArchiveError("the views to keep are empty")
    return CompareViews(width, height, tuple(_moment(moment) for moment in views.moments_s))


def checked_text(value: str | None) -> str | None:
    """Put a text into the form the archive stores.

    Parameters
    ----------
    value : str or None
        The text.

    Returns
    -------
    str or None
        With lone surrogates escaped, which have no UTF-8; None for a blank one.
    """
    # Ingest escapes names, other callers may not.
    if value is None or not value.strip():
        return None
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def _check_identity(entry: Entry) -> None:
    if entry.sha256 is None:
        expected = imported_id(entry.id.removeprefix(_IMPORTED_ID))
    else:
        expected = checked_hex(entry.sha256, digits=SHA256_DIGITS, what="SHA-256")
    if entry.id != expected:
        raise ArchiveError(
            f"the identifier {entry.id!r} does not go with {expected!r}",
            advice="The identifier of a file is its SHA-256; see imported_id for hashes alone.",
        )


def _check_span(span: DateSpan) -> None:
    # The bounds are compared as text, which only works in this one form.
    bounds = (span.earliest, span.latest)
    if not all(_UTC_SECOND.fullmatch(bound) for bound in bounds) or span.earliest > span.latest:
        raise ArchiveError(
            f"not the bounds of a date: {span.earliest!r}, {span.latest!r}",
            advice="Use parse_date to make a DateSpan.",
        )


def _stored(frame: FrameHash, preprocessing: str) -> StoredHash:
    return StoredHash(
        preprocessing=preprocessing,
        moment_s=_moment(frame.moment_s),
        pdq=checked_hex(frame.pdq, digits=PDQ_DIGITS, what="PDQ hash"),
        quality=_quality(frame.quality),
        phash=checked_hex(frame.phash, digits=PERCEPTUAL_DIGITS, what="pHash"),
        dhash=checked_hex(frame.dhash, digits=PERCEPTUAL_DIGITS, what="dHash"),
    )


def _quality(value: SupportsIndex) -> int:
    quality = _integer(value, "PDQ quality")
    if quality > MAX_QUALITY:
        raise ArchiveError(f"a PDQ quality of {quality}", advice="It goes from 0 to 100.")
    return quality


def _moment(value: float | None) -> float | None:
    if value is None:
        return None
    seconds = float(value)
    if not isfinite(seconds) or seconds < 0:
        raise ArchiveError(f"a moment of {seconds} seconds")
    return seconds


def _count(value: SupportsIndex | None, what: str) -> int | None:
    return None if value is None else _integer(value, what)


def _integer(value: SupportsIndex, what: str) -> int:
    # sqlite3 stores NumPy integers as their bytes, without a word.
    try:
        number = index(value)
    except TypeError as error:
        raise ArchiveError(f"a {what} that is not a whole number: {value!r}") from error
    if not 0 <= number <= _MAX_SQLITE_INTEGER:
        raise ArchiveError(f"a {what} of {number}")
    return number
