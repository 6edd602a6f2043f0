"""Measure the comparison of two views of a bridge; needs FORENSICS_MEDIA.

python benchmarks/accuracy/damage            the tables, from benchmarks/results/damage.json
python benchmarks/accuracy/damage --write    ask about every pair of the test bridges first
python benchmarks/accuracy/damage --fit      fit again, on the tuning bridges (needs torch)
python benchmarks/accuracy/damage --check    what is said of tuning bridges that are not fitted to
python benchmarks/accuracy/damage --fit-veil    fit again what tells that smoke hides the deck
python benchmarks/accuracy/damage --veils       put smoke on test pairs, and ask about them
python benchmarks/accuracy/damage --rough       draw test pairs roughly, shrink them, and ask

FORENSICS_SCENES: what tools/scenes rendered, for the fit and for more pairs without change.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

# One core: processor time is measured.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec
import numpy as np
from accuracy.damage import checking, fitting, rough, veils
from accuracy.damage.asking import FOUND, LARGE, WORSE, Row, ask
from accuracy.damage.baselines import print_baselines
from accuracy.damage.scenes import (
    CHECKED,
    NULLS_ONLY,
    TEST,
    TUNING,
    degraded,
    enlarged,
    folders,
    load,
    near_pairs,
    null_pairs,
    pairs,
    renders,
)
from accuracy.damage.table import print_tables
from accuracy.damage_truth.composite import composites
from accuracy.damage_truth.pair import TruthPair, load_photos

_EVERY_LARGE = 8
RESULTS = Path(__file__).resolve().parents[2] / "results/damage.json"
CALIBRATION = Path(__file__).resolve().parents[3] / "forensics/calibration"


def main(arguments: list[str]) -> None:
    """Run what was asked for."""
    if "--fit" in arguments:
        samples = list(fitting.tuning_samples())
        cells, left_out = fitting.fit_cells(samples)
        np.savez_compressed(CALIBRATION / "damage.decide.cells.npz", **cells)
        deck, told = fitting.fit_deck(left_out)
        fitting.print_left_out(left_out, told)
        written = msgspec.json.format(msgspec.json.encode(deck), indent=1)
        (CALIBRATION / "damage.decide.weights.json").write_bytes(written + b"\n")
        return
    if "--check" in arguments:
        checking.print_check(checking.check(CHECKED))
        return
    if "--fit-veil" in arguments:
        columns = list(veils.columns_of(TUNING))
        veils.print_rates(columns, veils.left_out(columns))
        written = msgspec.json.encode(veils.fit(columns))
        (CALIBRATION / "damage.veil.weights.json").write_bytes(written + b"\n")
        return
    if "--veils" in arguments:
        veils.print_veiled(list(veils.ask_veiled(TEST)))
        return
    if "--rough" in arguments:
        rough.print_rough(list(rough.ask_roughly(TEST)))
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

    Those up to 15 degrees are asked again without the deck, and made worse.
    """
    for each, kind in questions():
        yield load(each), kind
    near = near_pairs(TEST)
    for each in near:
        yield load(each), FOUND
    for at, each in enumerate(near):
        pair = load(each)
        before, after = degraded(pair.before, 2 * at), degraded(pair.after, 2 * at + 1)
        yield replace(pair, before=before, after=after), WORSE
    for each in near[::_EVERY_LARGE]:
        yield enlarged(load(each)), LARGE
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
        *((each, "null") for each in changeless(NULLS_ONLY)),
    ]


def changeless(bridges: tuple[int, ...]) -> list[tuple[Path, Path]]:
    """Give every pair of pictures of a whole bridge, as far as they were rendered."""
    planned = [each for each in pairs(bridges) if "_null" in each[1].stem]
    further = [each for each in null_pairs(bridges) if "_scorched_" not in each[0].stem]
    return planned + further


if __name__ == "__main__":
    main(sys.argv[1:])
