"""What everything is made of. Colours are reflectances, linear."""

import numpy as np

from tools.scenes.blender import Nodes, Thing, image, material
from tools.scenes.noise import Array
from tools.scenes.surface import Surface

_PLAIN = {
    "bark": ((0.07, 0.05, 0.035), 0.9),
    "rust": ((0.12, 0.06, 0.035), 0.7),
    "wall": ((0.5, 0.46, 0.4), 0.9),
    "roof0": ((0.22, 0.07, 0.04), 0.8),
    "roof1": ((0.13, 0.13, 0.14), 0.7),
    "glass": ((0.01, 0.012, 0.015), 0.1),
    "tyre": ((0.02, 0.02, 0.02), 0.9),
    "hull": ((0.09, 0.05, 0.04), 0.6),
    "white": ((0.6, 0.6, 0.58), 0.5),
    "cargo": ((0.22, 0.19, 0.14), 0.95),
    "tarp0": ((0.03, 0.09, 0.22), 0.5),
    "tarp1": ((0.05, 0.08, 0.05), 0.6),
    "tarp2": ((0.03, 0.03, 0.033), 0.5),
    "paint0": ((0.55, 0.55, 0.55), 0.25),
    "paint1": ((0.02, 0.02, 0.025), 0.25),
    "paint2": ((0.28, 0.02, 0.02), 0.25),
    "paint3": ((0.04, 0.08, 0.2), 0.25),
    "paint4": ((0.25, 0.26, 0.27), 0.25),
    "paint5": ((0.45, 0.42, 0.34), 0.3),
}
_CONCRETES = {
    "concrete": (0.33, 0.31, 0.28),
    "broken": (0.30, 0.275, 0.235),
    "rail": (0.25, 0.26, 0.27),
    "steel": (0.16, 0.19, 0.18),
}
_LEAVES = (
    ((0.06, 0.105, 0.022), (0.24, 0.13, 0.03)),
    ((0.045, 0.08, 0.022), (0.16, 0.11, 0.04)),
    ((0.105, 0.13, 0.04), (0.2, 0.06, 0.02)),
)


def make_materials(rng: np.random.Generator) -> dict[str, Thing]:
    """Make every material of a site but the deck's."""
    made = {"ground": _ground(), "water": _water(rng)}
    for name, colour in _CONCRETES.items():
        made[name] = _concrete(name, colour)
    for number, (green, dry) in enumerate(_LEAVES):
        made[f"leaf{number}"] = _leaf(f"leaf{number}", green, dry)
    for name, (colour, rough) in _PLAIN.items():
        made[name], nodes = material(name)
        nodes.surface(colour, rough=rough)
    return made


def deck_material(surface: Surface) -> Thing:
    """Make the deck's material from its maps."""
    made, nodes = material("deck")
    at = nodes.node("ShaderNodeUVMap").outputs[0]
    colour = _texture(nodes, at, "road", surface.colour)
    shine = np.stack([surface.roughness, surface.gloss, surface.soot], -1)
    parts = nodes.node("ShaderNodeSeparateColor", {0: _texture(nodes, at, "shine", shine)})
    place = nodes.node("ShaderNodeTexCoord").outputs["Object"]
    grain = nodes.noise(place, 9, detail=5, rough=0.7, low=0, high=1)
    nodes.surface(
        colour,
        rough=parts.outputs[0],
        gloss=parts.outputs[1],
        bump=grain,
        bump_strength=0.25,
        bump_m=0.02,
    )
    return made


def _texture(nodes: Nodes, at: Thing, name: str, pixels: Array) -> Thing:
    return nodes.node("ShaderNodeTexImage", {0: at}, image=image(name, pixels)).outputs[0]


def _value(nodes: Nodes, name: str, value: float) -> Thing:
    """Add a number that the season or the moment changes later, found by its name."""
    made = nodes.node("ShaderNodeValue", name=name)
    made.outputs[0].default_value = value
    return made.outputs[0]


def _ground() -> Thing:
    """Meadow, fields far away, dirt, a track along the bank, reed and mud at the water."""
    made, n = material("ground")
    place = n.node("ShaderNodeTexCoord").outputs["Object"]
    season = _value(n, "season", 0.3)
    big, mid = n.noise(place, 0.012), n.noise(place, 0.09)
    fine = n.noise(place, 0.9, detail=8, rough=0.7)
    tiny = n.noise(place, 6.0, detail=4, rough=0.7, low=0.3, high=0.7)

    def times(value: Thing, factor: float) -> Thing:
        return n.math("MULTIPLY", value, factor)

    colour = n.mix(times(mid, 0.8), (0.075, 0.105, 0.03), (0.035, 0.06, 0.014))
    colour = n.mix(times(big, 0.75), colour, (0.20, 0.175, 0.075))
    cells = n.node("ShaderNodeTexVoronoi", {"Vector": place, "Scale": 0.009, "Randomness": 0.9})
    parts = n.node("ShaderNodeSeparateColor", {0: cells.outputs["Color"]})
    field = n.mix(parts.outputs[0], (0.06, 0.095, 0.022), (0.24, 0.19, 0.085))
    field = n.mix(n.math("GREATER_THAN", parts.outputs[1], 0.7), field, (0.11, 0.08, 0.05))
    away = n.node("ShaderNodeVectorMath", {0: place}, operation="LENGTH").outputs["Value"]
    colour = n.mix(times(n.ramp(away, 75.0, 130.0), 0.75), colour, field)
    colour = n.mix(season, colour, (0.19, 0.155, 0.075))
    colour = n.mix(times(fine, 0.55), colour, n.mix(0.5, colour, (0.02, 0.022, 0.01)))
    colour = n.mix(times(tiny, 0.35), colour, (0.15, 0.13, 0.075))
    dirt = n.noise(place, 0.16, detail=8, rough=0.65, low=0.55, high=0.63)
    colour = n.mix(times(dirt, 0.8), colour, (0.16, 0.12, 0.08))
    at = n.node("ShaderNodeUVMap").outputs[0]
    inland = times(n.node("ShaderNodeSeparateXYZ", {0: at}).outputs[0], 100.0)
    reed = n.ramp(n.math("ADD", inland, times(mid, 6.0)), 16.0, 9.0)
    colour = n.mix(
        times(reed, 0.75), colour, n.mix(fine, (0.035, 0.06, 0.013), (0.085, 0.10, 0.03))
    )
    from_track = n.math("ABSOLUTE", n.math("SUBTRACT", inland, 24.0))
    from_rut = n.math("SUBTRACT", n.math("ADD", from_track, times(tiny, 0.3)), 0.95)
    rut = n.ramp(n.math("ABSOLUTE", from_rut), 0.75, 0.25)
    colour = n.mix(times(rut, 0.8), colour, (0.27, 0.22, 0.15))
    height = n.node("ShaderNodeSeparateXYZ", {0: place}).outputs[2]
    mud = n.ramp(n.math("ADD", height, times(fine, -0.9)), 1.0, 0.1)
    colour = n.mix(mud, colour, (0.15, 0.12, 0.08))
    colour = n.mix(n.ramp(height, 0.35, 0.02), colour, (0.05, 0.04, 0.027))
    relief = n.math("ADD", fine, times(tiny, 0.5))
    n.surface(colour, rough=0.95, gloss=0.15, bump=relief, bump_strength=0.8, bump_m=0.35)
    return made


def _water(rng: np.random.Generator) -> Thing:
    made, n = material("water")
    place = n.node("ShaderNodeTexCoord").outputs["Object"]
    shift = n.node("ShaderNodeCombineXYZ", {1: _value(n, "phase", 0.0)}).outputs[0]
    moved = n.node("ShaderNodeMapping", {0: place, 1: shift, 3: (1.0, 0.55, 1.0)}).outputs[0]
    waves = n.noise(moved, 0.5, detail=3, rough=0.5, low=0, high=1, distortion=0.6)
    ripples = n.noise(moved, 2.6, detail=4, rough=0.6, low=0, high=1, distortion=0.3)
    gusts = n.noise(place, 0.03, detail=3, rough=0.5, low=0.4, high=0.6)
    rippled = n.math("ADD", n.math("MULTIPLY", gusts, 0.35), 0.14)
    relief = n.math("ADD", n.math("MULTIPLY", waves, 0.6), n.math("MULTIPLY", ripples, rippled))
    base = np.array([0.028, 0.036, 0.024]) * rng.uniform(0.7, 1.6)
    base += rng.uniform(0, 0.02) * np.array([1, 0.8, 0.4])  # silt
    dark = (float(base[0]), float(base[1]), float(base[2]))
    light = (1.35 * dark[0], 1.35 * dark[1], 1.35 * dark[2])
    colour = n.mix(n.math("MULTIPLY", gusts, 0.5), dark, light)
    n.surface(colour, rough=0.12, gloss=0.5, bump=relief, bump_m=0.5, ior=1.33)
    return made


def _concrete(name: str, base: tuple[float, float, float]) -> Thing:
    made, n = material(name)
    place = n.node("ShaderNodeTexCoord").outputs["Object"]
    upright = n.node("ShaderNodeMapping", {0: place, 3: (1.0, 1.0, 0.15)}).outputs[0]
    streaks = n.noise(upright, 0.9, rough=0.65, low=0.4, high=0.75)
    grain = n.noise(place, 5, rough=0.7, low=0.3, high=0.7)
    dark, dull = (tuple(v * f for v in base) for f in (0.45, 0.7))
    colour = n.mix(n.math("MULTIPLY", streaks, 0.6), base, dark)
    colour = n.mix(n.math("MULTIPLY", grain, 0.3), colour, dull)
    rough_break = name == "broken"
    strength, depth = (0.9, 0.12) if rough_break else (0.2, 0.01)
    n.surface(colour, rough=0.85, bump=grain, bump_strength=strength, bump_m=depth)
    return made


def _leaf(name: str, green: tuple[float, float, float], dry: tuple[float, float, float]) -> Thing:
    made, n = material(name)
    random = n.node("ShaderNodeObjectInfo").outputs["Random"]
    colour = n.mix(random, green, (2.1 * green[0], 2.1 * green[1], 2.1 * green[2]))
    colour = n.mix(_value(n, "season", 0.0), colour, dry)
    front = n.node("ShaderNodeBsdfDiffuse", {0: colour}).outputs[0]
    through = n.node("ShaderNodeBsdfTranslucent", {0: colour}).outputs[0]
    both = n.node("ShaderNodeMixShader", {0: 0.4, 1: front, 2: through}).outputs[0]
    n.node("ShaderNodeOutputMaterial", {0: both})
    return made
