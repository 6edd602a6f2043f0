"""``forensics compare``: what it prints, what it writes, how it refuses."""

import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

SCENES = Path(__file__).parents[2] / "samples/scenes"
STRIKE_DECK = {
    "image": "before",
    "polygon": [[-7, 281], [638, 141], [607, 120], [5, 240]],
    "length_m": 160,
    "length_error_m": 5,
}
"""Of the bridge that the clip shows, as the sample case has it; its length is made up."""


@pytest.fixture
def photos(here):
    """Two photos of one drawn deck, and its outline."""
    rng = np.random.default_rng(3)
    picture = np.full((300, 480, 3), (95, 85, 60), np.uint8)
    deck = cv2.GaussianBlur(rng.normal(150, 60, (44, 480)), (0, 0), 1.2)
    picture[128:172] = np.clip(deck, 0, 255).astype(np.uint8)[..., None]
    picture[128:132] = picture[168:172] = 220
    bank = cv2.GaussianBlur(rng.normal(90, 60, (300, 90)), (0, 0), 1.5)
    picture[:128, :90] = picture[172:, -90:][:128, ::-1] = bank[:128, :, None].astype(np.uint8)
    moved = np.roll(picture, (4, 6), axis=(0, 1))
    for name, each in (("before.png", picture), ("after.png", moved)):
        cv2.imwrite(str(here / name), each)
    outline = [[30, 128], [450, 128], [450, 172], [30, 172]]
    (here / "deck.json").write_text(json.dumps({"image": "before", "polygon": outline}))
    return here


def test_compare_prints_the_contract_and_writes_its_pictures(photos, answer):
    told = answer("compare", "before.png", "after.png", "--deck", "deck.json", "--out", "out")

    assert set(told) == {
        "id", "before", "after", "order", "registration", "deck", "damage", "artefacts",
        "order_because",
    }  # fmt: skip
    assert told["registration"]["status"] == "registered"
    assert told["registration"]["homography"][0][2] == pytest.approx(-6, abs=0.5)
    assert told["damage"]["state"] in {"none", "undetermined"}
    assert set(told["artefacts"]) == {
        "before", "after", "mask", "overlay", "strip_before", "strip_after", "strip_classes",
        "error_map", "error_view", "page",
    }  # fmt: skip
    assert {each.name for each in (photos / "out").iterdir()} == {
        Path(path).name for path in told["artefacts"].values()
    }
    mask = cv2.imread(told["damage"]["mask"], cv2.IMREAD_UNCHANGED)
    assert mask.shape == (300, 480)
    assert mask[10, 10] == 1


def test_compare_without_a_deck_says_that_it_was_found(photos, forensics):
    status, printed = forensics("compare", "before.png", "after.png")

    assert status == 0
    assert "not drawn by a person" in printed.out


def test_compare_without_a_deck_to_be_found_says_what_is_needed(here, forensics):
    lawn = np.random.default_rng(2).normal(120, 20, (240, 320, 3)).clip(0, 255).astype(np.uint8)
    cv2.imwrite(str(here / "lawn.png"), lawn)

    status, printed = forensics("compare", "lawn.png", "lawn.png")

    assert status == 0
    assert "UNDETERMINED" in printed.out
    assert "Draw its outline" in printed.out


@pytest.mark.parametrize(
    "deck",
    [
        "no json",
        "[]",
        '{"image": "after", "polygon": [[0, 0], [9, 0], [9, 2], [0, 2]]}',
        '{"polygon": [[0, 0], [9, 0]]}',
        '{"polygon": "x"}',
        '{"polygon": [[0, 0, 0], [9, 0, 0], [9, 2, 0], [0, 2, 0]]}',
    ],
)
def test_a_deck_file_that_cannot_be_used_is_wrong_usage(photos, forensics, deck):
    (photos / "deck.json").write_text(deck)

    status, _ = forensics("compare", "before.png", "after.png", "--deck", "deck.json")

    assert status == 2


def test_a_pipe_is_not_waited_for(photos, forensics):
    os.mkfifo(photos / "pipe.png")

    status, _ = forensics("compare", "pipe.png", "after.png", "--deck", "deck.json")

    assert status == 3


def test_a_file_that_is_no_still_is_not_examined(photos, forensics):
    (photos / "notes.txt").write_text("no picture")

    status, _ = forensics("compare", "before.png", "notes.txt", "--deck", "deck.json")

    assert status == 3


def test_a_link_in_the_place_of_a_picture_is_replaced_and_not_followed(photos, answer):
    (photos / "victim.txt").write_text("mine")
    (photos / "out").mkdir()
    for name in ("mask.png", ".mask.png.part"):
        (photos / "out" / name).symlink_to(photos / "victim.txt")

    answer("compare", "before.png", "after.png", "--deck", "deck.json", "--out", "out")

    assert (photos / "victim.txt").read_text() == "mine"
    assert not (photos / "out" / "mask.png").is_symlink()


def test_a_folder_that_cannot_be_written_is_said(photos, forensics):
    (photos / "out").write_text("a file")
    # Too small to be laid over another: its comparison takes no time.
    cv2.imwrite(str(photos / "after.png"), np.zeros((30, 48, 3), np.uint8))

    status, printed = forensics(
        "compare", "before.png", "after.png", "--deck", "deck.json", "--out", "out"
    )

    assert status == 2
    assert "cannot write" in printed.err


def test_draw_writes_a_page_and_compares_nothing(photos, forensics):
    status, printed = forensics("compare", "before.png", "after.png", "--draw")

    assert status == 0
    assert "draw-deck.html" in printed.out
    page = (photos / "draw-deck.html").read_text("utf-8")
    assert page.count("data:image/jpeg") == 2
    assert 'data-width="480" data-height="300"' in page


def test_a_clip_without_a_moment_says_what_to_name(here, forensics):
    clip = SCENES / "strike1.mp4"

    status, printed = forensics("compare", str(SCENES / "s2_video_before.jpg"), str(clip))

    assert status == 3
    assert "no moment" in printed.err


def test_frames_of_a_clip_before_and_after_the_strike(here, answer):
    clip = str(SCENES / "strike1.mp4")
    (here / "deck.json").write_text(json.dumps(STRIKE_DECK))

    told = [
        answer(
            "compare", str(SCENES / "s2_video_before.jpg"), clip, "--after-at", moment_s,
            "--deck", "deck.json",
        )
        for moment_s in ("0.5", "5.5")
    ]  # fmt: skip

    assert [each["damage"]["state"] for each in told] == ["none", "collapsed"]
    assert told[0]["id"] != told[1]["id"]
    assert told[1]["after"]["moment_s"] == pytest.approx(5.5, abs=0.1)
    assert told[1]["damage"]["gap"]["length_m"] == pytest.approx(
        160 * told[1]["damage"]["gap"]["fraction_of_deck"], abs=0.1
    )
    assert told[1]["damage"]["gap"]["length_error_m"] > 0


@pytest.mark.parametrize(
    "scale",
    [
        {"length_m": 160},
        {"length_m": -1, "length_error_m": 2},
        {"length_m": "x", "length_error_m": 2},
        {"length_m": 10**400, "length_error_m": 2},
        {"length_m": 160, "length_error_m": float("nan")},
    ],
)
def test_a_length_without_an_error_or_that_is_none_is_wrong_usage(photos, forensics, scale):
    told = json.loads((photos / "deck.json").read_text())
    (photos / "deck.json").write_text(json.dumps(told | scale))

    status, printed = forensics("compare", "before.png", "after.png", "--deck", "deck.json")

    assert status == 2
    assert "length_m" in printed.err
