"""On renders with exact truth, of a bridge that was tuned on: the way it is meant to work."""

import sys
from pathlib import Path

import numpy as np
import pytest

from forensics.damage import compare_views


@pytest.fixture(scope="module")
def ask(media_root):
    """Compare two renders, their decks drawn as they are."""
    sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
    from accuracy.damage import scenes

    def compared(before, after):
        there = scenes.renders(scenes.LADDER)
        pair = scenes.load((there[before], there[after]))
        return pair, compare_views(pair.before, pair.after, deck=pair.deck), scenes

    return compared


@pytest.mark.parametrize("after", ["s305_collapsed_nadir_return", "s305_null_oblique_15"])
def test_a_drone_that_came_back_is_laid_to_three_pixels(ask, after):
    view = after.split("_")[2]

    pair, compared, scenes = ask(f"s305_before_{view}", after)

    assert compared.registration.status == "registered"
    assert scenes.worst_px(np.array(compared.registration.homography), pair) <= 3


def test_a_bridge_unhurt_is_not_called_damaged(ask):
    _, compared, _ = ask("s305_before_nadir", "s305_null_nadir_12")

    assert compared.damage.state in {"none", "undetermined"}


def test_another_bridge_is_refused(ask):
    _, compared, _ = ask("s305_before_nadir", "s307_collapsed_nadir_return")

    assert compared.registration.status == "refused"
    assert compared.damage.state == "undetermined"
