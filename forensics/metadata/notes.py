"""Note where an item's own statements do not fit together, each with its innocent explanation."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from forensics.model.dates import parse_date, parse_instant
from forensics.model.findings import Field, MetadataTable, Note, Notes

CLOCK_TOLERANCE = timedelta(minutes=10)
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
    found : Notes
        With none in it when nothing stands out.
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
                "The field is stored twice or corrupted, and programs choose differently.",
            )


def _modified_before_captured(fields: Fields) -> Iterator[Note]:
    early_s = _seconds_after(fields, "captured_at", "modified_at")
    if early_s is None:
        return
    certain = early_s > 0
    have_zones = all(parse_date(str(fields[name].value)).zone for name in _TAKEN_AND_CHANGED)
    reads_later = not have_zones and _reads_later(fields, "captured_at", "modified_at")
    if not certain and not reads_later:
        return
    unless = "" if certain else ", unless the two clocks stood in different time zones"
    # Without stated zones the two may come from different clocks of one camera: of 128 real files
    # with metadata one is years apart in this way, and innocent.
    yield Note(
        "modified-before-captured",
        "conflict" if certain and have_zones else "notice",
        f"the file says it was last changed at {fields['modified_at'].value}, before it was taken "
        f"at {fields['captured_at'].value}{unless}",
        ("modified_at", "captured_at"),
        "A clock that was set between the two, a camera that keeps two clocks, a computer in "
        "another time zone, or a program that copied dates from another file.",
    )


_TAKEN_AND_CHANGED = ("captured_at", "modified_at")


def _clock_against_gps(fields: Fields) -> Iterator[Note]:
    later_s = _seconds_after(fields, "captured_at", "gps_at")
    earlier_s = _seconds_after(fields, "gps_at", "captured_at")
    if later_s is None or earlier_s is None:
        return
    apart = timedelta(seconds=max(later_s, earlier_s))
    if apart <= CLOCK_TOLERANCE:
        return
    yield Note(
        "clock-against-gps",
        "notice",
        f"the camera's clock says {fields['captured_at'].value}, the satellites said "
        f"{fields['gps_at'].value}: at least {_in_words(apart)} apart",
        ("captured_at", "gps_at"),
        "Camera clocks are often set wrong, and phones keep an old GPS fix. Of 15 real photos with "
        "both times, 9 are this far apart, all from one camera with a wrong clock.",
    )


_RULES: tuple[Callable[[Fields], Iterator[Note]], ...] = (
    _engines_disagree,
    _modified_before_captured,
    _clock_against_gps,
)


def _seconds_after(fields: Fields, name: str, other: str) -> float | None:
    """Say by how much one time is later than another at least, whatever the unknown zones are.

    None when one of them is missing; negative when it may be earlier.
    """
    if name not in fields or other not in fields:
        return None
    one = parse_date(str(fields[name].value))
    two = parse_date(str(fields[other].value))
    return (parse_instant(one.earliest) - parse_instant(two.latest)).total_seconds()


def _reads_later(fields: Fields, name: str, other: str) -> bool:
    """Compare two readings as if one clock had shown them, to the coarser one's precision."""
    one, two = (parse_date(_as_utc(str(fields[each].value))) for each in (name, other))
    return parse_instant(one.earliest) >= parse_instant(two.latest)


def _as_utc(text: str) -> str:
    """Put one zone in the place of any; a year or a month has none."""
    clock = _ZONE.sub("", text)
    return f"{clock}Z" if "T" in clock else clock


_ZONE = re.compile(r"(Z|[+-]\d{2}:\d{2})$")


def _in_words(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} hours"  # noqa: PLR2004
