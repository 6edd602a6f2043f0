"""Stills and animations with lying sizes, bombs, and too much of everything."""

import struct
import zlib

from nasties.carriers import (
    PNG_START,
    animation,
    drawing,
    encoded,
    jpeg_segment,
    noise,
    picture,
    png,
    png_chunk,
    with_segments,
)
from nasties.nasty import Made, nasty

ANY = "ok|degraded|rejected"
MEGABYTE = 1 << 20
BOMB_BYTES = 64 * MEGABYTE


def lying_stills() -> Made:
    """Make stills and animations that claim or hold far more than they should.

    Yields
    ------
    Nasty, bytes
        Description and content.
    """
    for label, what, status, data in (*_pngs(), *_jpegs(), *_gifs(), *_riffs(), *_others()):
        yield nasty(f"stills/{label}", what, status), data


Cases = list[tuple[str, str, str, bytes]]


def _bomb(size: int) -> bytes:
    return zlib.compress(bytes(size), 9)


def _pngs() -> Cases:
    sound = picture("png", "PNG")
    start, rest = sound[:33], sound[33:]
    flat = _bomb(64 * (64 * 3 + 1))
    frame = struct.pack(">IIIIIHHBB", 0, 64, 64, 0, 0, 0, 0, 0, 0)
    moving = animation("apng", "PNG")
    return [
        ("png-100k.png", "a header of 100,000 x 100,000 pixels", "rejected",
         png(100_000, 100_000, pixels=_bomb(1000))),
        ("png-2g.png", "a header of 2 billion x 2 billion pixels", "rejected",
         png(0x7FFFFFFF, 0x7FFFFFFF, pixels=_bomb(1000))),
        ("png-negative.png", "a header of 4 billion x 1 pixels", "rejected",
         png(0xFFFFFFFF, 1, pixels=_bomb(1000))),
        ("png-zero.png", "a header of no pixels", "rejected", png(0, 0, pixels=_bomb(1))),
        ("png-deep.png", "a header of 255 bits", "rejected", png(64, 64, bits=255, pixels=flat)),
        ("png-odd-colour.png", "a colour type there is not", "rejected",
         png(64, 64, colour=77, pixels=flat)),
        ("png-idat-bomb.png", "64 MiB of zeros behind a picture of 64 x 64", ANY,
         png(64, 64, pixels=_bomb(BOMB_BYTES))),
        ("png-ztxt-bomb.png", "a compressed text of 64 MiB", ANY,
         png(64, 64, before=png_chunk(b"zTXt", b"Comment\0\0" + _bomb(BOMB_BYTES)), pixels=flat)),
        ("png-ztxt-many.png", "twenty compressed texts of 16 MiB", ANY,
         png(64, 64, before=png_chunk(b"zTXt", b"C\0\0" + _bomb(16 * MEGABYTE)) * 20,
             pixels=flat)),
        ("png-itxt-bomb.png", "a compressed text of 64 MiB behind the pixels", ANY,
         png(64, 64, after=png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0"
                                     + _bomb(BOMB_BYTES)), pixels=flat)),
        ("png-iccp-bomb.png", "a colour profile of 64 MiB", ANY,
         png(64, 64, before=png_chunk(b"iCCP", b"p\0\0" + _bomb(BOMB_BYTES)), pixels=flat)),
        ("png-texts.png", "ten thousand texts", ANY,
         png(64, 64, before=png_chunk(b"tEXt", b"Comment\0x") * 10_000, pixels=flat)),
        ("png-chunk-huge.png", "a chunk that claims 2 GiB", ANY,
         start + words(0x7FFFFFFF) + b"tEXt" + rest),
        ("png-chunk-negative.png", "a chunk of minus one byte", ANY,
         start + words(0xFFFFFFFF) + b"tEXt" + rest),
        ("png-headers.png", "two headers that disagree", ANY, start + start[8:] + rest),
        ("png-palette-long.png", "a palette of 10,000 colours", ANY,
         png(64, 64, colour=3, before=png_chunk(b"PLTE", bytes(30_000)),
             pixels=_bomb(64 * 65))),
        ("png-palette-missing.png", "palette colours without a palette", ANY,
         png(64, 64, colour=3, pixels=_bomb(64 * 65))),
        ("png-crc.png", "a wrong checksum of the header", ANY,
         sound[:29] + b"\0\0\0\0" + sound[33:]),
        ("png-exif-garbage.png", "EXIF that is noise", ANY,
         png(64, 64, before=png_chunk(b"eXIf", noise("exif", 500)), pixels=flat)),
        ("png-start-twice.png", "the signature twice", ANY, PNG_START + sound),
        ("png-slim.png", "a picture of 1 x 60,000", "ok",
         encoded(drawing("slim", (1, 60_000)), "PNG")),
        ("png-flat.png", "a picture of 60,000 x 1", "ok",
         encoded(drawing("flat", (60_000, 1)), "PNG")),
        ("apng-4g-frames.png", "an animation that claims 4 billion pictures", ANY,
         png(64, 64, before=png_chunk(b"acTL", words(0xFFFFFFFF, 0))
             + png_chunk(b"fcTL", frame), pixels=flat)),
        ("apng-zero-frames.png", "an animation that claims no picture", ANY,
         png(64, 64, before=png_chunk(b"acTL", words(0, 0)), pixels=flat)),
        ("apng-outside.png", "a picture of an animation outside of its canvas", ANY,
         moving.replace(moving[moving.rfind(b"fcTL") + 8 :][:16],
                        words(0x7FFFFFF0, 0x7FFFFFF0, 0x7FFFFFF0, 0x7FFFFFF0))),
    ]  # fmt: skip


def _jpegs() -> Cases:
    sound = picture("jpeg", "JPEG")
    frame = sound.index(b"\xff\xc0") + 5
    scan = sound.index(b"\xff\xda")

    def sized(height: int, width: int) -> bytes:
        return sound[:frame] + struct.pack(">HH", height, width) + sound[frame + 4 :]

    scans = jpeg_segment(0xDA, bytes.fromhex("0101003f00")) + b"\x55"
    progressive = picture("jpeg", "JPEG", progressive=True)
    return [
        ("jpeg-65500.jpg", "a header of 65,500 x 65,500 pixels", "rejected", sized(65500, 65500)),
        ("jpeg-wide.jpg", "a header of 65,500 x 64 pixels", ANY, sized(64, 65500)),
        ("jpeg-200mp.jpg", "a header of 17,000 x 17,000 pixels and few of them", ANY,
         sized(17_000, 17_000)),
        ("jpeg-zero.jpg", "a header of no pixels", "rejected", sized(0, 0)),
        ("jpeg-segments.jpg", "a thousand application segments", "ok",
         with_segments(sound, *[jpeg_segment(0xE5, b"x" * 100)] * 1000)),
        ("jpeg-segments-full.jpg", "ten long segments of each kind", ANY,
         with_segments(sound, *(jpeg_segment(0xE0 + kind, bytes(6000)) for kind in range(16)
                                for _ in range(10)))),
        ("jpeg-comments.jpg", "a thousand comments", "ok",
         with_segments(sound, *[jpeg_segment(0xFE, b"<script>alert(1)</script>")] * 1000)),
        ("jpeg-segment-zero.jpg", "a segment of no length", ANY,
         with_segments(sound, b"\xff\xe1\0\0")),
        ("jpeg-segment-long.jpg", "a segment longer than the file", ANY,
         with_segments(sound, b"\xff\xe1\xff\xff")),
        ("jpeg-fill.jpg", "100,000 fill bytes", ANY, with_segments(sound, b"\xff" * 100_000)),
        ("jpeg-restarts.jpg", "100,000 restart markers", ANY,
         sound[:-2] + b"\xff\xd0" * 100_000 + sound[-2:]),
        ("jpeg-scans.jpg", "ten thousand scans of nothing", ANY,
         progressive[:-2] + scans * 10_000 + progressive[-2:]),
        ("jpeg-no-tables.jpg", "no Huffman tables", ANY,
         sound[: sound.index(b"\xff\xc4")] + sound[scan:]),
        ("jpeg-zero-quantisers.jpg", "quantisation tables of zeros", ANY,
         sound[: sound.index(b"\xff\xdb") + 5] + bytes(64)
         + sound[sound.index(b"\xff\xdb") + 69 :]),
        ("jpeg-sampling.jpg", "a sampling factor of 15 x 15", ANY,
         sound[: frame + 6] + b"\xff" + sound[frame + 7 :]),
        ("jpeg-arithmetic.jpg", "a frame marker of arithmetic coding", ANY,
         sound.replace(b"\xff\xc0", b"\xff\xc9")),
        ("jpeg-12-bit.jpg", "a header of 12 bits", ANY,
         sound[: frame - 1] + b"\x0c" + sound[frame:]),
        ("jpeg-mpo-bomb.jpg", "an index of a million pictures", ANY,
         with_segments(sound, jpeg_segment(0xE2, b"MPF\0" + _mpf(1_000_000)))),
        ("jpeg-mpo-self.jpg", "an index of pictures that are the file itself", ANY,
         with_segments(sound, jpeg_segment(0xE2, b"MPF\0" + _mpf(100)))),
        ("jpeg-icc-garbage.jpg", "a colour profile that is noise", "ok",
         with_segments(sound, jpeg_segment(0xE2, b"ICC_PROFILE\0\1\1" + noise("icc", 3000)))),
        ("jpeg-icc-parts.jpg", "part 200 of 3 of a colour profile", "ok",
         with_segments(sound, jpeg_segment(0xE2, b"ICC_PROFILE\0\xc8\3" + noise("icc", 300)))),
        ("jpeg-photoshop.jpg", "Photoshop blocks that claim 4 GiB", ANY,
         with_segments(sound, jpeg_segment(0xED, b"Photoshop 3.0\0" b"8BIM\x04\x04\0\0"
                                           + words(0xFFFFFFFF) + noise("ps", 50)))),
        ("jpeg-zip.jpg", "an archive behind the picture", "ok",
         sound + b"PK\x03\x04" + noise("zip", 5000)),
        ("jpeg-jpegs.jpg", "a hundred pictures one after another", ANY, sound * 100),
    ]  # fmt: skip


def _mpf(pictures: int) -> bytes:
    entries = struct.pack(">IIIHH", 0x20030000, 1000, 0, 0, 0) * min(pictures, 100)
    tags = (
        struct.pack(">HHI4s", 0xB000, 7, 4, b"0100"),
        struct.pack(">HHII", 0xB001, 4, 1, pictures),
        struct.pack(">HHII", 0xB002, 7, 16 * pictures, 50),
    )
    return b"MM\0*" + words(8) + struct.pack(">H", 3) + b"".join(tags) + words(0) + entries


def _gifs() -> Cases:
    sound = picture("gif", "GIF")
    palette = sound[13 : 13 + 768]
    one = b"\x2c" + bytes(4) + struct.pack("<HH", 1, 1) + b"\0\x02\x02\x44\x01\0"
    screen = struct.pack("<HH", 64, 48) + b"\xf7\0\0"
    return [
        ("gif-10000.gif", "ten thousand pictures of one pixel", ANY,
         b"GIF89a" + screen + palette + one * 10_000 + b";"),
        ("gif-65535.gif", "a canvas of 65,535 x 65,535 pixels", "rejected",
         b"GIF89a" + b"\xff\xff\xff\xff\xf7\0\0" + palette + one + b";"),
        ("gif-large-frames.gif", "forty pictures on a canvas of 1,500 x 1,000", ANY,
         large_gif(1500, 1000, 40)),
        ("gif-frame-outside.gif", "a picture larger than its canvas", ANY,
         b"GIF89a" + screen + palette + b"\x2c" + bytes(4) + b"\xff\xff\xff\xff"
         + b"\0\x02\x02\x44\x01\0;"),
        ("gif-lzw.gif", "a code size of 255", ANY,
         b"GIF89a" + screen + palette + one[:10] + b"\xff" + one[11:] + b";"),
        ("gif-lzw-noise.gif", "compressed noise", ANY,
         b"GIF89a" + screen + palette + b"\x2c" + bytes(4) + struct.pack("<HH", 64, 48) + b"\0\x08"
         + b"\xff" + noise("lzw", 255) + b"\0;"),
        ("gif-comments.gif", "ten thousand comments", ANY,
         sound[:781] + b"\x21\xfe\x05hello\0" * 10_000 + sound[781:]),
        ("gif-no-pictures.gif", "no picture", "rejected", b"GIF89a" + screen + palette + b";"),
        ("gif-zero-delay.gif", "pictures that are shown for no time", "ok",
         animation("gif zero", "GIF", duration=0)),
        ("gif-endless-blocks.gif", "a chain of blocks that never ends", ANY,
         b"GIF89a" + screen + palette + b"\x21\xff" + b"\xff" * 100_000),
    ]  # fmt: skip


def _riffs() -> Cases:
    sound = picture("webp", "WEBP")
    moving = animation("webp", "WEBP", duration=0)
    body = sound[12:]
    huge = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + b"\xff\xff\xff" * 2
    frames = moving[moving.index(b"ANMF") :]
    return [
        ("webp-zero-delay.webp", "pictures that are shown for no time", "ok", moving),
        ("webp-canvas.webp", "a canvas of 16,777,216 x 16,777,216 pixels", "rejected",
         riff(b"WEBP", huge + body)),
        ("webp-canvas-large.webp", "a canvas of 2,000 x 2,000 pixels and a small picture", ANY,
         large_webp(2000)),
        ("webp-many.webp", "two hundred pictures", ANY,
         riff(b"WEBP", moving[12:] + frames * 30)),
        ("webp-riff-huge.webp", "a length of 4 GiB", ANY,
         sound[:4] + b"\xff\xff\xff\xff" + sound[8:]),
        ("webp-riff-zero.webp", "a length of zero", ANY, sound[:4] + bytes(4) + sound[8:]),
        ("webp-chunk-huge.webp", "a chunk of 4 GiB", ANY,
         sound[:16] + b"\xff\xff\xff\xff" + sound[20:]),
        ("webp-lossless-size.webp", "3,000 x 3,000 pixels in twenty bytes", ANY,
         large_lossless_webp(3000)),
        ("webp-exif-garbage.webp", "EXIF and XMP that are noise", "ok",
         encoded(drawing("webp exif"), "WEBP", exif=b"Exif\0\0" + noise("exif", 300),
                 xmp=noise("xmp", 300))),
        ("webp-unknown-chunks.webp", "ten thousand chunks of no content", ANY,
         riff(b"WEBP", body + (b"abcd" + bytes(4)) * 10_000)),
    ]  # fmt: skip


def _others() -> Cases:
    bmp = picture("bmp", "BMP")
    avif, heic = picture("avif", "AVIF"), picture("heic", "HEIF")
    ispe = avif.index(b"ispe") + 8
    h_ispe = heic.index(b"ispe") + 8
    iloc, h_iloc = avif.index(b"iloc"), heic.index(b"iloc")
    rle = b"BM" + struct.pack("<IHHIIiiHHIIiiII", 1000, 0, 0, 1078, 40, 64, 64, 1, 8, 1, 0, 0, 0,
                              256, 0)  # fmt: skip
    return [
        ("bmp-huge.bmp", "a header of 2 billion x 2 billion pixels", "rejected",
         bmp[:18] + b"\xff\xff\xff\x7f" * 2 + bmp[26:]),
        ("bmp-most-negative.bmp", "a height of minus 2 billion", "rejected",
         bmp[:22] + b"\0\0\0\x80" + bmp[26:]),
        ("bmp-negative-width.bmp", "a negative width", ANY,
         bmp[:18] + b"\xff\xff\xff\xff" + bmp[22:]),
        ("bmp-offset.bmp", "pixels behind the end of the file", ANY,
         bmp[:10] + b"\xff\xff\xff\x7f" + bmp[14:]),
        ("bmp-rle-noise.bmp", "compressed noise", ANY, rle + bytes(1024) + noise("rle", 500)),
        ("bmp-rle-bomb.bmp", "compressed pixels that never end", ANY,
         rle + bytes(1024) + b"\xff\x00" * 50_000),
        ("bmp-palette.bmp", "a palette of 4 billion colours", ANY,
         rle[:46] + b"\xff\xff\xff\xff" + rle[50:] + bytes(1024)),
        ("avif-size.avif", "a size of 4 billion x 4 billion pixels", ANY,
         avif[:ispe] + b"\xff" * 8 + avif[ispe + 8 :]),
        ("avif-iloc.avif", "places of the picture that are noise", ANY,
         avif[: iloc + 12] + noise("iloc", 8) + avif[iloc + 20 :]),
        ("heic-size.heic", "a size of 4 billion x 4 billion pixels", ANY,
         heic[:h_ispe] + b"\xff" * 8 + heic[h_ispe + 8 :]),
        ("heic-iloc.heic", "places of the picture that are noise", ANY,
         heic[: h_iloc + 12] + noise("iloc", 8) + heic[h_iloc + 20 :]),
        ("heic-brand-only.heic", "a brand and nothing else", "rejected",
         b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
        ("avif-brand-of-video.avif", "a video that says it is a picture", "rejected",
         b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + noise("mdat", 3000)),
        ("heic-named-avif.avif", "one brand and the other's content", ANY,
         heic.replace(b"ftypheic", b"ftypavif")),
    ]  # fmt: skip


def large_gif(width: int, height: int, pictures: int) -> bytes:
    """Build a GIF of pictures of one pixel on a large canvas.

    Parameters
    ----------
    width, height : int
        Of the canvas.
    pictures : int
        How many.

    Returns
    -------
    bytes
        The file.
    """
    one = b"\x2c" + bytes(4) + struct.pack("<HH", 1, 1) + b"\0\x02\x02\x44\x01\0"
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\xf0\0\0" + noise("palette", 6) + (
        one * pictures + b";"
    )  # fmt: skip


def large_webp(side: int) -> bytes:
    """Build a WebP animation of small pictures on a large canvas.

    Parameters
    ----------
    side : int
        Of the canvas.

    Returns
    -------
    bytes
        The file.
    """
    moving = animation("webp canvas", "WEBP")
    canvas = b"\x02\0\0\0" + (side - 1).to_bytes(3, "little") * 2
    return riff(b"WEBP", b"VP8X" + struct.pack("<I", 10) + canvas + moving[30:])


def large_lossless_webp(side: int) -> bytes:
    """Build a WebP picture that claims a size and holds next to nothing.

    Parameters
    ----------
    side : int
        Of the picture.

    Returns
    -------
    bytes
        The file.
    """
    header = ((side - 1) | (side - 1) << 14).to_bytes(4, "little")
    return riff(b"WEBP", b"VP8L" + struct.pack("<I", 10) + b"\x2f" + header + bytes(5))


def riff(form: bytes, body: bytes) -> bytes:
    """Build a RIFF file.

    Parameters
    ----------
    form : bytes
        Four letters.
    body : bytes
        Its chunks.

    Returns
    -------
    bytes
        The file.
    """
    return b"RIFF" + struct.pack("<I", len(body) + 4) + form + body


def words(*numbers: int) -> bytes:
    """Write unsigned 32-bit numbers, the highest byte first.

    Parameters
    ----------
    *numbers : int
        The numbers.

    Returns
    -------
    bytes
        Four bytes each.
    """
    return struct.pack(f">{len(numbers)}I", *numbers)
