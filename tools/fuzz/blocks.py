"""Targets that take one block of metadata each: XMP, IPTC, EXIF with maker notes, texts, boxes."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import msgspec
from PIL import ImageCms

from forensics.metadata.blocks import find_blocks
from forensics.metadata.charsets import read_text
from forensics.metadata.exif_thumbnail import read_thumbnail
from forensics.metadata.icc import read_icc
from forensics.metadata.iptc import read_iptc
from forensics.metadata.maker_notes import read_maker_notes
from forensics.metadata.reading import MAX_TEXT_CHARS, Readings
from forensics.metadata.reconcile import reconcile
from forensics.metadata.stills import read_still
from forensics.metadata.user_comment import read_user_comment, read_xp_text
from forensics.metadata.xmp import read_xmp
from forensics.model.dates import parse_date
from tools.fuzz.seeds import STILLS, of_format
from tools.fuzz.target import Target, require

_HEAD = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="T"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    b'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    b'xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" '
    b'xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" '
)
_TAIL = b"</rdf:Description></rdf:RDF></x:xmpmeta>"
_XMP = (
    _HEAD + b'xmp:CreateDate="2024-08-16T14:22:07+03:00" exif:GPSLatitude="51,20.1N" '
    b'exif:GPSLongitude="34,39,36E"><dc:creator><rdf:Seq><rdf:li>A</rdf:li></rdf:Seq>'
    b"</dc:creator>" + _TAIL,
    _HEAD + b'><xmpMM:History><rdf:Seq><rdf:li stEvt:action="saved" stEvt:when="2024"/>'
    b'</rdf:Seq></xmpMM:History><dc:title><rdf:Alt><rdf:li xml:lang="x-default">T</rdf:li>'
    b"</rdf:Alt></dc:title>" + _TAIL,
    (_HEAD + b"><exif:DateTimeOriginal>2024-08</exif:DateTimeOriginal>" + _TAIL)
    .decode()
    .encode("utf-16"),
)
_XML_TOKENS = (
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"&#0;", b"&lt;", b"<![CDATA[", b"]]>", b"<!--",
    b"<rdf:li>", b"</rdf:li>", b"<rdf:Description>", b"rdf:resource='x'", b"xml:lang='en'",
    b"exif:GPSLatitude", b"exif:DateTimeOriginal", b"1/0", b"0/0", b"N", b"\xff", b"\0",
)  # fmt: skip


def _dataset(record: int, number: int, text: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(text)) + text


_IPTC = (
    _dataset(1, 90, b"\x1b%G") + _dataset(2, 80, b"A") + _dataset(2, 55, b"20240816")
    + _dataset(2, 60, b"142207+0300"),
    _dataset(2, 25, b"a") * 3 + _dataset(2, 120, "Курск и область".encode("cp1251")),
)  # fmt: skip
_TEXTS = tuple(
    text.encode(charset)
    for text, charset in (
        ("Курская область", "cp1251"), ("カメラで撮った", "cp932"), ("Müller, Köln", "latin-1"),
        ("Олена", "utf-8"), ("UNICODE\0П\0", "utf-8"),
    )
)  # fmt: skip


def _checked(readings: Readings, faults: list[str]) -> object:
    for name, each in readings.items():
        require(len(each.raw) <= MAX_TEXT_CHARS, "a field is cut to its longest length")
        require(each.where, "a field says where it stands")
        if isinstance(each.value, str):
            require(0 < len(each.value) <= MAX_TEXT_CHARS, "a text is cut, and not empty")
        if name.endswith("_at"):
            parse_date(str(each.value))
    require(all(faults), "a fault is in words")
    return msgspec.json.encode((reconcile({"one": readings, "two": readings}), faults))


def _xmp(data: bytes, _: Path) -> object:
    first, _, more = data.partition(b"\x1d")
    return _checked(*read_xmp(first, extended=more))


def _iptc(data: bytes, _: Path) -> object:
    return _checked(*read_iptc(data))


def _profile(data: bytes, _: Path) -> object:
    return _checked(*read_icc(data))


def _exif(data: bytes, _: Path) -> object:
    readings, faults = read_maker_notes(data)
    return _checked(readings | read_thumbnail(data), faults)


def _text(data: bytes, _: Path) -> object:
    made = []
    for declared in (None, "latin-1", "utf-8", "iso8859-5", "iso2022_jp"):
        made.append(read_text(data, declared=declared))
    made += [read_user_comment(data), read_xp_text(data)]
    for text in made:
        if text is not None:
            require(0 < len(text.value) <= MAX_TEXT_CHARS, "a text is cut, and not empty")
            require("\0" not in text.value + text.raw, "no controls")
            (text.value + text.raw).encode("utf-8")
    if data.isascii() and made[0] is not None:
        require(made[0].charset is None, "ASCII is not decoded otherwise")
    return made


def _of(name: str) -> Callable[[bytes, Path], object]:
    def run(data: bytes, _: Path) -> object:
        good, failed = read_still(data, name)
        for readings in good.values():
            _checked(readings, [])
        return msgspec.json.encode((reconcile(good), failed))

    return run


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png_texts() -> list[bytes]:
    texts = (
        _chunk(b"tEXt", b"parameters\0a cat"), _chunk(b"tEXt", b"Comment\0\xe9t\xe9"),
        _chunk(b"zTXt", b"prompt\0\0" + zlib.compress(b"a" * 500)),
        _chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + _XMP[0]),
        _chunk(b"zTXt", b"Raw profile type iptc\0\0" + zlib.compress(b"\niptc\n 4\n1c025000")),
    )  # fmt: skip
    return [b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", bytes(13)) + text for text in texts]


def _seeds(name: str) -> list[bytes]:
    made = _png_texts() if name == "png" else []
    return made + [data for data in of_format(name) if len(data) < _SMALL]


_SMALL = 40_000
_BLOCK_FORMATS = ("jpeg", "png", "webp", "gif", "tiff", "heic")
_MARKS = (
    b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0",
    b"Photoshop 3.0\0", b"8BIM\4\4", b"ICC_PROFILE\0\1\1", b"tEXt", b"zTXt", b"iTXt", b"iCCP",
    b"Raw profile type 8bim\0", b"XMP DataXMP", b"infe", b"iloc", b"mime", b"application/rdf+xml",
    b"II*\0", b"MM\0*", b"Nikon\0\2", b"OLYMPUS\0II", b"FUJIFILM", b"Canon", b"\xff\xff\xff\xff",
)  # fmt: skip

TARGETS = (
    Target("xmp", _xmp, lambda: _XMP, (), _XML_TOKENS, 8192),
    Target("iptc", _iptc, lambda: _IPTC, (), (b"\x1c\2", b"\x1c\1\x5a", b"\x80\4", b"00000000")),
    Target(
        "icc",
        _profile,
        lambda: [ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()],
        (),
        (b"desc", b"mluc", b"acsp"),
    ),
    Target(
        "makernote",
        _exif,
        lambda: [find_blocks(data, "jpeg").exif or b"II*\0" for data in of_format("jpeg")],
        (),
        _MARKS,
        65536,
    ),
    Target("charset", _text, lambda: _TEXTS, (), (b"UNICODE\0", b"JIS\0\0\0\0\0", b"\xff\xfe")),
    *(
        Target(f"{name}-blocks", _of(name), lambda name=name: _seeds(name), (), _MARKS, 65536)
        for name in _BLOCK_FORMATS
    ),
)

require(set(_BLOCK_FORMATS) <= set(STILLS), "formats are named as sniff names them")
