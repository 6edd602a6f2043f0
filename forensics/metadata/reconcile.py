"""Compare what the engines read and say, field by field, whether they agree."""

import math
import re
from collections.abc import Mapping

from forensics.metadata.reading import Reading, Readings
from forensics.model.dates import parse_date
from forensics.model.findings import Field, FieldValue, Position

POSITION_TOLERANCE_DEG = 1e-4
"""About 11 m: engines round rationals differently, cameras are no better."""

_UNDECODED = re.compile(r"\\x[0-9a-f]{2}")
_FOREIGN = re.compile(r"\\x[0-9a-f]{2}|[^\x00-\x7f]")
# Longest texts of IIM 4.2, and one byte less: writers leave room for a zero.
_IPTC_LENGTHS = frozenset(n - less for n in (32, 64, 128, 256, 2000) for less in (0, 1))

NUMBER_TOLERANCE = 0.01
"""Engines round altitudes differently; of other numbers a hundredth part."""

_ZONED = {f"{name}_at": f"{name}_offset" for name in ("captured", "digitized", "modified")}
"""Times whose offset is a field of its own."""


def reconcile(by_engine: Mapping[str, Readings]) -> dict[str, Field]:
    """Merge the engines' readings into one table.

    Parameters
    ----------
    by_engine : mapping of str to Readings
        Engine name to what it read, the preferred engine first.

    Returns
    -------
    dict of str to Field
        By field name, sorted. A time whose offset stands in the same block carries it in
        ``value``; one without keeps none, which means that its zone is unknown.
    """
    names = sorted({name for readings in by_engine.values() for name in readings})
    return {name: _merge(name, by_engine) for name in names}


def _merge(name: str, by_engine: Mapping[str, Readings]) -> Field:
    readings: dict[str, Reading] = {
        engine: each[name] for engine, each in by_engine.items() if name in each
    }
    engine, first = next(iter(readings.items()))
    offset = _offset_of(name, engine, by_engine) if name in _ZONED else None
    agree = None
    if len(readings) > 1:
        agree = all(
            each == engine or
            _same(name, first, other, other_offset=_offset_of(name, each, by_engine), offset=offset,
                  is_one_block=_block(first) == _block(other))
            for each, other in readings.items()
        )  # fmt: skip
    return Field(
        value=first.value if offset is None else f"{first.value}{offset}",
        raw=first.raw,
        sources={each: reading.value for each, reading in readings.items()},
        agree=agree,
        where={each: reading.where for each, reading in readings.items() if reading.where},
        charset=first.charset,
    )


def _block(reading: Reading) -> str:
    """Name the block of the file that a reading comes from, where that is said."""
    return reading.where.partition(" ")[0]


def _offset_of(name: str, engine: str, by_engine: Mapping[str, Readings]) -> str | None:
    """Give the offset that belongs to an engine's time; None when none does.

    One from another block does not: programs that copy a time into XMP add the zone of the
    computer they run on.
    """
    key = _ZONED.get(name)
    if key is None:
        return None
    time = by_engine[engine][name]
    for readings in by_engine.values():
        if key not in readings or name not in readings or readings[name].value != time.value:
            continue
        if _block(readings[key]) == _block(time):
            return str(readings[key].value)
    return None


def _same(
    name: str,
    one: Reading,
    other: Reading,
    *,
    offset: str | None,
    other_offset: str | None,
    is_one_block: bool,
) -> bool:
    first, second = one.value, other.value
    if isinstance(first, Position) and isinstance(second, Position):
        return (
            abs(first.lat - second.lat) <= POSITION_TOLERANCE_DEG
            and abs(first.lon - second.lon) <= POSITION_TOLERANCE_DEG
        )
    if isinstance(first, int | float) and isinstance(second, int | float):
        absolute = NUMBER_TOLERANCE if name.endswith("_m") else 0.0
        return math.isclose(first, second, rel_tol=NUMBER_TOLERANCE, abs_tol=absolute)
    if first == second or is_one_block:
        return first == second
    if not name.endswith("_at"):
        return _same_text(str(first), str(second), name)
    return _same_clock(first, second) or _same_instant(
        f"{first}{offset or ''}", f"{second}{other_offset or ''}"
    )


def _same_text(first: str, second: str, name: str) -> bool:
    """Say whether two blocks give one text, as far as each can hold it.

    Blocks end lines and fill up serial numbers differently, IPTC holds no more than 32 to 2,000
    bytes of a text, and bytes whose character set is not known are compared by their number.
    """
    one, other = (" ".join(text.split()) for text in (first, second))
    if name.endswith("_serial"):
        one, other = one.lstrip("0"), other.lstrip("0")
    if _UNDECODED.search(one + other) is not None:
        one, other = (_FOREIGN.sub("?", text) for text in (one, other))
    shorter, longer = sorted((one, other), key=len)
    is_cut = len(shorter.encode()) in _IPTC_LENGTHS and longer.startswith(shorter)
    return one == other or is_cut


def _same_clock(first: FieldValue, second: FieldValue) -> bool:
    """Say whether two blocks give one reading of a clock, each as precisely as it does."""
    shorter, longer = sorted((str(first), str(second)), key=len)
    return longer.startswith(shorter)


def _same_instant(first: str, second: str) -> bool:
    one, two = parse_date(first), parse_date(second)
    return bool(one.zone and two.zone) and (
        one.earliest <= two.earliest < one.latest or two.earliest <= one.earliest < two.latest
    )
