"""Measure how well stretches of clips are found again, and fit what decides.

``python benchmarks/accuracy/clips [--work DIR] [--write]``: makes clips of one half of the sources
and of the other, looks for them, fits the score on the first half and reports on the second.
``--write`` keeps weights, thresholds and results.
"""

import argparse
import json
import pickle
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import msgspec
import numpy as np
from accuracy.clips.frames import StillTrial, still_trials
from accuracy.clips.make import Truth
from accuracy.clips.overlays import OverlayTrial, overlay_trials
from accuracy.clips.sources import SOURCES, names
from accuracy.clips.trials import TOLERANCE_S, Candidate, Trial, trials
from accuracy.judge.fitting import as_toml, fit_logistic, scores_of
from accuracy.media import media_root
from accuracy.rates import clopper_pearson
from numpy import float64
from numpy.typing import NDArray

from forensics.calibration import load
from forensics.model.match import COPIES, Segment
from forensics.reuse.check import probe_file
from forensics.reuse.clip_evidence import WEIGHTS, clip_weights
from forensics.reuse.clip_relation import other_speed
from forensics.reuse.decide import decide
from forensics.reuse.features import ARCHIVED_FEATURES
from forensics.reuse.judge_weights import Weights
from forensics.reuse.known_pictures import KnownPictures, searched

ROOT = Path(__file__).resolve().parents[3]
KeptT = TypeVar("KeptT")

WRONG = ("unrelated", "other moment", "another walk")
RIDGE = 0.006
MARGIN = 1.0
"""A copy must score so much more than the highest wrong stretch of the first half, where that costs
1 of 105 stretches."""

BESIDE = 0.0
"""From here on a stretch is kept where another one of the same two clips is a sure copy."""

FINE_S = 0.2
INTERVAL = 0.9
"""Share of ends that should be no further off than said."""

CALIBRATION = ROOT / "forensics/calibration/reuse.clips.toml"
RESULTS = ROOT / "benchmarks/results/clips.json"


def main() -> None:
    """Make, search, fit, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, help="keeps clips and what was found between runs")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    root = media_root()
    if root is None:
        raise SystemExit("set FORENSICS_MEDIA to the folder of real media")
    work = options.work or Path(tempfile.mkdtemp())
    work.mkdir(parents=True, exist_ok=True)
    for half in (True, False):
        print(f"{'tuning' if half else 'reported'}: {', '.join(names(half))}")
    tuning, reported = (_found(root, work, tuning=half) for half in (True, False))
    weights = _fit([each for trial in tuning for each in trial.candidates])
    wrong = [_score(weights, each) for t in tuning for each in t.candidates if each.kind in WRONG]
    limit = float(np.ceil((max(wrong) + MARGIN) * 10) / 10)
    print(f"highest wrong stretch of the tuning half {max(wrong):.2f}; a copy from {limit:g}")
    factor = float(np.ceil(np.quantile(_shares_off(tuning), INTERVAL) * 100) / 100)
    print(f"ends of the tuning half: {INTERVAL:.0%} within {factor:g} times their vagueness")
    told: dict[str, object] = {
        name: _table(found, weights, limit, factor)
        | {"ends_within_uncertainty": round(float(np.mean(_shares_off(found) <= factor)), 3)}
        | {"ends": len(_shares_off(found))}
        | {"overlays": _overlays(_marked(root, work, tuning=half))}
        | {"stills": _stills(_taken(root, work, tuning=half))}
        for name, found, half in (("tuning", tuning, True), ("reported", reported, False))
    }
    if options.write:
        (ROOT / "forensics/reuse" / WEIGHTS).write_text(as_toml("clip", weights))
        CALIBRATION.write_text(_calibration(told["reported"], limit, max(wrong), factor))
    # With what was just written.
    load.cache_clear()
    clip_weights.cache_clear()
    told["real"] = real_clips(root)
    if options.write:
        RESULTS.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n")
    print(json.dumps(told, indent=1))


def _found(root: Path, work: Path, *, tuning: bool) -> list[Trial]:
    return _kept("trials", work, tuning=tuning, make=lambda: trials(root, work, tuning=tuning))


def _marked(root: Path, work: Path, *, tuning: bool) -> list[OverlayTrial]:
    made = work / "whole"
    made.mkdir(exist_ok=True)
    return list(overlay_trials(root, made, tuning=tuning))


def _taken(root: Path, work: Path, *, tuning: bool) -> list[StillTrial]:
    return _kept("stills", work, tuning=tuning, make=lambda: still_trials(root, tuning=tuning))


def _kept(
    name: str, work: Path, *, tuning: bool, make: Callable[[], Iterable[KeptT]]
) -> list[KeptT]:
    """Ask once, and keep what was found."""
    kept = work / f"{name}-{'tuning' if tuning else 'reported'}.pickle"
    if not kept.exists():
        kept.write_bytes(pickle.dumps(list(make())))
    found: list[KeptT] = pickle.loads(kept.read_bytes())
    return found


def _fit(candidates: Sequence[Candidate]) -> Weights:
    used = [each for each in candidates if each.kind == "copy" or each.kind in WRONG]
    rows = np.array([each.evidence.measures for each in used])
    copies = np.array([each.kind == "copy" for each in used])
    return fit_logistic(rows, copies, np.ones(len(used)), RIDGE * len(used))


def _score(weights: Weights, candidate: Candidate) -> float:
    return float(scores_of(weights, np.array([candidate.evidence.measures]))[0])


def _table(
    found: Sequence[Trial], weights: Weights, limit: float, factor: float
) -> dict[str, object]:
    """Count stretches that were found, and what was called a copy and is none."""
    hit: Counter[str] = Counter()
    extra: Counter[str] = Counter()
    due: Counter[str] = Counter()
    wrong: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    offs: list[float] = []
    for trial in found:
        called = _called(trial, weights, limit)
        if not trial.truth:
            kind = trial.edit if trial.edit in WRONG else "unrelated"
            wrong[kind][0] += bool(called)
            wrong[kind][1] += 1
            continue
        right = [each for each in called if each.off_s is not None and each.off_s < TOLERANCE_S]
        due[trial.edit] += len(trial.truth)
        hit[trial.edit] += min(len(right), len(trial.truth))
        extra[trial.edit] += len(called) - min(len(right), len(trial.truth))
        offs += [each.off_s for each in right if each.off_s is not None]
    pairs = [each for each in found if each.truth]
    total, found_all, too_many = due.total(), hit.total(), extra.total()
    return {
        "stretches": total,
        "found": found_all,
        "false": too_many,
        "pairs": len(pairs),
        "pairs_called_copies": sum(bool(_called(each, weights, limit)) for each in pairs),
        "pairs_called_at_least_leads": sum(_best(each, weights) >= BESIDE for each in pairs),
        "f1": round(2 * found_all / (found_all + too_many + total), 3),
        "ends_within_0.2_s": round(float(np.mean(np.array(offs) < FINE_S)), 3),
        "median_off_s": round(float(np.median(offs)), 3),
        "speeds": _speeds(found, weights, limit, factor),
        "by_edit": {each: [hit[each], due[each], extra[each]] for each in sorted(due)},
        "called_copies": {kind: tuple(counts) for kind, counts in sorted(wrong.items())},
    }


def _speeds(
    found: Sequence[Trial], weights: Weights, limit: float, factor: float
) -> dict[str, list[int]]:
    """Count stretches of unchanged speed that are said to have another, and changes missed."""
    said: dict[bool, list[int]] = {True: [], False: []}
    for trial in found:
        for each in _called(trial, weights, limit) if trial.truth else []:
            if each.kind == "copy":
                vague_s = factor * (each.segment.uncertainty_s or 0.0)
                segment = msgspec.structs.replace(each.segment, uncertainty_s=vague_s)
                nearest = min(trial.truth, key=lambda true: _between(true, segment))
                said[nearest.speed == 1].append(int(other_speed(segment)))
    return {
        "said_of_unchanged": [sum(said[True]), len(said[True])],
        "missed": [len(said[False]) - sum(said[False]), len(said[False])],
    }


def _between(truth: Truth, segment: Segment) -> float:
    return abs(truth.query[0] - segment.query[0]) + abs(truth.query[1] - segment.query[1])


def _shares_off(found: Sequence[Trial]) -> NDArray[float64]:
    """Give how far ends of stretches are off, as shares of how vaguely they are placed."""
    copies = [each for trial in found for each in trial.candidates if each.kind == "copy"]
    return np.array(
        [off / (each.segment.uncertainty_s or np.inf) for each in copies for off in each.ends_off_s]
    )


def _best(trial: Trial, weights: Weights) -> float:
    return max((_score(weights, each) for each in trial.candidates), default=-np.inf)


def _called(trial: Trial, weights: Weights, limit: float) -> list[Candidate]:
    """Give the stretches that are called copies, as ``clip_align`` does."""
    scores = [_score(weights, each) for each in trial.candidates]
    if not scores or max(scores) < limit:
        return []
    return [each for each, score in zip(trial.candidates, scores, strict=True) if score >= BESIDE]


def real_clips(root: Path) -> dict[str, str | None]:
    """Compare all clips of ``reuse/videos`` with each other."""
    files = [*sorted((root / "reuse/videos").glob("*.m*")), root / SOURCES["street"]]
    probes = {path.stem: probe_file(path) for path in files}
    told: dict[str, str | None] = {}
    for one, other in combinations(sorted(probes), 2):
        query, known = probes[one], probes[other]
        pictures = KnownPictures.of(
            ((other, position), features.first(ARCHIVED_FEATURES))
            for position, features in zip(known.described, known.features, strict=True)
        )
        sighted = pictures.find(*searched(query)).get(other, [])
        verdict = decide(query, known, (), sighted=sighted)
        if verdict is not None:
            spans = [(s.query, s.reference) for s in verdict.segments]
            told[f"{one} | {other}"] = f"{verdict.relation} {spans}"
            if verdict.relation in COPIES:
                print(f"{one} | {other}: {verdict.relation} {spans}")
    return told


def _overlays(found: Sequence[OverlayTrial]) -> dict[str, list[int]]:
    """Count copies without a logo that were said to have one, and logos that were missed."""
    whole = [each for each in found if not each.cropped]
    parts = {f"cropped_{key}": counts for key, counts in _laid_on(found, cropped=True).items()}
    return (
        _laid_on(whole, cropped=False)
        | parts
        | {
            "said_coloured": [sum(each.coloured for each in whole), len(whole)],
        }
    )


def _laid_on(found: Sequence[OverlayTrial], *, cropped: bool) -> dict[str, list[int]]:
    among = [each for each in found if each.cropped is cropped]
    plain = [each for each in among if not each.side]
    return {
        "said_without_logo": [sum(each.wrong > 0 for each in plain), len(plain)],
        "wrong_regions_beside_a_logo": [
            sum(each.wrong > 0 for each in among if each.side),
            sum(each.side > 0 for each in among),
        ],
        "missed": [sum(not each.right for each in among if each.side), len(among) - len(plain)],
    }


def _stills(found: Sequence[StillTrial]) -> dict[str, dict[str, list[int]]]:
    """Count by how stills were taken what they were said to be, as the relations shown."""
    counts: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for each in found:
        kinds = counts[each.taken]
        kinds[each.source][0] += each.relation in COPIES
        kinds[each.source][1] += 1
        kinds["all"][0] += each.relation in COPIES
        kinds["all"][1] += 1
    return {taken: dict(kinds) for taken, kinds in counts.items()}


def _calibration(reported: object, limit: float, highest: float, factor: float) -> str:
    """Write the thresholds with what was counted."""
    assert isinstance(reported, dict)
    saved = reported["overlays"]
    overlays = (
        _line("saved_again", *saved["said_without_logo"], "clips saved again, reported half"),
        _line("logos", *saved["missed"], "logos of 6 and 12 % of the picture, reported half"),
    )
    called = reported["called_copies"]
    alarms = "\n".join(
        _line(kind.replace(" ", "_"), errors, count, f"pairs of clips of the reported half: {kind}")
        for kind, (errors, count) in called.items()
    )
    due, hits = int(str(reported["stretches"])), int(str(reported["found"]))
    misses = _line("made_clips", due - hits, due, "true stretches of made clips, reported half")
    ends = int(str(reported["ends"]))
    within = round(float(str(reported["ends_within_uncertainty"])) * ends)
    outside = _line("further_off", ends - within, ends, "ends of true stretches, reported half")
    return f'''id = "reuse.clips/1"
date = "2026-11-26"
script = "python benchmarks/accuracy/clips --write"

[thresholds.min_copy_score]
value = {limit}
unit = "log odds, linear in eight measures"
meaning = "stretches that score at least this show the same recording"
origin = "{MARGIN} above the highest wrong stretch of the tuning half ({highest:.2f})"

[thresholds.min_copy_score.false_alarms]
{alarms}

[thresholds.min_copy_score.misses]
{misses}

[thresholds.min_lead_score]
value = 0.0
unit = "log odds, linear in eight measures"
meaning = "stretches that score at least this are worth a look"
origin = "even odds on the tuning half, both classes of equal weight"

[thresholds.min_overlay_residual]
value = 4.0
unit = "grey levels of 255"
meaning = "blocks of pictures of one moment that differ by less at most moments are not laid on"
origin = "as max_block_residual of reuse.compare"

[thresholds.overlay_typical_share]
value = 2.0
unit = "share"
meaning = "this share of the median block's difference is granted on top of min_overlay_residual"
origin = "of 0.5, 1, 2 and 3 the least without false regions on the tuning half"

[thresholds.overlay_typical_share.false_alarms]
{overlays[0]}

[thresholds.overlay_typical_share.misses]
{overlays[1]}

[thresholds.min_view_likeness]
value = 0.8
unit = "Pearson correlation of whole frames"
meaning = "clips whose frames are alike by at least this show one view"
origin = "set by hand; it never decides on a copy"

[thresholds.min_moving]
value = 0.35
unit = "share, mean of power / (power + 2 squared grey levels)"
meaning = "in clips below, too little moves to tell one moment from another"
origin = "set by hand; it never decides on a copy"

[thresholds.uncertainty_factor]
value = {factor}
unit = "share"
meaning = "of the vagueness of a stretch: 9 of 10 of its ends are no further off"
origin = "the 90 % quantile of the tuning half"

[thresholds.uncertainty_factor.misses]
{outside}
'''


def _line(name: str, errors: int, count: int, corpus: str) -> str:
    low, high = clopper_pearson(errors, count)
    return (
        f'"{name}" = {{ errors = {errors}, trials = {count}, low = {low:.3g}, '
        f'high = {high:.3g}, corpus = "{corpus}" }}'
    )


if __name__ == "__main__":
    main()
