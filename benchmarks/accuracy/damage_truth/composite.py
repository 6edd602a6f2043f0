"""Pairs from photographs: the photograph, and itself with damage or a null put on it.

The second source of truth beside the rendered scenes. It shares no code with them; its texture,
light, noise and compression are a real camera's. What it cannot give: parallax, other sun, other
season (see `augment` for a moved camera), and nothing falls down.
"""

import zlib
from collections.abc import Callable, Iterator

import cv2
import numpy as np
from accuracy.damage_truth import damage, nulls
from accuracy.damage_truth.canvas import Canvas, to_pixels
from accuracy.damage_truth.pair import Photo, Pixels, TruthPair

Change = Callable[[Canvas], None]

DAMAGE: dict[str, Change] = {
    "scorch": damage.scorch,
    "hole": damage.hole,
    "missing": damage.missing,
}
NULLS: dict[str, Change] = {
    "nothing": nulls.nothing,
    "tree_shadow": nulls.tree_shadow,
    "truss_shadow": nulls.truss_shadow,
    "vehicles": nulls.vehicles,
    "wet": nulls.wet,
    "repaved": nulls.repaved,
    "tarpaulin": nulls.tarpaulin,
    "haze": nulls.haze,
    "cloud": nulls.cloud,
    "cloud_shadow": nulls.cloud_shadow,
    "exposure": nulls.exposure,
    "recompressed": nulls.recompressed,
}
_QUALITIES = (60, 92)


def composite(photo: Photo, change: str, seed: int) -> TruthPair:
    """Put one change on a photograph.

    Parameters
    ----------
    photo : Photo
        See `load_photos`.
    change : str
        A key of `DAMAGE` or `NULLS`.
    seed : int
        Which of the ways to do it; the same seed gives the same bytes.

    Returns
    -------
    TruthPair
        Of equal frames: ``after_to_before`` is the identity.
    """
    name = f"{photo.name} {change} {seed}"
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    canvas = Canvas(photo, rng)
    is_null = change in NULLS
    (NULLS[change] if is_null else DAMAGE[change])(canvas)
    return TruthPair(
        name=name,
        source=photo.name,
        origin="composite",
        shows=photo.shows,
        change=change,
        is_null=is_null,
        before=photo.pixels,
        after=saved(_another_sensor(to_pixels(canvas.light), rng), int(rng.integers(*_QUALITIES))),
        deck=photo.outline,
        mask=canvas.mask,
        after_to_before=np.eye(3),
    )


def composites(
    photos: list[Photo], *, seeds: int = 1, changes: tuple[str, ...] | None = None
) -> Iterator[TruthPair]:
    """Make every change on every photograph, `seeds` times each, in a fixed order."""
    for photo in photos:
        for change in changes or (*DAMAGE, *NULLS):
            for seed in range(seeds):
                yield composite(photo, change, seed)


def saved(pixels: Pixels, quality: int) -> Pixels:
    """Save as JPEG and read again."""
    bgr = np.ascontiguousarray(pixels[..., ::-1])
    _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    again = cv2.imdecode(data, cv2.IMREAD_COLOR)
    if again is None:
        raise ValueError("a picture that was just encoded cannot be decoded")
    return np.ascontiguousarray(again[..., ::-1]).astype(np.uint8)


def _another_sensor(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Add a little noise and gain, so that no pixel of an untouched part is left as it was."""
    gain = rng.uniform(0.97, 1.03)
    noisy = pixels * gain + rng.normal(0, rng.uniform(0.8, 2.5), pixels.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
