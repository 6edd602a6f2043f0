"""Note where an item's own statements do not fit together, each with its innocent explanation."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from forensics.model.findings import Field, MetadataTable, Note, Notes

CLOCK_TOLERANCE = timedelta(hours=15)
"""A clock without a zone may be any of UTC-12 to UTC+14 away from GPS time; one hour is slack."""

KNOWN_ZONE_TOLERANCE = timedelta(minutes=10)
"""Camera clocks drift by minutes in a year."""

Fields = dict[str, Field]
_ORDER = ("conflict", "notice", "info")


def find_notes(table: MetadataTable) -> Notes:
    """Note what in an item's metadata a reader should weigh.

    Parameters
    ----------
    table : MetadataTable
        As `metadata.read` gives it.

    Returns
    -------
    Notes
        The notes, possibly none.
    """
    notes = [note for rule in _RULES for note in rule(table.fields)]
    return Notes(tuple(sorted(notes, key=lambda note: (_ORDER.index(note.severity), note.id))))


def _engines_disagree(fields: Fields) -> Iterator[Note]:
    for name, field in fields.items():
        if field.agree is False:
            values = "; ".join(f"{engine}: {value}" for engine, value in field.sources.items())
            yield Note(
                "engines-disagree",
                "notice",
                f"two programs read the field {name} differently ({values})",
                (name,),
                "The field is stored twice or damaged, and programs choose differently.",
            )


def _modified_before_captured(fields: Fields) -> Iterator[Note]:
    captured, modified = _wall(fields, "captured_at"), _wall(fields, "modified_at")
    if captured is None or modified is None or captured - modified <= CLOCK_TOLERANCE:
        return
    yield Note(
        "modified-before-captured",
        "conflict",
        f"the file says it was last changed at {fields['modified_at'].value}, before it was taken "
        f"at {fields['captured_at'].value}",
        ("modified_at", "captured_at"),
        "A clock that was set between the two, or a program that copied dates from another file.",
    )


def _clock_against_gps(fields: Fields) -> Iterator[Note]:
    gps = _wall(fields, "gps_at")
    captured = _wall(fields, "captured_at")
    if gps is None or captured is None:
        return
    offset = fields.get("captured_offset")
    if offset is not None:
        captured_utc = _instant(str(fields["captured_at"].value))
        gps_utc = _instant(str(fields["gps_at"].value))
        apart, tolerance = abs(captured_utc - gps_utc), KNOWN_ZONE_TOLERANCE
    else:
        apart, tolerance = abs(captured - gps), CLOCK_TOLERANCE
    if apart <= tolerance:
        return
    yield Note(
        "clock-against-gps",
        "notice",
        f"the camera's clock says {fields['captured_at'].value}, the satellites said "
        f"{fields['gps_at'].value}: {_in_words(apart)} apart",
        ("captured_at", "gps_at"),
        "Camera clocks are often wrong, and phones keep an old GPS fix: 17 of 43 real photos "
        "measured for this project disagree.",
    )


_RULES: tuple[Callable[[Fields], Iterator[Note]], ...] = (
    _engines_disagree,
    _modified_before_captured,
    _clock_against_gps,
)


def _wall(fields: Fields, name: str) -> datetime | None:
    """Return the wall-clock reading of a time field, without its zone."""
    if name not in fields:
        return None
    return datetime.fromisoformat(str(fields[name].value)).replace(tzinfo=None)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _in_words(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} hours"  # noqa: PLR2004
