"""Everything dated, in order, with whose clock says so."""

from collections.abc import Iterator

from markupsafe import Markup
from msgspec import Struct

from forensics.model.dates import DateSpan, parse_date
from forensics.report.lookup import Lookup
from forensics.report.text import listed, markup, moment, name, prose
from forensics.report.words import BASES, CLOCKS, SIDECAR_TIMES

MAX_ROWS = 1500
"""Rows shown; the dates of all items stand in ``report.json``."""

_PRECISIONS = {
    "year": "to the year",
    "month": "to the month",
    "day": "to the day",
    "minute": "to the minute",
    "second": "to the second",
}


class Row(Struct, frozen=True):
    """One dated thing.

    Parameters
    ----------
    when, raw : str
        The date in words and as it stands in the source.
    certainty : str
        Its precision, and whether the zone is known.
    what : Markup
        What is dated.
    whose : str
        Whose clock or word it is.
    source : {"event", "person", "file", "known"}
        Where the date comes from.
    """

    when: str
    raw: str
    certainty: str
    what: Markup
    whose: str
    source: str


class TimeLine(Struct, frozen=True):
    """The rows, and how many were left out.

    Parameters
    ----------
    rows : tuple of Row
        Earliest first; dates that cannot be placed last.
    left_out : int
        Rows beyond `MAX_ROWS`.
    """

    rows: tuple[Row, ...]
    left_out: int


def draw_time_line(lookup: Lookup) -> TimeLine:
    """Order everything dated in a case.

    Parameters
    ----------
    lookup : Lookup
        The case.

    Returns
    -------
    TimeLine
        Dates of the case file, of persons, of metadata and of the known footage that was matched.

    Notes
    -----
    A date without a zone is placed at the earliest instant it may mean, so two rows closer than
    26 hours may stand in the wrong order when one of them has no zone.
    """
    keyed = [
        (_key(raw), position, Row(moment(raw), raw, _certainty(raw), what, whose, source))
        for position, (raw, what, whose, source) in enumerate(
            (
                *_of_case(lookup),
                *_of_files(lookup),
                *_of_sidecars(lookup),
                *_of_known_footage(lookup),
            )
        )
    ]
    rows = [row for _, _, row in sorted(keyed, key=lambda each: each[:2])]
    return TimeLine(tuple(rows[:MAX_ROWS]), max(0, len(rows) - MAX_ROWS))


_Draft = tuple[str, Markup, str, str]


def _of_case(lookup: Lookup) -> Iterator[_Draft]:
    case = lookup.case.case
    said = "the case file"
    if case.event.start is not None:
        text = markup("Event, at its earliest: {}", prose(case.event.text))
        yield case.event.start, text, said, "event"
    if case.event.end is not None:
        text = markup("Event, at its latest: {}", prose(case.event.text))
        yield case.event.end, text, said, "event"
    if case.as_of is not None:
        yield case.as_of, Markup("The investigation"), said, "event"
    for each in case.observation:
        yield each.when, markup("Observation: {}", prose(each.text)), each.who, "person"
        if each.taken is not None and each.picture is not None:
            yield each.taken, markup("{} taken", name(each.picture)), each.who, "person"
    for reference in case.reference:
        if reference.taken is not None:
            yield reference.taken, markup("{} taken", name(reference.path)), said, "person"


def _of_files(lookup: Lookup) -> Iterator[_Draft]:
    for item in lookup.case.items:
        table = lookup.metadata(item.sha256)
        if table is None:
            continue
        # A camera writes one time into several fields; it is one row.
        merged: dict[str, list[tuple[str, str]]] = {}
        for field, words in CLOCKS.items():
            if field in table.fields:
                merged.setdefault(str(table.fields[field].value), []).append(words)
        for value, stated in merged.items():
            verbs = listed([verb for verb, _ in stated])
            clocks = " or ".join(dict.fromkeys(clock for _, clock in stated))
            whose = f"{clocks}, as the file states it"
            yield value, markup("{} {}", lookup.linked(item.sha256), verbs), whose, "file"


def _of_sidecars(lookup: Lookup) -> Iterator[_Draft]:
    for sidecar in lookup.case.sidecars:
        if not sidecar.media:
            continue
        media = listed([name(path) for path in sidecar.media])
        for field, verb in SIDECAR_TIMES.items():
            if field in sidecar.fields:
                whose = f"{sidecar.path} ({sidecar.format}), which anybody can have edited"
                yield str(sidecar.fields[field].value), markup("{} {}", media, verb), whose, "file"


def _of_known_footage(lookup: Lookup) -> Iterator[_Draft]:
    queries: dict[str, list[Markup]] = {}
    references = {}
    for match in lookup.case.matches:
        references[match.reference.id] = match.reference
        linked = lookup.linked(match.query.sha256, match.query.path)
        queries.setdefault(match.reference.id, []).append(linked)
    for key, reference in references.items():
        if reference.first_seen is None:
            continue
        shown = name(reference.path or reference.source or reference.id)
        text = markup("Known footage {} first seen; matched by {}", shown, listed(queries[key]))
        basis = reference.basis or ""
        yield reference.first_seen, text, BASES.get(basis, basis or "not stated"), "known"


def _span(raw: str) -> DateSpan | None:
    try:
        return parse_date(raw)
    except (ValueError, OverflowError):
        return None


def _key(raw: str) -> tuple[bool, str]:
    span = _span(raw)
    return (span is None, span.earliest if span is not None else raw)


def _certainty(raw: str) -> str:
    span = _span(raw)
    if span is None:
        return "cannot be placed"
    zone = "zone known" if span.zone is not None else "zone unknown"
    return f"{_PRECISIONS[span.precision]}, {zone}"
