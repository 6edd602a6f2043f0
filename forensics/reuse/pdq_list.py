"""Exchange lists of PDQ hashes with other programs, as CSV or JSON.

The forms are those of Meta's ThreatExchange: its hasher prints ``hash,quality,file name`` without
a header, or ``hash=...,quality=...,filename=...`` with details; its Python library reads
``pdq HASH`` and writes tables with a column ``signal_str``; its interface speaks JSON with
``indicator`` and ``type``.

References
----------
https://github.com/facebook/ThreatExchange: ``pdq/cpp/bin/pdq-photo-hasher.cpp``,
``pdq/cpp/io/hashio.cpp``, ``python-threatexchange/threatexchange/cli/dataset_cmd.py``.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from forensics.model.dates import DateSpan, parse_date
from forensics.model.errors import ArchiveError
from forensics.model.match import Decision
from forensics.reuse.archive_checks import (
    PDQ_DIGITS,
    SHA256_DIGITS,
    checked_hex,
    imported_hash,
    imported_id,
)
from forensics.reuse.archive_decisions import checked_decision
from forensics.reuse.archive_entry import BadRow

_HASH_NAMES = ("hash", "indicator", "signal_str", "pdq", "pdq_hash")
_NAME_NAMES = ("name", "filename", "path", "description")
_TYPE_NAMES = ("type", "signal_type")
_PDQ_TYPES = ("hash_pdq", "pdq")
_JSON_TYPE = "HASH_PDQ"
_DECISION = ("query_sha256", "decision", "who", "when", "why")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_GUARD = "'"
_SAVE_AS_UTF8 = "Save it as UTF-8 text."


class PdqRow(Struct, frozen=True):
    """One hash of a list.

    Parameters
    ----------
    line : int
        Line of the file, or position in a JSON list, from 1; 0 when it came from an archive.
    pdq : str
        PDQ hash, 64 lower-case hexadecimal digits.
    quality : int or None
        PDQ quality, 0 to 100.
    name : str or None
        What the list calls the picture, usually a file name.
    moment_s : float or None
        Moment in the clip it was made from.
    source : str or None
        Where the picture comes from.
    first_seen : DateSpan or None
        Since when it is known.
    sha256 : str or None
        Digest of the file it was made from.
    decisions : tuple of Decision
        What people decided of it and other files.
    """

    line: int
    pdq: str
    quality: int | None = None
    name: str | None = None
    moment_s: float | None = None
    source: str | None = None
    first_seen: DateSpan | None = None
    sha256: str | None = None
    decisions: tuple[Decision, ...] = ()


class PdqList(Struct, frozen=True):
    """A list of hashes, as far as it could be read.

    Parameters
    ----------
    rows : tuple of PdqRow
        The good rows, in order.
    bad_rows : tuple of BadRow
        Rows that could not be taken in, and why.
    """

    rows: tuple[PdqRow, ...]
    bad_rows: tuple[BadRow, ...]


def read_pdq_list(path: Path) -> PdqList:
    """Read a list of PDQ hashes; whether it is CSV or JSON is told by its content.

    Upper-case digits are accepted. A bad row does not keep the others from being read.

    Parameters
    ----------
    path : Path
        The list.

    Returns
    -------
    PdqList
        Good rows, and bad rows with line and reason.

    Raises
    ------
    ArchiveError
        When the file cannot be read, is not UTF-8, or is JSON of another form.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise ArchiveError(
            f"{path} cannot be read: {error.strerror}", advice="Check the name."
        ) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        raise ArchiveError(f"{path}, line {line}: not UTF-8", advice=_SAVE_AS_UTF8) from error
    records = _json_records(text, path) if text.lstrip()[:1] in ("[", "{") else _csv_records(text)
    rows: list[PdqRow] = []
    bad_rows: list[BadRow] = []
    for line, fields in records:
        try:
            rows.append(_row(line, fields))
        except ArchiveError as error:
            bad_rows.append(
                BadRow(line, f"{error}; {error.advice}" if error.advice else f"{error}")
            )
    return PdqList(tuple(rows), tuple(bad_rows))


def write_pdq_list(rows: Iterable[PdqRow], *, format: Literal["csv", "json"]) -> str:  # noqa: A002
    """Write a list of PDQ hashes that other programs can read.

    Parameters
    ----------
    rows : iterable of PdqRow
        The hashes, in the order to write.
    format : {"csv", "json"}
        CSV holds hash, quality and name, as ThreatExchange's hasher prints them; JSON also
        moment, source, date, digest and decisions.

    Returns
    -------
    str
        The text of the file. In CSV a name that a spreadsheet would run as a formula begins with
        an apostrophe, and characters that end a line are replaced; `read_pdq_list` takes the
        apostrophe off again.
    """
    if format == "json":
        return _json_text(rows)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        writer.writerow([row.pdq, "" if row.quality is None else row.quality, _guarded(row.name)])
    return text.getvalue()


def _json_text(rows: Iterable[PdqRow]) -> str:
    data = [
        {
            "indicator": row.pdq,
            "type": _JSON_TYPE,
            "description": row.name,
            "quality": row.quality,
            "moment_s": row.moment_s,
            "source": row.source,
            "first_seen": None if row.first_seen is None else row.first_seen.value,
            "sha256": row.sha256,
            "decisions": [
                {name: getattr(one, name) for name in _DECISION} for one in row.decisions
            ],
        }
        for row in rows
    ]
    return msgspec.json.format(msgspec.json.encode({"data": data}), indent=1).decode() + "\n"


def _json_records(text: str, path: Path) -> list[tuple[int, Mapping[str, object]]]:
    advice = 'Give a list of hashes, or of objects with "indicator" or "hash".'
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ArchiveError(f"{path} is not JSON: {error}", advice=advice) from error
    items = document.get("data") if isinstance(document, dict) else document
    if not isinstance(items, list):
        raise ArchiveError(f"{path} holds no list of hashes", advice=advice)
    return [
        (number, item if isinstance(item, dict) else {"hash": item})
        for number, item in enumerate(items, start=1)
    ]


def _csv_records(text: str) -> list[tuple[int, Mapping[str, object]]]:
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), start=1)]
    lines = [(number, line) for number, line in lines if line]
    header = [name.strip().lower() for name in _split(lines[0][1])] if lines else []
    if any(name in _HASH_NAMES for name in header):
        return [
            (number, dict(zip(header, _split(line), strict=False))) for number, line in lines[1:]
        ]
    return [(number, _headless(line)) for number, line in lines]


def _headless(line: str) -> Mapping[str, object]:
    if line.startswith("hash="):
        head, _, name = line.partition(",filename=")
        pairs = (part.partition("=") for part in head.split(","))
        return {**{key: value for key, _, value in pairs}, "name": name}
    kind, _, rest = line.partition(" ")
    if kind.lower() in _PDQ_TYPES:
        return {"type": kind, "hash": rest.strip()}
    # The hasher does not quote names with commas; this program does.
    fields = [*line.split(",", 2), "", ""]
    name = fields[2]
    if name.startswith('"') and name.endswith('"'):
        name = _split(name)[0]
    return {"hash": fields[0], "quality": fields[1], "name": _unguarded(name)}


def _split(line: str) -> Sequence[str]:
    return next(csv.reader([line]), [""])


def _row(line: int, fields: Mapping[str, object]) -> PdqRow:
    kind = _first(fields, _TYPE_NAMES)
    if kind is not None and kind.lower() not in _PDQ_TYPES:
        raise ArchiveError(f"not a PDQ hash but {kind!r}")
    digits = (_first(fields, _HASH_NAMES) or "").lower()
    stored = imported_hash(
        checked_hex(digits, digits=PDQ_DIGITS, what="PDQ hash"),
        quality=_whole(fields.get("quality")),
        moment_s=_seconds(fields.get("moment_s")),
    )
    return PdqRow(
        line=line,
        pdq=stored.pdq,
        quality=stored.quality,
        name=_first(fields, _NAME_NAMES),
        moment_s=stored.moment_s,
        source=_first(fields, ("source",)),
        first_seen=_date(_first(fields, ("first_seen",))),
        sha256=_digest(_first(fields, ("sha256",))),
        decisions=_decisions(fields.get("decisions"), stored.pdq),
    )


def _first(fields: Mapping[str, object], names: Sequence[str]) -> str | None:
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def _whole(value: object) -> int | None:
    if value is None or value == "":
        return None
    try:
        return int(str(value))
    except ValueError as error:
        raise ArchiveError(f"not a PDQ quality: {value!r}") from error


def _seconds(value: object) -> float | None:
    if value is None or value == "":
        return None
    try:
        return float(str(value))
    except ValueError as error:
        raise ArchiveError(f"not a moment in seconds: {value!r}") from error


def _date(text: str | None) -> DateSpan | None:
    try:
        return None if text is None else parse_date(text)
    except (ValueError, OverflowError) as error:
        raise ArchiveError(f"first_seen: {error}") from error


def _digest(text: str | None) -> str | None:
    return None if text is None else checked_hex(text, digits=SHA256_DIGITS, what="SHA-256")


def _decisions(value: object, pdq: str) -> tuple[Decision, ...]:
    if not isinstance(value, list):
        return ()
    try:
        found = [
            msgspec.convert({**each, "entry_id": imported_id(pdq)}, Decision) for each in value
        ]
    except (msgspec.ValidationError, TypeError) as error:
        raise ArchiveError(f"a decision: {error}") from error
    return tuple(checked_decision(each) for each in found)


def _guarded(name: str | None) -> str:
    # OWASP "CSV Injection": a cell that begins like this is run by a spreadsheet.
    one_line = "".join(c if c.isprintable() else "\ufffd" for c in name or "")
    return _GUARD + one_line if one_line.startswith((*_FORMULA_STARTS, _GUARD)) else one_line


def _unguarded(name: str) -> str:
    return (
        name[1:] if name.startswith(tuple(_GUARD + c for c in (*_FORMULA_STARTS, _GUARD))) else name
    )
