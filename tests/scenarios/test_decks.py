"""Scans with a drawn deck: interrupted, repeated, with its image elsewhere or missing."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

import forensics
from forensics.ingest.regular import digest_of
from forensics.model.errors import CaseFileError

DECK = """
[[deck]]
image = "{image}"
polygon = [[10, 60], [150, 60], [150, 80], [10, 80]]
"""


def write_picture(path, seed):
    """Write a picture too small to be laid over another: its comparison takes no time."""
    coarse = np.random.default_rng(seed).integers(0, 256, (15, 20, 3), dtype=np.uint8)
    picture = cv2.resize(coarse, (160, 120), interpolation=cv2.INTER_CUBIC)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), picture)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for seed, name in enumerate(("before.png", "one.png", "two.png", "below/three.png")):
        write_picture(tmp_path / "evidence" / name, seed)
    (tmp_path / "evidence" / "case.toml").write_text(DECK.format(image="before.png"))
    return tmp_path / "evidence"


def scan(folder, out, **options):
    case = forensics.scan(folder, out=out, **{"jobs": 0, **options})
    return case, [(Path(out) / name).read_bytes() for name in ("report.json", "report.html")]


def steps_in(out):
    lines = map(json.loads, (Path(out) / "run.jsonl").read_text("utf-8").splitlines())
    return [step for line in lines if line["event"] == "visited" for step in line["ran"]]


def test_every_still_is_compared_with_the_deck_and_with_nothing_else(folder):
    case, _ = scan(folder, "out")

    assert [(each.before.path, each.after.path) for each in case.damage] == [
        ("before.png", "below/three.png"), ("before.png", "one.png"), ("before.png", "two.png"),
    ]  # fmt: skip
    assert {each.damage.state for each in case.damage} == {"undetermined"}
    assert len([each for each in case.outcomes if each.step == "damage.deck"]) == 3
    assert case.problems == ()


def test_interrupted_scan_goes_on_with_the_next_pair_to_the_same_report(folder):
    _, whole = scan(folder, "whole")

    def stop_at_second_pair(progress):
        if " against " in progress.doing and progress.done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(folder, "out", on_progress=stop_at_second_pair)
    asked_before = steps_in("out").count("damage.deck")
    _, resumed = scan(folder, "out")

    assert asked_before == 1
    assert steps_in("out").count("damage.deck") == 3
    assert resumed == whole


def test_workers_find_the_same(folder):
    _, alone = scan(folder, "alone")

    _, together = scan(folder, "together", jobs=2)

    assert together == alone


def test_another_outline_is_another_question(folder):
    first, _ = scan(folder, "out")
    case_file = folder / "case.toml"
    case_file.write_text(case_file.read_text().replace("[150, 80]", "[150, 90]"))

    second, _ = scan(folder, "out")

    assert steps_in("out").count("damage.deck") == 6
    assert {each.id for each in first.damage}.isdisjoint(each.id for each in second.damage)


def test_image_of_the_deck_may_lie_outside_the_evidence(folder):
    write_picture(folder.parent / "library" / "bridge.png", 9)
    case_file = folder.parent / "library" / "case.toml"
    case_file.write_text(DECK.format(image="bridge.png"))

    case, pages = scan(folder, "out", case=case_file)

    assert {each.before.path for each in case.damage} == {"bridge.png"}
    assert len(case.damage) == 4
    assert b"bridge.png" in pages[1]


def test_image_outside_the_folder_of_the_case_file_is_not_opened(folder):
    write_picture(folder.parent / "private.png", 9)
    (folder / "case.toml").write_text(DECK.format(image="../private.png"))

    case, pages = scan(folder, "out")

    assert "outside" in case.problems[0].error
    assert case.damage == ()
    assert digest_of(folder.parent / "private.png").encode() not in pages[0]


def test_missing_image_of_a_deck_is_a_problem_and_the_rest_is_examined(folder):
    (folder / "case.toml").write_text(DECK.format(image="gone.png"))

    case, _ = scan(folder, "out")

    (problem,) = case.problems
    assert problem.paths == ("gone.png",)
    assert len(case.items) == 4
    assert case.damage == ()


def test_outline_that_cannot_be_unrolled_is_said_before_anything_is_opened(folder):
    square = DECK.replace("[150, 80], [10, 80]", "[150, 200], [10, 200]")
    (folder / "case.toml").write_text(square.format(image="before.png"))

    with pytest.raises(CaseFileError, match="square"):
        scan(folder, "out")

    assert not Path("out").exists()


def test_without_a_deck_nothing_is_compared_and_that_is_said(folder):
    (folder / "case.toml").unlink()

    case, pages = scan(folder, "out")

    assert case.damage == ()
    assert b"no deck is drawn" in pages[1]
