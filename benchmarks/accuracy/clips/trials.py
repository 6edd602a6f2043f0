"""Pairs of clips of which the truth is known, and what their stretches measure."""

import hashlib
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from accuracy.clips.make import Recipe, Truth, make, recipes
from accuracy.clips.sources import SOURCES, names, read_footage
from accuracy.clips.walks import write_walks

from forensics.model.match import Segment
from forensics.reuse.check import probe_file
from forensics.reuse.clip_align import ClipLimits, align_clips
from forensics.reuse.clip_evidence import Evidence
from forensics.reuse.clip_trace import ARCHIVE_RATE, ClipTrace
from forensics.reuse.clips import hits_of
from forensics.reuse.features import ARCHIVED_FEATURES
from forensics.reuse.known_pictures import KnownPictures, Sighting, searched
from forensics.reuse.views import Probe, moment_of

Kind = Literal["copy", "inexact copy", "unrelated", "other moment", "another walk"]

ALL = ClipLimits(-np.inf, -np.inf, 0.8, 0.35, 1.0)
"""Thresholds that let every stretch pass, to be scored later."""

TOLERANCE_S = 0.5
"""How far the ends of a stretch may be off."""

APART_S = 1.0
_ALONG_S = 0.3


@dataclass(frozen=True)
class Candidate:
    """A stretch that was found, and what it is."""

    kind: Kind
    query: str
    reference: str
    segment: Segment
    evidence: Evidence
    off_s: float | None = None
    ends_off_s: tuple[float, ...] = ()


@dataclass(frozen=True)
class Trial:
    """A pair of clips, what is true of it, and what was found."""

    query: str
    reference: str
    edit: str
    truth: tuple[Truth, ...]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, eq=False)
class Kept:
    """A clip as the search sees it."""

    probe: Probe
    trace: ClipTrace

    def archived(self) -> "Kept":
        """Give what an archive keeps of it."""
        thin = ClipTrace.from_bytes(self.trace.at_rate(ARCHIVE_RATE).to_bytes())
        return Kept(self.probe, thin)


def keep(path: Path, cache: Path) -> Kept:
    """Read a clip, or what was kept of it at an earlier time."""
    stored = cache / f"{hashlib.sha256(path.read_bytes()).hexdigest()}.kept"
    if not stored.exists():
        probe = probe_file(path)
        data = probe.read_trace() if probe.read_trace is not None else b""
        stored.write_bytes(pickle.dumps((replace(probe, read_trace=None, views=None), data)))
    probe, data = pickle.loads(stored.read_bytes())
    return Kept(probe, ClipTrace.from_bytes(data))


def trials(root: Path, work: Path, *, tuning: bool) -> Iterator[Trial]:
    """Give all pairs of clips of one half with known footage."""
    folder = work / ("tuning" if tuning else "test")
    folder.mkdir(parents=True, exist_ok=True)
    made = _made(root, folder, tuning=tuning)
    known = {name: keep(root / path, work).archived() for name, path in SOURCES.items()}
    walks = {path.stem: keep(path, work) for path in write_walks(root, folder, tuning=tuning)}
    known |= {name: walk.archived() for name, walk in walks.items()}
    pictures = KnownPictures.of(
        ((name, position), features.first(ARCHIVED_FEATURES))
        for name, kept in known.items()
        for position, features in zip(kept.probe.described, kept.probe.features, strict=True)
    )
    for recipe in made:
        query = keep(folder / f"{recipe.name}.mp4", work)
        found = pictures.find(*searched(query.probe))
        for name in sorted(known):
            truth = tuple(each for each in recipe.truth() if each.source == name)
            sighted = found.get(name, [])
            pair = _pair(query, known[name], sighted, recipe.name, name, truth)
            yield Trial(recipe.name, name, recipe.kind, truth, pair)
            if truth:
                rest = _without(known[name], truth)
                left = [each for each in sighted if _is_left(known[name], each, truth)]
                pair = _pair(query, rest, left, recipe.name, name, (), kind="other moment")
                yield Trial(recipe.name, name, "other moment", (), pair)
    for name, walk in walks.items():
        found = pictures.find(*searched(walk.probe))
        for other in sorted(set(known) - {name}):
            kind: Kind = "another walk" if other[:-1] == name[:-1] else "unrelated"
            sighted = found.get(other, [])
            pair = _pair(walk, known[other], sighted, name, other, (), kind=kind)
            yield Trial(name, other, kind, (), pair)


def _made(root: Path, folder: Path, *, tuning: bool) -> list[Recipe]:
    chosen = names(tuning)
    footage = {name: read_footage(root / SOURCES[name], name) for name in chosen}
    made = recipes({name: each.end_s for name, each in footage.items()}, chosen)
    for recipe in made:
        target = folder / f"{recipe.name}.mp4"
        if not target.exists():
            unfinished = target.with_suffix(".part.mp4")
            make(recipe, footage, unfinished)
            unfinished.rename(target)
    return made


def _pair(
    query: Kept,
    reference: Kept,
    sighted: Sequence[Sighting],
    name: str,
    other: str,
    truth: tuple[Truth, ...],
    *,
    kind: Kind = "unrelated",
) -> tuple[Candidate, ...]:
    if not sighted:
        return ()
    hits = hits_of(query.probe, reference.probe, sighted)
    told = align_clips(query.trace, reference.trace, hits, limits=ALL)
    if told.relation in {None, "same_view_other_moment"} or told.unplaced_s is not None:
        return ()
    found = []
    for segment, evidence in zip(told.segments, told.evidence, strict=True):
        off = min((_off(each, segment) for each in truth), default=np.inf)
        what: Kind = kind
        if truth:
            what = "copy" if any(_runs_along(each, segment) for each in truth) else "inexact copy"
        ends = _ends_off(truth, segment) if what == "copy" else ()
        found.append(Candidate(what, name, other, segment, evidence, off, ends))
    return tuple(found)


def _off(truth: Truth, segment: Segment) -> float:
    if (truth.mirrored, truth.backwards) != (segment.mirrored, segment.reversed):
        return np.inf
    return max(_apart(truth, segment))


def _apart(truth: Truth, segment: Segment) -> tuple[float, ...]:
    ends = zip((*truth.query, *truth.reference), (*segment.query, *segment.reference), strict=True)
    return tuple(abs(one - other) for one, other in ends)


def _ends_off(truth: Sequence[Truth], segment: Segment) -> tuple[float, ...]:
    """Say how far the four ends are from those of the stretch along which a segment runs."""
    along = [each for each in truth if _runs_along(each, segment)]
    return min((_apart(each, segment) for each in along), key=max)


def _runs_along(truth: Truth, segment: Segment) -> bool:
    """Say whether a stretch lies within a true one, at the right moments."""
    if truth.backwards != segment.reversed:
        return False
    pace = (truth.reference[1] - truth.reference[0]) / (truth.query[1] - truth.query[0])
    mine = segment.reference[::-1] if segment.reversed else segment.reference
    for here, there in zip(segment.query, mine, strict=True):
        since = pace * (here - truth.query[0])
        true = truth.reference[1] - since if truth.backwards else truth.reference[0] + since
        if abs(true - there) > _ALONG_S:
            return False
    start, end = truth.query
    return segment.query[0] > start - TOLERANCE_S and segment.query[1] < end + TOLERANCE_S


def _without(known: Kept, truth: Sequence[Truth]) -> Kept:
    """Leave out of a source what the query shows of it: what is found then is another moment."""
    times = known.trace.times_s
    left = np.ones(len(times), dtype=bool)
    for each in truth:
        left &= (times < each.reference[0] - APART_S) | (times > each.reference[1] + APART_S)
    trace = replace(known.trace, frames=known.trace.frames[left], times_s=times[left])
    return Kept(known.probe, trace)


def _is_left(known: Kept, sighting: Sighting, truth: Sequence[Truth]) -> bool:
    when = moment_of(known.probe, sighting.reference)
    return all(
        when < each.reference[0] - APART_S or when > each.reference[1] + APART_S for each in truth
    )
