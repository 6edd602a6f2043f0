"""The map of positions: safe, small, the same every time, and right at the ends of the Earth."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.report import locator
from forensics.report.locator import LOCATOR_CAPTION, LOCATOR_NOTE, MAX_MARKERS, MapPoint, draw_map
from forensics.report.locator_view import HEIGHT_PX, WIDTH_PX

GOLDEN = Path(__file__).parent / "golden" / "locator.svg"
MOST_BYTES = 15_000
ELEMENTS = {"svg", "title", "desc", "rect", "path", "g", "text"}
ATTRIBUTES = {
    "class", "role", "viewBox", "width", "height", "x", "y", "d", "text-anchor"
}  # fmt: skip
HOSTILE = (
    "<script>alert(1)</script>",
    "</text></svg><img src=x onerror=alert(1)>",
    '" onload="alert(1)" x="',
    "&#60;b&#62; &amp; {{ 7 * 7 }} {0}",
    "photo\u202egpj.exe",
    "zero\u200bwidth\x00\x1b[31m\ud800",
    "a" + "\u0301" * 500,
    "x" * 100_000,
    "",
)
KURSK = MapPoint(51.35, 34.66, "EXIF", "file")
SIDECAR = MapPoint(51.37, 34.69, "IMG_2031.json", "sidecar")
PLACE = MapPoint(51.3, 34.6, "Glushkovo", "case")


def draw(*points: MapPoint) -> ElementTree.Element:
    return ElementTree.fromstring(draw_map(points, title="Positions"))


def at(lat: float, lon: float, label: str = "EXIF", kind: str = "file") -> MapPoint:
    return MapPoint(lat, lon, label, kind)


def words(svg: ElementTree.Element, group: str) -> list[str]:
    return [text.text or "" for text in svg.findall(f"g[@class='{group}']/text")]


def markers(svg: ElementTree.Element, kind: str = "file") -> list[tuple[float, float]]:
    """Give the places of markers on the map, without the one in the legend."""
    data = [path.get("d", "") for path in svg.findall(f"path[@class='locator-{kind}']")]
    places = [(float(x), float(y)) for x, y in re.findall(r"M(-?[\d.]+) (-?[\d.]+)", "".join(data))]
    return [(x, y) for x, y in places if y <= HEIGHT_PX]


def lines(svg: ElementTree.Element, name: str) -> str:
    return "".join(path.get("d", "") for path in svg.findall(f"svg/path[@class='locator-{name}']"))


def test_map_is_the_one_on_record():
    drawn = draw_map([KURSK, SIDECAR, PLACE], title="Positions of IMG_2031.jpg")

    assert drawn == GOLDEN.read_text("utf-8").rstrip("\n")


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_label_is_only_text(label: str):
    svg = ElementTree.fromstring(draw_map([at(51.35, 34.66, label)], title=label))

    assert {each.tag for each in svg.iter()} <= ELEMENTS
    assert {key for each in svg.iter() for key in each.attrib} <= ATTRIBUTES


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_label_does_not_make_the_map_large(label: str):
    drawn = draw_map([at(51.35 + i / 10, 34.66, f"{i}{label}") for i in range(20)], title="x")

    assert len(drawn.encode()) <= MOST_BYTES


def test_invisible_characters_are_written_as_code_points():
    drawn = draw_map([at(51.35, 34.66, "a\u202egpj")], title="Positions")

    assert "\u202e" not in drawn
    assert "a⟨U+202E⟩gpj" in drawn


def test_nothing_is_loaded_from_elsewhere():
    drawn = draw_map([KURSK, SIDECAR, PLACE], title="Positions")

    assert not re.search(r"style=|href|url\(|http|<style|<script|<image|<use", drawn)


def test_screen_readers_are_told_the_positions():
    svg = draw(KURSK, PLACE)

    assert svg.get("role") == "img"
    assert svg.findtext("title") == "Positions"
    assert svg.findtext("desc") == (
        "51.35° N, 34.66° E, stated by the file (EXIF). "
        "51.3° N, 34.6° E, place of the case (Glushkovo)."
    )


def test_kinds_differ_by_shape():
    svg = draw(KURSK, SIDECAR, PLACE)

    shapes = [svg.find(f"path[@class='locator-{kind}']") for kind in ("file", "sidecar", "case")]
    endings = {re.sub(r"M[\d.]+ [\d.]+", "", shape.get("d", "")) for shape in shapes}
    assert len(endings) == 3


def test_legend_names_only_kinds_on_the_map():
    assert words(draw(KURSK), "locator-legend") == ["stated by the file"]


def test_regions_and_border_in_view_are_drawn():
    svg = draw(KURSK)

    assert words(svg, "locator-name") == ["Russia", "Ukraine"]
    assert lines(svg, "border")


def test_no_country_is_named_across_a_disputed_line():
    svg = draw(at(45.3, 34.3))

    assert "Crimea" in words(svg, "locator-name")
    assert lines(svg, "disputed")


def test_positions_on_both_sides_of_the_date_line_are_neighbours():
    (west, _), (east, _) = markers(draw(at(-17, 179.9), at(-17, -179.9, "other")))

    assert 10 < east - west < 40


@pytest.mark.parametrize("lon", [180.0, -180.0])
def test_both_names_of_the_date_line_give_one_map(lon: float):
    svg = draw(at(-17, lon))

    assert markers(svg) == [(WIDTH_PX / 2, HEIGHT_PX / 2)]
    assert "Fiji" in words(svg, "locator-name")


@pytest.mark.parametrize(("lat", "lon"), [(90, 0), (-90, 0), (90, 180), (-89.99, -77), (88, 10)])
def test_pole_is_on_the_map_with_land(lat: float, lon: float):
    svg = draw(at(lat, lon))

    ((x, y),) = markers(svg)
    assert 0 < x < WIDTH_PX
    assert 0 < y < HEIGHT_PX
    assert lines(svg, "land")


def test_south_pole_lies_on_land():
    assert "Antarctica" in words(draw(at(-90, 0)), "locator-name")


def test_antipodes_are_on_one_map():
    svg = draw(at(51.35, 34.66), at(-51.35, -145.34, "other"))

    assert len(markers(svg)) == 2
    assert all(0 < x < WIDTH_PX and 0 < y < HEIGHT_PX for x, y in markers(svg))


def test_whole_earth_is_shown_for_places_all_around():
    svg = draw(at(0, 0), at(0, 120, "b"), at(0, -120, "c"))

    assert "180°" in words(svg, "locator-degrees")
    assert len(markers(svg)) == 3


@pytest.mark.parametrize(("lat", "lon"), [(-30, -130), (0, 0), (30, -40), (-45, 80)])
def test_map_of_the_open_sea_is_widened_to_a_coast(lat: float, lon: float):
    assert lines(draw(at(lat, lon)), "land")


@pytest.mark.parametrize(("lat", "lon"), [(65, 100), (-25, 134), (23, 10)])
def test_map_of_the_inland_is_widened_to_a_line(lat: float, lon: float):
    svg = draw(at(lat, lon))

    assert len(lines(svg, "land") + lines(svg, "border")) > 100


def test_identical_positions_share_a_marker():
    svg = draw(*(at(51.35, 34.66, f"frame {i}") for i in range(5)))

    assert len(markers(svg)) == 1
    assert words(svg, "locator-label") == ["frame 0 +4"]


def test_hundred_positions_are_all_drawn():
    points = [at(48 + i % 10 * 0.31, 30 + i // 10 * 0.7, f"file {i}") for i in range(100)]

    svg = draw(*points)

    assert len(markers(svg)) == 100
    assert "88 more positions." in (svg.findtext("desc") or "")
    assert len(draw_map(points, title="Positions").encode()) <= MOST_BYTES


def test_positions_that_are_too_many_are_counted():
    points = [at(40 + i % 20, 10 + i // 20, f"file {i}") for i in range(400)]

    svg = draw(*points)

    assert len(markers(svg)) == MAX_MARKERS
    assert "Not shown: 300 more" in words(svg, "locator-legend")


@pytest.mark.parametrize("lat", [90.1, float("nan"), float("inf"), -1e308])
def test_position_nowhere_on_earth_is_counted(lat: float):
    svg = draw(KURSK, at(lat, 0), at(0, lat * 3))

    assert "Not shown: 2 nowhere on Earth" in words(svg, "locator-legend")


@pytest.mark.parametrize("points", [(), (at(91, 0),)])
def test_without_a_position_there_is_no_map(points: tuple[MapPoint, ...]):
    assert draw_map(points, title="Positions") == ""


def test_same_positions_give_the_same_bytes():
    points = [KURSK, SIDECAR, PLACE, at(35, 139, "Tokyo")]

    first = draw_map(points, title="Positions")
    locator._draw.cache_clear()

    assert draw_map(points, title="Positions") == first


coordinates = st.tuples(
    st.floats(-90, 90), st.floats(-180, 180), st.sampled_from(["file", "sidecar", "case"])
)


@settings(max_examples=25, deadline=None)
@given(st.lists(coordinates, min_size=1, max_size=6), st.text(max_size=40))
def test_any_positions_make_a_small_map_that_holds_them(places, label: str):
    points = [MapPoint(lat, lon, label, kind) for lat, lon, kind in places]

    drawn = draw_map(points, title=label)

    svg = ElementTree.fromstring(drawn)
    shown = [place for kind in ("file", "sidecar", "case") for place in markers(svg, kind)]
    assert shown
    assert all(0 <= x <= WIDTH_PX and 0 <= y <= HEIGHT_PX for x, y in shown)
    assert len(drawn.encode()) <= MOST_BYTES


def test_note_says_what_the_map_is_not():
    for part in ("Natural Earth", "a statement", "no position", "which side of a border"):
        assert part in LOCATOR_NOTE


def test_caption_says_whose_word_it_is_and_how_far_borders_are_off():
    for part in ("says it was", "off by kilometres", "no position"):
        assert part in LOCATOR_CAPTION


def test_borders_are_loaded_only_for_a_map():
    code = (
        "import sys, forensics.report.locator as l, forensics.report.borders as b;"
        "print(b._read.cache_info().currsize);"
        "l.draw_map([l.MapPoint(51, 34, 'x', 'file')], title='x');"
        "print(sorted({'cv2','PIL','av','numpy'} & set(sys.modules)));"
        "print(b._read.cache_info().currsize)"
    )

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.split() == ["0", "[]", "1"]
