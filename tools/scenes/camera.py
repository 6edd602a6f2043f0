"""Where the camera stands: from a drone, obliquely or straight down, and once more later."""

import math

import numpy as np

from tools.scenes.blender import Euler, Matrix, Thing, Vector, bpy
from tools.scenes.noise import Array
from tools.scenes.plan import Shot
from tools.scenes.site import Site
from tools.scenes.truth import camera_truth

_SENSOR_MM = 36.0
_LENS_MM = {"oblique": 26.0, "nadir": 24.0}
_VIEW_SEED = {"oblique": 22, "nadir": 21}
_RETURN_M, _RETURN_DEG, _RETURN_ZOOM = (1.0, 4.0), 3.0, 0.05
_FAR_M = 6000.0


def place_camera(site: Site, shot: Shot) -> Thing:
    """Put a camera where a shot is taken from.

    Every shot of one view starts from the same place; a later one is carried around what is
    looked at by its angle, and has the small errors of a second flight.
    """
    scene = bpy.context.scene
    if scene.camera is not None:
        bpy.data.objects.remove(scene.camera)
    lens = bpy.data.cameras.new("camera")
    camera = bpy.data.objects.new("camera", lens)
    scene.collection.objects.link(camera)
    scene.camera = camera
    lens.clip_end, lens.sensor_width, lens.sensor_fit = _FAR_M, _SENSOR_MM, "HORIZONTAL"
    lens.lens = _LENS_MM[shot.view]
    rng = np.random.default_rng(site.seed * 100 + _VIEW_SEED[shot.view])
    target = Vector(
        (
            float(rng.uniform(-0.08, 0.08)) * site.length_m,
            float(rng.uniform(-3, 3)),
            site.deck_z_m - 1,
        )
    )
    matrix = (_nadir if shot.view == "nadir" else _oblique)(site, target, rng)
    if shot.away_deg is not None:
        again = np.random.default_rng(shot.seed + 1)
        way = math.radians(shot.away_deg) * float(again.choice([-1, 1]))
        axis = "Z" if shot.view == "oblique" else ("X", "Y")[int(again.integers(2))]
        around = Matrix.Translation(target) @ Matrix.Rotation(way, 4, axis)
        matrix = around @ Matrix.Translation(-target) @ matrix
        drift = again.normal(size=3)
        drift *= again.uniform(*_RETURN_M) / np.linalg.norm(drift)
        turns = [math.radians(float(d)) for d in again.uniform(-_RETURN_DEG, _RETURN_DEG, 3)]
        matrix = Matrix.Translation(Vector(drift)) @ matrix @ Euler(turns).to_matrix().to_4x4()
        lens.lens *= float(again.uniform(1 - _RETURN_ZOOM, 1 + _RETURN_ZOOM))
    camera.matrix_world = matrix
    bpy.context.view_layer.update()
    return camera


def describe(camera: Thing, site: Site, *, width: int, height: int) -> dict[str, object]:
    """Give the camera's matrices."""
    world: Array = np.array(camera.matrix_world)
    return camera_truth(
        world, lens_mm=camera.data.lens, width=width, height=height, deck_z_m=site.deck_z_m
    )


def _nadir(site: Site, target: Thing, rng: np.random.Generator) -> Thing:
    above = site.length_m * float(rng.uniform(0.62, 0.82))
    place = Matrix.Translation((target.x, target.y, site.deck_z_m + above))
    yaw = Matrix.Rotation(float(rng.uniform(-0.6, 0.6)), 4, "Z")
    tilt = Euler((float(rng.uniform(-0.06, 0.06)), float(rng.uniform(-0.06, 0.06)), 0))
    return place @ yaw @ tilt.to_matrix().to_4x4()


def _oblique(site: Site, target: Thing, rng: np.random.Generator) -> Thing:
    away = site.length_m * float(rng.uniform(0.75, 1.05))
    height = math.radians(rng.uniform(24, 46))
    turn = math.radians(rng.choice([-1, 1]) * rng.uniform(35, 110))
    flat = math.cos(height)
    towards = Vector((math.cos(turn) * flat, math.sin(turn) * flat, math.sin(height)))
    looks = towards.to_track_quat("Z", "Y").to_matrix().to_4x4()
    return Matrix.Translation(target + towards * away) @ looks
