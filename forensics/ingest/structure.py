"""Tell from a still's own structure whether its end is missing, without decoding anything."""

import struct

from forensics.ingest.jpeg_structure import read_structure
from forensics.ingest.tiff_structure import MAX_COUNTED, end_of_pixels

_PNG_END = b"IEND\xaeB`\x82"
_GIF_PICTURE, _GIF_EXTENSION, _GIF_TRAILER = 0x2C, 0x21, 0x3B


def is_cut_short(data: bytes, format_name: str) -> bool:
    """Say whether a file ends before its own structure does.

    Parameters
    ----------
    data : bytes
        The file.
    format_name : str
        As `sniff` names it.

    Returns
    -------
    bool
        True when the end is missing.
    """
    if format_name == "jpeg":
        # A regular end costs nothing to see; only other files are searched for it.
        ends_well = data.endswith(b"\xff\xd9") or data.rstrip(b"\0").endswith(b"\xff\xd9")
        return not ends_well and read_structure(data).end is None
    if format_name in ("png", "apng"):
        return not data.endswith(_PNG_END) and not _png_has_end(data)
    if format_name == "gif":
        return not count_gif_pictures(data)[1]
    if format_name in ("webp", "avif", "heic"):
        return declared_bytes(data, format_name) > len(data)
    if format_name == "bmp":
        return _bmp_end(data) > len(data)
    return format_name == "tiff" and end_of_pixels(data) > len(data)


def declared_bytes(data: bytes, format_name: str) -> int:
    """Give the length that a WebP, AVIF or HEIC file claims to have.

    Parameters
    ----------
    data : bytes
        The file.
    format_name : str
        As `sniff` names it.

    Returns
    -------
    int
        Bytes; the real length when nothing is claimed.
    """
    if format_name == "webp":
        return 8 + int.from_bytes(data[4:8], "little")
    end = 0
    while end + 8 <= len(data):
        size = int.from_bytes(data[end : end + 4], "big")
        if size == 1:  # a 64-bit size follows the type (ISO/IEC 14496-12, 4.2)
            size = int.from_bytes(data[end + 8 : end + 16], "big")
        if size < 8:  # noqa: PLR2004 - 0 means "to the end", less than a header is broken
            return len(data)
        end += size
    is_header_cut = end < len(data)
    return len(data) + 8 if is_header_cut else end


def webp_size(data: bytes) -> tuple[int, int]:
    """Read the size of a WebP picture: its decoder allots memory before anybody can ask.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    width, height : int
        Pixels; 0, 0 when the first chunk is none of WebP's three.

    References
    ----------
    RFC 9649, sections 2.5 to 2.7.
    """
    chunk, body = data[12:16], data[20:30].ljust(10, b"\0")
    if chunk == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<HH", body, 6)
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0


def webp_whole_chunks(data: bytes) -> bytes:
    """Cut a WebP file behind its last whole chunk and correct its length.

    Parameters
    ----------
    data : bytes
        A file that is cut short.

    Returns
    -------
    bytes
        A shorter file whose animation ends with the last whole picture.
    """
    end = 12
    while end + 8 <= len(data):
        size = int.from_bytes(data[end + 4 : end + 8], "little")
        after = end + 8 + size + size % 2
        if after > len(data):
            break
        end = after
    return data[:4] + (end - 8).to_bytes(4, "little") + data[8:end]


def count_gif_pictures(data: bytes) -> tuple[int, bool]:
    """Count the pictures of a GIF file by its blocks.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    pictures : int
        Whole or begun pictures, at most `MAX_COUNTED`.
    is_complete : bool
        Whether nothing is missing at the end: the trailer is there, or at least every block is.
    """
    position = 13 + _gif_palette_bytes(data[10:11])
    pictures = 0
    while position < len(data) and pictures < MAX_COUNTED:
        kind = data[position]
        if kind == _GIF_PICTURE:
            pictures += 1
            # Descriptor, palette, LZW code size.
            position += 10 + _gif_palette_bytes(data[position + 9 : position + 10]) + 1
        elif kind == _GIF_EXTENSION:
            position += 2
        else:
            # The trailer; or junk that some encoders leave, which players take for the end.
            return pictures, True
        position, is_whole = _skip_gif_blocks(data, position)
        if not is_whole:
            return pictures, False
    return pictures, position <= len(data)


def _bmp_end(data: bytes) -> int:
    """Give the end of the pixels, as the header says; 0 when it cannot be told."""
    if len(data) < 38 or data[14] < 40:  # noqa: PLR2004 - OS/2's short header has other fields
        return 0
    start, _, width, height, _, bits, packing, size = struct.unpack_from("<IIiiHHII", data, 10)
    if packing in (1, 2):
        return int(start + size)
    return int(start + (abs(width) * bits + 31) // 32 * 4 * abs(height))


def _png_has_end(data: bytes) -> bool:
    position = 8
    while position + 8 <= len(data):
        size = int.from_bytes(data[position : position + 4], "big")
        if data[position + 4 : position + 8] == b"IEND":
            return True
        position += 12 + size
    return False


def _gif_palette_bytes(flags: bytes) -> int:
    packed = flags[0] if flags else 0
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _skip_gif_blocks(data: bytes, position: int) -> tuple[int, bool]:
    """Step over data blocks; say whether the empty one that ends them is there."""
    while position < len(data):
        size = data[position]
        position += 1 + size
        if size == 0:
            return position, True
    return position, False
