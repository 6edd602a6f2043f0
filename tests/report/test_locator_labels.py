"""Room for words on the map."""

import pytest

from forensics.report.locator_labels import (
    Room,
    label_beside,
    text_width,
)
from forensics.report.locator_view import HEIGHT_PX, WIDTH_PX


def test_taken_room_is_taken_once():
    room = Room()

    assert room.take((10, 10, 50, 20))
    assert not room.take((40, 15, 80, 25))
    assert room.take((50, 10, 80, 20))


@pytest.mark.parametrize("rect", [(-5, 10, 20, 20), (400, 10, 425, 20), (10, 270, 20, 290)])
def test_room_ends_at_the_frame(rect: tuple[float, float, float, float]):
    assert not Room().take(rect)


def test_label_stands_right_of_its_marker():
    label = label_beside(Room(), (100, 100), "EXIF", 12)

    assert label is not None
    assert (label.x, label.anchor) == (110, "start")


def test_label_near_the_right_edge_stands_left():
    label = label_beside(Room(), (WIDTH_PX - 10, 100), "EXIF", 12)

    assert label is not None
    assert (label.x, label.anchor) == (WIDTH_PX - 20, "end")


def test_label_without_room_is_left_out():
    assert label_beside(Room([(0, 0, WIDTH_PX, HEIGHT_PX)]), (100, 100), "EXIF", 12) is None


def test_wide_letters_are_counted_as_wide():
    assert text_width("日本", 10) > text_width("il", 10)
    assert text_width("a\u0301", 10) == text_width("a", 10)
