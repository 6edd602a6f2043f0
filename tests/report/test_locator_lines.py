"""Lines and areas cut to a map."""

from itertools import pairwise

import pytest

from forensics.report import borders
from forensics.report.borders import Line, Point, load_level
from forensics.report.locator_lines import areas, path, shows_enough, ways
from forensics.report.locator_view import HEIGHT_PX, WIDTH_PX, View

# A pixel is a hundredth of a degree, a tenth of a pixel is a tenth of that.
VIEW = View(west=0, north=HEIGHT_PX / 100, px_per_lon=100, px_per_lat=100, true_lat=0)


def line(*points: Point) -> Line:
    return borders._measured(list(points))


def area(trace: list[tuple[int, int]]) -> float:
    closed = [*trace, trace[0]]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(closed))) / 2


def test_area_inside_is_kept_whole():
    ring = line((10, 10), (10, 110), (110, 110), (110, 10), (10, 10))

    (trace,) = areas([ring], VIEW)

    assert area(trace) == 1000 * 1000


def test_area_around_the_map_covers_it():
    ring = line((-9000, -4000), (-9000, 4000), (9000, 4000), (9000, -4000), (-9000, -4000))

    (trace,) = areas([ring], VIEW)

    assert area(trace) == (WIDTH_PX + 12) * 10 * (HEIGHT_PX + 12) * 10


def test_area_elsewhere_is_left_out():
    ring = line((5000, 0), (5000, 100), (5100, 100), (5000, 0))

    assert list(areas([ring], VIEW)) == []


def test_area_on_another_turn_is_found():
    ring = line((36010, 10), (36010, 110), (36110, 110), (36010, 10))

    (trace,) = areas([ring], VIEW)

    assert min(x for x, _ in trace) == 100


@pytest.mark.parametrize("points", [((-500, 100), (900, 150)), ((200, -900), (100, 900))])
def test_long_step_across_the_map_is_kept(points: tuple[Point, Point]):
    (trace,) = ways([line(*points)], VIEW)

    assert len(trace) == 2


def test_line_that_leaves_and_returns_is_two():
    crossing = line((100, 100), (-700, 100), (-700, 200), (100, 200))

    assert len(list(ways([crossing], VIEW))) == 2


def test_path_is_cut_to_the_room():
    level = load_level(apart_units=0)
    view = View(west=-180, north=90, px_per_lon=WIDTH_PX / 360, px_per_lat=1.5, true_lat=0)

    written = path(areas(level.land, view), most_bytes=2000, end="z")

    assert 1000 < len(written) <= 2000


def test_path_writes_numbers_without_needless_spaces():
    assert path([[(0, 0), (100, -20), (90, 30)]], most_bytes=100) == "M0 0l100-20-10 50"


@pytest.mark.parametrize(
    ("lat", "lon", "enough"), [(51.3, 34.6, True), (-30, -130, False), (62, 100, False)]
)
def test_view_with_lines_shows_enough(lat: float, lon: float, enough: bool):
    view = View(west=lon - 3, north=lat + 1.5, px_per_lon=70, px_per_lat=93, true_lat=lat)

    assert shows_enough(load_level(apart_units=0), view) is enough
