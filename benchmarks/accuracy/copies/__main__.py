"""Measure how well copies of stills are found, against other methods, and print the tables.

Usage: FORENSICS_MEDIA=... python benchmarks/accuracy/copies [--half tuning|test]
           [--methods forensics,sift,pdq-8,pdq,phash] [--limit N] [--work DIR] [--write]
       python benchmarks/accuracy/copies --split

Answers are kept under --work and asked again only when the code that gives them has changed, so a
run that was stopped goes on. With --limit, N originals and a small archive. --write puts the
numbers into benchmarks/results/copies.json, and leaves those of methods not asked.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

# One core: processor time is measured.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import numpy as np
import PIL
from accuracy.copies.asking import METHODS, ask, copy_questions, view_questions
from accuracy.copies.corpus import Plan, Queries, plan, split_table
from accuracy.copies.metrics import Judged, false_copies
from accuracy.copies.sources import Media
from accuracy.copies.table import (
    SHOWN_WRONG,
    Run,
    account_table,
    as_json,
    called_copies,
    edits_table,
    views_table,
)
from accuracy.copies.views import Pair, Pairs, same_view_pairs
from accuracy.media import media_root

RESULTS = Path(__file__).resolve().parents[2] / "results/copies.json"


def main() -> int:
    """Ask every method, print the tables, write them when asked."""
    arguments = _arguments()
    root = media_root()
    if root is None:
        print("FORENSICS_MEDIA names no folder: there is nothing to measure on", file=sys.stderr)
        return 3
    if arguments.split:
        print(split_table(root))
        return 0
    cv2.setNumThreads(1)
    work = arguments.work
    work.mkdir(parents=True, exist_ok=True)
    media = Media(root, work)
    chosen = plan(root, arguments.half, limit=arguments.limit, media=media)
    pairs = same_view_pairs(root, tuning=arguments.half == "tuning")
    if arguments.limit is not None:
        pairs = pairs[:: max(1, len(pairs) // (2 * arguments.limit))]
    of_pairs = (source for pair in pairs for source in (pair.query, pair.reference))
    media.make_moments([*chosen.archive, *of_pairs])
    Queries(media, work).make_posts(chosen.posts)
    runs = [
        _run(name, chosen, pairs, media=media, work=work, limit=arguments.limit)
        for name in arguments.methods.split(",")
    ]
    _print(runs, chosen, pairs)
    if arguments.write:
        _write(runs, chosen, pairs, root)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure how well copies of stills are found.")
    parser.add_argument("--half", choices=["tuning", "test"], default="test")
    parser.add_argument("--methods", default=",".join(METHODS), help="comma-separated")
    parser.add_argument("--limit", type=int, help="so many originals, for a short run")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "copies-work",
                        help="folder for what is made; may be deleted")  # fmt: skip
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.name}")
    parser.add_argument("--split", action="store_true", help="print which source is in which half")
    arguments = parser.parse_args()
    unknown = set(arguments.methods.split(",")) - set(METHODS)
    if unknown:
        parser.error(f"no such method: {', '.join(sorted(unknown))}")
    if arguments.write and (arguments.limit is not None or arguments.half != "test"):
        parser.error("only a whole run on the test half is written")
    return arguments


def _run(
    name: str, chosen: Plan, pairs: list[Pair], *, media: Media, work: Path, limit: int | None
) -> Run:
    label = f"{chosen.half}-{'all' if limit is None else limit}"
    questions = copy_questions(chosen, Queries(media, work))
    archive = chosen.archive
    asked = ask(METHODS[name](), questions, archive, media=media, work=work, label=label)
    files = Pairs(media, work)
    known = sorted({pair.reference for pair in pairs})
    views = ask(
        METHODS[name](), view_questions(pairs, files), known, media=media, work=work,
        label=f"{label}-views",
    )  # fmt: skip
    twice = [pair for pair in pairs for _ in range(len(views) // len(pairs))]
    told = [(pair, files.change(pair), one) for pair, one in zip(twice, views, strict=True)]
    series = {source.name: source.series for source in archive}
    posts = frozenset(source.name for source in archive if source.edit)
    return Run(name, Judged(asked, series), told, posts)


def _print(runs: list[Run], chosen: Plan, pairs: list[Pair]) -> None:
    queries = chosen.queries
    kept_out = {query.original for query in queries if not query.is_copy}
    print(f"{chosen.half} half: {len(chosen.archive)} archive pictures, {len(chosen.originals)} "
          f"originals, {sum(not query.is_copy for query in queries)} edits of {len(kept_out)} "
          f"pictures kept out, {len(pairs)} same-view pairs of {len({p.view for p in pairs})} views"
          )  # fmt: skip
    print("Recall with a score above every wrong pair; intervals 95 %, by original.\n")
    print(edits_table(runs), "\n")
    for run in runs:
        if run.says_relations:
            print(f"What {run.method} says of the copies it found\n\n{account_table(run)}\n")
            for wrong in false_copies(run.judged)[:SHOWN_WRONG]:
                print("wrong copy:", *wrong)
    print(f"Same view, other moment\n\n{views_table(runs)}\n")
    for run in runs:
        named = called_copies(run)
        print(f"{run.method}: {len(named)} that changed visibly are called copies",
              *(named[:SHOWN_WRONG] if run.says_relations else ()), sep="\n  ")  # fmt: skip


def _write(runs: list[Run], chosen: Plan, pairs: list[Pair], root: Path) -> None:
    known = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {"methods": {}}
    result = {
        "half": chosen.half,
        "archive": len(chosen.archive),
        "originals": len(chosen.originals),
        "edited_negatives": sum(not query.is_copy for query in chosen.queries),
        "same_view_pairs": len(pairs),
        "views": len({pair.view for pair in pairs}),
        "split": split_table(root).splitlines(),
        "versions": {"python": platform.python_version(), "opencv": cv2.__version__,
                     "numpy": np.__version__, "pillow": PIL.__version__},
        "methods": known["methods"]
        | {run.method: as_json(run) | {"date": f"{datetime.now(UTC):%Y-%m-%d}"} for run in runs},
    }  # fmt: skip
    RESULTS.write_text(json.dumps(result, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
