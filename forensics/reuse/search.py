"""Look items up in the archive of known footage and say which are recycled."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from msgspec.structs import replace

from forensics.calibration import load
from forensics.model.casefile import EventWindow
from forensics.model.dates import parse_instant
from forensics.model.match import (
    COPIES,
    CheckProblem,
    CheckReport,
    Edit,
    Match,
    QueryRef,
    Relation,
    Transform,
    Unmatched,
)
from forensics.reuse.archive import Archive
from forensics.reuse.archive_entry import Entry, HashHit
from forensics.reuse.archived import as_probe, known_pictures
from forensics.reuse.by_chance import Way, bounds_by_chance, way_of
from forensics.reuse.decide import decide
from forensics.reuse.decided import respect_decisions
from forensics.reuse.known_pictures import KnownPictures, Sighting, searched
from forensics.reuse.match_words import EARLIEST, date_sentence, explain, precedes
from forensics.reuse.pair import NearPair, Verdict, transform_of
from forensics.reuse.reference import known_ref, match_id
from forensics.reuse.stills import RANK
from forensics.reuse.views import Probe

MAX_MATCHES = 100
"""Entries reported for one query; an archive with more alike needs a person, not a longer list."""

_RANK = ("identical", *RANK)


def search_archive(probes: Iterable[Probe], archive: Archive, event: EventWindow) -> CheckReport:
    """Look every item up in an archive of known footage.

    Parameters
    ----------
    probes : iterable of Probe
        The items.
    archive : Archive
        Known footage, open for reading.
    event : EventWindow
        The event the items are said to show; its start decides what is recycled.

    Returns
    -------
    CheckReport
        The matches, copies first, the items without any, and what people decided against.

    Notes
    -----
    An item is recycled when it is a copy and the known footage's date, at its latest, precedes
    the event, at its earliest. A hash alone is never more than a lead.
    """
    matches: list[Match] = []
    unmatched: list[Unmatched] = []
    problems: list[CheckProblem] = []
    known = _Known(archive, known_pictures(archive), event, bounds_by_chance(archive))
    for probe in probes:
        found, left_out = _search_one(probe, known)
        matches.extend(found)
        if not found:
            unmatched.append(Unmatched(probe.path, probe.sha256, _why_unmatched(probe)))
        if left_out:
            error = f"{left_out} more entries of the archive look alike and were not compared"
            problems.append(CheckProblem(probe.path, error, _LOOK_BY_HAND))
    matches.sort(key=lambda match: (match.recycled is None, _RANK.index(match.relation)))
    found_all = CheckReport(
        tuple(matches), tuple(unmatched), tuple(problems), archive=archive.summary()
    )
    report = respect_decisions(found_all, archive)
    return replace(report, matches=_with_own_ids(report.matches))


_LOOK_BY_HAND = "Look at the nearest ones first; pictures this plain resemble many others."


def _with_own_ids(matches: Sequence[Match]) -> tuple[Match, ...]:
    """Tell matches of several files with the same bytes apart: the second one ends in ``-2``."""
    seen: Counter[str] = Counter()
    told = []
    for match in matches:
        seen[match.id] += 1
        count = seen[match.id]
        told.append(match if count == 1 else replace(match, id=f"{match.id}-{count}"))
    return tuple(told)


class _Known(NamedTuple):
    """What a search looks into."""

    archive: Archive
    pictures: KnownPictures
    event: EventWindow
    chance: dict[Way, float | None]


def _search_one(probe: Probe, known: _Known) -> tuple[list[Match], int]:
    """Give the matches of one item, and how many entries that look alike were left out."""
    matches = []
    identical = known.archive.find_identical(probe.sha256)
    if identical is not None:
        matches.append(_identical_match(probe, identical, known.event))
    hits = _hits_by_entry(probe, known.archive)
    sighted = known.pictures.find(*searched(probe))
    for suggested in (hits, sighted):
        suggested.pop(probe.sha256, None)
    nearest = sorted(hits, key=lambda key: (min(h.distance_bits for _, h in hits[key]), key))
    in_turn = list(dict.fromkeys([*sighted, *nearest]))
    for entry_id in in_turn[:MAX_MATCHES]:
        near = _near_match(
            probe, known, entry_id, hits.get(entry_id, []), sighted.get(entry_id, [])
        )
        if near is not None:
            matches.append(near)
    in_order = sorted(matches, key=lambda match: _RANK.index(match.relation))
    return _with_earliest(in_order), len(in_turn[MAX_MATCHES:])


def _with_earliest(matches: Sequence[Match]) -> list[Match]:
    """Say of the copy with the earliest date that it is that, and of how little it says."""
    dated = [
        (parse_instant(match.reference.first_seen_latest), match.id)
        for match in matches
        if match.relation in COPIES and match.reference.first_seen_latest is not None
    ]
    if not dated:
        return list(matches)
    _, earliest = min(dated)
    return [
        replace(match, because=f"{match.because} {EARLIEST}") if match.id == earliest else match
        for match in matches
    ]


def _hits_by_entry(probe: Probe, archive: Archive) -> dict[str, list[tuple[int, HashHit]]]:
    calibration = load("reuse.search")
    radius = int(calibration.value("max_distance_bits"))
    enough = calibration.value("min_quality")
    hits: dict[str, list[tuple[int, HashHit]]] = {}
    for position, frame in enumerate(probe.hashes.frames):
        if frame.quality < enough or probe.views is None:
            continue
        query = probe.orientation_hashes[position]
        recipe = probe.hashes.preprocessing
        for hit in archive.search(query, max_distance_bits=radius, preprocessing=recipe):
            if hit.quality is None or hit.quality >= enough:
                hits.setdefault(hit.entry_id, []).append((position, hit))
    return hits


def _near_match(
    probe: Probe,
    known: _Known,
    entry_id: str,
    hits: Sequence[tuple[int, HashHit]],
    sighted: Sequence[Sighting],
) -> Match | None:
    """Say what an item is to an entry; None when it is nothing after all."""
    entry = known.archive.entry(entry_id)
    reference = as_probe(entry, known.archive)
    frame_at = {
        frame.moment_s: i for i, frame in reversed(list(enumerate(reference.hashes.frames)))
    }
    near = [
        NearPair(position, frame_at.get(hit.moment_s, 0), hit.distance_bits, hit.orientation)
        for position, hit in hits
    ]
    verdict = decide(probe, reference, near, sighted=sighted)
    if verdict is None:
        return None
    best = verdict.best
    return _match(
        probe,
        entry,
        verdict.relation,
        because=explain(verdict, entry, known.event),
        event=known.event,
        expected=known.chance[way_of(verdict)],
        distance_bits=None if best is None else best.distance_bits,
        transform=verdict.transform
        or transform_of(probe, reference, 0 if best is None else best.orientation),
        edits=verdict.edits,
        verdict=verdict,
    )


def _identical_match(probe: Probe, entry: Entry, event: EventWindow) -> Match:
    because = f"Every byte is the same (SHA-256). {date_sentence('identical', entry, event)}"
    size = (entry.width_px or 0, entry.height_px or 0)
    same = Probe(probe.sha256, "", probe.is_video, probe.hashes, None, size)
    return _match(
        probe,
        entry,
        "identical",
        because=because,
        event=event,
        expected=0.0,
        distance_bits=None,
        transform=transform_of(probe, same, 0),
        edits=(),
        verdict=None,
    )


def _match(
    probe: Probe,
    entry: Entry,
    relation: Relation,
    *,
    because: str,
    event: EventWindow,
    expected: float | None,
    distance_bits: int | None,
    transform: Transform,
    edits: tuple[Edit, ...],
    verdict: Verdict | None,
) -> Match:
    return Match(
        id=match_id(probe.sha256, entry.id),
        query=QueryRef(probe.path, probe.sha256),
        reference=known_ref(entry),
        relation=relation,
        recycled=True if relation in COPIES and precedes(entry, event) else None,
        because=because,
        expected_false_matches=expected,
        distance_bits=distance_bits,
        transform=transform,
        edits=edits,
        segments=verdict.segments if verdict is not None else (),
        features=verdict.features if verdict is not None else None,
        artefacts={},
    )


def _why_unmatched(probe: Probe) -> Literal["no match", "insufficient detail"]:
    enough = load("reuse.search").value("min_quality")
    detailed = any(frame.quality >= enough for frame in probe.hashes.frames)
    return "no match" if detailed else "insufficient detail"
