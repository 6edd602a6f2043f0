"""Stills taken from clips, and stills of other moments of the same recording, against the clip."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from accuracy.clips.sources import SOURCES, Footage, Pixels, names, read_footage

from forensics.ingest.frame import Frame
from forensics.reuse.check import probe_file
from forensics.reuse.clips import decide_clips
from forensics.reuse.features import ARCHIVED_FEATURES, describe
from forensics.reuse.hashes import hash_frames
from forensics.reuse.known_pictures import KnownPictures, Sighting, searched
from forensics.reuse.views import Probe, make_views, moment_of, read_views

MOMENTS = 5
"""Stills are taken at so many moments of a source."""

AWAY_S = 1.5
"""Moments of the clip that are nearer are left out for stills of another moment."""

VISIBLE = 0.01
"""Share of the frame that must differ between two moments that count as different."""

_DIFFERS = 20
"""Grey levels, after blurring, from which on a pixel differs."""


@dataclass(frozen=True)
class StillTrial:
    """A still against a clip: how it was taken, and what it was said to be."""

    source: str
    edit: str
    taken: str
    relation: str
    score: float


def _jpeg(pixels: Pixels, quality: int) -> Pixels:
    _, data = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[:, :, ::-1], np.uint8)


def _crop(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    return _jpeg(pixels[height // 10 : -height // 12, width // 12 : -width // 8], 80)


def _repost(pixels: Pixels) -> Pixels:
    small = cv2.resize(pixels, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    return _jpeg(_jpeg(np.asarray(small, np.uint8), 50), 70)


EDITS: dict[str, Callable[[Pixels], Pixels]] = {
    "jpeg 60": lambda pixels: _jpeg(pixels, 60),
    "crop": _crop,
    "repost": _repost,
}


def still_trials(root: Path, *, tuning: bool) -> Iterator[StillTrial]:
    """Compare stills of one half of the sources with the clips they were taken from.

    Parameters
    ----------
    root : Path
        Folder of real media.
    tuning : bool
        Which half.

    Yields
    ------
    StillTrial
        ``at`` an examined moment, ``between`` two, or ``away``: the moments around were left out.
    """
    for name in names(tuning):
        known = probe_file(root / SOURCES[name])
        footage = read_footage(root / SOURCES[name], name)
        times = [moment_of(known, position) for position in known.described]
        for when in np.linspace(0.5, footage.end_s - 0.6, MOMENTS).tolist():
            at = min(times, key=lambda each: abs(each - when))
            for taken, moment in (("at", at), ("between", min(at + 0.5, footage.end_s - 0.05))):
                frame = footage.at(moment)
                for edit, change in EDITS.items():
                    probe = _still(change(frame), f"{name}-{moment:.2f}-{edit}")
                    yield _trial(probe, known, known.described, name, edit, taken)
            left = [
                position
                for position in known.described
                if abs(moment_of(known, position) - at) > AWAY_S
                and _differ(footage, at, moment_of(known, position))
            ]
            for edit, change in EDITS.items():
                probe = _still(change(footage.at(at)), f"{name}-{at:.2f}-{edit}")
                yield _trial(probe, known, left, name, edit, "away")


def _still(pixels: Pixels, name: str) -> Probe:
    frames = [Frame(None, np.ascontiguousarray(pixels))]
    made = make_views(frames)
    views = read_views(made.finding, made.artefacts["views"].data)
    features = (describe(pixels),)
    size = pixels.shape[1], pixels.shape[0]
    return Probe(name, name, False, hash_frames(frames), views, size, None, features, (0,))


def _trial(
    query: Probe, known: Probe, among: Sequence[int], source: str, edit: str, taken: str
) -> StillTrial:
    pictures = KnownPictures.of(
        ((known.sha256, position), known.features_of(position).first(ARCHIVED_FEATURES))
        for position in among
    )
    sighted: list[Sighting] = pictures.find(*searched(query)).get(known.sha256, [])
    verdict = decide_clips(query, known, sighted=sighted)
    if verdict is None:
        return StillTrial(source, edit, taken, "none", -np.inf)
    score = -np.inf if verdict.score is None else verdict.score
    return StillTrial(source, edit, taken, verdict.relation, score)


def _differ(footage: Footage, one_s: float, other_s: float) -> bool:
    grey = [
        cv2.GaussianBlur(cv2.cvtColor(footage.at(when), cv2.COLOR_RGB2GRAY), (0, 0), 1.5)
        for when in (one_s, other_s)
    ]
    differs = cv2.absdiff(grey[0], grey[1]) > _DIFFERS
    return float(np.mean(differs)) >= VISIBLE
