"""Sound pictures and clips of rare kinds, which must not be refused."""

import numpy as np
from PIL import Image

from nasties.carriers import animation, clip, drawing, encoded, picture, png, png_chunk
from nasties.nasty import Made, nasty


def odd_pictures() -> Made:
    """Make pictures and clips that are rare and sound.

    Yields
    ------
    Nasty, bytes
        Description and content.
    """
    for label, what, data in (*_modes(), *_sizes(), *_moving()):
        yield nasty(f"odd/{label}", what, "ok"), data


Cases = list[tuple[str, str, bytes]]


def _modes() -> Cases:
    soft = np.asarray(drawing("soft", mode="L"))
    wide = Image.fromarray(soft.astype(np.uint16) * 257)
    floats = soft.astype(np.float32) / 255
    broken = floats.copy()
    broken[:8], broken[8:16], broken[16:24] = np.nan, np.inf, -np.inf
    alpha = drawing("alpha", mode="RGBA")
    alpha.putalpha(drawing("alpha2", mode="L"))
    key = png(64, 64, before=png_chunk(b"tRNS", bytes(6)), pixels=_rows(64, 64 * 3))
    return [
        ("cmyk.jpg", "four inks", picture("cmyk", "JPEG", mode="CMYK")),
        ("grey.jpg", "grey", picture("grey", "JPEG", mode="L")),
        ("cmyk.tif", "four inks", picture("cmyk tiff", "TIFF", mode="CMYK")),
        ("lab.tif", "L*a*b*", encoded(_lab(), "TIFF")),
        ("sixteen.png", "sixteen bits", encoded(wide, "PNG")),
        ("sixteen.tif", "sixteen bits", encoded(wide, "TIFF")),
        ("float.tif", "floating point", encoded(Image.fromarray(floats), "TIFF")),
        ("float-nan.tif", "no numbers and infinities", encoded(Image.fromarray(broken), "TIFF")),
        ("bilevel.png", "one bit", picture("bits", "PNG", mode="1")),
        ("bilevel.tif", "one bit, as facsimile", picture("fax", "TIFF", mode="1",
                                                           compression="group4")),
        ("palette.png", "a palette", picture("palette", "PNG", mode="P")),
        ("palette-alpha.png", "a palette with transparency",
         encoded(drawing("pa", mode="P"), "PNG", transparency=bytes(range(200)))),
        ("alpha.png", "transparency", encoded(alpha, "PNG")),
        ("alpha-grey.png", "grey and transparency", encoded(alpha.convert("LA"), "PNG")),
        ("alpha.webp", "transparency", encoded(alpha, "WEBP")),
        ("alpha.avif", "transparency", encoded(alpha, "AVIF")),
        ("alpha.tif", "transparency", encoded(alpha, "TIFF")),
        ("clear.png", "nothing that can be seen",
         encoded(Image.new("RGBA", (64, 64), (9, 9, 9, 0)), "PNG")),
        ("colour-key.png", "one colour that is transparent", key),
        ("bmp-alpha.bmp", "transparency", encoded(alpha, "BMP")),
    ]  # fmt: skip


def _rows(height: int, row_bytes: int) -> bytes:
    import zlib

    return zlib.compress((b"\0" + bytes(range(192))[:row_bytes]) * height)


def _lab() -> Image.Image:
    return Image.frombytes("LAB", (96, 64), drawing("lab").tobytes())


def _sizes() -> Cases:
    one = [(f"one.{ending}", "a single pixel", picture("one", form, size=(1, 1)))
           for ending, form in (("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP"), ("gif", "GIF"),
                                ("bmp", "BMP"), ("tif", "TIFF"), ("avif", "AVIF"))]  # fmt: skip
    return [
        *one,
        ("slim.jpg", "1 x 60,000 pixels", picture("slim", "JPEG", size=(1, 60_000))),
        ("flat.jpg", "60,000 x 1 pixels", picture("flat", "JPEG", size=(60_000, 1))),
        ("flat.tif", "60,000 x 1 pixels", picture("flat", "TIFF", size=(60_000, 1))),
        ("uniform.jpg", "one colour", encoded(Image.new("RGB", (400, 300)), "JPEG")),
        ("pages.tif", "five pages of different sizes",
         encoded(drawing("p0"), "TIFF", save_all=True,
                 append_images=[drawing(f"p{n}", (40 * n, 30)) for n in range(1, 5)])),
    ]  # fmt: skip


def _moving() -> Cases:
    return [
        ("still.gif", "one picture", picture("still", "GIF")),
        ("two.gif", "two equal pictures", encoded(
            drawing("two"), "GIF", save_all=True, append_images=[drawing("two")], duration=100)),
        ("moving.avif", "an animation", animation("odd avif", "AVIF")),
        ("tiny.mp4", "pictures of 2 x 2 pixels",
         clip("tiny", "mp4", "libx264", seconds=1, size=(2, 2))),
        ("one-picture.mp4", "a clip of one picture", clip("one", "mp4", "libx264", seconds=0.1)),
        ("narrow.mkv", "pictures of 2,000 x 2 pixels",
         clip("narrow", "matroska", "ffv1", seconds=0.5, size=(2000, 2))),
        ("grey.mkv", "grey pictures", clip("grey", "matroska", "ffv1", pixels="gray")),
        ("deep.mkv", "pictures of sixteen bits",
         clip("deep", "matroska", "ffv1", seconds=0.5, pixels="gray16le")),
        ("alpha.mov", "pictures with transparency",
         clip("alpha", "mov", "qtrle", seconds=1, pixels="argb")),
    ]  # fmt: skip
