"""Files that are no media, two things at once, or named for what they are not."""

import struct
import zlib

from nasties.carriers import clip, jpeg_segment, noise, picture, tone, with_segments
from nasties.nasty import Made, nasty

NOT_MEDIA = "not a photo or video"


def strangers() -> Made:
    """Make files that are not what they seem.

    Yields
    ------
    Nasty, bytes
        Description and content.
    """
    for label, what, status, word, data in (*_nothing(), *_foreign(), *_double(), *_misnamed()):
        yield nasty(f"strangers/{label}", what, status, word), data


Cases = list[tuple[str, str, str, str, bytes]]


def _nothing() -> Cases:
    return [
        ("empty.jpg", "no bytes", "unread", "empty", b""),
        ("one-byte.jpg", "one byte", "unread", NOT_MEDIA, b"\xff"),
        ("soi.jpg", "the first marker of a JPEG", "unread", NOT_MEDIA, b"\xff\xd8"),
        ("soi-three.jpg", "three bytes of a JPEG", "rejected", "", b"\xff\xd8\xff"),
        ("soi-eoi.jpg", "a JPEG of two markers", "rejected", "", b"\xff\xd8\xff\xd9"),
        ("riff.webp", "four bytes of a WebP", "unread", NOT_MEDIA, b"RIFF"),
        ("signature.png", "the signature of a PNG", "rejected", "", b"\x89PNG\r\n\x1a\n"),
        ("ftyp.mp4", "eight bytes of an MP4", "rejected", "", b"\0\0\0\x18ftyp"),
        ("zeros.jpg", "zeros", "unread", NOT_MEDIA, bytes(5000)),
        ("ones.mp4", "bytes of 255", "unread", NOT_MEDIA, b"\xff" * 5000),
        ("newlines.png", "line breaks", "unread", NOT_MEDIA, b"\n" * 5000),
        ("sync-bytes.ts", "the sync byte of a transport stream and nothing else", "rejected", "",
         b"\x47" * 50_000),
        ("noise.jpg", "noise", "unread", NOT_MEDIA, b"N" + noise("noise", 5000)),
    ]  # fmt: skip


def _foreign() -> Cases:
    text = "Das ist kein Bild.\n" * 50
    icon = b"\0\0\1\0\1\0" + struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, 100, 22) + bytes(100)
    return [
        ("text.jpg", "text", "unread", NOT_MEDIA, text.encode()),
        ("text-utf16.png", "text of wide letters", "unread", NOT_MEDIA, text.encode("utf-16")),
        ("page.jpg", "a web page", "unread", "web page", b"<!DOCTYPE html><p>404 not found"),
        ("page-late.jpg", "a web page behind blanks", "unread", "web page",
         b"\xef\xbb\xbf \r\n\t<HTML><script>alert(1)</script>"),
        ("answer.png", "JSON", "unread", "JSON", b'{"error": "gone"}'),
        ("icon.ico", "an icon", "unread", NOT_MEDIA, icon),
        ("photoshop.psd", "a Photoshop file of 30,000 x 30,000", "unread", "Photoshop",
         b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 30_000, 30_000, 8, 3) + bytes(12)),
        ("jpeg-2000.jpg", "a JPEG 2000 picture", "unread", "JPEG 2000",
         b"\0\0\0\x0cjP  \r\n\x87\n" + noise("j2k", 200)),
        ("codestream.j2k", "a JPEG 2000 stream of 4 billion pixels", "unread", "JPEG 2000",
         b"\xff\x4f\xff\x51\0\x2f\0\0" + b"\xff" * 32 + bytes(20)),
        ("new.jxl", "a JPEG XL picture", "unread", "JPEG XL", b"\xff\x0a" + noise("jxl", 100)),
        ("stars.fits", "an astronomical picture", "unread", NOT_MEDIA,
         b"SIMPLE  =                    T".ljust(2880)),
        ("map.pgm", "a portable grey map that claims much", "unread", NOT_MEDIA,
         b"P5 99999999 99999999 255\n" + bytes(100)),
        ("targa.tga", "a Targa picture", "unread", NOT_MEDIA, b"\0\0\2" + bytes(9) + b"\x40\0" * 3),
        ("paint.pcx", "a PCX picture", "unread", NOT_MEDIA, b"\x0a\5\1\x08" + bytes(200)),
        ("surface.dds", "a DirectDraw surface", "unread", NOT_MEDIA, b"DDS " + bytes(200)),
        ("squeezed.jpg", "a gzip bomb", "unread", "gzip",
         b"\x1f\x8b\x08\0\0\0\0\0\0\3" + zlib.compress(bytes(1 << 20), 9)),
        ("database.jpg", "a database", "unread", "SQLite", b"SQLite format 3\0" + bytes(100)),
        ("rar.mp4", "a RAR archive", "unread", "RAR", b"Rar!\x1a\x07\x01\0" + bytes(50)),
        ("seven.mp4", "a 7-Zip archive", "unread", "7-Zip", b"7z\xbc\xaf\x27\x1c" + bytes(50)),
        ("camera.cr3", "a raw picture of a camera, which has the box of a clip", "rejected", "",
         b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(100)),
        ("flash.swf", "a Flash film", "unread", NOT_MEDIA, b"FWS\x0a" + bytes(100)),
        ("midi.mid", "notes", "unread", NOT_MEDIA, b"MThd\0\0\0\6\0\1\0\1\0\x60MTrk" + bytes(50)),
        ("wave.webp", "a RIFF file of an unknown form", "unread", NOT_MEDIA,
         b"RIFF\x20\0\0\0ACON" + bytes(30)),
    ]  # fmt: skip


def _double() -> Cases:
    jpeg, gif, mp4 = picture("double", "JPEG"), picture("double", "GIF"), _short("double")
    page = b"<html><script>alert(1)</script></html>"
    return [
        ("page-in-comment.jpg", "a picture that is a web page, too", "ok", "",
         with_segments(jpeg, jpeg_segment(0xFE, b"--><html><script>alert(1)</script><!--"))),
        ("page-behind.gif", "a picture with a web page behind it", "ok", "", gif + page),
        ("script.gif", "a picture that is a script, too", "ok|degraded|rejected", "",
         b"GIF89a/*" + gif[8:] + b"*/=1;alert(1)//"),
        ("php.jpg", "a picture and a program", "ok", "", jpeg + b"<?php system('id'); ?>"),
        ("clip-behind.jpg", "a picture and a clip, as phones make", "ok", "", jpeg + mp4),
        ("picture-behind.mp4", "a clip with a picture behind it", "ok|degraded", "", mp4 + jpeg),
        ("clip-clip.mp4", "two clips one after another", "ok|degraded", "", mp4 + _short("second")),
        ("zeros-behind.jpg", "a picture with zeros behind it", "ok", "", jpeg + bytes(50_000)),
        ("zeros-before.jpg", "a picture with zeros before it", "unread", NOT_MEDIA,
         bytes(512) + jpeg),
        ("mail.jpg", "a picture as mail sends it", "unread", NOT_MEDIA,
         b"/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYI"),
        ("headers.jpg", "an answer of a server with the picture", "unread", NOT_MEDIA,
         b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + jpeg),
    ]  # fmt: skip


def _short(key: str) -> bytes:
    return clip(f"strangers {key}", "mp4", "libx264", seconds=1)


def _misnamed() -> Cases:
    return [
        ("png-as.jpg", "a PNG named as JPEG", "ok", "", picture("misnamed 1", "PNG")),
        ("mp4-as.jpg", "a clip named as picture", "ok", "", _short("misnamed 2")),
        ("jpg-as.mp4", "a picture named as clip", "ok", "", picture("misnamed 3", "JPEG")),
        ("gif-as.webp", "a GIF named as WebP", "ok", "", picture("misnamed 4", "GIF")),
        ("mkv-as.mp4", "a Matroska clip named as MP4", "ok", "",
         clip("misnamed 5", "matroska", "mpeg4")),
        ("wav-as.mp4", "a sound named as clip", "degraded", "sound only", tone("wav", "pcm_s16le")),
        ("tiff-as.txt", "a picture named as text", "ok", "", picture("misnamed 6", "TIFF")),
        ("no-ending", "a picture without an ending", "ok", "", picture("misnamed 7", "JPEG")),
        ("photo.jpg.exe", "a picture named as program", "ok", "", picture("misnamed 8", "JPEG")),
        (".hidden.jpg", "a hidden picture", "ok", "", picture("misnamed 9", "JPEG")),
        ("Thumbs.db", "a picture named as a database", "ok", "", picture("misnamed 10", "JPEG")),
        ("list.csv", "a picture named as the list of an archive", "ok", "",
         picture("misnamed 11", "JPEG")),
        ("report.html", "a picture named as the report", "ok", "", picture("misnamed 12", "JPEG")),
    ]  # fmt: skip
