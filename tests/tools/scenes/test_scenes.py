"""What is true of a rendered scene, as far as it can be checked without Blender."""

import datetime as dt
import sys
from dataclasses import replace

import numpy as np
import pytest

from tools.scenes import plan
from tools.scenes.happening import Happening, Null, State, happen
from tools.scenes.sensor import Sensor, develop
from tools.scenes.site import Kind, Site, make_site, sun_direction
from tools.scenes.surface import SMALLEST_HOLE_M2, map_xy, measure, paint
from tools.scenes.truth import Happened, camera_truth, happened

SHOTS = [shot for bridge in plan.BRIDGES for shot in plan.shots(bridge)]


@pytest.fixture(scope="module")
def site() -> Site:
    return make_site(404)


@pytest.fixture(autouse=True)
def _short_approaches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paint little of the roads beyond the bridge: most of the time goes into them."""
    monkeypatch.setattr("tools.scenes.surface.APPROACH_M", 20.0)


def test_planning_needs_no_blender() -> None:
    assert "bpy" not in sys.modules


def test_every_null_and_state_is_planned_once_at_least_and_names_differ() -> None:
    nulls = {null for shot in SHOTS for null in shot.nulls}

    names = {shot.name for shot in SHOTS}

    assert nulls == set(Null)
    assert {shot.state for shot in SHOTS} == set(State)
    assert len(names) == len(SHOTS) == 328


def test_same_plan_is_made_again() -> None:
    assert plan.shots(plan.BRIDGES[0]) == plan.shots(plan.BRIDGES[0])


@pytest.mark.parametrize("null", [(), (Null.WET,), (Null.REPAVED,)])
def test_null_leaves_no_damage_in_the_truth(site: Site, null: tuple[Null, ...]) -> None:
    surface = paint(site, happen(site, State.INTACT, nulls=null, earlier=True))

    measured = measure(site, surface)

    assert measured["damaged_deck_fraction"] == 0
    assert (surface.earlier_soot > 0.35).any()


def test_wet_and_repaved_decks_look_different(site: Site) -> None:
    dry = paint(site, Happening())

    changed = [paint(site, Happening(nulls=(n,))).colour for n in (Null.WET, Null.REPAVED)]

    for colour in changed:
        darker = (colour < 0.7 * dry.colour).all(-1)
        assert 0.005 < darker.mean() < 0.9


def test_gap_ends_where_the_mesh_is_cut(site: Site) -> None:
    event = happen(site, State.COLLAPSED)
    x, y = map_xy(site)
    assert event.gap is not None

    missing = paint(site, event).missing

    for row in (0, len(x) // 2, len(x) - 1):
        first, last = (
            float(event.gap.edge_x(y[row, :1], site.width_m, last=end)[0]) for end in (False, True)
        )
        assert x[row][missing[row]].min() == pytest.approx(first, abs=0.07)
        assert x[row][missing[row]].max() == pytest.approx(last, abs=0.07)
    assert event.gap.ragged[0].std() > 0.1


def test_holes_leave_both_edges_and_are_no_specks(site: Site) -> None:
    surface = paint(site, happen(site, State.HOLED))

    measured = measure(site, surface)

    assert not surface.hole[:8].any()
    assert not surface.hole[-8:].any()
    assert measured["n_holes"] >= 1
    assert measured["hole_area_m2"] >= SMALLEST_HOLE_M2 * measured["n_holes"]
    assert not (surface.soot[surface.hole] > 0).any()


def test_soot_is_black_and_without_gloss(site: Site) -> None:
    surface = paint(site, happen(site, State.SCORCHED))

    black = surface.soot > 0.95

    assert black.any()
    assert np.median(surface.colour[black]) < 0.02
    assert surface.gloss[black].max() < 0.05


@pytest.mark.parametrize("kind", Kind)
def test_river_runs_under_the_bridge_and_the_road_meets_the_ground(kind: Kind) -> None:
    site = make_site(7, kind=kind)

    middle = site.ground_z(site.river_x(0.0), 0.0)
    beside_road = site.ground_z(site.length_m / 2 + 60, 0.0)

    assert middle < 0
    assert beside_road == pytest.approx(site.road_z(site.length_m / 2 + 60), abs=1.0)


def test_sun_stands_where_the_almanac_says() -> None:
    greenwich = replace(make_site(1), latitude=51.4779, longitude=0.0)

    azimuth, height = sun_direction(greenwich, dt.datetime(2024, 6, 20, 12, tzinfo=dt.UTC))

    assert azimuth == pytest.approx(179.0, abs=1.0)  # 12:01:50 is noon
    assert height == pytest.approx(61.96, abs=0.1)


def test_deck_point_below_the_camera_is_in_the_middle_of_the_frame() -> None:
    world = np.eye(4)
    world[:3, 3] = (5.0, -2.0, 60.0)

    camera = camera_truth(world, lens_mm=24, width=640, height=427, deck_z_m=10.0)

    points = np.array([[5.0, -2.0, 1], [6.0, -2.0, 1], [5.0, -1.0, 1]]).T
    seen = np.array(camera["H_deck_to_image"]) @ points
    x, y = seen[:2] / seen[2]
    assert (x[0], y[0]) == pytest.approx((319.5, 213.0))
    metre = 24 / 36 * 640 / 50
    assert x[1] - x[0] == pytest.approx(metre)
    assert y[2] - y[0] == pytest.approx(-metre)


def test_damage_pass_is_read_as_classes() -> None:
    flat = np.array(
        [[0, 0, 0], [1, 0, 0], [1.8, 0, 0], [1.8, 1, 0], [1, 0, 1], [0.5, 0, 0], [0.5, 0, 1],
         [3.8, 0, 0], [3.1, 0, 0]]
    )[None]  # fmt: skip

    read = happened(flat)[0].tolist()

    assert read == [*range(8), Happened.UNDAMAGED]


@pytest.mark.parametrize("light", [0.0, 0.2, 50.0])
def test_flat_light_is_developed_without_complaint(light: float) -> None:
    lit, away = np.full((8, 8, 3), light), np.full((8, 8), 100.0)

    picture = develop(lit + 1e-3, away, Sensor(), np.random.default_rng(1))

    assert picture.dtype == np.uint8
    assert np.ptp(picture.astype(int)) < 40
