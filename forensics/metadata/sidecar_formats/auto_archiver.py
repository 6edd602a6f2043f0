"""The table that Bellingcat's auto-archiver fills: a row a link, exported as CSV."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Literal
from urllib.parse import unquote

from msgspec import Struct

from forensics.metadata.sidecar_formats.asserting import (
    assert_fields,
    text_value,
    wall_time,
    zoned_time,
)
from forensics.metadata.sidecar_formats.loose_json import decode_text
from forensics.metadata.sidecar_formats.pairing import Draft, MediaIndex, last_part
from forensics.model.sidecars import Asserted

ENDING = ".csv"
MAX_BYTES = 64 << 20
MAX_ROWS = 1_000_000
MAX_DRAFTS = 20_000
_HEADER_ROWS = 10
"""The tool lets people put rows of their own above the header."""

_MIN_COLUMNS = 3
_NEEDED = frozenset(("status", "archive"))
# The tool's default names, and those of its guide; case does not count.
_COLUMNS = {
    "link": "url", "url": "url", "archive status": "status", "destination folder": "folder",
    "archive location": "archive", "archive date": "date", "thumbnail": "thumbnail",
    "upload timestamp": "timestamp", "timestamp": "timestamp", "upload title": "title",
    "title": "title", "text content": "text", "text": "text", "screenshot": "screenshot",
    "hash": "hash", "perceptual hashes": "pdq_hash", "perceptual hash": "pdq_hash", "wacz": "wacz",
    "replaywebpage": "replaywebpage",
}  # fmt: skip
_FIELDS = (
    ("source_url", text_value, ("url",)),
    ("posted_at", wall_time, ("timestamp",)),
    ("archived_at", zoned_time, ("date",)),
    ("title", text_value, ("title",)),
    ("description", text_value, ("text",)),
    ("archive_status", text_value, ("status",)),
    ("archive_url", text_value, ("archive",)),
)
_LOCATIONS = ("archive", "screenshot", "thumbnail", "wacz")
_LINK = re.compile(r"[^\s\"'()<>,;]{1,2000}")
_QUERY = re.compile(r"[?#].*", re.S)
_MAX_LINKS = 50

_HASH = re.compile(r"(?:(sha-?256|sha3-?512):)?([0-9a-f]{1,128})", re.IGNORECASE)
_SHA256_DIGITS = 64
_MIN_DIGITS = 56
"""Of 64: eight leading zeros are lost once in four billion digests."""

_KEY_DIGITS = 24
"""Stored files may be named by so many digits of their digest."""

LIMITS = (
    "posted_at is when the post was published, not when it was taken. The tool writes every such "
    "time as UTC without converting it, so no zone is taken from it.",
    "archived_at is when the tool ran, by its own clock.",
    "The hash is as a rule that of the archived page, not of the photos and videos in it.",
    "Anybody can edit this file.",
)
_BY_NAME = (
    "By the file name in the archive's location alone; another file can have this name, and which "
    "of the files of a post it is, is not stated."
)
_BY_DIGEST = "By SHA-256: these bytes have the digest that is stated."
_BY_SHORT_DIGEST = (
    "By SHA-256, of which {} leading zeros are missing in the table; the other digits are the same."
)
_BY_KEY = (
    "By the first 24 digits of SHA-256, by which the archive names its files: very likely these "
    "bytes."
)


class _Digest(Struct, frozen=True):
    """What stands in the column for the hash."""

    kind: Literal["sha256", "other", "none"]
    digits: str = ""
    lost: int = 0


def looks_like(head: bytes) -> bool:
    """Say whether a file that cannot be read whole begins like one.

    Parameters
    ----------
    head : bytes
        Its first bytes.

    Returns
    -------
    bool
        Whether its first lines name the columns of such a table.
    """
    lines = decode_text(head, []).splitlines()[:_HEADER_ROWS]
    return any(_header_of(row) for line in lines for row in _rows_of(line))


def read(_: str, data: bytes, index: MediaIndex) -> tuple[Draft, ...] | None:
    """Read one.

    Parameters
    ----------
    _ : str
        The file; where it lies does not matter, as archived files are named by the archive.
    data : bytes
        The whole of it.
    index : MediaIndex
        The media that are there.

    Returns
    -------
    tuple of Draft or None
        One for each row whose files are there, and one for all others together; None when it is
        another table.

    References
    ----------
    auto-archiver, modules ``gsheet_feeder_db`` and ``hash_enricher``, ``core/metadata.py`` (times)
    and ``core/storage.py`` (names).
    """
    faults: list[str] = []
    text = decode_text(data, faults)
    rows = _numbered(text, _delimiter(text), faults)
    header: dict[int, str] = {}
    for number, row in rows:
        header = _header_of(row)
        if header or number >= _HEADER_ROWS:
            break
    if not header:
        return None
    keys = {media[:_KEY_DIGITS]: paths for media, paths in index.by_sha256.items()}
    drafts: list[Draft] = []
    elsewhere = 0
    for number, row in rows:
        values = {header[place]: cell for place, cell in enumerate(row) if place in header}
        if not values.get("url", "").strip():
            continue
        draft = _draft(number, values, index, keys)
        if draft is None:
            elsewhere += 1
        elif len(drafts) < MAX_DRAFTS:
            drafts.append(draft)
        else:
            faults.append(f"only the first {MAX_DRAFTS:,} rows with files that are here are told")
            break
    if elsewhere or faults or not drafts:
        said = (*faults, *((f"{elsewhere:,} rows name no file that is here",) if elsewhere else ()))
        pairing = "The remaining rows describe no file that is here."
        drafts.append(Draft("all other rows", (), pairing, {}, LIMITS, said))
    return tuple(drafts)


def _draft(
    number: int, values: dict[str, str], index: MediaIndex, keys: dict[str, list[str]]
) -> Draft | None:
    digest = _read_digest(values.get("hash", ""))
    media = index.by_sha256.get(digest.digits, []) if digest.kind == "sha256" else []
    how = _BY_SHORT_DIGEST.format(digest.lost) if digest.lost else _BY_DIGEST
    names = _file_names(values)
    if not media:
        stems = (name.partition(".")[0] for name in names)
        media = [path for stem in stems for path in keys.get(stem, ())]
        how = _BY_KEY
    if not media:
        media = [path for name in names for path in index.by_name.get(name, ())]
        how = _BY_NAME
    if not media:
        return None
    faults: list[str] = []
    fields = assert_fields(values, _FIELDS, faults)
    if digest.kind == "sha256":
        fields["sha256"] = Asserted(digest.digits, values["hash"].strip(), "hash")
        if not set(media) & set(index.by_sha256.get(digest.digits, ())):
            faults.append("the stated SHA-256 is that of another file")
    elif digest.kind == "other":
        faults.append("the stated hash is not SHA-256 and was not compared")
    paths = tuple(sorted(set(media)))
    return Draft(f"row {number}", paths, how, fields, LIMITS, tuple(faults))


def _read_digest(text: str) -> _Digest:
    """Read ``SHA-256:9f86…`` or the digits alone, of which spreadsheets lose leading zeros."""
    match = _HASH.fullmatch(text.strip())
    if match is None:
        return _Digest("other" if ":" in text else "none")
    name, digits = (match.group(1) or "").lower().replace("-", ""), match.group(2).lower()
    if not _MIN_DIGITS <= len(digits) <= _SHA256_DIGITS or name == "sha3512":
        return _Digest("other" if name or len(digits) > _SHA256_DIGITS else "none")
    return _Digest("sha256", digits.zfill(_SHA256_DIGITS), _SHA256_DIGITS - len(digits))


def _file_names(values: dict[str, str]) -> list[str]:
    text = " ".join(values.get(key, "") for key in _LOCATIONS)
    names = (
        last_part(unquote(_QUERY.sub("", match.group()), errors="replace"))
        for _, match in zip(range(_MAX_LINKS), _LINK.finditer(text), strict=False)
    )
    return [name for name in dict.fromkeys(names) if "." in name.strip(".")]


def _delimiter(text: str) -> str:
    """Tell the delimiter: spreadsheets of some languages write a semicolon."""
    head = text[: 1 << 16].splitlines()[:_HEADER_ROWS]
    known = {
        mark: max(
            (len(_header_of(row)) for line in head for row in _rows_of(line, mark)), default=0
        )
        for mark in ",;\t"
    }
    return max(known, key=lambda mark: known[mark])


def _header_of(row: list[str]) -> dict[int, str]:
    names = {
        place: _COLUMNS[name]
        for place, cell in enumerate(row)
        if (name := " ".join(cell.casefold().split())) in _COLUMNS
    }
    is_header = len(names) >= _MIN_COLUMNS and "url" in names.values()
    return names if is_header and _NEEDED & set(names.values()) else {}


def _rows_of(line: str, mark: str = ",") -> list[list[str]]:
    try:
        return list(csv.reader([line], delimiter=mark))
    except csv.Error:
        return []


def _numbered(text: str, mark: str, faults: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Give the rows by the number that a spreadsheet shows, as far as they can be read."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    for number in range(1, MAX_ROWS + 1):
        try:
            row = next(rows, None)
        except csv.Error as error:
            faults.append(f"row {number} cannot be read, nor what follows it: {error}")
            return
        if row is None:
            return
        yield number, row
    faults.append(f"only the first {MAX_ROWS:,} rows were read")
