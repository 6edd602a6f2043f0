"""Read JSON from strangers: bounded in memory, and patient with what writers get wrong."""

import codecs
import json
import re
from functools import cache

import msgspec

from forensics.metadata.reading import raw_text

MAX_SMALL_BYTES = 1 << 20
"""JSON up to this size is read with patience; larger JSON must be well formed."""

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ESCAPED = re.compile("[\udc80-\udcff]")
_LONGEST_INT = 300
"""Digits; longer numbers are no statement, and Python refuses to read them."""

BROKEN = "it is no valid JSON, or cut short; nothing of it was read"
MAX_QUOTED_CHARS = 80
"""Values and names of a stranger's that are quoted in a sentence are cut here."""

NOT_READ = "Which files it describes is not known."

_FAILURES = (ValueError, RecursionError)  # what msgspec, json and the codecs raise on bad input


def decode_text(data: bytes, faults: list[str]) -> str:
    """Decode a text file of unknown encoding without losing a byte.

    Parameters
    ----------
    data : bytes
        The file.
    faults : list of str
        What was unusual is named here.

    Returns
    -------
    str
        Bytes that are not UTF-8 as lone surrogates, which `clean_text` shows as escapes.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            faults.append(f"it is written in {name.upper()}")
            return data.decode(name, "replace")
    text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")
    if not data.isascii() and _ESCAPED.search(text):
        faults.append("it holds bytes that are not UTF-8")
    return text


def read_object(
    data: bytes, wanted: tuple[str, ...], faults: list[str]
) -> dict[str, object] | None:
    """Read some keys of a JSON object.

    Parameters
    ----------
    data : bytes
        The file.
    wanted : tuple of str
        Keys of the outermost object; of large files no other is kept in memory.
    faults : list of str
        What is wrong with it is named here.

    Returns
    -------
    dict of str to object or None
        The wanted keys that are there, none when it is another value than an object; None when it
        is no JSON.
    """
    if len(data) <= MAX_SMALL_BYTES:
        values = read_small(data, faults)
        if values is None:
            return None
        return {key: values[key] for key in wanted if key in values}
    return _read_large(data, wanted, faults)


def read_small(data: bytes, faults: list[str]) -> dict[str, object] | None:
    """Read a small JSON object, whatever common writers have done to it.

    Parameters
    ----------
    data : bytes
        At most `MAX_SMALL_BYTES`, or the caller's own bound.
    faults : list of str
        What is wrong with it is named here: repeated keys of the outermost object among others.

    Returns
    -------
    dict of str to object or None
        Of repeated keys the last, as readers of JSON do; NaN is None. Empty when it is another
        value than an object, None when it is no JSON.
    """
    own: list[str] = []
    repeated: list[str] = []

    def keep_last(pairs: list[tuple[str, object]]) -> dict[str, object]:
        # Objects end from the inside out, so the outermost one has the last word.
        kept = dict(pairs)
        names = [name for name, _ in pairs] if len(kept) < len(pairs) else []
        repeated[:] = sorted(name for name in kept if names.count(name) > 1) if names else []
        return kept

    try:
        value = json.loads(
            decode_text(data, own),
            strict=False,
            object_pairs_hook=keep_last,
            parse_constant=lambda _: None,
            parse_int=lambda digits: int(digits) if len(digits) <= _LONGEST_INT else None,
        )
    except _FAILURES:
        return None
    if not isinstance(value, dict):
        return {}
    faults += own
    if repeated:
        # Names are the stranger's: half characters in them cannot be encoded, and they may be long.
        names = ", ".join(raw_text(each)[:MAX_QUOTED_CHARS] for each in repeated[:3])
        faults.append(f"it states {names} more than once; the last counts here")
    return value


def _read_large(
    data: bytes, wanted: tuple[str, ...], faults: list[str]
) -> dict[str, object] | None:
    try:
        found = msgspec.json.decode(data.removeprefix(codecs.BOM_UTF8), type=_record_of(wanted))
    except msgspec.ValidationError:
        return {}
    except _FAILURES:
        return None
    values: dict[str, object] = {}
    for name in wanted:
        raw = bytes(getattr(found, name))
        if len(raw) > MAX_SMALL_BYTES:
            faults.append(f"{name} is too long to be read")
            continue
        try:
            values[name] = msgspec.json.decode(raw) if raw else None
        except _FAILURES:
            faults.append(f"{name} cannot be read")
    return {name: value for name, value in values.items() if value is not None}


@cache
def _record_of(wanted: tuple[str, ...]) -> type[msgspec.Struct]:
    """Make a record whose values stay bytes, so that nothing else takes memory."""
    return msgspec.defstruct("Wanted", [(name, msgspec.Raw, msgspec.Raw(b"")) for name in wanted])
