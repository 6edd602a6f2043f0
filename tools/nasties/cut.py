"""Files that end too early, at several depths, and files of which a part was overwritten."""

from collections.abc import Callable
from functools import cache

from nasties.carriers import animation, clip, noise, picture, tone
from nasties.nasty import Made, Nasty, nasty

STILLS = {
    "jpeg": ("jpg", lambda key: picture(key, "JPEG", quality=90)),
    "progressive": ("jpg", lambda key: picture(key, "JPEG", quality=90, progressive=True)),
    "png": ("png", lambda key: picture(key, "PNG")),
    "png-grey": ("png", lambda key: picture(key, "PNG", mode="L")),
    "webp": ("webp", lambda key: picture(key, "WEBP")),
    "webp-lossless": ("webp", lambda key: picture(key, "WEBP", lossless=True)),
    "avif": ("avif", lambda key: picture(key, "AVIF")),
    "heic": ("heic", lambda key: picture(key, "HEIF")),
    "tiff": ("tif", lambda key: picture(key, "TIFF")),
    "tiff-deflate": ("tif", lambda key: picture(key, "TIFF", compression="tiff_adobe_deflate")),
    "gif": ("gif", lambda key: picture(key, "GIF")),
    "bmp": ("bmp", lambda key: picture(key, "BMP")),
    "apng": ("png", lambda key: animation(key, "PNG")),
    "gif-moving": ("gif", lambda key: animation(key, "GIF")),
    "webp-moving": ("webp", lambda key: animation(key, "WEBP")),
    "avif-moving": ("avif", lambda key: animation(key, "AVIF")),
}
CLIPS = {
    "mp4": ("mp4", lambda key: clip(key, "mp4", "libx264")),
    "mp4-index-first": ("mp4", lambda key: index_first(clip(key, "mp4", "libx264"))),
    "mov": ("mov", lambda key: clip(key, "mov", "libx264", sound="pcm_s16le")),
    "mkv": ("mkv", lambda key: clip(key, "matroska", "mpeg4")),
    "webm": ("webm", lambda key: clip(key, "webm", "libvpx")),
    "avi": ("avi", lambda key: clip(key, "avi", "mjpeg", pixels="yuvj420p")),
    "ts": ("ts", lambda key: clip(key, "mpegts", "mpeg2video")),
    "mpeg": ("mpg", lambda key: clip(key, "mpeg", "mpeg1video")),
    "flv": ("flv", lambda key: clip(key, "flv", "flv")),
    "wmv": ("wmv", lambda key: clip(key, "asf", "wmv2")),
    "ogv": ("ogv", lambda key: clip(key, "ogg", "libvpx")),
}
SOUNDS = {
    "wav": ("wav", lambda _: tone("wav", "pcm_s16le")),
    "mp3": ("mp3", lambda _: tone("mp3", "libmp3lame")),
    "flac": ("flac", lambda _: tone("flac", "flac")),
    "aac": ("aac", lambda _: tone("adts", "aac")),
    "opus": ("opus", lambda _: tone("ogg", "libopus")),
    "m4a": ("m4a", lambda _: tone("mp4", "aac")),
}

DEPTHS = {"head": 0.0, "tenth": 0.1, "half": 0.5, "most": 0.95}
HEAD_BYTES = 32
DAMAGES: dict[str, Callable[[bytes, str], bytes]] = {
    "flipped-header": lambda data, _: flipped(data, range(12, 28)),
    "zeroed-middle": lambda data, _: overwritten(data, len(data) // 2, bytes(len(data) // 20)),
    "sprayed": lambda data, key: flipped(data, spread_over(len(data), key)),
}
_DECLARING = ("mp4", "mp4-index-first", "mov", "mkv", "webm", "avi", "flv", "wmv")
_CHECKED = ("png", "png-grey")


def cuts() -> Made:
    """Make files that end too early, and files of which a part was overwritten.

    Yields
    ------
    Nasty, bytes
        Description and content.
    """
    for label, (ending, make) in {**STILLS, **CLIPS, **SOUNDS}.items():
        data = make(f"cut {label}")
        for depth, share in DEPTHS.items():
            yield (
                _cut(label, depth, ending),
                data[: round(len(data) * share) or HEAD_BYTES],
            )
        for damage, apply in DAMAGES.items():
            key = f"{damage} {label}"
            yield (
                _damaged(label, damage, ending),
                apply(make(key), key),
            )


def _cut(label: str, depth: str, ending: str) -> Nasty:
    """Say what must be said of a cut file: that it is cut, wherever the file itself can tell."""
    name, what = f"cut/{label}-{depth}.{ending}", f"{label}, cut off: {depth}"
    if depth == "head":
        # So little of some formats is like nothing at all; some of it is sound of no length.
        return nasty(name, what, "degraded|rejected|unread")
    if label in STILLS:
        return nasty(name, what, "degraded|rejected", "cut short")
    if label in SOUNDS or (label in _DECLARING and depth != "most"):
        return nasty(name, what, "degraded|rejected")
    return nasty(name, what, "ok|degraded|rejected")


def _damaged(label: str, damage: str, ending: str) -> Nasty:
    """Say what must be said of a damaged file; most formats keep no checksum of their pictures."""
    name, what = f"damaged/{label}-{damage}.{ending}", f"{label}, {damage}"
    if damage == "flipped-header":
        return nasty(name, what, "ok|degraded|rejected|unread")
    if label in _CHECKED or label in SOUNDS:
        return nasty(name, what, "degraded|rejected")
    return nasty(name, what, "ok|degraded|rejected")


def flipped(data: bytes, places: "range | list[int]") -> bytes:
    """Turn every bit of some bytes.

    Parameters
    ----------
    data : bytes
        A file.
    places : iterable of int
        Which bytes; those beyond the end are left out.

    Returns
    -------
    bytes
        The damaged file.
    """
    damaged = bytearray(data)
    for place in places:
        if place < len(damaged):
            damaged[place] ^= 0xFF
    return bytes(damaged)


def overwritten(data: bytes, place: int, patch: bytes) -> bytes:
    """Put other bytes in the place of some.

    Parameters
    ----------
    data : bytes
        A file.
    place : int
        From where on.
    patch : bytes
        What to put there.

    Returns
    -------
    bytes
        A file of the same length.
    """
    return data[:place] + patch + data[place + len(patch) :]


def spread_over(size: int, key: str) -> list[int]:
    """Choose one byte in a hundred, from the hundredth on.

    Parameters
    ----------
    size : int
        Of the file.
    key : str
        Another key chooses others.

    Returns
    -------
    list of int
        Places.
    """
    return [
        start + byte % 100
        for start, byte in zip(range(100, size, 100), noise(key, size // 100 + 1), strict=False)
    ]


@cache
def index_first(mp4: bytes) -> bytes:
    """Move the index of an MP4 file before its pictures, as for playing while it loads.

    Parameters
    ----------
    mp4 : bytes
        With the index at its end.

    Returns
    -------
    bytes
        The same clip.
    """
    from nasties.boxes import find, moved_chunks

    start, end = find(mp4, b"moov")
    first = find(mp4, b"mdat")[0]
    moov = moved_chunks(mp4[start:end], by=end - start)
    return mp4[:first] + moov + mp4[first:start] + mp4[end:]
