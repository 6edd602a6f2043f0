"""Read ``list.csv``: what is known of the files in a folder of known footage."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from msgspec import Struct

from forensics.model.dates import DateSpan, parse_date
from forensics.model.errors import ArchiveError
from forensics.reuse.archive_checks import checked_basis
from forensics.reuse.archive_entry import BadRow, Sighting

COLUMNS = (
    "path", "first_seen", "basis", "source", "capture_url", "event", "place", "licence", "notes",
)  # fmt: skip
"""The columns of the list; only ``path`` is required, others are ignored."""

DEFAULT_BASIS = "analyst"
"""What a date rests on when the list does not say: the person who wrote the list."""

_DELIMITERS = ",;\t"
_WEB_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_SURROGATE = re.compile("[\udc80-\udcff]")
_BYTE_OF_SURROGATE = 0xFF  # PEP 383: byte 0xNN is kept as U+DCNN
_HEADER_ADVICE = "The first line names the columns, for example: path,first_seen,source"
_SAVE_AS_UTF8 = 'Save it as "CSV UTF-8", or name its encoding to your spreadsheet as UTF-8.'


class KnownRow(Struct, frozen=True):
    """One good row of the list.

    Parameters
    ----------
    line : int
        Line of the file it starts on, from 1.
    location : str
        The file it speaks of, to be opened.
    sighting : Sighting
        What it says; its `path` is relative to the folder, with ``/``.
    """

    line: int
    location: str
    sighting: Sighting


class KnownList(Struct, frozen=True):
    """A list, as far as it could be read.

    Parameters
    ----------
    rows : tuple of KnownRow
        The good rows, in order.
    bad_rows : tuple of BadRow
        Rows that could not be taken in, and why.
    notices : tuple of str
        What was ignored.
    """

    rows: tuple[KnownRow, ...]
    bad_rows: tuple[BadRow, ...]
    notices: tuple[str, ...]


def read_known_list(path: Path, *, folder: Path | None = None) -> KnownList:
    """Read a list of known footage.

    The list is UTF-8 with or without a byte order mark; commas, semicolons or tabs between the
    fields are told by the first line. A bad row does not keep the others from being read.

    Parameters
    ----------
    path : Path
        The list.
    folder : Path, optional
        Where its files are; the folder of the list unless given. Rows that lead out of it are
        refused.

    Returns
    -------
    KnownList
        Good rows, bad rows with line and reason, and what was ignored.

    Raises
    ------
    ArchiveError
        When the file cannot be read, or its first line does not name the column ``path``.
    """
    text = _read_text(path)
    records = _records(text)
    names = _header(next(records, BadRow(1, "the list is empty")), path)
    root = (folder or path.parent).resolve()
    rows: list[KnownRow] = []
    bad_rows: list[BadRow] = []
    lines_by_location: dict[str, int] = {}
    for record in records:
        outcome = record if isinstance(record, BadRow) else _row(record, names, root)
        if isinstance(outcome, KnownRow):
            outcome = _unless_repeated(outcome, lines_by_location)
        if isinstance(outcome, KnownRow):
            rows.append(outcome)
        else:
            bad_rows.append(outcome)
    notices = tuple(f"column {name!r} is ignored" for name in names if name not in COLUMNS)
    return KnownList(tuple(rows), tuple(bad_rows), notices)


@dataclass(frozen=True)
class _Record:
    line: int
    fields: list[str]


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ArchiveError(
            f"{path} cannot be read: {error.strerror}", advice="Check the name."
        ) from error
    if b"\0" in data:
        raise ArchiveError(f"{path} is not UTF-8 text", advice=_SAVE_AS_UTF8)
    # Bytes that are not UTF-8 survive as surrogates, so that their row can be named.
    return data.decode("utf-8-sig", "surrogateescape")


def _records(text: str) -> Iterator[_Record | BadRow]:
    first_line = next((line for line in text.splitlines() if line.strip()), "")
    # Strict, or a quotation mark that is never closed swallows the rest without a word.
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=first_line.count), strict=True
    )
    while True:
        line = reader.line_num + 1
        try:
            fields = [field.strip() for field in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRow(line, f"not readable as CSV: {error}")
            continue
        if any(fields):
            yield _Record(line, fields)


def _header(record: _Record | BadRow, path: Path) -> list[str]:
    if isinstance(record, BadRow):
        raise ArchiveError(f"{path}, line {record.line}: {record.reason}", advice=_HEADER_ADVICE)
    names = [name.lower() for name in record.fields]
    if "path" not in names:
        raise ArchiveError(f"{path} has no column 'path'", advice=_HEADER_ADVICE)
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if repeated:
        raise ArchiveError(f"{path} has the column {repeated[0]!r} twice", advice=_HEADER_ADVICE)
    return names


def _row(record: _Record, names: list[str], root: Path) -> KnownRow | BadRow:
    if any(record.fields[len(names) :]):
        reason = f"{len(record.fields)} fields in {len(names)} columns"
        return BadRow(record.line, f"{reason}; put fields that hold commas in quotation marks")
    fields = {name: field or None for name, field in zip(names, record.fields, strict=False)}
    try:
        return _checked_row(record.line, fields, root)
    except ArchiveError as error:
        return BadRow(record.line, f"{error}; {error.advice}" if error.advice else str(error))


def _checked_row(line: int, fields: dict[str, str | None], root: Path) -> KnownRow:
    for name, field in fields.items():
        stray = _SURROGATE.search(field or "")
        if stray:
            byte = ord(stray[0]) & _BYTE_OF_SURROGATE
            raise ArchiveError(f"byte 0x{byte:02X} in {name!r} is not UTF-8", advice=_SAVE_AS_UTF8)
    address = fields.get("capture_url")
    if address and _WEB_ADDRESS.fullmatch(address) is None:
        raise ArchiveError(f"capture_url is not a web address: {address!r}")
    first_seen = _date(fields.get("first_seen"))
    basis = fields.get("basis") or (DEFAULT_BASIS if first_seen else None)
    location = _locate(fields.get("path"), root).resolve()
    return KnownRow(
        line=line,
        location=str(location),
        sighting=Sighting(
            path=location.relative_to(root).as_posix(),
            source=fields.get("source"),
            first_seen=first_seen,
            basis=checked_basis(basis) if basis else None,
            capture_url=address,
            event=fields.get("event"),
            place=fields.get("place"),
            licence=fields.get("licence"),
            notes=fields.get("notes"),
        ),
    )


def _date(text: str | None) -> DateSpan | None:
    try:
        return parse_date(text) if text else None
    except (ValueError, OverflowError) as error:
        raise ArchiveError(f"first_seen: {error}") from error


def _locate(name: str | None, root: Path) -> Path:
    if not name:
        raise ArchiveError("no path")
    try:
        for spelling in _spellings(name):
            location = root / spelling
            if not location.resolve().is_relative_to(root):
                raise ArchiveError(f"{name!r} leads out of the folder")
            if location.is_file():
                return location
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        raise ArchiveError(f"{name!r} cannot be looked at: {error}") from error
    raise ArchiveError(f"there is no file {name!r}")


def _spellings(name: str) -> list[str]:
    # Windows writes backslashes; macOS takes letters like й apart in file names.
    slashed = name.replace("\\", "/")
    forms = [unicodedata.normalize(form, slashed) for form in ("NFC", "NFD")]
    return [name, slashed, *forms]


def _unless_repeated(row: KnownRow, lines_by_location: dict[str, int]) -> KnownRow | BadRow:
    first = lines_by_location.setdefault(row.location, row.line)
    if first == row.line:
        return row
    return BadRow(row.line, f"{row.sighting.path!r} is listed on line {first} already")
