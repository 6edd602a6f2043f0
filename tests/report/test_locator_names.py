"""Names of regions on the map."""

from itertools import combinations

import pytest

from forensics.report.borders import load_level
from forensics.report.locator_labels import Label, Room, text_width
from forensics.report.locator_names import name_regions
from forensics.report.locator_view import HEIGHT_PX, WIDTH_PX, choose_view


def names_around(lat: float, lon: float, *, room: Room) -> tuple[Label, ...]:
    view = choose_view([(lat, lon)], shows_enough=lambda view: True)
    return name_regions(load_level(apart_units=view.apart_units), view, room)


@pytest.mark.parametrize("place", [(48, 10), (9, 38), (45, 17), (-20, 25), (13, -85)])
def test_names_do_not_overlap(place: tuple[float, float]):
    view = choose_view([place], shows_enough=lambda view: view.px_per_lat < 20)

    names = name_regions(load_level(apart_units=view.apart_units), view, Room())

    assert len(names) > 3
    for one, other in combinations(names, 2):
        apart = (text_width(one.text, 11) + text_width(other.text, 11)) / 2
        assert abs(one.x - other.x) >= apart - 0.1 or abs(one.y - other.y) >= 13


def test_name_too_long_for_its_region_runs_over_the_border():
    names = {label.text for label in names_around(31.9, 35.2, room=Room())}

    assert {"Palestine", "Israel", "Jordan"} <= names


def test_small_island_is_named_beside_it():
    (malta,) = (label for label in names_around(35.9, 14.4, room=Room()) if label.text == "Malta")

    assert malta.y > HEIGHT_PX / 2


def test_without_room_there_are_no_names():
    assert names_around(51.3, 34.6, room=Room([(0, 0, WIDTH_PX, HEIGHT_PX)])) == ()
