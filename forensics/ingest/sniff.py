"""Tell what a file is from its first bytes, never from its name."""

from forensics.model.item import SniffedType

HEAD_BYTES = 4096
"""How much of a file `sniff` wants to see; APNG's marker may stand after a long colour profile."""

_STILLS = {
    "jpeg": SniffedType("still", "jpeg", ("jpg", "jpeg", "jpe", "jfif", "mpo")),
    "png": SniffedType("still", "png", ("png",)),
    "apng": SniffedType("animation", "apng", ("png", "apng")),
    "webp": SniffedType("still", "webp", ("webp",)),
    "webp animation": SniffedType("animation", "webp", ("webp",)),
    "avif": SniffedType("still", "avif", ("avif",)),
    "avif animation": SniffedType("animation", "avif", ("avif", "avifs")),
    "heic": SniffedType("still", "heic", ("heic", "heif", "hif")),
    "tiff": SniffedType("still", "tiff", ("tif", "tiff", "dng", "nef", "cr2", "arw")),
    "gif": SniffedType("animation", "gif", ("gif",)),
    "bmp": SniffedType("still", "bmp", ("bmp", "dib")),
}
_VIDEOS = {
    "mp4": SniffedType("video", "mp4", ("mp4", "m4v", "m4a", "mov", "qt", "3gp", "3g2", "f4v")),
    "mov": SniffedType("video", "mov", ("mov", "qt", "mp4", "m4v")),
    "matroska": SniffedType("video", "matroska", ("mkv", "webm", "mka")),
    "avi": SniffedType("video", "avi", ("avi",)),
    "mpegts": SniffedType("video", "mpegts", ("ts", "mts", "m2ts")),
    "mpeg": SniffedType("video", "mpeg", ("mpg", "mpeg", "vob")),
    "mpegvideo": SniffedType("video", "mpegvideo", ("mpg", "mpeg", "m1v", "m2v", "mpv")),
    "flv": SniffedType("video", "flv", ("flv",)),
    "asf": SniffedType("video", "asf", ("wmv", "asf", "wma")),
    "ogg": SniffedType("video", "ogg", ("ogv", "ogg", "oga", "opus")),
    "wav": SniffedType("audio", "wav", ("wav",)),
    "mp3": SniffedType("audio", "mp3", ("mp3",)),
    "flac": SniffedType("audio", "flac", ("flac",)),
    "aac": SniffedType("audio", "aac", ("aac",)),
}
_PREFIXES: tuple[tuple[bytes, SniffedType], ...] = (
    (b"\xff\xd8\xff", _STILLS["jpeg"]),
    (b"GIF87a", _STILLS["gif"]),
    (b"GIF89a", _STILLS["gif"]),
    (b"II*\x00", _STILLS["tiff"]),
    (b"MM\x00*", _STILLS["tiff"]),
    (b"II+\x00", _STILLS["tiff"]),
    (b"MM\x00+", _STILLS["tiff"]),
    (b"\x1aE\xdf\xa3", _VIDEOS["matroska"]),
    (b"\x00\x00\x01\xba", _VIDEOS["mpeg"]),
    (b"\x00\x00\x01\xb3", _VIDEOS["mpegvideo"]),
    (b"FLV\x01", _VIDEOS["flv"]),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _VIDEOS["asf"]),
    (b"OggS", _VIDEOS["ogg"]),
    (b"fLaC", _VIDEOS["flac"]),
    (b"ID3", _VIDEOS["mp3"]),
    (b"ADIF", _VIDEOS["aac"]),
)
_RIFF_FORMS = {b"AVI ": _VIDEOS["avi"], b"WAVE": _VIDEOS["wav"]}
_BMFF_IMAGE_BRANDS = {
    b"avif": _STILLS["avif"],
    b"avis": _STILLS["avif animation"],
    b"heic": _STILLS["heic"],
    b"heix": _STILLS["heic"],
    b"heim": _STILLS["heic"],
    b"heis": _STILLS["heic"],
    b"hevc": _STILLS["heic"],
    b"hevx": _STILLS["heic"],
}
# The generic brands say "some HEIF"; which codec is told by the compatible brands after it.
_BMFF_GENERIC_IMAGE_BRANDS = (b"mif1", b"msf1", b"mif2")
_QUICKTIME_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_MP3_LAYERS = (0xFA, 0xFB, 0xF2, 0xF3, 0xE2, 0xE3)  # MPEG 1, 2 and 2.5, layer III
_AAC_HEADS = (0xF0, 0xF1, 0xF8, 0xF9)
_BMP_HEADER_SIZES = (12, 16, 40, 52, 56, 64, 108, 124)
_TS_PACKET_BYTES = (188, 192, 204)
_TS_SYNC = 0x47

MEDIA_EXTENSIONS = frozenset(
    ending for known in (*_STILLS.values(), *_VIDEOS.values()) for ending in known.extensions
)
"""File name endings of media: a file that has one and is none deserves a word."""


def sniff(head: bytes) -> SniffedType | None:
    """Tell what a file is from its first bytes.

    The name plays no part: strangers' files are often misnamed, by accident or not.

    Parameters
    ----------
    head : bytes
        The first `HEAD_BYTES` bytes, or the whole file when it is shorter.

    Returns
    -------
    SniffedType or None
        What it is; None when it is no photo, video or sound this package examines.

    Notes
    -----
    Signatures: ITU-T T.81 (JPEG), W3C PNG 3rd edition (PNG, APNG ``acTL``), RIFF (WebP, AVI),
    ISO/IEC 14496-12 ``ftyp`` brands (MP4, HEIF, AVIF), RFC 9559 (Matroska), ISO/IEC 13818-1 (TS).
    """
    for prefix, kind in _PREFIXES:
        if head.startswith(prefix):
            return kind
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _sniff_png(head)
    if head.startswith(b"RIFF"):
        return _sniff_riff(head)
    if head[4:8] == b"ftyp":
        return _sniff_bmff(head)
    if head[4:8] in _QUICKTIME_ATOMS:
        return _VIDEOS["mov"]
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADER_SIZES:
        return _STILLS["bmp"]
    if _looks_like_transport_stream(head):
        return _VIDEOS["mpegts"]
    return _sniff_bare_audio(head)


def name_other(head: bytes) -> str | None:
    """Name what a file that is no media this package examines seems to be.

    Parameters
    ----------
    head : bytes
        The first `HEAD_BYTES` bytes.

    Returns
    -------
    str or None
        For example ``a web page``; None when it is nothing known.
    """
    for offset, mark, name in _OTHERS:
        if head[offset : offset + len(mark)] == mark:
            return name
    text = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, name in _TEXTS:
        if text.startswith(mark):
            return name
    return None


_OTHERS = (
    (0, b"\xff\x0a", "a JPEG XL picture"),
    (4, b"JXL \r\n\x87\n", "a JPEG XL picture"),
    (4, b"jP  \r\n\x87\n", "a JPEG 2000 picture"),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (0, b"8BPS", "a Photoshop file"),
    (0, b"%PDF-", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive or office document"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"SQLite format 3\0", "an SQLite database"),
)
_TEXTS = (
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "an XML document"),
    (b"#extm3u", "a playlist that points to other files"),
    (b"ffconcat", "a playlist that points to other files"),
    (b"v=0", "a description of a stream that is elsewhere"),
    (b"{", "structured text (JSON)"),
)


def _sniff_png(head: bytes) -> SniffedType:
    animation = head.find(b"acTL")
    pixels = head.find(b"IDAT")
    is_animated = animation != -1 and (pixels == -1 or animation < pixels)
    return _STILLS["apng" if is_animated else "png"]


def _sniff_riff(head: bytes) -> SniffedType | None:
    form = head[8:12]
    if form != b"WEBP":
        return _RIFF_FORMS.get(form)
    animation_flag = 0x02
    is_animated = head[12:16] == b"VP8X" and len(head) > 20 and head[20] & animation_flag  # noqa: PLR2004 - VP8X flags byte
    return _STILLS["webp animation" if is_animated else "webp"]


def _sniff_bmff(head: bytes) -> SniffedType:
    box_bytes = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    compatible = [head[i : i + 4] for i in range(16, box_bytes, 4)]
    if major in _BMFF_IMAGE_BRANDS:
        return _BMFF_IMAGE_BRANDS[major]
    if major in _BMFF_GENERIC_IMAGE_BRANDS:
        known = [_BMFF_IMAGE_BRANDS[b] for b in compatible if b in _BMFF_IMAGE_BRANDS]
        return known[0] if known else _STILLS["heic"]
    return _VIDEOS["mov" if major == b"qt  " else "mp4"]


def _sniff_bare_audio(head: bytes) -> SniffedType | None:
    """Recognise MP3 and AAC without a tag: two bytes of sync say little, so the rest must fit."""
    if len(head) < 4 or head[0] != 0xFF:  # noqa: PLR2004 - sync
        return None
    if head[1] in _AAC_HEADS:
        return _VIDEOS["aac"]
    bit_rate, sample_rate = head[2] >> 4, head[2] >> 2 & 3
    is_mp3 = head[1] in _MP3_LAYERS and bit_rate not in (0, 15) and sample_rate != 3  # noqa: PLR2004
    return _VIDEOS["mp3"] if is_mp3 else None


def _looks_like_transport_stream(head: bytes) -> bool:
    for size in _TS_PACKET_BYTES:
        # 192-byte packets (M2TS) carry four bytes of time code before the sync byte.
        offset = 4 if size == _TS_PACKET_BYTES[1] else 0
        marks = head[offset : offset + 5 * size : size]
        if len(marks) == 5 and all(mark == _TS_SYNC for mark in marks):  # noqa: PLR2004 - five packets in a row
            return True
    return False
