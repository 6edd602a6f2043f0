"""Sun, sky, season and the moment of the water."""

import datetime as dt
import math

from tools.scenes.blender import Nodes, Thing, Vector, bpy
from tools.scenes.site import Site, sun_direction

_SUN_DIAMETER_DEG = 0.53
_OPTICAL_DEPTH = 0.16  # of a clear sky, at the zenith


class Light:
    """The lamps of a scene; `set` turns them to a time."""

    def __init__(self) -> None:
        world = bpy.data.worlds.new("world")
        bpy.context.scene.world = world
        nodes = Nodes(world.node_tree)
        self.sky = nodes.node("ShaderNodeTexSky", sky_type="SINGLE_SCATTERING", sun_disc=False)
        self.back = nodes.node("ShaderNodeBackground", {0: self.sky.outputs[0], 1: 0.2})
        nodes.node("ShaderNodeOutputWorld", {0: self.back.outputs[0]})
        lamp = bpy.data.lights.new("sun", "SUN")
        self.sun = bpy.data.objects.new("sun", lamp)
        bpy.context.scene.collection.objects.link(self.sun)
        self.towards: Thing = Vector((0, 0, 1))

    def set(self, site: Site, when: dt.datetime, overcast: float) -> dict[str, float | str]:
        """Turn the sun to where it stood, and say where."""
        azimuth, height = sun_direction(site, when)
        turn, rise = math.radians(site.axis_azimuth_deg - azimuth), math.radians(height)
        flat = math.cos(rise)
        towards = Vector((flat * math.cos(turn), flat * math.sin(turn), math.sin(rise)))
        self.towards = towards
        self.sun.rotation_euler = towards.to_track_quat("Z", "Y").to_euler()
        passed = math.exp(-_OPTICAL_DEPTH / max(0.05, math.sin(rise)))
        lamp = self.sun.data
        lamp.energy = 5.2 * passed * (1 - overcast)
        lamp.color = (1.0, 0.96 * passed**0.15, 0.9 * passed**0.45)
        lamp.angle = math.radians(_SUN_DIAMETER_DEG + 25 * overcast)
        self.sky.sun_elevation = math.radians(max(height, 1))
        self.sky.sun_rotation = math.radians(90) - math.atan2(towards.y, towards.x)
        self.sky.aerosol_density = 1.5
        self.back.inputs[1].default_value = 0.17 * (1 + 0.8 * overcast)
        return {
            "sun_azimuth_deg": azimuth,
            "sun_elevation_deg": height,
            "utc": when.isoformat(),
            "lat": site.latitude,
            "lon": site.longitude,
            "bridge_axis_azimuth_deg": site.axis_azimuth_deg,
            "overcast": overcast,
        }


def set_season(season: float, water_phase: float) -> None:
    """Set the numbers that materials left open."""
    for each in bpy.data.materials:
        for node in each.node_tree.nodes:
            if node.name == "season":
                node.outputs[0].default_value = season * (0.9 if "leaf" in each.name else 1.0)
            elif node.name == "phase":
                node.outputs[0].default_value = water_phase
