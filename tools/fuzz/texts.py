"""Targets that take text: dates, names, metadata fields, the case file, the command line."""

import argparse
import contextlib
import io
import os
import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from forensics.cli.main import build_parser
from forensics.ingest.casefile import read_case_file
from forensics.ingest.folder import original_path, printable_path
from forensics.metadata.container import read_container
from forensics.metadata.iso6709 import parse_iso_6709
from forensics.metadata.notes import find_notes
from forensics.metadata.reading import (
    MAX_TEXT_CHARS,
    Reading,
    clean_offset,
    clean_text,
    clean_time,
    raw_text,
    trailing_offset,
)
from forensics.metadata.reconcile import reconcile
from forensics.metadata.rule import Subject
from forensics.metadata.rules import RULES
from forensics.model.casefile import Place
from forensics.model.dates import parse_date, parse_instant
from forensics.model.findings import Field, Notes
from forensics.model.item import Item
from forensics.model.sidecars import Asserted, NameReading, Sidecar
from forensics.report import text as shown
from tools.fuzz.target import Target, require

ROOT = Path(__file__).parents[2]

_DATES = (
    b"2014 2014-08 2014-08-01 2014-08-01T12:30 2014-08-01T12:30:59.5Z 2023-05-02T11:20:00+03:00 "
    b"0001-01-01T00:00:00+14:00 9999-12-31T23:59:59-1200"
).split()
_DATE_TOKENS = (
    b"- : T Z +14:00 -12:00 +99:99 +24:00 -23:59 0000 0001 9999 02-29 12-31 23:59:59 24:00:00 :60 "
    b".999999999 1904-01-01 1969-12-31"
).split()
_HARMFUL_TEXTS = (
    "\u202e", "\u2066", "\u200b", "\u0085", "\ufeff", "\u2028", "\u3164", "⟨U+202E⟩", "\u0301" * 9,
    "\U000e0041", "\ufe01", "\x1b[2J", "\r", "\n", "\0", "\x7f", "<b>", "&", '"', "'", "é",
    "{}", "{0}", " ",
)  # fmt: skip
_HARMFUL_BYTES = (
    b"\xff",
    b"\xed\xa0\x80",
    b"\xc3",
    rb"\x",
    rb"\xff",
    rb"\xc3\xa9",
    rb"\x5c",
    b"\\",
)
_HARMFUL = (*(each.encode() for each in _HARMFUL_TEXTS), *_HARMFUL_BYTES)
_EXIF_TIMES = (
    b"2024:08:16 13:15:02", b"2024-08-16T13:15", b"2024-08-16T14:22:07+0300", b"2024:8:6 1:5:2",
    b"+03:00", b"+51.3350+034.6600+150.2/",
)  # fmt: skip
_TOML_TOKENS = (
    b"[[claim]]\n", b"[event]\n", b" = ", b"nan", b"inf", b"1e400", b'"""', b"\n", b"[", b"]]]",
    b"9" * 30, b"0x", b"start", b"as_of", b"schema", b"lat", b"{", b"}",
    b"[" * 2000, b"\xef\xbb\xbf",
)  # fmt: skip


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _dates(data: bytes, _: Path) -> object:
    text = _text(data)
    with contextlib.suppress(ValueError):
        parse_instant(text)
    span = parse_date(text)
    earliest, latest = parse_instant(span.earliest), parse_instant(span.latest)
    require(earliest <= latest, "a date does not end before it begins")
    require(span.earliest <= span.latest, "bounds can be compared as text")
    require(parse_date(span.value) == span, "a date reads back as itself")
    return span, shown.moment(span.value), shown.days_between(span.earliest, span.latest)


def _paths(data: bytes, _: Path) -> object:
    path = os.fsdecode(data)
    printable = printable_path(path)
    require(printable.encode("utf-8"), "a printable path is UTF-8") if data else None
    require(original_path(printable) == path, "a path comes back from its printable form")
    back = original_path(_text(data))
    require(printable_path(back) == _text(data), "only printable paths are taken for such")
    return printable, back


def _reading(data: bytes, _: Path) -> object:
    first, _, second = data.partition(b"|")
    results: list[object] = []
    for value in (data, _text(data), list(data), data.decode("latin-1"), tuple(data[:3])):
        texts = [clean_text(value), raw_text(value), clean_time(value, subsecond=_text(second))]
        for text in (*texts, clean_offset(value), trailing_offset(value)):
            if text is not None:
                text.encode("utf-8")
                require(len(text) <= MAX_TEXT_CHARS, "a field is cut to its longest length")
                require(
                    not any(each < " " and each not in "\t\n\r" for each in text), "no controls"
                )
            results.append(text)
    time = clean_time(first)
    if time is not None:
        parse_date(time + (clean_offset(second) or ""))
    results.append(parse_iso_6709(_text(data)))
    return results


_TAGS = ("make", "com.apple.quicktime.model", "software", "description", "creation_time", "encoder",
         "com.apple.quicktime.creationdate", "DATE_RECORDED", "location", "date", "title",
         "com.apple.quicktime.location.ISO6709", "video:creation_time", "major_brand")  # fmt: skip
_FIELDS = ("captured_at", "modified_at", "digitized_at", "gps_at", "position", "altitude_m", "make",
           "captured_offset", "modified_offset", "orientation")  # fmt: skip


def _container(data: bytes, _: Path) -> object:
    parts = data.split(b"\n")
    tags = {_TAGS[part[0] % len(_TAGS)]: _text(part[1:]) for part in parts if part}
    fields = reconcile({"pyav": read_container(tags)})
    return msgspec.json.encode((fields, _noted(fields)))


def _notes(data: bytes, _: Path) -> object:
    engines: dict[str, dict[str, Reading]] = {"pillow": {}, "exifread": {}}
    for part in data.split(b"\n"):
        if not part:
            continue
        engine = ("pillow", "exifread")[part[0] & 1]
        name = _FIELDS[(part[0] >> 1) % len(_FIELDS)]
        value = _value(name, _text(part[1:]))
        if value is not None:
            engines[engine][name] = Reading(value, raw_text(part[1:]))
    fields = reconcile(engines)
    return msgspec.json.encode((fields, _noted(fields)))


_ITEM = Item("0" * 64, 1, "still", "jpeg", ("a.jpg",), (), "ok", None)
_CASE = {"as_of": "2024-08-20T12:00:00+03:00", "place": Place("bridge", 51.35, 34.66, 3000.0)}


def _noted(fields: dict[str, Field]) -> Notes:
    """Look at fields by every rule, and again as if a file beside the item had stated them."""
    stated = {name: Asserted(each.value, each.raw or "", name) for name, each in fields.items()}
    stated |= {"posted_at": stated["captured_at"]} if "captured_at" in stated else {}
    beside = Sidecar("a.json", "0" * 64, "telegram", "", ("a.jpg",), "", stated, (), ())
    named = str(fields["captured_at"].value) if "captured_at" in fields else None
    name = NameReading("a.jpg", "x", "Telegram", "", "", named, "")
    subject = Subject(_ITEM, fields=fields, sidecars=(beside,), names=(name,), **_CASE)
    found = find_notes(subject, rules=RULES)
    require(not found.failed_rules, f"every rule copes with any values: {found.failed_rules}")
    return found


def _value(name: str, text: str) -> object:
    """Give a field the kind of value that the readers give it."""
    if name == "gps_at":
        time = clean_time(text)
        return None if time is None else f"{time}Z"
    if name.endswith("_at"):
        return clean_time(text)
    if name.endswith("_offset"):
        return clean_offset(text)
    if name == "position":
        return parse_iso_6709(text)
    return clean_text(text)


def _case_file(data: bytes, folder: Path) -> object:
    path = folder / "case.toml"
    path.write_bytes(data)
    return msgspec.json.encode(read_case_file(path))


_ACTING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\U000e0000-\U000e0fff]"
)


def is_shown_plainly(text: str) -> bool:
    """Say whether nothing in a text is invisible, acts on a terminal or turns its direction."""
    return _ACTING.search(text) is None


def _report_text(data: bytes, _: Path) -> object:
    text = _text(data)
    revealed = shown.reveal(text)
    require(is_shown_plainly(revealed), "nothing invisible comes through reveal")
    plain: tuple[Callable[[str], str], ...] = (
        shown.prose, shown.name, shown.digest, lambda t: shown.markup("{}", t),
        lambda t: shown.link(t, t), lambda t: shown.listed(t.split("|")),
    )  # fmt: skip
    made = [make(text) for make in plain]
    for each in made:
        require(is_shown_plainly(each), "nothing invisible comes through markup")
        require("<b>" not in each, "text is escaped")
    number = int.from_bytes(data[:9], "big")
    moment = shown.reveal(shown.moment(text))
    return (
        revealed,
        made,
        shown.shorten(text),
        moment,
        shown.size(number),
        shown.counted(number, "a"),
    )


def _command_line(data: bytes, _: Path) -> object:
    words = [_text(word).replace("\0", "") for word in data.split(b"\n")]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            parsed: argparse.Namespace | int = build_parser().parse_args(words)
        except SystemExit as end:
            require(end.code in (0, 2), "an exit status is 0 or 2")
            parsed = int(end.code or 0)
    said = err.getvalue().removesuffix("\n")
    require(is_shown_plainly(said), "an error of usage is one plain line")
    if isinstance(parsed, int):
        return parsed, said
    return sorted((key, str(value)) for key, value in vars(parsed).items() if key != "run")


def _case_seeds() -> list[bytes]:
    sample = (ROOT / "samples/glushkovo/case.toml").read_bytes()
    more = (
        b'schema = 1\nas_of = 2024-08-16T13:00:00+03:00\n[event]\nstart = "2024-08-16T13:00:00Z"\n'
    )
    return [sample, more, *(b"schema = 1\n" + part for part in sample.split(b"\n\n"))]


_COMMAND_LINES = (
    b"scan F --show",
    b"check a --archive b --event-start 2024",
    b"archive add DB F",
    b"inspect x --json",
)
_WORDS = (
    b"scan check inspect archive report stages render add search list remove import export "
    b"--archive --json --case --event-start --show --help --version --out --dry-run x -- -1"
).split()
_PATHS = (b"a\\b\xff.jpg", b"a/\xc3\xa9", rb"\x5c\xff", b"x\n\xf0\x9f\x98\x80")
# In the next two, the first byte of a line chooses the field that the rest of it is put into.
_TAGGED = (b"\6" + b"\n\7".join(_EXIF_TIMES), b"\4" + b"\n\n".join(_DATES))
_TOLD = (
    b"\0" + b"\n\2".join(_EXIF_TIMES),
    b"\n\0".join(_EXIF_TIMES),
    b"\0" + _EXIF_TIMES[0] + b"\n\2" + _EXIF_TIMES[2] + b"\n\6" + _EXIF_TIMES[3] + b"\n\12+03:00",
)
_CHOICES = tuple(b"\n" + bytes((number,)) for number in range(20))
_TEXT_TOKENS = (*_DATE_TOKENS, *_HARMFUL)

TARGETS = (
    Target("dates", _dates, lambda: _DATES, (ValueError,), _DATE_TOKENS, 64),
    Target("paths", _paths, lambda: _PATHS, (ValueError,), _HARMFUL, 128),
    Target("reading", _reading, lambda: (*_EXIF_TIMES, *_HARMFUL), (), _TEXT_TOKENS, 2500),
    Target("container", _container, lambda: _TAGGED, (), (*_TEXT_TOKENS, *_CHOICES)),
    Target("notes", _notes, lambda: _TOLD, (), (*_TEXT_TOKENS, *_CHOICES)),
    Target("casefile", _case_file, _case_seeds, tokens=(*_TEXT_TOKENS, *_TOML_TOKENS)),
    Target("text", _report_text, lambda: (*_HARMFUL, *_DATES), (), _TEXT_TOKENS, 2048),
    Target(
        "cli",
        _command_line,
        lambda: [line.replace(b" ", b"\n") for line in _COMMAND_LINES],
        (),
        (*(b"\n" + word for word in _WORDS), *_HARMFUL),
        256,
    ),
)
