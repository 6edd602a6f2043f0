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
    "flv": SniffedType("video", "flv", ("flv",)),
    "asf": SniffedType("video", "asf", ("wmv", "asf", "wma")),
    "ogg": SniffedType("video", "ogg", ("ogv", "ogg", "oga", "opus")),
    "wav": SniffedType("audio", "wav", ("wav",)),
    "mp3": SniffedType("audio", "mp3", ("mp3",)),
    "flac": SniffedType("audio", "flac", ("flac",)),
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
    (b"\x00\x00\x01\xb3", _VIDEOS["mpeg"]),
    (b"FLV\x01", _VIDEOS["flv"]),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _VIDEOS["asf"]),
    (b"OggS", _VIDEOS["ogg"]),
    (b"fLaC", _VIDEOS["flac"]),
    (b"ID3", _VIDEOS["mp3"]),
    (b"\xff\xfb", _VIDEOS["mp3"]),
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
    return _VIDEOS["mpegts"] if _looks_like_transport_stream(head) else None


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


def _looks_like_transport_stream(head: bytes) -> bool:
    for size in _TS_PACKET_BYTES:
        # 192-byte packets (M2TS) carry four bytes of time code before the sync byte.
        offset = 4 if size == _TS_PACKET_BYTES[1] else 0
        marks = head[offset : offset + 5 * size : size]
        if len(marks) == 5 and all(mark == _TS_SYNC for mark in marks):  # noqa: PLR2004 - five packets in a row
            return True
    return False
