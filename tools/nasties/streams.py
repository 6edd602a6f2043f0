"""Clips and sounds of the other containers, with lying sizes, counts and times."""

import struct

from nasties.carriers import clip, noise, picture, tone
from nasties.nasty import Made, nasty
from nasties.still_lies import riff

ANY = "ok|degraded|rejected"
UNKNOWN = b"\x01\xff\xff\xff\xff\xff\xff\xff"
SEGMENT, INFO, TRACKS, CLUSTER = b"\x18\x53\x80\x67", b"\x15\x49\xa9\x66", b"\x16\x54\xae\x6b", b"\x1f\x43\xb6\x75"  # fmt: skip  # noqa: E501


def lying_streams() -> Made:
    """Make clips and sounds whose containers lie.

    Yields
    ------
    Nasty, bytes
        Description and content.
    """
    for label, what, status, data in (*_matroska(), *_avi(), *_packets(), *_sounds()):
        yield nasty(f"streams/{label}", what, status), data


Cases = list[tuple[str, str, str, bytes]]


def element(name: bytes, body: bytes, *, size: bytes | None = None) -> bytes:
    """Build an EBML element.

    Parameters
    ----------
    name : bytes
        Its identifier.
    body : bytes
        Its content.
    size : bytes, optional
        Another size than its own, as it is coded.

    Returns
    -------
    bytes
        The element.
    """
    return name + ((1 << 56 | len(body)).to_bytes(8, "big") if size is None else size) + body


def _number(name: int, value: int) -> bytes:
    coded = name.to_bytes((name.bit_length() + 7) // 8, "big")
    return element(coded, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def _mkv(*, tracks: bytes | None = None, body: bytes | None = None, before: bytes = b"",
         scale: int = 1_000_000, segment_size: bytes | None = None) -> bytes:  # fmt: skip
    head = element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", b"matroska") + _number(0x4287, 4))
    track = tracks if tracks is not None else _track()
    content = (
        before
        + element(INFO, _number(0x2AD7B1, scale) + element(b"\x44\x89", struct.pack(">d", 2000.0)))
        + element(TRACKS, track)
        + (body if body is not None else _cluster())
    )
    return head + element(SEGMENT, content, size=segment_size)


def _track(number: int = 1, *, width: int = 96, height: int = 64, codec: bytes = b"V_MJPEG",
           more: bytes = b"") -> bytes:  # fmt: skip
    video = element(b"\xe0", _number(0xB0, width) + _number(0xBA, height))
    inside = _number(0xD7, number) + _number(0x73C5, number) + _number(0x83, 1)
    return element(b"\xae", inside + element(b"\x86", codec) + video + more)


def _block(time: int, data: bytes, *, flags: int = 0x80, track: int = 1) -> bytes:
    return element(
        b"\xa3", bytes((0x80 | track,)) + struct.pack(">h", time) + bytes((flags,)) + data
    )


def _cluster(*blocks: bytes, time: int = 0) -> bytes:
    if not blocks:
        blocks = tuple(
            _block(1000 * second, picture(f"mkv {second}", "JPEG")) for second in range(3)
        )
    return element(CLUSTER, _number(0xE7, time) + b"".join(blocks))


def _matroska() -> Cases:
    nested = b""
    for _ in range(500):
        nested = element(b"\xb6", nested)  # a chapter within a chapter
    tag = element(b"\x67\xc8", element(b"\x45\xa3", b"TITLE") + element(b"\x44\x87", b"x" * 50))
    tags = element(b"\x12\x54\xc3\x67", element(b"\x73\x73", tag * 5000))
    lacing = {"xiph": 0x82, "fixed": 0x84, "ebml": 0x86}
    attachment = element(b"\x61\xa7", element(b"\x46\x6e", b"../../evil.sh")
                         + element(b"\x46\x60", b"image/jpeg")
                         + element(b"\x46\x5c", picture("cover", "JPEG")))  # fmt: skip
    return [
        ("mkv-sound.mkv", "a clip made by hand, for comparison", "ok", _mkv()),
        ("mkv-unknown-sizes.mkv", "a segment and clusters of unknown size", ANY,
         _mkv(segment_size=UNKNOWN, body=CLUSTER + UNKNOWN + _cluster()[12:])),
        ("mkv-nested-segment.mkv", "segments of unknown size within each other", ANY,
         _mkv(before=(SEGMENT + UNKNOWN) * 5000)),
        ("mkv-nested-chapters.mkv", "five hundred chapters within each other", ANY,
         _mkv(before=element(b"\x10\x43\xa7\x70", element(b"\x45\xb9", nested)))),
        ("mkv-element-huge.mkv", "an element of 2^56 bytes", ANY,
         _mkv(before=b"\xec\x01" + b"\xfe" * 7)),
        *((f"mkv-lacing-{name}.mkv", f"256 frames in one block by {name} lacing", ANY,
           _mkv(body=_cluster(_block(0, b"\xff" + b"\xff" * 600, flags=flag))))
          for name, flag in lacing.items()),
        ("mkv-lacing-bomb.mkv", "two thousand blocks of 256 empty frames", ANY,
         _mkv(body=_cluster(*[_block(0, b"\xff", flags=0x84)] * 2000))),
        ("mkv-tags.mkv", "five thousand tags", ANY, _mkv(before=tags)),
        ("mkv-tracks.mkv", "a thousand tracks", ANY,
         _mkv(tracks=b"".join(_track(number % 126 + 1) for number in range(1000)))),
        ("mkv-huge-picture.mkv", "a header of 2^31 x 2^31 pixels", ANY,
         _mkv(tracks=_track(width=1 << 31, height=1 << 31))),
        ("mkv-raw-huge.mkv", "uncompressed pictures of 8,192 x 8,192 in a kilobyte", ANY,
         _mkv(tracks=_track(width=8192, height=8192, codec=b"V_UNCOMPRESSED",
                            more=element(b"\x2e\xb5\x24", b"I420")),
              body=_cluster(_block(0, noise("raw", 1000))))),
        ("mkv-scale-zero.mkv", "a clock of no nanoseconds a tick", ANY, _mkv(scale=0)),
        ("mkv-scale-huge.mkv", "a clock of 2^63 nanoseconds a tick", ANY, _mkv(scale=1 << 63)),
        ("mkv-time-huge.mkv", "a cluster at the end of time", ANY,
         _mkv(body=_cluster(time=(1 << 62)))),
        ("mkv-times-backwards.mkv", "times that run backwards", ANY,
         _mkv(body=_cluster(*(_block(-9000 * each, picture(f"back {each}", "JPEG"))
                              for each in range(3)), time=30_000))),
        ("mkv-compressed-headers.mkv", "frames that say they are compressed", ANY,
         _mkv(tracks=_track(more=element(b"\x6d\x80", element(b"\x62\x40", element(
             b"\x50\x34", _number(0x4254, 0))))))),
        ("mkv-attachment.mkv", "an attachment named like a path", "ok",
         _mkv(before=element(b"\x19\x41\xa4\x69", attachment))),
        ("mkv-version.mkv", "a document type of version 2^60", ANY,
         element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", b"matroska") + _number(0x4287, 1 << 60)
                 + _number(0x42F2, 1 << 60)) + _mkv()[40:]),
        ("mkv-cues-loop.mkv", "an index that points at itself", ANY,
         _mkv(before=element(b"\x11\x4d\x9b\x74", element(b"\x4d\xbb", element(
             b"\x53\xab", b"\x11\x4d\x9b\x74") + _number(0x53AC, 0))))),
    ]  # fmt: skip


def _avi() -> Cases:
    whole = clip("avi", "avi", "mjpeg", pixels="yuvj420p")
    index = whole.index(b"idx1")
    header = whole.index(b"avih") + 8
    track = whole.index(b"strh") + 8
    form = whole.index(b"strf") + 8

    def at(place: int, patch: bytes) -> bytes:
        return whole[:place] + patch + whole[place + len(patch) :]

    rows = (len(whole) - index - 8) // 16
    looped = whole[: index + 8] + (whole[index + 8 : index + 24]) * rows
    huge = b"\xff\xff\xff\xff"
    zero = bytes(4)
    odml = (
        struct.pack("<HBBI4sQI", 4, 0, 0, 1000, b"00dc", 0, 0) + struct.pack("<QII", 0, 64, 1) * 99
    )
    return [
        ("avi-index-loop.avi", "an index whose rows are all the same picture", ANY, looped),
        ("avi-index-huge.avi", "an index of 4 GiB", ANY, at(index + 4, huge)),
        ("avi-index-beyond.avi", "an index of places behind the end", ANY,
         whole[: index + 8] + struct.pack("<4sIII", b"00dc", 16, 0xFFFFFFF0, 0xFFFFFFF0) * rows),
        ("avi-index-many.avi", "an index of a hundred thousand rows", ANY,
         whole[:index] + b"idx1" + struct.pack("<I", 16 * 100_000)
         + whole[index + 8 : index + 24] * 100_000),
        ("avi-odml-loop.avi", "an index of indexes that are itself", ANY,
         whole[:index] + b"ix00" + struct.pack("<I", len(odml)) + odml),
        ("avi-rate-zero.avi", "no pictures a second", ANY, at(track + 24, zero)),
        ("avi-scale-zero.avi", "no ticks a picture", ANY, at(track + 20, zero)),
        ("avi-length-huge.avi", "4 billion pictures", ANY, at(track + 32, huge)),
        ("avi-streams-huge.avi", "4 billion streams", ANY, at(header + 24, huge)),
        ("avi-picture-huge.avi", "a header of 2 billion x 2 billion pixels", ANY,
         at(form + 4, b"\xff\xff\xff\x7f" * 2)),
        ("avi-codec-unknown.avi", "pictures coded in an unknown way", "rejected",
         at(form + 16, b"zzzz").replace(b"vidsMJPG", b"vidszzzz")),
        ("avi-lists-nested.avi", "five thousand lists within each other", ANY,
         riff(b"AVI ", _lists(5000))),
        ("avi-riff-huge.avi", "a length of 4 GiB", ANY, at(4, huge)),
        ("avi-empty-chunks.avi", "a hundred thousand empty pictures", ANY,
         whole[:index] + (b"00dc" + zero) * 100_000),
    ]  # fmt: skip


def _lists(depth: int) -> bytes:
    inside = b""
    for _ in range(depth):
        inside = b"LIST" + struct.pack("<I", len(inside) + 4) + b"hdrl" + inside
    return inside


def _packets() -> Cases:
    ts = clip("ts lies", "mpegts", "mpeg2video")
    flv = clip("flv lies", "flv", "flv")
    wmv = clip("wmv lies", "asf", "wmv2")
    ogv = clip("ogv lies", "ogg", "libvpx")
    mpeg = clip("mpeg lies", "mpeg", "mpeg1video")
    packet = b"\x47\x1f\xff\x10" + b"\xff" * 184
    pat = bytearray(ts[:188] if ts[1] & 0x1F == 0 else ts[188:376])
    programs = b"".join(struct.pack(">HH", n + 1, 0xE000 | n + 32) for n in range(40))
    many = (b"\x47\x40\x00\x10\x00\x00\xb0" + bytes((9 + len(programs),)) + b"\0\1\xc1\0\0"
            + programs + bytes(4)).ljust(188, b"\xff")  # fmt: skip
    script = _flv_tag(
        18, b"\x02\x00\x0aonMetaData\x08\xff\xff\xff\xff" + b"\0\1a\x08\0\0\0\1" * 2000
    )
    page = ogv[: ogv.index(b"OggS", 4)]
    sequence = b"\0\0\1\xb3" + bytes((0xFF, 0xFF, 0xFF, 0x15)) + b"\xff\xff\xe0\x18"
    return [
        ("ts-null-packets.ts", "nothing but stuffing", "rejected", packet * 500),
        ("ts-programs.ts", "a table of programs that are not there", "rejected",
         many * 20 + packet * 100),
        ("ts-table-loop.ts", "a table of programs that names itself", ANY,
         (bytes(pat[:15]) + b"\xe0\0" + bytes(pat[17:])) * 20 + ts[376:]),
        ("ts-noise.ts", "packets of noise", "rejected",
         b"".join(b"\x47" + noise(f"ts {n}", 187) for n in range(50))),
        ("ts-scrambled.ts", "packets that say they are scrambled", ANY,
         b"".join(ts[at:at + 3] + bytes((ts[at + 3] | 0xC0,)) + ts[at + 4:at + 188]
                  for at in range(0, len(ts), 188))),
        ("flv-tag-huge.flv", "a tag of 16 MiB", ANY, flv[:13] + b"\x09\xff\xff\xff" + flv[17:]),
        ("flv-script-nested.flv", "thousands of objects within each other", ANY,
         flv[:13] + script + flv[13:]),
        ("flv-offset-huge.flv", "a header of 4 GiB", ANY, flv[:5] + b"\xff\xff\xff\xff" + flv[9:]),
        ("flv-previous-loop.flv", "tags that point back at themselves", ANY,
         flv[:13] + _flv_tag(9, b"\x22" + bytes(10), previous=0) * 5000),
        ("flv-empty.flv", "a header and nothing else", "rejected", flv[:13]),
        ("wmv-object-zero.wmv", "an object of no size", ANY, wmv[:46] + bytes(8) + wmv[54:]),
        ("wmv-object-huge.wmv", "an object of 2^63 bytes", ANY,
         wmv[:46] + b"\0" * 7 + b"\x80" + wmv[54:]),
        ("wmv-objects-claim.wmv", "a header of 4 billion objects", ANY,
         wmv[:24] + b"\xff\xff\xff\xff" + wmv[28:]),
        ("wmv-packets-zero.wmv", "packets of no size", ANY, _asf_packets(wmv, 0)),
        ("wmv-packets-huge.wmv", "packets of 4 GiB", ANY, _asf_packets(wmv, 0xFFFFFFFF)),
        ("ogg-page-loop.ogv", "the first page five thousand times", ANY, page * 5000),
        ("ogg-lacing.ogv", "pages of 255 segments of nothing", ANY,
         ogv + (ogv[:26] + b"\xff" + bytes(255)) * 100),
        ("ogg-granule.ogv", "times at the end of time", ANY,
         ogv.replace(b"OggS\0\0", b"OggS\0\4")[:6] + b"\xff" * 7 + b"\x7f" + ogv[14:]),
        ("ogg-comments.ogv", "comments that claim 4 billion lines", ANY,
         ogv.replace(b"vorbis", b"\xff\xff\xff\xff\xff\xff")),
        ("mpeg-sequence-huge.mpg", "a header of 4,095 x 4,095 pixels", ANY,
         sequence + mpeg[mpeg.index(b"\0\0\1\xb3") + 12 :]),
        ("mpeg-start-codes.mpg", "a hundred thousand start codes", ANY,
         b"\0\0\1\xb3" + b"\0\0\1\xb2" * 100_000),
        ("mpeg-packs.mpg", "fifty thousand empty packs", ANY, mpeg[:14] * 50_000),
        ("mpeg-length-zero.mpg", "packets of no length", ANY,
         mpeg[:14] + b"\0\0\1\xe0\0\0" * 5000),
    ]  # fmt: skip


def _flv_tag(kind: int, body: bytes, *, previous: int | None = None) -> bytes:
    size = len(body) + 11 if previous is None else previous
    return bytes((kind,)) + len(body).to_bytes(3, "big") + bytes(7) + body + size.to_bytes(4, "big")


def _asf_packets(wmv: bytes, size: int) -> bytes:
    properties = wmv.index(bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365"))
    sizes = struct.pack("<II", size, size)
    return wmv[: properties + 92] + sizes + wmv[properties + 100 :]


def _sounds() -> Cases:
    wav, mp3 = tone("wav", "pcm_s16le", seconds=0.5), tone("mp3", "libmp3lame")
    flac = tone("flac", "flac", seconds=0.5)
    cover = picture("cover", "JPEG")
    image = b"\x03image/jpeg\0\x03\0" + cover
    plain = mp3[10 + _syncsafe(mp3[6:10]) :] if mp3.startswith(b"ID3") else mp3
    block = struct.pack(">I", 6) + b"\xff\xff\xff\xff" * 8
    return [
        ("mp3-cover.mp3", "a sound with a cover picture", "degraded|rejected",
         _id3(b"APIC", image) + plain),
        ("mp3-cover-bomb.mp3", "a cover picture that claims 65,500 x 65,500 pixels",
         "degraded|rejected", _id3(b"APIC", b"\x03image/jpeg\0\x03\0" + _sized(cover)) + plain),
        ("mp3-tag-huge.mp3", "a tag of 256 MiB", ANY, b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + mp3),
        ("mp3-tags.mp3", "a thousand tags one after another", ANY,
         _id3(b"TIT2", b"\3x") * 1000 + plain),
        ("mp3-frames-zero.mp3", "ten thousand fields of no length", ANY,
         _id3_raw((b"TIT2" + bytes(6)) * 10_000) + plain),
        ("mp3-unsynchronised.mp3", "a compressed field that claims 4 GiB", ANY,
         _id3_raw(b"TXXX" + b"\0\0\0\x40" + b"\0\x09" + b"\x7f\x7f\x7f\x7f" + bytes(60)) + plain),
        ("wav-rate-zero.wav", "no samples a second", ANY, wav[:24] + bytes(4) + wav[28:]),
        ("wav-channels.wav", "65,535 channels", ANY, wav[:22] + b"\xff\xff" + wav[24:]),
        ("wav-align-zero.wav", "samples of no bytes", ANY, wav[:32] + bytes(2) + wav[34:]),
        ("wav-size-huge.wav", "a length of 4 GiB", ANY, wav[:4] + b"\xff" * 4 + wav[8:]),
        ("wav-format-unknown.wav", "sound coded in an unknown way", ANY,
         wav[:20] + b"\x99\x99" + wav[22:]),
        ("flac-picture-huge.flac", "a picture block that claims 4 GiB", ANY,
         b"fLaC\x06" + len(block).to_bytes(3, "big") + block + flac[4:]),
        ("flac-blocks.flac", "a hundred thousand empty blocks", ANY,
         flac[:42].replace(b"fLaC\x80", b"fLaC\x00") + b"\x01\0\0\0" * 100_000 + flac[42:]),
        ("aac-noise.aac", "a header and noise", ANY, b"\xff\xf1" + noise("aac", 3000)),
    ]  # fmt: skip


def _sized(jpeg: bytes) -> bytes:
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", 65500, 65500) + jpeg[at + 4 :]


def _syncsafe(coded: bytes) -> int:
    return sum(byte << 7 * place for place, byte in enumerate(reversed(coded)))


def _id3(name: bytes, body: bytes) -> bytes:
    return _id3_raw(name + len(body).to_bytes(4, "big") + b"\0\0" + body)


def _id3_raw(frames: bytes) -> bytes:
    size = bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + size + frames
