"""Render light, and render truth: the same geometry in flat colours, one exact ray a pixel."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tools.scenes.blender import Nodes, Thing, bpy, image, material
from tools.scenes.happening import Break
from tools.scenes.light import Light
from tools.scenes.noise import Array
from tools.scenes.site import Site
from tools.scenes.surface import Surface
from tools.scenes.truth import Seen

_EARLIER_OFFSET = 3.0  # see truth.happened
_FAR_AWAY = 1e6


@dataclass(frozen=True)
class Quality:
    """How much work a picture is worth."""

    width: int = 640
    height: int = 427
    samples: int = 6
    threads: int = 1


def code_surface(surface: Surface) -> Array:
    """Write what is true of the deck into a texture: see `truth.happened`."""
    earlier = surface.earlier_soot > surface.soot
    soot = np.where(earlier, _EARLIER_OFFSET + surface.earlier_soot, 1 + surface.soot)
    return np.stack([soot, surface.hole, surface.missing], -1).astype(np.float16)


def render_light(path: Path, quality: Quality) -> Array:
    """Render (H, W, 3) scene-linear light."""
    return _render(path, quality, flat=False)


def render_seen(
    path: Path, quality: Quality, light: Light, collections: tuple[Thing, ...], codes: Array
) -> tuple[Array, Array, Array]:
    """Render what every pixel shows: the class, soot on the deck (0-1), metres to the camera."""
    texture = image("codes", codes.astype(np.float32))

    def deck(nodes: Nodes) -> None:
        red = nodes.node("ShaderNodeSeparateXYZ", {0: _codes(nodes, texture)}).outputs[0]
        nodes.emit(float(Seen.DECK), red, _distance(nodes))

    def other(thing: Thing) -> tuple[str, Callable[[Nodes], None]]:
        seen = float(thing["cls"])
        return f"seen{seen}", lambda nodes: nodes.emit(seen, 0.0, _distance(nodes))

    flat = _flat(path, quality, light, collections, deck, other)
    bpy.data.images.remove(texture)
    seen = np.rint(flat[..., 0]).astype(np.uint8)
    red = flat[..., 1]
    soot = np.where(red > _EARLIER_OFFSET - 0.1, red - _EARLIER_OFFSET, red - 1)
    return seen, np.where(seen == Seen.DECK, np.clip(soot, 0, 1), 0), flat[..., 2]


def render_happened(
    path: Path,
    quality: Quality,
    light: Light,
    collections: tuple[Thing, ...],
    *,
    site: Site,
    gap: Break | None,
    codes: Array,
) -> Array:
    """Render the intact bridge in the colours of what happened to it: see `truth.happened`."""
    texture = image("codes", codes.astype(np.float32))
    start, end = (gap.start, gap.end) if gap is not None else (_FAR_AWAY, _FAR_AWAY)

    def deck(nodes: Nodes) -> None:
        lit = nodes.node("ShaderNodeEmission", {0: _codes(nodes, texture)}).outputs[0]
        nodes.node("ShaderNodeOutputMaterial", {0: lit})

    def structure(nodes: Nodes) -> None:
        place = nodes.node("ShaderNodeNewGeometry").outputs["Position"]
        parts = nodes.node("ShaderNodeSeparateXYZ", {0: place}).outputs
        inside = nodes.math("GREATER_THAN", parts[0], start)
        inside = nodes.math("MULTIPLY", inside, nodes.math("LESS_THAN", parts[0], end))
        own = nodes.math("LESS_THAN", parts[1], site.width_m / 2 + 2)  # not the twin's
        nodes.emit(0.5, 0.0, nodes.math("MULTIPLY", inside, own))

    def other(thing: Thing) -> tuple[str, Callable[[Nodes], None]]:
        if int(thing["cls"]) == Seen.STRUCTURE:
            return "structure", structure
        return "nothing", lambda nodes: nodes.emit(0.0, 0.0, 0.0)

    flat = _flat(path, quality, light, collections, deck, other)
    bpy.data.images.remove(texture)
    return flat


def _codes(nodes: Nodes, texture: Thing) -> Thing:
    at = nodes.node("ShaderNodeUVMap").outputs[0]
    sampled = nodes.node("ShaderNodeTexImage", {0: at}, image=texture, interpolation="Closest")
    return sampled.outputs[0]


def _distance(nodes: Nodes) -> Thing:
    return nodes.node("ShaderNodeCameraData").outputs["View Distance"]


def _flat(
    path: Path,
    quality: Quality,
    light: Light,
    collections: tuple[Thing, ...],
    deck: Callable[[Nodes], None],
    other: Callable[[Thing], tuple[str, Callable[[Nodes], None]]],
) -> Array:
    """Swap every material for a flat one, render without light, and swap back."""
    made: dict[str, Thing] = {}

    def flat_material(key: str, build: Callable[[Nodes], None]) -> Thing:
        if key not in made:
            made[key], nodes = material(f"flat {key}")
            build(nodes)
        return made[key]

    saved: list[tuple[Thing, int, Thing]] = []
    done: set[str] = set()
    for thing in (each for collection in collections for each in collection.objects):
        if thing.data.name in done:
            continue
        done.add(thing.data.name)
        for slot, real in enumerate(list(thing.data.materials)):
            saved.append((thing.data, slot, real))
            # The road is the first material of a deck; its sides and breaks are structure.
            key, build = ("deck", deck) if thing.get("deck") and slot == 0 else other(thing)
            if thing.get("deck") and slot > 0:
                key, build = other(_Structure())
            thing.data.materials[slot] = flat_material(key, build)
    strength = light.back.inputs[1].default_value
    light.back.inputs[1].default_value = 0.0
    light.sun.hide_render = True
    try:
        return _render(path, quality, flat=True)
    finally:
        light.sun.hide_render = False
        light.back.inputs[1].default_value = strength
        for shape, slot, real in saved:
            shape.materials[slot] = real
        for each in made.values():
            bpy.data.materials.remove(each)


class _Structure:
    """Stands for the sides of a deck, which have the class of its girders."""

    def __getitem__(self, key: str) -> int:
        return int(Seen.STRUCTURE)


def _render(path: Path, quality: Quality, *, flat: bool) -> Array:
    scene = bpy.context.scene
    render, cycles = scene.render, scene.cycles
    render.engine, cycles.device = "CYCLES", "CPU"
    render.threads_mode, render.threads = "FIXED", quality.threads
    render.resolution_x, render.resolution_y = quality.width, quality.height
    render.resolution_percentage, render.film_transparent = 100, False
    render.dither_intensity = 0
    cycles.samples = 1 if flat else quality.samples
    cycles.seed = 0
    cycles.use_denoising = not flat
    cycles.use_adaptive_sampling, cycles.adaptive_threshold = not flat, 0.03
    cycles.pixel_filter_type = "BOX" if flat else "BLACKMAN_HARRIS"
    cycles.filter_width = 0.01 if flat else 1.4
    if not flat:
        cycles.denoiser = "OPENIMAGEDENOISE"
        cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
        cycles.denoising_prefilter = "FAST"
    cycles.max_bounces = 0 if flat else 4
    cycles.diffuse_bounces = cycles.glossy_bounces = 0 if flat else 2
    cycles.transmission_bounces = 0 if flat else 1
    cycles.transparent_max_bounces = 4
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 6
    kept = render.image_settings
    kept.file_format, kept.color_mode = "OPEN_EXR", "RGB"
    kept.color_depth = "32" if flat else "16"
    kept.exr_codec = "ZIP"
    render.filepath, render.use_file_extension = str(path), False
    bpy.ops.render.render(write_still=True)
    loaded = bpy.data.images.load(str(path))
    if flat:
        loaded.colorspace_settings.name = "Non-Color"
    pixels = np.empty(quality.width * quality.height * 4, np.float32)
    loaded.pixels.foreach_get(pixels)
    bpy.data.images.remove(loaded)
    path.unlink()
    full = pixels.reshape(quality.height, quality.width, 4)
    return np.ascontiguousarray(full[::-1, :, :3])
