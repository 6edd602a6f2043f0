"""Compare the thumbnail embedded in a photo with the photo itself."""

import io
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from msgspec import Struct
from numpy import float32, uint8
from numpy.typing import NDArray
from PIL import Image

from forensics.calibration import load
from forensics.ingest.frame import Frame
from forensics.ingest.media import Media
from forensics.metadata.thumbnail_pixels import take_thumbnail
from forensics.model.outcome import Absent, ArtefactBytes, Made
from forensics.model.thumbnail import EmbeddedThumbnail, Relation
from forensics.vision.views import Pixels, grey

WORK_SIDE_PX = 96
"""Longest side that is compared: no camera writes much more detail than that."""

SCALES = tuple(round(float(each), 3) for each in np.geomspace(1.0, 0.35, 22))
"""Sizes of the photo within the thumbnail that are tried, against the largest that fits."""

FINE_STEPS = (0.98, 0.987, 0.993, 1.007, 1.013, 1.02)
"""Sizes that are tried around the best of them."""

MIN_SIDE_PX = 12
"""A photo smaller than this within the thumbnail has nothing to recognise."""

FLAT_LEVELS = 4.0
"""Bars are flat but for compression: their standard deviation is below this, of 255."""

_Grey = NDArray[uint8]


class Overlay(Struct, frozen=True):
    """Where a photo lies over its thumbnail best.

    Parameters
    ----------
    correlation : float
        Of the grey values there, -1 to 1.
    shown_fraction : float
        Share of the thumbnail, bars left out, that the photo fills.
    """

    correlation: float
    shown_fraction: float


def compare_thumbnail(media: Media, frames: Sequence[Frame]) -> Made | Absent:
    """Compare the thumbnail embedded in a photo with the photo.

    Programs that crop or retouch a photo may leave the old thumbnail in it, which then shows more
    than the photo, or something else.

    Parameters
    ----------
    media : Media
        The opened photo.
    frames : sequence of Frame
        Its decoded pictures; the first is compared.

    Returns
    -------
    Made or Absent
        An `EmbeddedThumbnail` and the thumbnail as artefact ``embedded_thumbnail``: PNG without
        metadata, turned like the photo. `Absent` when there is none or it cannot be decoded.

    Notes
    -----
    The photo is laid over the thumbnail at several sizes, and the other way round, and the place
    with the highest correlation of grey values counts. Limits: at some hundred pixels across,
    small changes cannot be seen; ``same`` says that composition and light are the same.
    """
    found = take_thumbnail(media)
    if isinstance(found, Absent):
        return found
    stored, orientation = found
    height, width = stored.shape[:2]
    # Most thumbnails are stored like the photo, some are already the right way up.
    turned = [turn(stored, each) for each in dict.fromkeys((orientation, 1))]
    overlays = [lay_over(grey(each), grey(frames[0].pixels)) for each in turned]
    best = max(range(len(turned)), key=lambda index: overlays[index].correlation)
    finding = EmbeddedThumbnail(
        width_px=width,
        height_px=height,
        correlation=overlays[best].correlation,
        shown_fraction=overlays[best].shown_fraction,
        relation=judge(overlays[best]),
    )
    return Made(finding, {"embedded_thumbnail": _png(turned[best])})


def judge(overlay: Overlay) -> Relation:
    """Say what an overlay means, by the calibrated thresholds.

    Parameters
    ----------
    overlay : Overlay
        As `lay_over` gives it.

    Returns
    -------
    {"same", "shows_more", "other", "undecided"}
        As in `EmbeddedThumbnail.relation`.
    """
    limits = load("metadata.embedded_thumbnail")
    if overlay.correlation < limits.value("max_correlation_other"):
        return "other"
    if overlay.shown_fraction >= limits.value("min_shown_fraction"):
        same = overlay.correlation >= limits.value("min_correlation_same")
        return "same" if same else "undecided"
    more = overlay.correlation >= limits.value("min_correlation_part")
    return "shows_more" if more else "undecided"


def turn(pixels: Pixels, orientation: int) -> Pixels:
    """Apply an EXIF orientation.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        As stored.
    orientation : int
        1 to 8.

    Returns
    -------
    ndarray
        The right way up.
    """
    if orientation in _TRANSPOSED:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in _MIRRORED:
        pixels = pixels[:, ::-1]
    if orientation in _UPSIDE_DOWN:
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


# Orientation to what is done to the stored pixels, in this order (CIPA DC-008-2019, 4.6.4 A).
_TRANSPOSED, _MIRRORED, _UPSIDE_DOWN = (5, 6, 7, 8), (2, 3, 6, 7), (3, 4, 7, 8)


def lay_over(thumbnail: _Grey, photo: _Grey) -> Overlay:
    """Find where a photo lies over its thumbnail best.

    Parameters
    ----------
    thumbnail, photo : (H, W) uint8
        Grey pictures, both the right way up.

    Returns
    -------
    Overlay
        The best of all sizes and places, the larger share of the thumbnail preferred.
    """
    thumbnail = _shrink(thumbnail, WORK_SIDE_PX / max(thumbnail.shape))
    content = _without_bars(thumbnail)
    tries = [_whole(content, photo), *_photo_around(content, photo)]
    if max(each.correlation for each in tries) < _CLEARLY_THE_SAME:
        tries += _photo_inside(thumbnail, photo)
    best = max(each.correlation for each in tries)
    near = [each for each in tries if each.correlation >= best - _AS_GOOD]
    return max(near, key=lambda each: (each.shown_fraction, each.correlation))


_CLEARLY_THE_SAME = 0.985
"""From here on smaller sizes are not tried: they take ten times as long."""

_AS_GOOD = 0.005
"""Correlations this close are the same place, found at neighbouring sizes."""


def _whole(content: _Grey, photo: _Grey) -> Overlay:
    """Stretch the photo to the thumbnail: some cameras do not keep the shape."""
    height, width = content.shape
    return Overlay(_correlation(content, _resize(photo, width, height)), 1.0)


def _photo_inside(thumbnail: _Grey, photo: _Grey) -> Iterator[Overlay]:
    """Look for the photo within the thumbnail, coarsely and then around the best size."""
    coarse = {scale: _at_scale(thumbnail, photo, scale) for scale in SCALES}
    best = max(coarse, key=lambda scale: coarse[scale].correlation)
    yield from coarse.values()
    for step in FINE_STEPS:
        yield _at_scale(thumbnail, photo, best * step)


def _at_scale(thumbnail: _Grey, photo: _Grey, scale: float) -> Overlay:
    fitting = min(thumbnail.shape[0] / photo.shape[0], thumbnail.shape[1] / photo.shape[1])
    part = _shrink(photo, fitting * min(scale, 1.0))
    if min(part.shape) < MIN_SIDE_PX:
        return Overlay(0.0, 0.0)
    correlation, x, y = _best_place(thumbnail, part)
    return Overlay(correlation, _shown(thumbnail, part.shape, x, y))


def _photo_around(content: _Grey, photo: _Grey) -> Iterator[Overlay]:
    """Look for the thumbnail within the photo: some cameras cut it to another shape."""
    filling = max(content.shape[0] / photo.shape[0], content.shape[1] / photo.shape[1])
    around = _shrink(photo, filling)
    if around.shape[0] >= content.shape[0] and around.shape[1] >= content.shape[1]:
        yield Overlay(_best_place(around, content)[0], 1.0)


def _best_place(picture: _Grey, part: _Grey) -> tuple[float, int, int]:
    if min(float(picture.std()), float(part.std())) < FLAT_LEVELS:
        return 0.0, 0, 0  # nothing to correlate
    scores = cv2.matchTemplate(picture, part, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(np.nan_to_num(scores, posinf=0.0, neginf=0.0))
    return round(min(float(best), 1.0), 4), x, y


def _shown(thumbnail: _Grey, size: tuple[int, ...], x: int, y: int) -> float:
    """Give the share of the thumbnail's content, flat bars left out, that a photo fills."""
    height, width = size
    beside = np.ones(thumbnail.shape, dtype=bool)
    beside[y : y + height, x : x + width] = False
    left_over = thumbnail[beside]
    if left_over.size == 0 or float(left_over.std()) < FLAT_LEVELS:
        return 1.0
    return round(height * width / thumbnail.size, 4)


def _without_bars(thumbnail: _Grey) -> _Grey:
    """Cut off rows and columns of one shade at the borders."""
    rows = np.flatnonzero(thumbnail.std(axis=1) >= FLAT_LEVELS)
    columns = np.flatnonzero(thumbnail.std(axis=0) >= FLAT_LEVELS)
    if min(rows.size, columns.size) < MIN_SIDE_PX:
        return thumbnail
    return thumbnail[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _correlation(one: _Grey, other: _Grey) -> float:
    a, b = (each.astype(float32) - float(each.mean()) for each in (one, other))
    spread = float(np.sqrt((a * a).sum() * (b * b).sum()))
    if min(float(one.std()), float(other.std())) < FLAT_LEVELS:
        return 0.0
    return round(float((a * b).sum()) / spread, 4)


def _shrink(picture: _Grey, scale: float) -> _Grey:
    height, width = picture.shape
    return _resize(picture, max(1, round(width * scale)), max(1, round(height * scale)))


def _resize(picture: _Grey, width: int, height: int) -> _Grey:
    return np.asarray(
        cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), dtype=uint8
    )


def _png(pixels: Pixels) -> ArtefactBytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return ArtefactBytes(buffer.getvalue(), ".png")
