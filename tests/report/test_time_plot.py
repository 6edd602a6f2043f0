"""The plot of stretches of a clip against known footage."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.model.match import Segment
from forensics.report.time_plot import HEIGHT_PX, WIDTH_PX, draw_time_plot, ticks

seconds = st.floats(0, 1e5, allow_nan=False)
spans = st.tuples(seconds, seconds).map(lambda pair: tuple(sorted(pair)))


@given(st.lists(st.builds(Segment, spans, spans, st.none(), st.none(), st.booleans()), max_size=6))
def test_lines_stay_inside_the_plot(segments):
    drawn = draw_time_plot(segments)

    for path in re.findall(r'line" d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"', drawn):
        x0, y0, x1, y1 = map(float, path)
        assert 0 <= x0 <= x1 <= WIDTH_PX
        assert 0 <= min(y0, y1) <= max(y0, y1) <= HEIGHT_PX


def test_stretch_that_plays_backwards_falls():
    drawn = draw_time_plot([Segment((0.0, 4.0), (2.0, 6.0), 1.0, False, True)], query_s=8.0)

    (path,) = re.findall(r'line" d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"', drawn)
    assert float(path[3]) > float(path[1])
    ElementTree.fromstring(drawn)


def test_moments_of_stills_are_not_plotted():
    assert draw_time_plot([Segment((0.0, 0.0), (3.0, 3.0), None, None, None)]) == ""


@pytest.mark.parametrize("end", [0.1, 0.7, 1.0, 9.99, 61.0, 3600.0])
def test_ticks_are_few_and_reach_near_the_end(end):
    chosen = ticks(end)

    assert 2 <= len(chosen) <= 7
    assert end / 2 <= chosen[-1] <= end * (1 + 1e-9)
