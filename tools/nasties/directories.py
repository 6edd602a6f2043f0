"""TIFF files and EXIF blocks whose directories lie."""

import struct

from nasties.carriers import noise, picture, with_exif
from nasties.nasty import Made, nasty

ANY = "ok|degraded|rejected"
SHORT, LONG, RATIONAL, ASCII, BYTE, SRATIONAL, UNDEFINED = 3, 4, 5, 2, 1, 10, 7
HUGE = 0xFFFFFFFF
EXIF, GPS, SUBPICTURES, INTEROPERABILITY = 34665, 34853, 330, 40965


def entry(tag: int, kind: int, count: int, value: int | bytes) -> bytes:
    """Build an entry of a directory.

    Parameters
    ----------
    tag, kind, count : int
        As TIFF 6.0 numbers them.
    value : int or bytes
        The value field, or the number in it.

    Returns
    -------
    bytes
        Twelve bytes, little-endian.
    """
    if isinstance(value, int):
        value = struct.pack("<H2x", value) if kind == SHORT else struct.pack("<I", value)
    return struct.pack("<HHI", tag, kind, count) + value


def directory(*entries: bytes, after: int = 0) -> bytes:
    """Build a directory.

    Parameters
    ----------
    *entries : bytes
        As `entry` builds them.
    after : int, optional
        Where the next one is.

    Returns
    -------
    bytes
        The directory.
    """
    return struct.pack("<H", len(entries)) + b"".join(entries) + struct.pack("<I", after)


def tiff(*entries: bytes, after: int = 0, behind: bytes = b"") -> bytes:
    """Build a TIFF file of one directory, which stands at byte 8.

    Parameters
    ----------
    *entries : bytes
        As `entry` builds them.
    after : int, optional
        Where the next directory is.
    behind : bytes, optional
        What follows.

    Returns
    -------
    bytes
        The file.
    """
    return b"II*\0" + struct.pack("<I", 8) + directory(*entries, after=after) + behind


def lying_directories() -> Made:
    """Make TIFF files and EXIF blocks whose directories lie.

    Yields
    ------
    Nasty, bytes
        Description and content.
    """
    for label, what, status, data in _tiffs():
        yield nasty(f"tiff/{label}.tif", what, status), data
    for label, what, block in _blocks():
        yield nasty(f"exif/{label}.jpg", what, "ok"), with_exif(f"exif {label}", block)


def _page(width: int = 32, height: int = 32, **tags: bytes) -> list[bytes]:
    entries = {
        256: entry(256, LONG, 1, width), 257: entry(257, LONG, 1, height),
        258: entry(258, SHORT, 1, 8), 259: entry(259, SHORT, 1, 1),
        262: entry(262, SHORT, 1, 1), 273: entry(273, LONG, 1, 200),
        277: entry(277, SHORT, 1, 1), 278: entry(278, LONG, 1, height),
        279: entry(279, LONG, 1, min(width * height, HUGE)),
    }  # fmt: skip
    entries |= {int(name[1:]): value for name, value in tags.items()}
    return [entries[tag] for tag in sorted(entries)]


def tiny_tiles(side: int) -> bytes:
    """Build a page that is said to be made of tiles of one pixel each.

    Parameters
    ----------
    side : int
        Of the page.

    Returns
    -------
    bytes
        The file.
    """
    tiles = _page(side, side, t322=entry(322, LONG, 1, 1), t323=entry(323, LONG, 1, 1))
    return tiff(*tiles, behind=bytes(200) + noise("tiles", 1024))


def wide_page(width: int, height: int) -> bytes:
    """Build a page of which only the first kilobyte is there.

    Parameters
    ----------
    width, height : int
        Of the page.

    Returns
    -------
    bytes
        The file.
    """
    return tiff(*_page(width, height), behind=bytes(200) + noise("wide", 1024))


def _tiffs() -> list[tuple[str, str, str, bytes]]:
    pixels = noise("tiff", 32 * 32)
    pad = bytes(200 - 8 - 2 - 9 * 12 - 4)
    plain = tiff(*_page(), behind=pad + pixels)
    chain = b"".join(
        directory(entry(256, LONG, 1, 1), after=8 + 18 * (number + 1)) for number in range(20_000)
    )
    compressed = picture("tiff", "TIFF", compression="tiff_lzw")
    return [
        ("sound", "a page made by hand, for comparison", "ok", plain),
        ("circular", "a directory whose next one is itself", ANY,
         tiff(*_page(), after=8, behind=pad + pixels)),
        ("circle-of-two", "two directories that name each other", ANY,
         tiff(*_page(), after=2000, behind=(pad + pixels).ljust(2000 - 122, b"\0")
              + directory(*_page(), after=8))),
        ("directories-20000", "a chain of twenty thousand directories", ANY,
         b"II*\0" + struct.pack("<I", 8) + chain),
        ("beyond", "a directory behind the end", "rejected", b"II*\0" + struct.pack("<I", HUGE)),
        ("inside-header", "a directory within the header", "rejected|degraded",
         b"II*\0" + struct.pack("<I", 4) + plain[8:]),
        ("entries-65535", "a directory that claims 65,535 entries", ANY,
         plain[:8] + b"\xff\xff" + plain[10:]),
        ("huge", "a page of 4 billion x 4 billion pixels", "rejected",
         tiff(*_page(HUGE, HUGE, t279=entry(279, LONG, 1, 1024)), behind=pad + pixels)),
        ("wide", "a page of 20,000 x 500 pixels in a kilobyte", ANY,
         tiff(*_page(20_000, 500, t279=entry(279, LONG, 1, 1024)), behind=pad + pixels)),
        ("zero", "a page of no pixels", "rejected", tiff(*_page(0, 0), behind=pad + pixels)),
        ("strips-claim", "4 billion strips", ANY,
         tiff(*_page(t273=entry(273, LONG, HUGE, 200), t279=entry(279, LONG, HUGE, 200)),
              behind=pad + pixels)),
        ("strip-huge", "a strip of 4 GiB", ANY,
         tiff(*_page(t279=entry(279, LONG, 1, HUGE)), behind=pad + pixels)),
        ("strip-beyond", "a strip behind the end", ANY,
         tiff(*_page(t273=entry(273, LONG, 1, HUGE - 8)), behind=pad + pixels)),
        ("rows-zero", "strips of no rows", ANY,
         tiff(*_page(t278=entry(278, LONG, 1, 0)), behind=pad + pixels)),
        ("samples-65535", "65,535 samples a pixel", ANY,
         tiff(*_page(t277=entry(277, SHORT, 1, 65535)), behind=pad + pixels)),
        ("bits-65535", "65,535 bits a sample", ANY,
         tiff(*_page(t258=entry(258, SHORT, 1, 65535)), behind=pad + pixels)),
        ("compression-unknown", "an unknown compression", "rejected",
         tiff(*_page(t259=entry(259, SHORT, 1, 4711)), behind=pad + pixels)),
        *((f"noise-{name}", f"noise as compression {code}", ANY,
           tiff(*_page(t259=entry(259, SHORT, 1, code)), behind=pad + pixels))
          for name, code in (("fax3", 3), ("fax4", 4), ("lzw", 5), ("old-jpeg", 6), ("jpeg", 7),
                             ("deflate", 8), ("packbits", 32773), ("jbig", 34661),
                             ("lerc", 34887), ("lzma", 34925), ("zstd", 50000), ("webp", 50001),
                             ("jpeg2000", 34712))),
        ("tiles-tiny", "tiles of one pixel on a page of 2,000 x 2,000", ANY, tiny_tiles(2000)),
        ("subpictures-circular", "a further picture that is the page itself", ANY,
         tiff(*_page(t330=entry(330, LONG, 1, 8)), behind=pad + pixels)),
        ("lzw-cut", "a compressed strip that breaks off", "degraded|rejected",
         compressed[: len(compressed) // 2]),
        ("big-tiff-huge", "a BigTIFF of 2^60 entries", "rejected",
         b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 1 << 60) + bytes(100)),
        ("big-tiff-count", "a BigTIFF whose entry claims 2^61 values", ANY,
         b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 1)
         + struct.pack("<HHQQ", 256, 4, 1 << 61, 16) + bytes(8)),
        ("eps-preview", "a TIFF that says a PostScript program is in it", ANY,
         tiff(*_page(t270=entry(270, ASCII, 30, 1300)), behind=(pad + pixels).ljust(1178, b"\0")
              + b"%!PS (/tmp/owned) (w) file closefile")),
    ]  # fmt: skip


def _blocks() -> list[tuple[str, str, bytes]]:
    make = entry(271, ASCII, 4, b"Cam\0")
    rationals = struct.pack("<" + "II" * 3, 1, 0, HUGE, 0, 0, 0)
    at = 8 + 2 + 12 * 9 + 4
    gps = directory(
        entry(1, ASCII, 2, b"N\0\0\0"), entry(2, RATIONAL, 3, at + 200),
        entry(3, ASCII, 2, b"E\0\0\0"), entry(4, RATIONAL, 3, at + 200),
        entry(6, RATIONAL, 1, at + 200),
    )  # fmt: skip
    negative = struct.pack("<" + "ii" * 3, -51, 1, -20, 1, -6, 1)
    huge = struct.pack("<" + "II" * 3, HUGE, 1, HUGE, 1, HUGE, 1)

    def with_gps(numbers: bytes) -> bytes:
        block = tiff(make, entry(GPS, LONG, 1, 60))
        return (block.ljust(60, b"\0") + gps).ljust(at + 200, b"\0") + numbers

    times = b"0000:00:00 00:00:00\09999:99:99 99:99:99\02024:02:30 25:61:61\0"
    return [
        ("circular", "a directory whose next one is itself", tiff(make, after=8)),
        ("exif-is-root", "an EXIF directory that is the first one",
         tiff(make, entry(EXIF, LONG, 1, 8))),
        ("gps-is-exif", "GPS, EXIF and interoperability in a circle",
         tiff(make, entry(EXIF, LONG, 1, 50), entry(GPS, LONG, 1, 50),
              behind=directory(entry(EXIF, LONG, 1, 50), entry(GPS, LONG, 1, 8),
                               entry(INTEROPERABILITY, LONG, 1, 50)))),
        ("many-pointers", "two hundred EXIF directories of two hundred each",
         tiff(*[entry(EXIF, LONG, 1, 8)] * 200)),
        ("tag-huge", "a tag of 4 billion bytes", tiff(entry(271, ASCII, HUGE, 8))),
        ("tag-whole", "a hundred tags that are the whole block",
         tiff(*(entry(40_000 + number, UNDEFINED, 1200, 8) for number in range(100)))),
        ("tags-all-text", "a thousand tags that are the whole block",
         tiff(*[entry(270, ASCII, 12_000, 8)] * 1000)),
        ("type-unknown", "values of an unknown type", tiff(entry(271, 99, 4, b"abcd"))),
        ("count-zero", "values without a value", tiff(entry(271, ASCII, 0, 0),
                                                      entry(274, SHORT, 0, 6))),
        ("wrong-types", "numbers where texts belong, and texts for numbers",
         tiff(entry(271, LONG, 1, 77), entry(274, ASCII, 3, b"6\0\0\0"),
              entry(306, SHORT, 1, 5), entry(EXIF, ASCII, 4, b"abc\0"))),
        ("pointers-beyond", "directories behind the end",
         tiff(make, entry(EXIF, LONG, 1, HUGE), entry(GPS, LONG, 1, HUGE - 7), after=HUGE - 1)),
        ("orientation-0", "an orientation of 0", tiff(entry(274, SHORT, 1, 0))),
        ("orientation-9", "an orientation of 9", tiff(entry(274, SHORT, 1, 9))),
        ("orientation-65535", "an orientation of 65,535", tiff(entry(274, SHORT, 1, 65535))),
        ("orientation-twice", "two orientations", tiff(entry(274, SHORT, 1, 6),
                                                       entry(274, SHORT, 1, 3))),
        ("orientation-many", "an orientation of a hundred numbers",
         tiff(entry(274, SHORT, 100, 60), behind=struct.pack("<100H", *range(100)))),
        ("gps-by-zero", "positions divided by zero", with_gps(rationals)),
        ("gps-negative", "negative degrees", with_gps(negative)),
        ("gps-huge", "positions of four billion degrees", with_gps(huge)),
        ("times-impossible", "times there cannot be",
         tiff(entry(306, ASCII, 20, 50), entry(36867, ASCII, 20, 70),
              entry(36868, ASCII, 20, 90), behind=times)),
        ("thumbnail-huge", "a thumbnail of 4 GiB",
         tiff(make, after=30, behind=directory(entry(513, LONG, 1, 8), entry(514, LONG, 1, HUGE)))),
        ("thumbnail-other", "a thumbnail of another picture",
         _with_thumbnail(picture("another thumbnail", "JPEG", size=(16, 90)))),
        ("noise", "a block that is noise", b"II*\0" + noise("block", 2000)),
        ("big-endian-mix", "a block that changes its byte order", b"MM*\0\x08\0\0\0" + bytes(50)),
        ("header-only", "a block that is only a header", b"II*\0\x08\0\0\0"),
        ("empty", "a block of nothing", b""),
    ]  # fmt: skip


def _with_thumbnail(thumbnail: bytes) -> bytes:
    start = 8 + 6 + 2 + 24 + 4
    first = b"II*\0" + struct.pack("<I", 8) + directory(after=14)
    return first + directory(
        entry(513, LONG, 1, start), entry(514, LONG, 1, len(thumbnail))) + thumbnail  # fmt: skip
