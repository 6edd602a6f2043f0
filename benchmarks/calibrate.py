"""Measure the error rates of the thresholds that ship with the package, and choose some of them.

Usage: python benchmarks/calibrate.py [STEP ...] [--work DIR] [--write]
       python benchmarks/calibrate.py --archive DB [--write]

Reads real media from the folder that FORENSICS_MEDIA names. Without --write nothing is changed;
with it, forensics/calibration/STEP.toml and benchmarks/results/STEP.json are written anew; of an
archive, what was counted is kept beside it, and searches in it go by that until it changes.
"""

import argparse
import json
import os
import re
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

# One core: what is measured must not depend on how many there are.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import cv2
from accuracy import chance, compare, cuts, judge, search, thumbnails
from accuracy.media import media_root
from accuracy.rates import Count

from forensics.calibration import Calibration, Threshold, load
from forensics.reuse.archive import Archive
from forensics.reuse.by_chance import OwnRates, keep_own
from forensics.reuse.judge_weights import WEIGHTS

ROOT = Path(__file__).resolve().parents[1]
SIGNIFICANT_DIGITS = 3


@dataclass(frozen=True)
class Update:
    """What was measured for one threshold."""

    value: float | None = None
    origin: str | None = None
    false_alarms: dict[str, Count] = field(default_factory=dict)
    misses: dict[str, Count] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """What was measured of a step, what else is kept with the results, and files to write."""

    updates: dict[str, Update]
    notes: dict[str, object] = field(default_factory=dict)
    files: dict[Path, str] = field(default_factory=dict)


def main() -> int:
    """Measure, print the tables, and write them when asked."""
    parser = argparse.ArgumentParser(description="Measure the error rates of thresholds.")
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"of {', '.join(MEASURES)}")
    parser.add_argument("--write", action="store_true", help="write the calibration files")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "copies-work",
                        help="folder for what is made; may be deleted")  # fmt: skip
    parser.add_argument("--archive", metavar="DB", type=Path,
                        help="count chance matches in an archive of your own")  # fmt: skip
    arguments = parser.parse_args()
    if arguments.archive is not None:
        return _count_chance(arguments.archive, keep=arguments.write)
    root = media_root()
    if root is None:
        print("FORENSICS_MEDIA names no folder: there is nothing to measure on", file=sys.stderr)
        return 3
    cv2.setNumThreads(1)
    for step in arguments.steps or MEASURES:
        found = MEASURES[step](root, arguments.work)
        print(f"## {step}\n\n{_table(found.updates)}")
        if arguments.write:
            _write(step, found)
    return 0


def _count_chance(path: Path, *, keep: bool) -> int:
    """Count what matches within somebody's own archive, name it, and keep the counts."""
    with Archive.open(path) as archive:
        found = chance.measure(archive)
        rates = found.rates()
        if keep and found.copies.trials:
            print(f"kept in {keep_own(archive, _own_rates(archive, found))}")
    for name, count in rates.items():
        low, high = count.interval
        print(f"{name}: {count.errors} of {count.trials:,} pairs ({low:.2g} to {high:.2g} at 95 %)")
    for one, other, relation in found.pairs:
        print(f"  {one} - {other}: {relation}")
    if found.pairs:
        print("Each of these pairs counts as an error until somebody decides that it is a "
              "duplicate: forensics archive decide")  # fmt: skip
    return 0


def _own_rates(archive: Archive, found: chance.Chance) -> OwnRates:
    return OwnRates(
        archive.revision,
        datetime.now(UTC).date().isoformat(),
        found.copies.trials,
        found.copies.errors,
        found.reported.errors,
        found.copies.interval[1],
        found.reported.interval[1],
    )


def _measure_search(root: Path, _work: Path) -> Found:
    rates = search.measure(root)
    updates = {
        "max_distance_bits": Update(false_alarms=rates.false_alarms, misses=rates.misses),
        "min_quality": Update(false_alarms=rates.low_quality_false_alarms),
    }
    return Found(updates, {})


def _measure_compare(root: Path, _work: Path) -> Found:
    rates = compare.measure(root)
    missed = rates.tuning_misses
    unseen = {f"no_visible_change_{name}": count for name, count in rates.unseen.items()}
    updates = {
        "max_block_residual": Update(
            rates.threshold,
            f"{compare.MARGIN:.0%} of the weakest visible change on the half of the sources that "
            f"it was chosen on, where it misses {missed.errors} of {missed.trials} copies; rates "
            "counted on the other half",
            {**rates.false_alarms, **unseen},
            rates.misses,
        ),
        "min_correlation": Update(
            rates.min_correlation,
            f"{compare.CORRELATION_MARGIN} below the least correlated copy of the half it was "
            "chosen on",
        ),
        "max_chroma_difference": Update(
            rates.max_chroma,
            "a ninth more than the copy of the chosen half whose colours compression changed most",
            rates.chroma_misses,
            rates.chroma_false_alarms,
        ),
    }
    return Found(updates, {"sources": rates.sources})


def _measure_cuts(root: Path, _work: Path) -> Found:
    rates = cuts.measure(root)
    update = Update(rates.max_likeness, rates.origin, rates.false_alarms, rates.misses)
    return {"max_likeness": update}, {"sources": rates.sources}


def _measure_thumbnails(root: Path, _work: Path) -> Found:
    shown = load("metadata.embedded_thumbnail").value("min_shown_fraction")
    rates = thumbnails.measure(root, min_shown=shown)
    half = "on the half it was chosen on; rates counted on the other half of the sources"
    updates = {
        "max_correlation_other": Update(
            rates.max_other,
            f"{thumbnails.OTHER_MARGIN} below the least correlated photo with its own thumbnail, "
            f"{half}",
            rates.false_alarms,
            rates.misses,
        ),
        "min_correlation_same": Update(
            rates.min_same,
            f"{thumbnails.FOREIGN_MARGIN} above the best foreign thumbnail that a photo filled, "
            f"{half}",
        ),
        "min_correlation_part": Update(
            rates.min_part,
            f"{thumbnails.FOREIGN_MARGIN} above the best foreign thumbnail of all, {half}",
        ),
    }
    undecided = {name: [each.errors, each.trials] for name, each in rates.undecided.items()}
    return Found(updates, {"sources": rates.sources, "undecided": undecided})


def _measure_judge(root: Path, work: Path) -> Found:
    rates = judge.measure(root, work)
    unrelated = judge.chance_in_corpus(root, work)
    half = "on the half of the sources that it was chosen on"
    updates = {
        "min_copy_score": Update(
            rates.min_copy_score,
            f"{judge.MARGIN:g} above the highest score of two moments that differ visibly and fit "
            f"otherwise, {half} ({rates.highest_other:g}, of {rates.tuning_others} pairs); rates "
            "counted on the other half",
            {"unrelated": unrelated.copies, **rates.false_alarms},
            rates.misses,
        ),
        "min_lead_correlation": Update(false_alarms={"unrelated": unrelated.reported}),
        "max_other_score": Update(
            rates.max_other_score, f"above {judge.LOW_COPIES:.0%} of the copies, {half}"
        ),
        "max_block_shift": Update(
            rates.max_block_shift, f"below {judge.SHIFTED_COPIES:.1%} of the copies, {half}"
        ),
    }
    weights = ROOT / "forensics/reuse" / WEIGHTS
    return Found(updates, {}, {weights: rates.weights_toml()})


MEASURES = {
    "reuse.search": _measure_search,
    "reuse.compare": _measure_compare,
    "reuse.judge": _measure_judge,
    "ingest.cuts": _measure_cuts,
    "metadata.embedded_thumbnail": _measure_thumbnails,
}


def _table(updates: dict[str, Update]) -> str:
    lines = [
        "| threshold | counted | on | errors | trials | rate | 95 % interval |",
        "|---|---|---|--:|--:|--:|--:|",
    ]
    for name, update in updates.items():
        shown = name if update.value is None else f"{name} = {update.value:g}"
        kinds = (("false alarms", update.false_alarms), ("misses", update.misses))
        for kind, counts in kinds:
            for corpus, count in counts.items():
                low, high = count.interval
                rate = count.errors / count.trials
                lines.append(
                    f"| {shown} | {kind} | {corpus} | {count.errors} | {count.trials:,} "
                    f"| {rate:.2%} | {low:.2g} to {high:.2g} |"
                )
    return "\n".join(lines) + "\n"


def _write(step: str, found: Found) -> None:
    old, updates = load(step), found.updates
    number = int(re.sub(r".*/", "", old.id)) + 1
    today = datetime.now(tz=UTC).date().isoformat()
    text = _toml(old, f"{step}/{number}", today, updates)
    (ROOT / f"forensics/calibration/{step}.toml").write_text(text, encoding="utf-8")
    measured = {
        name: {
            "value": update.value,
            "false_alarms": {key: _plain(each) for key, each in update.false_alarms.items()},
            "misses": {key: _plain(each) for key, each in update.misses.items()},
        }
        for name, update in updates.items()
    }
    results = {"id": f"{step}/{number}", "date": today, "measured": measured, **found.notes}
    target = ROOT / f"benchmarks/results/{step}.json"
    target.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for path, written in found.files.items():
        path.write_text(written, encoding="utf-8")
    print(f"wrote {step}/{number}")


def _plain(count: Count) -> dict[str, object]:
    low, high = count.interval
    return {
        "errors": count.errors,
        "trials": count.trials,
        "low": _rounded(low),
        "high": _rounded(high),
        "corpus": count.corpus,
    }


def _rounded(rate: float) -> float:
    return float(f"{rate:.{SIGNIFICANT_DIGITS}g}")


def _toml(old: Calibration, identifier: str, date: str, updates: dict[str, Update]) -> str:
    parts = [f'id = "{identifier}"\ndate = "{date}"\nscript = "{old.script}"\n']
    for name, threshold in old.thresholds.items():
        parts.append(_threshold(name, threshold, updates.get(name, Update())))
    return "\n".join(parts)


def _threshold(name: str, old: Threshold, update: Update) -> str:
    value = old.value if update.value is None else update.value
    lines = [
        f"[thresholds.{name}]",
        f"value = {value:g}",
        f"unit = {_quoted(old.unit)}",
        f"meaning = {_quoted(old.meaning)}",
        f"origin = {_quoted(update.origin or old.origin)}",
    ]
    for kind in ("false_alarms", "misses"):
        counts: dict[str, Count] = getattr(update, kind)
        if counts:
            lines += ["", f"[thresholds.{name}.{kind}]"]
        for corpus, count in counts.items():
            fields = ", ".join(
                f"{key} = {_quoted(each) if isinstance(each, str) else each}"
                for key, each in _plain(count).items()
            )
            lines.append(f'"{corpus}" = {{ {fields} }}')
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main())
