"""What was counted in somebody's own archive bounds what matches there by chance."""

import os

import pytest

from forensics.calibration import load
from forensics.reuse.archive_entry import Sighting
from forensics.reuse.by_chance import SUFFIX, OwnRates, bounds_by_chance, keep_own, read_own


@pytest.fixture
def counted(archive):
    """Give counts in an archive as it is."""

    def make(**changes):
        given = {
            "revision": archive.revision,
            "date": "2026-11-26",
            "pairs": 10**9,
            "copies": 0,
            "reported": 0,
            "copies_high": 3e-9,
            "reported_high": 3e-9,
        }
        return OwnRates(**given | changes)

    return make


@pytest.fixture
def two_entries(archive):
    for digit in "ab":
        archive.add_hash(digit * 64, quality=90, sighting=Sighting(source=digit))
    return archive


def packaged(threshold):
    return load("reuse.judge").thresholds[threshold].false_alarms["unrelated"].high


def test_without_counts_of_its_own_an_archive_has_those_of_the_package(two_entries):
    bounds = bounds_by_chance(two_entries)

    assert bounds["copy"] == pytest.approx(2 * packaged("min_copy_score"), abs=1e-6)
    assert bounds["lead"] == pytest.approx(2 * packaged("min_lead_correlation"), abs=1e-6)


def test_more_pairs_than_the_package_s_bound_it_closer(two_entries, counted):
    keep_own(two_entries, counted())

    bounds = bounds_by_chance(two_entries)

    assert bounds["copy"] == bounds["lead"] == 0.0  # 6e-9, to a millionth


def test_errors_in_it_count_however_few_its_pairs(two_entries, counted):
    keep_own(two_entries, counted(pairs=100, copies=2, copies_high=0.07, reported_high=0.04))

    bounds = bounds_by_chance(two_entries)

    assert bounds["copy"] == pytest.approx(0.14)
    assert bounds["lead"] == pytest.approx(2 * packaged("min_lead_correlation"), abs=1e-6)


def test_no_file_makes_a_bound_lower_than_the_pairs_allow(two_entries, counted):
    keep_own(two_entries, counted(pairs=1000, copies=1, copies_high=0.0))

    assert bounds_by_chance(two_entries)["copy"] == pytest.approx(2 * 3 / 1000)


def test_counts_of_an_archive_that_changed_since_say_nothing(two_entries, counted):
    keep_own(two_entries, counted())
    two_entries.add_hash("c" * 64, quality=90, sighting=Sighting(source="c"))

    assert read_own(two_entries) is None


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"pairs": -1}', b"\xff" * 20_000])
def test_file_that_says_nonsense_is_left_aside(two_entries, data):
    path = two_entries.path.with_name(two_entries.path.name + SUFFIX)
    path.write_bytes(data)

    assert read_own(two_entries) is None


def test_pipe_in_its_place_is_not_waited_for(two_entries):
    os.mkfifo(two_entries.path.with_name(two_entries.path.name + SUFFIX))

    assert read_own(two_entries) is None


def test_link_in_the_place_of_the_file_is_replaced_and_not_followed(two_entries, counted, tmp_path):
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    path = two_entries.path.with_name(two_entries.path.name + SUFFIX)
    for name in (path, path.with_name(f".{path.name}.part")):
        name.symlink_to(mine)

    keep_own(two_entries, counted())

    assert mine.read_text() == "mine"
    assert read_own(two_entries) is not None
