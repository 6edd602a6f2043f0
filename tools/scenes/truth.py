"""What is true of a picture: classes, what happened to the deck, and where the deck plane is."""

from enum import IntEnum
from typing import Any

import numpy as np

from tools.scenes.noise import Array
from tools.scenes.surface import SOOT_SEEN

_SENSOR_WIDTH_MM = 36.0


class Seen(IntEnum):
    """What a pixel shows, in ``_cls.png``."""

    SKY = 0
    GROUND = 1
    WATER = 2
    DECK = 3
    STRUCTURE = 4
    VEGETATION = 5
    BUILDING = 6
    VEHICLE = 7  # on the road or on the water
    FALLEN = 8
    RUBBLE = 9
    COVER = 10  # a tarpaulin on the deck


class Happened(IntEnum):
    """What happened to the bridge at a pixel, drawn on the intact bridge, in ``_dmg.png``."""

    NOT_DECK = 0
    UNDAMAGED = 1
    SOOT = 2
    HOLE = 3
    MISSING = 4
    STRUCTURE = 5
    STRUCTURE_MISSING = 6
    EARLIER_SOOT = 7  # was there before the first picture: no change


def happened(flat: Array) -> Array:
    """Read the damage pass: red tells deck from structure, and soot; green holes; blue missing.

    Parameters
    ----------
    flat : ndarray
        (H, W, 3): red 0 elsewhere, 0.5 structure, 1 + soot (or 3 + earlier soot) on the deck.

    Returns
    -------
    ndarray
        (H, W) uint8, see `Happened`.
    """
    red, green, blue = flat[..., 0], flat[..., 1], flat[..., 2]
    found = np.zeros(red.shape, np.uint8)
    deck, structure = red > 0.9, np.abs(red - 0.5) < 0.1
    found[deck] = Happened.UNDAMAGED
    found[(red > 2.9) & (red - 3 > SOOT_SEEN)] = Happened.EARLIER_SOOT
    found[deck & (red < 2.9) & (red - 1 > SOOT_SEEN)] = Happened.SOOT
    found[deck & (green > 0.5)] = Happened.HOLE
    found[deck & (blue > 0.5)] = Happened.MISSING
    found[structure] = Happened.STRUCTURE
    found[structure & (blue > 0.5)] = Happened.STRUCTURE_MISSING
    return found


def camera_truth(
    matrix_world: Array, *, lens_mm: float, width: int, height: int, deck_z_m: float
) -> dict[str, Any]:
    """Describe a pinhole camera by matrices for pixel centres.

    Parameters
    ----------
    matrix_world : ndarray
        4 x 4, camera to world; the camera looks along its -Z, its +Y is up.
    lens_mm : float
        Focal length for a sensor 36 mm wide.
    width, height : int
        Of the picture, pixels.
    deck_z_m : float
        Height of the deck plane.

    Returns
    -------
    dict
        K, R, t, P and ``H_deck_to_image``, which maps deck (X, Y) in metres to (x, y) in pixels,
        the centre of the top-left pixel being (0, 0). After -> before on the deck is
        ``H_before @ inv(H_after)``.
    """
    inverse = np.linalg.inv(np.asarray(matrix_world, float))
    flip = np.diag([1.0, -1.0, -1.0])
    rotation, shift = flip @ inverse[:3, :3], flip @ inverse[:3, 3]
    focal = lens_mm / _SENSOR_WIDTH_MM * width
    inner = np.array([[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1]])
    projection = inner @ np.c_[rotation, shift]
    plane = projection[:, [0, 1, 3]].copy()
    plane[:, 2] += projection[:, 2] * deck_z_m
    plane /= plane[2, 2]
    return {
        "K": inner.tolist(),
        "R": rotation.tolist(),
        "t": shift.tolist(),
        "P": projection.tolist(),
        "H_deck_to_image": plane.tolist(),
        "type": "PERSP",
        "deck_z_m": deck_z_m,
    }
