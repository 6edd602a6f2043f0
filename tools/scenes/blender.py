"""The little that is needed of Blender: meshes from arrays, objects with a class, shader nodes.

The only door to ``bpy``: it ships no types, so that its objects are `Any` everywhere.
"""

from collections.abc import Sequence
from typing import Any

import bpy  # type: ignore[import-not-found,unused-ignore]  # GPL: never a dependency
import numpy as np
from mathutils import Euler, Matrix, Vector  # type: ignore[import-not-found,unused-ignore]  # same

from tools.scenes.noise import Array
from tools.scenes.truth import Seen

__all__ = ["Boxes", "Euler", "Matrix", "Nodes", "Vector", "add", "bpy", "image", "material", "mesh"]

Thing = Any
"""A Blender object, mesh, material, socket or collection: without types, see above."""
_BOX_FACES = np.array(
    [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
)


class Boxes:
    """Boxes and beams that become one mesh."""

    def __init__(self) -> None:
        self.corners: list[Array] = []

    def box(self, x: tuple[float, float], y: tuple[float, float], z: tuple[float, float]) -> None:
        """Add an upright box."""
        self.corners.append(np.array([[a, b, c] for a in x for b in y for c in z], float))

    def moved(
        self, x: tuple[float, float], y: tuple[float, float], z: tuple[float, float], matrix: Thing
    ) -> None:
        """Add a box in a frame of its own."""
        self.box(x, y, z)
        frame = np.array(matrix)
        self.corners[-1] = self.corners[-1] @ frame[:3, :3].T + frame[:3, 3]

    def beam(self, start: Sequence[float], end: Sequence[float], thick: float) -> None:
        """Add a square beam between two points."""
        a, b = np.array(start, float), np.array(end, float)
        along = (b - a) / max(float(np.linalg.norm(b - a)), 1e-6)
        aside = np.cross(along, [0.0, 1.0, 0.0] if abs(along[1]) < 0.9 else [1.0, 0.0, 0.0])
        aside *= thick / 2 / np.linalg.norm(aside)
        up = np.cross(along, aside)
        self.corners.append(
            np.array([p + s * aside + t * up for p in (a, b) for s in (-1, 1) for t in (-1, 1)])
        )

    def mesh(self, name: str) -> Thing:
        """Make the mesh."""
        faces = [_BOX_FACES + 8 * k for k in range(len(self.corners))]
        return mesh(name, np.concatenate(self.corners), np.concatenate(faces))


def mesh(
    name: str,
    vertices: Any,  # Any: whatever numpy makes an array of
    faces: Any,  # Any: as above
    *,
    materials: Array | None = None,
    uv: Array | None = None,
    smooth: bool = False,
) -> Thing:
    """Make a mesh of faces that all have the same number of corners."""
    made = bpy.data.meshes.new(name)
    corners = np.asarray(vertices, np.float32)
    polygons = np.asarray(faces, np.int32)
    count, sides = polygons.shape
    made.vertices.add(len(corners))
    made.vertices.foreach_set("co", corners.ravel())
    made.loops.add(count * sides)
    made.loops.foreach_set("vertex_index", polygons.ravel())
    made.polygons.add(count)
    made.polygons.foreach_set("loop_start", np.arange(0, count * sides, sides, dtype=np.int32))
    if uv is not None:
        layer = made.uv_layers.new(name="UV")
        layer.data.foreach_set("uv", np.asarray(uv, np.float32)[polygons.ravel()].ravel())
    made.update(calc_edges=True)
    if materials is not None:
        made.polygons.foreach_set("material_index", np.asarray(materials, np.int32))
    made.polygons.foreach_set("use_smooth", np.full(count, smooth, bool))
    made.validate()
    return made


def add(
    collection: Thing, shape: Thing, materials: Sequence[Thing], seen: Seen, matrix: Thing = None
) -> Thing:
    """Put a mesh into the scene; `seen` is the class that its pixels get."""
    made = bpy.data.objects.new(shape.name, shape)
    collection.objects.link(made)
    for each in materials[len(shape.materials) :]:
        shape.materials.append(each)
    made["cls"] = int(seen)
    if matrix is not None:
        made.matrix_world = matrix
    return made


def image(name: str, pixels: Array) -> Thing:
    """Keep an array (H, W) or (H, W, 3) as a texture; it is taken for linear."""
    height, width = pixels.shape[:2]
    made = bpy.data.images.new(name, width, height, float_buffer=True)
    made.colorspace_settings.name = "Non-Color"
    full = np.ones((height, width, 4), np.float32)
    full[..., :3] = pixels if pixels.ndim == 3 else pixels[..., None]
    made.pixels.foreach_set(full.ravel())
    made.update()
    return made


class Nodes:
    """A shader tree, written as expressions."""

    def __init__(self, tree: Thing) -> None:
        self.tree = tree
        tree.nodes.clear()

    def node(self, kind: str, inputs: dict[Any, Any] | None = None, **options: Any) -> Thing:
        """Add a node; inputs (by name or number) are values or other nodes' outputs.

        Any: sockets take numbers, tuples, or links.
        """
        made = self.tree.nodes.new(kind)
        for key, value in options.items():
            setattr(made, key, value)
        for key, value in (inputs or {}).items():
            self._put(made.inputs[key], value)
        return made

    def _put(self, socket: Thing, value: Thing) -> None:
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        else:
            socket.default_value = value

    def math(self, operation: str, a: Thing, b: Thing = 0.0) -> Thing:
        """Compute with two numbers."""
        return self.node("ShaderNodeMath", {0: a, 1: b}, operation=operation).outputs[0]

    def ramp(self, value: Thing, low: float, high: float) -> Thing:
        """Map `low` to `high` onto 0 to 1, clamped."""
        return self.node("ShaderNodeMapRange", {0: value, 1: low, 2: high}).outputs[0]

    def mix(self, factor: Thing, a: Thing, b: Thing) -> Thing:
        """Go from colour `a` to colour `b`."""
        made = self.node("ShaderNodeMix", data_type="RGBA")
        for slot, value in ((0, factor), (6, a), (7, b)):
            colour = isinstance(value, tuple) and len(value) == 3
            self._put(made.inputs[slot], (*value, 1.0) if colour else value)
        return made.outputs[2]

    def noise(
        self,
        place: Thing,
        scale: float,
        *,
        detail: float = 6,
        rough: float = 0.55,
        low: float = 0.35,
        high: float = 0.65,
        distortion: float = 0.0,
    ) -> Thing:
        """Give fractal noise, stretched so that `low` to `high` becomes 0 to 1."""
        inputs = {"Vector": place, "Scale": scale, "Detail": detail, "Roughness": rough}
        inputs["Distortion"] = distortion
        return self.ramp(self.node("ShaderNodeTexNoise", inputs).outputs[0], low, high)

    def emit(self, red: Thing, green: Thing, blue: Thing) -> None:
        """Show three numbers as they are, in whatever light."""
        joined = self.node("ShaderNodeCombineXYZ", {0: red, 1: green, 2: blue}).outputs[0]
        lit = self.node("ShaderNodeEmission", {0: joined}).outputs[0]
        self.node("ShaderNodeOutputMaterial", {0: lit})

    def surface(
        self,
        colour: Thing,
        *,
        rough: Thing = 0.9,
        gloss: Thing = 0.3,
        bump: Thing = None,
        bump_strength: float = 0.4,
        bump_m: float = 0.05,
        ior: float = 1.5,
    ) -> None:
        """End the tree in a surface of one colour, roughness and gloss."""
        inputs = {
            "Base Color": (*colour, 1.0) if isinstance(colour, tuple) else colour,
            "Roughness": rough,
            "Specular IOR Level": gloss,
            "IOR": ior,
        }
        if bump is not None:
            heights = {"Height": bump, "Strength": bump_strength, "Distance": bump_m}
            inputs["Normal"] = self.node("ShaderNodeBump", heights).outputs[0]
        lit = self.node("ShaderNodeBsdfPrincipled", inputs).outputs[0]
        self.node("ShaderNodeOutputMaterial", {0: lit})


def material(name: str) -> tuple[Thing, Nodes]:
    """Make a material and the tree that it is written in."""
    made = bpy.data.materials.new(name)
    return made, Nodes(made.node_tree)
