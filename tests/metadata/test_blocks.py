"""Blocks of metadata are found in every format, and lying structures end soon."""

import io
import struct
import time
import zlib
from collections.abc import Callable

import pillow_heif
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from forensics.metadata.block_parts import MAX_BLOCK_BYTES, Blocks
from forensics.metadata.blocks import find_blocks
from forensics.metadata.icc import read_icc
from forensics.metadata.stored_texts import read_stored_texts

XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
    b'syntax-ns#"><rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Make="M"/>'
    b"</rdf:RDF></x:xmpmeta>"
)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
IPTC = b"\x1c\2\x50\0\1A"
RESOURCES = b"8BIM\4\4\0\0" + struct.pack(">I", len(IPTC)) + IPTC


def saved(format_name: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16)).save(buffer, format_name, **options)
    return buffer.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(*segments: bytes) -> bytes:
    plain = saved("JPEG")
    return plain[:2] + b"".join(segments) + plain[2:]


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: bytes) -> bytes:
    plain = saved("PNG")
    return plain[:33] + b"".join(chunks) + plain[33:]


def values(blocks: Blocks) -> dict[str, object]:
    return {name: each.value for name, each in read_stored_texts(blocks.texts).items()}


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_exif_xmp_and_profile_are_found(format_name: str) -> None:
    pillow_heif.register_heif_opener(thumbnails=False)
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    options: dict[str, object] = {"exif": exif, "icc_profile": SRGB, "xmp": XMP}
    if format_name == "TIFF":
        options = {"icc_profile": SRGB, "tiffinfo": {700: XMP, 0x010F: "Maker"}}
    if format_name == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_itxt("XML:com.adobe.xmp", XMP.decode())
        options = {"exif": exif, "icc_profile": SRGB, "pnginfo": info}

    data = saved(format_name, **options)

    kind = {"HEIF": "heic"}.get(format_name, format_name.lower())
    blocks = find_blocks(data, kind)
    assert blocks.exif is not None
    assert b"Maker" in blocks.exif
    assert blocks.exif[:2] in (b"II", b"MM")
    assert XMP in blocks.xmp
    assert read_icc(blocks.icc)[0]["icc_profile"].value == "sRGB built-in"
    assert blocks.faults == []


def test_gif_comment_and_xmp() -> None:
    buffer = io.BytesIO()
    Image.new("P", (8, 8)).save(buffer, "GIF", comment=b"hello")
    ramp = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    xmp = b"\x21\xff\x0bXMP DataXMP" + XMP + ramp
    data = buffer.getvalue()
    data = data[:-1] + xmp + data[-1:]

    blocks = find_blocks(data, "gif")

    assert values(blocks) == {"comment": "hello"}
    assert blocks.xmp == XMP


def test_jpeg_comments_and_iptc() -> None:
    blocks = find_blocks(
        jpeg(
            segment(0xFE, b"one"), segment(0xFE, "два".encode()),
            segment(0xED, b"Photoshop 3.0\0" + RESOURCES[:9]),
            segment(0xED, b"Photoshop 3.0\0" + RESOURCES[9:]),
        ),
        "jpeg",
    )  # fmt: skip

    assert values(blocks) == {"comment": "one\nдва"}
    assert blocks.iptc == IPTC


def extended(guid: bytes, *pieces: tuple[int, bytes], size: int) -> list[bytes]:
    head = b"http://ns.adobe.com/xmp/extension/\0" + guid + struct.pack(">I", size)
    return [segment(0xE1, head + struct.pack(">I", at) + piece) for at, piece in pieces]


GUID = b"0123456789ABCDEF0123456789ABCDEF"
NAMING = (
    b'<rdf:Description xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="'
    + GUID
    + b'"/>'
)


def test_extended_xmp_is_put_together_by_its_name() -> None:
    main = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + NAMING)
    others = extended(b"F" * 32, (0, b"no"), size=2)
    parts = extended(GUID, (4, b"efgh"), (0, b"abcd"), size=8)

    blocks = find_blocks(jpeg(main, *others, *parts), "jpeg")

    assert blocks.xmp_extended == b"abcdefgh"


@pytest.mark.parametrize(
    ("main", "parts", "left"),
    [
        (NAMING, ((0, b"abcd"), (9, b"xyz")), b"abcd"),
        (NAMING, ((0xFFFFFFF0, b"xyz"),), b""),
        (b"<x/>", ((0, b"abcd"),), b""),
    ],
)
def test_extended_xmp_with_gaps_is_cut(
    main: bytes, parts: tuple[tuple[int, bytes], ...], left: bytes
) -> None:
    head = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + main)

    blocks = find_blocks(jpeg(head, *extended(GUID, *parts, size=100)), "jpeg")

    assert blocks.xmp_extended == left
    assert blocks.faults


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        (chunk(b"tEXt", b"parameters\0a bridge, Steps: 20"),
         {"generator_parameters": "a bridge, Steps: 20"}),
        (chunk(b"zTXt", b"prompt\0\0" + zlib.compress(b'{"1": {}}')),
         {"generator_parameters": '{"1": {}}'}),
        (chunk(b"iTXt", b"Comment\0\0\0en\0\0" + "міст".encode()), {"comment": "міст"}),
        (chunk(b"iTXt", b"Title\0\1\0\0\0" + zlib.compress("міст".encode())), {"title": "міст"}),
        (chunk(b"tEXt", b"Software\0Editor") + chunk(b"tEXt", b"Creation Time\0now"),
         {"software": "Editor", "png_creation_time": "now"}),
        (chunk(b"tEXt", b"Author\0M\xfcller"), {"artist": "Müller"}),
        (chunk(b"tEXt", b"Author\0" + "Олена".encode()), {"artist": "Олена"}),
        (chunk(b"tEXt", b"date:create\0x"), {"other_texts": "date:create: x"}),
        (chunk(b"tEXt", b"no zero") + chunk(b"zTXt", b"Title\0\0junk"), {}),
    ],
)  # fmt: skip
def test_png_texts(chunks: bytes, expected: dict[str, object]) -> None:
    assert values(find_blocks(png(chunks), "png")) == expected


def test_profiles_written_as_digits_are_unpacked() -> None:
    digits = b"\niptc\n%8d\n%s\n" % (len(RESOURCES), RESOURCES.hex().encode())
    body = b"Raw profile type iptc\0\0" + zlib.compress(digits)

    assert find_blocks(png(chunk(b"zTXt", body)), "png").iptc == IPTC


def test_texts_behind_the_pixels_are_found() -> None:
    plain = saved("PNG")
    data = plain[:-12] + chunk(b"tEXt", b"Title\0late") + plain[-12:]

    assert values(find_blocks(data, "png")) == {"title": "late"}


BOMB = zlib.compress(bytes(200_000_000), 9)


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_decompression_bombs_are_cut(kind: bytes) -> None:
    heads = {b"zTXt": b"Title\0\0", b"iTXt": b"XML:com.adobe.xmp\0\1\0\0\0", b"iCCP": b"p\0\0"}
    started = time.process_time()

    blocks = find_blocks(png(chunk(kind, heads[kind] + BOMB)), "png")

    assert time.process_time() - started < 2
    assert max(len(blocks.xmp), len(blocks.icc)) <= MAX_BLOCK_BYTES
    assert "cut" in blocks.faults[0]


def test_broken_packing_keeps_what_came_before() -> None:
    packed = zlib.compress(bytes(range(256)) * 2_000, 0)
    blocks = Blocks()

    unpacked = blocks.unpack(packed[:200_000] + b"\xff" * 50_000, "the text")

    assert len(unpacked) > 100_000
    assert blocks.faults == ["the text is not packed as it should be"]


def test_lying_length_of_a_segment_does_not_lose_the_next() -> None:
    lying = b"\xff\xe0\x00\x30JFIF\0"
    exif = segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0")

    blocks = find_blocks(jpeg(lying + bytes(60), exif), "jpeg")

    assert blocks.exif is not None
    assert blocks.faults


def heif(*boxes: bytes) -> bytes:
    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body) + 8) + kind + body

    return box(b"ftyp", b"heic\0\0\0\0heic") + box(b"meta", bytes(4) + b"".join(boxes))


@pytest.mark.parametrize(
    ("data", "format_name"),
    [
        pytest.param(jpeg(segment(0xE1, b"") * 400_000), "jpeg", id="segments"),
        pytest.param(jpeg(segment(0xFE, b"c") * 100_000), "jpeg", id="comments"),
        pytest.param(
            jpeg(segment(0xE1, b"Exif\0\0" + b"x" * 60_000) * 1_000), "jpeg", id="long EXIF"
        ),
        pytest.param(jpeg(b"\xff" * 3_000_000), "jpeg", id="fill bytes"),
        pytest.param(jpeg(b"\0" * 3_000_000), "jpeg", id="no segments"),
        pytest.param(png(chunk(b"tEXt", b"a\0b") * 300_000), "png", id="chunks"),
        pytest.param(b"GIF89a" + bytes(7) + b"\x21\xfe\1a\0" * 500_000, "gif", id="GIF"),
        pytest.param(b"RIFF\0\0\0\0WEBP" + b"EXIF\0\0\0\0" * 500_000, "webp", id="WebP"),
        pytest.param(heif(b"\0\0\0\x08free" * 500_000), "heic", id="boxes"),
        pytest.param(heif(b"\0\0\0\1free"), "heic", id="a box of no size"),
        pytest.param(
            heif(struct.pack(">I", 20_016) + b"iloc" + b"\1\0\0\0\0\0" + b"\xff" * 20_002),
            "heic",
            id="parts of no bytes",
        ),
        pytest.param(b"II*\0\x08\0\0\0\xff\xff" + b"\xbc\2\7\0\xff\xff\xff\xff\0\0\0\0" * 65_535,
                     "tiff", id="TIFF"),
    ],
)  # fmt: skip
def test_lying_structures_end_soon(data: bytes, format_name: str) -> None:
    started = time.process_time()

    blocks = find_blocks(data, format_name)

    assert time.process_time() - started < 2
    assert len(blocks.texts) <= 200


def profile_with(element: bytes) -> bytes:
    tags = struct.pack(">I4sII", 1, b"desc", 144, len(element))
    return bytes(36) + b"acsp" + bytes(88) + tags + element


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        (profile_with(b"desc\0\0\0\0" + struct.pack(">I", 5) + b"Wide\0"), "Wide"),
        (profile_with(b"mluc" + bytes(4) + struct.pack(">IIHHII", 1, 12, 0, 0, 8, 28)
                      + "Wide".encode("utf-16-be")), "Wide"),
        (profile_with(b"mluc" + bytes(4) + struct.pack(">IIHHII", 1, 12, 0, 0, 1 << 31, 1 << 31)),
         None),
        (profile_with(b"desc\0\0\0\0\xff\xff\xff\xff" + bytes(10)), None),
        (bytes(36) + b"acsp" + bytes(88) + b"\xff" * 4 + b"desc\xff\xff\xff\xff\xff\xff\xff\xff",
         None),
        (b"", None),
        (b"no profile", None),
    ],
)  # fmt: skip
def test_profile_names(profile: bytes, name: str | None) -> None:
    readings, _ = read_icc(profile)

    assert {key: each.value for key, each in readings.items()} == (
        {} if name is None else {"icc_profile": name}
    )


def test_formats_without_metadata_have_none() -> None:
    empty: Callable[[], Blocks] = Blocks

    assert find_blocks(saved("BMP"), "bmp") == empty()
