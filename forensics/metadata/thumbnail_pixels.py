"""Take the thumbnail out of a photo's EXIF."""

import io

import numpy as np
from numpy import uint8
from PIL import ExifTags, Image

from forensics.ingest.guard import guarded
from forensics.ingest.media import Media
from forensics.ingest.pixels import forget_xmp
from forensics.ingest.stills import open_image
from forensics.ingest.tiff_structure import claims_too_much
from forensics.model.errors import UnreadableMedia
from forensics.model.outcome import Absent, Problem
from forensics.vision.views import Pixels

MAX_THUMBNAIL_PIXELS = 4_000_000
"""Cameras write 0.02 megapixels, some editors a few; more is no thumbnail."""

_HEADER = b"Exif\0\0"
_UNCOMPRESSED = 1
_RGB_BYTES = 3


def take_thumbnail(media: Media) -> tuple[Pixels, int] | Absent:
    """Decode the thumbnail of a photo's EXIF, as stored.

    Parameters
    ----------
    media : Media
        The opened photo.

    Returns
    -------
    pixels : (H, W, 3) uint8, sRGB
        The thumbnail, not turned.
    orientation : int
        EXIF orientation of the photo, 1 to 8; that of most thumbnails, too.
    Absent
        Instead, when there is no thumbnail or it cannot be decoded.

    References
    ----------
    CIPA DC-008-2019 (EXIF 2.32), 4.5.2 and 4.5.3: the first IFD holds the thumbnail.
    """
    data = media.data
    if data is None:
        return Absent("not_applicable", "thumbnails are looked for in the EXIF of photos")
    found = guarded(lambda: _find(media, data), doing="the embedded thumbnail")
    if isinstance(found, Problem):
        return Absent("unreadable", f"the embedded thumbnail cannot be decoded: {found.error}")
    return found or Absent("not_present", "no thumbnail is embedded in its EXIF")


def _find(media: Media, data: bytes) -> tuple[Pixels, int] | None:
    if media.type.format in ("png", "apng") and b"eXIf" not in data:
        return None  # Pillow would decode the picture to look behind it
    with open_image(data, media.type) as image:
        forget_xmp(image)
        block = image.info.get("exif", b"")
        if not isinstance(block, bytes):
            return None
        block = block.removeprefix(_HEADER)
        if claims_too_much(block):
            raise UnreadableMedia("the EXIF directories claim more bytes than there are")
        exif = image.getexif()
        directory = exif.get_ifd(ExifTags.IFD.IFD1)
        orientation = exif.get(ExifTags.Base.Orientation, 1)
    pixels = _pixels(block, directory)
    if pixels is None:
        return None
    return pixels, orientation if orientation in range(1, 9) else 1


def _pixels(block: bytes, directory: dict[int, object]) -> Pixels | None:
    jpeg = _part(block, directory, ExifTags.Base.JpegIFOffset, ExifTags.Base.JpegIFByteCount)
    if jpeg:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as thumbnail:
            width, height = thumbnail.size
            if width * height > MAX_THUMBNAIL_PIXELS:
                raise UnreadableMedia(f"{width} x {height} pixels are no thumbnail")
            return np.asarray(thumbnail.convert("RGB"), dtype=uint8)
    if directory.get(ExifTags.Base.Compression) != _UNCOMPRESSED:
        return None
    plain = _part(block, directory, ExifTags.Base.StripOffsets, ExifTags.Base.StripByteCounts)
    columns = directory.get(ExifTags.Base.ImageWidth)
    rows = directory.get(ExifTags.Base.ImageLength)
    if not plain or not isinstance(columns, int) or not isinstance(rows, int):
        return None
    if columns * rows * _RGB_BYTES != len(plain):
        raise UnreadableMedia("its size does not go with its bytes")
    return np.frombuffer(plain, uint8).reshape(rows, columns, _RGB_BYTES)


def _part(block: bytes, directory: dict[int, object], offset_tag: int, length_tag: int) -> bytes:
    offset, length = directory.get(offset_tag), directory.get(length_tag)
    if not isinstance(offset, int) or not isinstance(length, int):
        return b""
    return block[offset : offset + length] if offset > 0 and length > 0 else b""
