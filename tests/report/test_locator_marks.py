"""Markers, their legend and their words."""

from forensics.report.locator_labels import Room
from forensics.report.locator_marks import (
    MAX_LABELS,
    MapPoint,
    draw_legend,
    gather,
    place_labels,
    position_in_words,
    tell,
)
from forensics.report.locator_view import choose_view

VIEW = choose_view([(51.35, 34.66)], shows_enough=lambda view: True)
FILE = MapPoint(51.35, 34.66, "EXIF", "file")


def test_kinds_at_one_place_keep_their_markers():
    other = MapPoint(51.35, 34.66, "a.xmp", "sidecar")

    assert [marker.kind for marker in gather([FILE, other], VIEW)] == ["file", "sidecar"]


def test_long_label_is_cut():
    (marker,) = gather([MapPoint(51.35, 34.66, "x" * 5000, "file")], VIEW)

    assert marker.label == "x" * 25 + "…"


def test_labels_end_at_a_number():
    points = [MapPoint(50.8 + i * 0.05, 33 + i * 0.15, f"f{i}", "file") for i in range(20)]

    labels, _ = place_labels(gather(points, VIEW), Room())

    assert len(labels) == MAX_LABELS


def test_marker_without_a_label_has_none():
    labels, leaders = place_labels(gather([MapPoint(51.35, 34.66, "", "file")], VIEW), Room())

    assert labels == ()
    assert leaders == ""


def test_label_further_away_has_a_line_to_its_marker():
    (marker,) = gather([FILE], VIEW)
    x, y = marker.at

    labels, leaders = place_labels([marker], Room([(x - 60, y - 20, x + 60, y + 20)]))

    assert len(labels) == 1
    assert f"M{x:.1f} {y:.1f}L" in leaders


def test_legend_is_higher_when_something_is_missing():
    markers = gather([FILE], VIEW)

    whole = draw_legend(markers, left_out=0, nowhere=0)
    lacking = draw_legend(markers, left_out=3, nowhere=1)

    assert lacking.height_px > whole.height_px
    assert "Not shown: 3 more, 1 nowhere on Earth" in lacking.drawn


def test_words_name_hemispheres():
    assert position_in_words(-0.5, -120) == "0.5° S, 120° W"
    assert position_in_words(0, 0) == "0° N, 0° E"
    assert position_in_words(51.123456789, 34.1) == "51.12346° N, 34.1° E"


def test_words_are_escaped_once():
    told = tell([MapPoint(1, 2, "<b>\u202e", "case")], nowhere=1)

    assert told == (
        "1° N, 2° E, place of the case (&lt;b&gt;⟨U+202E⟩). 1 position nowhere on Earth."
    )
