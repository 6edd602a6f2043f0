"""Fields from IPTC-IIM, the block that newsrooms' programs write."""

import re
from collections.abc import Iterator

from forensics.metadata.charsets import read_text
from forensics.metadata.iso_time import IsoTime, read_iso_time
from forensics.metadata.reading import MAX_TEXT_CHARS, Reading, Readings

MAX_DATASETS = 5_000
MAX_REPEATED = 200
"""Entries of one repeatable dataset that are read, such as keywords."""

_MARK = 0x1C
_LONG_SIZE = 0x8000
_HEADER_BYTES = 5
_CHARSET = (1, 90)
# Announced by ISO 2022 escape sequences (IIM 4.2, 1:90; the registry of ISO/IEC 2375).
_CHARSETS = {
    b"\x1b%G": "utf-8",
    b"\x1b%/I": "utf-8",
    b"\x1b.A": "latin-1",
    b"\x1b-A": "latin-1",
    b"\x1b-B": "iso8859-2",
    b"\x1b-L": "iso8859-5",
    b"\x1b-F": "iso8859-7",
    b"\x1b-M": "iso8859-9",
    b"\x1b-b": "iso8859-15",
}
_TEXTS = {
    5: "title",
    25: "keywords",
    40: "instructions",
    65: "originating_program",
    80: "artist",
    85: "artist_position",
    90: "city",
    92: "sublocation",
    95: "region",
    100: "country_code",
    101: "country",
    103: "job",
    105: "headline",
    110: "credit",
    115: "source_of_picture",
    116: "copyright",
    120: "description",
    122: "caption_writer",
}
_NAMES = {
    5: "Object Name", 25: "Keywords", 40: "Special Instructions", 65: "Originating Program",
    80: "By-line", 85: "By-line Title", 90: "City", 92: "Sub-location", 95: "Province/State",
    100: "Country Code", 101: "Country Name", 103: "Original Transmission Reference",
    105: "Headline", 110: "Credit", 115: "Source", 116: "Copyright Notice",
    120: "Caption/Abstract", 122: "Writer/Editor",
}  # fmt: skip
_TIMES = (("captured", 55, 60), ("digitized", 62, 63))
_DATE = re.compile(rb"(\d{4})-?(\d{2})-?(\d{2})")
_CLOCK = re.compile(rb"(\d{2}):?(\d{2}):?(\d{2})([+-]\d{2}:?\d{2})?")


def read_iptc(block: bytes) -> tuple[Readings, list[str]]:
    """Read fields from IPTC datasets.

    Parameters
    ----------
    block : bytes
        Datasets, one after the other.

    Returns
    -------
    readings : dict of str to Reading
        The fields that are there.
    faults : list of str
        What could not be followed; what stood before it is read.

    References
    ----------
    IPTC Information Interchange Model 4.2, chapters 3 and 6.
    """
    faults: list[str] = []
    found: dict[tuple[int, int], list[bytes]] = {}
    for record, number, data in _datasets(block, faults):
        entries = found.setdefault((record, number), [])
        if len(entries) < MAX_REPEATED:
            entries.append(data)
    escape = b"".join(found.get(_CHARSET, [])[:1]).strip(b"\0 ")
    declared = _CHARSETS.get(escape)
    if escape and declared is None:
        faults.append("IPTC declares a character set that is not known here")
    readings: Readings = {}
    for number, field in _TEXTS.items():
        _put_text(readings, field, number, found.get((2, number), []), declared)
    for field, date, clock in _TIMES:
        _put_time(readings, field, date, clock, found)
    return readings, faults


def _datasets(block: bytes, faults: list[str]) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    for _ in range(MAX_DATASETS):
        if len(block) - at < _HEADER_BYTES or block[at] != _MARK:
            if block[at:].strip(b"\0"):
                faults.append("IPTC breaks off: what follows is no dataset")
            return
        record, number = block[at + 1], block[at + 2]
        size, head = int.from_bytes(block[at + 3 : at + 5], "big"), _HEADER_BYTES
        if size & _LONG_SIZE:
            head += size & ~_LONG_SIZE
            size = int.from_bytes(block[at + _HEADER_BYTES : at + head], "big")
        if at + head + size > len(block):
            faults.append(f"IPTC dataset {record}:{number} claims more bytes than there are")
            yield record, number, block[at + head :]
            return
        yield record, number, block[at + head : at + head + size]
        at += head + size
    faults.append(f"more than {MAX_DATASETS:,} IPTC datasets; the others were not read")


def _put_text(
    readings: Readings, field: str, number: int, entries: list[bytes], declared: str | None
) -> None:
    texts = [text for each in entries if (text := read_text(each, declared=declared)) is not None]
    if texts:
        value, raw = (
            ", ".join(dict.fromkeys(getattr(text, part) for text in texts))[:MAX_TEXT_CHARS]
            for part in ("value", "raw")
        )
        charset = next((text.charset for text in texts if text.charset), None)
        readings[field] = Reading(value, raw, f"IPTC 2:{number:02} {_NAMES[number]}", charset)


def _put_time(
    readings: Readings,
    field: str,
    date: int,
    clock: int,
    found: dict[tuple[int, int], list[bytes]],
) -> None:
    days, clocks = found.get((2, date), [b""]), found.get((2, clock), [b""])
    time = _time_of(days[0], clocks[0])
    if time is None:
        return
    where = f"IPTC 2:{date}" + (f"+2:{clock}" if "T" in time.value else "")
    raw = b" ".join(each for each in (days[0], clocks[0]) if each).decode("latin-1").rstrip("\0 ")
    raw = raw.encode("ascii", "backslashreplace").decode()[:MAX_TEXT_CHARS]
    readings[f"{field}_at"] = Reading(time.value, raw, where)
    if time.offset is not None:
        readings[f"{field}_offset"] = Reading(time.offset, raw, where)
    if field == "captured":
        readings["iptc_created_at"] = Reading(f"{time.value}{time.offset or ''}", raw, where)


def _time_of(day: bytes, clock: bytes) -> IsoTime | None:
    """Read CCYYMMDD, where 00 stands for an unknown month or day, and HHMMSS with its zone."""
    date = _DATE.fullmatch(day.strip(b"\0 "))
    if date is None:
        return None
    parts = [part.decode("ascii") for part in date.groups()]
    known = parts[: parts.index("00")] if "00" in parts else parts
    at = _CLOCK.fullmatch(clock.strip(b"\0 "))
    if at is None or len(known) < len(parts):
        return read_iso_time("-".join(known))
    hour, minute, second, zone = ((part or b"").decode("ascii") for part in at.groups())
    return read_iso_time(f"{'-'.join(known)}T{hour}:{minute}:{second}{zone}")
