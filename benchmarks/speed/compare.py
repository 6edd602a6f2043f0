"""What comparing two views of a bridge costs, against finding the features of both pictures.

Usage: python benchmarks/speed/compare.py [--pairs N] [--rounds N]     needs FORENSICS_MEDIA

The floor is what any method by local features must pay: decode both pictures, and SIFT at their
own size. Pairs are renders of the bridges that the comparison was made with, as they are (0.27
megapixels) and enlarged to 2, and one bridge against another, which is looked for in vain.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

# One thread each, before the libraries read it.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np
from accuracy.damage.scenes import LADDER, TEST, enlarged, load, pairs, renders
from numpy import float64, uint8
from numpy.typing import NDArray
from PIL import Image

from forensics.damage import compare_views
from forensics.damage.files import read_picture
from forensics.vision.views import grey

RESULTS = Path(__file__).resolve().parents[1] / "results/damage_speed.json"
SMALL, LARGE, OTHER = "0.27 megapixels", "2 megapixels", "another bridge, 0.27 megapixels"
GOAL_S = 5.0
QUALITY = 92


@dataclass(frozen=True, eq=False)
class Pair:
    """Two files, and where the deck is in the first."""

    kind: str
    before: Path
    after: Path
    deck: NDArray[float64]


def main() -> int:
    """Measure and print; the exit status says whether the goal was reached."""
    parser = argparse.ArgumentParser(description="Measure what a comparison of two views costs.")
    parser.add_argument("--pairs", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        made = list(_pairs(arguments.pairs, Path(folder)))
        times = _measure(made, arguments.rounds)
    print(f"CPU seconds a pair, best of {arguments.rounds} rounds, one thread\n")
    print("| pairs | | floor, median | comparison, median | worst | of the floor | goal |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    results = {kind: _summed(times[kind]) for kind in (SMALL, LARGE, OTHER)}
    for kind, row in results.items():
        goal = f"{GOAL_S:g}" if kind == LARGE else ""
        print(
            f"| {kind} | {row['pairs']} | {row['floor_s']:.2f} | {row['median_s']:.2f} "
            f"| {row['worst_s']:.2f} | {row['of_floor']:.1f} | {goal} |"
        )
    told = {"unit": f"CPU seconds a pair, best of {arguments.rounds} rounds, one thread"}
    RESULTS.write_text(json.dumps(told | results, indent=1) + "\n", encoding="utf-8")
    return 0 if results[LARGE]["median_s"] <= GOAL_S else 1


def _pairs(count: int, folder: Path) -> Iterator[Pair]:
    """Write pairs of the tuning bridges as JPEG files, spread over what was rendered."""
    bridges = tuple(each for each in LADDER if each not in TEST)
    there, planned = renders(bridges), pairs(bridges)
    following = dict(zip(bridges, (*bridges[1:], bridges[0]), strict=True))
    for number in range(count):
        before, after = planned[number * len(planned) // count]
        truth = load((before, after))
        bridge = following[int(before.stem[1:4])]
        other = load((there[f"s{bridge}{before.stem[4:]}"],) * 2)
        for kind, first, last in (
            (SMALL, truth, truth),
            (LARGE, enlarged(truth), enlarged(truth)),
            (OTHER, other, truth),
        ):
            names = [folder / f"{kind} {number} {side}.jpg" for side in ("before", "after")]
            for name, pixels in zip(names, (first.before, last.after), strict=True):
                _save(name, pixels)
            yield Pair(kind, names[0], names[1], first.deck)


def _save(path: Path, pixels: NDArray[uint8]) -> None:
    Image.fromarray(pixels).save(path, "JPEG", quality=QUALITY)


def _measure(made: list[Pair], rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Give the floor and the comparison of each pair, alternating, after one round of warm-up.

    Each round goes over all pairs: the features of a picture are kept for the next comparison, and
    are to be paid for here.
    """
    took: dict[Pair, list[tuple[float, float]]] = {each: [] for each in made}
    for _ in range(rounds + 1):
        for pair in made:
            took[pair].append((_timed(_floor, pair), _timed(_compare, pair)))
    best: dict[str, list[tuple[float, float]]] = {}
    for pair, each in took.items():
        floors, wholes = zip(*each[1:], strict=True)
        best.setdefault(pair.kind, []).append((min(floors), min(wholes)))
    return best


def _timed(chain: Callable[[Pair], None], pair: Pair) -> float:
    start = time.process_time()
    chain(pair)
    return time.process_time() - start


def _floor(pair: Pair) -> None:
    for path in (pair.before, pair.after):
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB"))
        cv2.SIFT.create().detectAndCompute(grey(pixels), None)


def _compare(pair: Pair) -> None:
    before, after = (read_picture(path)[0] for path in (pair.before, pair.after))
    compare_views(before, after, deck=pair.deck)


def _summed(took: list[tuple[float, float]]) -> dict[str, float]:
    floors, wholes = zip(*took, strict=True)
    floor, median = statistics.median(floors), statistics.median(wholes)
    return {
        "pairs": len(took),
        "floor_s": round(floor, 3),
        "median_s": round(median, 3),
        "worst_s": round(max(wholes), 3),
        "of_floor": round(median / floor, 2),
    }


if __name__ == "__main__":
    sys.exit(main())
