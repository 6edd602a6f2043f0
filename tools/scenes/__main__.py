"""Render the plan: ``python -m tools.scenes OUT [--bridge 401] [--only TEXT] [--samples 6]``.

Needs Python 3.13 with bpy 5.2, numpy and opencv-python-headless in an environment of its own.
A picture that is there already is not rendered again, so a run that was stopped goes on.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from tools.scenes.blender import Thing, bpy
from tools.scenes.bridge import build_bridge, clear
from tools.scenes.camera import describe, place_camera
from tools.scenes.happening import Happening, happen
from tools.scenes.land import Shapes, build_land
from tools.scenes.light import Light, set_season
from tools.scenes.materials import make_materials
from tools.scenes.noise import Array
from tools.scenes.passes import (
    Quality,
    code_surface,
    render_happened,
    render_light,
    render_seen,
)
from tools.scenes.plan import BRIDGES, Bridge, Shot, shots
from tools.scenes.sensor import develop
from tools.scenes.site import make_site
from tools.scenes.surface import measure
from tools.scenes.truth import Happened, Seen, happened
from tools.scenes.visitors import add_visitors


class Stage:
    """One bridge in Blender, and the pictures that are taken of it."""

    def __init__(self, bridge: Bridge, out: Path, quality: Quality) -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self.bridge, self.out, self.quality = bridge, out, quality
        self.site = make_site(bridge.seed, kind=bridge.kind, twin=bridge.twin)
        rng = np.random.default_rng(bridge.seed + 1)
        self.land, self.built, self.visitors = (self._collection(n) for n in ("l", "b", "v"))
        self.materials = make_materials(rng)
        self.shapes: Shapes = build_land(self.site, self.materials, self.land, rng)
        self.light = Light()
        self.scratch = Path(tempfile.mkdtemp()) / "pass.exr"

    @property
    def everything(self) -> tuple[Thing, ...]:
        """All that is seen."""
        return self.land, self.built, self.visitors

    def take(self, shot: Shot) -> None:
        """Render a picture, its classes and its soot, and describe it."""
        began = time.monotonic()
        event = self._happening(shot)
        surface = self._build(event)
        codes = code_surface(surface)
        lit = self.light.set(self.site, shot.when, shot.overcast)
        set_season(shot.season, shot.water_phase)
        clear(self.visitors)
        rng = np.random.default_rng(shot.seed + 2)
        add_visitors(
            self.site,
            event,
            shot.vehicles,
            towards_sun=self.light.towards,
            materials=self.materials,
            shapes=self.shapes,
            collection=self.visitors,
            rng=rng,
        )
        camera = place_camera(self.site, shot)
        light = render_light(self.scratch, self.quality)
        seen, soot, away = render_seen(
            self.scratch, self.quality, self.light, self.everything, codes
        )
        picture = develop(light, away, shot.sensor, rng)
        record = self._describe(shot, event, camera, lit) | {"truth": measure(self.site, surface)}
        quality = [cv2.IMWRITE_JPEG_QUALITY, shot.sensor.jpeg_quality]
        self._write(shot, ".jpg", np.ascontiguousarray(picture[..., ::-1]), quality)
        self._write(shot, "_cls.png", seen)
        self._write(shot, "_soot.png", (soot * 255).astype(np.uint8))
        record["seconds"] = round(time.monotonic() - began, 1)
        (self.out / f"{shot.name}.json").write_text(json.dumps(record, indent=1) + "\n")
        print(shot.name, record["seconds"], flush=True)

    def tell(self, shot: Shot) -> None:
        """Render what happened, on the intact bridge seen by the same camera."""
        event = self._happening(shot)
        surface_codes = code_surface(self._surfaces(event))
        clear(self.visitors)
        place_camera(self.site, shot)
        flat = render_happened(
            self.scratch,
            self.quality,
            self.light,
            self.everything,
            site=self.site,
            gap=event.gap,
            codes=surface_codes,
        )
        self._write(shot, "_dmg.png", happened(flat))

    def restore(self) -> None:
        """Build the bridge as if nothing had happened."""
        self._build(Happening())

    def _happening(self, shot: Shot) -> Happening:
        return happen(self.site, shot.state, nulls=shot.nulls, earlier=self.bridge.earlier)

    def _build(self, event: Happening) -> Any:  # Any: the surface, see build_bridge
        return build_bridge(
            self.site,
            event,
            materials=self.materials,
            shapes=self.shapes,
            collection=self.built,
        )

    def _surfaces(self, event: Happening) -> Any:  # Any: as above
        from tools.scenes.surface import paint

        return paint(self.site, event)

    def _describe(
        self, shot: Shot, event: Happening, camera: Thing, lit: dict[str, Any]
    ) -> dict[str, Any]:  # Any: goes into JSON
        gap = event.gap
        size = {"width": self.quality.width, "height": self.quality.height}
        return {
            "scene_seed": self.site.seed,
            "kind": self.site.kind.value,
            "twin": self.site.twin,
            "view": shot.view,
            "away_deg": shot.away_deg,
            "state": shot.state.value,
            "nulls": [null.value for null in shot.nulls],
            "n_spans": self.site.spans,
            "impacts": [asdict(hit) for hit in event.impacts],
            "earlier_impacts": [asdict(hit) for hit in event.earlier],
            "gap_x": None if gap is None else [gap.start, gap.end],
            "camera": describe(camera, self.site, **size),
            "light": lit,
            "season": shot.season,
            "sensor": asdict(shot.sensor),
            "size": list(size.values()),
            "samples": self.quality.samples,
            "classes": {seen.name.lower(): int(seen) for seen in Seen},
            "dmg_values": {str(int(each)): each.name.lower() for each in Happened},
            "pixel_centres": True,
        }

    def _write(self, shot: Shot, end: str, pixels: Array, options: Sequence[int] = ()) -> None:
        if not cv2.imwrite(str(self.out / f"{shot.name}{end}"), pixels, list(options)):
            raise OSError(f"{shot.name}{end} could not be written")

    def _collection(self, name: str) -> Thing:
        made = bpy.data.collections.new(name)
        bpy.context.scene.collection.children.link(made)
        return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Render what of the plan is not there yet."""
    parser = argparse.ArgumentParser(prog="python -m tools.scenes", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--bridge", type=int, action="append", help="only bridges of this number")
    parser.add_argument("--only", default="", help="only pictures whose names contain this")
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--samples", type=int, default=6)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    height = round(options.width * 427 / 640)
    quality = Quality(options.width, height, options.samples, options.threads)
    cv2.setNumThreads(1)
    for bridge in BRIDGES:
        wanted = [shot for shot in shots(bridge) if options.only in shot.name]
        lit = [s for s in wanted if not (options.out / f"{s.name}.json").exists()]
        told = [s for s in wanted if not (options.out / f"{s.name}_dmg.png").exists()]
        if (options.bridge and bridge.seed not in options.bridge) or not lit + told:
            continue
        stage = Stage(bridge, options.out, quality)
        for shot in lit:
            stage.take(shot)
        stage.restore()
        for shot in told:
            stage.tell(shot)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
