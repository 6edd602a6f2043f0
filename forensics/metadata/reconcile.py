"""Compare what the engines read and say, field by field, whether they agree."""

from collections.abc import Mapping

from forensics.metadata.reading import Reading, Readings
from forensics.model.findings import Field, FieldValue, Position

POSITION_TOLERANCE_DEG = 1e-4
"""About 11 m: engines round rationals differently, cameras are no better."""

NUMBER_TOLERANCE = 0.01
"""Engines round altitudes differently."""

_TIMES = ("captured", "digitized", "modified")


def reconcile(by_engine: Mapping[str, Readings]) -> dict[str, Field]:
    """Merge the engines' readings into one table.

    Parameters
    ----------
    by_engine : mapping of str to Readings
        Engine name to what it read, the preferred engine first.

    Returns
    -------
    dict of str to Field
        By field name, sorted. A time whose offset an engine read with it carries it in ``value``;
        one without keeps none, which means that its zone is unknown.
    """
    names = sorted({name for readings in by_engine.values() for name in readings})
    fields = {name: _merge(name, by_engine) for name in names}
    for name in _TIMES:
        at = fields.get(f"{name}_at")
        offset = None if at is None else _offset_of(name, at, by_engine)
        if at is not None and offset is not None:
            fields[f"{name}_at"] = Field(f"{at.value}{offset}", at.raw, at.sources, at.agree)
    return fields


def _offset_of(name: str, at: Field, by_engine: Mapping[str, Readings]) -> FieldValue:
    """Give the offset from an engine that read the same time: another's belongs to another time."""
    for engine, value in at.sources.items():
        if value == at.value and f"{name}_offset" in by_engine[engine]:
            return by_engine[engine][f"{name}_offset"].value
    return None


def _merge(name: str, by_engine: Mapping[str, Readings]) -> Field:
    readings: dict[str, Reading] = {
        engine: each[name] for engine, each in by_engine.items() if name in each
    }
    first = next(iter(readings.values()))
    agree = None
    if len(readings) > 1:
        agree = all(_same(first.value, other.value) for other in readings.values())
    sources = {engine: reading.value for engine, reading in readings.items()}
    return Field(first.value, first.raw, sources, agree)


def _same(one: FieldValue, other: FieldValue) -> bool:
    if isinstance(one, Position) and isinstance(other, Position):
        return (
            abs(one.lat - other.lat) <= POSITION_TOLERANCE_DEG
            and abs(one.lon - other.lon) <= POSITION_TOLERANCE_DEG
        )
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= NUMBER_TOLERANCE
    return one == other
