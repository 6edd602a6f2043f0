"""Look items up in the archive of known footage and say which are recycled."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from msgspec.structs import replace

from forensics.calibration import load
from forensics.ingest.guard import guarded
from forensics.model.casefile import EventWindow
from forensics.model.dates import parse_instant
from forensics.model.findings import CompareViews, FrameHash, ImageHashes
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
from forensics.model.outcome import Problem
from forensics.reuse.archive import Archive
from forensics.reuse.archive_entry import Entry, HashHit
from forensics.reuse.decide import decide
from forensics.reuse.decided import respect_decisions
from forensics.reuse.hashes import ORIENTATIONS
from forensics.reuse.known_pictures import KnownPictures
from forensics.reuse.pair import NearPair, Verdict, transform_of
from forensics.reuse.reference import known_ref, match_id
from forensics.reuse.stills import RANK
from forensics.reuse.views import MOVING, Probe, Views, read_views
from forensics.vision.alignment import Alignment
from forensics.vision.codes import RECIPE, CodedFeatures, from_bytes

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
    known = _Known(archive, known_pictures(archive), event, _expected_false_matches(archive))
    for probe in probes:
        found, left_out = _search_one(probe, known)
        matches.extend(found)
        if not found:
            unmatched.append(Unmatched(probe.path, probe.sha256, _why_unmatched(probe)))
        if left_out:
            error = f"{left_out} more entries of the archive look alike and were not compared"
            problems.append(CheckProblem(probe.path, error, _LOOK_BY_HAND))
    matches.sort(key=lambda match: (match.recycled is None, _RANK.index(match.relation)))
    found_all = CheckReport(tuple(matches), tuple(unmatched), tuple(problems))
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
    expected: float | None


def known_pictures(archive: Archive) -> KnownPictures:
    """Read the local features of an archive's pictures.

    Parameters
    ----------
    archive : Archive
        Known footage, open for reading.

    Returns
    -------
    KnownPictures
        Those that were described by the present recipe.
    """
    return KnownPictures(
        ((entry_id, position), from_bytes(packed))
        for entry_id, kept in archive.all_features()
        if kept.recipe == RECIPE
        for position, packed in enumerate(kept.pictures)
        if packed
    )


def _search_one(probe: Probe, known: _Known) -> tuple[list[Match], int]:
    """Give the matches of one item, and how many entries that look alike were left out."""
    matches = []
    identical = known.archive.find_identical(probe.sha256)
    if identical is not None:
        matches.append(_identical_match(probe, identical, known.event))
    hits = _hits_by_entry(probe, known.archive)
    aligned = known.pictures.find(probe.features)
    for suggested in (hits, aligned):
        suggested.pop(probe.sha256, None)
    nearest = sorted(hits, key=lambda key: (min(h.distance_bits for _, h in hits[key]), key))
    in_turn = list(dict.fromkeys([*aligned, *nearest]))
    for entry_id in in_turn[:MAX_MATCHES]:
        near = _near_match(
            probe, known, entry_id, hits.get(entry_id, []), aligned.get(entry_id, [])
        )
        if near is not None:
            matches.append(near)
    in_order = sorted(matches, key=lambda match: _RANK.index(match.relation))
    return in_order, len(in_turn[MAX_MATCHES:])


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
    aligned: Sequence[Alignment],
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
    # All features of the query are compared again where they are few in the archive.
    verdict = decide(probe, reference, near, aligned=aligned or None)
    if verdict is None:
        return None
    best = verdict.best
    return _match(
        probe,
        entry,
        verdict.relation,
        because=_because(verdict, entry, known.event),
        event=known.event,
        expected=known.expected,
        distance_bits=None if best is None else best.distance_bits,
        transform=verdict.transform
        or transform_of(probe, reference, 0 if best is None else best.orientation),
        edits=verdict.edits,
        verdict=verdict,
    )


def _identical_match(probe: Probe, entry: Entry, event: EventWindow) -> Match:
    because = f"Every byte is the same (SHA-256). {_date_sentence('identical', entry, event)}"
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
        recycled=True if relation in COPIES and _precedes(entry, event) else None,
        because=because,
        expected_false_matches=expected,
        distance_bits=distance_bits,
        transform=transform,
        edits=edits,
        segments=verdict.segments if verdict is not None else (),
        features=verdict.features if verdict is not None else None,
        artefacts={},
    )


def _because(verdict: Verdict, entry: Entry, event: EventWindow) -> str:
    what = {
        "reencoded": "The same picture, saved again",
        "edited_copy": f"The same picture, {_changed(verdict.edits)}",
        "contains": "This file shows the known picture as a part",
        "contained_in": "The known picture shows this file as a part",
        "same_footage": "Another moment of the same recording",
        "same_view_other_moment": "The same view at another moment",
        "same_place": "The same place, from elsewhere or under other conditions",
    }.get(verdict.relation, "Looks alike, but was not shown to be a copy")
    measured = [verdict.reason]
    if verdict.features is not None:
        measured.insert(0, f"{verdict.features} local features move together")
    if verdict.best is not None:
        bits = f"PDQ hashes differ in {verdict.best.distance_bits} of 256 bits"
        if verdict.relation == "lead":
            bits += _oriented(verdict.best.orientation)
        measured.insert(0, bits)
    dates = _date_sentence(verdict.relation, entry, event)
    return f"{what}. {dates} Measured: {'; '.join(measured)}."


def _changed(edits: Sequence[Edit]) -> str:
    kinds = dict.fromkeys(edit.kind for edit in edits)
    words = [_WORDS.get(kind, kind) for kind in kinds] or ["changed a little"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


_WORDS = {
    "mirror": "mirrored",
    "rotation": "turned",
    "colour": "with other colours",
    "crop": "cropped",
    "resize": "resized",
    "stretch": "stretched in one direction",
    "border": "with bars around it",
    "blurred_fill": "with blurred bars around it",
    "caption_bar": "with a caption bar",
    "overlay": "with something laid over it",
    "inserted": "with a part that was changed",
    "grey": "without colours",
    "brightness": "brighter or darker",
    "blur": "blurred",
    "recompression": "compressed harder",
    "perspective": "seen at an angle",
}


def _oriented(orientation: int) -> str:
    mirrored, clockwise_deg = ORIENTATIONS[orientation]
    words = (["mirrored"] if mirrored else []) + (["turned"] if clockwise_deg else [])
    return f" when the query is {' and '.join(words)}" if words else ""


def _date_sentence(relation: Relation, entry: Entry, event: EventWindow) -> str:
    if relation not in COPIES:
        return "A person must look at both."
    if entry.first_seen is None:
        return "The archive has no date for it."
    known = f"It is known since {entry.first_seen.value}"
    if event.start is None:
        return f"{known}; the case names no event date to compare with."
    if _precedes(entry, event):
        return f"{known}, before the event it is said to show."
    return f"{known}, which is not shown to precede the event; older ones may exist elsewhere."


def _precedes(entry: Entry, event: EventWindow) -> bool:
    if entry.first_seen is None or event.start is None:
        return False
    return parse_instant(entry.first_seen.latest) <= parse_instant(event.start)


def _expected_false_matches(archive: Archive) -> float | None:
    """Bound how many entries of an archive of this size would look alike by chance."""
    rates = load("reuse.search").thresholds["max_distance_bits"].false_alarms.values()
    if not rates:
        return None
    return round(max(rate.high for rate in rates) * archive.summary().hashes, 6)


def as_probe(entry: Entry, archive: Archive) -> Probe:
    """Make the probe of known footage, from what the archive keeps of it.

    Parameters
    ----------
    entry : Entry
        The known footage.
    archive : Archive
        Where it is kept.

    Returns
    -------
    Probe
        Without views and features where none are kept.
    """
    hashes = tuple(
        FrameHash(h.moment_s, h.pdq, h.quality or 0, h.phash or "", h.dhash or "")
        for h in archive.hashes(entry.id)
    )
    return Probe(
        sha256=entry.id,
        path=entry.path or "",
        is_video=entry.kind in MOVING and len(hashes) > 1,
        hashes=ImageHashes("", hashes),
        views=read_kept(archive.views(entry.id)),
        size_px=(entry.width_px or 0, entry.height_px or 0),
        features=_kept_features(entry, archive),
    )


def _kept_features(entry: Entry, archive: Archive) -> tuple[CodedFeatures, ...]:
    kept = archive.features(entry.id)
    if kept is None or kept.recipe != RECIPE or not kept.pictures[0]:
        return ()
    return (from_bytes(kept.pictures[0]),)


def read_kept(kept: tuple[CompareViews, bytes] | None) -> Views | None:
    """Read the views an archive keeps of an entry.

    Parameters
    ----------
    kept : (CompareViews, bytes) or None
        As `Archive.views` gives them.

    Returns
    -------
    Views or None
        None when it keeps none, or what it keeps is damaged: then there are hashes alone.
    """
    if kept is None:
        return None
    views = guarded(lambda: read_views(*kept), doing="reading the views of known footage")
    return None if isinstance(views, Problem) else views


def _why_unmatched(probe: Probe) -> Literal["no match", "insufficient detail"]:
    enough = load("reuse.search").value("min_quality")
    detailed = any(frame.quality >= enough for frame in probe.hashes.frames)
    return "no match" if detailed else "insufficient detail"
