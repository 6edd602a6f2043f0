"""Fuzz targets keep their promises on valid input, on changed input, and on what once failed."""

import random
from pathlib import Path

import pytest

from tools.fuzz.mutate import mutate_bytes, mutate_json
from tools.fuzz.target import Target, check
from tools.fuzz.targets import TARGETS

CRASHERS = Path(__file__).parent / "crashers"
CHANGES = 40

_OURS = [target for target in TARGETS.values() if not target.is_contained]


def _changed(target: Target, seeds: list[bytes]) -> list[bytes]:
    rng = random.Random(target.name)
    made = []
    for _ in range(CHANGES):
        data = rng.choice(seeds)
        if target.is_json:
            made.append(mutate_json(data, rng, seeds, lambda same, _: same))
        else:
            changed = mutate_bytes(
                data, rng, max_bytes=target.max_bytes, tokens=target.tokens, others=seeds,
                blind=lambda same, _: same,
            )  # fmt: skip
            made.append(changed)
    return made


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_valid_input_keeps_every_promise(target: Target, tmp_path: Path) -> None:
    seeds = [seed[: target.max_bytes] for seed in target.seeds()]

    assert seeds
    for seed in seeds:
        check(target, seed, tmp_path)


# Without the targets that decode: their libraries may crash, which belongs into another process.
@pytest.mark.parametrize("target", _OURS, ids=lambda target: target.name)
def test_changed_input_keeps_every_promise(target: Target, tmp_path: Path) -> None:
    seeds = [seed[: target.max_bytes] for seed in target.seeds()]

    for data in _changed(target, seeds):
        check(target, data, tmp_path)


@pytest.mark.parametrize(
    "path", sorted(CRASHERS.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}"
)
def test_input_that_once_failed_keeps_every_promise(path: Path, tmp_path: Path) -> None:
    check(TARGETS[path.parent.name], path.read_bytes(), tmp_path)
