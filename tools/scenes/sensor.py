"""From light to a picture file: haze, exposure, lens, sensor noise, tone curve, sharpening."""

from dataclasses import dataclass

import cv2
import numpy as np

from tools.scenes.noise import Array

_SKY_DISTANCE_M = 6000
_AIRLIGHT = np.array([0.62, 0.66, 0.72])
_TARGET_KEY, _TARGET_BRIGHT = 0.26, 0.62  # of the log mean and of the 92nd percentile


@dataclass(frozen=True)
class Sensor:
    """One camera on one day."""

    haze_per_m: float = 0.0002
    exposure_stops: float = 0.0
    noise: float = 0.006
    blur_px: float = 0.0
    white_balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    contrast: float = 0.35
    saturation: float = 1.0
    sharpening: float = 0.5
    jpeg_quality: int = 88


def draw_sensor(rng: np.random.Generator) -> Sensor:
    """Draw one of the cameras that drones carry."""
    return Sensor(
        haze_per_m=float(rng.uniform(0.0001, 0.0006)),
        exposure_stops=float(rng.uniform(-0.35, 0.35)),
        noise=float(rng.uniform(0.003, 0.010)),
        blur_px=float(rng.choice([0, 0.5, 0.8])),
        white_balance=(float(rng.uniform(0.95, 1.06)), 1.0, float(rng.uniform(0.94, 1.06))),
        saturation=float(rng.uniform(0.85, 1.15)),
        jpeg_quality=int(rng.choice([75, 82, 88, 92])),
    )


def develop(light: Array, distance_m: Array, sensor: Sensor, rng: np.random.Generator) -> Array:
    """Turn scene-linear light into a picture.

    Parameters
    ----------
    light : ndarray
        (H, W, 3), linear.
    distance_m : ndarray
        (H, W), metres from the camera; 0 is the sky.
    sensor : Sensor
        What takes the picture.
    rng : Generator
        Where the noise comes from.

    Returns
    -------
    ndarray
        (H, W, 3) uint8, sRGB.
    """
    sky = distance_m <= 0
    through = np.exp(-sensor.haze_per_m * np.where(sky, _SKY_DISTANCE_M, distance_m))[..., None]
    air = _AIRLIGHT * np.percentile(light.mean(-1), 85)
    seen = np.where(sky[..., None], light, light * through + air * (1 - through))
    grey = seen.mean(-1)
    key = float(np.exp(np.log(grey[grey > 1e-4] + 1e-4).mean()))
    bright = float(np.percentile(grey[~sky], 92)) if (~sky).any() else key
    seen = seen * 0.85 * np.sqrt(_TARGET_KEY / key * _TARGET_BRIGHT / bright)
    seen = seen * 2**sensor.exposure_stops * np.array(sensor.white_balance)
    if sensor.blur_px > 0:
        seen = cv2.GaussianBlur(seen, (0, 0), sensor.blur_px)
    shot = np.maximum(seen, 0) * sensor.noise * 0.08 + (sensor.noise * 0.35) ** 2
    seen = np.maximum(seen + rng.normal(0, 1, seen.shape) * np.sqrt(shot), 0)
    seen = np.clip(seen * (1 + seen / 6.0) / (1 + seen * 0.85), 0, 1)  # a film's shoulder
    low = seen < 0.0031308
    seen = np.where(low, 12.92 * seen, 1.055 * np.maximum(seen, 1e-6) ** (1 / 2.4) - 0.055)
    seen = seen + sensor.contrast * (seen - 0.5) * (1 - np.abs(2 * seen - 1))
    grey = seen.mean(-1, keepdims=True)
    seen = grey + (seen - grey) * sensor.saturation
    if sensor.sharpening > 0:
        seen = seen + sensor.sharpening * (seen - cv2.GaussianBlur(seen, (0, 0), 1.0))
    return np.asarray((np.clip(seen, 0, 1) * 255 + 0.5).astype(np.uint8))
