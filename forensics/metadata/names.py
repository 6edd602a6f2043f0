"""Which naming conventions file names follow, and what that implies; anybody can type a name."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from importlib import resources

from msgspec import Struct, convert

from forensics.ingest.folder import original_path
from forensics.metadata.sidecar_formats.asserting import unix_time
from forensics.model.dates import parse_date
from forensics.model.sidecars import NameReading

MAX_NAME_CHARS = 300
"""Longer names follow no convention; file systems allow 255 bytes."""

_MAX_SUFFIXES = 3
_MS_PER_S = 1000
_TIKTOK_SECOND_BITS = 32
_HOURS = 12
_CENTURIES = ("19", "20")


class _Pattern(Struct, frozen=True, forbid_unknown_fields=True):
    """One convention, as the TOML file has it."""

    name: str
    platform: str
    stem: str
    implies: str
    does_not_imply: str
    examples: tuple[str, ...]
    source: str
    kinds: tuple[str, ...] = ()
    utc: bool = False


class _Conventions(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole TOML file."""

    endings: dict[str, frozenset[str]]
    pattern: tuple[_Pattern, ...]
    suffix: tuple[_Pattern, ...]


def read_names(paths: Iterable[str]) -> tuple[NameReading, ...]:
    """Say with which conventions of programs, devices and platforms file names are consistent.

    A convention shows where to look and what to ask for, for example the original of what came
    through a messenger. It proves nothing: names are typed, and programs imitate one another.

    Parameters
    ----------
    paths : iterable of str
        Paths of media, as items have them.

    Returns
    -------
    tuple of NameReading
        In order of path, then of the table of conventions; a name that several of them fit has
        several, one that none fits has none.

    Examples
    --------
    >>> for each in read_names(["IMG-20240815-WA0007.jpg", "bridge.jpg"]):
    ...     print(each.platform, each.stated_at)
    WhatsApp for Android 2024-08-15
    """
    return tuple(reading for path in sorted(set(paths)) for reading in _read(path))


def _read(path: str) -> Iterator[NameReading]:
    name = _plain(path)
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or len(name) > MAX_NAME_CHARS:
        return
    known = conventions()
    fitting = [each for each in known.pattern if _fits(each, ending, known)]
    whole = list(_matches(path, stem, fitting))
    yield from whole
    if whole:
        return
    suffixes: list[_Pattern] = []
    for _ in range(_MAX_SUFFIXES):
        found = next((each for each in known.suffix if _ends(stem, each)), None)
        if found is None:
            return
        suffixes.append(found)
        stem = re.sub(rf"(?:{found.stem})\Z", "", stem)
        readings = list(_matches(path, stem, fitting))
        if readings:
            yield from readings
            yield from (_reading(path, each, None) for each in suffixes)
            return


def _plain(path: str) -> str:
    with suppress(ValueError):  # a name as it was typed on a command line
        path = original_path(path)
    return path.rpartition("/")[2]


def _fits(pattern: _Pattern, ending: str, known: _Conventions) -> bool:
    return any(ending.lower() in known.endings[kind] for kind in pattern.kinds)


def _ends(stem: str, suffix: _Pattern) -> bool:
    return re.search(rf".(?:{suffix.stem})\Z", stem, re.S) is not None


def _matches(path: str, stem: str, patterns: Iterable[_Pattern]) -> Iterator[NameReading]:
    for pattern in patterns:
        match = _compiled(pattern.stem).fullmatch(stem)
        if match is None:
            continue
        parts = {name: text for name, text in match.groupdict().items() if text is not None}
        stated = _stated(parts, utc=pattern.utc)
        if stated is not None or not parts:
            yield _reading(path, pattern, stated)


def _reading(path: str, pattern: _Pattern, stated: str | None) -> NameReading:
    return NameReading(
        path=path,
        pattern=pattern.name,
        platform=pattern.platform,
        implies=f"The name is consistent with {pattern.implies}.",
        does_not_imply=f"It does not say {pattern.does_not_imply}.",
        stated_at=stated,
        source=pattern.source,
    )


def _stated(parts: dict[str, str], *, utc: bool) -> str | None:
    """Give the time in a name; None when there is none, or no such time."""
    if "unix_s" in parts:
        return unix_time(parts["unix_s"])
    if "unix_ms" in parts:
        return unix_time(int(parts["unix_ms"]) / _MS_PER_S)
    if "tiktok" in parts:
        return unix_time(int(parts["tiktok"]) >> _TIKTOK_SECOND_BITS)
    if "year" not in parts or not parts["year"].startswith(_CENTURIES):
        return None
    text = f"{parts['year']}-{parts['month']}-{parts['day']}"
    if "hour" in parts:
        fraction = f".{parts['fraction']}" if "fraction" in parts else ""
        hour = _hour(int(parts["hour"]), parts.get("half"))
        text += f"T{hour:02}:{parts['minute']}:{parts['second']}{fraction}{'Z' if utc else ''}"
    try:
        parse_date(text)
    except ValueError:
        return None
    return text


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    return hour % _HOURS + (_HOURS if half == "PM" else 0)


@cache
def conventions() -> _Conventions:
    """Load the table of conventions, once and when it is needed.

    Returns
    -------
    _Conventions
        As ``names.toml`` of this package has it.
    """
    text = (resources.files("forensics.metadata") / "names.toml").read_text("utf-8")
    return convert(tomllib.loads(text), _Conventions)


@cache
def _compiled(stem: str) -> re.Pattern[str]:
    return re.compile(stem, re.ASCII | re.S)
