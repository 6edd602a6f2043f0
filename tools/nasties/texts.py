"""Texts that act where they are shown, in pages, terminals and tables, and files that say them."""

import struct

from PIL import ExifTags, Image

from nasties.carriers import clip, drawing, encoded, jpeg_segment, picture, tone, with_segments
from nasties.nasty import Made, nasty

ACTING = {
    "script": "<script>alert(1)</script>",
    "handler": "\"><img src=x onerror='alert(1)'>",
    "attribute": "' onfocus='alert(1)' autofocus='",
    "address": "javascript:alert(1)",
    "end-of-script": "</script></style></title><svg/onload=alert(1)>",
    "comment": "--><b>x</b><!--",
    "section": "]]><b>x</b>",
    "style": "x;background:url(http://127.0.0.1:9/);}</style>",
    "template": "{{ 7 * 7 }}{% for x in y %}${7*7}",
    "entity": "&lt;script&gt;&#60;b&#62;&amp;",
    "equals": '=HYPERLINK("http://127.0.0.1:9/","x")',
    "plus": "+cmd|' /C calc'!A0",
    "minus": "-2+3+cmd|' /C calc'!A0",
    "at": "@SUM(1+9)*cmd|' /C calc'!A0",
    "tab": "\t=1+1",
    "return": "\r=1+1",
    "quote": '",=1+1,"',
    "colour": "\x1b[31mred\x1b[0m",
    "title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;http://127.0.0.1:9/\x1b\\click\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;cm0gLXJmIC8=\x07",
    "device": "\x1bP$qm\x1b\\\x1b[6n",
    "c1": "\x9b31m\x9d0;owned\x9c",
    "erase": "a\x08\x08\x08\x7fb",
    "override": "photo\u202egpj.exe",
    "isolate": "a\u2066b\u2067c\u2068d\u2069",
    "mark": "a\u200eb\u200fc\u061cd",
    "zero-width": "a\u200bb\u200cc\u200dd\ufeffe\u2060",
    "separators": "a\u2028b\u2029c\u0085d",
    "tags": "a\U000e0041\U000e0042\U000e007f",
    "stacked": "Z" + "\u0301" * 60,
    "line": "one\nforensics scan: all is well\r\n",
    "long": "x" * 5000,
}
"""What strangers write, by what it does."""


def acting_texts() -> Made:
    """Make files whose metadata hold texts that act.

    Yields
    ------
    Nasty, bytes
        Description and content.
    """
    for label, text in ACTING.items():
        yield (
            nasty(f"texts/exif-{label}.jpg", f"EXIF texts with {label}", "ok"),
            with_texts(f"exif {label}", text),
        )
    everything = " ".join(ACTING.values())
    tags = {name: everything.replace("\0", "") for name in ("title", "comment", "artist")}
    for ending, container, codec in (("mp4", "mp4", "libx264"), ("mkv", "matroska", "mpeg4"),
                                     ("avi", "avi", "mpeg4"), ("wmv", "asf", "wmv2")):  # fmt: skip
        yield (
            nasty(f"texts/tags.{ending}", "container tags that act", "ok"),
            clip(f"tags {ending}", container, codec, tags=tags),
        )
    yield (
        nasty("texts/tags.mp3", "tags of a sound that act", "degraded", "sound only"),
        tone("mp3", "libmp3lame", tags=tags),
    )
    for label, what, data in _bytes():
        yield nasty(f"texts/{label}", what, "ok"), data


def with_texts(key: str, text: str | bytes) -> bytes:
    """Give a JPEG whose EXIF says a text in every field that takes one.

    Parameters
    ----------
    key : str
        What is drawn.
    text : str or bytes
        The text.

    Returns
    -------
    bytes
        The file.
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    exif = Image.Exif()
    for tag in (ExifTags.Base.Make, ExifTags.Base.Model, ExifTags.Base.Software,
                ExifTags.Base.Artist, ExifTags.Base.Copyright, ExifTags.Base.ImageDescription,
                ExifTags.Base.DateTime):  # fmt: skip
        exif[tag] = raw
    exif.get_ifd(ExifTags.IFD.Exif).update(
        {ExifTags.Base.LensModel: raw, ExifTags.Base.BodySerialNumber: raw,
         ExifTags.Base.DateTimeOriginal: b"2024:08:16 10:00:00"}
    )  # fmt: skip
    return with_segments(
        encoded(drawing(key), "JPEG"),
        jpeg_segment(0xE1, exif.tobytes()[:65_000]),
        jpeg_segment(0xFE, raw[:60_000]),
    )


def _bytes() -> list[tuple[str, str, bytes]]:
    jpeg = picture("iptc", "JPEG")
    caption = b"\x1c\x02\x78" + struct.pack(">H", 60) + b"<script>alert(1)</script>".ljust(60)
    block = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(caption)) + caption
    return [
        ("nul.jpg", "texts with zeros in them", with_texts("nul", b"Cam\0era\0<script>\0")),
        ("not-utf8.jpg", "texts that are no UTF-8", with_texts("raw", b"\xd4\xee\xf2 \xff\xfe")),
        ("surrogate.jpg", "texts with half a character",
         with_texts("surrogate", "a\ud800b\udfffc")),
        ("utf-16.jpg", "texts in two bytes a letter",
         with_texts("utf16", "<b>".encode("utf-16"))),
        ("iptc.jpg", "a caption that acts",
         with_segments(jpeg, jpeg_segment(0xED, b"Photoshop 3.0\0" + block))),
        ("long.jpg", "a description of 60,000 letters",
         with_segments(picture("long", "JPEG"), jpeg_segment(0xE1, _long_exif()))),
    ]  # fmt: skip


def _long_exif() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = b"<b>" * 20_000
    return exif.tobytes()
