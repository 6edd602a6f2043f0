"""``result.json``, which Telegram Desktop writes when a chat or an account is exported."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
from msgspec import Raw, Struct

from forensics.metadata.sidecar_formats.asserting import (
    assert_fields,
    number_value,
    text_value,
    unix_time,
    wall_time,
)
from forensics.metadata.sidecar_formats.loose_json import (
    BROKEN,
    MAX_SMALL_BYTES,
    NOT_READ,
    read_small,
)
from forensics.metadata.sidecar_formats.pairing import Draft, MediaIndex, split
from forensics.model.findings import FieldValue

ENDING = ".json"
MAX_BYTES = 256 << 20
"""Exports of 100 MB are common."""

MAX_COMMAS = 8_000_000
"""More values than a real export of `MAX_BYTES` has would fill the memory."""

MAX_MESSAGES = 1_000_000
MAX_PER_MEDIUM = 20
"""A file that is sent again is stored once; more messages than these say no more."""

_OF_THE_FILE = ("duration_s", "width_px", "height_px", "original_name")
_SKIPPED = "(File "  # "(File not included. Change data exporting settings to download.)"
_WIDEST_ZONE = timedelta(hours=15)
_QUARTER_S = 900
_LOOKED_AT = 20

# Up to version 5 a control character was written as in C, which is no JSON.
_C_ESCAPE = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|.)", re.S)
# Where one message ends and the next begins; inside a text the quotes would be escaped.
_BETWEEN = re.compile(rb'\}\s*,\s*\{\s*"id"')
_TAIL_BYTES = 1 << 20

LIMITS = (
    "posted_at is when the message was posted in this chat, not when the file was taken or first "
    "published; forwarded messages are posted again.",
    "Names of chats and people are those of the day of the export.",
    "Anybody can edit this file.",
)
# Exports made before 2021 have no date_unixtime.
_NO_ZONE = "This export states only the exporter's local time; its zone is unknown."
_IS_PREVIEW = "This picture is a preview that Telegram made of the file of the message."
_BY_PATH = (
    "By the path stated in the message, below the folder of the export; the file there can have "
    "been replaced."
)


class _Chat(Struct, frozen=True):
    name: Raw = Raw(b"")
    type: Raw = Raw(b"")
    id: Raw = Raw(b"")
    messages: tuple[Raw, ...] = ()


class _Chats(Struct, frozen=True):
    list: tuple[_Chat, ...] = ()


class _Export(_Chat, frozen=True):
    chats: _Chats = _Chats()
    left_chats: _Chats = _Chats()


class _Paths(Struct, frozen=True):
    photo: object = None
    file: object = None
    thumbnail: object = None


def _text_of(value: object) -> str | None:
    """Join a text that is a list of plain parts and entities."""
    if isinstance(value, list):
        parts = (each.get("text") if isinstance(each, dict) else each for each in value)
        value = "".join(part for part in parts if isinstance(part, str))
    return text_value(value)


def _identifier(value: object) -> FieldValue:
    return text_value(value)


_FIELDS = (
    ("posted_at", unix_time, ("date_unixtime",)),
    ("posted_at", wall_time, ("date",)),
    ("edited_at", unix_time, ("edited_unixtime",)),
    ("edited_at", wall_time, ("edited",)),
    ("message_id", _identifier, ("id",)),
    ("author", text_value, ("from", "actor")),
    ("author_id", _identifier, ("from_id", "actor_id")),
    ("forwarded_from", text_value, ("forwarded_from",)),
    ("forwarded_from_id", _identifier, ("forwarded_from_id",)),
    ("saved_from", text_value, ("saved_from",)),
    ("description", _text_of, ("text",)),
    ("original_name", text_value, ("file_name",)),
    ("duration_s", number_value, ("duration_seconds",)),
    ("width_px", number_value, ("width",)),
    ("height_px", number_value, ("height",)),
    ("channel", text_value, ("chat.name",)),
    ("channel_id", _identifier, ("chat.id",)),
    ("channel_type", text_value, ("chat.type",)),
)


def looks_like(head: bytes) -> bool:
    """Say whether a file that cannot be read whole begins like one.

    Parameters
    ----------
    head : bytes
        Its first bytes.

    Returns
    -------
    bool
        Whether it begins like the export of a chat or an account.
    """
    is_chat = b'"messages"' in head and b'"date"' in head and b'"type"' in head
    return is_chat or (b'"about"' in head and b"Telegram" in head)


def read(path: str, data: bytes, index: MediaIndex) -> tuple[Draft, ...] | None:
    """Read one.

    Parameters
    ----------
    path : str
        The file.
    data : bytes
        The whole of it.
    index : MediaIndex
        The media that are there.

    Returns
    -------
    tuple of Draft or None
        One for each message whose file is there, and one for all others together; None when it
        is something else.

    References
    ----------
    Telegram Desktop, ``Telegram/SourceFiles/export/output/export_output_json.cpp``.
    """
    if data.count(b",") > MAX_COMMAS:
        reason = f"it holds more than {MAX_COMMAS:,} values and was not read"
        return _unread(data, reason)
    faults: list[str] = []
    export = _decode(data, faults)
    if export is None:
        return _unread(data, BROKEN)
    chats = (export, *export.chats.list, *export.left_chats.list)
    if not any(map(_is_chat, chats)):
        return None
    return _Reading(split(path)[0], index, faults).read(chats)


def _unread(data: bytes, reason: str) -> tuple[Draft, ...] | None:
    is_one = looks_like(data[:MAX_SMALL_BYTES])
    return (Draft("", (), NOT_READ, {}, LIMITS, (reason,)),) if is_one else None


def _decode(data: bytes, faults: list[str]) -> _Export | None:
    data = data.removeprefix(codecs.BOM_UTF8)
    export = _try(data)
    if export is None and b"\\x" in data:
        data = _C_ESCAPE.sub(_as_json, data)
        export = _try(data)
        if export is not None:
            faults.append("control characters in it are written in a way that is no JSON")
    if export is None and (ends := list(_BETWEEN.finditer(data, max(0, len(data) - _TAIL_BYTES)))):
        whole = data[: ends[-1].start() + 1]
        export = _try(whole + b"]}") or _try(whole + b"]}]}}")
        if export is not None:
            faults.append("it is cut short; messages before the break were read")
    return export


def _try(data: bytes) -> _Export | None:
    try:
        return msgspec.json.decode(data, type=_Export)
    except msgspec.ValidationError:
        return _Export()  # JSON of something else
    except (ValueError, RecursionError):
        return None


def _as_json(match: re.Match[bytes]) -> bytes:
    return b"\\u00" + match.group(1) if match.group(1) else match.group()


def _is_chat(chat: _Chat) -> bool:
    if not bytes(chat.type) and not bytes(chat.name):
        return False
    first = [_message(raw) for raw in chat.messages[:_LOOKED_AT]]
    return any(
        message.get("type") in ("message", "service") and {"id", "date"} <= message.keys()
        for message in first
    )


def _message(raw: Raw) -> dict[str, object]:
    data = bytes(raw)
    return (read_small(data, []) if len(data) <= MAX_SMALL_BYTES else None) or {}


class _Reading:
    """One export while it is read."""

    def __init__(self, folder: str, index: MediaIndex, faults: list[str]) -> None:
        self.folder = folder
        self.index = index
        self.faults = faults
        self.drafts: list[Draft] = []
        self.told: Counter[str] = Counter()
        self.elsewhere = self.skipped = self.broken = 0

    def read(self, chats: tuple[_Chat, ...]) -> tuple[Draft, ...]:
        for chat, raw in self._messages(chats):
            data = bytes(raw)
            paths = _paths_in(data)
            if paths is None:
                self.broken += 1
                continue
            media = self._there([paths.photo, paths.file])
            previews = self._there([paths.thumbnail])
            if media or previews:
                self._take(chat, data, media, previews)
        rest = self._rest()
        return (*self.drafts, rest) if rest is not None else tuple(self.drafts)

    def _messages(self, chats: tuple[_Chat, ...]) -> Iterator[tuple[dict[str, object], Raw]]:
        seen = 0
        for chat in chats:
            about = {name: _small(getattr(chat, name)) for name in ("name", "type", "id")}
            for raw in chat.messages:
                seen += 1
                if seen > MAX_MESSAGES:
                    self.faults.append(f"only the first {MAX_MESSAGES:,} messages were read")
                    return
                yield about, raw

    def _there(self, named: list[object]) -> tuple[str, ...]:
        found: list[str] = []
        for each in named:
            if not isinstance(each, str):
                continue
            path = self.index.below(self.folder, each)
            if path is not None:
                self.told[path] += 1
                found.append(path)
            elif _SKIPPED in each:
                self.skipped += 1
            else:
                self.elsewhere += 1
        return tuple(path for path in found if self.told[path] <= MAX_PER_MEDIUM)

    def _take(
        self,
        chat: dict[str, object],
        data: bytes,
        media: tuple[str, ...],
        previews: tuple[str, ...],
    ) -> None:
        faults: list[str] = []
        values = read_small(data, faults) or {}
        name = f"message {text_value(values.get('id')) or 'without a number'}"
        fields = assert_fields({**values, "chat": chat}, _FIELDS, faults)
        faults += _compare_clocks(values)
        has_zone = "posted_at" not in fields or fields["posted_at"].key == "date_unixtime"
        limits = LIMITS if has_zone else (_NO_ZONE, *LIMITS)
        if media:
            self.drafts.append(Draft(name, media, _BY_PATH, fields, limits, tuple(faults)))
        if previews:
            kept = {key: each for key, each in fields.items() if key not in _OF_THE_FILE}
            about = (f"{name}, preview", previews, _BY_PATH, kept)
            self.drafts.append(Draft(*about, (_IS_PREVIEW, *limits), tuple(faults)))

    def _rest(self) -> Draft | None:
        more = sum(count - MAX_PER_MEDIUM for count in self.told.values() if count > MAX_PER_MEDIUM)
        counts = (
            (self.elsewhere, "files named in messages are not here"),
            (self.skipped, "files were left out of the export"),
            (self.broken, "messages cannot be read"),
            (more, "further messages name files that have been told of often enough"),
        )
        said = tuple(f"{count:,} {what}" for count, what in counts if count)
        faults = (*self.faults, *said)
        if not faults and self.drafts:
            return None
        pairing = "The remaining messages describe no file that is here."
        return Draft("all other messages", (), pairing, {}, LIMITS, faults)


def _paths_in(data: bytes) -> _Paths | None:
    """Read only what files a message names: most of them name none that is here."""
    if len(data) > MAX_SMALL_BYTES:
        return None
    try:
        return msgspec.json.decode(data, type=_Paths)
    except (ValueError, RecursionError):
        values = read_small(data, [])
        return None if values is None else _Paths(*map(values.get, _Paths.__struct_fields__))


def _small(raw: Raw) -> object:
    data = bytes(raw)
    if not data or len(data) > MAX_SMALL_BYTES:
        return None
    try:
        return msgspec.json.decode(data)
    except (ValueError, RecursionError):
        return None


def _compare_clocks(values: dict[str, object]) -> list[str]:
    """Say when the local time and UTC are apart by what no zone explains."""
    local, utc = wall_time(values.get("date")), unix_time(values.get("date_unixtime"))
    if local is None or utc is None:
        return []
    apart = datetime.fromisoformat(f"{local}+00:00") - datetime.fromisoformat(utc)
    if abs(apart) <= _WIDEST_ZONE and apart.total_seconds() % _QUARTER_S == 0:
        return []
    return [f"date {local} and date_unixtime {utc} are apart by what no zone explains"]
