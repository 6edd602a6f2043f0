"""Turn what decoders give into the one kind of picture the steps work on."""

from typing import TypeVar

import numpy as np
from numpy import uint8
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms

from forensics.ingest.guard import guarded
from forensics.vision.views import FRAME_SIDE_PX, fit

_SIXTEEN_BIT_MODES = ("I;16", "I;16B", "I;16L", "I;16N")
_WIDE_MODES = ("I", "F")
_XMP_KEYS = ("xmp", "XML:com.adobe.xmp")
_EXIF_ORIENTATIONS = range(1, 9)
_WHITE = (255, 255, 255, 255)

Sample = TypeVar("Sample", bound=np.generic)


def exif_orientation(image: Image.Image) -> int:
    """Read the orientation that EXIF asks for.

    Pillow falls back to an orientation in XMP, which browsers and messengers do not apply; here
    it plays no part, so that the picture is turned as people saw it.

    Parameters
    ----------
    image : PIL.Image.Image
        The opened picture; for PNG after it was decoded, as EXIF may stand behind the pixels.

    Returns
    -------
    int
        1 to 8; 1 when there is none or it is out of range.

    References
    ----------
    CIPA DC-008-2019 (EXIF 2.32), 4.6.4, tag 0112.
    """
    forget_xmp(image)
    value = guarded(
        lambda: image.getexif().get(ExifTags.Base.Orientation, 1), doing="reading the orientation"
    )
    return value if isinstance(value, int) and value in _EXIF_ORIENTATIONS else 1


def forget_xmp(image: Image.Image) -> None:
    """Take XMP out of an opened picture, so that Pillow does not mix it into EXIF.

    Parameters
    ----------
    image : PIL.Image.Image
        Its ``info`` is changed.
    """
    for key in _XMP_KEYS:
        image.info.pop(key, None)


def plain_rgb(image: Image.Image) -> NDArray[uint8]:
    """Give a decoded picture as 8-bit sRGB at its own size, as it is stored.

    Parameters
    ----------
    image : PIL.Image.Image
        The decoded picture, of any mode.

    Returns
    -------
    (H, W, 3) or (H, W) uint8
        Colour, or grey for 16-bit and float grey. Transparent parts are put on white.
    """
    if image.mode in _SIXTEEN_BIT_MODES and image.format == "PNG":
        # PNG samples always use the full range (PNG 3rd edition, 13.12).
        return (np.asarray(image) >> 8).astype(uint8)
    if image.mode in _SIXTEEN_BIT_MODES or image.mode in _WIDE_MODES:
        return to_eight_bit(np.asarray(image))
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        white = Image.new("RGBA", rgba.size, _WHITE)
        image = Image.alpha_composite(white, rgba)
    if image.mode == "LAB":
        return np.asarray(_from_lab(image))
    # Pillow copies even when there is nothing to convert.
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def upright_rgb(image: Image.Image, orientation: int) -> NDArray[uint8]:
    """Give a decoded picture as small sRGB pixels, the right way up.

    Transparent parts are put on white: most viewers do, and the pixels under full transparency are
    arbitrary. Colour profiles are not applied.

    Parameters
    ----------
    image : PIL.Image.Image
        The decoded picture.
    orientation : int
        EXIF orientation that is still to be applied.

    Returns
    -------
    (H, W, 3) uint8
        Longest side at most `vision.views.FRAME_SIDE_PX`.
    """
    return finish(plain_rgb(image), orientation)


def finish(pixels: NDArray[uint8], orientation: int) -> NDArray[uint8]:
    """Shrink pixels to the size the steps work on and turn them the right way up.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) uint8
        As stored; grey is repeated into three channels.
    orientation : int
        EXIF orientation to apply.

    Returns
    -------
    (H, W, 3) uint8
        Contiguous; not a copy when there was nothing to do, and then perhaps read-only.
    """
    small = turn(fit(pixels, longest_side_px=FRAME_SIDE_PX), orientation)
    if small.ndim == 2:  # noqa: PLR2004 - grey
        small = np.repeat(small[:, :, None], 3, axis=2)
    return np.ascontiguousarray(small)


def turn(pixels: NDArray[Sample], orientation: int) -> NDArray[Sample]:
    """Apply an EXIF orientation.

    Parameters
    ----------
    pixels : (H, W, ...) array
        As stored.
    orientation : int
        1 to 8: where the stored row 0 and column 0 are to be seen.

    Returns
    -------
    ndarray
        A view of `pixels`; 5 to 8 swap the sides.

    Examples
    --------
    >>> import numpy as np
    >>> turn(np.array([[1, 2], [3, 4]], np.uint8), 6).tolist()
    [[3, 1], [4, 2]]
    """
    if orientation >= 5:  # noqa: PLR2004 - 5 to 8 swap the sides
        pixels = pixels.swapaxes(0, 1)
    flip_rows = orientation in (3, 4, 7, 8)
    flip_columns = orientation in (2, 3, 6, 7)
    return pixels[:: -1 if flip_rows else 1, :: -1 if flip_columns else 1]


def to_eight_bit(values: NDArray[np.generic]) -> NDArray[uint8]:
    """Map samples of any kind to 8 bits.

    Parameters
    ----------
    values : (H, W) or (H, W, C) array
        Integers or floats.

    Returns
    -------
    ndarray of uint8
        Unsigned integers keep their 8 highest bits in use (12-bit data in 16-bit samples are not
        shown black); signed and float samples are stretched over the range they use, with values
        that are no number as the lowest.
    """
    if values.dtype == uint8 or values.size == 0:
        return values.astype(uint8)
    if values.dtype.kind == "b":
        return values.astype(uint8) * np.iinfo(uint8).max
    if values.dtype.kind in "ui" and values.min() >= 0:
        unused_bits = max(int(values.max()).bit_length() - 8, 0)
        return np.asarray(np.right_shift(values, unused_bits), uint8)
    numbers = values.astype(np.float64)
    usable = np.isfinite(numbers)
    if not usable.any():
        return np.zeros(values.shape, uint8)
    low, high = float(numbers[usable].min()), float(numbers[usable].max())
    stretched = (np.where(usable, numbers, low) - low) / ((high - low) or 1.0)
    return np.asarray((stretched * np.iinfo(uint8).max).round(), uint8)


def _from_lab(image: Image.Image) -> Image.Image:
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    shown = ImageCms.profileToProfile(image, lab, srgb, outputMode="RGB")
    return image.convert("RGB") if shown is None else shown
