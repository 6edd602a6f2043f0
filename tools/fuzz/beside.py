"""Targets that take the files beside media, and names of files."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import msgspec

from forensics.metadata.names import conventions, read_names
from forensics.metadata.reading import MAX_TEXT_CHARS
from forensics.metadata.sidecars import MediaName, SidecarFile, find_sidecars
from forensics.model.dates import parse_date
from forensics.model.sidecars import Sidecar
from tools.fuzz.target import Target, require

_SHA256 = "0" * 3 + "a" * 61
_MEDIA = tuple(
    MediaName(path, _SHA256)
    for path in ("a.jpg", "a(1).jpg", "a-edited.jpg", "a.mp4", "a.f137.mp4", "photos/p.jpg")
)
_PATHS = frozenset(each.path for each in _MEDIA)

_INFO = {
    "id": "dQw4w9WgXcQ", "title": "t", "extractor": "youtube", "timestamp": 1723807327,
    "upload_date": "20240816", "epoch": 1723900000.5, "duration": 12, "_filename": "a.mp4",
    "webpage_url": "https://x", "requested_downloads": [{"filepath": "a.f137.mp4"}],
}  # fmt: skip
_MESSAGE = {
    "id": 1, "type": "message", "date": "2024-08-16T14:22:07", "date_unixtime": "1723807327",
    "from": "c", "from_id": "channel1", "photo": "photos/p.jpg", "thumbnail": "a.jpg",
    "text": ["a", {"type": "bold", "text": "b"}], "edited_unixtime": "1723807328",
}  # fmt: skip
_CHAT = {"name": "c", "type": "public_channel", "id": 1, "messages": [_MESSAGE, _MESSAGE]}
_ACCOUNT = {"about": "Telegram", "chats": {"about": "", "list": [_CHAT]}}
_TAKEOUT = {
    "title": "a.jpg", "photoTakenTime": {"timestamp": "1723807327"}, "people": [{"name": "A"}],
    "geoData": {"latitude": 51.3, "longitude": 34.6}, "creationTime": {"timestamp": "1723900000"},
    "geoDataExif": {"latitude": 0.0, "longitude": 0.0}, "googlePhotosOrigin": {"x": {}},
}  # fmt: skip
_TABLE = (
    "Link,Archive status,Archive location,Archive date,Upload timestamp,Upload title,Hash,"
    "Thumbnail\n"
    "https://x/1,ok,https://s/a.mp4,2024-08-17T09:00:00+00:00,2024-08-16T14:22:07+00:00,t,"
    f'SHA-256:{_SHA256.lstrip("0")},"=IMAGE(""https://s/a.jpg"")"\n'
)
_XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
 crs:RawFileName="a.jpg" exif:DateTimeOriginal="2024-08-16T14:22:07+03:00"
 exif:GPSLatitude="51,20.1N" exif:GPSLongitude="34,39.6E"/></rdf:RDF></x:xmpmeta>"""


def _check(sidecar: Sidecar) -> None:
    require(set(sidecar.media) <= _PATHS, "only media that are there are paired")
    for name, each in sidecar.fields.items():
        require(each.value is not None, "a field states something")
        require(len(each.raw) <= MAX_TEXT_CHARS, "a statement is cut to its longest length")
        if isinstance(each.value, str):
            require(len(each.value) <= MAX_TEXT_CHARS + 6, "a field is cut to its longest length")
            require(each.value.isprintable() or "\x1b" not in each.value, "no controls")
        if name.endswith(("_at", "_on")):
            parse_date(str(each.value))


def _reader(name: str) -> Callable[[bytes, Path], object]:
    def run(data: bytes, _: Path) -> object:
        found = find_sidecars([SidecarFile(name, lambda: io.BytesIO(data))], _MEDIA)
        for each in found:
            _check(each)
        return msgspec.json.encode(found)

    return run


def _names(data: bytes, _: Path) -> object:
    name = data.decode("utf-8", "surrogateescape").encode("utf-8", "backslashreplace").decode()
    read = read_names([f"{name}.jpg", f"{name}.mp4", name])
    for each in read:
        require(each.stated_at is None or parse_date(each.stated_at), "a time in a name exists")
    return msgspec.json.encode(read)


def _dumped(*values: object) -> list[bytes]:
    return [json.dumps(each).encode() for each in values]


_JSON_TOKENS = (
    b'"', b"\\", b"\\x07", b"\\ud800", b"NaN", b"1e999", b"9" * 30, b"[" * 500, b'{"a":' * 500,
    b"null", b"true", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"../", b"/", b'"id"', b"},{",
    b"1723807327", b"-1", b"0", b'"title":"a.jpg",', b'"photo":"photos/p.jpg",',
)  # fmt: skip
_CSV_TOKENS = (
    b",", b";", b"\t", b'"', b'""', b"\r\n", b"\n", b"SHA3-512:", b"SHA-256:", b"0", b"a" * 61,
    b"a.jpg", b"%2F", b"../", b"\0", b"+03:00", b"Link", b"Hash", b"\xff\xfe",
)  # fmt: skip
_XML_TOKENS = (
    b"<", b">", b"/>", b'"', b"<!DOCTYPE a [", b"<!ENTITY a 'b'>", b"&a;", b"&#0;", b"<a>" * 100,
    b"rdf:Description", b"exif:", b"\0", b"\xff\xfe", b"a.jpg",
)  # fmt: skip
_NAME_TOKENS = (
    b"IMG_", b"PXL_", b"20240816", b"_142207", b"-WA0007", b"@", b"(1)", b" (2)", b"-edited",
    b"photo_", b"Screenshot", b" at ", b"PM", b"7403210987654321098", b"[", b"]", b"-", b"\xff",
)  # fmt: skip


def _name_seeds() -> list[bytes]:
    known = (*conventions().pattern, *conventions().suffix)
    return [name.rpartition(".")[0].encode() for each in known for name in each.examples]


TARGETS = (
    Target("ytdlp", _reader("a.info.json"), lambda: _dumped(_INFO), (), _JSON_TOKENS),
    Target("telegram", _reader("result.json"), lambda: _dumped(_CHAT, _ACCOUNT), (), _JSON_TOKENS),
    Target("takeout", _reader("a.jpg.json"), lambda: _dumped(_TAKEOUT), (), _JSON_TOKENS),
    Target("autoarchiver", _reader("s.csv"), lambda: [_TABLE.encode()], (), _CSV_TOKENS),
    Target("xmpbeside", _reader("a.xmp"), lambda: [_XMP.encode()], (), _XML_TOKENS),
    Target("names", _names, _name_seeds, (), _NAME_TOKENS, 400),
)
