"""MP4 and MOV files whose boxes lie."""

from functools import cache

from nasties.boxes import added, body_of, box, find, full_box, patched, swapped, with_body, words
from nasties.carriers import clip
from nasties.nasty import Made, nasty

HUGE = 0xFFFFFFFF
LIES = "ok|degraded|rejected"


@cache
def _clip(key: str, container: str = "mp4") -> bytes:
    return clip(f"iso {key}", container, "libx264")


def _nested(kind: bytes, depth: int, inner: bytes = b"") -> bytes:
    for _ in range(depth):
        inner = box(kind, inner)
    return inner


def _long_size(data: bytes, kind: bytes, size: int) -> bytes:
    """Give a box a 64-bit size."""
    return swapped(
        data, kind, lambda old: words(1) + kind + size.to_bytes(8, "big") + old[8:]
    )  # fmt: skip


def lying_boxes() -> Made:
    """Make MP4 and MOV files with lying sizes, counts, times and references.

    Yields
    ------
    Nasty, bytes
        Description and content.
    """
    cases = (*_sizes(), *_tables(), *_times(), *_structure())
    for label, what, status, data in cases:
        yield nasty(f"iso/{label}.mp4", what, status), data


Cases = list[tuple[str, str, str, bytes]]


def many_edits(count: int) -> bytes:
    """Build a clip whose edit list shows its start again and again.

    Parameters
    ----------
    count : int
        How often.

    Returns
    -------
    bytes
        The file.
    """
    whole = _clip("edits")
    edit = body_of(whole, b"elst")[8:20]
    return with_body(whole, b"elst", words(0, count) + edit * count)


def many_tracks(count: int) -> bytes:
    """Build a clip of many tracks that share their pictures.

    Parameters
    ----------
    count : int
        How many.

    Returns
    -------
    bytes
        The file.
    """
    whole = _clip("tracks")
    return added(whole, b"moov", whole[slice(*find(whole, b"trak"))] * (count - 1))


def _sizes() -> Cases:
    whole = _clip("sizes")
    moov = find(whole, b"moov")[0]
    return [
        ("ftyp-only", "nothing behind the first box", "rejected", whole[:find(whole, b"ftyp")[1]]),
        ("moov-zero-size", "an index that claims to reach to the end", LIES,
         patched(whole, b"moov", -8, words(0))),
        ("moov-size-four", "an index shorter than its own header", "rejected",
         patched(whole, b"moov", -8, words(4))),
        ("moov-size-huge", "an index that claims 4 GiB", LIES,
         patched(whole, b"moov", -8, words(HUGE))),
        ("mdat-size-huge", "pictures that claim 4 GiB, and swallow the index", "rejected",
         patched(whole, b"mdat", -8, words(HUGE))),
        ("moov-64-bit", "a 64-bit size of eight exabytes", LIES,
         _long_size(whole, b"moov", (1 << 63) - 1)),
        ("moov-64-bit-negative", "a 64-bit size that is negative when signed", LIES,
         _long_size(whole, b"moov", 1 << 63)),
        ("moov-64-bit-zero", "a 64-bit size of zero", LIES, _long_size(whole, b"moov", 0)),
        ("trak-larger-than-moov", "a box larger than the one around it", LIES,
         patched(whole, b"trak", -8, words(1 << 20))),
        ("stbl-zero-size", "a box of size zero in the middle", LIES,
         patched(whole, b"stbl", -8, words(0))),
        ("free-loop", "a thousand empty boxes before the index", "ok",
         whole[:moov] + box(b"free") * 1000 + whole[moov:]),
        ("zero-boxes", "boxes of size zero before the index", LIES,
         whole[:moov] + bytes(8) * 100 + whole[moov:]),
    ]  # fmt: skip


def _tables() -> Cases:
    whole = _clip("tables")
    cases: Cases = []
    for kind, what in (
        (b"stts", "times"), (b"ctts", "shifts of times"), (b"stsc", "chunks"),
        (b"stsz", "sizes"), (b"stco", "places"), (b"stss", "keyframes"),
    ):  # fmt: skip
        at = 8 if kind == b"stsz" else 4
        cases.append((
            f"{kind.decode()}-count-huge", f"a table of {what} that claims 4 billion rows", LIES,
            patched(whole, kind, at, words(HUGE)),
        ))  # fmt: skip
    stsz = body_of(whole, b"stsz")
    return [
        *cases,
        ("stts-bomb", "one row that says 4 billion pictures of one tick", LIES,
         with_body(whole, b"stts", words(0, 1, HUGE, 1))),
        ("stts-bomb-long", "one row that says 2 billion pictures of 2 billion ticks", LIES,
         with_body(whole, b"stts", words(0, 1, 0x7FFFFFFF, 0x7FFFFFFF))),
        ("stts-zero", "all pictures at one moment", LIES,
         with_body(whole, b"stts", words(0, 1, 30, 0))),
        ("stts-negative", "times that run backwards", LIES,
         with_body(whole, b"stts", words(0, 1, 30, -1000))),
        ("ctts-wild", "shifts of times of hours", LIES,
         swapped(whole, b"ctts", lambda _: full_box(b"ctts", words(1, 30, 0x7FFFFFFF)))),
        ("stsz-constant-bomb", "4 billion pictures of one byte", LIES,
         with_body(whole, b"stsz", words(0, 1, HUGE))),
        ("stsz-constant-million", "a million pictures of one byte", LIES,
         with_body(whole, b"stsz", words(0, 1, 1_000_000))),
        ("stsz-huge-sample", "a picture of 2 GiB", LIES,
         with_body(whole, b"stsz", stsz[:12] + words(0x7FFFFFFF) + stsz[16:])),
        ("stsz-zero-samples", "pictures of no bytes", LIES,
         with_body(whole, b"stsz", stsz[:12] + bytes(len(stsz) - 12))),
        ("stsc-bomb", "4 billion pictures in one chunk", LIES,
         with_body(whole, b"stsc", words(0, 1, 1, HUGE, 1))),
        ("stsc-backwards", "chunks in the wrong order", LIES,
         with_body(whole, b"stsc", words(0, 3, 9, 1, 1, 5, 1, 1, 1, 1, 1))),
        ("stco-beyond", "pictures behind the end of the file", "rejected|degraded",
         with_body(whole, b"stco", words(0, 1, 0x7FFFFFF0))),
        ("stco-itself", "pictures that are the index itself", LIES,
         with_body(whole, b"stco", words(0, 1, find(whole, b"moov")[0]))),
        ("stsd-none", "no description of how the pictures are coded", LIES,
         with_body(whole, b"stsd", words(0, 0))),
        ("stsd-count-huge", "4 billion descriptions of the coding", LIES,
         patched(whole, b"stsd", 4, words(HUGE))),
        ("stsd-unknown", "pictures coded in an unknown way", "rejected",
         patched(whole, b"stsd", 12, b"zzzz")),
        ("stsd-huge-picture", "a header of 65535 x 65535 pixels", LIES,
         patched(whole, b"stsd", 8 + 32, b"\xff\xff\xff\xff")),
    ]  # fmt: skip


def _times() -> Cases:
    whole = _clip("times")
    elst = body_of(whole, b"elst")
    return [
        ("mvhd-timescale-zero", "a clock of no ticks a second", LIES,
         patched(whole, b"mvhd", 12, words(0))),
        ("mdhd-timescale-zero", "a track's clock of no ticks a second", LIES,
         patched(whole, b"mdhd", 12, words(0))),
        ("mdhd-timescale-one", "a track's clock of one tick a second", LIES,
         patched(whole, b"mdhd", 12, words(1))),
        ("mdhd-duration-huge", "a track that claims to last days", LIES,
         patched(whole, b"mdhd", 16, words(HUGE - 1))),
        ("mvhd-created-huge", "made in the year 2040", "ok|degraded",
         patched(whole, b"mvhd", 4, words(HUGE, HUGE))),
        ("elst-count-huge", "4 billion edits", LIES, patched(whole, b"elst", 4, words(HUGE))),
        ("elst-many", "sixty edits that show the start again", LIES, many_edits(60)),
        ("elst-empty", "a pause of days before the first picture", LIES,
         with_body(whole, b"elst", words(0, 2, HUGE, -1, 0x10000) + elst[8:20])),
        ("elst-negative", "an edit that starts before the start", LIES,
         with_body(whole, b"elst", words(0, 1, 3000, -5, 0x10000))),
        ("elst-rate-zero", "an edit that stands still", LIES,
         with_body(whole, b"elst", words(0, 1, 3000, 0, 0))),
        ("elst-of-nothing", "an edit list that shows nothing of the clip", LIES,
         with_body(whole, b"elst", words(0, 1, 0, 0x7FFFFFFF, 0x10000))),
        ("edts-in-edts", "two hundred edit boxes within each other", LIES,
         swapped(whole, b"edts", lambda old: _nested(b"edts", 200, old))),
        ("matrix-zero", "a display matrix of zeros", LIES,
         patched(whole, b"tkhd", 40, bytes(36))),
        ("matrix-huge", "a display matrix of huge numbers", LIES,
         patched(whole, b"tkhd", 40, words(*[0x7FFFFFFF] * 9))),
        ("tkhd-huge", "a track of 65535 x 65535 pixels", LIES,
         patched(whole, b"tkhd", 76, words(HUGE, HUGE))),
    ]  # fmt: skip


def _structure() -> Cases:
    whole = _clip("structure")
    start, end = find(whole, b"moov")
    fragment = box(b"moof", full_box(b"mfhd", words(1)), box(b"traf", full_box(
        b"tfhd", words(1), flags=0x020000), full_box(b"trun", words(HUGE), flags=0)))  # fmt: skip
    return [
        ("moov-nested", "ten thousand indexes within each other", "rejected",
         whole[:start] + _nested(b"moov", 10_000)),
        ("udta-nested", "ten thousand boxes of user data within each other", LIES,
         added(whole, b"moov", _nested(b"udta", 10_000))),
        ("traks-fifty", "fifty tracks", LIES, many_tracks(50)),
        ("moov-twice", "two indexes", LIES, whole + whole[start:end]),
        ("moov-hundred", "a hundred indexes", LIES, whole[:start] + whole[start:end] * 100),
        ("trak-empty", "a track of nothing", LIES, added(whole, b"moov", box(b"trak") * 100)),
        ("fragment-bomb", "a fragment of 4 billion pictures without a byte", LIES,
         added(whole, b"moov", box(b"mvex", full_box(b"trex", words(1, 1, 1, 0, 0))))
         + fragment),
        ("fragments-many", "ten thousand empty fragments", LIES,
         whole + box(b"moof", full_box(b"mfhd", words(1))) * 10_000),
        ("sidx-bomb", "an index of segments that points at itself", LIES,
         whole[:start]
         + full_box(b"sidx", words(1, 1000, 0, 0, 0xFFFF), words(0x80000000, 1, 0) * 0xFFFF)
         + whole[start:]),
        ("meta-bomb", "metadata of three thousand keys", LIES,
         added(whole, b"moov", _keys(3_000))),
        ("meta-huge-key", "metadata with a key that claims 4 GiB", LIES,
         added(whole, b"moov", box(b"meta", full_box(b"keys", words(1, HUGE), b"mdtaX")))),
        ("cmov-bomb", "a compressed index that says it is 4 GiB", "rejected",
         whole[:start] + box(b"moov", box(b"cmov", box(b"dcom", b"zlib"),
                                          box(b"cmvd", words(HUGE), b"x\x9c" + bytes(64))))),
        ("cover-bomb", "a cover picture that claims 4 GiB", LIES,
         added(whole, b"moov", box(b"udta", full_box(b"meta", box(b"ilst", box(b"covr",
             words(HUGE) + b"data" + words(13, 0) + bytes(16))))))),
        ("avc-config-garbage", "settings of the decoder that are noise", LIES,
         whole.replace(b"avcC\x01", b"avcC\xff").replace(b"\xff\xe1\0", b"\xff\xff\xff")),
        ("dref-count-huge", "4 billion data references", LIES,
         patched(whole, b"dref", 4, words(HUGE))),
        ("encrypted", "pictures that are encrypted", LIES,
         patched(whole, b"stsd", 12, b"encv")),
    ]  # fmt: skip


def _keys(count: int) -> bytes:
    keys = b"".join(box(b"mdta", b"com.example.key%d" % number) for number in range(count))
    values = b"".join(
        box(words(number + 1), box(b"data", words(1, 0), b"value" * 8)) for number in range(count)
    )
    handler = full_box(b"hdlr", words(0), b"mdta", bytes(13))
    return box(b"meta", handler, full_box(b"keys", words(count), keys), box(b"ilst", values))
