"""Scans with decks, drawn and looked for: interrupted, repeated, of clips, images elsewhere."""

import json
import shutil
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

import forensics
from forensics.ingest.regular import digest_of
from forensics.model.errors import CaseFileError

SCENES = Path(__file__).parents[2] / "samples/scenes"
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


def write_clip(path, seconds=2):
    """Write a clip too small to be laid over a picture."""
    rng = np.random.default_rng(5)
    with av.open(str(path), "w") as clip:
        stream = clip.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for _ in range(10 * seconds):
            noise = rng.integers(0, 256, (120, 160, 3), dtype=np.uint8)
            clip.mux(stream.encode(av.VideoFrame.from_ndarray(noise, format="rgb24")))
        clip.mux(stream.encode())


def test_moments_of_a_clip_are_compared_and_told_of_once(folder):
    write_clip(folder / "clip.mp4")

    case, pages = scan(folder, "out")

    moments = [each.after.moment_s for each in case.damage if each.after.path == "clip.mp4"]
    assert moments == [0.2, 0.6, 1.0, 1.4, 1.8]
    assert pages[1].count(b"and at 0.6, 1.0, 1.4, 1.8 s") == 2  # in the section, and what is open


def test_deck_drawn_on_a_frame_is_compared_with_the_rest_of_that_clip(folder):
    write_clip(folder / "clip.mp4")
    deck = DECK.format(image="clip.mp4") + "at_s = 1.0\n"
    (folder / "case.toml").write_text(deck)

    case, _ = scan(folder, "out")

    own = [each for each in case.damage if each.after.path == "clip.mp4"]
    assert [each.after.moment_s for each in own] == [0.2, 0.6, 1.4, 1.8]
    assert {each.before.moment_s for each in case.damage} == {1.0}
    assert [each.order for each in own] == ["unknown", "unknown", "assumed", "assumed"]


def test_copy_of_a_reference_image_with_something_pasted_on_is_no_damage(folder):
    (folder / "case.toml").write_text('[[reference]]\npath = "before.png"\ntext = "before"\n')
    picture = cv2.imread(str(folder / "before.png"))
    picture[40:90, 60:110] = 255 - picture[40:90, 60:110]
    cv2.imwrite(str(folder / "alike.png"), picture)

    case, _ = scan(folder, "out")

    assert case.damage == ()
    (left,) = case.not_compared
    assert (left.image, left.path) == ("before.png", "alike.png")
    assert "not to the bridge" in left.reason


def test_a_broken_bridge_is_told_of_without_a_case_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evidence").mkdir()
    for name in ("s2_video_before.jpg", "s2_video_after.jpg"):
        shutil.copy(SCENES / name, tmp_path / "evidence" / name)

    case, pages = scan(tmp_path / "evidence", "out")

    (found,) = case.damage
    assert (found.before.path, found.after.path) == ("s2_video_before.jpg", "s2_video_after.jpg")
    assert found.damage.state == "collapsed"
    assert (found.deck.source, found.order) == ("found", "unknown")
    assert b"No person outlined a deck" in pages[1]
