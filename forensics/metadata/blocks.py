"""Find the blocks of metadata in a still, without decoding pictures or the blocks themselves."""

from forensics.metadata.block_parts import Blocks
from forensics.metadata.boxes import find_in_boxes
from forensics.metadata.chunks import find_in_gif, find_in_png, find_in_webp
from forensics.metadata.directories import Directory
from forensics.metadata.segments import find_in_jpeg, iptc_of_photoshop

_TIFF_XMP, _TIFF_IPTC, _TIFF_PHOTOSHOP, _TIFF_ICC = 700, 33723, 34377, 34675
_TIFF_WANTED = frozenset((_TIFF_XMP, _TIFF_IPTC, _TIFF_PHOTOSHOP, _TIFF_ICC))

_FINDERS = {
    "jpeg": find_in_jpeg,
    "png": find_in_png,
    "apng": find_in_png,
    "webp": find_in_webp,
    "gif": find_in_gif,
    "heic": find_in_boxes,
    "avif": find_in_boxes,
}


def find_blocks(data: bytes, format_name: str) -> Blocks:
    """Find the blocks of metadata in a still.

    Parameters
    ----------
    data : bytes
        The whole file; broken ones are read as far as they can be followed.
    format_name : str
        As `sniff` names it.

    Returns
    -------
    Blocks
        What was found; formats without metadata, such as BMP, have none.
    """
    blocks = Blocks()
    if format_name == "tiff":
        _find_in_tiff(data, blocks)
    elif format_name in _FINDERS:
        _FINDERS[format_name](data, blocks)
    return blocks


def _find_in_tiff(data: bytes, blocks: Blocks) -> None:
    blocks.exif = data
    directory = Directory.first_of(data)
    if directory is None:
        return
    tags = directory.read(_TIFF_WANTED)
    blocks.xmp = tags[_TIFF_XMP].data if _TIFF_XMP in tags else b""
    blocks.icc = tags[_TIFF_ICC].data if _TIFF_ICC in tags else b""
    if _TIFF_IPTC in tags:
        blocks.iptc = tags[_TIFF_IPTC].as_words()
    elif _TIFF_PHOTOSHOP in tags:
        blocks.iptc = iptc_of_photoshop(tags[_TIFF_PHOTOSHOP].data)
