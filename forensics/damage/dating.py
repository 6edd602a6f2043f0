"""Say when a picture was taken, as far as anybody or anything says so."""

from collections.abc import Iterator, Mapping, Sequence

from forensics.model.casefile import CaseFile
from forensics.model.damage import Dated, DateSource
from forensics.model.dates import DateSpan, parse_date, parse_instant
from forensics.model.findings import Field
from forensics.model.match import COPIES, Match
from forensics.model.sidecars import NameReading, Sidecar

_CLOCKED = frozenset({"minute", "second"})
"""Precisions of dates that hold a time of day."""

_THERE_BY = {"posted_at": "posted", "uploaded_on": "uploaded", "archived_at": "archived"}
"""Times in sidecars by which a picture was there; each may be long after it was taken."""


def date_picture(
    names: Sequence[str],
    *,
    case: CaseFile,
    fields: Mapping[str, Field],
    sidecars: Sequence[Sidecar] = (),
    readings: Sequence[NameReading] = (),
    matches: Sequence[Match] = (),
) -> Dated | None:
    """Date a picture by the best statement there is.

    Parameters
    ----------
    names : sequence of str
        Names of the picture, as the case file writes them.
    case : CaseFile
        What a person says.
    fields : mapping of str to Field
        Its metadata; give none when they contradict themselves.
    sidecars : sequence of Sidecar, optional
        Files that describe it.
    readings : sequence of NameReading, optional
        What its names imply.
    matches : sequence of Match, optional
        Known footage that it matches.

    Returns
    -------
    Dated or None
        What a person says in the case file or as an observation, then the camera's clock; without
        these the earliest time by which the picture was there: in known footage, by a sidecar or
        by its name. None when nothing says anything.
    """
    for stated in (*_by_persons(names, case), *_by_camera(fields)):
        return stated
    there_by = [*_by_archive(matches), *_by_sidecars(sidecars), *_by_names(readings)]
    return min(there_by, key=lambda each: parse_instant(each.latest), default=None)


def _by_persons(names: Sequence[str], case: CaseFile) -> Iterator[Dated]:
    for reference in case.reference:
        if reference.path in names and (span := _span(reference.taken)) is not None:
            yield _taken(span, "case file", "by the case file")
    for each in case.observation:
        if each.picture in names and (span := _span(each.taken)) is not None:
            yield _taken(span, "observation", f"by an observation of {each.who}")


def _by_camera(fields: Mapping[str, Field]) -> Iterator[Dated]:
    field = fields.get("captured_at")
    span = _span(field.value) if field is not None else None
    if span is not None:
        yield _taken(span, "metadata", "by its camera's clock")


def _by_archive(matches: Sequence[Match]) -> Iterator[Dated]:
    for match in matches:
        latest = match.reference.first_seen_latest
        seen = match.reference.first_seen
        if (
            match.relation in COPIES
            and latest is not None
            and seen is not None
            and _is_time(latest)
        ):
            known = match.reference.path or match.reference.id
            because = f"there by {seen}, by the known footage {known} that it is a copy of"
            yield Dated(seen, None, latest, "known footage", because)


def _by_sidecars(sidecars: Sequence[Sidecar]) -> Iterator[Dated]:
    for sidecar in sidecars:
        for key, verb in _THERE_BY.items():
            said = sidecar.fields.get(key)
            span = _span(said.value) if said is not None else None
            if span is not None:
                because = f"{verb} {span.value}, by {sidecar.path}"
                yield Dated(span.value, None, span.latest, "sidecar", because)


def _by_names(readings: Sequence[NameReading]) -> Iterator[Dated]:
    for reading in readings:
        span = _span(reading.stated_at)
        if span is not None:
            because = f"there by {span.value}, by its name, which anybody can have typed"
            yield Dated(span.value, None, span.latest, "file name", because)


def _taken(span: DateSpan, source: DateSource, by: str) -> Dated:
    is_zone_missing = span.zone is None and span.precision in _CLOCKED
    zone = " (zone unknown)" if is_zone_missing else ""
    because = f"taken {span.value}{zone}, {by}"
    return Dated(span.value, span.earliest, span.latest, source, because)


def _is_time(text: str) -> bool:
    """Say whether an archive, which may be a stranger's, holds a time here."""
    try:
        parse_instant(text)
    except ValueError:
        return False
    return True


def _span(value: object) -> DateSpan | None:
    try:
        return parse_date(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None
