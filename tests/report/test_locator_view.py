"""Which part of the Earth is shown."""

import pytest

from forensics.report.locator_view import (
    HEIGHT_PX,
    KM_PER_DEGREE,
    MIN_WIDTH_KM,
    WIDTH_PX,
    View,
    choose_view,
    grid_lines,
)


def choose(*positions: tuple[float, float]) -> View:
    return choose_view(positions, shows_enough=lambda view: True)


@pytest.mark.parametrize("lat", [0, 51.35, -70])
def test_single_position_is_in_the_middle_of_the_narrowest_map(lat: float):
    view = choose((lat, 34.66))

    assert view.place(lat, 34.66) == pytest.approx((WIDTH_PX / 2, HEIGHT_PX / 2))
    assert WIDTH_PX / view.px_per_lat * KM_PER_DEGREE == pytest.approx(MIN_WIDTH_KM)


@pytest.mark.parametrize("lat", [0, 51.35, -70, 85])
def test_both_axes_have_one_scale_in_the_middle(lat: float):
    from math import cos, radians

    view = choose((lat, 34.66))

    assert view.px_per_lon == pytest.approx(view.px_per_lat * cos(radians(view.true_lat)))


def test_map_is_widened_until_enough_is_shown():
    narrow = choose((0, 0))

    wide = choose_view([(0, 0)], shows_enough=lambda view: view.px_per_lat < 20)

    assert wide.px_per_lat < 20 < narrow.px_per_lat


def test_whole_earth_is_the_last_resort():
    view = choose_view([(10, 20)], shows_enough=lambda view: False)

    assert view.px_per_lon * 360 == pytest.approx(WIDTH_PX)
    assert view.middle_lon == pytest.approx(20)


def test_shortest_way_around_is_chosen():
    view = choose((10, 170), (10, -170))

    assert abs(view.middle_lon) == pytest.approx(180)
    assert view.px_per_lon * 20 < WIDTH_PX


@pytest.mark.parametrize("positions", [[(51.3, 34.6)], [(0, 0), (0, 170)], [(-89, 0)], [(70, 20)]])
def test_there_are_lines_to_read_degrees_from(positions: list[tuple[float, float]]):
    lons, lats = grid_lines(choose(*positions))

    assert 2 <= len(lons) <= 8
    assert 1 <= len(lats) <= 6
