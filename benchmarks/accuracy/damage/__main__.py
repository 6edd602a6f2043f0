"""Measure the comparison of two views of a bridge; needs FORENSICS_MEDIA.

python benchmarks/accuracy/damage            the tables, from benchmarks/results/damage.json
python benchmarks/accuracy/damage --write    ask about every pair of the test bridges first
python benchmarks/accuracy/damage --fit      fit the model again, on the tuning bridges;
                                             FORENSICS_SCENES: what tools/scenes rendered
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

# One core: processor time is measured.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec
from accuracy.damage import fitting
from accuracy.damage.asking import FOUND, Row, ask
from accuracy.damage.baselines import print_baselines
from accuracy.damage.scenes import TEST, folders, load, null_pairs, pairs, renders
from accuracy.damage.table import print_tables
from accuracy.damage_truth.composite import composites
from accuracy.damage_truth.pair import TruthPair, load_photos

_FAR = "_30"
RESULTS = Path(__file__).resolve().parents[2] / "results/damage.json"
WEIGHTS = Path(__file__).resolve().parents[3] / "forensics/calibration/damage.decide.weights.json"


def main(arguments: list[str]) -> None:
    """Run what was asked for."""
    if "--fit" in arguments:
        decks = list(fitting.tuning_decks())
        model, told = fitting.fit_model(decks)
        fitting.print_cuts(decks, told)
        WEIGHTS.write_bytes(msgspec.json.format(msgspec.json.encode(model), indent=1) + b"\n")
        return
    if "--write" in arguments:
        rows: list[Row] = []
        for pair, kind in asked():
            rows.append(ask(pair, kind))
            RESULTS.write_bytes(msgspec.json.encode(rows).replace(b"},{", b"},\n{") + b"\n")
    print_baselines()
    print_tables(msgspec.json.decode(RESULTS.read_bytes(), type=list[Row]))


def asked() -> Iterator[tuple[TruthPair, str]]:
    """Give every pair of the reported half: rendered ones, then composites on photographs.

    Those up to 15 degrees are asked again without the deck.
    """
    for each, kind in questions():
        yield load(each), kind
    for each in pairs(TEST):
        if not each[1].stem.endswith(_FAR):
            yield load(each), FOUND
    for pair in composites(load_photos(folders()[0].parents[1])):
        if not pair.is_tuning and pair.shows != "likeness":
            yield pair, "composite"


def questions() -> list[tuple[tuple[Path, Path], str]]:
    """Give the pairs: the ladder, pairs without damage in between, and pairs of two bridges."""
    ladder = pairs(TEST)
    there = renders(TEST)
    following = {bridge: TEST[(at + 1) % len(TEST)] for at, bridge in enumerate(TEST)}
    others = [
        (there[f"s{following[int(after.stem[1:4])]}{before.stem[4:]}"], after)
        for before, after in ladder[::4]
    ]
    return [
        *((each, "ladder") for each in ladder),
        *((each, "another bridge") for each in others),
        *((each, "null") for each in null_pairs(TEST)),
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
