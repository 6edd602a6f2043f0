"""The lines of the map as they are loaded."""

from importlib import resources

import pytest

from forensics.report.borders import FILE, TURN, load_level

MOST_BYTES = 200_000


def test_data_file_is_small():
    assert len((resources.files("forensics.report") / FILE).read_bytes()) <= MOST_BYTES


@pytest.mark.parametrize("apart_units", [0, 12, 55])
def test_rings_are_closed(apart_units: int):
    level = load_level(apart_units=apart_units)

    rings = [*level.land, *(ring for region in level.regions for ring in region.rings)]
    assert all(ring.points[0] == ring.points[-1] for ring in rings)


def test_no_line_jumps_at_the_date_line():
    level = load_level(apart_units=0)

    steps = [
        abs(one[0] - other[0])
        for line in (*level.borders, *level.disputed, *level.land)
        if not line.turns
        for one, other in zip(line.points, line.points[1:], strict=False)
    ]
    assert max(steps) < TURN / 4


def test_only_the_coast_of_antarctica_goes_around_a_pole():
    level = load_level(apart_units=0)

    around = [region.name for region in level.regions if any(ring.turns for ring in region.rings)]
    assert around == ["Antarctica"]
    assert sum(ring.turns for ring in level.land) == 1


def test_wider_maps_have_fewer_points():
    counts = [
        sum(len(ring.points) for ring in load_level(apart_units=apart).land)
        for apart in (0, 12, 55)
    ]

    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 4 * counts[2]


def test_boxes_hold_their_stretches():
    for line in load_level(apart_units=0).land[:50]:
        for first, last, (west, south, east, north) in line.stretches:
            part = line.points[first : last + 1]
            assert all(west <= x <= east and south <= y <= north for x, y in part)


@pytest.mark.parametrize("name", ["Crimea", "North Macedonia", "Eswatini", "Palestine", "Kosovo"])
def test_region_is_there_by_name(name: str):
    assert name in [region.name for region in load_level(apart_units=0).regions]


def test_islands_share_no_border():
    islands = {each.name for each in load_level(apart_units=0).regions if each.is_island}

    assert {"Fiji", "Iceland", "Japan"} <= islands
    assert not {"Ukraine", "Crimea", "Haiti"} & islands
