"""Rendered pairs, as they are read for measuring."""

import hashlib
import json
import tomllib
from pathlib import Path

import cv2
import numpy as np
import pytest
from accuracy.damage_truth.pair import Truth, TruthPair
from accuracy.damage_truth.rendered import rendered_pairs

PAIRS = Path(__file__).with_name("pairs")
MOST_BYTES = 1_000_000


@pytest.fixture(scope="module")
def pairs() -> dict[str, TruthPair]:
    return {pair.name: pair for pair in rendered_pairs(PAIRS)}


def test_small_tier_is_what_its_manifest_says_and_small() -> None:
    listed = tomllib.loads((PAIRS / "manifest.toml").read_text())["file"]

    found = {path.name: path.read_bytes() for path in PAIRS.iterdir() if path.suffix != ".toml"}

    assert {entry["path"] for entry in listed} == set(found)
    for entry in listed:
        assert hashlib.sha256(found[entry["path"]]).hexdigest() == entry["sha256"]
    assert sum(map(len, found.values())) <= MOST_BYTES


def test_every_later_picture_is_paired_and_its_mask_tells_its_state(
    pairs: dict[str, TruthPair],
) -> None:
    states = {name.split("_")[1].split("-")[0]: pair.state for name, pair in pairs.items()}

    assert len(pairs) == 7
    assert states == {
        "null": "none",
        "scorched": "scorched",
        "holed": "holed",
        "collapsed": "collapsed",
    }
    assert all(pair.is_null == (pair.state == "none") for pair in pairs.values())


def test_decks_of_both_pictures_lie_on_one_another(pairs: dict[str, TruthPair]) -> None:
    for name, pair in pairs.items():
        after = cv2.imread(str(PAIRS / f"{name}_dmg.png"), cv2.IMREAD_GRAYSCALE)
        deck_after = ((after >= 1) & (after <= 4)).astype(np.uint8)
        height, width = pair.mask.shape

        moved = cv2.warpPerspective(
            deck_after, pair.after_to_before, (width, height), flags=cv2.INTER_NEAREST
        )

        shown = cv2.warpPerspective(np.ones_like(deck_after), pair.after_to_before, (width, height))
        deck = (pair.mask != Truth.OUTSIDE) & (shown == 1)
        both, either = (deck & (moved == 1)).sum(), (deck | ((moved == 1) & (shown == 1))).sum()
        assert both / either > 0.8, name


def test_outline_of_the_deck_surrounds_its_mask(pairs: dict[str, TruthPair]) -> None:
    for name, pair in pairs.items():
        drawn = np.zeros(pair.mask.shape, np.uint8)
        cv2.fillPoly(drawn, [np.round(pair.deck * 16).astype(np.int32)], 1, shift=4)

        outside = (pair.mask != Truth.OUTSIDE) & (cv2.dilate(drawn, np.ones((3, 3))) == 0)

        assert outside.sum() < 0.01 * drawn.sum(), name


def test_tarpaulins_and_vehicles_hide_the_deck(pairs: dict[str, TruthPair]) -> None:
    for name in ("s404_null-tarpaulin_nadir_return", "s404_null-queue_oblique_return"):
        pair = pairs[name]

        hidden = (pair.mask == Truth.NOT_SEEN).sum() / (pair.mask != Truth.OUTSIDE).sum()

        assert hidden > 0.03


def test_gap_in_the_mask_is_as_long_as_the_gap_in_metres(pairs: dict[str, TruthPair]) -> None:
    name = "s404_collapsed_nadir_8"
    told = json.loads((PAIRS / f"{name}.json").read_text())
    first = json.loads((PAIRS / "s404_before_nadir.json").read_text())

    to_deck = np.linalg.inv(first["camera"]["H_deck_to_image"])
    rows, columns = np.nonzero(pairs[name].mask == Truth.MISSING)
    points = to_deck @ np.stack([columns, rows, np.ones(len(rows))])
    x = points[0] / points[2]

    span = np.percentile(x, 99) - np.percentile(x, 1)
    assert span == pytest.approx(told["truth"]["gap_m"], rel=0.05)
